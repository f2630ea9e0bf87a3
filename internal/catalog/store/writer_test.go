package store

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/idptui/idptui/internal/catalog"
)

func TestDeleteTakesOnlyWhatTheSourceBrought(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	put(t, s, "shop", 0, 3)
	put(t, s, "other", 2, 5) // takes 2 over
	w, err := s.Begin(t.Context(), "shop")
	must(t, err)
	for n := range 6 {
		must(t, w.Delete(t.Context(), ref(n)))
	}
	_, err = w.Commit(t.Context(), SourceStatus{})
	must(t, err)
	same(t, "list", refs(2, 5), names(snapshot(t, s)))
	if _, err := s.Record(t.Context(), ref(1)); !errors.Is(err, ErrNotFound) {
		t.Errorf("a deleted record: %v", err)
	}
}

func TestTheLastCallForARefWins(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	put(t, s, "shop", 0, 2)
	ctx := t.Context()
	w, err := s.Begin(ctx, "shop")
	must(t, err)
	must(t, w.Delete(ctx, ref(0)))
	must(t, w.Put(ctx, record("shop", 0)))
	must(t, w.Put(ctx, record("shop", 1)))
	must(t, w.Delete(ctx, ref(1)))
	_, err = w.Commit(ctx, SourceStatus{})
	must(t, err)
	same(t, "list", refs(0, 1), names(snapshot(t, s)))
}

// A sync of many batches ends the same whether it fills an empty cache through a
// new file, finds the cache filled meanwhile, or writes into one that is in use.
func TestASyncOfManyBatches(t *testing.T) {
	t.Parallel()
	const n = 2*batchValues/3 + 50
	for name, prepare := range map[string]func(t *testing.T, s *Store) (during func()){
		"into an empty cache": func(*testing.T, *Store) func() { return func() {} },
		"into a cache that is gone": func(t *testing.T, s *Store) func() {
			t.Helper()
			return func() { must(t, os.Remove(s.file.Path())) }
		},
		"into a cache in use": func(t *testing.T, s *Store) func() {
			t.Helper()
			put(t, s, "other", n, n+20)
			return func() {}
		},
		"into a cache that is filled meanwhile": func(t *testing.T, s *Store) func() {
			t.Helper()
			return func() { put(t, open(t, s.dir), "other", n, n+20) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, t.TempDir())
			during := prepare(t, s)
			w, err := s.Begin(t.Context(), "shop")
			must(t, err)
			must(t, putAll(t.Context(), w, "shop", 0, n))
			must(t, w.Problems(t.Context(), "p", []catalog.Problem{{Message: "m"}}))
			during()
			before := s.Revision()
			revision, err := w.Commit(t.Context(), SourceStatus{State: StateOK, Entities: n})
			must(t, err)
			if revision <= before || revision != s.Revision() {
				t.Errorf("revision %d after %d, published %d", revision, before, s.Revision())
			}
			snap := snapshot(t, s)
			if list := names(snap); !slices.Equal(list[:n], refs(0, n)) || snap.Revision() != revision {
				t.Errorf("%d entities at revision %d", snap.Len(), snap.Revision())
			}
			sources, err := s.Sources(t.Context())
			if wants := strings.Contains(name, "in use") || strings.Contains(name, "filled"); err != nil || wants != (len(sources) == 2) {
				t.Errorf("sources %v, %v", sources, err)
			} else if wants && snap.Len() != n+20 {
				t.Errorf("%d entities", snap.Len())
			}
			whole, err := s.Edges(t.Context(), snap)
			must(t, err)
			if got := whole.Relations(ref(n / 2)); len(got) != 3 {
				t.Errorf("relations: %v", got)
			}
			rec, err := s.Record(t.Context(), ref(n/2))
			must(t, err)
			same(t, "record", record("shop", n/2), rec)
			if got := len(files(t, s, "shop")); got != (n+9)/10 {
				t.Errorf("%d files are noted", got)
			}
			if problems, err := s.Problems(t.Context()); len(problems) != 1 || err != nil {
				t.Errorf("problems: %v, %v", problems, err)
			}
			leftovers(t, s.dir)
		})
	}
}

func leftovers(t *testing.T, dir string) {
	t.Helper()
	if left, _ := filepath.Glob(filepath.Join(dir, "*.new*")); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

func TestACacheThatIsRemovedInTheMiddleOfASync(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	put(t, s, "other", 0, 1) // so that batches go into the cache itself
	w, err := s.Begin(t.Context(), "shop")
	must(t, err)
	must(t, putAll(t.Context(), w, "shop", 0, batchValues/3+10))
	must(t, os.Remove(s.file.Path()))
	if _, err := w.Commit(t.Context(), SourceStatus{}); err == nil || !strings.Contains(err.Error(), "sync again") {
		t.Errorf("commit: %v", err)
	}
	before := s.Revision()
	if snap := snapshot(t, s); snap.Len() != 0 || snap.Revision() <= before {
		t.Errorf("%d entities at revision %d after %d", snap.Len(), snap.Revision(), before)
	}
	if got := len(files(t, s, "shop")); got != 0 {
		t.Errorf("%d files would be skipped by the next sync", got)
	}
	put(t, s, "shop", 0, 20)
	same(t, "list", refs(0, 20), names(snapshot(t, s)))
}

func TestAnAbandonedSyncPublishesNothing(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	w, err := s.Begin(t.Context(), "shop")
	must(t, err)
	must(t, putAll(t.Context(), w, "shop", 0, batchValues/3+10))
	w.Abandon()
	leftovers(t, s.dir)
	if snap := snapshot(t, s); snap.Len() != 0 || s.Revision() != 1 {
		t.Errorf("%d entities at revision %d", snap.Len(), s.Revision())
	}
	put(t, s, "other", 0, 1)
	before := s.Revision()
	w, err = s.Begin(t.Context(), "shop")
	must(t, err)
	must(t, putAll(t.Context(), w, "shop", 0, batchValues/3+10)) // one batch goes into the cache
	w.Abandon()
	if s.Revision() != before {
		t.Errorf("revision %d after %d", s.Revision(), before)
	}
	// What it left is published by whoever commits next, though that changes nothing.
	w, err = s.Begin(t.Context(), "other")
	must(t, err)
	after, err := w.Commit(t.Context(), SourceStatus{Kind: "folder", State: StateOK, Entities: 1})
	if err != nil || after <= before {
		t.Errorf("revision %d after %d, %v", after, before, err)
	}
}

func TestDropSourceLeavesTheOthers(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	put(t, s, "shop", 0, 15)
	put(t, s, "shop2", 15, 30)
	w, err := s.Begin(t.Context(), "shop")
	must(t, err)
	must(t, w.Problems(t.Context(), "only/problems.yaml", []catalog.Problem{{Message: "m"}}))
	before, err := w.Commit(t.Context(), SourceStatus{Kind: "folder"})
	must(t, err)
	after, err := s.DropSource(t.Context(), "shop")
	if err != nil || after <= before {
		t.Errorf("revision %d after %d, %v", after, before, err)
	}
	same(t, "list", refs(15, 30), names(snapshot(t, s)))
	if a, b := len(files(t, s, "shop")), len(files(t, s, "shop2")); a != 0 || b != 2 {
		t.Errorf("%d and %d files are noted", a, b)
	}
	problems, err := s.Problems(t.Context())
	same(t, "problems", []catalog.Problem{}, problems)
	must(t, err)
	sources, err := s.Sources(t.Context())
	if len(sources) != 1 || sources[0].Name != "shop2" || err != nil {
		t.Errorf("sources %v, %v", sources, err)
	}
	if again, err := s.DropSource(t.Context(), "shop"); err != nil || again != after {
		t.Errorf("dropped again: revision %d after %d, %v", again, after, err)
	}
}
