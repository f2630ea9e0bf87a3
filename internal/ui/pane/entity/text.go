package entity

import (
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/kit"
)

// text is a document split into lines, ready to be drawn line by line.
type text struct {
	lines []string // TABs expanded
	roles []role   // one each
	first int      // the number of the first line in its file
}

// role is how a line is painted.
type role uint8

const (
	plainLine   role = iota
	keyLine          // begins with "key:"
	commentLine      // nothing but a comment
	literalLine      // inside a block of text, whatever it looks like
)

// yamlText splits a YAML document whose first line has the number given.
func yamlText(raw string, first int) text {
	d := text{lines: split(raw), first: max(1, first)}
	d.roles = make([]role, len(d.lines))
	block := -1 // indentation of the key whose block of text this is
	for i, l := range d.lines {
		trimmed := strings.TrimLeft(l, " ")
		indent := len(l) - len(trimmed)
		if block >= 0 && (trimmed == "" || indent > block) {
			d.roles[i] = literalLine
			continue
		}
		block = -1
		switch {
		case strings.HasPrefix(trimmed, "#"):
			d.roles[i] = commentLine
		case keyEnd(l) > 0:
			d.roles[i] = keyLine
		}
		if opensBlock(trimmed) {
			block = indent
		}
	}
	return d
}

// plainText splits a text of which nothing is known.
func plainText(raw string) text {
	d := text{lines: split(raw), first: 1}
	d.roles = make([]role, len(d.lines))
	return d
}

func split(raw string) []string {
	raw = strings.TrimRight(raw, "\n")
	if raw == "" {
		return nil
	}
	return strings.Split(strings.ReplaceAll(raw, "\t", "    "), "\n")
}

// keyEnd is the length of "  - key" at the head of a line that is "key:" or
// "key: value", else 0.
func keyEnd(line string) int {
	rest := strings.TrimLeft(line, " -")
	at := len(line) - len(rest)
	colon := strings.IndexByte(rest, ':')
	if colon <= 0 || colon+1 < len(rest) && rest[colon+1] != ' ' || strings.ContainsAny(rest[:colon], " {}[],\"'") {
		return 0
	}
	return at + colon
}

// opensBlock tells whether a line ends in the mark of a block of text: | or >,
// with an indentation or chomping sign, after a key or a dash.
func opensBlock(trimmed string) bool {
	body, _, _ := strings.Cut(trimmed, " #")
	body = strings.TrimRight(strings.TrimRight(body, " "), "+-0123456789")
	return strings.HasSuffix(body, ": |") || strings.HasSuffix(body, ": >") || body == "- |" || body == "- >"
}

// definition is the text of an API's definition. JSON and other languages are
// shown as they are.
func definition(e *catalog.Entity) text {
	raw := e.SpecString("definition")
	if !strings.EqualFold(e.Kind, "API") || raw == "" {
		return text{}
	}
	switch strings.ToLower(e.SpecString("type")) {
	case "openapi", "asyncapi":
		if !strings.HasPrefix(strings.TrimSpace(raw), "{") {
			return yamlText(raw, 1)
		}
	}
	return plainText(raw)
}

// textRow is one row on screen: a line, or a further piece of one that is long.
type textRow struct {
	text string
	line int32
	at   int32 // the byte of the line with which it begins
}

// wrap breaks the lines at w cells.
func (d text) wrap(w int) []textRow {
	rows := make([]textRow, 0, len(d.lines))
	for i, l := range d.lines {
		at := 0
		for _, piece := range pieces(l, w) {
			rows = append(rows, textRow{piece, int32(i), int32(at)}) //nolint:gosec // a document has fewer lines and bytes than that
			at += len(piece)
		}
	}
	return rows
}

// pieces cuts a line at w cells, after a space where there is one in the last
// third; nothing of the line is left out.
func pieces(line string, w int) []string {
	if kit.Width(line) <= w {
		return []string{line}
	}
	if !isASCII(line) {
		return strings.Split(ansi.Hardwrap(line, w, true), "\n")
	}
	var list []string
	for len(line) > w {
		at := w
		if space := strings.LastIndexByte(line[:w], ' '); space >= w*2/3 {
			at = space + 1
		}
		list = append(list, line[:at])
		line = line[at:]
	}
	return append(list, line)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// text is a body that shows a document with the numbers of its lines; zoomed it
// has no numbers, so that a terminal selects the text alone.
func (p *Pane) text(d text, w int) body {
	t := p.s.Theme
	if len(d.lines) == 0 {
		if !p.loaded {
			return p.note(w, []string{"Reading the document" + t.Glyph.Ellipsis})
		}
		return p.note(w, []string{"The document is not in the cache.", "Press r to sync the sources."})
	}
	digits := len(strconv.Itoa(d.first + len(d.lines) - 1))
	gutter := digits + 3
	if p.zoom || w < 30 {
		gutter = 0
	}
	rows := d.wrap(max(4, w-gutter))
	return body{w: w, height: len(rows), rows: rows, line: func(y, _ int) string {
		if y >= len(rows) {
			return kit.Spaces(w)
		}
		r := rows[y]
		number := ""
		if r.at == 0 {
			number = strconv.Itoa(d.first + int(r.line))
		}
		line := p.marked(paint(t, d.roles[r.line], r), r)
		if gutter > 0 {
			line = t.Faint.Paint(" "+t.FitRight(number, digits)+"  ") + line
		}
		return t.Fit(line, w)
	}}
}

func paint(t *kit.Theme, as role, r textRow) string {
	switch as {
	case commentLine:
		return t.Faint.Paint(r.text)
	case literalLine:
		return t.Code.Paint(r.text)
	case keyLine:
		if n := keyEnd(r.text); r.at == 0 && n > 0 {
			value, comment := cutComment(r.text[n:])
			return t.Muted.Paint(r.text[:n]) + value + t.Faint.Paint(comment)
		}
	}
	return r.text
}

// cutComment parts a comment from the value before it; one with a quote before it
// may be part of a text and is left alone.
func cutComment(s string) (value, comment string) {
	i := strings.Index(s, " #")
	if i < 0 || strings.ContainsAny(s[:i], `"'`) {
		return s, ""
	}
	return s[:i], s[i:]
}
