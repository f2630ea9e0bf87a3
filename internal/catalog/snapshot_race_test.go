package catalog_test

import (
	"context"
	"sync"
	"testing"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/catalogtest"
)

// TestSessionsShareOneSnapshot makes all that is prepared at first use be wanted
// by many at once. It says something under the race detector.
func TestSessionsShareOneSnapshot(t *testing.T) {
	t.Parallel()
	summaries := catalogtest.Summaries(3_000, 5)
	health := map[string]string{}
	for _, s := range summaries {
		health[s.Ref.String()] = []string{"up", "down"}[len(s.Ref.Name)%2]
	}
	v := catalog.NewView(
		build(summaries).WithEdges(catalogtest.Edges(3_000, 5)),
		catalog.NewOverlay("health", 1, "probe", at, catalog.WordColumn("", []string{"down", "up"}, health)),
	)
	queries := []string{"", "p", "pay api", "kind:component owner:me", "dependsOn:resource:*", "health:down tag:java", "name:a*", `"wall"`}
	var want []int
	for _, text := range queries {
		want = append(want, len(selectIDs(t, v, parse(t, text), alice, catalog.Sort{}, nil).IDs))
	}
	fresh := catalog.NewView(
		build(summaries).WithEdges(catalogtest.Edges(3_000, 5)),
		catalog.NewOverlay("health", 1, "probe", at, catalog.WordColumn("", []string{"down", "up"}, health)),
	)
	fields := catalog.SortFields()
	var sessions sync.WaitGroup
	for session := range 32 {
		sessions.Go(func() {
			var previous *catalog.Result
			for i := range queries {
				n := (session + i) % len(queries)
				q, err := catalog.ParseQuery(queries[n])
				if err != nil {
					t.Error(err)
					return
				}
				order := catalog.Sort{Field: fields[(session+i)%len(fields)], Desc: session%2 == 0}
				r, err := fresh.Select(context.Background(), q, alice, order, previous)
				if err != nil || len(r.IDs) != want[n] {
					t.Errorf("%q finds %d rows, want %d (%v)", q, len(r.IDs), want[n], err)
					return
				}
				previous = r
				if _, err := fresh.Facets(context.Background(), q, alice, 5); err != nil {
					t.Error(err)
				}
				row, ok := fresh.Find(summaries[(session*97+i)%len(summaries)].Ref)
				if !ok {
					t.Error("a row is not found")
				}
				q.Match(row.Name())
				fresh.Value(row.ID(), "health")
				fresh.Relations(row.Ref())
				fresh.Walk(row.Ref(), catalog.AllRelations, 2, 50).Tree(false)
				fresh.WithOverlay(catalog.NewOverlay("level", 1, "", at)).Value(row.ID(), "health")
			}
		})
	}
	sessions.Wait()
}
