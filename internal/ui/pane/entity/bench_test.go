package entity_test

import (
	"testing"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/catalogtest"
	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/pane/entity"
	"github.com/idptui/idptui/internal/ui/uitest"
)

// BenchmarkCursorDown is one key and the frame after it on the tab of relations
// of the group that owns most of 100 000 entities.
func BenchmarkCursorDown(b *testing.B) {
	const n = 100_000
	builder := catalog.NewBuilder(1, n)
	owns := map[catalog.Ref]int{}
	for _, s := range catalogtest.Summaries(n, 1) {
		builder.Add(s)
		if owner, err := catalog.ParseRef(s.Owner, catalog.RefDefaults{Kind: "Group"}); err == nil {
			owns[owner]++
		}
	}
	var most catalog.Ref
	for ref, count := range owns {
		if count > owns[most] || count == owns[most] && ref.String() < most.String() {
			most = ref
		}
	}
	p := uitest.Catalog(builder.Snapshot().WithEdges(catalogtest.Edges(n, 1)))
	session := uitest.Session(b, p)
	s := uitest.NewStage(b, entity.New(session), session.Theme, pane.Place{Pane: pane.Entity, Ref: most.String(), Tab: "relations"}, 120, 37)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		id := "down"
		if i/owns[most]%2 == 1 {
			id = "up"
		}
		binding, _ := s.Binding(id)
		binding.Run()
		s.Pane.View(120, 37)
	}
	b.ReportMetric(float64(owns[most]), "relations")
}

// BenchmarkOpen is a page from the key that opens it to its first whole frame.
func BenchmarkOpen(b *testing.B) {
	session := uitest.Session(b, uitest.Demo(b))
	s := uitest.NewStage(b, entity.New(session), session.Theme, pane.Place{Pane: pane.Entity, Ref: payments}, 120, 37)
	b.ReportAllocs()
	for b.Loop() {
		uitest.Settle(b, s.Pane.Update, s.Pane.Restore(pane.Place{Pane: pane.Entity, Ref: payments}))
		s.Pane.View(120, 37)
	}
}
