package ui

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/uitest"
)

func TestCheckFindsKeysAndColumnsThatNoScreenTakes(t *testing.T) {
	t.Parallel()
	place := func(key, message, hint string) catalog.Problem {
		return catalog.Problem{Path: "config.yaml", Field: key, Message: message, Hint: hint}
	}
	got := Check(
		map[string][]string{"fly": {"x"}, "star": {"?"}, "copy": {"ctrl+y"}},
		[]pane.SavedView{{Name: "all", Columns: []string{"name", "ownr"}}, {Name: "no", Columns: []string{"zzzzzz"}}},
		place,
	)
	want := []catalog.Problem{
		place("keys.fly", `there is no action "fly"`, "docs/keys.md and the help list them all"),
		place("keys.star", `"?" is already "help"; "star" keeps *`, `choose another key, or give "star" and the other one new keys`),
		place("views[0].columns[1]", `there is no column "ownr"`, "did you mean owner?"),
		place("views[1].columns[0]", `there is no column "zzzzzz"`, "there are name, title, kind, type, owner, lifecycle, system, domain, parent, members, email, tags, namespace, source, description"),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := Check(map[string][]string{"copy": {"ctrl+y"}}, nil, place); got != nil {
		t.Error(got)
	}
}

func TestTheScreenSaysAtTheStartWhatTheCheckSays(t *testing.T) {
	t.Parallel()
	o := options(t, uitest.Demo(t))
	o.Views = []pane.SavedView{{Name: "all", Columns: []string{"ownr"}}}
	o.Placer = func(key, message, hint string) catalog.Problem {
		return catalog.Problem{Severity: catalog.Error, Path: "config.yaml", Line: 7, Field: key, Message: message, Hint: hint}
	}
	s := open(t, o, 120, 40)
	s.sees(`views[0].columns[0]: there is no column "ownr"`)
	s.press("E")
	s.sees("config.yaml:7", `there is no column "ownr"`)
}
