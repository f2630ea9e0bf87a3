package source

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/store"
	"github.com/idptui/idptui/internal/state"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a folder of descriptors, a data directory and a syncer over both.
type world struct {
	t      testing.TB
	dir    string // of the descriptors
	data   string
	syncer *Syncer
	src    Source
	spy    *spy
	clock  time.Time
}

func newWorld(tb testing.TB, rules Rules) *world {
	tb.Helper()
	w := &world{t: tb, dir: tb.TempDir(), data: tb.TempDir(), clock: time.Now().Add(time.Hour)}
	w.spy = &spy{Folder: NewFolder("shop", w.dir, rules), opened: map[string]int{}}
	w.src = w.spy
	w.openData()
	return w
}

// trusting lets every kind in.
func trusting() Rules { return Rules{Trusted: true} }

func (w *world) openData() {
	w.t.Helper()
	cache, err := store.Open(w.data, store.Options{})
	if err != nil {
		w.t.Fatal(err)
	}
	st, err := state.Open(w.data, state.Options{})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = st.Close() })
	w.syncer = &Syncer{Store: cache, State: st, Now: func() time.Time { return w.clock }}
}

// loseCache removes the cache, as if it had been damaged.
func (w *world) loseCache() {
	w.t.Helper()
	if err := os.Remove(filepath.Join(w.data, store.FileName)); err != nil {
		w.t.Fatal(err)
	}
	w.openData()
}

// rules gives the source other rules.
func (w *world) rules(rules Rules) { w.spy.Folder = NewFolder("shop", w.dir, rules) }

func (w *world) write(files map[string]string) {
	w.t.Helper()
	write(w.t, w.dir, files)
}

func (w *world) remove(names ...string) {
	w.t.Helper()
	for _, name := range names {
		if err := os.RemoveAll(filepath.Join(w.dir, name)); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) sync() Report {
	w.t.Helper()
	return w.syncOf(w.src)
}

func (w *world) syncOf(src Source) Report {
	w.t.Helper()
	r, err := w.syncer.Sync(w.t.Context(), src, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	checkSum(w.t, r.Counts)
	return r
}

// checkSum fails where the counts do not add up.
func checkSum(tb testing.TB, c Counts) {
	tb.Helper()
	if sum := c.Entities + c.Refused + c.Skeletons + c.Foreign + c.Untrusted + c.Excluded + c.Conflicts; sum != c.Documents {
		tb.Errorf("%d documents, but %+v add up to %d", c.Documents, c, sum)
	}
}

// stored lists the entities in the store as "ref @ source/path:line".
func (w *world) stored() []string {
	w.t.Helper()
	var out []string
	for rec, err := range w.syncer.Store.Records(w.t.Context()) {
		if err != nil {
			w.t.Fatal(err)
		}
		p := rec.Provenance
		out = append(out, fmt.Sprintf("%s @ %s/%s:%d", rec.Entity.Ref(), p.Source, p.Path, p.Line))
	}
	return out
}

func (w *world) record(ref string) *catalog.Record {
	w.t.Helper()
	parsed, err := catalog.ParseRef(ref, catalog.RefDefaults{})
	if err != nil {
		w.t.Fatal(err)
	}
	rec, err := w.syncer.Store.Record(w.t.Context(), parsed)
	if err != nil {
		w.t.Fatal(err)
	}
	return rec
}

// problems lists the stored problems as "severity class where: message".
// problems are what the last sync found wrong, but for orphans.
func (w *world) problems() []string {
	w.t.Helper()
	return slices.DeleteFunc(w.findings(), func(line string) bool { return strings.HasPrefix(line, "warning orphan ") })
}

// findings are all that the last sync found wrong.
func (w *world) findings() []string {
	w.t.Helper()
	all, err := w.syncer.Store.Problems(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return lines(all)
}

func lines(problems []catalog.Problem) []string {
	var out []string
	for _, p := range problems {
		out = append(out, fmt.Sprintf("%s %s %s: %s", p.Severity, p.Class, p.Where(), p.Message))
	}
	slices.Sort(out)
	return out
}

// component is a small valid document.
func component(name string) string {
	return fmt.Sprintf("apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: %s\nspec:\n  type: service\n  lifecycle: production\n  owner: ops\n", name)
}

func group(name string) string {
	return fmt.Sprintf("apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata:\n  name: %s\nspec:\n  type: team\n  children: []\n", name)
}

// location is a Location's document; its targets begin in line 6.
func location(name string, targets ...string) string {
	return fmt.Sprintf("apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: %s}\nspec:\n  targets:\n    - %s\n", name, strings.Join(targets, "\n    - "))
}

func docs(parts ...string) string { return strings.Join(parts, "---\n") }

// spy is a folder that counts which files are opened and can fail.
type spy struct {
	Folder
	openErr error
	mu      sync.Mutex
	opened  map[string]int
	fail    map[string]error
	onOpen  func(name string)
}

func (s *spy) Open(ctx context.Context) (Tree, error) {
	if s.openErr != nil {
		return nil, s.openErr
	}
	t, err := s.Folder.Open(ctx)
	if err != nil {
		return nil, err
	}
	return spyTree{t.(tree), s}, nil
}

// reads are the files that were opened since the last call.
func (s *spy) reads() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for name := range s.opened {
		out = append(out, name)
	}
	slices.Sort(out)
	s.opened = map[string]int{}
	return out
}

type spyTree struct {
	tree
	spy *spy
}

func (t spyTree) Open(name string) (fs.File, error) {
	t.spy.mu.Lock()
	t.spy.opened[name]++
	err, hook := t.spy.fail[name], t.spy.onOpen
	t.spy.mu.Unlock()
	if hook != nil {
		hook(name)
	}
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return t.tree.Open(name)
}

// Stat fails for what lies in a folder that fails.
func (t spyTree) Stat(name string) (fs.FileInfo, error) {
	if err := t.spy.fail[path.Dir(name)]; err != nil && name != "." {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: err}
	}
	return t.tree.Stat(name)
}

func (t spyTree) ReadDir(name string) ([]fs.DirEntry, error) {
	if err := t.spy.fail[name]; err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return t.tree.ReadDir(name)
}

var errDisk = errors.New("input/output error")
