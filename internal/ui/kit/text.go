package kit

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Width is the number of cells that s takes.
func Width(s string) int {
	if plain(s) {
		return len(s)
	}
	return ansi.StringWidth(s)
}

// plain is true of printable ASCII, whose width is its length.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// Fit makes s exactly w cells wide: cut with the theme's ellipsis, or padded on
// the right.
func (t *Theme) Fit(s string, w int) string {
	return t.fit(s, w, false)
}

// FitRight is Fit with the padding on the left, for numbers and ages.
func (t *Theme) FitRight(s string, w int) string {
	return t.fit(s, w, true)
}

func (t *Theme) fit(s string, w int, right bool) string {
	if w <= 0 {
		return ""
	}
	s = steady(s)
	n := Width(s)
	if n > w {
		tail := t.Glyph.Ellipsis
		if Width(tail) > w {
			tail = ""
		}
		s = ansi.Truncate(s, w, tail)
		n = Width(s) // a wide character at the edge may have left a gap
	}
	if n == w {
		return s
	}
	if right {
		return Spaces(w-n) + s
	}
	return s + Spaces(w-n)
}

const blank = "                                                                                                                                                                                                                                                                "

// Spaces is n spaces.
func Spaces(n int) string {
	if n <= 0 {
		return ""
	}
	if n <= len(blank) {
		return blank[:n]
	}
	return strings.Repeat(" ", n)
}

// Spread puts left and right at the two ends of a line of w cells, with at least
// one blank between them. When both do not fit, the left one gives way, but keeps
// at least a third of the line.
func (t *Theme) Spread(left, right string, w int) string {
	lw, rw := Width(left), Width(right)
	switch {
	case rw == 0 || w <= 0:
		return t.Fit(left, w)
	case lw == 0:
		return t.FitRight(right, w)
	case lw+rw+1 <= w:
		return left + Spaces(w-lw-rw) + right
	}
	keep := min(lw, max(w/3, w-rw-1))
	if keep >= w-1 {
		return t.Fit(left, w)
	}
	return t.Fit(left, keep) + " " + t.FitRight(right, w-keep-1)
}

// Wrap breaks text into lines of at most w cells at spaces; longer words are cut.
func Wrap(text string, w int) []string {
	if w <= 0 {
		return nil
	}
	var out []string
	for _, paragraph := range strings.Split(strings.ReplaceAll(text, "\t", "    "), "\n") {
		for _, l := range strings.Split(ansi.Wrap(steady(paragraph), w, ""), "\n") {
			if Width(l) > w { // a hyphen is let stick out
				out = append(out, strings.Split(ansi.Hardwrap(l, w, true), "\n")...)
				continue
			}
			out = append(out, l)
		}
	}
	return out
}

// Box makes a block of exactly w×h from lines: longer lines are cut, missing
// ones are blank. It is the last thing that every View does.
func (t *Theme) Box(lines []string, w, h int) string {
	if w <= 0 || h <= 0 {
		return ""
	}
	var b strings.Builder
	b.Grow((w + 16) * h)
	for i := range h {
		if i > 0 {
			b.WriteByte('\n')
		}
		if i < len(lines) {
			b.WriteString(t.Fit(lines[i], w))
		} else {
			b.WriteString(Spaces(w))
		}
	}
	return b.String()
}

// Beside puts blocks of the same height next to one another.
func Beside(blocks ...string) string {
	if len(blocks) == 1 {
		return blocks[0]
	}
	rows := make([][]string, len(blocks))
	height := 0
	for i, b := range blocks {
		rows[i] = strings.Split(b, "\n")
		height = max(height, len(rows[i]))
	}
	var out strings.Builder
	for y := range height {
		if y > 0 {
			out.WriteByte('\n')
		}
		for _, r := range rows {
			if y < len(r) {
				out.WriteString(r[y])
			}
		}
	}
	return out.String()
}

// Over lays block on base with its upper left corner at (x, y). Base must be a
// whole screen: what the block covers is replaced cell for cell, and a wide
// character that it covers by half becomes a blank. What would stick out is cut.
func Over(base, block string, x, y int) string {
	under := strings.Split(base, "\n")
	for i, line := range strings.Split(block, "\n") {
		row := y + i
		if row < 0 || row >= len(under) {
			continue
		}
		total := Width(under[row])
		if x < 0 || x >= total {
			continue
		}
		line = ansi.Truncate(line, total-x, "")
		end := x + Width(line)
		left := ansi.Truncate(under[row], x, "")
		left += Spaces(x - Width(left))
		right := ansi.TruncateLeft(under[row], end, "")
		if Width(right) > total-end { // half of a wide character is covered
			right = ansi.TruncateLeft(under[row], end+1, "")
		}
		under[row] = left + line + Spaces(total-end-Width(right)) + right
	}
	return strings.Join(under, "\n")
}

// Frame draws a titled box of exactly w×h around lines; hint sits in its lower
// edge. Below 4×3 there is no room for a frame and the bare lines are boxed.
func (t *Theme) Frame(title, hint string, lines []string, w, h int) string {
	if w < 4 || h < 3 {
		return t.Box(lines, w, h)
	}
	g := t.Glyph
	edge := func(l, label, r string) string {
		rest := w - 2
		if label != "" && rest > 4 {
			label = " " + t.Clip(label, rest-4) + " "
			rest -= Width(label) + 1
			label = t.Border.Paint(g.Rule) + t.Muted.Paint(label)
		} else {
			label = ""
		}
		return t.Border.Paint(l) + label + t.Border.Paint(strings.Repeat(g.Rule, max(0, rest))+r)
	}
	out := make([]string, 0, h)
	out = append(out, edge(g.TopLeft, title, g.TopRight))
	side := t.Border.Paint(g.Bar)
	for i := range h - 2 {
		line := ""
		if i < len(lines) {
			line = lines[i]
		}
		out = append(out, side+" "+t.Fit(line, w-4)+" "+side)
	}
	out = append(out, edge(g.BottomLeft, hint, g.BottomRight))
	return strings.Join(out, "\n")
}

// Clip cuts s to at most w cells without padding it.
func (t *Theme) Clip(s string, w int) string {
	if Width(s) <= w {
		return s
	}
	return strings.TrimRight(t.Fit(s, w), " ")
}

// ClipStart cuts s to at most w cells by leaving out its start: the end of a path
// is what tells files apart.
func (t *Theme) ClipStart(s string, w int) string {
	n := Width(s)
	if n <= w {
		return s
	}
	lead := t.Glyph.Ellipsis
	if Width(lead) >= w {
		lead = ""
	}
	cut := n - max(0, w-Width(lead))
	end := ansi.TruncateLeft(steady(s), cut, "")
	if Width(end) > n-cut { // the cut went through a wide character
		end = ansi.TruncateLeft(steady(s), cut+1, "")
	}
	return lead + end
}
