package source

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/idptui/idptui/internal/catalog/catalogtest"
)

// benchFiles is a large believable catalog.
func benchFiles(files, n int) map[string]string {
	out := map[string]string{}
	for name, text := range catalogtest.YAML(n, files, 1) {
		out[name] = string(text)
	}
	return out
}

// cpu is what the process has used so far, user and system.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// measure reports the CPU time of run, which starts the clocks itself.
func measure(b *testing.B, run func(start, stop func())) {
	b.Helper()
	var used, from time.Duration
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		run(func() { b.StartTimer(); from = cpu() }, func() { used += cpu() - from; b.StopTimer() })
		b.StartTimer()
	}
	b.ReportMetric(float64(used.Milliseconds())/float64(b.N), "cpu-ms/op")
}

// skipLong leaves out what takes long, where the question is only whether
// benchmarks run.
func skipLong(b *testing.B, entities, files int) {
	b.Helper()
	if testing.Short() && (entities > 10_000 || files > 1_000) {
		b.Skip("long")
	}
}

func BenchmarkColdSync(b *testing.B) {
	for _, size := range []struct{ entities, files int }{{1_000, 20}, {10_000, 20}, {10_000, 10_000}, {100_000, 200}} {
		b.Run(fmt.Sprintf("%d entities in %d files", size.entities, size.files), func(b *testing.B) {
			skipLong(b, size.entities, size.files)
			files := benchFiles(size.files, size.entities)
			measure(b, func(start, stop func()) {
				w := newWorld(b, trusting())
				w.write(files)
				start()
				r := w.sync()
				stop()
				if r.Added != size.entities {
					b.Fatalf("%+v", r)
				}
			})
		})
	}
}

func BenchmarkUnchangedSync(b *testing.B) {
	for _, size := range []struct{ entities, files int }{{10_000, 20}, {10_000, 10_000}, {100_000, 200}} {
		b.Run(fmt.Sprintf("%d entities in %d files", size.entities, size.files), func(b *testing.B) {
			skipLong(b, size.entities, size.files)
			w := newWorld(b, trusting())
			w.write(benchFiles(size.files, size.entities))
			w.sync()
			measure(b, func(start, stop func()) {
				start()
				r := w.sync()
				stop()
				if r.Unchanged != size.entities {
					b.Fatalf("%+v", r)
				}
			})
		})
	}
}

func BenchmarkOneFileChanged(b *testing.B) {
	w := newWorld(b, trusting())
	files := benchFiles(20, 10_000)
	w.write(files)
	w.sync()
	const name = "catalog-0007.yaml"
	n := 0
	measure(b, func(start, stop func()) {
		n++
		text := strings.Replace(files[name], "description: ", fmt.Sprintf("description: %d ", n), 1)
		if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
		start()
		r := w.sync()
		stop()
		if r.Changed != 1 || r.Unchanged != 9_999 {
			b.Fatalf("%+v", r)
		}
	})
}
