package catalogpane

import (
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
)

func sorted(list []string) []string {
	slices.Sort(list)
	return list
}

// contains tells whether text has the typed letters, ignoring case.
func contains(text, typed string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(strings.TrimSpace(typed)))
}

// chooseSort is the dialog over the orders. The order in use stands first, so that
// enter alone turns it round.
func (p *Pane) chooseSort() tea.Cmd {
	source := func(typed string) []kit.Item {
		t := p.s.Theme
		usual := kit.Item{ID: "", Label: "best match first", Checked: p.sort.Field == ""}
		items := []kit.Item{usual}
		for _, f := range catalog.SortFields() {
			it := kit.Item{ID: f, Label: f, Checked: strings.EqualFold(f, p.sort.Field)}
			if it.Checked {
				it.Detail, it.Right = "again turns it round", t.Glyph.Ascending
				if p.sort.Desc {
					it.Right = t.Glyph.Descending
				}
				items = slices.Insert(items, 0, it)
				continue
			}
			items = append(items, it)
		}
		return slices.DeleteFunc(items, func(it kit.Item) bool { return !contains(it.Label, typed) })
	}
	return pane.Show(kit.NewChooser("Sort", source, func(it kit.Item) tea.Cmd { return p.sortBy(it.ID) }))
}

// sortBy orders by a field, the other way round where it was the order already.
func (p *Pane) sortBy(field string) tea.Cmd {
	if field != "" && strings.EqualFold(field, p.sort.Field) {
		p.sort.Desc = !p.sort.Desc
	} else {
		p.sort = catalog.Sort{Field: field}
	}
	p.choose(catalog.Ref{})
	return p.follow()
}

func (p *Pane) clickHeader(x int, a arrangement) tea.Cmd {
	c, ok := columnAt(place(p.chosen(), p.listRoom(a), p.longest), x)
	if !ok {
		return nil
	}
	field := sortable(c.id)
	if field == "" {
		return pane.Refuse("The list cannot be sorted by " + c.title + ".")
	}
	return p.sortBy(field)
}

// chooseColumns switches columns on and off for lists of this kind.
func (p *Pane) chooseColumns() tea.Cmd {
	source := func(typed string) []kit.Item {
		chosen, hidden := p.chosen(), p.hidden()
		var items []kit.Item
		for _, c := range allColumns() {
			if !contains(c.title, typed) {
				continue
			}
			it := kit.Item{ID: c.id, Label: c.title, Checked: slices.Contains(chosen, c.id)}
			if slices.Contains(hidden, c.id) {
				it.Detail = "hidden, no room"
			}
			items = append(items, it)
		}
		return items
	}
	title := "Columns"
	if p.kind != "" {
		title += " of a list of kind " + p.kind
	}
	c := kit.NewChooser(title, source, func(it kit.Item) tea.Cmd { p.toggleColumn(it.ID); return nil })
	c.Toggle, c.Hint = true, "enter on or off  esc close"
	return pane.Show(c)
}

// toggleColumn switches a column. New ones come last, in the order in which they
// are switched on; the name stays, since a row without one is of no use.
func (p *Pane) toggleColumn(id string) {
	own := slices.Clone(p.chosen())
	i := slices.Index(own, id)
	switch {
	case id == "name":
		return
	case i >= 0:
		own = slices.Delete(own, i, i+1)
	default:
		own = append(own, id)
	}
	p.columns[p.kind] = own
}

// mostValues bounds a facet: a catalog of some size has thousands of owners, and
// nobody looks for one of those by paging.
const mostValues = 500

// facets is the dialog over the values of the rows, with how many rows each would
// leave; choosing one edits the filter and stays open.
func (p *Pane) facets() tea.Cmd {
	var all []catalog.Facet
	var of *catalog.Query
	source := func(typed string) []kit.Item {
		if of != p.query {
			all, _ = p.view.Facets(p.s.Ctx, p.query, p.s.Query(), mostValues) // the error is the session's end
			of = p.query
		}
		return facetItems(p.s.Theme, all, typed)
	}
	c := kit.NewChooser("Narrow the list", source, func(it kit.Item) tea.Cmd {
		field, value, _ := strings.Cut(it.ID, "\x00")
		return p.setQuery(p.query.Toggle(field, value).String())
	})
	c.Toggle, c.Hint = true, "enter on or off  esc close"
	c.Empty = "No value matches."
	return pane.Show(c)
}

// facetItems are the values under the headings of their fields; typing finds a
// value by its name or by its field.
func facetItems(t *kit.Theme, all []catalog.Facet, typed string) []kit.Item {
	var items []kit.Item
	for _, f := range all {
		head := false
		for _, v := range f.Values {
			if !contains(f.Field+" "+v.Label, typed) {
				continue
			}
			if !head {
				items = append(items, kit.Item{Label: f.Field, Heading: true})
				head = true
			}
			items = append(items, kit.Item{
				ID: f.Field + "\x00" + v.Value, Label: v.Label, Checked: v.Selected, Right: pane.Count(v.Count),
			})
		}
	}
	return items
}

// builtIn are the saved views that everybody has.
func builtIn() []pane.SavedView {
	return []pane.SavedView{
		{Name: "All"},
		{Name: "Services", Query: "kind:component type:service"},
		{Name: "APIs", Query: "kind:api"},
		{Name: "Mine", Query: "owner:me"},
		{Name: "Starred", Query: "is:starred"},
		{Name: "Teams", Query: "kind:group"},
		{Name: "People", Query: "kind:user"},
		{Name: "Missing an owner", Query: "missing:owner -kind:user,group,location"},
	}
}

func (p *Pane) allViews() []pane.SavedView {
	return append(slices.Clone(p.s.Views), builtIn()...)
}

// viewName is the saved view whose filter is the one in the input, or "".
func (p *Pane) viewName() string {
	text := strings.TrimSpace(p.input.Value())
	if text == "" {
		return ""
	}
	for _, v := range p.allViews() {
		if strings.TrimSpace(v.Query) == text {
			return v.Name
		}
	}
	return ""
}

// views is the dialog over saved views: those of the configuration, then those
// that everybody has.
func (p *Pane) views() tea.Cmd {
	all := p.allViews()
	source := func(typed string) []kit.Item {
		var items []kit.Item
		for i, v := range all {
			if !contains(v.Name+" "+v.Query, typed) {
				continue
			}
			items = append(items, kit.Item{
				ID: strconv.Itoa(i), Label: v.Name, Detail: v.Query, Checked: strings.TrimSpace(v.Query) == strings.TrimSpace(p.input.Value()),
			})
		}
		return items
	}
	return pane.Show(kit.NewChooser("Saved views", source, func(it kit.Item) tea.Cmd {
		i, err := strconv.Atoi(it.ID)
		if err != nil {
			return nil
		}
		return p.useView(all[i])
	}))
}

func (p *Pane) useView(v pane.SavedView) tea.Cmd {
	p.sort, _ = catalog.ParseSort(v.Sort) // the configuration was checked when it was read
	cmd := p.setQuery(v.Query)
	p.showColumns(v.At().Columns)
	return cmd
}

// showColumns takes over the columns of a saved view, as a Place has them.
func (p *Pane) showColumns(ids string) {
	if ids != "" {
		p.columns[p.kind] = strings.Split(ids, ",")
	}
}
