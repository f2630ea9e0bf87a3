package kit

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"github.com/idptui/idptui/internal/safe"
)

// drawable is text as it reaches the screen: clean, but with everything that
// makes its width hard to tell, and styled here and there.
func drawable() *rapid.Generator[string] {
	pieces := rapid.SampledFrom([]string{
		"a", "Z", " ", "payments-api", "漢", "字", "ｗ", "é", "é", "ñ̂", "👩‍👩‍👧", "👍🏽", "🇩🇪", "⚠️", "1️⃣", "🚀", "ภาษา", "สำ", "क्ष", "한", "●", "…", "→", "─",
		"\x1b[1m", "\x1b[38;2;10;20;30m", "\x1b[7m", "\x1b[m",
	})
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(pieces, 0, 40).Draw(t, "pieces"), "") + "\x1b[m"
	})
}

func themes() *rapid.Generator[*Theme] {
	return rapid.Map(rapid.SampledFrom([]Look{{}, {Light: true}, {Basic: true}, {NoColor: true}, {NoColor: true, ASCII: true}}), NewTheme)
}

// widths fails unless the block has h lines of w cells.
func widths(t *rapid.T, block string, w, h int) {
	lines := strings.Split(block, "\n")
	if len(lines) != h {
		t.Fatalf("%d lines; want %d:\n%q", len(lines), h, block)
	}
	for _, l := range lines {
		if got := Width(l); got != w {
			t.Fatalf("%d cells; want %d: %q", got, w, l)
		}
	}
}

func TestFitHasTheExactWidth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		th, s, w := themes().Draw(t, "theme"), drawable().Draw(t, "text"), rapid.IntRange(0, 60).Draw(t, "w")
		for _, got := range []string{th.Fit(s, w), th.FitRight(s, w)} {
			if Width(got) != w {
				t.Fatalf("%d cells; want %d: %q", Width(got), w, got)
			}
		}
		for _, got := range []string{th.Clip(s, w), th.ClipStart(s, w)} {
			if Width(got) > w {
				t.Fatalf("%d cells; want at most %d: %q", Width(got), w, got)
			}
		}
	})
}

func TestFitCutsWithTheEllipsisAndPads(t *testing.T) {
	t.Parallel()
	th := NewTheme(Look{})
	for _, tc := range []struct {
		s          string
		w          int
		want, from string
	}{
		{"abc", 5, "abc  ", "abc"},
		{"abcdef", 4, "abc…", "…def"},
		{"漢字漢字", 5, "漢字…", "…漢字"},
		{"漢字漢字", 4, "漢… ", "…字"},
		{"abc", 0, "", ""},
		{"abc", 1, "…", "c"},
		{"", 2, "  ", ""},
	} {
		if got := th.Fit(tc.s, tc.w); got != tc.want {
			t.Errorf("Fit(%q, %d) = %q; want %q", tc.s, tc.w, got, tc.want)
		}
		if got := th.ClipStart(tc.s, tc.w); got != tc.from {
			t.Errorf("ClipStart(%q, %d) = %q; want %q", tc.s, tc.w, got, tc.from)
		}
	}
	if got := th.FitRight("7", 3); got != "  7" {
		t.Errorf("FitRight gave %q", got)
	}
	if got := NewTheme(Look{ASCII: true}).Fit("abcdef", 5); got != "ab..." {
		t.Errorf("in ASCII it gave %q", got)
	}
}

func TestAStyleEndsWhereItsTextIsCut(t *testing.T) {
	t.Parallel()
	th := NewTheme(Look{})
	got := th.Fit(th.Bad.Paint("a long text"), 4)
	if !strings.HasSuffix(got, "\x1b[m") || ansi.Strip(got) != "a l…" {
		t.Errorf("got %q", got)
	}
}

func TestSpreadHasTheExactWidthAndKeepsBothEnds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		th, l, r := themes().Draw(t, "theme"), drawable().Draw(t, "left"), drawable().Draw(t, "right")
		w := rapid.IntRange(0, 80).Draw(t, "w")
		got := th.Spread(l, r, w)
		if Width(got) != w {
			t.Fatalf("%d cells; want %d: %q", Width(got), w, got)
		}
		if Width(l) > 0 && Width(r) > 0 && Width(l)+Width(r)+1 <= w && (!strings.HasPrefix(got, l) || !strings.HasSuffix(got, r)) {
			t.Fatalf("there was room for both: %q", got)
		}
	})
	th := NewTheme(Look{})
	for _, tc := range []struct {
		left, right string
		w           int
		want        string
	}{
		{"ab", "cd", 6, "ab  cd"},
		{"abcdefgh", "xyz", 9, "abcd… xyz"},
		{"ab", "a very long right end", 12, "ab a very l…"}, // a short left end takes no more than it needs
		{"", "right", 5, "right"},
		{"left", "", 4, "left"},
		{"ab", "cd", 0, ""},
	} {
		if got := th.Spread(tc.left, tc.right, tc.w); got != tc.want {
			t.Errorf("Spread(%q, %q, %d) = %q; want %q", tc.left, tc.right, tc.w, got, tc.want)
		}
	}
}

func TestWrapBreaksAtSpacesAndCutsLongWords(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, w := rapid.StringOf(rapid.SampledFrom([]rune("ab -漢é\t"))).Draw(t, "text"), rapid.IntRange(2, 40).Draw(t, "w")
		for _, l := range Wrap(s, w) {
			if Width(l) > w {
				t.Fatalf("%q is wider than %d", l, w)
			}
		}
	})
	if got := Wrap("one two", 0); got != nil {
		t.Errorf("no width gave %q", got)
	}
	if got := strings.Join(Wrap("one two threefour", 5), "|"); got != "one|two|three|four" {
		t.Errorf("got %q", got)
	}
}

func TestBoxFrameAndBesideHaveTheExactSize(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		th := themes().Draw(t, "theme")
		lines := rapid.SliceOfN(drawable(), 0, 12).Draw(t, "lines")
		title, hint := drawable().Draw(t, "title"), drawable().Draw(t, "hint")
		w, h := rapid.IntRange(1, 60).Draw(t, "w"), rapid.IntRange(1, 12).Draw(t, "h")
		box, frame := th.Box(lines, w, h), th.Frame(title, hint, lines, w, h)
		widths(t, box, w, h)
		widths(t, frame, w, h)
		widths(t, Beside(box, frame, box), 3*w, h)
	})
	th := NewTheme(Look{})
	if th.Box([]string{"x"}, 0, 3) != "" || th.Box([]string{"x"}, 3, 0) != "" {
		t.Error("a box of no size is not empty")
	}
	if Beside("a") != "a" {
		t.Error("one block beside nothing is another")
	}
}

func TestOverReplacesCellForCell(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		th := themes().Draw(t, "theme")
		w, h := rapid.IntRange(1, 60).Draw(t, "w"), rapid.IntRange(1, 10).Draw(t, "h")
		bw, bh := rapid.IntRange(1, 70).Draw(t, "bw"), rapid.IntRange(1, 12).Draw(t, "bh")
		x, y := rapid.IntRange(-2, 65).Draw(t, "x"), rapid.IntRange(-3, 12).Draw(t, "y")
		base := th.Box(rapid.SliceOfN(drawable(), 0, 10).Draw(t, "base"), w, h)
		block := th.Box(rapid.SliceOfN(drawable(), 0, 10).Draw(t, "block"), bw, bh)
		widths(t, Over(base, block, x, y), w, h)
	})
	for _, tc := range []struct {
		base, block string
		x, y        int
		want        string
	}{
		{"abcd\nefgh", "XY", 1, 1, "abcd\neXYh"},
		{"漢字漢", "X", 1, 0, " X字漢"},     // the first half of a wide character is left alone
		{"漢字漢", "XY", 1, 0, " XY 漢"},   // so is the second half of the next
		{"abcd", "WXYZ", 2, 0, "abWX"}, // what sticks out is cut
		{"abcd", "X", 9, 0, "abcd"},
		{"abcd", "X", 0, 5, "abcd"},
	} {
		if got := Over(tc.base, tc.block, tc.x, tc.y); got != tc.want {
			t.Errorf("Over(%q, %q, %d, %d) = %q; want %q", tc.base, tc.block, tc.x, tc.y, got, tc.want)
		}
	}
}

func TestOverKeepsTheStylesAroundTheBlock(t *testing.T) {
	t.Parallel()
	got := Over("\x1b[1mabcdef\x1b[m", "XX", 2, 0)
	if ansi.Strip(got) != "abXXef" || !strings.HasPrefix(got, "\x1b[1mab") || !strings.Contains(got, "\x1b[1m\x1b[mef") && !strings.Contains(got, "\x1b[1mef") {
		t.Errorf("got %q", got)
	}
}

func TestWhatIsDrawnIsAsWideForEveryTerminal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, w := drawable().Draw(t, "text"), rapid.IntRange(1, 60).Draw(t, "w")
		got := NewTheme(Look{}).Fit(s, w)
		if ansi.StringWidth(got) != w || ansi.StringWidthWc(got) != w {
			t.Fatalf("%q became %q: %d cells as clusters, %d as characters; want %d", s, got, ansi.StringWidth(got), ansi.StringWidthWc(got), w)
		}
		if err := safe.CheckFrame(got); err != nil {
			t.Fatalf("%q: %v", got, err)
		}
		if again := steady(got); again != got {
			t.Fatalf("doing it twice gives %q", again)
		}
	})
	for in, want := range map[string]string{
		"plain ●─│ 漢字 é Ünï":  "plain ●─│ 漢字 é Ünï",
		"a ⚠️ b":              "a ⚠  b",
		"👍🏽!":                 "👍!",
		"\x1b[1m👩‍👩‍👧\x1b[m|": "\x1b[1m👩\x1b[m|",
		"1️⃣.":                "1 .",
		"🇩🇪":                  "🇩🇪",
	} {
		if got := steady(in); got != want {
			t.Errorf("steady(%q) = %q; want %q", in, got, want)
		}
	}
}

func TestRepaintHoldsThroughOtherStyles(t *testing.T) {
	t.Parallel()
	th := NewTheme(Look{NoColor: true})
	got := th.Selection.Repaint("a" + th.Strong.Paint("b") + "c")
	if want := "\x1b[7ma\x1b[1mb\x1b[m\x1b[7mc\x1b[m"; got != want {
		t.Errorf("got %q; want %q", got, want)
	}
	if got := th.Plain.Repaint("x"); got != "x" {
		t.Errorf("a style without looks gave %q", got)
	}
	if got := th.Selection.Paint(""); got != "" {
		t.Errorf("nothing became %q", got)
	}
}
