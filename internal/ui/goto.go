package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/ui/pane"
)

// goTo opens a new place and remembers the one that is left.
func (m *Model) goTo(p pane.Place) tea.Cmd {
	if _, ok := m.panes[p.Pane]; !ok {
		return nil
	}
	now := m.here().Place()
	if !now.Same(p) {
		m.past.leave(now)
	}
	return m.enter(p)
}

// enter shows a place without touching the history.
func (m *Model) enter(p pane.Place) tea.Cmd {
	m.current = p.Pane
	cmds := []tea.Cmd{m.here().Restore(p)}
	if p.Pane == pane.Entity && m.s.Actor.User != "" {
		cmds = append(cmds, m.visited(p.Ref))
	}
	return tea.Batch(cmds...)
}

// visited notes the visit; a failure costs a line in "recent" and is not worth
// interrupting somebody for.
func (m *Model) visited(ref string) tea.Cmd {
	user := m.s.Actor.User
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(m.s.Ctx, patience)
		defer cancel()
		_ = m.s.Portal.Visited(ctx, user, ref)
		return nil
	}
}

func (m *Model) back() tea.Cmd {
	p, ok := m.past.back(m.here().Place())
	if !ok {
		return pane.Refuse("This is where you started.")
	}
	return m.enter(p)
}

func (m *Model) forward() tea.Cmd {
	p, ok := m.past.forward(m.here().Place())
	if !ok {
		return pane.Refuse("There is nothing forward of here.")
	}
	return m.enter(p)
}

// canLeave is false at the top level: esc never quits.
func (m *Model) canLeave() (bool, string) {
	switch m.current {
	case pane.Entity, pane.Errors, pane.Health:
		return true, ""
	}
	why := "This is the top level."
	if quit := m.s.Keys.Key("quit"); quit != "" {
		why = "This is the top level; " + quit + " quits."
	}
	return false, why
}

// leave goes one level up: from a list of errors or sources to where it was
// asked for, from an entity to the list that it was opened from, which is the
// catalog after a walk from one entity to another.
func (m *Model) leave() tea.Cmd {
	n := len(m.past.past)
	if n > 0 && (m.current != pane.Entity || m.past.past[n-1].Pane != pane.Entity) {
		return m.back()
	}
	return m.goTo(m.panes[pane.Catalog].Place())
}
