package source

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/store"
	"github.com/idptui/idptui/internal/state"
)

func TestFileThatChangesWhileItIsReadIsReadAgainNextTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t, from)
	w.write(map[string]string{"all.yaml": component("a"), "x.yaml": component("x")})
	opens := 0
	w.spy.onOpen = func(name string) {
		if opens++; name == "all.yaml" && opens == 2 { // after the scan looked for Locations
			w.write(map[string]string{"all.yaml": location("all", "./x.yaml")})
		}
	}
	w.sync()
	check(t, []string{"location:default/all @ shop/all.yaml:1"}, w.stored())
	w.spy.onOpen = nil
	w.sync()
	check(t, []string{"component:default/x @ shop/x.yaml:1", "location:default/all @ shop/all.yaml:1"}, w.stored())
}

func TestFileThatVanishesWhileItIsReadKeepsWhatItGave(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": component("a"), "b.yaml": component("b")})
	w.sync()
	w.write(map[string]string{"a.yaml": component("a2")})
	opens := 0
	w.spy.onOpen = func(name string) {
		if opens++; name == "a.yaml" && opens == 1 {
			w.spy.mu.Lock()
			w.spy.fail = map[string]error{"a.yaml": fs.ErrNotExist} // from the next time on
			w.spy.mu.Unlock()
		}
	}
	r := w.sync()
	if r.Removed != 0 || r.Unchanged != 2 {
		t.Errorf("%+v", r)
	}
	check(t, []string{"error source a.yaml: does not exist; what it gave before is kept"}, w.problems())
	check(t, 2, len(w.stored()))
}

func TestTakeOverFromAFileThatChangesUnderOurHands(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": component("x"), "b.yaml": component("x"), "c.yaml": component("c")})
	w.sync()
	w.remove("a.yaml")
	w.spy.onOpen = func(name string) {
		if name == "b.yaml" {
			w.write(map[string]string{"b.yaml": component("y")})
		}
	}
	w.sync()
	w.spy.onOpen = nil
	w.sync()
	check(t, []string{"component:default/c @ shop/c.yaml:1", "component:default/y @ shop/b.yaml:1"}, w.stored())
	check(t, 0, len(w.problems()))
}

func TestDamagedMemoryOfAFileIsReadAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": docs(component("a"), component("b")), "z.yaml": component("z")})
	w.sync()
	files, err := w.syncer.Store.Files(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	damaged := files["a.yaml"]
	damaged.Data = json.RawMessage(`"nonsense"`)
	writer, err := w.syncer.Store.Begin(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	if err := writer.File(t.Context(), damaged); err != nil {
		t.Fatal(err)
	}
	if _, err := writer.Commit(t.Context(), store.SourceStatus{}); err != nil {
		t.Fatal(err)
	}
	w.write(map[string]string{"a.yaml": component("a")})
	r := w.sync()
	if r.Removed != 1 || len(w.stored()) != 2 {
		t.Errorf("%+v %q", r, w.stored())
	}
}

func TestSyncThatCannotBeRecordedSaysSoAndDeletesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(many(3))
	w.sync()
	w.remove("f00.yaml")
	w.write(map[string]string{"f01.yaml": component("new")})
	if err := w.syncer.State.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.syncer.Sync(t.Context(), w.src, nil); !errors.Is(err, state.ErrClosed) {
		t.Errorf("%v", err)
	}
	if _, err := w.syncer.SyncAll(t.Context(), []Source{w.src}, nil); !errors.Is(err, state.ErrClosed) {
		t.Errorf("%v", err)
	}
	if err := w.syncer.Forget(t.Context(), "nobody"); !errors.Is(err, state.ErrClosed) {
		t.Errorf("%v", err)
	}
	w.openData()
	check(t, 3, len(w.stored()))
	if r := w.sync(); r.Added != 1 || r.Removed != 2 {
		t.Errorf("%+v", r)
	}
}

func TestValidateFailsWhereTheSourceCannotBeRead(t *testing.T) {
	t.Parallel()
	gone := NewFolder("x", filepath.Join(t.TempDir(), "gone"), trusting())
	if _, _, err := Validate(t.Context(), gone, Limits{}, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := Validate(ctx, NewFS("x", "", fstest.MapFS{"a.yaml": {}}, trusting()), Limits{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestProblemsOfOneFileAreCappedWithTheGravestFirst(t *testing.T) {
	t.Parallel()
	var list []catalog.Problem
	for i := range 300 {
		list = append(list, catalog.Problem{Severity: catalog.Severity(i % 3), Path: "a.yaml", Line: i + 1, Message: "m"})
	}
	got := capped(slices.Clone(list), 150)
	count := map[catalog.Severity]int{}
	for i, p := range got[:150] {
		count[p.Severity]++
		if i > 0 && p.Line <= got[i-1].Line {
			t.Fatalf("line %d after %d", p.Line, got[i-1].Line)
		}
	}
	check(t, map[catalog.Severity]int{catalog.Error: 100, catalog.Warning: 50}, count)
	check(t, "150 problems more are not listed", got[150].Message)
	check(t, list, capped(list, 300))
}

func TestManyFaultsInOneFileAreCountedWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": strings.Repeat("---\napiVersion: backstage.io/v1alpha1\nkind: Component\n", 400)})
	r := w.sync()
	check(t, 400, r.Counts.Refused)
	if got := len(w.problems()); got != maxFileProblems+1 || r.Status.Problems < 400 {
		t.Errorf("%d problems listed, %d counted", got, r.Status.Problems)
	}
}

func TestFilesWithNamesThatCannotBeKept(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("other systems do not take such names")
	}
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": component("a"), "bad\xff.yaml": component("b"), "esc\x1b[31m.yaml": component("c")})
	deep := strings.Repeat(strings.Repeat("d", 250)+"/", 17)
	root, err := os.OpenRoot(w.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close() //nolint:errcheck // a test's
	if err := root.MkdirAll(deep, 0o755); err != nil {
		t.Skipf("no such depth here: %v", err)
	}
	if err := root.WriteFile(deep+"x.yaml", []byte(component("x")), 0o644); err != nil {
		t.Fatal(err)
	}
	r := w.sync()
	check(t, []string{"component:default/a @ shop/a.yaml:1", "component:default/c @ shop/esc^[[31m.yaml:1"}, w.stored())
	if got := w.problems(); len(got) != 2 || r.Status.State != store.StateOK {
		t.Errorf("%q %+v", got, r)
	}
	if r := w.sync(); r.Unchanged != 2 {
		t.Errorf("%+v", r)
	}
	if err := root.RemoveAll(strings.Repeat("d", 250)); err != nil { // deeper than the clean-up reaches
		t.Fatal(err)
	}
}

func TestTwoSyncsOfOneSourceAtOnceAgree(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(many(50))
	w.write(map[string]string{"z.yaml": docs(component("c00"), component("z"))})
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if _, err := w.syncer.Sync(t.Context(), NewFolder("shop", w.dir, trusting()), nil); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	check(t, 51, len(w.stored()))
	r := w.sync()
	if r.Counts.Conflicts != 1 || r.Added+r.Changed+r.Removed != 0 {
		t.Errorf("%+v", r)
	}
}

// TestAnyHistoryEndsInWhatTheFilesSay changes files at random and compares what
// is stored with a model: of the files that bring a ref, the one that had it
// keeps it, else the first by path has it.
func TestAnyHistoryEndsInWhatTheFilesSay(t *testing.T) {
	t.Parallel()
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a test's
			w := newWorld(t, trusting())
			files, holder := map[string][]string{}, map[string]string{} // names by path, paths by name
			for step := range 12 {
				for range 1 + rng.IntN(3) {
					path := fmt.Sprintf("%c.yaml", 'a'+rune(rng.IntN(4)))
					if rng.IntN(4) == 0 {
						delete(files, path)
						w.remove(path)
						continue
					}
					files[path] = nil
					var parts []string
					for range 1 + rng.IntN(3) {
						name := fmt.Sprintf("c%d", rng.IntN(4))
						files[path] = append(files[path], name)
						parts = append(parts, strings.Replace(component(name), "owner: ops", fmt.Sprintf("owner: %s-%d", path[:1], step), 1))
					}
					w.write(map[string]string{path: docs(parts...)})
				}
				if rng.IntN(5) == 0 {
					w.loseCache()
				}
				w.clock = w.clock.Add(time.Minute)
				r, err := w.syncer.Confirm(t.Context(), w.src, nil)
				if err != nil {
					t.Fatal(err)
				}
				checkSum(t, r.Counts)
				check(t, model(files, holder), owners(w))
				if t.Failed() {
					t.Fatalf("step %d: %v", step, files)
				}
			}
		})
	}
}

// model gives "name path" of every entity and brings holder up to date.
func model(files map[string][]string, holder map[string]string) []string {
	bring := map[string][]string{}
	for path, names := range files {
		for _, name := range names {
			if !slices.Contains(bring[name], path) {
				bring[name] = append(bring[name], path)
			}
		}
	}
	for name := range holder {
		if !slices.Contains(bring[name], holder[name]) {
			delete(holder, name)
		}
	}
	var out []string
	for name, paths := range bring {
		if holder[name] == "" {
			holder[name] = slices.Min(paths)
		}
		out = append(out, name+" "+holder[name])
	}
	slices.Sort(out)
	return out
}

// owners gives the same of what is stored, and fails where an entity's text is
// not that of its file now.
func owners(w *world) []string {
	w.t.Helper()
	var out []string
	for rec, err := range w.syncer.Store.Records(w.t.Context()) {
		if err != nil {
			w.t.Fatal(err)
		}
		path := rec.Provenance.Path
		out = append(out, rec.Entity.Metadata.Name+" "+path)
		text, err := os.ReadFile(filepath.Join(w.dir, path))
		if err != nil || !strings.Contains(string(text), strings.TrimSpace(rec.Raw)) {
			w.t.Errorf("%s does not hold %q (%v)", path, rec.Raw, err)
		}
		line := strings.Split(string(text), "\n")[rec.Provenance.Line-1]
		if !strings.HasPrefix(line, "apiVersion") {
			w.t.Errorf("%s:%d is %q", path, rec.Provenance.Line, line)
		}
	}
	slices.Sort(out)
	return out
}

func TestOtherRulesHaveEverythingWrittenAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": component("a")})
	w.sync()
	w.clock = w.clock.Add(time.Minute)
	w.syncer.Limits.Catalog = catalog.DefaultLimits()
	w.syncer.Limits.Catalog.Depth++
	if r := w.sync(); r.Unchanged != 1 {
		t.Errorf("%+v", r)
	}
	if got := w.record("component:default/a").Provenance.Synced; !got.Equal(w.clock) {
		t.Errorf("an entity read by other rules is still that of %v", got)
	}
}

func TestFileThatTheConfigurationNamesIsReadAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": "a: [\n"})
	check(t, 1, w.sync().Counts.Foreign)
	w.rules(Rules{Trusted: true, Paths: []string{"a.yaml"}})
	check(t, 1, w.sync().Counts.Refused)
}

func TestNarrowingDoesNotMakeASmallLossLarge(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(many(20))
	w.write(map[string]string{"org/a.yaml": group("a"), "org/b.yaml": group("b")})
	w.sync()
	w.remove("org/b.yaml")
	w.rules(Rules{Trusted: true, Paths: []string{"org/**"}})
	if r := w.sync(); r.Status.State != store.StateOK || r.Removed != 21 {
		t.Errorf("%+v", r)
	}
}

func TestConfirmedLossesWithinAFileAreForgotten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	var parts []string
	for i := range 20 {
		parts = append(parts, component(fmt.Sprintf("c%02d", i)))
	}
	w.write(map[string]string{"a.yaml": docs(parts...)})
	w.sync()
	w.write(map[string]string{"a.yaml": docs(parts[:10]...)})
	for range 2 {
		if r := w.sync(); r.Status.State != store.StateStale || r.Unchanged != 20 || r.Status.Entities != 20 {
			t.Errorf("%+v", r)
		}
	}
	if r, err := w.syncer.Confirm(t.Context(), w.src, nil); err != nil || r.Removed != 10 || len(w.stored()) != 10 {
		t.Errorf("%+v %v", r, err)
	}
	if r := w.sync(); r.Removed != 0 || r.Unchanged != 10 || r.Status.State != store.StateOK {
		t.Errorf("%+v", r)
	}
}

func TestEntityThatTheCacheDroppedIsWrittenAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": docs(component("a"), component("b"))})
	w.sync()
	files, err := w.syncer.Store.Files(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	noted := files["a.yaml"] // as the store leaves it after dropping a damaged entity
	noted.Hash, noted.Size, noted.ModTime = "", -1, time.Time{}
	writer, err := w.syncer.Store.Begin(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	ref := w.record("component:default/a").Entity.Ref()
	if err := errors.Join(writer.Delete(t.Context(), ref), writer.File(t.Context(), noted)); err != nil {
		t.Fatal(err)
	}
	if _, err := writer.Commit(t.Context(), store.SourceStatus{}); err != nil {
		t.Fatal(err)
	}
	check(t, 1, len(w.stored()))
	w.sync()
	check(t, 2, len(w.stored()))
}
