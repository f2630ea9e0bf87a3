package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/idptui/idptui/internal/cli"
)

func TestValidateFollowsALinkThatStaysInItsTree(t *testing.T) {
	t.Parallel()
	m, outside := newMachine(t), newMachine(t)
	const bad = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: x}\n"
	put(t, filepath.Join(m.dir, "real", "a.yaml"), bad)
	put(t, filepath.Join(outside.dir, "a.yaml"), bad)
	for name, to := range map[string]string{
		"near.yaml": filepath.Join("real", "a.yaml"), "absolute.yaml": filepath.Join(m.dir, "real", "a.yaml"), "folder": filepath.Join(m.dir, "real"),
		"out.yaml": filepath.Join(outside.dir, "a.yaml"), "gone.yaml": "nowhere.yaml", "self.yaml": "self.yaml",
	} {
		if err := os.Symlink(to, filepath.Join(m.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{
		"near.yaml":     filepath.Join("real", "a.yaml") + ":1",
		"absolute.yaml": filepath.Join("real", "a.yaml") + ":1",
		"folder":        filepath.Join("real", "a.yaml") + ":1",
		"out.yaml":      "out.yaml: error: this path is a symbolic link that leads out of the folder of this source",
		"gone.yaml":     "gone.yaml: error: this path does not exist",
		"self.yaml":     "self.yaml: error: this path",
	} {
		code, out, complaint := m.run(t, "catalog", "validate", name)
		if code != cli.ExitFailed || !strings.HasPrefix(out, want) || strings.Count(out, "\n") != 1 {
			t.Errorf("%s: %d %q %s", name, code, out, complaint)
		}
	}
}
