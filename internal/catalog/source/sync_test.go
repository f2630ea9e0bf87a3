package source

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/store"
)

func check(t interface {
	Helper()
	Error(args ...any)
}, want, got any,
) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSyncStoresEveryEntityWhereverItLies(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{
		"catalog-info.yaml": docs(component("a"), group("ops")),
		"deep/down/any.yml": component("b"),
		"chart/values.yaml": "replicas: 3\n---\n# nothing\n---\nkind: Deployment\napiVersion: apps/v1\n",
		"readme.md":         component("no"),
		"bad.yaml":          docs(component("c"), "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: d}\n", component("e")),
		"skeleton/x.yaml":   component("${{ values.name }}"),
	})
	r := w.sync()
	check(t, []string{
		"component:default/a @ shop/catalog-info.yaml:1", "component:default/b @ shop/deep/down/any.yml:1",
		"component:default/c @ shop/bad.yaml:1", "component:default/e @ shop/bad.yaml:14", "group:default/ops @ shop/catalog-info.yaml:10",
	}, w.stored())
	check(t, Counts{Files: 4, Documents: 9, Entities: 5, Refused: 1, Skeletons: 1, Foreign: 2}, r.Counts)
	if r.Added != 5 || r.Changed+r.Removed+r.Unchanged+r.Freed != 0 || r.Revision == 0 {
		t.Errorf("%+v", r)
	}
	status := r.Status
	status.Took = 0
	check(t, store.SourceStatus{
		Name: "shop", Kind: "folder", Location: w.dir, State: "ok", LastSync: w.clock, LastAttempt: w.clock,
		Files: 4, Entities: 5, Skeletons: 1, Foreign: 2, Problems: countFaults(mustProblems(t, w)),
	}, status)
	if status.Problems == 0 || r.Status.Took <= 0 {
		t.Errorf("%d problems, took %v", status.Problems, r.Status.Took)
	}
	rec := w.record("component:default/b")
	check(t, catalog.Provenance{Source: "shop", Path: "deep/down/any.yml", Line: 1, Synced: w.clock.UTC()}, utc(rec.Provenance))
	if !strings.Contains(rec.Raw, "name: b") {
		t.Errorf("raw: %q", rec.Raw)
	}
}

func utc(p catalog.Provenance) catalog.Provenance {
	p.Synced = p.Synced.UTC()
	return p
}

func mustProblems(tb testing.TB, w *world) []catalog.Problem {
	tb.Helper()
	all, err := w.syncer.Store.Problems(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

func TestUnchangedSyncOpensNothingAndPublishesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{
		"a.yaml": docs(component("a"), component("b")), "loc.yaml": location("l", "./a.yaml", "./g/*.yaml"), "g/c.yaml": component("c"),
		"other.yaml": "x: y\n", "api.yaml": api("x", "$text: ./def.txt"), "def.txt": "hello",
	})
	first := w.sync()
	w.spy.reads()
	again := w.sync()
	check(t, []string(nil), w.spy.reads())
	check(t, first.Revision, again.Revision)
	if again.Unchanged != 5 || again.Added+again.Changed+again.Removed != 0 {
		t.Errorf("%+v", again)
	}
	check(t, first.Counts, again.Counts)
	first.Status.Took, again.Status.Took = 0, 0
	check(t, first.Status, again.Status)
}

func api(name, definition string) string {
	return fmt.Sprintf("apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata:\n  name: %s\nspec:\n  type: openapi\n  lifecycle: production\n  owner: ops\n  definition:\n    %s\n", name, definition)
}

func TestTouchedFileIsReadButGivesNothingNew(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": component("a"), "b.yaml": component("b")})
	first := w.sync()
	w.spy.reads()
	when := time.Now().Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(w.dir, "a.yaml"), when, when); err != nil {
		t.Fatal(err)
	}
	again := w.sync()
	check(t, []string{"a.yaml"}, w.spy.reads())
	if again.Unchanged != 2 || again.Revision != first.Revision {
		t.Errorf("%+v", again)
	}
	w.sync()
	check(t, []string(nil), w.spy.reads())
}

func TestOnlyWhatChangedIsCountedAsChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": docs(component("a"), component("b"), component("c")), "z.yaml": component("z")})
	w.sync()
	w.spy.reads()
	w.clock = w.clock.Add(time.Minute)
	w.write(map[string]string{"a.yaml": docs(component("new"), component("a"), strings.Replace(component("b"), "service", "website", 1))})
	r := w.sync()
	check(t, []string{"a.yaml"}, w.spy.reads())
	if r.Added != 1 || r.Changed != 1 || r.Removed != 1 || r.Unchanged != 2 {
		t.Errorf("%+v", r)
	}
	check(t, []string{
		"component:default/a @ shop/a.yaml:10", "component:default/b @ shop/a.yaml:19", "component:default/new @ shop/a.yaml:1",
		"component:default/z @ shop/z.yaml:1",
	}, w.stored())
	if got := w.record("component:default/z").Provenance.Synced; got.Equal(w.clock) {
		t.Error("an entity that did not change was written again")
	}
}

func TestChangeWithinTheSameTickAndSizeIsNoticed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.clock = time.Now()
	w.write(map[string]string{"a.yaml": component("aa")})
	info, err := os.Stat(filepath.Join(w.dir, "a.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	w.sync()
	w.write(map[string]string{"a.yaml": component("bb")})
	if err := os.Chtimes(filepath.Join(w.dir, "a.yaml"), info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	w.clock = w.clock.Add(time.Hour)
	w.syncer.Confirm(t.Context(), w.src, nil) //nolint:errcheck // seen in what is stored
	check(t, []string{"component:default/bb @ shop/a.yaml:1"}, w.stored())
}

func TestRemovedFileTakesItsEntitiesAndProblemsAlong(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": component("a"), "b.yaml": docs(component("b"), component("B-")), "c.yaml": component("c")})
	w.sync()
	if len(w.problems()) == 0 {
		t.Fatal("the bad name was not reported")
	}
	w.remove("b.yaml")
	r := w.sync()
	if r.Removed != 1 || r.Unchanged != 2 || r.Status.State != store.StateOK {
		t.Errorf("%+v", r)
	}
	check(t, []string{"component:default/a @ shop/a.yaml:1", "component:default/c @ shop/c.yaml:1"}, w.stored())
	check(t, []string(nil), w.problems())
	files, err := w.syncer.Store.Files(t.Context(), "shop")
	if err != nil || len(files) != 3 { // a, c and the rules
		t.Errorf("%v, %v", files, err)
	}
}

func TestAFaultInAFileKeepsTheLastGoodEntityUntilItIsMended(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": docs(component("a"), component("b")), "c.yaml": component("c")})
	w.sync()
	w.write(map[string]string{"a.yaml": docs(component("a"), "apiVersion: backstage.io/v1alpha1\nkind: [\n")})
	r := w.sync()
	if r.Removed != 0 || r.Counts.Refused != 1 || r.Counts.Entities != 2 || r.Status.Entities != 3 || r.Status.State != store.StateOK {
		t.Errorf("%+v", r)
	}
	if p := w.problems(); len(p) != 1 || !strings.HasPrefix(p[0], "error yaml a.yaml:1") {
		t.Errorf("%q", p)
	}
	w.sync() // the fault is still there, and so is the entity
	check(t, 3, len(w.stored()))
	w.write(map[string]string{"a.yaml": component("a")}) // mended, and b is gone on purpose
	if r := w.sync(); r.Removed != 1 || r.Status.Entities != 2 {
		t.Errorf("%+v", r)
	}
	check(t, 2, len(w.stored()))
}

func TestUnreadableFileKeepsWhatItGave(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": component("a"), "b.yaml": component("b")})
	w.sync()
	w.write(map[string]string{"a.yaml": component("a2")})
	w.spy.fail = map[string]error{"a.yaml": fs.ErrPermission}
	r := w.sync()
	if r.Unchanged != 2 || r.Removed != 0 || r.Status.State != store.StateOK || r.Status.Problems != 1 {
		t.Errorf("%+v", r)
	}
	check(t, []string{"component:default/a @ shop/a.yaml:1", "component:default/b @ shop/b.yaml:1"}, w.stored())
	check(t, []string{"error source a.yaml: may not be read by this user; what it gave before is kept"}, w.problems())
	w.sync() // and it stays so
	check(t, 2, len(w.stored()))
	w.spy.fail = nil
	r = w.sync()
	if r.Added != 1 || r.Removed != 1 {
		t.Errorf("%+v", r)
	}
	check(t, []string{"component:default/a2 @ shop/a.yaml:1", "component:default/b @ shop/b.yaml:1"}, w.stored())
	check(t, []string(nil), w.problems())
}

func TestUnreadableFolderKeepsWhatItGave(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Rules{Trusted: true, Paths: []string{"all.yaml", "sub/y.yaml"}})
	w.write(map[string]string{
		"all.yaml": location("all", "./sub/loc.yaml"), "sub/loc.yaml": location("sub", "../x.yaml"), "x.yaml": component("x"),
		"sub/y.yaml": component("y"),
		"only.yaml":  component("only"),
	})
	w.sync()
	w.spy.fail = map[string]error{"sub": errDisk}
	r := w.sync()
	if r.Unchanged != 4 || r.Removed != 0 {
		t.Errorf("%+v", r)
	}
	check(t, []string{"error source sub: cannot be read: input/output error; what it gave before is kept"}, w.problems())
	check(t, 4, len(w.stored()))
	w.loseCache() // then there is nothing left to keep, but the claims of what cannot be seen stay
	w.sync()
	claims, err := w.syncer.State.Claims(t.Context(), "shop")
	if err != nil || len(claims) != 3 {
		t.Errorf("%v %v", claims, err)
	}
	w.spy.fail = nil
	w.sync()
	check(t, 4, len(w.stored()))
}

func TestVeryLargeFilesAreRefusedWithoutBeingRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": component("a"), "big.yaml": "", "catalog-info.yaml": ""})
	for _, name := range []string{"big.yaml", "catalog-info.yaml"} {
		if err := os.Truncate(filepath.Join(w.dir, name), 50<<20); err != nil {
			t.Fatal(err)
		}
	}
	r := w.sync()
	check(t, []string{"a.yaml", "big.yaml"}, w.spy.reads()) // of which the beginning alone
	check(t, []string{
		"error source catalog-info.yaml: has 52.4 MB, more than the 21.0 MB that are read",
		"note source big.yaml: has 52.4 MB, more than the 21.0 MB that are read",
	}, w.problems())
	if r.Added != 1 || r.Status.Problems != 1 {
		t.Errorf("%+v", r)
	}
	if err := os.Truncate(filepath.Join(w.dir, "a.yaml"), 50<<20); err != nil {
		t.Fatal(err)
	}
	r = w.sync()
	check(t, []string{"component:default/a @ shop/a.yaml:1"}, w.stored())
	if want := "error source a.yaml: has 52.4 MB, more than the 21.0 MB that are read; what it gave before is kept"; w.problems()[0] != want {
		t.Errorf("%q", w.problems())
	}
}

func TestFolderThatCannotBeOpenedKeepsEverything(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": component("a")})
	w.sync()
	first := w.clock
	w.clock = w.clock.Add(time.Hour)
	gone := filepath.Join(t.TempDir(), "gone")
	w.spy.Folder = NewFolder("shop", gone, trusting())
	r := w.sync()
	if r.Status.State != store.StateFailed || r.Status.Error != "the folder "+gone+" does not exist" || r.Unchanged != 1 {
		t.Errorf("%+v", r)
	}
	if !r.Status.LastSync.Equal(first) || !r.Status.LastAttempt.Equal(w.clock) || r.Status.Entities != 1 {
		t.Errorf("%+v", r.Status)
	}
	check(t, 1, len(w.stored()))
	w.spy.openErr = fs.ErrPermission
	if r, err := w.syncer.Confirm(t.Context(), w.src, nil); err != nil || r.Status.State != store.StateFailed || len(w.stored()) != 1 {
		t.Errorf("a folder that may not be read was taken for gone: %+v, %v", r, err)
	}
	w.spy.openErr = nil
	if r, err := w.syncer.Confirm(t.Context(), w.src, nil); err != nil || r.Removed != 1 || len(w.stored()) != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestRootThatCannotBeListedFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": component("a")})
	w.sync()
	w.spy.fail = map[string]error{".": errDisk}
	r := w.sync()
	if r.Status.State != store.StateFailed || r.Status.Error != "its folder cannot be read: input/output error" {
		t.Errorf("%+v", r.Status)
	}
	w.spy.fail = nil
	w.syncer.Limits.Files = 1
	w.write(many(2))
	r = w.sync()
	if r.Status.State != store.StateFailed || !strings.HasPrefix(r.Status.Error, "it holds more than 1 YAML files") {
		t.Errorf("%+v", r.Status)
	}
	check(t, 1, len(w.stored()))
}

func TestCancelledSyncDeletesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(many(30))
	w.sync()
	w.remove("f00.yaml", "f01.yaml")
	w.write(map[string]string{"f20.yaml": component("changed"), "f25.yaml": component("changed-too")})
	for _, at := range []string{"f20.yaml", "f25.yaml"} {
		ctx, cancel := context.WithCancel(t.Context())
		w.spy.onOpen = func(name string) {
			if name == at {
				cancel()
			}
		}
		if _, err := w.syncer.Sync(ctx, w.src, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
		cancel()
	}
	w.spy.onOpen = nil
	held := w.stored()
	if len(held) < 30 {
		t.Errorf("only %d entities are left", len(held))
	}
	r := w.sync()
	if r.Removed != 4 || r.Status.Entities != 28 || len(w.stored()) != 28 {
		t.Errorf("%+v", r)
	}
}

func TestProgressTellsEveryPhaseInOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": component("a"), "b.yaml": component("b")})
	var got []string
	if _, err := w.syncer.Sync(t.Context(), w.src, func(p Progress) {
		got = append(got, fmt.Sprintf("%s %s %d/%d %s", p.Source, p.Phase, p.Done, p.Total, p.Path))
	}); err != nil {
		t.Fatal(err)
	}
	check(t, []string{
		"shop listing 0/0 ", "shop checking 1/2 a.yaml", "shop checking 2/2 b.yaml",
		"shop reading 0/2 a.yaml", "shop reading 1/2 b.yaml", "shop reading 2/2 ", "shop storing 0/0 ",
	}, got)
}

func TestBuiltInFilesAreComparedByContent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	files := fstest.MapFS{"a.yaml": {Data: []byte(component("a"))}, "b.yaml": {Data: []byte(component("b"))}}
	src := NewFS("demo", "built in", files, trusting())
	if r := w.syncOf(src); r.Added != 2 || r.Status.Kind != "built-in" || r.Status.Location != "built in" {
		t.Errorf("%+v", r)
	}
	files["a.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(component("a"), "ops", "dev", 1))}
	if r := w.syncOf(src); r.Changed != 1 || r.Unchanged != 1 {
		t.Errorf("%+v", r)
	}
}

func TestForgetDropsEntitiesAndClaims(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": component("a")})
	w.sync()
	other := NewFS("other", "", fstest.MapFS{"b.yaml": {Data: []byte(component("a"))}}, trusting())
	if r := w.syncOf(other); r.Counts.Conflicts != 1 {
		t.Errorf("%+v", r)
	}
	if err := w.syncer.Forget(t.Context(), "shop"); err != nil {
		t.Fatal(err)
	}
	check(t, 0, len(w.stored()))
	if r := w.syncOf(other); r.Added != 1 || r.Counts.Conflicts != 0 {
		t.Errorf("%+v", r)
	}
	check(t, []string{"component:default/a @ other/b.yaml:1"}, w.stored())
}
