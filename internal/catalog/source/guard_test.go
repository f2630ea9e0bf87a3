package source

import (
	"fmt"
	"testing"

	"github.com/idptui/idptui/internal/catalog/store"
)

func TestEmptyTreeIsFineAtFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	r := w.sync()
	if r.Status.State != store.StateOK || r.Counts != (Counts{}) {
		t.Errorf("%+v", r)
	}
}

func TestSourceThatAnswersEmptyDeletesNothingUntilConfirmed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": component("a")})
	w.sync()
	w.remove("a.yaml")
	for range 2 { // it stays so until somebody says a word
		r := w.sync()
		if r.Status.State != store.StateStale || r.Removed != 0 || r.Unchanged != 1 || r.Status.Entities != 1 {
			t.Errorf("%+v", r)
		}
		want := "1 of 1 entities are gone from " + w.dir + ", which is too much to be deleted without a word; nothing was deleted; if it is meant, run: idptui sync confirm shop"
		check(t, want, r.Status.Error)
		check(t, 1, len(w.stored()))
	}
	r, err := w.syncer.Confirm(t.Context(), w.src, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Status.State != store.StateOK || r.Removed != 1 || r.Status.Entities != 0 || r.Status.Error != "" {
		t.Errorf("%+v", r)
	}
	check(t, 0, len(w.stored()))
}

// many are n files of one component each.
func many(n int) map[string]string {
	files := map[string]string{}
	for i := range n {
		files[fmt.Sprintf("f%02d.yaml", i)] = component(fmt.Sprintf("c%02d", i))
	}
	return files
}

func TestDeletionGuard(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name          string
		total, remove int
		state         string
	}{
		{"five of six", 6, 5, store.StateOK},
		{"six of sixty", 60, 6, store.StateOK},
		{"seven of sixty", 60, 7, store.StateStale},
		{"all of three", 3, 3, store.StateStale},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, trusting())
			w.write(many(tt.total))
			w.sync()
			for i := range tt.remove {
				w.remove(fmt.Sprintf("f%02d.yaml", i))
			}
			r := w.sync()
			left := tt.total - tt.remove
			if tt.state == store.StateStale {
				left = tt.total
			}
			if r.Status.State != tt.state || len(w.stored()) != left || r.Status.Entities != left || r.Unchanged != left {
				t.Errorf("%d stored, %+v", len(w.stored()), r)
			}
		})
	}
}

func TestStaleSourceTakesChangesAndHealsWhenItReturns(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(many(20))
	w.write(map[string]string{"f05.yaml": docs(component("c05"), component("bad name"))})
	w.sync()
	check(t, 1, len(w.problems()))
	for i := range 10 {
		w.remove(fmt.Sprintf("f%02d.yaml", i))
	}
	// One file loses a document too, and another is new.
	w.write(map[string]string{"f10.yaml": component("other"), "new.yaml": component("new")})
	r := w.sync()
	if r.Status.State != store.StateStale || r.Added != 2 || r.Status.Entities != 22 || r.Counts.Entities != 11 {
		t.Errorf("%+v", r)
	}
	check(t, 0, len(w.problems())) // the fault is gone with its file
	w.spy.reads()
	r = w.sync()
	if r.Status.State != store.StateStale || r.Status.Entities != 22 || r.Unchanged != 22 {
		t.Errorf("%+v", r)
	}
	check(t, []string(nil), w.spy.reads())
	w.write(many(20))
	r = w.sync()
	if r.Status.State != store.StateOK || r.Removed != 1 || r.Status.Entities != 21 {
		t.Errorf("%+v", r)
	}
	check(t, 21, len(w.stored()))
}
