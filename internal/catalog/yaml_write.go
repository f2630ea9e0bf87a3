package catalog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// writeOrder is the order in which a person expects the keys of an entity, at
// any depth. Other keys follow by name, and long texts come last.
var writeOrder = []string{
	"apiVersion", "kind", "metadata", "spec", "relations", "status",
	"id", "name", "namespace", "title", "type", "lifecycle", "owner", "system", "domain",
	"action", "if", "each", "displayName", "email", "picture",
	"description", "labels", "annotations", "tags", "links", "url", "icon",
	"profile", "parent", "children", "members", "memberOf",
	"subcomponentOf", "subdomainOf", "providesApis", "consumesApis", "dependsOn", "dependencyOf",
	"target", "targets", "targetRef", "presence", "parameters", "steps", "input", "output",
}

var writeRank = func() map[string]int {
	rank := make(map[string]int, len(writeOrder))
	for i, key := range writeOrder {
		rank[key] = i - len(writeOrder)
	}
	rank["definition"] = 1
	return rank
}()

// YAML is the entity as a YAML document: the same keys as its JSON, in a stable
// order that people are used to. Reading it gives the same entity.
func (e *Entity) YAML() ([]byte, error) {
	data, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be written: %w", e.Ref(), err)
	}
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return nil, fmt.Errorf("%s cannot be written: %w", e.Ref(), err)
	}
	var buf bytes.Buffer
	enc := yaml.NewEncoder(&buf)
	enc.SetIndent(2)
	if err := enc.Encode(yamlNode(v, writeRank)); err != nil {
		return nil, fmt.Errorf("%s cannot be written: %w", e.Ref(), err)
	}
	return buf.Bytes(), nil
}

// yamlNode makes a node of a JSON value. Keys are ordered by rank, then by name.
func yamlNode(v any, rank map[string]int) *yaml.Node {
	switch v := v.(type) {
	case map[string]any:
		n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		keys := slices.SortedFunc(maps.Keys(v), func(a, b string) int {
			if d := rank[a] - rank[b]; d != 0 {
				return d
			}
			return strings.Compare(a, b)
		})
		for _, key := range keys {
			n.Content = append(n.Content, textNode(key, true), yamlNode(v[key], rank))
		}
		return n
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		for _, item := range v {
			n.Content = append(n.Content, yamlNode(item, rank))
		}
		return n
	case string:
		return textNode(v, false)
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(v)}
	case float64:
		return numberNode(v)
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
}

func numberNode(v float64) *yaml.Node {
	text := strconv.FormatFloat(v, 'g', -1, 64)
	switch {
	case text == "-0":
		text = "-0.0" // which no reader takes for an integer
	case v == math.Trunc(v) && math.Abs(v) < 1e15:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.FormatInt(int64(v), 10)}
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!float", Value: text}
}

// textNode writes a text so that every reader, of YAML 1.1 or 1.2, takes it for
// the same text.
func textNode(s string, key bool) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	lines := strings.Contains(s, "\n")
	switch {
	case lines && !key && isBlockText(s):
		n.Style = yaml.LiteralStyle
	case lines || !isPlainText(s):
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// isBlockText tells whether a text survives as a literal block.
func isBlockText(s string) bool {
	if s[0] == ' ' || s[0] == '\n' || s[0] == '\t' {
		return false
	}
	return !strings.ContainsAny(s, "\r\t") && badCharacter([]byte(s)) < 0 && !hasForeignBreaks([]byte(s)) && !strings.ContainsRune(s, '\ufeff')
}

// isPlainText tells whether a single line needs no quotes: it is no number,
// date, boolean or null in any version of YAML. The encoder itself quotes what
// its syntax demands.
func isPlainText(s string) bool {
	if s == "" || hasForeignBreaks([]byte(s)) || badCharacter([]byte(s)) >= 0 {
		return false
	}
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", "<<", "=":
		return false
	}
	return s[0] != '.' && s[0] != '+' && s[0] != '-' && (s[0] < '0' || s[0] > '9')
}
