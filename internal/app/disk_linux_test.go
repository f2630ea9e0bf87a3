package app

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/idptui/idptui/internal/cli"
)

// mount gives the machine a data directory on a disk of its own, of so many bytes.
func (m *machine) mount(t *testing.T, size int) (data string) {
	t.Helper()
	data = filepath.Join(m.dir, "data")
	if err := os.MkdirAll(data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", data, "tmpfs", 0, fmt.Sprint("size=", size)); err != nil {
		t.Skipf("SKIPPED: a small disk cannot be mounted here (%v); a limit on the size of files is tried in its place elsewhere", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(data, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return data
}

// many writes descriptors of so many services.
func (m *machine) many(t *testing.T, path string, n int) {
	t.Helper()
	var docs strings.Builder
	for i := range n {
		fmt.Fprintf(&docs, "---\napiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: service-%04d, description: %q}\nspec: {type: service, lifecycle: production, owner: me}\n",
			i, strings.Repeat("words and ", 40))
	}
	put(t, filepath.Join(m.dir, path), docs.String())
}

func (m *machine) count(t *testing.T) int {
	t.Helper()
	return strings.Count(m.must(t, "catalog", "list", "-o", "name", "--quiet"), "\n")
}

func TestAFullDiskKeepsTheCatalogReadable(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	data := m.mount(t, 3<<20)
	m.service(t, "shop/x.yaml", "x")
	m.must(t, "--catalog", "shop", "sync")
	filler := filepath.Join(data, "filler")
	f, err := os.Create(filler)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = io.WriteString(f, strings.Repeat("x", 4096))
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	m.many(t, "shop/many.yaml", 500)
	code, _, said := m.run(t, "sync")
	if code != cli.ExitFailed || !strings.Contains(said, "(the disk at "+data+" has 0 bytes free, and about ") || !strings.Contains(said, " are needed); free some space") {
		t.Errorf("a sync ends with %d and says %s", code, said)
	}
	if code, out, said := m.run(t, "catalog", "list", "-o", "name"); code != cli.ExitDone || !strings.Contains(out, "component:default/x\n") || !strings.Contains(said, "warning: the data directory") {
		t.Errorf("reading: %d, %q, %s", code, out, said)
	}
	if code, out, _ := m.run(t, "doctor"); code != cli.ExitFailed || !strings.Contains(out, "cannot be written") {
		t.Errorf("doctor: %d, %s", code, out)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	m.must(t, "sync")
	if n := m.count(t); n != 501 {
		t.Errorf("%d entities once there is room again", n)
	}
	m.must(t, "state", "check")
}

func TestAReadOnlyDiskKeepsTheCatalogReadable(t *testing.T) {
	t.Parallel()
	for name, synced := range map[string]bool{"with a catalog": true, "with nothing": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			data := m.mount(t, 3<<20)
			m.service(t, "shop/x.yaml", "x")
			want := 0
			if synced {
				m.must(t, "--catalog", "shop", "sync")
				want = 1
			}
			remount := func(flags uintptr) {
				t.Helper()
				if err := syscall.Mount("", data, "", syscall.MS_REMOUNT|flags, ""); err != nil {
					t.Fatal(err)
				}
			}
			remount(syscall.MS_RDONLY)
			if n := m.count(t); n != want {
				t.Errorf("%d entities are read", n)
			}
			if _, _, said := m.run(t, "catalog", "list"); !strings.Contains(said, "warning: the data directory "+data+" cannot be written: read-only file system") || strings.Count(said, "cannot be written") != 1 {
				t.Errorf("a command says %s", said)
			}
			if code, _, said := m.run(t, "--catalog", "shop", "sync"); code != cli.ExitFailed || !strings.Contains(said, "cannot be written") {
				t.Errorf("a sync: %d, %s", code, said)
			}
			l := running(t, m, cli.Settings{})
			if text := strings.Join(l.portal().Warnings(), "; "); l.View().Len() != want || !strings.Contains(text, "cannot be written") {
				t.Errorf("the screen has %d entities, and its banner is %q", l.View().Len(), text)
			}
			if err := l.Star(t.Context(), "user:default/a", "component:default/x", true); err == nil || !strings.Contains(err.Error(), "cannot be written") {
				t.Errorf("a star: %v", err)
			}
			remount(0)
			if err := l.Star(t.Context(), "user:default/a", "component:default/x", true); err != nil || len(l.portal().Warnings()) > 0 {
				t.Errorf("a star once it can be written: %v, %v", err, l.portal().Warnings())
			}
			m.must(t, "--catalog", "shop", "sync")
			eventually(t, "the screen sees it", func() bool { return has(l, "x") })
		})
	}
}
