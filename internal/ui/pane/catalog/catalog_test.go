package catalogpane_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/idptui/idptui/internal/access"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
	catalogpane "github.com/idptui/idptui/internal/ui/pane/catalog"
	"github.com/idptui/idptui/internal/ui/uitest"
)

// scene is the pane over the demo company on a box of 120×37.
type scene struct {
	*uitest.Stage
	portal  *uitest.FakePortal
	session *pane.Session
}

func open(t *testing.T, at pane.Place) scene {
	t.Helper()
	return openOver(t, uitest.Demo(t), at, 120, 37)
}

func openOver(t *testing.T, p *uitest.FakePortal, at pane.Place, w, h int) scene {
	t.Helper()
	s := uitest.Session(t, p)
	return scene{uitest.NewStage(t, catalogpane.New(s), s.Theme, at, w, h), p, s}
}

// files is a small catalog of components with the names given.
func files(names ...string) fstest.MapFS {
	var b strings.Builder
	for _, n := range names {
		b.WriteString("---\napiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: " + n + "}\nspec: {type: service, lifecycle: production, owner: team-a}\n")
	}
	return fstest.MapFS{"catalog-info.yaml": {Data: []byte(b.String())}}
}

// wants fails unless the frame holds each of the texts.
func (s scene) wants(t *testing.T, texts ...string) {
	t.Helper()
	frame := s.Text()
	for _, want := range texts {
		if !strings.Contains(frame, want) {
			t.Errorf("the frame does not say %q:\n%s", want, frame)
		}
	}
}

// lacks fails where the frame holds one of the texts.
func (s scene) lacks(t *testing.T, texts ...string) {
	t.Helper()
	frame := s.Text()
	for _, no := range texts {
		if strings.Contains(frame, no) {
			t.Errorf("the frame says %q:\n%s", no, frame)
		}
	}
}

func (s scene) place() pane.Place { return s.Pane.Place() }

func TestEachKeystrokeNarrowsTheList(t *testing.T) {
	t.Parallel()
	s := open(t, pane.Place{})
	all := s.Pane.Status()
	s.Do("filter")
	if !s.Pane.Capturing() {
		t.Fatal("the filter does not take keys")
	}
	s.Type("refwrk")
	s.wants(t, "/ refwrk", "refunds-worker")
	if s.Pane.Status() == all || s.place().Row != "component:default/refunds-worker" {
		t.Errorf("status %q, row %q", s.Pane.Status(), s.place().Row)
	}
	s.Press("backspace", "backspace", "backspace", "backspace", "backspace", "backspace")
	if got := s.Pane.Status(); got != all {
		t.Errorf("status %q with an empty filter; want %q", got, all)
	}
}

func TestEnterAndEscKeepTheFilterAndALaterEscClearsIt(t *testing.T) {
	t.Parallel()
	for _, leave := range []string{"enter", "esc"} {
		s := open(t, pane.Place{})
		s.Do("filter")
		s.Type("ledger")
		row := s.place().Row
		s.Press(leave)
		if s.Pane.Capturing() || s.place().Query != "ledger" {
			t.Fatalf("after %s the filter is %q, capturing %v", leave, s.place().Query, s.Pane.Capturing())
		}
		s.Do("leave")
		if s.place().Query != "" || s.place().Row != row {
			t.Errorf("esc left the filter %q and the row %q; want none and %q", s.place().Query, s.place().Row, row)
		}
		if _, ok := s.Binding("leave"); ok {
			t.Error("esc still belongs to the pane when there is nothing left to clear")
		}
	}
}

func TestArrowsMoveInTheListWhileTyping(t *testing.T) {
	t.Parallel()
	s := open(t, pane.Place{Query: "kind:component"})
	s.Do("filter")
	first := s.place().Row
	s.Press("down")
	if s.place().Row == first || !s.Pane.Capturing() {
		t.Errorf("row %q, capturing %v", s.place().Row, s.Pane.Capturing())
	}
	s.Press("up")
	if s.place().Row != first {
		t.Errorf("row %q; want %q", s.place().Row, first)
	}
}

func TestPastedTextGoesIntoTheFilter(t *testing.T) {
	t.Parallel()
	s := open(t, pane.Place{})
	s.Send(tea.PasteMsg{Content: "not now"})
	if s.place().Query != "" {
		t.Fatal("a paste went into a filter that nobody is typing")
	}
	s.Do("filter")
	s.Send(tea.PasteMsg{Content: "kind:api\n"})
	if got := s.place().Query; got != "kind:api " {
		t.Errorf("the filter is %q", got)
	}
}

func TestABadFilterSaysWhereAndKeepsTheRows(t *testing.T) {
	t.Parallel()
	s := open(t, pane.Place{Query: "kind:component"})
	good := s.Pane.Status()
	s.Do("filter")
	s.Send(tea.PasteMsg{Content: " ownr:me"})
	s.wants(t, "ownr", "owner")
	if !strings.Contains(strings.Split(s.Text(), "\n")[1], "^") && !strings.Contains(s.Text(), "▲") {
		t.Errorf("nothing points at the fault:\n%s", s.Text())
	}
	if s.Pane.Status() != good {
		t.Errorf("status %q; want the last good one, %q", s.Pane.Status(), good)
	}
	s.Resize(40, 9)
	s.wants(t, "ownr")
}

func TestOpenAndOwnerGoThere(t *testing.T) {
	t.Parallel()
	s := open(t, pane.Place{Query: "payments-api kind:component"})
	s.Do("open")
	if got, _ := uitest.Last[pane.GoMsg](s.Stage); got.Place != (pane.Place{Pane: pane.Entity, Ref: "component:default/payments-api"}) {
		t.Errorf("open went to %+v", got.Place)
	}
	s.Do("owner")
	if got, _ := uitest.Last[pane.GoMsg](s.Stage); got.Place != (pane.Place{Pane: pane.Entity, Ref: "group:default/team-payments"}) {
		t.Errorf("owner went to %+v", got.Place)
	}
}

func TestTheCursorStaysOnItsEntityWhenTheCatalogChanges(t *testing.T) {
	t.Parallel()
	s := openOver(t, uitest.Load(t, files("b", "d", "f")), pane.Place{}, 80, 21)
	s.Do("down")
	s.portal.Replace(uitest.Load(t, files("a", "b", "c", "d", "e", "f")))
	s.Send(pane.ViewMsg{})
	if got := s.place(); got.Row != "component:default/d" || got.Cursor != 3 {
		t.Errorf("the cursor is on %q, row %d; want d, row 3", got.Row, got.Cursor)
	}
	s.portal.Replace(uitest.Load(t, files("a", "b", "c", "e", "f")))
	s.Send(pane.ViewMsg{})
	if got := s.place(); got.Row != "component:default/e" {
		t.Errorf("when d is gone the cursor is on %q; want its neighbour e", got.Row)
	}
	s.portal.Replace(uitest.Load(t, files("a")))
	s.Send(pane.ViewMsg{})
	if got := s.place(); got.Row != "component:default/a" {
		t.Errorf("the cursor is on %q; want the last row there is", got.Row)
	}
}

func TestStarAndCopyActOnTheMarkedRows(t *testing.T) {
	t.Parallel()
	s := openOver(t, uitest.Load(t, files("a", "b", "c")), pane.Place{}, 80, 21)
	s.session.Actor.User = "user:default/alice"
	s.Do("mark")
	s.Do("mark")
	s.wants(t, "2 marked")
	s.Do("copy")
	if got, _ := uitest.Last[pane.CopyMsg](s.Stage); got.Text != "component:default/a\ncomponent:default/b" || got.What != "2 references" {
		t.Errorf("copied %+v", got)
	}
	s.Do("star")
	stars, err := s.portal.Stars(t.Context(), "")
	if diff := cmp.Diff([]string{"component:default/b", "component:default/a"}, stars); err != nil || diff != "" {
		t.Errorf("stars (-want +got):\n%s%v", diff, err)
	}
	s.Do("leave")
	if strings.Contains(s.Text(), "marked") {
		t.Error("esc left the marks")
	}
	s.Do("copy")
	if got, _ := uitest.Last[pane.CopyMsg](s.Stage); got.Text != "component:default/c" {
		t.Errorf("without marks copied %+v", got)
	}
}

func TestAMarkThatTheFilterHidesStillCounts(t *testing.T) {
	t.Parallel()
	s := openOver(t, uitest.Load(t, files("aa", "bb", "cc")), pane.Place{}, 80, 21)
	s.Do("bottom", "mark", "filter")
	s.Type("bb")
	s.Press("enter")
	s.Do("mark", "copy")
	if got, _ := uitest.Last[pane.CopyMsg](s.Stage); got.Text != "component:default/bb\ncomponent:default/cc" {
		t.Errorf("copied %+v", got)
	}
}

func TestAStarIsShownInTheListAtOnceAndTakenBackWhenItCannotBeKept(t *testing.T) {
	t.Parallel()
	s := open(t, pane.Place{Query: "kind:component payments-api"})
	s.Do("star")
	s.wants(t, "★")
	s.portal.Fail(errors.New("the disk is full"))
	s.Do("star")
	if toast, _ := uitest.Last[pane.ToastMsg](s.Stage); !toast.Bad || !strings.Contains(toast.Text, "the disk is full") {
		t.Errorf("toast %+v", toast)
	}
	if !s.session.Starred["component:default/payments-api"] {
		t.Error("the star is gone although it is still kept")
	}
}

func TestStarsThatComeLaterAreFound(t *testing.T) {
	t.Parallel()
	s := open(t, pane.Place{Query: "is:starred"})
	s.wants(t, "Nothing matches")
	s.session.Starred["component:default/ledger"] = true
	s.Send(pane.ViewMsg{})
	s.wants(t, "★ ledger")
}

func TestNobodyInParticularHasStarsToo(t *testing.T) {
	t.Parallel()
	s := open(t, pane.Place{})
	s.session.Actor = access.Actor{}
	s.Do("star")
	if len(s.Refused) != 0 || len(s.session.Starred) == 0 {
		t.Errorf("refused with %q, starred %v", s.Refused, s.session.Starred)
	}
}

func TestAHalfTypedValueKeepsTheListAndIsWrittenOut(t *testing.T) {
	t.Parallel()
	s := open(t, pane.Place{})
	s.Do("filter")
	s.Type("kind:compon")
	s.wants(t, "payments-api")
	s.Type("e")
	s.wants(t, "payments-api")
	s.Press("enter")
	if got := s.place().Query; got != "kind:compone*" {
		t.Errorf("the filter is %q, which does not say what is on screen", got)
	}
}

func TestFacetsEditTheFilterAndStayOpen(t *testing.T) {
	t.Parallel()
	s := open(t, pane.Place{})
	s.Do("facets")
	if !strings.Contains(s.Dialog(), "kind") {
		t.Fatalf("no facets:\n%s", s.Dialog())
	}
	s.Type("resource")
	s.Press("enter")
	if got := s.place().Query; got != "kind:resource" {
		t.Errorf("the filter is %q; want kind:resource", got)
	}
	if s.Overlay == nil || !strings.Contains(s.Dialog(), "✓") {
		t.Errorf("the dialog closed or shows no check mark:\n%s", s.Dialog())
	}
	s.Press("enter")
	if got := s.place().Query; got != "" {
		t.Errorf("choosing again left the filter %q", got)
	}
	s.Press("esc")
	if s.Overlay != nil {
		t.Error("esc left the dialog open")
	}
}

func TestSavedViewsOfTheConfigurationComeFirst(t *testing.T) {
	t.Parallel()
	p := uitest.Demo(t)
	session := uitest.Session(t, p)
	session.Views = []pane.SavedView{{Name: "Our APIs", Query: "kind:api owner:me", Sort: "-name", Columns: []string{"name", "lifecycle"}}}
	s := scene{uitest.NewStage(t, catalogpane.New(session), session.Theme, pane.Place{}, 120, 37), p, session}
	s.Do("views")
	s.Press("enter")
	if got := s.place(); got.Query != "kind:api owner:me" || got.Sort != "-name" {
		t.Errorf("the view leads to %+v", got)
	}
	head := strings.Split(s.Text(), "\n")[2]
	if !strings.Contains(head, "name ↓") || !strings.Contains(head, "lifecycle") || strings.Contains(head, "owner") {
		t.Errorf("columns: %q", head)
	}
	s.wants(t, "Our APIs")
}

func TestEveryBuiltInViewCanBeRead(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"All", "Services", "APIs", "Mine", "Starred", "Teams", "People", "Missing an owner"} {
		s := open(t, pane.Place{})
		s.Do("views")
		s.Type(name)
		s.Press("enter")
		if s.Overlay != nil || strings.Contains(s.Text(), "▲") {
			t.Errorf("view %s:\n%s", name, s.Text())
		}
		// The demo company stars nothing, and what must have an owner there has one.
		if name != "Starred" && name != "Missing an owner" && s.place().Row == "" {
			t.Errorf("view %s is empty", name)
		}
	}
}

func TestAnEntityWithoutAnOwnerIsFoundAndSaidToHaveNone(t *testing.T) {
	t.Parallel()
	s := openOver(t, uitest.Load(t, fstest.MapFS{"x.yaml": {Data: []byte(`apiVersion: backstage.io/v1alpha1
kind: Widget
metadata: {name: lonely}
spec: {type: thing}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: bo}
spec: {memberOf: []}
`)}}), pane.Place{}, 120, 37)
	s.Do("views")
	s.Type("missing")
	s.Press("enter")
	s.wants(t, "lonely", "no owner", "Missing an owner")
	if s.Pane.Status() != "1 of 2" {
		t.Errorf("status %q; a person needs no owner", s.Pane.Status())
	}
}

func TestSortingAgainTurnsTheOrderRound(t *testing.T) {
	t.Parallel()
	s := openOver(t, uitest.Load(t, files("a", "b", "c")), pane.Place{}, 80, 21)
	s.Do("sort")
	s.Type("name")
	s.Press("enter")
	if got := s.place(); got.Sort != "name" || got.Row != "component:default/a" {
		t.Fatalf("sorted: %+v", got)
	}
	s.Do("sort")
	s.Press("enter")
	if got := s.place(); got.Sort != "-name" || got.Row != "component:default/c" {
		t.Errorf("sorted again: %+v", got)
	}
	s.wants(t, "name ↓")
}

func TestRunningDownTheListReadsOnlyWhereItStops(t *testing.T) {
	t.Parallel()
	s := openOver(t, uitest.Load(t, files("a", "b", "c", "d")), pane.Place{}, 120, 37)
	before := len(s.portal.Reads())
	var waiting []tea.Cmd
	for range 3 {
		b, _ := s.Binding("down")
		waiting = append(waiting, b.Run())
	}
	uitest.Settle(t, s.Pane.Update, tea.Batch(waiting...))
	reads := s.portal.Reads()[before:]
	if len(reads) == 0 || reads[0] != "component:default/d" {
		t.Errorf("read %v; want d first", reads)
	}
	for _, r := range reads {
		if r == "component:default/b" || r == "component:default/c" {
			t.Errorf("%s was read on the way", r)
		}
	}
	before = len(s.portal.Reads())
	s.Do("up", "down")
	for _, r := range s.portal.Reads()[before:] {
		if r == "component:default/d" {
			t.Error("d was read again although nothing has changed")
		}
	}
}

func TestThePreviewShowsWhatTheRowKnowsBeforeTheRecordIsRead(t *testing.T) {
	t.Parallel()
	p := uitest.Demo(t)
	session := uitest.Session(t, p)
	c := catalogpane.New(session)
	c.Update(pane.SizeMsg{W: 120, H: 37})
	cmd := c.Restore(pane.Place{Query: "kind:component payments-api"})
	frame := uitest.Plain(c.View(120, 37))
	for _, want := range []string{"payments-api", "component · service", "team-payments", "Reading the rest…"} {
		if !strings.Contains(frame, want) {
			t.Errorf("before the record the preview does not say %q:\n%s", want, frame)
		}
	}
	uitest.Settle(t, c.Update, cmd)
	frame = uitest.Plain(c.View(120, 37))
	for _, want := range []string{"#payments", "Depends on", "Dashboard", "synced 40 s ago"} {
		if !strings.Contains(frame, want) {
			t.Errorf("after the record the preview does not say %q:\n%s", want, frame)
		}
	}
}

func TestARecordThatCannotBeReadIsSaidAndTriedAgain(t *testing.T) {
	t.Parallel()
	p := uitest.Load(t, files("a", "b"))
	p.Fail(errors.New("the cache is locked"))
	s := openWithout(t, p)
	s.wants(t, "the cache is locked")
	p.Fail(nil)
	s.Do("down", "up")
	if strings.Contains(s.Text(), "the cache is locked") {
		t.Errorf("the fault is still there:\n%s", s.Text())
	}
}

// openWithout is a scene whose session was made before the portal failed.
func openWithout(t *testing.T, p *uitest.FakePortal) scene {
	t.Helper()
	keys, _ := kit.NewKeymap(nil)
	s := uitest.Session(t, uitest.Load(t, files("a")))
	s.Portal, s.Keys = p, keys
	return scene{uitest.NewStage(t, catalogpane.New(s), s.Theme, pane.Place{}, 120, 37), p, s}
}

func TestZoomShowsThePreviewAlone(t *testing.T) {
	t.Parallel()
	s := open(t, pane.Place{Query: "kind:component payments-api"})
	s.Resize(45, 13)
	if strings.Contains(s.Text(), "Depends on") {
		t.Fatalf("there is a preview on a phone:\n%s", s.Text())
	}
	s.Do("zoom")
	s.wants(t, "Owner", "team-payments")
	s.Do("bottom")
	s.wants(t, "services/payments-api/catalog-info.yaml")
	s.Do("leave")
	s.wants(t, "/ kind:component")
}

func TestFocusMovesInThePreview(t *testing.T) {
	t.Parallel()
	s := open(t, pane.Place{Query: "kind:component", Row: "component:default/payments-api"})
	s.Resize(120, 12)
	row := s.place().Row
	before := s.Text()
	s.Do("focus", "down", "down")
	if s.place().Row != row || s.Text() == before {
		t.Error("the keys moved in the list, or nothing moved")
	}
	s.Do("leave", "down")
	if s.place().Row == row {
		t.Error("the keys are still the preview's")
	}
}

func TestAPlaceIsRestoredWhole(t *testing.T) {
	t.Parallel()
	s := openOver(t, uitest.Demo(t), pane.Place{Query: "kind:component,resource"}, 80, 12)
	s.Do("sort")
	s.Type("owner")
	s.Press("enter")
	s.Do("half-down", "half-down", "up", "up")
	want, frame := s.place(), s.Text()
	s.Send(pane.SizeMsg{W: 80, H: 12})
	again := openOver(t, uitest.Demo(t), want, 80, 12)
	if diff := cmp.Diff(want, again.place()); diff != "" {
		t.Errorf("place (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(frame, again.Text()); diff != "" {
		t.Errorf("frame (-want +got):\n%s", diff)
	}
}

func TestClicksSelectOpenAndSort(t *testing.T) {
	t.Parallel()
	s := openOver(t, uitest.Load(t, files("a", "b", "c")), pane.Place{}, 80, 21)
	click := func(x, y int) { s.Send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}) }
	click(5, 4)
	if got := s.place().Row; got != "component:default/b" {
		t.Fatalf("the click selected %q", got)
	}
	click(5, 4)
	if got, _ := uitest.Last[pane.GoMsg](s.Stage); got.Place.Ref != "component:default/b" {
		t.Errorf("the second click went to %+v", got)
	}
	click(4, 2)
	if got := s.place().Sort; got != "name" {
		t.Errorf("a click on the title sorts by %q", got)
	}
	click(10, 0)
	if !s.Pane.Capturing() {
		t.Error("a click on the filter does not start typing")
	}
	click(5, 15)
	if got := s.place().Row; got != "component:default/a" && got != "component:default/b" {
		t.Errorf("a click below the rows selected %q", got)
	}
}

func TestAnEmptyListSaysWhatToDo(t *testing.T) {
	t.Parallel()
	empty := func(sources ...pane.Source) *uitest.FakePortal {
		p := uitest.Load(t, fstest.MapFS{})
		p.SourceList = sources
		return p
	}
	for _, tc := range []struct {
		name   string
		portal *uitest.FakePortal
		query  string
		want   []string
	}{
		{"no source", empty(), "", []string{"no catalog yet", "--catalog", "remembered", "sources: in the configuration", "idptui sync", "idptui demo"}},
		{"first sync", empty(pane.Source{Name: "shop", State: "syncing"}), "", []string{"Reading shop"}},
		{"failed", empty(pane.Source{Name: "shop", State: "failed", Error: "no such folder"}), "", []string{"shop: no such folder", "r tries again"}},
		{"nothing in it", empty(pane.Source{Name: "shop", State: "ok"}), "", []string{"no entity in shop"}},
		{"no match", uitest.Demo(t), "kind:component zzzzzz", []string{"Nothing matches", "esc clears the filter"}},
	} {
		s := openOver(t, tc.portal, pane.Place{Query: tc.query}, 100, 20)
		t.Log(tc.name)
		s.wants(t, tc.want...)
	}
}

func TestWhoeverIsNobodyIsToldHowToBeSomebody(t *testing.T) {
	t.Parallel()
	p := uitest.Demo(t)
	session := uitest.Session(t, p)
	session.Actor = access.Actor{}
	s := scene{uitest.NewStage(t, catalogpane.New(session), session.Theme, pane.Place{Query: "owner:me"}, 100, 20), p, session}
	s.wants(t, "not known who you are", "user:")
}

func TestAnUnknownValueIsAnsweredWithTheNearest(t *testing.T) {
	t.Parallel()
	s := open(t, pane.Place{Query: "kind:componet"})
	s.wants(t, "Nothing matches", "component")
}

func TestWhatNobodyKnowsIsNotSaidToMatchNothing(t *testing.T) {
	t.Parallel()
	s := open(t, pane.Place{Query: "health:down"})
	s.wants(t, "This filter cannot be answered.", "Nothing is known of health yet.")
	if strings.Contains(s.Text(), "Nothing matches") {
		t.Error(s.Text())
	}
}

func TestTheTerminalsCursorIsWhereTheWorkIs(t *testing.T) {
	t.Parallel()
	s := open(t, pane.Place{Query: "kind:api"})
	if at, ok := s.Pane.Cursor(); !ok || at != (tea.Position{X: 0, Y: 3}) {
		t.Errorf("on the list the cursor is at %+v, %v", at, ok)
	}
	s.Do("filter")
	if at, ok := s.Pane.Cursor(); !ok || at != (tea.Position{X: 3 + len("kind:api"), Y: 0}) {
		t.Errorf("in the filter the cursor is at %+v, %v", at, ok)
	}
}

func TestEveryActionIsOfTheTable(t *testing.T) {
	t.Parallel()
	s := open(t, pane.Place{})
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
