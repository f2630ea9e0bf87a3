package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idptui/idptui/internal/cli"
	"github.com/idptui/idptui/internal/state"
)

func TestASyncMakesABackupAndRestoreBringsItBack(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.service(t, "shop/x.yaml", "x")
	m.must(t, "--catalog", "shop", "sync")
	data := filepath.Join(m.dir, "data")
	if all, err := state.Backups(data); err != nil || len(all) != 1 {
		t.Fatalf("after a sync: %v, %v", all, err)
	}
	m.must(t, "sync")
	if all, err := state.Backups(data); err != nil || len(all) != 1 {
		t.Fatalf("after another: %v, %v", all, err)
	}
	file := filepath.Join(data, "state.db")
	put(t, file, "oops")
	if code, _, _ := m.run(t, "state", "check"); code != cli.ExitFailed {
		t.Errorf("check: %d", code)
	}
	if out := m.must(t, "state", "restore"); !strings.Contains(out, "state-2") {
		t.Errorf("the list: %s", out)
	}
	m.must(t, "state", "restore", "--latest", "--yes")
	m.must(t, "state", "check")
	if kept, err := filepath.Glob(file + ".replaced-*"); err != nil || len(kept) != 1 {
		t.Errorf("kept is %v, %v", kept, err)
	}
	if got := sourceNames(t, m.must(t, "sync", "status", "-o", "json")); len(got) != 1 {
		t.Errorf("remembered are %v", got)
	}
	if _, _, said := m.run(t, "sync"); strings.Contains(said, "warning") {
		t.Errorf("it still says %s", said)
	}
	if code, _, said := m.run(t, "state", "restore", "nowhere.db", "--yes"); code != cli.ExitNotFound {
		t.Errorf("a file that is not there: %d, %s", code, said)
	}
	mine := filepath.Join(m.dir, "mine.db")
	m.must(t, "state", "backup", "mine.db")
	if _, err := os.Stat(mine); err != nil {
		t.Error(err)
	}
}

// Who holds a ref is what the catalog shows, however old the backup is.
func TestAfterARestoreTheClaimsAreThoseOfTheCatalog(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.service(t, "a/x.yaml", "x")
	m.service(t, "a/gone.yaml", "gone")
	m.service(t, "b/y.yaml", "y")
	m.must(t, "--catalog", "a", "--catalog", "b", "sync")
	m.must(t, "state", "backup", "old.db")
	// x moves from a to b, and z comes.
	if err := os.Remove(filepath.Join(m.dir, "a/x.yaml")); err != nil {
		t.Fatal(err)
	}
	m.service(t, "b/x.yaml", "x")
	m.service(t, "a/z.yaml", "z")
	m.must(t, "sync")
	claims := func() (out []state.Claim) {
		t.Helper()
		s, err := state.Open(filepath.Join(m.dir, "data"), state.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"a", "b"} {
			held, err := s.Claims(t.Context(), name)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, held...)
		}
		return out
	}
	before, list := claims(), m.must(t, "catalog", "list", "-o", "name")
	m.must(t, "state", "restore", "old.db", "--yes")
	if diff := cmp.Diff(before, claims()); diff != "" {
		t.Errorf("the claims (-before +after):\n%s", diff)
	}
	m.must(t, "sync")
	m.must(t, "sync")
	if diff := cmp.Diff(list, m.must(t, "catalog", "list", "-o", "name")); diff != "" {
		t.Errorf("the catalog (-before +after):\n%s", diff)
	}
}
