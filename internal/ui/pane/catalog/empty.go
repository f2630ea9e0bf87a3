package catalogpane

import (
	"strings"

	"github.com/idptui/idptui/internal/ui/kit"
)

// appendEmpty fills the room below the filter with why there are no rows, and
// what to do about it.
func (p *Pane) appendEmpty(lines []string, w, h int) []string {
	t := p.s.Theme
	if p.bad != nil && len(lines) < 2 {
		lines = append(lines, p.badLine(w))
	}
	head, rest := p.why()
	if h-len(lines) > 4 {
		lines = append(lines, "")
	}
	for i, text := range append([]string{head}, rest...) {
		for _, l := range kit.Wrap(text, max(4, w-4)) {
			if i == 0 {
				l = t.Strong.Paint(l)
			} else {
				l = t.Muted.Paint(l)
			}
			lines = append(lines, "  "+l)
		}
		if i == 0 && h > ruleHeight {
			lines = append(lines, "")
		}
	}
	return lines
}

// why is the one sentence on why the list is empty, and what to do.
func (p *Pane) why() (head string, rest []string) {
	if p.view.Len() == 0 {
		return p.whyNoCatalog()
	}
	key := func(id string) string {
		for _, b := range append(p.Bindings(), p.s.Keys.Bind("leave", nil)) {
			if b.ID == id {
				return b.KeyLabel()
			}
		}
		return ""
	}
	howToClear := key("leave") + " clears the filter, " + key("filter") + " edits it, " + key("facets") + " shows the values there are."
	if p.typing {
		howToClear = "ctrl+u clears the filter."
	}
	switch {
	case p.bad != nil:
		return "The filter cannot be read: " + p.whyBad() + ".", []string{howToClear}
	case p.result.Pending:
		return "The relations are still being read.", []string{"The list fills as soon as they are there."}
	case p.result.UnknownMe:
		return "It is not known who you are, so nothing is yours.", []string{
			"Set user: in the configuration to your entity, as in user: user:alice. Or set git's user.email to the e-mail address of your User entity.",
			howToClear,
		}
	}
	head = "Nothing matches this filter."
	if len(p.result.Notes) > 0 {
		head = "This filter cannot be answered." // unknown is not "none"
	}
	return head, append(p.hints(), howToClear)
}

func (p *Pane) whyNoCatalog() (head string, rest []string) {
	st := p.sources
	switch {
	case st.err != nil:
		return "The sources cannot be read.", []string{st.err.Error() + "."}
	case !st.loaded:
		return "Reading the catalog" + p.s.Theme.Glyph.Ellipsis, nil
	case len(st.list) == 0:
		return "There is no catalog yet.", []string{
			"Show idptui where yours is:  idptui --catalog FOLDER  reads every catalog file in a folder, whatever its name and " +
				"wherever it lies. The folder is remembered:  idptui  alone opens it the next time.",
			"Or name it under sources: in " + p.s.ConfigFile() + ", then run  idptui sync.",
			"Or look around first:  idptui demo  opens the catalog of a small shop.",
		}
	}
	var failed []string
	for _, s := range st.list {
		switch s.State {
		case "syncing", "new":
			return "Reading " + s.Name + " for the first time" + p.s.Theme.Glyph.Ellipsis, []string{s.Location}
		case "failed":
			failed = append(failed, s.Name+": "+s.Error)
		}
	}
	if len(failed) > 0 {
		return "No source could be read.", append(failed, "H shows how each source is, r tries again.")
	}
	names := make([]string, len(st.list))
	for i, s := range st.list {
		names[i] = s.Name
	}
	return "There is no entity in " + strings.Join(names, ", ") + ".", []string{
		"A source brings every YAML document whose apiVersion is backstage.io/v1alpha1. H shows what was found, E what was refused.",
	}
}
