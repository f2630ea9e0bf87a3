package app

import (
	"context"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/infer"
	"github.com/idptui/idptui/internal/cli"
	"github.com/idptui/idptui/internal/config"
	"github.com/idptui/idptui/internal/repo"
	"github.com/idptui/idptui/internal/safe"
)

// here is the repository that the program was started in, and what the nearest
// descriptor upwards from the working directory holds.
type here struct {
	repo.Checkout
	descriptor string            // its path, slash-separated below the top; "" where there is none
	records    []*catalog.Record // of its entities; none where the catalog takes none of them
}

// startedIn is the repository that the program was started in, with its nearest
// descriptor; nil where there is none, as over SSH.
func (s *services) startedIn(cfg *config.Config) *here {
	h := s.findHere(s.sys.Dir)
	if h == nil || h.look(s.sys.Files, func(files fs.FS) { h.readNearest(files, cfg.APIGroups) }) != nil {
		return nil
	}
	return h
}

// findHere is the repository around a folder, or nil. A home folder that is one
// holds settings, and what lies below it are not its parts.
func (s *services) findHere(dir string) *here {
	if s.sys.Remote || s.sys.Files == nil || !filepath.IsAbs(dir) {
		return nil
	}
	top, ok := s.enclosing(dir)
	if !ok {
		return nil
	}
	at, err := filepath.Rel(top, dir)
	if home := s.sys.Env("HOME"); err != nil || top == filepath.Clean(home) || top == "/" {
		return nil
	}
	return &here{Checkout: repo.Checkout{Top: top, At: filepath.ToSlash(at)}}
}

// askGit fills in what git knows of the repository. Where there is no git, or it
// refuses to look, the files are there all the same.
func (h *here) askGit(ctx context.Context) {
	if c, err := repo.CheckoutAt(ctx, h.Top); err == nil && c.At == "" { // else a repository around this one, which git does not take for one
		c.Top, c.At = h.Top, h.At
		h.Checkout = c
	}
}

// enclosing is the nearest folder upwards that is a repository's top.
func (s *services) enclosing(dir string) (top string, ok bool) {
	for ; ; dir = filepath.Dir(dir) {
		if _, err := s.sys.Files.Stat(filepath.Join(dir, ".git")); err == nil {
			return dir, true
		}
		if dir == filepath.Dir(dir) {
			return "", false
		}
	}
}

// Caps of the search for the nearest descriptor.
const (
	maxFolderFiles    = 500     // entries of a folder that are looked at
	maxDescriptors    = 30      // YAML files of a folder that are looked into
	maxDescriptorFile = 1 << 20 // bytes; a larger file is left to the sync
)

// readNearest finds the nearest descriptor upwards: in each folder
// catalog-info.yaml before any other YAML file that holds an entity.
func (h *here) readNearest(files fs.FS, groups []string) {
	for dir := path.Clean("/" + h.At)[1:]; ; dir = path.Dir("/" + dir)[1:] {
		for _, name := range descriptors(files, dir) {
			if h.readDescriptor(files, path.Join(dir, name), groups) {
				return
			}
		}
		if dir == "" {
			return
		}
	}
}

// descriptors are the YAML files of a folder, those first that have the usual name.
func descriptors(files fs.FS, dir string) []string {
	if dir == "" {
		dir = "."
	}
	f, err := files.Open(dir)
	if err != nil {
		return nil
	}
	defer f.Close() //nolint:errcheck // nothing was written
	folder, ok := f.(fs.ReadDirFile)
	if !ok {
		return nil
	}
	entries, _ := folder.ReadDir(maxFolderFiles)
	var names []string
	for _, e := range entries {
		if ext := strings.ToLower(path.Ext(e.Name())); !e.IsDir() && (ext == ".yaml" || ext == ".yml") {
			names = append(names, e.Name())
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		if usual(a) != usual(b) {
			if usual(a) {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	return names[:min(len(names), maxDescriptors)]
}

// usual tells whether a file has the name that descriptors have.
func usual(name string) bool {
	return strings.EqualFold(name, infer.DescriptorName) || strings.EqualFold(name, "catalog-info.yml")
}

// readDescriptor takes a file for the descriptor if it holds an entity, or has the
// name of one.
func (h *here) readDescriptor(files fs.FS, name string, groups []string) bool {
	info, err := fs.Stat(files, name)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	if info.Size() <= maxDescriptorFile {
		h.records = entitiesOf(files, name, groups)
	}
	if len(h.records) > 0 || usual(path.Base(name)) {
		h.descriptor = name
		return true
	}
	return false
}

// entitiesOf are the entities of one file, by the rules of a sync.
func entitiesOf(files fs.FS, name string, groups []string) []*catalog.Record {
	read := func(name string) ([]byte, error) {
		f, err := files.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close() //nolint:errcheck // nothing was written
		return io.ReadAll(io.LimitReader(f, maxDescriptorFile))
	}
	data, err := read(name)
	if err != nil || !usual(path.Base(name)) && !catalog.Mentions(data, groups) {
		return nil
	}
	var records []*catalog.Record
	for _, doc := range catalog.Read(data, catalog.ReadOptions{
		Path: safe.Line(name), Groups: groups,
		Resolve: func(target string) ([]byte, error) {
			beside := path.Join(path.Dir(name), target)
			if info, err := fs.Stat(files, beside); err != nil || !info.Mode().IsRegular() {
				return nil, fs.ErrNotExist
			}
			return read(beside)
		},
	}) {
		if doc.State == catalog.DocAccepted {
			records = append(records, &catalog.Record{
				Entity: doc.Entity, Raw: doc.Raw, Problems: doc.Problems,
				Provenance: catalog.Provenance{Path: safe.Line(name), Line: doc.Line},
			})
		}
	}
	return records
}

// look gives the files of the repository to do. Nothing outside it can be reached
// through them.
func (h *here) look(disk cli.Files, do func(files fs.FS)) error {
	root, err := disk.OpenRoot(h.Top)
	if err != nil {
		return err
	}
	defer root.Close() //nolint:errcheck // nothing was written
	do(root.FS())
	return nil
}

// place is what is known of the repository beside its files.
func (h *here) place(cfg *config.Config) infer.Place {
	host, _ := cfg.Git.Host(repo.HostOf(h.Remote))
	at := infer.Place{
		Folder: filepath.Base(h.Top), At: h.At, Remote: safe.Line(h.Remote), Slug: repo.Slug(h.Remote),
		Commit: h.Commit, Committed: h.Committed,
	}
	web, ok := repo.NewWeb(h.Remote, repo.Forge(host.Forge))
	if !ok {
		return at
	}
	at.Page, at.Forge = web.Repository(), string(web.Forge())
	if h.Branch != "" {
		at.Source = func(folder string) string { return web.Folder(repo.Branch(h.Branch), folder) }
	}
	return at
}
