package card

import (
	"strings"

	"github.com/idptui/idptui/internal/catalog"
)

// Contact is one way to reach somebody.
type Contact struct {
	Word string // "Chat", "Mail", "On call"
	Text string
	URL  string // "" where there is no address to open
}

// contactWords are the kinds of contact in the order in which a page lists them.
func contactWords() []struct{ kind, word string } {
	return []struct{ kind, word string }{
		{catalog.ContactChat, "Chat"},
		{catalog.ContactEmail, "Mail"},
		{catalog.ContactOnCall, "On call"},
	}
}

// Ask are the contacts for an entity, at most one of a kind: its own, and its
// owner's where it has none.
func (f Facts) Ask() []Contact {
	var list []Contact
	for _, w := range contactWords() {
		for _, rec := range []*catalog.Record{f.Record, f.Owner} {
			if c, ok := best(rec, w.kind); ok {
				list = append(list, Contact{Word: w.word, Text: said(c), URL: c.URL})
				break
			}
		}
	}
	return list
}

// best is the contact of a kind that says most to a person: the name of a channel
// rather than its number.
func best(rec *catalog.Record, kind string) (found catalog.Contact, ok bool) {
	if rec == nil || rec.Entity == nil {
		return catalog.Contact{}, false
	}
	for _, c := range catalog.Contacts(rec.Entity) {
		if c.Kind != kind {
			continue
		}
		if !ok || !named(found) && named(c) {
			found, ok = c, true
		}
	}
	return found, ok
}

func named(c catalog.Contact) bool {
	return strings.HasPrefix(c.Text, "#") || strings.HasPrefix(c.Text, "@")
}

// said is a contact's text with the service that it means something to.
func said(c catalog.Contact) string {
	if c.Kind == catalog.ContactEmail || named(c) || c.Label == "" || strings.Contains(strings.ToLower(c.Text), strings.ToLower(c.Label)) {
		return c.Text
	}
	return c.Label + " " + c.Text
}
