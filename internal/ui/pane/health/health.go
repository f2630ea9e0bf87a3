// Package health is the data health view: each source with its state, age,
// counts and last error.
//
// It owns the cursor and the list as the root last told it; it reads nothing
// itself.
package health

import (
	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/safe"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
)

// Pane implements pane.Pane.
type Pane struct {
	s       *pane.Session
	sources []pane.Source
	list    kit.List
	loaded  bool
	failed  string      // why there is nothing to show
	want    *pane.Place // where to go once the list is there
	size    pane.SizeMsg
}

// New makes the pane for a session.
func New(s *pane.Session) *Pane { return &Pane{s: s} }

// Update implements pane.Pane.
func (p *Pane) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case pane.SizeMsg:
		p.size = msg
		p.list.SetHeight(rows(msg.H))
	case pane.SourcesMsg:
		p.take(msg)
	case tea.MouseClickMsg:
		return p.click(msg)
	}
	return nil
}

// take keeps the cursor on its source. What is known stays in sight when the next
// reading fails; the root says that it did.
func (p *Pane) take(msg pane.SourcesMsg) {
	if msg.Err != nil {
		p.failed = "The sources cannot be read: " + safe.Line(msg.Err.Error())
		return
	}
	keep, had := p.selected()
	p.sources, p.loaded, p.failed = msg.Sources, true, ""
	p.list.SetLen(len(p.sources))
	if p.want != nil {
		p.list.MoveTo(p.want.Cursor)
		p.list.SetTop(p.want.Top)
		p.want = nil
		return
	}
	for i, s := range p.sources {
		if had && s.Name == keep.Name {
			p.list.MoveTo(i)
			return
		}
	}
}

func (p *Pane) selected() (pane.Source, bool) {
	i := p.list.Cursor()
	if i < 0 || i >= len(p.sources) {
		return pane.Source{}, false
	}
	return p.sources[i], true
}

// Bindings implements pane.Pane.
func (p *Pane) Bindings() []kit.Binding {
	k := p.s.Keys
	bindings := []kit.Binding{
		k.Bind("open", p.open).When(p.any).Titled("List what this source brought", "list"),
		k.Bind("refresh", func() tea.Cmd { return func() tea.Msg { return pane.SyncMsg{} } }).Titled("Sync the sources now", "sync"),
		k.Bind("copy", p.copy).When(p.any).Titled("Copy where the source is", "copy"),
	}
	return append(bindings, k.Moves(&p.list, nil)...)
}

func (p *Pane) any() (bool, string) {
	_, ok := p.selected()
	return ok, "There is no source."
}

func (p *Pane) open() tea.Cmd {
	s, _ := p.selected()
	all, err := catalog.ParseQuery("")
	if err != nil {
		return nil
	}
	return pane.Go(pane.Place{Pane: pane.Catalog, Query: all.Toggle("source", s.Name).String()})
}

func (p *Pane) copy() tea.Cmd {
	s, _ := p.selected()
	return pane.Copy(s.Location, "where "+s.Name+" is")
}

// click puts the cursor on a row; on the row that has it already, it opens it.
func (p *Pane) click(msg tea.MouseClickMsg) tea.Cmd {
	row := msg.Y - headRows
	at := p.list.Top() + row
	if msg.Button != tea.MouseLeft || row < 0 || row >= rows(p.size.H) || at >= len(p.sources) {
		return nil
	}
	if at == p.list.Cursor() {
		return p.open()
	}
	p.list.MoveTo(at)
	return nil
}

// Place implements pane.Pane.
func (p *Pane) Place() pane.Place {
	if p.want != nil { // it is still on its way there
		return *p.want
	}
	return pane.Place{Pane: pane.Health, Cursor: max(0, p.list.Cursor()), Top: p.list.Top()}
}

// Restore implements pane.Pane.
func (p *Pane) Restore(at pane.Place) tea.Cmd {
	if !p.loaded {
		p.want = &at
	}
	p.list.MoveTo(at.Cursor)
	p.list.SetTop(at.Top)
	return nil
}

// Status implements pane.Pane.
func (p *Pane) Status() string {
	if !p.loaded {
		return ""
	}
	return pane.Plural(len(p.sources), "source", "sources")
}

// Capturing implements pane.Pane.
func (p *Pane) Capturing() bool { return false }

// Cursor implements pane.Pane.
func (p *Pane) Cursor() (tea.Position, bool) {
	if len(p.sources) == 0 {
		return tea.Position{}, false
	}
	return tea.Position{Y: headRows + p.list.Cursor() - p.list.Top()}, true
}
