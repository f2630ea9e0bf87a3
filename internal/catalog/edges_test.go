package catalog

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func edgeLines(edges []Edge) []string {
	var out []string
	for _, e := range edges {
		out = append(out, e.Type+"/"+e.Reverse+" "+e.Target.String())
	}
	return out
}

func TestRelationsOfEachKind(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		kind, spec string
		want       []string
	}{
		{
			"Component", "type: a\nlifecycle: b\nowner: Team\nsystem: s\nsubcomponentOf: c\nprovidesApis: [p]\nconsumesApis: [other/q]\ndependsOn: ['resource:r', 'component:other/c']\ndependencyOf: ['component:d']\ndomain: ignored\nparent: ignored",
			[]string{
				"ownedBy/ownerOf group:shop/team", "partOf/hasPart system:shop/s", "partOf/hasPart component:shop/c",
				"providesApi/apiProvidedBy api:shop/p", "consumesApi/apiConsumedBy api:other/q",
				"dependsOn/dependencyOf resource:shop/r", "dependsOn/dependencyOf component:other/c", "dependencyOf/dependsOn component:shop/d",
			},
		},
		{"API", "type: a\nlifecycle: b\nowner: user:x\nsystem: s\ndefinition: d\ndependsOn: ['api:ignored']", []string{"ownedBy/ownerOf user:shop/x", "partOf/hasPart system:shop/s"}},
		{"API mcp-server", "type: mcp-server\nlifecycle: b\nowner: x\nremotes: [{type: a, url: b}]", []string{"ownedBy/ownerOf group:shop/x"}},
		{"Resource", "type: a\nowner: x\nsystem: s\ndependsOn: ['resource:r']\ndependencyOf: ['component:c']", []string{
			"ownedBy/ownerOf group:shop/x", "partOf/hasPart system:shop/s", "dependsOn/dependencyOf resource:shop/r", "dependencyOf/dependsOn component:shop/c",
		}},
		{"System", "owner: x\ndomain: d\ndependsOn: ['system:ignored']", []string{"ownedBy/ownerOf group:shop/x", "partOf/hasPart domain:shop/d"}},
		{"Domain", "owner: group:default/x\nsubdomainOf: d\nsystem: ignored", []string{"ownedBy/ownerOf group:default/x", "partOf/hasPart domain:shop/d"}},
		{"Group", "type: team\nparent: p\nchildren: [c1, c2]\nmembers: [u]\nowner: ignored", []string{
			"childOf/parentOf group:shop/p", "parentOf/childOf group:shop/c1", "parentOf/childOf group:shop/c2", "hasMember/memberOf user:shop/u",
		}},
		{"User", "memberOf: [a, default/b]\nowner: ignored", []string{"memberOf/hasMember group:shop/a", "memberOf/hasMember group:default/b"}},
		{"Location", "target: ./a.yaml\nowner: ignored", nil},
		{"Template", "type: a\nsteps: []\nowner: x\nsystem: ignored", []string{"ownedBy/ownerOf group:shop/x"}},
		{"AiResource skill", "type: skill\nlifecycle: a\nowner: x\nsystem: s\ndependsOn: [y]", []string{
			"ownedBy/ownerOf group:shop/x", "partOf/hasPart system:shop/s", "dependsOn/dependencyOf airesource:shop/y",
		}},
		{"AiResource plugin", "type: plugin\nlifecycle: a\nowner: x\nskills: [y]", []string{"ownedBy/ownerOf group:shop/x", "hasPart/partOf airesource:shop/y"}},
		{"AiResource marketplace", "type: marketplace\nlifecycle: a\nowner: x\nplugins: [y]", []string{"ownedBy/ownerOf group:shop/x", "hasPart/partOf airesource:shop/y"}},
		{"Environment", "owner: x\nsystem: s\ndomain: d\ndependsOn: ['resource:r', kindless]\ndependencyOf: ['component:c']\nparent: ignored", []string{
			"ownedBy/ownerOf group:shop/x", "partOf/hasPart system:shop/s", "partOf/hasPart domain:shop/d",
			"dependsOn/dependencyOf resource:shop/r", "dependencyOf/dependsOn component:shop/c",
		}},
	} {
		t.Run(tc.kind, func(t *testing.T) {
			t.Parallel()
			d := readDoc(t, strings.Replace(document(tc.kind, tc.spec), "{name: x}", "{name: x, namespace: shop}", 1))
			if d.State != DocAccepted {
				t.Fatal(problemLines(d))
			}
			edges, problems := Edges(d.Entity)
			if diff := cmp.Diff(tc.want, edgeLines(edges)); diff != "" {
				t.Error(diff)
			}
			if len(problems) > 0 {
				t.Errorf("problems of an accepted entity: %v", problems)
			}
		})
	}
}

func TestRelationsAreDistinct(t *testing.T) {
	t.Parallel()
	spec := map[string]any{"type": "team", "parent": "P", "children": []any{"a", "A", "group:a", "default/a", "b"}}
	edges, _ := Edges(&Entity{APIVersion: "backstage.io/v1alpha1", Kind: KindGroup, Metadata: Metadata{Name: "g"}, Spec: spec})
	want := []string{"childOf/parentOf group:default/p", "parentOf/childOf group:default/a", "parentOf/childOf group:default/b"}
	if diff := cmp.Diff(want, edgeLines(edges)); diff != "" {
		t.Error(diff)
	}
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "A", "b", "c", "group:a", "x/a", "d", "e"}), 0, 40).Draw(t, "names")
		var children []any
		distinct := map[string]bool{}
		for _, n := range names {
			children = append(children, n)
			r, _ := ParseRef(n, RefDefaults{Kind: KindGroup})
			distinct[r.String()] = true
		}
		edges, _ := Edges(&Entity{APIVersion: "backstage.io/v1alpha1", Kind: KindGroup, Metadata: Metadata{Name: "g"}, Spec: map[string]any{"children": children}})
		if len(edges) != len(distinct) {
			t.Fatalf("%d edges of %d distinct children %v", len(edges), len(distinct), names)
		}
		lines := edgeLines(edges)
		if slices.Sort(lines); len(slices.Compact(lines)) != len(edges) {
			t.Fatalf("a relation twice in %v", lines)
		}
	})
}

func TestOwnerOfAKindThatCannotOwnMakesNoRelation(t *testing.T) {
	t.Parallel()
	d := readDoc(t, strings.Replace(component, "team-a", "api:a", 1))
	if edges, problems := Edges(d.Entity); len(edges) != 0 || len(problems) != 0 {
		t.Errorf("%v %v", edges, problems)
	}
}

func TestEdgesOfAnEntityThatReadDidNotCheck(t *testing.T) {
	t.Parallel()
	e := &Entity{APIVersion: "backstage.io/v1alpha1", Kind: KindComponent, Metadata: Metadata{Name: "c"}, Spec: map[string]any{
		"owner": "group:", "system": 5.0, "dependsOn": []any{"db", 7.0, "component:ok"}, "providesApis": "one-text",
	}}
	edges, problems := Edges(e)
	if diff := cmp.Diff([]string{"providesApi/apiProvidedBy api:default/one-text", "dependsOn/dependencyOf component:default/ok"}, edgeLines(edges)); diff != "" {
		t.Error(diff)
	}
	var got []string
	for _, p := range problems {
		got = append(got, fmt.Sprintf("%s %s %s: %s", p.Severity, p.Ref, p.Field, p.Message))
	}
	want := []string{
		`error component:default/c spec.owner: spec.owner is "group:", which has no name`,
		`error component:default/c spec.dependsOn[0]: spec.dependsOn[0] is "db", which must say its kind here`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
