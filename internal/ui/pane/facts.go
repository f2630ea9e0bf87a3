package pane

import (
	"fmt"
	"strings"
	"time"
)

// Age is how long ago t was, short enough for a column: "now", "40 s", "3 min",
// "2 h", "5 d", "8 mon", "3 y"; "never" for the zero time.
func Age(now, t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	const day = 24 * time.Hour
	switch d := now.Sub(t); {
	case d < 2*time.Second:
		return "now"
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 2*day:
		return fmt.Sprintf("%d h", int(d.Hours()))
	case d < 60*day:
		return fmt.Sprintf("%d d", int(d/day))
	case d < 730*day:
		return fmt.Sprintf("%d mon", int(d/(30*day)))
	default:
		return fmt.Sprintf("%d y", int(d/(365*day)))
	}
}

// Ago is Age as part of a sentence: "40 s ago", "now", "never".
func Ago(now, t time.Time) string {
	a := Age(now, t)
	if a == "now" || a == "never" {
		return a
	}
	return a + " ago"
}

// Count writes n with thin groups of three, "10 412".
func Count(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	return s
}

// Plural is a number and the word for what is counted: "1 entity", "3 entities".
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Count(n) + " " + many
}

// Relation is how a relation type is shown.
type Relation struct {
	Type  string // as in the model, such as dependsOn
	Title string // the heading over its targets
	Out   bool   // points away from the entity (→), not at it (←)
}

// Relations are the known relation types in the order in which a page lists them.
func Relations() []Relation {
	return []Relation{
		{"ownedBy", "Owner", true},
		{"partOf", "Part of", true},
		{"dependsOn", "Depends on", true},
		{"dependencyOf", "Used by", false},
		{"providesApi", "Provides", true},
		{"apiProvidedBy", "Provided by", false},
		{"consumesApi", "Consumes", true},
		{"apiConsumedBy", "Consumed by", false},
		{"hasPart", "Has parts", false},
		{"memberOf", "Member of", true},
		{"hasMember", "Members", false},
		{"childOf", "Parent", true},
		{"parentOf", "Teams", false},
		{"ownerOf", "Owns", false},
	}
}

// RelationTitle is the heading for a type; one that is not known shows as it is
// written, with its words apart.
func RelationTitle(typ string) (title string, out bool) {
	for _, r := range Relations() {
		if strings.EqualFold(r.Type, typ) {
			return r.Title, r.Out
		}
	}
	var b strings.Builder
	for i, c := range typ {
		if i > 0 && c >= 'A' && c <= 'Z' {
			b.WriteByte(' ')
			c += 'a' - 'A'
		}
		b.WriteRune(c)
	}
	words := b.String()
	if words == "" {
		return "Related", true
	}
	return strings.ToUpper(words[:1]) + words[1:], true
}
