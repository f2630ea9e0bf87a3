package problems_test

import (
	"errors"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/pane/problems"
	"github.com/idptui/idptui/internal/ui/uitest"
)

const paymentsAPI = "component:default/payments-api"

// some are problems of all sorts, in no order.
func some() []catalog.Problem {
	return []catalog.Problem{
		{Severity: catalog.Note, Class: catalog.ClassTrust, Source: "shop", Path: "users.yaml", Line: 4, Message: "a User is not taken from this source"},
		{Severity: catalog.Warning, Class: catalog.ClassMetadata, Source: "shop", Path: "b.yaml", Line: 9, Field: "metadata.tags", Ref: paymentsAPI, Message: "a tag is twice there", Hint: "take one of the two away"},
		{Severity: catalog.Error, Class: catalog.ClassYAML, Source: "shop", Path: "z.yaml", Line: 1, Column: 7, Message: "a colon stands where no key can be", Hint: "put the value in quotes"},
		{Severity: catalog.Error, Class: catalog.ClassSource, Source: "github", Message: "the host did not answer"},
		{Severity: catalog.Error, Class: catalog.ClassSpec, Source: "shop", Path: "a/" + strings.Repeat("very/", 20) + "deep.yaml", Line: 2, Message: strings.Repeat("it is long to tell ", 12)},
	}
}

func stage(t *testing.T, list []catalog.Problem, w, h int) (*uitest.Stage, *uitest.FakePortal) {
	t.Helper()
	p := uitest.Demo(t)
	p.ProblemList = list
	s := uitest.Session(t, p)
	s.Notices = []catalog.Problem{{Severity: catalog.Warning, Class: "keys", Source: "configuration", Message: "a key was not taken"}}
	return uitest.NewStage(t, problems.New(s), s.Theme, pane.Place{Pane: pane.Errors}, w, h), p
}

func TestErrorsComeFirstAndWhatWasLeftOutOnRequest(t *testing.T) {
	t.Parallel()
	s, _ := stage(t, some(), 120, 37)
	want := []string{"github", "deep.yaml:2", "z.yaml:1:7", "a key was not taken", "b.yaml:9", "users.yaml"}
	rows := strings.Split(s.Text(), "\n")[1:7]
	for i, w := range want[:5] {
		if !strings.Contains(rows[i], w) {
			t.Errorf("row %d is %q; want %s", i, rows[i], w)
		}
	}
	if strings.Contains(s.Text(), "users.yaml") || s.Pane.Status() != "3 errors  2 warnings  1 left out" {
		t.Errorf("the status is %q:\n%s", s.Pane.Status(), s.Text())
	}
	s.Do("facets")
	if row := strings.Split(s.Text(), "\n")[6]; !strings.Contains(row, "users.yaml") {
		t.Errorf("what was left out is not there: %q", row)
	}
	s.Do("bottom", "facets")
	if strings.Contains(s.Text(), "users.yaml") || s.Pane.Place().Cursor != 4 {
		t.Errorf("it is still there, the cursor on %d", s.Pane.Place().Cursor)
	}
}

func TestTheProblemUnderTheCursorIsToldInFull(t *testing.T) {
	t.Parallel()
	s, _ := stage(t, some(), 80, 21)
	s.Do("down", "down", "down", "down")
	for _, want := range []string{"warning, metadata  b.yaml:9", "a tag is twice there (metadata.tags)", "→ take one of the two away", "About " + paymentsAPI, "Source shop"} {
		if !strings.Contains(s.Text(), want) {
			t.Errorf("%q is not there:\n%s", want, s.Text())
		}
	}
	// Where there is no room for all of it, the whole box is.
	s.Resize(40, 9)
	s.Do("top", "down", "zoom")
	if n := strings.Count(strings.Join(strings.Fields(s.Text()), " "), "it is long to tell"); n < 11 {
		t.Errorf("the message is there %d times of 12:\n%s", n, s.Text())
	}
	if _, ok := s.Pane.Cursor(); ok {
		t.Error("there is a cursor where there is no list")
	}
	s.Do("leave")
	if !strings.Contains(s.Text(), "what is wrong") {
		t.Errorf("the list is not back:\n%s", s.Text())
	}
}

func TestWhatItIsAboutOpensWhereItIsInTheCatalog(t *testing.T) {
	t.Parallel()
	s, _ := stage(t, some(), 80, 21)
	s.Do("open")
	if diff := cmp.Diff([]string{"This one is about a file, not about an entity."}, s.Refused); diff != "" {
		t.Error(diff)
	}
	s.Do("down", "down", "down", "down", "open")
	if m, ok := uitest.Last[pane.GoMsg](s); !ok || m.Place.Ref != paymentsAPI {
		t.Errorf("it went to %+v", m)
	}
	s.Do("copy")
	if m, ok := uitest.Last[pane.CopyMsg](s); !ok || m.Text != "b.yaml:9" {
		t.Errorf("copied %+v", m)
	}
}

func TestAnEmptyListSaysSo(t *testing.T) {
	t.Parallel()
	p := uitest.Demo(t)
	p.ProblemList = nil
	session := uitest.Session(t, p)
	s := uitest.NewStage(t, problems.New(session), session.Theme, pane.Place{}, 60, 20)
	if !strings.Contains(s.Text(), "No errors and no warnings.") {
		t.Error(s.Text())
	}
	s.Do("open", "copy", "zoom", "down", "bottom")
	if diff := cmp.Diff([]string{"The list is empty.", "The list is empty.", "The list is empty."}, s.Refused); diff != "" {
		t.Error(diff)
	}
	p.ProblemList = some()[:1]
	s.Send(pane.ViewMsg{})
	if text := strings.Join(strings.Fields(s.Text()), " "); !strings.Contains(text, "1 left out on purpose") || !strings.Contains(text, "f lists them") {
		t.Error(s.Text())
	}
}

func TestWithoutASourceNothingIsSaidToBeAccepted(t *testing.T) {
	t.Parallel()
	p := uitest.Demo(t)
	p.ProblemList = nil
	session := uitest.Session(t, p)
	session.Config = "/home/alice/.config/idptui/config.yaml"
	s := uitest.NewStage(t, problems.New(session), session.Theme, pane.Place{}, 60, 20)
	s.Send(pane.SourcesMsg{})
	text := strings.Join(strings.Fields(s.Text()), " ")
	for _, want := range []string{"There is no source yet", "idptui --catalog FOLDER", session.Config} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q:\n%s", want, s.Text())
		}
	}
	if strings.Contains(text, "accepted") {
		t.Errorf("it says that all is accepted:\n%s", s.Text())
	}
	s.Send(pane.SourcesMsg{Sources: []pane.Source{{Name: "a"}}})
	if !strings.Contains(s.Text(), "accepted") {
		t.Errorf("with a source it does not:\n%s", s.Text())
	}
}

func TestTheCursorStaysOnItsProblemWhenTheListIsReadAnew(t *testing.T) {
	t.Parallel()
	s, p := stage(t, some(), 80, 21)
	s.Do("down", "down")
	p.ProblemList = append([]catalog.Problem{{Severity: catalog.Error, Source: "a", Path: "new.yaml", Message: "new"}}, some()...)
	s.Send(pane.ViewMsg{})
	if at := s.Pane.Place().Cursor; at != 3 {
		t.Errorf("the cursor is on %d:\n%s", at, s.Text())
	}
	p.Fail(errors.New("the disk\x1b[2J is gone"))
	s.Send(pane.ViewMsg{})
	if m, ok := uitest.Last[pane.ToastMsg](s); !ok || !m.Bad || !strings.Contains(m.Text, "the disk^[[2J is gone") {
		t.Errorf("it says %+v", m)
	}
	if !strings.Contains(s.Text(), "new.yaml") {
		t.Errorf("what was read is gone:\n%s", s.Text())
	}
}

func TestAPlaceIsRestoredBeforeAndAfterTheListIsThere(t *testing.T) {
	t.Parallel()
	p := uitest.Demo(t)
	for range 30 {
		p.ProblemList = append(p.ProblemList, some()...)
	}
	session := uitest.Session(t, p)
	want := pane.Place{Pane: pane.Errors, Query: "all", Cursor: 100, Top: 95}
	fresh := problems.New(session)
	fresh.Update(pane.SizeMsg{W: 80, H: 21})
	cmd := fresh.Restore(want)
	if got := fresh.Place(); got != want {
		t.Errorf("on its way it is at %+v", got)
	}
	uitest.Settle(t, fresh.Update, cmd)
	if got := fresh.Place(); got != want {
		t.Errorf("it is at %+v; want %+v", got, want)
	}
	uitest.Settle(t, fresh.Update, fresh.Restore(pane.Place{Pane: pane.Errors, Zoom: true, Cursor: 3}))
	uitest.Settle(t, fresh.Update, fresh.Restore(want))
	if got := fresh.Place(); got != want {
		t.Errorf("back again it is at %+v; want %+v", got, want)
	}
}

func TestAFailureAtFirstIsSaidInItsPlace(t *testing.T) {
	t.Parallel()
	p := uitest.Demo(t)
	session := uitest.Session(t, p)
	p.Fail(errors.New("no such file"))
	s := uitest.NewStage(t, problems.New(session), session.Theme, pane.Place{}, 60, 20)
	if !strings.Contains(s.Text(), "The errors cannot be read: no such file") || s.Pane.Status() != "" {
		t.Error(s.Text())
	}
}

func TestEveryStateFillsItsBoxExactly(t *testing.T) {
	t.Parallel()
	wide := append(some(), catalog.Problem{
		Severity: catalog.Error, Class: "漢字", Source: strings.Repeat("長い", 20), Path: strings.Repeat("道/", 60) + "終.yaml", Line: 1 << 30,
		Message: "⚠️ " + strings.Repeat("説明", 80), Hint: strings.Repeat("👩‍👩‍👧 ", 40), Ref: strings.Repeat("r", 300), Field: strings.Repeat("f.", 100),
	})
	for name, state := range map[string]struct {
		list []catalog.Problem
		keys []string
	}{"list": {wide, []string{"G", "f"}}, "one": {wide, []string{"j", "z"}}, "empty": {nil, nil}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := stage(t, state.list, 120, 37)
			s.Press(state.keys...)
			uitest.CheckSizes(t, func(w, h int) string {
				s.Pane.Update(pane.SizeMsg{W: w, H: h})
				return s.Pane.View(w, h)
			})
		})
	}
}

func TestAResultThatIsOutOfDateIsDropped(t *testing.T) {
	t.Parallel()
	p := uitest.Demo(t)
	p.ProblemList = some()
	session := uitest.Session(t, p)
	pn := problems.New(session)
	pn.Update(pane.SizeMsg{W: 80, H: 21})
	first := pn.Restore(pane.Place{})
	old := first()
	second := pn.Restore(pane.Place{})
	p.ProblemList = nil
	newer := second()
	for _, msg := range []tea.Msg{newer, old} {
		pn.Update(msg)
	}
	if got := pn.Status(); got != "0 errors  0 warnings  0 left out" {
		t.Errorf("the status is %q", got)
	}
}
