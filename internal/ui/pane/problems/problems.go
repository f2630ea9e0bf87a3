// Package problems is the errors view: one list of everything that the sources
// got wrong, with the place, the reason and what to do about it.
//
// It owns the list as last read from the portal and the cursor in it.
package problems

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/safe"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
)

// patience bounds the reading of the list.
const patience = 10 * time.Second

// everything is the Place's Query while what was left out on purpose is listed
// too.
const everything = "all"

// Pane implements pane.Pane.
type Pane struct {
	s      *pane.Session
	all    []catalog.Problem // errors first, then warnings, then notes
	shown  []catalog.Problem
	counts [3]int // by severity
	notes  bool   // notes are shown too
	zoom   bool   // the problem under the cursor alone
	list   kit.List
	loaded bool
	failed string      // why there is nothing to show
	want   *pane.Place // where to go once the list is there
	search *kit.Search
	bare   bool // it is known that there is no source
	asked  int  // generation of the last request
	size   pane.SizeMsg
}

type loadedMsg struct {
	asked    int
	problems []catalog.Problem // in the order of the list
	err      error
}

// New makes the pane for a session.
func New(s *pane.Session) *Pane {
	p := &Pane{s: s, search: kit.NewSearch()}
	p.search.OnePerLine = true
	return p
}

// Update implements pane.Pane.
func (p *Pane) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case pane.SizeMsg:
		p.size = msg
		p.list.SetHeight(rows(msg.H))
	case pane.ViewMsg:
		if p.loaded {
			return p.load()
		}
	case loadedMsg:
		return p.take(msg)
	case pane.SourcesMsg:
		p.bare = msg.Err == nil && len(msg.Sources) == 0
	case tea.MouseClickMsg:
		return p.click(msg)
	case tea.KeyPressMsg, tea.PasteMsg:
		p.typed(msg)
	}
	return nil
}

func (p *Pane) load() tea.Cmd {
	p.asked++
	asked, s := p.asked, p.s
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(s.Ctx, patience)
		defer cancel()
		list, err := s.Portal.Problems(ctx)
		return loadedMsg{asked, ordered(append(slices.Clone(s.Notices), list...)), err}
	}
}

func ordered(list []catalog.Problem) []catalog.Problem {
	slices.SortStableFunc(list, func(a, b catalog.Problem) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Source, b.Source),
			cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line))
	})
	return list
}

func (p *Pane) take(msg loadedMsg) tea.Cmd {
	if msg.asked != p.asked {
		return nil
	}
	if msg.err != nil {
		why := "The errors cannot be read: " + safe.Line(msg.err.Error())
		if p.loaded { // what was read before stays in sight
			return pane.Complain(why)
		}
		p.failed = why
		return nil
	}
	keep, had := p.selected()
	p.loaded, p.failed, p.all = true, "", msg.problems
	p.counts = [3]int{}
	for _, pr := range p.all {
		p.counts[min(int(pr.Severity), 2)]++
	}
	p.choose()
	switch i := slices.Index(p.shown, keep); {
	case p.want != nil:
		p.list.MoveTo(p.want.Cursor)
		p.list.SetTop(p.want.Top)
		p.want = nil
	case had && i >= 0:
		p.list.MoveTo(i)
	}
	return nil
}

// choose applies the notes switch. Notes are things left alone on purpose, so
// they stay out of the way until asked for.
func (p *Pane) choose() {
	p.shown = p.all
	if !p.notes {
		p.shown = p.all[:len(p.all)-p.counts[catalog.Note]]
	}
	p.list.SetLen(len(p.shown))
	p.look()
}

// Bindings implements pane.Pane.
func (p *Pane) Bindings() []kit.Binding {
	k := p.s.Keys
	notes, zoom := "Show what was left out on purpose too", "Show the whole of this one"
	if p.notes {
		notes = "Hide what was left out on purpose"
	}
	if p.zoom {
		zoom = "Back to the list"
	}
	bindings := p.searchBindings()
	bindings = append(
		bindings,
		k.Bind("open", p.open).When(p.canOpen).Titled("Open the entity it is about", "open"),
		k.Bind("filter", p.openSearch).When(p.any).Titled("Search in the list", "search"),
		k.Bind("zoom", p.toggleZoom).When(p.any).Titled(zoom, "zoom"),
		k.Bind("facets", p.toggleNotes).Titled(notes, "left out"),
		k.Bind("copy", p.copy).When(p.any).Titled("Copy the place", "copy place"),
	)
	if p.zoom && !p.search.On() {
		bindings = append(bindings, k.Bind("leave", p.toggleZoom).Titled("Back to the list", ""))
	}
	return append(bindings, k.Moves(&p.list, nil)...)
}

func (p *Pane) selected() (catalog.Problem, bool) {
	i := p.list.Cursor()
	if i < 0 || i >= len(p.shown) {
		return catalog.Problem{}, false
	}
	return p.shown[i], true
}

func (p *Pane) any() (bool, string) {
	_, ok := p.selected()
	return ok, "The list is empty."
}

func (p *Pane) canOpen() (bool, string) {
	pr, ok := p.selected()
	if !ok {
		return false, "The list is empty."
	}
	if r, err := catalog.ParseRef(pr.Ref, catalog.RefDefaults{}); err == nil {
		// One that was left out has a page too: it says why, and who refers to it.
		return !r.IsZero(), ""
	}
	return false, "This one is about a file, not about an entity."
}

func (p *Pane) open() tea.Cmd {
	pr, _ := p.selected()
	return pane.Go(pane.Place{Pane: pane.Entity, Ref: pr.Ref})
}

func (p *Pane) copy() tea.Cmd {
	pr, _ := p.selected()
	return pane.Copy(pr.Where(), "the place")
}

func (p *Pane) toggleNotes() tea.Cmd {
	p.notes = !p.notes
	p.choose()
	return nil
}

func (p *Pane) toggleZoom() tea.Cmd {
	p.zoom = !p.zoom
	return nil
}

// click puts the cursor on a row; on the row that has it already, it opens it.
func (p *Pane) click(msg tea.MouseClickMsg) tea.Cmd {
	row := msg.Y - headRows
	at := p.list.Top() + row
	if p.zoom || msg.Button != tea.MouseLeft || row < 0 || row >= rows(p.size.H) || at >= len(p.shown) {
		return nil
	}
	if at != p.list.Cursor() {
		p.list.MoveTo(at)
		return nil
	}
	if ok, why := p.canOpen(); !ok {
		return pane.Refuse(why)
	}
	return p.open()
}

// Place implements pane.Pane.
func (p *Pane) Place() pane.Place {
	if p.want != nil { // it is still on its way there
		return *p.want
	}
	at := pane.Place{Pane: pane.Errors, Cursor: max(0, p.list.Cursor()), Top: p.list.Top(), Zoom: p.zoom}
	if p.notes {
		at.Query = everything
	}
	return at
}

// Restore implements pane.Pane.
func (p *Pane) Restore(at pane.Place) tea.Cmd {
	p.notes, p.zoom, p.want = at.Query == everything, at.Zoom, &at
	p.choose()
	p.list.MoveTo(at.Cursor)
	p.list.SetTop(at.Top)
	return p.load()
}

// Status implements pane.Pane.
func (p *Pane) Status() string {
	if !p.loaded {
		return ""
	}
	return fmt.Sprintf("%s  %s  %s left out", pane.Plural(p.counts[catalog.Error], "error", "errors"), pane.Plural(p.counts[catalog.Warning], "warning", "warnings"),
		pane.Count(p.counts[catalog.Note]))
}

// Capturing implements pane.Pane.
func (p *Pane) Capturing() bool { return p.search.Typing() }

// Cursor implements pane.Pane.
func (p *Pane) Cursor() (tea.Position, bool) {
	if p.search.Typing() && p.size.H > 0 {
		_, x := p.search.View(p.s.Theme, p.size.W)
		return tea.Position{X: x, Y: p.size.H - 1}, true
	}
	if len(p.shown) == 0 || p.zoom {
		return tea.Position{}, false
	}
	return tea.Position{X: 0, Y: headRows + p.list.Cursor() - p.list.Top()}, true
}
