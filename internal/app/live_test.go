package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/source"
	"github.com/idptui/idptui/internal/catalog/store"
	"github.com/idptui/idptui/internal/cli"
	"github.com/idptui/idptui/internal/state"
	"github.com/idptui/idptui/internal/ui/pane"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(syncerEnv); dir != "" {
		os.Exit(syncForever(dir))
	}
	goleak.VerifyTestMain(m)
}

// running is the portal behind a screen, as RunTUI runs it but looking at the
// revision all the time.
func running(tb testing.TB, m *machine, set cli.Settings) *live {
	tb.Helper()
	sys, _, _ := m.io("")
	ctx := tb.Context()
	p, err := (&services{sys}).open(ctx, set)
	if err != nil {
		tb.Fatal(err)
	}
	l := newLive(p)
	snap, err := l.begin(ctx, set.Demo)
	if err != nil {
		tb.Fatal(err)
	}
	var wait sync.WaitGroup
	looks := time.NewTicker(5 * time.Millisecond)
	wait.Go(func() { l.follow(ctx, snap, looks.C) })
	wait.Go(func() { l.keepReading(ctx) })
	tb.Cleanup(func() { // the test's context has ended by now
		wait.Wait()
		looks.Stop()
		if err := p.Close(); err != nil {
			tb.Error(err)
		}
	})
	return l
}

// eventually waits until something is so.
func eventually(tb testing.TB, what string, is func() bool) {
	tb.Helper()
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for !is() {
		select {
		case <-deadline.C:
			tb.Fatalf("waited in vain until %s", what)
		case <-again.C:
		}
	}
}

func has(l *live, name string) bool {
	_, ok := l.View().Find(catalog.Ref{Kind: "Component", Namespace: "default", Name: name})
	return ok
}

func TestTheDemoIsThereWithTheFirstFrame(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	l := running(t, m, cli.Settings{Demo: true})
	if n := l.View().Len(); n < 50 {
		t.Errorf("%d entities", n)
	}
	who := actor(l.View(), l.portal().cfg.User, "")
	if !slices.Contains(who.Me(), "group:default/team-payments") {
		t.Errorf("alice is %v", who.Me())
	}
	if _, err := os.Stat(filepath.Join(m.dir, "data", "demo", "cache.db")); err != nil {
		t.Errorf("the demo has no place of its own: %v", err)
	}
}

func TestTheDemoKnowsItsPeople(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	sys, _, complaint := m.io("q")
	sys.OutTTY, sys.InTTY, sys.Width, sys.Height = true, true, 120, 40
	if code := Main(t.Context(), []string{"demo", "--as", "nobody"}, sys); code != cli.ExitNotFound || !strings.Contains(complaint.String(), "alice, ") {
		t.Errorf("%d: %s", code, complaint)
	}
}

func TestTwoOfTheDemoShareWhatTheyDo(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	alice, bo := running(t, m, cli.Settings{Demo: true}), running(t, m, cli.Settings{Demo: true, As: "bo"})
	const ref = "component:default/payments-api"
	if err := alice.Star(t.Context(), demoUser, ref, true); err != nil {
		t.Fatal(err)
	}
	stars, err := bo.Stars(t.Context(), demoUser)
	if err != nil || !slices.Equal(stars, []string{ref}) {
		t.Errorf("bo sees %v of alice, %v", stars, err)
	}
	if who := actor(bo.View(), bo.portal().cfg.User, ""); who.User != "user:default/bo" {
		t.Errorf("the second is %s", who.User)
	}
}

func TestAScreenSeesWhatACommandSyncs(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.service(t, "a/x.yaml", "x")
	m.service(t, "b/y.yaml", "y")
	l := running(t, m, cli.Settings{Catalogs: []string{"a"}})
	eventually(t, "the first source is read", func() bool { return has(l, "x") })

	m.must(t, "--catalog", "b", "sync", "b")
	eventually(t, "the other process's source is on screen", func() bool { return has(l, "y") })
	eventually(t, "the screen reads that source too", func() bool { return l.portal().byName("b") != nil })
	m.service(t, "b/z.yaml", "z")
	l.Sync()
	eventually(t, "what changes in it is read", func() bool { return has(l, "z") })

	m.must(t, "sync", "forget", "b")
	eventually(t, "the screen has stopped to read it", func() bool { return l.portal().byName("b") == nil })
	m.must(t, "sync")
	eventually(t, "it is gone", func() bool { return !has(l, "y") && !has(l, "z") && has(l, "x") })
}

// heldSource is opened when the test lets it, or gives it up.
type heldSource struct {
	source.Source
	opened, open chan struct{}
}

func (h heldSource) Open(ctx context.Context) (source.Tree, error) {
	h.opened <- struct{}{}
	select {
	case <-h.open:
		return h.Source.Open(ctx)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func TestASourceIsSyncingWhileItIsRead(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	sys, _, _ := m.io("")
	p, err := (&services{sys}).open(t.Context(), cli.Settings{Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close() //nolint:errcheck // a test's
	held := heldSource{demoSources()[0], make(chan struct{}, 1), make(chan struct{})}
	p.sources = []source.Source{held}
	state := func(l *live) string {
		t.Helper()
		list, err := l.Sources(t.Context())
		if err != nil || len(list) != 1 {
			t.Fatalf("%v, %v", list, err)
		}
		return list[0].State
	}
	l := newLive(p)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	news := l.Watch(t.Context()) // before anything can happen
	go func() {
		defer close(ended)
		l.keepReading(ctx)
	}()

	<-held.opened
	<-news
	if got := state(l); got != stateSyncing {
		t.Errorf("while it is read for the first time it is %s", got)
	}
	held.open <- struct{}{}
	eventually(t, "it is read", func() bool { return state(l) == store.StateOK })
	l.Sync()
	<-held.opened
	if got := state(l); got != stateSyncing {
		t.Errorf("while it is read again it is %s", got)
	}
	if stored, err := p.store.Sources(t.Context()); err != nil || stored[0].State != store.StateOK {
		t.Errorf("the cache says %+v, %v", stored, err)
	}
	cancel()
	<-ended
	if got := state(l); got != store.StateOK {
		t.Errorf("after the sync was broken off it is %s", got)
	}
}

func TestTheOutcomeOfASyncIsTold(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.service(t, "a/x.yaml", "x")
	l := running(t, m, cli.Settings{Catalogs: []string{"a"}})
	outcome := func() pane.Outcome {
		list, err := l.Sources(t.Context())
		if err != nil || len(list) != 1 {
			t.Fatalf("%v, %v", list, err)
		}
		return list[0].Outcome
	}
	eventually(t, "the first sync is told", func() bool { return outcome().Added == 1 })
	first := outcome().Began
	m.service(t, "a/y.yaml", "y")
	m.service(t, "a/z.yaml", "z")
	l.Sync()
	eventually(t, "the second is", func() bool { return outcome().Added == 2 && !outcome().Began.Before(first) })
	l.Sync()
	eventually(t, "that nothing changed is", func() bool {
		o := outcome()
		return o.Added+o.Changed+o.Removed == 0 && !o.Began.IsZero()
	})
}

func TestASourceThatCannotBeRecordedSaysWhy(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.service(t, "a/x.yaml", "x")
	l := running(t, m, cli.Settings{Catalogs: []string{"a"}})
	eventually(t, "it is read", func() bool { return has(l, "x") })
	lock := filepath.Join(m.dir, "data", "sync.lock")
	if err := errors.Join(os.Remove(lock), os.Mkdir(lock, 0o700)); err != nil {
		t.Fatal(err)
	}
	m.service(t, "a/y.yaml", "y")
	l.Sync()
	eventually(t, "the trouble is known", func() bool {
		sources, err := l.Sources(t.Context())
		return err == nil && len(sources) == 1 && sources[0].State == store.StateFailed && strings.Contains(sources[0].Error, "cannot be written")
	})
	if err := os.Remove(lock); err != nil {
		t.Fatal(err)
	}
	l.Sync()
	eventually(t, "it is read once that is put right", func() bool { return has(l, "y") })
}

func TestADamagedStateIsSaidOnTheScreenAndTheSyncGoesOn(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.service(t, "a/x.yaml", "x")
	l := running(t, m, cli.Settings{Catalogs: []string{"a"}})
	eventually(t, "it is read", func() bool { return has(l, "x") })
	file := filepath.Join(m.dir, "data", "state.db")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	put(t, file, strings.Repeat("no database ", 2000))
	if err := l.Star(t.Context(), "user:default/a", "component:default/x", true); !errors.Is(err, state.ErrReadOnly) {
		t.Errorf("a star: %v", err)
	}
	said := func() string { return strings.Join(l.portal().Warnings(), "; ") }
	if text := said(); !strings.Contains(text, "state.db is damaged") || !strings.Contains(text, "idptui state restore") {
		t.Errorf("the banner is %q", text)
	}
	m.service(t, "a/y.yaml", "y")
	l.Sync()
	eventually(t, "what is new is read", func() bool { return has(l, "y") })
	put(t, file, string(whole))
	if err := l.Star(t.Context(), "user:default/a", "component:default/x", true); err != nil || said() != "" {
		t.Errorf("once it is put right: %v, %q", err, said())
	}
}

func TestTheScreensErrorForAnUnknownEntity(t *testing.T) {
	t.Parallel()
	l := running(t, newMachine(t), cli.Settings{Demo: true})
	_, err := l.Record(t.Context(), catalog.Ref{Kind: "Component", Namespace: "default", Name: "nothing"})
	if err == nil || !strings.Contains(err.Error(), pane.ErrNotFound.Error()) {
		t.Errorf("%v", err)
	}
}

func TestVisitsAreRememberedNewestFirst(t *testing.T) {
	t.Parallel()
	l := running(t, newMachine(t), cli.Settings{Demo: true})
	for _, ref := range []string{"a:b/c", "d:e/f", "g:h/i"} {
		if err := l.Visited(t.Context(), demoUser, ref); err != nil {
			t.Fatal(err)
		}
	}
	got, err := l.Recent(t.Context(), demoUser, 2)
	if err != nil || !slices.Equal(got, []string{"g:h/i", "d:e/f"}) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestTheTerminalKnowsItsKindAndNoSecrets(t *testing.T) {
	t.Parallel()
	env := map[string]string{"TERM": "xterm", "AWS_SECRET_ACCESS_KEY": "x", "NO_COLOR": "yes"}
	got := terminalEnv(&cli.IO{Env: func(n string) string { return env[n] }})
	if !slices.Equal(got, []string{"TERM=xterm", "NO_COLOR=yes"}) {
		t.Errorf("%v", got)
	}
}

func TestTheScreenOpensAndIsLeft(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.service(t, "a/x.yaml", "x")
	m.must(t, "--catalog", "a", "sync")
	for _, line := range [][]string{{"demo"}, {}, {"open", "x"}, {"open", "x/relations"}, {"open", "component:x/no/such#page"}} {
		sys, _, complaint := m.io("q")
		sys.OutTTY, sys.InTTY, sys.Width, sys.Height = true, true, 120, 40
		if code := Main(t.Context(), line, sys); code != cli.ExitDone {
			t.Errorf("%v: %d, %s", line, code, complaint)
		}
	}
}

func TestAScreenWithAnOlderConfigurationDropsNothingOfTheNewer(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.service(t, "a/x.yaml", "x")
	m.service(t, "b/y.yaml", "y")
	m.service(t, "c/z.yaml", "z")
	put(t, filepath.Join(m.dir, "c.yaml"), "sources: [{name: a, folder: ./a}]\n")
	l := running(t, m, cli.Settings{Config: filepath.Join(m.dir, "c.yaml")})
	eventually(t, "the first source is read", func() bool { return has(l, "x") })

	put(t, filepath.Join(m.dir, "c.yaml"), "sources: [{name: a, folder: ./a}, {name: b, folder: ./b}]\n")
	m.must(t, "--config", "c.yaml", "sync")
	m.must(t, "--catalog", "c", "--config", "c.yaml", "catalog", "list") // the screen begins to read it, too
	eventually(t, "the screen reads on", func() bool { return l.portal().byName("c") != nil && has(l, "z") })
	m.service(t, "c/w.yaml", "w")
	eventually(t, "what changes there is read", func() bool { l.Sync(); return has(l, "w") })
	if out := m.must(t, "--config", "c.yaml", "catalog", "list", "-o", "name"); !strings.Contains(out, "component:default/y") {
		t.Errorf("the screen has dropped a source that its configuration did not have yet: %s", out)
	}
}
