package source

import (
	"path/filepath"
	"strings"
	"testing"
)

// managed gives the two location annotations of a stored entity, relative to a
// folder.
func (w *world) managed(ref, dir string) [2]string {
	w.t.Helper()
	a := w.record(ref).Entity.Metadata.Annotations
	var out [2]string
	for i, key := range []string{"backstage.io/managed-by-location", "backstage.io/managed-by-origin-location"} {
		out[i] = strings.Replace(a[key], "file:"+dir+string(filepath.Separator), "", 1)
	}
	return out
}

func TestEntitiesSayWhichFileAndWhichLocationTheyComeFrom(t *testing.T) {
	t.Parallel()
	w := newWorld(t, from)
	own := strings.Replace(component("a"), "  name: a\n", "  name: a\n  annotations: {backstage.io/managed-by-location: 'url:https://x.example', other: kept}\n", 1)
	w.write(map[string]string{"all.yaml": location("all", "./sub/one.yaml"), "sub/one.yaml": location("one", "./a.yaml"), "sub/a.yaml": own})
	w.sync()
	check(t, "file:"+filepath.Join(w.dir, "sub", "a.yaml"), w.record("component:default/a").Entity.Metadata.Annotations["backstage.io/managed-by-location"])
	check(t, [2]string{"sub/a.yaml", "all.yaml"}, w.managed("component:default/a", w.dir))
	check(t, [2]string{"sub/one.yaml", "all.yaml"}, w.managed("location:default/one", w.dir))
	check(t, [2]string{"all.yaml", "all.yaml"}, w.managed("location:default/all", w.dir))
	rec := w.record("component:default/a")
	check(t, "kept", rec.Entity.Metadata.Annotations["other"])
	check(t, own, rec.Raw) // the text stays its author's

	// Nothing is read or written again for it.
	w.spy.reads()
	if r := w.sync(); r.Unchanged != 3 || len(w.spy.reads()) != 0 {
		t.Errorf("%+v", r)
	}
}

func TestOriginFollowsWhenTheChainBeginsElsewhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"m.yaml": location("m", "./one.yaml"), "one.yaml": location("one", "./x/a.yaml"), "x/a.yaml": component("a")})
	w.sync()
	check(t, [2]string{"x/a.yaml", "m.yaml"}, w.managed("component:default/a", w.dir))
	w.write(map[string]string{"b.yaml": location("b", "./m.yaml")}) // two steps above it
	w.sync()
	check(t, [2]string{"x/a.yaml", "b.yaml"}, w.managed("component:default/a", w.dir))
	w.remove("b.yaml", "m.yaml")
	w.sync()
	check(t, [2]string{"x/a.yaml", "one.yaml"}, w.managed("component:default/a", w.dir))
}

func TestOriginInACircleIsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{
		"a.yaml": location("a", "./b.yaml"), "b.yaml": location("b", "./c.yaml"), "c.yaml": location("c", "./a.yaml", "./x.yaml"), "x.yaml": component("x"),
	})
	w.sync()
	before := w.managed("component:default/x", w.dir)
	w.spy.reads()
	if r := w.sync(); r.Unchanged != 4 || len(w.spy.reads()) != 0 {
		t.Errorf("%+v", r)
	}
	w.loseCache()
	w.sync()
	check(t, before, w.managed("component:default/x", w.dir))
}

func TestFolderThatMovedIsNamedAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"one/a.yaml": component("a"), "two/a.yaml": component("a")})
	one, two := filepath.Join(w.dir, "one"), filepath.Join(w.dir, "two")
	w.syncOf(NewFolder("shop", one, trusting()))
	check(t, [2]string{"a.yaml", "a.yaml"}, w.managed("component:default/a", one))
	if r := w.syncOf(NewFolder("shop", two, trusting())); r.Unchanged != 1 {
		t.Errorf("%+v", r)
	}
	check(t, [2]string{"a.yaml", "a.yaml"}, w.managed("component:default/a", two))
}

func TestBuiltInFilesAreNoPlaceOnTheMachine(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.syncOf(demo("acme", map[string]string{"org/a.yaml": component("a")}))
	check(t, [2]string{"embed:org/a.yaml", "embed:org/a.yaml"}, w.managed("component:default/a", ""))
}
