package ui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/access"
	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/uitest"
)

// screen drives the root without a program or a clock: it runs the commands, and
// keeps those that wait until the test lets time go by.
type screen struct {
	t testing.TB
	m *Model

	waiting []delayed
	quit    bool
	copied  []string
}

type delayed struct {
	after time.Duration
	msg   tea.Msg
}

// options are Alice's over a portal.
func options(tb testing.TB, p *uitest.FakePortal) Options {
	tb.Helper()
	s := uitest.Session(tb, p)
	return Options{
		Portal: p, Who: func(*catalog.View) access.Actor { return s.Actor }, Company: "acme", Now: uitest.Now, Mouse: true, Arrive: s.Arrive, Theme: ThemeDark,
		Views: []pane.SavedView{{Name: "Deprecated things", Query: "lifecycle:deprecated", Sort: "-name"}},
	}
}

// open starts the screen in a window of w×h.
func open(tb testing.TB, o Options, w, h int) *screen {
	tb.Helper()
	s := &screen{t: tb, m: New(tb.Context(), o)}
	s.m.s.Tick = func(d time.Duration, msg func(time.Time) tea.Msg) tea.Cmd {
		return func() tea.Msg {
			if d < time.Second { // a cursor coming to rest, not a wait
				return msg(uitest.Now())
			}
			s.waiting = append(s.waiting, delayed{d, msg(uitest.Now())})
			return nil
		}
	}
	s.send(tea.WindowSizeMsg{Width: w, Height: h})
	s.run(s.m.Init())
	return s
}

func demo(tb testing.TB, w, h int) *screen {
	tb.Helper()
	return open(tb, options(tb, uitest.Demo(tb)), w, h)
}

func (s *screen) update(msg tea.Msg) tea.Cmd {
	if _, ok := msg.(tea.QuitMsg); ok {
		s.quit = true
		return nil
	}
	if c, ok := msg.(pane.CopyMsg); ok {
		s.copied = append(s.copied, c.Text)
	}
	_, cmd := s.m.Update(msg)
	return cmd
}

func (s *screen) run(cmd tea.Cmd) {
	s.t.Helper()
	uitest.Settle(s.t, s.update, cmd)
}

func (s *screen) send(msgs ...tea.Msg) {
	s.t.Helper()
	for _, m := range msgs {
		s.run(s.update(m))
	}
}

func (s *screen) press(keys ...string) {
	s.t.Helper()
	for _, k := range keys {
		s.send(uitest.Key(k))
	}
}

// typed types a text letter by letter.
func (s *screen) typed(text string) {
	s.t.Helper()
	for _, r := range text {
		if r == ' ' {
			s.press("space")
		} else {
			s.press(string(r))
		}
	}
}

func (s *screen) click(x, y int) {
	s.t.Helper()
	s.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
}

func (s *screen) resize(w, h int) {
	s.t.Helper()
	s.send(tea.WindowSizeMsg{Width: w, Height: h})
}

// later lets everything that waits for at most d happen.
func (s *screen) later(d time.Duration) {
	s.t.Helper()
	due := s.waiting
	s.waiting = nil
	for _, w := range due {
		if w.after > d {
			s.waiting = append(s.waiting, w)
			continue
		}
		s.send(w.msg)
	}
}

// frame is what is on screen, checked for its size.
func (s *screen) frame() string {
	s.t.Helper()
	f := s.m.View().Content
	uitest.Check(s.t, f, s.m.layout.w, s.m.layout.h)
	return f
}

func (s *screen) text() string {
	s.t.Helper()
	return uitest.Plain(s.frame())
}

// line is one line of the frame, from 0; from the end when negative.
func (s *screen) line(n int) string {
	s.t.Helper()
	lines := strings.Split(s.text(), "\n")
	if n < 0 {
		n += len(lines)
	}
	return lines[n]
}

func (s *screen) place() pane.Place { return s.m.here().Place() }

func (s *screen) sees(want ...string) {
	s.t.Helper()
	text := s.text()
	for _, w := range want {
		if !strings.Contains(text, w) {
			s.t.Errorf("%q is not on screen:\n%s", w, text)
		}
	}
}

func (s *screen) missing(not ...string) {
	s.t.Helper()
	text := s.text()
	for _, w := range not {
		if strings.Contains(text, w) {
			s.t.Errorf("%q is on screen:\n%s", w, text)
		}
	}
}

// at fails unless the place is the one given, as far as its pane and ref go.
func (s *screen) at(paneID, ref string) {
	s.t.Helper()
	if p := s.place(); p.Pane != paneID || p.Ref != ref {
		s.t.Fatalf("at %s %s; want %s %s\n%s", p.Pane, p.Ref, paneID, ref, s.text())
	}
}

func look(l kit.Look) func(*Options) {
	return func(o *Options) {
		o.NoColor, o.ASCII = l.NoColor, l.ASCII
		o.Theme = ThemeDark
		if l.Light {
			o.Theme = ThemeLight
		}
	}
}
