package source

import (
	"context"
	"slices"
	"testing"
	"testing/fstest"
	"time"
)

// watch runs a loop and gives the names of the sources as they are synced.
func watch(t *testing.T, l *Loop, reports chan string) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.Run(ctx)
	}()
	return func() {
		cancel()
		for {
			select {
			case <-reports:
			case <-done:
				return
			}
		}
	}
}

func next(t *testing.T, reports chan string) string {
	t.Helper()
	select {
	case name := <-reports:
		return name
	case <-time.After(20 * time.Second):
		t.Fatal("no sync within 20 s")
		return ""
	}
}

func demo(name string, files map[string]string) Source {
	m := fstest.MapFS{}
	for path, text := range files {
		m[path] = &fstest.MapFile{Data: []byte(text)}
	}
	return NewFS(name, "", m, trusting())
}

func TestLoopSyncsEachSourceAtOnceAndThenOnItsInterval(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	sources := []Source{demo("a", map[string]string{"a.yaml": component("a")}), demo("b", nil)}
	reports := make(chan string)
	l := NewLoop(w.syncer, sources, 5*time.Millisecond, func(r Report, err error) {
		if err != nil {
			t.Error(err)
		}
		reports <- r.Source
	}, nil)
	stop := watch(t, l, reports)
	defer stop()
	check(t, []string{"a", "b"}, []string{next(t, reports), next(t, reports)})
	seen := map[string]int{}
	for range 6 {
		seen[next(t, reports)]++
	}
	if seen["a"] == 0 || seen["b"] == 0 {
		t.Errorf("%v", seen)
	}
}

// gated is a source that is opened only when the test says so.
type gated struct {
	Source
	opening, open chan struct{}
}

func (g gated) Open(ctx context.Context) (Tree, error) {
	select {
	case g.opening <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case <-g.open:
		return g.Source.Open(ctx)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func TestSourceThatIsWokenWhileItIsReadIsReadOnceMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	g := gated{demo("b", nil), make(chan struct{}), make(chan struct{})}
	reports := make(chan string, 2) // whichever of two comes first
	l := NewLoop(w.syncer, []Source{demo("a", nil), g}, time.Hour, func(r Report, _ error) { reports <- r.Source }, nil)
	stop := watch(t, l, reports)
	defer stop()
	check(t, "a", next(t, reports))
	<-g.opening
	for range 100 {
		l.Wake("b")
	}
	g.open <- struct{}{}
	check(t, "b", next(t, reports))
	<-g.opening
	g.open <- struct{}{}
	check(t, "b", next(t, reports))
	l.Wake("a") // and not a third time
	check(t, "a", next(t, reports))
	l.Wake()
	<-g.opening
	g.open <- struct{}{}
	both := []string{next(t, reports), next(t, reports)}
	slices.Sort(both)
	check(t, []string{"a", "b"}, both)
}

func TestLoopWakesThoseWhoMayHaveWaitedForARef(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": docs(component("x"), component("y"))})
	loser := demo("z", map[string]string{"z.yaml": component("x")})
	reports := make(chan string)
	l := NewLoop(w.syncer, []Source{loser, w.src}, time.Hour, func(r Report, _ error) { reports <- r.Source }, nil)
	w.sync() // so that shop is first
	stop := watch(t, l, reports)
	defer stop()
	check(t, []string{"z", "shop"}, []string{next(t, reports), next(t, reports)})
	w.write(map[string]string{"a.yaml": component("y")})
	l.Wake("shop")
	check(t, []string{"shop", "z"}, []string{next(t, reports), next(t, reports)})
	if got := w.stored(); !slices.Contains(got, "component:default/x @ z/z.yaml:1") {
		t.Errorf("%q", got)
	}
}

func TestLoopWithoutSourcesWaitsForItsEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		NewLoop(w.syncer, nil, time.Minute, nil, nil).Run(ctx)
		close(done)
	}()
	cancel()
	<-done
}
