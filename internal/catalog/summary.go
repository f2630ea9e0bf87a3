package catalog

import (
	"strings"

	"github.com/idptui/idptui/internal/safe"
)

// Caps of a Summary, in bytes unless said otherwise. What is over is cut; the
// full text is in the entity.
const (
	summaryTitle       = 120
	summaryDescription = 200
	summaryWord        = 80 // type, lifecycle and each tag
	summaryTags        = 16 // tags kept
)

// Summarise is the part of a record that lists, filters and facets need. The
// title of a person or group without one is the profile's display name.
func Summarise(rec *Record) Summary {
	e := rec.Entity
	profile, _ := e.Spec["profile"].(map[string]any)
	s := Summary{
		Ref:         e.Ref(),
		Title:       summaryText(e.Metadata.Title, summaryTitle),
		Description: summaryText(e.Metadata.Description, summaryDescription),
		Type:        summaryText(e.SpecString("type"), summaryWord),
		Lifecycle:   summaryText(e.SpecString("lifecycle"), summaryWord),
		Owner:       summaryRef(e, &fieldOwner),
		System:      summaryRef(e, &fieldSystem),
		Source:      rec.Provenance.Source,
	}
	if name, ok := profile["displayName"].(string); ok && s.Title == "" {
		s.Title = summaryText(name, summaryTitle)
	}
	if email, ok := profile["email"].(string); ok {
		s.Email = summaryText(email, summaryTitle)
	}
	for _, tag := range e.Metadata.Tags[:min(len(e.Metadata.Tags), summaryTags)] {
		s.Tags = append(s.Tags, summaryText(tag, summaryWord))
	}
	s.Has = hasOf(e, &s)
	if len(rec.Problems) > 0 {
		s.Has |= HasProblems
	}
	return s
}

// summaryText is the start of a text on one line, its runs of white space made
// single spaces.
func summaryText(s string, limit int) string {
	s, cut := safe.Cap(s, limit+32) // room for white space that goes
	if strings.ContainsAny(s, "\t\r\n") || strings.Contains(s, "  ") || strings.HasPrefix(s, " ") || strings.HasSuffix(s, " ") {
		s = strings.Join(strings.Fields(s), " ")
	}
	s, more := safe.Cap(s, limit)
	if cut || more {
		s = strings.TrimRight(s, " ") + "…"
	}
	return s
}

// summaryRef is the canonical text of a reference field of the spec.
func summaryRef(e *Entity, f *field) string {
	text := e.SpecString(f.name)
	if text == "" {
		return ""
	}
	ref, err := f.ref.parse(text, e.Metadata.Namespace)
	if err != nil || !f.ref.allows(ref.Kind) {
		return ""
	}
	return ref.String()
}

// hasOf is what an entity has, seen from its fields, annotations and links.
func hasOf(e *Entity, s *Summary) Has {
	var has Has
	for _, p := range []struct {
		present bool
		has     Has
	}{
		{s.Owner != "", HasOwner},
		{s.System != "", HasSystem},
		{s.Description != "", HasDescription},
		{e.Metadata.Title != "", HasTitle},
		{len(e.Metadata.Tags) > 0, HasTags},
		{len(e.Metadata.Links) > 0, HasLinks},
		{s.Lifecycle != "", HasLifecycle},
		{s.Type != "", HasType},
		{e.Kind == KindAPI && e.SpecString("definition") != "", HasDefinition},
	} {
		if p.present {
			has |= p.has
		}
	}
	for key, value := range e.Metadata.Annotations {
		if value != "" {
			has |= annotationUse(key).has
		}
	}
	for i := range e.Metadata.Links {
		has |= linkUse(&e.Metadata.Links[i]).has
	}
	return has
}

// hasNames are the words of has: and missing:, by bit.
var hasNames = []struct {
	has  Has
	name string
}{
	{HasOwner, "owner"},
	{HasSystem, "system"},
	{HasDescription, "description"},
	{HasTitle, "title"},
	{HasTags, "tags"},
	{HasLinks, "links"},
	{HasDocs, "docs"},
	{HasRunbook, "runbook"},
	{HasDefinition, "definition"},
	{HasSourceCode, "source"},
	{HasOnCall, "on-call"},
	{HasChat, "chat"},
	{HasDashboard, "dashboard"},
	{HasProblems, "problems"},
	{HasLifecycle, "lifecycle"},
	{HasType, "type"},
}

// hasAliases are other words that people try.
var hasAliases = map[string]Has{
	"oncall": HasOnCall, "techdocs": HasDocs, "sourcecode": HasSourceCode, "source-code": HasSourceCode, "code": HasSourceCode,
	"tag": HasTags, "link": HasLinks, "runbooks": HasRunbook, "dashboards": HasDashboard, "api": HasDefinition, "warnings": HasProblems,
}

// Names are the words of the set, in a fixed order.
func (h Has) Names() []string {
	var names []string
	for _, n := range hasNames {
		if h&n.has != 0 {
			names = append(names, n.name)
		}
	}
	return names
}

// ParseHas reads a word of has: or missing:, ignoring case.
func ParseHas(word string) (Has, bool) {
	word = strings.ToLower(word)
	for _, n := range hasNames {
		if n.name == word {
			return n.has, true
		}
	}
	h, ok := hasAliases[word]
	return h, ok
}
