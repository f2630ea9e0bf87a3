package catalog

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Query is a parsed filter: terms that must all hold. It never changes; the
// methods that edit it give a new one. The grammar:
//
//	query = { term }                          terms are set apart by spaces
//	term  = ["-"] ( field ":" value { "," value } | word | quoted )
//	value = word | quoted                     a comma is an or
//
// A "-" turns a term round. Field names and values compare without case. A word
// without a field is fuzzy text for names and titles; quoted (or negated) text
// has to occur as it is. In an unquoted value a "*" at the start or the end
// stands for anything. Values that are references leave out what may be
// anything: [kind:][namespace/]name, and "me" is the user and the user's
// groups. Overlays also compare: level:>=silver, score:production<gold; their
// value "unknown" is that of rows that have none. In quotes, \" is a quote and
// \\ a backslash.
type Query struct {
	text  string
	terms []queryTerm
}

// queryTerm is one condition, with its place in the text.
type queryTerm struct {
	start, end int
	negated    bool
	field      *queryField // nil for free text
	values     []queryValue
}

// queryValue is one of a term's values, with its place in the text.
type queryValue struct {
	start, end int
	text       string // without quotes
	quoted     bool
	pattern    textPattern // fields of words
	ref        refPattern  // fields of references
	comparison comparison  // overlays
	has        Has         // has: and missing:, 0 for an overlay's name
}

// comparison is a test of an overlay's column.
type comparison struct {
	column  string // "" is what the field alone stands for
	op      string // "", "=", "!=", "<", "<=", ">" or ">="; "" may be a column's name
	operand string
}

// The value that rows without one have in an overlay, and the one that stands
// for the user.
const (
	valueUnknown = "unknown"
	valueMe      = "me"
)

// QueryError says what is wrong with a query, and where. Pos and Len are in
// bytes of Text; Pos may be its end.
type QueryError struct {
	Text     string
	Pos, Len int
	Reason   string // one sentence without a full stop
	Hint     string // what to write instead, or ""
}

// Error is the whole as one sentence.
func (e *QueryError) Error() string {
	s := fmt.Sprintf("cannot read the query %q at character %d: %s", e.Text, len([]rune(e.Text[:e.Pos]))+1, e.Reason)
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

// String is the text as it was written. ParseQuery reads it back.
func (q *Query) String() string { return q.text }

// Empty is true of the query that leaves nothing out.
func (q *Query) Empty() bool { return len(q.terms) == 0 }

func (t *queryTerm) class() fieldClass {
	if t.field == nil {
		return classText
	}
	return t.field.class
}

// sameAs tells whether two terms mean the same wherever they stand.
func (t *queryTerm) sameAs(o *queryTerm) bool {
	return t.field == o.field && t.negated == o.negated && slices.EqualFunc(t.values, o.values, func(a, b queryValue) bool {
		return a.text == b.text && a.quoted == b.quoted
	})
}

// narrows tells whether every row that passes q passes old too, because q is old
// with something typed to its end or terms added.
func (q *Query) narrows(old *Query) bool {
	if len(q.terms) < len(old.terms) {
		return false
	}
	for i := range old.terms {
		before, now := &old.terms[i], &q.terms[i]
		if now.sameAs(before) {
			continue
		}
		grown := now.class() == classText && before.class() == classText && !now.negated && !before.negated &&
			now.values[0].quoted == before.values[0].quoted &&
			utf8.ValidString(before.values[0].text) && strings.HasPrefix(now.values[0].text, before.values[0].text)
		if !grown {
			return false
		}
	}
	return true
}

// asksAbout tells which parts of an Env the query's answer depends on.
func (q *Query) asksAbout() (me, starred bool) {
	for i := range q.terms {
		for _, v := range q.terms[i].values {
			me = me || v.ref.me
			starred = starred || (q.terms[i].class() == classIs && strings.EqualFold(v.text, isStarred))
		}
	}
	return me, starred
}
