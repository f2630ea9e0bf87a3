package ui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
)

// wheelRows is how far one notch of the wheel moves.
const wheelRows = 3

// mouseEvent finds what is under the mouse: the dialog on top, a tab of the
// header, or the pane.
func (m *Model) mouseEvent(msg tea.MouseMsg) tea.Cmd {
	if !m.mouse || m.layout.tooTiny || m.layout.w == 0 {
		return nil
	}
	if len(m.dialogs) > 0 {
		return m.mouseInDialog(msg)
	}
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		return m.wheel(msg)
	case tea.MouseClickMsg:
		if msg.Y == 0 && !m.layout.compact {
			return m.clickTab(msg)
		}
		msg.Y -= m.layout.top
		if msg.Y >= 0 && msg.Y < m.layout.paneH {
			return m.here().Update(msg)
		}
	}
	return nil
}

// mouseInDialog gives the dialog its clicks; one beside it closes it.
func (m *Model) mouseInDialog(msg tea.MouseMsg) tea.Cmd {
	click, ok := msg.(tea.MouseClickMsg)
	if !ok {
		return m.toDialog(msg)
	}
	block, _ := m.dialogs[len(m.dialogs)-1].View(m.s.Theme, m.layout.w, m.layout.dialogH)
	w, h := blockSize(block)
	click.X -= dialogX(m.layout, block)
	click.Y -= m.layout.top
	if click.X < 0 || click.Y < 0 || click.X >= w || click.Y >= h {
		m.dialogs = m.dialogs[:len(m.dialogs)-1]
		return nil
	}
	return m.toDialog(click)
}

// wheel moves what it is over, or else as the keys for up and down do.
func (m *Model) wheel(msg tea.MouseWheelMsg) tea.Cmd {
	id, rows := "", wheelRows
	switch msg.Button {
	case tea.MouseWheelUp:
		id, rows = "up", -wheelRows
	case tea.MouseWheelDown:
		id = "down"
	default:
		return nil
	}
	if p, ok := m.here().(pane.Scroller); ok {
		return p.Scroll(msg.X, msg.Y-m.layout.top, rows)
	}
	for _, b := range m.here().Bindings() {
		if b.ID != id {
			continue
		}
		if ok, _ := b.Can(); !ok {
			return nil
		}
		var cmds []tea.Cmd
		for range wheelRows {
			cmds = append(cmds, run(b))
		}
		return tea.Batch(cmds...)
	}
	return nil
}

func (m *Model) clickTab(msg tea.MouseClickMsg) tea.Cmd {
	if msg.Button != tea.MouseLeft {
		return nil
	}
	for _, tb := range m.header(m.layout.w).tabs {
		if msg.X >= tb.from && msg.X < tb.to {
			return m.goTo(m.panes[tb.pane].Place())
		}
	}
	return nil
}

// blockSize is the size of a block of lines of one width.
func blockSize(block string) (w, h int) {
	h = 1
	for i, c := range block {
		if c == '\n' {
			if h == 1 {
				w = kit.Width(block[:i])
			}
			h++
		}
	}
	if h == 1 {
		w = kit.Width(block)
	}
	return w, h
}
