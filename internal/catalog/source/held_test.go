package source

import (
	"slices"
	"strings"
	"testing"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/store"
)

func TestFileThatGaveEntitiesAndIsNoYAMLNowKeepsThem(t *testing.T) {
	t.Parallel()
	both := []string{"component:default/a @ shop/a.yaml:1", "component:default/b @ shop/b.yaml:1"}
	tests := map[string]string{
		"cut in the middle":          "apiVersion: \"backst",
		"an open bracket":            "a: [\n",
		"bytes that are no text":     "\xff\xfe\x00garbage",
		"bytes that are no UTF-8":    "a: \xc3\x28\n",
		"control characters":         "\x00\x00\x00\x00",
		"marks of an unended merge":  "<<<<<<< HEAD\nkind: [\n",
		"a placeholder in the wreck": "a: [ {{ x }}\n",
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, trusting())
			w.write(map[string]string{"a.yaml": component("a"), "b.yaml": component("b")})
			w.sync()
			w.write(map[string]string{"a.yaml": text})
			w.spy.reads()
			for i := range 3 {
				r := w.sync()
				if r.Removed != 0 || r.Status.Entities != 2 || r.Status.State != store.StateOK || r.Counts.Refused != 1 {
					t.Errorf("%+v", r)
				}
				check(t, both, w.stored())
				if got := w.problems(); len(got) != 1 || !strings.HasPrefix(got[0], "error yaml a.yaml") {
					t.Errorf("%q", got)
				}
				if reads := w.spy.reads(); i > 0 && len(reads) > 0 {
					t.Errorf("read again without a change: %q", reads)
				}
			}
			w.write(map[string]string{"a.yaml": "other: [\n"}) // other rubbish is no better
			w.sync()
			check(t, both, w.stored())
			w.write(map[string]string{"a.yaml": component("a")})
			if r := w.sync(); r.Counts.Refused != 0 || len(w.problems()) != 0 || len(w.stored()) != 2 {
				t.Errorf("%+v %q", r, w.problems())
			}
		})
	}
}

func TestErrorOfACutFileNamesTheLine(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{"a.yaml": docs(component("a"), component("a2")), "b.yaml": component("b")})
	w.sync()
	w.write(map[string]string{"a.yaml": docs(component("a"), "meta: {\n  x: [\n")})
	w.sync()
	check(t, 3, len(w.stored()))
	all, err := w.syncer.Store.Problems(t.Context())
	all = slices.DeleteFunc(all, func(p catalog.Problem) bool { return p.Class == catalog.ClassOrphan })
	if err != nil || len(all) != 1 || all[0].Path != "a.yaml" || all[0].Line < 10 {
		t.Errorf("%+v %v", all, err)
	}
}

func TestFileThatGaveEntitiesAndIsForeignNowLosesThem(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"valid YAML of somebody else": "replicas: 3\n", "nothing": "", "comments": "# moved\n", "a word": "gone\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, trusting())
			w.write(map[string]string{"a.yaml": component("a"), "b.yaml": component("b")})
			w.sync()
			w.write(map[string]string{"a.yaml": text})
			r := w.sync()
			check(t, []string{"component:default/b @ shop/b.yaml:1"}, w.stored())
			if r.Removed != 1 || len(w.problems()) != 0 {
				t.Errorf("%+v %q", r, w.problems())
			}
		})
	}
}

// What is no YAML beside entities that are all still there is nobody's fault.
func TestRubbishThatWasThereBeforeIsLeftAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	chart := "a: {{ x\n"
	w.write(map[string]string{"a.yaml": docs(component("a"), chart), "b.yaml": chart})
	w.sync()
	w.write(map[string]string{"a.yaml": docs(strings.Replace(component("a"), "ops", "dev", 1), chart), "b.yaml": chart + "#\n"})
	r := w.sync()
	if r.Changed != 1 || r.Counts.Refused != 0 || len(w.problems()) != 0 {
		t.Errorf("%+v %q", r, w.problems())
	}
}

func TestFaultInALocationKeepsWhatItsTargetsLedTo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, from)
	w.write(map[string]string{"all.yaml": location("all", "./one.yaml"), "one.yaml": location("one", "./a.yaml"), "a.yaml": component("a")})
	w.sync()
	check(t, 3, len(w.stored()))
	w.write(map[string]string{"all.yaml": "a: [\n"})
	for range 2 {
		if r := w.sync(); r.Removed != 0 || r.Status.State != store.StateOK {
			t.Errorf("%+v", r)
		}
		check(t, 3, len(w.stored()))
	}
	w.write(map[string]string{"all.yaml": docs(location("all", "./one.yaml"))})
	if r := w.sync(); r.Unchanged != 3 || len(w.problems()) != 0 {
		t.Errorf("%+v %q", r, w.problems())
	}
}
