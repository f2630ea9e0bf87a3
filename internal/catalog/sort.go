package catalog

import (
	"fmt"
	"slices"
	"strings"
)

// Sort is the order of a list. The zero Sort is the default one: what free text
// found best first, and otherwise by SortKey.
type Sort struct {
	Field string // one of SortFields, or an overlay's name:column
	Desc  bool   // rows without a value come last all the same
}

// sortColumns are the fields that sort by a column.
var sortColumns = map[string]int{
	"kind": colKind, "type": colType, "owner": colOwner, "lifecycle": colLifecycle,
	"tag": colTags, "system": colSystem, "namespace": colNamespace, "source": colSource,
}

// SortFields are the fields that every list can be sorted by. Where there is an
// overlay, its columns come on top.
func SortFields() []string {
	names := []string{"name"}
	for _, f := range queryFields {
		if _, ok := sortColumns[f.name]; ok {
			names = append(names, f.name)
		}
	}
	return names
}

// ParseSort reads a field, with "-" before it for the reverse order. "" is the
// default order. The name of an overlay is taken whether there is one or not,
// which only a View can tell: see CanSort.
func ParseSort(text string) (Sort, error) {
	field, desc := strings.CutPrefix(text, "-")
	if field == "" {
		if desc {
			return Sort{}, fmt.Errorf("the sort %q has no field; write one of %s after the -", text, strings.Join(SortFields(), ", "))
		}
		return Sort{}, nil
	}
	head, column, _ := strings.Cut(field, ":")
	f := fieldOf[strings.ToLower(head)]
	overlay := f != nil && f.class == classOverlay
	if f == nil || !overlay && (column != "" || !slices.Contains(SortFields(), f.name)) {
		return Sort{}, fmt.Errorf("lists cannot be sorted by %q; %s", field, suggest(field, SortFields()))
	}
	name := f.name
	if column != "" {
		name += ":" + column
	}
	return Sort{Field: name, Desc: desc}, nil
}

// String is what ParseSort reads.
func (s Sort) String() string {
	if s.Desc {
		return "-" + s.Field
	}
	return s.Field
}

// CanSort tells whether there is what a list is to be sorted by. Without an
// overlay's column its sort changes nothing.
func (v *View) CanSort(s Sort) bool {
	if s.Field == "" || slices.Contains(SortFields(), strings.ToLower(s.Field)) {
		return true
	}
	column, _ := v.overlayColumn(s.Field)
	return column != nil
}

// sorted gives ids, which are in ascending order, in the order of the sort.
func (v *View) sorted(ids []int32, s Sort) []int32 {
	if strings.EqualFold(s.Field, "name") {
		return v.sortedByName(ids, s.Desc)
	}
	if col, ok := sortColumns[strings.ToLower(s.Field)]; ok {
		r := v.ranks[col]()
		return r.sortByPlace(ids, v.columns[col].rows, s.Desc)
	}
	column, rows := v.overlayColumn(s.Field)
	if column == nil {
		return ids
	}
	r := ranking{place: make([]uint32, column.len()+1), count: uint32(column.len())}
	for i := range r.place {
		r.place[i] = uint32(i) - 1
	}
	r.place[0] = r.count
	return r.sortByPlace(ids, rows(), s.Desc)
}

// sortedByName goes through all names in order and takes those that are wanted:
// less than to sort, even for few.
func (v *View) sortedByName(ids []int32, desc bool) []int32 {
	order := v.nameOrder()
	if len(ids) == len(order) && !desc {
		return order
	}
	wanted := newRowSet(len(order))
	for _, id := range ids {
		wanted.add(id)
	}
	out := make([]int32, 0, len(ids))
	for _, id := range order {
		if wanted.contains(id) {
			out = append(out, id)
		}
	}
	if desc {
		v.reverseByName(out)
	}
	return out
}

// reverseByName turns the order round, but for entities of the same name.
func (v *View) reverseByName(ids []int32) {
	slices.Reverse(ids)
	for i := 0; i < len(ids); {
		j := i + 1
		for j < len(ids) && compareLower(v.name(ids[i]), v.name(ids[j])) == 0 {
			j++
		}
		slices.Reverse(ids[i:j])
		i = j
	}
}
