package catalog

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// files is a Resolve over texts in memory.
func files(texts map[string]string) func(string) ([]byte, error) {
	return func(target string) ([]byte, error) {
		if text, ok := texts[target]; ok {
			return []byte(text), nil
		}
		return nil, errors.New("there is no such file")
	}
}

func readWith(t *testing.T, text string, texts map[string]string) Document {
	t.Helper()
	docs := Read([]byte(text), ReadOptions{Path: "a.yaml", Resolve: files(texts)})
	if len(docs) != 1 {
		t.Fatalf("%d documents", len(docs))
	}
	return docs[0]
}

const api = "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata:\n  name: a\nspec:\n  type: openapi\n  lifecycle: x\n  owner: y\n"

func TestPlaceholdersAreFilledIn(t *testing.T) {
	t.Parallel()
	texts := map[string]string{
		"./a.yaml": "\ufeffa: 1\nb: [yes, 014]\n", "a.json": `{"a": [1, null, "x"]}`, "text.txt": "one\r\ntwo\n", "own.yaml": "deep: {$text: ./a.yaml}\n",
	}
	d := readWith(t, api+`  definition:
    $text: text.txt
  yaml: {$yaml: ./a.yaml}
  json: [{$json: a.json}]
  open: {$openapi: ./a.yaml}
  nested: {$yaml: own.yaml}
  ref: {$ref: '#/components'}
  both: {$text: text.txt, other: 1}
  deep: {$other: {$text: text.txt}}
`, texts)
	if d.State != DocAccepted {
		t.Fatal(problemLines(d))
	}
	want := map[string]any{
		"type": "openapi", "lifecycle": "x", "owner": "y",
		"definition": "one\ntwo\n",
		"yaml":       map[string]any{"a": 1.0, "b": []any{"yes", 14.0}},
		"json":       []any{map[string]any{"a": []any{1.0, nil, "x"}}},
		"open":       "a: 1\nb: [yes, 014]\n",
		"nested":     map[string]any{"deep": map[string]any{"$text": "./a.yaml"}},
		"ref":        map[string]any{"$ref": "#/components"},
		"both":       map[string]any{"$text": "text.txt", "other": 1.0},
		"deep":       map[string]any{"$other": map[string]any{"$text": "text.txt"}},
	}
	if diff := cmp.Diff(want, d.Entity.Spec); diff != "" {
		t.Error(diff)
	}
}

func TestPlaceholdersWorkAnywhereInAnEntity(t *testing.T) {
	t.Parallel()
	d := readWith(t, "apiVersion: backstage.io/v1alpha1\nkind: Thing\nmetadata: {name: a, description: {$text: d.md}, tags: {$yaml: t.yaml}}\n",
		map[string]string{"d.md": "# about", "t.yaml": "[a, b]"})
	if d.State != DocAccepted || d.Entity.Metadata.Description != "# about" || len(d.Entity.Metadata.Tags) != 2 {
		t.Errorf("%+v %v", d.Entity, problemLines(d))
	}
}

func TestPlaceholderFaults(t *testing.T) {
	t.Parallel()
	texts := map[string]string{
		"two.yaml": "a: 1\n---\nb: 2\n", "none.yaml": "# nothing\n", "bad.yaml": "x: 1\na: b: c\n", "bad.json": "{", "ok.yaml": "a: 1\n",
		"dup.yaml": "a: 1\na: 2\n", "latin.yaml": "a: \xe9\n", "lost.yaml": "a: {$ref: './gone.yaml#/x'}\n", "lost2.yaml": "a: {$ref: './ok.yaml#/x'}\n",
		"huge.txt": strings.Repeat("x", 6<<20),
	}
	for name, tc := range map[string]struct{ value, want string }{
		"missing file":      {"{$text: gone.yaml}", `9:23 error spec.definition.$text: $text "gone.yaml" cannot be used: there is no such file`},
		"no text":           {"{$text: [a]}", `9:16 error spec.definition.$text: $text must be followed by a path or a URL`},
		"empty target":      {"{$text: ''}", `9:16 error spec.definition.$text: $text must be followed by a path or a URL`},
		"two documents":     {"{$yaml: two.yaml}", `9:23 error spec.definition.$yaml: $yaml "two.yaml" cannot be used: it holds more than one YAML document`},
		"no document":       {"{$yaml: none.yaml}", `9:23 error spec.definition.$yaml: $yaml "none.yaml" cannot be used: it holds no YAML document`},
		"broken YAML":       {"{$yaml: bad.yaml}", `9:23 error spec.definition.$yaml: $yaml "bad.yaml" cannot be used: its line 2: a colon stands where no key can be`},
		"duplicate key":     {"{$yaml: dup.yaml}", `9:23 error spec.definition.$yaml: $yaml "dup.yaml" cannot be used: its line 2: key "a" is already on line 1`},
		"no UTF-8":          {"{$yaml: latin.yaml}", `9:23 error spec.definition.$yaml: $yaml "latin.yaml" cannot be used: its line 1: byte 0xE9 is no UTF-8`},
		"broken JSON":       {"{$json: bad.json}", `9:23 error spec.definition.$json: $json "bad.json" cannot be used: it is no JSON: unexpected end of JSON input`},
		"lost reference":    {"{$openapi: lost.yaml}", `9:26 error spec.definition.$openapi: $openapi "lost.yaml" cannot be used: there is no such file`},
		"reference to none": {"{$openapi: lost2.yaml}", `9:26 error spec.definition.$openapi: $openapi "lost2.yaml" cannot be used: reference "./ok.yaml#/x" names nothing in "ok.yaml"`},
		"over the cap":      {"{$text: huge.txt}", `9:23 error spec.definition.$text: $text "huge.txt" cannot be used: it has 6.3 MB, more than the 5.2 MB that are read`},
		"object":            {"{$yaml: ok.yaml}", `9:15 error spec.definition: spec.definition is a mapping but must be text`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := readWith(t, api+"  definition: "+tc.value+"\n", texts)
			got := problemLines(d)
			if d.State != DocRefused || len(got) != 1 || !strings.HasSuffix(got[0], tc.want[strings.Index(tc.want, " "):]) || !strings.HasPrefix(got[0], "9:") {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestPlaceholderNeedsSomeoneWhoReads(t *testing.T) {
	t.Parallel()
	d := readDoc(t, api+"  definition: {$text: a}\n")
	if d.State != DocRefused || !strings.Contains(d.Problems[0].Message, "cannot be read here") {
		t.Errorf("%v", problemLines(d))
	}
}

func TestDefinitionsAreBundled(t *testing.T) {
	t.Parallel()
	d := readWith(t, api+"  definition: {$openapi: api/root.yaml}\n", map[string]string{
		"api/root.yaml": `openapi: 3.0.0
paths:
  /a: {$ref: './paths/a.yaml'}
components:
  schemas:
    Local: {$ref: '#/components/schemas/Own'}
    Own: {type: string}
    Far: {$ref: 'https://example.com/x.yaml#/Y'}
`,
		"api/paths/a.yaml":   "get: {schema: {$ref: '../schemas.yaml#/a~1b/0'}, own: {$ref: '#/get2'}}\nget2: {x: 1}\n",
		"api/schemas.yaml":   "a/b: [{type: object, self: {$ref: '#/a~1b/0'}}]\n",
		"api/unrelated.yaml": "x",
	})
	if d.State != DocAccepted {
		t.Fatal(problemLines(d))
	}
	definition := []byte(d.Entity.SpecString("definition"))
	r := docReader{reader: &reader{opts: ReadOptions{Limits: DefaultLimits()}}}
	got, err := r.oneYAML(definition)
	if err != nil {
		t.Fatalf("%v in %s", err, definition)
	}
	want := map[string]any{
		"openapi": "3.0.0",
		"paths": map[string]any{"/a": map[string]any{"get": map[string]any{
			"schema": map[string]any{"type": "object", "self": map[string]any{"$ref": "#/a~1b/0"}}, // endless: left as it is
			"own":    map[string]any{"x": 1.0},
		}, "get2": map[string]any{"x": 1.0}}},
		"components": map[string]any{"schemas": map[string]any{
			"Local": map[string]any{"$ref": "#/components/schemas/Own"},
			"Own":   map[string]any{"type": "string"},
			"Far":   map[string]any{"$ref": "https://example.com/x.yaml#/Y"},
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestBundleThatGrowsWithoutEndIsRefused(t *testing.T) {
	t.Parallel()
	var list strings.Builder
	texts := map[string]string{"f0.yaml": "x: 1"}
	for i := 1; i < 12; i++ {
		list.Reset()
		for range 10 {
			list.WriteString("- {$ref: 'f" + string(rune('0'+(i-1)%10)) + ".yaml'}\n")
		}
		texts["f"+string(rune('0'+i%10))+".yaml"] = list.String()
	}
	d := readWith(t, api+"  definition: {$openapi: f9.yaml}\n", texts)
	if d.State != DocRefused || !strings.Contains(d.Problems[0].Message, "once its references are filled in") && !strings.Contains(d.Problems[0].Message, "too far") {
		t.Errorf("%v", problemLines(d))
	}
}

func TestNameAndNamespaceAreNoPlaceholders(t *testing.T) {
	t.Parallel()
	texts := map[string]string{"./name": "web", "./meta": "name: web\n"}
	for _, tc := range []struct{ metadata, want string }{
		{"{$yaml: ./meta}", "2:1 error metadata.name: metadata.name is missing"},
		{"{name: {$text: ./name}}", "2:12 error metadata.name: metadata.name is a mapping but must be text"},
		{"{name: web, namespace: {$text: ./name}}", "2:23 error metadata.namespace: metadata.namespace is a mapping but must be text"},
	} {
		d := readWith(t, "apiVersion: backstage.io/v1alpha1\nmetadata: "+tc.metadata+"\nkind: Location\nspec: {target: x}\n", texts)
		if diff := cmp.Diff([]string{tc.want}, problemLines(d)); diff != "" {
			t.Error(diff)
		}
	}
}
