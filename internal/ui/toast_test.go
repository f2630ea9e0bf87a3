package ui

import (
	"strings"
	"testing"

	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/uitest"
)

func TestTwoToastsAreBothInSightAndEachGoesByItself(t *testing.T) {
	t.Parallel()
	s := demo(t, 80, 24)
	footer := s.line(-1)
	s.send(pane.ToastMsg{Text: "One."}, pane.ToastMsg{Text: "Two.", Bad: true})
	if s.line(-2) != " ✓ One." || s.line(-1) != " ✕ Two." {
		t.Errorf("the screen ends in %q and %q", s.line(-2), s.line(-1))
	}
	s.send(pane.ToastMsg{Text: "Three."})
	if s.line(-2) != " ✕ Two." || s.line(-1) != " ✓ Three." {
		t.Errorf("with a third it ends in %q and %q", s.line(-2), s.line(-1))
	}
	s.later(toastTime)
	if s.line(-1) != " ✕ Two." {
		t.Errorf("the bad one went with the others: %q", s.line(-1))
	}
	s.later(badToastTime)
	if s.line(-1) != footer || len(s.m.toasts.shown) != 0 {
		t.Errorf("the footer is %q again; want %q", s.line(-1), footer)
	}
}

func TestAToastSaidAgainStartsAnew(t *testing.T) {
	t.Parallel()
	s := demo(t, 80, 24)
	s.press("]", "]", "]")
	if n := len(s.m.toasts.shown); n != 1 {
		t.Errorf("the same notice is shown %d times", n)
	}
	first := s.waiting[:len(s.waiting)-1]
	for _, w := range first {
		if over, ok := w.msg.(toastOverMsg); ok {
			s.send(over)
		}
	}
	s.sees("There is nothing forward of here.")
}

func TestAToastNeverWidensTheFrame(t *testing.T) {
	t.Parallel()
	text := "漢字 ⚠️ " + strings.Repeat("a very long notice ", 30) + "\x1b[2J\nsecond line\u202e"
	for w := leastWidth; w <= 200; w += 7 {
		for _, look := range uitest.Looks() {
			s := demo(t, w, 24)
			s.m.wear(look.Look)
			s.send(pane.ToastMsg{Text: text}, pane.ToastMsg{Text: text + "!", Bad: true})
			s.frame()
			for _, l := range s.m.toasts.lines(s.m.s.Theme, w, false) {
				if kit.Width(l) != w || strings.Contains(l, "\n") {
					t.Fatalf("at %d a notice is %d cells: %q", w, kit.Width(l), l)
				}
			}
		}
	}
}

func TestAToastIsReadToItsEndInANarrowWindow(t *testing.T) {
	t.Parallel()
	s := demo(t, 40, 12)
	s.send(pane.ToastMsg{Text: "This one is about a file, not about an entity."})
	if s.line(-2) != " ✓ This one is about a file, not about" || s.line(-1) != "   an entity." {
		t.Errorf("the screen ends in %q and %q", s.line(-2), s.line(-1))
	}
	s.send(pane.ToastMsg{Text: strings.Repeat("on and on ", 30) + "to the end."})
	if got := s.line(-1); !strings.HasSuffix(got, "…") || strings.HasPrefix(s.line(-6), " ✓") || !strings.HasPrefix(s.line(-3), " ✓ on and") {
		t.Errorf("the screen ends in\n%s", s.frame())
	}
	s.press(":") // a dialog leaves it one line
	if got := s.line(-1); !strings.HasPrefix(got, " ✓ on and") || !strings.HasSuffix(got, "…") {
		t.Errorf("the screen ends in %q", got)
	}
}

func TestADialogIsNotCoveredByToasts(t *testing.T) {
	t.Parallel()
	for _, size := range []uitest.Size{{W: 40, H: 12}, {W: 80, H: 24}, {W: 120, H: 40}} {
		s := demo(t, size.W, size.H)
		s.press(":")
		s.send(pane.ToastMsg{Text: "One."}, pane.ToastMsg{Text: "Two."})
		if s.line(-1) != " ✓ Two." || !strings.Contains(s.line(-2), "esc close") {
			t.Errorf("at %v the screen ends in %q and %q", size, s.line(-2), s.line(-1))
		}
	}
}

func TestWhatIsBeingTypedIsNotCoveredByToasts(t *testing.T) {
	t.Parallel()
	s := demo(t, 80, 24)
	s.press("E", "/")
	s.typed("owner")
	s.send(pane.ToastMsg{Text: "One."}, pane.ToastMsg{Text: "Two."})
	if s.line(-1) != " ✓ Two." || !strings.Contains(s.line(-2), "/ owner") {
		t.Errorf("the screen ends in %q and %q", s.line(-2), s.line(-1))
	}
}

func TestARefusalIsNoFailure(t *testing.T) {
	t.Parallel()
	s := demo(t, 80, 24)
	s.press("[")
	if got := s.line(-1); got != " · This is where you started." {
		t.Errorf("it says %q", got)
	}
	lines := strings.Split(s.frame(), "\n")
	if bad := s.m.s.Theme.Bad.Paint("x"); strings.HasPrefix(lines[len(lines)-1], strings.Split(bad, "x")[0]) {
		t.Errorf("it is in the colour of failures: %q", lines[len(lines)-1])
	}
}
