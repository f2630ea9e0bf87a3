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
}

// Open opens the state in dir and makes both where they are missing.
func Open(dir string, opts Options) (State, error) {
	b := &bolt{file: boltfile.New(filepath.Join(dir, FileName), layout(), opts.Wait)}
	ctx := context.Background() // every step below is bound by Wait
	look := func() error { return b.file.Verify(ctx, func(*bbolt.Tx) error { return nil }) }
	err := look()
	if errors.Is(err, fs.ErrNotExist) {
		if err = b.file.Create(ctx, nil); err == nil {
			err = look() // another process may have made it
		}
	}
	if err != nil {
		return nil, b.explain(err)
	}
	return b, nil
}

func (b *bolt) Close() error {
	b.closed.Store(true)
	return nil
}

func (b *bolt) view(ctx context.Context, fn func(*bbolt.Tx) error) error {
	if b.closed.Load() {
		return ErrClosed
	}
	return b.explain(b.file.View(ctx, fn))
}

func (b *bolt) update(ctx context.Context, fn func(*bbolt.Tx) error) error {
	if b.closed.Load() {
		return ErrClosed
	}
	return b.explain(b.file.Update(ctx, fn))
}

// explain adds what to do about a file that cannot be used.
func (b *bolt) explain(err error) error {
	switch {
	case errors.Is(err, ErrCorrupt), errors.Is(err, boltfile.ErrOlder):
		return fmt.Errorf("%w; it was left as it is: put a backup in its place, or move it away to start with an empty one", err)
	case errors.Is(err, ErrNewer):
		return fmt.Errorf("%w; update idptui, or choose another directory with --data", err)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s is gone: %w; start idptui again to begin an empty one", b.file.Path(), fs.ErrNotExist)
	}
	return err
}

// Check reads every value of every bucket.
func (b *bolt) Check(ctx context.Context) error {
	return b.view(ctx, func(tx *bbolt.Tx) error {
		var damaged []string
		err := tx.ForEach(func(bucket []byte, values *bbolt.Bucket) error {
			return boltfile.Walk(values, nil, nil, func(k, v []byte) error {
				if _, err := boltfile.Unseal(k, v); err != nil {
					damaged = append(damaged, fmt.Sprintf("%s %q", bucket, bytes.ReplaceAll(k, []byte{0}, []byte{' '})))
				}
				return ctx.Err()
			})
		})
		if err != nil || len(damaged) == 0 {
			return err
		}
		const shown = 5
		list := strings.Join(damaged[:min(shown, len(damaged))], ", ")
		return fmt.Errorf("%d values of %s are damaged and left out (%s): %w", len(damaged), b.file.Path(), list, boltfile.ErrValue)
	})
}

// pair is a key of two parts; the first cannot contain NUL.
func pair(first, second string) []byte { return []byte(first + "\x00" + second) }

// each visits the whole values whose key starts with prefix; damaged ones are
// left out, and found by Check.
func each(b *bbolt.Bucket, prefix []byte, fn func(key string, payload []byte)) error {
	return boltfile.Walk(b, prefix, nil, func(k, v []byte) error {
		if payload, err := boltfile.Unseal(k, v); err == nil {
			fn(string(k[len(prefix):]), payload)
		}
		return nil
	})
}

// getOrNone reads a value that may be replaced: a damaged one counts as none.
func getOrNone(b *bbolt.Bucket, key []byte) []byte {
	payload, err := boltfile.Get(b, key)
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
