package ui

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"

	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/uitest"
)

// patienceInTests is how long a test waits for the program; it is long because
// the machine may be busy, and never waited for where all is well.
const patienceInTests = 20 * time.Second

// wire is the way from the program to the emulator. It counts what goes over it
// and does what a terminal driver does: a line feed also returns.
type wire struct {
	em    *vt.SafeEmulator
	look  sync.Mutex // nothing is written while the cells are looked at
	bytes atomic.Int64
	last  atomic.Int64 // when something went over it, in nanoseconds
}

func (w *wire) Write(p []byte) (int, error) {
	w.bytes.Add(int64(len(p)))
	w.last.Store(time.Now().UnixNano())
	w.look.Lock()
	defer w.look.Unlock()
	_, err := w.em.Write(bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n")))
	return len(p), err
}

// quiet tells that nothing has gone over the wire for some frames.
func (w *wire) quiet() bool {
	return time.Since(time.Unix(0, w.last.Load())) > 5*time.Second/frameRate
}

// window is the real program in an emulated terminal, with a twin beside it that
// gets the same keys without a program and says what should be on screen.
type window struct {
	t    *testing.T
	em   *vt.SafeEmulator
	wire *wire
	twin *screen
	w, h int

	program *tea.Program
	held    *holder
	ended   chan error
	keys    io.Writer
}

// holder is a clock that stands still: what waits goes on when the test says so.
type holder struct {
	mu   sync.Mutex
	open chan struct{}
	ctx  context.Context //nolint:containedctx // the program's, so that nothing waits for ever
}

func (h *holder) tick(d time.Duration, msg func(time.Time) tea.Msg) tea.Cmd {
	h.mu.Lock()
	gate := h.open
	h.mu.Unlock()
	return func() tea.Msg {
		if d >= time.Second {
			<-h.ctx.Done()
			return nil
		}
		select {
		case <-gate:
			return msg(uitest.Now())
		case <-h.ctx.Done():
			return nil
		}
	}
}

// release lets everything that waits go on, and what will wait as well until hold.
func (h *holder) release() {
	h.mu.Lock()
	defer h.mu.Unlock()
	close(h.open)
}

func (h *holder) hold() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.open = make(chan struct{})
}

func environment() []string {
	return []string{"TERM=xterm-256color", "COLORTERM=truecolor", "TTY_FORCE=1"}
}

// start runs the program in a window of w×h and waits for its first full frame.
func start(t *testing.T, w, h int) *window {
	t.Helper()
	win := &window{t: t, em: vt.NewSafeEmulator(w, h), w: w, h: h, ended: make(chan error, 1)}
	win.wire = &wire{em: win.em}
	win.keys = win.em.InputPipe()
	ctx, cancel := context.WithCancel(t.Context())
	win.held = &holder{open: make(chan struct{}), ctx: ctx}
	win.held.release()

	o := options(t, uitest.Demo(t))
	win.twin = open(t, o, w, h)
	m := New(ctx, options(t, uitest.Demo(t)))
	m.s.Tick = win.held.tick
	win.program = program(ctx, m, o, Terminal{In: win.em, Out: win.wire, Env: environment(), Width: w, Height: h})
	go func() {
		_, err := win.program.Run()
		win.ended <- err
	}()
	t.Cleanup(func() {
		cancel()
		hangUp(win.em)
	})
	win.settled()
	return win
}

// hangUp ends the emulator's input. Its own Close is not meant for a reader that
// is still there.
func hangUp(em *vt.SafeEmulator) {
	if c, ok := em.InputPipe().(io.Closer); ok {
		_ = c.Close()
	}
}

// send gives keys to the program and to its twin.
func (win *window) send(keys ...string) {
	win.t.Helper()
	for _, k := range keys {
		raw := k
		switch k {
		case "enter":
			raw = "\r"
		case "esc":
			raw = "\x1b"
		case "down":
			raw = "\x1b[B"
		case "space":
			raw = " "
		case "backspace":
			raw = "\x7f"
		}
		if _, err := io.WriteString(win.keys, raw); err != nil {
			win.t.Fatal(err)
		}
		win.twin.press(k)
		if k == "esc" { // or the next key is read as part of its sequence
			win.settled()
		}
	}
}

// settled waits until the emulator shows what the twin says, cell for cell, and
// nothing has been written for some frames.
func (win *window) settled() {
	win.t.Helper()
	win.await(func() string { return win.difference(win.twin.frame()) })
}

func (win *window) await(fault func() string) {
	win.t.Helper()
	deadline := time.Now().Add(patienceInTests)
	for {
		last := "the program goes on writing"
		if win.wire.quiet() {
			if last = fault(); last == "" {
				return
			}
		}
		if time.Now().After(deadline) {
			win.t.Fatalf("after %v %s", patienceInTests, last)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// difference compares the emulator with a frame: characters, colours and
// attributes of each cell, and the cursor.
func (win *window) difference(frame string) string {
	want := vt.NewEmulator(win.w, win.h)
	defer func() { _ = want.Close() }()
	_, _ = want.Write([]byte(strings.ReplaceAll(frame, "\n", "\r\n")))
	win.wire.look.Lock()
	defer win.wire.look.Unlock()
	for y := range win.h {
		for x := range win.w {
			a, b := want.CellAt(x, y), win.em.CellAt(x, y)
			if a == nil || b == nil {
				if a != b {
					return fmt.Sprintf("cell %d,%d is there in one of the two only", x, y)
				}
				continue
			}
			if !alike(a, b) {
				return fmt.Sprintf("cell %d,%d is %q %v; want %q %v\n%s", x, y, b.Content, b.Style, a.Content, a.Style, uitest.Plain(win.em.Render()))
			}
		}
	}
	return ""
}

// alike tells whether two cells look the same: a blank has no colour but that of
// its background, unless it is underlined or turned round.
func alike(a, b *uv.Cell) bool {
	if a.Equal(b) {
		return true
	}
	blank := func(c *uv.Cell) bool {
		return strings.TrimSpace(c.Content) == "" && c.Style.Attrs&uv.AttrReverse == 0 && c.Style.Underline == 0
	}
	return blank(a) && blank(b) && a.Style.Bg == b.Style.Bg
}

// cost is how many bytes something wrote until the screen was as it should be.
func (win *window) cost(do func()) int64 {
	win.t.Helper()
	before := win.wire.bytes.Load()
	do()
	win.settled()
	return win.wire.bytes.Load() - before
}

// quit leaves and waits for the program's end.
func (win *window) quit() {
	win.t.Helper()
	if _, err := io.WriteString(win.keys, "q"); err != nil {
		win.t.Fatal(err)
	}
	select {
	case err := <-win.ended:
		if err != nil {
			win.t.Errorf("it ended with %v", err)
		}
	case <-time.After(patienceInTests):
		win.t.Fatal("it does not end")
	}
}

func TestTheTerminalShowsWhatTheModelDraws(t *testing.T) {
	t.Parallel()
	for _, size := range []uitest.Size{{W: 40, H: 12}, {W: 80, H: 24}, {W: 120, H: 40}, {W: 200, H: 50}} {
		t.Run(fmt.Sprintf("%dx%d", size.W, size.H), func(t *testing.T) {
			t.Parallel()
			win := start(t, size.W, size.H)
			for _, keys := range [][]string{
				{"j", "j", "down"},
				{"/"},
				{"p", "a", "y", "m"},
				{"enter"},
				{"enter"},
				{">"},
				{">"},
				{"["},
				{"]"},
				{"?"},
				{"esc"},
				{":"},
				{"k", "a", "f"},
				{"enter"},
				{"E"},
				{"j"},
				{"H"},
				{"0"},
				{"1"},
				{"f"},
				{"esc"},
				{"*"},
				{"]"},
			} {
				win.send(keys...)
				win.settled()
			}
			win.quit()
		})
	}
}

func TestAFrameCostsFewBytes(t *testing.T) {
	t.Parallel()
	win := start(t, 120, 40)
	if n := win.wire.bytes.Load(); n > 12<<10 {
		t.Errorf("the first frame took %d bytes; 12 288 are allowed", n)
	} else {
		t.Logf("first frame: %d bytes", n)
	}
	check := func(what string, most int64, keys ...string) {
		t.Helper()
		n := win.cost(func() { win.send(keys...) })
		t.Logf("%s: %d bytes", what, n)
		if n > most {
			t.Errorf("%s took %d bytes; %d are allowed", what, n, most)
		}
	}
	for range 3 {
		check("cursor down, the preview changes", 2<<10, "j")
	}
	check("the filter", 300, "/")
	check("a letter that changes the list", 12<<10, "p")
	win.send("a", "y", "m", "enter")
	win.settled()
	check("a page opens", 12<<10, "enter")
	check("cursor down on a page", 300, "j")
	check("cursor down on a page", 300, "j")
	check("the errors", 12<<10, "E")
	check("cursor down in the errors", 2<<10, "j")
	win.quit()
}

func TestAMoveWithoutAPreviewCostsLittle(t *testing.T) {
	t.Parallel()
	win := start(t, 79, 40)
	for range 3 {
		n := win.cost(func() { win.send("j") })
		t.Logf("cursor down without a preview: %d bytes", n)
		if n > 300 {
			t.Errorf("cursor down took %d bytes; 300 are allowed", n)
		}
	}
	win.quit()
}

// TestTheCursorDoesNotWaitForThePreview holds the preview back, as it is while
// somebody runs down the list.
func TestTheCursorDoesNotWaitForThePreview(t *testing.T) {
	t.Parallel()
	win := start(t, 120, 40)
	win.held.hold()
	before := win.wire.bytes.Load()
	if _, err := io.WriteString(win.keys, "j"); err != nil {
		t.Fatal(err)
	}
	win.await(func() string {
		if lines := strings.Split(ansi.Strip(win.em.Render()), "\n"); !strings.HasPrefix(lines[6], "▌") {
			return "the cursor has not moved"
		}
		return ""
	})
	n := win.wire.bytes.Load() - before
	t.Logf("cursor down before the record is read: %d bytes", n)
	if n > 500 {
		t.Errorf("cursor down took %d bytes; 500 are allowed", n)
	}
	win.held.release()
	win.twin.press("j")
	win.settled()
	win.quit()
}

func TestAnIdleScreenWritesNothing(t *testing.T) {
	t.Parallel()
	win := start(t, 120, 40)
	before := win.wire.bytes.Load()
	for range 20 { // messages that change nothing, such as the terminal's own
		win.program.Send(tea.FocusMsg{})
		win.program.Send(pane.ViewMsg{})
		win.program.Send(minuteMsg{})
	}
	time.Sleep(12 * time.Second / frameRate) // twelve times the renderer may write
	if n := win.wire.bytes.Load() - before; n != 0 {
		t.Errorf("an idle screen wrote %d bytes", n)
	}
	win.quit()
}

func TestRunEndsWithItsContext(t *testing.T) {
	t.Parallel()
	em := vt.NewSafeEmulator(80, 24)
	defer hangUp(em)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	out := &wire{em: em}
	go func() {
		ended <- Run(ctx, options(t, uitest.Demo(t)), Terminal{In: em, Out: out, Env: environment(), Width: 80, Height: 24})
	}()
	deadline := time.Now().Add(patienceInTests)
	// What the terminal has answered must have been taken: the library's reader
	// waits for ever to hand over what comes in while the program ends.
	for !strings.Contains(ansi.Strip(em.Render()), "1 Catalog") || !out.quiet() {
		if time.Now().After(deadline) {
			t.Fatal("there is no first frame")
		}
		time.Sleep(2 * time.Millisecond)
	}
	cancel()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("it ended with %v", err)
		}
	case <-time.After(patienceInTests):
		t.Fatal("it does not end")
	}
}
