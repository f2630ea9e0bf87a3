package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/safe"
)

// place is where something stands in the file, both 1-based, 0 = unknown.
type place struct{ line, column int }

// nearestPlace is the place of a key such as "views[1].sort", or of the closest
// one above it.
func nearestPlace(places map[string]place, key string) place {
	for key != "" {
		if p, ok := places[key]; ok {
			return p
		}
		key = key[:max(0, strings.LastIndexAny(key, ".["))]
	}
	return place{}
}

// checker walks the file beside its shape and collects what is wrong.
type checker struct {
	file     string
	places   map[string]place
	problems []catalog.Problem
}

func (c *checker) add(at place, key, hint, format string, args ...any) {
	c.problems = append(c.problems, catalog.Problem{
		Severity: catalog.Error, Class: Class, Path: c.file, Line: at.line, Column: at.column,
		Field: safe.Line(key), Message: safe.Line(fmt.Sprintf(format, args...)), Hint: safe.Line(hint),
	})
}

// root reads the one document of the file; nil where there is none.
func (c *checker) root(text []byte) *yaml.Node {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	var doc, second yaml.Node
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return nil
	} else if err != nil {
		c.syntax(err)
		return nil
	}
	if err := dec.Decode(&second); err == nil {
		c.add(place{second.Line, second.Column}, "", "keep one document and remove the --- line", "the file holds more than one document")
	} else if !errors.Is(err, io.EOF) {
		c.syntax(err)
	}
	root := doc.Content[0]
	if isNull(root) {
		return nil
	}
	return root
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntax turns the parser's error into ours.
func (c *checker) syntax(err error) {
	m := yamlLine.FindStringSubmatch(err.Error())
	if m == nil {
		c.add(place{}, "", "", "this is no YAML: %v", err)
		return
	}
	line, _ := strconv.Atoi(m[1]) // "" where the parser does not know the line
	c.add(place{line: line}, "", "", "this is no YAML: %s", strings.TrimPrefix(err.Error(), m[0]))
}

func (c *checker) value(n *yaml.Node, s *shape, key string) {
	at := place{n.Line, n.Column}
	if _, ok := c.places[key]; !ok {
		c.places[key] = at
	}
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		c.add(at, key, "write the value out", "anchors and aliases are not read here")
		return
	}
	switch s.kind {
	case text:
		c.text(n, s, key)
	case flag:
		if !isPlain(n) || !boolean.MatchString(n.Value) {
			c.add(at, key, "", "must be true or false, not %s", describe(n))
		}
	case list:
		if n.Kind != yaml.SequenceNode {
			c.add(at, key, "", "must be a list, not %s", describe(n))
			return
		}
		c.count(at, key, len(n.Content), s.max)
		for i, item := range n.Content {
			c.value(item, s.item, fmt.Sprintf("%s[%d]", key, i))
		}
	case object, table:
		c.mapping(n, s, key)
	}
}

func (c *checker) count(at place, key string, n, limit int) {
	if n > limit {
		c.add(at, key, "", "has %d items; at most %d are read", n, limit)
	}
}

func (c *checker) mapping(n *yaml.Node, s *shape, key string) {
	at := place{n.Line, n.Column}
	if n.Kind != yaml.MappingNode {
		c.add(at, key, "", "must be a group of keys, not %s", describe(n))
		return
	}
	if s.kind == table {
		c.count(at, key, len(n.Content)/2, s.max)
	}
	seen := map[string]int{}
	for i := 0; i < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		full := join(key, k.Value)
		where := place{k.Line, k.Column}
		if first, ok := seen[k.Value]; ok {
			c.add(where, full, "keep one of them", "this key stands in line %d already", first)
			continue
		}
		seen[k.Value] = k.Line
		inner := s.item
		if s.kind == object {
			inner = s.key(k.Value)
		}
		if inner == nil || k.Kind != yaml.ScalarNode {
			c.unknown(where, full, k.Value, s)
			continue
		}
		if s.kind == table && !s.pattern.MatchString(k.Value) {
			c.add(where, full, "", "must be %s, not %q", s.allowed, k.Value)
			continue
		}
		c.places[full] = where
		c.value(v, inner, full)
	}
	found := slices.DeleteFunc(slices.Clone(s.either), func(name string) bool { return seen[name] == 0 })
	if len(s.either) > 0 && len(found) != 1 {
		c.add(at, key, "", "must have one of the keys %s, and no more", strings.Join(s.either, ", "))
	}
	for _, want := range s.keys {
		if _, ok := seen[want.name]; want.required && !ok {
			c.add(at, join(key, want.name), "", "this key must be there")
		}
	}
}

func (c *checker) unknown(at place, full, name string, s *shape) {
	names := make([]string, len(s.keys))
	for i, k := range s.keys {
		names[i] = k.name
	}
	hint := "allowed here: " + strings.Join(names, ", ")
	if near := catalog.Nearest(name, names, 1); len(near) > 0 {
		hint = "did you mean " + near[0] + "? " + hint
	}
	c.add(at, full, hint, "there is no such key")
}

func (c *checker) text(n *yaml.Node, s *shape, key string) {
	at := place{n.Line, n.Column}
	if n.Kind != yaml.ScalarNode {
		c.add(at, key, "", "must be %s, not %s", s.words(), describe(n))
		return
	}
	if !isText(n) {
		hint := ""
		if !isNull(n) {
			hint = s.withUnit(n.Value)
		}
		if !isNull(n) && (s.pattern == nil || s.pattern.MatchString(n.Value)) {
			hint = fmt.Sprintf("put it in quotes: %q", n.Value)
		}
		c.add(at, key, hint, "must be %s, not %s", s.words(), describe(n))
		return
	}
	switch {
	case s.max > 0 && len([]rune(n.Value)) > s.max:
		c.add(at, key, "", "is %d characters long; at most %d are read", len([]rune(n.Value)), s.max)
	case len(s.oneOf) > 0 && !slices.Contains(s.oneOf, n.Value):
		hint := ""
		if near := catalog.Nearest(n.Value, s.oneOf, 1); len(near) > 0 {
			hint = "did you mean " + near[0] + "?"
		}
		c.add(at, key, hint, "must be %s, not %s", s.words(), describe(n))
	case s.pattern != nil && !s.pattern.MatchString(n.Value):
		c.add(at, key, s.withUnit(n.Value), "must be %s, not %s", s.words(), describe(n))
	case safe.Suspect(n.Value):
		c.add(at, key, "remove the characters that do not show", "holds text that hides or disguises itself: %s", n.Value)
	}
}

// withUnit is what to write for a number that lacks its unit, "" where that is not
// what is wrong.
func (s *shape) withUnit(value string) string {
	if s.unit == "" || !s.pattern.MatchString(value+s.unit) {
		return ""
	}
	return "write it with its unit: " + value + s.unit
}

func (s *shape) key(name string) *shape {
	for _, k := range s.keys {
		if k.name == name {
			return k.shape
		}
	}
	return nil
}

// words say in messages what the value must be.
func (s *shape) words() string {
	switch {
	case s.allowed != "":
		return s.allowed
	case len(s.oneOf) > 1:
		last := len(s.oneOf) - 1
		return strings.Join(s.oneOf[:last], ", ") + " or " + s.oneOf[last]
	}
	return s.kind.words()
}

// The plain scalars of YAML 1.2's core schema that are no text.
var (
	null    = regexp.MustCompile(`^(~|null|Null|NULL|)$`)
	boolean = regexp.MustCompile(`^(true|True|TRUE|false|False|FALSE)$`)
	number  = regexp.MustCompile(`^([-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$`)
)

// isPlain tells whether a scalar is written without quotes and tag, so that its
// look decides what it is.
func isPlain(n *yaml.Node) bool {
	const dressed = yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle | yaml.TaggedStyle
	return n.Kind == yaml.ScalarNode && n.Style&dressed == 0
}

func isNull(n *yaml.Node) bool { return isPlain(n) && null.MatchString(n.Value) }

// isText tells whether YAML 1.2 reads a scalar as text.
func isText(n *yaml.Node) bool {
	if n.Style&yaml.TaggedStyle != 0 {
		return n.ShortTag() == "!!str"
	}
	return !isPlain(n) || !null.MatchString(n.Value) && !boolean.MatchString(n.Value) && !number.MatchString(n.Value)
}

// describe says in a few words what stands there.
func describe(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Kind == yaml.MappingNode:
		return "a group of keys"
	case isNull(n):
		return "nothing"
	case isText(n):
		short, cut := safe.Cap(n.Value, 60)
		if cut {
			short += "…"
		}
		return strconv.Quote(short)
	}
	return n.Value
}

func join(key, name string) string {
	if key == "" {
		return name
	}
	return key + "." + name
}
