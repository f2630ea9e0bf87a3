package catalog_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/idptui/idptui/internal/catalog"
)

// shop is a small catalog written by hand: rows of "kind:namespace/name" with
// what is said of them, and their relations.
type shop struct {
	summaries []catalog.Summary
	edges     map[string][]catalog.Edge
}

func ref(text string) catalog.Ref {
	r, err := catalog.ParseRef(text, catalog.RefDefaults{Kind: "Component"})
	if err != nil {
		panic(err)
	}
	return r
}

// reverseOf is the other end of each relation that tests declare.
var reverseOf = map[string]string{
	"ownedBy": "ownerOf", "partOf": "hasPart", "dependsOn": "dependencyOf", "providesApi": "apiProvidedBy",
	"consumesApi": "apiConsumedBy", "childOf": "parentOf", "memberOf": "hasMember", "parentOf": "childOf",
	"hasMember": "memberOf",
}

// entity adds an entity; its parts are fields as in a query, or relations.
func (s *shop) entity(text string, parts ...string) {
	x := catalog.Summary{Ref: ref(text), Source: "shop"}
	for _, part := range parts {
		field, value, _ := strings.Cut(part, ":")
		switch field {
		case "title":
			x.Title, x.Has = value, x.Has|catalog.HasTitle
		case "description":
			x.Description, x.Has = value, x.Has|catalog.HasDescription
		case "type":
			x.Type, x.Has = value, x.Has|catalog.HasType
		case "lifecycle":
			x.Lifecycle, x.Has = value, x.Has|catalog.HasLifecycle
		case "owner":
			x.Owner, x.Has = ref(value).String(), x.Has|catalog.HasOwner
			s.relate(text, "ownedBy", value)
		case "system":
			x.System, x.Has = ref(value).String(), x.Has|catalog.HasSystem
			s.relate(text, "partOf", value)
		case "source":
			x.Source = value
		case "tags":
			x.Tags, x.Has = strings.Split(value, ","), x.Has|catalog.HasTags
		case "email":
			x.Email = value
		case "problems":
			x.Has |= catalog.HasProblems
		case "runbook":
			x.Has |= catalog.HasRunbook
		default:
			s.relate(text, field, value)
		}
	}
	s.summaries = append(s.summaries, x)
}

func (s *shop) relate(from, relation, to string) {
	if s.edges == nil {
		s.edges = map[string][]catalog.Edge{}
	}
	key := ref(from).String()
	s.edges[key] = append(s.edges[key], catalog.Edge{Type: relation, Reverse: reverseOf[relation], Target: ref(to)})
}

func (s *shop) rows() *catalog.Snapshot { return build(s.summaries) }

func (s *shop) snapshot() *catalog.Snapshot { return s.rows().WithEdges(maps.All(s.edges)) }

// at is when the overlays of tests were measured.
var at = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // nothing writes to it

func (s *shop) view() *catalog.View {
	health := catalog.WordColumn("", []string{"down", "degraded", "up"}, map[string]string{
		"component:default/payments-api": "up", "component:default/refunds-worker": "down",
		"component:default/checkout": "degraded", "component:default/ledger": "unknown",
	})
	levels := []string{"bronze", "silver", "gold"}
	production := map[string]string{
		"component:default/payments-api": "gold", "component:default/ledger": "silver",
		"component:default/checkout": "none yet",
	}
	return catalog.NewView(
		s.snapshot(),
		catalog.NewOverlay("health", 3, "probe", at, health),
		catalog.NewOverlay("level", 1, "scorecards", at, catalog.WordColumn("", levels, production)),
		catalog.NewOverlay("score", 1, "scorecards", at,
			catalog.WordColumn("production", levels, production),
			catalog.NumberColumn("coverage", map[string]float64{
				"component:default/payments-api": 81.5, "component:default/ledger": 40,
			})),
	)
}

// newShop is a believable corner of a company.
func newShop() *shop {
	s := &shop{}
	s.entity("domain:commerce", "title:Commerce", "owner:group:engineering")
	s.entity("system:payments", "owner:group:team-payments", "partOf:domain:commerce")
	s.entity("system:storefront", "owner:group:team-web", "partOf:domain:commerce")
	s.entity("group:engineering", "type:department")
	s.entity("group:team-payments", "type:team", "childOf:group:engineering", "email:payments@example.com")
	s.entity("group:team-web", "type:team", "childOf:group:engineering")
	s.entity("user:alice", "title:Alice Lind", "memberOf:group:team-payments", "email:alice@example.com")
	s.entity("user:bo", "memberOf:group:team-web", "memberOf:group:team-gone")
	s.entity("component:payments-api", "title:Payments API", "description:Takes card payments", "type:service",
		"lifecycle:production", "owner:group:team-payments", "system:system:payments", "tags:java,pci", "runbook:",
		"dependsOn:component:ledger", "dependsOn:resource:orders-db", "providesApi:api:payments")
	s.entity("component:ledger", "type:service", "lifecycle:production", "owner:group:team-payments",
		"system:system:payments", "tags:go", "dependsOn:resource:infra/ledger-db", "dependsOn:resource:kafka")
	s.entity("component:refunds-worker", "type:Worker", "lifecycle:deprecated", "owner:group:team-payments",
		"system:system:payments", "tags:Java", "dependsOn:component:payments-api", "problems:")
	s.entity("component:checkout", "type:website", "lifecycle:production", "owner:group:team-web",
		"system:system:storefront", "tags:node,pci", "consumesApi:api:payments", "source:web")
	s.entity("component:playground", "type:website", "lifecycle:experimental", "owner:user:alice", "source:web")
	s.entity("component:orphaned", "type:service")
	s.entity("api:payments", "title:Payments", "type:openapi", "lifecycle:production", "owner:group:team-payments",
		"system:system:payments")
	s.entity("resource:orders-db", "type:database", "owner:group:infra/team-web", "runbook:")
	s.entity("resource:infra/ledger-db", "type:database", "owner:group:team-payments")
	return s
}

// alice is asking.
var alice = catalog.Env{ //nolint:gochecknoglobals // nothing writes to it
	Me:      []string{"user:default/alice", "group:default/team-payments", "group:default/engineering"},
	Starred: []string{"component:default/ledger", "component:default/gone"},
}

// names selects and gives the refs in short form, in the order of the result.
func names(tb rapid.TB, v *catalog.View, text string, order catalog.Sort) []string {
	tb.Helper()
	return shortNames(v, selectIDs(tb, v, parse(tb, text), alice, order, nil).IDs)
}

func shortNames(v *catalog.View, ids []int32) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = v.Row(id).Ref().Display("Component")
	}
	return out
}

// setOf is names without an order, as one text.
func setOf(tb rapid.TB, v *catalog.View, text string) string {
	tb.Helper()
	all := names(tb, v, text, catalog.Sort{})
	slices.Sort(all)
	return strings.Join(all, " ")
}

func parse(tb rapid.TB, text string) *catalog.Query {
	tb.Helper()
	q, err := catalog.ParseQuery(text)
	if err != nil {
		tb.Fatalf("query %q: %v", text, err)
	}
	return q
}

func selectIDs(tb rapid.TB, v *catalog.View, q *catalog.Query, env catalog.Env, order catalog.Sort, previous *catalog.Result) *catalog.Result {
	tb.Helper()
	r, err := v.Select(context.Background(), q, env, order, previous)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func build(summaries []catalog.Summary) *catalog.Snapshot {
	b := catalog.NewBuilder(1, len(summaries))
	for i := range summaries {
		b.Add(summaries[i])
	}
	return b.Snapshot()
}
