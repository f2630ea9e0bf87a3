package card

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/ui/pane"
)

// patience bounds the writing of a star.
const patience = 5 * time.Second

// UnstarredMsg tells every pane that stars could not be kept; Undo puts the
// session's copy right. Doing so twice does no harm.
type UnstarredMsg struct {
	refs []string
	on   bool
}

// Undo takes back what Star did to the session.
func (m UnstarredMsg) Undo(s *pane.Session) {
	for _, r := range m.refs {
		set(s, r, !m.on)
	}
}

// Star stars the entities for the person of the session (on one's own machine
// that may be nobody in particular), or takes the stars away where all of them have one.
// The session shows it at once; the command keeps it.
func Star(s *pane.Session, refs []string) tea.Cmd {
	on := false
	for _, r := range refs {
		on = on || !s.Starred[r]
	}
	var changed []string
	for _, r := range refs {
		if s.Starred[r] != on {
			changed = append(changed, r)
			set(s, r, on)
		}
	}
	user, portal, parent := s.Actor.User, s.Portal, s.Ctx
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(parent, patience)
		defer cancel()
		for i, r := range changed {
			if err := portal.Star(ctx, user, r, on); err != nil {
				undo := UnstarredMsg{refs: changed[i:], on: on}
				return tea.BatchMsg{
					pane.Complain(fmt.Sprintf("The star could not be kept: %v.", err)),
					func() tea.Msg { return undo },
				}
			}
		}
		return pane.ToastMsg{Text: starred(on, len(changed))}
	}
}

func starred(on bool, n int) string {
	word := "Star taken away"
	if on {
		word = "Starred"
	}
	if n != 1 {
		return word + ": " + pane.Plural(n, "entity", "entities") + "."
	}
	return word + "."
}

func set(s *pane.Session, ref string, on bool) {
	if on {
		s.Starred[ref] = true
	} else {
		delete(s.Starred, ref)
	}
}
