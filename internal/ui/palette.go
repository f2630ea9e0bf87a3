package ui

import (
	"errors"
	"strconv"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
)

// paletteEntities is how many entities the palette lists for what is typed.
const paletteEntities = 50

// What an item of the palette is, as the start of its id.
const (
	itemAction = "action "
	itemEntity = "entity "
	itemView   = "view "
)

// palette opens one box over every action of this place, every saved view and
// every entity.
func (m *Model) palette() tea.Cmd {
	bindings := m.bindings()
	found := &entityFinder{m: m}
	source := func(query string) []kit.Item {
		query = strings.TrimSpace(query)
		known := append(actionItems(bindings), m.viewItems()...)
		if query == "" {
			return known
		}
		return ranked(query, known, found)
	}
	c := kit.NewChooser("Palette", source, func(it kit.Item) tea.Cmd {
		if ref, ok := strings.CutPrefix(it.ID, itemEntity); ok {
			return pane.Go(pane.Place{Pane: pane.Entity, Ref: ref})
		}
		if n, ok := strings.CutPrefix(it.ID, itemView); ok {
			return m.openView(n)
		}
		return runItem(bindings, it)
	})
	c.Empty = "No action, view or entity matches."
	return m.show(c)
}

// help lists what can be done here; choosing an action does it.
func (m *Model) help() tea.Cmd {
	bindings := m.bindings()
	c := kit.NewChooser("Help: "+m.title(), func(query string) []kit.Item {
		if query = strings.TrimSpace(query); query != "" {
			return ranked(query, actionItems(bindings), nil)
		}
		return grouped(bindings)
	}, func(it kit.Item) tea.Cmd { return runItem(bindings, it) })
	c.Hint, c.Empty = "enter do it  esc close", "No action matches."
	return m.show(c)
}

func runItem(bindings []kit.Binding, it kit.Item) tea.Cmd {
	for _, b := range bindings {
		if itemAction+b.ID == it.ID {
			return run(b)
		}
	}
	return nil
}

// grouped puts the bindings under the headings of their groups, those of this
// place first.
func grouped(bindings []kit.Binding) []kit.Item {
	var items []kit.Item
	for _, g := range kit.Groups() {
		head := false
		for _, b := range bindings {
			if b.Group != g {
				continue
			}
			if !head {
				items = append(items, kit.Item{Label: g, Heading: true})
				head = true
			}
			items = append(items, actionItem(b))
		}
	}
	return items
}

// actionItems are all bindings; those that cannot run now come last.
func actionItems(bindings []kit.Binding) []kit.Item {
	var can, cannot []kit.Item
	for _, b := range bindings {
		it := actionItem(b)
		if it.Reason == "" {
			can = append(can, it)
		} else {
			cannot = append(cannot, it)
		}
	}
	return append(can, cannot...)
}

func actionItem(b kit.Binding) kit.Item {
	it := kit.Item{ID: itemAction + b.ID, Label: b.Title, Right: strings.Join(b.Keys, " ")}
	if ok, reason := b.Can(); !ok {
		it.Reason = reason
	}
	return it
}

// viewItems are the saved views of the configuration.
func (m *Model) viewItems() []kit.Item {
	items := make([]kit.Item, len(m.s.Views))
	for i, v := range m.s.Views {
		items[i] = kit.Item{ID: itemView + strconv.Itoa(i), Label: v.Name, Detail: "view  " + v.Query}
	}
	return items
}

func (m *Model) openView(n string) tea.Cmd {
	i, err := strconv.Atoi(n)
	if err != nil || i < 0 || i >= len(m.s.Views) {
		return nil
	}
	return pane.Go(m.s.Views[i].At())
}

// ranked are the items that fit what was typed: first what is called just that,
// then known items with a word that begins so, then entities as the catalog ranks
// them, then known items that only have the letters in that order. What cannot be
// chosen now comes last.
func ranked(query string, known []kit.Item, entities *entityFinder) []kit.Item {
	const (
		same = iota
		word
		letters
		disabled
		none
	)
	var tier [none][]kit.Item
	for _, it := range known {
		at := none
		switch {
		case it.Reason != "" && subsequence(it.Label, query):
			at = disabled
		case it.Reason != "":
		case strings.EqualFold(it.Label, query) || it.ID == itemAction+query:
			at = same
		case beginsWord(it.Label, query):
			at = word
		case subsequence(it.Label, query):
			at = letters
		}
		if at < none {
			tier[at] = append(tier[at], it)
		}
	}
	exact, rest, note := entities.find(query)
	items := append(exact, tier[same]...)
	for _, more := range [][]kit.Item{tier[word], rest, tier[letters], tier[disabled], note} {
		items = append(items, more...)
	}
	return items
}

// beginsWord tells whether a word of text begins with query.
func beginsWord(text, query string) bool {
	text, query = strings.ToLower(text), strings.ToLower(query)
	for at := 0; ; {
		i := strings.Index(text[at:], query)
		if i < 0 {
			return false
		}
		at += i
		if at == 0 || !unicode.IsLetter(rune(text[at-1])) {
			return true
		}
		at++
	}
}

// subsequence tells whether the letters of query stand in text in their order.
func subsequence(text, query string) bool {
	rest := []rune(strings.ToLower(text))
	for _, want := range strings.ToLower(query) {
		if want == ' ' {
			continue
		}
		at := -1
		for i, r := range rest {
			if r == want {
				at = i
				break
			}
		}
		if at < 0 {
			return false
		}
		rest = rest[at+1:]
	}
	return true
}

// sentence is what is wrong with a query, without the query.
func sentence(err error) string {
	var qe *catalog.QueryError
	if !errors.As(err, &qe) {
		return err.Error()
	}
	if qe.Hint == "" {
		return qe.Reason
	}
	return qe.Reason + "; " + qe.Hint
}

// entityFinder looks for entities while somebody types; what a longer query finds
// is among what the shorter one found.
type entityFinder struct {
	m    *Model
	last *catalog.Result
}

// find gives the entities of just that name, the best others, and a note where
// the text is no query.
func (f *entityFinder) find(query string) (exact, rest, note []kit.Item) {
	if f == nil {
		return nil, nil, nil
	}
	q, err := catalog.ParseQuery(query)
	if err != nil {
		return nil, nil, []kit.Item{{Label: "This is no query", Reason: sentence(err)}}
	}
	s := f.m.s
	view := s.Portal.View()
	found, err := view.Select(s.Ctx, q, s.Query(), catalog.Sort{}, f.last)
	if err != nil {
		return nil, nil, nil // the session is over
	}
	f.last = found
	for _, id := range found.IDs[:min(paletteEntities, len(found.IDs))] {
		row := view.Row(id)
		detail := strings.ToLower(row.Kind())
		if title := row.Title(); title != "" && !strings.EqualFold(title, row.Name()) {
			detail += "  " + title
		}
		it := kit.Item{ID: itemEntity + row.Ref().String(), Label: row.Ref().Display(row.Kind()), Detail: detail}
		if strings.EqualFold(row.Name(), query) {
			exact = append(exact, it)
		} else {
			rest = append(rest, it)
		}
	}
	return exact, rest, note
}
