package kit

import (
	"strings"
	"testing"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"github.com/idptui/idptui/internal/safe"
)

// press is a key by name; a name of one character types it.
func press(i *Input, names ...string) {
	for _, n := range names {
		i.Update(keyMsg(n))
	}
}

func keyMsg(name string) tea.KeyPressMsg {
	named := map[string]tea.Key{
		"left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight}, "home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd},
		"backspace": {Code: tea.KeyBackspace}, "delete": {Code: tea.KeyDelete}, "enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape},
		"up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown}, "pgup": {Code: tea.KeyPgUp}, "pgdown": {Code: tea.KeyPgDown}, "tab": {Code: tea.KeyTab},
		"space": {Code: tea.KeySpace, Text: " "}, "ctrl+w": {Code: 'w', Mod: tea.ModCtrl}, "ctrl+u": {Code: 'u', Mod: tea.ModCtrl},
		"ctrl+k": {Code: 'k', Mod: tea.ModCtrl}, "ctrl+x": {Code: 'x', Mod: tea.ModCtrl}, "alt+b": {Code: 'b', Mod: tea.ModAlt},
		"alt+f": {Code: 'f', Mod: tea.ModAlt}, "ctrl+a": {Code: 'a', Mod: tea.ModCtrl}, "ctrl+d": {Code: 'd', Mod: tea.ModCtrl},
	}
	if k, ok := named[name]; ok {
		return tea.KeyPressMsg(k)
	}
	r, _ := utf8.DecodeRuneInString(name)
	return tea.KeyPressMsg{Code: r, Text: name}
}

func TestAnInputIsEditedByCharactersAsPeopleSeeThem(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, start string
		keys        []string
		want        string
	}{
		{"typing", "", []string{"a", "space", "漢"}, "a 漢"},
		{"in the middle", "ac", []string{"left", "b"}, "abc"},
		{"backspace over a wide character", "a漢b", []string{"left", "backspace"}, "ab"},
		{"backspace over an accent of its own", "ae\u0301", []string{"backspace"}, "a"},
		{"left goes over an emoji of several parts", "a👩‍👩‍👧", []string{"left", "b"}, "ab👩‍👩‍👧"},
		{"an accent joins the letter before it", "e", []string{"\u0301", "x"}, "e\u0301x"},
		{"an accent alone is nothing", "", []string{"\u0301", "x"}, "x"},
		{"delete", "abc", []string{"home", "delete", "ctrl+d"}, "c"},
		{"word left of the cursor", "kind:api  owner:me ", []string{"ctrl+w"}, "kind:api  "},
		{"by words", "one two three", []string{"alt+b", "alt+b", "ctrl+k"}, "one "},
		{"by words to the right", "one two", []string{"ctrl+a", "alt+f", "ctrl+u"}, " two"},
		{"all before the cursor", "abc", []string{"left", "ctrl+u"}, "c"},
		{"keys at the ends do nothing", "a", []string{"right", "right", "home", "left", "backspace", "end", "delete"}, "a"},
		{"other keys are no text", "a", []string{"ctrl+x", "enter", "up"}, "a"},
	} {
		i := NewInput("", 100)
		i.SetValue(tc.start)
		press(i, tc.keys...)
		if i.Value() != tc.want {
			t.Errorf("%s: %q; want %q", tc.name, i.Value(), tc.want)
		}
	}
}

func TestUpdateTellsWhetherTheTextChanged(t *testing.T) {
	t.Parallel()
	i := NewInput("", 3)
	for _, tc := range []struct {
		msg              tea.Msg
		changed, handled bool
	}{
		{keyMsg("a"), true, true},
		{keyMsg("left"), false, true},
		{keyMsg("ctrl+x"), false, false},
		{tea.PasteMsg{Content: "bcd"}, true, true},
		{tea.PasteMsg{Content: "more than fits"}, false, true},
		{tea.PasteMsg{}, false, true},
		{tea.FocusMsg{}, false, false},
	} {
		if changed, handled := i.Update(tc.msg); changed != tc.changed || handled != tc.handled {
			t.Errorf("%v: changed %v, handled %v", tc.msg, changed, handled)
		}
	}
	if i.Value() != "bca" {
		t.Errorf("the text is %q; want bca", i.Value())
	}
}

func TestAPasteIsOneHarmlessLine(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"kind:api\nowner:me\r\n":  "kind:api owner:me  ",
		"\x1b[31mred\x1b]0;x\x07": " [31mred ]0;x ",
		"a\u202eb\u200bc\ufeff":   "abc",
		"a\u2028b\u009bc\tx":      "a b c x",
		"bad \xff bytes":          "bad � bytes",
		"\u0301bc":                "bc",
		strings.Repeat("x", 500):  strings.Repeat("x", 40),
	} {
		i := NewInput("", 40)
		i.Update(tea.PasteMsg{Content: in})
		if i.Value() != want {
			t.Errorf("%q became %q; want %q", in, i.Value(), want)
		}
	}
}

// TestAnInputFillsItsWidthWhateverItHolds types and pastes anything anywhere.
func TestAnInputFillsItsWidthWhateverItHolds(t *testing.T) {
	t.Parallel()
	th := NewTheme(Look{NoColor: true})
	keys := []string{"left", "right", "home", "end", "backspace", "delete", "ctrl+w", "ctrl+k", "alt+b", "alt+f", "a", "漢", "\u0301", "🇩", "space"}
	rapid.Check(t, func(t *rapid.T) {
		i := NewInput("type here 漢字", rapid.IntRange(0, 60).Draw(t, "limit"))
		for range rapid.IntRange(0, 20).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "paste") {
				i.Update(tea.PasteMsg{Content: rapid.OneOf(rapid.String(), drawable()).Draw(t, "text")})
			} else {
				press(i, rapid.SampledFrom(keys).Draw(t, "key"))
			}
			if n := utf8.RuneCountInString(i.Value()); n > i.limit {
				t.Fatalf("%d characters; the limit is %d", n, i.limit)
			}
			w := rapid.IntRange(1, 70).Draw(t, "w")
			line, cursor := i.View(th, w)
			if Width(line) != w || cursor < 0 || cursor >= w {
				t.Fatalf("%q in %d cells is %d wide, the cursor at %d", line, w, Width(line), cursor)
			}
			if err := safe.CheckFrame(line); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
		}
	})
}

func TestTheCursorStandsWhereTheNextCharacterGoes(t *testing.T) {
	t.Parallel()
	th := NewTheme(Look{NoColor: true})
	rapid.Check(t, func(t *rapid.T) {
		i := NewInput("", 100)
		i.SetValue(rapid.StringOf(rapid.SampledFrom([]rune("ab 漢字é"))).Draw(t, "text"))
		for range rapid.IntRange(0, 30).Draw(t, "left") {
			press(i, "left")
		}
		line, cursor := i.View(th, rapid.IntRange(4, 60).Draw(t, "w"))
		before, after := join(i.text[:i.at]), join(i.text[i.at:])
		if shown := ansi.Truncate(line, cursor, ""); !strings.HasSuffix(before, shown) || Width(shown) != cursor {
			t.Fatalf("before the cursor stands %q of %q", shown, before)
		}
		if after != "" && !strings.HasPrefix(ansi.TruncateLeft(line, cursor, ""), i.text[i.at].text) {
			t.Fatalf("under the cursor stands %q; want %q", ansi.TruncateLeft(line, cursor, ""), after)
		}
	})
}

func TestAnEmptyInputShowsItsPrompt(t *testing.T) {
	t.Parallel()
	line, cursor := NewInput("type here", 10).View(NewTheme(Look{NoColor: true}), 12)
	if line != "type here   " || cursor != 0 {
		t.Errorf("%q, %d", line, cursor)
	}
	if line, _ := NewInput("a, b, …", 10).View(NewTheme(Look{NoColor: true, ASCII: true}), 12); line != "a, b, ...   " {
		t.Errorf("in ASCII it is %q", line)
	}
	if line, cursor := NewInput("x", 1).View(NewTheme(Look{}), 0); line != "" || cursor != 0 {
		t.Errorf("%q, %d", line, cursor)
	}
}
