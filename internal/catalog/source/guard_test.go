package source

import (
	"fmt"
	"strings"
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
		{"one of two", 2, 1, store.StateOK},
		{"two of three", 3, 2, store.StateStale},
		{"five of ten", 10, 5, store.StateOK},
		{"five of nine", 9, 5, store.StateStale},
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

func TestRenameIsNoLoss(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": component("a")})
	w.sync()
	w.write(map[string]string{"a.yaml": component("b")}) // the only one of its folder
	r := w.sync()
	if r.Status.State != store.StateOK || r.Added != 1 || r.Removed != 1 {
		t.Errorf("%+v", r)
	}
	check(t, []string{"component:default/b @ shop/a.yaml:1"}, w.stored())
}

func TestRenamesAreCountedOneForOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": docs(component("a"), component("b"), component("c"))})
	w.sync()
	w.write(map[string]string{"a.yaml": docs(component("d"))}) // one renamed, two gone
	r := w.sync()
	if r.Status.State != store.StateStale || r.Removed != 0 || len(w.stored()) != 4 {
		t.Errorf("%+v %q", r, w.stored())
	}
	// Another file's new entity stands for nothing.
	w = newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": component("a"), "z.yaml": "a: b\n"})
	w.sync()
	w.write(map[string]string{"a.yaml": "a: b\n", "z.yaml": component("z")})
	if r := w.sync(); r.Status.State != store.StateStale || r.Removed != 0 || len(w.stored()) != 2 {
		t.Errorf("%+v %q", r, w.stored())
	}
}

// The wrong folder may hold far more than the right one: it does not heal by that.
func TestWrongFolderStaysStaleHoweverMuchItBrings(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": component("a"), "b.yaml": component("b"), "c.yaml": component("c")})
	w.sync()
	w.remove("a.yaml", "b.yaml", "c.yaml")
	other := map[string]string{}
	for name, text := range many(40) {
		other["other/"+name] = text
	}
	w.write(other)
	for range 3 {
		r := w.sync()
		if r.Status.State != store.StateStale || r.Removed != 0 || len(w.stored()) != 43 {
			t.Errorf("%d stored, %+v", len(w.stored()), r)
		}
	}
	w.remove("other")
	w.write(map[string]string{"a.yaml": component("a"), "b.yaml": component("b"), "c.yaml": component("c")})
	w.sync() // the other's are too much to lose as well
	if r, err := w.syncer.Confirm(t.Context(), w.src, nil); err != nil || r.Removed != 40 || r.Status.State != store.StateOK {
		t.Errorf("%+v %v", r, err)
	}
	check(t, 3, len(w.stored()))
}

func TestWhatWaitsIsNotLostInLaterSmallLosses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(many(20))
	w.sync()
	for i := range 8 {
		w.remove(fmt.Sprintf("f%02d.yaml", i))
	}
	w.sync()
	back := many(7) // all but one come back
	w.write(back)
	for range 2 {
		if r := w.sync(); r.Status.State != store.StateStale || len(w.stored()) != 20 {
			t.Errorf("%d stored, %+v", len(w.stored()), r)
		}
	}
	w.write(many(8))
	if r := w.sync(); r.Status.State != store.StateOK || r.Unchanged != 20 {
		t.Errorf("%+v", r)
	}
	w.remove("f03.yaml")
	if r := w.sync(); r.Status.State != store.StateOK || r.Removed != 1 {
		t.Errorf("%+v", r)
	}
}

func TestPathThatMatchesNothingIsNoWordToDelete(t *testing.T) {
	t.Parallel()
	const why = `, and its path "ogr/**" matches no YAML file; nothing was deleted; correct the path, or if it is meant, run: idptui sync confirm shop`
	begin := func() *world {
		w := newWorld(t, trusting())
		w.write(many(3))
		w.write(map[string]string{"org/g.yaml": group("g"), "org/h.yaml": group("h")})
		w.sync()
		return w
	}
	for _, paths := range [][]string{{"ogr/**"}, {"org/**", "ogr/**"}} {
		w := begin()
		w.rules(Rules{Trusted: true, Paths: paths})
		for range 2 {
			r := w.sync()
			if r.Status.State != store.StateStale || r.Removed != 0 || len(w.stored()) != 5 {
				t.Errorf("%+v %q", r, w.stored())
			}
			if !strings.HasSuffix(r.Status.Error, why) {
				t.Error(r.Status.Error)
			}
		}
		w.rules(Rules{Trusted: true, Paths: []string{"org/**"}}) // corrected
		if r := w.sync(); r.Status.State != store.StateOK || r.Removed != 3 || len(w.stored()) != 2 {
			t.Errorf("%+v %q", r, w.stored())
		}
		w = begin()
		w.rules(Rules{Trusted: true, Paths: paths})
		w.sync()
		r, err := w.syncer.Confirm(t.Context(), w.src, nil)
		if err != nil || r.Status.State != store.StateOK || r.Removed != 7-2*len(paths) {
			t.Errorf("%+v %v", r, err)
		}
	}
}
