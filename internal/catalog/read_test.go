package catalog

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idptui/idptui/internal/safe"
)

// readDoc reads a text that must hold one document.
func readDoc(t *testing.T, text string) Document {
	t.Helper()
	docs := Read([]byte(text), ReadOptions{Path: "dir/file.yaml"})
	if len(docs) != 1 {
		t.Fatalf("%d documents, want one", len(docs))
	}
	return docs[0]
}

// problemLines are the problems of a document as "line:column severity field: message".
func problemLines(d Document) []string {
	var out []string
	for _, p := range d.Problems {
		out = append(out, fmt.Sprintf("%d:%d %s %s: %s", p.Line, p.Column, p.Severity, p.Field, p.Message))
	}
	return out
}

const component = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: web
spec:
  type: website
  lifecycle: production
  owner: team-a
`

func TestReadKeepsEveryPartOfAnEntity(t *testing.T) {
	t.Parallel()
	d := readDoc(t, `# about web
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: web
  namespace: shop
  title: The web
  description: |
    Two
    lines
  labels: {example.com/tier: gold}
  annotations:
    example.com/json: '{"a": 1}'
  tags: [java, c++, a:b]
  links:
    - {url: "https://example.com", title: Home, icon: web, type: docs}
  uid: u-1
  etag: e-1
  value_quantification: {money: 12}
spec:
  type: website
  lifecycle: production
  owner: team-a
  extra: [1, true, null, {deep: 2020-01-01}]
`)
	if d.State != DocAccepted || d.Line != 1 || len(d.Problems) != 0 {
		t.Fatalf("state %d, line %d, %v", d.State, d.Line, d.Problems)
	}
	want := &Entity{
		APIVersion: "backstage.io/v1alpha1", Kind: "Component",
		Metadata: Metadata{
			Name: "web", Namespace: "shop", Title: "The web", Description: "Two\nlines\n",
			Labels:      map[string]string{"example.com/tier": "gold"},
			Annotations: map[string]string{"example.com/json": `{"a": 1}`},
			Tags:        []string{"java", "c++", "a:b"},
			Links:       []Link{{URL: "https://example.com", Title: "Home", Icon: "web", Type: "docs"}},
			UID:         "u-1", ETag: "e-1",
			Extra: map[string]any{"value_quantification": map[string]any{"money": 12.0}},
		},
		Spec: map[string]any{
			"type": "website", "lifecycle": "production", "owner": "team-a",
			"extra": []any{1.0, true, nil, map[string]any{"deep": "2020-01-01"}},
		},
	}
	if diff := cmp.Diff(want, d.Entity); diff != "" {
		t.Error(diff)
	}
	if !strings.HasPrefix(d.Raw, "# about web\napiVersion") {
		t.Errorf("raw is %q", d.Raw)
	}
}

func TestNamespaceIsFilledIn(t *testing.T) {
	t.Parallel()
	if d := readDoc(t, component); d.Entity.Metadata.Namespace != "default" {
		t.Errorf("namespace %q", d.Entity.Metadata.Namespace)
	}
}

func TestReadTellsDocumentsApart(t *testing.T) {
	t.Parallel()
	other := strings.Replace(component, "kind: Component", "kind: Spaceship", 1)
	for _, tc := range []struct {
		name, text string
		opts       ReadOptions
		want       DocumentState
	}{
		{"entity", component, ReadOptions{}, DocAccepted},
		{"entity as JSON", `{"apiVersion":"backstage.io/v1alpha1","kind":"System","metadata":{"name":"a"},"spec":{"owner":"b"}}`, ReadOptions{}, DocAccepted},
		{"comment alone", "---\n# nothing\n", ReadOptions{}, DocEmpty},
		{"null", "~ # backstage.io\n", ReadOptions{}, DocEmpty},
		{"any other kind", other, ReadOptions{}, DocAccepted},
		{"kind without spec", "apiVersion: backstage.io/v1alpha1\nkind: Environment\nmetadata: {name: prod}\n", ReadOptions{}, DocAccepted},
		{"group below backstage.io", "apiVersion: extensions.backstage.io/v1alpha1\nkind: Plugin\nmetadata: {name: p}\n", ReadOptions{}, DocAccepted},
		{"other group", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n", ReadOptions{}, DocForeign},
		{"group that only ends alike", "apiVersion: notbackstage.io/v1\nkind: Component\nmetadata: {name: web}\n", ReadOptions{}, DocForeign},
		{"other group with a label of the catalog", "apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {backstage.io/kubernetes-id: web}}\n", ReadOptions{}, DocForeign},
		{"configured group", "apiVersion: acme.com/v1\nkind: Component\nmetadata: {name: web}\n", ReadOptions{Groups: []string{"acme.com"}}, DocAccepted},
		{"configured groups replace the default", component, ReadOptions{Groups: []string{"acme.com"}}, DocForeign},
		{"wildcard group", "apiVersion: x.acme.com/v1\nkind: T\nmetadata: {name: web}\n", ReadOptions{Groups: []string{"*.acme.com"}}, DocAccepted},
		{"wildcard group is not the group itself", "apiVersion: acme.com/v1\nkind: T\nmetadata: {name: web}\n", ReadOptions{Groups: []string{"*.acme.com"}}, DocForeign},
		{"list", "- backstage.io/v1\n", ReadOptions{}, DocForeign},
		{"list in a named file", "- backstage.io/v1\n", ReadOptions{Named: true}, DocRefused},
		{"apiVersion forgotten", "kind: Component\nmetadata: {name: web}\nspec: {}\n", ReadOptions{}, DocRefused},
		{"something else without apiVersion", "kind: service\nmetadata: {name: web}\n", ReadOptions{}, DocForeign},
		{"broken foreign file", "a: b: c\n", ReadOptions{}, DocForeign},
		{"broken foreign file asked for", "a: b: c\n", ReadOptions{Named: true}, DocRefused},
		{"broken file with the catalog's name", "a: b: c\n", ReadOptions{Path: "x/catalog-info.yaml"}, DocRefused},
		{"broken entity", component + " x: 1\n", ReadOptions{}, DocRefused},
		{"broken JSON entity", `{"apiVersion": "backstage.io/v1alpha1", "kind": `, ReadOptions{}, DocRefused},
		{"bytes that are no text in a foreign file", "a: \xff\n", ReadOptions{}, DocForeign},
		{"bytes that are no text in an entity", component + "# \xff\n", ReadOptions{}, DocRefused},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			docs := Read([]byte(tc.text), tc.opts)
			if len(docs) != 1 || docs[0].State != tc.want {
				t.Fatalf("got %+v, want state %d", docs, tc.want)
			}
			if (tc.want == DocAccepted) != (docs[0].Entity != nil) {
				t.Error("an entity is there exactly when the document is accepted")
			}
			if kept := docs[0].Raw != ""; kept != (tc.want == DocAccepted || tc.want == DocRefused) {
				t.Errorf("raw is %q", docs[0].Raw)
			}
		})
	}
}

func TestSkeletonsAreLeftOutQuietly(t *testing.T) {
	t.Parallel()
	set := func(old, new string) string { return strings.Replace(component, old, new, 1) }
	for name, text := range map[string]string{
		"name":                  set("name: web", "name: ${{ values.name }}"),
		"quoted name":           set("name: web", `name: "{{ cookiecutter.name }}"`),
		"unquoted braces":       set("name: web", "name: {{ name }}"),
		"kind":                  set("kind: Component", "kind: ${{ values.kind }}"),
		"apiVersion":            set("backstage.io/v1alpha1", "${{ values.v }} # backstage.io"),
		"namespace":             set("name: web", "name: web\n  namespace: ${{ values.ns | dump }}"),
		"owner":                 set("team-a", "${{ values.owner }}"),
		"item of dependsOn":     component + "  dependsOn:\n    - resource:db\n    - resource:${{ values.db }}\n",
		"location target":       "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: a}\nspec: {targets: ['./${{ x }}.yaml']}\n",
		"block tags":            "{%- if values.x %}\n" + component + "{%- endif %}\n",
		"tag between the lines": set("spec:", "  {%- if a %}\n  title: x\n  {%- endif %}\nspec:"),
		"skeleton of a Template": "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata:\n  name: ${{ values.id }}\n" +
			"spec:\n  type: a\n  {%- if x %}\n  owner: b\n  {%- endif %}\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := readDoc(t, text)
			if d.State != DocSkeleton || len(d.Problems) != 1 || d.Problems[0].Severity != Note || d.Problems[0].Class != ClassSkeleton || d.Problems[0].Line != d.Line {
				t.Errorf("state %d, %+v", d.State, d.Problems)
			}
		})
	}
}

const template = `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: node
  title: Node.js
spec:
  type: service
  owner: ${{ user }}
  parameters:
    - title: ${{ x }}
      properties: {name: {type: string}}
  steps:
    - id: fetch
      action: fetch:template
      if: ${{ parameters.x }}
      input:
        url: ./skeleton
        values: {name: "${{ parameters.name }}"}
  output:
    links:
      - {title: Repository, url: "${{ steps.p.output.remoteUrl }}"}
    text: [{title: a, content: b}]
    remoteUrl: ${{ x }}
`

func TestTemplateWithPlaceholdersIsAnOrdinaryEntity(t *testing.T) {
	t.Parallel()
	if d := readDoc(t, template); d.State != DocAccepted || len(d.Problems) != 0 {
		t.Errorf("state %d, %+v", d.State, d.Problems)
	}
}

func TestBrokenTemplateIsNoSkeleton(t *testing.T) {
	t.Parallel()
	d := readDoc(t, template+"   oops: 1\n")
	if d.State != DocRefused || len(d.Problems) != 1 || d.Problems[0].Line != 24 {
		t.Errorf("state %d, %+v", d.State, d.Problems)
	}
}

func TestBrokenDocumentDoesNotHideItsNeighbours(t *testing.T) {
	t.Parallel()
	named := func(name string) string { return strings.Replace(component, "name: web", "name: "+name, 1) }
	file := "\ufeff# licence\r\n" + strings.ReplaceAll("--- # one\n"+named("one")+"---\n"+named("two")+"  owner: \"open\n---\n"+named("three")+"  bad: a: b\n...\n%YAML 1.2\n---\n"+named("four"), "\n", "\r\n")
	docs := Read([]byte(file), ReadOptions{Path: "all.yaml"})
	var got []string
	for _, d := range docs {
		got = append(got, fmt.Sprintf("%d line %d state %d %v", d.Index, d.Line, d.State, problemLines(d)))
	}
	want := []string{
		fmt.Sprintf("0 line 3 state %d []", DocAccepted),
		fmt.Sprintf("1 line 12 state %d [20:10 error : the quote opened here is never closed]", DocRefused),
		fmt.Sprintf("2 line 22 state %d [30:9 error : a colon stands where no key can be]", DocRefused),
		fmt.Sprintf("3 line 34 state %d []", DocAccepted),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if docs[3].Entity.Metadata.Name != "four" {
		t.Errorf("last is %s", docs[3].Entity.Ref())
	}
}

func TestHostileFilesAreRefusedWithAReason(t *testing.T) {
	t.Parallel()
	head := "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: a}\nspec:\n"
	laughs := head + "  a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
	for i := 1; i < 12; i++ {
		laughs += fmt.Sprintf("  a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 9), ","))
	}
	bigText := head + "  a: &a \"" + strings.Repeat("x", 1<<20) + "\"\n  b: [" + strings.TrimSuffix(strings.Repeat("*a,", 50_000), ",") + "]\n"
	for _, tc := range []struct{ name, text, want string }{
		{"billion laughs", laughs, "too big once its aliases are expanded"},
		{"a long text many times", bigText, "too big once its aliases are expanded"},
		{"alias inside itself", head + "  a: &a [1, *a]\n", "holds itself"},
		{"open brackets", head + "  a: " + strings.Repeat("[", 100_000), "nested too deep"},
		{"open braces", head + "  a: " + strings.Repeat("{", 100_000), "nested too deep"},
		{"dashes", head + "  a:\n    " + strings.Repeat("- ", 50_000), "nested too deep"},
		{"deeper than the limit", head + "  a: " + strings.Repeat("[", 150) + strings.Repeat("]", 150), "nested deeper than 100 levels"},
		{"more values than the limit", head + "  a: [" + strings.Repeat("1,", 300_000) + "1]\n", "more than 200000 values"},
		{"far more values than the limit", head + "  a: [" + strings.Repeat("1,", 1_000_000) + "1]\n", "far more than"},
		{"document over the cap", head + "  a: " + strings.Repeat("x", 6<<20), "more than the 5.2 MB"},
		{"file over the cap", strings.Repeat("x", 21<<20), "more than the 21.0 MB"},
		{"UTF-16", "\xff\xfea\x00", "UTF-16"},
		{"name of 10 000 letters", strings.Replace(component, "web", strings.Repeat("a", 10_000), 1), "at most 63 characters"},
		{"duplicate keys", head + strings.Repeat("  a: 1\n", 50_000), "is already on line 5"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			d := readDoc(t, tc.text)
			if d.State != DocRefused || len(d.Problems) == 0 || !strings.Contains(d.Problems[0].Message, tc.want) {
				t.Fatalf("state %d, %v", d.State, problemLines(d))
			}
			for _, p := range d.Problems {
				if len(p.Message) > 1000 || len(p.Field) > 300 {
					t.Errorf("a problem of %d bytes", len(p.Message))
				}
			}
		})
	}
}

func TestDocumentsOverTheirCapAreReportedOnce(t *testing.T) {
	t.Parallel()
	docs := Read([]byte(strings.Repeat("---\n"+component, 6)), ReadOptions{Limits: Limits{FileBytes: 1 << 20, DocumentBytes: 1 << 20, Documents: 3, Depth: 10, Nodes: 100}})
	if len(docs) != 4 || docs[2].State != DocAccepted || docs[3].State != DocRefused || docs[3].Problems[0].Line != 28 {
		t.Errorf("%+v", docs)
	}
}

func TestEveryTextOfAnEntityIsClean(t *testing.T) {
	t.Parallel()
	evil := `\e[31mred\e[0m\u202Ertl\u200Bzero\a\x9B`
	text := strings.NewReplacer("EVIL", evil).Replace(`apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: web
  title: "EVIL\nsecond"
  description: "EVIL\nsecond"
  annotations: {a: "EVIL"}
  links: [{url: "https://example.com/EVIL", title: "EVIL", type: "EVIL"}]
  "EVIL": {"EVIL": "EVIL"}
spec:
  type: "EVIL\nsecond"
  lifecycle: "EVIL"
  owner: "team\nEVIL"
  dependsOn: ["component:EVIL\nx"]
  profile: {email: "EVIL\nx"}
  "EVIL": [["EVIL", {"EVIL": "EVIL"}]]
`)
	d := readDoc(t, text)
	if d.State != DocAccepted {
		t.Fatal(problemLines(d))
	}
	out, err := d.Entity.YAML()
	if err != nil {
		t.Fatal(err)
	}
	values := []string{d.Raw, string(out), d.Entity.Metadata.Title, d.Entity.SpecString("type")}
	edges, _ := Edges(d.Entity)
	for _, e := range edges {
		values = append(values, e.Target.Name)
		if strings.Contains(e.Target.Name, "\n") {
			t.Errorf("edge to two lines: %q", e.Target.Name)
		}
	}
	for _, c := range Contacts(d.Entity) {
		values = append(values, c.Text, c.URL)
	}
	s := Summarise(&Record{Entity: d.Entity})
	values = append(values, s.Title, s.Description, s.Type, s.Lifecycle, s.Owner, s.Email)
	for _, v := range values {
		if safe.Suspect(v) || safe.Text(v) != v {
			t.Errorf("not clean: %q", v)
		}
	}
	for _, line := range []string{s.Title, s.Description, s.Type, s.Owner, s.Email, d.Entity.Metadata.Title, d.Entity.SpecString("type")} {
		if strings.Contains(line, "\n") {
			t.Errorf("not one line: %q", line)
		}
	}
	if !strings.Contains(d.Entity.Metadata.Description, "\nsecond") {
		t.Error("a description lost its lines")
	}
}

func TestProblemsAreCleanAndNamed(t *testing.T) {
	t.Parallel()
	d := readDoc(t, strings.Replace(component, "spec:", "  \"\\e[31m\\u202E\": 1\n  labels: {\"\\e[31m\\u202E\": \"\\e[2J\"}\nspec:\n  system: [\"\\e\"]", 1))
	if d.State != DocRefused || len(d.Problems) < 2 {
		t.Fatalf("state %d, %v", d.State, problemLines(d))
	}
	for _, p := range d.Problems {
		if safe.Suspect(p.Message+p.Field+p.Hint) || p.Ref != "component:default/web" || p.Path != "dir/file.yaml" {
			t.Errorf("%+v", p)
		}
	}
}

func TestNumbersThatJSONCannotWriteBecomeNull(t *testing.T) {
	t.Parallel()
	d := readDoc(t, component+"  weird: [.inf, -.inf, .nan, 1]\n")
	if d.State != DocAccepted || !cmp.Equal(d.Entity.Spec["weird"], []any{nil, nil, nil, 1.0}) {
		t.Errorf("%v %v", d.Entity, problemLines(d))
	}
}

func TestMergeKeysAreWarnedAbout(t *testing.T) {
	t.Parallel()
	d := readDoc(t, component+"  base: &b {a: 1}\n  more:\n    <<: *b\n")
	if d.State != DocAccepted || len(d.Problems) != 1 || d.Problems[0].Severity != Warning || d.Problems[0].Line != 11 {
		t.Errorf("%v", problemLines(d))
	}
}

func TestPlaceholdersOfAFileThatCannotBeReadSayWhy(t *testing.T) {
	t.Parallel()
	docs := Read([]byte("apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: a}\nspec:\n  type: openapi\n  lifecycle: x\n  owner: y\n  definition:\n    $text: ./a.yaml\n"),
		ReadOptions{Resolve: func(string) ([]byte, error) { return nil, errors.New("it does not exist") }})
	want := []string{`9:12 error spec.definition.$text: $text "./a.yaml" cannot be used: it does not exist`}
	if diff := cmp.Diff(want, problemLines(docs[0])); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsNoYAMLInAFileThatHeldEntitiesIsRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]DocumentState{
		"a: [\n": DocRefused, "a: {{ x\n": DocRefused, "\x00\x01": DocRefused, "a: b\n": DocForeign, "word\n": DocForeign,
	} {
		for held, want := range map[bool]DocumentState{true: want, false: min(want, DocForeign)} {
			docs := Read([]byte(text), ReadOptions{Path: "x.yaml", Held: held})
			if len(docs) != 1 || docs[0].State != want || (want == DocRefused) != (len(docs[0].Problems) == 1) {
				t.Errorf("%q, held %t: %+v", text, held, docs)
			}
		}
	}
}
