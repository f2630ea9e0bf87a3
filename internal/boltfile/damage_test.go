package boltfile

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"
)

// A damaged file never brings the process down, and what is read from it is
// what was written, or is known to be damaged, or is missing.
func TestDamageIsFoundOrHarmless(t *testing.T) {
	t.Parallel()
	const values, page = 400, 4096
	whole := made(t)
	text := func(i int) string { return strings.Repeat(fmt.Sprint("value ", i, " "), 1+i%40) }
	for round := range 4 { // several transactions, so that both meta pages and a freelist are in use
		err := whole.Update(t.Context(), func(tx *bbolt.Tx) error {
			for i := round; i < values; i += 4 {
				if err := Put(tx.Bucket([]byte(bucket)), fmt.Appendf(nil, "key-%04d", i), []byte(text(i))); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	bytes, err := os.ReadFile(whole.path)
	if err != nil {
		t.Fatal(err)
	}
	pages := len(bytes) / page
	somePage := func(r *rand.Rand, b []byte) []byte {
		at := r.IntN(pages) * page
		return b[at : at+page]
	}
	for name, harm := range map[string]func(r *rand.Rand, b []byte) []byte{
		"truncated": func(r *rand.Rand, b []byte) []byte { return b[:r.IntN(len(b))] },
		"zeroed page": func(r *rand.Rand, b []byte) []byte {
			clear(somePage(r, b))
			return b
		},
		"random page": func(r *rand.Rand, b []byte) []byte {
			for i, p := 0, somePage(r, b); i < len(p); i++ {
				p[i] = byte(r.Uint32())
			}
			return b
		},
		"random tail of a page": func(r *rand.Rand, b []byte) []byte {
			p := somePage(r, b)
			for i := 64 + r.IntN(page-64); i < page; i++ {
				p[i] = byte(r.Uint32())
			}
			return b
		},
		"swapped pages": func(r *rand.Rand, b []byte) []byte {
			one, two := somePage(r, b), somePage(r, b)
			for i := range one {
				one[i], two[i] = two[i], one[i]
			}
			return b
		},
		"flipped bit": func(r *rand.Rand, b []byte) []byte {
			b[r.IntN(len(b))] ^= 1 << r.IntN(8)
			return b
		},
		"flipped bit in a page's head": func(r *rand.Rand, b []byte) []byte {
			somePage(r, b)[r.IntN(80)] ^= 1 << r.IntN(8)
			return b
		},
		"no database": func(r *rand.Rand, _ []byte) []byte { return []byte(strings.Repeat("text\n", r.IntN(9000))) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			passed := 0
			for seed := range uint64(40) {
				r := rand.New(rand.NewPCG(seed, 7))
				path := filepath.Join(dir, fmt.Sprint(seed))
				harmed := harm(r, append([]byte(nil), bytes...))
				if err := os.WriteFile(path, harmed, 0o600); err != nil {
					t.Fatal(err)
				}
				f := New(path, testLayout(), 0)
				if err := f.Verify(t.Context(), nothing); err != nil {
					if !errors.Is(err, ErrCorrupt) {
						t.Errorf("seed %d: %v", seed, err)
					}
					continue
				}
				passed++
				found := 0
				err := f.View(t.Context(), func(tx *bbolt.Tx) error {
					return Walk(tx.Bucket([]byte(bucket)), nil, nil, func(k, v []byte) error {
						payload, err := Unseal(k, v)
						if err != nil {
							return nil
						}
						found++
						var i int
						if _, err := fmt.Sscanf(string(k), "key-%d", &i); err == nil && string(payload) != text(i) {
							t.Errorf("seed %d: %q is not what was written under %q", seed, payload, k)
						}
						return nil
					})
				})
				if err != nil && !errors.Is(err, ErrCorrupt) {
					t.Errorf("seed %d: %v", seed, err)
				}
				if found > values {
					t.Errorf("seed %d: %d values where %d were written", seed, found, values)
				}
				err = f.Update(t.Context(), func(tx *bbolt.Tx) error {
					return Put(tx.Bucket([]byte(bucket)), []byte("key-0001"), []byte(text(1)))
				})
				if err != nil && !errors.Is(err, ErrCorrupt) {
					t.Errorf("seed %d, writing: %v", seed, err)
				}
			}
			t.Logf("%d of 40 files were damaged where nothing looks at the start", passed)
		})
	}
}

// Damage found in the middle of an operation leaves the file free for others.
func TestAPanicFreesTheFile(t *testing.T) {
	t.Parallel()
	f := made(t)
	for name, op := range map[string]func() error{
		"view":   func() error { return f.View(t.Context(), func(*bbolt.Tx) error { panic("odd page") }) },
		"update": func() error { return f.Update(t.Context(), func(*bbolt.Tx) error { panic("odd page") }) },
	} {
		if err := op(); !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), "is damaged (odd page)") {
			t.Errorf("%s: %v", name, err)
		}
		put(t, f, "k", name)
	}
}

// A file that is cut while it is mapped faults where it is read.
func TestATruncationUnderAReaderIsDamage(t *testing.T) {
	t.Parallel()
	f := made(t)
	put(t, f, "k", strings.Repeat("x", 1<<20))
	err := f.View(t.Context(), func(tx *bbolt.Tx) error {
		value := tx.Bucket([]byte(bucket)).Get([]byte("k"))
		if err := os.Truncate(f.path, 4*4096); err != nil {
			return err
		}
		_, err := Unseal([]byte("k"), value)
		return err
	})
	if !errors.Is(err, ErrCorrupt) {
		t.Errorf("view: %v", err)
	}
	if err := f.View(t.Context(), nothing); !errors.Is(err, ErrCorrupt) {
		t.Errorf("afterwards: %v", err)
	}
}
