package config

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// addGiven adds the source that one --catalog names. What the command line
// names is trusted.
func (c *Config) addGiven(out Outside, location string) error {
	if IsAddress(location) {
		if what, hint := c.Git.refuse(location); what != "" {
			return fault("", fmt.Sprintf("--catalog %s: %s", shown(location), what), hint)
		}
		c.addRepository(location, "")
		return nil
	}
	if location == "" {
		return fault("", "--catalog has nothing in it", "name a folder, a descriptor file or a git URL")
	}
	place := out.path(out.Dir, location)
	info, err := out.Files.Stat(place)
	if err != nil {
		return fault("", fmt.Sprintf("--catalog %q cannot be read: %s", location, reason(err)), "name a folder, a descriptor file or a git URL")
	}
	c.add(place, "", !info.IsDir())
	return nil
}

// AddRemembered adds a source that an earlier --catalog named, under the name
// that it had then. Its place need not exist: what it held before stays on
// screen, marked stale.
func (c *Config) AddRemembered(out Outside, location, name string) Source {
	if IsAddress(location) {
		return c.addRepository(location, name)
	}
	info, err := out.Files.Stat(location)
	return c.add(location, name, err == nil && !info.IsDir())
}

// addRepository adds a trusted source for a repository's default branch.
func (c *Config) addRepository(address, name string) Source {
	return c.adopt(Source{Name: name, Repository: address, Trusted: true, Given: true}, strings.TrimSuffix(path.Base(strings.ReplaceAll(address, ":", "/")), ".git"))
}

// add adds a trusted source for a folder or a single file.
func (c *Config) add(place, name string, file bool) Source {
	s := Source{Name: name, Folder: place, Trusted: true, Given: true}
	if file {
		s.Folder, s.Paths = filepath.Dir(place), []string{filepath.Base(place)}
	}
	return c.adopt(s, filepath.Base(s.Folder))
}

// adopt adds a source that a command line brings, under a name made of the called
// one where it has none. A source of the same place is not added twice but becomes
// trusted.
func (c *Config) adopt(s Source, called string) Source {
	for i, have := range c.Sources {
		if have.Folder == s.Folder && have.Repository == s.Repository && have.Branch == s.Branch && slices.Equal(have.Paths, s.Paths) {
			c.Sources[i].Trusted = true
			return c.Sources[i]
		}
	}
	if s.Name == "" {
		s.Name = Slug(called)
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

// Slug makes a source's name of a folder's or a repository's.
func Slug(called string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(called) {
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
