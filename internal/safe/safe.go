// Package safe is the sanitiser every outside byte passes before it may reach a
// screen: entity fields, file names, error texts, documents, job logs, links.
//
// It is an allow-list. Letters, digits, punctuation, symbols and spaces pass as
// they are; so do combining marks, variation selectors and joiners where a
// script or an emoji needs them. Everything else is made visible, so that a
// reader sees what was there and a terminal never acts on it:
//
//	C0 and DEL                       caret form                      ^[  ^G  ^?
//	C1 as a code point               its number                      ‹U+009B›
//	C1 as a raw byte                 its byte                        ‹0x9B›
//	other invalid UTF-8              U+FFFD a byte
//	line, paragraph separator        their number                    ‹U+2028›
//	bidi controls, zero width, tags  their number                    ‹U+202E›
//	joiner out of place              its number                      ‹U+200D›
//	mark, selector, tone, baseless   its number                      ‹U+0301›
//	mark 9 and up of one base        dropped, the base is enough
//	selector 2 and up of one base    dropped
//	byte-order mark opening a line   dropped, an editor's habit
//
// Two decisions go beyond the well-known hazards. Private-use code points are
// shown by number: what they look like is the font's choice, and one of them
// (U+10EEEE) makes some terminals place an image. Every format character (soft
// hyphen, invisible operators, annotations), every invisible letter (the Hangul
// fillers), every letter that shares the cell of the next character (historic
// Indic signs) and every unassigned code point is shown by number too, because
// width tables disagree about them; only the emoji blocks pass unassigned, since
// new emoji come every year. Right-to-left letters, look-alike letters and colours
// close to the background are not this package's business.
//
// All functions are idempotent and keep no state: the clean form of two lines is
// the clean forms of each. The package must not do I/O and must not know what
// the text is for.
package safe

import (
	"strings"
	"unicode/utf8"
)

// Line returns s as one line fit for a label, title, cell, error or file name.
// Each TAB, CR and LF becomes one space. The result may be put next to any other
// clean text. A clean s is returned as it is, without allocating.
func Line(s string) string { return clean(s, false) }

// Text returns s as lines fit for a screen: CRLF becomes LF, LF and TAB stay and
// each line is otherwise treated as Line does. The caller expands TABs, as only
// it knows the column. A clean s is returned as it is, without allocating.
func Text(s string) string { return clean(s, true) }

// Suspect reports whether s holds something that hides or disguises: what Line
// and Text show by number, caret or byte, or drop as excess. White space, a
// byte-order mark opening a line and merely invalid UTF-8 do not count; a CR with
// text after it on the line does, as a terminal would overwrite what came before.
// A screen flags suspect text.
func Suspect(s string) bool {
	var near cluster
	for i := 0; i < len(s); {
		n, v := near.next(s[i:], true)
		if v == drop || v == show {
			return true
		}
		if v == space && s[i] == '\r' && i+n < len(s) {
			return true
		}
		i += n
	}
	return false
}

// Cap returns the longest start of s of at most limit bytes that ends between
// two runes, and whether anything was cut. A cut leaves no joiner or emoji
// selector at the end, so the start of clean text is clean; it may split an SGR
// sequence, so cap a log before Log and not after.
func Cap(s string, limit int) (string, bool) {
	end := max(limit, 0)
	if len(s) <= end {
		return s, false
	}
	for back := 0; back < utf8.UTFMax && back <= end; back++ {
		if utf8.RuneStart(s[end-back]) {
			end -= back
			break
		}
	}
	return strings.TrimRight(s[:end], "\u200c\u200d\ufe0f"), true
}

func clean(s string, lines bool) string {
	p := pass{src: s}
	for p.pos < len(s) {
		p.take(p.near.next(s[p.pos:], lines))
	}
	return p.text()
}

// pass is one walk over a text. It copies nothing before the first change.
type pass struct {
	src  string
	pos  int     // the next byte to judge
	near cluster // what came just before pos
	out  []byte  // the clean form of src[:from]
	from int     // src[from:pos] is clean as it stands
}

// take carries out the verdict on the next n bytes.
func (p *pass) take(n int, v verdict) {
	if v == keep {
		p.pos += n
		return
	}
	p.out = append(p.out, p.src[p.from:p.pos]...)
	switch v {
	case space:
		p.out = append(p.out, ' ')
	case mend:
		p.out = utf8.AppendRune(p.out, utf8.RuneError)
	case show:
		p.out = appendVisible(p.out, p.src[p.pos:])
	}
	p.pos += n
	p.from = p.pos
}

// size is the length of the clean form so far.
func (p *pass) size() int { return len(p.out) + p.pos - p.from }

func (p *pass) text() string {
	if p.from == 0 {
		return p.src[:p.pos]
	}
	return string(append(p.out, p.src[p.from:p.pos]...))
}
