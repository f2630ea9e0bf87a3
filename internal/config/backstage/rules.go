package backstage

import (
	"regexp"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/idptui/idptui/internal/catalog"
)

// rule is one of catalog.rules: kinds, and the locations that may bring them.
type rule struct {
	kinds []string
	only  []matcher // nil: any location
}

// matcher is a location that a rule is for; "" matches all.
type matcher struct{ kind, exact, pattern string }

// defaultKinds are what Backstage admits where catalog.rules says nothing.
var defaultKinds = []string{catalog.KindComponent, catalog.KindAPI, catalog.KindLocation}

// knownKinds in the order in which a configuration lists them.
var knownKinds = []string{
	catalog.KindComponent, catalog.KindAPI, catalog.KindResource, catalog.KindSystem, catalog.KindDomain,
	catalog.KindLocation, catalog.KindGroup, catalog.KindUser, catalog.KindTemplate, catalog.KindAIResource,
}

// trustedKinds need a trusted source.
var trustedKinds = []string{catalog.KindGroup, catalog.KindUser, catalog.KindTemplate}

var kindName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]{0,62}$`)

// readRules reads catalog.rules, once.
func (c *converter) readRules() []rule {
	rules := c.root.get("catalog", "rules")
	if rules == nil {
		c.note(c.root.get("catalog"), "catalog.rules", "it is not set, so Backstage admits Component, API and Location alone; kinds says the same",
			"add Resource, System and Domain to kinds to see those too")
		return []rule{{kinds: defaultKinds}}
	}
	var out []rule
	for i, v := range c.items(rules, "catalog.rules", maxRules) {
		key := index("catalog.rules", i)
		r := rule{kinds: c.allowed(v.get("allow"), key+".allow")}
		if only := v.get("locations"); only != nil {
			r.only = []matcher{}
			for j, m := range c.items(only, key+".locations", maxMatchers) {
				r.only = append(r.only, c.matcher(m, index(key+".locations", j)))
			}
		}
		out = append(out, r)
	}
	return out
}

func (c *converter) matcher(v *value, key string) matcher {
	var m matcher
	m.kind, _ = c.text(v.get("type"), key+".type")
	m.exact, _ = c.text(v.get("exact"), key+".exact")
	m.pattern, _ = c.text(v.get("pattern"), key+".pattern")
	if m.kind == "" || m.pattern != "" && !patternFits(m.pattern) || m.exact == "" && v.get("exact") != nil || m.pattern == "" && v.get("pattern") != nil {
		c.note(v, key, "the location of this rule cannot be read", "the rule was left out; widen kinds by hand")
		return matcher{kind: "none"}
	}
	return m
}

// maxWild is how many wildcards a pattern may have: each can double the time that
// a match takes.
const maxWild = 12

func patternFits(p string) bool {
	wild := strings.Count(p, "**") + strings.Count(p, "{") + strings.Count(p, "*")
	return len(p) <= 2000 && wild <= maxWild && doublestar.ValidatePattern(p)
}

// allowed reads a list of kinds, each a name or {kind, spec.type}.
func (c *converter) allowed(list *value, key string) []string {
	var kinds []string
	for i, item := range list.list() {
		at := index(key, i)
		if item.kind == isObject {
			if item.get("spec.type") != nil {
				c.note(item, at, "kinds cannot be narrowed by spec.type", "every type of the kind is admitted")
			}
			item = item.get("kind")
		}
		text, ok := c.text(item, at)
		if !ok {
			continue
		}
		if !kindName.MatchString(text) {
			c.note(item, at, "it is no name of a kind", "")
			continue
		}
		for _, known := range knownKinds {
			if strings.EqualFold(known, text) {
				text = known
			}
		}
		if !slices.Contains(kinds, text) && len(kinds) < maxKinds {
			kinds = append(kinds, text)
		}
	}
	return kinds
}

// admitted are the kinds that a location may bring: what the global rules allow
// it, and its own. target is as written, resolved what a file became.
func (c *converter) admitted(kind, target, resolved string, own []string) []string {
	if c.rules == nil {
		c.rules = c.readRules()
	}
	have := slices.Clone(own)
	for _, r := range c.rules {
		if r.only == nil || slices.ContainsFunc(r.only, func(m matcher) bool {
			return m.matches(kind, target) || resolved != "" && m.matches(kind, resolved)
		}) {
			have = append(have, r.kinds...)
		}
	}
	rank := func(k string) int {
		if i := slices.Index(knownKinds, k); i >= 0 {
			return i
		}
		return len(knownKinds)
	}
	slices.SortFunc(have, func(a, b string) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	have = slices.Compact(have)
	return have[:min(len(have), maxKinds)]
}

func (m matcher) matches(kind, target string) bool {
	return m.kind == kind && (m.exact == "" || m.exact == target) &&
		(m.pattern == "" || doublestar.MatchUnvalidated(strings.ToLower(m.pattern), strings.ToLower(target)))
}

// trusted tells whether kinds need a trusted source.
func trusted(kinds []string) bool {
	return slices.ContainsFunc(kinds, func(k string) bool { return slices.Contains(trustedKinds, k) })
}
