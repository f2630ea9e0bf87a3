package catalog_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/idptui/idptui/internal/catalog"
)

// facetText writes a facet as "value=count", a * before what is selected.
func facetText(tb testing.TB, v *catalog.View, query, field string, top int) string {
	tb.Helper()
	facets, err := v.Facets(context.Background(), parse(tb, query), alice, top)
	if err != nil {
		tb.Fatal(err)
	}
	for _, f := range facets {
		if f.Field != field {
			continue
		}
		var parts []string
		for _, x := range f.Values {
			mark := map[bool]string{true: "*"}[x.Selected]
			parts = append(parts, fmt.Sprintf("%s%s=%d", mark, x.Value, x.Count))
		}
		return fmt.Sprintf("%s of %d", strings.Join(parts, " "), f.Total)
	}
	return "none"
}

func TestFacetsCountWhatElseCouldBeChosen(t *testing.T) {
	t.Parallel()
	v := newShop().view()
	for _, tc := range []struct {
		query, field string
		top          int
		want         string
	}{
		{"", "kind", 3, "component=6 group=3 resource=2 of 7"},
		{"kind:component", "kind", 2, "*component=6 group=3 of 7"},
		{"kind:api", "kind", 2, "component=6 group=3 *api=1 of 7"},
		{"kind:api tag:java", "kind", 9, "component=2 of 1"},
		{"kind:component", "type", 9, "service=3 website=2 Worker=1 of 3"},
		{"kind:component", "owner", 9, "team-payments=3 user:alice=1 group:default/team-web=1 of 3"},
		{"owner:team-web", "owner", 1, "team-payments=6 *group:default/team-web=2 *group:infra/team-web=1 of 5"},
		{"kind:component owner:group:infra/team-web", "owner", 9, "team-payments=3 user:alice=1 group:default/team-web=1 of 3"},
		{"", "tag", 2, "java=2 pci=2 of 4"},
		{"tag:PCI", "tag", 1, "java=2 *pci=2 of 4"},
		{"tag:java -kind:api", "system", 9, "payments=2 of 1"},
		{"kind:component", "health", 9, "unknown=3 down=1 degraded=1 up=1 of 4"},
		{"kind:component health:down", "health", 1, "unknown=3 *down=1 of 4"},
		{"kind:component", "level", 9, "unknown=3 none yet=1 silver=1 gold=1 of 4"},
		{"pay -play", "kind", 9, "api=1 component=1 group=1 system=1 of 4"},
		{"kind:nothing", "type", 9, " of 0"},
	} {
		if got := facetText(t, v, tc.query, tc.field, tc.top); got != tc.want {
			t.Errorf("%s of %q\n got %s\nwant %s", tc.field, tc.query, got, tc.want)
		}
	}
	if got := facetText(t, catalog.NewView(v.Snapshot), "", "health", 9); got != "none" {
		t.Errorf("without probes there is a facet: %s", got)
	}
}

func TestFacetsCountFormsOfOneWordTogether(t *testing.T) {
	t.Parallel()
	s := &shop{}
	s.entity("a", "type:Website", "tags:JAVA,java")
	s.entity("b", "type:website", "tags:java")
	s.entity("c", "type:website", "owner:group:me")
	v := s.view()
	for field, want := range map[string]string{"type": "website=3 of 1", "owner": "group:default/me=1 of 1"} {
		if got := facetText(t, v, "", field, 9); got != want {
			t.Errorf("%s is %s, want %s", field, got, want)
		}
	}
	if got := facetText(t, v, `owner:me`, "owner", 9); got != "group:default/me=1 of 1" {
		t.Errorf("the group named me counts as chosen by owner:me: %s", got)
	}
}

func TestChoosingAFacetFindsItsCount(t *testing.T) {
	t.Parallel()
	v := newShop().view()
	facets, err := v.Facets(context.Background(), parse(t, ""), alice, 50)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range facets {
		for _, x := range f.Values {
			q := parse(t, "").Toggle(f.Field, x.Value)
			if got := len(selectIDs(t, v, q, alice, catalog.Sort{}, nil).IDs); got != x.Count {
				t.Errorf("%s finds %d, its facet says %d", q, got, x.Count)
			}
		}
	}
}
