package catalog

import "fmt"

// Severity says what a Problem cost.
type Severity uint8

// A Note is something left alone on purpose, a Warning an entity that is kept
// with a fault, an Error a document, file or target that is not in the catalog.
const (
	Note Severity = iota
	Warning
	Error
)

// String is the word shown on screen and in JSON.
func (s Severity) String() string {
	return [...]string{"note", "warning", "error"}[min(int(s), 2)]
}

// MarshalText and UnmarshalText carry the word, not the number, in JSON.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (s *Severity) UnmarshalText(b []byte) error {
	for v := Note; v <= Error; v++ {
		if v.String() == string(b) {
			*s = v
			return nil
		}
	}
	return fmt.Errorf("unknown severity %q", b)
}

// Problem classes. Each names the rule, so that scripts can count them.
const (
	ClassYAML        = "yaml"        // the bytes are no YAML, or break a cap
	ClassEnvelope    = "envelope"    // apiVersion, kind, metadata, foreign root fields
	ClassMetadata    = "metadata"    // name, labels, annotations, tags, links
	ClassSpec        = "spec"        // the kind's own schema
	ClassRef         = "reference"   // a reference that cannot be read
	ClassPlaceholder = "placeholder" // $text, $json, $yaml, $openapi
	ClassLocation    = "location"    // targets that are missing, refused or circular
	ClassConflict    = "conflict"    // another place claimed the ref first
	ClassOrphan      = "orphan"      // kept, though nothing brings it any more
	ClassTrust       = "trust"       // kinds this source may not bring
	ClassSource      = "source"      // the source itself: unreadable file, gone folder
	ClassSkeleton    = "skeleton"    // a template's skeleton, left out quietly
)

// Problem is one finding about one place, fit to be acted on. All text in it
// has passed internal/safe.
type Problem struct {
	Severity Severity `json:"severity"`
	Class    string   `json:"class"`
	Ref      string   `json:"ref,omitempty"`    // canonical, where it is known
	Source   string   `json:"source,omitempty"` // the source's name
	Path     string   `json:"path,omitempty"`   // within the source
	Line     int      `json:"line,omitempty"`   // 1-based; 0 = the whole file
	Column   int      `json:"column,omitempty"` // 1-based
	Field    string   `json:"field,omitempty"`  // dotted, such as spec.owner
	Message  string   `json:"message"`          // one sentence without a full stop
	Hint     string   `json:"hint,omitempty"`   // what to do
}

// Where is "path:line:column" with the parts that are known.
func (p Problem) Where() string {
	switch {
	case p.Path == "":
		return p.Source
	case p.Line == 0:
		return p.Path
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.Path, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.Path, p.Line, p.Column)
}
