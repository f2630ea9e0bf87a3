package ui

import (
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/uitest"
)

// burst gives keys to the root before any command has run, as they come over a
// slow line; what they gave then runs in the worst order, the last first.
func (s *screen) burst(keys ...string) {
	s.t.Helper()
	var cmds []tea.Cmd
	for _, k := range keys {
		cmds = append(cmds, s.update(uitest.Key(k)))
	}
	for i := len(cmds) - 1; i >= 0; i-- {
		s.run(cmds[i])
	}
}

func TestKeysOfOneBurstGoWhereTheFirstLeads(t *testing.T) {
	t.Parallel()
	s := demo(t, 120, 40)
	s.goTo(pane.Place{Pane: pane.Catalog, Query: "kind:component payments-api"})
	s.burst("enter", ">", "w", "[")
	if p := s.place(); p.Ref != paymentsAPI || p.Tab != "relations" {
		t.Errorf("at %+v; want the relations of payments-api", p)
	}

	s = demo(t, 120, 40)
	s.burst("S", "o", "w", "n", "e", "r", "enter", "j")
	if p := s.place(); p.Pane != pane.Catalog || p.Sort != "owner" || p.Cursor != 1 || s.quit {
		t.Errorf("at %+v; want the list by owner, on its second row", p)
	}

	s = demo(t, 120, 40)
	s.burst("v", "m", "i", "n", "e", "enter", "enter", "]", "q")
	if p := s.place(); p.Pane != pane.Entity || !s.quit {
		t.Errorf("at %+v, quit %v; want an entity of one's own, and to have left", p, s.quit)
	}

	s = demo(t, 120, 40)
	s.burst("f")
	s.send(tea.PasteMsg{Content: "service"})
	if len(s.m.dialogs) != 1 || len(s.m.order.held) != 0 {
		t.Fatal("the facets are not open")
	}
	s.sees("/ service")
}

func TestASlowCommandDoesNotHoldTheKeys(t *testing.T) {
	t.Parallel()
	s := demo(t, 120, 40)
	never := s.m.inTurn(func() tea.Msg { t.Error("it is not run in this test"); return nil })
	if s.update(uitest.Key("j")) != nil || s.place().Cursor != 0 || len(s.m.order.held) != 1 {
		t.Fatal("the key does not wait its turn")
	}
	_ = never
	s.send(answerMsg{id: s.m.order.awaited}) // the time is up
	if s.place().Cursor != 1 {
		t.Errorf("the key was lost: %+v", s.place())
	}
	s.send(answerMsg{id: 1, msg: pane.GoMsg{Place: pane.Place{Pane: pane.Jobs}}}) // better late than never
	s.at(pane.Jobs, "")
}

func TestTheInterruptWaitsForNothing(t *testing.T) {
	t.Parallel()
	s := demo(t, 120, 40)
	s.m.inTurn(func() tea.Msg { return nil })
	if s.press("ctrl+c"); !s.quit {
		t.Error("it waits")
	}
}
