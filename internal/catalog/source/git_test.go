package source

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/idptui/idptui/internal/catalog/store"
	"github.com/idptui/idptui/internal/repo"
	"github.com/idptui/idptui/internal/repo/repotest"
)

// mirrorsIn are mirrors below a data directory that may use plain http on
// loopback, and mirror what lies in temporary folders.
func mirrorsIn(tb testing.TB, data string) *repo.Mirrors {
	tb.Helper()
	m, err := repo.New(repo.Options{Dir: filepath.Join(data, "mirrors"), PlainHTTP: []string{"127.0.0.1"}, Files: []string{os.TempDir()}})
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func TestAGitSourceReadsACommitAndReadsWhatChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	dir := t.TempDir()
	write(t, dir, map[string]string{"a.yaml": component("a"), "deep/b.yml": component("b"), "no.txt": component("c")})
	repotest.Commit(t, dir, "one")
	src := NewGit("shop", mirrorsIn(t, w.data), repo.Remote{URL: "file://" + dir}, repo.GitHub, trusting())
	if r := w.syncOf(src); r.Added != 2 || r.Status.Kind != "git" || r.Status.Location != "file://"+dir {
		t.Errorf("%+v", r)
	}
	first := w.record("component:default/a").Provenance.Commit
	check(t, repotest.Git(t, dir, "rev-parse", "HEAD"), first)
	if r := w.syncOf(src); r.Unchanged != 2 || r.Counts != (Counts{}) { // it was not looked into
		t.Errorf("%+v", r)
	}
	write(t, dir, map[string]string{"deep/b.yml": strings.Replace(component("b"), "ops", "web", 1)})
	repotest.Commit(t, dir, "two")
	if r := w.syncOf(src); r.Changed != 1 || r.Unchanged != 1 {
		t.Errorf("%+v", r)
	}
	check(t, first, w.record("component:default/a").Provenance.Commit) // it was not written again
	check(t, repotest.Git(t, dir, "rev-parse", "HEAD"), w.record("component:default/b").Provenance.Commit)
}

func TestEntitiesOfAForgeKnowTheirPages(t *testing.T) {
	t.Parallel()
	g := NewGit("shop", nil, repo.Remote{URL: "https://github.com/acme/shop.git", Branch: "main"}, "", trusting())
	check(t, "url:https://github.com/acme/shop/blob/main/deep/a%20b.yaml", g.LocationOf("deep/a b.yaml"))
	check(t, map[string]string{
		"backstage.io/view-url":        "https://github.com/acme/shop/blob/main/deep/a.yaml",
		"backstage.io/edit-url":        "https://github.com/acme/shop/edit/main/deep/a.yaml",
		"backstage.io/source-location": "url:https://github.com/acme/shop/tree/main/deep/",
	}, g.pages("deep/a.yaml"))
	check(t, "url:https://github.com/acme/shop/tree/main/", g.pages("a.yaml")["backstage.io/source-location"])
	check(t, map[string]string(nil), NewGit("x", nil, repo.Remote{URL: "https://git.acme.com/x"}, "", trusting()).pages("a"))
}

func TestWhatTheAuthorSaysOfPagesStands(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	dir := t.TempDir()
	own := strings.Replace(component("a"), "  name: a\n", "  name: a\n  annotations: {backstage.io/view-url: 'https://mine.example'}\n", 1)
	write(t, dir, map[string]string{"a.yaml": own})
	repotest.Commit(t, dir, "one")
	src := paging{NewGit("shop", mirrorsIn(t, w.data), repo.Remote{URL: "file://" + dir}, "", trusting())}
	w.syncOf(src)
	got := w.record("component:default/a").Entity.Metadata.Annotations
	check(t, "https://mine.example", got["backstage.io/view-url"])
	check(t, "https://forge.example/edit/a.yaml", got["backstage.io/edit-url"])
}

// paging is a repository with pages.
type paging struct{ Git }

func (p paging) pages(name string) map[string]string {
	return map[string]string{"backstage.io/view-url": "https://forge.example/" + name, "backstage.io/edit-url": "https://forge.example/edit/" + name}
}

// TestThirtyRealRepositories serves public catalogs by git's http server, and some
// by OpenSSH's where there is one, and syncs them side by side. What comes of that
// is what their folders give, and it stays when the servers are gone.
func TestThirtyRealRepositories(t *testing.T) {
	t.Parallel()
	all := repositories(t)
	var names []string
	for i := range min(30, len(all)) {
		names = append(names, all[i*len(all)/min(30, len(all))])
	}
	root := t.TempDir()
	server := repotest.HTTP(t, root)
	var ssh *repotest.Host
	t.Run("over ssh", func(t *testing.T) { // of its own, so that a missing sshd skips no more than that
		t.Parallel()
		if _, err := os.Stat("/usr/sbin/sshd"); err != nil {
			t.Skip("NOT TESTED: there is no sshd on this machine, so all repositories come by http; install openssh-server")
		}
	})
	if _, err := os.Stat("/usr/sbin/sshd"); err == nil {
		h := repotest.SSH(t)
		ssh = &h
	}
	w, folders := newWorld(t, trusting()), newWorld(t, trusting())
	mirrors := mirrorsIn(t, w.data)
	var sources, plain []Source
	for i, name := range names {
		dir := filepath.Join(root, name)
		if err := os.CopyFS(dir, os.DirFS(filepath.Join(realworld, name))); err != nil {
			t.Fatal(err)
		}
		repotest.Commit(t, dir, "as it is")
		remote := repo.Remote{URL: server.URL + "/" + name + "/.git"}
		if ssh != nil && i%6 == 0 {
			remote = repo.Remote{URL: ssh.URL(dir), SSH: repo.SSH{KeyFile: ssh.Key, KnownHosts: ssh.Known}}
		}
		source := fmt.Sprintf("s%02d", i)
		sources = append(sources, NewGit(source, mirrors, remote, "", trusting()))
		plain = append(plain, NewFolder(source, filepath.Join(realworld, name), trusting()))
	}
	reports, err := w.syncer.SyncAll(t.Context(), sources, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range reports {
		if r.Status.State != store.StateOK {
			t.Errorf("%s: %s: %s", names[i], r.Status.State, r.Status.Error)
		}
	}
	if _, err := folders.syncer.SyncAll(t.Context(), plain, nil); err != nil {
		t.Fatal(err)
	}
	want := folders.stored()
	if len(want) < 30 {
		t.Errorf("%d entities", len(want))
	}
	check(t, want, w.stored())

	server.Close()
	if ssh != nil {
		ssh.Close()
	}
	w.loseCache()
	reports, err = w.syncer.SyncAll(t.Context(), sources, nil)
	if err != nil {
		t.Fatal(err)
	}
	check(t, want, w.stored())
	if i := slices.IndexFunc(reports, func(r Report) bool { return r.Status.State != store.StateFailed }); i >= 0 {
		t.Errorf("%s was reached after the servers had ended", names[i])
	}
}

// times are the processor time of this process and of its ended children.
func times(b *testing.B) (own, children time.Duration) {
	b.Helper()
	of := func(who int) time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(who, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	return of(syscall.RUSAGE_SELF), of(syscall.RUSAGE_CHILDREN)
}

// benchRepositories makes repositories with entities and the sources that name them.
func benchRepositories(b *testing.B, w *world, repositories, entities int) (sources []Source, dirs []string) {
	b.Helper()
	root, mirrors := b.TempDir(), mirrorsIn(b, w.data)
	for i := range repositories {
		dir := filepath.Join(root, fmt.Sprintf("r%03d", i))
		files := map[string]string{}
		for j := range entities {
			files[fmt.Sprintf("d%02d/c%d.yaml", j%20, j)] += docs(component(fmt.Sprintf("c-%d-%d", i, j)))
		}
		write(b, dir, files)
		repotest.Commit(b, dir, "one")
		sources = append(sources, NewGit(fmt.Sprintf("s%03d", i), mirrors, repo.Remote{URL: "file://" + dir}, "", trusting()))
		dirs = append(dirs, dir)
	}
	return sources, dirs
}

// BenchmarkGitUnchanged syncs repositories in which nothing changed: own-ms is the
// processor time of this process, git-ms that of the git that asks the remotes.
func BenchmarkGitUnchanged(b *testing.B) {
	for _, n := range []int{30, 200} {
		b.Run(fmt.Sprintf("%d repositories", n), func(b *testing.B) {
			if testing.Short() && n > 30 {
				b.Skip("long")
			}
			w := newWorld(b, trusting())
			sources, _ := benchRepositories(b, w, n, 5)
			if _, err := w.syncer.SyncAll(b.Context(), sources, nil); err != nil {
				b.Fatal(err)
			}
			own, children := times(b)
			for b.Loop() {
				if _, err := w.syncer.SyncAll(b.Context(), sources, nil); err != nil {
					b.Fatal(err)
				}
			}
			own2, children2 := times(b)
			b.ReportMetric(float64((own2-own).Milliseconds())/float64(b.N), "own-ms/op")
			b.ReportMetric(float64((children2-children).Milliseconds())/float64(b.N), "git-ms/op")
		})
	}
}

// BenchmarkGitCold mirrors and reads 10 000 entities from one repository.
func BenchmarkGitCold(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprintf("%d entities", n), func(b *testing.B) {
			if testing.Short() && n > 1_000 {
				b.Skip("long")
			}
			var own, git time.Duration
			for b.Loop() {
				b.StopTimer()
				w := newWorld(b, trusting())
				sources, _ := benchRepositories(b, w, 1, n)
				own1, git1 := times(b)
				b.StartTimer()
				if _, err := w.syncer.SyncAll(b.Context(), sources, nil); err != nil {
					b.Fatal(err)
				}
				own2, git2 := times(b)
				own, git = own+own2-own1, git+git2-git1
			}
			b.ReportMetric(float64(own.Milliseconds())/float64(b.N), "own-ms/op")
			b.ReportMetric(float64(git.Milliseconds())/float64(b.N), "git-ms/op")
		})
	}
}
