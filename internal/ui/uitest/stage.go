package uitest

import (
	"reflect"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
)

// maxSteps bounds Settle: a model that goes on answering itself is at fault.
const maxSteps = 10_000

// Settle runs cmd and every command that update gives back for its messages, one
// after the other, until nothing is left to do. It returns the messages in the
// order in which update had them. Commands that wait must not be among them: the
// fake session's Tick and the fake portal's Watch do not.
func Settle(tb testing.TB, update func(tea.Msg) tea.Cmd, cmd tea.Cmd) []tea.Msg {
	tb.Helper()
	var seen []tea.Msg
	queue := []tea.Cmd{cmd}
	for steps := 0; len(queue) > 0; steps++ {
		if steps > maxSteps {
			tb.Fatalf("not settled after %d messages; the last is %T", maxSteps, seen[len(seen)-1])
		}
		next := queue[0]
		queue = queue[1:]
		if next == nil {
			continue
		}
		msg := next()
		if msg == nil {
			continue
		}
		if more, ok := commands(msg); ok {
			queue = append(more, queue...)
			continue
		}
		seen = append(seen, msg)
		queue = append(queue, update(msg))
	}
	return seen
}

// commands are those of a batch or of a sequence, whose type has no name here.
func commands(msg tea.Msg) ([]tea.Cmd, bool) {
	v := reflect.ValueOf(msg)
	if v.Kind() != reflect.Slice || v.Type().Elem() != reflect.TypeFor[tea.Cmd]() {
		return nil, false
	}
	cmds := make([]tea.Cmd, v.Len())
	for i := range cmds {
		cmds[i], _ = v.Index(i).Interface().(tea.Cmd)
	}
	return cmds, true
}

// Key is the message for a key as the table of actions names it: "a", "G",
// "enter", "ctrl+p", "shift+tab", "space".
func Key(name string) tea.KeyPressMsg {
	var k tea.KeyPressMsg
	rest := name
	for {
		if after, ok := strings.CutPrefix(rest, "ctrl+"); ok && after != "" {
			k.Mod, rest = k.Mod|tea.ModCtrl, after
			continue
		}
		if after, ok := strings.CutPrefix(rest, "shift+"); ok && after != "" {
			k.Mod, rest = k.Mod|tea.ModShift, after
			continue
		}
		if after, ok := strings.CutPrefix(rest, "alt+"); ok && after != "" {
			k.Mod, rest = k.Mod|tea.ModAlt, after
			continue
		}
		break
	}
	named := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "space": tea.KeySpace, "backspace": tea.KeyBackspace,
		"delete": tea.KeyDelete, "up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight,
		"home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
	}
	if code, ok := named[rest]; ok {
		k.Code = code
		if rest == "space" && k.Mod == 0 {
			k.Text = " "
		}
		return k
	}
	k.Code = []rune(rest)[0]
	if k.Mod == 0 {
		k.Text = rest
	}
	return k
}

// Stage plays the root for one pane: it routes keys as the root does, runs the
// commands, keeps the open dialog and remembers what the pane asked the root for.
type Stage struct {
	Pane    pane.Pane
	Theme   *kit.Theme
	Overlay kit.Overlay // the dialog on top, nil when there is none
	Sent    []tea.Msg   // every message since Forget
	Refused []string    // the reasons of bindings that could not run

	tb   testing.TB
	w, h int
}

// NewStage puts a pane on a box of w×h and lets it settle from its place.
func NewStage(tb testing.TB, p pane.Pane, theme *kit.Theme, at pane.Place, w, h int) *Stage {
	tb.Helper()
	s := &Stage{Pane: p, Theme: theme, tb: tb}
	s.Resize(w, h)
	s.run(p.Restore(at))
	return s
}

// Resize gives the pane another box.
func (s *Stage) Resize(w, h int) {
	s.tb.Helper()
	s.w, s.h = w, h
	s.Send(pane.SizeMsg{W: w, H: h})
}

// Send gives the pane a message and settles.
func (s *Stage) Send(msg tea.Msg) {
	s.tb.Helper()
	s.run(s.update(msg))
}

// Press presses keys by name, one after the other.
func (s *Stage) Press(keys ...string) {
	s.tb.Helper()
	for _, k := range keys {
		s.run(s.key(Key(k)))
	}
}

// Type types text letter by letter.
func (s *Stage) Type(text string) {
	s.tb.Helper()
	for _, r := range text {
		name := string(r)
		if r == ' ' {
			name = "space"
		}
		s.Press(name)
	}
}

// Do runs bindings by their ids, as if their first keys were pressed; a binding
// that is not there fails the test.
func (s *Stage) Do(ids ...string) {
	s.tb.Helper()
	for _, id := range ids {
		b, ok := s.Binding(id)
		if !ok {
			s.tb.Fatalf("there is no binding %q here", id)
		}
		s.run(s.key(Key(b.Keys[0])))
	}
}

// Binding finds the pane's binding by id.
func (s *Stage) Binding(id string) (kit.Binding, bool) {
	for _, b := range s.Pane.Bindings() {
		if b.ID == id {
			return b, true
		}
	}
	return kit.Binding{}, false
}

// Frame is the pane's box, checked for its size.
func (s *Stage) Frame() string {
	s.tb.Helper()
	frame := s.Pane.View(s.w, s.h)
	Check(s.tb, frame, s.w, s.h)
	return frame
}

// Text is Frame as plain text.
func (s *Stage) Text() string {
	s.tb.Helper()
	return Plain(s.Frame())
}

// Dialog is the open dialog as plain text, or "".
func (s *Stage) Dialog() string {
	if s.Overlay == nil {
		return ""
	}
	block, _ := s.Overlay.View(s.Theme, s.w, s.h+3)
	return Plain(block)
}

// Forget empties Sent and Refused.
func (s *Stage) Forget() { s.Sent, s.Refused = nil, nil }

// Last is the last message of type M that the pane sent since Forget.
func Last[M tea.Msg](s *Stage) (M, bool) {
	for i := len(s.Sent) - 1; i >= 0; i-- {
		if m, ok := s.Sent[i].(M); ok {
			return m, true
		}
	}
	var none M
	return none, false
}

func (s *Stage) key(k tea.KeyPressMsg) tea.Cmd {
	if s.Overlay != nil {
		open := s.Overlay
		done, cmd := open.Update(k)
		if done && s.Overlay == open {
			s.Overlay = nil
		}
		return cmd
	}
	if s.Pane.Capturing() {
		return s.Pane.Update(k)
	}
	b, ok := kit.Find(s.Pane.Bindings(), k.String())
	if !ok {
		return s.Pane.Update(k)
	}
	if can, why := b.Can(); !can {
		s.Refused = append(s.Refused, why)
		return nil
	}
	return b.Run()
}

func (s *Stage) run(cmd tea.Cmd) {
	s.tb.Helper()
	s.Sent = append(s.Sent, Settle(s.tb, s.update, cmd)...)
}

// update is the root's: what is meant for the root stays here.
func (s *Stage) update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case pane.ShowMsg:
		s.Overlay = m.Overlay
		_, cmd := m.Overlay.Update(tea.WindowSizeMsg{Width: s.w, Height: s.h + 3})
		return cmd
	case pane.GoMsg, pane.BackMsg, pane.ToastMsg, pane.CopyMsg:
		return nil
	}
	return s.Pane.Update(msg)
}
