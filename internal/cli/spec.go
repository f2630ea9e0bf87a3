package cli

import (
	"maps"
	"slices"
	"strings"
)

// shownElsewhere tells whether the page about an entity shows a key of the spec
// above, or as a relation.
func shownElsewhere(key string) bool {
	switch key {
	case "type", "lifecycle", "owner", "system", "subcomponentOf", "domain", "subdomainOf", "providesApis",
		"consumesApis", "dependsOn", "dependencyOf", "parent", "children", "members", "memberOf":
		return true
	}
	return false
}

// specLines are the rest of a spec in one line each. What has a shape of its own
// is told by its size; --raw and -o yaml show it whole.
func specLines(spec map[string]any) map[string]string {
	out := map[string]string{}
	for _, k := range slices.Sorted(maps.Keys(spec)) {
		if shownElsewhere(k) {
			continue
		}
		if sub, ok := spec[k].(map[string]any); ok && k == "profile" {
			for name, v := range sub {
				out[k+"."+name] = brief(v)
			}
			continue
		}
		out[k] = brief(spec[k])
	}
	return out
}

// brief is a value in one line.
func brief(v any) string {
	switch v := v.(type) {
	case string:
		if n := strings.Count(strings.TrimSpace(v), "\n"); n > 0 {
			return Count(n+1, "line")
		}
		return strings.TrimSpace(v)
	case []any:
		texts := make([]string, len(v))
		for i, item := range v {
			switch item.(type) {
			case map[string]any, []any:
				return Count(len(v), "item")
			}
			texts[i] = brief(item)
		}
		return strings.Join(texts, ", ")
	case map[string]any:
		return Count(len(v), "key")
	}
	text, err := marshalJSON(v) // numbers as -o json has them
	if err != nil {
		return ""
	}
	return string(text)
}
