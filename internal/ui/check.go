package ui

import (
	"fmt"
	"slices"
	"strings"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/safe"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
	catalogpane "github.com/idptui/idptui/internal/ui/pane/catalog"
)

// Placer makes a problem about a key of the configuration, such as "keys.open",
// and knows where the file has it.
type Placer func(key, message, hint string) catalog.Problem

// Check finds what a screen cannot take of a configuration: own keys for actions
// that do not exist, keys that would mean two things, columns that no list has.
// The screen leaves it out and says the same; nothing else depends on it.
func Check(keys map[string][]string, views []pane.SavedView, at Placer) []catalog.Problem {
	_, faults := kit.NewKeymap(keys)
	return check(faults, views, at)
}

func check(faults []kit.KeyFault, views []pane.SavedView, at Placer) []catalog.Problem {
	if at == nil {
		at = func(key, message, hint string) catalog.Problem {
			return catalog.Problem{Severity: catalog.Error, Class: "config", Source: "configuration", Field: key, Message: message, Hint: hint}
		}
	}
	var out []catalog.Problem
	add := func(key, message, hint string) {
		out = append(out, at(safe.Line(key), safe.Line(message), safe.Line(hint)))
	}
	for _, f := range faults {
		add("keys."+f.Action, f.Reason, f.Hint)
	}
	known := catalogpane.Columns()
	for i, v := range views {
		for j, name := range v.Columns {
			if slices.Contains(known, name) {
				continue
			}
			hint := "there are " + strings.Join(known, ", ")
			if near := catalog.Nearest(name, known, 1); len(near) > 0 {
				hint = "did you mean " + near[0] + "?"
			}
			add(fmt.Sprintf("views[%d].columns[%d]", i, j), fmt.Sprintf("there is no column %q", name), hint)
		}
	}
	return out
}
