package source

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/repo"
	"github.com/idptui/idptui/internal/safe"
)

// A Location may lead, by the address of a page, to a file of another repository.
// That file belongs to the source then, under the rules of the source and a name
// of its own: github.com/acme/shared@main/catalog-info.yaml. It is read from a
// mirror. A mirror that is missing is asked for by the sync that meets it, which is
// done once more when that is fetched; the ones that are known are fetched with
// the source.

// Web says which repositories addresses lead to, and how they are reached.
type Web struct {
	Mirrors *repo.Mirrors
	// Remote is how the repository at an address is reached; listed is false where
	// nobody said that its host may be asked.
	Remote func(clone string) (remote repo.Remote, listed bool)
	// Forge is what runs on a host; "" where only its name can tell.
	Forge func(host string) repo.Forge
}

const (
	maxRemotes = 200 // other repositories of one source
	maxRounds  = 5   // of fetching what a sync met
	remoteJobs = 4   // other repositories of one source that are fetched at once
)

// ground is the files of another repository.
type ground struct {
	Git
	prefix string // of the names of its files, with a slash at the end
	tree   *repo.Tree
	listed *listing // nil: not yet
}

// groundPrefix begins the names of a repository's files.
func groundPrefix(g Git) string {
	web, _ := repo.NewWeb(g.remote.URL, g.forge)
	_, place, _ := strings.Cut(web.Repository(), "://")
	branch := g.remote.Branch
	if branch == "" {
		branch = "HEAD"
	}
	return place + "@" + branch + "/"
}

// wide is the tree of a source together with those of the other repositories.
type wide struct {
	Tree
	grounds []*ground
}

// ground finds whose file a name is; nil is the source itself.
func (w *wide) ground(name string) (g *ground, rest string) {
	for _, g := range w.grounds {
		if rest, ok := strings.CutPrefix(name, g.prefix); ok {
			return g, rest
		}
	}
	return nil, name
}

func (w *wide) at(name string) (fs.FS, string) {
	if g, rest := w.ground(name); g != nil {
		return g.tree, rest
	}
	return w.Tree, name
}

func (w *wide) Open(name string) (fs.File, error) {
	tree, rest := w.at(name)
	return tree.Open(rest)
}

func (w *wide) Stat(name string) (fs.FileInfo, error) {
	tree, rest := w.at(name)
	return fs.Stat(tree, rest)
}

func (w *wide) Lstat(name string) (fs.FileInfo, error) {
	tree, rest := w.at(name)
	return fs.Lstat(tree, rest)
}

func (w *wide) ReadLink(name string) (string, error) {
	tree, rest := w.at(name)
	return fs.ReadLink(tree, rest)
}

func (w *wide) ReadDir(name string) ([]fs.DirEntry, error) {
	tree, rest := w.at(name)
	return fs.ReadDir(tree, rest)
}

// close closes the other repositories; the source's own tree is its opener's.
func (w *wide) close() {
	if w == nil {
		return // the run ended before it began
	}
	for _, g := range w.grounds {
		_ = g.tree.Close() // nothing was written
	}
}

// remotes are the other repositories, as a source's status keeps them.
func (w *wide) remotes() string {
	var lines []string
	for _, g := range w.grounds {
		lines = append(lines, g.remote.URL+"\t"+g.remote.Branch)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// groundOf is wide.ground for a reader that may have no wide tree.
func (r *reader) groundOf(name string) (*ground, string) {
	if r.wide == nil {
		return nil, name
	}
	return r.wide.ground(name)
}

// aim reads a target that stands in the file from, whose ground it gives as well:
// nil is the source itself. The address of a file on that ground is a path.
func (r *reader) aim(from, kind, target string) (*ground, aim) {
	g, rest := r.groundOf(from)
	within := r.within
	if g != nil {
		within = g.Within
	}
	a := aimAt(rest, kind, target)
	if a.url != "" && within != nil {
		if name, ok := within(a.url); ok {
			return g, aim{path: name}
		}
	}
	return g, a
}

// treeOf is the tree of a ground, and the beginning of its names.
func (r *reader) treeOf(g *ground) (fs.FS, string) {
	if g == nil {
		return r.tree, ""
	}
	return g.tree, g.prefix
}

// listing is every YAML file of a ground.
func (s *scan) listing(ctx context.Context, g *ground) (*listing, error) {
	if g == nil {
		return s.list, nil
	}
	if g.listed == nil {
		l, err := list(ctx, g.tree, s.limits.Files, func(int) {})
		if err != nil {
			return nil, err
		}
		g.listed = l
	}
	return g.listed, nil
}

// reach opens the repository that an address leads to, and aims at the file there.
// Where it cannot, it has said so, or the repository is wanted.
func (s *scan) reach(ctx context.Context, l link, address string) (g *ground, a aim, ok bool) {
	if s.web == nil {
		s.linkFault(l, catalog.Note, "is not followed, as it is an address", "clone what it names and add the folder as a source")
		return nil, a, false
	}
	readings, err := repo.ParseWeb(address, s.web.Forge(repo.HostOf(address)))
	if err != nil {
		s.linkFault(l, catalog.Note, "is not followed, as it is no page of a repository on a host that is known", "name a file's page, and list its host in git.hosts with its forge")
		return nil, a, false
	}
	remote, listed := s.web.Remote(readings[0].Clone)
	switch {
	case !listed:
		s.linkFault(l, catalog.Note, "is not followed, as nobody has listed the host "+host(address), "add it to git.hosts, if what lies there may be read")
		return nil, a, false
	case readings[0].Ref.Commit:
		s.linkFault(l, catalog.Error, "names a commit, which never changes", "name a branch")
		return nil, a, false
	case readings[0].Path == "":
		s.linkFault(l, catalog.Error, "names a repository", "name the file in it")
		return nil, a, false
	}
	var tried []repo.Remote
	for _, at := range readings {
		remote.URL, remote.Branch = at.Clone, strings.TrimPrefix(at.Ref.Name, "HEAD")
		one := NewGit(s.source, s.web.Mirrors, remote, s.web.Forge(repo.HostOf(at.Clone)), s.rules)
		tried = append(tried, one.remote)
		opened, err := s.openGround(ctx, one)
		if err != nil {
			continue
		}
		name := path.Clean(at.Path)
		if _, err := fs.Stat(opened.tree, name); g == nil || err == nil {
			g, a = opened, aim{path: name}
			if err == nil {
				break
			}
		}
	}
	if g == nil {
		s.miss(l, address, tried)
		return nil, a, false
	}
	if why := s.how.stale[remoteKey(g.remote)]; why != nil {
		s.unsure = true
		s.linkFault(l, catalog.Error, "could not be fetched again, so what was fetched last is used: "+safe.Line(why.Error()), "")
	}
	return g, a, true
}

func remoteKey(r repo.Remote) string { return r.URL + "\t" + r.Branch }

// openGround opens the mirror of a repository, once.
func (s *scan) openGround(ctx context.Context, at Git) (*ground, error) {
	for _, g := range s.wide.grounds {
		if remoteKey(g.remote) == remoteKey(at.remote) {
			return g, nil
		}
	}
	if len(s.wide.grounds) == maxRemotes {
		return nil, fmt.Errorf("more than %d other repositories", maxRemotes)
	}
	t, err := s.web.Mirrors.Open(ctx, at.remote)
	if err != nil {
		return nil, err
	}
	g := &ground{Git: at, prefix: groundPrefix(at), tree: t}
	s.wide.grounds = append(s.wide.grounds, g)
	return g, nil
}

// miss says why a repository is not here, or has it fetched. What its files gave
// stays meanwhile.
func (s *scan) miss(l link, address string, tried []repo.Remote) {
	why, asked := s.how.missed[address]
	tooMany := s.tooMany(tried[0])
	switch {
	case asked && why != nil:
		s.unsure = true
		s.linkFault(l, catalog.Error, "cannot be followed: "+safe.Line(why.Error()), "")
	case asked:
		s.unsure = true
		s.linkFault(l, catalog.Error, "cannot be followed: its repository was fetched and cannot be opened", "sync again")
	case s.how.round == maxRounds:
		s.unsure = true
		s.linkFault(l, catalog.Error, fmt.Sprintf("is not followed: the Locations of this source lead on through more than %d repositories", maxRounds), "name what they lead to directly")
	case tooMany:
		s.linkFault(l, catalog.Error, fmt.Sprintf("is not followed: the Locations of this source lead to more than %d other repositories", maxRemotes), "make some of them sources of their own")
	default:
		s.wanted[address] = tried
	}
	for _, remote := range tried {
		s.keepBelow(groundPrefix(NewGit("", nil, remote, s.web.Forge(repo.HostOf(remote.URL)), Rules{})))
	}
}

// tooMany tells whether a repository that is not here is one too many for the
// source, and counts it if not.
func (s *scan) tooMany(remote repo.Remote) bool {
	key := remoteKey(remote)
	if !s.sought[key] && len(s.sought)+len(s.wide.grounds) >= maxRemotes {
		return true
	}
	if s.sought == nil {
		s.sought = map[string]bool{}
	}
	s.sought[key] = true
	return false
}

// keepBelow makes files that lie where nobody can look now part of the source, as
// they were.
func (s *scan) keepBelow(prefix string) {
	if s.list.hidden[path.Clean(prefix)] {
		return // another Location leads there, too
	}
	s.list.hidden[path.Clean(prefix)] = true
	for name, old := range s.old.files {
		if strings.HasPrefix(name, prefix) && s.add(name) {
			f := s.files[name]
			f.kept, f.note = true, s.old.notes[name].clone()
			f.size, f.modTime, f.hash = old.Size, old.ModTime, old.Hash
		}
	}
}
