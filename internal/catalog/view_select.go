package catalog

import (
	"context"
	"slices"
)

// Result is what a query selected. It is shared: its slices are not to be
// changed. It keeps its View alive.
type Result struct {
	IDs       []int32       // the rows, in the order asked for
	Total     int           // rows in the catalog
	Pending   bool          // the query needs relations, which are not yet known: no rows
	UnknownMe bool          // the query says "me", and nobody knows who that is: no rows
	Notes     []*QueryError // terms that could not be tested, such as a level that does not exist

	view    *View
	query   *Query
	env     Env
	matches matches // in id order; what a longer query has to look through
}

// selectChunk is the number of rows between two looks at the context.
const selectChunk = 4096

// Select gives the rows that satisfy the query, in the order of the sort.
// previous may be the result of an earlier Select on the same View: where the
// query has only grown since, no other rows are looked at. The error is the
// context's.
func (v *View) Select(ctx context.Context, q *Query, env Env, order Sort, previous *Result) (*Result, error) {
	p := newPlan(v, q, env, nil)
	r := &Result{
		Total: v.Len(), Pending: p.pending, UnknownMe: p.unknownMe, Notes: p.notes,
		view: v, query: q, env: env,
	}
	if p.impossible() {
		return r, nil
	}
	from := v.all()
	if previous.covers(r) {
		from = previous.matches.ids
	}
	var err error
	if r.matches, err = p.run(ctx, from); err != nil {
		return nil, err
	}
	switch {
	case order.Field != "":
		r.IDs = v.sorted(r.matches.ids, order)
	case len(r.matches.merits) > 0:
		r.IDs = r.matches.ranked()
	default:
		r.IDs = r.matches.ids
	}
	r.matches.merits = nil
	return r, nil
}

// covers tells whether all rows of the next result are among these.
func (r *Result) covers(next *Result) bool {
	if r == nil || r.view != next.view || r.Pending || r.UnknownMe || !next.query.narrows(r.query) {
		return false
	}
	me, starred := r.query.asksAbout()
	return (!me || slices.Equal(r.env.Me, next.env.Me)) && (!starred || slices.Equal(r.env.Starred, next.env.Starred))
}

// run gives those of ids that satisfy the plan.
func (p *queryPlan) run(ctx context.Context, ids []int32) (matches, error) {
	if len(p.filters) == 0 && len(p.needles) == 0 {
		return matches{ids: ids}, ctx.Err()
	}
	var m matches
	var buf [selectChunk]int32
	slab := newSlab()
	if len(p.needles) > 0 {
		prepareFuzzy()
	}
	for chunk := range slices.Chunk(ids, selectChunk) {
		if err := ctx.Err(); err != nil {
			return matches{}, err
		}
		left := buf[:copy(buf[:], chunk)]
		for _, f := range p.filters {
			left = f(left)
		}
		if len(p.needles) == 0 {
			m.ids = append(m.ids, left...)
			continue
		}
		m.search(p.view.table, left, p.needles, slab)
	}
	return m, nil
}
