package catalog

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/idptui/idptui/internal/safe"
)

// checkDocuments holds what Read promises of any bytes.
func checkDocuments(t *testing.T, docs []Document) {
	t.Helper()
	for i, d := range docs {
		if d.Index != i || d.Line < 1 {
			t.Errorf("document %d: index %d, line %d", i, d.Index, d.Line)
		}
		if (d.State == DocAccepted) != (d.Entity != nil) || (d.State == DocRefused) != d.hasError() {
			t.Errorf("document %d: state %d, problems %v", i, d.State, d.Problems)
		}
		if safe.Text(d.Raw) != d.Raw {
			t.Errorf("raw text is not clean: %q", d.Raw)
		}
		for _, p := range d.Problems {
			if p.Message == "" || p.Line < 1 && len(docs) > 1 || safe.Line(p.Message+p.Hint+p.Field) != p.Message+p.Hint+p.Field {
				t.Errorf("problem %+v", p)
			}
		}
		if d.Entity == nil {
			continue
		}
		checkEntityIsWhole(t, d.Entity)
	}
}

func checkEntityIsWhole(t *testing.T, e *Entity) {
	t.Helper()
	data, err := json.Marshal(e)
	if err != nil {
		t.Errorf("%v", err)
	}
	var again Entity
	if err := json.Unmarshal(data, &again); err != nil || again.Ref() != e.Ref() {
		t.Errorf("%v in %s", err, data)
	}
	out, err := e.YAML()
	if err != nil {
		t.Errorf("%v", err)
	}
	if safe.Suspect(string(out)) {
		t.Errorf("not clean: %q", out)
	}
	if _, problems := Edges(e); len(problems) > 0 {
		t.Errorf("edges of an accepted entity: %v", problems)
	}
	Contacts(e)
	SourceURL(e)
	s := Summarise(&Record{Entity: e})
	if strings.ContainsAny(s.Title+s.Description+s.Type+s.Lifecycle+s.Email, "\r\n") {
		t.Errorf("more than one line in %+v", s)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(component + "---\n" + template + "...\n%YAML 1.2\n---\n{a: &b [*b]}\n"))
	f.Add([]byte(api + "  definition: {$openapi: x}\n"))
	f.Add([]byte(component + "  a: &a {? {{ x }} : <<, 0x1f: .nan}\n  \"\\u2028\": *a\n"))
	seeds, _ := filepath.Glob("../../testdata/demo/*/catalog-info.yaml")
	for _, path := range seeds {
		if data, err := os.ReadFile(path); err == nil {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		resolve := func(string) ([]byte, error) { return data, nil }
		checkDocuments(t, Read(data, ReadOptions{Path: "x.yaml", Resolve: resolve, Named: len(data)%2 == 0}))
	})
}

func FuzzParseRef(f *testing.F) {
	for _, s := range []string{"a", "a:b", "a/b", "a:b/c", "a/b:c", ":", "/", "a:", "a:b/", " x ", "İ:ſ/K", "a:b:c/d/e"} {
		f.Add(s, "Group", "shop")
		f.Add(s, "", "")
	}
	f.Fuzz(func(t *testing.T, text, kind, namespace string) {
		r, err := ParseRef(text, RefDefaults{kind, namespace})
		if err != nil {
			return
		}
		if r.Kind == "" || r.Namespace == "" || r.Name == "" {
			t.Errorf("%q has an empty part: %+v", text, r)
		}
		if strings.ContainsAny(r.Kind+r.Namespace, ":/") && !strings.ContainsAny(kind+namespace, ":/") && !strings.Contains(r.Namespace, ":") {
			t.Errorf("%q has a separator in its parts: %+v", text, r)
		}
		if strings.ContainsAny(r.Name, ":/") || strings.ContainsAny(r.Namespace, ":/") || strings.ContainsAny(r.Kind, ":/") || strings.TrimSpace(r.String()) != r.String() {
			return // its text is not readable again
		}
		again, err := ParseRef(r.String(), RefDefaults{})
		if err != nil || again.String() != r.String() {
			t.Errorf("%q is %q, then %q, %v", text, r.String(), again.String(), err)
		}
	})
}

func FuzzTargets(f *testing.F) {
	for _, s := range []string{"./a.yaml", "https://a.com/b", "**/x.yaml", "", "a:b", "\x1b[31m", "a\nb", "'", "\u202e"} {
		f.Add(s, "file")
	}
	f.Fuzz(func(t *testing.T, target, typ string) {
		if typ, target, err := ParseLocation(typ + ":" + target); err == nil && (typ == "" || target == "" || strings.Contains(typ, ":")) {
			t.Errorf("%q %q", typ, target)
		}
		doc := map[string]any{
			"apiVersion": "backstage.io/v1alpha1", "kind": "Location", "metadata": map[string]any{"name": "a"},
			"spec": map[string]any{"type": typ, "targets": []any{"x", target}},
		}
		data, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		docs := Read(data, ReadOptions{})
		checkDocuments(t, docs)
		for _, d := range docs {
			if d.State != DocAccepted {
				continue
			}
			if len(d.Targets) != 2 || d.Targets[1].Target != safe.Line(string([]rune(target))) || d.Targets[1].Line != 1 {
				t.Errorf("%q gives %+v", target, d.Targets)
			}
		}
	})
}
