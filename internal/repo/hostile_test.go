package repo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idptui/idptui/internal/safe"
)

func TestStrangeNamesAreReadAndShownSafely(t *testing.T) {
	t.Parallel()
	names := []string{"\x1b[2J.yaml", "a\nb.yaml", "-x", "--output=pwned", "tab\there", "\xff\xfe.yaml", ":(glob)**", "*.yaml", "dir/-rf", "\"quoted\"", " "}
	files := map[string]string{}
	for _, n := range names {
		files[n] = "content of " + n
	}
	o := newOrigin(t)
	commit := o.commit("one", files)
	m, r := mirrors(t), Remote{URL: o.url()}
	update(t, m, r)
	tree := open(t, m, r)
	if got := len(tree.Entries()); got != len(names) {
		t.Errorf("%d entries, want %d", got, len(names))
	}
	last, err := tree.LastChange(t.Context(), names...)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		if got := read(t, tree, name); got != want {
			t.Errorf("%q reads %q", name, got)
		}
		if got, err := tree.Blob(t.Context(), commit, name); err != nil || string(got) != want {
			t.Errorf("blob of %q is %q, %v", name, got, err)
		}
		if last[name].ID != commit {
			t.Errorf("%q was last changed by %+v", name, last[name])
		}
		log, err := tree.Log(t.Context(), LogQuery{Path: name})
		if err != nil || len(log) != 1 || !cmp.Equal(log[0].Paths, []string{name}) {
			t.Errorf("log of %q: %+v, %v", name, log, err)
		}
		_, err = tree.ReadFile(name + "\x1b]0;x\x07")
		if err == nil || err.Error() != safe.Line(err.Error()) {
			t.Errorf("the error of a name is not clean: %q", err)
		}
	}
}

func TestSymbolicLinksStayInside(t *testing.T) {
	t.Parallel()
	o := newOrigin(t)
	o.write("dir/file", "inside")
	for name, to := range map[string]string{
		"out": "../../etc/passwd", "abs": "/etc/passwd", "dir/up": "../dir/file", "chain": "dir/up", "folder": "dir", "self": "self",
		"ping": "pong", "pong": "ping", "dangling": "nowhere", "root": ".", "dir/above": "../..", "sly": "dir/../../dir/file",
	} {
		if err := os.Symlink(to, filepath.Join(o.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	o.commit("one", nil)
	m, r := mirrors(t), Remote{URL: o.url()}
	update(t, m, r)
	tree := open(t, m, r)
	for name, want := range map[string]error{
		"out": errEscapes, "abs": errEscapes, "self": syscall.ELOOP, "ping": syscall.ELOOP, "dangling": fs.ErrNotExist,
		"dir/above": errEscapes, "dir/above/x": errEscapes, "sly": errEscapes, "chain/x": syscall.ENOTDIR, "dir": errFolder,
		"../x": fs.ErrInvalid, "/x": fs.ErrInvalid, "dir/../dir/file": fs.ErrInvalid, "": fs.ErrInvalid, "nope": fs.ErrNotExist,
	} {
		if _, err := tree.ReadFile(name); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", name, err, want)
		}
	}
	for _, name := range []string{"dir/up", "chain", "folder/file", "folder/up", "root/dir/file", "root/root/folder/up"} {
		if got := read(t, tree, name); got != "inside" {
			t.Errorf("%s reads %q", name, got)
		}
	}
	if to, err := tree.ReadLink("out"); err != nil || to != "../../etc/passwd" {
		t.Errorf("readlink: %q, %v", to, err)
	}
	info, err := tree.Lstat("out")
	if err != nil || info.Mode().Type() != fs.ModeSymlink {
		t.Errorf("lstat: %v, %v", info, err)
	}
	if list, err := tree.ReadDir("folder"); err != nil || len(list) != 3 {
		t.Errorf("readdir through a link: %v, %v", list, err)
	}
}

func TestSubmodulesAreNotThere(t *testing.T) {
	t.Parallel()
	o := newOrigin(t)
	one := o.commit("one", map[string]string{"a": "1", ".gitmodules": "[submodule \"sub\"]\n\tpath = sub\n\turl = -oProxyCommand=touch pwned\n"})
	o.git("update-index", "--add", "--cacheinfo", "160000,"+one+",sub")
	o.git("commit", "-q", "-m", "two")
	// git's checks know that kind of address; a harmless one shows the rest.
	m, r := mirrors(t), Remote{URL: o.url()}
	if _, err := m.Update(t.Context(), r); !errors.Is(err, ErrUnsafe) {
		t.Errorf("got %v, want ErrUnsafe", err)
	} else {
		isSentence(t, err)
	}
	o = newOrigin(t)
	one = o.commit("one", map[string]string{"a": "1", ".gitmodules": "[submodule \"sub\"]\n\tpath = sub\n\turl = https://h.example/x\n"})
	o.git("update-index", "--add", "--cacheinfo", "160000,"+one+",sub")
	o.git("commit", "-q", "-m", "two")
	two := o.git("rev-parse", "HEAD")
	r = Remote{URL: o.url()}
	update(t, m, r)
	tree := open(t, m, r)
	if _, err := tree.Stat("sub"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("stat: %v", err)
	}
	if _, err := tree.Blob(t.Context(), two, "sub"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("blob: %v", err)
	}
	if list, err := tree.ReadDir("."); err != nil || len(list) != 2 || tree.Skipped() != 1 {
		t.Errorf("the root holds %v, %v; %d left out", list, err, tree.Skipped())
	}
}

func TestTreesThatGitWouldNotMakeAreRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"..", ".", ".git", ".GIT"} {
		o := newOrigin(t)
		blob := o.blob("x")
		o.tree("main", fmt.Sprintf("100644 blob %s\t%s", blob, name))
		_, err := mirrors(t).Update(t.Context(), Remote{URL: o.url()})
		if !errors.Is(err, ErrUnsafe) {
			t.Errorf("%q: got %v, want ErrUnsafe", name, err)
			continue
		}
		isSentence(t, err)
	}
}

func TestATreeThatSlippedThroughShowsNoImpossibleName(t *testing.T) {
	t.Parallel()
	tree := &Tree{}
	for _, p := range []string{"..", "../x", "a/../b", "a//b", ".git/config", "x/.GiT/hooks", "/abs", "ok", "ok", "ok/below", "dir/f", "dir"} {
		tree.entries = append(tree.entries, Entry{Path: p, Mode: 0o444})
	}
	tree.index()
	var names []string
	for _, e := range tree.Entries() {
		names = append(names, e.Path)
	}
	if diff := cmp.Diff([]string{"ok", "dir/f"}, names); diff != "" || tree.Skipped() != 10 {
		t.Errorf("left out %d (-want +got):\n%s", tree.Skipped(), diff)
	}
}

func TestNothingOfARepositoryIsRun(t *testing.T) {
	t.Parallel()
	o := newOrigin(t)
	o.commit("one", map[string]string{".gitattributes": "* filter=evil diff=evil\n", "a": "1"})
	s := serve(t, filepath.Dir(o.dir))
	m, r := mirrors(t), s.remote(o)
	update(t, m, r)
	repository := repositoryOf(t, m, r)
	canary := filepath.Join(t.TempDir(), "canary")
	script := "#!/bin/sh\ntouch " + canary + "\ncat\n"
	hooks := filepath.Join(repository, "hooks")
	if err := os.MkdirAll(hooks, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"reference-transaction", "post-checkout", "post-merge", "pre-auto-gc", "post-rewrite", "update", "post-update", "fsmonitor-watchman", "post-index-change",
	} {
		if err := os.WriteFile(filepath.Join(hooks, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	evil := filepath.Join(hooks, "update")
	config := fmt.Sprintf("[core]\n\tbare = true\n\tfsmonitor = %[1]s\n\thooksPath = %[2]s\n\tpager = %[1]s\n\taskPass = %[1]s\n"+
		"[filter \"evil\"]\n\tsmudge = %[1]s\n\tclean = %[1]s\n\tprocess = %[1]s\n\trequired = true\n[diff \"evil\"]\n\tcommand = %[1]s\n\ttextconv = %[1]s\n"+
		"[credential]\n\thelper = %[1]s\n[remote \"evil\"]\n\turl = ext::%[1]s\n\tpromisor = true\n", evil, hooks)
	if err := os.WriteFile(filepath.Join(repository, "config"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	o.commit("two", map[string]string{"a": "2"})
	update(t, m, r)
	if repositoryOf(t, m, r) != repository {
		t.Error("the hooks were not there: it was made anew")
	}
	tree := open(t, m, r)
	read(t, tree, "a")
	if _, err := tree.Log(t.Context(), LogQuery{Path: "a"}); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(canary); !os.IsNotExist(err) {
		t.Error("something of the repository was run")
	}
}

// secretOnDisk looks for the secret in all files below a folder.
func secretOnDisk(t *testing.T, dir string, needles ...string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		for _, n := range needles {
			if strings.Contains(string(data), n) {
				t.Errorf("%s holds the secret", path)
			}
		}
		return err
	})
	if err != nil || files == 0 {
		t.Errorf("%d files, %v", files, err)
	}
}

func TestASecretStaysInTheEnvironmentOfItsHost(t *testing.T) {
	t.Parallel()
	const token = "s3cr3t-t0ken"
	secret := NewSecret("ann", token)
	o := newOrigin(t)
	o.commit("one", map[string]string{"a": "1", "big": noise(1_500_000)})
	s := serve(t, filepath.Dir(o.dir))
	guarded(s, "ann", token)
	w := wrap(t, "")
	m, r := mirrors(t, w.use), s.remote(o)
	if _, err := m.Update(t.Context(), r); !errors.Is(err, ErrNeedsLogin) {
		t.Errorf("without: got %v, want ErrNeedsLogin", err)
	}
	calls := 0
	r.Secret = func(context.Context) (Secret, error) { calls++; return secret, nil }
	r.Want = func(string) bool { return true }
	update(t, m, r)
	if calls != 1 {
		t.Errorf("the login was asked for %d times, want once", calls)
	}
	o.commit("two", map[string]string{"a": "2"})
	update(t, m, r)

	needles := []string{token, secret.basic()}
	secretOnDisk(t, m.opts.Dir, needles...)
	for _, file := range []string{w.log, w.trace} { // what was started by us, and by git
		data, err := os.ReadFile(file)
		if err != nil || len(data) == 0 {
			t.Fatalf("%s is empty: %v", file, err)
		}
		for _, n := range needles {
			if strings.Contains(string(data), n) {
				t.Errorf("the secret is in the arguments:\n%s", data)
			}
		}
	}
	env, _ := os.ReadFile(w.env)
	if !strings.Contains(string(env), "http."+s.URL+"/.extraHeader") || !strings.Contains(string(env), secret.basic()) {
		t.Error("the secret was not scoped to its host; the test has lost its point")
	}
	if bad := os.Getenv("USER"); bad != "" && strings.Contains(string(env), "USER="+bad) {
		t.Error("the environment was not built from empty")
	}

	r.Secret = secretOf("ann", token+"-old")
	_, err := m.Update(t.Context(), r)
	if !errors.Is(err, ErrRefused) || strings.Contains(err.Error(), token) {
		t.Errorf("with a wrong one: %v", err)
	}
	r.Secret = secretOf("ann", "a\nb")
	if _, err := m.Update(t.Context(), r); !errors.Is(err, ErrRefused) || strings.Contains(err.Error(), "a b") {
		t.Errorf("with a line end: %v", err)
	}
	vault := errors.New("the vault is shut")
	r.Secret = func(context.Context) (Secret, error) { return Secret{}, vault }
	if _, err := m.Update(t.Context(), r); !errors.Is(err, vault) {
		t.Errorf("without a vault: %v", err)
	}
}

func TestASecretThatAServerEchoesIsHidden(t *testing.T) {
	t.Parallel()
	secret := NewSecret("ann", "s3cr3t-t0ken")
	f := classify(secret.scrub("fatal: remote said: Basic "+secret.basic()+" and s3cr3t-t0ken at https://ann:s3cr3t@h/x\n"), true)
	if want := "remote said: Basic *** and *** at https://***@h/x"; f.detail != want {
		t.Errorf("got %q, want %q", f.detail, want)
	}
	encoded, err := json.Marshal(map[string]any{"s": secret})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{fmt.Sprint(secret), fmt.Sprintf("%+v %#v %q %x %d", secret, secret, secret, secret, secret), string(encoded), secret.String()} {
		if strings.Contains(s, "t0ken") || strings.Contains(s, "ann") || !strings.Contains(s, "***") {
			t.Errorf("shown as %s", s)
		}
	}
}
