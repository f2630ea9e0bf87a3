package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestASourceThatWasDroppedWhileTheCacheWasLostHoldsNoName(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.service(t, "a/x.yaml", "x")
	m.service(t, "b/x.yaml", "x")
	configure := func(sources ...string) {
		text := "sources:\n"
		for _, s := range sources {
			text += "  - {name: " + s + ", folder: " + filepath.Join(m.dir, s) + "}\n"
		}
		put(t, filepath.Join(m.dir, "c.yaml"), text)
	}
	configure("a", "b")
	m.must(t, "--config", "c.yaml", "sync")
	if err := os.Remove(filepath.Join(m.dir, "data", "cache.db")); err != nil {
		t.Fatal(err)
	}
	configure("b")
	m.must(t, "--config", "c.yaml", "sync")
	if out := m.must(t, "--config", "c.yaml", "catalog", "get", "x", "-o", "json"); !strings.Contains(out, filepath.Join(m.dir, "b")) {
		t.Errorf("%s", out)
	}
}
