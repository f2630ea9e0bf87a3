package repo

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idptui/idptui/internal/safe"
)

func TestPagesOfARepository(t *testing.T) {
	t.Parallel()
	id := strings.Repeat("a1", 20)
	for _, tt := range []struct {
		remote                             string
		forge                              Forge
		base, file, commitFile, edit, page string // file: feature/x, "docs/a b#.md", line 7
	}{
		{
			"git@github.com:o/r.git", "", "https://github.com/o/r", "/blob/feature/x/docs/a%20b%23.md#L7", "/blob/" + id + "/docs/a%20b%23.md",
			"/edit/feature/x/docs/a%20b%23.md", "/commit/" + id,
		},
		{
			"https://gitlab.com/g/sub/r.git", "", "https://gitlab.com/g/sub/r", "/-/blob/feature/x/docs/a%20b%23.md#L7", "/-/blob/" + id + "/docs/a%20b%23.md",
			"/-/edit/feature/x/docs/a%20b%23.md", "/-/commit/" + id,
		},
		{
			"ssh://git@git.corp.example:2222/o/r", Gitea, "https://git.corp.example/o/r", "/src/branch/feature/x/docs/a%20b%23.md#L7", "/src/commit/" + id + "/docs/a%20b%23.md",
			"/_edit/feature/x/docs/a%20b%23.md", "/commit/" + id,
		},
		{
			"https://ann@bitbucket.org/w/r.git", "", "https://bitbucket.org/w/r", "/src/feature%2Fx/docs/a%20b%23.md#lines-7", "/src/" + id + "/docs/a%20b%23.md",
			"/src/feature%2Fx/docs/a%20b%23.md?mode=edit", "/commits/" + id,
		},
		{
			"git@ssh.dev.azure.com:v3/org/proj/r", "", "https://dev.azure.com/org/proj/_git/r",
			"?path=%2Fdocs%2Fa+b%23.md&version=GBfeature%2Fx&line=7&lineEnd=8&lineStartColumn=1&lineEndColumn=1", "?path=%2Fdocs%2Fa+b%23.md&version=GC" + id,
			"?path=%2Fdocs%2Fa+b%23.md&version=GBfeature%2Fx", "/commit/" + id,
		},
	} {
		w, ok := NewWeb(tt.remote, tt.forge)
		if !ok {
			t.Errorf("%s has no pages", tt.remote)
			continue
		}
		const path = "docs/a b#.md"
		got := []string{w.Repository(), w.File(Branch("feature/x"), path, 7), w.File(AtCommit(id), path, 0), w.Edit("feature/x", path), w.Commit(id)}
		want := []string{tt.base, tt.base + tt.file, tt.base + tt.commitFile, tt.base + tt.edit, tt.base + tt.page}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.remote, diff)
		}
		for _, page := range got {
			if _, ok := safe.URL(page); !ok {
				t.Errorf("%s is no safe address", page)
			}
		}
	}
}

func TestRemotesAndTheirForges(t *testing.T) {
	t.Parallel()
	for remote, want := range map[string]string{
		"https://github.com/o/r":                       "https://github.com/o/r github",
		"https://github.corp.example:8443/o/r.git":     "https://github.corp.example:8443/o/r github",
		"https://codeberg.org/o/r":                     "https://codeberg.org/o/r gitea",
		"https://forgejo.example/o/r":                  "https://forgejo.example/o/r gitea",
		"https://org@dev.azure.com/org/p%20x/_git/r":   "https://dev.azure.com/org/p%20x/_git/r azure",
		"https://org.visualstudio.com/p/_git/r":        "https://org.visualstudio.com/p/_git/r azure",
		"org@vs-ssh.visualstudio.com:v3/org/proj/r":    "https://org.visualstudio.com/proj/_git/r azure",
		"https://dev.azure.com/org/p":                  "",
		"https://git.corp.example/o/r":                 "",
		"https://notgithub.com/o/r":                    "",
		"file:///srv/git/r":                            "",
		"/srv/git/r":                                   "",
		"https://ann:pw@github.com/o/r":                "",
		"http://gitlab.corp.example/g/r":               "http://gitlab.corp.example/g/r gitlab",
		"ssh://git@gitlab.corp.example:2222/g/s/r.git": "https://gitlab.corp.example/g/s/r gitlab",
	} {
		got := ""
		if w, ok := NewWeb(remote, ""); ok {
			got = w.Repository() + " " + string(w.Forge())
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", remote, got, want)
		}
	}
}

// told writes locations as "clone ref path", with "@" before a commit and "/"
// after a folder.
func told(list []Location) string {
	var all []string
	for _, l := range list {
		s := l.Clone + " " + l.Ref.Name
		if l.Ref.Commit {
			s = l.Clone + " @" + l.Ref.Name[:4]
		}
		s += " " + l.Path
		if l.Folder {
			s += "/"
		}
		all = append(all, s)
	}
	return strings.Join(all, ", ")
}

func TestAddressesOfPages(t *testing.T) {
	t.Parallel()
	id := strings.Repeat("a1", 20)
	for _, tt := range []struct {
		raw   string
		forge Forge
		want  string
	}{
		{"https://github.com/o/r", "", "https://github.com/o/r.git  /"},
		{"https://github.com/o/r.git", "", "https://github.com/o/r.git  /"},
		{"https://github.com/o/r/blob/main/x.yaml", "", "https://github.com/o/r.git main x.yaml"},
		{"https://github.com/o/r/blob/main/x.yaml#L3", "", "https://github.com/o/r.git main x.yaml"},
		{"https://github.com/o/r/blob/feature/x/dir/x.yaml?plain=1", "", "https://github.com/o/r.git feature x/dir/x.yaml, https://github.com/o/r.git feature/x dir/x.yaml, https://github.com/o/r.git feature/x/dir x.yaml"},
		{"https://github.com/o/r/tree/main", "", "https://github.com/o/r.git main /"},
		{"https://github.com/o/r/tree/main/a%20b", "", "https://github.com/o/r.git main a b/, https://github.com/o/r.git main/a b /"},
		{"https://github.com/o/r/blob/" + id + "/a/b", "", "https://github.com/o/r.git @a1a1 a/b"},
		{"https://github.com/o/r/raw/refs/heads/main/x", "", "https://github.com/o/r.git main x"},
		{"https://github.com/o/r/edit/main/x", "", "https://github.com/o/r.git main x"},
		{"https://raw.githubusercontent.com/o/r/main/x", "", "https://github.com/o/r.git main x"},
		{"https://gitlab.com/g/s/r/-/blob/main/a/x", "", "https://gitlab.com/g/s/r.git main a/x, https://gitlab.com/g/s/r.git main/a x"},
		{"https://gitlab.com/g/s/r/-/tree/main", "", "https://gitlab.com/g/s/r.git main /"},
		{"https://gitlab.com/g/r/blob/main/x", "", "https://gitlab.com/g/r.git main x"},
		{"https://gitlab.com/g/s/r", "", "https://gitlab.com/g/s/r.git  /"},
		{"https://git.corp.example:3000/o/r/src/branch/main/x", Gitea, "https://git.corp.example:3000/o/r.git main x"},
		{"https://codeberg.org/o/r/src/commit/" + id + "/a/b", "", "https://codeberg.org/o/r.git @a1a1 a/b"},
		{"https://codeberg.org/o/r/raw/branch/main/x", "", "https://codeberg.org/o/r.git main x"},
		{"https://bitbucket.org/w/r/src/main/x", "", "https://bitbucket.org/w/r.git main x"},
		{"https://bitbucket.org/w/r/src/feature%2Fx/a/b", "", "https://bitbucket.org/w/r.git feature/x a/b"},
		{"https://bitbucket.org/w/r/raw/" + id + "/x", "", "https://bitbucket.org/w/r.git @a1a1 x"},
		{"https://dev.azure.com/org/p/_git/r?path=/a/x.yaml&version=GBfeature/x", "", "https://dev.azure.com/org/p/_git/r feature/x a/x.yaml"},
		{"https://dev.azure.com/org/p/_git/r?path=%2Fx&version=GC" + id, "", "https://dev.azure.com/org/p/_git/r @a1a1 x"},
		{"https://dev.azure.com/org/p/_git/r", "", "https://dev.azure.com/org/p/_git/r  /"},
		{"https://org.visualstudio.com/p/_git/r?path=/x", "", "https://org.visualstudio.com/p/_git/r  x"},
	} {
		list, err := ParseWeb(tt.raw, tt.forge)
		if err != nil {
			t.Errorf("%s: %v", tt.raw, err)
			continue
		}
		if got := told(list); got != tt.want {
			t.Errorf("%s\ngot  %s\nwant %s", tt.raw, got, tt.want)
		}
	}
}

func TestAddressesOfOtherPagesAreRefused(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		"", "x", "ftp://github.com/o/r", "https://git.corp.example/o/r/blob/main/x", "https://github.com/", "https://github.com/o",
		"https://github.com/o/r/issues/1", "https://github.com/o/r/blob", "https://github.com/o/r/blob/main/../x", "https://github.com/o/r/blob/main/%2e%2e/x",
		"https://github.com/o/r/blob/main/a%2F..%2Fb", "https://github.com/o/r/blob/main/a%0ab", "https://ann:hunter2@github.com/o/r", "https://github.com/o//r",
		"https://gitlab.com/r/-/blob/main/x", "https://gitlab.com/g/r/-/issues/1", "https://codeberg.org/o/r/src/x", "https://dev.azure.com/org/p",
		"https://dev.azure.com/org/p/_git/r?path=/../x", "https://dev.azure.com/org/p/_git/r?path=/x&version=ZZmain", "https://dev.azure.com/org/p/_git/r?path=/x&version=GB-x",
		"https://github.com/" + strings.Repeat("x", maxURL),
	} {
		list, err := ParseWeb(raw, "")
		if !errors.Is(err, ErrAddress) {
			t.Errorf("%q: got %v, %v; want ErrAddress", raw, told(list), err)
			continue
		}
		if text := err.Error(); text != safe.Line(text) || strings.Contains(text, "hunter2") {
			t.Errorf("%q: not fit to be shown: %q", raw, text)
		}
	}
	list, err := ParseWeb("https://github.com/o/r/blob/"+strings.Repeat("a/", 100)+"x", "")
	if err != nil || len(list) != maxCandidates {
		t.Errorf("%d candidates, %v", len(list), err)
	}
}

func FuzzWeb(f *testing.F) {
	for _, forge := range []Forge{GitHub, GitLab, Gitea, Bitbucket, Azure} {
		f.Add("https://h.example/o/r/blob/main/x", string(forge), "main", "a/b.yaml")
		f.Add("https://h.example/o/r/-/tree/x", string(forge), "feature/x", "ä b%2F#?.md")
		f.Add("https://h.example/o/_git/r?path=/x&version=GBx", string(forge), "x", "&version=GBy")
	}
	f.Fuzz(func(t *testing.T, raw, kind, branch, path string) {
		forge := Forge(kind)
		list, err := ParseWeb(raw, forge)
		if err == nil && (len(list) == 0 || len(list) > maxCandidates) {
			t.Errorf("%d candidates", len(list))
		}
		for _, l := range list {
			if _, err := url.Parse(l.Clone); err != nil || l.Path != "" && !validPath(l.Path) {
				t.Errorf("%q gives %+v", raw, l)
			}
		}
		if checkBranch(branch) != nil || !possible(path) || strings.ContainsFunc(path, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return
		}
		remote := "https://h.example/o/r"
		if forge == Azure {
			remote = "https://h.example/o/p/_git/r"
		}
		w, ok := NewWeb(remote, forge)
		if ok != forge.known() {
			t.Errorf("%q is a forge, and is not", kind)
		}
		if !ok {
			return
		}
		// A page that is made can be read, and one of the readings is what was meant.
		page := w.File(Branch(branch), path, 0)
		list, err = ParseWeb(page, forge)
		if len(page) > maxURL || strings.Count(branch, "/") >= maxCandidates {
			return
		}
		found := false
		for _, l := range list {
			found = found || l.Path == path && l.Ref.Name == branch || commitID.MatchString(strings.Split(branch, "/")[0])
		}
		if err != nil || !found {
			t.Errorf("%s (%s %s) reads as %s, %v", page, branch, path, fmt.Sprintf("%+v", list), err)
		}
	})
}
