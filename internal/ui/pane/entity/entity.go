// Package entity is the page of one entity: what it is and who owns it, what it
// hangs together with, its API's definition, the document that it was read from,
// what is wrong with that document, and what changed in it.
//
// It owns the place on the page of one session: the tab, the cursor and what is
// in sight. What it shows comes from the portal's View and from the record that a
// command reads; it does no I/O itself.
package entity

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/safe"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/pane/card"
)

// patience bounds the reading of a record.
const patience = 10 * time.Second

// Pane implements pane.Pane.
type Pane struct {
	s    *pane.Session
	ref  catalog.Ref
	name string // what was asked for, when it is no ref
	view *catalog.View
	size pane.SizeMsg

	row     catalog.Row
	listed  bool // row is in the View
	facts   card.Facts
	loaded  bool // facts are of ref
	gone    bool // it was in the catalog when the page was opened
	faults  []catalog.Problem
	past    past // its history
	source  text // the document, split into lines
	api     text // the definition of an API
	asked   int  // generation of the last request
	version int  // of what there is to show

	tab    string
	cursor int // index of the stop under the cursor; -1 for none
	top    int // first line of the body in sight
	zoom   bool
	want   *pane.Place // where to go once everything is there
	search *kit.Search // in the text of a tab
	drawn  drawn
}

// loadedMsg brings what was read, with the texts already split.
type loadedMsg struct {
	asked       int
	facts       card.Facts
	faults      []catalog.Problem
	source, api text
}

// New makes the pane for a session.
func New(s *pane.Session) *Pane {
	return &Pane{s: s, view: s.Portal.View(), tab: tabAbout, cursor: -1, search: kit.NewSearch()}
}

// Update implements pane.Pane.
func (p *Pane) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case pane.SizeMsg:
		p.resize(msg)
	case pane.ViewMsg:
		return p.refresh()
	case pane.ThemeMsg:
		p.drawn = drawn{}
	case card.UnstarredMsg:
		msg.Undo(p.s)
	case loadedMsg:
		return p.take(msg)
	case historyMsg:
		p.takeHistory(msg)
	case tea.MouseClickMsg:
		return p.click(msg)
	case tea.KeyPressMsg, tea.PasteMsg:
		p.typed(msg)
	}
	return nil
}

// Restore implements pane.Pane. What the row knows is on screen at once; the
// cursor finds its line when the record is there.
func (p *Pane) Restore(at pane.Place) tea.Cmd {
	ref, err := catalog.ParseRef(at.Ref, catalog.RefDefaults{})
	p.ref, p.name = ref, at.Ref
	p.view = p.s.Portal.View()
	p.row, p.listed = p.view.Find(ref)
	p.facts, p.loaded, p.gone = card.Facts{View: p.view, Ref: ref}, false, false
	p.source, p.api, p.faults = text{}, text{}, nil
	p.tab, p.zoom = at.Tab, at.Zoom
	if p.tab == "" {
		p.tab = tabAbout
	}
	p.cursor, p.top, p.want = -1, 0, &at
	p.past = past{asked: p.past.asked, want: &at}
	p.search.Close()
	p.version++
	if err != nil {
		p.facts.Missing, p.loaded = true, true
		return nil
	}
	return tea.Batch(p.load(), p.readHistory())
}

// refresh takes over a newer View; what is on screen stays until its record is
// read anew.
func (p *Pane) refresh() tea.Cmd {
	v := p.s.Portal.View()
	if p.ref.IsZero() || v == p.view {
		return nil
	}
	p.view = v
	if row, ok := v.Find(p.ref); ok {
		p.row, p.listed = row, true
		p.version++
	}
	return tea.Batch(p.load(), p.staleHistory())
}

func (p *Pane) load() tea.Cmd {
	p.asked++
	asked, ref, view, portal, parent := p.asked, p.ref, p.view, p.s.Portal, p.s.Ctx
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(parent, patience)
		defer cancel()
		msg := loadedMsg{asked: asked, facts: card.Read(ctx, portal, view, ref)}
		if rec := msg.facts.Record; rec != nil {
			msg.source = yamlText(rec.Raw, rec.Provenance.Line)
			msg.api = definition(rec.Entity)
			msg.faults = card.Problems(ctx, portal, rec)
		}
		return msg
	}
}

func (p *Pane) take(msg loadedMsg) tea.Cmd {
	if msg.asked != p.asked {
		return nil
	}
	if msg.facts.Missing && p.loaded && p.facts.Record != nil {
		// It went away while somebody is reading: leave what was there, and say so.
		msg.facts.Missing, p.gone = false, true
		msg.facts.Record, msg.facts.Owner, msg.facts.Domain = p.facts.Record, p.facts.Owner, p.facts.Domain
		msg.source, msg.api, msg.faults = p.source, p.api, p.faults
	} else {
		p.gone = false
	}
	keep := p.selected()
	p.version++
	p.facts, p.faults, p.source, p.api, p.loaded = msg.facts, msg.faults, msg.source, msg.api, true
	p.row, p.listed = msg.facts.View.Find(p.ref)
	var cmd tea.Cmd
	if !p.hasTab(p.tab) {
		if p.want != nil && !p.facts.Missing { // somebody asked for it by name
			cmd = pane.Refuse("It has no page " + safe.Line(p.tab) + ".")
		}
		p.tab = tabAbout
	}
	p.look()
	if p.want != nil {
		p.arrive(*p.want)
		p.want = nil
		return cmd
	}
	p.follow(keep)
	return cmd
}

// arrive puts cursor and window where they were when the place was left, and on
// the first stop of a new place.
func (p *Pane) arrive(at pane.Place) {
	b := p.body()
	p.cursor = min(max(at.Cursor, 0), len(b.stops)-1)
	if at.Row != "" {
		for i, s := range b.stops {
			if s.target.id() == at.Row {
				p.cursor = i
				if i >= at.Cursor {
					break
				}
			}
		}
	}
	p.top = max(0, min(at.Top, b.height-p.room()))
}

func (p *Pane) resize(msg pane.SizeMsg) {
	keep := p.selected()
	p.size = msg
	p.follow(keep)
}

// Place implements pane.Pane.
func (p *Pane) Place() pane.Place {
	if p.want != nil { // it is still on its way there
		return *p.want
	}
	if p.tab == tabHistory && p.past.want != nil {
		return *p.past.want
	}
	return pane.Place{
		Pane: pane.Entity, Ref: p.refText(), Tab: p.tab, Row: p.selected().id(), Cursor: max(0, p.cursor), Top: p.top, Zoom: p.zoom,
	}
}

func (p *Pane) refText() string {
	if p.ref.IsZero() {
		return p.name
	}
	return p.ref.String()
}

// Status implements pane.Pane. On a phone the name of the place needs the room.
func (p *Pane) Status() string {
	if p.size.W < narrowAbout {
		return ""
	}
	return p.refText()
}

// Capturing implements pane.Pane.
func (p *Pane) Capturing() bool { return p.search.Typing() }

// Cursor implements pane.Pane.
func (p *Pane) Cursor() (tea.Position, bool) {
	if p.search.Typing() && p.size.H > 0 {
		_, x := p.search.View(p.s.Theme, p.size.W)
		return tea.Position{X: x, Y: p.size.H - 1}, true
	}
	b := p.body()
	if !p.inSight(b, p.cursor) {
		return tea.Position{}, false
	}
	s := b.stops[p.cursor]
	return tea.Position{X: b.at(s.col), Y: p.head() + s.y - p.top}, true
}
