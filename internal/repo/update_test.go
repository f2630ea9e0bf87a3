package repo

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAnUpdateBringsTheCommitOfTheBranchThatHEADNames(t *testing.T) {
	t.Parallel()
	o := newOrigin(t)
	commit := o.commit("one", map[string]string{"catalog-info.yaml": "kind: Component\n"})
	s := serve(t, filepath.Dir(o.dir))
	for name, r := range map[string]Remote{"http": s.remote(o), "file": {URL: o.url()}, "path": {URL: o.dir}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := mirrors(t)
			got := update(t, m, r)
			if want := (Result{Commit: commit, Branch: "main", Changed: true}); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
			if got := read(t, open(t, m, r), "catalog-info.yaml"); got != "kind: Component\n" {
				t.Errorf("read %q", got)
			}
		})
	}
}

func TestAnUnchangedCommitCostsOneRunOfGit(t *testing.T) {
	t.Parallel()
	o := newOrigin(t)
	commit := o.commit("one", map[string]string{"a": "1", "big": strings.Repeat("x", 2<<20)})
	s := serve(t, filepath.Dir(o.dir))
	w := wrap(t, "")
	m := mirrors(t, w.use)
	r := s.remote(o)
	update(t, m, r)
	before := len(w.runs(t))
	got := update(t, m, r)
	if want := (Result{Commit: commit, Branch: "main", Previous: commit, Absent: 1}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	runs := w.runs(t)[before:]
	if len(runs) != 1 || !strings.HasPrefix(runs[0], "ls-remote ") || !strings.HasSuffix(runs[0], " HEAD") {
		t.Errorf("it ran %q, want one ls-remote", runs)
	}
}

func TestANewCommitIsFetchedAndTheHistoryStays(t *testing.T) {
	t.Parallel()
	o := newOrigin(t)
	one := o.commit("one", map[string]string{"a": "1"})
	m, r := mirrors(t), Remote{URL: o.url()}
	update(t, m, r)
	two := o.commit("two", map[string]string{"a": "2"})
	got := update(t, m, r)
	if want := (Result{Commit: two, Branch: "main", Previous: one, Changed: true}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	tree := open(t, m, r)
	if old, err := tree.Blob(t.Context(), one, "a"); err != nil || string(old) != "1" {
		t.Errorf("the old file is %q, %v", old, err)
	}
	if tree.Commit().ID != two {
		t.Errorf("the tree is of %s, want %s", tree.Commit().ID, two)
	}
}

func TestRewrittenHistoryCountsAndIsTold(t *testing.T) {
	t.Parallel()
	o := newOrigin(t)
	o.commit("one", map[string]string{"a": "1"})
	two := o.commit("two", map[string]string{"a": "2"})
	m, r := mirrors(t), Remote{URL: o.url()}
	update(t, m, r)
	o.git("reset", "-q", "--hard", "HEAD~1")
	other := o.commit("other", map[string]string{"a": "3"})
	got := update(t, m, r)
	if want := (Result{Commit: other, Branch: "main", Previous: two, Changed: true, Rewritten: true}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := read(t, open(t, m, r), "a"); got != "3" {
		t.Errorf("read %q", got)
	}
}

func TestBranches(t *testing.T) {
	t.Parallel()
	o := newOrigin(t)
	main := o.commit("one", map[string]string{"a": "1"})
	o.git("checkout", "-q", "-b", "feature/x")
	feature := o.commit("two", map[string]string{"a": "2"})
	// A branch whose name ends like the one asked for must not stand in for it.
	o.git("update-ref", "refs/heads/decoy/refs/heads/main", feature)
	o.git("checkout", "-q", "main")
	m := mirrors(t)
	for branch, want := range map[string]string{"": main, "main": main, "feature/x": feature} {
		if got := update(t, m, Remote{URL: o.url(), Branch: branch}); got.Commit != want {
			t.Errorf("branch %q: got %s, want %s", branch, got.Commit, want)
		}
	}
	_, err := m.Update(t.Context(), Remote{URL: o.url(), Branch: "gone"})
	if !errors.Is(err, ErrNoBranch) || !strings.Contains(err.Error(), "no branch gone") {
		t.Errorf("got %v, want ErrNoBranch", err)
	}
	// HEAD may be moved to another branch, or name none.
	r := Remote{URL: o.url()}
	o.git("checkout", "-q", "feature/x")
	if got := update(t, m, r); got.Commit != feature || got.Branch != "feature/x" || got.Rewritten {
		t.Errorf("after HEAD moved: %+v", got)
	}
	o.git("checkout", "-q", "--detach", main)
	if got := update(t, m, r); got.Commit != main || got.Branch != "" || !got.Rewritten {
		t.Errorf("with a HEAD that names none: %+v", got)
	}
}

func TestARepositoryThatBecomesEmptyOrGoesKeepsItsMirror(t *testing.T) {
	t.Parallel()
	o := newOrigin(t)
	o.commit("one", map[string]string{"a": "1"})
	s := serve(t, filepath.Dir(o.dir))
	m, r := mirrors(t), s.remote(o)
	update(t, m, r)
	away := o.dir + ".away"
	if err := os.Rename(o.dir, away); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Update(t.Context(), r); !errors.Is(err, ErrNotFound) {
		t.Errorf("gone: got %v, want ErrNotFound", err)
	}
	(&origin{t: t, dir: o.dir}).git("init", "-q", "--bare", "-b", "main", o.dir)
	if _, err := m.Update(t.Context(), r); !errors.Is(err, ErrEmpty) {
		t.Errorf("empty: got %v, want ErrEmpty", err)
	}
	if got := read(t, open(t, m, r), "a"); got != "1" {
		t.Errorf("read %q of the last good commit", got)
	}
}

func TestLargeFilesStayOnTheServerUntilTheyAreWanted(t *testing.T) {
	t.Parallel()
	o := newOrigin(t)
	large := strings.Repeat("0123456789abcdef", 2<<20/16)
	o.commit("one", map[string]string{"docs/big.md": large, "other.bin": large + "!", "a": "1"})
	s := serve(t, filepath.Dir(o.dir))
	w := wrap(t, "")
	m, r := mirrors(t, w.use), s.remote(o)
	if got := update(t, m, r); got.Absent != 2 {
		t.Errorf("%d files were left on the server, want 2", got.Absent)
	}
	tree := open(t, m, r)
	var requests atomic.Int32
	s.intercept(func(http.ResponseWriter, *http.Request) bool { requests.Add(1); return false })
	info, err := tree.Stat("docs/big.md")
	if err != nil || info.Size() != BlobLimit+1 {
		t.Errorf("stat: %v, %v", info, err)
	}
	if _, err := tree.ReadFile("docs/big.md"); !errors.Is(err, ErrNotFetched) {
		t.Errorf("read: got %v, want ErrNotFetched", err)
	}
	if _, err := tree.Blob(t.Context(), tree.Commit().ID, "docs/big.md"); !errors.Is(err, ErrNotFetched) {
		t.Errorf("blob: got %v, want ErrNotFetched", err)
	}
	if n := requests.Load(); n != 0 {
		t.Errorf("reading asked the server %d times", n)
	}
	// The same commit, but now somebody wants one.
	r.Want = func(path string) bool { return strings.HasSuffix(path, ".md") }
	if got := update(t, m, r); got.Absent != 1 || got.Changed {
		t.Errorf("wanted: %+v", got)
	}
	if got := read(t, open(t, m, r), "docs/big.md"); got != large {
		t.Errorf("read %d bytes, want %d", len(got), len(large))
	}
	before := len(w.runs(t))
	update(t, m, r)
	if runs := w.runs(t)[before:]; len(runs) != 1 {
		t.Errorf("with nothing more to fetch it ran %q", runs)
	}
	// A mirror that is new fetches it at once.
	fresh := mirrors(t)
	update(t, fresh, r)
	if got := read(t, open(t, fresh, r), "docs/big.md"); got != large {
		t.Errorf("read %d bytes, want %d", len(got), len(large))
	}
}

func TestAServerWithoutFiltersGivesAll(t *testing.T) {
	t.Parallel()
	o := newOrigin(t)
	large := strings.Repeat("x", 2<<20)
	o.commit("one", map[string]string{"big": large})
	o.git("config", "uploadpack.allowFilter", "false")
	m, r := mirrors(t), Remote{URL: o.url()}
	if got := update(t, m, r); got.Absent != 0 {
		t.Errorf("%d files are absent", got.Absent)
	}
	if got := read(t, open(t, m, r), "big"); got != large {
		t.Errorf("read %d bytes", len(got))
	}
}

// repositoryOf is the bare repository of a mirror.
func repositoryOf(t *testing.T, m *Mirrors, r Remote) string {
	t.Helper()
	p, err := m.place(r)
	if err != nil {
		t.Fatal(err)
	}
	s, ok := load(p.dir)
	if !ok {
		t.Fatal("there is no mirror")
	}
	return filepath.Join(p.dir, s.Dir)
}

func packFiles(t *testing.T, repository, ext string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(repository, "objects/pack/*"+ext))
	if err != nil || len(files) == 0 {
		t.Fatalf("no packs: %v", err)
	}
	return files
}

func TestADamagedMirrorIsMadeAnew(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]func(t *testing.T, repository string){
		"pack gone": func(t *testing.T, repository string) {
			t.Helper()
			for _, f := range packFiles(t, repository, ".pack") {
				_ = os.Remove(f)
			}
		},
		"pack cut": func(t *testing.T, repository string) {
			t.Helper()
			for _, f := range packFiles(t, repository, ".pack") {
				_ = os.Chmod(f, 0o600)
				if err := os.Truncate(f, 40); err != nil {
					t.Fatal(err)
				}
			}
		},
		"all gone": func(t *testing.T, repository string) {
			t.Helper()
			_ = os.RemoveAll(repository)
		},
		"state is nonsense": func(t *testing.T, repository string) {
			t.Helper()
			if err := os.WriteFile(filepath.Join(filepath.Dir(repository), stateFile), []byte("{"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOrigin(t)
			o.commit("one", map[string]string{"a": "1"})
			m, r := mirrors(t), Remote{URL: o.url()}
			update(t, m, r)
			harm(t, repositoryOf(t, m, r))
			// The commit is the same: it must be seen all the same.
			update(t, m, r)
			if got := read(t, open(t, m, r), "a"); got != "1" {
				t.Errorf("read %q", got)
			}
		})
	}
}

func TestDamageThatAReaderFindsIsMendedByTheNextUpdate(t *testing.T) {
	t.Parallel()
	o := newOrigin(t)
	o.commit("one", map[string]string{"a": strings.Repeat("one\ntwo\n", 100)})
	m, r := mirrors(t), Remote{URL: o.url()}
	update(t, m, r)
	repository := repositoryOf(t, m, r)
	for _, f := range packFiles(t, repository, ".pack") { // same size, other bytes
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for i := 12; i < len(data)-20; i++ {
			data[i] ^= 0x55
		}
		_ = os.Chmod(f, 0o600)
		if err := os.WriteFile(f, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err := m.Open(t.Context(), r)
	if !errors.Is(err, ErrDamaged) {
		t.Fatalf("open: got %v, want ErrDamaged", err)
	}
	// While the remote is away nothing can be done, and nothing is thrown away.
	if err := os.Rename(o.dir, o.dir+".away"); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Update(t.Context(), r); !errors.Is(err, ErrNotFound) {
		t.Errorf("away: got %v, want ErrNotFound", err)
	}
	if repositoryOf(t, m, r) != repository {
		t.Error("the mirror was replaced without its remote")
	}
	if err := os.Rename(o.dir+".away", o.dir); err != nil {
		t.Fatal(err)
	}
	update(t, m, r)
	if got := read(t, open(t, m, r), "a"); len(got) != 800 {
		t.Errorf("read %d bytes", len(got))
	}
	if _, err := os.Stat(repository); !os.IsNotExist(err) {
		t.Errorf("the damaged repository is still there: %v", err)
	}
}

func TestWhatAKilledGitLeavesIsNoHindrance(t *testing.T) {
	t.Parallel()
	o := newOrigin(t)
	o.commit("one", map[string]string{"a": "1"})
	m, r := mirrors(t), Remote{URL: o.url()}
	update(t, m, r)
	repository := repositoryOf(t, m, r)
	leftovers := []string{
		"refs/heads/mirror.lock", "refs/idptui/incoming.lock", "packed-refs.lock", "shallow.lock", "config.lock", "HEAD.lock",
		"objects/pack/tmp_pack_abc", "../" + objectsName + "ffff/HEAD", "../" + stateFile + "-123",
	}
	for _, name := range leftovers {
		path := filepath.Join(repository, name)
		_ = os.MkdirAll(filepath.Dir(path), 0o700)
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	two := o.commit("two", map[string]string{"a": "2"})
	if got := update(t, m, r); got.Commit != two {
		t.Errorf("got %+v", got)
	}
	if repositoryOf(t, m, r) != repository {
		t.Error("it was fetched anew, though nothing was broken")
	}
	for _, name := range leftovers {
		if _, err := os.Stat(filepath.Join(repository, name)); !os.IsNotExist(err) {
			t.Errorf("%s is still there", name)
		}
	}
}

func TestManyUpdatesOfOneMirrorAgree(t *testing.T) {
	t.Parallel()
	o := newOrigin(t)
	o.commit("one", map[string]string{"a": "1"})
	m, r := mirrors(t), Remote{URL: o.url()}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			other, err := New(m.opts) // as another process would
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := other.Update(t.Context(), r); err != nil {
				t.Error(err)
			}
			tree, err := other.Open(t.Context(), r)
			if err != nil {
				t.Error(err)
				return
			}
			defer tree.Close() //nolint:errcheck // it has none
			if data, err := tree.ReadFile("a"); err != nil || string(data) != "1" {
				t.Errorf("read %q, %v", data, err)
			}
		})
	}
	wg.Wait()
	entries, err := os.ReadDir(filepath.Dir(repositoryOf(t, m, r)))
	if err != nil || len(entries) != 2 {
		t.Errorf("the mirror holds %v, %v; want a state and one repository", entries, err)
	}
}

func TestAnOpenTreeKeepsItsRepository(t *testing.T) {
	t.Parallel()
	o := newOrigin(t)
	o.commit("one", map[string]string{"a": "1"})
	m, r := mirrors(t), Remote{URL: o.url()}
	update(t, m, r)
	tree := open(t, m, r)
	repository := repositoryOf(t, m, r)
	name, err := m.Name(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Drop(t.Context(), name); !errors.Is(err, ErrBusy) {
		t.Errorf("drop: got %v, want ErrBusy", err)
	}
	if err := os.WriteFile(filepath.Join(repository, suspectFile), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	update(t, m, r) // makes it anew
	if repositoryOf(t, m, r) == repository {
		t.Fatal("it was not made anew")
	}
	if got := read(t, tree, "a"); got != "1" {
		t.Errorf("read %q", got)
	}
	_ = tree.Close()
	o.commit("two", map[string]string{"a": "2"})
	update(t, m, r)
	if _, err := os.Stat(repository); !os.IsNotExist(err) {
		t.Error("the old repository stays though nobody reads it")
	}
}

func TestMirrorsAreListedAndDropped(t *testing.T) {
	t.Parallel()
	o := newOrigin(t)
	commit := o.commit("one", map[string]string{"a": "1"})
	m, r := mirrors(t), Remote{URL: o.url(), Branch: "main"}
	if list, err := m.List(); err != nil || len(list) != 0 {
		t.Errorf("before: %v, %v", list, err)
	}
	if _, err := m.Open(t.Context(), r); !errors.Is(err, ErrNoMirror) {
		t.Errorf("open: got %v, want ErrNoMirror", err)
	}
	update(t, m, r)
	list, err := m.List()
	if err != nil || len(list) != 1 {
		t.Fatalf("list: %v, %v", list, err)
	}
	name, _ := m.Name(r)
	got := list[0]
	if got.Name != name || got.URL != o.url() || got.Branch != "main" || got.Commit != commit || got.Size < 200 || got.Updated.IsZero() {
		t.Errorf("listed as %+v", got)
	}
	for range 2 {
		if err := m.Drop(t.Context(), name); err != nil {
			t.Errorf("drop: %v", err)
		}
	}
	for _, bad := range []string{"..", ".", "", "../x", ".home", "a/b"} {
		if err := m.Drop(t.Context(), bad); !errors.Is(err, ErrAddress) {
			t.Errorf("drop %q: got %v, want ErrAddress", bad, err)
		}
	}
	entries, _ := os.ReadDir(m.opts.Dir)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if diff := cmp.Diff([]string{".home"}, names); diff != "" {
		t.Errorf("what is left (-want +got):\n%s", diff)
	}
}

func TestManyPacksBecomeOne(t *testing.T) {
	t.Parallel()
	o := newOrigin(t)
	first := o.commit("one", map[string]string{"a": "0"})
	m, r := mirrors(t), Remote{URL: o.url()}
	for i := range maxPacks + 1 {
		o.commit("more", map[string]string{"a": strings.Repeat("x", i)})
		update(t, m, r)
	}
	if n := len(packFiles(t, repositoryOf(t, m, r), ".pack")); n > 2 {
		t.Errorf("there are %d packs", n)
	}
	tree := open(t, m, r)
	if old, err := tree.Blob(t.Context(), first, "a"); err != nil || string(old) != "0" {
		t.Errorf("the first file is %q, %v", old, err)
	}
	w := wrap(t, "")
	again := mirrors(t, w.use, func(o *Options) { o.Dir = m.opts.Dir })
	update(t, again, r)
	if runs := w.runs(t); len(runs) != 1 {
		t.Errorf("after packing an unchanged commit runs %q", runs)
	}
}

func TestARepositoryThatIsShallowItselfIsMirroredAsFarAsItGoes(t *testing.T) {
	t.Parallel()
	o := newOrigin(t)
	o.commit("one", map[string]string{"a": "1"})
	two := o.commit("two", map[string]string{"a": "2"})
	if err := os.WriteFile(filepath.Join(o.dir, o.git("rev-parse", "--git-path", "shallow")), []byte(two+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	m, r := mirrors(t), Remote{URL: o.url()}
	if got := update(t, m, r); got.Commit != two {
		t.Errorf("%+v", got)
	}
	three := o.commit("three", map[string]string{"a": "3"})
	if got := update(t, m, r); got.Commit != three || got.Rewritten {
		t.Errorf("%+v", got)
	}
	tree := open(t, m, r)
	list, err := tree.Log(t.Context(), LogQuery{Path: "a"})
	if err != nil || len(list) != 2 || list[1].ID != two {
		t.Errorf("%+v, %v", list, err)
	}
	if _, err := tree.Blob(t.Context(), o.git("rev-parse", two), "a"); err != nil {
		t.Error(err)
	}
}
