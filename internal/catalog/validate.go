package catalog

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// validation checks one decoded document against Backstage's rules and reports
// everything that is wrong with it, in the order of the rules.
type validation struct {
	report func(severity Severity, class string, path fieldPath, message, hint string)
}

var metadataShape = &shape{types: isObject, fields: []field{
	{name: "name", required: true, hint: "add name: under metadata", shape: &shape{types: isText, filled: true, format: formatName}},
	{name: "namespace", shape: &shape{types: isText, filled: true, format: formatNamespace}},
	{name: "title", shape: filled},
	{name: "description", shape: anyText},
	{name: "labels", shape: &shape{types: isObject, keys: formatKey, rest: &shape{types: isText, format: formatLabelValue}}},
	{name: "annotations", shape: &shape{types: isObject | isNull, keys: formatKey, rest: anyText}},
	{name: "tags", shape: &shape{types: isList, items: &shape{types: isText, filled: true, format: formatTag}}},
	{name: "links", shape: &shape{types: isList, items: &shape{types: isObject, fields: []field{
		{name: "url", required: true, hint: "add url: and the address", shape: &shape{types: isText, filled: true, format: formatURL}},
		{name: "title", shape: &shape{types: isText, filled: true, format: formatLinkText}},
		{name: "icon", shape: &shape{types: isText, filled: true, format: formatLinkText}},
		{name: "type", shape: filled},
	}}}},
	{name: "uid", shape: filled},
	{name: "etag", shape: filled},
}}

var envelopeShape = &shape{types: isObject, fields: []field{
	{name: "apiVersion", required: true, hint: "add apiVersion: backstage.io/v1alpha1", shape: &shape{types: isText, filled: true, format: formatAPIVersion}},
	{name: "kind", required: true, hint: "add kind: such as Component", shape: &shape{types: isText, filled: true, format: formatKind}},
	{name: "metadata", required: true, hint: "add metadata: with a name: below it", shape: metadataShape},
	{name: "spec", shape: specOf()},
}}

// outputFields are set by the catalog and refused in what people write.
var outputFields = []string{"relations", "status"}

func (v *validation) document(doc map[string]any) {
	v.shape(nil, doc, envelopeShape)
	for _, key := range slices.Sorted(maps.Keys(doc)) {
		if slices.ContainsFunc(envelopeShape.fields, func(f field) bool { return f.name == key }) {
			continue
		}
		hint := "move it under metadata or spec, or remove it"
		if slices.Contains(outputFields, key) {
			hint = "remove it: the catalog fills it in"
		}
		v.report(Error, ClassEnvelope, fieldPath{key}, "unknown field "+shown(key)+" beside apiVersion, kind, metadata and spec", hint)
	}
	kind, _ := doc["kind"].(string)
	if kind == "" {
		return
	}
	v.kind(doc, kind)
}

// kind checks what the kind's own rule says.
func (v *validation) kind(doc map[string]any, kind string) {
	apiVersion, _ := doc["apiVersion"].(string)
	rule := builtinFor(apiVersion, kind)
	if apiVersion == "" {
		rule = builtinKinds[kind] // a missing apiVersion is reported already
	}
	if rule == nil {
		v.otherKind(doc, apiVersion, kind)
		return
	}
	if apiVersion != "" && !slices.Contains(rule.versions, apiVersion) {
		v.report(Error, ClassEnvelope, fieldPath{"apiVersion"},
			fmt.Sprintf("apiVersion %s is not accepted for kind %s", shown(apiVersion), rule.name),
			"write "+strings.Join(rule.versions, " or "))
		return
	}
	value, present := doc["spec"]
	if !present {
		v.report(Error, ClassSpec, fieldPath{"spec"}, "spec is missing", "add spec: with what a "+rule.name+" needs")
		return
	}
	spec, ok := value.(map[string]any)
	if !ok {
		return // reported with the envelope
	}
	s := rule.specFor(spec)
	v.shape(&place{key: "spec", index: -1}, spec, s)
	v.refs(doc, spec, s.fields, Error)
	if rule.name == KindLocation && spec["target"] == nil && spec["targets"] == nil {
		v.report(Warning, ClassLocation, fieldPath{"spec"}, "the Location names no target", "add targets: a list of files")
	}
}

// otherKind accepts any kind that is not a built-in one in another spelling.
func (v *validation) otherKind(doc map[string]any, apiVersion, kind string) {
	group, _, _ := strings.Cut(apiVersion, "/")
	if near := builtinFold(kind); near != nil && (apiVersion == "" || groupMatches(defaultGroups, group)) {
		v.report(Error, ClassEnvelope, fieldPath{"kind"}, fmt.Sprintf("kind %s is not known in this spelling", shown(kind)), "write "+near.name)
		return
	}
	if near := nearKind(kind); near != "" && groupMatches(defaultGroups, group) {
		v.report(Warning, ClassEnvelope, fieldPath{"kind"}, fmt.Sprintf("kind %s is none of Backstage's", shown(kind)), "did you mean "+near+"?")
	}
	if spec, ok := doc["spec"].(map[string]any); ok {
		v.refs(doc, spec, otherRefs, Warning)
	}
}

// nearKind is the built-in kind that somebody may have meant: one letter off, or
// two in a long word. A word of three letters is near to too many.
func nearKind(kind string) string {
	limit := 1
	if len(kind) >= 8 {
		limit = 2
	}
	best, least := "", limit+1
	for _, name := range slices.Sorted(maps.Keys(builtinKinds)) {
		if d := editDistance(strings.ToLower(kind), strings.ToLower(name), limit); d < least && len(kind) > 3 {
			best, least = name, d
		}
	}
	return best
}

func (v *validation) shape(at *place, value any, s *shape) {
	check := shapeCheck{report: func(path fieldPath, message, hint string) {
		class := ClassEnvelope
		if len(path) > 0 && (path[0] == "metadata" || path[0] == "spec") {
			class = path[0].(string)
		}
		v.report(Error, class, path, message, hint)
	}}
	check.value(at, value, s)
}

// refs checks that each reference can be read and makes a relation. What
// cannot be read gets the given severity: Backstage refuses the whole entity
// for it, where it knows the kind.
func (v *validation) refs(doc, spec map[string]any, fields []field, severity Severity) {
	ns := namespaceOf(doc)
	for i := range fields {
		f := &fields[i]
		value := spec[f.name]
		if f.ref == nil || severity == Error && typeOf(value)&f.shape.types == 0 {
			continue // of the wrong type, which is reported already
		}
		eachText(value, func(index int, text string) {
			path := fieldPath{"spec", f.name}
			if index >= 0 {
				path = append(path, index)
			}
			ref, err := f.ref.parse(text, ns)
			switch {
			case err != nil:
				v.report(severity, ClassRef, path, refFault(path, text, err), refHint(f.ref, text))
			case !f.ref.allows(ref.Kind):
				v.report(Warning, ClassRef, path,
					fmt.Sprintf("%s names a %s, so it makes no relation", shownField(path), strings.ToLower(ref.Kind)),
					"name a "+strings.ToLower(strings.Join(f.ref.allowed, " or ")))
			}
		})
	}
}

func refFault(path fieldPath, text string, err error) string {
	// ParseRef quotes the whole text; a message names the field instead.
	reason := strings.TrimPrefix(err.Error(), fmt.Sprintf("reference %q ", text))
	reason, _, _ = strings.Cut(reason, ";")
	reason, _, _ = strings.Cut(reason, ", as in")
	return shownField(path) + " is " + shown(text) + ", which " + reason
}

func refHint(r *refRule, text string) string {
	if r.kind == "" && !strings.Contains(text, ":") {
		return "write component:" + shownKey(text) + " or resource:" + shownKey(text)
	}
	return "write [kind:][namespace/]name"
}

// namespaceOf is the namespace that references of a document inherit.
func namespaceOf(doc map[string]any) string {
	metadata, _ := doc["metadata"].(map[string]any)
	ns, _ := metadata["namespace"].(string)
	return ns
}

// eachText calls f for a text (index -1) or for each text of a list.
func eachText(v any, f func(index int, text string)) {
	switch v := v.(type) {
	case string:
		if v != "" {
			f(-1, v)
		}
	case []any:
		for i, item := range v {
			if s, ok := item.(string); ok && s != "" {
				f(i, s)
			}
		}
	}
}

// parse reads a reference with the field's defaults.
func (r *refRule) parse(text, namespace string) (Ref, error) {
	return ParseRef(text, RefDefaults{Kind: r.kind, Namespace: namespace})
}

func (r *refRule) allows(kind string) bool {
	return r.allowed == nil || slices.ContainsFunc(r.allowed, func(a string) bool { return strings.EqualFold(a, kind) })
}
