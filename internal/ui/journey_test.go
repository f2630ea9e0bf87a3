package ui

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/uitest"
)

// title is what a binding would do here.
func (s *screen) title(id string) string {
	for _, b := range s.m.bindings() {
		if b.ID == id {
			return b.Title
		}
	}
	return ""
}

// walkTo moves down the page until enter would open the entity of that name.
func (s *screen) walkTo(name string) {
	s.t.Helper()
	for _, key := range []string{"j", "k"} {
		for range 40 {
			if s.title("open") == "Open "+name {
				return
			}
			s.press(key)
		}
		s.press("tab") // it may be in the other column
	}
	s.t.Fatalf("there is no way from %s to %s:\n%s", s.place().Ref, name, s.text())
}

// TestAPersonFindsAServiceItsOwnerAndWhatItNeeds is the job that the product is
// for, at the sizes of a wall, a laptop and a phone.
func TestAPersonFindsAServiceItsOwnerAndWhatItNeeds(t *testing.T) {
	t.Parallel()
	for _, size := range []uitest.Size{{W: 200, H: 50}, {W: 120, H: 40}, {W: 80, H: 24}, {W: 45, H: 16}, {W: 40, H: 12}} {
		s := demo(t, size.W, size.H)

		// By some letters of its name.
		s.press("/")
		s.typed("pymapi")
		s.press("enter")
		s.sees("payments-api")

		// By its owner: the filter stays in sight and can be edited.
		s.press("/", "ctrl+u")
		s.typed("kind:component owner:me")
		s.press("enter")
		s.sees("kind:component owner:me", "payments-api")
		for s.place().Row != paymentsAPI {
			s.press("j")
		}
		list := s.place()

		// What it is, whose it is and where to ask.
		s.press("enter")
		s.at(pane.Entity, paymentsAPI)
		s.sees("team-payments", "#payments")

		// What it needs, and whose that is.
		s.walkTo("ledger")
		page, pageText := s.place(), s.text()
		s.press("enter")
		s.at(pane.Entity, "component:default/ledger")
		s.press("w")
		s.at(pane.Entity, "group:default/team-payments")
		s.press(">")
		owner, ownerText := s.place(), s.text()

		// Back and forward restore everything.
		s.press("[", "[")
		if diff := cmp.Diff(page, s.place()); diff != "" {
			t.Errorf("%v: back on the page (-was +is):\n%s", size, diff)
		}
		if diff := cmp.Diff(pageText, s.text()); diff != "" {
			t.Errorf("%v: back on the page it looks otherwise (-was +is):\n%s", size, diff)
		}
		s.press("[")
		if diff := cmp.Diff(list, s.place()); diff != "" {
			t.Errorf("%v: back on the list (-was +is):\n%s", size, diff)
		}
		s.press("]", "]", "]")
		if diff := cmp.Diff(owner, s.place()); diff != "" {
			t.Errorf("%v: forward again (-was +is):\n%s", size, diff)
		}
		if diff := cmp.Diff(ownerText, s.text()); diff != "" {
			t.Errorf("%v: forward again it looks otherwise (-was +is):\n%s", size, diff)
		}
		s.press("esc")
		if diff := cmp.Diff(list, s.place()); diff != "" {
			t.Errorf("%v: esc leads to (-list +is):\n%s", size, diff)
		}
	}
}

// TestAWindowThatShrinksAndGrowsAgainShowsWhatItDid is a tmux pane being dragged.
func TestAWindowThatShrinksAndGrowsAgainShowsWhatItDid(t *testing.T) {
	t.Parallel()
	for _, st := range states() {
		s := demo(t, 220, 70)
		st.build(s)
		before, place, dialogs := s.text(), s.place(), len(s.m.dialogs)
		row := place.Row
		for _, size := range []uitest.Size{{W: 40, H: 12}, {W: 39, H: 11}, {W: 1, H: 1}, {W: 39, H: 70}, {W: 220, H: 11}, {W: 40, H: 12}} {
			s.resize(size.W, size.H)
			s.frame()
			if tiny := strings.Contains(s.text(), "idptui needs"); tiny && !s.m.layout.tooTiny {
				t.Errorf("%s at %v is refused", st.name, size)
			}
			if s.place().Row != row {
				t.Errorf("%s at %v: the cursor went from %s to %s", st.name, size, row, s.place().Row)
			}
		}
		s.resize(220, 70)
		if len(s.m.dialogs) != dialogs {
			t.Errorf("%s: a dialog was lost", st.name)
		}
		if diff := cmp.Diff(before, s.text()); diff != "" {
			t.Errorf("%s is not as it was (-was +is):\n%s", st.name, diff)
		}
	}
}
