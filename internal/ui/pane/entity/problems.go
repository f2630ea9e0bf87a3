package entity

import (
	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
)

// problemCount is how many findings the problems' tab has.
func (p *Pane) problemCount() int { return len(p.dangling()) + len(p.faults) }

// problemMark is the count in the head of the page: in words and as short as can
// be; both are empty where nothing is wrong. What is inferred can be wrong in no
// other way than that.
func (p *Pane) problemMark() (full, short string) {
	if len(p.inferred()) > 0 {
		mark := "  " + p.s.Theme.Info.Paint("inferred")
		return mark, mark
	}
	n := p.problemCount()
	if n == 0 {
		return "", ""
	}
	t := p.s.Theme
	style, glyph := t.Warn, t.Glyph.Warning
	if len(p.faults) > 0 && p.faults[0].Severity == catalog.Error {
		style, glyph = t.Bad, t.Glyph.Cross
	}
	return "  " + style.Paint(glyph+" "+pane.Plural(n, "problem", "problems")), "  " + style.Paint(glyph+" "+pane.Count(n))
}

// mostFaults bounds the problems on the first tab; their own has them all, and
// what to do about each.
const mostFaults = 6

// faultList is the block of problems on the first tab: where each is, and what.
func (p *Pane) faultList(c *column) {
	if len(p.faults) == 0 {
		return
	}
	c.heading("Problems", pane.Count(len(p.faults)))
	for i, pr := range p.faults {
		c.stop(target{tab: tabProblems})
		if i == mostFaults {
			c.add(c.t.Faint.Paint("   " + pane.Count(len(p.faults)-i) + " more"))
			break
		}
		c.add(c.mark(pr.Severity) + " " + c.t.Faint.Paint(c.t.ClipStart(pr.Where(), max(1, c.w-4))))
		for _, l := range kit.Wrap(pr.Message, max(4, c.w-5)) {
			c.add("  " + l)
		}
	}
}

// problems lists what was found when the document was read, and the relations
// that lead nowhere.
func (p *Pane) problems(w int) body {
	t := p.s.Theme
	if p.problemCount() == 0 {
		if !p.loaded {
			return p.note(w, []string{"Reading the document" + t.Glyph.Ellipsis})
		}
		return p.note(w, []string{"Nothing is wrong with it.", "Its document was read without a warning and every relation that it declares leads somewhere."})
	}
	c := &column{t: t, w: w}
	for _, problem := range p.faults {
		c.problem(problem)
	}
	for _, r := range p.dangling() {
		title, _ := pane.RelationTitle(r.Type)
		c.space()
		c.stop(target{ref: r.Ref})
		c.add(t.Warn.Paint(t.Glyph.Warning) + " " + t.Strong.Paint(title+" "+r.Ref.String()+", which is not in the catalog"))
		c.hint("Add a document that names it to one of the sources, or correct the reference.")
	}
	return columnsBody(t, c)
}

// mark is the sign of what a problem cost.
func (c *column) mark(s catalog.Severity) string {
	switch s {
	case catalog.Error:
		return c.t.Bad.Paint(c.t.Glyph.Cross)
	case catalog.Note:
		return c.t.Faint.Paint(c.t.Glyph.Unknown)
	}
	return c.t.Warn.Paint(c.t.Glyph.Warning)
}

func (c *column) problem(pr catalog.Problem) {
	t, mark := c.t, c.mark(pr.Severity)
	c.space()
	for i, l := range kit.Wrap(pr.Message, max(4, c.w-5)) {
		if i > 0 {
			mark = " "
		}
		c.add(mark + " " + t.Strong.Paint(l))
	}
	where := pr.Where()
	if pr.Field != "" {
		where = pr.Field + "  " + where
	}
	c.add("  " + t.Faint.Paint(pr.Severity.String()+", "+pr.Class+"  "+where))
	c.hint(pr.Hint)
}

// hint says what to do.
func (c *column) hint(text string) {
	if text == "" {
		return
	}
	for i, l := range kit.Wrap(text, max(4, c.w-7)) {
		lead := c.t.Glyph.Into + " "
		if i > 0 {
			lead = kit.Spaces(kit.Width(lead))
		}
		c.add("  " + c.t.Accent.Paint(lead+l))
	}
}
