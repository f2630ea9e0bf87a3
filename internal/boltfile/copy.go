package boltfile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"go.etcd.io/bbolt"

	"github.com/idptui/idptui/internal/flock"
)

// Copy writes a copy of the file, as it is at one moment, to path, and proves by
// reading it that it is whole before it has that name. A file that is there under
// it is replaced. Others may read meanwhile; who writes waits.
func (f *File) Copy(ctx context.Context, path string) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*") // mode 0600
	if err != nil {
		return CannotWrite(filepath.Dir(path), err)
	}
	defer func() {
		_ = tmp.Close()
		_ = os.Remove(tmp.Name()) // gone already once it has its name
	}()
	err = f.Verify(ctx, func(tx *bbolt.Tx) error {
		if _, err := tx.WriteTo(tmp); err != nil {
			return &writeError{dir: filepath.Dir(path), err: err, need: tx.Size()}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := tmp.Sync(); err != nil {
		return CannotWrite(filepath.Dir(path), err)
	}
	if err := f.Inspect(tmp.Name(), func(*bbolt.Tx) error { return nil }); err != nil {
		return fmt.Errorf("the copy does not read as it should: %w", err)
	}
	return giveName(tmp.Name(), path)
}

// Inspect proves that path is a whole file of this layout, all its sealed values
// included, and runs fn over it. It takes no gate, as it is for copies, that nobody
// replaces while they are read.
func (f *File) Inspect(path string, fn func(*bbolt.Tx) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	if err := syscall.Flock(int(file.Fd()), flock.Shared|syscall.LOCK_NB); err != nil {
		flock.Release(file)
		return fmt.Errorf("%s is %w", path, ErrBusy)
	}
	info, err := file.Stat()
	if err != nil {
		flock.Release(file)
		return err
	}
	copied := &File{path: path, layout: f.layout, wait: f.wait}
	h, err := copied.adopt(file, info, false)
	if err != nil {
		return err
	}
	return cmp.Or(copied.viewIn(h, true, func(tx *bbolt.Tx) error {
		if err := unsealAll(tx); err != nil {
			return h.damage(err.Error())
		}
		return fn(tx)
	}), h.close())
}

// unsealAll reads every value.
func unsealAll(tx *bbolt.Tx) error {
	return tx.ForEach(func(bucket []byte, values *bbolt.Bucket) error {
		return Walk(values, nil, nil, func(k, v []byte) error {
			if _, err := Unseal(k, v); err != nil {
				return fmt.Errorf("a value of %s: %w", bucket, err)
			}
			return nil
		})
	})
}

// Replace puts a copy of the file at from in the place of this one, once change
// has had its way with it. What was there is kept under the name aside; it may be
// damaged, but nobody may be using it. At no moment is there no file.
func (f *File) Replace(ctx context.Context, from, aside string, change func(*bbolt.Tx) error) error {
	dir := filepath.Dir(f.path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return f.cannotWrite(err)
	}
	f.Sweep()
	scratch, err := f.duplicate(from)
	if err != nil {
		return err
	}
	defer scratch.Discard()
	if err := scratch.Update(change); err != nil {
		return err
	}
	if err := scratch.finish(); err != nil {
		return err
	}
	if err := f.Inspect(scratch.path, func(*bbolt.Tx) error { return nil }); err != nil {
		return err
	}
	deadline := f.deadline()
	gate, err := f.enter(ctx, deadline)
	if err != nil {
		return err
	}
	defer flock.Release(gate)
	file, _, err := f.openLocked(ctx, true, deadline)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return f.takeName(scratch.path)
	case err != nil:
		return err
	}
	defer flock.Release(file)
	if err := os.Link(f.path, aside); err != nil {
		// Not every file system has links.
		if err := os.Rename(f.path, aside); err != nil {
			return f.cannotWrite(err)
		}
	}
	return f.takeName(scratch.path)
}

// duplicate is a scratch file with the bytes of another.
func (f *File) duplicate(from string) (*Scratch, error) {
	src, err := os.Open(from)
	if err != nil {
		return nil, err
	}
	defer src.Close() //nolint:errcheck // nothing was written
	tmp, err := os.CreateTemp(filepath.Dir(f.path), filepath.Base(f.path)+".new-*")
	if err != nil {
		return nil, f.cannotWrite(err)
	}
	n, err := io.Copy(tmp, src)
	if err = cmp.Or(err, tmp.Close()); err != nil {
		_ = os.Remove(tmp.Name())
		return nil, f.outOfRoom(err, n)
	}
	s := &Scratch{of: f, path: tmp.Name()}
	s.db, err = bbolt.Open(s.path, 0o600, &bbolt.Options{
		NoStatistics: true, FreelistType: bbolt.FreelistMapType, Timeout: f.wait,
		OpenFile: func(name string, flag int, mode os.FileMode) (file *os.File, err error) {
			s.file, err = os.OpenFile(name, flag, mode)
			return s.file, err
		},
	})
	if err != nil {
		s.Discard()
		return nil, openError(from, nil, err)
	}
	return s, nil
}

// giveName renames a finished file and makes that durable.
func giveName(from, to string) error {
	dir := filepath.Dir(to)
	if err := os.Rename(from, to); err != nil {
		return CannotWrite(dir, err)
	}
	d, err := os.Open(dir)
	if err != nil {
		return CannotWrite(dir, err)
	}
	defer flock.Release(d)
	if err := d.Sync(); err != nil {
		return CannotWrite(dir, err)
	}
	return nil
}

// ViewEmpty runs fn on a new file without values that lies in memory, where the
// system can do that, and is gone afterwards: for a directory that has no file and
// takes none.
func (f *File) ViewEmpty(fn func(*bbolt.Tx) error) error {
	file, err := memoryFile(filepath.Base(f.path))
	if err != nil {
		return CannotWrite(os.TempDir(), err)
	}
	s := &Scratch{of: f, file: file, path: file.Name()}
	s.db, err = bbolt.Open(s.path, 0o600, &bbolt.Options{
		NoStatistics: true, FreelistType: bbolt.FreelistMapType, Timeout: f.wait, NoSync: true,
		OpenFile: func(string, int, os.FileMode) (*os.File, error) { return file, nil },
	})
	if err != nil {
		flock.Release(file)
		return CannotWrite(os.TempDir(), err)
	}
	defer s.db.Close() //nolint:errcheck // nothing of it is kept
	if err := s.lay(); err != nil {
		return CannotWrite(os.TempDir(), err)
	}
	return s.View(fn)
}
