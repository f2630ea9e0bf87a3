package ui

import (
	"strings"
	"testing"

	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/uitest"
)

// TestTheTerminalsCursorIsOnWhatIsSelected holds on every screen and in every
// dialog: what follows the terminal's own cursor, as screen readers and
// magnifiers do, is led to the selected row or into the text that is typed.
func TestTheTerminalsCursorIsOnWhatIsSelected(t *testing.T) {
	t.Parallel()
	for _, size := range []uitest.Size{{W: 40, H: 12}, {W: 45, H: 16}, {W: 80, H: 24}, {W: 200, H: 50}} {
		for _, st := range states() {
			o := options(t, uitest.Demo(t))
			look(kit.Look{NoColor: true})(&o)
			s := open(t, o, size.W, size.H)
			st.build(s)
			dialog := len(s.m.dialogs) > 0
			if dialog {
				s.press("down")
			}
			c := s.m.View().Cursor
			if c == nil {
				if strings.Contains(s.text(), "▌") {
					t.Errorf("%s at %v: a row is selected, and the cursor is nowhere:\n%s", st.name, size, s.text())
				}
				continue
			}
			row := []rune(s.line(c.Y))
			switch {
			case dialog && string(row[c.X:c.X+1]) != "▌":
				t.Errorf("%s at %v: the cursor is at %d of %q", st.name, size, c.X, string(row))
			case !dialog && !s.m.here().Capturing() && !strings.Contains(strings.Split(s.frame(), "\n")[c.Y], "\x1b[7m"):
				t.Errorf("%s at %v: the cursor is on a row that is not selected: %q", st.name, size, string(row))
			}
			if !dialog {
				continue
			}
			s.typed("z")
			if c := s.m.View().Cursor; c == nil || !strings.Contains(string([]rune(s.line(c.Y))[:c.X]), "/ ") {
				t.Errorf("%s at %v: with a letter typed the cursor is at %+v", st.name, size, c)
			}
		}
	}
}
