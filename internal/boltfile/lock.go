package boltfile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"go.etcd.io/bbolt"

	"github.com/idptui/idptui/internal/flock"
)

// handle is the file while one operation runs.
type handle struct {
	db    *bbolt.DB
	file  *os.File
	info  os.FileInfo
	path  string
	stuck bool // a panic left bbolt's own locks taken: closing it would wait for ever
}

// open passes the gate, locks the file and opens it.
func (f *File) open(ctx context.Context, write bool) (*handle, error) {
	deadline := f.deadline()
	gate, err := f.enter(ctx, deadline)
	switch {
	case err == nil:
		defer flock.Release(gate)
	case write || !errors.Is(err, ErrCannotWrite):
		return nil, err
	}
	// Where no gate can be made nobody creates or replaces a file either: to read
	// one, its own lock will do.
	h, unreadable := f.openGated(ctx, write, deadline)
	if err != nil && (errors.Is(unreadable, syscall.ENOTDIR) || errors.Is(unreadable, fs.ErrPermission)) {
		return nil, err // which says more
	}
	return h, unreadable
}

// openGated is open for who has passed the gate.
func (f *File) openGated(ctx context.Context, write bool, deadline time.Time) (*handle, error) {
	file, info, err := f.openLocked(ctx, write, deadline)
	if err != nil {
		return nil, err
	}
	return f.adopt(file, info, write)
}

// adopt opens a file whose lock is held; the lock is given up with it.
func (f *File) adopt(file *os.File, info os.FileInfo, write bool) (*handle, error) {
	h := &handle{file: file, info: info, path: f.path}
	if info.Size() == 0 {
		flock.Release(file)
		return nil, h.damage("it is empty")
	}
	err := h.guard(func() (err error) {
		h.db, err = bbolt.Open(f.path, 0o600, &bbolt.Options{
			ReadOnly: !write, NoStatistics: true, FreelistType: bbolt.FreelistMapType, Timeout: f.wait,
			OpenFile: func(string, int, os.FileMode) (*os.File, error) { return file, nil },
		})
		return err
	})
	if err != nil {
		flock.Release(file) // bbolt may have done so already; after a panic it has not
		return nil, openError(f.path, info, err)
	}
	return h, nil
}

// enter locks the gate; releasing what it returns leaves it. Readers, too, pass
// one by one: with a lock that they share, a crowd of them would never leave it
// free for a writer.
func (f *File) enter(ctx context.Context, deadline time.Time) (*os.File, error) {
	name := f.path + ".lock"
	gate, err := os.OpenFile(name, os.O_RDONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(filepath.Dir(name)); err != nil {
			return nil, err // no directory is no file: the caller may create both
		}
		gate, err = os.OpenFile(name, os.O_RDONLY|os.O_CREATE, 0o600)
	}
	if err != nil {
		return nil, f.cannotWrite(err)
	}
	if err := f.lock(ctx, gate, flock.Exclusive, deadline); err != nil {
		flock.Release(gate)
		return nil, err
	}
	return gate, nil
}

// openLocked opens and locks the file that the path names once the lock is held.
func (f *File) openLocked(ctx context.Context, write bool, deadline time.Time) (*os.File, os.FileInfo, error) {
	flag, how := os.O_RDONLY, flock.Shared
	if write {
		flag, how = os.O_RDWR, flock.Exclusive
	}
	for {
		file, err := os.OpenFile(f.path, flag, 0)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, nil, err
		case err != nil && write:
			return nil, nil, f.cannotWrite(err)
		case err != nil:
			return nil, nil, fmt.Errorf("%s cannot be read: %w; set --data to a directory of your own", f.path, cause(err))
		}
		if err := f.lock(ctx, file, how, deadline); err != nil {
			flock.Release(file)
			return nil, nil, err
		}
		info, err := file.Stat()
		if err != nil {
			flock.Release(file)
			return nil, nil, err
		}
		if now, err := os.Stat(f.path); err == nil && os.SameFile(info, now) {
			return file, info, nil
		}
		flock.Release(file) // it was replaced while we waited
	}
}

// lock is flock whose error names the file that is wanted.
func (f *File) lock(ctx context.Context, file *os.File, how int, deadline time.Time) error {
	err := flock.Wait(ctx, file, how, deadline, 2*time.Millisecond)
	if errors.Is(err, flock.ErrBusy) {
		return f.busy()
	}
	return err
}

// Hold takes the lock file at path, which it makes where it is missing, and keeps
// it until letGo is called or the process ends, however it ends. For work of
// seconds that one at a time may do. While another one has the lock it waits, for
// wait at the most, and then is ErrBusy; a wait of 0 asks once.
func Hold(ctx context.Context, path string, wait time.Duration) (letGo func(), err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, CannotWrite(dir, err)
	}
	file, err := os.OpenFile(path, os.O_RDONLY|os.O_CREATE, 0o600)
	if err != nil {
		return nil, CannotWrite(dir, err)
	}
	err = flock.Wait(ctx, file, flock.Exclusive, time.Now().Add(wait), 40*time.Millisecond)
	if errors.Is(err, flock.ErrBusy) {
		err = ErrBusy
	}
	if err != nil {
		flock.Release(file)
		return nil, err
	}
	return func() { flock.Release(file) }, nil
}

func (h *handle) guard(fn func() error) error { return guarded(h.path, h.info, fn) }

func (h *handle) damage(detail string) error { return &damageError{h.path, detail, h.info} }

// length finds a file that is shorter than its pages.
func (h *handle) length(tx *bbolt.Tx) error {
	info, err := h.file.Stat()
	if err != nil {
		return err
	}
	if info.Size() < tx.Size() {
		return h.damage(fmt.Sprintf("it is cut short at %d of %d bytes", info.Size(), tx.Size()))
	}
	return nil
}

// transact runs fn in a transaction and commits it, if it is a writing one.
func (h *handle) transact(write bool, fn func(*bbolt.Tx) error) error {
	var tx *bbolt.Tx
	err := h.guard(func() (err error) {
		tx, err = h.db.Begin(write)
		return err
	})
	if err != nil {
		h.stuck = errors.Is(err, ErrCorrupt)
		return err
	}
	err = h.guard(func() error {
		if err := fn(tx); err != nil || !write {
			return err
		}
		return tx.Commit()
	})
	if errors.Is(err, errDisorder) {
		err = h.damage(err.Error())
	}
	// After a commit there is nothing to roll back, and bbolt says so.
	h.stuck = errors.Is(h.guard(tx.Rollback), ErrCorrupt)
	return err
}

// close ends the operation.
func (h *handle) close() error {
	if h.stuck {
		flock.Release(h.file)
		return nil
	}
	return h.guard(h.db.Close)
}
