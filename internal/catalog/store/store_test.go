package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/idptui/idptui/internal/boltfile"
	"github.com/idptui/idptui/internal/catalog"
)

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func open(tb testing.TB, dir string) *Store {
	tb.Helper()
	s, err := Open(dir, Options{})
	must(tb, err)
	return s
}

func moment() time.Time { return time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC) }

// record is the n-th of a row of components, each of which depends on the one
// before it.
func record(source string, n int) *catalog.Record {
	name := fmt.Sprintf("Service-%06d", n)
	return &catalog.Record{
		Entity: &catalog.Entity{
			APIVersion: "backstage.io/v1alpha1", Kind: "Component",
			Metadata: catalog.Metadata{
				Name: name, Namespace: "default", Title: "Title of " + name, Description: "It serves.",
				Tags: []string{"go", fmt.Sprint("t", n%7)}, Extra: map[string]any{"more": []any{true, 1.5, "x"}},
			},
			Spec: map[string]any{
				"type": "service", "owner": "team-" + fmt.Sprint(n%5),
				"dependsOn": []any{fmt.Sprintf("component:service-%06d", max(0, n-1))},
			},
		},
		Raw:        "kind: Component\nmetadata: {name: " + name + "}\n",
		Provenance: catalog.Provenance{Source: source, Path: path(n), Line: 1, Synced: moment()},
		Problems:   []catalog.Problem{{Severity: catalog.Warning, Class: catalog.ClassSpec, Message: "odd"}},
	}
}

// Each file holds ten records.
func path(n int) string { return fmt.Sprintf("dir/file-%05d.yaml", n/10) }

func ref(n int) catalog.Ref { return record("", n).Entity.Ref() }

// put writes the records from..to of a source with their files and commits them.
func put(tb testing.TB, s *Store, source string, from, to int) uint64 {
	tb.Helper()
	w, err := s.Begin(tb.Context(), source)
	must(tb, err)
	defer w.Abandon()
	must(tb, putAll(tb.Context(), w, source, from, to))
	revision, err := w.Commit(tb.Context(), SourceStatus{Kind: "folder", State: StateOK, Entities: to - from, LastSync: moment()})
	must(tb, err)
	return revision
}

func putAll(ctx context.Context, w *Writer, source string, from, to int) error {
	var refs []string
	for n := from; n < to; n++ {
		if err := w.Put(ctx, record(source, n)); err != nil {
			return err
		}
		refs = append(refs, ref(n).String())
		if n%10 == 9 || n == to-1 {
			f := FileState{Path: path(n), Size: 10, ModTime: moment(), Hash: "h", Refs: refs, Data: []byte(`{"a":1}`)}
			if err := w.File(ctx, f); err != nil {
				return err
			}
			refs = nil
		}
	}
	return nil
}

func snapshot(tb testing.TB, s *Store) *catalog.Snapshot {
	tb.Helper()
	snap, err := s.Snapshot(tb.Context())
	must(tb, err)
	return snap
}

// names lists the refs of a snapshot in its order.
func names(snap *catalog.Snapshot) []string {
	var list []string
	for i := range int32(snap.Len()) { //nolint:gosec // a test's few rows
		list = append(list, snap.Row(i).Ref().String())
	}
	return list
}

// refs are the canonical refs from..to.
func refs(from, to int) []string {
	var list []string
	for n := from; n < to; n++ {
		list = append(list, ref(n).String())
	}
	return list
}

func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func files(t *testing.T, s *Store, source string) map[string]FileState {
	t.Helper()
	all, err := s.Files(t.Context(), source)
	must(t, err)
	return all
}

func TestANewCacheIsEmptyAndPrivate(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "deep", "data")
	s := open(t, dir)
	if snap := snapshot(t, s); snap.Len() != 0 || snap.Revision() != 1 || s.Revision() != 1 || s.Notice() != "" {
		t.Errorf("%d entities at revision %d (%d), notice %q", snap.Len(), snap.Revision(), s.Revision(), s.Notice())
	}
	sources, err1 := s.Sources(t.Context())
	problems, err2 := s.Problems(t.Context())
	if len(sources)+len(problems)+len(files(t, s, "shop")) > 0 || err1 != nil || err2 != nil {
		t.Errorf("sources %v, %v; problems %v, %v", sources, err1, problems, err2)
	}
	if _, err := s.Record(t.Context(), ref(1)); !errors.Is(err, ErrNotFound) {
		t.Errorf("a record of nothing: %v", err)
	}
	entries, err := os.ReadDir(dir)
	must(t, err)
	for _, e := range entries {
		if info, err := e.Info(); err != nil || info.Mode() != 0o600 {
			t.Errorf("%s has mode %v, %v", e.Name(), info.Mode(), err)
		}
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the directory has mode %v, %v", info.Mode(), err)
	}
}

func TestWhatASyncWritesIsReadBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	ctx := t.Context()
	w, err := s.Begin(ctx, "shop")
	must(t, err)
	must(t, putAll(ctx, w, "shop", 0, 12))
	problem := catalog.Problem{Severity: catalog.Error, Class: catalog.ClassYAML, Line: 3, Message: "no YAML"}
	must(t, w.Problems(ctx, "bad.yaml", []catalog.Problem{problem}))
	must(t, w.Problems(ctx, "", []catalog.Problem{{Class: catalog.ClassSource, Message: "slow"}}))
	status := SourceStatus{Kind: "folder", Location: "/srv/shop", State: StateOK, LastSync: moment(), Files: 2, Entities: 12, Took: time.Second}
	revision, err := w.Commit(ctx, status)
	must(t, err)

	for _, s := range []*Store{s, open(t, dir)} {
		snap := snapshot(t, s)
		if revision != 2 || snap.Revision() != revision || s.Revision() != revision {
			t.Errorf("committed %d, snapshot %d, file %d", revision, snap.Revision(), s.Revision())
		}
		same(t, "list", refs(0, 12), names(snap))
		row, ok := snap.Find(ref(4))
		if !ok || row.Ref() != ref(4) || row.Title() != "Title of Service-000004" || row.Source() != "shop" {
			t.Errorf("row %v: %v", ok, row.Ref())
		}
		same(t, "tags", []string{"go", "t4"}, row.Tags())

		rec, err := s.Record(ctx, catalog.Ref{Kind: "component", Namespace: "DEFAULT", Name: "SERVICE-000004"})
		must(t, err)
		same(t, "record", record("shop", 4), rec)

		whole, err := s.Edges(ctx, snap)
		must(t, err)
		if !whole.RelationsReady() {
			t.Error("the relations are not ready")
		}
		var types []string
		for _, r := range whole.Relations(ref(4)) {
			types = append(types, r.Type+" "+r.Ref.String())
		}
		slices.Sort(types)
		same(t, "relations", []string{
			"dependencyOf component:default/service-000005", "dependsOn component:default/service-000003", "ownedBy group:default/team-4",
		}, types)

		var exported []string
		for rec, err := range s.Records(ctx) {
			must(t, err)
			exported = append(exported, rec.Entity.Ref().String())
		}
		same(t, "export", refs(0, 12), exported)

		same(t, "files", map[string]FileState{
			path(0):  {Path: path(0), Size: 10, ModTime: moment(), Hash: "h", Refs: refs(0, 10), Data: []byte(`{"a":1}`)},
			path(10): {Path: path(10), Size: 10, ModTime: moment(), Hash: "h", Refs: refs(10, 12), Data: []byte(`{"a":1}`)},
		}, files(t, s, "shop"))

		problems, err := s.Problems(ctx)
		must(t, err)
		problem.Source, problem.Path = "shop", "bad.yaml"
		same(t, "problems", []catalog.Problem{{Class: catalog.ClassSource, Source: "shop", Message: "slow"}, problem}, problems)

		sources, err := s.Sources(ctx)
		must(t, err)
		status.Name = "shop"
		same(t, "sources", []SourceStatus{status}, sources)
	}
}

func TestARevisionIsPublishedOnlyForWhatReadersSee(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	ctx := t.Context()
	revision := put(t, s, "shop", 0, 3)
	for _, c := range []struct {
		name   string
		do     func(w *Writer) error
		status SourceStatus
		bumps  bool
	}{
		{name: "nothing"},
		{name: "times", status: SourceStatus{LastSync: moment().Add(time.Hour), LastAttempt: moment(), Took: time.Minute}},
		{name: "a file's note", do: func(w *Writer) error { return w.File(ctx, FileState{Path: "x", Hash: "1"}) }},
		{name: "deleting nothing", do: func(w *Writer) error { return w.Delete(ctx, ref(77)) }},
		{name: "what is expected of a file", do: func(w *Writer) error { return w.Expect(ctx, FileState{Path: "x"}) }},
		{name: "no problems", do: func(w *Writer) error { return w.Problems(ctx, "x", nil) }},
		{name: "a failure", status: SourceStatus{State: StateFailed, Error: "gone"}, bumps: true},
		{name: "recovery", bumps: true},
		{name: "an entity", do: func(w *Writer) error { return w.Put(ctx, record("shop", 1)) }, bumps: true},
		{name: "a problem", do: func(w *Writer) error { return w.Problems(ctx, "x", []catalog.Problem{{Message: "m"}}) }, bumps: true},
		{name: "the same problem", do: func(w *Writer) error { return w.Problems(ctx, "x", []catalog.Problem{{Message: "m"}}) }},
		{name: "its end", do: func(w *Writer) error { return w.DropFile(ctx, "x") }, bumps: true},
		{name: "a deletion", do: func(w *Writer) error { return w.Delete(ctx, ref(1)) }, bumps: true},
	} {
		w, err := s.Begin(ctx, "shop")
		must(t, err)
		if c.do != nil {
			must(t, c.do(w))
		}
		c.status.Kind, c.status.Entities = "folder", 3
		if c.status.State == "" {
			c.status.State = StateOK
		}
		got, err := w.Commit(ctx, c.status)
		must(t, err)
		if (got > revision) != c.bumps || got != s.Revision() {
			t.Errorf("%s: revision %d after %d, published %d", c.name, got, revision, s.Revision())
		}
		revision = got
	}
}

func TestWhatCannotBeAKeyIsRefused(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	ctx := t.Context()
	for _, source := range []string{"", "a\x00b", "\xff", strings.Repeat("x", 300)} {
		if _, err := s.Begin(ctx, source); err == nil {
			t.Errorf("a source %.20q was accepted", source)
		}
	}
	w, err := s.Begin(ctx, "shop")
	must(t, err)
	for _, bad := range []catalog.Ref{
		{}, {Kind: "Component", Name: "x\x00y"}, {Kind: "Component", Name: strings.Repeat("x", maxKey)}, {Name: "x"},
	} {
		rec := record("shop", 1)
		rec.Entity.Kind, rec.Entity.Metadata.Name = bad.Kind, bad.Name
		if err := w.Put(ctx, rec); err == nil {
			t.Errorf("%.30v was stored", bad)
		}
		if err := w.Delete(ctx, bad); err == nil {
			t.Errorf("%.30v was deleted", bad)
		}
	}
	if w.Put(ctx, nil) == nil || w.Put(ctx, &catalog.Record{}) == nil {
		t.Error("a record of nothing was stored")
	}
	huge := record("shop", 1)
	huge.Raw = strings.Repeat("x", boltfile.MaxValue)
	if err := w.Put(ctx, huge); err == nil || !strings.Contains(err.Error(), "are the most") {
		t.Errorf("a huge record: %v", err)
	}
	for _, p := range []string{"a\x00b", strings.Repeat("x", maxKey+1)} {
		if w.File(ctx, FileState{Path: p}) == nil || w.DropFile(ctx, p) == nil || w.Problems(ctx, p, nil) == nil {
			t.Errorf("the path %.20q was accepted", p)
		}
	}
	odd := "dir/\xff\xfe.yaml" // a name that some file systems allow
	must(t, w.File(ctx, FileState{Path: odd, Hash: "h"}))
	_, err = w.Commit(ctx, SourceStatus{})
	must(t, err)
	same(t, "files", map[string]FileState{odd: {Path: odd, Hash: "h"}}, files(t, s, "shop"))
}

func TestACancelledContextDoesNothing(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	put(t, s, "shop", 0, 5)
	w, err := s.Begin(t.Context(), "shop")
	must(t, err)
	must(t, w.Delete(t.Context(), ref(0)))
	snap := snapshot(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var errs [8]error
	_, errs[0] = s.Snapshot(ctx)
	_, errs[1] = s.Edges(ctx, snap)
	_, errs[2] = s.Record(ctx, ref(0))
	_, errs[3] = s.Files(ctx, "shop")
	_, errs[4] = s.Sources(ctx)
	_, errs[5] = s.Begin(ctx, "shop")
	_, errs[6] = w.Commit(ctx, SourceStatus{})
	for _, err := range s.Records(ctx) {
		errs[7] = err
	}
	for i, err := range errs {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("operation %d: %v", i, err)
		}
	}
	same(t, "list", refs(0, 5), names(snapshot(t, s)))
}

func TestProvenancesOfSeveralRefs(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	put(t, s, "shop", 0, 12)
	got, err := s.Provenances(t.Context(), []string{ref(3).String(), "component:default/nobody", ref(11).String()})
	must(t, err)
	same(t, "provenances", map[string]catalog.Provenance{
		ref(3).String(): record("shop", 3).Provenance, ref(11).String(): record("shop", 11).Provenance,
	}, got)
}
