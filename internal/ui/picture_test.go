package ui

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/idptui/idptui/internal/ui/uitest"
)

// pictures are the screens that docs/screens shows: a golden that is kept in the
// dark and in the light look, and what a reader who cannot see it is told.
func pictures() []struct{ golden, title string } {
	return []struct{ golden, title string }{
		{"catalog-120x40", "The catalog: a list of entities, and beside it the one under the cursor"},
		{"entity-about-120x40", "The page of a service: its owner, chat, runbook and what it depends on"},
		{"entity-history-120x40", "What changed about a service, by which commit"},
		{"palette-typed-120x40", "The palette, which finds any action and any entity"},
	}
}

// largestPicture keeps the page of the README quick to load.
const largestPicture = 60_000

func TestTheScreensOfTheDocumentationAreCurrent(t *testing.T) {
	for _, p := range pictures() { // not in parallel: with -update the goldens are being written then
		path := filepath.Join("..", "..", "docs", "screens", strings.TrimSuffix(p.golden, "-120x40")+".svg")
		var frames [2]string
		for i, look := range []string{"dark", "light"} {
			frame, err := os.ReadFile(filepath.Join("testdata", "golden", p.golden+"-"+look+".txt"))
			if err != nil {
				t.Fatal(err)
			}
			frames[i] = strings.TrimSuffix(string(frame), "\n")
		}
		want, err := uitest.SVG(p.title, frames[0], frames[1])
		if err != nil {
			t.Errorf("%s: %v", p.golden, err)
			continue
		}
		if len(want) > largestPicture {
			t.Errorf("%s has %d bytes; %d are allowed", path, len(want), largestPicture)
		}
		if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil { //nolint:gosec // documentation is no secret
				t.Fatal(err)
			}
			continue
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("%s is not what the golden %s shows; make screens draws it anew (%v)", path, p.golden, err)
		}
	}
}
