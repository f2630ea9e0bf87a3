// Package uitest is what tests of screens share: one fixed moment, the looks and
// sizes that goldens are kept for, a fake portal over the demo company, and a
// stage that plays the root's part for one pane, so that a test presses keys and
// reads frames without a program, a terminal or a clock.
//
// It owns no state beyond the values it hands out; the demo company is read once
// and shared, as it is immutable. Only tests may import it.
package uitest

import (
	"context"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/access"
	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
)

// Now is the moment at which every screen test happens.
func Now() time.Time { return time.Date(2026, time.May, 12, 14, 2, 40, 0, time.UTC) }

// Size is the size of a pane's box in cells.
type Size struct{ W, H int }

// Sizes are the boxes that a pane has on the four screens that goldens are kept
// for: 40×12, 80×24, 120×40 and 200×50.
func Sizes() []Size { return []Size{{40, 9}, {80, 21}, {120, 37}, {200, 47}} }

// Look is a named look of the theme.
type Look struct {
	Name string
	kit.Look
}

// Looks are the looks that goldens are kept for.
func Looks() []Look {
	return []Look{
		{"dark", kit.Look{}},
		{"light", kit.Look{Light: true}},
		{"nocolor", kit.Look{NoColor: true}},
		{"ascii", kit.Look{NoColor: true, ASCII: true}},
	}
}

// Session is Alice of team-payments at Now, without colour; what a test needs
// otherwise it sets in the result before it makes the pane.
func Session(tb testing.TB, p *FakePortal) *pane.Session {
	tb.Helper()
	keys, complaints := kit.NewKeymap(nil)
	if len(complaints) > 0 {
		tb.Fatalf("the table of keys contradicts itself: %v", complaints)
	}
	alice := catalog.Ref{Kind: "User", Namespace: catalog.DefaultNamespace, Name: "alice"}
	actor := access.Actor{User: alice.String(), Name: "alice", Source: access.FromConfig}
	for _, g := range p.View().GroupsOf(alice) {
		actor.Groups = append(actor.Groups, g.String())
	}
	s := &pane.Session{
		Ctx: context.Background(), Portal: p, Actor: actor, Company: "acme",
		Theme: kit.NewTheme(kit.Look{NoColor: true}), Keys: keys, Now: Now,
		Starred: map[string]bool{},
		Arrive:  func(at pane.Place) (string, string) { return "idptui open " + at.Ref, "" },
		Tick: func(_ time.Duration, msg func(time.Time) tea.Msg) tea.Cmd {
			return func() tea.Msg { return msg(Now()) }
		},
	}
	stars, err := p.Stars(s.Ctx, actor.User)
	if err != nil {
		tb.Fatalf("stars: %v", err)
	}
	for _, ref := range stars {
		s.Starred[ref] = true
	}
	return s
}
