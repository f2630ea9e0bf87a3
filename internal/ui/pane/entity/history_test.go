package entity_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/pane/entity"
	"github.com/idptui/idptui/internal/ui/uitest"
)

// withPast is the demo company with a history of payments-api.
func withPast(t *testing.T) *uitest.FakePortal {
	t.Helper()
	change := func(ago time.Duration, who, commit, message string, kind catalog.ChangeKind, fields ...catalog.FieldChange) catalog.Change {
		id := strings.Repeat(commit, 10)
		return catalog.Change{
			Time: uitest.Now().Add(-ago), Author: catalog.Author{Name: who, Email: strings.ToLower(who) + "@acme.example"}, Commit: id,
			URL: "https://github.com/acme/shop/commit/" + id, Message: message, Ref: payments, Kind: kind, Fields: fields,
			Source: "shop", Path: "services/payments-api/catalog-info.yaml",
		}
	}
	p := uitest.Demo(t)
	broken := change(26*time.Hour, "Bo", "7a11", "wip", catalog.ChangeUnreadable)
	broken.Problem = "could not be read: line 4: did not find expected key"
	local := change(900*24*time.Hour, "Kim", "0123", "the first", catalog.ChangeAdded)
	local.URL = ""
	p.Past = map[string]catalog.History{payments: {Changes: []catalog.Change{
		change(5*time.Minute, "Ana", "8c1d", "Payments goes to its own team", catalog.ChangeChanged, catalog.FieldChange{Field: "spec.owner", From: "team-pay", To: "team-payments"}),
		change(25*time.Hour, "漢字 "+strings.Repeat("Long", 9), "3f9c", "Depend on what we call "+strings.Repeat("and say so ", 9), catalog.ChangeChanged,
			catalog.FieldChange{Field: "metadata.tags", Added: []string{"pci"}},
			catalog.FieldChange{Field: "spec.dependsOn", Added: []string{"resource:kafka", "resource:orders-db"}, Removed: []string{"component:old-ledger"}},
			catalog.FieldChange{Field: "metadata.description", Note: "12 lines changed"}),
		broken, local,
	}}}
	return p
}

func TestHistoryLooksAsItShould(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string][]string{"history": nil, "history-whole": {"j", "enter"}} {
		for _, look := range uitest.Looks() {
			for _, size := range uitest.Sizes() {
				session := uitest.Session(t, withPast(t))
				session.Theme = kit.NewTheme(look.Look)
				s := uitest.NewStage(t, entity.New(session), session.Theme, pane.Place{Pane: pane.Entity, Ref: payments, Tab: "history"}, size.W, size.H)
				s.Press(keys...)
				uitest.Golden(t, fmt.Sprintf("%s-%dx%d-%s", name, size.W, size.H, look.Name), s.Frame())
			}
		}
	}
}

func TestHistoryIsReadWhenItsTabIsOpened(t *testing.T) {
	t.Parallel()
	s := open(t, payments)
	s.turnTo(t, "history")
	s.wants(t, "No change of it is known.", "The source shop is a folder, which keeps no history; name a repository as a git source")

	session := uitest.Session(t, withPast(t))
	p := entity.New(session)
	p.Update(pane.SizeMsg{W: 120, H: 37})
	p.Restore(pane.Place{Pane: pane.Entity, Ref: payments, Tab: "history"})
	if frame := uitest.Plain(p.View(120, 37)); !strings.Contains(frame, "Reading the history…") {
		t.Errorf("%s", frame)
	}

	s = openOver(t, withPast(t), pane.Place{Ref: payments}, 120, 37)
	s.turnTo(t, "history")
	s.wants(t, "5 min", "Ana", "owner team-pay → team-payments", "8c1d8c1", "could not be read: line 4", "2 y", "added",
		"Same as: idptui catalog log component:default/payments-api")
	s.lacks(t, "Payments goes to its own team")
}

func TestEnterShowsTheWholeChange(t *testing.T) {
	t.Parallel()
	s := openOver(t, withPast(t), pane.Place{Ref: payments, Tab: "history"}, 120, 37)
	s.Press("j", "enter")
	s.wants(t, "Depend on what we call", "spec.dependsOn", "+ resource:kafka", "- component:old-ledger", "metadata.description: 12 lines changed",
		"2026-05-11 13:02", "shop: services/payments-api/catalog-info.yaml", "https://github.com/acme/shop/commit/3f9c")
	if got := copied(s); got != "" {
		t.Errorf("copied %q", got)
	}
	s.Press("y")
	if got := copied(s); got != strings.Repeat("3f9c", 10) {
		t.Errorf("copied %q", got)
	}
	s.Press("j", "y")
	if got := copied(s); !strings.HasPrefix(got, "https://github.com/acme/shop/commit/3f9c") {
		t.Errorf("copied %q", got)
	}
	s.Press("k", "enter")
	s.lacks(t, "spec.dependsOn")
	s.Press("G", "enter")
	s.wants(t, "commit 0123012301")
}

func copied(s scene) string {
	got, _ := uitest.Last[pane.CopyMsg](s.Stage)
	return got.Text
}

func TestTheCursorComesBackToItsChange(t *testing.T) {
	t.Parallel()
	s := openOver(t, withPast(t), pane.Place{Ref: payments, Tab: "history"}, 120, 37)
	s.Press("j", "j")
	at := s.Pane.Place()
	again := openOver(t, withPast(t), at, 120, 37)
	if got := again.Pane.Place(); got != at || at.Row == "" {
		t.Errorf("%+v, want %+v", got, at)
	}
}

func TestANewerCatalogHasTheHistoryReadAnewAndKeepsTheOldUntilThen(t *testing.T) {
	t.Parallel()
	p := withPast(t)
	s := openOver(t, p, pane.Place{Ref: payments, Tab: "history"}, 120, 37)
	p.Replace(uitest.Demo(t))
	p.SetView(uitest.Load(t, a("")).View())
	p.Fail(errors.New("the mirror of shop is damaged"))
	s.Send(pane.ViewMsg{})
	s.wants(t, "owner team-pay → team-payments", "it cannot be read anew: the mirror of shop is damaged")
	p.Fail(nil)
	p.Past = map[string]catalog.History{payments: {More: true, Notes: []string{"there was no time"}, Changes: []catalog.Change{{Commit: "feed", Ref: payments, Kind: catalog.ChangeRemoved}}}}
	p.SetView(uitest.Demo(t).View())
	s.Send(pane.ViewMsg{})
	s.wants(t, "removed", "There was no time.", "Older changes: idptui catalog log component:default/payments-api --limit 0")
	s.lacks(t, "team-pay →", "cannot be read anew")
}

func TestAHistoryThatCannotBeReadSaysWhy(t *testing.T) {
	t.Parallel()
	p := uitest.Demo(t)
	s := openOver(t, p, pane.Place{Ref: payments}, 120, 37)
	p.Fail(errors.New("the mirror of shop is damaged"))
	s.turnTo(t, "history")
	s.wants(t, "The history cannot be read.", "The mirror of shop is damaged.")
}
