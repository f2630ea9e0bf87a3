package catalog

import "time"

// Provenance says where an entity came from. Honest screens show it.
type Provenance struct {
	Source string    `json:"source"`           // the source's name
	Path   string    `json:"path"`             // file within the source, slash-separated
	Line   int       `json:"line"`             // first line of the document, 1-based
	Commit string    `json:"commit,omitempty"` // for git sources
	Via    string    `json:"via,omitempty"`    // "path:line" of the Location that named the file
	Synced time.Time `json:"synced"`           // when the source was last read
}

// Record is everything the cache keeps of one entity.
type Record struct {
	Entity     *Entity    `json:"entity"`
	Raw        string     `json:"raw"` // the YAML document as written, after safe.Text
	Provenance Provenance `json:"provenance"`
	Problems   []Problem  `json:"problems,omitempty"` // warnings; an error would have kept it out
	// Inferred is set of an entity that no document describes: what was told from the
	// files of its repository. Raw is then the document that could be written at
	// Provenance.Path. Such a record is never stored.
	Inferred []Inferred `json:"-"`
}

// Inferred is one value that nobody has written down as such, and what it was told
// from. All its texts have passed internal/safe.
type Inferred struct {
	Field string `json:"field"`           // in a word: name, owner, type, ci
	Value string `json:"value,omitempty"` // "" is not known
	From  string `json:"from,omitempty"`  // the evidence: ".github/CODEOWNERS:3"
	Hint  string `json:"hint,omitempty"`  // what to do where it is not known
	// Needed is a value that a valid descriptor must have.
	Needed bool `json:"needed,omitempty"`
	// Beside is no value of the entity: something else that its repository has.
	Beside bool `json:"beside,omitempty"`
}

// Edge is a relation that an entity declares: From is the declaring entity,
// Type the relation seen from it, Reverse the one seen from the target.
type Edge struct {
	Type, Reverse string
	Target        Ref
}

// Summary is the part of an entity that lists, filters and facets need; the
// Snapshot is made of these alone. Text is capped (see Summarise).
type Summary struct {
	Ref         Ref
	Title       string
	Description string
	Type        string
	Lifecycle   string
	Owner       string // canonical ref text, or ""
	System      string // canonical ref text, or ""
	Source      string
	Tags        []string
	Email       string // profile.email of users and groups: who "me" is, whom to ask
	Has         Has
}

// Has is the set of things that an entity has, for has: and missing: in queries.
type Has uint32

// One bit each. HasNames gives their words.
const (
	HasOwner Has = 1 << iota
	HasSystem
	HasDescription
	HasTitle
	HasTags
	HasLinks
	HasDocs       // techdocs-ref or techdocs-entity
	HasRunbook    // a link of type or title runbook, or a runbook annotation
	HasDefinition // an API's definition
	HasSourceCode // a source location or project slug
	HasOnCall     // an on-call annotation (PagerDuty, Opsgenie, …)
	HasChat       // a chat channel annotation or link
	HasDashboard  // a dashboard annotation or link
	HasProblems   // warnings recorded against it
	HasLifecycle
	HasType
)
