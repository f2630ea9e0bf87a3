package repo

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"syscall"
	"time"
)

const (
	maxHops = 40   // symbolic links that one path may lead through
	maxLink = 4096 // bytes of where one leads
)

var (
	errEscapes = errors.New("the symbolic link leads out of the repository")
	errFolder  = errors.New("it is a folder")
)

// node is a file, link or folder of a tree. It is its own FileInfo and DirEntry.
type node struct {
	name     string
	mode     fs.FileMode
	entry    *Entry // nil of a folder
	children []fs.DirEntry
	time     time.Time
}

func (n *node) Name() string               { return n.name }
func (n *node) Mode() fs.FileMode          { return n.mode }
func (n *node) Type() fs.FileMode          { return n.mode.Type() }
func (n *node) IsDir() bool                { return n.mode.IsDir() }
func (n *node) ModTime() time.Time         { return n.time }
func (n *node) Info() (fs.FileInfo, error) { return n, nil }
func (n *node) String() string             { return clean(fs.FormatDirEntry(n), maxName) }

func (n *node) Size() int64 {
	if n.entry == nil {
		return 0
	}
	return n.entry.Size
}

func (n *node) Sys() any {
	if n.entry == nil {
		return nil
	}
	return n.entry.ID
}

// index makes the folders of the listing.
func (t *Tree) index() {
	t.nodes = map[string]*node{".": {name: ".", mode: fs.ModeDir | 0o555, time: t.commit.Committed}}
	kept := t.entries[:0]
	for _, e := range t.entries {
		if e.Mode != fs.ModeIrregular && possible(e.Path) {
			kept = append(kept, e)
			if t.place(&kept[len(kept)-1]) {
				continue
			}
			kept = kept[:len(kept)-1]
		}
		t.skipped++
	}
	t.entries = kept
	for _, n := range t.nodes {
		slices.SortFunc(n.children, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	}
}

// place puts a file into its folder; it is false if something else is there.
func (t *Tree) place(e *Entry) bool {
	in := t.folder(path.Dir(e.Path))
	if in == nil || t.nodes[e.Path] != nil {
		return false
	}
	n := &node{name: path.Base(e.Path), mode: e.Mode, entry: e, time: t.commit.Committed}
	in.children = append(in.children, n)
	t.nodes[e.Path] = n
	return true
}

// folder is the node of a folder, made with those above it; nil if one of them is
// a file.
func (t *Tree) folder(name string) *node {
	if n := t.nodes[name]; n != nil {
		if !n.IsDir() {
			return nil
		}
		return n
	}
	above := t.folder(path.Dir(name))
	if above == nil {
		return nil
	}
	n := &node{name: path.Base(name), mode: fs.ModeDir | 0o555, time: t.commit.Committed}
	above.children = append(above.children, n)
	t.nodes[name] = n
	return n
}

// possible tells whether a file can have this path; a tree made by hand may hold
// others.
func possible(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == "." || part == ".." || strings.EqualFold(part, ".git") {
			return false
		}
	}
	return validPath(name)
}

// find resolves a path; the last part, too, if follow is set.
func (t *Tree) find(op, name string, follow bool) (*node, error) {
	fail := func(err error) (*node, error) {
		return nil, &fs.PathError{Op: op, Path: clean(name, maxName), Err: err}
	}
	if !validPath(name) {
		return fail(fs.ErrInvalid)
	}
	if n := t.nodes[name]; n != nil && (!follow || n.mode&fs.ModeSymlink == 0) {
		return n, nil // no link is on the way: what lies behind one is not in the map
	}
	n, err := t.walk(name, follow)
	if err != nil {
		return fail(err)
	}
	return n, nil
}

// walk goes through a path part by part.
func (t *Tree) walk(name string, follow bool) (*node, error) {
	at, rest := ".", name
	for hops := 0; rest != ""; {
		var part string
		part, rest, _ = strings.Cut(rest, "/")
		n := t.nodes[path.Join(at, part)]
		switch {
		case n == nil && !t.nodes[at].IsDir():
			return nil, syscall.ENOTDIR
		case n == nil:
			return nil, fs.ErrNotExist
		case n.mode&fs.ModeSymlink == 0 || rest == "" && !follow:
			at = path.Join(at, part)
			continue
		}
		if hops++; hops > maxHops {
			return nil, syscall.ELOOP
		}
		to, err := t.target(n)
		if err != nil {
			return nil, err
		}
		next := path.Join(at, to)
		if path.IsAbs(to) || !validPath(next) {
			return nil, errEscapes
		}
		// From the root again: the target may lead through links itself.
		if at = "."; next != "." {
			rest = strings.TrimSuffix(next+"/"+rest, "/")
		}
	}
	return t.nodes[at], nil
}

// target is where a link leads.
func (t *Tree) target(n *node) (string, error) {
	data, err := t.content(n)
	if err != nil {
		return "", err
	}
	if len(data) == 0 || len(data) > maxLink || bytes.IndexByte(data, 0) >= 0 {
		return "", errEscapes
	}
	return string(data), nil
}

// content reads the blob of a file.
func (t *Tree) content(n *node) ([]byte, error) {
	switch {
	case n.entry == nil:
		return nil, errFolder
	case n.entry.Missing:
		var pe *fs.PathError
		err := t.notFetched(n.entry.Path)
		errors.As(err, &pe)
		return nil, pe.Err
	}
	return t.objects.of(context.WithoutCancel(t.objects.ctx), "blob", n.entry.ID)
}

// Open opens a file or folder. The content of a file is read at once.
func (t *Tree) Open(name string) (fs.File, error) {
	n, err := t.find("open", name, true)
	if err != nil {
		return nil, err
	}
	if n.IsDir() {
		return &openFolder{node: n}, nil
	}
	data, err := t.content(n)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: clean(name, maxName), Err: err}
	}
	return &openFile{bytes.NewReader(data), n}, nil
}

// ReadFile reads a file.
func (t *Tree) ReadFile(name string) ([]byte, error) {
	n, err := t.find("read", name, true)
	if err != nil {
		return nil, err
	}
	data, err := t.content(n)
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: clean(name, maxName), Err: err}
	}
	return data, nil
}

// Stat describes a file; of a link, what it leads to.
func (t *Tree) Stat(name string) (fs.FileInfo, error) {
	n, err := t.find("stat", name, true)
	if err != nil {
		return nil, err
	}
	return n, nil
}

// Lstat describes a file or link itself.
func (t *Tree) Lstat(name string) (fs.FileInfo, error) {
	n, err := t.find("lstat", name, false)
	if err != nil {
		return nil, err
	}
	return n, nil
}

// ReadLink tells where a link leads, raw.
func (t *Tree) ReadLink(name string) (string, error) {
	n, err := t.find("readlink", name, false)
	if err == nil && n.mode&fs.ModeSymlink == 0 {
		err = &fs.PathError{Op: "readlink", Path: clean(name, maxName), Err: fs.ErrInvalid}
	}
	if err != nil {
		return "", err
	}
	to, err := t.target(n)
	if err != nil {
		return "", &fs.PathError{Op: "readlink", Path: clean(name, maxName), Err: err}
	}
	return to, nil
}

// ReadDir lists a folder by raw name.
func (t *Tree) ReadDir(name string) ([]fs.DirEntry, error) {
	n, err := t.find("readdir", name, true)
	if err == nil && !n.IsDir() {
		err = &fs.PathError{Op: "readdir", Path: clean(name, maxName), Err: syscall.ENOTDIR}
	}
	if err != nil {
		return nil, err
	}
	return slices.Clone(n.children), nil
}

// openFile is an open file; Seek and ReadAt come with the reader.
type openFile struct {
	*bytes.Reader
	node *node
}

func (f *openFile) Stat() (fs.FileInfo, error) { return f.node, nil }
func (f *openFile) Close() error               { return nil }

type openFolder struct {
	node *node
	at   int
}

func (f *openFolder) Stat() (fs.FileInfo, error) { return f.node, nil }
func (f *openFolder) Close() error               { return nil }

func (f *openFolder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: clean(f.node.name, maxName), Err: errFolder}
}

func (f *openFolder) ReadDir(n int) ([]fs.DirEntry, error) {
	left := f.node.children[f.at:]
	if n > 0 && len(left) == 0 {
		return nil, io.EOF
	}
	if n > 0 && len(left) > n {
		left = left[:n]
	}
	f.at += len(left)
	return slices.Clone(left), nil
}
