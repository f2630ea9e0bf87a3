package app

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/cli"
	"github.com/idptui/idptui/internal/repo/repotest"
)

// BenchmarkAChangeReachesTheScreens pushes a change of one file to a repository of
// 10 000 entities and asks for a sync. sync-ms is the time until the sync has seen
// and stored it, seen-ms from then until the shared View of all sessions has it.
func BenchmarkAChangeReachesTheScreens(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprintf("%d entities", n), func(b *testing.B) {
			if testing.Short() && n > 1_000 {
				b.Skip("long")
			}
			m, dir := newMachine(b), b.TempDir()
			for i := range n {
				put(b, filepath.Join(dir, fmt.Sprintf("d%03d/c%d.yaml", i%100, i)), strings.ReplaceAll(ledger, "ledger", fmt.Sprintf("c%d", i)))
			}
			repotest.Commit(b, dir, "all")
			put(b, filepath.Join(m.dir, "c.yaml"), "sources: [{name: shop, git: 'file://"+dir+"'}]\ngit: {files: true}\nsync: {interval: 24h}\n")
			m.must(b, "--config", "c.yaml", "sync")
			l := running(b, m, cli.Settings{Config: "c.yaml"})
			ref := catalog.Ref{Kind: "Component", Namespace: "default", Name: "c7"}
			owner := func() string {
				row, _ := l.View().Find(ref)
				return row.Owner().String()
			}
			stored := func(ctx context.Context) string {
				rec, err := l.portal().record(ctx, ref)
				if err != nil {
					b.Fatal(err)
				}
				return fmt.Sprint(rec.Entity.Spec["owner"])
			}
			eventually(b, "the first sync is over", func() bool { return l.reading.Load() == nil && l.loop.Load() != nil })
			var synced, seen time.Duration
			round := 0
			for b.Loop() {
				round++
				want := fmt.Sprintf("team-%d", round)
				put(b, filepath.Join(dir, "d007/c7.yaml"), strings.ReplaceAll(strings.ReplaceAll(ledger, "ledger", "c7"), "owner: me", "owner: "+want))
				repotest.Commit(b, dir, want)
				news := l.Watch(b.Context())
				start := time.Now()
				l.Sync()
				eventually(b, "it is stored", func() bool { return stored(b.Context()) == want })
				at := time.Now()
				synced += at.Sub(start)
				for !strings.HasSuffix(owner(), want) {
					<-news
				}
				seen += time.Since(at)
			}
			b.ReportMetric(float64(synced.Milliseconds())/float64(b.N), "sync-ms/op")
			b.ReportMetric(float64(seen.Milliseconds())/float64(b.N), "seen-ms/op")
		})
	}
}
