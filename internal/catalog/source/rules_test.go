package source

import (
	"strings"
	"testing"

	"github.com/idptui/idptui/internal/catalog/store"
)

func TestRulesNarrowWhatASourceBrings(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Rules{})
	w.write(map[string]string{
		"a.yaml": docs(component("a"), group("ops")), "t.yaml": location("l", "./u.yaml"),
		"u.yaml": "apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: eve}\nspec: {memberOf: []}\n",
	})
	r := w.sync()
	check(t, Counts{Files: 3, Documents: 4, Entities: 2, Untrusted: 2}, r.Counts)
	check(t, []string{
		"note trust a.yaml:10: only a trusted source may bring a Group",
		"note trust u.yaml:1: only a trusted source may bring a User",
	}, w.problems())
	check(t, []string{"component:default/a @ shop/a.yaml:1", "location:default/l @ shop/t.yaml:1"}, w.stored())

	w.rules(trusting()) // the same bytes, another verdict
	r = w.sync()
	if r.Added != 2 || r.Counts.Untrusted != 0 || len(w.problems()) != 0 {
		t.Errorf("%+v %q", r, w.problems())
	}

	w.rules(Rules{Trusted: true, Kinds: []string{"component", "User"}})
	r = w.sync()
	check(t, []string{"component:default/a @ shop/a.yaml:1", "user:default/eve @ shop/u.yaml:1"}, w.stored())
	check(t, []string{
		"note trust a.yaml:10: the kind Group is not among the kinds of this source",
		"note trust t.yaml:1: the kind Location is not among the kinds of this source",
	}, w.problems())
	if r.Removed != 2 || r.Counts.Untrusted != 0 || r.Counts.Excluded != 2 || r.Status.Untrusted != 0 || r.Status.Excluded != 2 || r.Status.State != store.StateOK {
		t.Errorf("%+v", r)
	}
}

func TestOtherAPIGroups(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Rules{Groups: []string{"acme.com"}})
	w.write(map[string]string{"a.yaml": docs(component("a"), "apiVersion: acme.com/v1\nkind: Robot\nmetadata: {name: r2}\n")})
	r := w.sync()
	check(t, Counts{Files: 1, Documents: 2, Entities: 1, Foreign: 1}, r.Counts)
	check(t, []string{"robot:default/r2 @ shop/a.yaml:10"}, w.stored())
}

func TestNarrowingTheRulesIsTheWordOfAPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	files := many(20)
	files["org/g.yaml"] = group("g")
	w.write(files)
	w.sync()
	w.rules(Rules{Trusted: true, Paths: []string{"org/**"}})
	r := w.sync()
	if r.Status.State != store.StateOK || r.Removed != 20 {
		t.Errorf("%+v", r)
	}
	check(t, []string{"group:default/g @ shop/org/g.yaml:1"}, w.stored())

	// But not where the files went away at the same time.
	w.rules(trusting())
	w.sync()
	for name := range many(20) {
		w.remove(name)
	}
	w.rules(Rules{Trusted: true, Paths: []string{"org/**"}})
	if r := w.sync(); r.Status.State != store.StateStale || r.Removed != 0 {
		t.Errorf("%+v", r)
	}
	check(t, 21, len(w.stored()))
}

func TestPathsAreFilesFoldersOrGlobs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Rules{Trusted: true, Paths: []string{"we[i]rd.yaml", "./org/", "apis/**/*.yml", "catalog.json", "none.yaml", "x/*.yaml"}})
	w.write(map[string]string{
		"we[i]rd.yaml": component("weird"), "org/a.yaml": component("a"), "org/deep/b.yml": component("b"),
		"apis/x/c.yml": component("c"), "apis/d.yaml": component("d"), "weird.yaml": component("no"), "organ.yaml": component("no2"),
		"catalog.json": `{"apiVersion": "backstage.io/v1alpha1", "kind": "Domain", "metadata": {"name": "j"}, "spec": {"owner": "o"}}`,
	})
	w.sync()
	check(t, []string{
		"component:default/a @ shop/org/a.yaml:1", "component:default/b @ shop/org/deep/b.yml:1", "component:default/c @ shop/apis/x/c.yml:1",
		"component:default/weird @ shop/we[i]rd.yaml:1", "domain:default/j @ shop/catalog.json:1",
	}, w.stored())
	check(t, []string{
		`error source : the path "none.yaml" of this source matches no YAML file`,
		`error source : the path "x/*.yaml" of this source matches no YAML file`,
	}, trimSource(w.problems()))
}

// trimSource takes the source's name from problems without a path.
func trimSource(problems []string) []string {
	for i := range problems {
		problems[i] = strings.Replace(problems[i], "source shop:", "source :", 1)
	}
	return problems
}
