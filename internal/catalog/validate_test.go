package catalog

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// checkEntity gives the problems of a document as lines.
func checkEntity(t *testing.T, text string) []string {
	t.Helper()
	return problemLines(readDoc(t, text))
}

func TestAllFaultsOfADocumentAreListed(t *testing.T) {
	t.Parallel()
	got := checkEntity(t, `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: -web
  namespace: Shop
  title: ""
  description: 12
  labels:
    tier: 1
    "bad key": x
    ok: "not ok!"
  annotations:
    example.com/port: 8080
    example.com/on: true
    a/b/c: x
  tags: [Java, go 1.2, ok, 7]
  links:
    - title: no url
    - url: example.com
      icon: my icon
    - url: https://example.com
      title: " "
relations: []
owner: x
spec:
  type:
  lifecycle: [production]
  system: {name: a}
  providesApis: one
  dependsOn: [db, "component:", 5]
`)
	want := []string{
		`4:9 error metadata.name: metadata.name is "-web" but must be letters and digits with - _ or . between them, at most 63 characters`,
		`5:14 error metadata.namespace: metadata.namespace is "Shop" but must be lower-case letters and digits joined by single hyphens, at most 63 characters`,
		`6:3 error metadata.title: metadata.title is empty`,
		`7:16 error metadata.description: metadata.description is a number but must be text`,
		`10:16 error metadata.labels.bad key: key metadata.labels.bad key must be a name of letters, digits and - _ . with an optional domain and slash before it, such as example.com/team`,
		`11:9 error metadata.labels.ok: metadata.labels.ok is "not ok!" but must be letters and digits with - _ or . between them, at most 63 characters`,
		`9:11 error metadata.labels.tier: metadata.labels.tier is a number but must be text`,
		`15:12 error metadata.annotations.a/b/c: key metadata.annotations.a/b/c must be a name of letters, digits and - _ . with an optional domain and slash before it, such as example.com/team`,
		`14:21 error metadata.annotations.example.com/on: metadata.annotations.example.com/on is a boolean but must be text`,
		`13:23 error metadata.annotations.example.com/port: metadata.annotations.example.com/port is a number but must be text`,
		`16:10 error metadata.tags[0]: metadata.tags[0] is "Java" but must be lower-case letters, digits and : + # joined by single hyphens, at most 63 characters`,
		`16:16 error metadata.tags[1]: metadata.tags[1] is "go 1.2" but must be lower-case letters, digits and : + # joined by single hyphens, at most 63 characters`,
		`16:28 error metadata.tags[3]: metadata.tags[3] is a number but must be text`,
		`18:7 error metadata.links[0].url: metadata.links[0].url is missing`,
		`19:12 error metadata.links[1].url: metadata.links[1].url is "example.com" but must be an absolute URL`,
		`22:14 error metadata.links[2].title: metadata.links[2].title is " " but must be a text that is not blank`,
		`24:8 error owner: unknown field "owner" beside apiVersion, kind, metadata and spec`,
		`23:1 error relations: unknown field "relations" beside apiVersion, kind, metadata and spec`,
		`26:3 error spec.type: spec.type is empty but must be text`,
		`27:3 error spec.lifecycle: spec.lifecycle is a list but must be text`,
		`25:1 error spec.owner: spec.owner is missing`,
		`28:3 error spec.system: spec.system is a mapping but must be text`,
		`29:17 error spec.providesApis: spec.providesApis is text but must be a list`,
		`30:33 error spec.dependsOn[2]: spec.dependsOn[2] is a number but must be text`,
		`30:15 error spec.dependsOn[0]: spec.dependsOn[0] is "db", which must say its kind here`,
		`30:19 error spec.dependsOn[1]: spec.dependsOn[1] is "component:", which has no name`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestHintsCanBeActedOn(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ text, want string }{
		"number as annotation": {strings.Replace(component, "name: web", "name: web\n  annotations: {port: 8080}", 1), `put it in quotes: "8080"`},
		"empty labels":         {strings.Replace(component, "name: web", "name: web\n  labels:", 1), "write labels: {} or remove the line"},
		"empty list":           {component + "  dependsOn:\n", "write dependsOn: [] or remove the line"},
		"text for a list":      {component + "  dependsOn: component:a\n", "write it as a list: one item a line, each after a dash"},
		"kindless dependency":  {component + "  dependsOn: [db]\n", "write component:db or resource:db"},
		"bad name":             {strings.Replace(component, "name: web", "name: My web app!", 1), "write for example My-web-app"},
		"bad tag":              {strings.Replace(component, "name: web", "name: web\n  tags: [Go 1.15]", 1), "write for example go-1-15"},
		"bad namespace":        {strings.Replace(component, "name: web", "name: web\n  namespace: My_Shop", 1), "write for example my-shop"},
		"owner missing":        {strings.Replace(component, "  owner: team-a\n", "", 1), "add owner: and the name of a group, or user:NAME"},
		"kind in lower case":   {strings.Replace(component, "Component", "component", 1), "write Component"},
		"old Template":         {strings.Replace(template, "scaffolder.backstage.io/v1beta3", "backstage.io/v1beta2", 1), "write scaffolder.backstage.io/v1beta3"},
		"new apiVersion":       {strings.Replace(component, "v1alpha1", "v2", 1), "write backstage.io/v1alpha1 or backstage.io/v1beta1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := readDoc(t, tc.text)
			if d.State != DocRefused || len(d.Problems) != 1 || d.Problems[0].Hint != tc.want {
				t.Errorf("%+v", d.Problems)
			}
		})
	}
}

func TestEnvelopeFaults(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		text string
		want []string
	}{
		"apiVersion missing": {
			strings.Replace(component, "apiVersion: backstage.io/v1alpha1\n", "", 1),
			[]string{"1:1 error apiVersion: apiVersion is missing"},
		},
		"metadata missing": {
			"apiVersion: backstage.io/v1alpha1\nkind: Spaceship\n",
			[]string{"1:1 error metadata: metadata is missing"},
		},
		"metadata no mapping": {
			"apiVersion: backstage.io/v1alpha1\nkind: Spaceship\nmetadata: web\n",
			[]string{"3:11 error metadata: metadata is text but must be a mapping"},
		},
		"kind missing": {
			"apiVersion: backstage.io/v1alpha1\nmetadata: {name: a}\n",
			[]string{"1:1 error kind: kind is missing"},
		},
		"kind with a dash": {
			"apiVersion: backstage.io/v1alpha1\nkind: Space-Ship\nmetadata: {name: a}\n",
			[]string{`2:7 error kind: kind is "Space-Ship" but must be letters and digits, a letter first, at most 63 of them`},
		},
		"version with a dot": {
			"apiVersion: backstage.io/v1.0\nkind: Spaceship\nmetadata: {name: a}\n",
			[]string{`1:13 error apiVersion: apiVersion is "backstage.io/v1.0" but must be a group, a slash and a version`},
		},
		"spec missing": {
			"apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: a}\n",
			[]string{"1:1 error spec: spec is missing"},
		},
		"spec empty": {
			"apiVersion: backstage.io/v1alpha1\nkind: Spaceship\nmetadata: {name: a}\nspec:\n",
			[]string{"4:1 error spec: spec is empty but must be a mapping"},
		},
		"built-in kind of another group below": {
			"apiVersion: extensions.backstage.io/v1alpha1\nkind: Component\nmetadata: {name: a}\nspec: {}\n",
			[]string{`1:13 error apiVersion: apiVersion "extensions.backstage.io/v1alpha1" is not accepted for kind Component`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, checkEntity(t, tc.text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWarningsDoNotRefuse(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ text, want string }{
		"owner of another kind":         {strings.Replace(component, "team-a", "component:a", 1), `8:10 warning spec.owner: spec.owner names a component, so it makes no relation`},
		"location without a target":     {"apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: a}\nspec: {type: url}\n", "4:1 warning spec: the Location names no target"},
		"bad reference of another kind": {"apiVersion: backstage.io/v1alpha1\nkind: Spaceship\nmetadata: {name: a}\nspec:\n  dependsOn: [b]\n", `5:15 warning spec.dependsOn[0]: spec.dependsOn[0] is "b", which must say its kind here`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := readDoc(t, tc.text)
			if d.State != DocAccepted {
				t.Errorf("state %d", d.State)
			}
			if diff := cmp.Diff([]string{tc.want}, problemLines(d)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatBackstageTakesForNothing(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"annotations":  strings.Replace(component, "name: web", "name: web\n  annotations:", 1),
		"dependencyOf": component + "  dependencyOf:\n",
	} {
		if d := readDoc(t, text); d.State != DocAccepted || len(d.Problems) > 0 {
			t.Errorf("%s: state %d, %v", name, d.State, problemLines(d))
		}
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 63)
	for name, tc := range map[string]struct {
		format func(string) (string, string)
		good   []string
		bad    []string
	}{
		"name":        {formatName, []string{"a", "A", "9", "a--b", "a._b", "a-B_c.9", long}, []string{"", "-a", "a-", "_a", "a.", "a b", "ä", "a/b", long + "a"}},
		"namespace":   {formatNamespace, []string{"a", "a-b", "a--b", "9", long}, []string{"", "A", "-a", "a-", "a.b", "a_b", long + "a"}},
		"tag":         {formatTag, []string{"a", "c++", "c#", "a:b", "go-1", ":", "+"}, []string{"", "A", "a b", "a--b", "a_b", "a.b", "-a", "a-", long + "a"}},
		"kind":        {formatKind, []string{"A", "a1", "AiResource", long}, []string{"", "1a", "a-b", "a b", long + "a"}},
		"apiVersion":  {formatAPIVersion, []string{"v1", "a/v1", "a.b-c/v1alpha1", "1"}, []string{"", "a/", "/v1", "a/b/c", "A/v1", "a/v1.0", "a_b/v1", "a..b/v1", strings.Repeat("a.", 127) + "a/v1"}},
		"label value": {formatLabelValue, []string{"", "a", "A_b.c-d"}, []string{"-", "a b", "a/b"}},
		"key":         {formatKey, []string{"a", "A_b", "example.com/a", "x/a.b"}, []string{"", "/a", "a/", "a/b/c", "Example.com/a", "a b"}},
		"url": {
			formatURL,
			[]string{"https://1.2.3.4/", "https://0x7f.1/", "https://010.1.2.3", "https://a.1b/", "https://1.2.3.4.", "foo://1.2.3.4.5/", "https://a", "HTTP://a.b/c d", "https:a", "https:///a", "mailto:x@y", "foo:bar", "slack://channel?x=1", "http://u:p@h:80/", "https://[::1]:8080/", "file:///a", "  https://a  ", "https://a.com/{{x}}", "x:///y", "https://ä.example/"},
			[]string{"", "a", "example.com", "/a", "https://", "http://?", "https://a b/", "http://a:99999/", "http://a:b/", "1a:b", ":a", "http://[::1/", "http://[zz]/", "http://a|b", "https://${{ x }}/", "foo://a b/", "http://u@/", "foo://:80/", "https://1.2.3.4.5/", "https://256.1.1.1", "https://a.1/", "https://1..2/", "https://089/", "https://1.2.3.256/", "https://4294967296/"},
		},
	} {
		for _, s := range tc.good {
			if rule, _ := tc.format(s); rule != "" {
				t.Errorf("%s %q is refused: %s", name, s, rule)
			}
		}
		for _, s := range tc.bad {
			if rule, _ := tc.format(s); rule == "" {
				t.Errorf("%s %q is accepted", name, s)
			}
		}
	}
}

func TestMendedNamesAreValid(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"My Web App!", "  --x--  ", "ÄÖ", "a  b", strings.Repeat("é a", 100), "A.B_C"} {
		for _, tc := range []struct {
			mend   func(string) string
			format func(string) (string, string)
		}{{objectNameOf, formatName}, {dnsLabelOf, formatNamespace}, {tagOf, formatTag}} {
			if got := tc.mend(s); got != "" {
				if rule, _ := tc.format(got); rule != "" {
					t.Errorf("%q becomes %q, which is not valid: %s", s, got, rule)
				}
			}
		}
	}
}

func TestKindThatIsNearlyAKnownOneIsAskedAfter(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]string{
		"Componen": "Component", "Compnonet": "Component", "componennt": "Component", "Systems": "System", "Grup": "Group", "Tempalte": "Template", "Usr": "", "App": "",
		"Environment": "", "Product": "", "Role": "", "Team": "", "Workflow": "", "Apis": "API",
	} {
		docs := Read([]byte("apiVersion: backstage.io/v1alpha1\nkind: "+kind+"\nmetadata: {name: x}\n"), ReadOptions{})
		if docs[0].State != DocAccepted {
			t.Errorf("%s is refused: %+v", kind, docs[0].Problems)
			continue
		}
		got := ""
		for _, p := range docs[0].Problems {
			if p.Severity == Warning && p.Field == "kind" && p.Line == 2 {
				got = p.Hint
			}
		}
		if want != "" {
			want = "did you mean " + want + "?"
		}
		if got != want {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
	}
	for _, text := range []string{"apiVersion: backstage.io/v1alpha1\nkind: component\nmetadata: {name: x}\nspec: {type: a, lifecycle: b, owner: c}\n"} {
		if docs := Read([]byte(text), ReadOptions{}); docs[0].State != DocRefused || docs[0].Problems[0].Hint != "write Component" {
			t.Errorf("%+v", docs[0])
		}
	}
	docs := Read([]byte("apiVersion: acme.com/v1\nkind: Componen\nmetadata: {name: x}\n"), ReadOptions{Groups: []string{"acme.com"}})
	if docs[0].State != DocAccepted || len(docs[0].Problems) != 0 {
		t.Errorf("a kind of another group: %+v", docs[0])
	}
}
