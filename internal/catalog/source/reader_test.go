package source

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/idptui/idptui/internal/catalog"
)

// targetsOf are the targets that catalog.Read finds, with their lines.
func targetsOf(data []byte) []catalog.LocationTarget {
	var out []catalog.LocationTarget
	for _, d := range catalog.Read(data, catalog.ReadOptions{Path: "x.yaml"}) {
		out = append(out, d.Targets...)
	}
	return out
}

func TestLocationsOnlyLosesNoTargetAndMovesNone(t *testing.T) {
	t.Parallel()
	parts := []string{
		component("a"), location("l", "./a.yaml", "./b.yaml"), "---\n", "--- # note\n", "---", "\n", "# kind: Location\n", "...\n",
		strings.Replace(location("e", "./c.yaml"), "Location", `"Loc\u0061tion"`, 1), "%YAML 1.2\n", "%TAG ! tag:x,2026:\n", "a: [\n",
		"text: |\n  ---\n  kind: Location\n", strings.ReplaceAll(location("w", "./w.yaml"), "\n", "\r\n"), "\ufeff", "--- {apiVersion: backstage.io/v1alpha1, kind: Location, metadata: {name: f}, spec: {target: ./f.yaml}}\n",
	}
	rapid.Check(t, func(r *rapid.T) {
		text := []byte(strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 12).Draw(r, "parts"), ""))
		only := locationsOnly(text)
		if bytes.Count(only, []byte("\n")) != bytes.Count(text, []byte("\n")) {
			t.Fatalf("%q has other lines than %q", only, text)
		}
		check(r, targetsOf(text), targetsOf(only))
	})
}

func TestLocationsOnlyLeavesNothingOfOtherDocuments(t *testing.T) {
	t.Parallel()
	got := locationsOnly([]byte(docs(component("a"), location("l", "./x.yaml"), component("b"))))
	if bytes.Contains(got, []byte("Component")) || !bytes.Contains(got, []byte("./x.yaml")) {
		t.Errorf("%q", got)
	}
}
