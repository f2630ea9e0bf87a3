package catalog

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// types is a set of JSON types.
type types uint8

const (
	isText types = 1 << iota
	isNumber
	isBool
	isList
	isObject
	isNull
)

// typeOf is the JSON type of a decoded value.
func typeOf(v any) types {
	switch v.(type) {
	case string:
		return isText
	case float64:
		return isNumber
	case bool:
		return isBool
	case []any:
		return isList
	case map[string]any:
		return isObject
	}
	return isNull
}

// names lists the types of the set as "text or a boolean".
func (t types) names() string {
	var out []string
	for i, name := range []string{"text", "a number", "a boolean", "a list", "a mapping", "empty"} {
		if t&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	return strings.Join(out, " or ")
}

// shape is what a value must look like: the part of JSON Schema that the
// catalog's kinds use. Keys that no field names are free unless rest is set.
type shape struct {
	types  types
	filled bool                             // text and lists may not be empty
	enum   []string                         // the texts allowed; nil allows all
	format func(string) (rule, hint string) // what is wrong with a text; "" is nothing
	fields []field
	items  *shape                           // of a list
	keys   func(string) (rule, hint string) // what is wrong with a key
	rest   *shape                           // of the values of keys that no field names
}

// field is a named part of an object.
type field struct {
	name     string
	required bool
	shape    *shape
	ref      *refRule // its text, or each of its texts, is a reference
	hint     string   // what to do when it is missing
}

// refRule says how a field's references are read and which relation they make.
type refRule struct {
	kind              string // default kind; "" means that the kind must be written
	relation, reverse string
	allowed           []string // kinds that make a relation; nil allows all
}

var (
	anyText = &shape{types: isText}
	filled  = &shape{types: isText, filled: true}
	texts   = &shape{types: isList, items: filled}
)

// place is where a value stands, as a chain up to the root. It lives on the
// stack: a path is made of it only for a fault.
type place struct {
	up    *place
	key   string
	index int // of a list item; -1 for a key
}

func (p *place) field(key string) place { return place{p, key, -1} }
func (p *place) item(i int) place       { return place{p, "", i} }

// fieldPath is a chain of keys (string) and list positions (int) from the root.
type fieldPath []any

func (p *place) path() fieldPath {
	if p == nil {
		return nil
	}
	if p.index >= 0 {
		return append(p.up.path(), p.index)
	}
	return append(p.up.path(), p.key)
}

// String is the path as written in messages: spec.steps[2].action.
func (p fieldPath) String() string {
	var b strings.Builder
	for _, part := range p {
		switch part := part.(type) {
		case int:
			b.WriteString("[" + strconv.Itoa(part) + "]")
		case string:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(part)
		}
	}
	return b.String()
}

// shapeCheck reports everything in a value that its shape does not allow.
// %s in a message stands for the field's name.
type shapeCheck struct {
	report func(path fieldPath, message, hint string)
}

func (c *shapeCheck) fail(at *place, hint, format string, args ...any) {
	path := at.path()
	c.report(path, fmt.Sprintf(format, append([]any{shownField(path)}, args...)...), hint)
}

func (c *shapeCheck) value(at *place, v any, s *shape) {
	got := typeOf(v)
	if got&s.types == 0 {
		c.fail(at, typeHint(v, s, at), "%s is %s but must be %s", got.names(), s.types.names())
		return
	}
	switch v := v.(type) {
	case string:
		c.text(at, v, s)
	case []any:
		if s.filled && len(v) == 0 {
			c.fail(at, "give it at least one item", "%s is an empty list")
		}
		if s.items != nil {
			for i, item := range v {
				here := at.item(i)
				c.value(&here, item, s.items)
			}
		}
	case map[string]any:
		c.object(at, v, s)
	}
}

func (c *shapeCheck) text(at *place, v string, s *shape) {
	switch {
	case s.filled && v == "":
		c.fail(at, "give it a value or remove the line", "%s is empty")
	case s.enum != nil && !slices.Contains(s.enum, v):
		c.fail(at, "write one of these", "%s is %s but must be %s", shown(v), strings.Join(s.enum, " or "))
	case s.format != nil:
		if rule, hint := s.format(v); rule != "" {
			c.fail(at, hint, "%s is %s but must be %s", shown(v), rule)
		}
	}
}

func (c *shapeCheck) object(at *place, m map[string]any, s *shape) {
	for i := range s.fields {
		f := &s.fields[i]
		here := at.field(f.name)
		if v, present := m[f.name]; present {
			c.value(&here, v, f.shape)
		} else if f.required {
			c.fail(&here, f.hint, "%s is missing")
		}
	}
	if s.rest == nil && s.keys == nil {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if slices.ContainsFunc(s.fields, func(f field) bool { return f.name == key }) {
			continue
		}
		here := at.field(key)
		if s.keys != nil {
			if rule, hint := s.keys(key); rule != "" {
				c.fail(&here, hint, "key %s must be %s", rule)
			}
		}
		if s.rest != nil {
			c.value(&here, m[key], s.rest)
		}
	}
}

// typeHint says how to mend a value of the wrong type.
func typeHint(v any, s *shape, at *place) string {
	if v == nil {
		return emptyHint(s, at)
	}
	if s.types&isText != 0 {
		return textHint(v)
	}
	if _, ok := v.(string); ok && s.types&isList != 0 {
		return "write it as a list: one item a line, each after a dash"
	}
	return ""
}

// emptyHint is for a key with nothing after it.
func emptyHint(s *shape, at *place) string {
	key := "it"
	if at != nil && at.index < 0 {
		key = shownKey(at.key)
	}
	switch {
	case s.types&isList != 0:
		return fmt.Sprintf("write %s: [] or remove the line", key)
	case s.types&isObject != 0:
		return fmt.Sprintf("write %s: {} or remove the line", key)
	}
	return "give it a value or remove the line"
}

// textHint is for a value that should have been text.
func textHint(v any) string {
	switch v := v.(type) {
	case float64, bool:
		return fmt.Sprintf("put it in quotes: \"%s\"", jsText(v))
	case []any:
		return "write one value, without a dash or brackets"
	case map[string]any:
		for key := range v {
			switch {
			case len(v) == 1 && strings.HasPrefix(key, "$"):
				return "use $text to read the file as text"
			case len(v) == 1 && v[key] == nil && strings.HasPrefix(key, "{"):
				return `put the placeholder in quotes: "{{ … }}"`
			}
		}
	}
	return "write plain text, in quotes if it holds a colon"
}
