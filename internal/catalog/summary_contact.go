package catalog

import (
	"maps"
	"slices"
	"strings"

	"github.com/idptui/idptui/internal/safe"
)

// Kinds of Contact.
const (
	ContactEmail  = "email"
	ContactChat   = "chat"
	ContactOnCall = "on-call"
)

// Contact is one way to reach the people behind an entity.
type Contact struct {
	Kind  string // ContactEmail, ContactChat or ContactOnCall
	Label string // the service, such as "Slack"; "" for email
	Text  string // an address, a channel, an id at the service
	URL   string // where it can be opened, or ""
}

// use is what an annotation or link is good for.
type use struct {
	has   Has
	label string
}

// annotationUses go by whole key, or by domain with its slash for every key of
// a service.
var annotationUses = map[string]use{
	"backstage.io/techdocs-ref":    {has: HasDocs},
	"backstage.io/techdocs-entity": {has: HasDocs},
	"backstage.io/source-location": {has: HasSourceCode},
	"github.com/project-slug":      {has: HasSourceCode},
	"gitlab.com/project-slug":      {has: HasSourceCode},
	"gitlab.com/project-id":        {has: HasSourceCode},
	"bitbucket.org/project-slug":   {has: HasSourceCode},
	"bitbucket.com/project-slug":   {has: HasSourceCode},
	"gitea.com/repo-slug":          {has: HasSourceCode},
	"dev.azure.com/project-repo":   {has: HasSourceCode},

	"grafana/dashboard-selector":  {has: HasDashboard},
	"grafana/overview-dashboard":  {has: HasDashboard},
	"datadoghq.com/dashboard-url": {has: HasDashboard},
	"datadoghq.com/graph-token":   {has: HasDashboard},
	"newrelic.com/dashboard-guid": {has: HasDashboard},

	"pagerduty.com/":                 {HasOnCall, "PagerDuty"},
	"opsgenie.com/":                  {HasOnCall, "Opsgenie"},
	"victorops.com/":                 {HasOnCall, "Splunk On-Call"},
	"splunk.com/on-call-team-name":   {HasOnCall, "Splunk On-Call"},
	"splunk.com/on-call-routing-key": {HasOnCall, "Splunk On-Call"},
	"ilert.com/":                     {HasOnCall, "iLert"},
	"firehydrant.com/":               {HasOnCall, "FireHydrant"},
	"incident.io/":                   {HasOnCall, "incident.io"},
	"rootly.com/":                    {HasOnCall, "Rootly"},
	"zenduty.com/":                   {HasOnCall, "Zenduty"},
	"squadcast.com/":                 {HasOnCall, "Squadcast"},
	"grafana/oncall-team":            {HasOnCall, "Grafana OnCall"},

	"slack.com/":           {HasChat, "Slack"},
	"teams.microsoft.com/": {HasChat, "Teams"},
	"mattermost.com/":      {HasChat, "Mattermost"},
	"discord.com/":         {HasChat, "Discord"},
	"chat.google.com/":     {HasChat, "Google Chat"},
	"zulip.com/":           {HasChat, "Zulip"},
	"rocket.chat/":         {HasChat, "Rocket.Chat"},
	"matrix.org/":          {HasChat, "Matrix"},

	// On every entity, and good for nothing of this: known here they are not looked
	// into.
	"backstage.io/managed-by-location":        {},
	"backstage.io/managed-by-origin-location": {},
}

// wordUses find the use of keys and titles that no table knows.
var wordUses = []struct {
	word string
	use  use
}{
	{"runbook", use{has: HasRunbook}},
	{"playbook", use{has: HasRunbook}},
	{"dashboard", use{has: HasDashboard}},
	{"on-call", use{has: HasOnCall}},
	{"oncall", use{has: HasOnCall}},
	{"on call", use{has: HasOnCall}},
	{"slack", use{HasChat, "Slack"}},
	{"mattermost", use{HasChat, "Mattermost"}},
	{"discord", use{HasChat, "Discord"}},
	{"teams-channel", use{HasChat, "Teams"}},
}

// hostUses find the use of a link by its host.
var hostUses = []struct {
	host string
	use  use
}{
	{"slack.com", use{HasChat, "Slack"}},
	{"teams.microsoft.com", use{HasChat, "Teams"}},
	{"discord.com", use{HasChat, "Discord"}},
	{"discord.gg", use{HasChat, "Discord"}},
	{"chat.google.com", use{HasChat, "Google Chat"}},
	{"pagerduty.com", use{HasOnCall, "PagerDuty"}},
	{"opsgenie.com", use{HasOnCall, "Opsgenie"}},
}

func annotationUse(key string) use {
	if u, ok := annotationUses[key]; ok {
		return u
	}
	slash := strings.IndexByte(key, '/')
	if u, ok := annotationUses[key[:slash+1]]; ok && slash >= 0 {
		return u
	}
	return wordUse(key[slash+1:])
}

func wordUse(text string) use {
	text = strings.ToLower(text)
	for i := range wordUses {
		if strings.Contains(text, wordUses[i].word) {
			return wordUses[i].use
		}
	}
	return use{}
}

// linkUse is what a link is good for, by its type, its title, then its host.
func linkUse(l *Link) use {
	if strings.EqualFold(l.Type, "chat") {
		return use{has: HasChat}
	}
	if u := wordUse(l.Type); u.has != 0 {
		return u
	}
	if u := wordUse(l.Title); u.has != 0 {
		return u
	}
	for i := range hostUses {
		if h := hostUses[i].host; strings.Contains(l.URL, h) { // parsing the address is dear
			if host := safe.Host(l.URL); host == h || strings.HasSuffix(host, "."+h) {
				return hostUses[i].use
			}
		}
	}
	return use{}
}

// Contacts are the ways to reach the people behind an entity: the profile's
// email, then chat and on-call from annotations by key, then from links. The
// people of a component are found at its owner.
func Contacts(e *Entity) []Contact {
	var out []Contact
	if profile, ok := e.Spec["profile"].(map[string]any); ok {
		if email, ok := profile["email"].(string); ok && email != "" {
			out = append(out, Contact{Kind: ContactEmail, Text: email, URL: "mailto:" + email})
		}
	}
	for _, key := range slices.Sorted(maps.Keys(e.Metadata.Annotations)) {
		value := safe.Line(e.Metadata.Annotations[key])
		u := annotationUse(key)
		kind := contactKind(u.has)
		if kind == "" || value == "" {
			continue
		}
		c := Contact{Kind: kind, Label: u.label, Text: value}
		c.URL, _ = safe.URL(value)
		out = append(out, c)
	}
	for i := range e.Metadata.Links {
		l := &e.Metadata.Links[i]
		u := linkUse(l)
		kind := contactKind(u.has)
		if kind == "" {
			continue
		}
		c := Contact{Kind: kind, Label: u.label, Text: l.Title}
		if c.Text == "" {
			c.Text = l.URL
		}
		c.URL, _ = safe.URL(l.URL)
		out = append(out, c)
	}
	return out
}

func contactKind(h Has) string {
	switch {
	case h&HasChat != 0:
		return ContactChat
	case h&HasOnCall != 0:
		return ContactOnCall
	}
	return ""
}

// SourceURL is the address of an entity's source code for a browser: its source
// location, else what its forge annotation makes, else where its descriptor can
// be viewed; "" where none is known.
func SourceURL(e *Entity) string {
	a := e.Metadata.Annotations
	if typ, target, err := ParseLocation(a["backstage.io/source-location"]); err == nil && typ == "url" {
		if url, ok := safe.URL(target); ok {
			return url
		}
	}
	host := a["gitlab.com/instance"]
	if host == "" {
		host = "gitlab.com"
	}
	for _, forge := range []struct{ key, base string }{
		{"github.com/project-slug", "https://github.com/"},
		{"gitlab.com/project-slug", "https://" + host + "/"},
		{"bitbucket.org/project-slug", "https://bitbucket.org/"},
	} {
		if slug := a[forge.key]; slug != "" {
			if url, ok := safe.URL(forge.base + slug); ok {
				return url
			}
		}
	}
	url, _ := safe.URL(a["backstage.io/view-url"])
	return url
}
