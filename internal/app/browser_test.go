package app

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/idptui/idptui/internal/cli"
)

// A browser that was not running yet is the program itself: it must outlive our
// patience, and the screen.
func TestABrowserIsLeftRunning(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	gate, done := filepath.Join(dir, "gate"), filepath.Join(dir, "done")
	if err := syscall.Mkfifo(gate, 0o600); err != nil {
		t.Fatal(err)
	}
	writer, err := os.OpenFile(gate, os.O_RDWR, 0) // does not wait for the reader
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close() //nolint:errcheck // a pipe of this test
	ctx, cancel := context.WithCancel(t.Context())
	cmd := exec.Command("sh", "-c", "read line < "+gate+"; echo $line > "+done+".new; mv "+done+".new "+done)
	if err := launch(ctx, cmd, time.Millisecond); err != nil {
		t.Errorf("while it runs: %v", err)
	}
	cancel()
	if _, err := writer.WriteString("goes on\n"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the browser was left to do its work", func() bool {
		text, err := os.ReadFile(done)
		return err == nil && string(text) == "goes on\n"
	})
}

func TestABrowserThatFailsSaysSo(t *testing.T) {
	t.Parallel()
	env := map[string]string{"BROWSER": "false", "PATH": os.Getenv("PATH")}
	sys := &cli.IO{Env: func(name string) string { return env[name] }}
	open := opener(t.Context(), sys)
	if err := open("https://example.com/"); err == nil || err.Error() != "false did not open it (exit status 1)" {
		t.Errorf("%v", err)
	}
	if err := open("file:///etc/passwd"); err == nil || !strings.Contains(err.Error(), "no address") {
		t.Errorf("%v", err)
	}
	sys.Remote = true
	if opener(t.Context(), sys) != nil {
		t.Error("a link would be opened on a machine that nobody sits at")
	}
}
