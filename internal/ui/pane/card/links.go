package card

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/safe"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
)

// Link is a link fit to be shown: its label, and where it really leads.
type Link struct {
	Label string
	URL   string // as written; Host is "" when it must not be opened
	Host  string
}

// Links are an entity's links, in the order in which they are written.
func Links(e *catalog.Entity) []Link {
	if e == nil {
		return nil
	}
	links := make([]Link, 0, len(e.Metadata.Links))
	for _, l := range e.Metadata.Links {
		label := l.Title
		if label == "" {
			label = l.Type
		}
		if label == "" {
			label = l.URL
		}
		links = append(links, Link{Label: label, URL: l.URL, Host: safe.Host(l.URL)})
	}
	return links
}

// OpenLink opens a link on the person's own machine, or copies it where that
// cannot be done. An address that is not plainly a web page or a mail address is
// only ever copied.
func OpenLink(s *pane.Session, raw string) tea.Cmd {
	link, ok := safe.URL(raw)
	if !ok {
		return pane.Copy(raw, "the address; it is not one that a browser should be given")
	}
	if s.OpenURL == nil {
		return pane.Copy(link, "the link")
	}
	return func() tea.Msg {
		if err := s.OpenURL(link); err != nil {
			return pane.ToastMsg{Text: "The link could not be opened: " + err.Error(), Bad: true}
		}
		return pane.ToastMsg{Text: "Opened " + safe.Host(link) + "."}
	}
}

// ChooseLink is the dialog over an entity's links.
func ChooseLink(s *pane.Session, e *catalog.Entity) tea.Cmd {
	links := Links(e)
	hint := "enter open  esc close"
	if s.OpenURL == nil {
		hint = "enter copy  esc close"
	}
	c := kit.NewChooser("Links", func(query string) []kit.Item {
		var items []kit.Item
		for _, l := range links {
			if !strings.Contains(strings.ToLower(l.Label+" "+l.URL), strings.ToLower(query)) {
				continue
			}
			it := kit.Item{ID: l.URL, Label: l.Label, Detail: l.Host}
			if l.Host == "" {
				it.Detail = "not a web address; it is copied"
			}
			items = append(items, it)
		}
		return items
	}, func(it kit.Item) tea.Cmd { return OpenLink(s, it.ID) })
	c.Hint, c.Empty = hint, "No link matches."
	return pane.Show(c)
}

// HasLinks is the condition for ChooseLink.
func HasLinks(e *catalog.Entity) (bool, string) {
	if e == nil || len(e.Metadata.Links) == 0 {
		return false, "It has no links."
	}
	return true, ""
}
