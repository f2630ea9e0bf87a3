package ui

import (
	"strings"
	"testing"

	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/uitest"
)

func TestLayoutIsAPureFunctionOfTheSize(t *testing.T) {
	t.Parallel()
	for w := 1; w <= 220; w++ {
		for h := 1; h <= 70; h++ {
			l := layOut(w, h)
			if l.tooTiny != (w < 40 || h < 12) {
				t.Fatalf("%d×%d: too tiny %v", w, h, l.tooTiny)
			}
			if !l.tooTiny && l.top+l.paneH+1 != h {
				t.Fatalf("%d×%d: %d lines above a pane of %d", w, h, l.top, l.paneH)
			}
		}
	}
	for _, tc := range []struct{ w, h, top, pane int }{
		{120, 40, 2, 37}, {80, 24, 2, 21}, {60, 17, 2, 14}, {59, 17, 1, 15}, {60, 16, 1, 14}, {45, 16, 1, 14}, {40, 12, 1, 10}, {40, 0, 1, 0},
	} {
		if l := layOut(tc.w, tc.h); l.top != tc.top || l.paneH != tc.pane {
			t.Errorf("%d×%d: %d lines above, %d for the pane; want %d, %d", tc.w, tc.h, l.top, l.paneH, tc.top, tc.pane)
		}
	}
}

// TestTheHeaderHasWholeTabsAtEveryWidth looks for the words that have to be there
// whatever else gives way.
func TestTheHeaderHasWholeTabsAtEveryWidth(t *testing.T) {
	t.Parallel()
	for _, company := range []string{"", "acme", strings.Repeat("A very long company ", 5)} {
		for _, p := range []*uitest.FakePortal{uitest.Demo(t), faulty(t)} {
			o := options(t, p)
			o.Company = company
			s := open(t, o, 120, 40)
			for w := compactWidth; w <= 220; w++ {
				h := s.m.header(w)
				line := uitest.Plain(h.line)
				if kit.Width(h.line) != w {
					t.Fatalf("%d cells; want %d", kit.Width(h.line), w)
				}
				for i, tb := range tabs() {
					label := string(rune('1'+i)) + " " + tb.title
					if !strings.Contains(line, label) {
						t.Fatalf("at %d the tab %q is cut: %s", w, label, line)
					}
				}
				if !strings.Contains(line, "alice") || !strings.ContainsAny(line, "●✕") {
					t.Fatalf("at %d it does not say who is there, or how the sources are: %s", w, line)
				}
			}
			if wide := uitest.Plain(s.m.header(200).line); !strings.Contains(wide, strings.TrimSpace(company[:min(20, len(company))])) || !strings.Contains(wide, "idptui") {
				t.Errorf("a wide header leaves something out: %s", wide)
			}
		}
	}
}

func TestTheHeaderAtEightyColumnsHasNameAndFreshness(t *testing.T) {
	t.Parallel()
	line := demo(t, 80, 24).line(0)
	for _, want := range []string{"5 Jobs", "● now", "alice"} {
		if !strings.Contains(line, want) {
			t.Errorf("%q is not in %q", want, line)
		}
	}
}

func TestTheTabOneIsInStandsOut(t *testing.T) {
	t.Parallel()
	s := demo(t, 120, 40)
	s.press("enter")
	if line := s.m.header(120).line; !strings.Contains(line, s.m.s.Theme.Tab.Paint("1 Catalog")) {
		t.Errorf("an entity is not of the catalog: %q", line)
	}
	s.press("3")
	if line := s.m.header(120).line; !strings.Contains(line, s.m.s.Theme.Tab.Paint("3 Docs")) || strings.Contains(line, s.m.s.Theme.Tab.Paint("1 Catalog")) {
		t.Errorf("the docs are not in sight: %q", line)
	}
}

func TestWhatIsLeftOutIsCountedAtEverySize(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		w, h int
		want []string
	}{
		{40, 12, []string{"▲ 4 E 12 H", "1 failed"}},
		{45, 16, []string{"▲ 4 E 12 H", "1 failed"}},
		{80, 24, []string{"▲ 4 errors E", "12 untrusted H", "1 failed"}},
		{200, 50, []string{"▲ 4 errors E", "12 untrusted H", "1 source failed"}},
	} {
		s := open(t, options(t, faulty(t)), tc.w, tc.h)
		s.sees(tc.want...)
		s.goTo(pane.Place{Pane: pane.Entity, Ref: paymentsAPI})
		s.sees("▲ 4")
	}
	p := uitest.Demo(t)
	p.SourceList[0].Errors, p.SourceList[0].Untrusted = 0, 0
	if line := open(t, options(t, p), 80, 24).line(1); strings.Contains(line, "▲") {
		t.Errorf("nothing is left out, but it says %q", line)
	}
	p.SourceList[0].Errors = 1
	open(t, options(t, p), 80, 24).sees("▲ 1 error E")
}

func TestTheEndOfThePlaceLineGivesWayBeforeThePlace(t *testing.T) {
	t.Parallel()
	for w := leastWidth; w <= 120; w++ {
		s := open(t, options(t, faulty(t)), w, 24)
		s.goTo(pane.Place{Pane: pane.Entity, Ref: paymentsAPI})
		at := 1
		if s.m.layout.compact {
			at = 0
		}
		if line := s.line(at); !strings.Contains(line, " payments-api") || !strings.Contains(line, "▲ 4") {
			t.Errorf("at %d: %q", w, line)
		}
	}
}

func TestTheFooterShowsWhatMattersFirst(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		w, h int
		want []string
	}{
		{40, 12, []string{"enter open", "? help", ": palette"}},
		{80, 24, []string{"enter open", "/ filter", "f facets", "? help", ": palette"}},
		{120, 40, []string{"enter open", "/ filter", "f facets", "v views", "w owner", "* star", "y copy", "S sort", "? help"}},
	} {
		line := demo(t, tc.w, tc.h).line(-1)
		for _, want := range tc.want {
			if !strings.Contains(line, want) {
				t.Errorf("at %d: %q is not in %q", tc.w, want, line)
			}
		}
	}
}

func TestTheFooterDoesNotJumpWhileOneMoves(t *testing.T) {
	t.Parallel()
	s := demo(t, 120, 40)
	before := s.line(-1)
	for range 30 {
		s.press("j")
		if now := s.line(-1); now != before {
			t.Fatalf("%q became %q on %s", before, now, s.place().Row)
		}
	}
}

func TestTheFooterShowsOnlyKeysThatWork(t *testing.T) {
	t.Parallel()
	s := demo(t, 120, 40)
	s.press("/")
	if line := s.line(-1); line != " enter keep  esc leave" {
		t.Errorf("while one types a filter it is %q", line)
	}
	s.press("esc", "f")
	if line := s.line(-1); line != "" {
		t.Errorf("under a dialog it is %q", line)
	}
}

func TestTheKeysOnScreenAreOnesOwn(t *testing.T) {
	t.Parallel()
	o := options(t, faulty(t))
	o.Keys = map[string][]string{
		"palette": {"f2"}, "help": {"f1"}, "catalog": {"alt+1"}, "errors": {"alt+e"}, "quit": {"Q"}, "tab-prev": {"("}, "tab-next": {")"},
	}
	s := open(t, o, 120, 40)
	s.sees("f1 help", "f2 palette", "alt+1 Catalog", "▲ 4 errors alt+e")
	s.press("enter")
	s.sees("( ) tabs")
	s.press("0")
	s.sees("alt+1 opens the catalog", "f2 finds any entity")
	s.resize(30, 10)
	s.sees("Q quits")
	s.press("q")
	if s.quit {
		t.Error("q still quits")
	}
	s.press("Q")
	if !s.quit {
		t.Error("Q does not quit")
	}
}
