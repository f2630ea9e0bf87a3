package catalog

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// The parser gives a line that is often the wrong one, and never a column. The
// place is found by parsing shorter starts of the document: the shortest start
// that fails in the same way ends where the fault is. Parsing that often is
// worth it for documents of a person's size only, and only so often in a file.
const (
	locateDocument = 256 << 10 // bytes of a document that is still searched
	locateFile     = 4 << 20   // bytes parsed for that in one file
)

// parserMessage is the parser's message without its own prefix and line.
func parserMessage(err error) string {
	msg := strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(msg, "line "); ok {
		if i := strings.Index(rest, ": "); i > 0 {
			return rest[i+2:]
		}
	}
	return msg
}

// parserLine is the line that the parser gave, counted from 1, or 1.
func parserLine(err error) int {
	var line int
	if _, scanErr := fmt.Sscanf(err.Error(), "yaml: line %d:", &line); scanErr != nil || line < 1 {
		return 1
	}
	return line
}

// parseFault says in plain words what the parser stumbled over, and where.
// budget is the number of bytes that may still be parsed to find the place.
func (c yamlChunk) parseFault(text []byte, err error, budget *int) yamlFault {
	offset, exact := locateFault(text, err, budget)
	f := yamlFault{}
	at := yamlChunk{text: text, line: c.line}
	if exact {
		if strings.HasPrefix(parserMessage(err), "unknown anchor") { // known at the end of the name only
			offset = max(0, bytes.LastIndexByte(text[:offset+1], '*'))
		}
		f.line, f.column = at.place(offset)
	} else {
		f.line = c.line + min(parserLine(err), bytes.Count(text, []byte{'\n'})+1) - 1
	}
	f.message, f.hint = wordFault(parserMessage(err), text, offset, exact)
	return f
}

// locateFault is the offset of the character at which the parser fails.
func locateFault(text []byte, err error, budget *int) (int, bool) {
	if len(text) > locateDocument {
		return 0, false
	}
	message := parserMessage(err)
	fails := func(n int) bool {
		*budget -= n
		_, err := parseYAML(text[:n])
		return err != nil && parserMessage(err) == message
	}
	// First the line, then the character in it.
	var ends []int
	for pos := 0; pos < len(text); {
		i := bytes.IndexByte(text[pos:], '\n')
		if i < 0 {
			i = len(text) - pos - 1
		}
		pos += i + 1
		ends = append(ends, pos)
	}
	lo, hi := 0, len(ends)-1
	for lo < hi {
		if *budget < 0 {
			return 0, false
		}
		if mid := (lo + hi) / 2; fails(ends[mid]) {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	start := 0
	if lo > 0 {
		start = ends[lo-1]
	}
	from, to := start+1, ends[lo]
	for from < to {
		if *budget < 0 {
			return start, true
		}
		if mid := (from + to) / 2; fails(mid) {
			to = mid
		} else {
			from = mid + 1
		}
	}
	for from--; from > start && !utf8.RuneStart(text[from]); {
		from--
	}
	return from, true
}

// faultWords are the parser's messages in a person's words. The first whose
// text the message holds is used.
var faultWords = []struct{ part, message, hint string }{
	{
		"mapping values are not allowed", "a colon stands where no key can be",
		`put a value that holds ": " in quotes; otherwise check the indentation of this line and the one above`,
	},
	{
		"did not find expected key", "this line does not continue the mapping above it",
		"line its first letter up with the keys beside it, and give it a colon; a quoted value must end with its quote",
	},
	{
		"did not find expected '-' indicator", "this line does not continue the list above it",
		"line its dash up with the other dashes, or its key with the list's key",
	},
	{
		"could not find expected ':'", "a key has no colon",
		"write key: value, with a space after the colon",
	},
	{
		"block sequence entries are not allowed", "a list item cannot stand here",
		"put the list on lines of its own below its key",
	},
	{
		"mapping keys are not allowed", "a key cannot stand here",
		"check the indentation of this line",
	},
	{
		"did not find expected ',' or ']'", "the list opened with [ is not closed",
		"add the missing , or ], or put the text in quotes",
	},
	{
		"did not find expected ',' or '}'", "the mapping opened with { is not closed",
		"add the missing , or }, or put the text in quotes",
	},
	{
		"unexpected end of stream", "the quote opened here is never closed",
		"add the closing quote",
	},
	{
		"unexpected document indicator", "the quote opened here is not closed before the document ends",
		"add the closing quote",
	},
	{
		"unknown escape character", "a double-quoted text holds a backslash that starts no escape",
		`double the backslash, or use single quotes`,
	},
	{
		"did not find expected hexdecimal number", "an escape in double quotes lacks its digits",
		"double the backslash, or use single quotes",
	},
	{
		"unknown anchor", "an alias names no anchor",
		"put a value that begins with * in quotes, or define the anchor with & before it is used",
	},
	{
		"alphabetic or numeric character", "* or & begins an alias or anchor and needs a name",
		"put a value that begins with * or & in quotes",
	},
	{
		"exceeded max depth", "the document is nested too deep to be read",
		"flatten it",
	},
	{
		"tab", "a tab stands where YAML wants spaces",
		"indent with spaces",
	},
	{
		"expected comment or line break", "text follows the | or > of a block text",
		"start the text on the next line",
	},
	{
		"did not find expected node content", "a value is missing here, or a bracket is one too many",
		"check the brackets and commas of this line",
	},
	{
		"expected <document start>", "text follows the end of the document",
		"check the brackets and the indentation, or start a new document with ---",
	},
	{
		"undefined tag handle", "a tag uses a handle that is not defined",
		"put a value that begins with ! in quotes",
	},
	{"tag", "a tag beginning with ! is malformed", "put a value that begins with ! in quotes"},
	{"directive", "a line that begins with % is no known directive", "indent it, or put it in quotes"},
}

// wordFault puts a parser message into plain words.
func wordFault(message string, text []byte, offset int, exact bool) (string, string) {
	if exact && strings.Contains(message, "cannot start any token") {
		switch c := text[offset]; c {
		case '\t':
			return "a tab stands where YAML wants spaces", "indent with spaces"
		case '%', '@', '`':
			return fmt.Sprintf("a value may not begin with %c", c), "put it in quotes"
		}
	}
	for _, w := range faultWords {
		if strings.Contains(message, w.part) {
			return w.message, w.hint
		}
	}
	return "the YAML cannot be read: " + shown(message), ""
}
