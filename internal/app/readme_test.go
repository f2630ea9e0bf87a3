package app

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"github.com/google/go-cmp/cmp"

	"github.com/idptui/idptui/internal/cli"
	"github.com/idptui/idptui/internal/ui"
	"github.com/idptui/idptui/internal/ui/pane"
)

// terminal is an emulated one, in which a line feed also returns.
type terminal struct{ *vt.SafeEmulator }

func (t terminal) Write(p []byte) (int, error) {
	_, err := t.SafeEmulator.Write(bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n")))
	return len(p), err
}

func (t terminal) text() string {
	lines := strings.Split(ansi.Strip(t.Render()), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " \r")
	}
	return strings.Join(lines, "\n")
}

// readmeFrame is the screen that the README shows.
func readmeFrame(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```\n")
	frame, _, ok := strings.Cut(rest, "\n```")
	if !ok {
		t.Fatal("the README shows no screen")
	}
	return frame
}

func TestTheReadmeShowsWhatTheDemoShows(t *testing.T) {
	t.Parallel()
	const width, height = 120, 22
	want := readmeFrame(t)
	em := terminal{vt.NewSafeEmulator(width, height)}
	keys := em.InputPipe()
	m := newMachine(t)
	set := cli.Settings{Demo: true}
	l := running(t, m, set)
	sys, _, _ := m.io("")
	now := time.Now()
	sys.Now = func() time.Time { return now } // nothing ages while the test waits
	m.env["LANG"] = "C.UTF-8"
	o := (&services{sys}).options(t.Context(), l, set, pane.Place{})
	ended := make(chan error, 1)
	go func() {
		env := []string{"TERM=xterm-256color", "TTY_FORCE=1"}
		ended <- ui.Run(t.Context(), o, ui.Terminal{In: em, Out: em, Env: env, Width: width, Height: height})
	}()
	t.Cleanup(func() { // the test's context has ended by now
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if c, ok := keys.(io.Closer); ok {
			_ = c.Close()
		}
	})
	eventually(t, "the list is there", func() bool { return strings.Contains(em.text(), "acme-people") })
	if _, err := io.WriteString(keys, "/payments\rj"); err != nil {
		t.Fatal(err)
	}
	deadline := time.NewTimer(5 * time.Second)
	defer deadline.Stop()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for em.text() != want {
		select {
		case <-deadline.C:
			t.Fatalf("put this into the README (-want +got):\n%s\n%s", cmp.Diff(want, em.text()), em.text())
		case <-again.C:
		}
	}
}
