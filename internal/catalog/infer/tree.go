package infer

import (
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Caps of what is read.
const (
	maxEntries  = 2000    // of a folder that are looked at
	maxManifest = 1 << 20 // bytes; a manifest that is larger is not read
	maxOwners   = 3 << 20 // bytes of CODEOWNERS, as GitHub has it
	maxReadme   = 64 << 10
	maxProgram  = 128 << 10
)

// tree is the files of the repository. Folders are listed once.
type tree struct {
	files   fs.FS
	folders map[string][]fs.DirEntry
}

// list is what is in a folder, or the first entries of it, by name. One that
// cannot be read is empty.
func (t *tree) list(dir string) []fs.DirEntry {
	if have, ok := t.folders[dir]; ok {
		return have
	}
	if t.folders == nil {
		t.folders = map[string][]fs.DirEntry{}
	}
	var entries []fs.DirEntry
	if info, err := fs.Stat(t.files, dir); err == nil && info.IsDir() {
		if f, err := t.files.Open(dir); err == nil {
			if d, ok := f.(fs.ReadDirFile); ok {
				entries, _ = d.ReadDir(maxEntries)
			}
			_ = f.Close()
		}
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	t.folders[dir] = entries
	return entries
}

// first is the first name in a folder that fits, or "".
func (t *tree) first(dir string, fits func(name string) bool) string {
	for _, e := range t.list(dir) {
		if !e.IsDir() && fits(e.Name()) {
			return e.Name()
		}
	}
	return ""
}

// firstIn is the first of the names that a folder has, or "".
func (t *tree) firstIn(dir string, names ...string) string {
	for _, want := range names {
		if t.first(dir, func(name string) bool { return name == want }) != "" {
			return want
		}
	}
	return ""
}

// subfolders are the names of the folders in a folder.
func (t *tree) subfolders(dir string) []string {
	var names []string
	for _, e := range t.list(dir) {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}

// start is the first limit bytes of a regular file, and whether that is all of it.
// Anything else, such as a link that leads out or a pipe, is not there.
func (t *tree) start(name string, limit int) (text string, whole, ok bool) {
	info, err := fs.Stat(t.files, name)
	if err != nil || !info.Mode().IsRegular() {
		return "", false, false
	}
	f, err := t.files.Open(name)
	if err != nil {
		return "", false, false
	}
	defer f.Close() //nolint:errcheck // nothing was written
	data, err := io.ReadAll(io.LimitReader(f, int64(limit)+1))
	if err != nil {
		return "", false, false
	}
	if whole = len(data) <= limit; !whole {
		data = data[:limit]
	}
	return strings.TrimPrefix(string(data), "\ufeff"), whole, true
}

// text is a whole file of a folder, or "" where it is not there or over the cap.
func (t *tree) text(dir, name string) string {
	text, whole, _ := t.start(path.Join(dir, name), maxManifest)
	if !whole {
		return ""
	}
	return text
}
