package kit

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// Style paints text with one pair of escape sequences, worked out once from a
// lipgloss style: drawing a row is then two copies, not a layout pass.
type Style struct {
	open, close string
}

// NewStyle takes over the look of s; only its text attributes and colours count.
func NewStyle(s lipgloss.Style) Style {
	const mark = "x"
	open, end, _ := strings.Cut(s.Render(mark), mark)
	return Style{open: open, close: end}
}

// Paint wraps text in the style. The text must not hold another style's end, or
// the rest of it goes unpainted: use Repaint for text that is styled already.
func (s Style) Paint(text string) string {
	if s.open == "" || text == "" {
		return text
	}
	return s.open + text + s.close
}

// Repaint paints text that is already styled: after each reset inside it, the
// style is opened again. It is how a selected row keeps its background.
func (s Style) Repaint(text string) string {
	if s.open == "" || text == "" {
		return text
	}
	if !strings.Contains(text, "\x1b[m") && !strings.Contains(text, "\x1b[0m") {
		return s.Paint(text)
	}
	r := strings.NewReplacer("\x1b[m", "\x1b[m"+s.open, "\x1b[0m", "\x1b[m"+s.open)
	return s.open + r.Replace(text) + s.close
}
