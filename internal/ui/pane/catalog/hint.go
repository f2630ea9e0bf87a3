package catalogpane

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/idptui/idptui/internal/catalog"
)

// hints say which values of the filter no row has, and what may have been meant.
// They are worked out only for a filter that finds nothing.
func (p *Pane) hints() []string {
	all, err := catalog.ParseQuery("")
	if err != nil {
		return nil
	}
	facets, err := p.view.Facets(p.s.Ctx, all, p.s.Query(), mostValues)
	if err != nil {
		return nil
	}
	var hints []string
	for _, n := range p.result.Notes {
		first, size := utf8.DecodeRuneInString(n.Reason)
		hint := string(unicode.ToUpper(first)) + n.Reason[size:]
		if n.Hint != "" {
			hint += "; " + n.Hint
		}
		hints = append(hints, hint+".")
	}
	for _, word := range strings.Fields(p.query.String()) {
		field, values, ok := strings.Cut(word, ":")
		if !ok {
			continue
		}
		for _, f := range facets {
			if strings.EqualFold(f.Field, field) {
				hints = append(hints, unknownValues(p.query, f, values)...)
			}
		}
	}
	return hints
}

// unknownValues compares the values that the filter asks of a field with those
// that rows have.
func unknownValues(q *catalog.Query, f catalog.Facet, values string) []string {
	var hints []string
	for _, v := range strings.Split(values, ",") {
		if v == "" || strings.ContainsAny(v, `*"`) || strings.EqualFold(v, "me") || !q.Selected(f.Field, v) {
			continue
		}
		known, near, least := false, "", max(2, len(v)/3)+1
		for _, has := range f.Values {
			known = known || strings.EqualFold(has.Value, v) || strings.EqualFold(has.Label, v)
			if d := distance(strings.ToLower(v), strings.ToLower(has.Value)); d < least {
				near, least = has.Value, d
			}
		}
		switch {
		case known || f.Total > len(f.Values):
		case near != "":
			hints = append(hints, fmt.Sprintf("Nothing has the %s %s; did you mean %s:%s?", f.Field, v, f.Field, near))
		default:
			hints = append(hints, fmt.Sprintf("Nothing has the %s %s.", f.Field, v))
		}
	}
	return hints
}

// distance is how many letters have to be put in, left out or changed to make b
// of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, row[j]+1, before+1)
		}
	}
	return row[len(b)]
}
