package ui

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/uitest"
)

// TestHistoryIsThatOfABrowser compares it with a list of pages and a finger on
// one of them.
func TestHistoryIsThatOfABrowser(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var h history
		pages, at := []pane.Place{{Ref: "0"}}, 0
		next := 0
		t.Repeat(map[string]func(*rapid.T){
			"go": func(*rapid.T) {
				next++
				h.leave(pages[at])
				pages = append(pages[:at+1:at+1], pane.Place{Ref: fmt.Sprint(next)})
				at++
			},
			"back": func(t *rapid.T) {
				p, ok := h.back(pages[at])
				if ok != (at > 0) || ok && p != pages[at-1] {
					t.Fatalf("back from %d gave %v, %v", at, p, ok)
				}
				at = max(0, at-1)
			},
			"forward": func(t *rapid.T) {
				p, ok := h.forward(pages[at])
				if ok != (at < len(pages)-1) || ok && p != pages[at+1] {
					t.Fatalf("forward from %d gave %v, %v", at, p, ok)
				}
				at = min(at+1, len(pages)-1)
			},
		})
	})
}

func TestHistoryDoesNotGrowForEver(t *testing.T) {
	t.Parallel()
	var h history
	for i := range 10 * historyLimit {
		h.leave(pane.Place{Cursor: i})
	}
	if len(h.past) != historyLimit || h.past[historyLimit-1].Cursor != 10*historyLimit-1 {
		t.Errorf("%d places, the last %v", len(h.past), h.past[len(h.past)-1])
	}
}

// walk is a way through the product that leaves something to restore everywhere.
func walk(s *screen) []pane.Place {
	steps := []func(){
		func() { s.press("/"); s.typed("kind:component -lifecycle:deprecated"); s.press("enter") },
		func() { s.press("S"); s.typed("owner"); s.press("enter"); s.press("pgdown", "pgdown", "j") },
		func() { s.press("enter", ">", "j") },
		func() { s.press("w", "j", "j") },
		func() { s.press("E", "j") },
		func() { s.press("H") },
		func() { s.press("2") },
		func() { s.goTo(pane.Place{Pane: pane.Entity, Ref: paymentsAPI, Tab: "source"}); s.press("pgdown", "z") },
		func() { s.press("1"); s.press("G", "k") },
	}
	var places []pane.Place
	for _, step := range steps {
		step()
		if n := len(places); n > 0 && places[n-1].Same(s.place()) {
			places[n-1] = s.place()
			continue
		}
		places = append(places, s.place())
	}
	return places
}

func TestBackAndForwardRestoreEverything(t *testing.T) {
	t.Parallel()
	for _, size := range []uitest.Size{{W: 45, H: 16}, {W: 80, H: 24}, {W: 120, H: 40}} {
		for _, back := range []string{"[", "backspace"} {
			s := demo(t, size.W, size.H)
			places := walk(s)
			last := len(places) - 1
			frames := make([]string, len(places))
			frames[last] = s.text()
			for i := last - 1; i >= 0; i-- {
				s.press(back)
				if diff := cmp.Diff(places[i], s.place()); diff != "" {
					t.Fatalf("%v: back to %d (-want +got):\n%s", size, i, diff)
				}
				frames[i] = s.text()
			}
			for i := 1; i <= last; i++ {
				s.press("]")
				if diff := cmp.Diff(places[i], s.place()); diff != "" {
					t.Fatalf("%v: forward to %d (-want +got):\n%s", size, i, diff)
				}
				if diff := cmp.Diff(frames[i], s.text()); diff != "" {
					t.Fatalf("%v: forward to %d looks otherwise (-back +forward):\n%s", size, i, diff)
				}
			}
		}
	}
}

func TestANewPlaceCutsForward(t *testing.T) {
	t.Parallel()
	s := demo(t, 120, 40)
	walk(s)
	s.press("[", "[", "[")
	if ok, _ := canForward(s); !ok {
		t.Fatal("there is nothing forward")
	}
	s.press("5")
	if ok, why := canForward(s); ok || why != "There is nothing forward of here." {
		t.Errorf("forward of a new place: %v, %q", ok, why)
	}
	s.press("]")
	s.sees("There is nothing forward of here.")
	s.press("[", "5")
	if len(s.m.past.future) != 0 {
		t.Error("going where forward leads too is no new place")
	}
}

func canForward(s *screen) (bool, string) {
	for _, b := range s.m.bindings() {
		if b.ID == "forward" {
			return b.Can()
		}
	}
	return false, "it is not bound"
}

func TestGoingWhereOneIsIsNoStep(t *testing.T) {
	t.Parallel()
	s := demo(t, 120, 40)
	s.press("1", "1")
	s.goTo(pane.Place{Pane: "no such pane"})
	if n := len(s.m.past.past); n != 0 {
		t.Errorf("%d steps were remembered", n)
	}
}

func TestVisitsAreKept(t *testing.T) {
	t.Parallel()
	p := uitest.Demo(t)
	s := open(t, options(t, p), 120, 40)
	s.goTo(pane.Place{Pane: pane.Entity, Ref: paymentsAPI})
	s.press("w", "0")
	got, err := p.Recent(t.Context(), "", 5)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"group:default/team-payments", paymentsAPI}, got); diff != "" {
		t.Error(diff)
	}
}

func TestAStartAtAPlaceIsThere(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		start pane.Place
		pane  string
		sees  string
	}{
		{pane.Place{}, pane.Catalog, "79"},
		{pane.Place{Query: "kind:api"}, pane.Catalog, "kind:api"},
		{pane.Place{Pane: "gone"}, pane.Catalog, "79"},
		{pane.Place{Pane: pane.Entity, Ref: paymentsAPI, Tab: "source"}, pane.Entity, "apiVersion"},
		{pane.Place{Pane: pane.Errors, Cursor: 2}, pane.Errors, "spec.owner is missing"},
		{pane.Place{Pane: pane.Health}, pane.Health, "shop"},
	} {
		o := options(t, uitest.Demo(t))
		o.Start = tc.start
		s := open(t, o, 80, 24)
		if got := s.place(); got.Pane != tc.pane || got.Cursor < tc.start.Cursor {
			t.Errorf("start at %+v is at %+v", tc.start, got)
		}
		s.sees(tc.sees)
	}
}
