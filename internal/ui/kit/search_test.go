package kit

import (
	"strings"
	"testing"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// searching is a search for want among lines, typed from line origin on.
func searching(origin int, want string, lines []string) *Search {
	s := NewSearch()
	s.Open(origin)
	s.Update(tea.PasteMsg{Content: want})
	s.Look(len(lines), func(i int) string { return lines[i] })
	return s
}

func TestASearchFindsEveryPlaceWhateverTheCase(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.StringOf(rapid.SampledFrom([]rune("aAbBéÉİ漢 ")))
		text, want := letters.Draw(t, "text"), letters.Draw(t, "want")
		fold := func(s string) string { return strings.Map(unicode.ToLower, s) }
		from, n := 0, 0
		for _, at := range found(text, want) {
			if at[0] < from || fold(text[at[0]:at[1]]) != fold(want) {
				t.Fatalf("%q in %q at %v", want, text, at)
			}
			from = at[1]
			n++
		}
		if want != "" && n != strings.Count(fold(text), fold(want)) {
			t.Fatalf("%q is %d times in %q", want, n, text)
		}
	})
}

func TestASearchGoesRoundFromWhereItBegan(t *testing.T) {
	t.Parallel()
	lines := []string{"one two", "two", "", "TWO and two"}
	s := searching(1, "two", lines)
	at := func() Hit { h, _ := s.Current(); return h }
	want := []Hit{{1, 0, 3}, {3, 0, 3}, {3, 8, 11}, {0, 4, 7}, {1, 0, 3}}
	for i, w := range want {
		if diff := cmp.Diff(w, at()); diff != "" {
			t.Errorf("step %d: %s", i, diff)
		}
		s.Step(1)
	}
	s.Step(-1)
	s.Step(-1)
	if got := s.count(); got != "1 of 4" || at() != want[3] {
		t.Errorf("back again it is %s, %+v", got, at())
	}
	if diff := cmp.Diff([]Hit{{3, 0, 3}, {3, 8, 11}}, s.In(3)); diff != "" {
		t.Error(diff)
	}
	s.Update(tea.PasteMsg{Content: "x"})
	s.Look(len(lines), func(i int) string { return lines[i] })
	if s.count() != "no match" || s.Step(1) || len(s.In(1)) != 0 {
		t.Errorf("of what is not there it says %q", s.count())
	}
}

func TestASearchInAListGoesOnFromTheRowOneIsAt(t *testing.T) {
	t.Parallel()
	lines := []string{"a a", "b", "a", "b", "a a a"}
	s := searching(0, "a", lines)
	s.OnePerLine = true
	s.Look(len(lines), func(i int) string { return lines[i] })
	for _, step := range []struct{ line, d, want int }{{0, 1, 2}, {3, 1, 4}, {4, 1, 0}, {3, -1, 2}, {0, -1, 4}, {1, -1, 0}, {2, -1, 0}} {
		s.StepFrom(step.line, step.d)
		if h, _ := s.Current(); h.Line != step.want {
			t.Errorf("%+v leads to %d", step, h.Line)
		}
	}
}

func TestASearchStaysAtItsMatchWhenTheTextIsReadAnew(t *testing.T) {
	t.Parallel()
	s := searching(0, "x", []string{"x", "x", "x"})
	s.Update(tea.KeyPressMsg{Code: tea.KeyEnter})
	s.Step(1)
	lines := []string{"x", "x", "", "x"}
	s.Look(len(lines), func(i int) string { return lines[i] })
	if h, _ := s.Current(); h.Line != 1 || s.Typing() || !s.On() {
		t.Errorf("it is at %+v now", h)
	}
	s.Update(tea.KeyPressMsg{Code: tea.KeyEscape})
	if s.On() {
		t.Error("esc does not end it")
	}
}

func TestMatchesStandOutWithoutColour(t *testing.T) {
	t.Parallel()
	th := NewTheme(Look{NoColor: true, ASCII: true})
	s := searching(0, "ab", []string{"xabab"})
	line := "x" + th.Strong.Paint("abab")
	for i, h := range s.In(0) {
		line = Highlight(line, "xabab", h.From, h.To, s.Style(th, h))
		style := []string{"\x1b[7mab", "\x1b[4mab"}[i]
		if !strings.Contains(strings.ReplaceAll(line, "4;4m", "4m"), style) {
			t.Errorf("match %d does not stand out: %q", i, line)
		}
	}
	if got := s.Mark(th, "an AB", true); !strings.Contains(got, "\x1b[7mAB") {
		t.Errorf("the row is %q", got)
	}
}

func TestTheLineOfASearchHasTheExactWidth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		th := themes().Draw(t, "theme")
		s := searching(0, rapid.StringOf(rapid.SampledFrom([]rune("ab漢é"))).Draw(t, "text"), []string{"ab"})
		w := rapid.IntRange(1, 60).Draw(t, "w")
		line, x := s.View(th, w)
		if Width(line) != w || x < 0 || x >= w {
			t.Fatalf("%d cells and the cursor at %d; want %d: %q", Width(line), x, w, line)
		}
	})
}
