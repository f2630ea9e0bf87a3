package catalog_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/idptui/idptui/internal/catalog"
)

// related writes relations as "type ref", with a ! on those that dangle.
func related(s *catalog.Snapshot, of string) []string {
	var out []string
	for _, r := range s.Relations(ref(of)) {
		text := r.Type + " " + r.Ref.Display("Component")
		if !r.Known {
			text += "!"
		}
		if r.Known == r.Row.IsZero() {
			text += " with the wrong row"
		}
		out = append(out, text)
	}
	return out
}

func TestRelationsShowBothDirections(t *testing.T) {
	t.Parallel()
	s := newShop().snapshot()
	for of, want := range map[string][]string{
		"payments-api": {
			"dependencyOf refunds-worker", "dependsOn ledger", "dependsOn resource:orders-db", "ownedBy group:team-payments",
			"partOf system:payments", "providesApi api:payments",
		},
		"ledger": {
			"dependencyOf payments-api", "dependsOn resource:kafka!", "dependsOn resource:infra/ledger-db",
			"ownedBy group:team-payments", "partOf system:payments",
		},
		"resource:kafka":    {"dependencyOf ledger"},
		"user:bo":           {"memberOf group:team-gone!", "memberOf group:team-web"},
		"orphaned":          nil,
		"component:nowhere": nil,
	} {
		got := related(s, of)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", of, diff)
		}
	}
	if got := newShop().rows().Relations(ref("ledger")); got != nil {
		t.Errorf("before they are known, relations are %v", got)
	}
}

func TestARelationCountsOnceHoweverOftenItIsDeclared(t *testing.T) {
	t.Parallel()
	s := &shop{}
	s.entity("group:a", "parentOf:group:b", "parentOf:group:B")
	s.entity("group:b", "childOf:group:a", "dependsOn:group:b", "dependsOn:group:gone", "dependsOn:group:GONE")
	snapshot := s.snapshot()
	want := []string{"childOf group:a", "dependencyOf group:b", "dependsOn group:b", "dependsOn group:gone!"}
	if diff := cmp.Diff(want, related(snapshot, "group:b")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"parentOf group:b"}, related(snapshot, "group:a")); diff != "" {
		t.Error(diff)
	}
}

func TestWithEdgesReadsBothKindsOfKeys(t *testing.T) {
	t.Parallel()
	s := &shop{}
	s.entity("ledger")
	s.entity("checkout")
	edge := []catalog.Edge{{Type: "dependsOn", Reverse: "dependencyOf", Target: ref("ledger")}}
	for _, key := range []string{catalog.SortKey(ref("checkout")), "component:default/checkout", "Component:default/CHECKOUT"} {
		snapshot := s.rows().WithEdges(maps.All(map[string][]catalog.Edge{key: edge, "component:default/gone": edge, "": edge}))
		if diff := cmp.Diff([]string{"dependencyOf checkout"}, related(snapshot, "ledger")); diff != "" {
			t.Errorf("%q: %s", key, diff)
		}
	}
	rows := s.rows()
	ready := rows.WithEdges(maps.All(map[string][]catalog.Edge{}))
	if rows.RelationsReady() || !ready.RelationsReady() || ready.Revision() != rows.Revision() {
		t.Error("no relations and unknown relations are not told apart")
	}
}

func refTexts(refs []catalog.Ref) string {
	var out []string
	for _, r := range refs {
		out = append(out, r.Display("Group"))
	}
	return strings.Join(out, " ")
}

func TestGroupsAndMembers(t *testing.T) {
	t.Parallel()
	s := newShop()
	s.entity("group:loop-a", "childOf:group:loop-b", "hasMember:user:eva")
	s.entity("group:loop-b", "childOf:group:loop-a", "childOf:group:team-web")
	s.entity("user:eva", "memberOf:group:team-web")
	snapshot := s.snapshot()
	for user, want := range map[string]string{
		"user:alice": "team-payments engineering", "user:bo": "team-gone team-web engineering",
		"user:eva": "loop-a team-web loop-b engineering", "user:gone": "", "ledger": "",
	} {
		got := strings.Fields(refTexts(snapshot.GroupsOf(ref(user))))
		wantSorted := strings.Fields(want)
		slices.Sort(got)
		slices.Sort(wantSorted)
		if !slices.Equal(got, wantSorted) {
			t.Errorf("%s is in %s, want %s", user, got, wantSorted)
		}
	}
	if got := snapshot.GroupsOf(ref("user:alice")); got[0].Name != "team-payments" {
		t.Errorf("the nearest group is not first: %v", got)
	}
	for _, tc := range []struct {
		group      string
		transitive bool
		want       string
	}{
		{"group:engineering", false, ""},
		{"group:engineering", true, "user:alice user:bo user:eva"},
		{"group:team-web", false, "user:bo user:eva"},
		{"group:loop-a", true, "user:eva"},
		{"group:team-gone", false, "user:bo"},
		{"group:nowhere", true, ""},
	} {
		if got := refTexts(snapshot.MembersOf(ref(tc.group), tc.transitive)); got != tc.want {
			t.Errorf("members of %s (%v): %s, want %s", tc.group, tc.transitive, got, tc.want)
		}
	}
	if rows := s.rows(); rows.GroupsOf(ref("user:alice")) != nil || rows.MembersOf(ref("group:team-web"), true) != nil {
		t.Error("groups are known before relations are")
	}
}

func TestOwnedByNeedsNoRelations(t *testing.T) {
	t.Parallel()
	s := newShop().rows()
	var got []string
	for _, r := range s.OwnedBy(catalog.Ref{Kind: "group", Name: "TEAM-web"}) {
		got = append(got, r.Name())
	}
	if diff := cmp.Diff([]string{"checkout", "storefront"}, got); diff != "" {
		t.Error(diff)
	}
	if got := s.OwnedBy(catalog.Ref{}); got != nil {
		t.Errorf("nobody owns %v", got)
	}
}

func TestWalkFollowsOneDirection(t *testing.T) {
	t.Parallel()
	s := newShop().snapshot()
	for _, tc := range []struct {
		of        string
		direction catalog.Direction
		depth     int
		want      string
	}{
		{"payments-api", catalog.Dependencies, 1, "payments-api ledger resource:orders-db"},
		{"payments-api", catalog.Dependencies, 0, "payments-api"},
		{"payments-api", catalog.Dependencies, 9, "payments-api ledger resource:orders-db resource:infra/ledger-db resource:kafka"},
		{"payments-api", catalog.Dependents, 9, "payments-api refunds-worker api:payments checkout"},
		{"checkout", catalog.Dependencies, 2, "checkout api:payments payments-api"},
		{"resource:kafka", catalog.Dependents, 2, "resource:kafka ledger payments-api"},
		{"system:storefront", catalog.Dependencies, 2, "system:storefront checkout api:payments"},
		{"domain:commerce", catalog.Dependencies, 2, "domain:commerce system:payments system:storefront ledger api:payments payments-api refunds-worker checkout"},
		{"user:alice", catalog.AllRelations, 1, "user:alice group:team-payments playground"},
		{"component:nowhere", catalog.AllRelations, 5, "nowhere"},
	} {
		var got []string
		for _, n := range s.Walk(ref(tc.of), tc.direction, tc.depth, 0).Nodes {
			got = append(got, n.Ref.Display("Component"))
		}
		slices.Sort(got[1:])
		want := strings.Fields(tc.want)
		slices.Sort(want[1:])
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s %d to %d: %s", tc.of, tc.direction, tc.depth, diff)
		}
	}
}

// web is a graph with a cycle, a diamond, a dangling end and a hub.
func web() *shop {
	s := &shop{}
	s.entity("a", "dependsOn:b", "dependsOn:c", "dependsOn:resource:gone")
	s.entity("b", "dependsOn:d")
	s.entity("c", "dependsOn:d", "dependsOn:a", "dependsOn:resource:gone")
	s.entity("d", "dependsOn:d2")
	s.entity("d2")
	return s
}

func TestTreeShowsCyclesAndRepeatsOnce(t *testing.T) {
	t.Parallel()
	g := web().snapshot().Walk(ref("a"), catalog.Dependencies, 5, 0)
	want := strings.Join([]string{
		"component:a",
		"├─ dependsOn component:b",
		"│  └─ dependsOn component:d",
		"│     └─ dependsOn component:d2",
		"├─ dependsOn component:c",
		"│  ├─ dependsOn component:a (cycle)",
		"│  ├─ dependsOn component:d (shown elsewhere)",
		"│  └─ dependsOn resource:gone (not in the catalog)",
		"└─ dependsOn resource:gone (not in the catalog)",
		"",
	}, "\n")
	if diff := cmp.Diff(want, g.Tree(false)); diff != "" {
		t.Error(diff)
	}
	for d, want := range map[catalog.Direction]string{
		catalog.Dependencies: "ac ca", catalog.Dependents: "ac ca",
		catalog.AllRelations: "ac ac", // both are seen from a, which is nearer
	} {
		if got := cycles(web().snapshot().Walk(ref("a"), d, 5, 0)); got != want {
			t.Errorf("in direction %d the cycles are %s", d, got)
		}
	}
	if ascii := g.Tree(true); strings.ContainsFunc(ascii, func(r rune) bool { return r > 126 }) ||
		!strings.Contains(ascii, "|  `- dependsOn component:d\n") {
		t.Errorf("in ASCII:\n%s", ascii)
	}
}

func cycles(g *catalog.Graph) string {
	var out []string
	for _, e := range g.Edges {
		if e.Cycle {
			out = append(out, g.Nodes[e.From].Ref.Name+g.Nodes[e.To].Ref.Name)
		}
	}
	return strings.Join(out, " ")
}

func TestOnlySystemsAndDomainsStandForTheirParts(t *testing.T) {
	t.Parallel()
	s := &shop{}
	s.entity("whole", "dependsOn:system:s")
	s.entity("part", "partOf:component:whole", "partOf:system:s")
	s.entity("system:s")
	snapshot := s.snapshot()
	for of, want := range map[string]int{"whole": 2, "system:s": 2} {
		if got := snapshot.Walk(ref(of), catalog.Dependencies, 5, 0); len(got.Nodes) != want {
			t.Errorf("%s reaches\n%s", of, got.Tree(false))
		}
	}
}

func TestWalkCountsWhatItsCapLeavesOut(t *testing.T) {
	t.Parallel()
	s := &shop{}
	for i := range 20 {
		s.entity(fmt.Sprintf("user-%02d", i), "dependsOn:hub", "dependsOn:other")
	}
	s.entity("hub", "dependsOn:other")
	s.entity("other")
	g := s.snapshot().Walk(ref("hub"), catalog.Dependents, 3, 6)
	if len(g.Nodes) != 6 || g.Nodes[0].More != 15 || g.More != 15 {
		t.Errorf("%d nodes, the hub lacks %d, all lack %d", len(g.Nodes), g.Nodes[0].More, g.More)
	}
	if tree := g.Tree(false); !strings.HasSuffix(tree, "└─ … 15 more\n") || strings.Count(tree, "\n") != 7 {
		t.Errorf("tree is\n%s", tree)
	}
	both := s.snapshot().Walk(ref("hub"), catalog.AllRelations, 3, 6)
	if both.More != 16 {
		t.Errorf("of 21 neighbours %d are left out", both.More)
	}
}

func TestExportsEscapeNames(t *testing.T) {
	t.Parallel()
	s := &shop{}
	s.entity(`a"b\c<d>#e|`+"`", "title:A & B")
	r := ref(`a"b\c<d>#e|` + "`")
	s.edges = map[string][]catalog.Edge{r.String(): {{Type: `uses|"x"`, Reverse: "usedBy", Target: ref("gone")}}}
	g := s.snapshot().Walk(r, catalog.AllRelations, 2, 0)

	wantDOT := `digraph catalog {
  rankdir=LR;
  node [shape=box];
  "component:default/a\"b\\c<d>#e|` + "`" + `" [label="component:a\"b\\c<d>#e|` + "`" + `"];
  "component:default/gone" [label="component:gone", style=dashed];
  "component:default/a\"b\\c<d>#e|` + "`" + `" -> "component:default/gone" [label="uses|\"x\""];
}
`
	if diff := cmp.Diff(wantDOT, g.DOT()); diff != "" {
		t.Error(diff)
	}
	wantMermaid := `flowchart LR
  n0["component:a#quot;b#92;c#lt;d#gt;#35;e|#96;"]
  n1["component:gone"]
  n0 -->|"uses|#quot;x#quot;"| n1
  classDef missing stroke-dasharray: 4
  class n1 missing
`
	if diff := cmp.Diff(wantMermaid, g.Mermaid()); diff != "" {
		t.Error(diff)
	}
	data, err := json.Marshal(g)
	if err != nil {
		t.Fatal(err)
	}
	var back struct {
		Root  string
		Nodes []map[string]any
		Edges []map[string]any
		More  int
	}
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if back.Root != r.String() || len(back.Nodes) != 2 || back.Nodes[0]["title"] != "A & B" || back.Nodes[1]["known"] != false ||
		back.Edges[0]["target"] != "component:default/gone" || back.Edges[0]["type"] != `uses|"x"` {
		t.Errorf("JSON is %s", data)
	}
}

func TestDependentsAreTheReverseOfDependencies(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawCompany(t)
		reach := func(r catalog.Ref, d catalog.Direction) map[string]bool {
			found := map[string]bool{}
			for _, n := range c.view.Walk(r, d, 100, 0).Nodes {
				found[n.Ref.String()] = true
			}
			return found
		}
		for _, x := range c.summaries {
			g := c.view.Walk(x.Ref, catalog.AllRelations, 100, 0)
			checkGraph(t, g)
			for target := range reach(x.Ref, catalog.Dependencies) {
				if !reach(ref(target), catalog.Dependents)[x.Ref.String()] {
					t.Fatalf("%s needs %s, which does not know", x.Ref, target)
				}
			}
		}
	})
}

// checkGraph checks what holds of every graph.
func checkGraph(t *rapid.T, g *catalog.Graph) {
	seen := map[string]bool{}
	for i, n := range g.Nodes {
		if seen[n.Ref.String()] {
			t.Fatalf("%s is there twice", n.Ref)
		}
		seen[n.Ref.String()] = true
		if i > 0 && n.Depth < g.Nodes[i-1].Depth {
			t.Fatalf("%s is nearer than the one before it", n.Ref)
		}
	}
	drawn := map[string]bool{}
	for _, e := range g.Edges {
		from, to := g.Nodes[e.From].Ref.String(), g.Nodes[e.To].Ref.String()
		if drawn[from+e.Type+to] || (from != to && drawn[to+reverseOf[e.Type]+from]) {
			t.Fatalf("%s %s %s is there twice", from, e.Type, to)
		}
		drawn[from+e.Type+to] = true
	}
	if lines := strings.Count(g.Tree(false), "\n"); lines != len(g.Edges)+1 {
		t.Fatalf("a tree of %d lines for %d edges:\n%s", lines, len(g.Edges), g.Tree(false))
	}
}
