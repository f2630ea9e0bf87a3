package store

import (
	"encoding/json"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/catalogtest"
)

// typical is a record of the size and with the number of relations that public
// catalogs have, in the order in which a folder of files gives them.
func typical(n, of int) *catalog.Record {
	r := rand.New(rand.NewPCG(uint64(n), 1)) //nolint:gosec // a benchmark's small numbers
	rec := record("shop", n)
	e := rec.Entity
	e.Metadata.Name = fmt.Sprintf("%s-service-%d", []string{"payments", "orders", "search", "identity"}[n%4], n)
	e.Metadata.Description = strings.Repeat("A sentence on what this is for. ", 1+n%4)
	e.Metadata.Annotations = map[string]string{
		"backstage.io/source-location": "url:https://example.com/shop/" + e.Metadata.Name + "/tree/main/",
		"backstage.io/techdocs-ref":    "dir:.",
	}
	e.Metadata.Links = []catalog.Link{{URL: "https://example.com/dash/" + e.Metadata.Name, Title: "Dashboard", Icon: "dashboard"}}
	e.Spec["lifecycle"] = "production"
	e.Spec["system"] = fmt.Sprint("system-", n%300)
	e.Spec["owner"] = fmt.Sprint("group:default/team-", n%400)
	e.Spec["dependsOn"] = []any{
		fmt.Sprintf("component:orders-service-%d", r.IntN(of)), fmt.Sprintf("resource:default/db-%d", r.IntN(of)),
	}
	rec.Raw = strings.Repeat("  key: a line of the document as it was written\n", 18)
	return rec
}

// filled is a cache of a believable company: real summaries and relations, and
// typical records.
func filled(b *testing.B, n int) *Store {
	b.Helper()
	s := open(b, b.TempDir())
	w, err := s.Begin(b.Context(), "shop")
	must(b, err)
	record, err := json.Marshal(typical(0, n))
	must(b, err)
	next, stop := iter.Pull2(catalogtest.Edges(n, 1))
	defer stop()
	for _, summary := range catalogtest.Summaries(n, 1) {
		_, edges, _ := next()
		w.pending.entity(entity{ref: summary.Ref, summary: encodeSummary(summary), edges: encodeEdges(edges), record: record})
		must(b, w.flushIfFull(b.Context()))
	}
	_, err = w.Commit(b.Context(), SourceStatus{State: StateOK, Entities: n})
	must(b, err)
	return s
}

// cpu is what this process has used: budgets are in this, since the machines
// that measure are shared.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// sizes are the caches that are measured; the largest takes long to fill.
func sizes() []int {
	if testing.Short() {
		return []int{1_000, 10_000}
	}
	return []int{1_000, 10_000, 100_000}
}

func BenchmarkStore(b *testing.B) {
	for _, n := range sizes() {
		s := filled(b, n)
		refs := catalogtest.Summaries(n, 1)
		if info, err := os.Stat(s.file.Path()); err == nil {
			b.Logf("%d entities: cache.db has %.1f MB", n, float64(info.Size())/1e6)
		}
		run := func(name string, op func(i int) error) {
			b.Run(fmt.Sprint(name, "/", n), func(b *testing.B) {
				b.ReportAllocs()
				before := cpu()
				for i := 0; b.Loop(); i++ {
					if err := op(i); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64((cpu()-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
			})
		}
		run("Snapshot", func(int) error {
			_, err := s.Snapshot(b.Context())
			return err
		})
		snap, err := s.Snapshot(b.Context())
		must(b, err)
		run("Edges", func(int) error {
			_, err := s.Edges(b.Context(), snap)
			return err
		})
		run("Record", func(i int) error {
			_, err := s.Record(b.Context(), refs[i*7919%n].Ref)
			return err
		})
		run("Open", func(int) error {
			_, err := Open(s.dir, Options{})
			return err
		})
		run("CommitOne", func(i int) error {
			w, err := s.Begin(b.Context(), "shop")
			if err == nil {
				err = w.Put(b.Context(), typical(i%n, n))
			}
			if err == nil {
				_, err = w.Commit(b.Context(), SourceStatus{State: StateOK, Entities: n})
			}
			return err
		})
	}
}

func BenchmarkFill(b *testing.B) {
	for _, n := range sizes() {
		records := make([]*catalog.Record, n)
		for i := range records {
			records[i] = typical(i, n)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			before := cpu()
			for b.Loop() {
				s := open(b, b.TempDir())
				w, err := s.Begin(b.Context(), "shop")
				must(b, err)
				for _, rec := range records {
					must(b, w.Put(b.Context(), rec))
				}
				_, err = w.Commit(b.Context(), SourceStatus{State: StateOK, Entities: n})
				must(b, err)
			}
			b.ReportMetric(float64((cpu()-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
	}
}
