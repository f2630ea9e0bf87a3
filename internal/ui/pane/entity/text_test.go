package entity

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/kit"
)

func TestYAMLLinesHaveTheirRoles(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		line string
		want role
	}{
		{"# why", commentLine},
		{"   # indented", commentLine},
		{"kind: API", keyLine},
		{"spec:", keyLine},
		{"  - url: https://a.example", keyLine},
		{"backstage.io/techdocs-ref: dir:.", keyLine},
		{"  - component:ledger", plainLine},
		{`"quoted key": 1`, plainLine},
		{"{a: 1}", plainLine},
		{"words that end: not", plainLine},
		{"", plainLine},
	} {
		if got := yamlText(tc.line+"\nx: y", 1).roles[0]; got != tc.want {
			t.Errorf("%q has role %d; want %d", tc.line, got, tc.want)
		}
	}
}

func TestABlockOfTextIsNotReadAsYAML(t *testing.T) {
	t.Parallel()
	raw := strings.Join([]string{
		"definition: |", "  # a heading", "  key: in text", "", "    deeper", "lifecycle: production", "list:", "  - >-", "    folded: text", "  - next: 1",
	}, "\n")
	want := []role{
		keyLine, literalLine, literalLine, literalLine, literalLine, keyLine, keyLine, plainLine, literalLine, keyLine,
	}
	if diff := cmp.Diff(want, yamlText(raw, 1).roles); diff != "" {
		t.Errorf("roles (-want +got):\n%s", diff)
	}
}

func TestWrappedTextIsWholeAndFits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		raw := rapid.StringOfN(rapid.RuneFrom([]rune("ab: #é漢\U0001F600\n|-")), 0, 200, -1).Draw(rt, "raw")
		w := rapid.IntRange(4, 40).Draw(rt, "w")
		d := yamlText(raw, 1)
		joined := make([]string, len(d.lines))
		for _, r := range d.wrap(w) {
			if kit.Width(r.text) > w {
				rt.Fatalf("a row of %d cells in %d: %q", kit.Width(r.text), w, r.text)
			}
			joined[r.line] += r.text
		}
		if diff := cmp.Diff(d.lines, joined); len(d.lines) > 0 && diff != "" {
			rt.Fatalf("wrapping lost text (-want +got):\n%s", diff)
		}
	})
}

func TestTabsOfADocumentBecomeSpaces(t *testing.T) {
	t.Parallel()
	if got := plainText("\ta\n").lines; len(got) != 1 || got[0] != "    a" {
		t.Errorf("lines = %q", got)
	}
}

func TestOnlyAnAPIWithATextHasADefinition(t *testing.T) {
	t.Parallel()
	spec := map[string]any{"type": "openapi", "definition": "openapi: 3.1.0\n"}
	if got := definition(&catalog.Entity{Kind: "API", Spec: spec}); len(got.lines) != 1 || got.roles[0] != keyLine {
		t.Errorf("an OpenAPI definition in YAML came out as %+v", got)
	}
	if got := definition(&catalog.Entity{Kind: "Component", Spec: spec}); len(got.lines) != 0 {
		t.Errorf("a component has a definition: %+v", got)
	}
	json := map[string]any{"type": "openapi", "definition": "{\n# no comment: 1\n}"}
	if got := definition(&catalog.Entity{Kind: "API", Spec: json}); len(got.lines) != 3 || got.roles[1] != plainLine {
		t.Errorf("an OpenAPI definition in JSON came out as %+v", got)
	}
}

func TestACommentIsOnlyCutWhereItIsOne(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, value, comment string }{
		{": 1 # one", ": 1", " # one"},
		{": a#b", ": a#b", ""},
		{`: "a # b"`, `: "a # b"`, ""},
	} {
		if value, comment := cutComment(tc.in); value != tc.value || comment != tc.comment {
			t.Errorf("cutComment(%q) = %q, %q", tc.in, value, comment)
		}
	}
}

func TestValuesAreSaidInWords(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		in   any
		want string
	}{
		{nil, "null"},
		{"text", "text"},
		{true, "true"},
		{14.0, "14"},
		{[]any{"a", 2.5}, "a, 2.5"},
		{[]any{map[string]any{}}, "1 item, see the source"},
		{[]any{map[string]any{}, "b"}, "2 items, see the source"},
		{map[string]any{"a": 1.0}, "1 field, see the source"},
	} {
		if got := inWords(tc.in); got != tc.want {
			t.Errorf("inWords(%v) = %q; want %q", tc.in, got, tc.want)
		}
	}
}
