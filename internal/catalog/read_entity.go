package catalog

import (
	"maps"
	"math"
	"slices"

	"github.com/idptui/idptui/internal/safe"
)

// buildEntity makes an entity of a document that has passed validation. Every
// text in it is clean afterwards.
func buildEntity(doc map[string]any) *Entity {
	metadata := doc["metadata"].(map[string]any)
	e := &Entity{
		APIVersion: lineOf(doc, "apiVersion"),
		Kind:       lineOf(doc, "kind"),
		Metadata: Metadata{
			Name:        lineOf(metadata, "name"),
			Namespace:   lineOf(metadata, "namespace"),
			Title:       lineOf(metadata, "title"),
			Labels:      cleanTexts(metadata["labels"], safe.Line),
			Annotations: cleanTexts(metadata["annotations"], safe.Text),
			UID:         lineOf(metadata, "uid"),
			ETag:        lineOf(metadata, "etag"),
		},
	}
	if e.Metadata.Namespace == "" {
		e.Metadata.Namespace = DefaultNamespace
	}
	if s, ok := metadata["description"].(string); ok {
		e.Metadata.Description = safe.Text(s)
	}
	if list, ok := metadata["tags"].([]any); ok {
		for _, tag := range list {
			e.Metadata.Tags = append(e.Metadata.Tags, safe.Line(tag.(string)))
		}
	}
	if list, ok := metadata["links"].([]any); ok {
		for _, item := range list {
			link := item.(map[string]any)
			e.Metadata.Links = append(e.Metadata.Links, Link{
				URL: lineOf(link, "url"), Title: lineOf(link, "title"), Icon: lineOf(link, "icon"), Type: lineOf(link, "type"),
			})
		}
	}
	for key, v := range metadata {
		if !slices.Contains(metadataKeys, key) {
			if e.Metadata.Extra == nil {
				e.Metadata.Extra = map[string]any{}
			}
			e.Metadata.Extra[safe.Line(key)] = cleanValue(v)
		}
	}
	if spec, ok := doc["spec"].(map[string]any); ok {
		e.Spec = cleanSpec(spec)
	}
	return e
}

func lineOf(m map[string]any, key string) string {
	s, _ := m[key].(string)
	return safe.Line(s)
}

func cleanTexts(v any, clean func(string) string) map[string]string {
	m, ok := v.(map[string]any)
	if !ok || len(m) == 0 {
		return nil
	}
	out := make(map[string]string, len(m))
	for key, value := range m {
		out[safe.Line(key)] = clean(value.(string))
	}
	return out
}

// lineFields are the spec fields whose texts are names, and so single lines
// wherever they are shown.
var lineFields = map[string]bool{
	"type": true, "lifecycle": true, "owner": true, "system": true, "domain": true, "subdomainOf": true, "subcomponentOf": true,
	"providesApis": true, "consumesApis": true, "dependsOn": true, "dependencyOf": true, "parent": true, "children": true,
	"members": true, "memberOf": true, "skills": true, "plugins": true, "target": true, "targets": true, "presence": true, "profile": true,
}

// cleanSpec cleans a spec in place.
func cleanSpec(spec map[string]any) map[string]any {
	return cleanMap(spec, func(key string, v any) any {
		if lineFields[key] {
			return cleanWith(v, safe.Line)
		}
		return cleanValue(v)
	})
}

// cleanValue cleans every text of a value, mappings and lists in place.
func cleanValue(v any) any { return cleanWith(v, safe.Text) }

func cleanWith(v any, clean func(string) string) any {
	switch v := v.(type) {
	case string:
		return clean(v)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil // as JSON writes them
		}
	case []any:
		for i := range v {
			v[i] = cleanWith(v[i], clean)
		}
	case map[string]any:
		return cleanMap(v, func(_ string, v any) any { return cleanWith(v, clean) })
	}
	return v
}

// cleanMap cleans keys and values. Of keys that are the same once clean the
// first by name stays.
func cleanMap(m map[string]any, clean func(string, any) any) map[string]any {
	dirty := false
	for key, v := range m {
		switch v.(type) {
		case bool, nil:
		default:
			m[key] = clean(key, v)
		}
		dirty = dirty || safe.Line(key) != key
	}
	if !dirty {
		return m
	}
	out := make(map[string]any, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if line := safe.Line(key); out[line] == nil {
			out[line] = m[key]
		}
	}
	return out
}
