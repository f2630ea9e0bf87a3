// Package catalogpane is the catalog's list: a filter that is always in sight,
// the rows that match it, and beside them what is known of the row under the
// cursor.
//
// It owns the filter, the order, the columns, the marks and the cursor of one
// session. The rows themselves stay in the portal's View; only those in sight are
// ever turned into text. It does no I/O: the preview's record and the state of
// the sources are read by commands.
package catalogpane

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/pane/card"
)

// maxQuery is the longest filter that can be typed, in characters.
const maxQuery = 1000

// Pane implements pane.Pane.
type Pane struct {
	s    *pane.Session
	view *catalog.View
	size pane.SizeMsg

	input    *kit.Input
	typing   bool
	query    *catalog.Query // the last one that could be read
	kind     string         // the only kind that query lets through, in lower case; "" for several
	complete completion
	bad      error        // why the text in the input cannot be read
	half     bool         // the query is what begins with the text in the input
	sort     catalog.Sort // the zero Sort is by relevance, then by name
	result   *catalog.Result

	list    kit.List
	longest int                 // width of the longest name among the rows
	marks   map[string]bool     // canonical refs
	columns map[string][]string // chosen columns by kind; a missing kind has its usual ones
	cells   cells
	zoom    bool // the preview alone
	focus   bool // the keys that move go to the preview
	preview preview
	sources sources
}

// New makes the pane for a session.
func New(s *pane.Session) *Pane {
	p := &Pane{
		s: s, view: s.Portal.View(), input: kit.NewInput("filter: a name, kind:api, owner:me, tag:java", maxQuery),
		marks: map[string]bool{}, columns: map[string][]string{}, result: &catalog.Result{},
	}
	p.preview.kept = map[string]card.Facts{}
	p.query, _ = catalog.ParseQuery("") // an empty query is always read
	return p
}

// Update implements pane.Pane.
func (p *Pane) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case pane.SizeMsg:
		p.size = msg
		p.fitList()
		return p.follow()
	case pane.ViewMsg:
		return p.refresh()
	case pane.ThemeMsg:
		p.preview.drawn = drawn{}
	case card.UnstarredMsg:
		msg.Undo(p.s)
	case sourcesMsg:
		p.sources.take(msg)
	case previewDueMsg:
		return p.loadPreview(msg)
	case previewMsg:
		p.takePreview(msg)
	case tea.MouseClickMsg:
		return p.click(msg)
	case tea.KeyPressMsg:
		return p.key(msg)
	case tea.PasteMsg:
		if p.typing {
			return p.edit(msg)
		}
	}
	return nil
}

// key takes a key while the filter is being typed. The keys that no text needs
// move in the list, as in any box that narrows while one types.
func (p *Pane) key(msg tea.KeyPressMsg) tea.Cmd {
	if !p.typing {
		return nil
	}
	switch msg.String() {
	case "enter", "esc":
		p.endTyping()
		return nil
	case "tab": // never on to the preview: what is typed next would be keys
		return p.accept()
	case "up":
		p.list.Move(-1)
		return p.follow()
	case "down":
		p.list.Move(1)
		return p.follow()
	case "pgup":
		p.list.Page(-1)
		return p.follow()
	case "pgdown":
		p.list.Page(1)
		return p.follow()
	}
	return p.edit(msg)
}

func (p *Pane) edit(msg tea.Msg) tea.Cmd {
	if changed, _ := p.input.Update(msg); !changed {
		return nil
	}
	p.suggest()
	p.read()
	if p.bad != nil {
		return nil
	}
	p.choose(catalog.Ref{})
	p.completeTyping()
	return p.follow()
}

// endTyping leaves the input and keeps the filter, written as it was understood.
func (p *Pane) endTyping() {
	p.typing = false
	if p.half {
		p.half = false
		p.input.SetValue(p.input.Value() + "*")
	}
}

// completeTyping keeps a list on screen while a value is half typed: where
// nothing has "kind:comp", what begins with it is shown. The filter says so with
// a star once the typing is over.
func (p *Pane) completeTyping() {
	text := p.input.Value()
	last := text[strings.LastIndexByte(text, ' ')+1:]
	if len(p.result.IDs) > 0 || !strings.Contains(last, ":") || strings.ContainsAny(last, "\"*<>=") {
		return
	}
	q, err := catalog.ParseQuery(text + "*")
	if err != nil {
		return
	}
	exact, kind := p.query, p.kind
	p.query, p.kind, p.half = q, onlyKind(q), true
	p.choose(catalog.Ref{})
	if len(p.result.IDs) == 0 {
		p.query, p.kind, p.half = exact, kind, false
		p.choose(catalog.Ref{})
	}
}

// setQuery replaces the filter and starts at the top of what it finds.
func (p *Pane) setQuery(text string) tea.Cmd {
	p.input.SetValue(text)
	p.read()
	p.choose(catalog.Ref{})
	return p.follow()
}

// read takes the text of the input as the query. One that cannot be read leaves
// the last good query, and with it the rows, as they are.
func (p *Pane) read() {
	q, err := catalog.ParseQuery(p.input.Value())
	p.bad, p.half = err, false
	if err == nil {
		p.query, p.kind = q, onlyKind(q)
	}
}

// choose selects the rows anew and puts the cursor on keep where it is still
// there, else on the first row.
func (p *Pane) choose(keep catalog.Ref) {
	if r, err := p.view.Select(p.s.Ctx, p.query, p.s.Query(), p.sort, p.result); err == nil { // else the session is over
		p.result = r
	}
	p.list.SetLen(len(p.result.IDs))
	p.longest = p.longestName()
	at := 0
	if !keep.IsZero() {
		at = p.find(keep)
	}
	p.fitList()
	p.list.MoveTo(max(0, at))
}

// measuredRows bounds the measuring of names; the first some thousand stand for
// the rest.
const measuredRows = 3000

func (p *Pane) longestName() int {
	longest := 0
	for _, id := range p.result.IDs[:min(len(p.result.IDs), measuredRows)] {
		longest = max(longest, kit.Width(p.view.Row(id).Name()))
	}
	return longest
}

// find is the index of an entity among the rows, or -1.
func (p *Pane) find(ref catalog.Ref) int {
	row, ok := p.view.Find(ref)
	if !ok {
		return -1
	}
	for i, id := range p.result.IDs {
		if id == row.ID() {
			return i
		}
	}
	return -1
}

// refresh takes over a newer View, or newer stars. The cursor stays on its entity
// and the window as near to where it was as that allows.
func (p *Pane) refresh() tea.Cmd {
	keep, at, top := p.selectedRef(), p.list.Cursor(), p.list.Top()
	if v := p.s.Portal.View(); v != p.view {
		p.view = v
		p.cells.forget()
	}
	p.choose(keep)
	if p.find(keep) < 0 {
		p.list.MoveTo(max(0, at))
	}
	p.list.SetTop(top)
	return tea.Batch(p.follow(), p.checkSources())
}

// selected is the row under the cursor.
func (p *Pane) selected() (catalog.Row, bool) {
	i := p.list.Cursor()
	if i < 0 || i >= len(p.result.IDs) {
		return catalog.Row{}, false
	}
	return p.view.Row(p.result.IDs[i]), true
}

func (p *Pane) selectedRef() catalog.Ref {
	row, ok := p.selected()
	if !ok {
		return catalog.Ref{}
	}
	return row.Ref()
}

func (p *Pane) fitList() {
	p.list.SetHeight(p.layOut(p.size.W, p.size.H).rows)
}

// Place implements pane.Pane.
func (p *Pane) Place() pane.Place {
	return pane.Place{
		Pane: pane.Catalog, Query: p.input.Value(), Sort: p.sort.String(), Row: p.selectedRef().String(),
		Cursor: max(0, p.list.Cursor()), Top: p.list.Top(), Zoom: p.zoom,
	}
}

// Restore implements pane.Pane.
func (p *Pane) Restore(at pane.Place) tea.Cmd {
	p.typing, p.zoom, p.focus = false, at.Zoom, at.Zoom
	p.view = p.s.Portal.View()
	p.cells.forget()
	p.sort, _ = catalog.ParseSort(at.Sort) // an order that is gone falls back on the usual one
	p.input.SetValue(at.Query)
	p.read()
	p.showColumns(at.Columns)
	row, _ := catalog.ParseRef(at.Row, catalog.RefDefaults{}) // no row is the first row
	p.choose(row)
	if row.IsZero() || p.find(row) < 0 {
		p.list.MoveTo(at.Cursor)
	}
	p.list.SetTop(at.Top)
	return tea.Batch(p.follow(), p.checkSources())
}

// Status implements pane.Pane.
func (p *Pane) Status() string {
	n := len(p.result.IDs)
	if all := p.view.Len(); n != all {
		return fmt.Sprintf("%s of %s", pane.Count(n), pane.Count(all))
	}
	return pane.Count(n)
}

// Capturing implements pane.Pane.
func (p *Pane) Capturing() bool { return p.typing }

// Cursor implements pane.Pane.
func (p *Pane) Cursor() (tea.Position, bool) {
	l := p.layOut(p.size.W, p.size.H)
	if p.typing && l.head > 0 {
		_, x := p.input.View(p.s.Theme, p.inputWidth(l, p.size.W))
		return tea.Position{X: min(filterAt+x, max(0, p.size.W-1)), Y: 0}, true
	}
	if p.zoom || p.list.Len() == 0 || l.rows == 0 {
		return tea.Position{}, false
	}
	return tea.Position{X: 0, Y: l.head + p.list.Cursor() - p.list.Top()}, true
}

// click puts the cursor on a row; on the row that has it already, it opens it. On
// the filter it starts typing, on a column's title it sorts.
func (p *Pane) click(msg tea.MouseClickMsg) tea.Cmd {
	l := p.layOut(p.size.W, p.size.H)
	if p.zoom || msg.Button != tea.MouseLeft || msg.X < 0 || msg.Y < 0 {
		return nil
	}
	switch row := msg.Y - l.head; {
	case msg.Y == 0:
		return p.filter()
	case row == -1:
		return p.clickHeader(msg.X, l)
	case row < 0 || row >= l.rows || msg.X >= l.listW || p.list.Top()+row >= p.list.Len():
		return nil
	case p.list.Top()+row == p.list.Cursor():
		return p.open()
	default:
		p.typing, p.focus = false, false
		p.list.MoveTo(p.list.Top() + row)
		return p.follow()
	}
}

// sources is what is known of the sources while the catalog is empty, so that an
// empty list can say what to do.
type sources struct {
	list   []pane.Source
	loaded bool
	err    error
	asked  int
}

type sourcesMsg struct {
	asked int
	list  []pane.Source
	err   error
}

func (st *sources) take(msg sourcesMsg) {
	if msg.asked == st.asked {
		st.list, st.err, st.loaded = msg.list, msg.err, true
	}
}

// checkSources asks how the sources are, while there is nothing else to show.
func (p *Pane) checkSources() tea.Cmd {
	if p.view.Len() > 0 {
		return nil
	}
	p.sources.asked++
	asked, portal, parent := p.sources.asked, p.s.Portal, p.s.Ctx
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(parent, patience)
		defer cancel()
		list, err := portal.Sources(ctx)
		return sourcesMsg{asked, list, err}
	}
}

// onlyKind is the one kind that a query lets through, in lower case; "" for
// several, and for kinds that are not built in.
func onlyKind(q *catalog.Query) string {
	only := ""
	for _, kind := range knownKinds() {
		switch {
		case !q.Selected("kind", kind):
		case only != "":
			return ""
		default:
			only = kind
		}
	}
	return only
}
