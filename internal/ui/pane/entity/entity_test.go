package entity_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/pane/entity"
	"github.com/idptui/idptui/internal/ui/uitest"
)

const payments = "component:default/payments-api"

// scene is the page over the demo company on a box of 120×37.
type scene struct {
	*uitest.Stage
	portal  *uitest.FakePortal
	session *pane.Session
}

func open(t *testing.T, ref string) scene {
	t.Helper()
	return openOver(t, uitest.Demo(t), pane.Place{Ref: ref}, 120, 37)
}

func openOver(t *testing.T, p *uitest.FakePortal, at pane.Place, w, h int) scene {
	t.Helper()
	at.Pane = pane.Entity
	s := uitest.Session(t, p)
	return scene{uitest.NewStage(t, entity.New(s), s.Theme, at, w, h), p, s}
}

func (s scene) wants(t *testing.T, texts ...string) {
	t.Helper()
	frame := s.Text()
	for _, want := range texts {
		if !strings.Contains(frame, want) {
			t.Errorf("the frame does not say %q:\n%s", want, frame)
		}
	}
}

func (s scene) lacks(t *testing.T, texts ...string) {
	t.Helper()
	frame := s.Text()
	for _, no := range texts {
		if strings.Contains(frame, no) {
			t.Errorf("the frame says %q:\n%s", no, frame)
		}
	}
}

// turnTo presses the key for the next tab until the tab is open.
func (s scene) turnTo(t *testing.T, tab string) {
	t.Helper()
	for range 6 {
		if s.Pane.Place().Tab == tab {
			return
		}
		s.Do("tab-next")
	}
	t.Fatalf("there is no tab %q", tab)
}

// pick moves down until the target is under the cursor.
func (s scene) pick(t *testing.T, row string) {
	t.Helper()
	for range 300 {
		if s.Pane.Place().Row == row {
			return
		}
		before := s.Pane.Place()
		s.Do("down")
		if s.Pane.Place() == before {
			if b, ok := s.Binding("focus"); ok {
				if can, _ := b.Can(); can {
					s.Do("focus", "top")
					if s.Pane.Place().Row == before.Row {
						break
					}
				}
			}
			break
		}
	}
	t.Fatalf("the cursor never comes to %q", row)
}

// a is a small catalog: a depends on b and on what is not there.
func a(more string) fstest.MapFS {
	return fstest.MapFS{"catalog-info.yaml": {Data: []byte(`apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: a
  description: The first.
  annotations:
    acme.example/dashboard: https://dash.acme.example/a
spec: {type: service, lifecycle: production, owner: team-a, dependsOn: ["component:b", "component:ghost"], size: {cpu: 1}, replicas: 3}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: b}
spec: {type: service, lifecycle: production, owner: team-a}
` + more)}}
}

func TestAboutTellsWhoseItIsAndWhereToAsk(t *testing.T) {
	t.Parallel()
	s := open(t, payments)
	s.wants(t, "component · service · production", "Owner", "team-payments", "#payments", "payments@acme.example",
		"System", "payments", "Domain", "commerce", "Depends on", "ledger", "grafana.acme.example", "pci · java",
		"github.com/project-slug", "acme/payments-api", "From shop: services/payments-api/catalog-info.yaml", "synced 40 s ago")
}

func TestWhatTheRowKnowsIsThereBeforeTheRecord(t *testing.T) {
	t.Parallel()
	session := uitest.Session(t, uitest.Demo(t))
	p := entity.New(session)
	p.Update(pane.SizeMsg{W: 120, H: 37})
	p.Restore(pane.Place{Pane: pane.Entity, Ref: payments})
	frame := uitest.Plain(p.View(120, 37))
	for _, want := range []string{"component · service · production", "team-payments", "Reading the record…"} {
		if !strings.Contains(frame, want) {
			t.Errorf("the frame does not say %q:\n%s", want, frame)
		}
	}
}

func TestEveryRelationOpens(t *testing.T) {
	t.Parallel()
	s := open(t, payments)
	s.turnTo(t, "relations")
	s.wants(t, "Depends on", "Used by", "Provides", "→ ledger", "←")
	s.pick(t, "component:default/ledger")
	s.Do("open")
	if got, _ := uitest.Last[pane.GoMsg](s.Stage); got.Place.Ref != "component:default/ledger" || got.Place.Pane != pane.Entity {
		t.Errorf("open went to %+v", got.Place)
	}
	s.Do("copy")
	if got, _ := uitest.Last[pane.CopyMsg](s.Stage); got.Text != "component:default/ledger" {
		t.Errorf("copied %+v", got)
	}
}

func TestOwnerAndSystemOpenFromAbout(t *testing.T) {
	t.Parallel()
	s := open(t, payments)
	for _, ref := range []string{"group:default/team-payments", "system:default/payments", "domain:default/commerce"} {
		s.Do("top")
		s.pick(t, ref)
		s.Do("open")
		if got, _ := uitest.Last[pane.GoMsg](s.Stage); got.Place.Ref != ref {
			t.Errorf("open went to %+v; want %s", got.Place, ref)
		}
	}
	s.Do("owner")
	if got, _ := uitest.Last[pane.GoMsg](s.Stage); got.Place.Ref != "group:default/team-payments" {
		t.Errorf("owner went to %+v", got.Place)
	}
}

func TestTheFocusKeyGoesToTheOtherColumn(t *testing.T) {
	t.Parallel()
	s := open(t, payments)
	left := s.Pane.Place().Row
	s.Do("focus")
	if right := s.Pane.Place().Row; right == left {
		t.Errorf("the cursor stayed on %q", left)
	}
	s.Resize(80, 21)
	s.Do("focus")
	if len(s.Refused) != 1 {
		t.Errorf("one column: refused %q; want a reason", s.Refused)
	}
}

func TestALinkIsCopiedWhereItCannotBeOpened(t *testing.T) {
	t.Parallel()
	s := open(t, payments)
	const dashboard = "https://grafana.acme.example/d/payments-api"
	s.pick(t, dashboard)
	s.Do("open")
	if got, _ := uitest.Last[pane.CopyMsg](s.Stage); got.Text != dashboard || got.What != "the link" {
		t.Errorf("copied %+v", got)
	}
	var opened string
	s.session.OpenURL = func(u string) error { opened = u; return nil }
	s.Do("open")
	if opened != dashboard {
		t.Errorf("opened %q", opened)
	}
	s.session.OpenURL = func(string) error { return errors.New("no browser") }
	s.Do("open")
	if got, _ := uitest.Last[pane.ToastMsg](s.Stage); !got.Bad || !strings.Contains(got.Text, "no browser") {
		t.Errorf("toast %+v", got)
	}
}

func TestTheLinksDialogListsThemWithTheirHosts(t *testing.T) {
	t.Parallel()
	s := open(t, payments)
	s.Do("link")
	if d := s.Dialog(); !strings.Contains(d, "Dashboard") || !strings.Contains(d, "logs.acme.example") {
		t.Fatalf("dialog:\n%s", d)
	}
	s.Type("runbook")
	s.Press("enter")
	if got, _ := uitest.Last[pane.CopyMsg](s.Stage); !strings.Contains(got.Text, "runbooks") {
		t.Errorf("copied %+v", got)
	}
}

func TestTheDefinitionOfAnAPIHasATab(t *testing.T) {
	t.Parallel()
	s := open(t, "api:default/payments-rest")
	s.turnTo(t, "api")
	s.wants(t, "openapi", " 1  ")
	s = open(t, payments)
	s.lacks(t, "Definition")
}

func TestTheSourceHasTheLineNumbersOfItsFile(t *testing.T) {
	t.Parallel()
	s := openOver(t, uitest.Load(t, a("")), pane.Place{Ref: "component:default/b", Tab: "source"}, 80, 21)
	s.wants(t, "kind: Component", "metadata: {name: b}")
	rec, err := s.portal.Record(t.Context(), refOf(t, "component:default/b"))
	if err != nil {
		t.Fatal(err)
	}
	first := strings.Split(rec.Raw, "\n")[0]
	want := fmt.Sprintf("%d  %s", rec.Provenance.Line, first)
	s.wants(t, want)
	s.Do("zoom")
	s.lacks(t, want, "About")
	s.wants(t, first)
	s.Do("leave")
	s.wants(t, "About")
}

func TestALongDocumentScrollsToItsEnd(t *testing.T) {
	t.Parallel()
	s := openOver(t, uitest.Demo(t), pane.Place{Ref: payments, Tab: "source"}, 45, 13)
	s.Do("down", "down", "page-down", "half-down", "half-up", "page-up")
	if s.Pane.Place().Top != 2 {
		t.Errorf("top is %d; want 2", s.Pane.Place().Top)
	}
	s.Do("bottom")
	bottom := s.Pane.Place().Top
	s.Do("down", "page-down")
	if got := s.Pane.Place().Top; got != bottom || got == 0 {
		t.Errorf("scrolled to %d beyond the end at %d", got, bottom)
	}
	s.wants(t, "resource:kafka")
}

func TestWhatLeadsNowhereIsSaidInWords(t *testing.T) {
	t.Parallel()
	s := openOver(t, uitest.Load(t, a("")), pane.Place{Ref: "component:default/a"}, 120, 37)
	s.wants(t, "ghost", "not in the catalog", "Problems 2")
	s.turnTo(t, "problems")
	s.wants(t, "Depends on component:default/ghost, which is not in the catalog")
	s.turnTo(t, "relations")
	s.wants(t, "ghost", "not in the catalog")
	s = openOver(t, uitest.Load(t, a("")), pane.Place{Ref: "component:default/b", Tab: "problems"}, 120, 37)
	s.wants(t, "team-a")
}

func TestAnEntityThatIsNotThereSaysWhoRefersToIt(t *testing.T) {
	t.Parallel()
	s := openOver(t, uitest.Load(t, a("")), pane.Place{Ref: "component:default/ghost"}, 80, 21)
	s.wants(t, "component:default/ghost is not in the catalog", "1 entity refers to it", "← Used by", "Add a document")
	s.Do("open")
	if got, _ := uitest.Last[pane.GoMsg](s.Stage); got.Place.Ref != "component:default/a" {
		t.Errorf("open went to %+v", got.Place)
	}
	s.Do("tab-next")
	if len(s.Refused) != 1 {
		t.Errorf("tabs of nothing: refused %q", s.Refused)
	}
	s = openOver(t, uitest.Load(t, a("")), pane.Place{Ref: "component:default/nobody"}, 80, 21)
	s.wants(t, "Nothing refers to it")
	s = openOver(t, uitest.Load(t, a("")), pane.Place{Ref: "not a ref"}, 80, 21)
	s.wants(t, "not a ref is not a reference")
}

func TestAnEntityThatGoesAwayWhileOpenStaysReadable(t *testing.T) {
	t.Parallel()
	s := openOver(t, uitest.Load(t, a("")), pane.Place{Ref: "component:default/a"}, 120, 37)
	s.portal.Replace(uitest.Load(t, fstest.MapFS{}))
	s.Send(pane.ViewMsg{})
	s.wants(t, "no longer in the catalog", "The first.")
	s.portal.Replace(uitest.Load(t, a("")))
	s.Send(pane.ViewMsg{})
	s.lacks(t, "no longer in the catalog")
}

func TestAChangeOfTheCatalogKeepsCursorAndTab(t *testing.T) {
	t.Parallel()
	more := `---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: 0-first}
spec: {type: service, lifecycle: production, owner: team-a, dependsOn: ["component:b"]}
`
	s := openOver(t, uitest.Load(t, a("")), pane.Place{Ref: "component:default/b", Tab: "relations"}, 80, 21)
	s.pick(t, "component:default/a")
	s.portal.Replace(uitest.Load(t, a(more)))
	s.Send(pane.ViewMsg{})
	s.wants(t, "0-first")
	if got := s.Pane.Place(); got.Row != "component:default/a" || got.Tab != "relations" {
		t.Errorf("place %+v", got)
	}
}

func TestAPlaceIsRestoredWhole(t *testing.T) {
	t.Parallel()
	s := openOver(t, uitest.Demo(t), pane.Place{Ref: "group:default/team-payments"}, 80, 14)
	s.turnTo(t, "relations")
	s.Do("half-down", "down", "down", "up")
	want, frame := s.Pane.Place(), s.Text()
	if want.Row == "" || want.Top == 0 {
		t.Fatalf("place %+v is no test", want)
	}
	again := openOver(t, uitest.Demo(t), want, 80, 14)
	if diff := cmp.Diff(want, again.Pane.Place()); diff != "" {
		t.Errorf("place (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(frame, again.Text()); diff != "" {
		t.Errorf("frame (-want +got):\n%s", diff)
	}
}

func TestAPlaceThatIsLeftBeforeItIsReadIsNotForgotten(t *testing.T) {
	t.Parallel()
	p := entity.New(uitest.Session(t, uitest.Demo(t)))
	want := pane.Place{Pane: pane.Entity, Ref: payments, Tab: "relations", Cursor: 4, Top: 2}
	p.Restore(want)
	if diff := cmp.Diff(want, p.Place()); diff != "" {
		t.Errorf("place (-want +got):\n%s", diff)
	}
}

func TestAnAnswerForAnotherEntityIsDropped(t *testing.T) {
	t.Parallel()
	p := entity.New(uitest.Session(t, uitest.Demo(t)))
	p.Update(pane.SizeMsg{W: 120, H: 37})
	late := p.Restore(pane.Place{Pane: pane.Entity, Ref: payments})
	now := p.Restore(pane.Place{Pane: pane.Entity, Ref: "component:default/ledger"})
	uitest.Settle(t, p.Update, now)
	want := uitest.Plain(p.View(120, 37))
	uitest.Settle(t, p.Update, late)
	if diff := cmp.Diff(want, uitest.Plain(p.View(120, 37))); diff != "" {
		t.Errorf("a late answer changed the page (-want +got):\n%s", diff)
	}
}

func TestARecordThatCannotBeReadIsSaid(t *testing.T) {
	t.Parallel()
	p := uitest.Demo(t)
	session := uitest.Session(t, p)
	p.Fail(errors.New("the cache is locked"))
	s := scene{uitest.NewStage(t, entity.New(session), session.Theme, pane.Place{Pane: pane.Entity, Ref: payments}, 80, 21), p, session}
	s.wants(t, "The record cannot be read: the cache is locked", "team-payments")
}

func TestWarningsHaveTheirPlaceAndWhatToDo(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"x.yaml": {Data: []byte(`apiVersion: backstage.io/v1alpha1
kind: Location
metadata: {name: x}
spec: {}
`)}}
	s := openOver(t, uitest.Load(t, files), pane.Place{Ref: "location:default/x"}, 100, 30)
	s.wants(t, "Problems 1")
	s.turnTo(t, "problems")
	s.wants(t, "▲ the Location names no target", "warning, location", "x.yaml:4", "→ add targets")
}

func TestPeopleAndTeamsShowWhomTheyBelongTo(t *testing.T) {
	t.Parallel()
	open(t, "user:default/alice").wants(t, "alice@acme.example", "Member of", "team-payments")
	team := open(t, "group:default/team-payments")
	team.wants(t, "#payments", "Members", "alice", "Parent", "engineering", "Owns")
	team.lacks(t, "nobody is named")
}

func TestAPhoneShowsWhomToAskFirst(t *testing.T) {
	t.Parallel()
	s := openOver(t, uitest.Demo(t), pane.Place{Ref: payments}, 45, 13)
	lines := strings.Split(s.Text(), "\n")
	if !strings.Contains(lines[2], "Owner") || !strings.Contains(lines[3], "#payments") {
		t.Errorf("owner and contact do not come first:\n%s", s.Text())
	}
	if s.Pane.Status() != "" {
		t.Errorf("the place line has %q beside the name", s.Pane.Status())
	}
}

func TestSpecAndAnnotationsThatNothingElseShowsAreThere(t *testing.T) {
	t.Parallel()
	s := openOver(t, uitest.Load(t, a("")), pane.Place{Ref: "component:default/a"}, 120, 37)
	s.wants(t, "replicas", "3", "size", "1 field, see the source", "acme.example/dashboard")
	s.lacks(t, "dependsOn ")
	s.pick(t, "https://dash.acme.example/a")
	s.Do("copy")
	if got, _ := uitest.Last[pane.CopyMsg](s.Stage); got.Text != "https://dash.acme.example/a" {
		t.Errorf("copied %+v", got)
	}
}

func TestAContactWithoutAnAddressIsCopied(t *testing.T) {
	t.Parallel()
	s := open(t, payments)
	s.pick(t, "#payments")
	s.Do("open")
	if got, _ := uitest.Last[pane.CopyMsg](s.Stage); got.Text != "#payments" {
		t.Errorf("copied %+v", got)
	}
}

func TestStarShowsAtOnce(t *testing.T) {
	t.Parallel()
	s := open(t, payments)
	s.Do("star")
	s.wants(t, "★")
	stars, err := s.portal.Stars(t.Context(), "")
	if err != nil || len(stars) != 1 {
		t.Errorf("stars %v, %v", stars, err)
	}
	s.Do("star")
	s.lacks(t, "★")
}

func TestClicksChooseTabsAndOpenLines(t *testing.T) {
	t.Parallel()
	s := open(t, payments)
	click := func(x, y int) { s.Send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}) }
	tabs := strings.Split(s.Text(), "\n")[1]
	click(strings.Index(tabs, "Source")+1, 1)
	if got := s.Pane.Place().Tab; got != "source" {
		t.Fatalf("the click opened the tab %q", got)
	}
	s.turnTo(t, "relations")
	for y, line := range strings.Split(s.Text(), "\n") {
		if strings.Contains(line, "→ ledger ") {
			click(5, y)
			click(5, y)
		}
	}
	if got, _ := uitest.Last[pane.GoMsg](s.Stage); got.Place.Ref != "component:default/ledger" {
		t.Errorf("the clicks went to %+v", got.Place)
	}
}

func TestEveryActionIsOfTheTable(t *testing.T) {
	t.Parallel()
	s := open(t, payments)
	taken := map[string]string{}
	for _, b := range s.Pane.Bindings() {
		if len(b.Keys) == 0 {
			t.Errorf("%s has no key", b.ID)
		}
		for _, k := range b.Keys {
			if other, ok := taken[k]; ok {
				t.Errorf("%s means both %s and %s", k, other, b.ID)
			}
			taken[k] = b.ID
		}
	}
}

func TestALocationShowsWhatIsWrongWithItsTargets(t *testing.T) {
	t.Parallel()
	p := uitest.Load(t, fstest.MapFS{"x.yaml": {Data: []byte(`apiVersion: backstage.io/v1alpha1
kind: Location
metadata: {name: x}
spec: {targets: [./a.yaml, ./b.yaml]}
`)}})
	for i := range 9 {
		p.ProblemList = append(p.ProblemList, catalog.Problem{
			Severity: catalog.Error, Class: catalog.ClassLocation, Ref: "location:default/x", Source: uitest.SourceName, Path: "x.yaml", Line: 4,
			Column: 17 + i, Message: fmt.Sprintf("target \"./%c.yaml\" does not exist", 'a'+i), Hint: "correct it",
		})
	}
	p.ProblemList = append(p.ProblemList, catalog.Problem{Severity: catalog.Error, Ref: "location:default/y", Path: "y.yaml", Message: "another's"})
	for _, size := range []uitest.Size{{W: 40, H: 30}, {W: 80, H: 30}, {W: 120, H: 37}} {
		s := openOver(t, p, pane.Place{Ref: "location:default/x"}, size.W, size.H)
		s.wants(t, "Problems 9", "✕ x.yaml:4:17", `target "./a.yaml" does not exist`, "3 more")
		s.lacks(t, "another's")
		if head := strings.Split(s.Text(), "\n")[0]; !strings.Contains(head, "✕ 9") {
			t.Errorf("the head says %q", head)
		}
		s.Do("open") // the first problem
		if tab := s.Pane.Place().Tab; tab != "problems" {
			t.Errorf("enter on a problem shows %s", tab)
		}
		s.wants(t, "→ correct it")
	}
}
