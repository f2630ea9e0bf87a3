package safe_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/idptui/idptui/internal/safe"
)

func TestCheckFramePermitsWhatScreensDraw(t *testing.T) {
	t.Parallel()
	for name, frame := range map[string]string{
		"empty":             "",
		"lines":             "┌──┐\n│ok│\n└──┘\n",
		"styles":            "\x1b[1;38;2;1;2;3;48;5;7mtitle\x1b[m plain \x1b[4:3;58:2::1:2:3mx\x1b[0m",
		"link ended by BEL": ansi.SetHyperlink("https://example.com/x", "id=7") + "label" + ansi.ResetHyperlink("id=7"),
		"link ended by ST":  "\x1b]8;;mailto:team@example.com\x1b\\label\x1b]8;;\x1b\\",
		"style in a link":   ansi.SetHyperlink("https://example.com") + "\x1b[4mlabel\x1b[24m" + ansi.ResetHyperlink(),
		"style in a joined word, as a matcher highlights": "\x1b[1mमी\u200C\x1b[mख",
		"column cut after a joiner":                       ansi.Truncate("می\u200Cخواهم", 3, "…"),
	} {
		if err := safe.CheckFrame(frame); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, s := range clean {
		if err := safe.CheckFrame("\x1b[1m" + s + "\x1b[m │ next\n"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// drawn are the hazards that are none in a frame: styles and permitted links are
// what screens draw, and a joiner may have lost what it joined to a column's edge.
var drawn = map[string]bool{
	"SGR":                        true,
	"OSC 8 link":                 true,
	"joiner at the end":          true,
	"joiner of letter and emoji": true,
}

func TestCheckFrameNamesEachHazard(t *testing.T) {
	t.Parallel()
	for _, test := range hazards {
		if drawn[test.name] {
			continue
		}
		err := safe.CheckFrame("fine\n" + test.in + " │")
		switch {
		case err == nil:
			t.Errorf("%s: CheckFrame permits %+q", test.name, test.in)
		case !strings.HasPrefix(err.Error(), "line 2 "):
			t.Errorf("%s: the error does not name line 2: %v", test.name, err)
		case safe.Line(err.Error()) != err.Error():
			t.Errorf("%s: the error is not clean: %q", test.name, err)
		}
	}
}

func TestCheckFrameRefusesSequencesByName(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, frame, want string }{
		{"clipboard", "a\x1b]52;c;aGk=\x07", "^[]52;c;aGk=^G"},
		{"cursor", "\x1b[5;5Hx", "^[[5;5Hx"},
		{"conceal", "\x1b[8mx", "^[[8mx"},
		{"keyboard mode, which ends in m", "\x1b[>4;2m", "^[[>4;2m"},
		{"link to a script", ansi.SetHyperlink("javascript:alert(1)"), "javascript:alert(1)"},
		{"link to a file", ansi.SetHyperlink("file:///etc/passwd"), "file:///etc/passwd"},
		{"link not in its clean form", ansi.SetHyperlink("https://example.com/é"), "https://example.com/"},
		{"link with a CR in its address", "\x1b]8;;https://example.com/\r\x07", "https://example.com/"},
		{"link with a control among its parameters", "\x1b]8;id=\n;https://example.com\x07", "^[]8;id="},
		{"link without an address field", "\x1b]8;\x07", "^[]8;^G"},
		{"link without an end", "\x1b]8;;https://example.com", "^[]8;;https://example.com"},
		{"link ended by another sequence", "\x1b]8;;https://example.com\x1b[m", "^[]8;;https://example.com^[[m"},
		{"TAB", "a\tb", "^I"},
		{"CR", "a\r\nb", "^M"},
		{"byte-order mark opening a line", "\uFEFFa", "‹U+FEFF›"},
		{"invalid byte", "a\xff", "‹0xFF›"},
		{"two joiners in a row", "क\u200D\u200D", "‹U+200D›"},
	} {
		err := safe.CheckFrame(test.frame)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want one naming %s", test.name, err, test.want)
		}
	}
}

// A frame made of nothing but clean data is fine, and the same frame with the raw
// data is not: the check proves that data went through the sanitiser.
func TestCheckFrameTellsRawDataFromClean(t *testing.T) {
	t.Parallel()
	for _, test := range hazards {
		if err := safe.CheckFrame("│ " + safe.Line(test.in) + " │"); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}
