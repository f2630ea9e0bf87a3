package entity

import (
	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/pane/card"
)

// Bindings implements pane.Pane.
func (p *Pane) Bindings() []kit.Binding {
	k := p.s.Keys
	_, what := p.copied()
	bindings := p.searchBindings()
	if len(p.inferred()) > 0 { // the one thing to do here
		bindings = append(bindings, p.actions())
	}
	bindings = append(
		bindings,
		k.Bind("open", p.open).When(p.canOpen).Titled(p.openTitle(), "open"),
		k.Bind("tab-next", p.turn(1)).When(p.hasTabs),
		k.Bind("tab-prev", p.turn(-1)).When(p.hasTabs),
		k.Bind("filter", p.openSearch).When(p.canSearch).Titled("Search in the text", p.onText("search")),
		k.Bind("owner", p.openOwner).When(p.hasOwner),
		k.Bind("link", p.links).When(p.hasLinks),
		k.Bind("star", p.star).When(p.canStar),
		k.Bind("copy", p.copy).Titled("Copy "+what, "copy"),
		k.Bind("zoom", p.toggleZoom).Titled(p.zoomTitle(), ""),
		k.Bind("focus", p.acrossColumns).When(p.hasColumns).Titled("The other column", ""),
	)
	if len(p.inferred()) == 0 {
		bindings = append(bindings, p.actions())
	}
	if p.zoom && !p.search.On() {
		bindings = append(bindings, k.Bind("leave", p.toggleZoom).Titled("Back to the whole page", ""))
	}
	return append(bindings, p.moves()...)
}

// onText is a word of the footer for what works on texts only.
func (p *Pane) onText(word string) string {
	if p.searched() == nil {
		return ""
	}
	return word
}

func (p *Pane) moves() []kit.Binding {
	k := p.s.Keys
	do := func(f func()) func() tea.Cmd { return func() tea.Cmd { f(); return nil } }
	page := max(1, p.room()-1)
	return []kit.Binding{
		k.Bind("up", do(func() { p.step(-1) })),
		k.Bind("down", do(func() { p.step(1) })),
		k.Bind("page-up", do(func() { p.page(-page) })),
		k.Bind("page-down", do(func() { p.page(page) })),
		k.Bind("half-up", do(func() { p.page(-max(1, page/2)) })),
		k.Bind("half-down", do(func() { p.page(max(1, page/2)) })),
		k.Bind("top", do(func() { p.end(false) })),
		k.Bind("bottom", do(func() { p.end(true) })),
	}
}

func (p *Pane) canOpen() (bool, string) {
	if !p.inSight(p.body(), p.cursor) {
		return false, "There is nothing under the cursor that opens."
	}
	return true, ""
}

func (p *Pane) openTitle() string {
	switch to := p.selected(); {
	case !to.ref.IsZero():
		return "Open " + card.Name(to.ref)
	case to.url != "" && p.s.OpenURL != nil:
		return "Open the link"
	case to.url != "":
		return "Copy the link"
	case to.text != "":
		return "Copy " + to.text
	case to.tab != "":
		return "Show all of it"
	case to.change != "" && to.change == p.past.whole:
		return "Fold the change"
	case to.change != "":
		return "Show the whole change"
	}
	return "Open"
}

func (p *Pane) open() tea.Cmd {
	switch to := p.selected(); {
	case !to.ref.IsZero():
		return pane.Go(pane.Place{Pane: pane.Entity, Ref: to.ref.String()})
	case to.url != "":
		return card.OpenLink(p.s, to.url)
	case to.text != "":
		return pane.Copy(to.text, to.text)
	case to.tab != "":
		return p.showTab(to.tab)
	case to.change != "":
		p.unfold(to.change)
	}
	return nil
}

func (p *Pane) hasTabs() (bool, string) {
	return len(p.tabs()) > 1, "There are no tabs here."
}

// turn goes to a neighbouring tab, round the ends.
func (p *Pane) turn(d int) func() tea.Cmd {
	return func() tea.Cmd {
		tabs := p.tabs()
		n := len(tabs)
		return p.showTab(tabs[(max(0, p.tabAt(p.tab))+d+n)%n].id)
	}
}

// showTab opens a tab at its top.
func (p *Pane) showTab(id string) tea.Cmd {
	if p.want != nil { // somebody was quicker than the record
		p.want = &pane.Place{Pane: pane.Entity, Ref: p.refText(), Tab: id, Zoom: p.zoom}
	}
	p.tab, p.past.want = id, nil
	p.search.Close()
	p.end(false)
	return p.readHistory()
}

func (p *Pane) hasOwner() (bool, string) {
	return p.listed && !p.row.Owner().IsZero(), "It names no owner."
}

func (p *Pane) openOwner() tea.Cmd {
	return pane.Go(pane.Place{Pane: pane.Entity, Ref: p.row.Owner().String()})
}

func (p *Pane) entity() *catalog.Entity {
	if p.facts.Record == nil {
		return nil
	}
	return p.facts.Record.Entity
}

func (p *Pane) hasLinks() (bool, string) {
	if !p.loaded {
		return false, "Its links are still being read."
	}
	return card.HasLinks(p.entity())
}

func (p *Pane) links() tea.Cmd { return card.ChooseLink(p.s, p.entity()) }

func (p *Pane) canStar() (bool, string) {
	if !p.listed && !p.s.Starred[p.refText()] {
		return false, "It is not in the catalog."
	}
	return true, ""
}

func (p *Pane) star() tea.Cmd { return card.Star(p.s, []string{p.refText()}) }

func (p *Pane) copy() tea.Cmd { return pane.Copy(p.copied()) }

// copied is what the copy key takes: the link or text under the cursor, among
// relations the entity under it, else this entity.
func (p *Pane) copied() (text, what string) {
	switch to := p.selected(); {
	case to.url != "":
		return to.url, "the link"
	case to.text != "":
		return to.text, to.text
	case to.change != "" && p.change(to.change) != nil:
		return p.change(to.change).Commit, "the commit"
	case p.tab == tabRelations && !to.ref.IsZero():
		return to.ref.String(), "the reference of " + card.Name(to.ref)
	}
	return p.refText(), "the reference"
}

func (p *Pane) zoomTitle() string {
	if p.zoom {
		return "Back to the whole page"
	}
	return "Zoom: the text alone, without line numbers, fit to be selected"
}

func (p *Pane) toggleZoom() tea.Cmd {
	keep := p.selected()
	p.zoom = !p.zoom
	p.follow(keep)
	if p.search.On() {
		p.showHit()
	}
	return nil
}

func (p *Pane) hasColumns() (bool, string) {
	return len(p.body().cols) > 1, "There is only one column here."
}

func (p *Pane) acrossColumns() tea.Cmd {
	p.otherColumn()
	return nil
}

// click chooses a tab, or puts the cursor on a line; on the line that has it
// already, it opens it.
func (p *Pane) click(msg tea.MouseClickMsg) tea.Cmd {
	if msg.Button != tea.MouseLeft {
		return nil
	}
	if msg.Y == 1 && p.head() > 1 {
		if id, ok := p.tabUnder(msg.X); ok {
			return p.showTab(id)
		}
		return nil
	}
	b, y := p.body(), msg.Y-p.head()
	if y < 0 || y >= p.room() {
		return nil
	}
	col := 0
	for i, x := range b.cols {
		if msg.X >= x {
			col = i
		}
	}
	for i, s := range b.stops {
		if s.y == y+p.top && s.col == col {
			if i == p.cursor {
				return p.open()
			}
			p.cursor = i
			return nil
		}
	}
	return nil
}
