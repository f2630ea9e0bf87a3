package app

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idptui/idptui/internal/cli"
	"github.com/idptui/idptui/internal/ui/pane"
)

func TestTheScreenOpensWhereTheCommandLineSays(t *testing.T) {
	t.Parallel()
	for place, want := range map[string]pane.Place{
		"":                                 {},
		"component:default/ledger":         {Pane: pane.Entity, Ref: "component:default/ledger"},
		"component:default/ledger/api":     {Pane: pane.Entity, Ref: "component:default/ledger", Tab: "api"},
		"api:infra/ledger/guide/setup#ssh": {Pane: pane.Entity, Ref: "api:infra/ledger", Tab: "guide/setup#ssh"},
	} {
		if diff := cmp.Diff(want, startingPlace(place)); diff != "" {
			t.Errorf("%q: %s", place, diff)
		}
	}
}

func TestTheLineForAColleagueLeadsWhereOneIs(t *testing.T) {
	t.Parallel()
	const ref = "component:default/a"
	for _, tc := range []struct {
		at   pane.Place
		set  cli.Settings
		want string
		why  string
	}{
		{pane.Place{Pane: pane.Entity, Ref: ref, Tab: "about"}, cli.Settings{}, "idptui open " + ref, ""},
		{pane.Place{Pane: pane.Entity, Ref: ref, Tab: "source"}, cli.Settings{}, "idptui open " + ref + "/source", ""},
		{
			pane.Place{Pane: pane.Entity, Ref: ref},
			cli.Settings{Data: "/it's here", Config: "c.yaml"},
			`idptui --config c.yaml --data '/it'\''s here' open ` + ref, "",
		},
		{pane.Place{Pane: pane.Catalog}, cli.Settings{Config: "my file"}, "idptui --config 'my file'", ""},
		{pane.Place{Pane: pane.Catalog, Query: "kind:api"}, cli.Settings{}, "", "with a filter"},
		{pane.Place{Pane: pane.Errors}, cli.Settings{}, "", "no command"},
		{pane.Place{Pane: pane.Entity, Ref: ref}, cli.Settings{Demo: true}, "", "sample company"},
	} {
		line, why := arrive(tc.at, tc.set)
		if line != tc.want || !strings.Contains(why, tc.why) || (why == "") != (tc.why == "") {
			t.Errorf("%+v: %q, %q", tc.at, line, why)
		}
		if tc.want == "" || tc.at.Pane != pane.Entity {
			continue
		}
		_, rest, _ := strings.Cut(line, "open ")
		if back := startingPlace(rest); back.Ref != ref || tc.at.Tab != firstTab && back.Tab != tc.at.Tab {
			t.Errorf("%s leads to %+v", line, back)
		}
	}
}
