package boltfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"syscall"

	berrors "go.etcd.io/bbolt/errors"
)

// What can be wrong with a file as a whole.
var (
	ErrBusy    = errors.New("held by another process")
	ErrCorrupt = errors.New("damaged")
	ErrNewer   = errors.New("written by a newer idptui")
	ErrOlder   = errors.New("written by an older idptui")
)

// damageError says what is broken about which file.
type damageError struct {
	path   string
	detail any
	info   os.FileInfo
}

func (e *damageError) Error() string        { return fmt.Sprintf("%s is damaged (%v)", e.path, e.detail) }
func (e *damageError) Is(target error) bool { return target == ErrCorrupt }

// schemaError tells of a file that another version of the program wrote.
type schemaError struct {
	path      string
	has, want uint64
	kind      error
	info      os.FileInfo
}

func (e *schemaError) Error() string {
	return fmt.Sprintf("%s was %v (its schema is %d, this one's %d)", e.path, e.kind, e.has, e.want)
}
func (e *schemaError) Is(target error) bool { return target == e.kind }

// seenFile is the file that an error of this package speaks of, or nil.
func seenFile(err error) os.FileInfo {
	if e := (*damageError)(nil); errors.As(err, &e) {
		return e.info
	}
	if e := (*schemaError)(nil); errors.As(err, &e) {
		return e.info
	}
	return nil
}

// guarded runs fn and turns every panic, and every fault while reading the
// mapped file, into an error: bbolt panics on pages that make no sense, and a
// file that is shorter than its pages faults.
func guarded(path string, info os.FileInfo, fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch r := recover().(type) {
		case nil:
		case runtime.Error: // its words are about this program and not about the file
			err = &damageError{path, "its pages make no sense", info}
		default:
			err = &damageError{path, r, info}
		}
	}()
	return fn()
}

// openError sorts what keeps a file from being opened: refusals of the system
// stay what they are, those about the content mean damage.
func openError(path string, info os.FileInfo, err error) error {
	var errno syscall.Errno
	switch {
	case errors.Is(err, ErrCorrupt) || errors.As(err, &errno):
		return err
	case errors.Is(err, berrors.ErrTimeout):
		return ErrBusy
	}
	return &damageError{path, err, info}
}

func (f *File) busy() error {
	return fmt.Errorf("%s is %w; try again in a moment, or stop that process", f.path, ErrBusy)
}

// cannotWrite is the sentence for a directory that does not take our writes.
func (f *File) cannotWrite(err error) error { return CannotWrite(filepath.Dir(f.path), err) }

// CannotWrite says that dir does not take our files, why, and what to do.
func CannotWrite(dir string, err error) error {
	advice := "set --data to a writable directory"
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		advice = "free some space there, or set --data to a directory with room"
	}
	return fmt.Errorf("the data directory %s cannot be written: %w; %s", dir, cause(err), advice)
}

// cause is err without the operation and path that the sentence says already.
func cause(err error) error {
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		return e.Err
	}
	if e := (*os.LinkError)(nil); errors.As(err, &e) {
		return e.Err
	}
	return err
}
