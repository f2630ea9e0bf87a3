package config

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"
)

func compiled(tb testing.TB) *jsonschema.Schema {
	tb.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		tb.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("config.json", doc); err != nil {
		tb.Fatal(err)
	}
	s, err := c.Compile("config.json")
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// jsonOf reads YAML 1.2 into what a JSON Schema validator takes.
func jsonOf(tb testing.TB, text string) any {
	tb.Helper()
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(text), &n); err != nil {
		tb.Fatalf("%q: %v", text, err)
	}
	if len(n.Content) == 0 {
		return map[string]any{}
	}
	return value(n.Content[0])
}

func value(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			m[n.Content[i].Value] = value(n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range n.Content {
			list = append(list, value(item))
		}
		return list
	}
	switch {
	case isText(n):
		return n.Value
	case isNull(n):
		return nil
	case boolean.MatchString(n.Value):
		return strings.EqualFold(n.Value, "true")
	}
	return 1
}

// agree fails where the schema and the loader's own check of shapes differ.
func agree(tb testing.TB, schema *jsonschema.Schema, text string) (valid bool) {
	tb.Helper()
	bySchema := schema.Validate(jsonOf(tb, text))
	ch := &checker{places: map[string]place{}}
	if root := ch.root([]byte(text)); root != nil {
		ch.value(root, fileShape(), "")
	}
	if (bySchema == nil) != (ch.err() == nil) {
		tb.Fatalf("%s\nschema: %v\nloader: %v", text, bySchema, ch.err())
	}
	return bySchema == nil
}

func TestSchemaAndLoaderAgree(t *testing.T) {
	t.Parallel()
	schema := compiled(t)
	tests := map[string]bool{
		"":                                         true,
		"company: a":                               true,
		"company: 1":                               false,
		"company: \"\"":                            false,
		"company:":                                 false,
		"company: 2020-01-01":                      true,
		"company: 12:30":                           true,
		"company: 0x1F":                            false,
		"company: 1_000":                           true,
		"company: " + strings.Repeat("ä", 100):     true,
		"company: " + strings.Repeat("ä", 101):     false,
		"other: a":                                 false,
		"sources: [{name: a, folder: b}]":          true,
		"sources: [{name: a}]":                     false,
		"sources: [{name: A, folder: b}]":          false,
		"sources: [{name: a, folder: b, x: 1}]":    false,
		"sources: [{name: a, git: 'https://h/x'}]": true,
		"sources: [{name: a, git: 'https://h/x', folder: b}]":                                                                          false,
		"sources: [{name: a, git: 'https://h/x', branch: -x}]":                                                                         false,
		"git: {files: true, hosts: [{host: github.com, secret: 'env:T', forge: github, key: k, knownHosts: h, http: false, user: u}]}": true,
		"git: {hosts: [{host: 'https://github.com'}]}":                                                                                 false,
		"git: {hosts: [{host: github.com, secret: hunter2}]}":                                                                          false,
		"git: {hosts: [{host: github.com, secret: 'file:../t'}]}":                                                                      true,
		"git: {hosts: [{secret: 'command:pass x'}]}":                                                                                   false,
		"sources: {}":  false,
		"sources: [a]": false,
		"sources: [{name: a, folder: b, trusted: yes}]":  false,
		"sources: [{name: a, folder: b, trusted: True}]": true,
		"sources: [{name: a, folder: b, kinds: [A, 1]}]": false,
		"sources: [{name: a, folder: b, paths: ['**']}]": true,
		"apiGroups: ['*.acme.com']":                      true,
		"apiGroups: ['*']":                               false,
		"views: [{name: a, query: b, columns: [c]}]":     true,
		"views: [{name: a}]":                             false,
		"keys: {open: [enter]}":                          true,
		"keys: {open: enter}":                            false,
		"keys: {'a b': [enter]}":                         false,
		"keys: {open: [a,b,c,d,e,f,g,h,i,j,k]}":          false,
		"ui: {theme: light, mouse: false, ascii: true}":  true,
		"ui: {theme: Light}":                             false,
		"ui: {colour: x}":                                false,
		"sync: {interval: 5m}":                           true,
		"sync: {interval: 5}":                            false,
		"sync: {interval: 5x}":                           false,
		"sync: 60s":                                      false,
	}
	for text, want := range tests {
		if got := agree(t, schema, text); got != want {
			t.Errorf("%q: valid is %v, want %v", text, got, want)
		}
	}
}

func TestSchemaAndLoaderAgreeOnAnyTree(t *testing.T) {
	t.Parallel()
	schema := compiled(t)
	names := []string{"company", "user", "sources", "name", "folder", "git", "branch", "hosts", "host", "secret", "paths", "trusted", "views", "query", "keys", "ui", "theme", "ascii", "sync", "interval", "apiGroups", "kinds", "x"}
	scalars := []string{"a", "dark", "true", "1", "null", "'true'", "60s", "A b", "backstage.io"}
	rapid.Check(t, func(r *rapid.T) {
		var tree func(depth int) string
		tree = func(depth int) string {
			switch pick := rapid.IntRange(0, 3).Draw(r, "kind"); {
			case depth == 0 || pick == 0:
				return rapid.SampledFrom(scalars).Draw(r, "scalar")
			case pick == 1:
				return "[" + tree(depth-1) + "]"
			default:
				keys := rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, 4, rapid.ID[string]).Draw(r, "keys")
				parts := make([]string, len(keys))
				for i, k := range keys {
					parts[i] = fmt.Sprintf("%s: %s", k, tree(depth-1))
				}
				return "{" + strings.Join(parts, ", ") + "}"
			}
		}
		agree(t, schema, "{"+strings.TrimSuffix(strings.TrimPrefix(tree(3), "{"), "}")+"}")
	})
}

func TestEveryKeyOfTheSchemaIsDescribed(t *testing.T) {
	t.Parallel()
	var walk func(path string, s *shape)
	walk = func(path string, s *shape) {
		if s.doc == "" {
			t.Errorf("%s has no description", path)
		}
		for _, k := range s.keys {
			walk(join(path, k.name), k.shape)
		}
		if s.item != nil {
			walk(path+"[]", s.item)
		}
	}
	walk("", fileShape())
}

func FuzzParse(f *testing.F) {
	f.Add("company: acme\nsources: [{name: a, folder: b}]\n")
	f.Add("a: &a [*a]\n")
	f.Add("? {a: b}\n: c\n--- x\n")
	f.Fuzz(func(t *testing.T, text string) {
		cfg, err := load(text)
		if (cfg == nil) == (err == nil) {
			t.Errorf("config %v and error %v", cfg, err)
		}
	})
}
