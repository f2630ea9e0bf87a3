package catalog

import (
	"fmt"
	"strings"
)

// byOverlay tests the columns of an overlay. Where there is no such overlay
// every value is unknown.
func (p *queryPlan) byOverlay(t *queryTerm) rowFilter {
	set := newRowSet(p.view.Len())
	for i := range t.values {
		v := &t.values[i]
		o := p.view.overlay(t.field.name)
		if o == nil {
			p.addUnmeasured(set, t, v)
			continue
		}
		p.addCompared(set, o, v)
	}
	return bySet(set, !t.negated)
}

// isUnknown tells whether a value asks for the rows that have none.
func (v *queryValue) isUnknown() bool {
	op := v.comparison.op
	return (op == "" || op == "=") && strings.EqualFold(v.comparison.operand, valueUnknown)
}

func (p *queryPlan) addUnmeasured(set rowSet, t *queryTerm, v *queryValue) {
	if v.isUnknown() {
		for i := range set {
			set[i] = ^uint64(0)
		}
		return
	}
	p.note(v, fmt.Sprintf("nothing is known of %s yet", t.field.name), "")
}

func (p *queryPlan) note(v *queryValue, reason, hint string) {
	p.notes = append(p.notes, &QueryError{
		Text: p.query.text, Pos: v.start, Len: v.end - v.start, Reason: reason, Hint: hint,
	})
}

// addCompared adds the rows of which the comparison holds. Without a column it
// is made with the overlay's own one; where there is none, a word may be the
// name of a column, and then asks for any value in it, or a value of any column.
func (p *queryPlan) addCompared(set rowSet, o *viewOverlay, v *queryValue) {
	c := v.comparison
	if i := o.column(c.column); i >= 0 {
		p.addTested(set, o, i, v)
		return
	}
	if c.column != "" || c.op != "" {
		var names []string
		for _, col := range o.columns {
			names = append(names, col.name)
		}
		reason := fmt.Sprintf("%s has no %q", o.name, c.column)
		if c.column == "" {
			reason = fmt.Sprintf("a comparison with %s must say which", o.name)
		}
		p.note(v, reason, "known are "+strings.Join(names, ", "))
		return
	}
	if i := o.column(c.operand); i >= 0 {
		for id, value := range o.rows[i]() {
			if value != 0 {
				set.add(int32(id))
			}
		}
		return
	}
	if v.isUnknown() {
		for id, value := range p.anyOverlayValue(o.name) {
			if value == 0 {
				set.add(int32(id))
			}
		}
		return
	}
	for i := range o.columns {
		p.addTested(set, o, i, v)
	}
}

func (p *queryPlan) addTested(set rowSet, o *viewOverlay, column int, v *queryValue) {
	marked, problem, hint := o.columns[column].test(v.comparison, v.pattern)
	if problem != "" {
		p.note(v, fmt.Sprintf("%s cannot be compared so: %s", o.name, problem), hint)
		return
	}
	for id, value := range o.rows[column]() {
		if marked[value] {
			set.add(int32(id))
		}
	}
}

// anyOverlayValue is not 0 for the rows that have a value in the overlay; nil
// where there is no such overlay.
func (p *queryPlan) anyOverlayValue(name string) []uint32 {
	o := p.view.overlay(name)
	if o == nil {
		return nil
	}
	if len(o.rows) == 1 {
		return o.rows[0]()
	}
	union := make([]uint32, p.view.Len())
	for _, rows := range o.rows {
		for id, v := range rows() {
			union[id] |= v
		}
	}
	return union
}
