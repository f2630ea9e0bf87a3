package app

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/idptui/idptui"
	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/cli"
)

// entities are all that the machine's catalog holds but Locations, by ref, without
// what depends on where they were read.
func entities(t *testing.T, m *machine, data string) map[string]catalog.Entity {
	t.Helper()
	var list []catalog.Entity
	if err := json.Unmarshal([]byte(m.must(t, "--data", data, "catalog", "list", "-kind:location", "-o", "json")), &list); err != nil {
		t.Fatal(err)
	}
	out := map[string]catalog.Entity{}
	for _, e := range list {
		e.Status = nil // that another document lost its ref is gone with that document
		out[e.Ref().String()] = e
	}
	return out
}

func TestWhatIsExportedIsTheSameCatalogAgain(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	demo := filepath.Join(m.dir, "demo")
	if err := os.CopyFS(demo, idptui.Demo()); err != nil {
		t.Fatal(err)
	}
	m.must(t, "--data", "one", "--catalog", demo, "sync")
	before := entities(t, m, "one")
	if len(before) < 50 {
		t.Fatalf("%d entities", len(before))
	}
	_, _, said := m.run(t, "--data", "one", "catalog", "export", "out")
	if !strings.Contains(said, " left out, as what they name is written out itself") {
		t.Errorf("%s", said)
	}
	files := 0
	err := fs.WalkDir(os.DirFS(filepath.Join(m.dir, "out")), ".", func(path string, d fs.DirEntry, err error) error {
		if !d.IsDir() {
			files++
		}
		if strings.HasPrefix(path, "location") {
			t.Errorf("%s was written", path)
		}
		return err
	})
	if err != nil || files != len(before) {
		t.Errorf("%d files of %d entities: %v", files, len(before), err)
	}
	if code, out, said := m.run(t, "catalog", "validate", "--strict", "out"); code != cli.ExitDone {
		t.Errorf("%s%s", out, said)
	}
	m.must(t, "--data", "two", "--catalog", "out", "sync")
	elsewhere := cmpopts.IgnoreMapEntries(func(key, _ string) bool { // the files are others
		return strings.HasPrefix(key, "backstage.io/managed-by-")
	})
	if diff := cmp.Diff(before, entities(t, m, "two"), elsewhere); diff != "" {
		t.Error(diff)
	}
}
