package state

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"

	"github.com/idptui/idptui/internal/boltfile"
)

// FileName is the file's name in the data directory.
const FileName = "state.db"

// schema counts the layouts that were ever released.
const schema = 1

const (
	bucketStar       = "star"       // user NUL ref → order, a number that grows
	bucketVisit      = "visit"      // user NUL ref → microseconds
	bucketClaim      = "claim"      // ref → source, path
	bucketPreference = "preference" // user NUL key → value
	bucketSource     = "source"     // name → location, microseconds
)

// layout is a function because a slice in a variable could be changed.
func layout() boltfile.Layout {
	return boltfile.Layout{
		Schema:  schema,
		Buckets: []string{bucketStar, bucketVisit, bucketClaim, bucketPreference, bucketSource},
	}
}

// Options tune an opened state.
type Options struct {
	Wait time.Duration // for another process, before ErrBusy; 0 is a little less than 2 s
}

// bolt is the State in one bbolt file.
type bolt struct {
	file   *boltfile.File
	closed atomic.Bool

	mu      sync.Mutex
	trouble error // why nothing can be written, nil where all is well
	absent  bool  // there was no file at the beginning, and none could be made
	rescued rescued
}

// Open opens the state in dir and makes both where they are missing. A file that
// is damaged or of a newer program is left as it is and can be read only, as far
// as it can be; Trouble says so. The same goes for a directory that has no file
// and takes none.
func Open(dir string, opts Options) (State, error) {
	b := &bolt{file: boltfile.New(filepath.Join(dir, FileName), layout(), opts.Wait)}
	ctx := context.Background() // every step below is bound by Wait
	err := b.look(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		if err = b.file.Create(ctx, nil); err == nil {
			err = b.look(ctx) // another process may have made it
		}
	}
	switch {
	case err == nil:
	case unusable(err):
		b.trouble = readOnly(err)
	case boltfile.TakesNoWrites(err):
		b.trouble, b.absent = err, true
	default:
		return nil, b.explain(err)
	}
	return b, nil
}

// look goes over the whole file.
func (b *bolt) look(ctx context.Context) error {
	return b.file.Verify(ctx, func(*bbolt.Tx) error { return nil })
}

func (b *bolt) Close() error {
	b.closed.Store(true)
	return nil
}

// Trouble is what the last operation that met it found.
func (b *bolt) Trouble() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.trouble
}

func (b *bolt) setTrouble(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trouble = err
	if err == nil {
		b.absent, b.rescued = false, rescued{}
	}
}

// view runs fn over the file or, where that cannot be used, over what could be
// rescued of it. fn may run twice, and must begin from nothing each time.
func (b *bolt) view(ctx context.Context, fn func(parts) error) error {
	if b.closed.Load() {
		return ErrClosed
	}
	view, trouble := b.file.View, b.Trouble()
	if errors.Is(trouble, ErrReadOnly) {
		view = b.file.Verify
	}
	err := view(ctx, func(tx *bbolt.Tx) error {
		return fn(func(name string) part {
			if b := tx.Bucket([]byte(name)); b != nil {
				return inFile{b}
			}
			return inMemory{} // it is made when there is something to put in it
		})
	})
	switch {
	case err == nil && errors.Is(trouble, ErrReadOnly):
		b.setTrouble(nil) // somebody has put it right
	case unusable(err):
		b.setTrouble(readOnly(err))
		return b.rescue(ctx, fn)
	case errors.Is(err, fs.ErrNotExist) && b.isAbsent():
		return b.rescue(ctx, fn)
	}
	return b.explain(err)
}

func (b *bolt) isAbsent() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.absent
}

func (b *bolt) update(ctx context.Context, fn func(*bbolt.Tx) error) error {
	if b.closed.Load() {
		return ErrClosed
	}
	before := b.Trouble()
	if errors.Is(before, ErrReadOnly) {
		if err := b.look(ctx); unusable(err) {
			return readOnly(err)
		}
	}
	err := b.file.Update(ctx, fn)
	if errors.Is(err, fs.ErrNotExist) && b.isAbsent() {
		if err = b.file.Create(ctx, nil); err == nil {
			err = b.file.Update(ctx, fn)
		}
	}
	switch {
	case err == nil && before != nil:
		b.setTrouble(nil)
	case unusable(err):
		err = readOnly(err)
		b.setTrouble(err)
	case errors.Is(err, boltfile.ErrCannotWrite):
		b.setTrouble(err)
	}
	return b.explain(err)
}

// unusable tells whether an error is about a file that must not be written.
func unusable(err error) bool {
	return errors.Is(err, ErrCorrupt) || errors.Is(err, ErrNewer) || errors.Is(err, boltfile.ErrOlder)
}

// readOnly says what to do about a file that must not be written.
func readOnly(err error) error {
	advice := "it was left as it is; idptui state restore puts a backup in its place"
	if errors.Is(err, ErrNewer) {
		advice = "update idptui, choose another directory with --data, or put an older backup in its place with idptui state restore"
	}
	return fmt.Errorf("stars, visits and settings are %w: %w; %s", ErrReadOnly, err, advice)
}

// explain adds what to do about a file that is gone.
func (b *bolt) explain(err error) error {
	if errors.Is(err, fs.ErrNotExist) && !errors.Is(err, boltfile.ErrCannotWrite) {
		return fmt.Errorf("%s is gone: %w; start idptui again to begin an empty one, or bring it back with idptui state restore", b.file.Path(), fs.ErrNotExist)
	}
	return err
}

// Check reads every value of every bucket.
func (b *bolt) Check(ctx context.Context) error {
	if b.closed.Load() {
		return ErrClosed
	}
	var damaged []string
	err := b.file.Verify(ctx, func(tx *bbolt.Tx) error {
		return tx.ForEach(func(bucket []byte, values *bbolt.Bucket) error {
			return boltfile.Walk(values, nil, nil, func(k, v []byte) error {
				if _, err := boltfile.Unseal(k, v); err != nil {
					damaged = append(damaged, fmt.Sprintf("%s %q", bucket, bytes.ReplaceAll(k, []byte{0}, []byte{' '})))
				}
				return ctx.Err()
			})
		})
	})
	switch {
	case unusable(err):
		return readOnly(err)
	case err != nil && b.isAbsent():
		return b.Trouble()
	case err != nil:
		return b.explain(err)
	case len(damaged) == 0:
		return nil
	}
	const shown = 5
	list := strings.Join(damaged[:min(shown, len(damaged))], ", ")
	return fmt.Errorf("%d values of %s are damaged and left out (%s): %w", len(damaged), b.file.Path(), list, boltfile.ErrValue)
}

// pair is a key of two parts; the first cannot contain NUL.
func pair(first, second string) []byte { return []byte(first + "\x00" + second) }

// each visits the whole values whose key starts with prefix; damaged ones are
// left out, and found by Check.
func each(p part, prefix []byte, fn func(key string, payload []byte)) error {
	return p.walk(prefix, func(k, payload []byte) { fn(string(k[len(prefix):]), payload) })
}

// getOrNone reads a value that may be replaced: a damaged one counts as none.
func getOrNone(p part, key []byte) []byte {
	payload, err := p.get(key)
	if err != nil {
		return nil
	}
	return payload
}

// Two parts of a value: the length of the first, the first, the second.
func joinParts(first, second string) []byte {
	buf := binary.AppendUvarint(make([]byte, 0, len(first)+len(second)+2), uint64(len(first)))
	return append(append(buf, first...), second...)
}

func splitParts(b []byte) (first, second string, ok bool) {
	n, size := binary.Uvarint(b)
	if size <= 0 || n > uint64(len(b)-size) {
		return "", "", false
	}
	b = b[size:]
	return string(b[:n]), string(b[n:]), true
}

func timeBytes(t time.Time) []byte { return binary.AppendVarint(nil, t.UnixMicro()) }

func bytesTime(b []byte) (time.Time, bool) {
	n, size := binary.Varint(b)
	return time.UnixMicro(n).UTC(), size > 0 && size == len(b)
}
