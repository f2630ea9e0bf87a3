package history

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"
	"path"
	"sync"
	"time"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/source"
	"github.com/idptui/idptui/internal/repo"
	"github.com/idptui/idptui/internal/safe"
)

// maxKept is how many bytes of files a Reader keeps as parsed; beyond, it begins anew.
const maxKept = 16 << 20

// Reader reads histories, and keeps what it parsed for the next question. The zero
// Reader is ready; many goroutines may use it.
type Reader struct {
	mu       sync.Mutex
	versions map[key]*version // at a commit
	contents map[key]*version // of a content, where no other file has a say in it
	size     int              // bytes of the files behind them
}

// key names a version of a file: by a commit, or by the hash of its content.
type key struct{ source, path, at string }

// version is a file at a commit.
type version struct {
	source.Version
	there bool
}

func (r *Reader) find(k key) *version {
	r.mu.Lock()
	defer r.mu.Unlock()
	if v := r.versions[k]; v != nil {
		return v
	}
	return r.contents[k]
}

func (r *Reader) keep(at, content key, v *version, size int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.size += size + 200; r.versions == nil || r.size > maxKept {
		r.versions, r.contents, r.size = map[key]*version{}, map[key]*version{}, size
	}
	r.versions[at] = v
	if len(v.Uses) == 0 {
		r.contents[content] = v
	}
}

// version reads a file as it was at a commit. What is wrong with the file is a
// fault in it; one that is not there is empty.
func (p *pass) version(ctx context.Context, commit, name string) (*version, error) {
	at := key{p.src.Name(), name, commit}
	if v := p.cache.find(at); v != nil {
		return v, nil
	}
	data, err := p.tree.Blob(ctx, commit, name)
	v := &version{there: true}
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, fs.ErrNotExist):
		v.there = false
	case errors.Is(err, repo.ErrNotFetched), errors.Is(err, repo.ErrTooLarge):
		v.Faults = []catalog.Problem{{Severity: catalog.Error, Class: catalog.ClassSource, Path: safe.Line(name), Message: "the file is too large to be kept here"}}
	default:
		return nil, err
	}
	sum := sha256.Sum256(data)
	content := key{p.src.Name(), name, string(sum[:])}
	if same := p.cache.find(content); err == nil && same != nil {
		p.cache.keep(at, content, same, 0)
		return same, nil
	}
	if err == nil {
		v.Version = source.ReadVersion(p.src, &files{ctx, p.tree, commit}, name, data)
		if ctx.Err() != nil { // a placeholder may have gone unread
			return nil, ctx.Err()
		}
	}
	p.cache.keep(at, content, v, len(data))
	return v, nil
}

// files are those of one commit, as far as placeholders ask for them by name. A
// name that is a symbolic link now is taken for one then.
type files struct {
	ctx    context.Context // a file system's methods have none of their own
	tree   *repo.Tree
	commit string
}

const maxLinks = 10

// Open reads a file at once.
func (f *files) Open(name string) (fs.File, error) {
	at := name
	for range maxLinks {
		data, err := f.tree.Blob(f.ctx, f.commit, at)
		if err != nil {
			return nil, err
		}
		info, err := f.tree.Lstat(at)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			return &file{Reader: bytes.NewReader(data), name: path.Base(name)}, nil
		}
		at = path.Join(path.Dir(at), string(data))
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
}

// file is a file and what is known of it.
type file struct {
	*bytes.Reader
	name string
}

func (f *file) Stat() (fs.FileInfo, error) { return f, nil }
func (f *file) Close() error               { return nil }
func (f *file) Name() string               { return f.name }
func (f *file) Size() int64                { return f.Reader.Size() }
func (f *file) Mode() fs.FileMode          { return 0o444 }
func (f *file) ModTime() time.Time         { return time.Time{} }
func (f *file) IsDir() bool                { return false }
func (f *file) Sys() any                   { return nil }
