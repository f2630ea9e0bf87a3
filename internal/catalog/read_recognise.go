package catalog

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Mentions tells whether a text names one of the API groups, which are as in
// ReadOptions.
func Mentions(text []byte, groups []string) bool {
	if len(groups) == 0 {
		groups = defaultGroups
	}
	for _, group := range groups {
		if bytes.Contains(text, []byte(strings.TrimPrefix(group, "*."))) {
			return true
		}
	}
	return false
}

// mentionsCatalog is a cheap first look that lets foreign files pass unparsed:
// an entity names its group somewhere, or forgot its apiVersion altogether.
func (d *docReader) mentionsCatalog() bool {
	text := d.chunk.text
	return Mentions(text, d.opts.Groups) || !bytes.Contains(text, []byte("apiVersion")) && bytes.Contains(text, []byte("metadata")) && bytes.Contains(text, []byte("kind"))
}

// claimsGroup looks for an apiVersion of the catalog's in a text that cannot
// be parsed.
func (d *docReader) claimsGroup() bool {
	for rest := d.chunk.text; ; {
		i := bytes.Index(rest, []byte("apiVersion"))
		if i < 0 {
			return false
		}
		rest = bytes.TrimLeft(rest[i+len("apiVersion"):], `"' `)
		if len(rest) == 0 || rest[0] != ':' {
			continue
		}
		value := bytes.TrimLeft(rest[1:], `"' `)
		if end := bytes.IndexAny(value, " \t\r\n\"'#,}"); end >= 0 {
			value = value[:end]
		}
		group, _, _ := strings.Cut(capped(string(value), maxShown), "/")
		if groupMatches(d.opts.Groups, group) {
			return true
		}
	}
}

// isOwnTemplate tells whether a document that does not parse is a Template in
// its own right. Its placeholders are quoted texts, and the fault is its
// author's; in a skeleton the name is a placeholder, or block tags stand
// between the lines.
func (d *docReader) isOwnTemplate() bool {
	template := false
	for line := range bytes.Lines(d.chunk.text) {
		key, value, _ := strings.Cut(strings.TrimSpace(string(line)), ":")
		switch {
		case strings.HasPrefix(key, "{%"), strings.HasPrefix(key, "{{"), strings.HasPrefix(key, "${{"):
			return false
		case key == "kind" && line[0] == 'k':
			template = strings.Trim(value, ` "'`) == KindTemplate
		case key == "name" && isTemplated(value):
			return false
		case key == "spec" && line[0] == 's':
			return template
		}
	}
	return template
}

// recognise tells whether the document is to be read as an entity. Where it is
// not, it sets the state.
func (d *docReader) recognise() bool {
	d.doc.State = DocForeign
	if d.root.Kind != yaml.MappingNode {
		if d.root.Kind == yaml.ScalarNode && d.root.Style == 0 && isNullText(d.root.Value) {
			d.doc.State = DocEmpty
		} else if d.named {
			d.refuse(yamlFault{d.root.Line + d.chunk.line - 1, d.root.Column, "the document is no mapping of keys and values", "begin it with apiVersion:"})
		}
		return false
	}
	apiVersion, kind := nodeAt(d.root, "apiVersion"), nodeAt(d.root, "kind")
	rule := builtinFold(scalarOf(kind))
	switch {
	case isTemplatedNode(apiVersion):
		if rule == nil && !isTemplatedNode(kind) {
			return false
		}
	case scalarOf(apiVersion) == "":
		metadata := nodeAt(d.root, "metadata")
		if rule == nil || metadata == nil || metadata.Kind != yaml.MappingNode {
			return false
		}
	default:
		group, _, _ := strings.Cut(scalarOf(apiVersion), "/")
		if !groupMatches(d.opts.Groups, group) {
			return false
		}
	}
	if field := d.templatedField(); field != "" {
		d.skeleton("the document is a template's skeleton: its " + field + " is a placeholder")
		return false
	}
	d.doc.State = DocEmpty
	return true
}

// referenceFields are the spec fields that a skeleton fills in. A Template may
// have a placeholder anywhere but in its name.
var referenceFields = []string{
	"owner", "system", "domain", "subdomainOf", "subcomponentOf", "parent", "target",
	"providesApis", "consumesApis", "dependsOn", "dependencyOf", "children", "members", "memberOf", "targets",
}

// templatedField names the first field whose placeholder makes the document a
// skeleton, or "".
func (d *docReader) templatedField() string {
	for _, path := range [][]string{{"apiVersion"}, {"kind"}, {"metadata", "name"}, {"metadata", "namespace"}} {
		if isTemplatedNode(nodeAt(d.root, path...)) {
			return strings.Join(path, ".")
		}
	}
	if scalarOf(nodeAt(d.root, "kind")) == KindTemplate {
		return ""
	}
	spec := nodeAt(d.root, "spec")
	for _, name := range referenceFields {
		n := nodeAt(spec, name)
		if isTemplatedNode(n) {
			return "spec." + name
		}
		if n != nil && n.Kind == yaml.SequenceNode {
			for _, item := range n.Content {
				if isTemplatedNode(item) {
					return "spec." + name
				}
			}
		}
	}
	return ""
}

// nodeAt follows keys down from a node; nil where one is missing.
func nodeAt(n *yaml.Node, path ...string) *yaml.Node {
	for _, key := range path {
		if n == nil {
			return nil
		}
		_, n = childNode(n, key)
	}
	return n
}

func scalarOf(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode {
		return ""
	}
	return n.Value
}

// isTemplated tells whether a text holds a placeholder of nunjucks, Jinja or
// cookiecutter.
func isTemplated(s string) bool {
	return strings.Contains(s, "{{") || strings.Contains(s, "${") || strings.Contains(s, "{%")
}

// holdsPlaceholder tells whether a text that is no YAML may become some once
// its placeholders or block tags are filled in.
func holdsPlaceholder(text []byte) bool {
	return bytes.Contains(text, []byte("{{")) && bytes.Contains(text, []byte("}}")) ||
		bytes.Contains(text, []byte("{%")) && bytes.Contains(text, []byte("%}"))
}

// isTemplatedNode also knows the unquoted {{ name }}, which is a mapping with a
// mapping for its key.
func isTemplatedNode(n *yaml.Node) bool {
	if n == nil {
		return false
	}
	if n.Kind == yaml.ScalarNode {
		return isTemplated(n.Value)
	}
	return isFlowMapping(n) && len(n.Content) == 2 && n.Content[0].Kind == yaml.MappingNode
}
