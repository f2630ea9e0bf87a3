package catalogpane

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/pane/card"
)

// Bindings implements pane.Pane.
func (p *Pane) Bindings() []kit.Binding {
	k := p.s.Keys
	bindings := []kit.Binding{
		k.Bind("open", p.open).When(p.hasRow),
		k.Bind("filter", p.filter).Titled("Filter: tab completes, enter keeps it, esc leaves it as it is, arrows move in the list", "filter"),
		k.Bind("facets", p.facets),
		k.Bind("views", p.views),
		k.Bind("owner", p.openOwner).When(p.hasOwner),
		k.Bind("star", p.star).When(p.canStar).Titled(p.onMarked("Star or unstar"), "star"),
		k.Bind("copy", p.copy).When(p.hasRow).Titled(p.onMarked("Copy the reference"), "copy"),
		k.Bind("link", p.links).When(p.hasLinks).Titled("Links of this entity: open or copy one", ""),
		k.Bind("actions", p.open).When(onItsPage).Titled("Actions: what can be done with the entity", ""),
		k.Bind("sort", p.chooseSort),
		k.Bind("columns", p.chooseColumns),
		k.Bind("mark", p.mark).When(p.hasRow).Titled("Mark the row, so that star and copy work on all marked ones", ""),
		k.Bind("zoom", p.toggleZoom).When(p.canZoom).Titled("Zoom the preview", ""),
		k.Bind("focus", p.toggleFocus).When(p.canFocus).Titled("Move in the list or in the preview", ""),
	}
	if title := p.leaveTitle(); title != "" {
		bindings = append(bindings, k.Bind("leave", p.leave).Titled(title, ""))
	}
	return append(bindings, p.moves()...)
}

// onItsPage is why actions are not here.
func onItsPage() (bool, string) { return false, "What can be done with an entity is on its page." }

// moves are the keys that move: in the list, or in the preview while it has them.
func (p *Pane) moves() []kit.Binding {
	k := p.s.Keys
	rows := max(1, p.layOut(p.size.W, p.size.H).rows)
	page := max(1, p.layOut(p.size.W, p.size.H).previewH-1)
	move := func(inList func(), inPreview int) func() tea.Cmd {
		return func() tea.Cmd {
			if p.focus {
				p.scrollPreview(inPreview)
				return nil
			}
			inList()
			return p.follow()
		}
	}
	const far = 1 << 20 // further than any preview reaches
	return []kit.Binding{
		k.Bind("up", move(func() { p.list.Move(-1) }, -1)),
		k.Bind("down", move(func() { p.list.Move(1) }, 1)),
		k.Bind("page-up", move(func() { p.list.Page(-1) }, -page)),
		k.Bind("page-down", move(func() { p.list.Page(1) }, page)),
		k.Bind("half-up", move(func() { p.list.Move(-max(1, rows/2)) }, -max(1, page/2))),
		k.Bind("half-down", move(func() { p.list.Move(max(1, rows/2)) }, max(1, page/2))),
		k.Bind("top", move(func() { p.list.MoveTo(0) }, -far)),
		k.Bind("bottom", move(func() { p.list.MoveTo(p.list.Len() - 1) }, far)),
	}
}

func (p *Pane) scrollPreview(rows int) {
	p.preview.scroll = max(0, min(p.preview.scroll+rows, p.overflow()))
}

// Scroll implements pane.Scroller.
func (p *Pane) Scroll(x, y, rows int) tea.Cmd {
	a := p.layOut(p.size.W, p.size.H)
	beside := !a.below && x >= a.listW && y >= a.head-1
	if a.previewW > 0 && (p.zoom || beside || a.below && y >= a.head+a.rows) {
		p.scrollPreview(rows)
		return nil
	}
	p.list.Move(rows)
	return p.follow()
}

func (p *Pane) hasRow() (bool, string) {
	_, ok := p.selected()
	return ok, "The list is empty."
}

func (p *Pane) open() tea.Cmd {
	row, ok := p.selected()
	if !ok {
		return nil
	}
	p.endTyping()
	return pane.Go(pane.Place{Pane: pane.Entity, Ref: row.Ref().String()})
}

func (p *Pane) hasOwner() (bool, string) {
	row, ok := p.selected()
	if !ok {
		return false, "The list is empty."
	}
	return !row.Owner().IsZero(), row.Name() + " names no owner."
}

func (p *Pane) openOwner() tea.Cmd {
	row, _ := p.selected()
	return pane.Go(pane.Place{Pane: pane.Entity, Ref: row.Owner().String()})
}

func (p *Pane) filter() tea.Cmd {
	p.typing, p.focus = true, false
	p.suggest()
	if p.zoom {
		p.zoom = false
		p.fitList()
	}
	return nil
}

// onMarked gives a title the number of marked rows that the action works on.
func (p *Pane) onMarked(title string) string {
	if n := len(p.marks); n > 0 {
		return fmt.Sprintf("%s (%d marked)", title, n)
	}
	return title
}

// acted are the refs that an action works on: the marked ones in the order of the
// list, then those that the filter hides; without marks the row under the cursor.
func (p *Pane) acted() []string {
	if len(p.marks) == 0 {
		if ref := p.selectedRef(); !ref.IsZero() {
			return []string{ref.String()}
		}
		return nil
	}
	return p.markedInOrder()
}

func (p *Pane) markedInOrder() []string {
	at := make(map[int32]string, len(p.marks))
	hidden := make([]string, 0, len(p.marks))
	for ref := range p.marks {
		r, err := catalog.ParseRef(ref, catalog.RefDefaults{})
		row, ok := p.view.Find(r)
		if err != nil || !ok {
			continue // gone since it was marked
		}
		at[row.ID()] = ref
	}
	refs := make([]string, 0, len(at))
	for _, id := range p.result.IDs {
		if ref, ok := at[id]; ok {
			refs = append(refs, ref)
			delete(at, id)
		}
	}
	for _, ref := range at {
		hidden = append(hidden, ref)
	}
	return append(refs, sorted(hidden)...)
}

func (p *Pane) canStar() (bool, string) {
	if ok, why := p.hasRow(); !ok && len(p.marks) == 0 {
		return ok, why
	}
	return true, ""
}

func (p *Pane) star() tea.Cmd { return card.Star(p.s, p.acted()) }

func (p *Pane) copy() tea.Cmd {
	refs := p.acted()
	what := "the reference"
	if len(refs) > 1 {
		what = fmt.Sprintf("%d references", len(refs))
	}
	return pane.Copy(strings.Join(refs, "\n"), what)
}

func (p *Pane) hasLinks() (bool, string) {
	if ok, why := p.hasRow(); !ok {
		return ok, why
	}
	if f, ok := p.facts(); ok && f.Record != nil {
		return card.HasLinks(f.Record.Entity)
	}
	return false, "Its links are not read yet; open it to see them."
}

func (p *Pane) links() tea.Cmd {
	f, _ := p.facts()
	return card.ChooseLink(p.s, f.Record.Entity)
}

// mark marks the row or takes the mark away, and goes on to the next.
func (p *Pane) mark() tea.Cmd {
	key := p.selectedRef().String()
	if p.marks[key] {
		delete(p.marks, key)
	} else {
		p.marks[key] = true
	}
	p.list.Move(1)
	return p.follow()
}

// canZoom is false only where there is nothing to show.
func (p *Pane) canZoom() (bool, string) {
	if p.zoom {
		return true, ""
	}
	return p.hasRow()
}

func (p *Pane) toggleZoom() tea.Cmd {
	p.zoom = !p.zoom
	p.focus = p.zoom
	p.preview.scroll = 0
	p.fitList()
	return p.follow()
}

func (p *Pane) canFocus() (bool, string) {
	switch {
	case p.zoom:
		return false, "The preview is zoomed; z shows the list again."
	case p.layOut(p.size.W, p.size.H).previewW == 0:
		return false, "There is no room for the preview here; z shows it alone."
	}
	return p.hasRow()
}

func (p *Pane) toggleFocus() tea.Cmd {
	p.focus = !p.focus
	return nil
}

// leaveTitle is what esc does here; "" leaves the key to the root.
func (p *Pane) leaveTitle() string {
	switch {
	case p.zoom:
		return "Back to the list"
	case p.focus:
		return "Back to the list"
	case len(p.marks) > 0:
		return "Take the marks away"
	case p.input.Value() != "":
		return "Clear the filter"
	}
	return ""
}

// leave goes one step at a time towards the plain list.
func (p *Pane) leave() tea.Cmd {
	switch {
	case p.zoom:
		return p.toggleZoom()
	case p.focus:
		p.focus = false
	case len(p.marks) > 0:
		clear(p.marks)
	case p.input.Value() != "":
		keep := p.selectedRef()
		p.input.SetValue("")
		p.read()
		p.choose(keep)
		return p.follow()
	}
	return nil
}
