// Package soon is the empty state of the panes whose part of the product is not
// built yet. It says what will be there and what does the job today; it owns no
// state and pretends nothing.
package soon

import (
	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
)

// Which names one of the panes.
type Which string

// The panes that are not there yet.
const (
	Home       Which = pane.Home
	Scorecards Which = pane.Scorecards
	Docs       Which = pane.Docs
	Create     Which = pane.Create
	Jobs       Which = pane.Jobs
)

// words are what one pane says.
type words struct {
	title, will string
	today       []string
}

func say(w Which, k *kit.Keymap) words {
	switch w {
	case Home:
		return words{
			"Home is not built yet.",
			"It will show your services and their state, what needs attention, what you starred and opened last, and what changed.",
			[]string{
				k.Key("catalog") + " opens the catalog; " + k.Key("views") + " there has the views Mine and Starred.",
				k.Key("palette") + " finds any entity or action from anywhere.",
			},
		}
	case Scorecards:
		return words{
			"Scorecards are not built yet.",
			"They will grade each service against production-readiness and security standards: what is missing, why it matters, and how to fix it now.",
			[]string{"In the catalog, the filter missing:owner or missing:runbook lists what lacks one."},
		}
	case Docs:
		return words{
			"The docs reader is not built yet.",
			"It will show runbooks, TechDocs, decision records and API definitions, rendered and searchable, also without a network.",
			[]string{"An API's page has its definition in a tab.", k.Key("link") + " on an entity lists its links, the runbook's among them."},
		}
	case Create:
		return words{
			"Create is not built yet.",
			"It will run the golden-path templates of your catalog as wizards, with a plan to read before anything happens.",
			[]string{"In the catalog, the filter kind:template lists the templates that were found."},
		}
	default:
		return words{
			"Jobs are not built yet.",
			"What the wizards dispatch will be here: live logs, approvals and results.",
			[]string{"Nothing can be dispatched yet, so nothing is running."},
		}
	}
}

// Pane is one such pane.
type Pane struct {
	s     *pane.Session
	which Which
}

// New makes the pane for a session.
func New(s *pane.Session, which Which) *Pane { return &Pane{s: s, which: which} }

// Update implements pane.Pane; there is nothing to do.
func (p *Pane) Update(tea.Msg) tea.Cmd { return nil }

// View implements pane.Pane.
func (p *Pane) View(w, h int) string {
	t, say := p.s.Theme, say(p.which, p.s.Keys)
	width := min(w-4, 76)
	lines := []string{"", "  " + t.Strong.Paint(t.Clip(say.title, width)), ""}
	for _, l := range kit.Wrap(say.will, width) {
		lines = append(lines, "  "+l)
	}
	lines = append(lines, "", "  "+t.Muted.Paint("Until then"))
	for _, s := range say.today {
		for i, l := range kit.Wrap(s, width-2) {
			mark := "  "
			if i == 0 {
				mark = t.Faint.Paint(t.Glyph.Bullet) + " "
			}
			lines = append(lines, "  "+mark+l)
		}
	}
	return t.Box(lines, w, h)
}

// Bindings implements pane.Pane.
func (p *Pane) Bindings() []kit.Binding { return nil }

// Place implements pane.Pane.
func (p *Pane) Place() pane.Place { return pane.Place{Pane: string(p.which)} }

// Restore implements pane.Pane.
func (p *Pane) Restore(pane.Place) tea.Cmd { return nil }

// Status implements pane.Pane.
func (p *Pane) Status() string { return "" }

// Capturing implements pane.Pane.
func (p *Pane) Capturing() bool { return false }

// Cursor implements pane.Pane.
func (p *Pane) Cursor() (tea.Position, bool) { return tea.Position{}, false }
