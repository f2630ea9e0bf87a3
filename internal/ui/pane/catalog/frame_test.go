package catalogpane_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
	catalogpane "github.com/idptui/idptui/internal/ui/pane/catalog"
	"github.com/idptui/idptui/internal/ui/uitest"
)

func TestTheListLooksAsItShould(t *testing.T) {
	t.Parallel()
	for _, look := range uitest.Looks() {
		for _, size := range uitest.Sizes() {
			p := uitest.Demo(t)
			session := uitest.Session(t, p)
			session.Theme = kit.NewTheme(look.Look)
			session.Starred["component:default/payments-api"] = true
			s := uitest.NewStage(t, catalogpane.New(session), session.Theme, pane.Place{Query: "kind:component pay"}, size.W, size.H)
			s.Do("down", "mark", "up")
			uitest.Golden(t, fmt.Sprintf("list-%dx%d-%s", size.W, size.H, look.Name), s.Frame())
		}
	}
}

func TestOtherStatesLookAsTheyShould(t *testing.T) {
	t.Parallel()
	states := []struct {
		name  string
		at    pane.Place
		build func(s *uitest.Stage)
	}{
		{"all", pane.Place{}, func(*uitest.Stage) {}},
		{"groups", pane.Place{Query: "kind:group"}, func(s *uitest.Stage) { s.Do("down") }},
		{"bad", pane.Place{Query: "kind:component"}, func(s *uitest.Stage) { s.Do("filter"); s.Type(" ownr:me") }},
		{"nothing", pane.Place{Query: "kind:component zzzz"}, func(*uitest.Stage) {}},
		{"zoom", pane.Place{Query: "kind:component payments-api"}, func(s *uitest.Stage) { s.Do("zoom") }},
	}
	for _, state := range states {
		for _, size := range []uitest.Size{{W: 45, H: 13}, {W: 80, H: 21}, {W: 100, H: 37}, {W: 120, H: 37}} {
			session := uitest.Session(t, uitest.Demo(t))
			s := uitest.NewStage(t, catalogpane.New(session), session.Theme, state.at, size.W, size.H)
			state.build(s)
			uitest.Golden(t, fmt.Sprintf("%s-%dx%d", state.name, size.W, size.H), s.Frame())
		}
	}
}

// odd is a catalog of texts that are hard to draw.
func odd() fstest.MapFS {
	long := strings.Repeat("very-long-name-", 4) + "ab"
	return fstest.MapFS{"catalog-info.yaml": {Data: []byte(`apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ` + long + `
  title: 漢字のとても長い題名 🚀🚀🚀
  description: |
    A description with 漢字, é and a 👩‍👩‍👧 in it.
    ` + strings.Repeat("word ", 300) + `
  tags: [a, b, c, d, e, f, g, h, i, j]
  links:
    - {url: "https://a.example/` + strings.Repeat("x", 300) + `", title: "` + strings.Repeat("链接", 40) + `"}
spec: {type: ` + strings.Repeat("t", 70) + `, lifecycle: experimental, owner: "user:` + strings.Repeat("o", 60) + `", system: 系統, dependsOn: ["component:x", "resource:y"]}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: b}
spec: {type: s, lifecycle: deprecated, owner: c}
`)}}
}

func TestEveryStateFillsItsBoxExactly(t *testing.T) {
	t.Parallel()
	for name, state := range map[string]struct {
		portal *uitest.FakePortal
		at     pane.Place
		keys   []string
	}{
		"list":     {uitest.Demo(t), pane.Place{Query: "pay"}, []string{"j", "space"}},
		"odd":      {uitest.Load(t, odd()), pane.Place{}, nil},
		"odd zoom": {uitest.Load(t, odd()), pane.Place{Zoom: true}, []string{"j", "j"}},
		"typing":   {uitest.Demo(t), pane.Place{Query: strings.Repeat("漢字 ", 60)}, []string{"/"}},
		"bad":      {uitest.Demo(t), pane.Place{Query: "kind:"}, []string{"/", "x", ":", "(", "\""}},
		"empty":    {uitest.Load(t, fstest.MapFS{}), pane.Place{}, nil},
		"nothing":  {uitest.Demo(t), pane.Place{Query: "owner:me zzzz"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			session := uitest.Session(t, state.portal)
			session.Theme = kit.NewTheme(kit.Look{})
			s := uitest.NewStage(t, catalogpane.New(session), session.Theme, state.at, 120, 37)
			s.Press(state.keys...)
			uitest.CheckSizes(t, func(w, h int) string {
				s.Pane.Update(pane.SizeMsg{W: w, H: h})
				return s.Pane.View(w, h)
			})
		})
	}
}

func TestAFrameIsDrawnTwiceAlike(t *testing.T) {
	t.Parallel()
	session := uitest.Session(t, uitest.Demo(t))
	s := uitest.NewStage(t, catalogpane.New(session), session.Theme, pane.Place{}, 120, 37)
	if first, second := s.Frame(), s.Frame(); first != second {
		t.Error("drawing a frame changed the next one")
	}
}
