package catalog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// yamlChunk is one document of a file, still as text.
type yamlChunk struct {
	text []byte // from its marker line (or its first line) to the next marker
	line int    // 1-based line of text[0] in the file
}

// yamlFault is what stops a document from being read. Line and column count
// from 1 within the whole file.
type yamlFault struct {
	line, column  int
	message, hint string
}

// splitDocuments cuts a file at its document markers. A marker at the start of
// a line ends a document whatever came before it, also inside quotes, brackets
// and block scalars, so each document can be parsed by itself and a broken one
// does not hide the next.
func splitDocuments(data []byte) iter.Seq[yamlChunk] {
	return func(yield func(yamlChunk) bool) {
		s := splitter{data: data}
		for at := (filePlace{0, 1}); at.pos < len(data); at.line++ {
			end := len(data)
			if i := bytes.IndexByte(data[at.pos:], '\n'); i >= 0 {
				end = at.pos + i + 1
			}
			if chunk, ended := s.take(data[at.pos:end], at); ended && !yield(chunk) {
				return
			}
			at.pos = end
		}
		if chunk, ended := s.end(len(data)); ended {
			yield(chunk)
		}
	}
}

// filePlace is the start of a line: its byte offset and its number from 1. The
// zero value is no place.
type filePlace struct{ pos, line int }

// splitter knows where the document began that is being read, or what stands
// above the next one and belongs to it: directives always, comments where no
// marker follows them.
type splitter struct {
	data                     []byte
	open, comment, directive filePlace
}

// take reads one line and gives the document that it ends.
func (s *splitter) take(text []byte, at filePlace) (chunk yamlChunk, ended bool) {
	switch {
	case isMarker(text, "---"):
		directive := s.directive
		chunk, ended = s.end(at.pos)
		s.begin(at, directive)
	case isMarker(text, "..."):
		return s.end(at.pos)
	case s.open.line > 0:
	case isBlank(text):
		if s.comment.line == 0 && bytes.IndexByte(text, '#') >= 0 {
			s.comment = at
		}
	case text[0] == '%':
		if s.directive.line == 0 {
			s.directive = at
		}
	default: // a document without a marker
		s.begin(at, s.directive, s.comment)
	}
	return chunk, ended
}

// begin opens a document at the first of the places above it that is set, or here.
func (s *splitter) begin(here filePlace, above ...filePlace) {
	s.open, s.comment, s.directive = here, filePlace{}, filePlace{}
	for _, at := range above {
		if at.line > 0 {
			s.open = at
			return
		}
	}
}

// end closes the open document, if there is one.
func (s *splitter) end(pos int) (yamlChunk, bool) {
	open := s.open
	s.open, s.comment, s.directive = filePlace{}, filePlace{}, filePlace{}
	if open.line == 0 {
		return yamlChunk{}, false
	}
	return yamlChunk{s.data[open.pos:pos], open.line}, true
}

// isMarker tells whether a line is "---" or "..." with white space or nothing after it.
func isMarker(line []byte, marker string) bool {
	return bytes.HasPrefix(line, []byte(marker)) && (len(line) == 3 || strings.IndexByte(" \t\r\n", line[3]) >= 0)
}

// isBlank tells whether a line holds nothing or a comment alone.
func isBlank(line []byte) bool {
	line = bytes.TrimLeft(line, " \t\r\n")
	return len(line) == 0 || line[0] == '#'
}

// body is the text of the document as a person wrote it, without a bare marker
// line, directives and empty lines around it, and the line on which it starts.
func (c yamlChunk) body() ([]byte, int) {
	text, line := c.text, c.line
	for len(text) > 0 {
		end := bytes.IndexByte(text, '\n') + 1
		if end == 0 {
			end = len(text)
		}
		first := bytes.TrimSpace(text[:end])
		bare := len(first) == 0 || first[0] == '%' || (isMarker(text, "---") && isBlank(text[3:end]))
		if !bare {
			break
		}
		text, line = text[end:], line+1
	}
	if len(text) == 0 {
		line = c.line
	}
	return bytes.TrimRight(text, " \t\r\n"), line
}

// empty tells whether nothing but comments and markers is in the document.
func (c yamlChunk) empty() bool {
	text, _ := c.body()
	for line := range bytes.Lines(text) {
		if !isBlank(line) {
			return false
		}
	}
	return true
}

// Characters that the parser takes for line breaks and YAML 1.2 does not. They
// are swapped for noncharacters before parsing and back afterwards.
var (
	foreignBreaks = strings.NewReplacer("\u0085", "\ufdd0", "\u2028", "\ufdd1", "\u2029", "\ufdd2")
	ownBreaks     = strings.NewReplacer("\ufdd0", "\u0085", "\ufdd1", "\u2028", "\ufdd2", "\u2029")
)

func hasForeignBreaks(text []byte) bool {
	return bytes.Contains(text, []byte("\u2028")) || bytes.Contains(text, []byte("\u2029")) || bytes.Contains(text, []byte("\u0085"))
}

// parseYAML parses one document. The node is nil for an empty one.
func parseYAML(text []byte) (root *yaml.Node, err error) {
	defer func() {
		// The parser is outside code fed with outside bytes: a defect in it
		// must cost one document and not the process.
		if r := recover(); r != nil {
			root, err = nil, errors.New("the YAML parser gave up")
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(text))
	var doc, rest yaml.Node
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return nil, err
	}
	if err := dec.Decode(&rest); !errors.Is(err, io.EOF) {
		if err == nil {
			err = errors.New("did not find expected <document start>")
		}
		return nil, err
	}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	return doc.Content[0], nil
}

// parserText is the chunk as the parser must see it: without a %YAML directive
// (it knows 1.1 alone, and what is read here is 1.2) and without foreign breaks.
func (c yamlChunk) parserText() []byte {
	text := c.text
	if len(text) > 0 && text[0] == '%' {
		text = bytes.Clone(text)
		for line := range bytes.Lines(text) {
			if bytes.HasPrefix(line, []byte("%YAML")) {
				line[0] = '#'
			} else if line[0] != '%' && !isBlank(line) {
				break
			}
		}
	}
	if hasForeignBreaks(text) {
		text = []byte(foreignBreaks.Replace(string(text)))
	}
	return text
}

// charFault finds the first character that no YAML file may hold.
func (c yamlChunk) charFault() *yamlFault {
	i := badCharacter(c.text)
	if i < 0 {
		return nil
	}
	f := &yamlFault{}
	f.line, f.column = c.place(i)
	r, size := utf8.DecodeRune(c.text[i:])
	switch {
	case r == utf8.RuneError && size <= 1:
		f.message = fmt.Sprintf("byte 0x%02X is no UTF-8", c.text[i])
		f.hint = "save the file as UTF-8"
	case r == 0:
		f.message, f.hint = "a NUL byte is in the text", "remove it; if the file is binary, keep it out of the catalog"
	case r == '\r':
		f.message, f.hint = "a carriage return stands without a line feed", "save the file with LF or CRLF line ends"
	default:
		f.message, f.hint = fmt.Sprintf("control character U+%04X is in the text", r), `remove it, or write it as an escape such as "\x1b" in double quotes`
	}
	return f
}

// badCharacter is the offset of the first byte that is no UTF-8, or of the
// first control character other than tab and line ends; -1 where there is none.
func badCharacter(text []byte) int {
	for i := 0; i < len(text); {
		b := text[i]
		switch {
		case b >= 0x20 && b < 0x7f, b == '\n', b == '\t':
			i++
		case b == '\r':
			if i+1 < len(text) && text[i+1] != '\n' {
				return i
			}
			i++
		case b < utf8.RuneSelf:
			return i
		default:
			r, size := utf8.DecodeRune(text[i:])
			if (r == utf8.RuneError && size == 1) || (r < 0xa0 && r != 0x85) || r == 0xfffe || r == 0xffff {
				return i
			}
			i += size
		}
	}
	return -1
}

// place is the file position of a byte offset of the chunk.
func (c yamlChunk) place(offset int) (line, column int) {
	before := c.text[:offset]
	line = c.line + bytes.Count(before, []byte{'\n'})
	return line, utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
}
