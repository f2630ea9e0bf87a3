package uitest

import (
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

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/pane"
)

// SourceName is the source that every entity of a fake portal comes from.
const SourceName = "shop"

// demo is the demo company, read once for all tests of a package: it is
// immutable, and each test has a portal of its own around it.
var demo = sync.OnceValues(func() (*company, error) { //nolint:gochecknoglobals // immutable once read
	root, err := moduleRoot()
	if err != nil {
		return nil, err
	}
	return read(os.DirFS(filepath.Join(root, "testdata", "demo")))
})

// Demo is a portal over the demo company.
func Demo(tb testing.TB) *FakePortal {
	tb.Helper()
	c, err := demo()
	if err != nil {
		tb.Fatalf("the demo company cannot be read: %v", err)
	}
	return c.portal()
}

// Load is a portal over the files given, path to text, for tests that need
// entities of their own.
func Load(tb testing.TB, files fs.FS) *FakePortal {
	tb.Helper()
	c, err := read(files)
	if err != nil {
		tb.Fatalf("the test's catalog cannot be read: %v", err)
	}
	return c.portal()
}

// Records is a portal over records that a test has made.
func Records(list ...*catalog.Record) *FakePortal {
	c := &company{records: map[string]*catalog.Record{}}
	for _, rec := range list {
		c.records[rec.Entity.Ref().String()] = rec
	}
	c.index()
	return c.portal()
}

// Catalog is a portal over a catalog made by other means, such as a generator.
// Its records are only what the rows tell.
func Catalog(snap *catalog.Snapshot) *FakePortal {
	return &FakePortal{view: catalog.NewView(snap), records: map[string]*catalog.Record{}}
}

// company is what was read.
type company struct {
	view     *catalog.View
	records  map[string]*catalog.Record
	problems []catalog.Problem
	files    int
}

func (c *company) portal() *FakePortal {
	synced := Now().Add(-40 * time.Second)
	return &FakePortal{
		view: c.view, records: c.records, ProblemList: c.problems,
		NoPast: catalog.History{Notes: []string{"the source " + SourceName +
			" is a folder, which keeps no history; name a repository as a git source (git: in the configuration), and its commits show here"}},
		SourceList: []pane.Source{{
			Name: SourceName, Kind: "folder", Location: "testdata/demo", State: "ok", LastSync: synced, LastAttempt: synced,
			Files: c.files, Entities: len(c.records), Errors: len(c.problems), Took: 120 * time.Millisecond,
		}},
	}
}

// read takes every document of the catalog in the files, in the order of their
// paths; the first one to claim a ref keeps it. It is the sync's work without
// its Locations, sources and store.
func read(files fs.FS) (*company, error) {
	c := &company{records: map[string]*catalog.Record{}}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		ext := strings.ToLower(path.Ext(name))
		if err != nil || d.IsDir() || ext != ".yaml" && ext != ".yml" {
			return err
		}
		return c.file(files, name)
	})
	if err != nil {
		return nil, err
	}
	c.index()
	return c, nil
}

func (c *company) file(files fs.FS, name string) error {
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	c.files++
	docs := catalog.Read(data, catalog.ReadOptions{
		Path: name, Limits: catalog.DefaultLimits(),
		Resolve: func(target string) ([]byte, error) { return fs.ReadFile(files, path.Join(path.Dir(name), target)) },
	})
	for _, doc := range docs {
		if doc.State == catalog.DocRefused {
			c.problems = append(c.problems, doc.Problems...)
		}
		if doc.State != catalog.DocAccepted {
			continue
		}
		key := doc.Entity.Ref().String()
		if first, taken := c.records[key]; taken {
			c.problems = append(c.problems, catalog.Problem{
				Severity: catalog.Error, Class: catalog.ClassConflict, Ref: key, Source: SourceName, Path: name, Line: doc.Line,
				Message: fmt.Sprintf("%s is claimed by %s:%d already", key, first.Provenance.Path, first.Provenance.Line),
			})
			continue
		}
		c.records[key] = &catalog.Record{
			Entity: doc.Entity, Raw: doc.Raw, Problems: doc.Problems,
			Provenance: catalog.Provenance{Source: SourceName, Path: name, Line: doc.Line, Synced: Now().Add(-40 * time.Second)},
		}
	}
	return nil
}

// index makes the view of the records.
func (c *company) index() {
	list := make([]*catalog.Record, 0, len(c.records))
	for _, rec := range c.records {
		list = append(list, rec)
	}
	slices.SortFunc(list, func(a, b *catalog.Record) int {
		return strings.Compare(catalog.SortKey(a.Entity.Ref()), catalog.SortKey(b.Entity.Ref()))
	})
	b := catalog.NewBuilder(1, len(list))
	for _, rec := range list {
		b.Add(catalog.Summarise(rec))
	}
	c.view = catalog.NewView(b.Snapshot().WithEdges(func(yield func(string, []catalog.Edge) bool) {
		for _, rec := range list {
			edges, _ := catalog.Edges(rec.Entity)
			if !yield(catalog.SortKey(rec.Entity.Ref()), edges) {
				return
			}
		}
	}))
}

// moduleRoot is the folder of go.mod: tests run in the folder of their package.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("there is no go.mod above the test's folder")
		}
		dir = up
	}
}
