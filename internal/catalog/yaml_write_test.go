package catalog

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"
)

func TestYAMLHasAnOrderThatPeopleAreUsedTo(t *testing.T) {
	t.Parallel()
	e := &Entity{
		APIVersion: "backstage.io/v1alpha1", Kind: "API",
		Metadata: Metadata{
			Name: "orders", Namespace: "default", Title: "Orders: all", Description: "Two\nlines\n", Tags: []string{"yes", "014", "java"},
			Annotations: map[string]string{"b": "1", "a": "x"}, Extra: map[string]any{"zz": 1.5, "aa": nil}, Links: []Link{{URL: "https://a.com", Title: "A"}},
		},
		Spec:      map[string]any{"definition": "openapi: 3.0.0\n", "owner": "a", "type": "openapi", "beta": []any{}, "lifecycle": "production", "alpha": map[string]any{}, "count": 12.0},
		Relations: []Relation{{Type: "ownedBy", TargetRef: "group:default/a"}},
	}
	want := `apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: orders
  namespace: default
  title: 'Orders: all'
  description: |
    Two
    lines
  annotations:
    a: x
    b: "1"
  tags:
    - "yes"
    - "014"
    - java
  links:
    - title: A
      url: https://a.com
  aa: null
  zz: 1.5
spec:
  type: openapi
  lifecycle: production
  owner: a
  alpha: {}
  beta: []
  count: 12
  definition: |
    openapi: 3.0.0
relations:
  - type: ownedBy
    targetRef: group:default/a
`
	got, err := e.YAML()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

// TestYAMLReadsBackTheSame holds for every text, also those that look like
// something else, in this reader and in one of YAML 1.1.
func TestYAMLReadsBackTheSame(t *testing.T) {
	t.Parallel()
	word := rapid.OneOf(
		rapid.SampledFrom([]string{
			"", "yes", "No", "~", "null", "014", "0o14", "0x1f", "1_000", "12:30:45", "2020-01-01", ".inf", ".nan", "-", "- a", "?", ": ", "#x", "a #b", "a: b", "*a", "&a", "!a", "@a", "`a", "%a", "{a}", "[a]", "'", "\"", "\\", "a\nb", "a\n", "\na", " a", "a ", " a\nb", "a\n\n", "\t", "a\tb\n", "---", "--- a", "...", "<<", "=", "|", ">", "y", "on", "é", "🎉", "1e3", "+1", "-1", ".5", "0", "true", "a\r\nb",
			"\u2028", "\u0085", "\x00", "\x1b[31m", "\ufeffa", "a\n  indented\nb\n", "  a\n b\n", "{{ a }}", "${{ a }}",
		}),
		rapid.String(),
	)
	value := rapid.Deferred(func() *rapid.Generator[any] { return jsonValue(word, 3) })
	rapid.Check(t, func(t *rapid.T) {
		v := value.Draw(t, "value")
		data, err := yaml.Marshal(yamlNode(v, nil))
		if err != nil {
			t.Fatal(err)
		}
		r := docReader{reader: &reader{opts: ReadOptions{Limits: DefaultLimits()}, budget: locateFile}}
		got, err := r.oneYAML(data)
		if err != nil {
			t.Fatalf("%v in %q", err, data)
		}
		if diff := cmp.Diff(v, got); diff != "" {
			t.Fatalf("%s in %q", diff, data)
		}
		var other any
		if err := yaml.Unmarshal(data, &other); err != nil {
			t.Fatalf("%v in %q", err, data)
		}
		if diff := cmp.Diff(mustJSON(t, v), mustJSON(t, other)); diff != "" {
			t.Fatalf("%s in %q", diff, data)
		}
	})
}

// A negative zero is a number that equals zero and is another text in JSON, so
// that comparing values would not see its sign get lost.
func TestNegativeZeroKeepsItsSign(t *testing.T) {
	t.Parallel()
	const doc = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: x}\n" +
		"spec: {type: a, lifecycle: b, owner: c, zeros: [-0, -0.0, !!float -0.0, !!float \"-0.0\", -0e3], keys: {-0: x}}\n"
	first := readDoc(t, doc).Entity
	data, err := first.YAML()
	if err != nil {
		t.Fatal(err)
	}
	for what, e := range map[string]*Entity{"read": first, "read back": readDoc(t, string(data)).Entity} {
		text, err := json.Marshal(e.Spec)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), `"zeros":[-0,-0,-0,-0,-0]`) || !strings.Contains(string(text), `"keys":{"0":"x"}`) {
			t.Errorf("%s: %s", what, text)
		}
	}
	var other any // a reader of YAML 1.1
	if err := yaml.Unmarshal(data, &other); err != nil {
		t.Fatal(err)
	}
	if text, err := json.Marshal(other); err != nil || !strings.Contains(string(text), `"zeros":[-0,-0,-0,-0,-0]`) {
		t.Errorf("another reader: %s, %v", text, err)
	}
}

func mustJSON(t *rapid.T, v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func jsonValue(word *rapid.Generator[string], depth int) *rapid.Generator[any] {
	scalars := []*rapid.Generator[any]{
		rapid.Map(word, func(s string) any { return s }),
		rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Map(rapid.IntRange(-1e6, 1e6), func(n int) any { return float64(n) }),
		rapid.Map(rapid.Float64Range(-1e6, 1e6), func(f float64) any { return f }),
		rapid.SampledFrom([]any{nil, math.Copysign(0, -1), 1e15, -1e21, 1.5e300, 5e-324}),
	}
	if depth == 0 {
		return rapid.OneOf(scalars...)
	}
	child := jsonValue(word, depth-1)
	return rapid.OneOf(append(
		scalars,
		rapid.Map(rapid.SliceOfN(child, 0, 4), func(l []any) any { return append([]any{}, l...) }),
		rapid.Map(rapid.MapOfN(word, child, 0, 4), func(m map[string]any) any { return m }),
	)...)
}

func TestEntityReadsBackFromItsYAML(t *testing.T) {
	t.Parallel()
	for kind, spec := range minimal {
		first := readDoc(t, strings.Replace(document(kind, spec), "{name: x}", `{name: x, title: "a: b", description: "x\ny", annotations: {a/b: "12"}, labels: {c: "yes"}}`, 1))
		data, err := first.Entity.YAML()
		if err != nil {
			t.Fatal(err)
		}
		again := readDoc(t, string(data))
		if diff := cmp.Diff(first.Entity, again.Entity); diff != "" {
			t.Errorf("%s: %s\n%s", kind, diff, data)
		}
	}
}
