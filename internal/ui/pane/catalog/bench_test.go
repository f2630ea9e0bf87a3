package catalogpane_test

import (
	"fmt"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/catalogtest"
	"github.com/idptui/idptui/internal/ui/pane"
	catalogpane "github.com/idptui/idptui/internal/ui/pane/catalog"
	"github.com/idptui/idptui/internal/ui/uitest"
)

// generated is the pane over n generated entities on a box of 120×37.
func generated(b *testing.B, n int, at pane.Place) *uitest.Stage {
	b.Helper()
	builder := catalog.NewBuilder(1, n)
	for _, s := range catalogtest.Summaries(n, 1) {
		builder.Add(s)
	}
	p := uitest.Catalog(builder.Snapshot().WithEdges(catalogtest.Edges(n, 1)))
	session := uitest.Session(b, p)
	return uitest.NewStage(b, catalogpane.New(session), session.Theme, at, 120, 37)
}

// sizes are the catalogs that budgets are measured on.
func sizes() []int {
	if testing.Short() {
		return []int{1_000, 10_000} // the largest takes a while to make
	}
	return []int{1_000, 10_000, 100_000}
}

func name(n int) string { return fmt.Sprintf("entities=%d", n) }

// BenchmarkCursorDown is one key and the frame after it, without reading records.
func BenchmarkCursorDown(b *testing.B) {
	for _, n := range sizes() {
		b.Run(name(n), func(b *testing.B) {
			s := generated(b, n, pane.Place{})
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				id := "down"
				if i%(2*n) >= n {
					id = "up"
				}
				binding, _ := s.Binding(id)
				binding.Run()
				s.Pane.View(120, 37)
			}
		})
	}
}

// BenchmarkFilterKeystroke is one letter typed into the filter, and the frame
// after it; the filter is cleared outside the clock.
func BenchmarkFilterKeystroke(b *testing.B) {
	for _, text := range []string{"p", "pay", "kind:component pay"} {
		b.Run(text, func(b *testing.B) {
			for _, n := range sizes() {
				b.Run(name(n), func(b *testing.B) {
					s := generated(b, n, pane.Place{})
					s.Do("filter")
					last := text[len(text)-1:]
					for b.Loop() {
						b.StopTimer()
						s.Press("ctrl+u")
						s.Send(tea.PasteMsg{Content: text[:len(text)-1]})
						b.StartTimer()
						s.Pane.Update(uitest.Key(last))
						s.Pane.View(120, 37)
					}
				})
			}
		})
	}
}

// BenchmarkRefresh is a newer View of the same entities.
func BenchmarkRefresh(b *testing.B) {
	for _, n := range sizes() {
		b.Run(name(n), func(b *testing.B) {
			s := generated(b, n, pane.Place{Query: "kind:component"})
			s.Do("bottom")
			at := s.Pane.Place()
			b.ReportAllocs()
			for b.Loop() {
				s.Pane.Restore(at)
				s.Pane.View(120, 37)
			}
		})
	}
}
