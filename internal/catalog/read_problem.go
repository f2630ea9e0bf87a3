package catalog

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/idptui/idptui/internal/safe"
)

const (
	maxShown   = 80  // bytes of an outside text quoted in a message
	maxMessage = 600 // bytes of a message
	maxField   = 200 // bytes of a field's path
)

// shown is an outside text fit for a message: clean, short, in quotes.
func shown(s string) string { return `"` + shownKey(s) + `"` }

// shownKey is shown without the quotes.
func shownKey(s string) string { return capped(s, maxShown) }

func shownField(p fieldPath) string { return capped(p.String(), maxField) }

// capped cleans what is left of a text after cutting it.
func capped(s string, limit int) string {
	s, cut := safe.Cap(s, limit)
	s = safe.Line(s)
	if cut {
		s += "…"
	}
	return s
}

// add keeps a problem of this document.
func (d *docReader) add(p Problem) {
	if len(d.doc.Problems) >= 2*maxFaults {
		return
	}
	p.Path = d.opts.Path
	p.Message = capped(p.Message, maxMessage)
	p.Hint = capped(p.Hint, maxMessage)
	d.doc.Problems = append(d.doc.Problems, p)
}

// reportAt adds a problem of a field, with the place of the field.
func (d *docReader) reportAt(severity Severity, class string, path fieldPath, message, hint string) {
	name := path.String()
	for _, f := range d.failed {
		if name == f || strings.HasPrefix(name, f+".") || strings.HasPrefix(name, f+"[") {
			return
		}
	}
	line, column := d.placeOf(path)
	d.add(Problem{
		Severity: severity, Class: class, Line: line, Column: column,
		Field: shownField(path), Message: message, Hint: hint,
	})
}

// placeOf is the file position of a field: of its value, or of the nearest key
// above it that is there.
func (d *docReader) placeOf(path fieldPath) (line, column int) {
	if d.root == nil {
		return d.doc.Line, 0
	}
	at := d.root
	for n := d.root; n != nil && len(path) > 0; path = path[1:] {
		var key *yaml.Node
		if key, n = childNode(n, path[0]); n != nil {
			at = n
			if n.Kind != yaml.AliasNode && n.Value == "" && key != nil {
				at = key // of a mapping, a list or nothing the key says more
			}
		}
	}
	return at.Line + d.chunk.line - 1, at.Column
}

// childNode finds the key and the value of a mapping, or an item of a list.
func childNode(n *yaml.Node, part any) (key, value *yaml.Node) {
	for i := 0; n.Kind == yaml.AliasNode && i < 10; i++ {
		n = n.Alias
	}
	switch part := part.(type) {
	case string:
		if n.Kind == yaml.MappingNode {
			for i := 0; i+1 < len(n.Content); i += 2 {
				if n.Content[i].Value == part {
					return n.Content[i], n.Content[i+1]
				}
			}
		}
	case int:
		if n.Kind == yaml.SequenceNode && part < len(n.Content) {
			return nil, n.Content[part]
		}
	}
	return nil, nil
}

// nameProblems says in each problem which entity it is about, if it has a name.
func (d *docReader) nameProblems(doc map[string]any) {
	if len(d.doc.Problems) == 0 {
		return
	}
	metadata, _ := doc["metadata"].(map[string]any)
	kind, _ := doc["kind"].(string)
	name, _ := metadata["name"].(string)
	ns := namespaceOf(doc)
	if ns == "" {
		ns = DefaultNamespace
	}
	if !isVersion(kind) || !isObjectName(name) || !isDNSLabel(ns) {
		return
	}
	ref := Ref{Kind: kind, Namespace: ns, Name: name}.String()
	for i := range d.doc.Problems {
		d.doc.Problems[i].Ref = ref
	}
}
