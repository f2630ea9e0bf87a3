package store

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/idptui/idptui/internal/boltfile"
	"github.com/idptui/idptui/internal/catalog"
)

// spoil flips a bit in the stored value of each of the keys.
func spoil(t *testing.T, s *Store, ids ...valueID) {
	t.Helper()
	must(t, s.file.Update(t.Context(), func(tx *bbolt.Tx) error {
		for _, id := range ids {
			bucket := tx.Bucket([]byte(id.bucket))
			value := bytes.Clone(bucket.Get([]byte(id.key)))
			if len(value) == 0 {
				return fmt.Errorf("there is no value %v", id)
			}
			value[len(value)/2] ^= 2
			if err := bucket.Put([]byte(id.key), value); err != nil {
				return err
			}
		}
		return nil
	}))
}

// A damaged value costs one entity until the next sync reads its file again.
func TestADamagedValueCostsOneEntityUntilTheNextSync(t *testing.T) {
	t.Parallel()
	const n = 25
	hurt := ref(13)
	touch := map[string]func(t *testing.T, s *Store){
		bucketSummary: func(t *testing.T, s *Store) {
			t.Helper()
			if got := names(snapshot(t, s)); len(got) != n-1 {
				t.Errorf("the list has %d entities", len(got))
			}
		},
		bucketEdges: func(t *testing.T, s *Store) {
			t.Helper()
			whole, err := s.Edges(t.Context(), snapshot(t, s))
			must(t, err)
			if got := whole.Relations(ref(20)); len(got) != 3 {
				t.Errorf("relations of another: %v", got)
			}
		},
		bucketEntity: func(t *testing.T, s *Store) {
			t.Helper()
			if _, err := s.Record(t.Context(), hurt); !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "the next sync reads it again") {
				t.Errorf("record: %v", err)
			}
		},
		"export": func(t *testing.T, s *Store) {
			t.Helper()
			whole, failed := 0, 0
			for rec, err := range s.Records(t.Context()) {
				if rec != nil {
					whole++
				} else if errors.Is(err, ErrNotFound) {
					failed++
				}
			}
			if whole != n-1 || failed != 1 {
				t.Errorf("exported %d entities and %d errors", whole, failed)
			}
		},
	}
	for _, bucket := range []string{bucketSummary, bucketEdges, bucketEntity, "export"} {
		t.Run(bucket, func(t *testing.T) {
			t.Parallel()
			s := open(t, t.TempDir())
			before := put(t, s, "shop", 0, n)
			switch bucket {
			case bucketEntity, "export":
				spoil(t, s, valueID{bucketEntity, hurt.String()})
			default:
				spoil(t, s, valueID{bucket, catalog.SortKey(hurt)})
			}
			touch[bucket](t, s)

			want := slices.Concat(refs(0, 13), refs(14, n))
			same(t, "list", want, names(snapshot(t, s)))
			if _, err := s.Record(t.Context(), hurt); !errors.Is(err, ErrNotFound) {
				t.Errorf("record: %v", err)
			}
			for p, f := range files(t, s, "shop") {
				if again := p == path(13); again != (f.Hash == "" && f.Size == -1 && f.ModTime.IsZero()) || len(f.Refs) == 0 {
					t.Errorf("%s is noted as %+v", p, f)
				}
			}
			// The next sync reads that file again.
			after := put(t, s, "shop", 10, 20)
			same(t, "list after a sync", refs(0, n), names(snapshot(t, s)))
			if after <= before {
				t.Errorf("revision %d after %d", after, before)
			}
			if s.Notice() != "" {
				t.Errorf("notice: %s", s.Notice())
			}
		})
	}
}

func TestDamagedNotesAreReadAgain(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	put(t, s, "shop", 0, 25)
	ctx := t.Context()
	w, err := s.Begin(ctx, "shop")
	must(t, err)
	for _, p := range []string{path(0), path(10)} {
		must(t, w.Problems(ctx, p, []catalog.Problem{{Message: p}}))
	}
	_, err = w.Commit(ctx, SourceStatus{Kind: "folder"})
	must(t, err)
	spoil(t, s, valueID{bucketFile, "shop\x00" + path(20)}, valueID{bucketProblem, "shop\x00" + path(10)}, valueID{bucketSource, "shop"})

	problems, err := s.Problems(ctx)
	must(t, err)
	same(t, "problems", []catalog.Problem{{Source: "shop", Path: path(0), Message: path(0)}}, problems)
	if sources, err := s.Sources(ctx); len(sources) != 0 || err != nil {
		t.Errorf("sources: %v, %v", sources, err)
	}
	noted := files(t, s, "shop")
	if _, ok := noted[path(20)]; ok || len(noted) != 2 || noted[path(10)].Hash != "" || noted[path(0)].Hash != "h" {
		t.Errorf("files: %+v", noted)
	}
	w, err = s.Begin(ctx, "shop") // it is all dropped: nothing is found damaged twice
	must(t, err)
	_, err = w.Commit(ctx, SourceStatus{Kind: "folder"})
	must(t, err)
	if sources, err := s.Sources(ctx); len(sources) != 1 || err != nil {
		t.Errorf("sources after a sync: %v, %v", sources, err)
	}
}

// clock gives times a second apart.
func clock() func() time.Time {
	now := moment()
	return func() time.Time {
		now = now.Add(time.Second)
		return now
	}
}

func TestABrokenCacheIsSetAsideAndBegunAnew(t *testing.T) {
	t.Parallel()
	layoutOf := func(schema uint64) boltfile.Layout { return boltfile.Layout{Schema: schema} }
	for name, breakIt := range map[string]func(t *testing.T, path string){
		"empty": func(t *testing.T, path string) {
			t.Helper()
			must(t, os.Truncate(path, 0))
		},
		"cut": func(t *testing.T, path string) {
			t.Helper()
			must(t, os.Truncate(path, 20_000))
		},
		"no database": func(t *testing.T, path string) {
			t.Helper()
			must(t, os.WriteFile(path, bytes.Repeat([]byte("text\n"), 9000), 0o600))
		},
		"newer schema": func(t *testing.T, path string) {
			t.Helper()
			must(t, os.Remove(path))
			must(t, boltfile.New(path, layoutOf(schema+1), 0).Create(t.Context(), nil))
		},
		"bucket missing": func(t *testing.T, path string) {
			t.Helper()
			must(t, os.Remove(path))
			must(t, boltfile.New(path, layoutOf(schema), 0).Create(t.Context(), nil))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := open(t, dir)
			put(t, s, "shop", 0, 200)
			now := clock()
			for round := range 4 {
				before := s.Revision()
				breakIt(t, s.file.Path())
				var err error
				s, err = Open(dir, Options{Now: now})
				must(t, err)
				snap := snapshot(t, s)
				if snap.Len() != 0 || snap.Revision() <= before || s.Revision() != snap.Revision() {
					t.Errorf("%d entities at revision %d (published %d) after %d", snap.Len(), snap.Revision(), s.Revision(), before)
				}
				if !strings.Contains(s.Notice(), "it was set aside as cache.db.corrupt-2024") {
					t.Errorf("notice: %q", s.Notice())
				}
				aside, err := filepath.Glob(filepath.Join(dir, "cache.db.corrupt-*"))
				if must(t, err); len(aside) != min(round+1, keptAside) {
					t.Errorf("round %d: set aside are %v", round, aside)
				}
				put(t, s, "shop", 0, 200)
			}
			same(t, "list", refs(0, 200), names(snapshot(t, open(t, dir))))
		})
	}
}

func TestACacheThatBreaksWhileInUseIsBegunAnew(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	put(t, s, "shop", 0, 200)
	before := s.Revision()
	must(t, os.Truncate(s.file.Path(), 16_384))
	if got := len(files(t, s, "shop")); got != 0 {
		t.Errorf("%d files would be skipped", got)
	}
	if s.Revision() <= before || !strings.Contains(s.Notice(), "is damaged") {
		t.Errorf("revision %d after %d, notice %q", s.Revision(), before, s.Notice())
	}
	put(t, s, "shop", 0, 20)

	w, err := s.Begin(t.Context(), "shop")
	must(t, err)
	must(t, w.Delete(t.Context(), ref(0)))
	must(t, os.Truncate(s.file.Path(), 16_384))
	if _, err := w.Commit(t.Context(), SourceStatus{}); !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), "sync again") {
		t.Errorf("commit: %v", err)
	}
	put(t, s, "shop", 0, 20)
	same(t, "list", refs(0, 20), names(snapshot(t, s)))
}

// Two running versions do not take the cache from each other.
func TestACacheOfAnotherSchemaIsNotTakenFromWhoUsesIt(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	must(t, os.Remove(s.file.Path()))
	newer := boltfile.New(s.file.Path(), boltfile.Layout{Schema: schema + 1}, 0)
	must(t, newer.Create(t.Context(), nil))
	if _, err := s.Snapshot(t.Context()); !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "start it again") {
		t.Errorf("snapshot: %v", err)
	}
	must(t, newer.View(t.Context(), func(*bbolt.Tx) error { return nil }))
}

// Whatever happens to the file's bytes, what is listed is what was written, and
// the next sync makes the cache whole.
func TestRandomDamageIsFoundOrHarmless(t *testing.T) {
	t.Parallel()
	const n = 150
	master := open(t, t.TempDir())
	put(t, master, "shop", 0, n)
	whole, err := os.ReadFile(master.file.Path())
	must(t, err)
	dir := t.TempDir()
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 3))
		file := bytes.Clone(whole)
		for range 1 + r.IntN(4) {
			page := file[r.IntN(len(file)/4096)*4096:][:4096]
			switch r.IntN(3) {
			case 0:
				page[r.IntN(4096)] ^= 1 << r.IntN(8)
			case 1:
				clear(page[r.IntN(4096):])
			case 2:
				for i := r.IntN(4096); i < 4096; i++ {
					page[i] = byte(r.Uint32())
				}
			}
		}
		must(t, os.WriteFile(filepath.Join(dir, FileName), file, 0o600))
		s, err := Open(dir, Options{})
		if err != nil {
			t.Fatalf("seed %d: open: %v", seed, err)
		}
		valid := refs(0, n)
		for _, name := range names(snapshot(t, s)) {
			if !slices.Contains(valid, name) {
				t.Errorf("seed %d: the list has %q", seed, name)
			}
		}
		if _, err := s.Edges(t.Context(), snapshot(t, s)); err != nil {
			t.Errorf("seed %d: edges: %v", seed, err)
		}
		for i := range n {
			rec, err := s.Record(t.Context(), ref(i))
			if err == nil && rec.Entity.Ref() != ref(i) || err != nil && !errors.Is(err, ErrNotFound) {
				t.Errorf("seed %d: record %d: %v", seed, i, err)
			}
		}
	}
}

func TestARevisionFileThatWasLostIsWrittenAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	want := put(t, open(t, dir), "shop", 0, 3)
	name := filepath.Join(dir, revisionName)
	for _, content := range []string{"", "not a number", "1"} {
		must(t, os.WriteFile(name, []byte(content), 0o600))
		if got := open(t, dir).Revision(); got != want {
			t.Errorf("after %q: revision %d, want %d", content, got, want)
		}
	}
	must(t, os.Remove(name))
	if got := open(t, dir).Revision(); got != want {
		t.Errorf("after its removal: revision %d, want %d", got, want)
	}
}

// A value can be whole and still be nothing that this version understands.
func TestValuesThatAreNoneAreReadAgain(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	put(t, s, "shop", 0, 25)
	must(t, s.file.Update(t.Context(), func(tx *bbolt.Tx) error {
		for bucket, key := range map[string]string{bucketEntity: ref(13).String(), bucketFile: "shop\x00" + path(20), bucketProblem: "shop\x00" + path(0), bucketSource: "shop"} {
			if err := boltfile.Put(tx.Bucket([]byte(bucket)), []byte(key), []byte(`{"entity":["of another time"],"size":"big","files":"many"}`)); err != nil {
				return err
			}
		}
		return nil
	}))
	_, err := s.Record(t.Context(), ref(13))
	if !errors.Is(err, ErrNotFound) || strings.Contains(err.Error(), "json") || strings.Contains(err.Error(), "catalog.") {
		t.Errorf("record: %v", err)
	}
	for range 2 { // the first finds them, and the second finds that they are gone
		if problems, err := s.Problems(t.Context()); len(problems) != 0 || err != nil {
			t.Errorf("problems: %v, %v", problems, err)
		}
		if sources, err := s.Sources(t.Context()); len(sources) != 0 || err != nil {
			t.Errorf("sources: %v, %v", sources, err)
		}
		files(t, s, "shop")
	}
	noted := files(t, s, "shop")
	if _, there := noted[path(20)]; there || noted[path(13)].Hash != "" || noted[path(0)].Hash != "" {
		t.Errorf("files: %+v", noted)
	}
	must(t, s.file.View(t.Context(), func(tx *bbolt.Tx) error {
		for bucket, key := range map[string]string{bucketEntity: ref(13).String(), bucketFile: "shop\x00" + path(20), bucketProblem: "shop\x00" + path(0), bucketSource: "shop"} {
			if tx.Bucket([]byte(bucket)).Get([]byte(key)) != nil {
				t.Errorf("the %s is still there", bucket)
			}
		}
		return nil
	}))
}

func TestACacheThatIsALinkToNowhereIsLeftAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, os.Symlink("/nonexistent/cache.db", filepath.Join(dir, FileName)))
	if _, err := Open(dir, Options{}); err == nil || !strings.Contains(err.Error(), "is a link to a file that is not there") {
		t.Errorf("%v", err)
	}
}
