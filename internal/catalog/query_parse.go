package catalog

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Caps of a query. They are far above what a person types, and keep a query
// that a machine wrote from taking seconds over a large catalog.
const (
	maxQueryBytes = 2000
	maxQueryTerms = 60
)

// ParseQuery reads a query. The error is a *QueryError.
func ParseQuery(text string) (*Query, error) {
	p := queryParser{text: text}
	if len(text) > maxQueryBytes {
		return nil, p.fail(maxQueryBytes, len(text)-maxQueryBytes,
			fmt.Sprintf("a query has at most %d bytes, this one has %d", maxQueryBytes, len(text)), "write it shorter")
	}
	q := &Query{text: text}
	for p.space(); p.pos < len(text); p.space() {
		start := p.pos
		if len(q.terms) == maxQueryTerms {
			return nil, p.fail(start, len(text)-start,
				fmt.Sprintf("a query has at most %d terms", maxQueryTerms), "use commas for values of the same field")
		}
		t, err := p.term()
		if err != nil {
			return nil, err
		}
		t.start, t.end = start, p.pos
		q.terms = append(q.terms, *t)
	}
	return q, nil
}

type queryParser struct {
	text string
	pos  int
}

func (p *queryParser) fail(pos, length int, reason, hint string) *QueryError {
	return &QueryError{Text: p.text, Pos: pos, Len: length, Reason: reason, Hint: hint}
}

func (p *queryParser) space() {
	for p.pos < len(p.text) {
		r, w := utf8.DecodeRuneInString(p.text[p.pos:])
		if !unicode.IsSpace(r) {
			return
		}
		p.pos += w
	}
}

// bare reads up to a space or one of the stop characters.
func (p *queryParser) bare(stop string) string {
	start := p.pos
	for p.pos < len(p.text) {
		r, w := utf8.DecodeRuneInString(p.text[p.pos:])
		if unicode.IsSpace(r) || strings.ContainsRune(stop, r) {
			break
		}
		p.pos += w
	}
	return p.text[start:p.pos]
}

func (p *queryParser) at(c byte) bool { return p.pos < len(p.text) && p.text[p.pos] == c }

// term reads one term, from its first character on.
func (p *queryParser) term() (*queryTerm, error) {
	t := &queryTerm{}
	start := p.pos
	if p.at('-') {
		t.negated = true
		p.pos++
	}
	from := p.pos
	if p.at('"') {
		text, err := p.quoted("")
		if err != nil {
			return nil, err
		}
		if text == "" {
			return nil, p.fail(from, p.pos-from, "there is nothing between the quotes", "")
		}
		t.values = []queryValue{{start: from, end: p.pos, text: text, quoted: true}}
		return t, nil
	}
	word := p.bare(":")
	if !p.at(':') {
		if word == "" {
			return nil, p.fail(start, 1, `nothing follows the "-"`, "write a word or field:value after it")
		}
		t.values = []queryValue{{start: from, end: p.pos, text: word}}
		return t, nil
	}
	if word == "" {
		return nil, p.fail(p.pos, 1, "there is no field before the colon", "as in kind:component")
	}
	t.field = fieldOf[strings.ToLower(word)]
	if t.field == nil {
		return nil, p.unknownField(from, word)
	}
	p.pos++
	return t, p.values(t)
}

func (p *queryParser) unknownField(from int, word string) error {
	hint := "fields are " + strings.Join(QueryFields(), ", ")
	if near := Nearest(word, QueryFields(), 1); len(near) > 0 {
		hint = "did you mean " + near[0] + ":?"
	}
	return p.fail(from, len(word), fmt.Sprintf("there is no field %q", word),
		hint+" To search for the text, put it in quotes")
}

// values reads the values after the colon.
func (p *queryParser) values(t *queryTerm) error {
	for {
		v := queryValue{start: p.pos}
		if p.at('"') {
			text, err := p.quoted(",")
			if err != nil {
				return err
			}
			v.text, v.quoted = text, true
		} else {
			v.text = p.bare(",")
		}
		v.end = p.pos
		if v.text == "" {
			return p.missingValue(t, v)
		}
		if err := p.read(t.field, &v); err != nil {
			return err
		}
		t.values = append(t.values, v)
		if !p.at(',') {
			return nil
		}
		p.pos++
	}
}

func (p *queryParser) missingValue(t *queryTerm, v queryValue) error {
	switch {
	case v.quoted:
		return p.fail(v.start, v.end-v.start, "there is nothing between the quotes", "")
	case len(t.values) > 0:
		return p.fail(v.start-1, 1, "no value follows the comma", "")
	}
	return p.fail(v.start-1, 1, fmt.Sprintf("%s: needs a value", t.field.name), "as in "+t.field.example)
}

// quoted reads a quoted text; a space, the end or one of after must follow it.
func (p *queryParser) quoted(after string) (string, error) {
	start := p.pos
	var b strings.Builder
	for p.pos++; p.pos < len(p.text); p.pos++ {
		switch c := p.text[p.pos]; {
		case c == '\\' && p.pos+1 < len(p.text) && (p.text[p.pos+1] == '"' || p.text[p.pos+1] == '\\'):
			p.pos++
			b.WriteByte(p.text[p.pos])
		case c == '"':
			p.pos++
			if p.pos == len(p.text) || strings.IndexByte(after, p.text[p.pos]) >= 0 {
				return b.String(), nil
			}
			if r, _ := utf8.DecodeRuneInString(p.text[p.pos:]); unicode.IsSpace(r) {
				return b.String(), nil
			}
			return "", p.fail(p.pos, 1, "a space is missing after the closing quote", `write \" for a quote within the text`)
		default:
			b.WriteByte(c)
		}
	}
	return "", p.fail(start, len(p.text)-start, "the quote is not closed", `end it with "`)
}

// read gives the value its meaning in that field.
func (p *queryParser) read(f *queryField, v *queryValue) error {
	bad := func(reason, hint string) error { return p.fail(v.start, v.end-v.start, reason, hint) }
	switch f.class {
	case classHas, classMissing:
		var ok bool
		if v.has, ok = ParseHas(strings.ToLower(v.text)); !ok && !isOverlayName(v.text) {
			return bad(fmt.Sprintf("%s: knows no %q", f.name, v.text), suggest(v.text, hasWords()))
		}
	case classIs:
		if !slices.Contains(queryStates, strings.ToLower(v.text)) {
			return bad(fmt.Sprintf("is: knows no %q", v.text), suggest(v.text, queryStates))
		}
	case classOverlay:
		return p.readComparison(f, v)
	case classRef, classRelation, classDomain:
		var err error
		if v.ref, err = newRefPattern(v.text, v.quoted); err != nil {
			return bad(err.Error(), "")
		}
	default:
		var ok bool
		if v.pattern, ok = newPattern(v.text, v.quoted); !ok {
			return bad(errStarWithin.Error(), "")
		}
	}
	return nil
}

func isOverlayName(word string) bool {
	f := fieldOf[strings.ToLower(word)]
	return f != nil && f.class == classOverlay
}

// readComparison reads [column] operator operand, or one word alone.
func (p *queryParser) readComparison(f *queryField, v *queryValue) error {
	c := &v.comparison
	i := strings.IndexAny(v.text, "<>=!")
	if v.quoted || i < 0 {
		c.operand = v.text
	} else {
		c.column = v.text[:i]
		rest := strings.TrimLeft(v.text[i:], "<>=!")
		c.op, c.operand = v.text[i:len(v.text)-len(rest)], rest
		if !slices.Contains([]string{"=", "!=", "<", "<=", ">", ">="}, c.op) {
			return p.fail(v.start+i, len(c.op), fmt.Sprintf("there is no comparison %q", c.op), "use =, !=, <, <=, > or >=")
		}
		if c.operand == "" {
			return p.fail(v.start+i, len(c.op), fmt.Sprintf("no value follows the %q", c.op), "as in "+f.example)
		}
	}
	var ok bool
	if v.pattern, ok = newPattern(c.operand, v.quoted); !ok {
		return p.fail(v.start, v.end-v.start, errStarWithin.Error(), "")
	}
	return nil
}
