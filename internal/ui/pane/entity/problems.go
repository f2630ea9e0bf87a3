package entity

import (
	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
)

// problemCount is how many findings the problems' tab has.
func (p *Pane) problemCount() int {
	n := len(p.dangling())
	if p.facts.Record != nil {
		n += len(p.facts.Record.Problems)
	}
	return n
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
	if p.facts.Record != nil {
		for _, problem := range p.facts.Record.Problems {
			c.problem(problem, p.facts.Record.Provenance)
		}
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

func (c *column) problem(pr catalog.Problem, from catalog.Provenance) {
	t := c.t
	mark := t.Warn.Paint(t.Glyph.Warning)
	switch pr.Severity {
	case catalog.Error:
		mark = t.Bad.Paint(t.Glyph.Cross)
	case catalog.Note:
		mark = t.Faint.Paint(t.Glyph.Unknown)
	}
	c.space()
	for i, l := range kit.Wrap(pr.Message, max(4, c.w-5)) {
		if i > 0 {
			mark = " "
		}
		c.add(mark + " " + t.Strong.Paint(l))
	}
	where := pr.Where()
	if pr.Path == "" {
		pr.Path, pr.Source = from.Path, from.Source
		where = pr.Where()
	}
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
