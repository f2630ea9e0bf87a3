package app

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"syscall"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/catalog/catalogtest"
	"github.com/idptui/idptui/internal/cli"
	"github.com/idptui/idptui/internal/ui"
	"github.com/idptui/idptui/internal/ui/pane"
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

// BenchmarkStart is what RunTUI does, one thing after the other: the services are
// opened and the first list drawn, and then the relations completed. (Those of few
// entities are part of the first.) It reports the medians of both. The start of
// the process itself and the terminal are not in it.
func BenchmarkStart(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		if n > 10_000 && testing.Short() {
			continue // to fill the cache takes most of a minute
		}
		b.Run(fmt.Sprintf("entities=%d", n), func(b *testing.B) {
			s := &services{filled(b, n)}
			list, relations := make([]float64, 0, b.N), make([]float64, 0, b.N)
			for b.Loop() {
				debug.FreeOSMemory() // begin with no more memory than a new process has
				first, rest := start(b, s, n)
				list, relations = append(list, ms(first)), append(relations, ms(rest))
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(median(list), "list-cpu-ms")
			b.ReportMetric(median(relations), "relations-cpu-ms")
		})
	}
}

func start(b *testing.B, s *services, n int) (list, relations time.Duration) {
	b.Helper()
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	began := cpu()
	p, err := s.open(ctx, cli.Settings{})
	if err != nil {
		b.Fatal(err)
	}
	l := newLive(p)
	snap, err := l.begin(ctx, false)
	if err != nil {
		b.Fatal(err)
	}
	m := ui.New(ctx, s.options(ctx, l, cli.Settings{}, pane.Place{}))
	m.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	m.Init() // puts the list in its place; what it wants to know besides can wait
	frame := m.View().Content
	drawn := cpu()
	if first := l.View().Row(0).Name(); l.View().Len() != n || !bytes.Contains([]byte(frame), []byte(first)) {
		b.Fatalf("%d entities; the first is not in\n%s", l.View().Len(), frame)
	}
	if !snap.RelationsReady() {
		if snap, err = l.complete(ctx, snap); err != nil || !snap.RelationsReady() {
			b.Fatal("the relations are not complete: ", err)
		}
	}
	whole := cpu()
	if err := p.Close(); err != nil {
		b.Fatal(err)
	}
	return drawn - began, whole - drawn
}

// filled is a machine whose cache has n generated entities.
func filled(b *testing.B, n int) *cli.IO {
	b.Helper()
	dir := b.TempDir()
	shop := filepath.Join(dir, "shop")
	if err := os.Mkdir(shop, 0o750); err != nil {
		b.Fatal(err)
	}
	for name, text := range catalogtest.YAML(n, max(20, n/500), 1) {
		if err := os.WriteFile(filepath.Join(shop, name), text, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	env := map[string]string{"HOME": dir, "IDPTUI_DATA": filepath.Join(dir, "data"), "TERM": "xterm-256color"}
	var said bytes.Buffer
	sys := &cli.IO{
		Out: &said, Err: &said, Dir: dir, Files: tempFiles{}, Now: time.Now,
		Env: func(name string) string { return env[name] },
	}
	if code := Main(b.Context(), []string{"--catalog", shop, "--quiet", "sync"}, sys); code != cli.ExitDone {
		b.Fatal(said.String())
	}
	return sys
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func median(values []float64) float64 { return slices.Sorted(slices.Values(values))[len(values)/2] }
