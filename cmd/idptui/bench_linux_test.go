package main_test

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/idptui/idptui/internal/catalog/catalogtest"
)

// These benchmarks measure the built binary from outside: processor time,
// memory and bytes of whole processes. Each figure is the median of several runs;
// time by the clock says nothing on a machine that is shared, so it is left out.

// runs is how often a figure is measured.
func runs() int {
	if testing.Short() {
		return 1
	}
	return 5
}

// figures are measured values by unit.
type figures map[string][]float64

func (f figures) add(unit string, value float64) { f[unit] = append(f[unit], value) }

func (f figures) cpu(unit string, d time.Duration) { f.add(unit, float64(d.Microseconds())/1000) }

func (f figures) memory(unit string, bytes int64) { f.add(unit, float64(bytes)/1e6) }

// report gives the medians to the benchmark, in place of the time by the clock.
func (f figures) report(b *testing.B) {
	b.Helper()
	b.ReportMetric(0, "ns/op")
	for unit, values := range f {
		b.ReportMetric(median(values), unit)
	}
}

func median[T cmp.Ordered](values []T) T { return slices.Sorted(slices.Values(values))[len(values)/2] }

// company is a generated catalog in a folder, with a home for the binary.
type company struct {
	n           int
	home, shop  string
	first       string            // the name in the first row of its list
	descriptors map[string][]byte // by file name
}

func generate(b *testing.B, n int) company {
	b.Helper()
	files := 20
	if n > 10_000 {
		files = n / 500 // one of 5 000 entities would be over the cap for a file
	}
	home := b.TempDir()
	c := company{
		n: n, home: home, shop: filepath.Join(home, "shop"),
		first: catalogtest.Summaries(n, 1)[0].Ref.Name, descriptors: catalogtest.YAML(n, files, 1),
	}
	if err := os.Mkdir(c.shop, 0o750); err != nil {
		b.Fatal(err)
	}
	for name := range c.descriptors {
		c.write(b, name, c.descriptors[name])
	}
	return c
}

func (c company) write(b *testing.B, name string, text []byte) {
	b.Helper()
	if err := os.WriteFile(filepath.Join(c.shop, name), text, 0o600); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkCommand is the least that a command costs.
func BenchmarkCommand(b *testing.B) {
	home, f := b.TempDir(), figures{}
	for b.Loop() {
		for range 2 * runs() {
			f.cpu("cpu-ms", run(b, home, "version").cpu)
		}
	}
	f.report(b)
}

// BenchmarkBinary syncs a folder for the first time, again, and after one file
// has changed, and then opens the screen over what was read.
func BenchmarkBinary(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		if n > 1_000 && testing.Short() {
			continue // the largest takes most of a minute
		}
		b.Run(fmt.Sprintf("entities=%d", n), func(b *testing.B) {
			c := generate(b, n)
			b.Run("sync=cold", c.coldSync)
			b.Run("sync=unchanged", c.unchangedSync)
			b.Run("sync=one-file", c.oneFileSync)
			b.Run("screen", c.screen)
		})
	}
}

func (c company) coldSync(b *testing.B) {
	times := runs()
	if c.n > 10_000 {
		times = 1 // long enough to be its own average
	}
	f := figures{}
	for b.Loop() {
		for range times {
			if err := os.RemoveAll(filepath.Join(c.home, "data")); err != nil {
				b.Fatal(err)
			}
			used := run(b, c.home, "--catalog", c.shop, "--quiet", "sync")
			f.cpu("cpu-ms", used.cpu)
			f.memory("MB-peak", used.anon)
		}
	}
	f.report(b)
}

func (c company) unchangedSync(b *testing.B) {
	f := figures{}
	for b.Loop() {
		for range runs() {
			f.cpu("cpu-ms", run(b, c.home, "--catalog", c.shop, "--quiet", "sync").cpu)
		}
	}
	f.report(b)
}

func (c company) oneFileSync(b *testing.B) {
	name := slices.Min(slices.Collect(maps.Keys(c.descriptors)))
	f, changes := figures{}, 0
	for b.Loop() {
		for range runs() {
			changes++
			was, is := []byte("  description: \""), fmt.Appendf(nil, "  description: \"%d ", changes)
			c.write(b, name, bytes.Replace(c.descriptors[name], was, is, 1))
			f.cpu("cpu-ms", run(b, c.home, "--catalog", c.shop, "--quiet", "sync").cpu)
		}
	}
	f.report(b)
}

// screen measures a session from its start. What is computed behind the first
// frame is part of it: relations, and a sync that finds nothing new.
func (c company) screen(b *testing.B) {
	f := figures{}
	for b.Loop() {
		for range runs() {
			s := show(b, c.home, 120, 40, c.first)
			f.cpu("rest-cpu-ms", s.rest())
			written, listed := s.seen()
			f.cpu("list-cpu-ms", listed)
			f.add("first-B", float64(written))
			f.memory("MB-rest", anon(s.pid))
			f.add("preview-B", float64(s.press("j")))
			s.press("q")
		}
		s := show(b, c.home, 79, 40, c.first) // too narrow for a preview beside the list
		s.rest()
		for range 2 * runs() {
			f.add("down-B", float64(s.press("j")))
		}
		f.add("idle-B", float64(s.idle()))
		s.press("q")
	}
	f.report(b)
}

// idle is how many bytes are written while nobody does anything.
func (s *screen) idle() int {
	before, _ := s.seen()
	time.Sleep(3 * time.Second)
	after, _ := s.seen()
	return after - before
}
