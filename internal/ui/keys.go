package ui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
)

// key finds who a key is for: the dialog on top, a pane in which text is being
// typed, the pane's bindings, then those that work everywhere.
func (m *Model) key(msg tea.KeyPressMsg) tea.Cmd {
	name := msg.String()
	switch {
	case m.layout.tooTiny: // nobody can see what another key would do
		if quit := m.s.Keys.Bind("quit", nil); quit.Has(name) {
			return tea.Quit
		}
		return nil
	case len(m.dialogs) > 0:
		return m.inTurn(m.toDialog(msg))
	case m.here().Capturing():
		return m.here().Update(msg)
	}
	b, ok := kit.Find(m.bindings(), name)
	switch {
	case !ok:
		return m.here().Update(msg)
	case b.Group == kit.GroupMove: // leads nowhere else
		return run(b)
	}
	return m.inTurn(run(b))
}

// bindings are everything that works here: the pane's, then those that work
// everywhere and that the pane does not replace.
func (m *Model) bindings() []kit.Binding {
	all := m.here().Bindings()
	own := make(map[string]bool, len(all))
	for _, b := range all {
		own[b.ID] = true
	}
	for _, g := range m.global() {
		if !own[g.ID] {
			all = append(all, g)
		}
	}
	return all
}

// run does what a binding is for, or says why it cannot.
func run(b kit.Binding) tea.Cmd {
	if ok, reason := b.Can(); !ok {
		return pane.Refuse(reason)
	}
	if b.Run == nil {
		return nil
	}
	return b.Run()
}

func (m *Model) toDialog(msg tea.Msg) tea.Cmd {
	top := len(m.dialogs) - 1
	dialog := m.dialogs[top]
	done, cmd := dialog.Update(msg)
	if done {
		m.dialogs = append(m.dialogs[:top:top], m.dialogs[top+1:]...)
	}
	return cmd
}

// global are the bindings that work on every screen.
func (m *Model) global() []kit.Binding {
	k := m.s.Keys
	to := func(id string) func() tea.Cmd {
		return func() tea.Cmd { return m.goTo(m.panes[id].Place()) }
	}
	return []kit.Binding{
		k.Bind("home", to(pane.Home)), k.Bind("catalog", to(pane.Catalog)), k.Bind("scorecards", to(pane.Scorecards)),
		k.Bind("docs", to(pane.Docs)), k.Bind("create", to(pane.Create)), k.Bind("jobs", to(pane.Jobs)),
		k.Bind("back", m.back).When(func() (bool, string) { return len(m.past.past) > 0, "This is where you started." }),
		k.Bind("forward", m.forward).When(func() (bool, string) { return len(m.past.future) > 0, "There is nothing forward of here." }),
		k.Bind("leave", m.leave).When(m.canLeave),
		k.Bind("errors", to(pane.Errors)), k.Bind("health", to(pane.Health)),
		k.Bind("palette", m.palette), k.Bind("help", m.help),
		m.refresh(),
		k.Bind("copy-place", m.copyPlace).When(m.canArrive),
		k.Bind("mouse", m.toggleMouse),
		k.Bind("theme", m.chooseTheme).When(m.canTheme),
		k.Bind("quit", func() tea.Cmd { return tea.Quit }),
	}
}

func (m *Model) refresh() kit.Binding { return m.s.Keys.Bind("refresh", m.startSync).When(m.canSync) }

func (m *Model) toggleMouse() tea.Cmd {
	m.mouse = !m.mouse
	if m.mouse {
		return pane.Toast("Mouse on.")
	}
	return pane.Toast("Mouse off: the terminal can select now.")
}

func (m *Model) canArrive() (bool, string) {
	if m.s.Arrive == nil {
		return false, "There is no command that opens this place."
	}
	line, why := m.s.Arrive(m.here().Place())
	return line != "", why
}

func (m *Model) copyPlace() tea.Cmd {
	line, _ := m.s.Arrive(m.here().Place())
	return pane.Copy(line, "the command that opens this place")
}
