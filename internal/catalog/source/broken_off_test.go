package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/idptui/idptui/internal/catalog/store"
)

// brokenOff is a context that ends once the cache has been written to after a
// sync came to a phase: as if the process had died there.
type brokenOff struct {
	context.Context
	cache string
	head  []byte // of the cache; nil before the phase
}

func (b *brokenOff) Err() error {
	if b.head != nil && !bytes.Equal(b.head, b.readHead()) {
		return context.Canceled
	}
	return nil
}

// readHead is the part of the cache that changes with every transaction.
func (b *brokenOff) readHead() []byte {
	head := make([]byte, 8<<10)
	f, err := os.Open(b.cache)
	if err != nil {
		return nil
	}
	defer f.Close() //nolint:errcheck // nothing was written
	n, _ := f.Read(head)
	return head[:n]
}

// breakOff confirms what the source holds now and dies in the middle of it, once
// something was stored after the phase had begun.
func (w *world) breakOff(phase string) {
	w.t.Helper()
	ctx := &brokenOff{Context: w.t.Context(), cache: filepath.Join(w.data, store.FileName)}
	_, err := w.syncer.Confirm(ctx, w.src, func(p Progress) {
		if p.Phase == phase && ctx.head == nil {
			ctx.head = ctx.readHead()
		}
	})
	if !errors.Is(err, context.Canceled) {
		w.t.Fatalf("the sync was not broken off: %v", err)
	}
}

// fleet is files with so many components that a sync stores them in several
// batches. Each has the version as its lifecycle.
func fleet(version string) map[string]string {
	files := map[string]string{}
	for i := range 20 {
		var parts []string
		for j := range 120 {
			parts = append(parts, strings.Replace(component(fmt.Sprintf("c-%02d-%03d", i, j)), "production", version, 1))
		}
		files[fmt.Sprintf("f%02d.yaml", i)] = docs(parts...)
	}
	return files
}

// lifecycles counts the stored entities of the source by their lifecycle.
func (w *world) lifecycles() map[string]int {
	w.t.Helper()
	counts := map[string]int{}
	for rec, err := range w.syncer.Store.Records(w.t.Context()) {
		if err != nil {
			w.t.Fatal(err)
		}
		if rec.Provenance.Source == w.src.Name() {
			counts[rec.Entity.SpecString("lifecycle")]++
		}
	}
	return counts
}

// Files may be again as they were before a sync that died: a branch was checked
// out and left. What it had stored by then is of no file, and must go.
func TestASyncThatWasBrokenOffLeavesNothingOfItBehind(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(w *world){
		"changes and additions": func(w *world) {
			w.write(fleet("experimental"))
			w.write(map[string]string{"a-new.yaml": strings.Replace(component("new"), "production", "experimental", 1)})
			w.breakOff(PhaseRead)
			if w.lifecycles()["experimental"] < 1000 {
				t.Error("the change was not in the cache in part")
			}
			w.remove("a-new.yaml")
		},
		"deletions": func(w *world) {
			for name := range fleet("") {
				w.remove(name)
			}
			w.breakOff(PhaseStore)
			if n := w.lifecycles()["production"]; n == 0 || n == 2400 {
				t.Errorf("%d entities are left: the deletion was not in the cache in part", n)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, trusting())
			w.syncOf(demo("other", map[string]string{"o.yaml": component("o")})) // so that batches go into the cache itself
			w.write(fleet("production"))
			w.sync()
			change(w)
			w.write(fleet("production"))
			if r := w.sync(); r.Status.State != store.StateOK || r.Counts.Entities != 2400 {
				t.Errorf("%+v", r)
			}
			check(t, map[string]int{"production": 2400}, w.lifecycles())
		})
	}
}

// The refs that such a sync had claimed are free for the files that are there.
func TestARefClaimedByASyncThatWasBrokenOffIsFree(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": component("a")})
	w.sync()
	w.write(map[string]string{"new.yaml": component("new")})
	ctx, cancel := context.WithCancel(t.Context())
	_, err := w.syncer.Sync(ctx, w.src, func(p Progress) {
		if p.Phase == PhaseStore {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	w.remove("new.yaml")
	w.write(map[string]string{"renamed.yaml": component("new")})
	w.sync()
	check(t, []string{"component:default/a @ shop/a.yaml:1", "component:default/new @ shop/renamed.yaml:1"}, w.stored())
	check(t, 0, len(w.problems()))
}

// Of two syncs at once, the one that read older files could write last, and what
// it wrote would stay.
func TestSyncsOfOneDataDirectoryRunOneAfterTheOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	g := gated{demo("slow", nil), make(chan struct{}), make(chan struct{})}
	other := newWorld(t, trusting()) // as another process has it
	other.data = w.data
	other.openData()
	var order []string
	ended := make(chan error)
	go func() {
		_, err := w.syncer.Sync(t.Context(), g, nil)
		ended <- err
	}()
	<-g.opening
	_, err := other.syncer.Sync(t.Context(), demo("quick", nil), func(p Progress) {
		if order = append(order, p.Phase); p.Phase == PhaseWait {
			order = append(order, "the other goes on")
			g.open <- struct{}{}
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
	})
	if err != nil {
		t.Error(err)
	}
	if len(order) < 3 || !slices.Equal(order[:3], []string{PhaseWait, "the other goes on", PhaseList}) {
		t.Errorf("%q", order)
		g.open <- struct{}{}
		<-ended
	}
}
