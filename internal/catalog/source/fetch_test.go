package source

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/idptui/idptui/internal/catalog/store"
)

// elsewhere is a source that is fetched: what there holds arrives as here.
type elsewhere struct {
	name        string
	rules       Rules
	there, here map[string]string
	revision    int
	fail        error
	fetch       func(ctx context.Context) error // nil: at once
	opened      atomic.Int32                    // files that were read
}

func (e *elsewhere) Name() string                  { return e.name }
func (e *elsewhere) Kind() string                  { return "elsewhere" }
func (e *elsewhere) Location() string              { return "far away" }
func (e *elsewhere) LocationOf(path string) string { return "far:" + path }
func (e *elsewhere) Rules() Rules                  { return e.rules }

func (e *elsewhere) Fetch(ctx context.Context) error {
	if e.fetch != nil {
		if err := e.fetch(ctx); err != nil {
			return err
		}
	}
	if e.fail == nil {
		e.here = e.there
	}
	return e.fail
}

func (e *elsewhere) Open(context.Context) (Tree, error) {
	if e.here == nil {
		return nil, errors.New("nothing was fetched yet")
	}
	m := fstest.MapFS{}
	for path, text := range e.here {
		m[path] = &fstest.MapFile{Data: []byte(text)}
	}
	return counted{m, e}, nil
}

// counted counts the files that are read.
type counted struct {
	fstest.MapFS
	of *elsewhere
}

func (c counted) Close() error     { return nil }
func (c counted) Revision() string { return fmt.Sprint(c.of.revision) }

func (c counted) Open(name string) (fs.File, error) {
	if isYAML(name) {
		c.of.opened.Add(1)
	}
	return c.MapFS.Open(name)
}

func (c counted) ReadDir(name string) ([]fs.DirEntry, error) { return c.MapFS.ReadDir(name) }

func far(name string, files map[string]string) *elsewhere {
	return &elsewhere{name: name, rules: trusting(), there: files, revision: 1}
}

func TestWhatCannotBeFetchedStaysAsItWasWithItsAge(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	src := far("far", map[string]string{"a.yaml": component("a")})
	last := w.syncOf(src).Status.LastSync
	src.fail = errors.New("the host far cannot be reached")
	src.there = nil
	w.clock = w.clock.Add(time.Hour)
	r := w.syncOf(src)
	if r.Status.State != store.StateFailed || r.Status.Error != src.fail.Error() || !r.Status.LastSync.Equal(last) || r.Unchanged != 1 || r.Removed != 0 {
		t.Errorf("%+v", r)
	}
	check(t, []string{"component:default/a @ far/a.yaml:1"}, w.stored())

	w.loseCache() // the last fetch is still here
	if r := w.syncOf(src); r.Status.State != store.StateFailed || r.Added != 1 {
		t.Errorf("%+v", r)
	}
	check(t, []string{"component:default/a @ far/a.yaml:1"}, w.stored())

	src.fail, src.there = nil, src.here
	if r := w.syncOf(src); r.Status.State != store.StateOK || r.Status.Error != "" || !r.Status.LastSync.Equal(w.clock) {
		t.Errorf("%+v", r)
	}
}

func TestWhatWasNeverFetchedSaysWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	src := far("far", nil)
	src.fail = errors.New("the host far cannot be reached")
	if r := w.syncOf(src); r.Status.State != store.StateFailed || r.Status.Error != src.fail.Error() {
		t.Errorf("%+v", r)
	}
}

func TestAPlaceThatIsGoneLosesAllByTheWordOfAPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	src := far("far", map[string]string{"a.yaml": component("a")})
	w.syncOf(src)
	src.fail = fmt.Errorf("the repository is not there: %w", fs.ErrNotExist)
	w.syncOf(src)
	check(t, 1, len(w.stored()))
	r, err := w.syncer.Confirm(t.Context(), src, nil)
	if err != nil || r.Removed != 1 || r.Status.State != store.StateOK {
		t.Errorf("%+v, %v", r, err)
	}
	check(t, 0, len(w.stored()))
}

func TestTheSameRevisionIsNotReadAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	src := far("far", map[string]string{"a.yaml": component("a"), "b.yaml": component("b")})
	w.syncOf(src)
	reads := func() int32 { return src.opened.Swap(0) }
	reads()
	r, err := w.syncer.Sync(t.Context(), src, nil)
	if err != nil || r.Unchanged != 2 || r.Status.Entities != 2 || r.Status.State != store.StateOK {
		t.Errorf("%+v, %v", r, err)
	}
	check(t, int32(0), reads())

	src.rules.Kinds = []string{"API"} // other rules read the same otherwise
	if r := w.syncOf(src); r.Removed != 2 {
		t.Errorf("%+v", r)
	}
	check(t, true, reads() > 0)

	src.rules.Kinds = nil
	w.syncOf(src)
	reads()
	src.revision, src.there = 2, map[string]string{"a.yaml": component("a"), "b.yaml": component("b"), "c.yaml": component("c")}
	if r := w.syncOf(src); r.Added != 1 {
		t.Errorf("%+v", r)
	}
}

func TestARevisionThatLostARefIsReadAgainWhenTheRefIsFree(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	first := far("first", map[string]string{"a.yaml": component("x"), "b.yaml": component("y")})
	second := far("second", map[string]string{"a.yaml": component("x")})
	if _, err := w.syncer.SyncAll(t.Context(), []Source{second, first}, nil); err != nil {
		t.Fatal(err)
	}
	check(t, []string{"component:default/x @ second/a.yaml:1", "component:default/y @ first/b.yaml:1"}, w.stored())
	second.revision, second.there = 2, map[string]string{"b.yaml": component("z")}
	if _, err := w.syncer.Confirm(t.Context(), second, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := w.syncer.SyncAll(t.Context(), []Source{first, second}, nil); err != nil {
		t.Fatal(err)
	}
	if got := w.stored(); !slices.Contains(got, "component:default/x @ first/a.yaml:1") {
		t.Errorf("%q", got)
	}
}

func TestSourcesAreFetchedAtTheSameTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	var sources []Source
	met := make(chan struct{}, maxFetches)
	all := make(chan struct{})
	for i := range maxFetches {
		src := far(fmt.Sprintf("s%d", i), map[string]string{"a.yaml": component(fmt.Sprintf("c%d", i))})
		src.fetch = func(ctx context.Context) error { // each waits until all have begun
			if met <- struct{}{}; len(met) == maxFetches {
				close(all)
			}
			select {
			case <-all:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		sources = append(sources, src)
	}
	reports, err := w.syncer.SyncAll(t.Context(), sources, nil)
	if err != nil || len(reports) != maxFetches || len(w.stored()) != maxFetches {
		t.Errorf("%d reports, %d entities, %v", len(reports), len(w.stored()), err)
	}
}

func TestASyncThatIsCalledOffLeavesNoFetchBehind(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	ctx, cancel := context.WithCancel(t.Context())
	src := far("far", nil)
	src.fetch = func(ctx context.Context) error {
		cancel()
		<-ctx.Done()
		return ctx.Err()
	}
	if _, err := w.syncer.SyncAll(ctx, []Source{src, far("b", nil)}, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestAHostThatHangsKeepsNobodyElseWaiting(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	hanging := far("hanging", nil)
	hanging.fetch = func(ctx context.Context) error {
		<-ctx.Done()
		return ctx.Err()
	}
	reports := make(chan string)
	l := NewLoop(w.syncer, []Source{hanging, far("a", map[string]string{"a.yaml": component("a")}), demo("b", nil)}, time.Hour, func(r Report, _ error) { reports <- r.Source }, nil)
	stop := watch(t, l, reports)
	defer stop()
	seen := []string{next(t, reports), next(t, reports)}
	slices.Sort(seen)
	check(t, []string{"a", "b"}, seen)
	l.Wake("b")
	check(t, "b", next(t, reports))
}

func TestASourceThatFailsIsAskedLessAndLess(t *testing.T) {
	t.Parallel()
	for failures, want := range []time.Duration{1, 2, 4, 8, 15, 15, 15} {
		want *= time.Minute
		if got := pause(time.Minute, failures); got < want || got > want+want/4 {
			t.Errorf("after %d failures %s", failures, got)
		}
	}
	if got := pause(time.Hour, 9); got < time.Hour || got > 75*time.Minute {
		t.Errorf("an interval that is longer anyway: %s", got)
	}
}
