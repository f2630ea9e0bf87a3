package kit

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Steady gives a frame that every terminal draws alike. Terminals disagree about
// the width of some clusters (an emoji of several parts, a symbol with an emoji
// selector, letters that share a cell): one counts the cluster, another its
// parts, and from there on the line stands askew. Each such cluster becomes its
// first character, in the same number of cells.
func Steady(frame string) string {
	if !disputable(frame) {
		return frame
	}
	lines := strings.Split(frame, "\n")
	for i, l := range lines {
		if disputable(l) && ansi.StringWidth(l) != ansi.StringWidthWc(l) {
			lines[i] = steadyLine(l)
		}
	}
	return strings.Join(lines, "\n")
}

// disputable is false for text in which no cluster can be disputed: it is a quick
// look at the bytes that nearly every frame passes.
func disputable(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c < 0xcc, c >= 0xe2 && c <= 0xe9, c == 0xeb, c == 0xec:
			// ASCII, Latin, what frames are drawn with, Han, kana and most of Hangul:
			// nothing in these is part of such a cluster but what is looked for below.
		default:
			return true
		}
	}
	return strings.Contains(s, "\u200d")
}

func steadyLine(line string) string {
	var b strings.Builder
	b.Grow(len(line))
	var state byte
	for len(line) > 0 {
		seq, width, n, next := ansi.DecodeSequence(line, state, nil)
		if n == 0 {
			break
		}
		state, line = next, line[n:]
		if width == 0 || width == ansi.StringWidthWc(seq) {
			b.WriteString(seq)
			continue
		}
		first, _ := utf8.DecodeRuneInString(seq)
		alone := string(first)
		if w := ansi.StringWidthWc(alone); w == ansi.StringWidth(alone) && w <= width {
			b.WriteString(alone)
			width -= w
		}
		b.WriteString(Spaces(width))
	}
	return b.String()
}
