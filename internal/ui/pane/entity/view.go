package entity

import (
	"strconv"
	"strings"

	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/pane/card"
)

// The tabs, as they stand in a Place.
const (
	tabAbout     = "about"
	tabRelations = "relations"
	tabAPI       = "api"
	tabSource    = "source"
	tabProblems  = "problems"
	tabHistory   = "history"
)

// tab is one part of the page.
type tab struct{ id, title, count string }

// tabs are those that this entity has.
func (p *Pane) tabs() []tab {
	if p.facts.Missing {
		return nil
	}
	if len(p.inferred()) > 0 {
		return []tab{{tabAbout, "About", ""}, {tabSource, "Descriptor", ""}}
	}
	relations := 0
	for _, g := range p.facts.Groups {
		relations += g.Total
	}
	list := []tab{{tabAbout, "About", ""}, {tabRelations, "Relations", number(relations)}}
	if strings.EqualFold(p.ref.Kind, "api") && (len(p.api.lines) > 0 || !p.loaded) {
		list = append(list, tab{tabAPI, "Definition", ""})
	}
	return append(list, tab{tabSource, "Source", ""}, tab{tabProblems, "Problems", number(p.problemCount())}, tab{tabHistory, "History", ""})
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return pane.Count(n)
}

func (p *Pane) hasTab(id string) bool { return p.tabAt(id) >= 0 }

func (p *Pane) tabAt(id string) int {
	for i, t := range p.tabs() {
		if t.id == id {
			return i
		}
	}
	return -1
}

// Heights at which a page gives up a part of its frame.
const (
	footHeight = 8  // a lower box does not say where things come from
	ruleHeight = 14 // a lower box has no rule under the tabs
)

// head is how many lines stand above the body in the box.
func (p *Pane) head() int { return headHeight(p.size.H, p.zoom, p.facts.Missing) }

func headHeight(h int, zoom, missing bool) int {
	switch {
	case zoom || h < 3:
		return 0
	case missing:
		return 1
	case h >= ruleHeight:
		return 3
	}
	return 2
}

// room is how many lines of the body can be seen.
func (p *Pane) room() int { return p.roomFor(p.size.H) }

func (p *Pane) roomFor(h int) int {
	foot := 0
	if h >= footHeight && !p.zoom || p.search.On() {
		foot = 1
	}
	return max(0, h-headHeight(h, p.zoom, p.facts.Missing)-foot)
}

// View implements pane.Pane.
func (p *Pane) View(w, h int) string {
	if w <= 0 || h <= 0 {
		return ""
	}
	t, b := p.s.Theme, p.bodyFor(w)
	room, head := p.roomFor(h), headHeight(h, p.zoom, p.facts.Missing)
	lines := make([]string, 0, h)
	if head == 1 {
		lines = append(lines, "")
	}
	if head > 1 {
		lines = append(lines, p.headline(w), p.tabLine(w))
	}
	if head > 2 {
		lines = append(lines, t.Border.Paint(strings.Repeat(t.Glyph.Rule, w)))
	}
	top := max(0, min(p.top, b.height-room))
	from, to := kit.Thumb(top, room, b.height)
	for i := range room {
		line := ""
		if y := top + i; y < b.height {
			line = b.line(y, p.cursor)
		}
		if i >= from && i < to && w > 1 && !p.zoom {
			line = t.Fit(line, w-1) + t.Border.Paint(t.Glyph.Scroll)
		}
		lines = append(lines, line)
	}
	if len(lines) < h {
		lines = append(lines, p.foot(w))
	}
	if p.search.On() { // in the smallest boxes it takes the place of a tab line
		line, _ := p.search.View(t, w)
		lines[h-1] = line
	}
	return t.Box(lines, w, h)
}

// displayName is the name as it was written, which the ref in a link need not be.
func (p *Pane) displayName() string {
	if p.listed {
		return p.row.Name()
	}
	return p.ref.Name
}

// headline says what it is, and at the right whose it is: as much of both as
// there is room for.
func (p *Pane) headline(w int) string {
	t := p.s.Theme
	left := " "
	if p.s.Starred[p.refText()] {
		left += t.Warn.Paint(t.Glyph.Star) + " "
	}
	if w >= narrowAbout {
		left += t.Strong.Paint(p.displayName()) + "  "
	}
	what := t.Muted.Paint(strings.ToLower(p.ref.Kind))
	title := ""
	if p.listed {
		what = card.Headline(t, p.row, w-2)
		if tt := p.row.Title(); w >= narrowAbout && tt != "" && !strings.EqualFold(tt, p.ref.Name) {
			title = t.Muted.Paint(tt) + "  "
		}
	}
	owner, contact := p.whose(w)
	full, short := p.problemMark()
	for _, c := range []struct{ line, right string }{
		{title + what + full, owner + contact},
		{what + full, owner + contact},
		{title + what + full, owner},
		{what + full, owner},
		{what + short, owner},
		{what + full, ""},
		{what + short, ""},
	} {
		if kit.Width(left)+kit.Width(c.line)+kit.Width(c.right)+2 <= w {
			return t.Spread(left+c.line, c.right+" ", w)
		}
	}
	return t.Fit(left+what, w)
}

func (p *Pane) whose(w int) (owner, contact string) {
	t := p.s.Theme
	if p.gone {
		return t.Warn.Paint(t.Glyph.Warning + " no longer in the catalog"), ""
	}
	if !p.listed || w < narrowAbout || p.row.Owner().IsZero() {
		return "", ""
	}
	owner = t.Muted.Paint("Owner ") + t.Strong.Paint(p.row.Owner().Display("group"))
	if ask := p.facts.Ask(); len(ask) > 0 {
		contact = "  " + t.Accent.Paint(ask[0].Text)
	}
	return owner, contact
}

// tabLine shows the tabs; where they do not fit, only the one that is open.
func (p *Pane) tabLine(w int) string {
	t := p.s.Theme
	tabs := p.tabs()
	line := ""
	for _, tb := range tabs {
		line += " " + p.tabLabel(tb) + " "
	}
	if kit.Width(line)+1 <= w {
		return t.Fit(line, w)
	}
	at := max(0, p.tabAt(p.tab))
	return t.Fit(" "+t.Faint.Paint("< ")+p.tabLabel(tabs[at])+t.Faint.Paint(" >  "+strconv.Itoa(at+1)+" of "+strconv.Itoa(len(tabs))), w)
}

func (p *Pane) tabLabel(tb tab) string {
	t := p.s.Theme
	style := t.Muted
	if tb.id == p.tab {
		style = t.Tab
	}
	label := style.Paint(tb.title)
	if tb.count != "" {
		count := t.Faint
		if tb.id == tabProblems {
			count = t.Warn
		}
		label += " " + count.Paint(tb.count)
	}
	return label
}

// tabUnder is the tab drawn at cell x of the line of tabs.
func (p *Pane) tabUnder(x int) (string, bool) {
	at := 0
	for _, tb := range p.tabs() {
		end := at + 2 + kit.Width(p.tabLabel(tb))
		if x >= at && x < end {
			return tb.id, true
		}
		at = end
	}
	return "", false
}

// foot says where it came from and how old it is.
func (p *Pane) foot(w int) string {
	t := p.s.Theme
	switch {
	case p.facts.Err != nil:
		return t.Bad.Paint(t.Fit(" "+t.Glyph.Cross+" The record cannot be read: "+p.facts.Err.Error(), w))
	case p.facts.Record != nil:
		from := p.facts.Record.Provenance
		age := card.Synced(from, p.s.Now())
		via := ""
		if p.tab == tabSource && from.Via != "" {
			via = ", named by " + from.Via
		}
		where := card.Origin(t, p.facts.Record, w-kit.Width(age)-3)
		if kit.Width(where+via+age)+3 <= w {
			where += via
		}
		return t.Faint.Paint(t.Spread(" "+where, age+" ", w))
	case !p.loaded:
		return t.Faint.Paint(t.Fit(" Reading the record"+t.Glyph.Ellipsis, w))
	}
	return ""
}
