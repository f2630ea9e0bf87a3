package catalog

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// treeMarks are the strokes of a tree.
type treeMarks struct{ branch, last, bar, gap, dots string }

func newTreeMarks(ascii bool) treeMarks {
	if ascii {
		return treeMarks{"|- ", "`- ", "|  ", "   ", "..."}
	}
	return treeMarks{"├─ ", "└─ ", "│  ", "   ", "…"}
}

// Tree draws the graph as an indented text, one line an edge. An entity shows
// what follows from it once, where it is nearest to the root.
func (g *Graph) Tree(ascii bool) string {
	t := treeWriter{g: g, marks: newTreeMarks(ascii), out: make([][]int, len(g.Nodes)), first: make([]int, len(g.Nodes))}
	for i := len(g.Edges) - 1; i >= 0; i-- {
		e := g.Edges[i]
		t.first[e.To] = i
		t.out[e.From] = append(t.out[e.From], i)
	}
	for _, edges := range t.out {
		slices.Reverse(edges)
	}
	t.first[0] = -1 // no edge leads to the root for the first time
	t.b.WriteString(g.Nodes[0].label() + "\n")
	t.children(0, "")
	return t.b.String()
}

type treeWriter struct {
	g     *Graph
	marks treeMarks
	out   [][]int // per node, its edges
	first []int   // per node, the edge that found it
	path  []int
	b     strings.Builder
}

func (t *treeWriter) children(n int, indent string) {
	t.path = append(t.path, n)
	more := t.g.Nodes[n].More
	for i, edge := range t.out[n] {
		mark, below := t.marks.branch, t.marks.bar
		if i == len(t.out[n])-1 && more == 0 {
			mark, below = t.marks.last, t.marks.gap
		}
		e := t.g.Edges[edge]
		fmt.Fprintf(&t.b, "%s%s%s %s%s\n", indent, mark, e.Type, t.g.Nodes[e.To].label(), t.remark(edge))
		if t.first[e.To] == edge {
			t.children(e.To, indent+below)
		}
	}
	if more > 0 {
		fmt.Fprintf(&t.b, "%s%s%s %d more\n", indent, t.marks.last, t.marks.dots, more)
	}
	t.path = t.path[:len(t.path)-1]
}

func (t *treeWriter) remark(edge int) string {
	to := t.g.Edges[edge].To
	switch {
	case slices.Contains(t.path, to):
		return " (cycle)"
	case t.first[to] != edge && len(t.out[to]) > 0:
		return " (shown elsewhere)"
	}
	return ""
}

func (n GraphNode) label() string {
	if !n.Known {
		return n.Ref.Display("") + " (not in the catalog)"
	}
	return n.Ref.Display("")
}

// DOT writes the graph in Graphviz' language.
func (g *Graph) DOT() string {
	quote := func(s string) string {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
	}
	var b strings.Builder
	b.WriteString("digraph catalog {\n  rankdir=LR;\n  node [shape=box];\n")
	for _, n := range g.Nodes {
		style := ""
		if !n.Known {
			style = ", style=dashed"
		}
		fmt.Fprintf(&b, "  %s [label=%s%s];\n", quote(n.Ref.String()), quote(n.Ref.Display("")), style)
	}
	for _, e := range g.Edges {
		style := ""
		if e.Cycle {
			style = ", color=red"
		}
		fmt.Fprintf(&b, "  %s -> %s [label=%s%s];\n",
			quote(g.Nodes[e.From].Ref.String()), quote(g.Nodes[e.To].Ref.String()), quote(e.Type), style)
	}
	b.WriteString("}\n")
	return b.String()
}

// Mermaid writes the graph as a Mermaid flowchart.
func (g *Graph) Mermaid() string {
	escape := strings.NewReplacer(
		`#`, `#35;`, `"`, `#quot;`, `&`, `#amp;`, `<`, `#lt;`, `>`, `#gt;`, "`", `#96;`, "\\", `#92;`, "\n", ` `,
	).Replace
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	for i, n := range g.Nodes {
		fmt.Fprintf(&b, "  n%d[\"%s\"]\n", i, escape(n.Ref.Display("")))
	}
	for _, e := range g.Edges {
		fmt.Fprintf(&b, "  n%d -->|\"%s\"| n%d\n", e.From, escape(e.Type), e.To)
	}
	missing := false
	for i, n := range g.Nodes {
		if n.Known {
			continue
		}
		if !missing {
			b.WriteString("  classDef missing stroke-dasharray: 4\n")
			missing = true
		}
		fmt.Fprintf(&b, "  class n%d missing\n", i)
	}
	return b.String()
}

type graphJSON struct {
	Root  string          `json:"root"`
	Nodes []graphNodeJSON `json:"nodes"`
	Edges []graphEdgeJSON `json:"edges"`
	More  int             `json:"more"`
}

type graphNodeJSON struct {
	Ref       string `json:"ref"`
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Title     string `json:"title,omitempty"`
	Known     bool   `json:"known"`
	Depth     int    `json:"depth"`
	More      int    `json:"more,omitempty"`
}

type graphEdgeJSON struct {
	Source string `json:"source"`
	Target string `json:"target"`
	Type   string `json:"type"`
	Cycle  bool   `json:"cycle,omitempty"`
}

// MarshalJSON writes nodes and edges by canonical ref.
func (g *Graph) MarshalJSON() ([]byte, error) {
	out := graphJSON{
		Nodes: make([]graphNodeJSON, len(g.Nodes)),
		Edges: make([]graphEdgeJSON, len(g.Edges)),
		More:  g.More,
	}
	for i, n := range g.Nodes {
		out.Nodes[i] = graphNodeJSON{
			Ref: n.Ref.String(), Kind: n.Ref.Kind, Namespace: n.Ref.Namespace, Name: n.Ref.Name,
			Title: n.Row.Title(), Known: n.Known, Depth: n.Depth, More: n.More,
		}
	}
	for i, e := range g.Edges {
		out.Edges[i] = graphEdgeJSON{
			Source: out.Nodes[e.From].Ref, Target: out.Nodes[e.To].Ref, Type: e.Type, Cycle: e.Cycle,
		}
	}
	if len(out.Nodes) > 0 {
		out.Root = out.Nodes[0].Ref
	}
	return json.Marshal(out)
}
