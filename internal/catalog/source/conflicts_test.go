package source

import (
	"testing"

	"github.com/idptui/idptui/internal/catalog/store"
)

func TestFirstInPathOrderWinsAConflict(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": docs(component("x"), component("x")), "b.yaml": docs(component("only"), component("X"))})
	r := w.sync()
	check(t, Counts{Files: 2, Documents: 4, Entities: 2, Conflicts: 2}, r.Counts)
	check(t, []string{"component:default/only @ shop/b.yaml:1", "component:default/x @ shop/a.yaml:1"}, w.stored())
	check(t, []string{
		"error conflict a.yaml:10: component:default/x is left out here, because a.yaml:1 brought it first",
		"error conflict b.yaml:10: component:default/x is left out here, because a.yaml:1 brought it first",
	}, w.problems())
	w.spy.reads()
	again := w.sync() // and stays so, without reading
	check(t, r.Counts, again.Counts)
	check(t, 2, len(w.problems()))
	check(t, []string(nil), w.spy.reads())
}

func TestFirstClaimantStaysTheWinner(t *testing.T) {
	t.Parallel()
	for _, loseCache := range []bool{false, true} {
		w := newWorld(t, trusting())
		w.write(map[string]string{"b.yaml": component("x")})
		w.sync()
		w.write(map[string]string{"a.yaml": component("x")}) // comes first by path, but too late
		w.sync()
		if loseCache {
			w.loseCache()
			w.sync()
		}
		check(t, []string{"component:default/x @ shop/b.yaml:1"}, w.stored())
		check(t, []string{"error conflict a.yaml:1: component:default/x is left out here, because b.yaml:1 brought it first"}, w.problems())
	}
}

func TestWinnersStayWhenTheStateIsLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"b.yaml": component("x")})
	w.sync()
	w.write(map[string]string{"a.yaml": component("x")})
	w.sync()
	w.remove("nothing")
	w.syncer.State = newWorld(t, trusting()).syncer.State
	w.sync()
	check(t, []string{"component:default/x @ shop/b.yaml:1"}, w.stored())
}

func TestLoserTakesOverWhenTheWinnerGivesUp(t *testing.T) {
	t.Parallel()
	tests := map[string]func(w *world){
		"its file is removed":      func(w *world) { w.remove("a.yaml") },
		"its document is removed":  func(w *world) { w.write(map[string]string{"a.yaml": component("other")}) },
		"its document is renamed":  func(w *world) { w.write(map[string]string{"a.yaml": component("y")}) },
		"its document is foreign":  func(w *world) { w.write(map[string]string{"a.yaml": "a: b\n"}) },
		"its document is skeleton": func(w *world) { w.write(map[string]string{"a.yaml": component("${{ x }}")}) },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, trusting())
			w.write(map[string]string{"a.yaml": component("x"), "b.yaml": docs(component("b"), component("x")), "c.yaml": component("x")})
			w.sync()
			change(w)
			r := w.sync()
			if got := w.record("component:default/x").Provenance; got.Path != "b.yaml" || got.Line != 10 {
				t.Errorf("%+v", got)
			}
			if r.Counts.Conflicts != 1 || r.Removed != 0 || r.Freed != 0 || r.Status.State != store.StateOK {
				t.Errorf("%+v", r)
			}
			found := false
			for _, p := range w.problems() {
				found = found || p == "error conflict c.yaml:1: component:default/x is left out here, because b.yaml:10 brought it first"
			}
			if !found {
				t.Errorf("%q", w.problems())
			}
			r = w.sync()
			if r.Added+r.Changed+r.Removed != 0 {
				t.Errorf("not settled: %+v", r)
			}
		})
	}
}

func TestSecondDocumentOfAFileTakesOverFromItsFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": docs(component("x"), component("x"))})
	w.sync()
	w.write(map[string]string{"a.yaml": docs(component("y"), component("x"))})
	r := w.sync()
	if r.Added != 1 || r.Unchanged != 1 || r.Counts.Conflicts != 0 {
		t.Errorf("%+v", r)
	}
	check(t, []string{"component:default/x @ shop/a.yaml:10", "component:default/y @ shop/a.yaml:1"}, w.stored())
}

func TestRenamedFileIsNeitherALossNorAConflict(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(many(20))
	w.sync()
	for name, text := range many(20) {
		w.remove(name)
		w.write(map[string]string{"moved/" + name: text})
	}
	r := w.sync()
	if r.Unchanged != 20 || r.Removed+r.Added+r.Changed+r.Freed != 0 || r.Status.State != store.StateOK {
		t.Errorf("%+v", r)
	}
	check(t, 0, len(w.problems()))
	if got := w.record("component:default/c07").Provenance.Path; got != "moved/f07.yaml" {
		t.Error(got)
	}
	if r := w.sync(); r.Unchanged != 20 {
		t.Errorf("%+v", r)
	}
}

func TestConflictBetweenSources(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"first/a.yaml": component("x"), "second/b.yaml": docs(component("x"), component("mine"))})
	first, second := NewFolder("first", w.dir+"/first", trusting()), NewFolder("second", w.dir+"/second", trusting())
	w.syncOf(first)
	r := w.syncOf(second)
	check(t, 1, r.Counts.Conflicts)
	check(t, []string{"error conflict b.yaml:1: component:default/x is left out here, because a.yaml:1 of source first brought it first"}, w.problems())

	w.loseCache() // in the other order, with the same outcome
	w.syncOf(second)
	w.syncOf(first)
	check(t, []string{"component:default/mine @ second/b.yaml:10", "component:default/x @ first/a.yaml:1"}, w.stored())

	w.write(map[string]string{"first/a.yaml": component("y")})
	reports, err := w.syncer.SyncAll(t.Context(), []Source{second, first}, nil)
	if err != nil {
		t.Fatal(err)
	}
	check(t, []string{
		"component:default/mine @ second/b.yaml:10", "component:default/x @ second/b.yaml:1", "component:default/y @ first/a.yaml:1",
	}, w.stored())
	if reports[0].Added != 1 || reports[0].Unchanged != 1 || reports[1].Freed != 1 {
		t.Errorf("%+v", reports)
	}
	check(t, 0, len(w.problems()))

	// Having lost it, first does not get it back, nor deletes it.
	w.write(map[string]string{"first/a.yaml": docs(component("y"), component("x"))})
	w.syncOf(first)
	w.write(map[string]string{"first/a.yaml": component("y")})
	w.syncOf(first)
	check(t, "second", w.record("component:default/x").Provenance.Source)
}

func TestClaimsOfALostCacheAreFreedWhereNothingBringsThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": docs(component("x"), component("gone"))})
	w.sync()
	w.loseCache()
	w.remove("a.yaml")
	w.write(map[string]string{"b.yaml": component("x")})
	r := w.sync()
	if r.Added != 1 || r.Counts.Conflicts != 0 || r.Freed != 1 {
		t.Errorf("%+v", r)
	}
	claims, err := w.syncer.State.Claims(t.Context(), "shop")
	if err != nil || len(claims) != 1 || claims[0].Path != "b.yaml" {
		t.Errorf("%v %v", claims, err)
	}
	check(t, []string{"component:default/x @ shop/b.yaml:1"}, w.stored())
}

func TestGuardedLossesKeepTheirClaims(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(many(10))
	w.sync()
	for name := range many(10) {
		w.remove(name)
	}
	w.sync()
	claims, err := w.syncer.State.Claims(t.Context(), "shop")
	if err != nil || len(claims) != 10 {
		t.Errorf("%d claims, %v", len(claims), err)
	}
}

func TestRefThatWasLostToAnotherSourceComesBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": component("x")})
	w.sync()
	other := demo("other", map[string]string{"o.yaml": component("x")})
	w.syncer.State = newWorld(t, trusting()).syncer.State // the state was lost, and the other source came first
	w.syncOf(other)
	for range 2 {
		if r := w.sync(); r.Counts.Conflicts != 1 || r.Removed != 0 {
			t.Errorf("%+v", r)
		}
		check(t, []string{"component:default/x @ other/o.yaml:1"}, w.stored())
	}
	if err := w.syncer.Forget(t.Context(), "other"); err != nil {
		t.Fatal(err)
	}
	w.sync()
	check(t, []string{"component:default/x @ shop/a.yaml:1"}, w.stored())
}

func TestFileThatCannotBeReadTakesNothingOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": component("x"), "b.yaml": docs(component("x"), component("b"))})
	w.sync()
	w.remove("a.yaml")
	w.write(map[string]string{"b.yaml": "# other\n" + docs(component("x"), component("b"))})
	w.spy.fail = map[string]error{"b.yaml": errDisk}
	w.sync()
	w.sync()
	check(t, []string{"component:default/b @ shop/b.yaml:10"}, w.stored())
	w.write(map[string]string{"c.yaml": component("x")})
	w.sync()
	check(t, []string{"component:default/b @ shop/b.yaml:10", "component:default/x @ shop/c.yaml:1"}, w.stored())
	w.spy.fail = nil
	r := w.sync()
	check(t, 1, r.Counts.Conflicts)
	check(t, "c.yaml", w.record("component:default/x").Provenance.Path)
}

func TestAFaultDoesNotHandANameToARival(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": component("same"), "b.yaml": component("same")})
	w.sync()
	check(t, []string{"component:default/same @ shop/a.yaml:1"}, w.stored())
	w.write(map[string]string{"a.yaml": "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: same\nspec: {}\n"})
	w.sync()
	check(t, []string{"component:default/same @ shop/a.yaml:1"}, w.stored())
	w.write(map[string]string{"a.yaml": component("same")})
	w.sync()
	check(t, []string{"component:default/same @ shop/a.yaml:1"}, w.stored())
}

func TestAFaultDoesNotHandANameToARivalWhenTheCacheIsLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": component("same"), "b.yaml": component("same")})
	w.sync()
	w.loseCache()
	w.write(map[string]string{"a.yaml": "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: same\nspec: {}\n"})
	w.sync()
	check(t, []string(nil), w.stored())
	w.write(map[string]string{"a.yaml": component("same")})
	w.sync()
	check(t, []string{"component:default/same @ shop/a.yaml:1"}, w.stored())
}

func TestConflictBetweenSourcesNamesBothLines(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"first/a.yaml": docs(component("other"), component("x")), "second/b.yaml": docs(component("mine"), component("x"))})
	first, second := NewFolder("first", w.dir+"/first", trusting()), NewFolder("second", w.dir+"/second", trusting())
	w.syncOf(first)
	w.syncOf(second)
	const lost = "error conflict b.yaml:10: component:default/x is left out here, because "
	check(t, []string{lost + "a.yaml:10 of source first brought it first"}, w.problems())
	w.write(map[string]string{"first/a.yaml": component("x")}) // it moves, and the next look says so
	w.syncOf(first)
	w.syncOf(second)
	check(t, []string{lost + "a.yaml:1 of source first brought it first"}, w.problems())
	w.loseCache() // whose line is not known then
	w.syncOf(second)
	check(t, []string{lost + "a.yaml of source first brought it first"}, w.problems())
}
