package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/idptui/idptui/internal/catalog"
)

// wire is the file after its shape was checked.
type wire struct {
	Company   string   `yaml:"company"`
	User      string   `yaml:"user"`
	Data      string   `yaml:"data"`
	APIGroups []string `yaml:"apiGroups"`
	Sources   []struct {
		Name    string   `yaml:"name"`
		Folder  string   `yaml:"folder"`
		Git     string   `yaml:"git"`
		Branch  string   `yaml:"branch"`
		Paths   []string `yaml:"paths"`
		Trusted bool     `yaml:"trusted"`
		Kinds   []string `yaml:"kinds"`
	} `yaml:"sources"`
	Git struct {
		Files bool `yaml:"files"`
		Hosts []struct {
			Host       string `yaml:"host"`
			Forge      string `yaml:"forge"`
			HTTP       bool   `yaml:"http"`
			User       string `yaml:"user"`
			Secret     string `yaml:"secret"`
			Key        string `yaml:"key"`
			KnownHosts string `yaml:"knownHosts"`
		} `yaml:"hosts"`
	} `yaml:"git"`
	Views []struct {
		Name    string   `yaml:"name"`
		Query   string   `yaml:"query"`
		Sort    string   `yaml:"sort"`
		Columns []string `yaml:"columns"`
	} `yaml:"views"`
	Keys map[string][]string `yaml:"keys"`
	UI   struct {
		Theme string `yaml:"theme"`
		ASCII bool   `yaml:"ascii"`
		Mouse *bool  `yaml:"mouse"`
	} `yaml:"ui"`
	Sync struct {
		Interval string `yaml:"interval"`
	} `yaml:"sync"`
}

// parse reads the file's text into c. First the shape, then, where that is
// right, what the values mean.
func (c *Config) parse(out Outside, text []byte) error {
	ch := &checker{file: c.File, places: map[string]place{}}
	c.places = ch.places
	root := ch.root(text)
	if root != nil {
		ch.value(root, fileShape(), "")
	}
	if root == nil || len(ch.problems) > 0 {
		return ch.err()
	}
	var w wire
	if err := root.Decode(&w); err != nil {
		return fault(c.File, "this file cannot be read: "+err.Error(), "")
	}
	c.take(out, w, ch)
	return ch.err()
}

func (c *checker) err() error {
	if len(c.problems) == 0 {
		return nil
	}
	return &Error{c.problems}
}

// at adds a finding about a key that the file has.
func (c *checker) at(key, hint, format string, args ...any) {
	c.add(nearestPlace(c.places, key), key, hint, format, args...)
}

// take moves the values over and checks what a shape cannot say.
func (c *Config) take(out Outside, w wire, ch *checker) {
	dir := filepath.Dir(c.File)
	c.Company, c.APIGroups, c.Keys = w.Company, w.APIGroups, w.Keys
	if w.Data != "" {
		c.Data = out.path(dir, w.Data)
	}
	if w.User != "" {
		ref, err := catalog.ParseRef(w.User, catalog.RefDefaults{Kind: "User"})
		switch {
		case err != nil:
			ch.at("user", "", "%v", err)
		case !strings.EqualFold(ref.Kind, "User"):
			ch.at("user", "write it as user:NAME", "must name a User, not a %s", ref.Kind)
		}
		c.User = ref.String()
	}
	c.takeGit(out, w, ch)
	c.takeSources(out, w, ch)
	c.takeViews(w, ch)
	if w.UI.Theme != "" {
		c.UI.Theme = w.UI.Theme
	}
	c.UI.ASCII = w.UI.ASCII
	if w.UI.Mouse != nil {
		c.UI.Mouse = *w.UI.Mouse
	}
	if w.Sync.Interval != "" {
		d, err := time.ParseDuration(w.Sync.Interval)
		if err != nil || d < MinInterval || d > MaxInterval {
			ch.at("sync.interval", "", "must be from 1s to 24h, not %s", w.Sync.Interval)
		}
		c.Sync.Interval = d
	}
}

func (c *Config) takeSources(out Outside, w wire, ch *checker) {
	first := map[string]int{}
	for i, s := range w.Sources {
		key := fmt.Sprintf("sources[%d]", i)
		if j, ok := first[s.Name]; ok {
			ch.at(key+".name", "give each source its own", "%q is the name of sources[%d] already", s.Name, j)
		} else {
			first[s.Name] = i
		}
		for j, p := range s.Paths {
			checkPath(ch, fmt.Sprintf("%s.paths[%d]", key, j), p)
		}
		src := Source{Name: s.Name, Repository: s.Git, Branch: s.Branch, Paths: s.Paths, Trusted: s.Trusted, Kinds: s.Kinds}
		if s.Git == "" {
			src.Folder = out.path(filepath.Dir(c.File), s.Folder)
			if s.Branch != "" {
				ch.at(key+".branch", "take it out, or name a repository with git", "a folder has no branches")
			}
		} else if what, hint := c.Git.refuse(s.Git); what != "" {
			ch.at(key+".git", hint, "%s", what)
		}
		c.Sources = append(c.Sources, src)
	}
}

func checkPath(ch *checker, key, p string) {
	switch {
	case filepath.IsAbs(p) || strings.HasPrefix(p, "~"):
		ch.at(key, "write it relative to the source", "%q is an absolute path", p)
	case p == ".." || strings.HasPrefix(p, "../") || strings.Contains(p, "/../") || strings.HasSuffix(p, "/.."):
		ch.at(key, "name a higher folder as the source", "%q leads out of the source's folder", p)
	case !doublestar.ValidatePattern(p):
		ch.at(key, "close every [ and {, or put a \\ before a literal one", "%q is no glob", p)
	}
}

func (c *Config) takeViews(w wire, ch *checker) {
	first := map[string]int{}
	for i, v := range w.Views {
		key := fmt.Sprintf("views[%d]", i)
		if j, ok := first[strings.ToLower(v.Name)]; ok {
			ch.at(key+".name", "give each view its own", "%q is the name of views[%d] already", v.Name, j)
		} else {
			first[strings.ToLower(v.Name)] = i
		}
		checkView(ch, key, v.Query, v.Sort)
		c.Views = append(c.Views, View{Name: v.Name, Query: v.Query, Sort: v.Sort, Columns: v.Columns})
	}
}

func checkView(ch *checker, key, query, order string) {
	if _, err := catalog.ParseQuery(query); err != nil {
		var wrong *catalog.QueryError
		if !errors.As(err, &wrong) {
			ch.at(key+".query", "", "%v", err)
		} else {
			at := utf8.RuneCountInString(query[:wrong.Pos]) + 1
			ch.at(key+".query", wrong.Hint, "cannot be read at its character %d: %s", at, wrong.Reason)
		}
	}
	if _, err := catalog.ParseSort(order); err != nil {
		ch.at(key+".sort", "", "%v", err)
	}
}
