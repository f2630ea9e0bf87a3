package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
)

// order keeps what somebody types in step with the screen. Keys can come in one
// burst, as they do over a slow line; they are meant for the place or the dialog
// that the first of them leads to, and wait until it is there.
type order struct {
	last, awaited int       // ids of answers; 0 is none
	held          []tea.Msg // keys and pastes that came meanwhile
}

// typeAhead bounds the wait: most commands do not lead anywhere, and some take
// their time.
const typeAhead = 50 * time.Millisecond

// answerMsg is what a key's command gave, or nothing when it took too long.
type answerMsg struct {
	id  int
	msg tea.Msg
}

// input takes a key or a paste in its turn.
func (m *Model) input(msg tea.Msg) tea.Cmd {
	key, isKey := msg.(tea.KeyPressMsg)
	switch {
	case isKey && key.String() == kit.Interrupt:
		return tea.Quit
	case m.order.awaited != 0:
		m.order.held = append(m.order.held, msg)
		return nil
	case isKey:
		return m.key(key)
	case m.layout.tooTiny:
		return nil
	case len(m.dialogs) > 0:
		return m.toDialog(msg)
	}
	return m.here().Update(msg)
}

// inTurn makes the next key wait for what cmd gives.
func (m *Model) inTurn(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	m.order.last++
	id := m.order.last
	m.order.awaited = id
	return tea.Batch(func() tea.Msg { return answerMsg{id, cmd()} }, m.s.After(typeAhead, answerMsg{id: id}))
}

// answered does what a key's command asked for, and then what was typed behind it.
func (m *Model) answered(a answerMsg) tea.Cmd {
	var cmds []tea.Cmd
	switch msg := a.msg.(type) {
	case nil:
	case pane.GoMsg, pane.BackMsg, pane.ShowMsg:
		cmds = append(cmds, m.request(msg))
	default: // it may be one for the program itself, which has not seen it yet
		cmds = append(cmds, func() tea.Msg { return msg })
	}
	if a.id == m.order.awaited {
		m.order.awaited = 0
	}
	for len(m.order.held) > 0 && m.order.awaited == 0 {
		next := m.order.held[0]
		m.order.held = m.order.held[1:]
		cmds = append(cmds, m.input(next))
	}
	return tea.Batch(cmds...)
}
