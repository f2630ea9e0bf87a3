package health_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/pane/health"
	"github.com/idptui/idptui/internal/ui/uitest"
)

func sources() []pane.Source {
	now := uitest.Now()
	return []pane.Source{
		{Name: "shop", Kind: "folder", Location: "/srv/shop", State: "ok", LastSync: now.Add(-40 * time.Second), LastAttempt: now.Add(-40 * time.Second), Files: 64, Entities: 12345, Skeletons: 1, Untrusted: 3, Conflicts: 2, Errors: 4, Took: 1234567 * time.Microsecond},
		{Name: "github", Kind: "git", Location: "https://example.com/" + strings.Repeat("long/", 30) + "end.git", State: "failed", LastSync: now.Add(-50 * time.Hour), LastAttempt: now, Error: "the host did not answer within 20 s; what it held stays"},
		{Name: "new one", State: "new"},
		{Name: "old one", State: "stale", LastSync: now},
		{Name: "now", State: "syncing"},
	}
}

func stage(t *testing.T, list []pane.Source, w, h int) *uitest.Stage {
	t.Helper()
	session := uitest.Session(t, uitest.Demo(t))
	s := uitest.NewStage(t, health.New(session), session.Theme, pane.Place{Pane: pane.Health}, w, h)
	s.Send(pane.SourcesMsg{Sources: list})
	return s
}

func TestEachSourceHasItsStateCountsAndAge(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		w    int
		want string // the first row, its blanks shrunk
	}{
		{40, "● shop ok 12 345"},
		{60, "● shop ok 12 345 4 40 s"},
		{80, "● shop ok 12 345 4 40 s 3 64"},
	} {
		s := stage(t, sources(), tc.w, 21)
		if row := strings.Join(strings.Fields(strings.Split(s.Text(), "\n")[1]), " "); row != tc.want {
			t.Errorf("at %d the row is %q; want %q", tc.w, row, tc.want)
		}
	}
	s := stage(t, sources(), 80, 21)
	for _, want := range []string{"3 for lack of trust", "1 skeleton, 2 lost conflicts", "40 s ago, took 1.235s", "folder /srv/shop"} {
		if !strings.Contains(s.Text(), want) {
			t.Errorf("%q is not there:\n%s", want, s.Text())
		}
	}
	if s.Pane.Status() != "5 sources" {
		t.Errorf("the status is %q", s.Pane.Status())
	}
}

func TestAFailureIsToldFirst(t *testing.T) {
	t.Parallel()
	s := stage(t, sources(), 60, 14)
	s.Do("down")
	lines := strings.Split(s.Text(), "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, "───") {
			if !strings.Contains(lines[i+1], "the host did not answer within 20 s") {
				t.Errorf("after the rule comes %q", lines[i+1])
			}
			break
		}
	}
	for _, want := range []string{"Last try  now", "end.git", "✕  github"} {
		if !strings.Contains(s.Text(), want) {
			t.Errorf("%q is not there:\n%s", want, s.Text())
		}
	}
	s.Do("down")
	if !strings.Contains(s.Text(), "Synced    never") {
		t.Error(s.Text())
	}
}

func TestASourceOpensWhatItBrought(t *testing.T) {
	t.Parallel()
	s := stage(t, sources(), 80, 21)
	s.Do("down", "down", "open")
	if m, ok := uitest.Last[pane.GoMsg](s); !ok || m.Place.Pane != pane.Catalog || m.Place.Query != `source:"new one"` {
		t.Errorf("it went to %+v", m)
	}
	s.Do("top", "copy")
	if m, ok := uitest.Last[pane.CopyMsg](s); !ok || m.Text != "/srv/shop" {
		t.Errorf("copied %+v", m)
	}
	s.Do("refresh")
	if _, ok := uitest.Last[pane.SyncMsg](s); !ok {
		t.Error("no sync was asked for")
	}
}

func TestClicksSelectAndThenOpen(t *testing.T) {
	t.Parallel()
	s := stage(t, sources(), 80, 21)
	click := func(y int) { s.Send(tea.MouseClickMsg{X: 4, Y: y, Button: tea.MouseLeft}) }
	click(4)
	if s.Pane.Place().Cursor != 3 {
		t.Errorf("the cursor is on %d", s.Pane.Place().Cursor)
	}
	click(0)
	click(19)
	s.Forget()
	click(4)
	if m, ok := uitest.Last[pane.GoMsg](s); !ok || !strings.Contains(m.Place.Query, "old one") {
		t.Errorf("it went to %+v", m)
	}
}

func TestWhatKindsLeaveOutIsNoLackOfTrust(t *testing.T) {
	t.Parallel()
	s := stage(t, []pane.Source{{Name: "shop", Untrusted: 3, Excluded: 2}}, 80, 21)
	if !strings.Contains(s.Text(), "3 for lack of trust, 2 by kinds:") {
		t.Errorf("%s", s.Text())
	}
}

func TestTheCursorStaysOnItsSource(t *testing.T) {
	t.Parallel()
	s := stage(t, sources(), 80, 21)
	s.Do("bottom")
	s.Send(pane.SourcesMsg{Sources: append([]pane.Source{{Name: "first"}}, sources()...)})
	if at := s.Pane.Place().Cursor; at != 5 {
		t.Errorf("the cursor is on %d", at)
	}
	s.Send(pane.SourcesMsg{Err: errors.New("gone")})
	if !strings.Contains(s.Text(), "first") {
		t.Errorf("what was known is gone:\n%s", s.Text())
	}
	if pos, ok := s.Pane.Cursor(); !ok || pos.Y != 1+s.Pane.Place().Cursor-s.Pane.Place().Top {
		t.Errorf("the terminal's cursor is at %v", pos)
	}
}

func TestAPlaceIsRestoredOnceTheListIsThere(t *testing.T) {
	t.Parallel()
	var many []pane.Source
	for i := range 60 {
		many = append(many, pane.Source{Name: fmt.Sprint("source-", i)})
	}
	session := uitest.Session(t, uitest.Demo(t))
	want := pane.Place{Pane: pane.Health, Cursor: 40, Top: 37}
	s := uitest.NewStage(t, health.New(session), session.Theme, want, 80, 21)
	if got := s.Pane.Place(); got != want || s.Pane.Status() != "" {
		t.Errorf("on its way it is at %+v", got)
	}
	s.Send(pane.SourcesMsg{Sources: many})
	if got := s.Pane.Place(); got != want {
		t.Errorf("it is at %+v; want %+v", got, want)
	}
}

func TestWithoutSourcesItSaysWhatToDo(t *testing.T) {
	t.Parallel()
	s := stage(t, nil, 60, 20)
	if !strings.Contains(s.Text(), "No source is set up.") || !strings.Contains(s.Text(), "--catalog") {
		t.Error(s.Text())
	}
	s.Do("open", "copy", "down")
	if len(s.Refused) != 2 || s.Refused[0] != "There is no source." {
		t.Errorf("refused %v", s.Refused)
	}
	session := uitest.Session(t, uitest.Demo(t))
	s = uitest.NewStage(t, health.New(session), session.Theme, pane.Place{}, 60, 20)
	if !strings.Contains(s.Text(), "Reading…") {
		t.Error(s.Text())
	}
	s.Send(pane.SourcesMsg{Err: errors.New("the disk\x1b[2J is gone")})
	if !strings.Contains(s.Text(), "The sources cannot be read: the disk") {
		t.Error(s.Text())
	}
}

func TestEveryStateFillsItsBoxExactly(t *testing.T) {
	t.Parallel()
	wide := append(sources(), pane.Source{
		Name: strings.Repeat("長い名", 20), Kind: "漢", Location: strings.Repeat("場所/", 50), State: "a state of its own", Error: strings.Repeat("⚠️ 説明 ", 60),
		Files: 1 << 40, Entities: 1 << 40, Errors: 1 << 40, Untrusted: 1 << 40, Skeletons: 1 << 40,
	})
	for name, list := range map[string][]pane.Source{"list": wide, "empty": nil} {
		for _, end := range []string{"top", "bottom"} {
			t.Run(name+"-"+end, func(t *testing.T) {
				t.Parallel()
				s := stage(t, list, 120, 37)
				s.Do(end)
				uitest.CheckSizes(t, func(w, h int) string {
					s.Pane.Update(pane.SizeMsg{W: w, H: h})
					return s.Pane.View(w, h)
				})
			})
		}
	}
}
