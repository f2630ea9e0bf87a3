package source

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/idptui/idptui/internal/repo"
)

// Git is a branch of a repository. Fetch brings its mirror up to date; what is
// read is the mirror, without a connection.
type Git struct {
	name    string
	mirrors *repo.Mirrors
	remote  repo.Remote
	forge   repo.Forge
	rules   Rules
}

var _ Fetcher = Git{}

// NewGit names a branch of a repository; it touches nothing. An empty forge is
// told by the host, as far as it does. The remote's Want is the source's own.
func NewGit(name string, mirrors *repo.Mirrors, remote repo.Remote, forge repo.Forge, rules Rules) Git {
	remote.Want = isYAML
	return Git{name, mirrors, remote, forge, rules}
}

// Name is the source's name.
func (g Git) Name() string { return g.name }

// Kind is "git".
func (g Git) Kind() string { return "git" }

// Location is the repository's address, and the branch where one is named.
func (g Git) Location() string {
	if g.remote.Branch != "" {
		return g.remote.URL + " (" + g.remote.Branch + ")"
	}
	return g.remote.URL
}

// LocationOf is the page of a file on the web, where the forge is known, else its
// place in the repository.
func (g Git) LocationOf(name string) string {
	if web, ok := repo.NewWeb(g.remote.URL, g.forge); ok {
		return "url:" + web.File(repo.Branch(cmp.Or(g.remote.Branch, "HEAD")), name, 0)
	}
	return "git:" + g.remote.URL + "/" + name
}

// paged is a source whose files have pages on the web.
type paged interface {
	pages(path string) map[string]string
}

// pages are the annotations that lead to a file's pages, as Backstage sets them.
func (g Git) pages(name string) map[string]string {
	web, ok := repo.NewWeb(g.remote.URL, g.forge)
	if !ok {
		return nil
	}
	at := repo.Branch(cmp.Or(g.remote.Branch, "HEAD"))
	folder := web.Folder(at, path.Dir(name))
	return map[string]string{
		"backstage.io/view-url":        web.File(at, name, 0),
		"backstage.io/edit-url":        web.Edit(at.Name, name),
		"backstage.io/source-location": "url:" + strings.TrimSuffix(folder, "/") + "/",
	}
}

// Rules are what the repository may bring.
func (g Git) Rules() Rules { return g.rules }

// Fetch asks the remote for what is new and brings it here.
func (g Git) Fetch(ctx context.Context) error {
	_, err := g.mirrors.Update(ctx, g.remote)
	if errors.Is(err, repo.ErrNotFound) {
		return gone{err}
	}
	return err
}

// Latest is the commit that Open would open.
func (g Git) Latest() string {
	commit, _ := g.mirrors.Head(g.remote)
	return commit
}

// Mirror is the name of its mirror; "" where its address cannot be used.
func (g Git) Mirror() string {
	name, _ := g.mirrors.Name(g.remote)
	return name
}

// Within is the file that the address of a page means, if the page is one of this
// repository and branch.
func (g Git) Within(address string) (name string, ok bool) {
	own, known := repo.NewWeb(g.remote.URL, g.forge)
	readings, err := repo.ParseWeb(address, g.forge)
	if err != nil || !known {
		return "", false
	}
	branch := g.remote.Branch
	if branch == "" {
		_, branch = g.mirrors.Head(g.remote)
	}
	for _, at := range readings {
		web, ok := repo.NewWeb(at.Clone, g.forge)
		if !ok || !strings.EqualFold(web.Repository(), own.Repository()) || at.Ref.Commit || at.Path == "" {
			continue
		}
		if at.Ref.Name == "" || at.Ref.Name == "HEAD" || at.Ref.Name == branch {
			return path.Clean(at.Path), true
		}
	}
	return "", false
}

// Open opens what was fetched last.
func (g Git) Open(ctx context.Context) (Tree, error) {
	t, err := g.mirrors.Open(ctx, g.remote)
	if err != nil {
		return nil, err
	}
	return commit{t}, nil
}

// commit is the files of a commit.
type commit struct{ *repo.Tree }

// Revision is the commit's ID.
func (c commit) Revision() string { return c.Commit().ID }

// gone is a place that does not exist any more.
type gone struct{ error }

func (g gone) Unwrap() error        { return g.error }
func (g gone) Is(target error) bool { return target == fs.ErrNotExist }
