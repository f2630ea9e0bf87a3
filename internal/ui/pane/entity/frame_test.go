package entity_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/pane/entity"
	"github.com/idptui/idptui/internal/ui/uitest"
)

func refOf(t *testing.T, text string) catalog.Ref {
	t.Helper()
	ref, err := catalog.ParseRef(text, catalog.RefDefaults{})
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

func TestAboutLooksAsItShould(t *testing.T) {
	t.Parallel()
	for _, look := range uitest.Looks() {
		for _, size := range uitest.Sizes() {
			session := uitest.Session(t, uitest.Demo(t))
			session.Theme = kit.NewTheme(look.Look)
			s := uitest.NewStage(t, entity.New(session), session.Theme, pane.Place{Pane: pane.Entity, Ref: payments}, size.W, size.H)
			uitest.Golden(t, fmt.Sprintf("about-%dx%d-%s", size.W, size.H, look.Name), s.Frame())
		}
	}
}

func TestOtherPagesLookAsTheyShould(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]pane.Place{
		"relations": {Ref: payments, Tab: "relations"},
		"source":    {Ref: payments, Tab: "source"},
		"problems":  {Ref: payments, Tab: "problems"},
		"api":       {Ref: "api:default/payments-rest", Tab: "api"},
		"group":     {Ref: "group:default/team-payments"},
		"user":      {Ref: "user:default/alice"},
		"missing":   {Ref: "resource:default/label-queue"},
		"dangling":  {Ref: "component:default/label-printer", Tab: "problems"},
	} {
		for _, size := range []uitest.Size{{W: 45, H: 13}, {W: 80, H: 21}, {W: 120, H: 37}} {
			session := uitest.Session(t, uitest.Demo(t))
			at.Pane = pane.Entity
			s := uitest.NewStage(t, entity.New(session), session.Theme, at, size.W, size.H)
			uitest.Golden(t, fmt.Sprintf("%s-%dx%d", name, size.W, size.H), s.Frame())
		}
	}
}

// odd is a catalog of texts that are hard to draw.
func odd() fstest.MapFS {
	return fstest.MapFS{"catalog-info.yaml": {Data: []byte(`apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: ` + strings.Repeat("long-name-", 6) + `a
  title: 漢字のとても長い題名 🚀🚀🚀
  description: |
    A description with 漢字, é and a 👩‍👩‍👧 in it.
    ` + strings.Repeat("word ", 300) + `
  labels: {` + strings.Repeat("k", 60) + `: "` + strings.Repeat("v", 60) + `"}
  annotations:
    acme.example/long: "` + strings.Repeat("漢", 200) + `"
    acme.example/link: https://a.example/` + strings.Repeat("x", 300) + `
  links:
    - {url: "https://a.example/", title: "` + strings.Repeat("链接", 40) + `"}
spec:
  type: openapi
  lifecycle: experimental
  owner: user:` + strings.Repeat("o", 60) + `
  system: s
  list: [a, 2, ` + strings.Repeat("b, ", 100) + `c]
  definition: |
    ` + strings.Repeat("漢字 and words ", 100) + `
    ` + "\t" + `indented
`)}}
}

func TestEveryTabFillsItsBoxExactly(t *testing.T) {
	t.Parallel()
	long := "api:default/" + strings.Repeat("long-name-", 6) + "a"
	for name, state := range map[string]struct {
		portal *uitest.FakePortal
		at     pane.Place
		keys   []string
	}{
		"about":        {uitest.Demo(t), pane.Place{Ref: payments}, []string{"j", "j"}},
		"relations":    {uitest.Demo(t), pane.Place{Ref: payments, Tab: "relations"}, []string{"G"}},
		"source":       {uitest.Demo(t), pane.Place{Ref: payments, Tab: "source"}, []string{"G"}},
		"history":      {withPast(t), pane.Place{Ref: payments, Tab: "history"}, []string{"j", "enter"}},
		"no history":   {uitest.Demo(t), pane.Place{Ref: payments, Tab: "history"}, nil},
		"missing":      {uitest.Demo(t), pane.Place{Ref: "a:b/c"}, nil},
		"no ref":       {uitest.Demo(t), pane.Place{Ref: strings.Repeat("漢字 ", 90)}, nil},
		"odd":          {uitest.Load(t, odd()), pane.Place{Ref: long}, []string{"j", "G"}},
		"odd source":   {uitest.Load(t, odd()), pane.Place{Ref: long, Tab: "source"}, []string{"G"}},
		"odd api":      {uitest.Load(t, odd()), pane.Place{Ref: long, Tab: "api", Zoom: true}, nil},
		"odd problems": {uitest.Load(t, odd()), pane.Place{Ref: long, Tab: "problems"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			session := uitest.Session(t, state.portal)
			session.Theme = kit.NewTheme(kit.Look{})
			state.at.Pane = pane.Entity
			s := uitest.NewStage(t, entity.New(session), session.Theme, state.at, 120, 37)
			s.Press(state.keys...)
			uitest.CheckSizes(t, func(w, h int) string {
				s.Pane.Update(pane.SizeMsg{W: w, H: h})
				return s.Pane.View(w, h)
			})
		})
	}
}
