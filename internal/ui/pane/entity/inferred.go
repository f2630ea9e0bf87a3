package entity

import (
	"context"
	"path"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/safe"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
)

// inferred are the values of an entity that nobody has described, with their
// evidence; none for any other.
func (p *Pane) inferred() []catalog.Inferred {
	if p.facts.Record == nil {
		return nil
	}
	return p.facts.Record.Inferred
}

// descriptor is the file that an inferred entity could be described in.
func (p *Pane) descriptor() string { return p.facts.Record.Provenance.Path }

// actions is the key for what can be done with the entity. The one thing is to
// write the descriptor that it lacks.
func (p *Pane) actions() kit.Binding {
	b := p.s.Keys.Bind("actions", p.describe).When(p.canDescribe)
	if len(p.inferred()) == 0 {
		return b.Titled(b.Title, "")
	}
	return b.Titled("Write "+p.descriptor(), "write it down")
}

func (p *Pane) canDescribe() (bool, string) {
	switch {
	case !p.loaded:
		return false, "The record is still being read."
	case len(p.inferred()) == 0:
		return false, "There is nothing to be done with it yet."
	case p.s.Describe == nil:
		return false, "No file can be written from here."
	}
	return true, ""
}

// describe shows the descriptor, and writes it when that is confirmed.
func (p *Pane) describe() tea.Cmd {
	s, ref, file := p.s, p.ref, p.descriptor()
	about := []string{"The comments name the evidence. An existing file is never overwritten."}
	if n := len(p.unknown()); n > 0 {
		about = append(about, pane.Plural(n, "value is", "values are")+" not known: the text says unknown there, and what to write instead.")
	}
	return pane.Show(&kit.Confirm{
		Title: "Write " + file + "?", About: about, Text: p.facts.Record.Raw, Do: "write it",
		Run: func() tea.Cmd {
			return func() tea.Msg {
				ctx, cancel := context.WithTimeout(s.Ctx, patience)
				defer cancel()
				written, err := s.Describe(ctx, ref)
				if err != nil {
					return pane.ToastMsg{Text: err.Error() + ".", Bad: true}
				}
				return pane.ToastMsg{Text: "Wrote " + written + ". The page is read from it now."}
			}
		},
	})
}

// unknown are the values that the descriptor needs and no file tells.
func (p *Pane) unknown() []catalog.Inferred {
	var list []catalog.Inferred
	for _, v := range p.inferred() {
		if v.Needed && v.Value == "" {
			list = append(list, v)
		}
	}
	return list
}

// unknownWord stands where a value would.
const unknownWord = "unknown"

// inferredWide is the width from which evidence stands beside a short value.
const inferredWide = 70

// aboutInferred is the page of an entity that nobody has described: each value with
// what it was told from.
func (p *Pane) aboutInferred(w int) body {
	c := &column{t: p.s.Theme, w: w}
	c.space()
	for i, l := range kit.Wrap(p.invitation(), max(4, w-2)) {
		if i == 0 {
			l = c.t.Strong.Paint(l)
		}
		c.add(l)
	}
	c.space()
	wide := 0
	for _, v := range p.inferred() {
		if n := kit.Width(v.Value); n <= w/3 {
			wide = max(wide, n)
		}
	}
	found := false
	for _, v := range p.inferred() {
		if v.Beside && !found {
			c.heading("Also found", "")
			found = true
		}
		p.evidence(c, v, max(wide, kit.Width(unknownWord)))
	}
	return columnsBody(c.t, c)
}

// invitation says what this page is, and what to do.
func (p *Pane) invitation() string {
	folder, name := path.Split(p.descriptor())
	text, there := "This repository has no "+name+".", ""
	if folder != "" {
		text, there = "The folder "+strings.TrimSuffix(folder, "/")+" has no "+name+".", " there"
	}
	if key := p.s.Keys.Key("actions"); key != "" && p.s.Describe != nil {
		text += " " + key + " writes one" + there + "."
	}
	return text
}

// evidence adds a value and what it was told from: beside it where both are short,
// else below it.
func (p *Pane) evidence(c *column, v catalog.Inferred, wide int) {
	from, value, label := "inferred from "+v.From, v.Value, fieldTitle(v.Field)
	paint := c.t.Faint
	if v.Beside {
		from = "found in " + v.From
	}
	if v.Value == "" {
		from, value, paint = v.Hint, unknownWord, c.t.Muted
	}
	to := target{}
	to.url, _ = safe.URL(v.Value)
	before := c.t.Muted.Paint(c.t.Fit(label, c.label()))
	room := max(4, c.w-2-c.label())
	c.stop(to)
	if c.w >= inferredWide && kit.Width(value) <= wide {
		for i, l := range kit.Wrap(from, max(4, room-wide-2)) {
			if i == 0 {
				c.add(before + p.inferredValue(v, c.t.Fit(value, wide)) + "  " + paint.Paint(l))
			} else {
				c.add(kit.Spaces(c.label()+wide+2) + paint.Paint(l))
			}
		}
		return
	}
	for i, l := range kit.Wrap(value, room) {
		if i > 0 {
			before = kit.Spaces(c.label())
		}
		c.add(before + p.inferredValue(v, l))
	}
	for _, l := range kit.Wrap(from, room) {
		c.add(kit.Spaces(c.label()) + paint.Paint(l))
	}
}

func (p *Pane) inferredValue(v catalog.Inferred, text string) string {
	t := p.s.Theme
	switch {
	case v.Value == "":
		return t.Warn.Paint(text)
	case strings.HasPrefix(v.Value, "https://"), strings.HasPrefix(v.Value, "http://"):
		return t.Accent.Paint(text)
	}
	return text
}

// fieldTitle is a field as a label.
func fieldTitle(field string) string {
	switch field {
	case "ci":
		return "CI"
	case "api":
		return "API"
	case "":
		return ""
	}
	return strings.ToUpper(field[:1]) + field[1:]
}
