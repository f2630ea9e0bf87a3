package catalog

import (
	"fmt"
	"strings"
)

// LocationTarget is one place that a Location names. Where it leads is for the
// caller to find out: relative targets are relative to the Location's file.
type LocationTarget struct {
	Type         string // "url", "file", …; "" inherits the type that the Location was read by
	Target       string
	Optional     bool // presence: optional, so that a missing target is no fault
	Line, Column int  // of the target in the Location's file
}

// locationTargets are spec.target, then spec.targets, as Backstage reads them.
// at gives the place of a field.
func locationTargets(e *Entity, at func(fieldPath) (line, column int)) []LocationTarget {
	base := LocationTarget{Type: e.SpecString("type"), Optional: e.SpecString("presence") == "optional"}
	var targets []LocationTarget
	for _, name := range []string{"target", "targets"} {
		eachText(e.Spec[name], func(index int, text string) {
			path := fieldPath{"spec", name}
			if index >= 0 {
				path = append(path, index)
			}
			t := base
			t.Target = text
			t.Line, t.Column = at(path)
			targets = append(targets, t)
		})
	}
	return targets
}

// ParseLocation splits "type:target" at its first colon, as annotations such as
// backstage.io/source-location hold it. Both parts must be there.
func ParseLocation(text string) (typ, target string, err error) {
	typ, target, found := strings.Cut(strings.TrimSpace(text), ":")
	if !found || typ == "" || target == "" {
		return "", "", fmt.Errorf("location %q has not the form type:target, such as url:https://example.com/", text)
	}
	return typ, target, nil
}
