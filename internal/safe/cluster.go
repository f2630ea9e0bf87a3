package safe

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// verdict is what becomes of a piece of text.
type verdict uint8

const (
	keep  verdict = iota
	space         // becomes one space
	mend          // becomes U+FFFD
	skip          // left out, of no meaning
	drop          // left out, there were too many
	show          // made visible
)

const (
	maxMarks = 8   // combining marks kept on one base; living scripts need fewer
	maxRun   = 256 // printable ASCII bytes judged at once

	byteOrderMark = '\uFEFF'
	nonJoiner     = '\u200C'
	joiner        = '\u200D'
	textSelector  = '\uFE0E'
	emojiSelector = '\uFE0F'
	keycap        = "\u20E3"
)

// neverJoin are the scripts whose letters need no joiner or non-joiner. Most
// names are written in them, and there an invisible character only disguises.
var neverJoin = []*unicode.RangeTable{
	unicode.Common, unicode.Inherited, unicode.Latin, unicode.Greek, unicode.Cyrillic,
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, prefixes, suffixes,
}

// suffixes are letters that share the cell of what comes before, as marks do:
// Thai and Lao AM, and the voicing signs of halfwidth Katakana.
var suffixes = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x0E33, Hi: 0x0E33, Stride: 1},
	{Lo: 0x0EB3, Hi: 0x0EB3, Stride: 1},
	{Lo: 0xFF9E, Hi: 0xFF9F, Stride: 1},
}}

// prefixes are letters that share the cell of whatever follows, be it the padding
// of a column. All are of historic spellings.
var prefixes = &unicode.RangeTable{
	R16: []unicode.Range16{{Lo: 0x0D4E, Hi: 0x0D4E, Stride: 1}},
	R32: []unicode.Range32{
		{Lo: 0x111C2, Hi: 0x111C3, Stride: 1},
		{Lo: 0x113D1, Hi: 0x113D1, Stride: 1},
		{Lo: 0x1193F, Hi: 0x11941, Stride: 2},
		{Lo: 0x11A3A, Hi: 0x11A3A, Stride: 1},
		{Lo: 0x11A84, Hi: 0x11A89, Stride: 1},
		{Lo: 0x11D46, Hi: 0x11D46, Stride: 1},
		{Lo: 0x11F02, Hi: 0x11F02, Stride: 1},
	},
}

// cluster is what the text so far lets come next. The zero value is the start of
// a line. What was shown or replaced is never a base, so that nothing attaches
// to the visible form.
type cluster struct {
	begun  bool
	base   rune // the last character kept that others may attach to; 0 for none
	marks  int  // kept on base
	varied bool // base has its selector
}

// next judges the piece at the head of s, which must not be empty: a run of
// printable ASCII, or a rune, or a rune with the one that justifies it. With
// lines set, LF, CRLF and TAB are text.
func (c *cluster) next(s string, lines bool) (int, verdict) {
	if n := printable(s); n > 0 {
		*c = cluster{begun: true, base: rune(s[n-1])}
		return n, keep
	}
	if n, v := c.whiteSpace(s, lines); n > 0 {
		return n, v
	}
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && n == 1 && !c1(s[0]) {
		*c = cluster{begun: true}
		return n, mend
	}
	return c.judge(r, n, s[n:])
}

// whiteSpace decides on a TAB or line end at the head of s; of 0 bytes if there
// is none.
func (c *cluster) whiteSpace(s string, lines bool) (int, verdict) {
	switch {
	case s[0] != '\n' && s[0] != '\t' && s[0] != '\r':
		return 0, keep
	case lines && s[0] == '\n':
		*c = cluster{}
		return 1, keep
	case lines && s[0] == '\t':
		*c = cluster{begun: true}
		return 1, keep
	case lines && strings.HasPrefix(s, "\r\n"):
		return 1, skip
	}
	*c = cluster{begun: true, base: ' '}
	return 1, space
}

// judge decides on the rune r of n bytes that rest follows.
func (c *cluster) judge(r rune, n int, rest string) (int, verdict) {
	switch {
	case n == 1: // a control character or a raw C1 byte
	case r == byteOrderMark && !c.begun:
		c.begun = true
		return n, skip
	case r == nonJoiner || r == joiner:
		return c.join(r, n, rest)
	case unicode.Is(unicode.Variation_Selector, r):
		return c.vary(r, n, rest)
	case unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r), unicode.Is(prefixes, r):
	case skinTone(r), unicode.In(r, unicode.Mark, suffixes):
		return n, c.attach(r)
	case unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S) || emojiBlock(r):
		*c = cluster{begun: true, base: r}
		return n, keep
	case unicode.Is(unicode.Zs, r):
		*c = cluster{begun: true, base: ' '}
		return n, keep
	}
	*c = cluster{begun: true}
	return n, show
}

// attach decides on what shares the cell of its base: a mark, or the skin tone of
// an emoji, of which there can be one.
func (c *cluster) attach(r rune) verdict {
	ok := c.base != 0
	if skinTone(r) {
		ok = pictograph(c.base) && c.marks == 0
	} else if c.marks == maxMarks {
		return drop
	}
	if ok {
		c.marks++
		return keep
	}
	*c = cluster{begun: true}
	return show
}

// join decides on a joiner or non-joiner together with the character after it:
// both sides must be letters of a script that needs it, or both emoji.
func (c *cluster) join(r rune, n int, rest string) (int, verdict) {
	after, size := utf8.DecodeRuneInString(rest)
	if joins(c.base, r) && joins(after, r) && pictograph(c.base) == pictograph(after) {
		*c = cluster{begun: true, base: after}
		return n + size, keep
	}
	*c = cluster{begun: true}
	return n, show
}

// vary decides on a variation selector: one, directly on a base that can have
// variants, or on the digit of a keycap.
func (c *cluster) vary(r rune, n int, rest string) (int, verdict) {
	if c.varied {
		return n, drop
	}
	if c.marks == 0 && varies(c.base, r) {
		c.varied = true
		return n, keep
	}
	if c.marks == 0 && r == emojiSelector && key(c.base) && strings.HasPrefix(rest, keycap) {
		c.varied, c.marks = true, 1 // U+20E3 is a mark
		return n + len(keycap), keep
	}
	*c = cluster{begun: true}
	return n, show
}

// varies reports whether base can have the selector. The emoji selector doubles
// the width of whatever it follows, so that one needs a symbol.
func varies(base, selector rune) bool {
	if selector != textSelector && selector != emojiSelector {
		return base >= utf8.RuneSelf
	}
	if base < utf8.RuneSelf {
		return false
	}
	return unicode.IsSymbol(base) || emojiBlock(base) || strings.ContainsRune("‼⁉〰ℹ", base)
}

// key reports whether r is one of the twelve keys of a telephone.
func key(r rune) bool { return '0' <= r && r <= '9' || r == '#' || r == '*' }

// joins reports whether with, a joiner or non-joiner, may stand beside r.
func joins(r, with rune) bool {
	if pictograph(r) {
		return with == joiner && !skinTone(r)
	}
	return unicode.IsLetter(r) && !unicode.In(r, neverJoin...)
}

// pictograph reports whether r can be part of a joined emoji.
func pictograph(r rune) bool {
	return 0x1F300 <= r && r <= 0x1FAFF || 0x2190 <= r && r <= 0x2BFF && unicode.IsSymbol(r)
}

// emojiBlock reports whether r is in the blocks set aside for emoji, where also
// what the Unicode tables do not know yet is drawn as one wide character.
func emojiBlock(r rune) bool { return 0x1F300 <= r && r <= 0x1FAFF }

// skinTone reports whether r colours the emoji before it.
func skinTone(r rune) bool { return 0x1F3FB <= r && r <= 0x1F3FF }

// printable returns the length of the run of printable ASCII at the head of s,
// looking no further than maxRun.
func printable(s string) int {
	s = s[:min(len(s), maxRun)]
	for i := range len(s) {
		if s[i]-' ' > '~'-' ' {
			return i
		}
	}
	return len(s)
}

func c1(b byte) bool { return 0x80 <= b && b <= 0x9F }

// appendVisible appends the visible form of the rune at the head of s.
func appendVisible(out []byte, s string) []byte {
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case r == utf8.RuneError && n == 1:
		return fmt.Appendf(out, "‹0x%02X›", s[0])
	case r < utf8.RuneSelf:
		return append(out, '^', s[0]^0x40)
	}
	return fmt.Appendf(out, "‹U+%04X›", r)
}
