package catalog

import (
	"fmt"
	"strings"
	"time"
)

// ChangeKind says what became of an entity.
type ChangeKind string

// What a change can be.
const (
	ChangeAdded      ChangeKind = "added"
	ChangeChanged    ChangeKind = "changed"
	ChangeRemoved    ChangeKind = "removed"
	ChangeRenamed    ChangeKind = "renamed"    // its kind, namespace or name changed where it stands
	ChangeUnreadable ChangeKind = "unreadable" // its document could not be read any more
)

// Change is one change of one entity by one commit. Its texts are clean.
type Change struct {
	Time    time.Time     `json:"time"` // when it was committed, UTC
	Author  Author        `json:"author"`
	Commit  string        `json:"commit"`
	URL     string        `json:"url,omitempty"` // the commit's page on the web
	Message string        `json:"message,omitempty"`
	Ref     string        `json:"ref"`           // canonical
	Was     string        `json:"was,omitempty"` // the ref before, of a renamed one
	Kind    ChangeKind    `json:"kind"`
	Fields  []FieldChange `json:"changes"`
	Problem string        `json:"problem,omitempty"` // why it is unreadable
	Source  string        `json:"source"`
	Path    string        `json:"path"`
}

// Author is who made a change.
type Author struct {
	Name  string `json:"name"`
	Email string `json:"email"`
}

// FieldChange is one field that differs. Of a list Added and Removed are its items;
// of another value From or To is "" where there was or is none. Note says what
// these do not: how many lines of a text changed, that only the order did, what
// was too much to be listed.
type FieldChange struct {
	Field   string   `json:"field"` // path, such as spec.owner; "" where more fields differ than are listed
	From    string   `json:"from,omitempty"`
	To      string   `json:"to,omitempty"`
	Added   []string `json:"added,omitempty"`
	Removed []string `json:"removed,omitempty"`
	Note    string   `json:"note,omitempty"`
}

// FieldPath is the field of a change that took an entity to another file.
const FieldPath = "path"

// History is what changed, the newest first, and how far that can be relied on.
type History struct {
	Changes []Change
	More    bool     // there are older ones that were not asked for
	Notes   []string // sentences: what is not told here, why, and what to do
}

// mostShown is how many fields What names.
const mostShown = 3

// What says in a few words what changed; arrow stands between old and new.
func (c *Change) What(arrow string) string {
	switch c.Kind {
	case ChangeAdded, ChangeRemoved:
		return string(c.Kind)
	case ChangeUnreadable:
		return c.Problem
	}
	var parts []string
	if c.Kind == ChangeRenamed {
		parts = append(parts, "renamed from "+c.Was)
	}
	for i := range c.Fields {
		f := &c.Fields[i]
		if c.Kind == ChangeRenamed && (f.Field == "kind" || f.Field == "metadata.name" || f.Field == "metadata.namespace") {
			continue
		}
		if len(parts) == mostShown {
			parts = append(parts, fmt.Sprintf("and %d more", len(c.Fields)-i))
			break
		}
		parts = append(parts, f.What(arrow))
	}
	return strings.Join(parts, ", ")
}

// What is the change of one field in a few words.
func (f *FieldChange) What(arrow string) string {
	name := strings.TrimPrefix(strings.TrimPrefix(f.Field, "spec."), "metadata.")
	switch items := len(f.Added) + len(f.Removed); {
	case items == 1 && f.Note == "":
		return name + " " + signed("+", f.Added) + signed("-", f.Removed)
	case items > 0:
		return counted(f, name)
	}
	return f.value(name, arrow)
}

// Whole is the change of a value by the whole name of its field.
func (f *FieldChange) Whole(arrow string) string { return f.value(f.Field, arrow) }

func (f *FieldChange) value(name, arrow string) string {
	switch {
	case f.Note != "" && name == "":
		return f.Note
	case f.Note != "":
		return name + ": " + f.Note
	case f.From == "":
		return name + " " + arrow + " " + f.To
	case f.To == "":
		return name + " " + f.From + " " + arrow + " none"
	}
	return name + " " + f.From + " " + arrow + " " + f.To
}

func signed(sign string, items []string) string {
	if len(items) == 0 {
		return ""
	}
	return sign + items[0]
}

// plurals are the words for the items of lists whose fields are named otherwise.
var plurals = map[string][2]string{
	"dependsOn": {"dependency", "dependencies"}, "dependencyOf": {"dependent", "dependents"}, "providesApis": {"provided API", "provided APIs"},
	"consumesApis": {"consumed API", "consumed APIs"}, "memberOf": {"group", "groups"}, "tags": {"tag", "tags"}, "links": {"link", "links"},
	"members": {"member", "members"}, "children": {"child", "children"}, "targets": {"target", "targets"},
}

// counted is "+2 dependencies" or "+1 -3 tags".
func counted(f *FieldChange, name string) string {
	var signs []string
	if n := len(f.Added); n > 0 {
		signs = append(signs, fmt.Sprintf("+%d", n))
	}
	if n := len(f.Removed); n > 0 {
		signs = append(signs, fmt.Sprintf("-%d", n))
	}
	if words, ok := plurals[name]; ok {
		name = words[1]
		if len(f.Added)+len(f.Removed) == 1 {
			name = words[0]
		}
	}
	return strings.Join(signs, " ") + " " + name
}
