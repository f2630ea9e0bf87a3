package safe_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"github.com/idptui/idptui/internal/safe"
)

// foreign names the first thing in s that no clean text holds, other than the
// characters of extra. It is written from the policy and not from the code.
func foreign(s, extra string) string {
	marks, selectors := 0, 0
	for i, r := range s {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(s[i:]); n == 1 {
				return fmt.Sprintf("invalid byte 0x%02X", s[i])
			}
		}
		switch {
		case strings.ContainsRune(extra, r):
		case r == '\u200C', r == '\u200D':
		case unicode.Is(unicode.Variation_Selector, r):
			if selectors++; selectors > 1 {
				return "a run of selectors"
			}
		case unicode.IsControl(r), unicode.In(r, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp, unicode.Noncharacter_Code_Point,
			unicode.Bidi_Control, unicode.Other_Default_Ignorable_Code_Point):
			return fmt.Sprintf("%U", r)
		}
		if !unicode.Is(unicode.Variation_Selector, r) {
			selectors = 0
		}
		if unicode.IsMark(r) {
			if marks++; marks > 9 { // eight and a selector
				return "a run of marks"
			}
		} else {
			marks = 0
		}
	}
	return ""
}

// hostile draws text made of what the sanitiser has rules about, and of bytes.
func hostile() *rapid.Generator[string] {
	pieces := []string{
		"a", "word", " ", "1", "#", "é", "日", "م", "क", "\u094D", "가", "\u1100", "\u1161", "👩", "💻", "❤", "🇩", "🇪", "🏽", "ℹ", "\u0D4E",
		"\n", "\r", "\r\n", "\t", "\x00", "\a", "\b", "\x7f", "\x1b", "\x1b[", "\x1b[31m", "\x1b[0m", "\x1b[m", "\x1b[1;38;5;9m", "\x1b[8m", "\x1b[K", "\x1b[2J",
		"\x1b]8;;https://example.com\x07", "\x1b]8;;\x07", "\x1b\\", "m", ";", "\u009b", "\x9b", "\x80", "\xff", "\xe6", "\xf0\x9f", "\u0085", "\u2028",
		"\u200B", "\u200C", "\u200D", "\u2060", "\uFEFF", "\u202E", "\u2069", "\u00AD", "\u0301", "\u20E3", "\uFE0E", "\uFE0F", "\U000E0101", "\u180B",
		"\U000E0041", "\uE000", "\U0010EEEE", "\uFFFD", "\uFFFF", "\u0378", "\u3164", "‹", "›",
		strings.Repeat("\u0301", 9), strings.Repeat("x", 300),
	}
	piece := rapid.OneOf(rapid.SampledFrom(pieces), rapid.SampledFrom(pieces), rapid.String(), rapid.Map(rapid.SliceOfN(rapid.Byte(), 1, 6), func(b []byte) string { return string(b) }))
	return rapid.Map(rapid.SliceOfN(piece, 0, 30), func(s []string) string { return strings.Join(s, "") })
}

func TestCleanFormsHoldTheirProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, more := hostile().Draw(t, "s"), hostile().Draw(t, "more")
		checkLine(t, s, more)
		checkText(t, s, more)
		checkLog(t, s, more)
	})
}

type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// checkLine asserts what holds for Line of any two texts.
func checkLine(t failer, s, more string) {
	t.Helper()
	a, b := safe.Line(s), safe.Line(more)
	if why := foreign(a, ""); why != "" {
		t.Fatalf("Line(%+q) = %+q holds %s", s, a, why)
	}
	if again := safe.Line(a); again != a {
		t.Fatalf("Line(%+q) = %+q is not stable: %+q", s, a, again)
	}
	if again := safe.Line(a + b); again != a+b {
		t.Fatalf("two clean lines %+q and %+q are not clean together: %+q", a, b, again)
	}
	if stripped := ansi.Strip(a); stripped != a {
		t.Fatalf("Line(%+q) = %+q holds a sequence: without it %+q", s, a, stripped)
	}
	if got, want := ansi.StringWidth(a+" "+b), ansi.StringWidth(a)+1+ansi.StringWidth(b); got != want {
		t.Fatalf("%+q and %+q are %d cells wide side by side, %d apart", a, b, got, want)
	}
	if safe.Suspect(a) {
		t.Fatalf("Line(%+q) = %+q is suspect", s, a)
	}
	if safe.Suspect(s) && a == s {
		t.Fatalf("%+q is suspect and unchanged", s)
	}
	if err := safe.CheckFrame(a + "\n" + b); err != nil {
		t.Fatalf("a frame of Line(%+q) and Line(%+q): %v", s, more, err)
	}
	for limit := range min(len(a), 40) {
		if start, _ := safe.Cap(a, limit); safe.Line(start) != start || !strings.HasPrefix(a, start) {
			t.Fatalf("Cap(%+q, %d) = %+q is not clean", a, limit, start)
		}
	}
}

// checkText asserts what holds for Text of any two texts.
func checkText(t failer, s, more string) {
	t.Helper()
	a := safe.Text(s)
	if why := foreign(a, "\n\t"); why != "" {
		t.Fatalf("Text(%+q) = %+q holds %s", s, a, why)
	}
	if again := safe.Text(a); again != a {
		t.Fatalf("Text(%+q) = %+q is not stable: %+q", s, a, again)
	}
	if safe.Suspect(a) {
		t.Fatalf("Text(%+q) = %+q is suspect", s, a)
	}
	if got := strings.Count(a, "\n"); got != strings.Count(s, "\n") {
		t.Fatalf("Text(%+q) = %+q has %d line ends", s, a, got)
	}
	if strings.HasSuffix(s, "\r") { // with the LF it is one line end
		return
	}
	if whole, parts := safe.Text(s+"\n"+more), a+"\n"+safe.Text(more); whole != parts {
		t.Fatalf("Text of %+q and %+q: %+q together, %+q apart", s, more, whole, parts)
	}
}

// checkLog asserts what holds for Log of any two texts.
func checkLog(t failer, s, more string) {
	t.Helper()
	a := safe.Log(s)
	if why := foreign(a, "\n\x1b"); why != "" {
		t.Fatalf("Log(%+q) = %+q holds %s", s, a, why)
	}
	if again := safe.Log(a); again != a {
		t.Fatalf("Log(%+q) = %+q is not stable: %+q", s, a, again)
	}
	if err := safe.CheckFrame(a); err != nil {
		t.Fatalf("a frame of Log(%+q): %v", s, err)
	}
	if whole, parts := safe.Log(s+"\n"+more), a+"\n"+safe.Log(more); whole != parts {
		t.Fatalf("Log of %+q and %+q: %+q together, %+q apart", s, more, whole, parts)
	}
	for line := range strings.SplitSeq(a, "\n") {
		if len(line) > 64<<10 {
			t.Fatalf("Log gives a line of %d bytes", len(line))
		}
		if text := ansi.Strip(line); foreign(text, "") != "" || strings.Contains(text, "\x1b") {
			t.Fatalf("Log(%+q) = %+q holds more than SGR: %+q", s, line, text)
		}
		if i := strings.LastIndex(line, "\x1b["); i >= 0 && !resets(line[i:]) {
			t.Fatalf("Log(%+q): %+q leaves a style on", s, line)
		}
	}
}

// resets reports whether the SGR sequence at the head of s ends with a reset.
func resets(s string) bool {
	params, _, _ := strings.Cut(strings.TrimPrefix(s, "\x1b["), "m")
	last := params[strings.LastIndexByte(params, ';')+1:]
	return strings.Trim(last, "0") == ""
}

func TestCapHoldsItsProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, limit := hostile().Draw(t, "s"), rapid.IntRange(-2, 100).Draw(t, "limit")
		got, cut := safe.Cap(s, limit)
		switch {
		case !strings.HasPrefix(s, got):
			t.Fatalf("Cap(%+q, %d) = %+q is not its start", s, limit, got)
		case cut != (len(s) > max(limit, 0)), !cut && got != s:
			t.Fatalf("Cap(%+q, %d) = %+q, %t", s, limit, got, cut)
		case len(got) > max(limit, 0):
			t.Fatalf("Cap(%+q, %d) has %d bytes", s, limit, len(got))
		case utf8.ValidString(s) && !utf8.ValidString(got):
			t.Fatalf("Cap(%+q, %d) = %+q splits a rune", s, limit, got)
		}
	})
}
