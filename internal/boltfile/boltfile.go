// Package boltfile opens a bbolt file for one short operation at a time, so
// that several processes can work on it side by side. The cache and the state
// are such files; what the two share (locks, creation, schema numbers, sealed
// values, damage turned into errors) is here once, and therefore this package
// imports bbolt as they do.
//
// Locks. Beside FILE lies FILE.lock, the gate, which is never renamed. Everyone
// passes it one by one before waiting for the lock on FILE itself, and leaves it
// open once that is held: a waiting writer thus keeps new readers out until it
// has had its turn. Who creates, replaces or sets FILE aside keeps the gate shut
// meanwhile. After each opening the file is compared with what its path names
// now, because a write to a file that was renamed away would be lost.
//
// The package owns no state between two operations. No caller's code runs in a
// transaction except the function it hands in, which must not wait for anything.
package boltfile

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"

	"github.com/idptui/idptui/internal/flock"
)

// DefaultWait is how long an operation waits for another process: an answer
// within two seconds is promised, and opening takes a part of them.
const DefaultWait = 1800 * time.Millisecond

// MetaBucket holds the schema number and what else its owner keeps there.
const MetaBucket = "meta"

const keySchema = "schema"

// Layout is what a file must hold to be used at all.
type Layout struct {
	Schema  uint64
	Buckets []string // besides MetaBucket
}

// File is one bbolt file that is open only while an operation runs. It may be
// used by many goroutines at once.
type File struct {
	path   string
	layout Layout
	wait   time.Duration
}

// New names a file; it touches nothing. A wait of 0 is DefaultWait.
func New(path string, layout Layout, wait time.Duration) *File {
	if wait <= 0 {
		wait = DefaultWait
	}
	return &File{path: path, layout: layout, wait: wait}
}

// deadline is when an operation that begins now stops waiting for others.
func (f *File) deadline() time.Time { return time.Now().Add(f.wait) }

// Path is the file's path.
func (f *File) Path() string { return f.path }

// View runs fn in a reading transaction. What fn keeps must be copied: keys and
// values die with the transaction. A missing file is fs.ErrNotExist.
func (f *File) View(ctx context.Context, fn func(*bbolt.Tx) error) error {
	return f.view(ctx, false, fn)
}

// Verify is View after a look at the file's pages. Whoever uses a file begins
// with it: damage that leads the library round in circles is found only here.
func (f *File) Verify(ctx context.Context, fn func(*bbolt.Tx) error) error {
	return f.view(ctx, true, fn)
}

func (f *File) view(ctx context.Context, verify bool, fn func(*bbolt.Tx) error) error {
	h, err := f.open(ctx, false)
	if err != nil {
		return err
	}
	return cmp.Or(f.viewIn(h, verify, fn), h.close())
}

// viewIn runs fn over an open file.
func (f *File) viewIn(h *handle, verify bool, fn func(*bbolt.Tx) error) error {
	return h.transact(false, func(tx *bbolt.Tx) error {
		if err := h.length(tx); err != nil {
			return err
		}
		if verify {
			if err := walkPages(h.file, tx); err != nil {
				return openError(h.path, h.info, err)
			}
		}
		if err := f.check(h, tx); err != nil {
			return err
		}
		return fn(tx)
	})
}

// Update runs fn in a writing transaction. When it returns nil, the disk has it.
func (f *File) Update(ctx context.Context, fn func(*bbolt.Tx) error) error {
	h, err := f.open(ctx, true)
	if err != nil {
		return err
	}
	refused := false // by fn or the check: then it is no failure to write
	err = h.transact(true, func(tx *bbolt.Tx) error {
		err := h.length(tx)
		if err == nil {
			err = f.check(h, tx)
		}
		if err == nil {
			err = fn(tx)
		}
		refused = err != nil
		return err
	})
	if err != nil && !refused && !errors.Is(err, ErrCorrupt) {
		err = f.outOfRoom(err, missing(h.file))
	}
	return cmp.Or(err, h.close())
}

// check tells whether the open file is of our schema.
func (f *File) check(h *handle, tx *bbolt.Tx) error {
	meta := tx.Bucket([]byte(MetaBucket))
	if meta == nil {
		return h.damage("it has no schema number")
	}
	schema, err := GetUint(meta, keySchema)
	if err != nil || schema == 0 {
		return h.damage("its schema number cannot be read")
	}
	switch {
	case schema > f.layout.Schema:
		return &schemaError{f.path, schema, f.layout.Schema, ErrNewer, h.info}
	case schema < f.layout.Schema:
		return &schemaError{f.path, schema, f.layout.Schema, ErrOlder, h.info}
	}
	for _, name := range f.layout.Buckets {
		if tx.Bucket([]byte(name)) == nil {
			return h.damage("its part " + name + " is missing")
		}
	}
	return nil
}

// Create makes the file, and its directory, where there is none; fill may add
// first values. It is whole before it has its name.
func (f *File) Create(ctx context.Context, fill func(*bbolt.Tx) error) error {
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return f.cannotWrite(err)
	}
	gate, err := f.enter(ctx, f.deadline())
	if err != nil {
		return err
	}
	defer flock.Release(gate)
	if there, err := f.occupied(); there || err != nil {
		return err
	}
	scratch, err := f.scratch(false)
	if err != nil {
		return err
	}
	defer scratch.Discard()
	if err := scratch.Update(fill); err != nil {
		return err
	}
	if err := scratch.finish(); err != nil {
		return err
	}
	return f.takeName(scratch.path)
}

// occupied tells whether the path names something already.
func (f *File) occupied() (bool, error) {
	_, err := os.Lstat(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil {
		if _, err = os.Stat(f.path); errors.Is(err, fs.ErrNotExist) {
			// Whoever linked it elsewhere wants it there, and may have it back tomorrow.
			return true, fmt.Errorf("%s is a link to a file that is not there; bring that file back, or remove the link", f.path)
		}
	}
	if err != nil {
		return true, f.cannotWrite(err)
	}
	return true, nil
}

// SetAside renames the file to name if it still is the one that cause speaks
// of (an error of this package about a damaged or outdated file). It tells
// whether it did; otherwise another process was first.
func (f *File) SetAside(ctx context.Context, cause error, name string) (bool, error) {
	seen := seenFile(cause)
	if seen == nil {
		return false, fmt.Errorf("%s cannot be set aside: it was never opened", f.path)
	}
	deadline := f.deadline()
	gate, err := f.enter(ctx, deadline)
	if err != nil {
		return false, err
	}
	defer flock.Release(gate)
	file, info, err := f.openLocked(ctx, true, deadline)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer flock.Release(file)
	if !os.SameFile(info, seen) {
		return false, nil
	}
	if err := os.Rename(f.path, name); err != nil {
		return false, f.cannotWrite(err)
	}
	return true, nil
}

// takeName gives a finished file its name and makes that durable.
func (f *File) takeName(from string) error { return giveName(from, f.path) }

// PutUint seals a number under key.
func PutUint(b *bbolt.Bucket, key string, n uint64) error {
	return Put(b, []byte(key), binary.AppendUvarint(nil, n))
}

// GetUint reads what PutUint wrote; a missing key is 0.
func GetUint(b *bbolt.Bucket, key string) (uint64, error) {
	payload, err := Get(b, []byte(key))
	if err != nil || payload == nil {
		return 0, err
	}
	n, size := binary.Uvarint(payload)
	if size != len(payload) {
		return 0, ErrValue
	}
	return n, nil
}
