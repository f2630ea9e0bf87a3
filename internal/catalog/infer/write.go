package infer

import (
	"bytes"
	"fmt"
	"maps"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/safe"
)

// Unknown is what a descriptor says where a value is required and not known.
const Unknown = "unknown"

// required are the fields that a Component cannot do without.
var required = []string{FieldType, FieldLifecycle, FieldOwner}

// Descriptor is the entity as the text of a catalog-info.yaml that the catalog
// accepts. A comment beside each value names its evidence; what is required and
// not known says so.
func (r *Result) Descriptor() ([]byte, error) {
	e := *r.Entity
	e.Spec = maps.Clone(e.Spec)
	e.Metadata.Namespace = "" // the default one
	for _, field := range required {
		if _, known := e.Spec[field]; !known {
			e.Spec[field] = Unknown
		}
	}
	text, err := e.YAML()
	if err != nil {
		return nil, err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil || len(doc.Content) == 0 {
		return nil, fmt.Errorf("the descriptor of %s cannot be written: %w", e.Ref(), err)
	}
	root := doc.Content[0]
	root.Content[0].HeadComment = "What this repository says of itself, told from its files by idptui.\nEach comment names the evidence: correct what is wrong, then delete them."
	for _, v := range r.Values {
		remark(root, v)
	}
	if note := r.remarks(); note != "" {
		root.Content[len(root.Content)-2].HeadComment = note
	}
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(&doc); err != nil {
		return nil, fmt.Errorf("the descriptor of %s cannot be written: %w", e.Ref(), err)
	}
	return out.Bytes(), nil
}

// remark puts the evidence of a value beside it.
func remark(root *yaml.Node, v catalog.Inferred) {
	parent := map[string]string{
		FieldName: "metadata", FieldTitle: "metadata", FieldDescription: "metadata", FieldTags: "metadata",
		FieldType: "spec", FieldLifecycle: "spec", FieldOwner: "spec",
	}[v.Field]
	key, value := child(root, parent)
	if key == nil {
		return
	}
	if key, value = child(value, v.Field); key == nil {
		return
	}
	text := "from " + v.From
	if v.Value == "" {
		text = v.Hint
	}
	if value.Kind == yaml.ScalarNode && !strings.Contains(value.Value, "\n") && len(value.Value) < maxWord {
		value.LineComment = text
	} else {
		key.HeadComment = text
	}
}

// child is a key of a mapping and its value, or nil.
func child(n *yaml.Node, name string) (key, value *yaml.Node) {
	for i := 0; n != nil && n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i], n.Content[i+1]
		}
	}
	return nil, nil
}

// remarks say what was found that only a person can turn into entities.
func (r *Result) remarks() string {
	var lines []string
	for _, f := range r.Found {
		if f.Field == FieldAPI {
			lines = append(lines, "- "+f.From+" ("+f.Value+")")
		}
	}
	if len(lines) == 0 {
		return ""
	}
	return "Definitions of APIs were found. Each can be an entity of kind API, which providesApis then names:\n" + strings.Join(lines, "\n")
}

// Record is the entity as a screen shows it: its document is the one that could be
// written.
func (r *Result) Record() (*catalog.Record, error) {
	text, err := r.Descriptor()
	if err != nil {
		return nil, err
	}
	return &catalog.Record{
		Entity: r.Entity, Raw: string(text), Provenance: catalog.Provenance{Path: safe.Line(r.Path()), Line: 1},
		Inferred: append(append([]catalog.Inferred{}, r.Values...), r.Found...),
	}, nil
}
