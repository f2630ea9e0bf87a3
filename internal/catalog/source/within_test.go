package source

import (
	"path/filepath"
	"testing"

	"github.com/idptui/idptui/internal/repo"
	"github.com/idptui/idptui/internal/repo/repotest"
)

// forge is git's server with repositories whose pages are as those of a forge.
func forge(t *testing.T, w *world, files map[string]string) (src Git, dir, pages string) {
	t.Helper()
	root := t.TempDir()
	dir = filepath.Join(root, "acme", "shop")
	server := repotest.HTTP(t, root)
	pages = server.URL + "/acme/shop/src/branch/"
	for name, text := range files {
		write(t, dir, map[string]string{name: text})
	}
	repotest.Commit(t, dir, "all")
	return NewGit("shop", mirrorsIn(t, w.data), repo.Remote{URL: server.URL + "/acme/shop"}, repo.Gitea, Rules{Trusted: true, Paths: []string{"all.yaml"}}), dir, pages
}

func TestAnAddressInTheRepositoryItselfIsAPath(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	src, dir, pages := forge(t, w, map[string]string{
		"services/a.yaml": component("a"), "services/b.yaml": component("b"), "other.yaml": component("other"), "text.md": "what it is",
	})
	api := "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: x}\nspec:\n  type: openapi\n  lifecycle: production\n  owner: me\n  definition:\n    $text: " + pages + "main/text.md\n"
	write(t, dir, map[string]string{"all.yaml": docs(location("all", pages+"main/services/*.yaml", pages+"feature/other.yaml", pages+"main/nowhere.yaml"), api)})
	repotest.Commit(t, dir, "all")
	w.syncOf(src)
	check(t, []string{
		"api:default/x @ shop/all.yaml:10", "component:default/a @ shop/services/a.yaml:1", "component:default/b @ shop/services/b.yaml:1",
		"location:default/all @ shop/all.yaml:1",
	}, w.stored())
	check(t, "what it is", w.record("api:default/x").Entity.Spec["definition"].(string))
	problems := w.problems()
	if len(problems) != 2 { // another branch is another place, and nowhere is nowhere
		t.Errorf("%q", problems)
	}
}

func TestWhichAddressesAreOfARepository(t *testing.T) {
	t.Parallel()
	mirrors := mirrorsIn(t, t.TempDir())
	main := NewGit("x", mirrors, repo.Remote{URL: "git@github.com:Acme/Shop.git", Branch: "release/1"}, "", Rules{})
	for address, want := range map[string]string{
		"https://github.com/acme/shop/blob/release/1/a/b.yaml":         "a/b.yaml",
		"https://github.com/acme/shop/tree/release/1/a":                "a",
		"https://raw.githubusercontent.com/acme/shop/release/1/b.yaml": "b.yaml",
		"https://github.com/acme/shop/blob/HEAD/b.yaml":                "b.yaml",
		"https://github.com/acme/shop/blob/main/b.yaml":                "",
		"https://github.com/acme/other/blob/release/1/b.yaml":          "",
		"https://gitlab.com/acme/shop/-/blob/release/1/b.yaml":         "",
		"https://github.com/acme/shop/blob/release/1/../../etc/passwd": "",
		"https://github.com/acme/shop":                                 "",
		"ftp://x":                                                      "",
	} {
		if got, ok := main.Within(address); got != want || ok != (want != "") {
			t.Errorf("%s: %q, %v", address, got, ok)
		}
	}
	if _, ok := Source(NewFS("demo", "", nil, Rules{})).(interface{ Within(string) (string, bool) }); ok {
		t.Error("a folder has addresses")
	}
}
