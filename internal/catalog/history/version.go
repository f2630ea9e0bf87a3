package history

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"
	"path"
	"regexp"
	"sync"
	"time"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/source"
	"github.com/idptui/idptui/internal/repo"
	"github.com/idptui/idptui/internal/safe"
)

// maxKept is how many bytes of documents a Reader keeps as parsed; beyond, it begins anew.
const maxKept = 16 << 20

// Reader reads histories, and keeps what it parsed for the next question. The zero
// Reader is ready; many goroutines may use it.
type Reader struct {
	mu       sync.Mutex
	versions map[key]*version // of files, at a commit
	contents map[key]*version // of documents in which no other file has a say
	size     int              // bytes, about
}

// key names a version of a file, by a commit, or a document of it, by its hash.
type key struct{ source, path, at string }

// version is a file at a commit, or one document.
type version struct{ source.Version }

func (r *Reader) find(k key) *version {
	r.mu.Lock()
	defer r.mu.Unlock()
	if v := r.versions[k]; v != nil {
		return v
	}
	return r.contents[k]
}

func (r *Reader) keep(k key, v *version, size int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.size += size; r.versions == nil || r.size > maxKept {
		r.versions, r.contents, r.size = map[key]*version{}, map[key]*version{}, size
	}
	if len(k.at) == sha256.Size {
		r.contents[k] = v
	} else {
		r.versions[k] = v
	}
}

// perVersion is what a version takes beside its documents, in bytes.
const perVersion = 400

// version reads a file as it was at a commit. What is wrong with the file is a
// fault in it; one that is not there is empty.
func (p *pass) version(ctx context.Context, commit, name string) (*version, error) {
	at := key{p.src.Name(), name, commit}
	if v := p.cache.find(at); v != nil {
		return v, nil
	}
	v := &version{}
	data, err := p.tree.Blob(ctx, commit, name)
	switch {
	case err == nil:
		for _, d := range documents(data) {
			v.add(p.document(ctx, commit, name, d))
			if ctx.Err() != nil { // a placeholder may have gone unread
				return nil, ctx.Err()
			}
		}
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, fs.ErrNotExist):
	case errors.Is(err, repo.ErrNotFetched), errors.Is(err, repo.ErrTooLarge):
		v.Faults = []catalog.Problem{{Severity: catalog.Error, Class: catalog.ClassSource, Path: safe.Line(name), Message: "the file is too large to be kept here"}}
	default:
		return nil, err
	}
	p.cache.keep(at, v, perVersion+8*len(v.Entities))
	return v, nil
}

// document reads one document of a file, unless the same was read before: most of a
// file of many stay from one version to the next.
func (p *pass) document(ctx context.Context, commit, name string, d document) *version {
	sum := sha256.Sum256(d.text)
	content := key{p.src.Name(), name, string(sum[:])}
	if same := p.cache.find(content); same != nil {
		return same
	}
	v := readDocument(p.src, &files{ctx, p.tree, commit}, name, d)
	if len(v.Uses)+len(v.Faults) == 0 && ctx.Err() == nil {
		p.cache.keep(content, v, perVersion+len(d.text))
	}
	return v
}

// readDocument reads a document by itself; one with faults at its place, as they
// name lines.
func readDocument(src source.Source, beside fs.FS, name string, d document) *version {
	v := &version{source.ReadVersion(src, beside, name, d.text)}
	if len(v.Faults) > 0 && d.line > 1 {
		placed := append(bytes.Repeat([]byte("\n"), d.line-1), d.text...)
		v = &version{source.ReadVersion(src, beside, name, placed)}
	}
	return v
}

// add takes over a document.
func (v *version) add(d *version) {
	v.Entities = append(v.Entities, d.Entities...)
	v.Uses = append(v.Uses, d.Uses...)
	v.Faults = append(v.Faults, d.Faults...)
}

// document is one of a file's, with the number of its first line.
type document struct {
	text []byte
	line int
}

// documents cuts a file where its documents begin. One with directives, which stand
// before their document, and one with very many are left whole.
func documents(data []byte) []document {
	whole := []document{{data, 1}}
	if bytes.HasPrefix(data, []byte("%")) || bytes.Contains(data, []byte("\n%")) || len(data) > catalog.DefaultLimits().FileBytes {
		return whole
	}
	var list []document
	start, line := 0, 1
	for at, n := 0, 1; at < len(data); n++ {
		if at > start && marker.Match(data[at:min(len(data), at+4)]) {
			list = append(list, document{data[start:at], line})
			start, line = at, n
		}
		next := bytes.IndexByte(data[at:], '\n')
		if next < 0 {
			break
		}
		at += next + 1
	}
	list = append(list, document{data[start:], line})
	if len(list) > catalog.DefaultLimits().Documents {
		return whole
	}
	return list
}

// marker is the line that begins a document.
var marker = regexp.MustCompile(`^---(\s|$)`)

// files are those of one commit, as far as placeholders ask for them by name. A
// name that is a symbolic link now is taken for one then.
type files struct {
	ctx    context.Context // a file system's methods have none of their own
	tree   *repo.Tree
	commit string
}

// Open reads a file at once.
func (f *files) Open(name string) (fs.File, error) {
	data, err := f.tree.Blob(f.ctx, f.commit, name)
	if err != nil {
		return nil, err
	}
	return &file{Reader: bytes.NewReader(data), name: path.Base(name)}, nil
}

// Lstat tells what a name is now.
func (f *files) Lstat(name string) (fs.FileInfo, error) { return f.tree.Lstat(name) }

// ReadLink is where a link led.
func (f *files) ReadLink(name string) (string, error) {
	data, err := f.tree.Blob(f.ctx, f.commit, name)
	return string(data), err
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
