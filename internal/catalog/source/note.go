package source

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/store"
)

// readerVersion counts the changes after which the same bytes may give another
// verdict, so that unchanged files must be read again.
const readerVersion = 2

// note is what a sync remembers of a file beside its size, time and hash: all
// that later syncs need without reading it again.
type note struct {
	Rules    string   `json:"rules"` // fingerprint of the rules it was read by
	Named    bool     `json:"named,omitempty"`
	Via      string   `json:"via,omitempty"`    // "path:line" of the Location that names it
	Origin   string   `json:"origin,omitempty"` // the file where the chain of Locations begins, if it is another
	Held     bool     `json:"held,omitempty"`   // refused only because it gave entities before
	Offers   []*offer `json:"offers,omitempty"`
	Targets  []target `json:"targets,omitempty"`
	Deps     []dep    `json:"deps,omitempty"`
	Counts   Counts   `json:"counts,omitzero"` // Files, Entities and Conflicts are not kept here
	Problems int      `json:"problems,omitempty"`
}

// clone is a copy that a sync may change.
func (n *note) clone() *note {
	c := *n
	c.Deps = slices.Clone(n.Deps)
	c.Offers = make([]*offer, len(n.Offers))
	for i, o := range n.Offers {
		own := *o
		c.Offers[i] = &own
	}
	return &c
}

// offer is an entity that a file brings, or brought.
type offer struct {
	Ref  string `json:"ref"`
	Line int    `json:"line"`
	Hash string `json:"hash"`           // of the entity's text and what its placeholders stand for
	Lost bool   `json:"lost,omitempty"` // another place has the ref
	Kept bool   `json:"kept,omitempty"` // gone from the file and not deleted
	// Waits: kept because too much was gone. It waits for a person's word or to come
	// back, however little is gone by the next sync.
	Waits bool `json:"waits,omitempty"`
}

// target is a Location's target.
type target struct {
	Ref      string `json:"ref"` // of the Location
	Type     string `json:"type,omitempty"`
	Target   string `json:"target"`
	Optional bool   `json:"optional,omitempty"`
	Line     int    `json:"line"`
	Column   int    `json:"column,omitempty"`
}

// dep is a file that a placeholder stands for. Size -1 says that it could not be
// read, and that its appearance is a change.
type dep struct {
	Path    string    `json:"path"`
	Size    int64     `json:"size"`
	ModTime time.Time `json:"modTime,omitzero"`
	Hash    string    `json:"hash,omitempty"`
}

// Counts says what became of the documents. Documents is the sum of the seven
// below it; a document with nothing in it counts nowhere.
type Counts struct {
	Files     int `json:"files,omitempty"` // that hold a document of the catalog
	Documents int `json:"documents,omitempty"`
	Entities  int `json:"entities,omitempty"`  // accepted, and holding their ref
	Refused   int `json:"refused,omitempty"`   // with an error
	Skeletons int `json:"skeletons,omitempty"` // of templates, left out quietly
	Foreign   int `json:"foreign,omitempty"`   // of other API groups, or of none
	Untrusted int `json:"untrusted,omitempty"` // of a kind that only a trusted source may bring
	Excluded  int `json:"excluded,omitempty"`  // of a kind that is not among the source's own
	Conflicts int `json:"conflicts,omitempty"` // another place has the ref
}

// ours tells whether a file holds a document of the catalog, whatever became of it.
func (c Counts) ours() bool { return c.Documents > c.Foreign }

// fingerprint stands for everything beside the bytes that what is stored of a file
// depends on; location is the source's own.
func (r Rules) fingerprint(limits catalog.Limits, location string) string {
	return digest([]byte(fmt.Sprintf("%d %q %t %q %+v %q", readerVersion, r.Groups, r.Trusted, r.Kinds, limits, location)))[:16]
}

// whole is the fingerprint of everything beside the files that the outcome of a
// sync depends on.
func (r Rules) whole(limits catalog.Limits, location string) string {
	return digest([]byte(fmt.Sprintf("%s %q", r.fingerprint(limits, location), r.Paths)))[:16]
}

// digest is a hash as text.
func digest(parts ...[]byte) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write(p)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// memory is what the store holds of the last sync of a source.
type memory struct {
	files map[string]store.FileState
	notes map[string]*note
	rules *Rules // nil before the first sync
}

// The file state under the path "" holds the rules of the last sync.
const rulesPath = ""

func remember(files map[string]store.FileState) memory {
	m := memory{files: files, notes: make(map[string]*note, len(files))}
	for path, f := range files {
		if path == rulesPath {
			var rules Rules
			if json.Unmarshal(f.Data, &rules) == nil {
				m.rules = &rules
			}
			continue
		}
		n := &note{}
		if json.Unmarshal(f.Data, n) != nil {
			n = &note{}
			for _, ref := range f.Refs {
				n.Offers = append(n.Offers, &offer{Ref: ref})
			}
			f.Hash = ""
			files[path] = f
		}
		m.notes[path] = n
	}
	delete(files, rulesPath)
	return m
}

// fileState is a file as the store keeps it.
func (f *file) fileState() (store.FileState, error) {
	data, err := json.Marshal(f.note)
	if err != nil {
		return store.FileState{}, fmt.Errorf("the note of %s cannot be stored: %w", f.path, err)
	}
	state := store.FileState{Path: f.path, Size: f.size, ModTime: f.modTime, Hash: f.hash, Data: data}
	for _, o := range f.note.Offers {
		if !o.Lost {
			state.Refs = append(state.Refs, o.Ref)
		}
	}
	return state, nil
}

// racyAge is how old a file must be for its size and time to vouch for it: a
// younger one could change again within the same tick of the file system's clock.
const racyAge = 2 * time.Second

// vouched is the time to remember, or zero where it proves nothing.
func vouched(modTime, now time.Time) time.Time {
	if modTime.IsZero() || now.Sub(modTime) < racyAge {
		return time.Time{}
	}
	return modTime
}

// same tells whether what was remembered of a file vouches for it now.
func same(size int64, modTime time.Time, hash string, e entry) bool {
	if e.id != "" {
		return size == e.size && hash == e.id
	}
	return size == e.size && !modTime.IsZero() && modTime.Equal(e.modTime)
}

// depState looks at what a placeholder stands for.
func depState(tree fs.FS, path string, now time.Time) dep {
	data, e, err := readFile(tree, path, maxPlaceholder)
	if err != nil {
		return dep{Path: path, Size: -1}
	}
	return dep{path, e.size, vouched(e.modTime, now), e.hash(data)}
}
