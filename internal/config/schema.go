package config

import (
	"bytes"
	"encoding/json"
)

// Schema is the JSON Schema (draft 2020-12) of the configuration file. Four
// rules are beyond it and checked by Load alone: names are unique, globs and
// queries can be read, "user" names a User, and the interval is in its bounds.
func Schema() []byte {
	root := fileShape().schema()
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "idptui configuration"
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(root); err != nil { // maps, texts and numbers always encode
		return nil
	}
	return b.Bytes()
}

func (s *shape) schema() map[string]any {
	out := map[string]any{"description": s.doc}
	switch s.kind {
	case text:
		out["type"] = "string"
		if len(s.oneOf) > 0 {
			out["enum"] = s.oneOf
		}
		if s.pattern != nil {
			out["pattern"] = s.pattern.String()
		}
		if s.max > 0 {
			out["maxLength"] = s.max
		}
		if s.example != "" {
			out["examples"] = []string{s.example}
		}
	case flag:
		out["type"] = "boolean"
	case list:
		out["type"], out["items"], out["maxItems"] = "array", s.item.schema(), s.max
	case table:
		out["type"], out["additionalProperties"], out["maxProperties"] = "object", s.item.schema(), s.max
		out["propertyNames"] = map[string]any{"pattern": s.pattern.String()}
	case object:
		properties, required := map[string]any{}, []string{}
		for _, k := range s.keys {
			properties[k.name] = k.shape.schema()
			if k.required {
				required = append(required, k.name)
			}
		}
		out["type"], out["properties"], out["additionalProperties"] = "object", properties, false
		if len(required) > 0 {
			out["required"] = required
		}
		if len(s.either) > 0 {
			one := make([]map[string]any, len(s.either))
			for i, name := range s.either {
				one[i] = map[string]any{"required": []string{name}}
			}
			out["oneOf"] = one
		}
	}
	return out
}
