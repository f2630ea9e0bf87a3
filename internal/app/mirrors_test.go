package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// mirrored names the repositories that there are mirrors of, and makes all of them
// a day older.
func mirrored(t *testing.T, m *machine) string {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(m.dir, "data", mirrorsFolder, "*", "state"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, name := range dirs {
		yesterday := time.Now().Add(-24 * time.Hour)
		if err := os.Chtimes(name, yesterday, yesterday); err != nil {
			t.Fatal(err)
		}
		dir := strings.TrimRight(filepath.Base(filepath.Dir(name)), "0123456789abcdef")
		names = append(names, strings.Trim(dir[strings.Index(dir, "-"):], "-"))
	}
	return strings.Join(names, " ")
}

func TestTheMirrorOfARepositoryThatNobodyNeedsIsDropped(t *testing.T) {
	t.Parallel()
	m, r := newMachine(t), newRemote(t)
	r.push("ledger/catalog-info.yaml", ledger)
	r.configured(m, "")
	m.must(t, "--config", "c.yaml", "sync")
	with, err := os.ReadFile(filepath.Join(m.dir, "c.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	m.must(t, "--config", "c.yaml", "sync")
	if got := mirrored(t, m); strings.Count(got, "shop") != 1 {
		t.Fatalf("%q", got)
	}
	m.must(t, "--config", "c.yaml", "sync")
	if got := mirrored(t, m); strings.Count(got, "shop") != 1 {
		t.Errorf("one that is needed went: %q", got)
	}
	put(t, filepath.Join(m.dir, "c.yaml"), strings.Replace(string(with), "{name: shop, git: '"+r.url()+"'}", "", 1))
	m.must(t, "--config", "c.yaml", "sync")
	if got := mirrored(t, m); got != "" {
		t.Errorf("it stays for ever: %q", got)
	}
}

func TestTheMirrorThatALocationLedToIsDroppedWhenItLeadsThereNoMore(t *testing.T) {
	t.Parallel()
	m, r := led(t)
	mirrored(t, m)
	m.must(t, "--config", "c.yaml", "sync")
	if got := mirrored(t, m); strings.Count(got, "acme-shop") != 1 {
		t.Errorf("one that is needed went: %q", got)
	}
	r.server.Close()
	if err := os.Remove(filepath.Join(m.dir, "data", "cache.db")); err != nil { // nobody knows of it now
		t.Fatal(err)
	}
	m.must(t, "--config", "c.yaml", "catalog", "list")
	put(t, filepath.Join(m.dir, "home", "all.yaml"), ledger)
	m.must(t, "--config", "c.yaml", "sync")
	if got := mirrored(t, m); got != "" {
		t.Errorf("it stays for ever: %q", got)
	}
}
