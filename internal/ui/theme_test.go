package ui

import (
	"image/color"
	"slices"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/uitest"
)

// choose picks a theme as a person does: by its name, in the palette.
func choose(s *screen, title string) {
	s.press(":")
	s.typed("theme: other")
	s.press("enter")
	s.typed(title)
	s.press("enter")
}

func TestAThemeIsWornAtOnceAndForThisSession(t *testing.T) {
	t.Parallel()
	o := options(t, uitest.Demo(t))
	look(kit.Look{})(&o)
	s := open(t, o, 100, 30)
	before := s.frame()
	for _, tc := range []struct {
		title string
		want  kit.Look
	}{
		{"high", kit.Look{Palette: kit.HighContrast}},
		{"colour-blind", kit.Look{Palette: kit.ColourBlind}},
		{"light", kit.Look{Light: true}},
		{"dark", kit.Look{}},
	} {
		choose(s, tc.title)
		if s.m.s.Theme.Look != tc.want {
			t.Errorf("%s: %+v; want %+v", tc.title, s.m.s.Theme.Look, tc.want)
		}
		if same := s.frame() == before; same {
			t.Errorf("%s: the frame is as it was", tc.title)
		}
	}
}

func TestAThemeFromTheConfigurationIsWornFromTheStart(t *testing.T) {
	t.Parallel()
	for _, theme := range Themes() {
		o := options(t, uitest.Demo(t))
		o.Theme, o.NoColor = theme, false
		s := open(t, o, 80, 24)
		want := kit.Look{Light: theme == ThemeLight}
		if slices.Contains(kit.Palettes(), theme) {
			want.Palette = theme
		}
		if s.m.s.Theme.Look != want {
			t.Errorf("%s: %+v; want %+v", theme, s.m.s.Theme.Look, want)
		}
		s.send(tea.BackgroundColorMsg{Color: color.White})
		if theme != ThemeDark {
			want.Light = true
		}
		if s.m.s.Theme.Look != want {
			t.Errorf("%s on a light terminal: %+v; want %+v", theme, s.m.s.Theme.Look, want)
		}
	}
}

func TestWithoutColourNoThemeIsOffered(t *testing.T) {
	t.Parallel()
	o := options(t, uitest.Demo(t))
	o.NoColor = true
	s := open(t, o, 80, 24)
	if ok, why := s.m.canTheme(); ok || why == "" {
		t.Errorf("%v, %q", ok, why)
	}
}
