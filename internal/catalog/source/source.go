// Package source is where entities come from, and the sync that brings them into
// the store: it lists and reads a source's files, follows Locations, decides who
// may claim which ref, and writes what changed.
//
// It owns no state: what it must remember between two syncs lies in the cache
// (files and what they gave) and in the state (who claimed a ref first). It
// reads files only through the Tree of a Source, opens no connection, and
// deletes nothing that it has not seen to be gone.
package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/idptui/idptui/internal/safe"
)

// Source is one place that entities come from. Its methods may be called from
// any goroutine.
type Source interface {
	Name() string     // unique, as in the configuration
	Kind() string     // such as "folder"
	Location() string // where it lies, for people
	Rules() Rules
	// LocationOf is the place of a file, given by its path within the source, in the
	// form of Backstage's annotations, type:target.
	LocationOf(path string) string
	// Open makes the files readable as they are now. An error that wraps
	// fs.ErrNotExist says that the place is gone. The caller closes the Tree.
	Open(ctx context.Context) (Tree, error)
}

// Rules narrow what a source may bring.
type Rules struct {
	Paths   []string // globs, files or folders to discover in; none: everywhere
	Trusted bool     // User, Group and Template are let in
	Kinds   []string // the only kinds that are let in; none: all
	Groups  []string // API groups of the catalog; none: the catalog's default
}

// asks tells whether discovery looks at a path.
func (r Rules) asks(name string) bool {
	return len(r.Paths) == 0 || slices.ContainsFunc(r.Paths, func(pattern string) bool {
		pattern = path.Clean(pattern)
		return within(pattern, name) || doublestar.MatchUnvalidated(pattern, name)
	})
}

// Tree is the files of a source at one moment. Nothing outside the source can be
// reached through it.
type Tree interface {
	fs.FS
	io.Closer
}

// Folder is a folder on this machine.
type Folder struct {
	name, dir string
	rules     Rules
}

// NewFolder names a folder; it touches nothing. dir is absolute.
func NewFolder(name, dir string, rules Rules) Folder { return Folder{name, dir, rules} }

// Name is the source's name.
func (f Folder) Name() string { return f.name }

// Kind is "folder".
func (f Folder) Kind() string { return "folder" }

// Location is the folder's path.
func (f Folder) Location() string { return f.dir }

// Rules are what the folder may bring.
func (f Folder) Rules() Rules { return f.rules }

// LocationOf is "file:" and the absolute path.
func (f Folder) LocationOf(path string) string {
	return "file:" + filepath.Join(f.dir, filepath.FromSlash(path))
}

// Open opens the folder. Symbolic links inside it are followed where a file is
// asked for by name, but never out of the folder.
func (f Folder) Open(context.Context) (Tree, error) {
	root, err := os.OpenRoot(f.dir)
	if err != nil {
		return nil, fmt.Errorf("the folder %s %w", safe.Line(f.dir), cause(err))
	}
	return tree{root.FS(), root.Close}, nil
}

// tree passes on the faster and safer ways that a file system may have: without
// Stat, a pipe would have to be opened to be recognised.
type tree struct {
	fs.FS
	close func() error
}

func (t tree) Close() error                               { return t.close() }
func (t tree) Stat(name string) (fs.FileInfo, error)      { return fs.Stat(t.FS, name) }
func (t tree) Lstat(name string) (fs.FileInfo, error)     { return fs.Lstat(t.FS, name) }
func (t tree) ReadLink(name string) (string, error)       { return fs.ReadLink(t.FS, name) }
func (t tree) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(t.FS, name) }

// FS is a file system that the program holds already, such as the demo's.
type FS struct {
	name, location string
	fsys           fs.FS
	rules          Rules
}

// NewFS names a file system. location says where it lies, for people.
func NewFS(name, location string, fsys fs.FS, rules Rules) FS {
	return FS{name, location, fsys, rules}
}

// Name is the source's name.
func (f FS) Name() string { return f.name }

// Kind is "built-in".
func (f FS) Kind() string { return "built-in" }

// Location is where it lies, for people.
func (f FS) Location() string { return f.location }

// Rules are what it may bring.
func (f FS) Rules() Rules { return f.rules }

// LocationOf is "embed:" and the path within the file system: the file is no place
// on the machine.
func (f FS) LocationOf(path string) string { return "embed:" + path }

// Open gives the file system itself.
func (f FS) Open(context.Context) (Tree, error) {
	return tree{f.fsys, func() error { return nil }}, nil
}

// cause is why a file could not be had, in words that follow "the file X", with
// the original error inside.
func cause(err error) error {
	words := ""
	switch {
	case errors.Is(err, errDangling):
		words = "is a symbolic link to what does not exist"
	case errors.Is(err, fs.ErrNotExist):
		words = "does not exist"
	case errors.Is(err, fs.ErrPermission):
		words = "may not be read by this user"
	case errors.Is(err, errLeadsOut):
		words = "is a symbolic link that leads out of the folder of this source"
	case errors.Is(err, errAbsolute):
		words = "is a symbolic link with an absolute target, which is not followed"
	case errors.Is(err, errLoop), errors.Is(err, syscall.ELOOP):
		words = "is a symbolic link that leads back to itself"
	case errors.Is(err, syscall.ENOTDIR):
		words = "is no folder, or lies in something that is none"
	case errors.Is(err, errFolder):
		words = "is a folder"
	case errors.Is(err, errNotRegular):
		words = "is no regular file"
	default:
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		words = "cannot be read: " + safe.Line(err.Error())
	}
	return &causeError{words, err}
}

type causeError struct {
	words string
	err   error
}

func (e *causeError) Error() string { return e.words }
func (e *causeError) Unwrap() error { return e.err }
