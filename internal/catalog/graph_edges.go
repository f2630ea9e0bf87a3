package catalog

import (
	"iter"
	"slices"
	"strings"
)

// adjacency holds all relations in both directions, one run of entries per
// node. Nodes 0 to rows-1 are the rows; after them come the refs that some
// entity names and no entity bears, in SortKey order.
type adjacency struct {
	types    []string // relation types, sorted
	reverse  []uint16 // per type, the one that its edges have from the other end
	dangling []Ref
	start    []uint32 // node n's entries lie at start[n] to start[n+1]
	to       []uint32 // per entry, the node at the other end
	kind     []uint16 // per entry, the relation as seen from the node: an index of types
}

// WithEdges is the same Snapshot with its relations. seq gives each entity's
// edges under its canonical ref or its SortKey; those of unknown entities are
// left out. Each edge counts in both directions, and once however often it is
// declared.
func (s *Snapshot) WithEdges(seq iter.Seq2[string, []Edge]) *Snapshot {
	b := &edgeBuilder{
		index:    s.index(),
		rows:     uint32(s.len()),
		kinds:    map[string]uint16{},
		dangling: map[string]uint32{},
		edges:    make([]builtEdge, 0, usualEdges*s.len()),
	}
	for from, edges := range seq {
		if id, ok := b.row(s.table, from); ok {
			b.add(uint32(id), edges)
		}
	}
	return &Snapshot{table: s.table, revision: s.revision, graph: b.adjacency()}
}

type edgeBuilder struct {
	index    refIndex
	rows     uint32
	kinds    map[string]uint16
	types    []string
	reverse  []uint16
	dangling map[string]uint32 // canonical ref -> node
	refs     []Ref             // of the dangling nodes
	edges    []builtEdge
	next     int32 // the row after the last one that was found
}

// usualEdges is about how many edges an entity declares.
const usualEdges = 5

type builtEdge struct {
	from, to      uint32
	kind, reverse uint16
}

// maxRelationTypes is far above what any catalog holds; the edges of types
// beyond it would overflow the numbers kept per entry and are left out.
const maxRelationTypes = 1 << 16

// row finds the row that declares edges. A store gives them in the order of the
// rows, so that it is nearly always one of the next few.
func (b *edgeBuilder) row(t *table, from string) (int32, bool) {
	const few = 4
	name, rest, _ := strings.Cut(from, "\x00")
	kind, ns, isKey := strings.Cut(rest, "\x00")
	for id := b.next; isKey && id < min(b.next+few, int32(t.len())); id++ {
		if t.isRef(id, Ref{Kind: kind, Namespace: ns, Name: name}) {
			b.next = id + 1
			return id, true
		}
	}
	id, ok := b.index.findText(from)
	if ok {
		b.next = id + 1
	}
	return id, ok
}

func (b *edgeBuilder) add(from uint32, edges []Edge) {
	for _, e := range edges {
		if e.Target.Name == "" {
			continue
		}
		kind, ok := b.kind(e.Type)
		reverse, ok2 := b.kind(e.Reverse)
		if ok && ok2 {
			b.reverse[kind], b.reverse[reverse] = reverse, kind
			b.edges = append(b.edges, builtEdge{from, b.node(e.Target), kind, reverse})
		}
	}
}

func (b *edgeBuilder) kind(name string) (uint16, bool) {
	k, ok := b.kinds[name]
	if !ok {
		if len(b.types) == maxRelationTypes {
			return 0, false
		}
		name = strings.Clone(name)
		k = uint16(len(b.types))
		b.types = append(b.types, name)
		b.reverse = append(b.reverse, k)
		b.kinds[name] = k
	}
	return k, true
}

func (b *edgeBuilder) node(target Ref) uint32 {
	var buf refBuffer
	key := appendCanonical(buf[:0], target)
	if id, ok := b.index.lookup(key); ok {
		return uint32(id)
	}
	n, ok := b.dangling[string(key)]
	if !ok {
		n = b.rows + uint32(len(b.refs))
		if target.Namespace == "" {
			target.Namespace = DefaultNamespace
		}
		b.refs = append(b.refs, Ref{
			Kind:      strings.Clone(target.Kind),
			Namespace: strings.Clone(target.Namespace),
			Name:      strings.Clone(target.Name),
		})
		b.dangling[string(key)] = n
	}
	return n
}

func (b *edgeBuilder) adjacency() *adjacency {
	types, kinds := sorted(b.types, strings.Compare)
	dangling, places := sorted(b.refs, compareRefs)
	for i := range b.edges {
		e := &b.edges[i]
		e.kind, e.reverse = uint16(kinds[e.kind]), uint16(kinds[e.reverse])
		if e.to >= b.rows {
			e.to = b.rows + places[e.to-b.rows]
		}
	}
	g := &adjacency{types: types, reverse: make([]uint16, len(types)), dangling: dangling}
	for old, place := range kinds {
		g.reverse[place] = uint16(kinds[b.reverse[old]])
	}
	g.fill(int(b.rows)+len(dangling), b.edges)
	return g
}

// sorted gives the values in order, and for each old place the new one.
func sorted[T any](values []T, compare func(a, b T) int) ([]T, []uint32) {
	order := make([]int32, len(values))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return compare(values[a], values[b]) })
	places := make([]uint32, len(values))
	for place, old := range order {
		places[old] = uint32(place)
	}
	return gather(values, order), places
}

// fill lays out the entries: counted per node, written, then each run sorted by
// type and node and freed of duplicates.
func (g *adjacency) fill(nodes int, edges []builtEdge) {
	next := make([]uint32, nodes+1)
	for _, e := range edges {
		next[e.from+1]++
		next[e.to+1]++
	}
	for i := 1; i < len(next); i++ {
		next[i] += next[i-1]
	}
	g.start = slices.Clone(next)
	entries := make([]uint64, 2*len(edges))
	put := func(node, other uint32, kind uint16) {
		entries[next[node]] = uint64(kind)<<32 | uint64(other)
		next[node]++
	}
	for _, e := range edges {
		put(e.from, e.to, e.kind)
		put(e.to, e.from, e.reverse)
	}
	end := uint32(0)
	for n := range nodes {
		run := entries[g.start[n]:g.start[n+1]]
		slices.Sort(run)
		g.start[n] = end
		end += uint32(copy(entries[end:], slices.Compact(run)))
	}
	g.start[nodes] = end
	g.to, g.kind = make([]uint32, end), make([]uint16, end)
	for i, e := range entries[:end] {
		g.to[i], g.kind[i] = uint32(e), uint16(e>>32)
	}
}

// entries are the places of a node's entries.
func (g *adjacency) entries(node uint32) (from, to uint32) { return g.start[node], g.start[node+1] }

// kindOf is the number of a relation type, or false where no edge has it.
func (g *adjacency) kindOf(name string) (uint16, bool) {
	i, ok := slices.BinarySearch(g.types, name)
	return uint16(i), ok
}

// neighbours are the nodes that a node reaches by one relation type. They lie
// side by side, as entries are sorted by type.
func (g *adjacency) neighbours(node uint32, kind uint16) []uint32 {
	from, to := g.entries(node)
	for from < to && g.kind[from] < kind {
		from++
	}
	end := from
	for end < to && g.kind[end] == kind {
		end++
	}
	return g.to[from:end]
}
