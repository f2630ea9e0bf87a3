package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/safe"
	"github.com/idptui/idptui/internal/ui/kit"
)

// View implements tea.Model. A frame is drawn again only after a message that
// may have changed it.
func (m *Model) View() tea.View {
	if m.stale {
		m.frame, m.cursor = m.draw()
		m.window = m.windowTitle()
		m.stale = false
	}
	v := tea.NewView(m.frame)
	v.AltScreen = true
	v.WindowTitle = m.window
	v.Cursor = m.cursor
	if m.mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	return v
}

// draw makes the whole frame, exactly as large as the window, and says where the
// terminal's own cursor belongs: in the input that is being typed, else on the
// selected row, where screen readers and magnifiers follow it.
func (m *Model) draw() (frame string, cursor *tea.Cursor) {
	l, t := m.layout, m.s.Theme
	if l.w <= 0 || l.h <= 0 {
		return "", nil
	}
	if l.tooTiny {
		return m.tooTiny(l.w, l.h), nil
	}
	parts := make([]string, 0, 5)
	if !l.compact {
		parts = append(parts, m.header(l.w).line)
	}
	parts = append(parts, m.placeLine(l.w))
	if l.banner {
		parts = append(parts, t.Warn.Paint(t.Fit(" "+t.Glyph.Warning+" "+m.sync.banner, l.w)))
	}
	parts = append(parts, m.here().View(l.w, l.paneH), m.footer(l.w))
	frame = strings.Join(parts, "\n")
	if at, ok := m.here().Cursor(); ok {
		cursor = steady(at.X, at.Y+l.top)
	}
	for _, d := range m.dialogs {
		block, at := d.View(t, l.w, l.dialogH)
		x := dialogX(l, block)
		frame, cursor = kit.Over(frame, block, x, l.top), nil
		if at != nil {
			cursor = steady(at.X+x, at.Y+l.top)
		}
	}
	brief := len(m.dialogs) > 0 || m.here().Capturing() // neither a dialog nor what is being typed is covered
	if notices := m.toasts.lines(t, l.w, brief); len(notices) > 0 {
		frame = kit.Over(frame, strings.Join(notices, "\n"), 0, l.h-len(notices))
	}
	return frame, cursor
}

// longestTitle is how many cells of a name a window's title shows.
const longestTitle = 60

// windowTitle names the place one is at, for those who tell windows apart by it.
// It is written to the terminal outside the frame, and so is made safe by itself.
func (m *Model) windowTitle() string {
	title := safe.Line(m.title())
	if title == "" {
		return "idptui"
	}
	t := m.s.Theme
	return t.Clip(title, longestTitle) + " " + t.Glyph.Dot + " idptui"
}

// tooTiny says how large the window is and how large it has to be, in as many
// words as there is room for.
func (m *Model) tooTiny(w, h int) string {
	t := m.s.Theme
	quit := m.s.Keys.Key("quit")
	if quit == "" {
		quit = kit.Interrupt
	}
	said := []string{
		fmt.Sprintf("The window is %d by %d; idptui needs %d by %d. %s quits.", w, h, leastWidth, leastHeight, quit),
		fmt.Sprintf("%d by %d; needs %d by %d", w, h, leastWidth, leastHeight),
		fmt.Sprintf("%dx%d<%dx%d", w, h, leastWidth, leastHeight),
	}
	var lines []string
	for _, s := range said {
		if lines = kit.Wrap(s, w); len(lines) <= h {
			break
		}
	}
	return t.Box(lines, w, h)
}

func dialogX(l layout, block string) int {
	first, _, _ := strings.Cut(block, "\n")
	return max(0, (l.w-kit.Width(first))/2)
}

func steady(x, y int) *tea.Cursor {
	c := tea.NewCursor(x, y)
	c.Blink = false
	return c
}
