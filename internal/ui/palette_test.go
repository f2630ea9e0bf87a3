package ui

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/uitest"
)

// listed are all items that the dialog has, read off it by going through it from
// the top.
func listed(s *screen) []string {
	s.t.Helper()
	seen := map[string]bool{}
	var out []string
	for last, now := "", ""; ; s.press("down") {
		block, _ := s.m.dialogs[0].View(s.m.s.Theme, s.m.layout.w, s.m.layout.dialogH)
		if last, now = now, uitest.Plain(block); last == now {
			return out
		}
		for _, l := range strings.Split(now, "\n") {
			if l = strings.TrimSpace(strings.Trim(l, "│▌ ")); l != "" && !seen[l] {
				seen[l] = true
				out = append(out, l)
			}
		}
	}
}

func has(list []string, want func(string) bool) bool {
	for _, l := range list {
		if want(l) {
			return true
		}
	}
	return false
}

func TestHelpAndPaletteListEveryAction(t *testing.T) {
	t.Parallel()
	places := []string{"catalog", "entity-about", "entity-source", "errors", "errors-one", "health", "home"}
	for _, size := range []uitest.Size{{W: 40, H: 12}, {W: 120, H: 40}} {
		for _, st := range states() {
			if !slices.Contains(places, st.name) {
				continue // another dialog over one of these, or a place like home
			}
			for _, key := range []string{"?", ":"} {
				s := demo(t, size.W, size.H)
				st.build(s)
				bindings := s.m.bindings()
				s.press(key)
				items := listed(s)
				for _, b := range bindings {
					title, key := b.Title[:min(len(b.Title), 8)], b.Keys[0]
					if !has(items, func(l string) bool { return strings.HasPrefix(l, title) && strings.Contains(l, " "+key) }) {
						t.Errorf("%v %s: %q with %s is not listed:\n%s", size, st.name, b.Title, key, strings.Join(items, "\n"))
					}
				}
			}
		}
	}
}

func TestHelpSaysWhyAnActionIsDisabled(t *testing.T) {
	t.Parallel()
	s := demo(t, 120, 40)
	s.press("?")
	s.sees("One level up  · This is the top level; q quits.")
	s.typed("forward")
	s.sees("Forward  · There is nothing forward of here.")

	s = demo(t, 40, 12)
	s.press("?")
	s.typed("forward")
	s.sees("There is nothing forward of")
	s.press("enter")
	if len(s.m.dialogs) != 1 {
		t.Error("a disabled action was chosen")
	}
}

func TestHelpDoesWhatIsChosen(t *testing.T) {
	t.Parallel()
	s := demo(t, 80, 24)
	s.press("?")
	s.typed("errors")
	s.press("enter")
	s.at(pane.Errors, "")
	s.press("?")
	s.sees("Help: Errors", "Open the entity it is about", "Show the whole of this one")
}

func TestThePaletteRunsActions(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ typed, pane string }{
		{"data health", pane.Health}, {"health", pane.Health}, {"Jobs", pane.Jobs}, {"home", pane.Home},
	} {
		s := demo(t, 80, 24)
		s.press(":")
		s.typed(tc.typed)
		if s.press("enter"); s.place().Pane != tc.pane {
			t.Errorf("%q leads to %s", tc.typed, s.place().Pane)
		}
	}
	s := demo(t, 80, 24)
	s.press("ctrl+p")
	s.typed("quit")
	if s.press("enter"); !s.quit {
		t.Error("quit does not quit")
	}
}

func TestThePaletteFindsEntitiesTheExactNameFirst(t *testing.T) {
	t.Parallel()
	for _, size := range []uitest.Size{{W: 40, H: 12}, {W: 120, H: 40}} {
		for typed, want := range map[string]string{
			"payments-api": paymentsAPI,
			"PAYMENTS":     "system:default/payments",
			"ledger":       "component:default/ledger",
			"home":         "", // an action by that name comes before what only has the letters
			"kafka":        "resource:default/kafka",
			"bo":           "user:default/bo",
			"pay-ap":       paymentsAPI,
		} {
			s := open(t, options(t, uitest.Demo(t)), size.W, size.H)
			s.press(":")
			s.typed(typed)
			s.press("enter")
			if want == "" {
				s.at(pane.Home, "")
				continue
			}
			s.at(pane.Entity, want)
		}
	}
}

func TestThePaletteFindsSavedViews(t *testing.T) {
	t.Parallel()
	for _, size := range []uitest.Size{{W: 40, H: 12}, {W: 120, H: 40}} {
		s := demo(t, size.W, size.H)
		s.press("3", ":")
		s.typed("deprecated th")
		s.sees("Deprecated things")
		s.press("enter")
		s.at(pane.Catalog, "")
		if p := s.place(); p.Query != "lifecycle:deprecated" || p.Sort != "-name" {
			t.Errorf("at %+v", p)
		}
		s.press("[")
		s.at(pane.Docs, "")
	}
}

func TestThePaletteSaysWhatIsWrongWithAQuery(t *testing.T) {
	t.Parallel()
	s := demo(t, 120, 40)
	s.press(":")
	s.typed("ownr:me")
	s.sees(`there is no field "ownr"`, "owner")
	s.press("enter")
	s.at(pane.Catalog, "")
	s.press("esc", ":")
	s.typed("zzzzqqq")
	s.sees("No action, view or entity matches.")
}

func TestThePaletteNarrowsWhatItFound(t *testing.T) {
	t.Parallel()
	s := demo(t, 120, 40)
	whole, steps := &entityFinder{m: s.m}, &entityFinder{m: s.m}
	const query = "payments"
	for i := range len(query) {
		steps.find(query[:i+1])
	}
	a, b, _ := whole.find(query)
	c, d, _ := steps.find(query)
	if len(a) == 0 || len(a) != len(c) || len(b) != len(d) || a[0].ID != c[0].ID {
		t.Errorf("at once %v %v; letter by letter %v %v", a, b, c, d)
	}
}

func TestRankedPutsWhatWasMeantFirst(t *testing.T) {
	t.Parallel()
	known := []kit.Item{
		{ID: "action a", Label: "Star or unstar"},
		{ID: "action b", Label: "Saved views"},
		{ID: "action c", Label: "Data health: sources", Reason: "Not now."},
		{ID: "action d", Label: "Sort"},
		{ID: "action health", Label: "Something else"},
	}
	for query, want := range map[string]string{
		"sort":   "action d action a",
		"s":      "action a action b action d action health action c", // in their order, disabled last
		"vi":     "action b",
		"srt":    "action a action d", // both only have the letters
		"health": "action health action c",
		"x":      "",
	} {
		var got []string
		for _, it := range ranked(query, known, nil) {
			got = append(got, it.ID)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q gives %q; want %q", query, strings.Join(got, " "), want)
		}
	}
}

func TestASavedViewOfThePaletteBringsItsColumns(t *testing.T) {
	t.Parallel()
	o := options(t, uitest.Demo(t))
	o.Views = []pane.SavedView{{Name: "Ours by age", Query: "kind:component owner:me", Sort: "-name", Columns: []string{"name", "lifecycle"}}}
	s := open(t, o, 120, 40)
	s.press("0", ":")
	s.typed("Ours by age")
	s.press("enter")
	s.at(pane.Catalog, "")
	head := strings.Split(s.line(4), "│")[0]
	if !strings.Contains(head, "name ↓") || !strings.Contains(head, "lifecycle") || strings.Contains(head, "owner") {
		t.Errorf("the columns are %q", head)
	}
}

func TestOneIsNotWrittenAsMany(t *testing.T) {
	t.Parallel()
	p := uitest.Load(t, fstest.MapFS{"x.yaml": {Data: []byte(`apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: a}
spec: {type: service, lifecycle: production, owner: team-a, list: [{a: 1}], map: {a: 1}}
`)}})
	p.ProblemList = []catalog.Problem{{Severity: catalog.Error, Class: catalog.ClassSpec, Path: "y.yaml", Message: "it is wrong"}}
	src := &p.SourceList[0]
	src.Errors, src.Untrusted, src.Skeletons, src.Conflicts, src.Files, src.Entities = 1, 1, 1, 1, 1, 1
	many := regexp.MustCompile(`(^|[^\d ]|[^\d] )1 (entities|errors|warnings|problems|sources|columns|references|fields|items|skeletons|conflicts|lost conflicts|files)\b`)
	s := open(t, options(t, p), 120, 40)
	for _, keys := range [][]string{{"1"}, {"space", "*"}, {"enter"}, {">"}, {">"}, {">"}, {"E"}, {"H"}, {":"}} {
		s.press(keys...)
		if found := many.FindString(s.text()); found != "" {
			t.Errorf("after %v it says %q:\n%s", keys, found, s.text())
		}
	}
}
