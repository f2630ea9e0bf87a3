package catalog

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// yamlDecoder turns nodes into JSON values by the core schema of YAML 1.2. It
// goes on after a fault, so that a document lists all of them.
type yamlDecoder struct {
	limits Limits
	offset int // added to the parser's lines
	breaks bool
	nodes  int                 // visited so far, aliases expanded
	bytes  int                 // of text so far, aliases expanded
	open   map[*yaml.Node]bool // anchors being expanded
	faults []yamlFault
	notes  []yamlFault // read as Backstage reads it, but hardly what was meant
	full   bool        // a cap was hit; stop
}

// maxFaults bounds what one document reports; nobody reads on after that.
const maxFaults = 50

func (d *yamlDecoder) fault(n *yaml.Node, hint, format string, args ...any) {
	d.full = d.full || len(d.faults)+1 >= maxFaults
	d.faults = append(d.faults, yamlFault{n.Line + d.offset, n.Column, fmt.Sprintf(format, args...), hint})
}

func (d *yamlDecoder) note(n *yaml.Node, hint, message string) {
	if len(d.notes) >= maxFaults {
		return
	}
	d.notes = append(d.notes, yamlFault{n.Line + d.offset, n.Column, message, hint})
}

// value is the JSON value of a node.
func (d *yamlDecoder) value(n *yaml.Node, depth int) any {
	if d.full {
		return nil
	}
	if d.nodes++; d.nodes > d.limits.Nodes || d.bytes > 2*d.limits.DocumentBytes {
		d.full = true
		d.fault(n, "split it, and use fewer aliases", "the document is too big once its aliases are expanded (more than %d values or %d bytes)",
			d.limits.Nodes, 2*d.limits.DocumentBytes)
		return nil
	}
	if depth > d.limits.Depth {
		d.full = true
		d.fault(n, "flatten it", "the document is nested deeper than %d levels", d.limits.Depth)
		return nil
	}
	switch n.Kind {
	case yaml.ScalarNode:
		return d.scalar(n)
	case yaml.SequenceNode:
		list := make([]any, 0, len(n.Content))
		for _, item := range n.Content {
			list = append(list, d.value(item, depth+1))
		}
		return list
	case yaml.MappingNode:
		return d.mapping(n, depth)
	case yaml.AliasNode:
		if d.open[n.Alias] {
			d.full = true
			d.fault(n, "an alias may not stand inside its own anchor", "alias %s holds itself", shown("*"+n.Value))
			return nil
		}
		if d.open == nil {
			d.open = map[*yaml.Node]bool{}
		}
		d.open[n.Alias] = true
		v := d.value(n.Alias, depth+1)
		delete(d.open, n.Alias)
		return v
	}
	return nil
}

func (d *yamlDecoder) mapping(n *yaml.Node, depth int) any {
	m := make(map[string]any, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		name := d.key(key, depth)
		if _, twice := m[name]; twice && !d.full {
			d.fault(key, "keep one of them", "key %s is already on line %d", shown(name), d.lineOf(n, i, name))
		}
		if name == "<<" && key.Style == 0 {
			d.note(key, "write the keys out", "<< is a plain key here: YAML 1.2 merges nothing")
		}
		m[name] = d.value(n.Content[i+1], depth+1)
	}
	return m
}

// lineOf finds the earlier twin of a key.
func (d *yamlDecoder) lineOf(n *yaml.Node, before int, name string) int {
	for i := 0; i < before; i += 2 {
		if d.key(n.Content[i], 0) == name {
			return n.Content[i].Line + d.offset
		}
	}
	return n.Line + d.offset
}

// key is the text of a mapping key. Like Backstage's reader it makes text of
// whatever stands there, also of another mapping.
func (d *yamlDecoder) key(n *yaml.Node, depth int) string {
	if n.Kind == yaml.ScalarNode && (n.Style != 0 || n.Tag == "!!str") {
		return d.text(n.Value)
	}
	v := d.value(n, depth+1)
	switch v := v.(type) {
	case string:
		return v
	case nil:
		return ""
	case map[string]any, []any:
		if isFlowMapping(n) {
			d.note(n, `put the placeholder in quotes: "{{ … }}"`, "an unquoted {{ }} is a YAML mapping and not a placeholder")
		}
		text := flowText(v)
		d.bytes += len(text)
		return text
	default:
		return jsText(v)
	}
}

func isFlowMapping(n *yaml.Node) bool {
	return n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle != 0
}

func (d *yamlDecoder) text(s string) string {
	d.bytes += len(s)
	if d.breaks {
		return ownBreaks.Replace(s)
	}
	return s
}

func (d *yamlDecoder) scalar(n *yaml.Node) any {
	switch {
	case n.Style == 0:
		return d.plain(n.Value)
	case n.Style&yaml.TaggedStyle == 0:
		return d.text(n.Value)
	}
	switch n.Tag {
	case "!!int", "!!float", "!!bool", "!!null":
		if v := d.plain(n.Value); tagFits(n.Tag, n.Value, v) {
			return v
		}
	}
	return d.text(n.Value) // !!str, what no schema knows, and what its tag does not fit
}

// tagFits tells whether a value is what its tag says. The core schema writes
// floats with a point or an exponent: 1 is an int alone.
func tagFits(tag, text string, v any) bool {
	switch v.(type) {
	case nil:
		return tag == "!!null"
	case bool:
		return tag == "!!bool"
	case float64:
		if !strings.HasPrefix(text, "0x") && strings.ContainsAny(text, ".eE") {
			return tag == "!!float"
		}
		return tag == "!!int"
	}
	return false
}

// plain resolves an unquoted scalar: null, true, false, numbers, else text.
func (d *yamlDecoder) plain(s string) any {
	if isNullText(s) {
		return nil
	}
	switch c := s[0]; {
	case c >= '0' && c <= '9', c == '-', c == '+', c == '.':
		if f, ok := coreNumber(s); ok {
			return f
		}
	case c == 't', c == 'T':
		if s == "true" || s == "True" || s == "TRUE" {
			return true
		}
	case c == 'f', c == 'F':
		if s == "false" || s == "False" || s == "FALSE" {
			return false
		}
	}
	return d.text(s)
}

func isNullText(s string) bool {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return true
	}
	return false
}

// coreNumber reads the numbers of the core schema: decimal (014 is fourteen),
// 0o octal, 0x hexadecimal, floats, .inf and .nan.
func coreNumber(s string) (float64, bool) {
	if len(s) > 2 && s[0] == '0' && (s[1] == 'o' || s[1] == 'x') {
		base := 8
		if s[1] == 'x' {
			base = 16
		}
		return digits(s[2:], base)
	}
	switch s {
	case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF":
		return math.Inf(1), true
	case "-.inf", "-.Inf", "-.INF":
		return math.Inf(-1), true
	case ".nan", ".NaN", ".NAN":
		return math.NaN(), true
	}
	if !isDecimal(s) {
		return 0, false
	}
	f, _ := strconv.ParseFloat(s, 64) // out of range is infinite, as in JavaScript
	return f, true
}

func digits(s string, base int) (float64, bool) {
	f := 0.0
	for i := range len(s) {
		v := strings.IndexByte("0123456789abcdef", s[i]|0x20)
		if v < 0 || v >= base || (s[i] < '0') {
			return 0, false
		}
		f = f*float64(base) + float64(v)
	}
	return f, true
}

// isDecimal tells whether s is [-+]digits with an optional fraction and exponent.
func isDecimal(s string) bool {
	i := 0
	if s[0] == '-' || s[0] == '+' {
		i++
	}
	whole := span(s, i)
	i += whole
	if i < len(s) && s[i] == '.' {
		i++
		fraction := span(s, i)
		whole += fraction
		i += fraction
	}
	if whole == 0 {
		return false
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		i++
		if i < len(s) && (s[i] == '-' || s[i] == '+') {
			i++
		}
		exponent := span(s, i)
		if exponent == 0 {
			return false
		}
		i += exponent
	}
	return i == len(s)
}

// span counts the digits from i on.
func span(s string, i int) int {
	n := 0
	for i+n < len(s) && s[i+n] >= '0' && s[i+n] <= '9' {
		n++
	}
	return n
}

// jsText is a bool or number as JavaScript's String() writes it.
func jsText(v any) string {
	switch v := v.(type) {
	case bool:
		return strconv.FormatBool(v)
	case float64:
		if v == 0 {
			return "0" // JavaScript's -0, too
		}
		if v == math.Trunc(v) && math.Abs(v) < 1e21 {
			return strconv.FormatFloat(v, 'f', -1, 64)
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return ""
}

// flowText is a mapping or list as one line, for use as a key.
func flowText(v any) string {
	var b strings.Builder
	writeFlow(&b, v)
	return b.String()
}

func writeFlow(b *strings.Builder, v any) {
	switch v := v.(type) {
	case map[string]any:
		b.WriteString("{ ")
		for i, k := range slices.Sorted(maps.Keys(v)) {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(k)
			if v[k] != nil {
				b.WriteString(": ")
				writeFlow(b, v[k])
			}
		}
		b.WriteString(" }")
	case []any:
		b.WriteString("[ ")
		for i, item := range v {
			if i > 0 {
				b.WriteString(", ")
			}
			writeFlow(b, item)
		}
		b.WriteString(" ]")
	case string:
		b.WriteString(v)
	case nil:
		b.WriteString("null")
	default:
		b.WriteString(jsText(v))
	}
}
