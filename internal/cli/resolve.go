package cli

import (
	"slices"
	"strings"

	"github.com/idptui/idptui/internal/catalog"
)

// resolve finds the one entity that somebody means by "[kind:][namespace/]name".
// What is left out may be anything, as long as one entity alone fits.
func resolve(view *catalog.View, text string) (catalog.Ref, error) {
	want, err := catalog.ParseRef(text, catalog.RefDefaults{Kind: "*", Namespace: "*"})
	if err != nil {
		return catalog.Ref{}, Usage("", "%s", err)
	}
	if want.Kind != "*" {
		full := want
		if full.Namespace == "*" {
			full.Namespace = catalog.DefaultNamespace
		}
		if row, ok := view.Find(full); ok {
			return row.Ref(), nil
		}
	}
	fits := func(part, got string) bool { return part == "*" || strings.EqualFold(part, got) }
	var found []string
	var ref catalog.Ref
	for id := range view.Len() {
		row := view.Row(int32(id)) //nolint:gosec // a Snapshot counts its rows with int32
		if !strings.EqualFold(row.Name(), want.Name) {
			continue
		}
		if r := row.Ref(); fits(want.Kind, r.Kind) && fits(want.Namespace, r.Namespace) {
			ref = r
			found = append(found, r.String())
		}
	}
	switch len(found) {
	case 1:
		return ref, nil
	case 0:
		hint := "idptui search " + want.Name + " looks further"
		if near := nearestRefs(view, want); len(near) > 0 {
			hint = "did you mean " + orList(near) + "?"
		}
		return catalog.Ref{}, NotFound(hint, "the catalog has no entity %q", text)
	}
	slices.Sort(found)
	return catalog.Ref{}, Usage("write one of "+orList(found), "%q names %d entities", text, len(found))
}

// resolvePage is resolve for a reference that a slash and a page may follow. What
// reads as a namespace and a name is taken for that where there is such an entity.
func resolvePage(view *catalog.View, text string) (ref catalog.Ref, page string, err error) {
	ref, err = resolve(view, text)
	for end := len(text); err != nil; {
		if end = strings.LastIndexByte(text[:end], '/'); end < 0 {
			break
		}
		if shorter, no := resolve(view, text[:end]); no == nil {
			return shorter, text[end:], nil
		}
	}
	return ref, "", err
}

// nearestRefs are a few entities with a name like the wanted one.
func nearestRefs(view *catalog.View, want catalog.Ref) []string {
	names := make([]string, 0, view.Len())
	for id := range view.Len() {
		row := view.Row(int32(id)) //nolint:gosec // a Snapshot counts its rows with int32
		if want.Kind == "*" || strings.EqualFold(want.Kind, row.Kind()) || strings.EqualFold(want.Name, row.Name()) {
			names = append(names, row.Name())
		}
	}
	var out []string
	for _, name := range catalog.Nearest(want.Name, names, 3) {
		for id := range view.Len() {
			row := view.Row(int32(id)) //nolint:gosec // a Snapshot counts its rows with int32
			if row.Name() == name && len(out) < 3 {
				out = append(out, row.Ref().String())
			}
		}
	}
	return out
}
