package source

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/store"
)

// from reads only what all.yaml leads to.
var from = Rules{Trusted: true, Paths: []string{"all.yaml"}}

func TestLocationsAreFollowedAnywhereInTheTree(t *testing.T) {
	t.Parallel()
	w := newWorld(t, from)
	w.write(map[string]string{
		"all.yaml":             docs(component("root"), location("all", "./org/all.yaml", "systems/*.yaml", "/abs.yaml", "node_modules/x/c.yaml", "defs/d.json")),
		"org/all.yaml":         location("org", "../up.yaml", "./teams/**/team-?.yml"),
		"up.yaml":              component("up"),
		"org/teams/team-a.yml": component("a"), "org/teams/deep/team-b.yml": component("b"), "org/teams/team-10.yml": component("no"),
		"systems/s1.yaml": component("s1"), "systems/s2.yaml": component("s2"), "systems/deep/s3.yaml": component("no"),
		"abs.yaml": component("abs"), "node_modules/x/c.yaml": component("nm"),
		"defs/d.json": `{"apiVersion": "backstage.io/v1alpha1", "kind": "Domain", "metadata": {"name": "j"}, "spec": {"owner": "o"}}`,
	})
	r := w.sync()
	check(t, []string{
		"component:default/a @ shop/org/teams/team-a.yml:1", "component:default/abs @ shop/abs.yaml:1",
		"component:default/b @ shop/org/teams/deep/team-b.yml:1", "component:default/nm @ shop/node_modules/x/c.yaml:1",
		"component:default/root @ shop/all.yaml:1", "component:default/s1 @ shop/systems/s1.yaml:1", "component:default/s2 @ shop/systems/s2.yaml:1",
		"component:default/up @ shop/up.yaml:1", "domain:default/j @ shop/defs/d.json:1",
		"location:default/all @ shop/all.yaml:10", "location:default/org @ shop/org/all.yaml:1",
	}, w.stored())
	check(t, []string(nil), w.problems())
	check(t, 10, r.Counts.Files)
	check(t, "org/all.yaml:6", w.record("component:default/up").Provenance.Via)
	check(t, "all.yaml:16", w.record("component:default/s2").Provenance.Via)
	check(t, "", w.record("component:default/root").Provenance.Via)
}

func TestTargetsThatLeadNowhereAreErrorsAtTheirLine(t *testing.T) {
	t.Parallel()
	w := newWorld(t, from)
	w.write(map[string]string{
		"all.yaml": docs(location("all",
			"./gone.yaml", "../out.yaml", "./sub/", "./sub", "https://example.com/c.yaml", "./none/*.yaml", "'{a,b}{c,d}{e,f}.yaml'",
			"./values.yaml", "./broken.yaml", "./refused.yaml", "./skeleton.yaml"),
			"apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: typed}\nspec: {type: s3, target: bucket}\n",
			"apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: file}\nspec: {type: file, target: /etc/hosts}\n"),
		"sub/x.yaml": component("x"), "values.yaml": "a: b\n", "broken.yaml": "a: [\n", "refused.yaml": strings.Replace(component("r"), "owner", "ownr", 1),
		"skeleton.yaml": component("${{ values.name }}"),
	})
	w.sync()
	check(t, []string{
		`error location all.yaml:11:7: target "./none/*.yaml" matches no YAML file`,
		`error location all.yaml:12:7: target "{a,b}{c,d}{e,f}.yaml" is a glob with more than 2 groups of alternatives`,
		`error location all.yaml:13:7: target "./values.yaml" holds no entity of the catalog`,
		`error location all.yaml:21:26: target "bucket" is of type "s3", which is not known`,
		`error location all.yaml:26:28: target "/etc/hosts" is a path of the machine and not of this source`,
		`error location all.yaml:6:7: target "./gone.yaml" does not exist`,
		`error location all.yaml:7:7: target "../out.yaml" leads out of the folder of this source`,
		`error location all.yaml:8:7: target "./sub/" names a folder`,
		`error location all.yaml:9:7: target "./sub" is a folder`,
		`error spec refused.yaml:5:1`,
		`error yaml broken.yaml:1:4`,
		`note location all.yaml:10:7: target "https://example.com/c.yaml" is not followed, as it is an address`,
		`note skeleton skeleton.yaml:1`,
	}, starts(w.problems()))
}

// starts leaves the message away where it is the reader's own.
func starts(problems []string) []string {
	for i, p := range problems {
		if where, _, _ := strings.Cut(p, ": "); !strings.Contains(where, " location ") && !strings.Contains(where, " conflict ") {
			problems[i] = where
		}
	}
	return problems
}

func TestOptionalTargetsMayBeMissing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{
		"all.yaml":    "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: all}\nspec:\n  presence: optional\n  target: ./gone.yaml\n  targets: ['./none/*.yaml', ./values.yaml]\n",
		"values.yaml": "a: b\n",
	})
	w.sync()
	check(t, []string{`error location all.yaml:7:30: target "./values.yaml" holds no entity of the catalog`}, w.problems())
}

func TestFileThatIsFoundTwiceIsOnePlace(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{
		"all.yaml": location("all", "./a.yaml", "./*.yaml", "link.yaml", "dir/a.yaml", "./x/../a.yaml"), "a.yaml": component("a"),
		"link.yaml": "-> a.yaml", "dir": "-> .", "x/y": "",
	})
	r := w.sync()
	check(t, Counts{Files: 2, Documents: 2, Entities: 2}, r.Counts)
	check(t, []string(nil), w.problems())
	check(t, "all.yaml:6", w.record("component:default/a").Provenance.Via)
	check(t, "", w.record("location:default/all").Provenance.Via) // which its own glob matches
}

func TestTargetThroughALinkThatLeadsOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	outside := t.TempDir()
	write(t, outside, map[string]string{"secret.yaml": component("secret")})
	w.write(map[string]string{
		"all.yaml": location("all", "./out/secret.yaml", "./direct.yaml", "./self.yaml"), "out": "-> " + outside,
		"direct.yaml": "-> " + outside + "/secret.yaml", "self.yaml": "-> self.yaml",
	})
	r := w.sync()
	check(t, 1, r.Counts.Entities)
	got := w.problems()
	if len(got) != 5 || !strings.Contains(got[0], "./out/secret.yaml") || !strings.Contains(got[1], "./direct.yaml") || !strings.Contains(got[2], "leads back to itself") {
		t.Errorf("%q", got)
	}
}

func TestLocationsInACircleAreReadOnceAndReported(t *testing.T) {
	t.Parallel()
	w := newWorld(t, from)
	w.write(map[string]string{
		"all.yaml": location("all", "./b.yaml", "./all.yaml", "./*.yaml"), "b.yaml": location("b", "./c.yaml"),
		"c.yaml": docs(location("c", "./all.yaml", "./d.yaml"), location("c2", "./b.yaml")), "d.yaml": component("d"),
	})
	r := w.sync()
	check(t, 5, r.Counts.Entities)
	check(t, []string{
		`warning location all.yaml:7:7: target "./all.yaml" is this very file`,
		`warning location c.yaml:14:7: target "./b.yaml" leads in a circle: b.yaml → c.yaml → b.yaml`,
		`warning location c.yaml:6:7: target "./all.yaml" leads in a circle: all.yaml → b.yaml → c.yaml → all.yaml`,
	}, w.problems())
}

func TestEntityThatNoLocationNamesAnyMoreIsRemoved(t *testing.T) {
	t.Parallel()
	w := newWorld(t, from)
	w.write(map[string]string{"all.yaml": location("all", "./a.yaml", "./b.yaml"), "a.yaml": component("a"), "b.yaml": component("b")})
	w.sync()
	w.write(map[string]string{"all.yaml": location("all", "./a.yaml")})
	r := w.sync()
	if r.Removed != 1 || r.Status.State != store.StateOK {
		t.Errorf("%+v", r)
	}
	check(t, []string{"component:default/a @ shop/a.yaml:1", "location:default/all @ shop/all.yaml:1"}, w.stored())

	w.rules(trusting()) // with default discovery it is there anyway
	if r := w.sync(); r.Added != 1 {
		t.Errorf("%+v", r)
	}
}

func TestNewFileThatAGlobMatchesIsFoundThoughTheLocationIsUnchanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, from)
	w.write(map[string]string{"all.yaml": location("all", "./s/*.yaml", "./later.yaml"), "s/a.yaml": component("a")})
	w.sync()
	check(t, 1, len(w.problems()))
	w.spy.reads()
	w.write(map[string]string{"s/b.yaml": component("b"), "later.yaml": component("later")})
	if r := w.sync(); r.Added != 2 || r.Unchanged != 2 {
		t.Errorf("%+v", r)
	}
	check(t, []string{"later.yaml", "s/b.yaml"}, w.spy.reads())
	check(t, 0, len(w.problems()))
}

func TestLocationThatMovesWithinItsFileMovesWhereItsEntitiesComeFrom(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"all.yaml": location("all", "./a.yaml"), "a.yaml": component("a")})
	w.sync()
	w.write(map[string]string{"all.yaml": "# a comment\n" + location("all", "./a.yaml")})
	r := w.sync()
	if r.Unchanged != 1 || r.Changed != 1 { // the comment is a part of the Location's text
		t.Errorf("%+v", r)
	}
	check(t, "all.yaml:7", w.record("component:default/a").Provenance.Via)
}

func TestBrokenFileIsAFaultOnceALocationNamesIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": "a: [\n", "x.yaml": component("x")})
	if r := w.sync(); r.Counts.Foreign != 1 || len(w.problems()) != 0 {
		t.Errorf("%+v %q", r, w.problems())
	}
	w.write(map[string]string{"all.yaml": location("all", "./a.yaml")})
	if r := w.sync(); r.Counts.Refused != 1 || len(w.problems()) != 1 {
		t.Errorf("%+v %q", r, w.problems())
	}
	w.remove("all.yaml")
	if r := w.sync(); r.Counts.Foreign != 1 || len(w.problems()) != 0 {
		t.Errorf("%+v %q", r, w.problems())
	}
}

func TestLocationHiddenBehindEscapesIsFollowed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, from)
	w.write(map[string]string{
		"all.yaml": strings.Replace(location("all", "./a.yaml"), "kind: Location", `kind: "Loc\u0061tion"`, 1), "a.yaml": component("a"),
	})
	check(t, 2, w.sync().Counts.Entities)
}

func TestGlobsOfOneSourceAreCounted(t *testing.T) {
	t.Parallel()
	targets := make([]string, maxGlobs+1)
	for i := range targets {
		targets[i] = fmt.Sprintf("./s/*%d.yaml", i)
	}
	files := fstest.MapFS{
		"all.yaml":   {Data: []byte(location("all", targets...))},
		"s/500.yaml": {Data: []byte(component("a"))},
	}
	problems, _, err := Validate(t.Context(), NewFS("demo", "", files, from), Limits{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	last := problems[len(problems)-1]
	if last.Line != 6+maxGlobs || !strings.Contains(last.Message, "one glob more than the 500") {
		t.Errorf("%+v", last)
	}
}

// What globs match is remembered until the end, so that many of them over many
// files would fill the memory.
func TestGlobsMatchOnlySoManyFilesInAll(t *testing.T) {
	t.Parallel()
	const globs = 490
	files := map[string]string{"all.yaml": location("all", slices.Repeat([]string{"./d/**/*.yaml"}, globs)...)}
	for i := range maxMatched/globs + 1 {
		files[fmt.Sprintf("d/%04d.yaml", i)] = ""
	}
	problems, _, err := Validate(t.Context(), demo("x", files), Limits{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(problems) != 1 || !strings.Contains(problems[0].Message, "match more than 1000000 files") {
		t.Errorf("%d problems: %.3v", len(problems), problems)
	}
}

func TestValidateFindsWhatASyncFindsAndStoresNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Rules{Trusted: true})
	w.write(map[string]string{
		"a.yaml": docs(component("a"), strings.Replace(component("b"), "owner", "ownr", 1)), "b.yaml": component("a"),
		"all.yaml": location("all", "./gone.yaml", "./b.yaml"), "s.yaml": component("${{ values.x }}"),
	})
	problems, counts, err := Validate(t.Context(), w.src, Limits{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := w.sync()
	check(t, r.Counts, counts)
	check(t, w.problems(), lines(problems))
	for _, p := range problems {
		if p.Source != "shop" {
			t.Errorf("%+v", p)
		}
	}
	claims, err := w.syncer.State.Claims(t.Context(), "shop")
	if err != nil || len(claims) != 2 {
		t.Errorf("%v %v", claims, err)
	}
}

func TestValidateOfOneFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Rules{Trusted: true, Paths: []string{"sub/values.yaml", "sub/loc.yaml"}})
	w.write(map[string]string{"sub/values.yaml": "a: [\n", "sub/loc.yaml": location("l", "../up.yaml"), "up.yaml": component("up"), "not.yaml": component("not")})
	problems, counts, err := Validate(t.Context(), w.src, Limits{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	check(t, Counts{Files: 3, Documents: 3, Entities: 2, Refused: 1}, counts)
	if len(problems) != 1 || problems[0].Path != "sub/values.yaml" || problems[0].Class != catalog.ClassYAML {
		t.Errorf("%+v", problems)
	}
}

// So that whoever looks at a Location sees what is wrong with its targets.
func TestProblemsOfTargetsAreTheLocations(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	targets := []string{
		"./gone.yaml", "../out.yaml", "./dir/", "./none/*.yaml", "'[x'", "https://example.com/x.yaml", "./foreign.yaml", "./locked.yaml", "./all.yaml", "/etc/passwd",
	}
	w.write(map[string]string{"all.yaml": docs(component("first"), location("all", targets...)), "foreign.yaml": "a: b\n", "locked.yaml": component("locked")})
	w.spy.fail = map[string]error{"locked.yaml": errDisk}
	for range 2 { // the second from what was remembered
		w.sync()
		all, err := w.syncer.Store.Problems(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		lines := map[int]bool{}
		for _, p := range all {
			if p.Class == catalog.ClassLocation {
				lines[p.Line] = true
				if p.Ref != "location:default/all" || p.Path != "all.yaml" || p.Source != "shop" {
					t.Errorf("%+v", p)
				}
			}
		}
		for i, target := range targets {
			if !lines[15+i] {
				t.Errorf("nothing is said of %s in line %d: %+v", target, 15+i, all)
			}
		}
	}
}
