package catalog

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

// Facet is one field's values among the selected rows.
type Facet struct {
	Field  string
	Values []FacetValue // most frequent first, selected ones always
	Total  int          // number of distinct values, shown or not
}

// FacetValue is one value of a facet.
type FacetValue struct {
	Value    string // for Toggle
	Label    string // as shown
	Count    int    // rows
	Selected bool   // the query asks for it
}

// facetFields are the fields that have a facet. Those of overlays have one
// where there is such an overlay.
var facetFields = []string{"kind", "type", "owner", "lifecycle", "tag", "system", "source", "health", "level"}

// Facets counts the values of each facet's field among the rows that satisfy
// the query without its own terms of that field, so that a facet shows what
// else could be chosen. Each gives its top values only. Where the query cannot
// be answered (see Result) it gives nil. The error is the context's.
func (v *View) Facets(ctx context.Context, q *Query, env Env, top int) ([]Facet, error) {
	inFacet := func(t *queryTerm) bool { return t.field != nil && slices.Contains(facetFields, t.field.name) }
	base := newPlan(v, q, env, func(t *queryTerm) bool { return !inFacet(t) })
	own := map[string]*queryPlan{} // per field, the plan of its terms
	for _, name := range facetFields {
		own[name] = newPlan(v, q, env, func(t *queryTerm) bool { return inFacet(t) && t.field.name == name })
		base.unknownMe = base.unknownMe || own[name].unknownMe
	}
	if base.impossible() {
		return nil, nil
	}
	rows, err := base.run(ctx, v.all())
	if err != nil {
		return nil, err
	}
	all, err := v.withoutFacet(ctx, rows.ids, own, "")
	if err != nil {
		return nil, err
	}
	var facets []Facet
	for _, name := range facetFields {
		ids := all
		if len(own[name].filters) > 0 {
			if ids, err = v.withoutFacet(ctx, rows.ids, own, name); err != nil {
				return nil, err
			}
		}
		if f, ok := v.facet(q, name, ids, top); ok {
			facets = append(facets, f)
		}
	}
	return facets, nil
}

// withoutFacet applies the terms of all facets but one.
func (v *View) withoutFacet(ctx context.Context, ids []int32, own map[string]*queryPlan, leftOut string) ([]int32, error) {
	p := &queryPlan{view: v}
	for _, name := range facetFields {
		if name != leftOut {
			p.filters = append(p.filters, own[name].filters...)
		}
	}
	m, err := p.run(ctx, ids)
	return m.ids, err
}

// facet counts one field among ids.
func (v *View) facet(q *Query, name string, ids []int32, top int) (Facet, bool) {
	f := fieldOf[name]
	if f.class == classOverlay {
		column, rows := v.overlayColumn(name)
		if column == nil {
			return Facet{}, false
		}
		counts := make([]int, column.len()+1)
		symbols := rows()
		for _, id := range ids {
			counts[symbols[id]]++
		}
		return newFacet(q, f, counts, top, func(i int) FacetValue {
			text := valueUnknown
			if i > 0 {
				text = column.text(i - 1)
			}
			return FacetValue{Value: text, Label: text}
		}), true
	}
	r := v.ranks[f.column]()
	if f.class == classTag {
		r = v.tagRank()
	}
	return newFacet(q, f, v.count(f.column, &r, ids), top, func(i int) FacetValue {
		return v.facetValue(f, &r, i)
	}), true
}

// count gives the number of rows at each place of the ranking.
func (t *table) count(col int, r *ranking, ids []int32) []int {
	rows := t.columns[col].rows
	if col != colTags {
		counts := make([]int, r.count+1)
		for _, id := range ids {
			counts[r.place[rows[id]]]++
		}
		return counts[:r.count] // without those that have none
	}
	sets := make([]int, t.tagSets.len())
	for _, id := range ids {
		sets[rows[id]]++
	}
	counts := make([]int, r.count)
	for set, n := range sets {
		if n == 0 {
			continue
		}
		for _, tag := range t.tagSets.at(uint32(set)) {
			counts[r.place[tag+1]] += n
		}
	}
	return counts
}

// facetValue is the value at a place. Of a ref the short form is enough, unless
// another one bears the same name.
func (t *table) facetValue(f *queryField, r *ranking, place int) FacetValue {
	symbol := r.form[place]
	if f.class == classTag {
		return FacetValue{Value: t.tags[symbol-1], Label: t.tags[symbol-1]}
	}
	text := t.columns[f.column].values[symbol]
	if f.class != classRef {
		x := FacetValue{Value: text, Label: text}
		if f.column == colKind {
			x.Value = strings.ToLower(text)
		}
		return x
	}
	refs := t.refs[f.column]
	ref := refs[symbol]
	sameName := func(i int) bool {
		return i >= 0 && i < len(r.form) && strings.EqualFold(refs[r.form[i]].Name, ref.Name)
	}
	short := ref.Display(refColumnKinds[f.column])
	x := FacetValue{Value: short, Label: short}
	if sameName(place-1) || sameName(place+1) || strings.EqualFold(short, valueMe) {
		x.Value = ref.String()
	}
	return x
}

// newFacet takes the top values, and those that the query asks for. Of values
// with the same count the first is first.
func newFacet(q *Query, f *queryField, counts []int, top int, at func(i int) FacetValue) Facet {
	var present []int
	for i, n := range counts {
		if n > 0 {
			present = append(present, i)
		}
	}
	slices.SortFunc(present, func(a, b int) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	var asked []queryValue
	for _, t := range q.terms {
		if t.field == f && !t.negated {
			asked = append(asked, t.values...)
		}
	}
	facet := Facet{Field: f.name, Total: len(present)}
	for rank, i := range present {
		if rank >= top && len(asked) == 0 {
			break
		}
		x := at(i)
		x.Count = counts[i]
		may := slices.ContainsFunc(asked, func(v queryValue) bool { return v.mayMean(x.Value) })
		x.Selected = may && q.Selected(f.name, x.Value)
		if rank < top || x.Selected {
			facet.Values = append(facet.Values, x)
		}
	}
	return facet
}

// mayMean is a quick test that leaves out nearly all the texts that the value
// does not mean. The name of a ref is the end of its text.
func (v *queryValue) mayMean(text string) bool {
	name := v.ref.name.text
	if name == "" {
		return strings.EqualFold(text, v.text)
	}
	return len(text) >= len(name) && strings.EqualFold(text[len(text)-len(name):], name)
}
