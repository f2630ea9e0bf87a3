package cli

import (
	"slices"
	"strings"

	"github.com/idptui/idptui/internal/catalog"
)

// field is one thing that a list can show of an entity.
type field struct {
	name string
	flex bool
	cell func(*catalog.View, catalog.Row) string
}

// listFields are the columns that --columns knows, besides the relations.
func listFields() []field {
	plain := func(get func(catalog.Row) string) func(*catalog.View, catalog.Row) string {
		return func(_ *catalog.View, r catalog.Row) string { return get(r) }
	}
	ref := func(kind string, get func(catalog.Row) catalog.Ref) func(*catalog.View, catalog.Row) string {
		return func(v *catalog.View, r catalog.Row) string { return display(named(v, get(r)), kind) }
	}
	return []field{
		{"name", false, plain(func(r catalog.Row) string { return display(r.Ref(), r.Kind()) })},
		{"kind", false, plain(func(r catalog.Row) string { return strings.ToLower(r.Kind()) })},
		{"namespace", false, plain(catalog.Row.Namespace)},
		{"ref", false, plain(func(r catalog.Row) string { return r.Ref().String() })},
		{"title", true, plain(catalog.Row.Title)},
		{"type", false, plain(catalog.Row.Type)},
		{"lifecycle", false, plain(catalog.Row.Lifecycle)},
		{"owner", false, ref("group", catalog.Row.Owner)},
		{"system", false, ref("system", catalog.Row.System)},
		{"domain", false, domainOf},
		{"parent", false, func(v *catalog.View, r catalog.Row) string { return relatedTo(v, r, "childOf", "group") }},
		{"groups", true, func(v *catalog.View, r catalog.Row) string { return relatedTo(v, r, "memberOf", "group") }},
		{"members", true, func(v *catalog.View, r catalog.Row) string { return relatedTo(v, r, "hasMember", "user") }},
		{"tags", true, plain(func(r catalog.Row) string { return strings.Join(r.Tags(), ", ") })},
		{"email", false, plain(catalog.Row.Email)},
		{"source", false, plain(catalog.Row.Source)},
		{"description", true, plain(catalog.Row.Description)},
	}
}

// defaultColumns are those of a list; kind is the one kind in it, or "" where
// there are several.
func defaultColumns(kind string) []string {
	switch strings.ToLower(kind) {
	case "":
		return []string{"name", "kind", "type", "owner", "lifecycle", "system"}
	case "component", "api":
		return []string{"name", "type", "lifecycle", "owner", "system"}
	case "resource":
		return []string{"name", "type", "owner", "system"}
	case "system":
		return []string{"name", "owner", "domain", "description"}
	case "domain":
		return []string{"name", "owner", "parent", "description"}
	case "group":
		return []string{"name", "type", "parent", "email", "title"}
	case "user":
		return []string{"name", "title", "email", "groups"}
	case "template":
		return []string{"name", "type", "owner", "title"}
	case "location":
		return []string{"name", "type", "source", "description"}
	}
	return []string{"name", "type", "owner", "description"}
}

// chooseFields turns names of columns into what shows them.
func chooseFields(names []string) ([]field, error) {
	all := listFields()
	var out []field
	for _, name := range names {
		name = strings.TrimSpace(name)
		i := slices.IndexFunc(all, func(f field) bool { return strings.EqualFold(f.name, name) })
		if i < 0 {
			known := fieldNames()
			hint := "there are " + orList(known)
			if near := catalog.Nearest(name, known, 1); len(near) > 0 {
				hint = "did you mean " + near[0] + "?"
			}
			return nil, Usage(hint, "there is no column %q", name)
		}
		out = append(out, all[i])
	}
	return out, nil
}

func fieldNames() []string {
	var names []string
	for _, f := range listFields() {
		names = append(names, f.name)
	}
	return names
}

// display is a ref as a list shows it, "" for none.
func display(r catalog.Ref, kind string) string {
	if r.IsZero() {
		return ""
	}
	return r.Display(kind)
}

// named is a ref with its parts in the case in which the entity that it refers to
// writes them, where the catalog has that.
func named(v *catalog.View, ref catalog.Ref) catalog.Ref {
	if row, ok := v.Find(ref); ok {
		return row.Ref()
	}
	return ref
}

// domainOf is the domain of a row, or that of its system.
func domainOf(v *catalog.View, r catalog.Row) string {
	own := relatedTo(v, r, "partOf", "domain")
	if system, ok := v.Find(r.System()); own == "" && ok {
		return relatedTo(v, system, "partOf", "domain")
	}
	return own
}

// relatedTo lists what a row is related to in one way, where that is of a kind.
func relatedTo(v *catalog.View, r catalog.Row, relation, kind string) string {
	var names []string
	for _, rel := range v.Relations(r.Ref()) {
		if rel.Type == relation && strings.EqualFold(rel.Ref.Kind, kind) {
			names = append(names, named(v, rel.Ref).Display(kind))
		}
	}
	return strings.Join(names, ", ")
}
