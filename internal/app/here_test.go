package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/cli"
	"github.com/idptui/idptui/internal/repo/repotest"
	"github.com/idptui/idptui/internal/ui/pane"
)

// startIn opens the screen's portal as RunTUI does, in a folder of the machine.
func startIn(tb testing.TB, m *machine, folder string) (*live, pane.Place) {
	tb.Helper()
	sys, _, _ := m.io("")
	sys.Dir = filepath.Join(m.dir, folder)
	p, h, err := (&services{sys}).openHere(tb.Context(), cli.Settings{}, "")
	if err != nil {
		tb.Fatal(err)
	}
	l := newLive(p)
	snap, at, err := l.open(tb.Context(), h, pane.Place{})
	if err != nil {
		tb.Fatal(err)
	}
	ctx, stop := context.WithCancel(tb.Context())
	var wait sync.WaitGroup
	looks := time.NewTicker(5 * time.Millisecond)
	wait.Go(func() { l.follow(ctx, snap, looks.C) })
	wait.Go(func() { l.keepReading(ctx) })
	tb.Cleanup(func() {
		stop()
		wait.Wait()
		looks.Stop()
		if err := p.Close(); err != nil {
			tb.Error(err)
		}
	})
	return l, at
}

func entityPlace(name string) pane.Place {
	return pane.Place{Pane: pane.Entity, Ref: "component:default/" + name}
}

func described(name, rest string) string {
	return "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: " + name + "\n" + rest + "spec: {type: service, lifecycle: production, owner: me}\n"
}

// clone makes a repository of a folder of the machine, with a remote.
func (m *machine) clone(tb testing.TB, folder, remote string) {
	tb.Helper()
	dir := filepath.Join(m.dir, folder)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		tb.Fatal(err)
	}
	repotest.Git(tb, dir, "init", "-q", "-b", "main")
	if remote != "" {
		repotest.Git(tb, dir, "remote", "add", "origin", remote)
	}
}

func TestAFirstStartInARepositoryInfersItsEntity(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.clone(t, "src/pay", "https://bo:t0ken@github.com/acme/payments-api.git")
	put(t, filepath.Join(m.dir, "src/pay/go.mod"), "module github.com/acme/payments-api\n")
	put(t, filepath.Join(m.dir, "src/pay/.github/CODEOWNERS"), "* @acme/team-payments\n")
	l, at := startIn(t, m, "src/pay/.github")
	if diff := cmp.Diff(entityPlace("payments-api"), at); diff != "" {
		t.Fatal(diff)
	}
	ref := catalog.Ref{Kind: "Component", Namespace: "default", Name: "payments-api"}
	rec, err := l.Record(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	if len(rec.Inferred) == 0 || rec.Entity.SpecString("owner") != "team-payments" || strings.Contains(fmt.Sprint(rec), "t0ken") {
		t.Errorf("%+v", rec)
	}
	if line, why := l.arrive(cli.Settings{})(at); line != "" || !strings.Contains(why, "not written") {
		t.Errorf("a colleague is sent to %q (%s)", line, why)
	}
	if _, err := os.Stat(filepath.Join(m.dir, "src/pay/catalog-info.yaml")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something was written unasked: %v", err)
	}

	written, err := l.Describe(t.Context(), ref)
	if err != nil || written != "catalog-info.yaml" {
		t.Fatalf("%q, %v", written, err)
	}
	eventually(t, "the page is the descriptor's", func() bool {
		rec, err := l.Record(t.Context(), ref)
		return err == nil && len(rec.Inferred) == 0 && !l.inferred()
	})
	if text, err := os.ReadFile(filepath.Join(m.dir, "src/pay/catalog-info.yaml")); err != nil || string(text) != rec.Raw {
		t.Errorf("what is written is not what was shown: %v\n%s", err, text)
	}
	if line, _ := l.arrive(cli.Settings{})(at); line != "idptui --catalog https://github.com/acme/payments-api.git open component:default/payments-api" {
		t.Errorf("a colleague is sent to %q", line)
	}
	if _, err := l.Describe(t.Context(), ref); err == nil || !strings.Contains(err.Error(), "there already") {
		t.Errorf("writing twice: %v", err)
	}
	m.must(t, "catalog", "validate", filepath.Join(m.dir, "src/pay/catalog-info.yaml"))
	if list := m.must(t, "sync", "status", "-o", "json"); strings.TrimSpace(list) != "[]" {
		t.Errorf("the repository is remembered: %s", list)
	}
	if list := m.must(t, "catalog", "list", "-o", "name"); strings.TrimSpace(list) != "" {
		t.Errorf("the repository is in the own catalog: %s", list)
	}
}

func TestADescriptorIsNeverWrittenOverAnything(t *testing.T) {
	t.Parallel()
	for name, make := range map[string]func(path, outside string) error{
		"a file":            func(path, _ string) error { return os.WriteFile(path, []byte("mine"), 0o600) },
		"a link to a file":  func(path, outside string) error { return os.Symlink(outside, path) },
		"a link to nothing": func(path, outside string) error { return os.Symlink(outside+"-gone", path) },
		"a folder":          func(path, _ string) error { return os.Mkdir(path, 0o750) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			m.clone(t, "shop", "")
			outside := filepath.Join(m.dir, "outside")
			put(t, outside, "theirs")
			l, at := startIn(t, m, "shop")
			if at != entityPlace("shop") {
				t.Fatalf("opened at %+v", at)
			}
			path := filepath.Join(m.dir, "shop", "catalog-info.yaml")
			if err := make(path, outside); err != nil {
				t.Fatal(err)
			}
			before, _ := os.ReadFile(path)
			_, err := l.Describe(t.Context(), catalog.Ref{Kind: "Component", Namespace: "default", Name: "shop"})
			if err == nil {
				t.Error("it was written")
			}
			after, _ := os.ReadFile(path)
			if theirs, _ := os.ReadFile(outside); string(theirs) != "theirs" || string(after) != string(before) {
				t.Errorf("%q became %q, and what it leads to %q", before, after, theirs)
			}
			if _, err := os.Stat(outside + "-gone"); err == nil {
				t.Error("it was written through a link")
			}
		})
	}
}

func TestWithoutSourcesTheRepositoryIsTheCatalog(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.clone(t, "shop", "")
	put(t, filepath.Join(m.dir, "shop/catalog-info.yaml"), "apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: commerce}\nspec: {owner: me}\n---\n"+described("shop", "")+"---\n"+described("shop-web", ""))
	put(t, filepath.Join(m.dir, "shop/services/pay/backstage.yaml"), described("pay", ""))
	put(t, filepath.Join(m.dir, "shop/services/pay/src/values.yaml"), "a: b\n")
	put(t, filepath.Join(m.dir, "shop/services/pay/other.yaml"), "kind: Deployment\n")
	put(t, filepath.Join(m.dir, "shop/broken/catalog-info.yaml"), "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: '!'}\n")
	for folder, want := range map[string]pane.Place{
		"shop":                  entityPlace("shop"),
		"shop/services":         entityPlace("shop"),
		"shop/services/pay/src": entityPlace("pay"),
		"shop/broken":           {}, // the list: what is wrong is marked on it
	} {
		l, at := startIn(t, m, folder)
		if diff := cmp.Diff(want, at); diff != "" {
			t.Errorf("%s: %s", folder, diff)
		}
		if !strings.Contains(l.hello, "this repository alone") {
			t.Errorf("%s: it is not said that nothing else is read: %q", folder, l.hello)
		}
		if n := l.View().Len(); n != 4 || l.inferred() {
			t.Errorf("%s: %d entities, inferred %v", folder, n, l.inferred())
		}
	}
}

func TestAPartWithoutADescriptorOpensTheListOfTheOthers(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.clone(t, "shop", "")
	put(t, filepath.Join(m.dir, "shop/services/pay/catalog-info.yaml"), described("pay", ""))
	put(t, filepath.Join(m.dir, "shop/services/new/go.mod"), "module new\n")
	l, at := startIn(t, m, "shop/services/new")
	if at != (pane.Place{}) || l.View().Len() != 1 || !strings.Contains(l.hello, "idptui catalog infer") {
		t.Errorf("opened at %+v with %d entities, saying %q", at, l.View().Len(), l.hello)
	}
}

func TestADescriptorThatTheCatalogRefusesOpensTheErrors(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.clone(t, "shop", "")
	put(t, filepath.Join(m.dir, "shop/catalog-info.yaml"), "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: '!'}\n")
	l, at := startIn(t, m, "shop")
	if l.hello != "" {
		t.Errorf("it greets with %q", l.hello)
	}
	if at.Pane != pane.Errors || l.View().Len() != 0 {
		t.Errorf("opened at %+v with %d entities", at, l.View().Len())
	}
}

func TestWhereNoRepositoryIsNothingIsInferred(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	put(t, filepath.Join(m.dir, "plain/go.mod"), "module x\n")
	put(t, filepath.Join(m.dir, "home/.bashrc"), "")
	m.clone(t, "home", "") // settings, not a product
	for _, folder := range []string{"plain", "home", "home/.config"} {
		l, at := startIn(t, m, folder)
		if at != (pane.Place{}) || l.View().Len() != 0 {
			t.Errorf("%s: opened at %+v", folder, at)
		}
	}
	m.clone(t, "shop", "")
	sys, _, _ := m.io("")
	sys.Dir, sys.Remote = filepath.Join(m.dir, "shop"), true
	if h := (&services{sys}).findHere(sys.Dir); h != nil {
		t.Errorf("over SSH the repository of the server is looked at: %+v", h)
	}
}

func TestTheOwnCatalogOpensAtTheRepositoryOneIsIn(t *testing.T) {
	t.Parallel()
	const url = "backstage.io/source-location: url:https://github.com/acme/"
	annotated := func(name, annotation string) string { return described(name, "  annotations: {"+annotation+"}\n") }
	m := newMachine(t)
	for path, text := range map[string]string{
		"by-location.yaml": annotated("ledger-service", `"`+url+`ledger/tree/main/"`),
		"part.yaml":        annotated("mono-pay", `"`+url+`mono/tree/main/services/pay/"`),
		"whole.yaml":       annotated("mono-all", `"github.com/project-slug: acme/mono"`),
		"one.yaml":         annotated("many-one", `"github.com/project-slug: acme/many"`),
		"two.yaml":         annotated("many-two", `"github.com/project-slug: acme/many"`),
		"own.yaml":         described("described", ""),
	} {
		text = strings.NewReplacer(`{"`, "{", `"}`, "}").Replace(text)
		put(t, filepath.Join(m.dir, "catalog", path), text)
	}
	m.must(t, "sync", "--catalog", filepath.Join(m.dir, "catalog"))
	for folder, remote := range map[string]string{
		"a/ledger": "git@github.com:acme/ledger.git", "a/mono": "https://github.com/acme/mono", "a/many": "https://github.com/acme/many.git",
		"a/other": "https://github.com/acme/other.git", "a/mine": "", "catalog": "",
	} {
		m.clone(t, folder, remote)
	}
	put(t, filepath.Join(m.dir, "a/mine/catalog-info.yaml"), described("described", ""))
	put(t, filepath.Join(m.dir, "a/other/catalog-info.yaml"), described("not-in-the-catalog", ""))
	for _, sub := range []string{"a/mono/services/pay/src", "a/mono/services/ledger"} {
		if err := os.MkdirAll(filepath.Join(m.dir, sub), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	for folder, want := range map[string]pane.Place{
		"a/ledger":                entityPlace("ledger-service"),
		"a/mono/services/pay/src": entityPlace("mono-pay"),
		"a/mono/services/ledger":  entityPlace("mono-all"),
		"a/many":                  {}, // several say that they are somewhere in it
		"a/mine":                  entityPlace("described"),
		"a/other":                 {},
	} {
		l, at := startIn(t, m, folder)
		if diff := cmp.Diff(want, at); diff != "" {
			t.Errorf("%s: %s", folder, diff)
		}
		if said := strings.Contains(l.hello, "not-in-the-catalog, which this repository describes"); said != (folder == "a/other") {
			t.Errorf("%s: it greets with %q", folder, l.hello)
		}
		if l.View().Len() != 6 {
			t.Errorf("%s: the catalog has %d entities", folder, l.View().Len())
		}
	}
}

func TestAPlaceOrACatalogOnTheCommandLineComesFirst(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.clone(t, "shop", "")
	put(t, filepath.Join(m.dir, "shop/catalog-info.yaml"), described("shop", ""))
	sys, _, _ := m.io("")
	sys.Dir = filepath.Join(m.dir, "shop")
	for name, set := range map[string]cli.Settings{"a place": {}, "a catalog": {Catalogs: []string{"."}}, "the demo": {Demo: true}} {
		place := ""
		if name == "a place" {
			place = "component:default/x"
		}
		p, h, err := (&services{sys}).openHere(t.Context(), set, place)
		if err != nil {
			t.Fatal(err)
		}
		if h != nil || p.here != nil {
			t.Errorf("with %s the repository is looked for", name)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestWhileALargeRepositoryIsReadItsNearestDescriptorIsShown(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.clone(t, "shop", "")
	put(t, filepath.Join(m.dir, "shop/catalog-info.yaml"), described("shop", "")+"---\n"+
		"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: web, annotations: {x: {$text: ./no}}}\n"+
		"---\n"+described("worker", ""))
	put(t, filepath.Join(m.dir, "shop/services/pay/Dockerfile"), "")
	sys, _, _ := m.io("")
	sys.Dir = filepath.Join(m.dir, "shop/services/pay")
	p, h, err := (&services{sys}).openHere(t.Context(), cli.Settings{}, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	l := newLive(p)
	empty, err := l.begin(t.Context(), false) // nothing is read yet
	if err != nil || empty.Len() != 0 {
		t.Fatal(err, empty.Len())
	}
	l.standIn.Store(h.standIn(p))
	l.publish(empty)
	rec, err := l.Record(t.Context(), catalog.Ref{Kind: "Component", Namespace: "default", Name: "worker"})
	if err != nil || rec.Provenance.Source != "shop" || rec.Provenance.Line != 11 || len(rec.Inferred) > 0 {
		t.Errorf("%+v, %v", rec, err)
	}
	if at := h.start(l.View(), l.inferred()); at != entityPlace("shop") || l.View().Len() != 2 || l.inferred() {
		t.Errorf("opened at %+v with %d entities", at, l.View().Len())
	}
	if _, err := l.Describe(t.Context(), rec.Entity.Ref()); !errors.Is(err, errNotInferred) {
		t.Errorf("what is described is written: %v", err)
	}
}

func TestABrokenRepositoryIsReadAsTheFolderThatItIs(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.clone(t, "outer", "https://github.com/acme/outer.git")
	if err := os.MkdirAll(filepath.Join(m.dir, "outer/inner/.git"), 0o750); err != nil {
		t.Fatal(err)
	}
	l, at := startIn(t, m, "outer/inner")
	if at != entityPlace("inner") || !l.inferred() {
		t.Errorf("opened at %+v: git's answer about the repository around it was taken", at)
	}
}
