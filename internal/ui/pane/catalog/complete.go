package catalogpane

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/catalog"
)

// completion is what tab would add to the filter while it is typed: the rest of a
// qualifier, or of a value that rows have.
type completion struct {
	rest   string
	view   *catalog.View // the one that facets are of
	facets []catalog.Facet
}

// leastQualifier is how much of a qualifier has to be there: less is a name that
// somebody looks for.
const leastQualifier = 2

// suggest works out what tab would add, after the text has changed.
func (p *Pane) suggest() {
	p.complete.rest = ""
	text := p.input.Value()
	if strings.Count(text, `"`)%2 == 1 { // inside a quoted value
		return
	}
	word := strings.TrimLeft(text[strings.LastIndexByte(text, ' ')+1:], "-")
	field, values, isTerm := strings.Cut(word, ":")
	if isTerm {
		p.complete.rest = rest(values[strings.LastIndexByte(values, ',')+1:], p.values(field))
		return
	}
	if len(word) < leastQualifier {
		return
	}
	for _, name := range catalog.QueryFields() {
		if tail := rest(word, []string{name}); tail != "" || strings.EqualFold(word, name) {
			p.complete.rest = tail + ":"
			return
		}
	}
}

// values are those that rows have in a field, the most frequent first.
func (p *Pane) values(field string) []string {
	if p.complete.view != p.view {
		p.complete.view = p.view
		if all, err := catalog.ParseQuery(""); err == nil {
			p.complete.facets, _ = p.view.Facets(p.s.Ctx, all, p.s.Query(), mostValues) // the error is the session's end
		}
	}
	var values []string
	if strings.EqualFold(field, "owner") && p.s.Actor.User != "" {
		values = append(values, "me")
	}
	for _, f := range p.complete.facets {
		if !strings.EqualFold(f.Field, field) {
			continue
		}
		for _, v := range f.Values {
			values = append(values, v.Value)
		}
	}
	return values
}

// rest is what the first candidate that begins with typed, whatever the case, has
// more than that. One that would need quotes is none.
func rest(typed string, candidates []string) string {
	for _, c := range candidates {
		if len(c) > len(typed) && strings.EqualFold(c[:len(typed)], typed) && !strings.ContainsAny(c, " ,\"") {
			return c[len(typed):]
		}
		if strings.EqualFold(c, typed) {
			return ""
		}
	}
	return ""
}

// ghost is what tab would add, where the cursor is at the end of the text.
func (p *Pane) ghost() string {
	if !p.typing || !p.input.AtEnd() {
		return ""
	}
	return p.complete.rest
}

// accept adds it.
func (p *Pane) accept() tea.Cmd {
	ghost := p.ghost()
	if ghost == "" {
		return nil
	}
	return p.edit(tea.PasteMsg{Content: ghost})
}
