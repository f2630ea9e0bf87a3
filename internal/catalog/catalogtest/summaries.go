package catalogtest

import (
	"iter"

	"github.com/idptui/idptui/internal/catalog"
)

// Summaries are n summaries in SortKey order.
func Summaries(n int, seed uint64) []catalog.Summary {
	all := company(n, seed)
	out := make([]catalog.Summary, len(all))
	for i := range all {
		out[i] = all[i].summary()
	}
	return out
}

// Edges are the relations that the same n entities declare, by SortKey and in
// its order: about five an entity.
func Edges(n int, seed uint64) iter.Seq2[string, []catalog.Edge] {
	all := company(n, seed)
	keys := make([]string, len(all))
	edges := make([][]catalog.Edge, len(all))
	for i := range all {
		keys[i], edges[i] = catalog.SortKey(all[i].ref), all[i].edges()
	}
	return func(yield func(string, []catalog.Edge) bool) {
		for i := range all {
			if !yield(keys[i], edges[i]) {
				return
			}
		}
	}
}

func (e *entity) summary() catalog.Summary {
	return catalog.Summary{
		Ref: e.ref, Title: e.title, Description: e.description, Type: e.typ, Lifecycle: e.lifecycle,
		Owner: e.owner.String(), System: e.system.String(), Source: e.sourceName(), Tags: e.tags,
		Email: e.email, Has: e.has(),
	}
}

// sourceName spreads the entities over a few sources.
func (e *entity) sourceName() string {
	return []string{"platform", "commerce", "data", "mobile"}[len(e.ref.Name)%4]
}

func (e *entity) has() catalog.Has {
	has := catalog.HasDescription
	for _, x := range []struct {
		bit catalog.Has
		is  bool
	}{
		{catalog.HasOwner, !e.owner.IsZero()},
		{catalog.HasSystem, !e.system.IsZero()},
		{catalog.HasTitle, e.title != ""},
		{catalog.HasTags, len(e.tags) > 0},
		{catalog.HasLinks, e.runbook || e.dashboard},
		{catalog.HasDocs, e.docs},
		{catalog.HasRunbook, e.runbook},
		{catalog.HasDefinition, e.ref.Kind == "API"},
		{catalog.HasSourceCode, e.source},
		{catalog.HasOnCall, e.onCall},
		{catalog.HasDashboard, e.dashboard},
		{catalog.HasLifecycle, e.lifecycle != ""},
		{catalog.HasType, e.typ != ""},
	} {
		if x.is {
			has |= x.bit
		}
	}
	return has
}

func (e *entity) edges() []catalog.Edge {
	var out []catalog.Edge
	add := func(relation, reverse string, targets ...catalog.Ref) {
		for _, t := range targets {
			if !t.IsZero() {
				out = append(out, catalog.Edge{Type: relation, Reverse: reverse, Target: t})
			}
		}
	}
	add("ownedBy", "ownerOf", e.owner)
	add("partOf", "hasPart", e.system, e.domain)
	add("dependsOn", "dependencyOf", e.dependsOn...)
	add("providesApi", "apiProvidedBy", e.provides...)
	add("consumesApi", "apiConsumedBy", e.consumes...)
	add("childOf", "parentOf", e.parent)
	add("memberOf", "hasMember", e.memberOf...)
	return out
}
