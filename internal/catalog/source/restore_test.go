package source

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/store"
	"github.com/idptui/idptui/internal/state"
)

func (w *world) restore(ref string) Report {
	w.t.Helper()
	parsed, err := catalog.ParseRef(ref, catalog.RefDefaults{})
	if err != nil {
		w.t.Fatal(err)
	}
	r, err := w.syncer.Restore(w.t.Context(), w.src, parsed, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func three() map[string]string {
	return map[string]string{"a.yaml": component("a"), "b.yaml": component("b"), "c.yaml": component("c")}
}

func TestWhatASyncDeletedCanBeRestored(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(three())
	w.sync()
	all := w.stored()
	w.remove("b.yaml")
	if r := w.sync(); r.Removed != 1 {
		t.Errorf("%+v", r)
	}
	if r := w.restore("component:default/b"); r.Added != 1 || r.Status.Entities != 3 || r.Status.State != store.StateOK {
		t.Errorf("%+v", r)
	}
	check(t, all, w.stored())
	for range 2 { // and it stays, with the reason why
		w.clock = w.clock.Add(2 * state.KeptTombstones)
		if r := w.sync(); r.Unchanged != 3 || r.Removed != 0 || r.Status.Entities != 3 || r.Status.State != store.StateOK {
			t.Errorf("%+v", r)
		}
		check(t, all, w.stored())
		check(t, []string{"warning orphan b.yaml:1: no file brings this any more; a person restored it"}, w.findings())
	}
	w.loseCache()
	if r := w.sync(); r.Status.Entities != 3 {
		t.Errorf("%+v", r)
	}
	check(t, all, w.stored())
	w.sync()
	check(t, all, w.stored())
}

func TestARestoredEntityIsItsFilesAgainWhenThereIsOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(three())
	w.sync()
	w.remove("b.yaml")
	w.sync()
	w.restore("component:default/b")
	w.write(map[string]string{"elsewhere.yaml": component("b")})
	if r := w.sync(); r.Status.Entities != 3 || r.Status.State != store.StateOK {
		t.Errorf("%+v", r)
	}
	if got := w.stored(); !slices.Contains(got, "component:default/b @ shop/elsewhere.yaml:1") || len(got) != 3 {
		t.Errorf("%q", got)
	}
	check(t, []string(nil), w.findings())
	w.remove("elsewhere.yaml") // and nobody's word any more
	if r := w.sync(); r.Removed != 1 {
		t.Errorf("%+v", r)
	}
}

func TestAConfirmedSyncDeletesWhatWasRestored(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(three())
	w.sync()
	w.remove("b.yaml")
	w.sync()
	w.restore("component:default/b")
	r, err := w.syncer.Confirm(t.Context(), w.src, nil)
	if err != nil || r.Removed != 1 || r.Status.Entities != 2 {
		t.Errorf("%+v, %v", r, err)
	}
	check(t, 2, len(w.stored()))
	w.sync()
	check(t, 2, len(w.stored()))
	w.restore("component:default/b") // as often as one likes
	check(t, 3, len(w.stored()))
}

func TestRestoredEntitiesDoNotWeakenTheGuard(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(three())
	w.sync()
	w.remove("b.yaml")
	w.sync()
	w.restore("component:default/b")
	w.remove("a.yaml", "c.yaml")
	if r := w.sync(); r.Status.State != store.StateStale || r.Removed != 0 || r.Status.Entities != 3 {
		t.Errorf("%+v", r)
	}
	check(t, 3, len(w.stored()))
}

func TestWhatCannotBeRestored(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(three())
	w.sync()
	restore := func(name string) error {
		_, err := w.syncer.Restore(t.Context(), w.src, catalog.Ref{Kind: "component", Namespace: "default", Name: name}, nil)
		return err
	}
	if err := restore("a"); !errors.Is(err, state.ErrNotFound) {
		t.Errorf("never deleted: %v", err)
	}
	w.remove("b.yaml")
	w.sync()
	rival := demo("rival", map[string]string{"x.yaml": component("b")})
	w.syncOf(rival)
	if err := restore("b"); err == nil || !strings.Contains(err.Error(), "x.yaml of source rival brings it now") {
		t.Errorf("another has it: %v", err)
	}
	w.sync()
	if got := w.stored(); !slices.Contains(got, "component:default/b @ rival/x.yaml:1") {
		t.Errorf("%q", got)
	}
	w.remove("c.yaml")
	w.sync()
	w.clock = w.clock.Add(state.KeptTombstones + time.Hour)
	w.write(map[string]string{"d.yaml": component("d"), "e.yaml": component("e")})
	w.sync()
	w.remove("d.yaml")
	w.sync()
	if err := restore("c"); !errors.Is(err, state.ErrNotFound) {
		t.Errorf("too late: %v", err)
	}
}

func TestAForgottenSourceLeavesNothingToAnotherOfItsName(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(three())
	w.sync()
	w.remove("b.yaml")
	w.sync()
	w.restore("component:default/b")
	if err := w.syncer.Forget(t.Context(), "shop"); err != nil {
		t.Fatal(err)
	}
	w.syncOf(demo("shop", map[string]string{"x.yaml": component("x")}))
	check(t, []string{"component:default/x @ shop/x.yaml:1"}, w.stored())
	stones, err := w.syncer.State.Tombstones(t.Context())
	if err != nil || len(stones) != 1 || stones[0].Restored {
		t.Errorf("%+v, %v", stones, err) // and it expires as any other does
	}
}

func TestAForgottenSourceThatWasBrokenOffIsThereToBeForgotten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(three())
	w.sync()
	whole := w.syncer.State
	w.syncer.State = keepsClaims{whole}
	if err := w.syncer.Forget(t.Context(), "shop"); !errors.Is(err, errDisk) {
		t.Fatal(err)
	}
	if _, known, err := w.syncer.Store.Source(t.Context(), "shop"); !known || err != nil {
		t.Errorf("its claims stay, and nobody knows of it: %v", err)
	}
}

// keepsClaims is a state that cannot give up claims.
type keepsClaims struct{ state.State }

func (keepsClaims) Release(context.Context, string, []string) error { return errDisk }
