package source

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/idptui/idptui/internal/catalog/store"
)

// A clock that jumps between two syncs makes nothing new, nothing old and nothing
// gone: no file that is as it was is opened, and none of its entities is touched.
func TestAClockThatJumpsChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	start := w.clock
	files := map[string]string{}
	for i := range 20 {
		files[fmt.Sprintf("team/%02d.yaml", i)] = fmt.Sprintf("apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: c%02d}\nspec: {type: service, lifecycle: production, owner: me}\n", i)
	}
	w.write(files)
	written := start.Add(-72 * time.Hour)
	for name := range files {
		if err := os.Chtimes(filepath.Join(w.dir, name), written, written); err != nil {
			t.Fatal(err)
		}
	}
	w.sync()
	w.spy.reads()
	stored := w.stored()
	for _, jump := range []time.Duration{24 * time.Hour, -24 * time.Hour, -48 * time.Hour, time.Hour, -time.Hour, 24 * time.Hour} {
		w.clock = w.clock.Add(jump)
		r := w.sync()
		if r.Added+r.Changed+r.Removed > 0 || r.Unchanged != 20 || r.Status.State != store.StateOK {
			t.Errorf("after a jump of %v: %+v", jump, r)
		}
		if !r.Status.LastSync.Equal(w.clock) || r.Status.Took < 0 {
			t.Errorf("after a jump of %v: last synced %v, in %v", jump, r.Status.LastSync, r.Status.Took)
		}
		for _, name := range w.spy.reads() {
			if _, descriptor := files[name]; descriptor {
				t.Errorf("after a jump of %v: %s was opened", jump, name)
			}
		}
	}
	if now := w.stored(); fmt.Sprint(now) != fmt.Sprint(stored) {
		t.Errorf("stored is %v\nwas %v", now, stored)
	}
	// What changes while the clock is back is seen all the same.
	w.clock = start.Add(-24 * time.Hour)
	w.sync()
	w.write(map[string]string{"team/00.yaml": files["team/00.yaml"] + "# longer\n---\n" +
		"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: new}\nspec: {type: service, lifecycle: production, owner: me}\n"})
	if r := w.sync(); r.Added != 1 || r.Removed > 0 {
		t.Errorf("a change under a clock that is back: %+v", r)
	}
}
