package catalog

import (
	"cmp"
	"slices"
)

// Related is one relation of an entity, seen from it.
type Related struct {
	Type  string // such as dependsOn
	Ref   Ref    // the entity at the other end
	Row   Row    // its row; the zero Row where it is not in the catalog
	Known bool   // false: the relation dangles
}

// Relations are all relations of the entity, in both directions, sorted by type
// and then by name. It answers for a ref that is not in the catalog too: who
// names it. It is nil while RelationsReady is false.
func (s *Snapshot) Relations(ref Ref) []Related {
	node, ok := s.node(ref)
	if !ok {
		return nil
	}
	from, to := s.graph.entries(node)
	out := make([]Related, 0, to-from)
	for i := from; i < to; i++ {
		out = append(out, s.related(s.graph.types[s.graph.kind[i]], s.graph.to[i]))
	}
	slices.SortStableFunc(out, func(a, b Related) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), compareRefs(a.Ref, b.Ref))
	})
	return out
}

// GroupsOf are the groups that the user is in: those named by memberOf and all
// groups above them. Nearest first; each once, even where groups contain each
// other; groups that are not in the catalog included.
func (s *Snapshot) GroupsOf(user Ref) []Ref {
	node, ok := s.node(user)
	if !ok {
		return nil
	}
	return s.refsOf(s.reach(node, "memberOf", "childOf"))
}

// MembersOf are the members of a group, and if transitive also those of the
// groups below it. Each is named once, in order of name.
func (s *Snapshot) MembersOf(group Ref, transitive bool) []Ref {
	node, ok := s.node(group)
	if !ok {
		return nil
	}
	groups := []uint32{node}
	if transitive {
		groups = append(groups, s.reach(node, "parentOf", "parentOf")...)
	}
	var members []uint32
	if kind, ok := s.graph.kindOf("hasMember"); ok {
		for _, g := range groups {
			members = append(members, s.graph.neighbours(g, kind)...)
		}
	}
	slices.Sort(members)
	refs := s.refsOf(slices.Compact(members))
	slices.SortStableFunc(refs, compareRefs)
	return refs
}

// OwnedBy are the rows whose owner is that group or user, in order of name. It
// needs no relations.
func (s *Snapshot) OwnedBy(owner Ref) []Row {
	if owner.Namespace == "" {
		owner.Namespace = DefaultNamespace
	}
	c := &s.columns[colOwner]
	is := make([]bool, len(c.values))
	for i, r := range s.refs[colOwner] {
		is[i] = i > 0 && r.Equal(owner)
	}
	var out []Row
	for id, v := range c.rows {
		if is[v] {
			out = append(out, Row{s.table, int32(id)})
		}
	}
	return out
}

// reach follows first once and then next as often as it leads to something new.
func (s *Snapshot) reach(start uint32, first, next string) []uint32 {
	seen := map[uint32]bool{start: true}
	var out []uint32
	visit := func(node uint32, relation string) {
		kind, ok := s.graph.kindOf(relation)
		if !ok {
			return
		}
		for _, n := range s.graph.neighbours(node, kind) {
			if !seen[n] {
				seen[n] = true
				out = append(out, n)
			}
		}
	}
	visit(start, first)
	for i := 0; i < len(out); i++ {
		visit(out[i], next)
	}
	return out
}

// node is the graph's number of an entity, known or dangling.
func (s *Snapshot) node(ref Ref) (uint32, bool) {
	if s.graph == nil {
		return 0, false
	}
	if id, ok := s.index().find(ref); ok {
		return uint32(id), true
	}
	if ref.Namespace == "" {
		ref.Namespace = DefaultNamespace
	}
	i, ok := slices.BinarySearchFunc(s.graph.dangling, ref, compareRefs)
	return uint32(s.len() + i), ok
}

func (s *Snapshot) related(relation string, node uint32) Related {
	r := Related{Type: relation, Ref: s.nodeRef(node)}
	if int(node) < s.len() {
		r.Row, r.Known = Row{s.table, int32(node)}, true
	}
	return r
}

func (s *Snapshot) nodeRef(node uint32) Ref {
	if int(node) < s.len() {
		return s.ref(int32(node))
	}
	return s.graph.dangling[int(node)-s.len()]
}

func (s *Snapshot) refsOf(nodes []uint32) []Ref {
	refs := make([]Ref, len(nodes))
	for i, n := range nodes {
		refs[i] = s.nodeRef(n)
	}
	return refs
}
