// Package catalogtest makes large believable catalogs for tests and benchmarks:
// the same ones for the same seed, as summaries, as relations and as
// descriptors. It owns no state and is not for production code.
package catalogtest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/idptui/idptui/internal/catalog"
)

// entity is one made-up entity.
type entity struct {
	ref         catalog.Ref
	title       string
	description string
	typ         string
	lifecycle   string
	owner       catalog.Ref
	system      catalog.Ref
	domain      catalog.Ref
	parent      catalog.Ref
	memberOf    []catalog.Ref
	dependsOn   []catalog.Ref
	provides    []catalog.Ref
	consumes    []catalog.Ref
	tags        []string
	docs        bool
	source      bool
	onCall      bool
	runbook     bool
	dashboard   bool
	email       string
}

// Shares of the kinds, in a thousand; Templates and Locations share the rest.
const (
	components = 780
	apis       = 80
	resources  = 50
	users      = 40
	systems    = 20
	groups     = 15
	domains    = 3
)

// Chances in a hundred.
const (
	resolving = 85 // that a reference names an entity that exists
	hubbish   = 12 // that a dependency is one of the hubs
)

// hubs is the number of components and of resources that many others need.
const hubs = 4

// company makes n entities, in SortKey order.
func company(n int, seed uint64) []entity {
	m := &maker{rng: rand.New(rand.NewPCG(seed, uint64(n))), taken: map[string]bool{}, byKind: map[string][]catalog.Ref{}}
	m.name("Group", max(1, n*groups/1000))
	m.name("Component", n*components/1000)
	m.name("System", max(1, n*systems/1000))
	m.name("Domain", max(1, n*domains/1000))
	m.name("API", n*apis/1000)
	m.name("Resource", n*resources/1000)
	m.name("User", n*users/1000)
	for i := 0; len(m.entities) < n; i++ {
		m.name([]string{"Template", "Location"}[i%2], 1)
	}
	m.entities = m.entities[:n]
	m.byKind = map[string][]catalog.Ref{}
	for _, e := range m.entities {
		m.byKind[e.ref.Kind] = append(m.byKind[e.ref.Kind], e.ref)
	}
	for i := range m.entities {
		m.fill(&m.entities[i])
	}
	return sorted(m.entities)
}

// sorted makes each key once: comparing by SortKey would take most of the time.
func sorted(entities []entity) []entity {
	keys := make([]string, len(entities))
	order := make([]int, len(entities))
	for i := range entities {
		keys[i], order[i] = catalog.SortKey(entities[i].ref), i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(keys[a], keys[b]) })
	out := make([]entity, len(entities))
	for i, old := range order {
		out[i] = entities[old]
	}
	return out
}

type maker struct {
	rng      *rand.Rand
	taken    map[string]bool
	entities []entity
	byKind   map[string][]catalog.Ref
}

// name adds count entities that have but a name.
func (m *maker) name(kind string, count int) {
	for range count {
		ref := catalog.Ref{Kind: kind, Namespace: catalog.DefaultNamespace}
		if kind == "Resource" && m.chance(20) {
			ref.Namespace = "infra"
		}
		base := m.baseName(kind)
		ref.Name = base
		for i := 2; m.taken[ref.String()]; i++ {
			ref.Name = base + "-" + strconv.Itoa(i+m.rng.IntN(1+i))
		}
		m.taken[ref.String()] = true
		m.entities = append(m.entities, entity{ref: ref})
	}
}

func (m *maker) baseName(kind string) string {
	area := m.pick(words["areas"])
	switch kind {
	case "User":
		return m.pick(words["firstNames"]) + "." + m.pick(words["lastNames"])
	case "Group":
		return "team-" + area
	case "System", "Domain":
		return area
	case "Resource":
		return area + "-" + m.pick(words["stores"])
	case "Template":
		return m.pick(words["parts"]) + "-template"
	case "Location":
		return area + "-catalog"
	}
	name := area + "-" + m.pick(words["parts"])
	if m.chance(50) {
		name += "-" + m.pick(words["qualifiers"])
	}
	return name
}

// fill gives an entity all that its kind has.
func (m *maker) fill(e *entity) {
	e.description = m.sentence(e.ref.Name)
	if m.chance(40) {
		e.title = title(e.ref.Name)
	}
	switch e.ref.Kind {
	case "User":
		m.fillUser(e)
		return
	case "Group":
		e.typ = m.pick([]string{"team", "team", "team", "department"})
		e.title = title(e.ref.Name)
		e.email = e.ref.Name + "@example.com"
		if p := m.pickRef("Group"); m.chance(80) && p != e.ref {
			e.parent = p
		}
		return
	case "Location":
		e.typ = "file"
		return
	}
	e.owner = m.refTo("Group", "team-gone-")
	e.tags = m.some(m.rng.IntN(5), words["tags"])
	switch e.ref.Kind {
	case "Component":
		m.fillComponent(e)
	case "API":
		e.typ = m.pick([]string{"openapi", "openapi", "openapi", "grpc", "asyncapi", "graphql"})
		e.lifecycle = m.pick(words["lifecycles"])
		e.system = m.refTo("System", "system-gone-")
	case "Resource":
		e.typ = m.pick([]string{"database", "database", "queue", "bucket", "cache"})
		e.system = m.refTo("System", "system-gone-")
		e.dependsOn = m.dependencies(e.ref, m.rng.IntN(3))
	case "System":
		e.domain = m.refTo("Domain", "domain-gone-")
	case "Template":
		e.typ = "service"
	}
}

func (m *maker) fillUser(e *entity) {
	e.title = title(e.ref.Name)
	e.email = e.ref.Name + "@example.com"
	e.memberOf = []catalog.Ref{m.refTo("Group", "team-gone-")}
	if g := m.refTo("Group", "team-gone-"); m.chance(30) && g != e.memberOf[0] {
		e.memberOf = append(e.memberOf, g)
	}
}

func (m *maker) fillComponent(e *entity) {
	e.typ = m.pick([]string{"service", "service", "service", "service", "website", "library", "worker", "documentation"})
	e.lifecycle = m.pick(words["lifecycles"])
	if m.chance(92) {
		e.system = m.refTo("System", "system-gone-")
	}
	e.dependsOn = m.dependencies(e.ref, 1+m.rng.IntN(5))
	e.provides = m.distinct("API", "api-gone-", m.rng.IntN(2))
	e.consumes = m.distinct("API", "api-gone-", m.rng.IntN(3))
	e.docs, e.source, e.onCall = m.chance(60), m.chance(85), m.chance(35)
	e.runbook, e.dashboard = m.chance(40), m.chance(50)
}

func (m *maker) dependencies(self catalog.Ref, count int) []catalog.Ref {
	var out []catalog.Ref
	for range count {
		kind, gone := "Component", "component-gone-"
		if m.chance(35) {
			kind, gone = "Resource", "resource-gone-"
		}
		all := m.byKind[kind]
		ref := m.refTo(kind, gone)
		if m.chance(hubbish) && len(all) > hubs {
			ref = all[m.rng.IntN(hubs)]
		}
		if ref != self && !slices.Contains(out, ref) {
			out = append(out, ref)
		}
	}
	return out
}

func (m *maker) distinct(kind, gone string, count int) []catalog.Ref {
	var out []catalog.Ref
	for range count {
		if r := m.refTo(kind, gone); !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

// refTo names an entity of that kind, or one that does not exist.
func (m *maker) refTo(kind, gone string) catalog.Ref {
	if m.chance(resolving) && len(m.byKind[kind]) > 0 {
		return m.pickRef(kind)
	}
	name := gone + strconv.Itoa(m.rng.IntN(1+len(m.entities)/20))
	return catalog.Ref{Kind: kind, Namespace: catalog.DefaultNamespace, Name: name}
}

func (m *maker) pickRef(kind string) catalog.Ref {
	all := m.byKind[kind]
	return all[m.rng.IntN(len(all))]
}

func (m *maker) chance(percent int) bool { return m.rng.IntN(100) < percent }

func (m *maker) pick(from []string) string { return from[m.rng.IntN(len(from))] }

func (m *maker) some(count int, from []string) []string {
	var out []string
	for range count {
		if s := m.pick(from); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func (m *maker) sentence(name string) string {
	return fmt.Sprintf("%s %s %s for %s, and %s %s to %s.", title(name), m.pick(words["verbs"]), m.pick(words["things"]),
		m.pick(words["areas"]), m.pick(words["verbs"]), m.pick(words["things"]), m.pick(words["audiences"]))
}

func title(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '.' })
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, " ")
}
