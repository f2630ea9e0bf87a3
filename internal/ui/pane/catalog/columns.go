package catalogpane

import (
	"slices"
	"strconv"
	"strings"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/kit"
)

// column is one column of the list.
type column struct {
	id, title string
	least     int  // cells below which it is not worth showing
	usual     int  // cells in which most values fit; 0 is least
	most      int  // cells beyond which it gains nothing
	right     bool // numbers line up at the right
	text      func(*Pane, catalog.Row) string
}

// allColumns is every column there is, in the order of the chooser. Their ids are
// those of a saved view in the configuration.
func allColumns() []column {
	return []column{
		{id: "name", title: "name", least: 14, usual: 18, most: 40, text: func(_ *Pane, r catalog.Row) string { return nameOf(r) }},
		{id: "title", title: "title", least: 12, most: 32, text: func(_ *Pane, r catalog.Row) string { return r.Title() }},
		{id: "kind", title: "kind", least: 9, most: 10, text: func(_ *Pane, r catalog.Row) string { return strings.ToLower(r.Kind()) }},
		{id: "type", title: "type", least: 8, usual: 12, most: 16, text: func(_ *Pane, r catalog.Row) string { return r.Type() }},
		{id: "owner", title: "owner", least: 14, usual: 15, most: 24, text: func(_ *Pane, r catalog.Row) string { return owner(r) }},
		{id: "lifecycle", title: "lifecycle", least: 10, most: 14, text: func(_ *Pane, r catalog.Row) string { return r.Lifecycle() }},
		{id: "system", title: "system", least: 9, most: 22, text: func(_ *Pane, r catalog.Row) string { return display(r.System(), "system") }},
		{id: "domain", title: "domain", least: 9, most: 22, text: (*Pane).domain},
		{id: "parent", title: "parent", least: 12, usual: 15, most: 24, text: (*Pane).parent},
		{id: "members", title: "members", least: 7, most: 7, right: true, text: (*Pane).members},
		{id: "email", title: "email", least: 16, most: 32, text: func(_ *Pane, r catalog.Row) string { return r.Email() }},
		{id: "tags", title: "tags", least: 10, most: 30, text: func(_ *Pane, r catalog.Row) string { return strings.Join(r.Tags(), " ") }},
		{id: "namespace", title: "namespace", least: 9, most: 16, text: func(_ *Pane, r catalog.Row) string { return r.Namespace() }},
		{id: "source", title: "source", least: 8, most: 16, text: func(_ *Pane, r catalog.Row) string { return r.Source() }},
		{id: "description", title: "description", least: 20, most: 100, text: func(_ *Pane, r catalog.Row) string { return r.Description() }},
	}
}

// Columns are the ids of all columns, as a saved view may name them.
func Columns() []string {
	var ids []string
	for _, c := range allColumns() {
		ids = append(ids, c.id)
	}
	return ids
}

// usualColumns are the columns of a list of one kind; "" is a list of several.
func usualColumns(kind string) []string {
	switch kind {
	case "component", "api":
		return []string{"name", "type", "owner", "lifecycle", "system"}
	case "resource":
		return []string{"name", "type", "owner", "system"}
	case "system":
		return []string{"name", "owner", "domain", "description"}
	case "domain":
		return []string{"name", "owner", "description"}
	case "group":
		return []string{"name", "type", "parent", "members"}
	case "user":
		return []string{"name", "email", "description"}
	case "template":
		return []string{"name", "type", "owner", "description"}
	case "location":
		return []string{"name", "type", "source", "description"}
	}
	return []string{"name", "kind", "type", "owner", "lifecycle"}
}

// knownKinds are those that have columns of their own.
func knownKinds() []string {
	return []string{"component", "api", "resource", "system", "domain", "group", "user", "template", "location"}
}

// chosen are the ids of the columns in use for the rows on screen.
func (p *Pane) chosen() []string {
	if own, ok := p.columns[p.kind]; ok {
		return own
	}
	return usualColumns(p.kind)
}

// hidden are the ids of the chosen columns for which there is no room.
func (p *Pane) hidden() []string {
	shown := place(p.chosen(), p.listRoom(p.layOut(p.size.W, p.size.H)), p.longest)
	var ids []string
	for _, c := range allColumns() {
		has := func(s placed) bool { return s.id == c.id }
		if slices.Contains(p.chosen(), c.id) && !slices.ContainsFunc(shown, has) {
			ids = append(ids, c.id)
		}
	}
	return ids
}

// placed is a column with the width that it has on screen.
type placed struct {
	column
	width int
}

// gap is the space between two columns; margin what comes before the first: the
// caret or mark, the star and a space.
const (
	gap    = 2
	margin = 3
)

// nameShare is the part of a row, in percent, that long names may take before
// another column has room: a name that cannot be read is no row at all.
const nameShare = 55

// place gives the chosen columns their widths in w cells, of which the last one
// stays blank. Columns for which there is no room are left out, those that tell
// least first; what room is over goes to those on the left. longest is the width of
// the longest name in the list. It depends on nothing but its arguments, so that nothing shifts while one scrolls.
func place(ids []string, w, longest int) []placed {
	room := w - margin - 1
	var out []placed
	for _, c := range fitting(ids, room, longest) {
		width := min(c.least, max(0, room))
		room -= width + gap
		out = append(out, placed{c, width})
	}
	room += gap
	grow := func(to func(column) int) {
		for i := range out {
			more := max(0, min(room, to(out[i].column)-out[i].width))
			out[i].width += more
			room -= more
		}
	}
	grow(func(c column) int { return c.usual })
	grow(func(c column) int { return c.most })
	return out
}

// fitting are the columns that room has a place for, in the order of ids. The
// first one is always there.
func fitting(ids []string, room, longest int) []column {
	all := allColumns()
	name := &all[0]
	if longest > name.usual {
		name.least = max(name.least, min(longest, name.most, room*nameShare/100))
	}
	name.usual = max(name.least, min(longest, name.usual))
	var chosen []column
	for _, id := range ids {
		// A saved view may name a column that is gone.
		if i := slices.IndexFunc(all, func(c column) bool { return c.id == id }); i >= 0 {
			chosen = append(chosen, all[i])
		}
	}
	keep := make([]bool, len(chosen))
	room += gap
	take := func(i int) bool {
		need := chosen[i].least + gap
		if keep[i] || need > room && i > 0 {
			return keep[i]
		}
		keep[i], room = true, room-need
		return true
	}
	for i, c := range chosen {
		if i == 0 || c.id == "kind" || c.id == "owner" {
			take(i)
		}
	}
	for i := range chosen {
		if !take(i) {
			break
		}
	}
	var out []column
	for i, c := range chosen {
		if keep[i] {
			out = append(out, c)
		}
	}
	return out
}

// cell is the text of a row in a column, exactly as wide as the column.
func (p *Pane) cell(c placed, r catalog.Row) string {
	text := c.text(p, r)
	t := p.s.Theme
	if c.right {
		return t.FitRight(text, c.width)
	}
	return t.Fit(text, c.width)
}

func nameOf(r catalog.Row) string {
	return display(r.Ref(), r.Kind())
}

func owner(r catalog.Row) string { return display(r.Owner(), "group") }

// display is how a ref is written in a column of its kind.
func display(r catalog.Ref, kind string) string {
	if r.IsZero() {
		return ""
	}
	return r.Display(kind)
}

// cells keeps the texts of columns that are worked out from relations, for the
// rows that have been in sight since the View came.
type cells struct {
	kept map[cellKey]string
}

type cellKey struct {
	row    int32
	column string
}

// keptCells bounds them: some hundred screens.
const keptCells = 8192

func (c *cells) forget() { c.kept = nil }

func (c *cells) get(row catalog.Row, column string, work func() string) string {
	key := cellKey{row.ID(), column}
	if text, ok := c.kept[key]; ok {
		return text
	}
	if c.kept == nil || len(c.kept) >= keptCells {
		c.kept = map[cellKey]string{}
	}
	text := work()
	c.kept[key] = text
	return text
}

// related are the targets of one relation type of a row.
func (p *Pane) related(r catalog.Row, typ string) []catalog.Ref {
	var refs []catalog.Ref
	for _, rel := range p.view.Relations(r.Ref()) {
		if strings.EqualFold(rel.Type, typ) {
			refs = append(refs, rel.Ref)
		}
	}
	return refs
}

func (p *Pane) domain(r catalog.Row) string { return p.partOf(r, "domain") }

func (p *Pane) partOf(r catalog.Row, kind string) string {
	return p.cells.get(r, kind, func() string {
		for _, ref := range p.related(r, "partOf") {
			if strings.EqualFold(ref.Kind, kind) {
				return ref.Display(kind)
			}
		}
		return ""
	})
}

func (p *Pane) parent(r catalog.Row) string {
	return p.cells.get(r, "parent", func() string {
		for _, ref := range p.related(r, "childOf") {
			return ref.Display("group")
		}
		return ""
	})
}

func (p *Pane) members(r catalog.Row) string {
	return p.cells.get(r, "members", func() string { return strconv.Itoa(len(p.related(r, "hasMember"))) })
}

// sortable is the field to sort a column by, or "".
func sortable(id string) string {
	if id == "tags" {
		id = "tag"
	}
	if slices.Contains(catalog.SortFields(), id) {
		return id
	}
	return ""
}

// header is the line of column titles; the one that is sorted by has an arrow.
func (p *Pane) header(cols []placed, w int) string {
	t := p.s.Theme
	line := kit.Spaces(margin)
	for i, c := range cols {
		if i > 0 {
			line += kit.Spaces(gap)
		}
		title := c.title
		if p.sort.Field != "" && sortable(c.id) == p.sort.Field {
			arrow := t.Glyph.Ascending
			if p.sort.Desc {
				arrow = t.Glyph.Descending
			}
			title += " " + arrow
		}
		if c.right {
			line += t.FitRight(title, c.width)
		} else {
			line += t.Fit(title, c.width)
		}
	}
	return t.Muted.Paint(t.Fit(line, w))
}

// columnAt is the column drawn at cell x of a row.
func columnAt(cols []placed, x int) (placed, bool) {
	at := margin
	for _, c := range cols {
		if x >= at && x < at+c.width {
			return c, true
		}
		at += c.width + gap
	}
	return placed{}, false
}
