package safe_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"github.com/idptui/idptui/internal/safe"
)

// hazards are texts that try to act on a terminal or to deceive its reader. Each
// is suspect, and Line gives want.
var hazards = []struct{ name, in, want string }{
	{"CSI clear screen", "a\x1b[2Jb", "a^[[2Jb"},
	{"SGR", "\x1b[31mred\x1b[0m", "^[[31mred^[[0m"},
	{"conceal", "\x1b[8mhidden", "^[[8mhidden"},
	{"OSC title ended by BEL", "\x1b]0;title\x07", "^[]0;title^G"},
	{"OSC 52 clipboard ended by ST", "\x1b]52;c;aGk=\x1b\\", "^[]52;c;aGk=^[\\"},
	{"OSC 8 link", "\x1b]8;;https://example.com\x1b\\x\x1b]8;;\x1b\\", "^[]8;;https://example.com^[\\x^[]8;;^[\\"},
	{"DCS", "x\x1bPq#0\x1b\\", "x^[Pq#0^[\\"},
	{"APC", "x\x1b_Gf=100;AAAA\x1b\\", "x^[_Gf=100;AAAA^[\\"},
	{"PM", "x\x1b^private\x1b\\", "x^[^private^[\\"},
	{"SOS", "x\x1bXstring\x1b\\", "x^[Xstring^[\\"},
	{"charset", "\x1b(0qqq", "^[(0qqq"},
	{"full reset", "\x1bc", "^[c"},
	{"trailing ESC", "text\x1b", "text^["},
	{"double ESC", "\x1b\x1b[m", "^[^[[m"},
	{"ESC split by NUL", "\x1b\x00[31m", "^[^@[31m"},
	{"BEL", "ding\x07", "ding^G"},
	{"backspaces overprint", "rm\b\bls", "rm^H^Hls"},
	{"shift out", "\x0eqqq\x0f", "^Nqqq^O"},
	{"vertical tab and form feed", "a\vb\fc", "a^Kb^Lc"},
	{"DEL", "a\x7fb", "a^?b"},
	{"CSI as a code point", "a\u009b2Jb", "a‹U+009B›2Jb"},
	{"OSC as a code point", "\u009d0;t\u009c", "‹U+009D›0;t‹U+009C›"},
	{"DCS as a code point", "\u0090q", "‹U+0090›q"},
	{"next line", "a\u0085b", "a‹U+0085›b"},
	{"CSI as a raw byte", "a\x9b2Jb", "a‹0x9B›2Jb"},
	{"OSC as a raw byte after a lead byte", "\xe6\x9d0;t\x07", "\uFFFD‹0x9D›0;t^G"},
	{"overlong CSI", "\xc0\x9b2J", "\uFFFD‹0x9B›2J"},
	{"line separator", "a\u2028b", "a‹U+2028›b"},
	{"paragraph separator", "a\u2029b", "a‹U+2029›b"},
	{"right-to-left override", "gnp.\u202Eexe", "gnp.‹U+202E›exe"},
	{"zero width space", "pay\u200Bpal", "pay‹U+200B›pal"},
	{"word joiner", "pay\u2060pal", "pay‹U+2060›pal"},
	{"byte-order mark inside", "pay\uFEFFpal", "pay‹U+FEFF›pal"},
	{"second byte-order mark", "\uFEFF\uFEFFpal", "‹U+FEFF›pal"},
	{"tag characters", "ok\U000E0069\U000E0067", "ok‹U+E0069›‹U+E0067›"},
	{"language tag", "\U000E0001x", "‹U+E0001›x"},
	{"last tag", "\U000E007Fx", "‹U+E007F›x"},
	{"soft hyphen", "pay\u00ADpal", "pay‹U+00AD›pal"},
	{"combining grapheme joiner", "a\u034Fb", "a‹U+034F›b"},
	{"invisible times", "a\u2062b", "a‹U+2062›b"},
	{"Hangul filler", "a\u3164b", "a‹U+3164›b"},
	{"interlinear annotation", "\uFFF9a\uFFFAb\uFFFB", "‹U+FFF9›a‹U+FFFA›b‹U+FFFB›"},
	{"private use", "a\uE0B0b", "a‹U+E0B0›b"},
	{"image placeholder", "\U0010EEEE\u0305", "‹U+10EEEE›‹U+0305›"},
	{"noncharacter", "a\uFFFFb", "a‹U+FFFF›b"},
	{"unassigned", "a\u0378b", "a‹U+0378›b"},
	{"joiner between Latin letters", "pay\u200Dpal", "pay‹U+200D›pal"},
	{"non-joiner between Cyrillic letters", "а\u200Cб", "а‹U+200C›б"},
	{"joiner at the start", "\u200Da", "‹U+200D›a"},
	{"joiner at the end", "\u0915\u094D\u200D", "\u0915\u094D‹U+200D›"},
	{"two joiners", "\u0915\u200D\u200D\u0937", "\u0915‹U+200D›‹U+200D›\u0937"},
	{"joiner of letter and emoji", "\u0915\u200D🔥", "\u0915‹U+200D›🔥"},
	{"non-joiner between emoji", "👩\u200C💻", "👩‹U+200C›💻"},
	{"selector on a Latin letter", "e\uFE0Fx", "e‹U+FE0F›x"},
	{"emoji selector on an accented letter", "é\uFE0Fx", "é‹U+FE0F›x"},
	{"selector on a digit", "1\uFE0Fx", "1‹U+FE0F›x"},
	{"selector at the start", "\uFE0Fx", "‹U+FE0F›x"},
	{"run of selectors", "😀\U000E0101\U000E0102\U000E0103x", "😀\U000E0101x"},
	{"nine marks", "e" + strings.Repeat("\u0301", 9) + "x", "e" + strings.Repeat("\u0301", 8) + "x"},
	{"mark without a base", "\u0301x", "‹U+0301›x"},
	{"skin tone without an emoji", "x🏽", "x‹U+1F3FD›"},
	{"two skin tones", "👋🏽🏿", "👋🏽‹U+1F3FF›"},
	{"skin tone after a joiner", "👩\u200D🏽", "👩‹U+200D›‹U+1F3FD›"},
	{"selector after a mark", "❤\u0301\uFE0F", "❤\u0301‹U+FE0F›"},
	{"keycap after a mark", "1\u0301\uFE0F\u20E3", "1\u0301‹U+FE0F›‹U+20E3›"},
	{"keycap with the text selector", "1\uFE0E\u20E3", "1‹U+FE0E›‹U+20E3›"},
	{"keycap with eight marks more", "1\uFE0F\u20E3" + strings.Repeat("\u0301", 8), "1\uFE0F\u20E3" + strings.Repeat("\u0301", 7)},
	{"voicing sign without a base", "\uFF9E", "‹U+FF9E›"},
	{"letter sharing the next cell", "\u0D4E ", "‹U+0D4E› "},
	{"surrogate half", "\xed\xa0\x80", "\uFFFD\uFFFD‹0x80›"},
	{"mark after an invalid byte", "\xff\u0301", "\uFFFD‹U+0301›"},
	{"mark after a control", "\x1b\u0301", "^[‹U+0301›"},
}

func TestLineMakesEachHazardVisible(t *testing.T) {
	t.Parallel()
	for _, test := range hazards {
		if got := safe.Line(test.in); got != test.want {
			t.Errorf("%s: Line(%+q) = %+q, want %+q", test.name, test.in, got, test.want)
		}
	}
}

func TestTextTreatsHazardsAsLineDoes(t *testing.T) {
	t.Parallel()
	for _, test := range hazards {
		in, want := "above\n"+test.in+"\nbelow", "above\n"+test.want+"\nbelow"
		if got := safe.Text(in); got != want {
			t.Errorf("%s: Text(%+q) = %+q, want %+q", test.name, in, got, want)
		}
	}
}

func TestSuspectFlagsEachHazardUntilClean(t *testing.T) {
	t.Parallel()
	for _, test := range hazards {
		if !safe.Suspect(test.in) {
			t.Errorf("%s: Suspect(%+q) = false", test.name, test.in)
		}
		if safe.Suspect(test.want) {
			t.Errorf("%s: Suspect of the clean form %+q = true", test.name, test.want)
		}
	}
}

func TestEveryBidiControlIsShownAndSuspect(t *testing.T) {
	t.Parallel()
	for _, r := range "\u061C\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069" {
		in := "a" + string(r) + "b"
		if got, want := safe.Line(in), fmt.Sprintf("a‹U+%04X›b", r); got != want || !safe.Suspect(in) {
			t.Errorf("Line(%+q) = %+q, want %+q; suspect %t", in, got, want, safe.Suspect(in))
		}
	}
}

// clean are texts people write, in scripts that need marks and joiners.
var clean = map[string]string{
	"empty":                   "",
	"ASCII":                   " !\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~",
	"accents":                 "Führung à l'Île, naïve façade",
	"decomposed accents":      "u\u0308ber e\u0301",
	"Vietnamese":              "Ti\u1EBFng Vi\u1EC7t, e\u0302\u0323",
	"Greek and Cyrillic":      "Ελληνικά Русский",
	"Arabic with marks":       "مُحَمَّد",
	"Persian with non-joiner": "می\u200Cخواهم",
	"Hebrew points":           "שָׁלוֹם",
	"Devanagari with joiner":  "क्\u200Dष",
	"Sinhala with joiner":     "ශ්\u200Dරී",
	"Thai":                    "ภาษาไทย ที่นี่",
	"Thai and Lao AM":         "ทำ ນຳ",
	"halfwidth Katakana":      "ｶﾞｷﾞ",
	"Chinese with variant":    "葛\U000E0100城市",
	"Japanese":                "すべての支払い、ガ",
	"Korean":                  "결제 원장",
	"conjoining jamo":         "\u1100\u1161\u11A8",
	"emoji":                   "🚀 ✅ ❤\uFE0F ☝🏽 ℹ\uFE0F ‼\uFE0F 🅰\uFE0F",
	"joined emoji":            "👩\u200D💻 🏳\uFE0F\u200D🌈 👩🏽\u200D❤\uFE0F\u200D💋\u200D👨 🙂\u200D↔\uFE0F",
	"emoji of later years":    "\U0001FAE9 \U0001F6D8\uFE0F",
	"flags":                   "🇩🇪 🇯🇵",
	"keycaps":                 "1\uFE0F\u20E3 #\uFE0F\u20E3 2\u20E3",
	"box drawing":             "┌─┐│█▁⠿",
	"spaces":                  "1\u00A0000\u202F€\u3000全角",
	"replacement character":   "a\uFFFDb",
	"eight marks":             "e" + strings.Repeat("\u0301", 8),
	"visible forms":           "‹U+202E› ^[[31m ‹0x9B›",
}

func TestCleanTextIsUnchangedAndNotSuspect(t *testing.T) {
	t.Parallel()
	for name, s := range clean {
		for what, f := range map[string]func(string) string{"Line": safe.Line, "Text": safe.Text, "Log": safe.Log} {
			if diff := cmp.Diff(s, f(s)); diff != "" {
				t.Errorf("%s: %s changed it (-want +got):\n%s", name, what, diff)
			}
		}
		if safe.Suspect(s) {
			t.Errorf("%s: suspect", name)
		}
	}
}

// Not parallel: the count is of the whole process.
func TestCleanTextCostsNoAllocation(t *testing.T) {
	var all strings.Builder
	for _, s := range clean {
		all.WriteString(s)
		all.WriteByte(' ')
	}
	s := all.String()
	for what, f := range map[string]func(){
		"Line":    func() { safe.Line(s) },
		"Text":    func() { safe.Text(s) },
		"Log":     func() { safe.Log(s) },
		"Suspect": func() { safe.Suspect(s) },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s allocates %v times on clean text", what, n)
		}
	}
}

func TestOrdinaryFlawsAreMendedAndNotSuspect(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, in, line, text string }{
		{"folded text", "a\nb\tc", "a b c", "a\nb\tc"},
		{"CRLF", "a\r\nb\r\n", "a  b  ", "a\nb\n"},
		{"CR left by a line splitter", "a\r", "a ", "a "},
		{"Latin-1", "caf\xe9 \xff", "caf\uFFFD \uFFFD", "caf\uFFFD \uFFFD"},
		{"cut inside a rune", "caf\xc3", "caf\uFFFD", "caf\uFFFD"},
		{"byte-order mark", "\uFEFFtitle", "title", "title"},
		{"byte-order mark of a second file", "a\n\uFEFFb", "a ‹U+FEFF›b", "a\nb"},
	} {
		if got := safe.Line(test.in); got != test.line {
			t.Errorf("%s: Line(%+q) = %+q, want %+q", test.name, test.in, got, test.line)
		}
		if got := safe.Text(test.in); got != test.text {
			t.Errorf("%s: Text(%+q) = %+q, want %+q", test.name, test.in, got, test.text)
		}
		if safe.Suspect(test.in) {
			t.Errorf("%s: Suspect(%+q) = true", test.name, test.in)
		}
	}
}

func TestCarriageReturnThatOverwritesIsSuspect(t *testing.T) {
	t.Parallel()
	if in := "rm -rf /\rls"; !safe.Suspect(in) || safe.Line(in) != "rm -rf / ls" || safe.Text(in) != "rm -rf / ls" {
		t.Errorf("Suspect %t, Line %q, Text %q", safe.Suspect(in), safe.Line(in), safe.Text(in))
	}
}

func TestTextStartsEachLineAfresh(t *testing.T) {
	t.Parallel()
	got := safe.Text("e\n\u0301\t\u0301 \u0301")
	if want := "e\n‹U+0301›\t‹U+0301› \u0301"; got != want {
		t.Errorf("Text = %+q, want %+q", got, want)
	}
}

// Every code point, alone and between two letters: what stays is drawn, takes
// room, and is no control, format or private character. Of the planes that are
// ideographs, private or empty throughout, a sample.
func TestEveryCodePointIsHarmlessAlone(t *testing.T) {
	t.Parallel()
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if sampled := r >= 0x20000 && (r < 0xE0000 || r > 0xE0FFF); sampled && r%251 != 0 && r&0xFFFF < 0xEE00 {
			continue
		}
		if !utf8.ValidRune(r) {
			continue
		}
		alone := safe.Line(string(r))
		if why := foreign(alone, ""); why != "" {
			t.Fatalf("Line(%+q) = %+q holds %s", string(r), alone, why)
		}
		if ansi.StringWidth(alone) < 1 && r != '\uFEFF' {
			t.Errorf("Line(%+q) = %+q takes no room", string(r), alone)
		}
		between := safe.Line("x" + string(r) + "y")
		if why := foreign(between, ""); why != "" {
			t.Fatalf("%+q between letters gives %+q, which holds %s", string(r), between, why)
		}
		if want := ansi.StringWidth(alone) + 1; ansi.StringWidth(alone+" ") != want || ansi.StringWidth(" "+alone) != want {
			t.Errorf("Line(%+q) = %+q shares its cell with padding", string(r), alone)
		}
		if again := safe.Line(between); again != between {
			t.Fatalf("Line(%+q) = %+q is not stable", between, again)
		}
	}
}

func TestCapCutsBetweenRunes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		in    string
		limit int
		want  string
		cut   bool
	}{
		{"", 0, "", false},
		{"", -1, "", false},
		{"abc", 3, "abc", false},
		{"abc", 2, "ab", true},
		{"abc", 0, "", true},
		{"abc", -5, "", true},
		{"aé", 2, "a", true},
		{"日本", 5, "日", true},
		{"日本", 2, "", true},
		{"🚀x", 4, "🚀", true},
		{"👩\u200D💻", 7, "👩", true},
		{"1\uFE0F\u20E3", 4, "1", true},
		{"\x80\x80\x80\x80\x80\x80", 5, "\x80\x80\x80\x80\x80", true},
	} {
		got, cut := safe.Cap(test.in, test.limit)
		if got != test.want || cut != test.cut {
			t.Errorf("Cap(%+q, %d) = %+q, %t, want %+q, %t", test.in, test.limit, got, cut, test.want, test.cut)
		}
	}
}
