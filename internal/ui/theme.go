package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
)

// Themes are the names of all themes, as the configuration has them.
func Themes() []string {
	return append([]string{ThemeAuto, ThemeDark, ThemeLight}, kit.Palettes()...)
}

// follows tells whether a theme asks the terminal for its background.
func follows(theme string) bool { return theme != ThemeDark && theme != ThemeLight }

// themed is the look in the colours of a theme. A theme that follows the terminal
// keeps the background that is known so far.
func themed(l kit.Look, theme string) kit.Look {
	l.Palette = ""
	if slices.Contains(kit.Palettes(), theme) {
		l.Palette = theme
	}
	if !follows(theme) {
		l.Light = theme == ThemeLight
	}
	return l
}

// themeTitle is what a person reads for a theme.
func themeTitle(theme string) string {
	switch theme {
	case ThemeAuto:
		return "Auto: as the terminal's background is"
	case ThemeDark:
		return "Dark"
	case ThemeLight:
		return "Light"
	case kit.HighContrast:
		return "High contrast"
	case kit.ColourBlind:
		return "Colour-blind safe"
	}
	return theme
}

// chooseTheme offers the themes; the choice holds for this session.
func (m *Model) chooseTheme() tea.Cmd {
	items := make([]kit.Item, 0, len(Themes()))
	for _, id := range Themes() {
		it := kit.Item{ID: id, Label: themeTitle(id), Right: id}
		if id == m.theme {
			it.Detail = "now"
		}
		items = append(items, it)
	}
	source := func(query string) []kit.Item {
		if query = strings.TrimSpace(query); query != "" {
			return ranked(query, items, nil)
		}
		return items
	}
	c := kit.NewChooser("Theme", source, func(it kit.Item) tea.Cmd {
		return func() tea.Msg { return themeMsg(it.ID) }
	})
	c.Empty = "No theme matches."
	return m.show(c)
}

// themeMsg is the theme that was chosen.
type themeMsg string

func (m *Model) takeTheme(theme string) tea.Cmd {
	m.theme = theme
	cmds := []tea.Cmd{
		m.wear(themed(m.s.Theme.Look, theme)),
		pane.Toast("Theme " + theme + ". To keep it, set ui.theme in the configuration."),
	}
	if follows(theme) {
		cmds = append(cmds, tea.RequestBackgroundColor)
	}
	return tea.Batch(cmds...)
}

// canTheme says why a theme would make no difference here.
func (m *Model) canTheme() (bool, string) {
	if m.s.Theme.NoColor {
		return false, "This terminal shows no colours, or NO_COLOR is set."
	}
	return true, ""
}
