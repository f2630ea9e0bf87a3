package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/idptui/idptui/internal/catalog"
)

const maxCompletions = 1000 // more than anybody reads; keeps the shell quick

// quietly opens the cache for a completion: what fails completes nothing.
func (p *program) quietly(c *cobra.Command, do func(Portal) error) {
	p.quiet = true
	_ = p.withOpen(c.Context(), do)
}

// completeRefs completes a reference by name or by kind:name, whichever was begun.
func (p *program) completeRefs(c *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var out []cobra.Completion
	p.quietly(c, func(portal Portal) error {
		view, err := portal.List(c.Context())
		if err != nil {
			return err
		}
		low := strings.ToLower(begun)
		for id := range view.Len() {
			row := view.Row(int32(id)) //nolint:gosec // a Snapshot counts its rows with int32
			ref := row.Ref()
			for _, form := range []string{ref.Display(""), ref.String(), row.Name()} {
				if strings.HasPrefix(strings.ToLower(form), low) {
					out = append(out, cobra.CompletionWithDesc(form, describe(row)))
					break
				}
			}
			if len(out) == maxCompletions {
				break
			}
		}
		return nil
	})
	return out, cobra.ShellCompDirectiveNoFileComp
}

func describe(row catalog.Row) string {
	text := strings.ToLower(row.Kind())
	if t := row.Title(); t != "" {
		text += ", " + t
	}
	return text
}

// completeSources completes names of sources.
func (p *program) completeSources(c *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var out []cobra.Completion
	p.quietly(c, func(portal Portal) error {
		sources, err := portal.Sources(c.Context())
		for _, s := range sources {
			if strings.HasPrefix(s.Name, begun) && !slices.Contains(args, s.Name) {
				out = append(out, cobra.CompletionWithDesc(s.Name, s.Location))
			}
		}
		return err
	})
	return out, cobra.ShellCompDirectiveNoFileComp
}

// completeColumns completes the last of the columns with commas between.
func completeColumns(_ *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	at := strings.LastIndexByte(begun, ',') + 1
	var out []cobra.Completion
	for _, name := range fieldNames() {
		if strings.HasPrefix(name, begun[at:]) {
			out = append(out, begun[:at]+name)
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// completeQuery completes the last term of a query: a field, or the values that
// the catalog has for it.
func (p *program) completeQuery(c *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	at := strings.LastIndexByte(begun, ' ') + 1
	before, term := begun[:at], begun[at:]
	term, negated := strings.CutPrefix(term, "-")
	if negated {
		before += "-"
	}
	field, value, hasValue := strings.Cut(term, ":")
	var out []cobra.Completion
	if !hasValue {
		for _, name := range catalog.QueryFields() {
			if strings.HasPrefix(name, strings.ToLower(field)) {
				out = append(out, before+name+":")
			}
		}
		return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	p.quietly(c, func(portal Portal) error {
		view, err := portal.List(c.Context())
		if err != nil {
			return err
		}
		query, err := catalog.ParseQuery("")
		if err != nil {
			return err
		}
		facets, err := view.Facets(c.Context(), query, catalog.Env{}, maxCompletions)
		for _, facet := range facets {
			if !strings.EqualFold(facet.Field, field) {
				continue
			}
			for _, v := range facet.Values {
				if strings.HasPrefix(strings.ToLower(v.Value), strings.ToLower(value)) && len(out) < maxCompletions {
					out = append(out, before+field+":"+v.Value)
				}
			}
		}
		return err
	})
	return out, cobra.ShellCompDirectiveNoFileComp
}
