package repo

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"
)

// mirrored is an open tree of one commit with these files.
func mirrored(t *testing.T, files map[string]string) (*origin, *Tree) {
	t.Helper()
	o := newOrigin(t)
	o.commit("one", files)
	m, r := mirrors(t), Remote{URL: o.url()}
	update(t, m, r)
	return o, open(t, m, r)
}

func TestATreeIsAFileSystem(t *testing.T) {
	t.Parallel()
	o := newOrigin(t)
	o.write("bin/run", "#!/bin/sh\n")
	if err := os.Chmod(filepath.Join(o.dir, "bin/run"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("docs/index.md", filepath.Join(o.dir, "README")); err != nil {
		t.Fatal(err)
	}
	o.commit("one", map[string]string{"catalog-info.yaml": "kind: x\n", "docs/index.md": "# hi\n", "docs/a/b/c/deep": "", "docs.d/x": "y"})
	m, r := mirrors(t), Remote{URL: o.url()}
	update(t, m, r)
	tree := open(t, m, r)
	if err := fstest.TestFS(tree, "catalog-info.yaml", "docs/index.md", "docs/a/b/c/deep", "docs.d/x", "bin/run"); err != nil {
		t.Error(err)
	}
	info, err := fs.Stat(tree, "docs/index.md")
	if err != nil {
		t.Fatal(err)
	}
	if id := o.git("rev-parse", "HEAD:docs/index.md"); info.Sys() != id {
		t.Errorf("Sys is %v, want %s", info.Sys(), id)
	}
	if !info.ModTime().Equal(o.time) || info.Size() != 5 || info.Mode() != 0o444 {
		t.Errorf("%v %d %v", info.ModTime(), info.Size(), info.Mode())
	}
	if run, err := tree.Stat("bin/run"); err != nil || run.Mode() != 0o555 {
		t.Errorf("%v, %v", run, err)
	}
	c := tree.Commit()
	if c.Author != (Person{"Ann", "ann@example.com"}) || c.Committer.Name != "Cem" || !c.Authored.Equal(o.time) || !c.Committed.Equal(o.time) || c.Subject != "one" {
		t.Errorf("commit %+v", c)
	}
	f, err := tree.Open("docs")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(f); err == nil {
		t.Error("a folder was read as a file")
	}
}

func TestManyReadAtOnce(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	for i := range 40 {
		files[strings.Repeat("d/", i%4)+strings.Repeat("f", i+1)] = strings.Repeat("x", i*100)
	}
	_, tree := mirrored(t, files)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for name, want := range files {
				if data, err := tree.ReadFile(name); err != nil || string(data) != want {
					t.Errorf("%s: %d bytes, %v", name, len(data), err)
				}
			}
		})
	}
	wg.Wait()
}

func TestReadsEndWithTheirContextAndTheTree(t *testing.T) {
	t.Parallel()
	o := newOrigin(t)
	o.commit("one", map[string]string{"a": "1"})
	m, r := mirrors(t), Remote{URL: o.url()}
	update(t, m, r)
	ctx, cancel := context.WithCancel(t.Context())
	tree, err := m.Open(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	ended, endIt := context.WithCancel(t.Context())
	endIt()
	if _, err := tree.Blob(ended, tree.Commit().ID, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that has ended: %v", err)
	}
	if got := read(t, tree, "a"); got != "1" { // others are not hindered
		t.Errorf("read %q", got)
	}
	cancel()
	if _, err := tree.ReadFile("a"); !errors.Is(err, context.Canceled) {
		t.Errorf("after its end: %v", err)
	}
	if _, err := tree.Log(ctx, LogQuery{}); !errors.Is(err, context.Canceled) {
		t.Errorf("log after its end: %v", err)
	}
	for range 2 {
		if err := tree.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := tree.ReadFile("a"); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("after closing: %v", err)
	}
	if _, err := os.Stat(filepath.Join(repositoryOf(t, m, r), suspectFile)); !os.IsNotExist(err) {
		t.Error("a read that was called off made the mirror suspect")
	}
}

func TestAReaderThatDiesIsStartedAgain(t *testing.T) {
	t.Parallel()
	_, tree := mirrored(t, map[string]string{"a": "1"})
	read(t, tree, "a")
	tree.objects.max = 0
	if _, err := tree.ReadFile("a"); !errors.Is(err, ErrTooLarge) {
		t.Errorf("got %v, want ErrTooLarge", err)
	} else {
		isSentence(t, errors.Unwrap(err))
	}
	tree.objects.max = MaxFile
	if got := read(t, tree, "a"); got != "1" {
		t.Errorf("read %q", got)
	}
}

func TestABlobOfTheHistory(t *testing.T) {
	t.Parallel()
	o := newOrigin(t)
	one := o.commit("one", map[string]string{"dir/a": "1", "b": "x"})
	two := o.commit("two", map[string]string{"dir/a": "2"})
	m, r := mirrors(t), Remote{URL: o.url()}
	update(t, m, r)
	tree := open(t, m, r)
	for commit, want := range map[string]string{one: "1", two: "2"} {
		if got, err := tree.Blob(t.Context(), commit, "dir/a"); err != nil || string(got) != want {
			t.Errorf("got %q, %v; want %q", got, err, want)
		}
	}
	for _, bad := range [][2]string{
		{one, "nope"},
		{one, "dir/a/x"},
		{one, "../x"},
		{one, "."},
		{one, ""},
		{strings.Repeat("0", 40), "b"},
		{"HEAD", "b"},
		{"main", "b"},
		{one + "\n" + two, "b"},
		{o.git("rev-parse", "HEAD:b"), "b"},
	} {
		if _, err := tree.Blob(t.Context(), bad[0], bad[1]); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: got %v, want ErrNotExist", bad, err)
		}
	}
	if _, err := tree.Blob(t.Context(), one, "dir"); !errors.Is(err, errFolder) {
		t.Errorf("a folder: %v", err)
	}
}

func TestCommitsThatMakeNoSenseAreReadAllTheSame(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]Commit{
		"tree x\nauthor A\x1b[m <a@b> 12 +0000\ncommitter <> -5 x\n\n\n\nSub\nject\n\nbody": {
			Author: Person{"A^[[m", "a@b"}, Authored: time.Unix(12, 0).UTC(), Subject: "Sub ject",
		},
		"author nobody":                         {Author: Person{Name: "nobody"}},
		"author x <y> 99999999999999999999 +00": {Author: Person{"x", "y"}},
		"":                                      {},
	} {
		if got := parseCommit("", []byte(raw)); got.Author != want.Author || !got.Authored.Equal(want.Authored) || got.Subject != want.Subject || !got.Committed.IsZero() {
			t.Errorf("%q: got %+v", raw, got)
		}
	}
}
