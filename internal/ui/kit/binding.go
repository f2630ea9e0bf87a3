package kit

import (
	"slices"

	tea "charm.land/bubbletea/v2"
)

// Binding is an action at work in one place: whether it can run there now, and
// what it does. Footer, help, palette and the key table read nothing else.
type Binding struct {
	Action
	// Enabled tells whether it can run now and, when not, why. nil means always.
	Enabled func() (ok bool, reason string)
	Run     func() tea.Cmd
}

// Bind makes the binding of an action of the table; an unknown id is a mistake
// in the program that the binding tests catch, and gives a binding without keys.
func (k *Keymap) Bind(id string, run func() tea.Cmd) Binding {
	a, ok := k.actions[id]
	if !ok {
		a = Action{ID: id, Title: id}
	}
	return Binding{Action: a, Run: run}
}

// When adds the condition under which the binding can run.
func (b Binding) When(enabled func() (bool, string)) Binding {
	b.Enabled = enabled
	return b
}

// Titled gives the binding the words that fit this place better.
func (b Binding) Titled(title, short string) Binding {
	b.Title, b.Short = title, short
	return b
}

// Can tells whether the binding can run now, and why not.
func (b Binding) Can() (bool, string) {
	if b.Enabled == nil {
		return true, ""
	}
	return b.Enabled()
}

// Has tells whether key runs the binding.
func (b Binding) Has(key string) bool { return slices.Contains(b.Keys, key) }

// KeyLabel is how the first key is written on screen.
func (b Binding) KeyLabel() string {
	if len(b.Keys) == 0 {
		return ""
	}
	return b.Keys[0]
}

// Find returns the binding that key runs. A binding that cannot run is found
// too, so that the caller can say why.
func Find(bindings []Binding, key string) (Binding, bool) {
	for _, b := range bindings {
		if b.Has(key) {
			return b, true
		}
	}
	return Binding{}, false
}

// Moves are the bindings that move the cursor of a list; then runs after each.
func (k *Keymap) Moves(l *List, then func() tea.Cmd) []Binding {
	bind := func(id string, move func()) Binding {
		return k.Bind(id, func() tea.Cmd {
			move()
			if then == nil {
				return nil
			}
			return then()
		})
	}
	return []Binding{
		bind("up", func() { l.Move(-1) }), bind("down", func() { l.Move(1) }),
		bind("page-up", func() { l.Page(-1) }), bind("page-down", func() { l.Page(1) }),
		bind("half-up", func() { l.HalfPage(-1) }), bind("half-down", func() { l.HalfPage(1) }),
		bind("top", func() { l.MoveTo(0) }), bind("bottom", func() { l.MoveTo(l.Len() - 1) }),
	}
}
