package ui

import (
	"fmt"
	"testing"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/uitest"
)

// state is one screen of the product and the keys that lead there.
type state struct {
	name  string
	build func(*screen)
}

const (
	paymentsAPI  = "component:default/payments-api"
	paymentsREST = "api:default/payments-rest"
)

// goTo is how a test gets to a place without a walk.
func (s *screen) goTo(p pane.Place) {
	s.t.Helper()
	s.send(pane.GoMsg{Place: p})
}

func at(p pane.Place, keys ...string) func(*screen) {
	return func(s *screen) {
		s.goTo(p)
		s.press(keys...)
	}
}

// states are all screens. Each begins at the catalog.
func states() []state {
	keys := func(k ...string) func(*screen) { return func(s *screen) { s.press(k...) } }
	tab := func(ref, name string) func(*screen) { return at(pane.Place{Pane: pane.Entity, Ref: ref, Tab: name}) }
	return []state{
		{"catalog", keys("j", "j")},
		{"catalog-filtering", func(s *screen) { s.press("/"); s.typed("kind:component pay") }},
		{"catalog-nothing", at(pane.Place{Pane: pane.Catalog, Query: "kind:component zzzz"})},
		{"entity-about", tab(paymentsAPI, "about")},
		{"entity-relations", tab(paymentsAPI, "relations")},
		{"entity-definition", tab(paymentsREST, "api")},
		{"entity-source", tab(paymentsAPI, "source")},
		{"entity-search", func(s *screen) {
			s.goTo(pane.Place{Pane: pane.Entity, Ref: paymentsAPI, Tab: "source"})
			s.press("/")
			s.typed("payments")
			s.press("enter", "n")
		}},
		{"entity-problems", tab(paymentsAPI, "problems")},
		{"entity-history", tab(paymentsAPI, "history")},
		{"entity-gone", tab("component:default/nobody-home", "")},
		{"errors", keys("E", "j")},
		{"errors-one", keys("E", "z")},
		{"errors-search", func(s *screen) { s.press("E", "/"); s.typed("owner") }},
		{"health", keys("H")},
		{"home", keys("0")},
		{"scorecards", keys("2")},
		{"docs", keys("3")},
		{"create", keys("4")},
		{"jobs", keys("5")},
		{"help", at(pane.Place{Pane: pane.Entity, Ref: paymentsAPI}, "?", "down", "down")},
		{"help-disabled", keys("0", "?", "down")},
		{"palette", keys(":")},
		{"palette-typed", func(s *screen) { s.press(":"); s.typed("pay") }},
		{"facets", keys("f")},
		{"sort", keys("S")},
		{"columns", keys("c")},
		{"views", keys("v")},
		{"toasts", keys("*", "]")},
	}
}

func TestEveryScreenLooksAsItShould(t *testing.T) {
	t.Parallel()
	for _, st := range states() {
		for _, size := range uitest.Sizes() {
			for _, l := range uitest.Looks() {
				o := options(t, uitest.Demo(t))
				look(l.Look)(&o)
				s := open(t, o, size.W, size.H+3)
				st.build(s)
				uitest.Golden(t, fmt.Sprintf("%s-%dx%d-%s", st.name, size.W, size.H+3, l.Name), s.frame())
			}
		}
	}
}

func TestAWindowTooSmallSaysSo(t *testing.T) {
	t.Parallel()
	for _, size := range []uitest.Size{{W: 39, H: 11}, {W: 39, H: 40}, {W: 200, H: 11}, {W: 20, H: 8}, {W: 12, H: 1}, {W: 1, H: 1}} {
		s := demo(t, size.W, size.H)
		uitest.Golden(t, fmt.Sprintf("too-small-%dx%d", size.W, size.H), s.frame())
	}
}

// faulty is the demo with sources that give somebody something to look at.
func faulty(t *testing.T) *uitest.FakePortal {
	t.Helper()
	p := uitest.Demo(t)
	p.SourceList[0].Untrusted = 12
	p.SourceList = append(p.SourceList, pane.Source{
		Name: "github:acme", Kind: "git", Location: "https://github.example/acme/catalog.git", State: "failed",
		LastSync: uitest.Now().AddDate(0, 0, -2), LastAttempt: uitest.Now(), Entities: 1204, Files: 310,
		Error: "the repository could not be read: the host did not answer within 20 s; what it held stays, marked stale",
	})
	p.ProblemList = append(p.ProblemList, catalog.Problem{
		Severity: catalog.Note, Class: catalog.ClassTrust, Source: "shop", Path: "org/users.yaml", Line: 3, Ref: "user:default/root",
		Message: "a User is not taken from this source", Hint: "list User under kinds: of the source if you trust it",
	})
	return p
}

func TestSourcesInTroubleLookAsTheyShould(t *testing.T) {
	t.Parallel()
	for _, size := range uitest.Sizes() {
		for _, st := range []state{
			{"trouble-catalog", func(*screen) {}},
			{"trouble-health", func(s *screen) { s.press("H", "j") }},
			{"trouble-errors", func(s *screen) { s.press("E", "f", "G") }},
		} {
			s := open(t, options(t, faulty(t)), size.W, size.H+3)
			st.build(s)
			uitest.Golden(t, fmt.Sprintf("%s-%dx%d", st.name, size.W, size.H+3), s.frame())
		}
	}
}
