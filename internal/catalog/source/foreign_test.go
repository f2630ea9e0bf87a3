package source

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/idptui/idptui/internal/catalog/store"
	"github.com/idptui/idptui/internal/repo"
	"github.com/idptui/idptui/internal/repo/repotest"
)

// town is a forge with several repositories, and a world whose source is one of
// them and whose syncer follows addresses to it.
type town struct {
	*world
	root   string
	server *repotest.Server
	src    Git
}

func newTown(t *testing.T, repositories map[string]map[string]string) *town {
	t.Helper()
	w := &town{world: newWorld(t, trusting()), root: t.TempDir()}
	w.server = repotest.HTTP(t, w.root)
	for name, files := range repositories {
		w.commit(t, name, files)
	}
	mirrors := mirrorsIn(t, w.data)
	w.syncer.Web = &Web{
		Mirrors: mirrors,
		Remote: func(clone string) (repo.Remote, bool) {
			return repo.Remote{URL: clone}, repo.HostOf(clone) == strings.TrimPrefix(w.server.URL, "http://")
		},
		Forge: func(string) repo.Forge { return repo.Gitea },
	}
	w.src = NewGit("home", mirrors, repo.Remote{URL: w.server.URL + "/acme/home"}, repo.Gitea, trusting())
	return w
}

// commit writes files of a repository, in which PAGES stands for the beginning of
// every page's address.
func (w *town) commit(t *testing.T, name string, files map[string]string) {
	t.Helper()
	dir := filepath.Join(w.root, "acme", name)
	for path, text := range files {
		write(t, dir, map[string]string{path: strings.ReplaceAll(text, "PAGES", w.server.URL+"/acme")})
	}
	repotest.Commit(t, dir, "more")
	if err := os.Symlink(filepath.Join(dir, ".git"), dir+".git"); err != nil && !errors.Is(err, fs.ErrExist) {
		t.Fatal(err)
	}
}

// at is the name of a file of another repository within the source.
func (w *town) at(name string) string {
	return strings.TrimPrefix(w.server.URL, "http://") + "/acme/" + name
}

func TestALocationLeadsToAnotherRepository(t *testing.T) {
	t.Parallel()
	w := newTown(t, map[string]map[string]string{
		"home": {"all.yaml": location("all", "PAGES/libs/src/branch/main/catalog/all.yaml", "PAGES/libs/src/branch/main/more/**/*.yaml")},
		"libs": {
			"catalog/all.yaml": location("libs", "./a.yaml", "../top.yaml", "/more/x/b.yaml"), "catalog/a.yaml": component("a"),
			"top.yaml": component("top"), "more/x/b.yaml": component("b"), "more/c.yaml": component("c"), "not-named.yaml": component("d"),
		},
	})
	r := w.syncOf(w.src)
	if r.Status.State != store.StateOK || r.Added != 6 || r.Status.Entities != 6 {
		t.Errorf("%+v", r)
	}
	libs := w.at("libs@main/")
	check(t, []string{
		"component:default/a @ home/" + libs + "catalog/a.yaml:1", "component:default/b @ home/" + libs + "more/x/b.yaml:1",
		"component:default/c @ home/" + libs + "more/c.yaml:1", "component:default/top @ home/" + libs + "top.yaml:1",
		"location:default/all @ home/all.yaml:1", "location:default/libs @ home/" + libs + "catalog/all.yaml:1",
	}, w.stored())
	check(t, []string(nil), w.problems())
	rec := w.record("component:default/a")
	check(t, "url:"+w.server.URL+"/acme/libs/src/branch/main/catalog/a.yaml", rec.Entity.Metadata.Annotations["backstage.io/managed-by-location"])
	check(t, repotest.Git(t, filepath.Join(w.root, "acme/libs"), "rev-parse", "HEAD"), rec.Provenance.Commit)

	if r := w.syncOf(w.src); r.Unchanged != 6 || r.Counts != (Counts{}) { // nothing was looked into
		t.Errorf("%+v", r)
	}
	w.commit(t, "libs", map[string]string{"catalog/a.yaml": strings.Replace(component("a"), "ops", "web", 1)})
	if r := w.syncOf(w.src); r.Changed != 1 || r.Unchanged != 5 {
		t.Errorf("%+v", r)
	}
}

func TestARepositoryThatCannotBeReachedKeepsWhatItGave(t *testing.T) {
	t.Parallel()
	w := newTown(t, map[string]map[string]string{
		"home": {"all.yaml": location("all", "PAGES/libs/src/branch/main/a.yaml"), "own.yaml": component("own")},
		"libs": {"a.yaml": component("a")},
	})
	w.syncOf(w.src)
	all := w.stored()
	check(t, 3, len(all))
	if err := os.Remove(filepath.Join(w.root, "acme/libs.git")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		r := w.syncOf(w.src)
		if r.Status.State != store.StateOK || r.Removed != 0 || r.Status.Entities != 3 {
			t.Errorf("%+v", r)
		}
		check(t, all, w.stored())
		if p := w.problems(); len(p) != 1 || !strings.Contains(p[0], "could not be fetched again, so what was fetched last is used") {
			t.Errorf("%q", p)
		}
	}
	w.server.Close()
	web := w.syncer.Web
	w.loseCache()
	w.syncer.Web = web
	r := w.syncOf(w.src)
	if r.Status.State != store.StateFailed || r.Status.Entities != 3 {
		t.Errorf("offline without a cache: %+v", r)
	}
	check(t, all, w.stored())
}

func TestARepositoryThatWasNeverFetchedIsAnErrorAtItsLocation(t *testing.T) {
	t.Parallel()
	w := newTown(t, map[string]map[string]string{
		"home": {"all.yaml": location("all", "PAGES/nowhere/src/branch/main/a.yaml", "PAGES/libs/src/branch/none/a.yaml", "PAGES/libs/src/branch/main/none.yaml",
			"https://elsewhere.example/a/b/src/branch/main/x.yaml", "PAGES/libs", "PAGES/libs/src/commit/"+strings.Repeat("a", 40)+"/a.yaml"), "own.yaml": component("own")},
		"libs": {"a.yaml": component("a")},
	})
	if r := w.syncOf(w.src); r.Status.State != store.StateOK || r.Status.Entities != 2 {
		t.Errorf("%+v", r)
	}
	got := strings.Join(w.problems(), "\n")
	for _, want := range []string{
		"nowhere/src/branch/main/a.yaml\" cannot be followed: the repository", "has no branch none", "main/none.yaml\" does not exist",
		"nobody has listed the host elsewhere.example", "/acme/libs\" names a repository", "names a commit",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}

func TestLocationsLeadOnFromRepositoryToRepository(t *testing.T) {
	t.Parallel()
	chain := map[string]map[string]string{}
	for i := range maxRounds + 2 {
		chain[fmt.Sprintf("r%d", i)] = map[string]string{"all.yaml": docs(
			location(fmt.Sprintf("l%d", i), fmt.Sprintf("PAGES/r%d/src/branch/main/all.yaml", i+1)), component(fmt.Sprintf("c%d", i)),
		)}
	}
	chain["home"] = map[string]string{"all.yaml": location("home", "PAGES/r0/src/branch/main/all.yaml")}
	w := newTown(t, chain)
	w.syncOf(w.src)
	var components []string
	for _, line := range w.stored() {
		if ref, _, _ := strings.Cut(line, " "); strings.HasPrefix(ref, "component:") {
			components = append(components, ref)
		}
	}
	if len(components) != maxRounds || !strings.Contains(strings.Join(w.problems(), ""), "lead on through more than") {
		t.Errorf("%q, %q", components, w.problems())
	}
}

func TestRepositoriesThatNameEachOtherAreReadOnce(t *testing.T) {
	t.Parallel()
	w := newTown(t, map[string]map[string]string{
		"home": {"all.yaml": docs(location("all", "PAGES/libs/src/branch/main/all.yaml"), component("a"))},
		"libs": {"all.yaml": docs(location("back", "PAGES/home/src/branch/main/all.yaml"), component("b"))},
	})
	if r := w.syncOf(w.src); r.Status.State != store.StateOK || r.Status.Entities < 4 {
		t.Errorf("%+v", r)
	}
	got := w.stored()
	for _, want := range []string{"component:default/a @ home/all.yaml:10", "component:default/b @ home/" + w.at("libs@main/") + "all.yaml:10"} {
		if !slices.ContainsFunc(got, func(line string) bool { return strings.HasPrefix(line, want[:strings.LastIndexByte(want, ':')]) }) {
			t.Errorf("%q lacks %s", got, want)
		}
	}
	before := got
	w.syncOf(w.src)
	check(t, before, w.stored())
}

func TestAFileMayNotReachOutOfItsRepository(t *testing.T) {
	t.Parallel()
	w := newTown(t, map[string]map[string]string{
		"home": {"all.yaml": location("all", "PAGES/libs/src/branch/main/deep/all.yaml"), "secret.yaml": component("secret")},
		"libs": {"deep/all.yaml": location("out", "../../../secret.yaml", "../../home@main/secret.yaml", "../../../../all.yaml")},
	})
	w.syncOf(w.src)
	if p := strings.Join(w.problems(), "\n"); strings.Count(p, "leads out of") != 3 {
		t.Errorf("%s", p)
	}
	for _, line := range w.stored() {
		if strings.Contains(line, "libs@main") && strings.Contains(line, "secret") {
			t.Error(line)
		}
	}
}

func TestAPlaceholderStaysInItsRepository(t *testing.T) {
	t.Parallel()
	api := func(name, text string) string {
		return "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: " + name + "}\nspec:\n  type: openapi\n  lifecycle: production\n  owner: me\n  definition:\n    $text: " + text + "\n"
	}
	w := newTown(t, map[string]map[string]string{
		"home": {"all.yaml": location("all", "PAGES/libs/src/branch/main/api.yaml"), "text.md": "home's"},
		"libs": {"api.yaml": docs(api("own", "./text.md"), api("paged", "PAGES/libs/src/branch/main/text.md"), api("other", "PAGES/home/src/branch/main/text.md")), "text.md": "libs'"},
	})
	w.syncOf(w.src)
	for _, name := range []string{"own", "paged"} {
		check(t, "libs'", w.record("api:default/" + name).Entity.Spec["definition"].(string))
	}
	if p := w.problems(); len(p) != 1 || !strings.Contains(p[0], "may only name files of its own repository") {
		t.Errorf("%q", p)
	}
	w.commit(t, "libs", map[string]string{"text.md": "new"})
	w.syncOf(w.src)
	check(t, "new", w.record("api:default/own").Entity.Spec["definition"].(string))
}

func TestARepositoryThatHangsKeepsNoOtherSourceWaiting(t *testing.T) {
	t.Parallel()
	silent, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	asked := make(chan struct{}, 1)
	go func() {
		for {
			conn, err := silent.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = conn.Close() })
			select {
			case asked <- struct{}{}:
			default:
			}
		}
	}()
	w := newTown(t, map[string]map[string]string{"home": {
		"all.yaml": location("all", "http://"+silent.Addr().String()+"/acme/libs/src/branch/main/a.yaml"), "own.yaml": component("own"),
	}})
	w.syncer.Web.Remote = func(clone string) (repo.Remote, bool) { return repo.Remote{URL: clone}, true }
	reports := make(chan string, 2)
	l := NewLoop(w.syncer, []Source{w.src, demo("b", nil)}, time.Hour, func(r Report, _ error) { reports <- r.Source }, nil)
	stop := watch(t, l, reports)
	defer stop()
	check(t, "b", next(t, reports))
	<-asked
	l.Wake("b")
	check(t, "b", next(t, reports))
	// What it holds itself is shown meanwhile.
	if got := w.stored(); !slices.Contains(got, "component:default/own @ home/own.yaml:1") {
		t.Errorf("%q", got)
	}
}

func TestARepositoryThatManyAddressesNameIsAskedOnce(t *testing.T) {
	t.Parallel()
	libs, pages := map[string]string{}, []string{}
	for i := range 40 {
		libs[fmt.Sprintf("c%02d.yaml", i)] = component(fmt.Sprintf("c%02d", i))
		pages = append(pages, fmt.Sprintf("PAGES/libs/src/branch/main/c%02d.yaml", i))
	}
	w := newTown(t, map[string]map[string]string{"home": {"all.yaml": location("all", pages...)}, "libs": libs})
	var asked atomic.Int32
	w.syncer.Web.Remote = func(clone string) (repo.Remote, bool) {
		return repo.Remote{URL: clone, Secret: func(context.Context) (repo.Secret, error) { // once for each Update
			asked.Add(1)
			return repo.Secret{}, nil
		}}, true
	}
	if r := w.syncOf(w.src); r.Status.Entities != 41 {
		t.Errorf("%+v", r)
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

func TestLocationsHaveAFewHundredRepositoriesFetchedAtMost(t *testing.T) {
	t.Parallel()
	pages := make([]string, maxRemotes+30)
	for i := range pages {
		pages[i] = fmt.Sprintf("PAGES/r%d/src/branch/main/a.yaml", i)
	}
	w := newTown(t, map[string]map[string]string{"home": {"all.yaml": location("all", pages...)}})
	var asked atomic.Int32
	w.syncer.Web.Remote = func(clone string) (repo.Remote, bool) {
		return repo.Remote{URL: clone, Secret: func(context.Context) (repo.Secret, error) {
			asked.Add(1)
			return repo.Secret{}, errDisk
		}}, true
	}
	w.syncOf(w.src)
	left := 0
	for _, p := range w.problems() {
		if strings.Contains(p, "more than 200 other repositories") {
			left++
		}
	}
	if n := asked.Load(); n != maxRemotes || left != 30 {
		t.Errorf("asked for %d, left %d", n, left)
	}
}
