package app

import (
	"testing"

	"github.com/google/go-cmp/cmp"

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
