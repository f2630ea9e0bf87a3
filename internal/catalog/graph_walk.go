package catalog

import (
	"slices"
	"strings"
)

// Direction says which relations Walk follows.
type Direction uint8

// The directions of a walk. Dependencies and Dependents are each other's
// reverse: they follow dependsOn, and lead through an API from its consumers to
// its providers. From a System or Domain both begin with its parts.
const (
	Dependencies Direction = iota // what the entity uses
	Dependents                    // what uses the entity
	AllRelations                  // every relation, whichever way it points
)

// The relations that make one entity need another, in both directions.
var (
	dependencyTypes = []string{"dependsOn", "consumesApi", "apiProvidedBy"}
	dependentTypes  = []string{"dependencyOf", "apiConsumedBy", "providesApi"}
)

// declaringTypes are the relations in the direction in which they are declared.
var declaringTypes = []string{"ownedBy", "partOf", "dependsOn", "providesApi", "consumesApi", "childOf", "memberOf"}

// Graph is the neighbourhood of one entity. Nodes[0] is the entity itself and
// nearer nodes come before farther ones. Each relation is there once.
type Graph struct {
	Nodes []GraphNode
	Edges []GraphEdge
	More  int // entities left out because the walk had reached its cap
}

// GraphNode is one entity of a Graph.
type GraphNode struct {
	Ref   Ref
	Row   Row  // zero where the entity is not in the catalog
	Known bool // false: named by a relation, and not in the catalog
	Depth int  // steps from the root
	More  int  // of its neighbours, how many the cap left out
}

// GraphEdge is one relation between two nodes, as seen from From, which is the
// one nearer to the root. Cycle marks relations that lie on a cycle.
type GraphEdge struct {
	From, To int // indices of Nodes
	Type     string
	Cycle    bool
}

// Walk gives what lies within depth steps of ref, nearest first, up to maxNodes
// entities (0 = no cap). While RelationsReady is false that is ref alone.
func (s *Snapshot) Walk(ref Ref, direction Direction, depth, maxNodes int) *Graph {
	start, ok := s.node(ref)
	if !ok {
		row, known := s.Find(ref)
		if known {
			ref = row.Ref()
		}
		return &Graph{Nodes: []GraphNode{{Ref: ref, Row: row, Known: known}}}
	}
	w := &walker{
		s: s, direction: direction, depth: depth, maxNodes: maxNodes,
		follow: map[uint16]bool{}, place: map[uint32]int{}, left: map[uint32]bool{}, drawn: map[drawnEdge]bool{},
	}
	w.walk(start)
	w.graph.More = len(w.left)
	w.graph.markCycles(direction == AllRelations)
	return &w.graph
}

type walker struct {
	s         *Snapshot
	direction Direction
	depth     int
	maxNodes  int
	follow    map[uint16]bool // relation types; all of them for AllRelations
	hasPart   int             // the type's number, -1 where no edge has it
	graph     Graph
	nodes     []uint32       // the numbers behind graph.Nodes
	wholes    []bool         // per node: stands for its parts
	place     map[uint32]int // node number -> index of graph.Nodes
	left      map[uint32]bool
	drawn     map[drawnEdge]bool
}

// drawnEdge is a relation, the same from whichever end it is seen.
type drawnEdge struct {
	from, to uint32
	kind     uint16
}

func (w *walker) walk(start uint32) {
	types := dependencyTypes
	if w.direction == Dependents {
		types = dependentTypes
	}
	for _, t := range types {
		if k, ok := w.s.graph.kindOf(t); ok {
			w.follow[k] = true
		}
	}
	w.hasPart = -1
	if k, ok := w.s.graph.kindOf("hasPart"); ok {
		w.hasPart = int(k)
	}
	w.addNode(start, 0, true)
	for i := 0; i < len(w.nodes); i++ {
		w.expand(i)
	}
}

func (w *walker) addNode(node uint32, depth int, whole bool) int {
	r := w.s.related("", node)
	w.place[node] = len(w.nodes)
	w.nodes = append(w.nodes, node)
	kind := strings.ToLower(r.Ref.Kind)
	w.wholes = append(w.wholes, whole && (kind == "system" || kind == "domain"))
	w.graph.Nodes = append(w.graph.Nodes, GraphNode{Ref: r.Ref, Row: r.Row, Known: r.Known, Depth: depth})
	return len(w.nodes) - 1
}

func (w *walker) expand(i int) {
	g, node := w.s.graph, w.nodes[i]
	depth := w.graph.Nodes[i].Depth
	from, to := g.entries(node)
	for e := from; e < to; e++ {
		kind, other := g.kind[e], g.to[e]
		part := w.wholes[i] && int(kind) == w.hasPart
		if w.direction != AllRelations && !w.follow[kind] && !part {
			continue
		}
		j, there := w.place[other]
		if !there {
			if depth >= w.depth {
				continue
			}
			if w.maxNodes > 0 && len(w.nodes) >= w.maxNodes {
				w.graph.Nodes[i].More++
				w.left[other] = true
				continue
			}
			j = w.addNode(other, depth+1, part)
		}
		if w.isNew(node, other, kind) {
			w.graph.Edges = append(w.graph.Edges, GraphEdge{From: i, To: j, Type: g.types[kind]})
		}
	}
}

// isNew tells whether the relation has not been drawn, from either end.
func (w *walker) isNew(from, to uint32, kind uint16) bool {
	if reverse := w.s.graph.reverse[kind]; reverse < kind {
		from, to, kind = to, from, reverse
	}
	e := drawnEdge{from, to, kind}
	if w.drawn[e] {
		return false
	}
	w.drawn[e] = true
	return true
}

// markCycles marks the edges whose two ends can reach each other. In a walk
// along all relations, those count in the direction in which they are declared.
func (g *Graph) markCycles(declared bool) {
	out := make([][]int, len(g.Nodes))
	for _, e := range g.Edges {
		from, to := e.From, e.To
		if declared && !slices.Contains(declaringTypes, e.Type) {
			from, to = to, from
		}
		out[from] = append(out[from], to)
	}
	component := components(out)
	for i := range g.Edges {
		e := &g.Edges[i]
		e.Cycle = component[e.From] == component[e.To]
	}
}

// components numbers the strongly connected components of a graph (Tarjan).
func components(out [][]int) []int {
	component := make([]int, len(out))
	order := make([]int, len(out)) // 1-based time of the first visit
	low := make([]int, len(out))
	var stack []int
	time, count := 0, 0
	var visit func(n int)
	visit = func(n int) {
		time++
		order[n], low[n] = time, time
		stack = append(stack, n)
		for _, m := range out[n] {
			switch {
			case order[m] == 0:
				visit(m)
				low[n] = min(low[n], low[m])
			case component[m] == 0:
				low[n] = min(low[n], order[m])
			}
		}
		if low[n] < order[n] {
			return
		}
		count++
		for {
			m := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			component[m] = count
			if m == n {
				return
			}
		}
	}
	for n := range out {
		if order[n] == 0 {
			visit(n)
		}
	}
	return component
}
