package boltfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"

	berrors "go.etcd.io/bbolt/errors"
)

// What can be wrong with a file as a whole.
var (
	ErrBusy    = errors.New("held by another process")
	ErrCorrupt = errors.New("damaged")
	ErrNewer   = errors.New("written by a newer idptui")
	ErrOlder   = errors.New("written by an older idptui")
	// ErrCannotWrite is about the directory: it is read-only, full, or not ours.
	ErrCannotWrite = errors.New("cannot be written")
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

// outOfRoom is cannotWrite for bytes that may have found no room; need is about
// how many were missing, 0 where that is not known.
func (f *File) outOfRoom(err error, need int64) error {
	for _, errno := range []syscall.Errno{syscall.EFBIG, syscall.ENOSPC, syscall.EDQUOT} {
		if strings.HasSuffix(err.Error(), ": "+errno.Error()) {
			err = errno // the library gives some as text alone
		}
	}
	return &writeError{dir: filepath.Dir(f.path), err: err, need: need}
}

// CannotWrite says that dir does not take our files, why, and what to do: an
// ErrCannotWrite. An error that is one already stays as it is.
func CannotWrite(dir string, err error) error {
	if errors.Is(err, ErrCannotWrite) {
		return err
	}
	return &writeError{dir: dir, err: err}
}

// TakesNoWrites tells whether an error is about a directory that can be read and
// not written: a full or read-only disk, or somebody else's directory.
func TakesNoWrites(err error) bool {
	return errors.Is(err, ErrCannotWrite) && !errors.Is(err, syscall.ENOTDIR) && !errors.Is(err, fs.ErrExist)
}

// writeError is a directory that does not take our writes.
type writeError struct {
	dir  string
	err  error
	need int64
}

func (e *writeError) Is(target error) bool { return target == ErrCannotWrite }
func (e *writeError) Unwrap() error        { return e.err }

func (e *writeError) Error() string {
	advice, disk := "set --data to a writable directory", ""
	switch {
	case errors.Is(e.err, syscall.ENOSPC) || errors.Is(e.err, syscall.EDQUOT):
		advice = "free some space there, or set --data to a directory with room"
		disk = e.room()
	case errors.Is(e.err, syscall.EFBIG):
		advice = "raise the limit on the size of files (ulimit -f), or set --data to a disk that takes larger ones"
		if e.need > 0 {
			disk = " (about " + Size(e.need) + " more are needed)"
		}
	}
	return fmt.Sprintf("the data directory %s cannot be written: %v%s; %s", e.dir, cause(e.err), disk, advice)
}

// room says which disk is full, and how much of it would do.
func (e *writeError) room() string {
	d, err := DiskOf(e.dir)
	if err != nil {
		return ""
	}
	if e.need <= 0 {
		return fmt.Sprintf(" (the disk at %s has %s free)", d.Mount, Size(d.Free))
	}
	return fmt.Sprintf(" (the disk at %s has %s free, and about %s are needed)", d.Mount, Size(d.Free), Size(e.need))
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
