package history_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/history"
	"github.com/idptui/idptui/internal/catalog/source"
	"github.com/idptui/idptui/internal/repo"
)

func TestEachCommitTellsWhatItChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.commit("one", map[string]string{"a.yaml": component("a", "x"), "README.md": "hello"})
	w.commit("other file", map[string]string{"README.md": "hello again"})
	w.commit("comment", map[string]string{"a.yaml": "# a comment\n" + component("a", "x")})
	w.commit("owner", map[string]string{"a.yaml": component("a", "y", "dependsOn: ['component:b', 'component:c']")})
	id := w.commit("less", map[string]string{"a.yaml": component("a", "y", "dependsOn: ['component:b']")})
	h := w.of("a", "a.yaml", history.Query{})
	check(t, `
less: a dependsOn -component:c
owner: a +2 dependencies, owner x → y
one: a added`, h)
	want := catalog.Change{
		Time: w.time, Author: catalog.Author{Name: "Ann", Email: "ann@example.com"}, Commit: id, Message: "less", Ref: "component:default/a",
		Kind: catalog.ChangeChanged, Fields: []catalog.FieldChange{{Field: "spec.dependsOn", Removed: []string{"component:c"}}}, Source: "shop", Path: "a.yaml",
	}
	if diff := cmp.Diff(want, h.Changes[0]); diff != "" {
		t.Error(diff)
	}
	if h.More {
		t.Error("there is said to be more")
	}
	check(t, told(h), w.of("a", "a.yaml", history.Query{})) // from what is kept in memory
	check(t, told(h), w.all(history.Query{}, nil))
	h = w.of("a", "a.yaml", history.Query{Limit: 1})
	check(t, "less: a dependsOn -component:c", h)
	if !h.More {
		t.Error("there is more, and it is not said")
	}
	check(t, "less: a dependsOn -component:c\nowner: a +2 dependencies, owner x → y", w.of("a", "a.yaml", history.Query{Since: w.time.Add(-time.Hour)}))
}

func TestAFileOfManyDocumentsTellsOfOneOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.commit("one", map[string]string{"all.yaml": documents(component("a", "x"), component("b", "x"))})
	w.commit("b", map[string]string{"all.yaml": documents(component("a", "x"), component("b", "y"))})
	w.commit("between", map[string]string{"all.yaml": documents(component("a", "x"), component("n", "x"), component("b", "y"))})
	w.commit("a", map[string]string{"all.yaml": documents(component("a", "z"), component("n", "x"), component("b", "y"))})
	w.commit("gone", map[string]string{"all.yaml": documents(component("a", "z"), component("b", "y"))})
	check(t, "a: a owner x → z\none: a added", w.of("a", "all.yaml", history.Query{}))
	check(t, "b: b owner x → y\none: b added", w.of("b", "all.yaml", history.Query{}))
	check(t, "gone: n removed\nbetween: n added", w.of("n", "all.yaml", history.Query{}))
	check(t, `
gone: n removed
a: a owner x → z
between: n added
b: b owner x → y
one: a added
one: b added`, w.all(history.Query{}, nil))
	check(t, "gone: n removed\nbetween: n added", w.all(history.Query{}, nil, "component:default/n"))
}

func TestRenamesOfTheFileAndMovesBetweenFilesAreFollowed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.commit("one", map[string]string{"x/old.yaml": documents(component("a", "x"), component("b", "x"))})
	w.commit("owner", map[string]string{"x/old.yaml": documents(component("a", "y"), component("b", "x"))})
	w.git(nil, "mv", "x/old.yaml", "x/new.yaml")
	w.commit("rename", nil)
	w.commit("move", map[string]string{"x/new.yaml": component("b", "x"), "y/a.yaml": component("a", "z")})
	w.commit("later", map[string]string{"y/a.yaml": component("a", "z", "system: s")})
	want := `
later: a system → s
move: a owner y → z, path x/new.yaml → y/a.yaml
rename: a path x/old.yaml → x/new.yaml
owner: a owner x → y
one: a added`
	check(t, want, w.of("a", "y/a.yaml", history.Query{}))
	check(t, want, w.all(history.Query{}, nil, "component:default/a"))
}

func TestANewNameInTheSameDocumentIsARename(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.commit("one", map[string]string{"all.yaml": documents(component("a", "x"), component("b", "x"))})
	w.commit("rename", map[string]string{"all.yaml": documents(component("a2", "x"), component("b", "x"))})
	w.commit("replace", map[string]string{"all.yaml": documents(component("a2", "x"), component("c", "x"), component("d", "x"))})
	h := w.of("a2", "all.yaml", history.Query{})
	check(t, "rename: a2 renamed from component:default/a\none: a added", h)
	if f := h.Changes[0].Fields; len(f) != 1 || f[0].Field != "metadata.name" || f[0].From != "a" || f[0].To != "a2" {
		t.Errorf("%+v", f)
	}
	check(t, `
replace: b removed
replace: c added
replace: d added
rename: a2 renamed from component:default/a
one: a added
one: b added`, w.all(history.Query{}, nil))
	check(t, "rename: a2 renamed from component:default/a\none: a added", w.all(history.Query{}, nil, "component:default/a"))
}

func TestBranchesAreToldEachAndAMergeOnlyOfWhatItDidItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.commit("one", map[string]string{"a.yaml": component("a", "x")})
	w.git(nil, "checkout", "-q", "-b", "side")
	w.commit("side owner", map[string]string{"a.yaml": component("a", "side")})
	w.git(nil, "checkout", "-q", "main")
	w.commit("main system", map[string]string{"a.yaml": component("a", "x", "system: s")})
	w.time = w.time.Add(time.Hour)
	w.git(nil, "merge", "-q", "--no-commit", "-s", "ours", "side")
	w.write(map[string]string{"a.yaml": component("a", "side", "system: s", "subcomponentOf: b")})
	w.git(nil, "commit", "-q", "-a", "-m", "merge")
	want := `
merge: a subcomponentOf → b
main system: a system → s
side owner: a owner x → side
one: a added`
	check(t, want, w.of("a", "a.yaml", history.Query{}))
	check(t, want, w.all(history.Query{}, nil))
}

func TestAVersionThatCannotBeReadIsToldAndTheLastGoodOneCounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.commit("one", map[string]string{"catalog-info.yaml": component("a", "x")})
	w.commit("broken", map[string]string{"catalog-info.yaml": component("a", "x", "system: [")})
	w.commit("still", map[string]string{"catalog-info.yaml": component("a", "x", "system: {")})
	w.commit("mended", map[string]string{"catalog-info.yaml": component("a", "y")})
	w.commit("refused", map[string]string{"catalog-info.yaml": strings.Replace(component("a", "y"), "  owner: y\n", "", 1)})
	w.commit("again", map[string]string{"catalog-info.yaml": component("a", "y")})
	h := w.of("a", "catalog-info.yaml", history.Query{})
	var got []string
	for _, c := range h.Changes {
		what, _, _ := strings.Cut(c.What("→"), " line")
		got = append(got, c.Message+" "+string(c.Kind)+" "+what)
	}
	want := []string{"refused unreadable could not be read:", "mended changed owner x → y", "broken unreadable could not be read:", "one added added"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(h.Changes[0].Problem, "owner") || !strings.Contains(h.Changes[2].Problem, "line ") {
		t.Errorf("%q, %q", h.Changes[0].Problem, h.Changes[2].Problem)
	}
	if diff := cmp.Diff(h, w.all(history.Query{}, nil)); diff != "" {
		t.Error(diff)
	}
}

func TestPlaceholdersAreReadAsTheyWereAtTheCommit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	api := strings.Replace(component("pay", "x", "definition: {$text: ./spec/openapi.json}"), "Component", "API", 1)
	w.commit("one", map[string]string{"api/a.yaml": api, "api/spec/openapi.json": "{\n1\n}\n"})
	w.commit("definition", map[string]string{"api/spec/openapi.json": "{\n1\n2\n3\n}\n"})
	w.commit("owner", map[string]string{"api/a.yaml": strings.Replace(api, "owner: x", "owner: y", 1)})
	want := `
owner: api:default/pay owner x → y
definition: api:default/pay definition: 2 lines changed
one: api:default/pay added`
	check(t, want, w.of("api:pay", "api/a.yaml", history.Query{}))
	check(t, want, w.all(history.Query{}, map[string][]string{"api/spec/openapi.json": {"api/a.yaml"}}))
}

func TestAPlaceholderMayNameALink(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := os.Symlink("real.txt", filepath.Join(w.dir, "link.txt")); err != nil {
		t.Fatal(err)
	}
	w.commit("one", map[string]string{"a.yaml": component("a", "x", "text: {$text: ./link.txt}"), "real.txt": "1"})
	w.commit("two", map[string]string{"real.txt": "2"})
	check(t, "two: a text 1 → 2\none: a added", w.of("a", "a.yaml", history.Query{}))
}

func TestLinesOfFaultsAreThoseOfTheFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.commit("one", map[string]string{"catalog-info.yaml": documents(component("a", "x"), component("b", "x"))})
	w.commit("two", map[string]string{"catalog-info.yaml": documents(component("a", "x"), strings.Replace(component("b", "x"), "owner: x", "owner: [", 1))})
	h := w.of("b", "catalog-info.yaml", history.Query{})
	if len(h.Changes) != 2 || !strings.HasPrefix(h.Changes[0].Problem, "could not be read: line 1") {
		t.Errorf("%+v", h.Changes)
	}
	w.commit("three", map[string]string{"catalog-info.yaml": "%YAML 1.2\n---\n" + documents(component("a", "x"), component("b", "y"))})
	if h = w.of("b", "catalog-info.yaml", history.Query{}); h.Changes[0].What("→") != "owner x → y" {
		t.Errorf("%+v", h.Changes[0])
	}
}

func TestHistoryThatWasPushedAwayIsNotTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.commit("one", map[string]string{"a.yaml": component("a", "x")})
	w.commit("secret", map[string]string{"a.yaml": component("a", "y")})
	check(t, "secret: a owner x → y\none: a added", w.of("a", "a.yaml", history.Query{}))
	w.git(nil, "reset", "-q", "--hard", first)
	w.commit("other", map[string]string{"a.yaml": component("a", "z")})
	check(t, "other: a owner x → z\none: a added", w.of("a", "a.yaml", history.Query{}))
}

func TestRulesOfTheSourceHoldForThePast(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.rules = source.Rules{Paths: []string{"services/**", "one.yaml"}}
	group := strings.NewReplacer("Component", "Group", "owner: x", "children: []").Replace(component("g", "x"))
	w.commit("one", map[string]string{"services/a.yaml": documents(component("a", "x"), group), "docs/b.yaml": component("b", "x"), "one.yaml": component("c", "x")})
	check(t, "one: a added\none: c added", w.all(history.Query{}, nil))
	w.rules.Trusted = true
	w.reader = history.Reader{}
	check(t, "one: a added\none: c added\none: group:default/g added", w.all(history.Query{}, nil))
}

func TestHostileNamesAndMessagesAreClean(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.author = "E\x1b]0;x\x07vil\u202e"
	w.commit("red\x1b[31m\u202emessage", map[string]string{"a\x1b[2J.yaml": component("a", "x")})
	w.git(nil, "mv", "a\x1b[2J.yaml", "b.yaml")
	w.commit("move", nil)
	w.git(nil, "mv", "b.yaml", "c\x1b[2J.yaml")
	w.commit("again", nil)
	w.fetch()
	h := w.of("a", "c^[[2J.yaml", history.Query{})
	if len(h.Changes) != 3 {
		t.Fatalf("%+v", h)
	}
	for _, c := range h.Changes {
		if text := c.Author.Name + c.Message + c.Path + c.What("→"); strings.ContainsAny(text, "\x1b\x07\u202e") {
			t.Errorf("%q", text)
		}
	}
}

// patience is a context whose time is over after it was looked at some times.
type patience struct {
	context.Context
	looks *atomic.Int32
}

func (p patience) Err() error {
	if p.looks.Add(-1) < 0 {
		return context.DeadlineExceeded
	}
	return p.Context.Err()
}

func TestTimeThatRunsOutGivesWhatThereIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.long(40, 1)
	src := w.fetch()
	scopes := []history.Scope{{Source: src}}
	most, least := 0, 20
	for looks := range int32(60) {
		for name, read := range map[string]func(context.Context) (catalog.History, error){
			"one": func(ctx context.Context) (catalog.History, error) {
				return new(history.Reader).Entity(ctx, src, catalog.Ref{Kind: "Component", Namespace: "default", Name: "s0"}, "services/s0/catalog-info.yaml", history.Query{})
			},
			"all": func(ctx context.Context) (catalog.History, error) {
				return new(history.Reader).All(ctx, scopes, func(ref string) bool { return ref == "component:default/s0" }, history.Query{})
			},
		} {
			ctx := patience{t.Context(), &atomic.Int32{}}
			ctx.looks.Store(4 * looks)
			h, err := read(ctx)
			if err != nil {
				t.Fatalf("%s, %d: %v", name, looks, err)
			}
			most, least = max(most, len(h.Changes)), min(least, len(h.Changes))
			if whole := len(h.Changes) == 20; !whole && (!h.More || len(h.Notes) != 1 || !strings.Contains(h.Notes[0], "there was no time to read the history of shop")) {
				t.Errorf("%s, %d: %d changes, %q", name, looks, len(h.Changes), h.Notes)
			}
		}
	}
	if least != 0 || most == 0 {
		t.Errorf("between %d and %d changes were found in time", least, most)
	}
	gone, stop := context.WithCancel(t.Context())
	stop()
	if _, err := new(history.Reader).All(gone, scopes, nil, history.Query{}); err == nil {
		t.Error("it was cancelled, and that is no error")
	}
}

func TestOnlySourcesWithCommitsKeepAHistory(t *testing.T) {
	t.Parallel()
	if _, why := history.Kept(source.NewFolder("shop", "/shop", source.Rules{})); !strings.Contains(why, "the source shop is a folder, which keeps no history") {
		t.Error(why)
	}
	if past, why := history.Kept(source.NewGit("shop", nil, repo.Remote{URL: "https://github.com/acme/shop"}, "", source.Rules{})); why != "" || past.CommitPage("abc") != "https://github.com/acme/shop/commit/abc" {
		t.Error(why)
	}
}
