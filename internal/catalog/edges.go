package catalog

// Edges derives the relations that an entity declares, each with the name it
// has from the other side. The fields are those of its kind; a kind that is not
// built in is read for owner, system, domain, dependsOn and dependencyOf. A
// relation declared twice is one edge, a relation of an entity to itself too.
//
// A reference that cannot be read is a Problem without a place. Read finds the
// same faults with their lines and refuses the entity (or warns, for a kind that
// is not built in), so for an entity that Read accepted there are none here.
func Edges(e *Entity) ([]Edge, []Problem) {
	fields := otherRefs
	rule := builtinFor(e.APIVersion, e.Kind)
	if rule != nil {
		fields = rule.specFor(e.Spec).fields
	}
	var edges []Edge
	var problems []Problem
	for i := range fields {
		f := &fields[i]
		if f.ref == nil {
			continue
		}
		eachText(e.Spec[f.name], func(index int, text string) {
			ref, err := f.ref.parse(text, e.Metadata.Namespace)
			if err != nil {
				if rule != nil {
					path := fieldPath{"spec", f.name}
					if index >= 0 {
						path = append(path, index)
					}
					problems = append(problems, Problem{
						Severity: Error, Class: ClassRef, Ref: e.Ref().String(), Field: shownField(path),
						Message: refFault(path, text, err), Hint: refHint(f.ref, text),
					})
				}
				return
			}
			if f.ref.allows(ref.Kind) {
				edges = append(edges, Edge{Type: f.ref.relation, Reverse: f.ref.reverse, Target: ref})
			}
		})
	}
	return distinctEdges(edges), problems
}

// distinctEdges drops repetitions in place and keeps the order.
func distinctEdges(edges []Edge) []Edge {
	const few = 16 // comparing all pairs is cheaper than a map up to here
	if len(edges) > few {
		seen := make(map[string]bool, len(edges))
		kept := edges[:0]
		for _, e := range edges {
			key := e.Type + " " + e.Target.String()
			if !seen[key] {
				seen[key] = true
				kept = append(kept, e)
			}
		}
		return kept
	}
	kept := edges[:0]
next:
	for _, e := range edges {
		for _, k := range kept {
			if k.Type == e.Type && k.Target.Equal(e.Target) {
				continue next
			}
		}
		kept = append(kept, e)
	}
	return kept
}
