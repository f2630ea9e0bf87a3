package catalogtest_test

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/catalogtest"
)

const size = 10_000

func TestTheSameSeedMakesTheSameCatalog(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(catalogtest.Summaries(500, 1), catalogtest.Summaries(500, 1)); diff != "" {
		t.Error(diff)
	}
	if cmp.Equal(catalogtest.Summaries(500, 1), catalogtest.Summaries(500, 2)) {
		t.Error("another seed makes the same catalog")
	}
	if diff := cmp.Diff(catalogtest.YAML(50, 3, 1), catalogtest.YAML(50, 3, 1)); diff != "" {
		t.Error(diff)
	}
}

func TestSummariesComeInOrderAndInTheirShares(t *testing.T) {
	t.Parallel()
	all := catalogtest.Summaries(size, 1)
	kinds := map[string]int{}
	keys := make([]string, len(all))
	for i, s := range all {
		kinds[s.Ref.Kind]++
		keys[i] = catalog.SortKey(s.Ref)
	}
	if !slices.IsSorted(keys) || len(slices.Compact(keys)) != size {
		t.Error("keys are not in order, or not distinct")
	}
	want := map[string]int{
		"Component": 7800, "API": 800, "Resource": 500, "User": 400, "System": 200, "Group": 150, "Domain": 30,
		"Template": 60, "Location": 60,
	}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Error(diff)
	}
	for n := range 8 {
		if got := len(catalogtest.Summaries(n, 1)); got != n {
			t.Errorf("asked for %d, made %d", n, got)
		}
	}
}

func TestEdgesAreAboutFiveAnEntityAndMostlyResolve(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, s := range catalogtest.Summaries(size, 1) {
		known[s.Ref.String()] = true
	}
	total, resolved, order := 0, 0, []string{}
	needed := map[string]int{}
	for key, edges := range catalogtest.Edges(size, 1) {
		order = append(order, key)
		for _, e := range edges {
			total++
			needed[e.Target.String()]++
			if known[e.Target.String()] {
				resolved++
			}
		}
	}
	if len(order) != size || !slices.IsSorted(order) {
		t.Error("not every entity is there, in order")
	}
	if each := float64(total) / size; each < 4.5 || each > 6 {
		t.Errorf("%.1f edges an entity", each)
	}
	if share := float64(resolved) / float64(total); share < 0.82 || share > 0.9 {
		t.Errorf("%.0f %% of the references resolve", 100*share)
	}
	if most := slices.Max(slices.Collect(maps.Values(needed))); most < size/50 {
		t.Errorf("the largest hub has %d dependents", most)
	}
}

func TestYAMLHasOneDocumentAnEntityOfTheUsualSize(t *testing.T) {
	t.Parallel()
	files := catalogtest.YAML(size, 20, 1)
	total, documents := 0, 0
	for name, data := range files {
		if !strings.HasSuffix(name, ".yaml") || bytes.HasPrefix(data, []byte("---")) {
			t.Errorf("%s begins with a separator", name)
		}
		total += len(data)
		documents += bytes.Count(data, []byte("\n---\n")) + 1
	}
	if len(files) != 20 || documents != size {
		t.Errorf("%d documents in %d files", documents, len(files))
	}
	if each := total / size; each < 950 || each > 1300 {
		t.Errorf("%d bytes an entity", each)
	}
}

// TestDescriptorsSayWhatTheSummariesSay reads the descriptors as a sync does.
func TestDescriptorsSayWhatTheSummariesSay(t *testing.T) {
	t.Parallel()
	summaries := map[string]catalog.Summary{}
	edges := map[string][]string{}
	for name, data := range catalogtest.YAML(2_000, 7, 1) {
		for _, doc := range catalog.Read(data, catalog.ReadOptions{Path: name}) {
			if doc.State != catalog.DocAccepted || len(doc.Problems) > 0 {
				t.Fatalf("%s:%d is refused: %v", name, doc.Line, doc.Problems)
			}
			key := catalog.SortKey(doc.Entity.Ref())
			summaries[key] = catalog.Summarise(&catalog.Record{Entity: doc.Entity})
			list, problems := catalog.Edges(doc.Entity)
			if len(problems) > 0 {
				t.Fatalf("%s: %v", key, problems)
			}
			edges[key] = edgeTexts(list)
		}
	}
	for _, want := range catalogtest.Summaries(2_000, 1) {
		want.Source = ""
		if diff := cmp.Diff(want, summaries[catalog.SortKey(want.Ref)]); diff != "" {
			t.Fatalf("%s: %s", want.Ref, diff)
		}
	}
	for key, list := range catalogtest.Edges(2_000, 1) {
		if diff := cmp.Diff(edgeTexts(list), edges[key]); diff != "" {
			t.Fatalf("%s: %s", key, diff)
		}
	}
}

func edgeTexts(edges []catalog.Edge) []string {
	texts := []string{}
	for _, e := range edges {
		texts = append(texts, e.Type+" "+e.Reverse+" "+e.Target.String())
	}
	slices.Sort(texts)
	return texts
}
