package ui

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/catalogtest"
	"github.com/idptui/idptui/internal/ui/uitest"
)

// cpu is what this process has used so far: budgets are in this, since the
// machines that measure are shared.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkKey is the whole screen from a key to the frame after it, all but the
// renderer, on a window of 120×40 over catalogs of three sizes.
func BenchmarkKey(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprintf("entities=%d", n), func(b *testing.B) {
			builder := catalog.NewBuilder(1, n)
			for _, s := range catalogtest.Summaries(n, 1) {
				builder.Add(s)
			}
			s := open(b, options(b, uitest.Catalog(builder.Snapshot().WithEdges(catalogtest.Edges(n, 1)))), 120, 40)
			s.m.View()
			b.Run("key=down", func(b *testing.B) { s.moves(b, "down", n, false) })
			b.Run("key=down+preview", func(b *testing.B) { s.moves(b, "down", n, true) })
			b.Run("key=page-down", func(b *testing.B) { s.moves(b, "pgdown", n/40, false) })
			b.Run("key=tab", func(b *testing.B) {
				s.press("home", "enter")
				s.moves(b, ">", 0, false)
				s.press("esc")
			})
			for _, text := range []string{"p", "pay", "kind:component pay"} {
				b.Run(fmt.Sprintf("filter=%q", text), func(b *testing.B) { s.types(b, "/", text) })
				b.Run(fmt.Sprintf("palette=%q", text), func(b *testing.B) { s.types(b, ":", text) })
			}
		})
	}
}

// moves is a key that moves the cursor, at most far times before it starts from
// the top again; with settled, until the preview has followed.
func (s *screen) moves(b *testing.B, key string, far int, settled bool) {
	b.Helper()
	b.ReportAllocs()
	s.t = b
	s.press("home")
	used, moved := time.Duration(0), 0
	for b.Loop() {
		if moved++; moved == far {
			b.StopTimer()
			s.press("home")
			moved = 0
			b.StartTimer()
		}
		before := cpu()
		cmd := s.update(uitest.Key(key))
		s.m.View()
		if settled {
			s.run(cmd)
			s.m.View()
		}
		used += cpu() - before
	}
	report(b, used)
}

// types is the last letter of a text in the input that a key opens.
func (s *screen) types(b *testing.B, opens, text string) {
	b.Helper()
	b.ReportAllocs()
	s.t = b
	s.press(opens)
	used, last := time.Duration(0), len(text)-1
	for b.Loop() {
		b.StopTimer()
		s.press("ctrl+u")
		s.send(tea.PasteMsg{Content: text[:last]})
		b.StartTimer()
		before := cpu()
		s.update(uitest.Key(text[last:]))
		s.m.View()
		used += cpu() - before
	}
	b.StopTimer()
	s.press("ctrl+u", "esc")
	report(b, used)
}

func report(b *testing.B, used time.Duration) {
	b.Helper()
	b.ReportMetric(float64(used.Nanoseconds())/1e6/float64(b.N), "cpu-ms/op")
}
