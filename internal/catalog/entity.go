package catalog

import (
	"encoding/json"
	"fmt"
	"maps"
)

// Entity is one entity in Backstage's envelope. Its JSON is the shape of
// Backstage's REST API. Unknown metadata keys live in Metadata.Extra; Spec keeps
// every key. Values in Spec and Extra are the JSON types: nil, bool, float64,
// string, []any and map[string]any.
type Entity struct {
	APIVersion string         `json:"apiVersion"`
	Kind       string         `json:"kind"`
	Metadata   Metadata       `json:"metadata"`
	Spec       map[string]any `json:"spec,omitempty"`
	Relations  []Relation     `json:"relations,omitzero"` // output only; empty, not absent, where there are none, filled from a Snapshot
	Status     *Status        `json:"status,omitempty"`   // output only
}

// Metadata is the envelope's metadata. Extra holds the keys not named here.
type Metadata struct {
	Name        string
	Namespace   string // never empty after Read: "default" is filled in
	Title       string
	Description string
	Labels      map[string]string
	Annotations map[string]string
	Tags        []string
	Links       []Link
	UID         string
	ETag        string
	Extra       map[string]any
}

// Link is one of metadata.links.
type Link struct {
	URL   string `json:"url"`
	Title string `json:"title,omitempty"`
	Icon  string `json:"icon,omitempty"`
	Type  string `json:"type,omitempty"`
}

// Relation is a relation as output shows it; TargetRef is canonical.
type Relation struct {
	Type      string `json:"type"`
	TargetRef string `json:"targetRef"`
}

// Status carries what processing found, in Backstage's form.
type Status struct {
	Items []StatusItem `json:"items,omitempty"`
}

// StatusItem is one finding; Level is info, warning or error.
type StatusItem struct {
	Type    string `json:"type"`
	Level   string `json:"level"`
	Message string `json:"message"`
}

// StatusProcessing is the only status type of Backstage's core.
const StatusProcessing = "backstage.io/catalog-processing"

// Ref is the entity's own reference.
func (e *Entity) Ref() Ref {
	ns := e.Metadata.Namespace
	if ns == "" {
		ns = DefaultNamespace
	}
	return Ref{Kind: e.Kind, Namespace: ns, Name: e.Metadata.Name}
}

// SpecString is a text of the spec, or "" where it is missing or no text.
func (e *Entity) SpecString(key string) string {
	s, _ := e.Spec[key].(string)
	return s
}

// SpecStrings are the texts of a list in the spec; other items are left out.
func (e *Entity) SpecStrings(key string) []string {
	list, _ := e.Spec[key].([]any)
	var out []string
	for _, v := range list {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// metadataKeys are the keys that Metadata holds in fields of its own.
var metadataKeys = []string{"name", "namespace", "title", "description", "labels", "annotations", "tags", "links", "uid", "etag"}

// metadataJSON is the wire form of the named keys.
type metadataJSON struct {
	Name        string            `json:"name"`
	Namespace   string            `json:"namespace,omitempty"`
	Title       string            `json:"title,omitempty"`
	Description string            `json:"description,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
	Tags        []string          `json:"tags,omitempty"`
	Links       []Link            `json:"links,omitempty"`
	UID         string            `json:"uid,omitempty"`
	ETag        string            `json:"etag,omitempty"`
}

// MarshalJSON writes the named keys and Extra as one object.
func (m Metadata) MarshalJSON() ([]byte, error) {
	named := metadataJSON{
		m.Name, m.Namespace, m.Title, m.Description, m.Labels, m.Annotations, m.Tags, m.Links, m.UID, m.ETag,
	}
	head, err := json.Marshal(named)
	if err != nil || len(m.Extra) == 0 {
		return head, err
	}
	extra := maps.Clone(m.Extra)
	for _, k := range metadataKeys {
		delete(extra, k)
	}
	if len(extra) == 0 {
		return head, nil
	}
	tail, err := json.Marshal(extra)
	if err != nil {
		return nil, fmt.Errorf("metadata of %s: %w", m.Name, err)
	}
	return append(append(head[:len(head)-1], ','), tail[1:]...), nil
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (m *Metadata) UnmarshalJSON(b []byte) error {
	var named metadataJSON
	if err := json.Unmarshal(b, &named); err != nil {
		return err
	}
	*m = Metadata{
		named.Name, named.Namespace, named.Title, named.Description, named.Labels, named.Annotations,
		named.Tags, named.Links, named.UID, named.ETag, nil,
	}
	var all map[string]any
	if err := json.Unmarshal(b, &all); err != nil {
		return err
	}
	for _, k := range metadataKeys {
		delete(all, k)
	}
	if len(all) > 0 {
		m.Extra = all
	}
	return nil
}
