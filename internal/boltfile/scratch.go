package boltfile

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"go.etcd.io/bbolt"

	"github.com/idptui/idptui/internal/flock"
)

// Scratch is a file of the same layout that is being filled beside the real one
// under a temporary name. It is not safe against a crash until Install, and much
// faster for that. One goroutine uses it.
type Scratch struct {
	of   *File
	db   *bbolt.DB
	file *os.File // the one that db writes to
	path string
}

// abandonedAfter is the age at which a scratch file that nobody has open is
// known to be left over from a crash.
const abandonedAfter = time.Minute

// Scratch begins such a file and removes those that crashes left behind.
func (f *File) Scratch() (*Scratch, error) {
	f.Sweep()
	return f.scratch(true)
}

func (f *File) scratch(bulk bool) (*Scratch, error) {
	s, err := f.temporary(bulk)
	if err != nil {
		return nil, f.cannotWrite(err)
	}
	if err := s.lay(); err != nil {
		err = f.outOfRoom(err, missing(s.file)) // while it is still there
		s.Discard()
		return nil, err
	}
	return s, nil
}

// lay makes the parts of the layout.
func (s *Scratch) lay() error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		for _, name := range s.of.layout.Buckets {
			if _, err := tx.CreateBucket([]byte(name)); err != nil {
				return err
			}
		}
		meta, err := tx.CreateBucket([]byte(MetaBucket))
		if err != nil {
			return err
		}
		return PutUint(meta, keySchema, s.of.layout.Schema)
	})
}

// bulkRoom is how much of memory's addresses a file gets at once that will be
// large, in bytes. To give it more again and again costs a tenth of a first sync.
const bulkRoom = 256 << 20

// temporary opens a new file with nothing in it.
func (f *File) temporary(bulk bool) (*Scratch, error) {
	room := 0
	if bulk {
		room = bulkRoom
	}
	tmp, err := os.CreateTemp(filepath.Dir(f.path), filepath.Base(f.path)+".new-*") // mode 0600
	if err != nil {
		return nil, err
	}
	s := &Scratch{of: f, file: tmp, path: tmp.Name()}
	s.db, err = bbolt.Open(s.path, 0o600, &bbolt.Options{
		NoStatistics: true, FreelistType: bbolt.FreelistMapType, Timeout: f.wait, NoSync: bulk, InitialMmapSize: room,
		OpenFile: func(string, int, os.FileMode) (*os.File, error) { return tmp, nil },
	})
	if err != nil {
		s.Discard()
		return nil, err
	}
	return s, nil
}

// Update runs fn in a writing transaction that no crash respects.
func (s *Scratch) Update(fn func(*bbolt.Tx) error) error {
	if fn == nil {
		return nil
	}
	refused := false
	err := s.db.Update(func(tx *bbolt.Tx) error {
		err := fn(tx)
		refused = err != nil
		return err
	})
	if err != nil && !refused {
		err = s.of.outOfRoom(err, missing(s.file))
	}
	return err
}

// View runs fn in a reading transaction.
func (s *Scratch) View(fn func(*bbolt.Tx) error) error { return s.db.View(fn) }

// finish puts everything on the disk and closes the file.
func (s *Scratch) finish() error {
	err := cmp.Or(s.db.Sync(), s.db.Close())
	s.db = nil
	if err != nil {
		return s.of.cannotWrite(err)
	}
	return nil
}

// Install replaces the real file by this one, if the real one is missing or
// empty says so of it. It tells whether it did; when it did not, Scratch is
// still usable. named runs once the file has its name, before anyone can open it.
func (s *Scratch) Install(ctx context.Context, empty func(*bbolt.Tx) (bool, error), named func() error) (bool, error) {
	f := s.of
	if err := s.tidy(); err != nil {
		return false, err
	}
	if err := s.db.Sync(); err != nil {
		return false, f.outOfRoom(err, missing(s.file))
	}
	deadline := f.deadline()
	gate, err := f.enter(ctx, deadline)
	if err != nil {
		return false, err
	}
	defer flock.Release(gate)
	h, err := f.openGated(ctx, true, deadline)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return false, err
	default:
		replace := false
		err = h.transact(false, func(tx *bbolt.Tx) (err error) {
			if err = f.check(h, tx); err == nil {
				replace, err = empty(tx)
			}
			return err
		})
		defer func() { _ = h.close() }() // holds the lock on the old file until the new one has its name
		if err != nil || !replace {
			return false, err
		}
	}
	if err := s.finish(); err != nil {
		return false, err
	}
	if err := f.takeName(s.path); err != nil {
		return false, err
	}
	return true, named()
}

// tidy writes everything once more, key after key. What came in batches lies all
// over the file, and to read a bucket of it costs a third more processor time.
func (s *Scratch) tidy() error {
	const atOnce = 16 << 20 // bytes in one transaction
	tidy, err := s.of.temporary(true)
	if err != nil {
		return s.of.cannotWrite(err)
	}
	if err := bbolt.Compact(tidy.db, s.db, atOnce); err != nil {
		err = s.of.outOfRoom(err, missing(tidy.file)) // while it is still there
		tidy.Discard()
		return err
	}
	s.Discard()
	*s = *tidy
	return nil
}

// Discard closes and removes the file unless Install has given it away.
func (s *Scratch) Discard() {
	if s.db != nil {
		_ = s.db.Close()
		s.db = nil
	}
	_ = os.Remove(s.path) // gone already after Install
}

// Sweep removes the scratch files that crashes left behind: those that are older
// than a minute and that nobody has open. One that will not go is left.
func (f *File) Sweep() {
	names, err := filepath.Glob(f.path + ".new-*")
	if err != nil {
		return // a directory with glob characters in its name keeps its litter
	}
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil || time.Since(info.ModTime()) < abandonedAfter {
			continue
		}
		file, err := os.Open(name)
		if err != nil {
			continue
		}
		if syscall.Flock(int(file.Fd()), flock.Exclusive|syscall.LOCK_NB) == nil {
			_ = os.Remove(name)
		}
		flock.Release(file)
	}
}
