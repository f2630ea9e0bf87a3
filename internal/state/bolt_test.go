package state_test

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
			s := open(t, dir)
			err := s.Trouble()
			if !errors.Is(err, state.ErrCorrupt) || !errors.Is(err, state.ErrReadOnly) || !strings.Contains(err.Error(), "left as it is") || !strings.Contains(err.Error(), path) {
				t.Errorf("trouble: %v", err)
			}
			if err := s.SetStar(t.Context(), user, "r", true); !errors.Is(err, state.ErrReadOnly) {
				t.Errorf("writing: %v", err)
			}
			if err := s.Check(t.Context()); !errors.Is(err, state.ErrCorrupt) {
				t.Errorf("check: %v", err)
			}
			contentOf(t, s) // no read fails
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
	if stars, err := s.Stars(t.Context(), user); err != nil || len(stars) > 0 {
		t.Errorf("reading: %v, %v", stars, err)
	}
	must(t, os.Remove(path))
	if err := s.SetStar(t.Context(), user, "r", true); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "is gone") {
		t.Errorf("writing to a state that is gone: %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a state was begun behind the back of whoever removed it")
	}
}

func TestAStateOfANewerSchemaIsReadAndNotWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	populate(t, s)
	want := contentOf(t, s)
	setSchema(t, dir, 1, 2)
	for name, s := range map[string]state.State{"opened before": s, "opened now": open(t, dir)} {
		if diff := cmp.Diff(want, contentOf(t, s)); diff != "" {
			t.Errorf("%s: what is read (-want +got):\n%s", name, diff)
		}
		if err := s.Trouble(); !errors.Is(err, state.ErrNewer) || !strings.Contains(err.Error(), "update idptui") {
			t.Errorf("%s: trouble: %v", name, err)
		}
		for what, write := range map[string]func() error{
			"star":       func() error { return s.SetStar(t.Context(), user, "r", true) },
			"visit":      func() error { return s.Visit(t.Context(), user, "r", time.Now()) },
			"preference": func() error { return s.SetPreference(t.Context(), user, "k", "v") },
			"source":     func() error { return s.ForgetSource(t.Context(), "shop") },
		} {
			if err := write(); !errors.Is(err, state.ErrReadOnly) || strings.Count(err.Error(), "\n") > 0 {
				t.Errorf("%s: %s: %v", name, what, err)
			}
		}
	}
	setSchema(t, dir, 2, 1)
	if err := s.SetStar(t.Context(), user, "r", true); err != nil || s.Trouble() != nil {
		t.Errorf("once it is put right: %v, trouble %v", err, s.Trouble())
	}
}

// setSchema changes which version of the program a state is said to be of.
func setSchema(t *testing.T, dir string, from, to uint64) {
	t.Helper()
	file := boltfile.New(filepath.Join(dir, state.FileName), boltfile.Layout{Schema: from}, 0)
	must(t, file.Update(t.Context(), func(tx *bbolt.Tx) error {
		return boltfile.PutUint(tx.Bucket([]byte(boltfile.MetaBucket)), "schema", to)
	}))
}

// What is damaged is a page of one part: all others are read, and a sync can go
// on claiming.
func TestWhatIsWholeOfADamagedStateIsRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	populate(t, s)
	for i := range 300 { // so that the stars have pages of their own
		must(t, s.SetStar(t.Context(), user, fmt.Sprintf("component:default/service-%04d", i), true))
	}
	want := contentOf(t, s)
	path := filepath.Join(dir, state.FileName)
	whole, err := os.ReadFile(path)
	must(t, err)
	var page int
	file := boltfile.New(path, boltfile.Layout{Schema: 1}, 0)
	must(t, file.View(t.Context(), func(tx *bbolt.Tx) error {
		page = int(tx.Bucket([]byte("star")).Root()) * tx.DB().Info().PageSize
		return nil
	}))
	damaged := bytes.Clone(whole)
	damaged[page+8] ^= 0xFF // of no kind any more
	must(t, os.WriteFile(path, damaged, 0o600))

	s = open(t, dir)
	if !errors.Is(s.Trouble(), state.ErrCorrupt) {
		t.Fatalf("trouble: %v", s.Trouble())
	}
	got := contentOf(t, s)
	want.Stars, got.Stars = nil, nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what is read (-want +got):\n%s", diff)
	}
	other := state.Claim{Ref: "component:default/cart", Source: "other", Path: "x.yaml"}
	mine := state.Claim{Ref: "component:default/new", Source: "shop", Path: "n.yaml"}
	lost, err := s.Claim(t.Context(), []state.Claim{other, mine})
	if err != nil || len(lost) != 1 || lost[0].Claim != other {
		t.Errorf("claimed: %v, %v", lost, err)
	}
	mine.Source = "other"
	if lost, err := s.Claim(t.Context(), []state.Claim{mine}); err != nil || len(lost) != 1 {
		t.Errorf("what was claimed in memory: %v, %v", lost, err)
	}
	must(t, s.Release(t.Context(), "shop", []string{mine.Ref, other.Ref}))
	if lost, err := s.Claim(t.Context(), []state.Claim{mine, other}); err != nil || len(lost) > 0 {
		t.Errorf("what was released in memory: %v, %v", lost, err)
	}
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, damaged) {
		t.Errorf("the file was changed: %v", err)
	}
	must(t, os.WriteFile(path, whole, 0o600))
	must(t, s.SetStar(t.Context(), user, "r", true))
	if claims, err := s.Claims(t.Context(), "shop"); err != nil || len(claims) != 1 {
		t.Errorf("claims once it is whole again: %v, %v", claims, err)
	}
}

// Whatever byte is another one, no read fails, hangs or gives what nobody stored.
func TestReadsOfADamagedStateGiveOnlyWhatWasStored(t *testing.T) {
	t.Parallel()
	whole, err := os.ReadFile(fixture)
	must(t, err)
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, state.FileName), whole, 0o600))
	want := contentOf(t, open(t, dir))
	r := rand.New(rand.NewPCG(7, 8))
	for round := range 200 {
		file := bytes.Clone(whole)
		for range 1 + r.IntN(3) {
			file[r.IntN(len(file))] ^= byte(1 + r.IntN(255))
		}
		must(t, os.WriteFile(filepath.Join(dir, state.FileName), file, 0o600))
		s := open(t, dir)
		stars, err := s.Stars(t.Context(), user)
		must(t, err)
		for _, ref := range stars {
			if !slices.Contains(want.Stars, ref) {
				t.Errorf("round %d: a star %q", round, ref)
			}
		}
		if theme, _, err := s.Preference(t.Context(), user, "theme"); err == nil && theme != "" && theme != want.Theme {
			t.Errorf("round %d: the theme %q", round, theme)
		}
		sources, err := s.RememberedSources(t.Context())
		must(t, err)
		if len(sources) > 0 && sources[0] != want.Sources[0] {
			t.Errorf("round %d: the source %v", round, sources[0])
		}
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
