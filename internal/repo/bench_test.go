package repo

import (
	"fmt"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// cpu is what this process alone has used, in user and system mode.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkUpdateUnchanged(b *testing.B) {
	o := newOrigin(b)
	o.commit("one", map[string]string{"a": "1"})
	m, r := mirrors(b), Remote{URL: o.url()}
	update(b, m, r)
	before := cpu(b)
	for b.Loop() {
		update(b, m, r)
	}
	b.ReportMetric(float64(cpu(b)-before)/float64(b.N)/1e3, "cpu-µs/op")
}

// large is a mirror of 10 000 files.
func large(b *testing.B) (*Mirrors, Remote, []string) {
	b.Helper()
	files := map[string]string{}
	var names []string
	for i := range 10_000 {
		name := filepath.Join(fmt.Sprintf("team-%02d", i%50), fmt.Sprintf("service-%03d", i/50), "catalog-info.yaml")
		files[name] = fmt.Sprintf("kind: Component\nmetadata: {name: s%d}\n", i)
		names = append(names, name)
	}
	o := newOrigin(b)
	o.commit("one", files)
	m, r := mirrors(b), Remote{URL: o.url()}
	update(b, m, r)
	return m, r, names
}

func BenchmarkOpen10k(b *testing.B) {
	m, r, _ := large(b)
	for b.Loop() {
		tree, err := m.Open(b.Context(), r)
		if err != nil {
			b.Fatal(err)
		}
		if len(tree.Entries()) != 10_000 {
			b.Fatalf("%d files", len(tree.Entries()))
		}
		_ = tree.Close()
	}
}

func BenchmarkRead10k(b *testing.B) {
	m, r, names := large(b)
	tree := open(b, m, r)
	for b.Loop() {
		for _, name := range names {
			read(b, tree, name)
		}
	}
}

func BenchmarkLastChange10k(b *testing.B) {
	m, r, names := large(b)
	tree := open(b, m, r)
	for b.Loop() {
		if got, err := tree.LastChange(b.Context(), names...); err != nil || len(got) != len(names) {
			b.Fatal(len(got), err)
		}
	}
}
