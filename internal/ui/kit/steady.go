package kit

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// steady gives a line that every terminal draws alike. Terminals disagree about
// the width of some clusters (an emoji of several parts, a symbol with an emoji
// selector, letters that share a cell): one counts the cluster, another its
// parts, and from there on the line stands askew. Each such cluster becomes its
// first character, in the same number of cells.
func steady(line string) string {
	if !disputable(line) {
		return line
	}
	var b strings.Builder
	b.Grow(len(line))
	for len(line) > 0 {
		if line[0] == '\x1b' {
			seq, _, n, _ := ansi.DecodeSequence(line, ansi.NormalState, nil)
			if n == 0 {
				break
			}
			b.WriteString(seq)
			line = line[n:]
			continue
		}
		if line[0] < utf8.RuneSelf && (len(line) == 1 || line[1] < utf8.RuneSelf) {
			b.WriteByte(line[0])
			line = line[1:]
			continue
		}
		text, width := ansi.FirstGraphemeCluster(line, ansi.GraphemeWidth)
		line = line[len(text):]
		if width == ansi.StringWidthWc(text) {
			b.WriteString(text)
			continue
		}
		first, _ := utf8.DecodeRuneInString(text)
		alone := string(first)
		if w := ansi.StringWidthWc(alone); w == ansi.StringWidth(alone) && w <= width {
			b.WriteString(alone)
			width -= w
		}
		b.WriteString(Spaces(width))
	}
	return b.String()
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
