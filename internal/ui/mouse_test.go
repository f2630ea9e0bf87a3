package ui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/uitest"
)

// clickOn clicks on a text that is on screen; of several on the one furthest to
// the left.
func (s *screen) clickOn(text string) {
	s.t.Helper()
	atX, atY := -1, -1
	for y, l := range strings.Split(s.text(), "\n") {
		if i := strings.Index(l, text); i >= 0 && (atX < 0 || kit.Width(l[:i]) < atX) {
			atX, atY = kit.Width(l[:i]), y
		}
	}
	if atX < 0 {
		s.t.Fatalf("%q is not on screen:\n%s", text, s.text())
	}
	s.click(atX, atY)
}

func TestAClickOnATabGoesThere(t *testing.T) {
	t.Parallel()
	for w := compactWidth; w <= 200; w += 20 {
		for _, tb := range tabs() {
			s := demo(t, w, 40)
			s.press("0")
			s.clickOn(tb.title)
			s.at(tb.pane, "")
		}
	}
	s := demo(t, 120, 40)
	s.click(110, 0)
	s.send(tea.MouseClickMsg{X: 20, Y: 0, Button: tea.MouseRight})
	s.at(pane.Catalog, "")
}

func TestClicksOnRowsSelectAndThenOpen(t *testing.T) {
	t.Parallel()
	for _, size := range []uitest.Size{{W: 40, H: 12}, {W: 80, H: 24}, {W: 120, H: 40}} {
		s := demo(t, size.W, size.H)
		s.clickOn("acme-stores")
		if row := s.place().Row; row != "location:default/acme-stores" {
			t.Fatalf("%v: the cursor is on %s", size, row)
		}
		s.clickOn("acme-stores")
		s.at(pane.Entity, "location:default/acme-stores")
	}
}

func TestClicksInTheListsOfErrorsAndSources(t *testing.T) {
	t.Parallel()
	s := open(t, options(t, faulty(t)), 120, 40)
	s.press("E")
	s.clickOn("store-locator")
	if s.place().Cursor != 2 {
		t.Errorf("the cursor is on %d", s.place().Cursor)
	}
	s.clickOn("store-locator")
	s.at(pane.Entity, "component:default/store-locator") // left out, and its page says why
	s.sees("is not in the catalog", "spec.owner is missing", "websites/store-locator/catalog-info.yaml:18:1")
	s.press("H")
	s.clickOn("github:acme")
	if s.place().Cursor != 1 {
		t.Errorf("the cursor is on %d", s.place().Cursor)
	}
	s.click(5, 20) // below the list
	s.clickOn("github:acme")
	s.at(pane.Catalog, "")
	if q := s.place().Query; !strings.Contains(q, "source:") || !strings.Contains(q, "github:acme") {
		t.Errorf("the filter is %q", q)
	}
}

func TestTheWheelMoves(t *testing.T) {
	t.Parallel()
	s := demo(t, 120, 40)
	wheel := func(b tea.MouseButton) { s.send(tea.MouseWheelMsg{X: 5, Y: 10, Button: b}) }
	wheel(tea.MouseWheelDown)
	if c := s.place().Cursor; c != wheelRows {
		t.Errorf("one notch down moves to %d", c)
	}
	wheel(tea.MouseWheelLeft)
	wheel(tea.MouseWheelUp)
	if c := s.place().Cursor; c != 0 {
		t.Errorf("one notch up moves to %d", c)
	}
	s.press("0")
	wheel(tea.MouseWheelDown)
	s.press(":")
	wheel(tea.MouseWheelDown)
	s.press("enter")
	if s.place().Pane == pane.Home && len(s.m.dialogs) > 0 {
		t.Error("the wheel does not move in a dialog")
	}
}

func TestClicksInADialogStayThere(t *testing.T) {
	t.Parallel()
	for _, size := range []uitest.Size{{W: 40, H: 12}, {W: 80, H: 24}, {W: 120, H: 40}} {
		s := demo(t, size.W, size.H)
		s.press(":")
		s.typed("health")
		s.clickOn("Data health") // it is under the cursor already
		s.at(pane.Health, "")

		s.press(":")
		s.click(0, size.H/2)
		if len(s.m.dialogs) != 0 {
			t.Errorf("%v: a click beside the dialog leaves it open", size)
		}
		s.at(pane.Health, "")
	}
}

func TestWithTheMouseOffTheTerminalHasIt(t *testing.T) {
	t.Parallel()
	s := demo(t, 120, 40)
	if s.m.View().MouseMode != tea.MouseModeCellMotion {
		t.Error("the mouse is not asked for")
	}
	s.press("m")
	s.sees("Mouse off")
	if s.m.View().MouseMode != tea.MouseModeNone {
		t.Error("the mouse is still asked for")
	}
	s.send(tea.MouseWheelMsg{X: 5, Y: 10, Button: tea.MouseWheelDown})
	s.click(20, 0)
	if p := s.place(); p.Cursor != 0 || p.Pane != pane.Catalog {
		t.Errorf("a click still went to %+v", p)
	}
	s.press("m")
	s.sees("Mouse on.")
}

func TestTheWheelMovesWhatItIsOver(t *testing.T) {
	t.Parallel()
	for _, size := range []uitest.Size{{W: 120, H: 14}, {W: 80, H: 14}, {W: 80, H: 36}} {
		s := demo(t, size.W, size.H)
		s.goTo(pane.Place{Pane: pane.Catalog, Row: paymentsAPI})
		preview := func() string { // what is under the line of titles, right of the list or below it
			lines := strings.Split(s.text(), "\n")
			if size.H > 30 {
				return strings.Join(lines[size.H-9:], "\n")
			}
			for i, l := range lines {
				_, lines[i], _ = strings.Cut(l, "│")
				if _, after, ok := strings.Cut(l, "┃"); ok {
					lines[i] = after
				}
			}
			return strings.Join(lines[5:], "\n")
		}
		before, cursor := preview(), s.place().Cursor
		over := tea.MouseWheelMsg{X: size.W - 5, Y: size.H - 4, Button: tea.MouseWheelDown}
		s.send(over)
		if s.place().Cursor != cursor || preview() == before {
			t.Errorf("%v: over the preview it moves to row %d:\n%s", size, s.place().Cursor, s.text())
		}
		over.Button = tea.MouseWheelUp
		s.send(over)
		if preview() != before {
			t.Errorf("%v: it is not back:\n%s", size, s.text())
		}
		s.press("tab") // the keys go to the preview, the wheel goes where it is
		s.send(tea.MouseWheelMsg{X: 5, Y: 6, Button: tea.MouseWheelDown})
		if c := s.place().Cursor; c == cursor {
			t.Errorf("%v: over the list the cursor stays on %d", size, c)
		}
	}
}
