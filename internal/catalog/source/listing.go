package source

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/safe"
	"github.com/idptui/idptui/internal/state"
)

// entry is a file as the listing saw it.
type entry struct {
	path    string // slash-separated, within the source
	size    int64  // bytes
	modTime time.Time
	id      string // of the content, where the tree knows one: git's name of the blob
}

func newEntry(name string, info fs.FileInfo) entry {
	id, _ := info.Sys().(string)
	return entry{name, info.Size(), info.ModTime(), id}
}

// hash stands for the content of the file: two that have the same hold the same.
func (e entry) hash(data []byte) string {
	if e.id != "" {
		return e.id
	}
	return digest(data)
}

// listing is every YAML file of a tree.
type listing struct {
	files    []entry // by path
	byPath   map[string]entry
	hidden   map[string]bool // folders that could not be listed
	problems []catalog.Problem
}

// skipped are folders that hold no descriptors of their own.
var skipped = map[string]bool{".git": true, "node_modules": true}

var errTooManyFiles = errors.New("too many files")

// list walks a tree. Symbolic links are not followed: what they point to is
// listed at its own place, or lies outside. A folder that cannot be listed is a
// problem, not an end; only a root that cannot be listed is an error. seen is told
// now and then how many files there are.
func list(ctx context.Context, tree fs.FS, limit int, seen func(files int)) (*listing, error) {
	l := &listing{byPath: map[string]entry{}, hidden: map[string]bool{}}
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && name == ".":
			return err
		case err != nil:
			l.hide(name, err)
			return nil
		case d.IsDir() && skipped[d.Name()]:
			return fs.SkipDir
		case !d.Type().IsRegular():
			l.odd(tree, name, d.Type())
			return nil
		case !isYAML(name):
			return nil
		case len(l.files) == limit:
			return errTooManyFiles
		}
		l.take(name, d)
		if len(l.files)%1000 == 0 {
			seen(len(l.files))
		}
		return nil
	})
	switch {
	case errors.Is(err, errTooManyFiles):
		return nil, &sourceError{fmt.Errorf("it holds more than %d YAML files; name a folder further down as the source", limit)}
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, &sourceError{fmt.Errorf("its folder %w", cause(err))}
	}
	slices.SortFunc(l.files, func(a, b entry) int { return cmp.Compare(a.path, b.path) })
	for _, f := range l.files {
		l.byPath[f.path] = f
	}
	return l, nil
}

// maxPath is how long a path may be, in bytes, for the state to know it by.
const maxPath = state.MaxPath

// take adds a file that was found.
func (l *listing) take(name string, d fs.DirEntry) {
	switch {
	case !utf8.ValidString(name):
		l.problem(name, "the name of this file is no UTF-8, so it is not read", "rename it")
		return
	case len(name) > maxPath:
		l.problem(name[:100]+"…", fmt.Sprintf("the path of this file has more than %d bytes, so it is not read", maxPath), "move it")
		return
	}
	info, err := d.Info()
	switch {
	case errors.Is(err, fs.ErrNotExist): // gone since the folder was listed
	case err != nil:
		l.hide(name, err)
	default:
		l.files = append(l.files, newEntry(name, info))
	}
}

// hide notes a folder or file that could not be looked at: what came from there
// is not gone.
func (l *listing) hide(name string, err error) {
	l.hidden[name] = true
	l.problem(name, cause(err).Error()+"; what it gave before is kept", "")
}

// odd notes what has the name of a descriptor and cannot be read as one: a link
// that leads nowhere, a pipe, a device. Nothing of that is opened.
func (l *listing) odd(tree fs.FS, name string, kind fs.FileMode) {
	if kind.IsDir() || !isYAML(name) {
		return
	}
	why := errNotRegular
	if kind&fs.ModeSymlink != 0 {
		to, err := resolve(tree, name)
		if err == nil {
			_, err = stat(tree, to)
		}
		if err == nil || errors.Is(err, errFolder) {
			return // it is read at its own place
		}
		why = err
		if errors.Is(err, fs.ErrNotExist) {
			why = errDangling
		}
	}
	l.problems = append(l.problems, catalog.Problem{
		Severity: catalog.Note, Class: catalog.ClassSource, Path: safe.Line(name), Message: cause(why).Error() + ", so it is not read",
	})
}

func (l *listing) problem(name, message, hint string) {
	l.problems = append(l.problems, catalog.Problem{
		Severity: catalog.Error, Class: catalog.ClassSource, Path: safe.Line(name), Message: message, Hint: hint,
	})
}

// covers tells whether the listing could not see a path because a folder above
// it, or the file itself, could not be looked at.
func (l *listing) covers(name string) bool {
	for at := name; ; at = path.Dir(at) {
		if l.hidden[at] {
			return true
		}
		if at == path.Dir(at) {
			return false
		}
	}
}

// within tells whether name is dir or lies below it.
func within(dir, name string) bool {
	return dir == "." || name == dir || strings.HasPrefix(name, dir+"/")
}

func isYAML(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return ext == ".yaml" || ext == ".yml"
}

// stat is what a file looks like now, whether it was listed or not.
func stat(tree fs.FS, name string) (entry, error) {
	info, err := fs.Stat(tree, name)
	switch {
	case err != nil:
		return entry{}, err
	case info.IsDir():
		return entry{}, errFolder
	case !info.Mode().IsRegular():
		return entry{}, errNotRegular
	}
	return newEntry(name, info), nil
}

var (
	errNotRegular = errors.New("no regular file")
	errFolder     = errors.New("a folder")
	errTooBig     = errors.New("too big")
	errDangling   = errors.New("a symbolic link to nothing")
)

// readHead reads the first bytes of a regular file, fewer where it cannot.
func readHead(tree fs.FS, name string, limit int) []byte {
	if _, err := stat(tree, name); err != nil {
		return nil
	}
	f, err := tree.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close() //nolint:errcheck // nothing was written
	head := make([]byte, limit)
	n, _ := io.ReadFull(f, head)
	return head[:n]
}

// readFile reads a whole file of at most limit bytes. A pipe or device is never
// opened, as opening one can wait for ever.
func readFile(tree fs.FS, name string, limit int) ([]byte, entry, error) {
	e, err := stat(tree, name)
	if err != nil {
		return nil, e, err
	}
	if e.size > int64(limit) {
		return nil, e, errTooBig
	}
	f, err := tree.Open(name)
	if err != nil {
		return nil, e, err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	data := make([]byte, 0, e.size+1)
	for {
		n, err := f.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if len(data) > limit {
			return nil, e, errTooBig
		}
		if errors.Is(err, io.EOF) {
			return data, e, nil
		}
		if err != nil {
			return nil, e, err
		}
		if len(data) == cap(data) {
			data = slices.Grow(data, 512)
		}
	}
}
