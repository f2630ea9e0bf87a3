package catalog_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idptui/idptui/internal/catalog"
)

func TestRelationsAreTheSameInWhateverOrderEdgesCome(t *testing.T) {
	t.Parallel()
	const n = 60
	name := func(i int) catalog.Ref {
		return catalog.Ref{Kind: "Component", Namespace: "default", Name: fmt.Sprintf("Svc-%02d", i)}
	}
	b := catalog.NewBuilder(1, n)
	for i := range n {
		b.Add(catalog.Summary{Ref: name(i)})
	}
	list := b.Snapshot()
	type entry struct {
		from  catalog.Ref
		edges []catalog.Edge
	}
	entries := []entry{{catalog.Ref{Kind: "Component", Namespace: "default", Name: "a-stranger"}, []catalog.Edge{{Type: "dependsOn", Reverse: "dependencyOf", Target: name(0)}}}}
	for i := range n {
		if i%7 < 2 || i > 20 && i < 40 { // some declare nothing, here and there and for a long stretch
			continue
		}
		entries = append(entries, entry{name(i), []catalog.Edge{{Type: "dependsOn", Reverse: "dependencyOf", Target: name((i * 13) % n)}}})
	}
	with := func(order []entry, key func(catalog.Ref) string) *catalog.Snapshot {
		return list.WithEdges(func(yield func(string, []catalog.Edge) bool) {
			for _, e := range order {
				if !yield(key(e.from), e.edges) {
					return
				}
			}
		})
	}
	relations := func(s *catalog.Snapshot) map[string][]string {
		out := map[string][]string{}
		for i := range n {
			for _, r := range s.Relations(name(i)) {
				out[name(i).String()] = append(out[name(i).String()], r.Type+" "+r.Ref.String())
			}
		}
		return out
	}
	want := relations(with(entries, catalog.SortKey))
	if got := want["component:default/svc-02"]; len(got) != 1 || got[0] != "dependsOn component:default/svc-26" {
		t.Fatalf("the second service's relations are %q", got)
	}
	backwards := slices.Clone(entries)
	slices.Reverse(backwards)
	for what, got := range map[string]*catalog.Snapshot{
		"by canonical ref":  with(entries, catalog.Ref.String),
		"backwards":         with(backwards, catalog.SortKey),
		"backwards, by ref": with(backwards, catalog.Ref.String),
	} {
		if diff := cmp.Diff(want, relations(got)); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
}
