package catalog

import (
	"fmt"
	"iter"
	"slices"
	"sort"
	"strings"
)

// Env is what a query means by "me" and "starred": canonical refs. The slices
// are not to be changed afterwards.
type Env struct {
	Me      []string // the user and the user's groups; empty: nobody knows who is asking
	Starred []string
}

// queryPlan is a query made ready for one View.
type queryPlan struct {
	view      *View
	env       Env
	query     *Query
	filters   []rowFilter
	needles   []needle
	pending   bool // a term needs relations, which are not yet known
	unknownMe bool // a term says "me", and nobody knows who that is
	notes     []*QueryError
}

// rowFilter keeps those of the ids that pass, in order, in the same memory.
type rowFilter func(ids []int32) []int32

// rowSet is a set of rows, one bit each.
type rowSet []uint64

func newRowSet(n int) rowSet            { return make(rowSet, (n+63)/64) }
func (s rowSet) add(id int32)           { s[id>>6] |= 1 << (id & 63) }
func (s rowSet) contains(id int32) bool { return s[id>>6]&(1<<(id&63)) != 0 }

// newPlan compiles the terms for which use is true (nil: all of them).
func newPlan(v *View, q *Query, env Env, use func(*queryTerm) bool) *queryPlan {
	p := &queryPlan{view: v, env: env, query: q}
	for i := range q.terms {
		t := &q.terms[i]
		if use != nil && !use(t) {
			continue
		}
		if t.class() == classText {
			p.needles = append(p.needles, newNeedle(t.values[0].text, t.values[0].quoted, t.negated))
			continue
		}
		p.filters = append(p.filters, p.filter(t))
	}
	// Words that must occur leave fewer rows for those that must not.
	slices.SortStableFunc(p.needles, func(a, b needle) int { return btoi(a.negated) - btoi(b.negated) })
	return p
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// impossible tells whether the query cannot be answered, so that no rows are
// given rather than wrong ones.
func (p *queryPlan) impossible() bool { return p.pending || p.unknownMe }

func (p *queryPlan) filter(t *queryTerm) rowFilter {
	switch t.class() {
	case classColumn:
		return p.byColumn(t)
	case classTag:
		return p.byTag(t)
	case classRef:
		return p.byRef(t)
	case className:
		return p.byName(t)
	case classHas, classMissing:
		return p.byHas(t)
	case classIs:
		return p.byState(t)
	case classOverlay:
		return p.byOverlay(t)
	case classDomain:
		return p.byDomain(t)
	}
	return p.byRelation(t)
}

// bySymbol keeps the rows whose symbol is marked.
func bySymbol(rows []uint32, marked []bool) rowFilter {
	return func(ids []int32) []int32 {
		out := ids[:0]
		for _, id := range ids {
			if marked[rows[id]] {
				out = append(out, id)
			}
		}
		return out
	}
}

// bySet keeps the rows that are in the set, or that are not.
func bySet(set rowSet, in bool) rowFilter {
	return func(ids []int32) []int32 {
		out := ids[:0]
		for _, id := range ids {
			if set.contains(id) == in {
				out = append(out, id)
			}
		}
		return out
	}
}

func (t *queryTerm) anyValue(test func(*queryValue) bool) bool {
	for i := range t.values {
		if test(&t.values[i]) {
			return true
		}
	}
	return false
}

func (p *queryPlan) byColumn(t *queryTerm) rowFilter {
	c := &p.view.columns[t.field.column]
	marked := make([]bool, len(c.values))
	for i, text := range c.values {
		marked[i] = t.anyValue(func(v *queryValue) bool { return v.pattern.match(text) }) != t.negated
	}
	return bySymbol(c.rows, marked)
}

func (p *queryPlan) byTag(t *queryTerm) rowFilter {
	tags := make([]bool, len(p.view.tags))
	for i, tag := range p.view.tags {
		tags[i] = t.anyValue(func(v *queryValue) bool { return v.pattern.match(tag) })
	}
	marked := make([]bool, p.view.tagSets.len())
	for i := range marked {
		found := slices.ContainsFunc(p.view.tagSets.at(uint32(i)), func(tag uint32) bool { return tags[tag] })
		marked[i] = found != t.negated
	}
	return bySymbol(p.view.columns[colTags].rows, marked)
}

func (p *queryPlan) byRef(t *queryTerm) rowFilter {
	c, refs := &p.view.columns[t.field.column], p.view.refs[t.field.column]
	me := p.me(t)
	marked := make([]bool, len(refs))
	for i, r := range refs {
		found := i > 0 && t.anyValue(func(v *queryValue) bool {
			if v.ref.me {
				return slices.Contains(me, c.values[i])
			}
			return v.ref.match(r)
		})
		marked[i] = found != t.negated
	}
	return bySymbol(c.rows, marked)
}

// me is what "me" stands for, where a term says it.
func (p *queryPlan) me(t *queryTerm) []string {
	if !t.anyValue(func(v *queryValue) bool { return v.ref.me }) {
		return nil
	}
	p.unknownMe = p.unknownMe || len(p.env.Me) == 0
	return p.env.Me
}

func (p *queryPlan) byName(t *queryTerm) rowFilter {
	set := newRowSet(p.view.Len())
	for i := range t.values {
		for id := range p.view.rowsNamed(t.values[i].pattern) {
			set.add(id)
		}
	}
	return bySet(set, !t.negated)
}

// rowsNamed gives the rows whose name matches. They lie side by side unless the
// pattern begins with a *.
func (t *table) rowsNamed(p textPattern) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		id, n := 0, t.len()
		if !p.anyStart {
			id = sort.Search(n, func(i int) bool { return compareLower(t.name(int32(i)), p.text) >= 0 })
		}
		for ; id < n; id++ {
			found := p.match(t.name(int32(id)))
			if (found && !yield(int32(id))) || (!found && !p.anyStart) {
				return
			}
		}
	}
}

// byHas tests bits, and the overlays that a word names. missing: turns each of
// its values round, so that missing:owner,system is missing either.
func (p *queryPlan) byHas(t *queryTerm) rowFilter {
	missing := t.class() == classMissing
	var bits []Has
	var columns [][]uint32
	for i := range t.values {
		v := &t.values[i]
		if v.has != 0 {
			bits = append(bits, v.has)
			continue
		}
		if !missing && p.view.overlay(v.text) == nil { // to be without what nobody knows is a fact
			p.note(v, fmt.Sprintf("nothing is known of %s yet", strings.ToLower(v.text)), "")
		}
		columns = append(columns, p.anyOverlayValue(v.text))
	}
	return func(ids []int32) []int32 {
		out := ids[:0]
		for _, id := range ids {
			found := false
			for _, b := range bits {
				found = found || (p.view.has[id]&b != 0) != missing
			}
			for _, rows := range columns {
				found = found || (rows != nil && rows[id] != 0) != missing
			}
			if found != t.negated {
				out = append(out, id)
			}
		}
		return out
	}
}
