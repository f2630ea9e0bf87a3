package config

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// remote is what looks like an address and not like a path: a scheme, or
// git's short form user@host:path.
var remote = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*://|[^/@\s]+@[^/:\s]+:)`)

// addGiven adds the source that one --catalog names. What the command line
// names is trusted.
func (c *Config) addGiven(out Outside, location string) error {
	if remote.MatchString(location) {
		return fault("", fmt.Sprintf("--catalog %q is an address, and only folders and files can be read", location), "clone the repository and name its folder")
	}
	if location == "" {
		return fault("", "--catalog has nothing in it", "name a folder or a descriptor file")
	}
	place := out.path(out.Dir, location)
	info, err := out.Files.Stat(place)
	if err != nil {
		return fault("", fmt.Sprintf("--catalog %q cannot be read: %s", location, reason(err)), "name a folder or a descriptor file")
	}
	c.add(place, "", !info.IsDir())
	return nil
}

// AddRemembered adds a source that an earlier --catalog named, under the name
// that it had then. Its place need not exist: what it held before stays on
// screen, marked stale.
func (c *Config) AddRemembered(out Outside, location, name string) Source {
	info, err := out.Files.Stat(location)
	return c.add(location, name, err == nil && !info.IsDir())
}

// add adds a trusted source for a folder or a single file. A source of the same
// place is not added twice but becomes trusted.
func (c *Config) add(place, name string, file bool) Source {
	s := Source{Name: name, Folder: place, Trusted: true, Given: true}
	if file {
		s.Folder, s.Paths = filepath.Dir(place), []string{filepath.Base(place)}
	}
	for i, have := range c.Sources {
		if have.Folder == s.Folder && slices.Equal(have.Paths, s.Paths) {
			c.Sources[i].Trusted = true
			return c.Sources[i]
		}
	}
	if s.Name == "" {
		s.Name = slug(filepath.Base(s.Folder))
	}
	s.Name = c.free(s.Name)
	c.Sources = append(c.Sources, s)
	return s
}

// free is the name itself, or with the first number that makes it unique.
func (c *Config) free(name string) string {
	taken := func(n string) bool {
		return slices.ContainsFunc(c.Sources, func(s Source) bool { return s.Name == n })
	}
	candidate := name
	for n := 2; taken(candidate); n++ {
		candidate = fmt.Sprintf("%s-%d", name, n)
	}
	return candidate
}

// slug makes a source's name of a folder's.
func slug(folder string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(folder) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	name := b.String()
	name = strings.Trim(name[:min(len(name), 50)], "-")
	if name == "" {
		return "catalog"
	}
	return name
}
