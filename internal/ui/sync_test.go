package ui

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/uitest"
)

func TestFreshnessSaysTheWorstFirst(t *testing.T) {
	t.Parallel()
	now := uitest.Now()
	ok := pane.Source{Name: "a", State: "ok", LastSync: now.Add(-3 * time.Minute)}
	for _, tc := range []struct {
		name        string
		sources     []pane.Source
		full, short string
		bad         bool
	}{
		{"none", nil, "no source", "no source", false},
		{"fresh", []pane.Source{{State: "ok", LastSync: now.Add(-40 * time.Second)}}, "● synced just now", "● now", false},
		{"the oldest counts", []pane.Source{ok, {State: "ok", LastSync: now.Add(-2 * time.Hour)}}, "● synced 2 h ago", "● 2 h", false},
		{"syncing", []pane.Source{ok, {State: "syncing", LastSync: now}}, "◐ syncing", "◐ syncing", false},
		{"failed", []pane.Source{{State: "failed"}, {State: "syncing"}, {State: "stale"}}, "✕ 1 source failed", "✕ 1 failed", true},
		{"stale", []pane.Source{ok, {State: "stale"}, {State: "stale"}}, "◌ 2 sources stale", "◌ 2 stale", true},
		{"new", []pane.Source{{State: "new"}}, "○ not synced yet", "○ new", false},
	} {
		p := uitest.Demo(t)
		p.SourceList = tc.sources
		f := open(t, options(t, p), 120, 40).m.freshness()
		if uitest.Plain(f.full) != tc.full || uitest.Plain(f.short) != tc.short || f.bad != tc.bad {
			t.Errorf("%s: %q, %q, %v", tc.name, uitest.Plain(f.full), uitest.Plain(f.short), f.bad)
		}
	}
}

func TestASyncIsFollowedToItsEnd(t *testing.T) {
	t.Parallel()
	p := uitest.Demo(t)
	s := open(t, options(t, p), 120, 40)
	s.press("r")
	if p.Syncs() != 1 {
		t.Fatalf("%d syncs were asked for", p.Syncs())
	}
	s.sees("· Syncing the sources.")
	p.SourceList[0].State = "syncing" // it begins a little later
	s.later(syncLook)
	s.sees("◐ syncing")
	s.press("H")
	s.sees("syncing")
	s.later(syncLook)
	s.sees("◐ syncing")

	// It finds nothing new, so that no newer View tells of its end.
	p.SourceList[0].State, p.SourceList[0].LastAttempt = "ok", uitest.Now().Add(time.Second)
	s.later(syncLook)
	s.missing("◐ syncing")
	for _, w := range s.waiting {
		if _, ok := w.msg.(lookMsg); ok {
			t.Error("it goes on looking")
		}
	}
}

func TestASyncThatNeverBeginsIsNotAwaitedForEver(t *testing.T) {
	t.Parallel()
	o := options(t, uitest.Demo(t))
	clock := uitest.Now()
	o.Now = func() time.Time { return clock }
	s := open(t, o, 120, 40)
	s.press("r")
	clock = clock.Add(askedFor + time.Second)
	s.later(syncLook)
	for _, w := range s.waiting {
		if _, ok := w.msg.(lookMsg); ok {
			t.Error("it goes on looking")
		}
	}
}

func TestAgesGrowOnceAMinute(t *testing.T) {
	t.Parallel()
	o := options(t, uitest.Demo(t))
	clock := uitest.Now()
	o.Now = func() time.Time { return clock }
	s := open(t, o, 120, 40)
	s.sees("synced just now")
	clock = clock.Add(5 * time.Minute)
	s.later(minute)
	s.sees("synced 5 min ago")
	n := 0
	for _, w := range s.waiting {
		if _, ok := w.msg.(minuteMsg); ok {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d minutes are awaited", n)
	}
}

func TestAFailureToReadLeavesWhatIsOnScreen(t *testing.T) {
	t.Parallel()
	p := uitest.Demo(t)
	s := open(t, options(t, p), 120, 40)
	s.press("H")
	p.Fail(errors.New("the disk\x1b[2J is gone"))
	s.press("r")
	s.sees("The state of the sources cannot be read: the disk", "shop", "● synced just now")
	s.press("E")
	s.sees("The errors cannot be read")
	p.Fail(nil)
	s.press("H", "E")
	s.sees("resources/buckets.yaml")
	p.Fail(errors.New("gone again"))
	s.send(viewMsg{})
	s.sees("resources/buckets.yaml", "gone again")
	s.frame()
}

func TestStarsThatCannotBeReadAreNotSilentlyNone(t *testing.T) {
	t.Parallel()
	p := uitest.Demo(t)
	o := options(t, p)
	p.Fail(errors.New("no such file"))
	open(t, o, 120, 40).sees("Stars cannot be read: no such file")
}

func TestStarsThatComeLaterAreInTheList(t *testing.T) {
	t.Parallel()
	p := uitest.Demo(t)
	if err := p.Star(t.Context(), "", paymentsAPI, true); err != nil {
		t.Fatal(err)
	}
	o := options(t, p)
	o.Start = pane.Place{Query: "is:starred"}
	s := open(t, o, 120, 40)
	s.sees("★ payments-api", "1 of 79")
	s.press("1")
	s.sees("★ payments-api")
}

func TestANewerViewReachesTheScreen(t *testing.T) {
	t.Parallel()
	p := uitest.Demo(t)
	p.Signals = make(chan struct{}, 1)
	o := options(t, p)
	p.Signals <- struct{}{}
	s := &screen{t: t, m: New(t.Context(), o)}
	if msg := s.m.watch()(); msg != (viewMsg{}) {
		t.Fatalf("a signal gave %v", msg)
	}
	close(p.Signals)
	if msg := s.m.watch()(); msg != nil {
		t.Fatalf("the end of the signals gave %v", msg)
	}

	s = open(t, options(t, uitest.Demo(t)), 120, 40)
	s.press("j", "j", "j")
	was := s.place()
	s.m.s.Portal.(*uitest.FakePortal).Replace(uitest.Load(t, plainDemo(t, func(path string) bool { return !strings.HasPrefix(path, "apps/") })))
	s.send(viewMsg{})
	if now := s.place(); now.Row != was.Row {
		t.Errorf("the cursor went from %s to %s", was.Row, now.Row)
	}
	if n := s.m.s.Portal.View().Len(); !strings.Contains(s.line(1), pane.Count(n)) {
		t.Errorf("the count is not of the newer view: %q; want %d", s.line(1), n)
	}
}

func TestWhatCameOfASyncIsSaidWhenEverySourceWasRead(t *testing.T) {
	t.Parallel()
	now := uitest.Now()
	after, before := now.Add(time.Second), now.Add(-time.Minute)
	for name, tc := range map[string]struct {
		ends []pane.Source
		says string
		not  string
	}{
		"changes": {[]pane.Source{
			{Name: "a", State: "ok", Outcome: pane.Outcome{Began: after, Added: 2, Changed: 1}},
			{Name: "b", State: "ok", Outcome: pane.Outcome{Began: after, Added: 1, Removed: 1200}},
		}, "✓ Synced: 3 added, 1 changed, 1 200 removed.", "Syncing"},
		"nothing": {[]pane.Source{{Name: "a", State: "ok", Outcome: pane.Outcome{Began: after}}}, "✓ Synced: nothing changed.", "Syncing"},
		"failed": {[]pane.Source{
			{Name: "a", State: "failed", Error: "the folder is gone", Outcome: pane.Outcome{Began: after}},
			{Name: "b", State: "ok", Outcome: pane.Outcome{Began: after, Added: 1}},
		}, "✕ a could not be synced: the folder is gone", "Syncing the"},
		"both failed": {[]pane.Source{
			{Name: "a", State: "failed", Outcome: pane.Outcome{Began: after}}, {Name: "b", State: "stale", Outcome: pane.Outcome{Began: after}},
		}, "✕ 2 sources could not be synced; data health (H) says why.", "Syncing the"},
		"one is still to be read": {[]pane.Source{
			{Name: "a", State: "ok", Outcome: pane.Outcome{Began: after}}, {Name: "b", State: "ok", Outcome: pane.Outcome{Began: before}},
		}, "Syncing the sources.", "Synced:"},
		"one is being read": {[]pane.Source{
			{Name: "a", State: "ok", Outcome: pane.Outcome{Began: after}}, {Name: "b", State: "syncing", Outcome: pane.Outcome{Began: after}},
		}, "Syncing the sources.", "Synced:"},
		"one is left over": {[]pane.Source{
			{Name: "a", State: "ok", Outcome: pane.Outcome{Began: after}}, {Name: "b", State: "stale"},
		}, "Synced: nothing changed.", "Syncing"},
	} {
		p := uitest.Demo(t)
		p.SourceList = []pane.Source{{Name: "a", State: "ok", Outcome: pane.Outcome{Began: before, Added: 7}}}
		s := open(t, options(t, p), 120, 40)
		s.missing("Synced:") // nobody asked for that one
		s.press("r")
		p.SourceList = tc.ends
		s.later(syncLook)
		if text := s.text(); !strings.Contains(text, tc.says) || strings.Contains(text, tc.not) {
			t.Errorf("%s: want %q and not %q:\n%s", name, tc.says, tc.not, text)
		}
		s.later(time.Hour)
		s.send(viewMsg{})
		s.missing("Synced:") // it is said once
	}
}

func TestWithoutASourceThereIsNothingToSync(t *testing.T) {
	t.Parallel()
	p := uitest.Load(t, fstest.MapFS{})
	p.SourceList = nil
	s := open(t, options(t, p), 120, 40)
	s.press("r")
	s.sees("There is no source yet: idptui --catalog FOLDER brings one.")
	if p.Syncs() != 0 {
		t.Error("it synced all the same")
	}
}
