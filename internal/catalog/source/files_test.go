package source

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// write makes files below dir; a text that begins with "-> " makes a link.
func write(tb testing.TB, dir string, files map[string]string) {
	tb.Helper()
	for name, text := range files {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			tb.Fatal(err)
		}
		var err error
		if to, isLink := strings.CutPrefix(text, "-> "); isLink {
			err = os.Symlink(to, full)
		} else {
			err = os.WriteFile(full, []byte(text), 0o644)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
}

func open(tb testing.TB, dir string) Tree {
	tb.Helper()
	tree, err := NewFolder("test", dir, Rules{}).Open(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = tree.Close() })
	return tree
}

func ignore(int) {}

func paths(l *listing) []string {
	var out []string
	for _, f := range l.files {
		out = append(out, f.path)
	}
	return out
}

func TestListFindsEveryYAMLFileInPathOrder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"b.yaml": "1", "a/x.YML": "12", "a-b/y.yaml": "123", ".hidden/z.yml": "", "a/readme.md": "", "yaml": "",
		".git/config.yaml": "", "deep/node_modules/n.yaml": "", "node_modules.yaml": "",
	})
	l, err := list(t.Context(), open(t, dir), 100, ignore)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{".hidden/z.yml", "a-b/y.yaml", "a/x.YML", "b.yaml", "node_modules.yaml"}
	if diff := cmp.Diff(want, paths(l)); diff != "" {
		t.Error(diff)
	}
	if e := l.byPath["a/x.YML"]; e.size != 2 || e.modTime.IsZero() {
		t.Errorf("size %d and time %v of a/x.YML", e.size, e.modTime)
	}
}

func TestListFollowsNoLinkAndOpensNoPipe(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), t.TempDir()
	write(t, outside, map[string]string{"secret.yaml": "x"})
	write(t, dir, map[string]string{
		"real/a.yaml": "a", "link.yaml": "-> real/a.yaml", "loop": "-> .", "real/up": "-> ..", "out": "-> " + outside,
		"out.yaml": "-> " + outside + "/secret.yaml", "self.yaml": "-> self.yaml", "gone.yaml": "-> nowhere",
	})
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	tree := open(t, dir)
	l, err := list(t.Context(), tree, 100, ignore)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"real/a.yaml"}, paths(l)); diff != "" {
		t.Error(diff)
	}
	if _, _, err := readFile(tree, "pipe.yaml", 10); !errors.Is(err, errNotRegular) {
		t.Errorf("reading a pipe: %v", err)
	}
	for name, want := range map[string]string{
		"self.yaml": "is a symbolic link that leads back to itself",
		"gone.yaml": "does not exist",
		"real":      "is a folder",
		"pipe.yaml": "is no regular file",
		"no.yaml":   "does not exist",
	} {
		if _, _, err := readFile(tree, name, 10); err == nil || cause(err).Error() != want {
			t.Errorf("%s: %v, want %q", name, cause(err), want)
		}
	}
	for _, name := range []string{"out.yaml", "out/secret.yaml", "../" + filepath.Base(outside) + "/secret.yaml"} {
		if data, _, err := readFile(tree, name, 10); err == nil {
			t.Errorf("%s leads out of the folder and gave %q", name, data)
		}
	}
}

func TestListKeepsGoingPastFoldersThatMayNotBeRead(t *testing.T) {
	t.Parallel()
	m := fstest.MapFS{"a/x.yaml": {}, "locked/y.yaml": {}, "z.yaml": {}}
	l, err := list(t.Context(), failing{m, map[string]error{"locked": fs.ErrPermission}}, 100, ignore)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a/x.yaml", "z.yaml"}, paths(l)); diff != "" {
		t.Error(diff)
	}
	if len(l.problems) != 1 || l.problems[0].Path != "locked" || l.problems[0].Message != "may not be read by this user; what it gave before is kept" {
		t.Errorf("problems: %+v", l.problems)
	}
	for name, want := range map[string]bool{"locked/y.yaml": true, "locked": true, "locked2/y.yaml": false, "z.yaml": false} {
		if l.covers(name) != want {
			t.Errorf("covers(%s) is not %v", name, want)
		}
	}
}

// failing gives errors for some names.
type failing struct {
	fs.FS
	errs map[string]error
}

func (f failing) Open(name string) (fs.File, error) {
	if err := f.errs[name]; err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return f.FS.Open(name)
}

func TestListHasALimitAndAnEnd(t *testing.T) {
	t.Parallel()
	m := fstest.MapFS{}
	for i := range 11 {
		m[fmt.Sprintf("%d.yaml", i)] = &fstest.MapFile{}
	}
	if _, err := list(t.Context(), m, 10, ignore); err == nil || !strings.Contains(err.Error(), "more than 10 YAML files") {
		t.Errorf("limit: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := list(ctx, m, 100, ignore); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := list(t.Context(), failing{m, map[string]error{".": fs.ErrPermission}}, 100, ignore); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("locked root: %v", err)
	}
}

func TestReadFileStopsAtItsLimit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, map[string]string{"ten": "0123456789", "eleven": "0123456789a", "empty": ""})
	tree := open(t, dir)
	for name, want := range map[string]string{"ten": "0123456789", "empty": ""} {
		data, e, err := readFile(tree, name, 10)
		if err != nil || string(data) != want || e.size != int64(len(want)) {
			t.Errorf("%s: %q, %d, %v", name, data, e.size, err)
		}
	}
	if _, _, err := readFile(tree, "eleven", 10); !errors.Is(err, errTooBig) {
		t.Errorf("eleven: %v", err)
	}
	// A file that says that it is small and is not.
	if _, _, err := readFile(liar{fstest.MapFS{"f": {Data: make([]byte, 4000)}}}, "f", 10); !errors.Is(err, errTooBig) {
		t.Errorf("growing file: %v", err)
	}
}

// liar has files that claim to be empty.
type liar struct{ fs.FS }

func (l liar) Stat(name string) (fs.FileInfo, error) {
	info, err := fs.Stat(l.FS, name)
	return empty{info}, err
}

type empty struct{ fs.FileInfo }

func (empty) Size() int64 { return 0 }

func TestStraightenGivesEachFileOneName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"real/a.yaml": "a", "link.yaml": "-> real/a.yaml", "dir": "-> real", "twice": "-> dir", "real/up": "-> ..",
		"self": "-> self", "abs": "-> /etc", "out": "-> ../..", "sub/back": "-> ../real/a.yaml",
	})
	tree := open(t, dir)
	for name, want := range map[string]string{
		"real/a.yaml": "real/a.yaml", "link.yaml": "real/a.yaml", "dir/a.yaml": "real/a.yaml", "twice/a.yaml": "real/a.yaml",
		"real/up/real/up/link.yaml": "real/a.yaml", "sub/back": "real/a.yaml",
		"self": "self", "abs/passwd": "abs/passwd", "out/x": "out/x", "none/x": "none/x", "../x": "../x",
	} {
		if got := straighten(tree, name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if got := straighten(fstest.MapFS{}, "a"); got != "a" {
		t.Errorf("without links: %s", got)
	}
}

func TestFolderSaysWhyItCannotBeOpened(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, map[string]string{"file": "x"})
	for name, want := range map[string]string{"none": " does not exist", "file": " cannot be read: not a directory"} {
		full := filepath.Join(dir, name)
		_, err := NewFolder("n", full, Rules{}).Open(t.Context())
		if err == nil || err.Error() != "the folder "+full+want {
			t.Errorf("%v", err)
		}
	}
}

func TestNamesOfDescriptorsThatCannotBeReadAreNoted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	outside := t.TempDir()
	write(t, outside, map[string]string{"secret.yaml": "x"})
	w.write(map[string]string{
		"a.yaml": component("a"), "near.yaml": "-> a.yaml", "folder.yaml": "-> .", "gone.yaml": "-> nowhere.yaml", "self.yaml": "-> self.yaml",
		"ping.yml": "-> pong.yml", "pong.yml": "-> ping.yml", "out.yaml": "-> ../../x/secret.yaml", "absolute.yaml": "-> " + outside + "/secret.yaml", "gone.md": "-> nowhere",
	})
	if err := syscall.Mkfifo(filepath.Join(w.dir, "pipe.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := w.sync()
	check(t, []string{
		"note source absolute.yaml: is a symbolic link with an absolute target, which is not followed, so it is not read",
		"note source gone.yaml: is a symbolic link to what does not exist, so it is not read",
		"note source out.yaml: is a symbolic link that leads out of the folder of this source, so it is not read",
		"note source ping.yml: is a symbolic link that leads back to itself, so it is not read",
		"note source pipe.yaml: is no regular file, so it is not read",
		"note source pong.yml: is a symbolic link that leads back to itself, so it is not read",
		"note source self.yaml: is a symbolic link that leads back to itself, so it is not read",
	}, w.problems())
	check(t, []string{"a.yaml"}, w.spy.reads())
	if r.Status.Problems != 0 || r.Status.Entities != 1 {
		t.Errorf("%+v", r)
	}
}

func TestOnlyWhatWasAskedForIsNoted(t *testing.T) {
	t.Parallel()
	noted := func(name string) string {
		return "note source " + name + ": is a symbolic link to what does not exist, so it is not read"
	}
	for _, c := range []struct {
		paths []string
		want  []string
	}{
		{nil, []string{noted("a/gone.yaml"), noted("b/gone.yaml"), noted("gone.yaml")}},
		{[]string{"x.yaml"}, nil},
		{[]string{"x.yaml", "./a/"}, []string{noted("a/gone.yaml")}},
		{[]string{"*.yaml"}, []string{noted("gone.yaml")}},
		{[]string{"**/*.yaml"}, []string{noted("a/gone.yaml"), noted("b/gone.yaml"), noted("gone.yaml")}},
	} {
		w := newWorld(t, Rules{Trusted: true, Paths: c.paths})
		w.write(map[string]string{
			"x.yaml": component("x"), "a/y.yaml": component("y"),
			"gone.yaml": "-> nowhere", "a/gone.yaml": "-> nowhere", "b/gone.yaml": "-> nowhere",
		})
		w.sync()
		check(t, c.want, w.problems())
	}
}

func TestLargeFileOfTheCatalogIsAnError(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Rules{Trusted: true, Groups: []string{"acme.com"}})
	late := strings.Repeat("#", 64<<10) + "\napiVersion: acme.com/v1\n"
	w.write(map[string]string{"a.yaml": "apiVersion: acme.com/v1\n", "late.yaml": late, "other.yaml": "apiVersion: backstage.io/v1alpha1\n"})
	for _, name := range []string{"a.yaml", "late.yaml", "other.yaml"} {
		if err := os.Truncate(filepath.Join(w.dir, name), 50<<20); err != nil {
			t.Fatal(err)
		}
	}
	r := w.sync()
	check(t, []string{
		"error source a.yaml: has 52.4 MB, more than the 21.0 MB that are read",
		"note source late.yaml: has 52.4 MB, more than the 21.0 MB that are read",
		"note source other.yaml: has 52.4 MB, more than the 21.0 MB that are read",
	}, w.problems())
	if r.Status.Problems != 1 {
		t.Errorf("%+v", r)
	}
}
