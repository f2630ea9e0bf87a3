package boltfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/idptui/idptui/internal/flock"
)

// Files that many transactions have put values into and taken them from again
// are whole, for this package as for the library itself.
func TestWholeFilesPassVerification(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 1))
			f := made(t)
			largest := []int{10, 300, 5_000, 60_000}[r.IntN(4)]
			for round := range 30 {
				err := f.Update(t.Context(), func(tx *bbolt.Tx) error {
					b := tx.Bucket([]byte(bucket))
					for range r.IntN(200) {
						key := fmt.Appendf(nil, "key-%03d", r.IntN(500))
						if r.IntN(100) < 30+20*(round%3) {
							if err := b.Delete(key); err != nil {
								return err
							}
						} else if err := Put(b, key, make([]byte, r.IntN(largest))); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				err = f.Verify(t.Context(), func(tx *bbolt.Tx) error {
					for err := range tx.Check() {
						t.Errorf("round %d: the library finds that %v", round, err)
					}
					return nil
				})
				if err != nil {
					t.Fatalf("round %d: %v", round, err)
				}
			}
		})
	}
}

// Files that are too large for every page to be read pass as well, and what
// leads in circles is found in them too.
func TestALargeFileIsVerifiedByItsBranches(t *testing.T) {
	t.Parallel()
	f := made(t)
	for round := range 4 {
		err := f.Update(t.Context(), func(tx *bbolt.Tx) error {
			for i := round; i < 6000; i += 4 {
				if err := Put(tx.Bucket([]byte(bucket)), fmt.Appendf(nil, "key-%06d", i), make([]byte, 3000)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(f.path); err != nil || info.Size() <= wholeUpTo {
		t.Fatalf("the file is too small for this test: %d bytes, %v", info.Size(), err)
	}
	if err := f.Verify(t.Context(), nothing); err != nil {
		t.Fatal(err)
	}
	pointAt(t, f, func(root, _ uint64) uint64 { return root })
	if err := f.Verify(t.Context(), nothing); !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), "two places") {
		t.Errorf("a circle: %v", err)
	}
}

// pointAt changes the last page number in the root page of the bucket to what
// target makes of the root's and the highest one.
func pointAt(t *testing.T, f *File, target func(root, high uint64) uint64) {
	t.Helper()
	var root, high, size uint64
	err := f.View(t.Context(), func(tx *bbolt.Tx) error {
		root = uint64(tx.Bucket([]byte(bucket)).Root())
		size = uint64(tx.DB().Info().PageSize)
		high = uint64(tx.Size()) / size
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(f.path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer flock.Release(file)
	head := make([]byte, pageHead)
	if _, err := file.ReadAt(head, int64(root*size)); err != nil {
		t.Fatal(err)
	}
	if flags := binary.NativeEndian.Uint16(head[8:]); flags != flagBranch {
		t.Fatalf("the root is no branch but %d", flags)
	}
	last := uint64(binary.NativeEndian.Uint16(head[10:])) - 1
	number := binary.NativeEndian.AppendUint64(nil, target(root, high))
	if _, err := file.WriteAt(number, int64(root*size+pageHead+last*pageElement+8)); err != nil {
		t.Fatal(err)
	}
}

// Each of these would send the library round in circles or have it give a page
// in use to somebody else.
func TestPagesThatLeadAstrayAreFound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		target func(root, high uint64) uint64
		says   string
	}{
		"to the meta page": {func(_, _ uint64) uint64 { return 0 }, "numbered 0"},
		"to itself":        {func(root, _ uint64) uint64 { return root }, "of another kind"},
		"beyond the end":   {func(_, high uint64) uint64 { return high + 5 }, "is the last"},
		"far beyond":       {func(_, _ uint64) uint64 { return 1 << 63 }, "is the last"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := made(t)
			for i := range 60 {
				put(t, f, fmt.Sprintf("key-%03d", i), strings.Repeat("x", 700))
			}
			pointAt(t, f, c.target)
			if err := f.Verify(t.Context(), nothing); !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("verify: %v", err)
			}
		})
	}
}

func TestAFreePageInUseIsFound(t *testing.T) {
	t.Parallel()
	f := made(t)
	for i := range 60 {
		put(t, f, fmt.Sprintf("key-%03d", i), strings.Repeat("x", 700))
	}
	var root, size uint64
	err := f.Verify(t.Context(), func(tx *bbolt.Tx) error {
		size = uint64(tx.DB().Info().PageSize)
		root = uint64(tx.Bucket([]byte(bucket)).Root())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(f.path)
	if err != nil {
		t.Fatal(err)
	}
	// Old lists lie about as well: every page that is one gets the root as its first.
	for page := file; len(page) > 0; page = page[size:] {
		if binary.NativeEndian.Uint16(page[8:]) == flagFreelist && binary.NativeEndian.Uint16(page[10:]) > 0 {
			binary.NativeEndian.PutUint64(page[pageHead:], root)
		}
	}
	if err := os.WriteFile(f.path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.Verify(t.Context(), nothing); !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), "two places") {
		t.Errorf("verify: %v", err)
	}
}

func TestAWalkGoesThroughTheKeysAsked(t *testing.T) {
	t.Parallel()
	f := made(t)
	for _, k := range []string{"a", "b/1", "b/2", "b/3", "c"} {
		put(t, f, k, "v")
	}
	for _, c := range []struct{ prefix, after, stop, want string }{
		{want: "a b/1 b/2 b/3 c"},
		{prefix: "b/", want: "b/1 b/2 b/3"},
		{prefix: "b/", after: "b/1", want: "b/2 b/3"},
		{prefix: "b/", after: "a", want: "b/1 b/2 b/3"},
		{after: "b/0", want: "b/1 b/2 b/3 c"},
		{after: "c", want: ""},
		{stop: "b/2", want: "a b/1 b/2"},
		{prefix: "x", want: ""},
	} {
		var got []string
		err := f.View(t.Context(), func(tx *bbolt.Tx) error {
			var after []byte
			if c.after != "" {
				after = []byte(c.after)
			}
			return Walk(tx.Bucket([]byte(bucket)), []byte(c.prefix), after, func(k, _ []byte) error {
				if got = append(got, string(k)); string(k) == c.stop {
					return ErrStop
				}
				return nil
			})
		})
		if list := strings.Join(got, " "); err != nil || list != c.want {
			t.Errorf("%+v: %q, %v", c, list, err)
		}
	}
}
