package ui

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idptui/idptui/internal/ui/kit"
)

// keyTable is the page of the documentation that lists every key.
func keyTable() string {
	var b strings.Builder
	b.WriteString("# Keys\n\n" +
		"A key means the same on every screen where it works; `?` lists those of the place one is at, and why one\n" +
		"does nothing there now. `keys:` in the configuration gives an action other keys, by the id in the last column:\n\n" +
		"```yaml\nkeys:\n  palette: [ctrl+k, \":\"]\n  mouse: []      # no key at all\n```\n\n" +
		"A key that would then mean two things is not taken; the screen says so at the start, and so does\n`idptui config validate`. `ctrl+c` always quits.\n\n" +
		"This page is made from the table in `internal/ui/kit` by `go test ./internal/ui -run KeyTable -update`.\n")
	for _, group := range kit.Groups() {
		fmt.Fprintf(&b, "\n## %s\n\n| Keys | Action | Id |\n| --- | --- | --- |\n", group)
		for _, a := range kit.Actions() {
			if a.Group == group {
				fmt.Fprintf(&b, "| `%s` | %s | `%s` |\n", strings.Join(a.Keys, "` `"), a.Title, a.ID)
			}
		}
	}
	return b.String()
}

func TestTheKeyTableOfTheDocumentationIsCurrent(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "docs", "keys.md")
	want := keyTable()
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil { //nolint:gosec // documentation is no secret
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("docs/keys.md is not what the table says; go test ./internal/ui -run KeyTable -update makes it anew (-want +got):\n%s", diff)
	}
}
