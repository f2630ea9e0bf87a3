// Package backstage makes a configuration of ours from Backstage's app-config
// files, and lists what has no equivalent.
//
// It is pure: bytes come in through Files, text goes out. It owns no state,
// resolves no variable, copies no secret, opens no connection, and must not know
// how the result is printed or stored.
package backstage

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/idptui/idptui/internal/safe"
)

// Files is the disk, as far as app-configs lead to it. Names are absolute.
type Files interface {
	// ReadFile reads a file, or its first limit bytes.
	ReadFile(name string, limit int64) ([]byte, error)
	Stat(name string) (fs.FileInfo, error)
}

// Input is one app-config file.
type Input struct {
	Name string // as the person wrote it, for notes
	Path string // absolute
}

// Result is what became of the files.
type Result struct {
	Config Config
	Notes  []Note // by file and line
	inputs []Input
}

// Note says what has no equivalent. Its texts are safe to show.
type Note struct {
	File    string `json:"file"`
	Line    int    `json:"line"` // 1-based; 0: none
	Key     string `json:"key"`
	Why     string `json:"why"`
	Instead string `json:"instead,omitempty"` // what to do
}

// String is the note in one line.
func (n Note) String() string {
	where := n.File
	if n.Line > 0 {
		where = fmt.Sprintf("%s:%d", n.File, n.Line)
	}
	text := where + ": " + n.Key + ": " + n.Why
	if n.Instead != "" {
		text += "; " + n.Instead
	}
	return text
}

// Config is the configuration, in the shape of its file.
type Config struct {
	Company string   `yaml:"company,omitempty" json:"company,omitempty"`
	Sources []Source `yaml:"sources,omitempty" json:"sources,omitempty"`
	Git     *Git     `yaml:"git,omitempty" json:"git,omitempty"`
	Sync    *Sync    `yaml:"sync,omitempty" json:"sync,omitempty"`
}

// Source is one folder or repository.
type Source struct {
	Name    string   `yaml:"name" json:"name"`
	Folder  string   `yaml:"folder,omitempty" json:"folder,omitempty"`
	Git     string   `yaml:"git,omitempty" json:"git,omitempty"`
	Branch  string   `yaml:"branch,omitempty" json:"branch,omitempty"`
	Paths   []string `yaml:"paths,omitempty" json:"paths,omitempty"`
	Trusted bool     `yaml:"trusted,omitempty" json:"trusted,omitempty"`
	Kinds   []string `yaml:"kinds,omitempty,flow" json:"kinds,omitempty"`

	from []place
}

// Git is how repositories are reached.
type Git struct {
	Hosts []Host `yaml:"hosts" json:"hosts"`
}

// Host is how the repositories of one host are reached.
type Host struct {
	Host   string `yaml:"host" json:"host"`
	Forge  string `yaml:"forge,omitempty" json:"forge,omitempty"`
	User   string `yaml:"user,omitempty" json:"user,omitempty"`
	Secret string `yaml:"secret,omitempty" json:"secret,omitempty"`

	from place
}

// Sync is when sources are read again.
type Sync struct {
	Interval string `yaml:"interval" json:"interval"`
}

// Convert reads the files in the order in which Backstage lays them over each
// other: the last wins, objects are merged and lists replaced. The error names
// the file that could not be read.
func Convert(files Files, inputs []Input) (*Result, error) {
	r := &reader{files: files}
	var root *value
	for _, in := range inputs {
		v, err := r.file(in)
		if err != nil {
			return nil, err
		}
		root = merge(root, v, "", r.note)
	}
	c := &converter{reader: r, root: root}
	c.company()
	c.forges() // locations need to know what runs on a host
	c.locations()
	c.providers()
	c.interval()
	c.catalog()
	c.groups()
	if len(c.hosts) > 0 {
		c.out.Git = &Git{Hosts: c.hosts}
	}
	return &Result{Config: c.out, Notes: r.sorted(inputs), inputs: inputs}, nil
}

// Empty tells that nothing could be taken over.
func (r *Result) Empty() bool {
	c := r.Config
	return c.Company == "" && len(c.Sources) == 0 && c.Git == nil && c.Sync == nil
}

// converter walks the merged configuration.
type converter struct {
	*reader
	root  *value
	out   Config
	hosts []Host
	rules []rule
	based map[string]bool // working directories that a note has told of
}

// note adds a note about a value, which may be nil.
func (r *reader) note(v *value, key, why, instead string) {
	n := Note{Key: shown(key), Why: safe.Line(why), Instead: safe.Line(instead)}
	if v != nil {
		n.File, n.Line = safe.Line(v.at.file), v.at.line
	}
	r.notes = append(r.notes, n)
}

// shown is outside text that goes into a note.
func shown(s string) string {
	short, cut := safe.Cap(safe.Line(s), 200)
	if cut {
		short += "…"
	}
	return short
}

// sorted are the notes by file and line, none twice.
func (r *reader) sorted(inputs []Input) []Note {
	order := map[string]int{}
	for i, in := range inputs {
		if name := safe.Line(in.Name); order[name] == 0 {
			order[name] = i + 1
		}
	}
	rank := func(n Note) int {
		if i := order[n.File]; i > 0 {
			return i
		}
		return len(inputs) + 1 // an included file
	}
	slices.SortStableFunc(r.notes, func(a, b Note) int {
		return cmp.Or(rank(a)-rank(b), strings.Compare(a.File, b.File), a.Line-b.Line)
	})
	notes := slices.Compact(r.notes)
	if notes == nil {
		notes = []Note{} // an empty list in JSON
	}
	return notes
}

// company takes the name over that the header shows.
func (c *converter) company() {
	for _, path := range [][]string{{"organization", "name"}, {"app", "title"}} {
		key := strings.Join(path, ".")
		v := c.root.get(path...)
		text, ok := c.text(v, key)
		if !ok {
			continue
		}
		name := strings.TrimSpace(safe.Line(text))
		if short, cut := safe.Cap(name, 100); cut {
			c.note(v, key, "the name is longer than 100 characters", "a shortened one was taken")
			name = strings.TrimSpace(short)
		}
		if !writable(name, 100) {
			c.note(v, key, "the name holds characters that do not show", "set company yourself")
			continue
		}
		c.out.Company = name
		return
	}
}
