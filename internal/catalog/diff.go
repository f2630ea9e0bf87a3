package catalog

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Caps on what one change tells. What is beyond them is counted in a Note.
const (
	maxFields    = 200
	maxItems     = 100 // added, and removed, in one list
	maxValue     = 200 // bytes of a value or item
	maxDiffDepth = 100 // levels; what lies below is compared as a whole
)

// Diff says in which fields two versions of an entity differ, by the order of their
// names within apiVersion, kind, metadata and spec. What output adds to an entity
// (relations and status) is not compared. Two that are equal, and nil on either
// side, give none.
func Diff(before, after *Entity) []FieldChange {
	if before == nil || after == nil {
		return nil
	}
	d := &differ{}
	d.value("apiVersion", before.APIVersion, after.APIVersion, 0)
	d.value("kind", before.Kind, after.Kind, 0)
	d.fields("metadata", plainMetadata(&before.Metadata), plainMetadata(&after.Metadata), 0)
	d.fields("spec", before.Spec, after.Spec, 0)
	if d.more > 0 {
		d.changes = append(d.changes, FieldChange{Note: fmt.Sprintf("%d more fields differ", d.more)})
	}
	return d.changes
}

// plainMetadata is metadata with its values as in a Spec. What is empty is not there.
func plainMetadata(m *Metadata) map[string]any {
	out := make(map[string]any, len(m.Extra)+len(metadataKeys))
	maps.Copy(out, m.Extra)
	plain := func(m map[string]string) any {
		out := make(map[string]any, len(m))
		for k, v := range m {
			out[k] = v
		}
		return out
	}
	for key, v := range map[string]string{
		"name": m.Name, "namespace": cmp.Or(m.Namespace, DefaultNamespace), "title": m.Title,
		"description": m.Description, "uid": m.UID, "etag": m.ETag,
	} {
		if v != "" {
			out[key] = v
		}
	}
	if len(m.Labels) > 0 {
		out["labels"] = plain(m.Labels)
	}
	if len(m.Annotations) > 0 {
		out["annotations"] = plain(m.Annotations)
	}
	if len(m.Tags) > 0 {
		list := make([]any, len(m.Tags))
		for i, tag := range m.Tags {
			list[i] = tag
		}
		out["tags"] = list
	}
	if len(m.Links) > 0 {
		list := make([]any, len(m.Links))
		for i, l := range m.Links {
			item := map[string]any{}
			for key, v := range map[string]string{"url": l.URL, "title": l.Title, "icon": l.Icon, "type": l.Type} {
				if v != "" {
					item[key] = v
				}
			}
			list[i] = item
		}
		out["links"] = list
	}
	return out
}

// differ collects the fields that differ.
type differ struct {
	changes []FieldChange
	more    int
}

func (d *differ) add(c FieldChange) {
	if len(d.changes) == maxFields {
		d.more++
		return
	}
	c.Field = capped(c.Field, maxField)
	d.changes = append(d.changes, c)
}

// absent is the value of a key that is not there; nil is one that is.
type absent struct{}

func at(m map[string]any, key string) any {
	if v, ok := m[key]; ok {
		return v
	}
	return absent{}
}

func (d *differ) fields(path string, before, after map[string]any, depth int) {
	keys := slices.Collect(maps.Keys(before))
	for key := range after {
		if _, both := before[key]; !both {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		d.value(path+"."+key, at(before, key), at(after, key), depth+1)
	}
}

// value compares two values. A mapping or list that came or went is compared with
// an empty one, as long as that tells it all.
func (d *differ) value(path string, before, after any, depth int) {
	oldMap, newMap := mapping(before), mapping(after)
	oldList, newList := listOf(before), listOf(after)
	switch {
	case depth >= maxDiffDepth && reflect.DeepEqual(before, after):
	case depth >= maxDiffDepth:
		d.add(FieldChange{Field: path, Note: "changed"})
	case oldMap != nil && newMap != nil && len(oldMap)+len(newMap) > 0 && (isMapping(before) == isMapping(after) || len(oldMap) != len(newMap)):
		d.fields(path, oldMap, newMap, depth)
	case oldList != nil && newList != nil && len(oldList)+len(newList) > 0:
		d.list(path, oldList, newList)
	case reflect.DeepEqual(before, after):
	default:
		d.scalar(path, before, after)
	}
}

func isMapping(v any) bool { _, ok := v.(map[string]any); return ok }

// mapping is a mapping, empty for what is not there, nil for other values.
func mapping(v any) map[string]any {
	switch v := v.(type) {
	case map[string]any:
		if v != nil {
			return v
		}
		return map[string]any{}
	case absent:
		return map[string]any{}
	}
	return nil
}

// listOf is a list, empty for what is not there, nil for other values.
func listOf(v any) []any {
	switch v := v.(type) {
	case []any:
		if v != nil {
			return v
		}
		return []any{}
	case absent:
		return []any{}
	}
	return nil
}

// list compares two lists as sets in which an item may stand more than once.
func (d *differ) list(path string, before, after []any) {
	if reflect.DeepEqual(before, after) {
		return
	}
	count := make(map[string]int, len(before))
	was := make([]string, len(before))
	for i, v := range before {
		was[i] = exact(v)
		count[was[i]]++
	}
	c := FieldChange{Field: path}
	var notes []string
	added, removed := 0, 0
	for _, v := range after {
		key := exact(v)
		if count[key] > 0 {
			count[key]--
			continue
		}
		if added++; added <= maxItems {
			c.Added = append(c.Added, shownValue(v))
		}
	}
	for i := len(before) - 1; i >= 0; i-- { // of several that are the same the last are gone
		if count[was[i]] == 0 {
			continue
		}
		count[was[i]]--
		if removed++; removed <= maxItems {
			c.Removed = append(c.Removed, shownValue(before[i]))
		}
	}
	slices.Reverse(c.Removed)
	if added > maxItems {
		notes = append(notes, fmt.Sprintf("%d more added", added-maxItems))
	}
	if removed > maxItems {
		notes = append(notes, fmt.Sprintf("%d more removed", removed-maxItems))
	}
	if added+removed == 0 {
		notes = append(notes, "the order changed")
	}
	c.Note = strings.Join(notes, ", ")
	d.add(c)
}

// scalar tells two values that differ, of which one at least is no list or mapping
// on both sides.
func (d *differ) scalar(path string, before, after any) {
	c := FieldChange{Field: path}
	if long(before) || long(after) {
		c.Note = linesChanged(textOf(before), textOf(after))
		d.add(c)
		return
	}
	c.From, c.To = shownValue(before), shownValue(after)
	if c.From == c.To { // "1" and 1, "" and nothing
		c.From, c.To = capped(exact(before), maxValue), capped(exact(after), maxValue)
	}
	d.add(c)
}

// long tells whether a value is too much for one line.
func long(v any) bool {
	text := textOf(v)
	return len(text) > maxValue || strings.ContainsRune(text, '\n')
}

func textOf(v any) string {
	switch v := v.(type) {
	case absent:
		return ""
	case string:
		return v
	}
	return exact(v)
}

// exact is a value in a form that no other value has.
func exact(v any) string {
	if _, none := v.(absent); none {
		return ""
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil { // a number that JSON does not have; no document holds one
		return fmt.Sprint(v)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// shownValue is a value as one clean line.
func shownValue(v any) string { return capped(textOf(v), maxValue) }

// linesChanged counts the lines of a text that came, went or are others.
func linesChanged(before, after string) string {
	added, removed := 0, 0
	count := map[string]int{}
	for line := range strings.Lines(before) {
		count[line]++
		removed++
	}
	for line := range strings.Lines(after) {
		if count[line] > 0 {
			count[line]--
			removed--
		} else {
			added++
		}
	}
	lines := func(n int) string {
		if n == 1 {
			return "1 line"
		}
		return fmt.Sprintf("%d lines", n)
	}
	switch {
	case before == "":
		return lines(added) + " added"
	case after == "":
		return lines(removed) + " removed"
	case added == 0 && removed == 0:
		return "the order of its lines changed"
	}
	return lines(max(added, removed)) + " changed"
}
