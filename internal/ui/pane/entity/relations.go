package entity

import (
	"fmt"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/pane/card"
)

// relationLine is one line of the relations' tab: a heading, a blank or a related
// entity. The text is made when the line comes into sight: a team may own
// thousands of things.
type relationLine struct {
	group *card.Group
	item  int // index in the group; headingLine or blankLine
}

const (
	headingLine = -1
	blankLine   = -2
)

func (p *Pane) relations(w int) body {
	t := p.s.Theme
	var lines []relationLine
	b := body{w: w}
	for i := range p.facts.Groups {
		g := &p.facts.Groups[i]
		if len(lines) > 0 {
			lines = append(lines, relationLine{item: blankLine})
		}
		lines = append(lines, relationLine{g, headingLine})
		for j := range g.Items {
			b.stops = append(b.stops, stop{y: len(lines), target: target{ref: g.Items[j].Ref}})
			lines = append(lines, relationLine{g, j})
		}
	}
	if len(lines) == 0 {
		return p.note(w, p.noRelations())
	}
	b.height = len(lines)
	name := max(12, min(w*2/5, 36))
	b.line = func(y, cursor int) string {
		if y >= len(lines) {
			return kit.Spaces(w)
		}
		l := lines[y]
		switch l.item {
		case blankLine:
			return kit.Spaces(w)
		case headingLine:
			return t.Fit(" "+t.Strong.Paint(l.group.Title)+" "+t.Faint.Paint(pane.Count(l.group.Total)), w)
		}
		line := t.Fit(" "+p.arrow(l.group.Out)+" "+p.relatedText(l.group.Items[l.item], name, w-3), w)
		if cursor >= 0 && cursor < len(b.stops) && b.stops[cursor].y == y {
			return selection(t, line)
		}
		return line
	}
	return b
}

func (p *Pane) noRelations() []string {
	switch {
	case !p.loaded:
		return []string{"Reading the relations" + p.s.Theme.Glyph.Ellipsis}
	case !p.facts.View.RelationsReady():
		return []string{"The relations are still being read; they appear here as soon as they are there."}
	}
	return []string{
		"Nothing is related to it.",
		"Relations come from spec.owner, spec.system, spec.dependsOn, spec.providesApis, spec.consumesApis and their like, in its own document or in others.",
	}
}

// note is a body of sentences, the first of which says what is the matter.
func (p *Pane) note(w int, sentences []string) body {
	c := &column{t: p.s.Theme, w: w}
	c.lines = append(c.lines, kit.Spaces(w))
	c.sentences(sentences)
	return columnsBody(p.s.Theme, c)
}

func (c *column) sentences(list []string) {
	for i, text := range list {
		for _, l := range kit.Wrap(text, max(4, c.w-4)) {
			style := c.t.Muted
			if i == 0 {
				style = c.t.Strong
			}
			c.add(" " + style.Paint(l))
		}
		if i == 0 {
			c.space()
		}
	}
}

// missing says that the catalog has no such entity, who refers to it all the same
// and what to do.
func (p *Pane) missing(w int) body {
	c := &column{t: p.s.Theme, w: w}
	if p.ref.IsZero() {
		return p.note(w, []string{
			p.name + " is not a reference to an entity.", "A reference is written kind:namespace/name, as in component:default/payments-api.",
		})
	}
	c.sentences([]string{p.ref.String() + " is not in the catalog."})
	for _, pr := range p.facts.LeftOut {
		c.problem(pr)
	}
	if len(p.facts.LeftOut) > 0 {
		c.space()
	}
	total := 0
	for _, g := range p.facts.Groups {
		total += len(g.Items)
	}
	if total == 0 && len(p.facts.LeftOut) > 0 {
		return columnsBody(c.t, c)
	}
	if total == 0 {
		c.paragraph("Nothing refers to it. It may have been removed, or its name may be another. Press : to search the catalog.")
		return columnsBody(c.t, c)
	}
	c.paragraph(pane.Plural(total, "entity refers", "entities refer") + " to it:")
	c.space()
	for _, g := range p.facts.Groups {
		for i, r := range g.Items {
			if i == mostMissing {
				c.add(c.t.Faint.Paint(fmt.Sprintf("   %s more", pane.Count(len(g.Items)-i))))
				break
			}
			c.stop(target{ref: r.Ref})
			c.add(p.arrow(g.Out) + " " + c.t.Muted.Paint(c.t.Fit(g.Title, 14)) + "  " + p.relatedText(r, min(30, w/3), w-21))
		}
	}
	c.space()
	c.paragraph("Add a document that names it to one of the sources, or correct the name where it is referred to. Press r to sync the sources.")
	return columnsBody(c.t, c)
}

// mostMissing bounds a group of referring entities.
const mostMissing = 50

func (c *column) paragraph(text string) {
	for _, l := range kit.Wrap(text, max(4, c.w-4)) {
		c.add(" " + c.t.Muted.Paint(l))
	}
}

// dangling are the relations that the entity itself declares to what is not there.
func (p *Pane) dangling() []catalog.Related {
	var list []catalog.Related
	for _, g := range p.facts.Groups {
		if !g.Out {
			continue
		}
		for _, r := range g.Items {
			if !r.Known {
				list = append(list, r)
			}
		}
	}
	return list
}
