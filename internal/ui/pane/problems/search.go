package problems

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/kit"
)

func (p *Pane) searchBindings() []kit.Binding {
	k := p.s.Keys
	can := func() (bool, string) {
		_, ok := p.search.Current()
		return ok, "Nothing has been searched for here."
	}
	step := func(d int) func() tea.Cmd {
		return func() tea.Cmd {
			p.search.StepFrom(p.list.Cursor(), d)
			p.showHit()
			return nil
		}
	}
	next, prev := k.Bind("match-next", step(1)).When(can), k.Bind("match-prev", step(-1)).When(can)
	if !p.search.On() {
		return []kit.Binding{next, prev}
	}
	return []kit.Binding{
		next.Titled("Next match", "next"), prev.Titled("Previous match", "previous"),
		k.Bind("leave", func() tea.Cmd { p.search.Close(); return nil }).Titled("Leave the search", "leave"),
	}
}

func (p *Pane) openSearch() tea.Cmd {
	p.search.Open(max(0, p.list.Cursor()))
	return nil
}

// typed takes what is typed while the search is open.
func (p *Pane) typed(msg tea.Msg) {
	if !p.search.Typing() {
		return
	}
	changed, moved := p.search.Update(msg)
	if changed {
		p.look()
	}
	if changed || moved {
		p.showHit()
	}
}

// look finds the text anew, after it or the list has changed.
func (p *Pane) look() {
	if p.search.On() {
		p.search.Look(len(p.shown), func(i int) string { return everyWord(p.shown[i]) })
	}
}

// showHit puts the cursor on the match that one is at; without one it is where
// the search began.
func (p *Pane) showHit() {
	at := p.search.Origin()
	if h, ok := p.search.Current(); ok {
		at = h.Line
	}
	p.list.MoveTo(at)
}

// everyWord is all that the screen says of a problem.
func everyWord(pr catalog.Problem) string {
	return strings.Join([]string{pr.Where(), pr.Source, pr.Message, pr.Field, pr.Hint, pr.Ref, pr.Severity.String(), pr.Class}, "\n")
}

// marked are lines in which what was found stands out.
func (p *Pane) marked(lines []string) []string {
	for i, l := range lines {
		lines[i] = p.search.Mark(p.s.Theme, l, true)
	}
	return lines
}
