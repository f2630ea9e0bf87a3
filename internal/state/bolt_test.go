package state_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"github.com/idptui/idptui/internal/boltfile"
	"github.com/idptui/idptui/internal/state"
)

const fixture = "testdata/schema1.db"

func open(t *testing.T, dir string) state.State {
	t.Helper()
	s, err := state.Open(dir, state.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// populate writes what the fixture holds.
func populate(t *testing.T, s state.State) {
	t.Helper()
	ctx := t.Context()
	at := time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)
	must(t, s.SetStar(ctx, user, "component:default/cart", true))
	must(t, s.SetStar(ctx, user, "api:default/orders", true))
	must(t, s.Visit(ctx, user, "component:default/cart", at))
	_, err := s.Claim(ctx, []state.Claim{{Ref: "component:default/cart", Source: "shop", Path: "cart/catalog-info.yaml"}})
	must(t, err)
	must(t, s.SetPreference(ctx, user, "theme", "light"))
	must(t, s.RememberSource(ctx, state.RememberedSource{Name: "shop", Location: "/srv/shop", Added: at}))
}

// content is everything that populate writes.
type content struct {
	Stars   []string
	Visits  []state.Visit
	Claims  []state.Claim
	Theme   string
	Sources []state.RememberedSource
}

func contentOf(t *testing.T, s state.State) content {
	t.Helper()
	var c content
	var errs [5]error
	c.Stars, errs[0] = s.Stars(t.Context(), user)
	c.Visits, errs[1] = s.Visits(t.Context(), user, 0)
	c.Claims, errs[2] = s.Claims(t.Context(), "shop")
	c.Theme, _, errs[3] = s.Preference(t.Context(), user, "theme")
	c.Sources, errs[4] = s.RememberedSources(t.Context())
	must(t, errors.Join(errs[:]...))
	return c
}

func TestSchema1IsRead(t *testing.T) {
	t.Parallel()
	fresh := t.TempDir()
	populate(t, open(t, fresh))
	if os.Getenv("IDPTUI_WRITE_FIXTURE") != "" {
		file, err := os.ReadFile(filepath.Join(fresh, state.FileName))
		must(t, err)
		must(t, os.WriteFile(fixture, file, 0o600))
	}
	old := t.TempDir()
	file, err := os.ReadFile(fixture)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(old, state.FileName), file, 0o600))
	s := open(t, old)
	if diff := cmp.Diff(contentOf(t, open(t, fresh)), contentOf(t, s)); diff != "" {
		t.Errorf("the fixture reads otherwise than what is written today (-today +fixture):\n%s", diff)
	}
	must(t, s.Check(t.Context()))
	must(t, s.SetStar(t.Context(), user, "resource:default/db", true))
	if stars := contentOf(t, s).Stars; len(stars) != 3 || stars[0] != "resource:default/db" {
		t.Errorf("a star set in the old file: %v", stars)
	}
}

func TestADamagedStateIsLeftAsItIs(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile(fixture)
	must(t, err)
	zeroed := bytes.Clone(file)
	clear(zeroed[:2*os.Getpagesize()]) // both meta pages
	for name, damaged := range map[string][]byte{
		"empty":     {},
		"cut":       file[:len(file)/3],
		"zeroed":    zeroed,
		"no bbolt":  []byte(strings.Repeat("this is a letter\n", 4096)),
		"one byte":  {0},
		"cut pages": file[:2*os.Getpagesize()],
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, state.FileName)
			must(t, os.WriteFile(path, damaged, 0o600))
			_, err := state.Open(dir, state.Options{})
			if !errors.Is(err, state.ErrCorrupt) || !strings.Contains(err.Error(), "left as it is") || !strings.Contains(err.Error(), path) {
				t.Errorf("open: %v", err)
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, damaged) {
				t.Errorf("the file was changed: %d bytes where %d were, %v", len(after), len(damaged), err)
			}
			if others, _ := filepath.Glob(path + ".*"); len(others) != 1 {
				t.Errorf("beside it lie %v", others)
			}
		})
	}
}

func TestAStateThatIsDamagedWhileInUseIsLeftAsItIs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	populate(t, s)
	path := filepath.Join(dir, state.FileName)
	must(t, os.WriteFile(path+".x", []byte("oops"), 0o600))
	must(t, os.Rename(path+".x", path))
	if err := s.SetStar(t.Context(), user, "r", true); !errors.Is(err, state.ErrCorrupt) {
		t.Errorf("writing: %v", err)
	}
	if _, err := s.Stars(t.Context(), user); !errors.Is(err, state.ErrCorrupt) {
		t.Errorf("reading: %v", err)
	}
	must(t, os.Remove(path))
	if err := s.SetStar(t.Context(), user, "r", true); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "is gone") {
		t.Errorf("writing to a state that is gone: %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a state was begun behind the back of whoever removed it")
	}
}

func TestAStateOfANewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	newer := boltfile.New(filepath.Join(dir, state.FileName), boltfile.Layout{Schema: 2}, 0)
	must(t, newer.Create(t.Context(), nil))
	_, err := state.Open(dir, state.Options{})
	if !errors.Is(err, state.ErrNewer) || !strings.Contains(err.Error(), "update idptui") {
		t.Errorf("open: %v", err)
	}
}

// A damaged value is left out of lists, reported by Check, and gone once it is
// set again; its neighbours are as before.
func TestOneDamagedValueHarmsNoOther(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	populate(t, s)
	whole := contentOf(t, s)
	harm := map[string]string{
		"star": user + "\x00api:default/orders", "preference": user + "\x00theme",
		"claim": "component:default/cart", "source": "shop", "visit": user + "\x00component:default/cart",
	}
	file := boltfile.New(filepath.Join(dir, state.FileName), boltfile.Layout{Schema: 1}, 0)
	must(t, file.Update(t.Context(), func(tx *bbolt.Tx) error {
		for bucket, key := range harm {
			value := bytes.Clone(tx.Bucket([]byte(bucket)).Get([]byte(key)))
			value[len(value)-1] ^= 4
			if err := tx.Bucket([]byte(bucket)).Put([]byte(key), value); err != nil {
				return err
			}
		}
		return nil
	}))
	if _, ok, err := s.Preference(t.Context(), user, "theme"); err == nil || ok || !strings.Contains(err.Error(), "set it again") {
		t.Errorf("the damaged preference: %v, %v", ok, err)
	}
	must(t, s.SetPreference(t.Context(), user, "theme", "light"))
	want := content{Stars: whole.Stars[1:], Theme: "light"}
	if diff := cmp.Diff(want, contentOf(t, s)); diff != "" {
		t.Errorf("what is left (-want +got):\n%s", diff)
	}
	if err := s.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "4 values of "+file.Path()+" are damaged") {
		t.Errorf("check: %v", err)
	}
	populate(t, s)
	if diff := cmp.Diff(whole, contentOf(t, s)); diff != "" {
		t.Errorf("set again (-want +got):\n%s", diff)
	}
	must(t, s.Check(t.Context()))
}

func TestAStateDirectoryThatCannotBeWrittenIsNamed(t *testing.T) {
	t.Parallel()
	inTheWay := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(inTheWay, nil, 0o600))
	_, err := state.Open(inTheWay, state.Options{})
	want := "the data directory " + inTheWay + " cannot be written: not a directory; set --data to a writable directory"
	if err == nil || err.Error() != want {
		t.Errorf("open: %v\nwant: %s", err, want)
	}
}

func BenchmarkState(b *testing.B) {
	ctx := b.Context()
	s, err := state.Open(b.TempDir(), state.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("SetStar", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if err := s.SetStar(ctx, user, "component:default/cart", i%2 == 0); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Stars", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Stars(ctx, user); err != nil {
				b.Fatal(err)
			}
		}
	})
	claims := make([]state.Claim, 100_000)
	for i := range claims {
		claims[i] = state.Claim{Ref: "component:default/service-" + strings.Repeat("x", i%20) + time.Duration(i).String(), Source: "shop", Path: "a/b/catalog-info.yaml"}
	}
	b.Run("Claim100000again", func(b *testing.B) {
		if _, err := s.Claim(ctx, claims); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if _, err := s.Claim(ctx, claims); err != nil {
				b.Fatal(err)
			}
		}
	})
}
