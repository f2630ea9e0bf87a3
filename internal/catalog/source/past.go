package source

import (
	"context"
	"encoding/json"
	"io/fs"
	"path"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/store"
	"github.com/idptui/idptui/internal/repo"
	"github.com/idptui/idptui/internal/safe"
)

// Past is a source that keeps what its files held before.
type Past interface {
	Source
	// OpenPast opens what was fetched last, without a connection. The caller closes it.
	OpenPast(ctx context.Context) (*repo.Tree, error)
	// CommitPage is the page of a commit on the web, or "".
	CommitPage(id string) string
	// NameOf is the path within the source of a file that has this path in the Tree.
	NameOf(path string) string
}

var _ Past = Git{}

// OpenPast opens the mirror as it was fetched last.
func (g Git) OpenPast(ctx context.Context) (*repo.Tree, error) { return g.mirrors.Open(ctx, g.remote) }

// NameOf is the path itself.
func (g Git) NameOf(path string) string { return path }

// CommitPage is the page of a commit, where the forge is known.
func (g Git) CommitPage(id string) string {
	web, ok := repo.NewWeb(g.remote.URL, g.forge)
	if !ok {
		return ""
	}
	page, _ := safe.URL(web.Commit(id))
	return page
}

// Version is what one file of a source held at some time, as a sync would have read
// it, but for what a Location says of it.
type Version struct {
	Entities []*catalog.Entity // in their order
	Faults   []catalog.Problem // the errors: each cost a document, or the whole file
	Uses     []string          // files that its placeholders stand for, as far as they were looked at
}

// ReadVersion reads a version of a file by the rules of a source. files are those
// beside it at that time.
func ReadVersion(src Source, files fs.FS, name string, data []byte) Version {
	r := reader{source: src.Name(), tree: files, rules: src.Rules(), limits: Limits{}.orDefault().Catalog, now: time.Time{}, within: withinOf(src)}
	d := r.parse(name, data, false, true)
	var v Version
	for _, rec := range d.records {
		v.Entities = append(v.Entities, rec.Entity)
	}
	for _, p := range d.problems {
		if p.Severity == catalog.Error {
			v.Faults = append(v.Faults, p)
		}
	}
	for _, dep := range d.note.Deps {
		v.Uses = append(v.Uses, dep.Path)
	}
	return v
}

// MayHold tells whether discovery looks at a file of this name. What Locations lead
// to lies beyond that.
func (r Rules) MayHold(name string) bool {
	if !isYAML(name) {
		return false
	}
	for _, pattern := range r.Paths {
		clean := path.Clean(pattern)
		if clean == name || within(clean, name) {
			return true
		}
		if match, err := doublestar.Match(clean, name); err == nil && match {
			return true
		}
	}
	return len(r.Paths) == 0
}

// Feeds says of each file that the last sync of a source read which descriptors are
// others when it changes: itself, and those whose placeholders stand for it.
func Feeds(files map[string]store.FileState) map[string][]string {
	feeds := make(map[string][]string, len(files))
	for name, f := range files {
		if name == rulesPath || len(f.Refs) == 0 {
			continue
		}
		feeds[name] = append(feeds[name], name)
		var n note
		if json.Unmarshal(f.Data, &n) != nil {
			continue // the next sync reads the file again
		}
		for _, d := range n.Deps {
			feeds[d.Path] = append(feeds[d.Path], name)
		}
	}
	return feeds
}
