package catalog

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Selected tells whether the query asks for that value of the field: whether
// Toggle would take it out.
func (q *Query) Selected(fieldName, text string) bool {
	f, v := readValue(fieldName, text)
	return f != nil && slices.ContainsFunc(q.terms, func(t queryTerm) bool {
		return t.field == f && !t.negated && t.asksFor(v)
	})
}

// Toggle takes the value out if the query asks for it, and else asks for it.
func (q *Query) Toggle(fieldName, value string) *Query {
	if q.Selected(fieldName, value) {
		return q.WithoutTerm(fieldName, value)
	}
	return q.WithTerm(fieldName, value)
}

// WithTerm asks for the value too: as a further alternative where the query
// names the field already, else as a term of its own. A term that excludes the
// queryValue is taken out. The rest of the text stays as it was. An unknown field or
// a value that it cannot have gives the same query.
func (q *Query) WithTerm(fieldName, text string) *Query {
	f, v := readValue(fieldName, text)
	if f == nil || q.Selected(fieldName, text) {
		return q
	}
	q = q.without(f, true, v)
	last := -1
	for i, t := range q.terms {
		if t.field == f && !t.negated {
			last = i
		}
	}
	word := quoteValue(f, text)
	if last >= 0 {
		end := q.terms[last].end
		return q.rewritten(q.text[:end] + "," + word + q.text[end:])
	}
	head := q.text
	if r, _ := utf8.DecodeLastRuneInString(head); head != "" && !unicode.IsSpace(r) {
		head += " "
	}
	return q.rewritten(head + f.name + ":" + word)
}

// WithoutTerm no longer asks for the value. With value "" it takes out all that
// the query says of the field, exclusions too.
func (q *Query) WithoutTerm(fieldName, text string) *Query {
	if text == "" {
		f := fieldOf[strings.ToLower(fieldName)]
		if f == nil {
			return q
		}
		for i := len(q.terms) - 1; i >= 0; i-- {
			if q.terms[i].field == f {
				q = q.cutTerm(i)
			}
		}
		return q
	}
	f, v := readValue(fieldName, text)
	if f == nil {
		return q
	}
	return q.without(f, false, v)
}

// without takes the value out of the field's terms, the excluding ones or the others.
func (q *Query) without(f *queryField, negated bool, v queryValue) *Query {
	for i := len(q.terms) - 1; i >= 0; i-- {
		t := &q.terms[i]
		if t.field != f || t.negated != negated {
			continue
		}
		keep := slices.DeleteFunc(slices.Clone(t.values), func(o queryValue) bool { return o.means(f, v) })
		switch len(keep) {
		case len(t.values):
		case 0:
			q = q.cutTerm(i)
		default:
			words := make([]string, len(keep))
			for j, k := range keep {
				words[j] = q.text[k.start:k.end]
			}
			from, to := t.values[0].start, t.values[len(t.values)-1].end
			q = q.rewritten(q.text[:from] + strings.Join(words, ",") + q.text[to:])
		}
	}
	return q
}

// cutTerm takes out a term, and the space before it or, at the start, after it.
func (q *Query) cutTerm(i int) *Query {
	head, tail := q.text[:q.terms[i].start], q.text[q.terms[i].end:]
	if trimmed := strings.TrimRightFunc(head, unicode.IsSpace); trimmed != "" {
		return q.rewritten(trimmed + tail)
	}
	return q.rewritten(strings.TrimLeftFunc(tail, unicode.IsSpace))
}

// rewritten is the query of an edited text, or the same one where the edit
// breaks a cap.
func (q *Query) rewritten(text string) *Query {
	if edited, err := ParseQuery(text); err == nil {
		return edited
	}
	return q
}

func (t *queryTerm) asksFor(v queryValue) bool {
	return slices.ContainsFunc(t.values, func(o queryValue) bool { return o.means(t.field, v) })
}

// means tells whether two values of a field ask for the same. A reference does
// so with less or more of it written.
func (v queryValue) means(f *queryField, o queryValue) bool {
	switch f.class {
	case classRef, classRelation, classDomain:
		if v.ref.exact() && o.ref.exact() {
			return v.ref.agrees(o.ref)
		}
	}
	return strings.EqualFold(v.text, o.text)
}

// agrees tells whether two exact patterns can mean the same entity.
func (p refPattern) agrees(o refPattern) bool {
	part := func(a, b textPattern) bool { return a == b || a == anything() || b == anything() }
	return p.name == o.name && part(p.kind, o.kind) && part(p.namespace, o.namespace)
}

// readValue reads a value as if it stood quoted in a query; the field is nil
// where there is no such field or it cannot have the value.
func readValue(fieldName, text string) (*queryField, queryValue) {
	f := fieldOf[strings.ToLower(fieldName)]
	if f == nil || text == "" {
		return nil, queryValue{}
	}
	q, err := ParseQuery(f.name + ":" + quoteValue(f, text))
	if err != nil {
		return nil, queryValue{}
	}
	return f, q.terms[0].values[0]
}

// quoteValue writes a value so that it is read back as it is.
func quoteValue(f *queryField, text string) string {
	plain := !strings.ContainsAny(text, `,"*`) && strings.IndexFunc(text, unicode.IsSpace) < 0
	if f.class == classOverlay {
		plain = plain && !strings.ContainsAny(text, "<>=!")
	}
	if plain {
		return text
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}
