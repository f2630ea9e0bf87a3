package catalog

import "strings"

func (p *queryPlan) byState(t *queryTerm) rowFilter {
	set := newRowSet(p.view.Len())
	for i := range t.values {
		switch strings.ToLower(t.values[i].text) {
		case isStarred:
			for _, ref := range p.env.Starred {
				if id, ok := p.view.index().findText(ref); ok {
					set.add(id)
				}
			}
		case isInvalid:
			for id, has := range p.view.has {
				if has&HasProblems != 0 {
					set.add(int32(id))
				}
			}
		case isDangling:
			p.addDangling(set)
		}
	}
	return bySet(set, !t.negated)
}

func (p *queryPlan) addDangling(set rowSet) {
	if !p.hasRelations() {
		return
	}
	g := p.view.graph
	for i := range g.dangling {
		from, to := g.entries(uint32(p.view.Len() + i))
		p.addNodes(set, g.to[from:to])
	}
}

// byRelation keeps the rows that the relation joins to a ref of the term.
func (p *queryPlan) byRelation(t *queryTerm) rowFilter {
	set := newRowSet(p.view.Len())
	if me := p.me(t); p.hasRelations() {
		g := p.view.graph
		if kind, ok := g.kindOf(t.field.name); ok {
			p.eachNode(t, me, func(node uint32) { p.addNodes(set, g.neighbours(node, g.reverse[kind])) })
		}
	}
	return bySet(set, !t.negated)
}

// byDomain keeps what is part of a matching domain, at any depth.
func (p *queryPlan) byDomain(t *queryTerm) rowFilter {
	set := newRowSet(p.view.Len())
	if me := p.me(t); p.hasRelations() {
		p.eachNode(t, me, func(node uint32) {
			if strings.EqualFold(p.view.nodeRef(node).Kind, "domain") {
				p.addNodes(set, p.view.reach(node, "hasPart", "hasPart"))
			}
		})
	}
	return bySet(set, !t.negated)
}

// hasRelations is false, and the plan pending, while relations are unknown.
func (p *queryPlan) hasRelations() bool {
	p.pending = p.pending || p.view.graph == nil
	return p.view.graph != nil
}

func (p *queryPlan) addNodes(set rowSet, nodes []uint32) {
	for _, n := range nodes {
		if int(n) < p.view.Len() {
			set.add(int32(n))
		}
	}
}

// eachNode visits the nodes that a term's values name, in the catalog or not.
func (p *queryPlan) eachNode(t *queryTerm, me []string, visit func(node uint32)) {
	for i := range t.values {
		ref := &t.values[i].ref
		if ref.me {
			p.eachMe(me, visit)
			continue
		}
		kinds, namespaces := p.view.marked(colKind, ref.kind), p.view.marked(colNamespace, ref.namespace)
		kindOf, namespaceOf := p.view.columns[colKind].rows, p.view.columns[colNamespace].rows
		for id := range p.view.rowsNamed(ref.name) {
			if kinds[kindOf[id]] && namespaces[namespaceOf[id]] {
				visit(uint32(id))
			}
		}
		for i, r := range p.view.graph.dangling {
			if ref.match(r) {
				visit(uint32(p.view.Len() + i))
			}
		}
	}
}

// marked tests the values of a column.
func (t *table) marked(col int, p textPattern) []bool {
	marked := make([]bool, len(t.columns[col].values))
	for i, text := range t.columns[col].values {
		marked[i] = p.match(text)
	}
	return marked
}

func (p *queryPlan) eachMe(me []string, visit func(node uint32)) {
	for _, text := range me {
		r, err := ParseRef(text, RefDefaults{})
		if err != nil {
			continue // names nobody
		}
		if n, ok := p.view.node(r); ok {
			visit(n)
		}
	}
}
