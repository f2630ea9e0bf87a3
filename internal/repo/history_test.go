package repo

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// history is a repository with a rename, a merge, a merge that changes a file
// itself, and an empty commit.
func history(t *testing.T) (*origin, map[string]string, *Tree) {
	t.Helper()
	o := newOrigin(t)
	id := map[string]string{}
	body := strings.Repeat("a line of it\n", 50)
	id["one"] = o.commit("one", map[string]string{"a": "1", "dir/b": body, "conflict": "0"})
	o.git("checkout", "-q", "-b", "side")
	id["side"] = o.commit("side", map[string]string{"side": "s", "conflict": "side"})
	o.git("checkout", "-q", "main")
	id["two"] = o.commit("two", map[string]string{"a": "2", "conflict": "main"})
	o.git("mv", "dir/b", "dir/c")
	id["rename"] = o.commit("rename", map[string]string{"dir/c": body + "and more\n"})
	o.time = o.time.Add(time.Hour)
	o.git("merge", "-q", "--no-commit", "-s", "ours", "side")
	o.write("side", "s")
	o.write("conflict", "both")
	o.git("add", "-A")
	o.git("commit", "-q", "-m", "merge")
	id["merge"] = o.git("rev-parse", "HEAD")
	id["empty"] = o.commit("empty", nil)
	m, r := mirrors(t), Remote{URL: o.url()}
	update(t, m, r)
	return o, id, open(t, m, r)
}

func TestLastChangeOfManyPathsInOnePass(t *testing.T) {
	t.Parallel()
	o, id, tree := history(t)
	want := map[string]string{"a": id["two"], "dir/c": id["rename"], "dir": id["rename"], "conflict": id["merge"], "side": id["side"], ".": id["empty"]}
	for name, filler := range map[string]int{"few": 0, "many": 200} {
		paths := []string{"nope", "dir/b", "a"}
		for p := range want {
			if name == "many" || p != "." {
				paths = append(paths, p)
			}
		}
		for i := range filler {
			paths = append(paths, fmt.Sprint("not there ", i))
		}
		got, err := tree.LastChange(t.Context(), paths...)
		if err != nil {
			t.Fatal(err)
		}
		for p, commit := range want {
			if p == "." && name == "few" {
				continue
			}
			if got[p].ID != commit {
				t.Errorf("%s: %s was last changed by %q, want %s", name, p, got[p].Subject, commit)
			}
		}
		for _, p := range []string{"nope", "dir/b"} {
			if c, ok := got[p]; ok {
				t.Errorf("%s: %s, which is not there, was changed by %+v", name, p, c)
			}
		}
	}
	got, err := tree.LastChange(t.Context(), "a")
	c := got["a"]
	if err != nil || c.Author != (Person{"Ann", "ann@example.com"}) || c.Committer != (Person{"Cem", "cem@example.com"}) || !c.Committed.Before(o.time) || c.Subject != "two" {
		t.Errorf("%+v, %v", c, err)
	}
	if got, err := tree.LastChange(t.Context()); err != nil || len(got) != 0 {
		t.Errorf("of nothing: %v, %v", got, err)
	}
}

func subjects(list []Commit) string {
	var s []string
	for _, c := range list {
		s = append(s, c.Subject+"("+strings.Join(c.Paths, " ")+")")
	}
	return strings.Join(s, " ")
}

func TestLog(t *testing.T) {
	t.Parallel()
	o, _, tree := history(t)
	start := o.time.Add(-5 * time.Hour) // of the first commit
	for name, tt := range map[string]struct {
		query LogQuery
		want  string
	}{
		"all":          {LogQuery{}, "empty() merge(conflict) rename(dir/b dir/c) two(a conflict) side(conflict side) one(a conflict dir/b)"},
		"two of all":   {LogQuery{Limit: 2}, "empty() merge(conflict)"},
		"since":        {LogQuery{Since: start.Add(3 * time.Hour)}, "empty() merge(conflict) rename(dir/b dir/c)"},
		"a file":       {LogQuery{Path: "a"}, "two(a) one(a)"},
		"renamed":      {LogQuery{Path: "dir/c"}, "rename(dir/c) one(dir/b)"},
		"a folder":     {LogQuery{Path: "dir"}, "rename(dir/b dir/c) one(dir/b)"},
		"root":         {LogQuery{Path: ".", Limit: 1}, "empty()"},
		"gone":         {LogQuery{Path: "dir/b"}, "rename(dir/b) one(dir/b)"},
		"never there":  {LogQuery{Path: "nope"}, ""},
		"no path":      {LogQuery{Path: "../x"}, ""},
		"like options": {LogQuery{Path: "--all"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list, err := tree.Log(t.Context(), tt.query)
			if err != nil {
				t.Fatal(err)
			}
			if got := subjects(list); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestLogBeginsWhereItIsTold(t *testing.T) {
	t.Parallel()
	_, id, tree := history(t)
	list, err := tree.Log(t.Context(), LogQuery{From: id["merge"], Limit: 1})
	if err != nil || subjects(list) != "merge(conflict)" {
		t.Errorf("%s, %v", subjects(list), err)
	}
	if diff := cmp.Diff([]string{id["rename"], id["side"]}, list[0].Parents); diff != "" {
		t.Error(diff)
	}
	list, err = tree.Log(t.Context(), LogQuery{From: id["two"], Path: "dir/b"})
	if err != nil || subjects(list) != "one(dir/b)" || list[0].Parents != nil {
		t.Errorf("%s, %v", subjects(list), err)
	}
	for _, from := range []string{strings.Repeat("0", 40), "--all", "main"} {
		if _, err := tree.Log(t.Context(), LogQuery{From: from}); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", from, err)
		}
	}
}

func TestARenameIsFollowedPastAFileThatWasLeftOnTheServer(t *testing.T) {
	t.Parallel()
	o := newOrigin(t)
	o.commit("one", map[string]string{"big": strings.Repeat("0123456789abcdef", 2<<20/16)})
	o.git("mv", "big", "bigger")
	o.commit("two", nil)
	o.commit("three", map[string]string{"bigger": strings.Repeat("0123456789abcdef", 3<<20/16)})
	o.git("mv", "bigger", "biggest")
	o.commit("four", map[string]string{"biggest": strings.Repeat("0123456789abcdef", 4<<20/16)})
	s := serve(t, filepath.Dir(o.dir))
	m, r := mirrors(t), s.remote(o)
	update(t, m, r)
	tree := open(t, m, r)
	s.Close()
	list, err := tree.Log(t.Context(), LogQuery{Path: "biggest"})
	if err != nil {
		t.Fatal(err)
	}
	if got := subjects(list); got != "four(biggest)" {
		t.Errorf("got %s", got)
	}
	if _, err := os.Stat(filepath.Join(repositoryOf(t, m, r), suspectFile)); !os.IsNotExist(err) {
		t.Error("the mirror was taken for damaged")
	}
}

func TestNamesInTheHistoryAreClean(t *testing.T) {
	t.Parallel()
	o := newOrigin(t)
	o.write("a", "1")
	o.git("add", "a")
	o.git("-c", "core.commentChar=%", "commit", "-q", "--author", "E\x1b]0;x\x07vil <e@\x1b[2J>", "-m", "sub\x1b[31mject\x01"+strings.Repeat("0", 40))
	m, r := mirrors(t), Remote{URL: o.url()}
	update(t, m, r)
	tree := open(t, m, r)
	list, err := tree.Log(t.Context(), LogQuery{})
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	list[0].Paths = nil
	if diff := cmp.Diff(tree.Commit(), list[0]); diff != "" {
		t.Errorf("the log and the tree differ:\n%s", diff)
	}
	if c := list[0]; c.Author.Name != "E^[]0;x^Gvil" || strings.ContainsAny(c.Subject+c.Author.Email, "\x1b\x01") {
		t.Errorf("%+v", c)
	}
}

func FuzzHistoryAndListing(f *testing.F) {
	id := strings.Repeat("a", 40)
	f.Add("\x00word" + id + "\x0012\x00n\x00e\x0012\x00n\x00e\x00s\x00" + id + "\x00\x00\na\x00b\x00")
	f.Add("100644 blob " + id + "       3\ta\x00")
	f.Fuzz(func(t *testing.T, s string) {
		_ = readHistory(bufio.NewReader(strings.NewReader(s)), "word", func(c *Commit, touched string) error {
			if !commitID.MatchString(c.ID) || slices.Contains([]string{"\n"}, touched) {
				t.Errorf("%+v %q", c, touched)
			}
			return nil
		})
		list, err := parseListing(bufio.NewReader(strings.NewReader(s)))
		if err == nil {
			(&Tree{entries: list}).index()
		}
	})
}
