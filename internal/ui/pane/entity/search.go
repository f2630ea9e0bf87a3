package entity

import (
	"sort"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/ui/kit"
)

// searched is the text of the tab that is open, nil where it shows none.
func (p *Pane) searched() *text {
	switch {
	case p.facts.Missing:
	case p.tab == tabAPI && len(p.api.lines) > 0:
		return &p.api
	case p.tab == tabSource && len(p.source.lines) > 0:
		return &p.source
	}
	return nil
}

func (p *Pane) canSearch() (bool, string) {
	return p.searched() != nil, "Only a text can be searched: the source, or an API's definition."
}

func (p *Pane) canStep() (bool, string) {
	_, ok := p.search.Current()
	return ok, "Nothing has been searched for here."
}

func (p *Pane) searchBindings() []kit.Binding {
	k := p.s.Keys
	step := func(d int) func() tea.Cmd {
		return func() tea.Cmd {
			p.search.Step(d)
			p.showHit()
			return nil
		}
	}
	next, prev := k.Bind("match-next", step(1)).When(p.canStep), k.Bind("match-prev", step(-1)).When(p.canStep)
	if !p.search.On() {
		return []kit.Binding{next, prev}
	}
	return []kit.Binding{
		next.Titled("Next match", "next"), prev.Titled("Previous match", "previous"),
		k.Bind("leave", func() tea.Cmd { p.closeSearch(); return nil }).Titled("Leave the search", "leave"),
	}
}

// openSearch lets somebody type; what is found first is what is in sight.
func (p *Pane) openSearch() tea.Cmd {
	origin := 0
	if rows := p.body().rows; p.top < len(rows) {
		origin = int(rows[p.top].line)
	}
	p.search.Open(origin)
	p.fill()
	return nil
}

// closeSearch leaves the window where the search has led.
func (p *Pane) closeSearch() {
	p.search.Close()
	p.fill()
}

// typed takes what is typed while the search is open.
func (p *Pane) typed(msg tea.Msg) {
	if !p.search.Typing() {
		return
	}
	changed, moved := p.search.Update(msg)
	if changed {
		p.look()
	}
	if changed || moved {
		p.showHit()
	}
	p.fill()
}

// look finds the text anew, after it or what is searched has changed.
func (p *Pane) look() {
	d := p.searched()
	switch {
	case !p.search.On():
	case d == nil:
		p.search.Close()
	default:
		p.search.Look(len(d.lines), func(i int) string { return d.lines[i] })
	}
}

// showHit scrolls to the match that one is at, so that some of what stands before
// it is in sight too. Without one the window is where the search began.
func (p *Pane) showHit() {
	h, ok := p.search.Current()
	if !ok {
		h = kit.Hit{Line: p.search.Origin()}
	}
	rows := p.body().rows
	y := sort.Search(len(rows), func(i int) bool {
		r := rows[i]
		return int(r.line) > h.Line || int(r.line) == h.Line && int(r.at) > h.From
	}) - 1
	room := p.room()
	switch {
	case !ok:
		p.top = max(0, y)
	case y < p.top || y >= p.top+room:
		p.top = max(0, y-room/3)
	}
	p.fill()
}

// fill keeps the window full, as its height changes with the search.
func (p *Pane) fill() { p.top = max(0, min(p.top, p.body().height-p.room())) }

// marked is a painted row with what was found in it standing out.
func (p *Pane) marked(line string, r textRow) string {
	for _, h := range p.search.In(int(r.line)) {
		from, to := max(h.From-int(r.at), 0), min(h.To-int(r.at), len(r.text))
		if from < to {
			line = kit.Highlight(line, r.text, from, to, p.search.Style(p.s.Theme, h))
		}
	}
	return line
}
