package safe_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/idptui/idptui/internal/safe"
)

const maxLine = 64 << 10

func TestLogKeepsStylesAndResetsThem(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, in, want string }{
		{"closed style", "\x1b[31mred\x1b[0m plain", "\x1b[31mred\x1b[0m plain"},
		{"open style", "\x1b[31mred", "\x1b[31mred\x1b[m"},
		{"open over two lines", "\x1b[31mred\nnext", "\x1b[31mred\x1b[m\nnext"},
		{"closed by an empty parameter", "\x1b[31mred\x1b[m", "\x1b[31mred\x1b[m"},
		{"closed by a trailing empty parameter", "\x1b[31;m", "\x1b[31;m"},
		{"closed and opened at once", "\x1b[0;31mred", "\x1b[0;31mred\x1b[m"},
		{"opened and closed at once", "\x1b[31;0m", "\x1b[31;0m"},
		{"index colour", "\x1b[38;5;255mx\x1b[m", "\x1b[38;5;255mx\x1b[m"},
		{"index 0 is no reset", "\x1b[48;5;0mx", "\x1b[48;5;0mx\x1b[m"},
		{"true colour", "\x1b[1;38;2;1;2;255;48;2;0;0;0mx\x1b[m", "\x1b[1;38;2;1;2;255;48;2;0;0;0mx\x1b[m"},
		{"colour with colons", "\x1b[38:5:9;48:2::1:2:3;58:2:1:2:3mx\x1b[m", "\x1b[38:5:9;48:2::1:2:3;58:2:1:2:3mx\x1b[m"},
		{"curly underline", "\x1b[4:3mx\x1b[4:0m", "\x1b[4:3mx\x1b[4:0m\x1b[m"},
		{"bright", "\x1b[97;107mx\x1b[m", "\x1b[97;107mx\x1b[m"},
		{"mark on the far side of a style", "e\x1b[1m\u0301\x1b[m", "e\x1b[1m‹U+0301›\x1b[m"},
		{"nothing after the style", "x\x1b[1m", "x\x1b[1m\x1b[m"},
	} {
		if got := safe.Log(test.in); got != test.want {
			t.Errorf("%s: Log(%q) = %q, want %q", test.name, test.in, got, test.want)
		}
	}
}

func TestLogShowsSequencesThatAreNoStyle(t *testing.T) {
	t.Parallel()
	for _, seq := range []string{
		"\x1b[8m", "\x1b[1;8m", // conceal
		"\x1b[11m", "\x1b[50m", "\x1b[108m", "\x1b[999m", "\x1b[0031m", "\x1b[99999999999999999999m",
		"\x1b[38m", "\x1b[38;5m", "\x1b[38;5;256m", "\x1b[38;2;1;2m", "\x1b[38;3;1m", "\x1b[38;2;1;2;256m",
		"\x1b[38:5m", "\x1b[38:5:1:2m", "\x1b[38:2:x:1:2:3m", "\x1b[38:2:1:2:3:4:5m", "\x1b[31:1m", "\x1b[4:6m", "\x1b[4:m", "\x1b[4:10m",
		"\x1b[>4;2m", "\x1b[?4m", "\x1b[<1m", "\x1b[=1m", "\x1b[1 m", "\x1b[-1m", // not SGR although they end in m
		"\x1b[2J", "\x1b[H", "\x1b[6n", "\x1b[3K", "\x1b[1;1K", "\x1b[K1"[:2], "\x1b(B", "\x1bc",
		"\x1b[" + strings.Repeat("1;", 70) + "1m",
		"\x1b]0;title\x07", "\x1b]8;;https://example.com\x1b\\", "\u009b31m", "\x9b31m",
	} {
		in := "a" + seq + "b"
		if got, want := safe.Log(in), safe.Line(in); got != want {
			t.Errorf("Log(%q) = %q, want %q as Line gives", in, got, want)
		}
	}
}

func TestLogShowsHazardsAsLineDoes(t *testing.T) {
	t.Parallel()
	for _, test := range hazards {
		if strings.Contains(test.in, "\x1b[") {
			continue // the tests of styles have these
		}
		if got, want := safe.Log("above\n"+test.in+"\nbelow"), "above\n"+test.want+"\nbelow"; got != want {
			t.Errorf("%s: Log = %+q, want %+q", test.name, got, want)
		}
	}
}

func TestLogKeepsTheLastStateOfALine(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, in, want string }{
		{"progress bar", "10%\r50%\r100%\ndone", "100%\ndone"},
		{"progress bar under way", "10%\r50%\r", "50%"},
		{"CRLF", "a\r\nb\r\n", "a\nb\n"},
		{"CR CR LF", "a\r\r\nb", "a\nb"},
		{"only CR", "\r", ""},
		{"erase after each word", "\x1b[01;31m\x1b[Kerror:\x1b[m\x1b[K text", "\x1b[01;31merror:\x1b[m text"},
		{"erase hides nothing", "rm -rf /\x1b[2K", "rm -rf /"},
		{"line cleared at the end", "50%\r\x1b[K", ""},
		{"style before the last CR is gone", "\x1b[31m10%\r100%", "100%"},
		{"TAB", "ok\tpackage\t0.1s", "ok package 0.1s"},
		{"empty lines stay", "\n\na\n\n", "\n\na\n\n"},
	} {
		if got := safe.Log(test.in); got != test.want {
			t.Errorf("%s: Log(%q) = %q, want %q", test.name, test.in, got, test.want)
		}
	}
}

func TestLogCutsLinesOver64KiB(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", maxLine)
	if got := safe.Log(long + "\n" + long); got != long+"\n"+long {
		t.Errorf("lines of exactly 64 KiB are changed to %d bytes", len(got))
	}
	for _, test := range []struct{ name, in, before string }{
		{"ASCII", long + "yz", "x"},
		{"wide", strings.Repeat("日", maxLine/3+1), "日"},
		{"open style", "\x1b[31m" + long + "y", "x\x1b[m"},
		{"room for the text but not the reset", "\x1b[31m" + long[:maxLine-6], "x\x1b[m"},
		{"grows past the cap", strings.Repeat("\u202E", 20_000), "›"},
		{"joiners", strings.Repeat("क\u200D", 20_000) + "क", "क"},
		{"after a CR", "gone\r" + long + "y", "x"},
	} {
		got := safe.Log(test.in + "\nnext")
		line, next, _ := strings.Cut(got, "\n")
		text, note, found := strings.Cut(line, "… ")
		if !found || len(line) > maxLine || len(line) < maxLine-512 || next != "next" {
			t.Errorf("%s: %d bytes ending in %q, then %q", test.name, len(line), line[len(line)-40:], next)
			continue
		}
		if !strings.HasSuffix(text, test.before) {
			t.Errorf("%s: the text ends in %q, want %q", test.name, text[len(text)-12:], test.before)
		}
		var n int
		if _, err := fmt.Sscanf(note, "%d bytes cut", &n); err != nil || n <= 0 || n >= len(test.in) {
			t.Errorf("%s: note %q of %d bytes: %v", test.name, note, len(test.in), err)
		}
		if again := safe.Log(got); again != got {
			t.Errorf("%s: not stable", test.name)
		}
	}
}

func TestLogCountsTheBytesCut(t *testing.T) {
	t.Parallel()
	in := strings.Repeat("x", 1_000_000)
	text, note, _ := strings.Cut(safe.Log(in), "… ")
	if want := fmt.Sprintf("%d bytes cut", len(in)-len(text)); note != want {
		t.Errorf("note %q, want %q", note, want)
	}
}
