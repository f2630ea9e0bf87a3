package ui

import (
	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
)

// tab is one of the panes in the header.
type tab struct{ pane, title string }

func tabs() []tab {
	return []tab{
		{pane.Catalog, "Catalog"},
		{pane.Scorecards, "Scorecards"},
		{pane.Docs, "Docs"},
		{pane.Create, "Create"},
		{pane.Jobs, "Jobs"},
	}
}

// tabOf is the tab that a pane belongs to.
func tabOf(p string) string {
	if p == pane.Entity {
		return pane.Catalog
	}
	return p
}

// header is the first line: the product, the tabs, how fresh the catalog is and
// who one is. tabs are where the tabs came to stand in it.
type header struct {
	line string
	tabs []drawnTab
}

type drawnTab struct {
	pane     string
	from, to int // columns, half open
}

// header draws as much as there is room for. The tabs are whole at every width;
// what gives way are the words on freshness, the company and the product's name,
// and at the very last one's own name: the sign of how the sources are stays.
func (m *Model) header(w int) header {
	t, fresh := m.s.Theme, m.freshness()
	brand := " " + t.Strong.Paint("idptui") + "  "
	company := ""
	if m.s.Company != "" {
		company = t.Muted.Paint(t.Clip(m.s.Company, mostName)) + "  "
	}
	who := t.Muted.Paint(t.Clip(m.who(), mostName))
	apart := func(a, gap, b string) string {
		if a == "" || b == "" {
			return a + b + " "
		}
		return a + gap + b + " "
	}
	full, short, sign := apart(fresh.full, "   ", who), apart(fresh.short, "   ", who), apart(fresh.sign, " ", who)
	choices := []struct{ lead, right string }{
		{brand + company, full},
		{brand + company, short},
		{brand, full},
		{brand, short},
		{brand, sign},
		{" ", short},
		{" ", sign},
		{" ", apart(fresh.sign, "", "")},
	}
	for _, c := range choices {
		drawn, left := m.drawTabs(c.lead)
		gap := min(2, len(c.lead))
		if kit.Width(left)+gap+kit.Width(c.right) <= w {
			return header{t.Spread(left, c.right, w), drawn}
		}
	}
	drawn, left := m.drawTabs(" ")
	return header{t.Fit(left, w), drawn}
}

// mostName is the most cells that a name of a person or company takes.
const mostName = 24

// drawTabs adds the tabs to the start of the header.
func (m *Model) drawTabs(lead string) (drawn []drawnTab, line string) {
	t := m.s.Theme
	line = lead
	at := kit.Width(lead)
	for i, tb := range tabs() {
		style := t.Muted
		if tb.pane == tabOf(m.current) {
			style = t.Tab
		}
		label := tb.title
		if key := m.s.Keys.Key(tb.pane); key != "" {
			label = key + " " + label
		}
		end := at + kit.Width(label) + 2
		drawn = append(drawn, drawnTab{tb.pane, at, end})
		if i > 0 {
			line += " "
		}
		line += " " + style.Paint(label)
		at = end
	}
	return drawn, line
}

func (m *Model) who() string {
	if m.s.Actor.Name == "" {
		return "nobody"
	}
	return m.s.Actor.Name
}

// title names the place one is at.
func (m *Model) title() string {
	switch m.current {
	case pane.Home:
		return "Home"
	case pane.Entity:
		return m.entityTitle(m.here().Place().Ref)
	case pane.Errors:
		return "Errors"
	case pane.Health:
		return "Data health"
	}
	for _, tb := range tabs() {
		if tb.pane == m.current {
			return tb.title
		}
	}
	return ""
}

func (m *Model) entityTitle(ref string) string {
	r, err := catalog.ParseRef(ref, catalog.RefDefaults{})
	if err != nil {
		return ref
	}
	if row, ok := m.s.Portal.View().Find(r); ok {
		return row.Ref().Display(row.Kind())
	}
	return r.Display(r.Kind)
}

// placeLine says where one is, and at the right what is left out of the catalog
// and the pane's own word. It is the only line above the pane in a small window,
// where it also has the bad news of the header.
func (m *Model) placeLine(w int) string {
	t := m.s.Theme
	title := " " + t.Strong.Paint(m.title())
	crumb := title
	if m.current == pane.Entity {
		crumb = " " + t.Muted.Paint("Catalog "+t.Glyph.Crumb) + title
	}
	full, short := m.leftOut()
	if fresh := m.freshness(); m.layout.compact && fresh.bad {
		full, short = spaced(fresh.full, full), spaced(fresh.short, short)
	}
	status := ""
	if s := m.here().Status(); s != "" {
		status = t.Muted.Paint(s)
	}
	all, some := spaced(full, status), spaced(short, status)
	return fit(t, w-1, ends{crumb, all}, ends{crumb, some}, ends{title, some}, ends{crumb, short}, ends{title, short}) + " "
}

func spaced(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "  " + b
}

// narrowFooter is the width below which the footer has no room for what cannot
// be done now.
const narrowFooter = 80

// footer shows the few keys that matter here, those that the pane puts first
// first. What cannot be done now stays in its place, but faint, so that nothing
// jumps while one moves. A dialog says itself which keys it takes.
func (m *Model) footer(w int) string {
	t := m.s.Theme
	switch {
	case len(m.dialogs) > 0:
		return kit.Spaces(w)
	case m.here().Capturing():
		return t.Fit(" "+t.Key.Paint("enter")+" "+t.Muted.Paint("keep")+"  "+t.Key.Paint("esc")+" "+t.Muted.Paint("leave"), w)
	}
	always := ""
	for _, id := range []string{"help", "palette"} {
		if key := m.s.Keys.Key(id); key != "" {
			always += " " + t.Key.Paint(key) + " " + t.Muted.Paint(id) + " "
		}
	}
	room := w - kit.Width(always) - 1
	left := ""
	for _, b := range m.here().Bindings() {
		key := m.footerKey(b)
		if b.Short == "" || key == "" {
			continue
		}
		hint := t.Key.Paint(key) + " " + t.Muted.Paint(b.Short)
		if ok, _ := b.Can(); !ok {
			if w < narrowFooter {
				continue
			}
			hint = t.Faint.Paint(key + " " + b.Short)
		}
		if room -= kit.Width(hint) + 2; room < 0 {
			break
		}
		left += " " + hint + " "
	}
	return t.Spread(left, always, w)
}

// footerKey is how a key stands in the footer; that of the tabs has both ways.
func (m *Model) footerKey(b kit.Binding) string {
	if before := m.s.Keys.Key("tab-prev"); b.ID == "tab-next" && before != "" {
		return before + " " + b.KeyLabel()
	}
	return b.KeyLabel()
}
