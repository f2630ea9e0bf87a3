package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/idptui/idptui/internal/catalog/catalogtest"
)

func TestProto(t *testing.T) {}

func BenchmarkProto(b *testing.B) {
	for _, n := range []int{1000, 10000, 100000} {
		b.Run(fmt.Sprintf("entities=%d", n), func(b *testing.B) {
			home := b.TempDir()
			dir := filepath.Join(home, "shop")
			os.Mkdir(dir, 0o755)
			files := 20
			if n == 100000 {
				files = 200
			}
			for name, text := range catalogtest.YAML(n, files, 1) {
				os.WriteFile(filepath.Join(dir, name), text, 0o644)
			}
			first := catalogtest.Summaries(n, 1)[0].Ref.Name
			for b.Loop() {
				b.Log("version", run(b, home, "version"))
				b.Log("cold", run(b, home, "--catalog", dir, "sync", "--quiet"))
				b.Log("unchanged", run(b, home, "sync", "--quiet"))
				b.Log("unchanged", run(b, home, "sync", "--quiet"))
				for _, mode := range []string{"with sync", "gone"} {
					if mode == "gone" {
						os.Rename(dir, dir+"x")
					}
					for range 5 {
						s := show(b, home, 120, 40, first)
						total := s.rest()
						b.Log(mode, "listed", s.listed(), "total", total, "bytes", s.written(), "anon", anon(s.pid)>>20)
						c := cpu(s.pid)
						w := s.written()
						time.Sleep(3 * time.Second)
						b.Log("idle 3 s", cpu(s.pid)-c, s.written()-w)
						for range 3 {
							b.Log("j", s.press("j"))
						}
						s.press("q")
					}
				}
			}
		})
	}
}
