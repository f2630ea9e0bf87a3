package uitest

import (
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/idptui/idptui/internal/safe"
	"github.com/idptui/idptui/internal/ui/kit"
)

var update = flag.Bool("update", false, "write the goldens anew") //nolint:gochecknoglobals // a flag of the test binary

// Plain is the frame as a person without colours reads it, without the blanks
// at the ends of its lines.
func Plain(frame string) string {
	lines := strings.Split(ansi.Strip(frame), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n")
}

// Golden compares a frame, escape sequences and all, with the golden of that
// name under the test's testdata/golden; -update writes it. A frame that holds
// what only data could have brought in fails either way. The files are shown in
// colour by cat.
func Golden(tb testing.TB, name, frame string) {
	tb.Helper()
	if err := safe.CheckFrame(frame); err != nil {
		tb.Errorf("%s: %v", name, err)
	}
	path := filepath.Join("testdata", "golden", name+".txt")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(frame+"\n"), 0o644); err != nil { //nolint:gosec // a golden is no secret
			tb.Fatal(err)
		}
		return
	}
	file, err := os.ReadFile(path)
	if err != nil {
		tb.Fatalf("no golden %s: look at the frame below and run go test with -update\n%s", name, Plain(frame))
	}
	want := strings.TrimSuffix(string(file), "\n")
	if want == frame {
		return
	}
	if diff := cmp.Diff(Plain(want), Plain(frame)); diff != "" {
		tb.Errorf("%s differs from its golden (-want +got):\n%s", name, diff)
		return
	}
	tb.Errorf("%s has the golden's text in other styles (-want +got):\n%s", name,
		cmp.Diff(strings.Split(want, "\n"), strings.Split(frame, "\n")))
}

// Check fails unless the frame is exactly w×h cells, no style runs over the end of
// a line, and nothing is in it that only data could have brought in.
func Check(tb testing.TB, frame string, w, h int) {
	tb.Helper()
	if fault := fault(frame, w, h); fault != "" {
		tb.Fatalf("at %d×%d: %s\n%s", w, h, fault, Plain(frame))
	}
}

func fault(frame string, w, h int) string {
	if err := safe.CheckFrame(frame); err != nil {
		return err.Error()
	}
	lines := strings.Split(frame, "\n")
	if len(lines) != h {
		return "the frame has " + itoa(len(lines)) + " lines"
	}
	for i, l := range lines {
		if got := kit.Width(l); got != w {
			return "line " + itoa(i+1) + " is " + itoa(got) + " cells wide: " + ansi.Strip(l)
		}
		if openStyle(l) {
			return "the style of line " + itoa(i+1) + " runs on into the next: " + strconv.Quote(l)
		}
	}
	return ""
}

// openStyle tells whether a line leaves a style on at its end.
func openStyle(line string) bool {
	at := strings.LastIndex(line, "\x1b[")
	if at < 0 {
		return false
	}
	params, _, _ := strings.Cut(line[at+2:], "m")
	return params != "" && params != "0"
}

// CheckSizes holds draw to its box: at every width at the heights of the usual
// screens, and at sizes drawn at random from 1×1 to 220×67. Draw is given each
// size as the pane would be.
func CheckSizes(t *testing.T, draw func(w, h int) string) {
	t.Helper()
	for w := 1; w <= 220; w++ {
		for _, h := range []int{9, 37} {
			if w >= 20 || h == 9 {
				Check(t, draw(w, h), w, h)
			}
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		w, h := rapid.IntRange(1, 220).Draw(rt, "w"), rapid.IntRange(1, 67).Draw(rt, "h")
		if frame := draw(w, h); fault(frame, w, h) != "" {
			rt.Fatalf("at %d×%d: %s\n%s", w, h, fault(frame, w, h), Plain(frame))
		}
	})
}
