package safe_test

import (
	"strings"
	"testing"

	"github.com/idptui/idptui/internal/safe"
)

// seed gives a fuzz target every hazard and every clean text there is a table of.
func seed(f *testing.F) {
	f.Helper()
	for _, test := range hazards {
		f.Add(test.in, "next")
		f.Add("before", test.in)
	}
	for _, s := range clean {
		f.Add(s, "\u0301\uFEFF")
	}
	f.Add("10%\r\x1b[32m50%\r\n", "\x1b[38:2::1:2:3;4:3mx")
	f.Add(strings.Repeat("x", 64<<10)+"\x1b[1m", "\r")
}

func FuzzLine(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s, more string) { checkLine(t, s, more) })
}

func FuzzText(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s, more string) { checkText(t, s, more) })
}

func FuzzLog(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s, more string) { checkLog(t, s, more) })
}

func FuzzURL(f *testing.F) {
	for _, raw := range []string{
		"https://example.com:8080/a b?q=é#f", "mailto:a@example.com?subject=x", "http://[::1%25x]/", `https://a\@b/`, "https://b%C3%BCcher.example/",
	} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) { checkURL(t, raw) })
}

// FuzzCheckFrame looks for a frame that passes and yet holds more than text,
// styles and links.
func FuzzCheckFrame(f *testing.F) {
	for _, test := range hazards {
		f.Add(test.in)
	}
	f.Add("\x1b[1mx\x1b[m\n\x1b]8;id=1;https://example.com\x07label\x1b]8;;\x1b\\")
	f.Fuzz(func(t *testing.T, frame string) {
		if err := safe.CheckFrame(frame); err != nil {
			if clean := safe.Line(err.Error()); clean != err.Error() {
				t.Fatalf("the error is not clean: %q", err)
			}
			return
		}
		if why := foreign(frame, "\n\x1b\a"); why != "" {
			t.Fatalf("CheckFrame permits %+q, which holds %s", frame, why)
		}
	})
}
