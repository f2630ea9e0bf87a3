package entity

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/safe"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/pane/card"
)

const (
	// wideAbout is the width from which the relations stand beside the facts.
	wideAbout = 100
	// narrowAbout is the width below which the owner comes before all else: on a
	// phone one looks for whom to ask.
	narrowAbout = 60
	// mostRelated bounds a group of relations on this tab; the relations' own tab
	// has them all.
	mostRelated = 12
	// mostText bounds a description; the source's tab has it whole.
	mostText = 64 << 10
)

func (p *Pane) about(w int) body {
	t := p.s.Theme
	if len(p.inferred()) > 0 {
		return p.aboutInferred(w)
	}
	if w < wideAbout {
		c := &column{t: t, w: w}
		if w < narrowAbout {
			p.people(c)
			p.description(c)
		} else {
			p.description(c)
			p.people(c)
		}
		p.faultList(c)
		p.linkList(c)
		p.related(c)
		p.details(c)
		return columnsBody(t, c)
	}
	left := &column{t: t, w: w*11/20 - columnGap}
	p.description(left)
	p.people(left)
	p.faultList(left)
	p.linkList(left)
	p.details(left)
	right := &column{t: t, w: w - left.w - columnGap, col: 1}
	p.related(right)
	return columnsBody(t, left, right)
}

func (p *Pane) description(c *column) {
	text := ""
	switch {
	case p.facts.Record != nil:
		text = p.facts.Record.Entity.Metadata.Description
	case p.listed:
		text = p.row.Description()
	}
	text, cut := safe.Cap(strings.TrimSpace(text), mostText)
	if text == "" {
		return
	}
	c.space()
	for _, l := range kit.Wrap(text, max(4, c.w-2)) {
		c.add(l)
	}
	if cut {
		c.stop(target{tab: tabSource})
		c.add(c.t.Faint.Paint(c.t.Glyph.Ellipsis + " the rest is in the source"))
	}
	c.space()
}

// people says who owns it, where to ask, and what it belongs to.
func (p *Pane) people(c *column) {
	if !p.listed && p.facts.Record == nil {
		return
	}
	p.owner(c)
	for _, contact := range p.facts.Ask() {
		to := target{url: contact.URL}
		if contact.URL == "" {
			to.text = contact.Text
		}
		c.fact(contact.Word, contact.Text, to)
	}
	if sys := p.row.System(); !sys.IsZero() {
		c.factLine("System", p.named(sys, "system"), target{ref: sys})
	}
	if d := p.facts.Domain; !d.IsZero() {
		c.factLine("Domain", p.named(d, "domain"), target{ref: d})
	}
}

func (p *Pane) owner(c *column) {
	owner := p.row.Owner()
	if !owner.IsZero() {
		c.factLine("Owner", p.named(owner, "group"), target{ref: owner})
		return
	}
	switch strings.ToLower(p.ref.Kind) {
	case "user", "group", "location":
	default:
		c.factLine("Owner", c.t.Warn.Paint("none")+c.t.Faint.Paint("  nobody is named as its owner"), target{})
	}
}

// named is a ref with its title, or with the word that it leads nowhere.
func (p *Pane) named(ref catalog.Ref, kind string) string {
	t := p.s.Theme
	name := t.Accent.Paint(ref.Display(kind))
	row, ok := p.view.Find(ref)
	switch {
	case !ok:
		return name + "  " + t.Warn.Paint("not in the catalog")
	case row.Title() != "" && !strings.EqualFold(row.Title(), row.Name()):
		return name + "  " + t.Muted.Paint(row.Title())
	}
	return name
}

func (p *Pane) linkList(c *column) {
	if p.facts.Record == nil {
		if !p.loaded {
			c.space()
			c.add(c.t.Faint.Paint("Reading the rest" + c.t.Glyph.Ellipsis))
		}
		return
	}
	links := card.Links(p.facts.Record.Entity)
	if len(links) == 0 {
		return
	}
	c.heading("Links", "")
	wide := 0
	for _, l := range links {
		wide = max(wide, kit.Width(l.Label))
	}
	wide = min(wide, c.w/2)
	for _, l := range links {
		host := c.t.Faint.Paint(l.Host)
		if l.Host == "" {
			host = c.t.Faint.Paint(l.URL)
		}
		c.stop(target{url: l.URL})
		c.add(c.t.Accent.Paint(c.t.Fit(l.Label, wide)) + "  " + host)
	}
}

// related lists the relations that the facts do not tell yet.
func (p *Pane) related(c *column) {
	if p.loaded && !p.facts.View.RelationsReady() {
		c.heading("Relations", "")
		c.add(c.t.Faint.Paint("still being read" + c.t.Glyph.Ellipsis))
		return
	}
	groups := p.untold()
	wide := 0
	for _, g := range groups {
		for _, r := range g.Items[:min(len(g.Items), mostRelated)] {
			wide = max(wide, kit.Width(card.Name(r.Ref)))
		}
	}
	for _, g := range groups {
		items := g.Items
		c.heading(g.Title, pane.Count(len(items)))
		for i, r := range items {
			if i == mostRelated {
				c.stop(target{tab: tabRelations})
				c.add(c.t.Faint.Paint(fmt.Sprintf("   %s more", pane.Count(len(items)-i))))
				break
			}
			c.stop(target{ref: r.Ref})
			c.add(p.arrow(g.Out) + " " + p.relatedText(r, min(wide, c.w/2), c.w-3))
		}
	}
}

// untold are the groups of relations without what the facts tell: the owner and
// the system.
func (p *Pane) untold() []card.Group {
	var groups []card.Group
	for _, g := range p.facts.Groups {
		if g.Type == "partOf" {
			g.Items = slices.DeleteFunc(slices.Clone(g.Items), func(r catalog.Related) bool { return r.Ref.Equal(p.row.System()) })
		}
		if g.Type != "ownedBy" && len(g.Items) > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}

func (p *Pane) arrow(out bool) string {
	t := p.s.Theme
	if out {
		return t.Muted.Paint(t.Glyph.Into)
	}
	return t.Muted.Paint(t.Glyph.OutOf)
}

// typeWidth is the column of what a related entity is.
const typeWidth = 14

// relatedText is a related entity in w cells: its name, what it is, and its title
// or description.
func (p *Pane) relatedText(r catalog.Related, name, w int) string {
	t := p.s.Theme
	line := t.Accent.Paint(t.Fit(card.Name(r.Ref), name)) + "  "
	if !r.Known {
		return t.Fit(line+t.Warn.Paint("not in the catalog"), w)
	}
	what := r.Row.Type()
	if what == "" {
		what = strings.ToLower(r.Row.Kind())
	}
	line += t.Muted.Paint(t.Fit(what, min(typeWidth, max(0, w-name-2))))
	about := r.Row.Title()
	if about == "" || strings.EqualFold(about, r.Row.Name()) {
		about = r.Row.Description()
	}
	if room := w - name - typeWidth - 4; room >= 12 {
		line += "  " + t.Faint.Paint(t.Clip(about, room))
	}
	return t.Fit(line, w)
}

// details are the parts of the document that nothing else on the page shows.
func (p *Pane) details(c *column) {
	if p.listed && len(p.row.Tags()) > 0 {
		c.space()
		c.fact("Tags", strings.Join(p.row.Tags(), " "+c.t.Glyph.Dot+" "), target{})
	}
	if p.facts.Record == nil {
		return
	}
	e := p.facts.Record.Entity
	p.pairs(c, "Spec", spec(e))
	p.pairs(c, "Labels", stringPairs(e.Metadata.Labels))
	p.pairs(c, "Annotations", stringPairs(e.Metadata.Annotations))
	p.pairs(c, "More metadata", anyPairs(e.Metadata.Extra))
}

type pair struct{ key, value string }

// pairs adds keys and values in two columns; a key that is too long for its
// column has its value on the next line.
func (p *Pane) pairs(c *column, title string, list []pair) {
	if len(list) == 0 {
		return
	}
	c.heading(title, "")
	at := 0
	for _, kv := range list {
		at = max(at, kit.Width(kv.key))
	}
	at = min(at, c.w*3/5)
	for _, kv := range list {
		link, isLink := safe.URL(kv.value)
		if isLink {
			c.stop(target{url: link})
		}
		room := c.w - at - 4
		if kit.Width(kv.key) > at {
			c.add(c.t.Muted.Paint(kv.key))
			c.value("  ", kv.value, c.w-4, isLink)
			continue
		}
		c.value(c.t.Muted.Paint(c.t.Fit(kv.key, at))+"  ", kv.value, room, isLink)
	}
}

// value adds a value after what stands before it; a long one goes on below
// itself, but for a link, which is cut: it opens whole.
func (c *column) value(before, text string, room int, link bool) {
	if link {
		c.add(before + c.t.Accent.Paint(c.t.Clip(text, max(4, room))))
		return
	}
	indent := kit.Spaces(kit.Width(before))
	text, cut := safe.Cap(text, mostText)
	if cut {
		text += c.t.Glyph.Ellipsis
	}
	for i, l := range kit.Wrap(text, max(4, room)) {
		if i > 0 {
			before = indent
		}
		c.add(before + l)
	}
}

func stringPairs(m map[string]string) []pair {
	var list []pair
	for _, k := range slices.Sorted(maps.Keys(m)) {
		list = append(list, pair{k, m[k]})
	}
	return list
}

// spec are the keys that the page shows in no other place: not in its head, among
// the facts, as relations, or on a tab of their own.
func spec(e *catalog.Entity) []pair {
	return slices.DeleteFunc(anyPairs(e.Spec), func(kv pair) bool {
		switch kv.key {
		case "type", "lifecycle", "owner", "system", "domain", "profile", "definition",
			"dependsOn", "dependencyOf", "providesApis", "consumesApis", "subcomponentOf",
			"subdomainOf", "parent", "children", "members", "memberOf":
			return true
		}
		return false
	})
}

func anyPairs(m map[string]any) []pair {
	var list []pair
	for _, k := range slices.Sorted(maps.Keys(m)) {
		list = append(list, pair{k, inWords(m[k])})
	}
	return list
}

// inWords is a value on one line: texts, numbers and lists of these as they are,
// what is deeper by its size.
func inWords(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case []any:
		words := make([]string, 0, len(v))
		for _, item := range v {
			switch item.(type) {
			case []any, map[string]any:
				return pane.Plural(len(v), "item", "items") + ", see the source"
			}
			words = append(words, inWords(item))
		}
		return strings.Join(words, ", ")
	case map[string]any:
		return pane.Plural(len(v), "field", "fields") + ", see the source"
	}
	return ""
}
