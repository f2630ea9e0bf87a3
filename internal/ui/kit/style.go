package kit

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// Style paints text with one pair of escape sequences, worked out once from a
// lipgloss style: drawing a row is then two copies, not a layout pass.
type Style struct {
	open, close string
	fills       bool // it shows on blanks too
}

// NewStyle takes over the look of s; only its text attributes and colours count.
func NewStyle(s lipgloss.Style) Style {
	const mark = "x"
	open, end, _ := strings.Cut(s.Render(mark), mark)
	_, none := s.GetBackground().(lipgloss.NoColor)
	return Style{open: open, close: end, fills: !none || s.GetUnderline() || s.GetReverse() || s.GetStrikethrough()}
}

// Paint wraps text in the style. The text must not hold another style's end, or
// the rest of it goes unpainted: use Repaint for text that is styled already.
// Blanks at the end stay bare where nobody could tell: each change of style is
// bytes on the wire.
func (s Style) Paint(text string) string {
	if s.open == "" {
		return text
	}
	if s.fills {
		if text == "" {
			return ""
		}
		return s.open + text + s.close
	}
	seen := strings.TrimRight(text, " ")
	if seen == "" {
		return text
	}
	return s.open + seen + s.close + text[len(seen):]
}

// Repaint paints text that is already styled: after each reset inside it, the
// style is opened again. It is how a selected row keeps its background.
func (s Style) Repaint(text string) string {
	if s.open == "" || text == "" {
		return text
	}
	if !strings.Contains(text, "\x1b[m") && !strings.Contains(text, "\x1b[0m") {
		return s.open + text + s.close
	}
	r := strings.NewReplacer("\x1b[m", "\x1b[m"+s.open, "\x1b[0m", "\x1b[m"+s.open)
	return s.open + r.Replace(text) + s.close
}
