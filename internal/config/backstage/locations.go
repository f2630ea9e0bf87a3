package backstage

import (
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/idptui/idptui/internal/config"
)

var branchName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._/+@=-]*$`)

// Limits of a configuration of ours.
const (
	maxSources = 1000
	maxPaths   = 1000 // of one source
	maxHosts   = 200
	maxKinds   = 100 // of one source
)

// Limits of what of an app-config is gone through, one list for each item of the
// other.
const (
	maxLocations = 5000
	maxRules     = 200
	maxMatchers  = 50 // of one rule
)

// locations makes sources of catalog.locations.
func (c *converter) locations() {
	for i, v := range c.items(c.root.get("catalog", "locations"), "catalog.locations", maxLocations) {
		c.location(v, index("catalog.locations", i))
	}
}

func (c *converter) location(v *value, key string) {
	kind, ok := c.text(v.get("type"), key+".type")
	target, has := c.text(v.get("target"), key+".target")
	if !ok || !has {
		if v.get("type") == nil || v.get("target") == nil {
			c.note(v, key, "a location needs a type and a target", "")
		}
		return
	}
	var own []string
	for j, r := range c.items(v.get("rules"), key+".rules", maxRules) {
		own = append(own, c.allowed(r.get("allow"), index(key+".rules", j)+".allow")...)
	}
	src := Source{from: []place{v.at}}
	resolved := ""
	switch kind {
	case "url":
		if !c.page(&src, v, key, target) {
			return
		}
	case "file":
		if resolved, ok = c.file(&src, v, key, target); !ok {
			return
		}
	default:
		c.note(v, key, "locations of the type "+shown(kind)+" are not read", "name the files by type url or file, or make them a source by hand")
		return
	}
	src.Kinds = c.admitted(kind, target, resolved, own)
	c.add(src, v, key)
}

// page makes a source of a web address.
func (c *converter) page(src *Source, v *value, key, target string) bool {
	p, why := readPage(target, c.forge(target))
	if why == "" && p.ref != "" && !branchName.MatchString(p.ref) {
		why = "its branch has a name that cannot be written in a configuration"
	}
	if why == "" && (p.path != "" && !pathFits(p.path) || !writable(p.clone, 2000) || len(p.ref) > 200) {
		why = "its path cannot be written in a configuration"
	}
	if why != "" {
		c.note(v, key, "the location cannot be a source: "+why, "make the repository or a folder a source by hand")
		return false
	}
	if p.unsure {
		c.note(v, key, "the address does not say where the branch ends; "+p.ref+" was taken", "correct branch and paths, if the branch holds a slash")
	}
	src.Git, src.Branch = p.clone, p.ref
	if p.path != "" {
		src.Paths = []string{p.path}
	}
	return true
}

// file makes a source of a file on this machine. Backstage finds it from the
// working directory of its backend, which an app-config does not tell.
func (c *converter) file(src *Source, v *value, key, target string) (resolved string, ok bool) {
	root := v.dir
	bases := []string{filepath.Join(root, "packages", "backend"), root}
	if filepath.IsAbs(target) {
		bases = bases[1:]
	}
	for _, base := range bases {
		full := absolute(base, target)
		literal, _ := doublestar.SplitPattern(filepath.ToSlash(full))
		if !strings.ContainsAny(target, "*?[{") {
			literal = full
		}
		if _, err := c.files.Stat(literal); err != nil {
			continue
		}
		if !filepath.IsAbs(target) {
			c.tellBase(v, root, base)
		}
		folder := filepath.Dir(literal)
		if rel, err := filepath.Rel(root, full); err == nil && filepath.IsLocal(rel) {
			folder = root
		}
		rel, err := filepath.Rel(folder, full)
		rel = filepath.ToSlash(rel)
		if err != nil || rel != "." && !pathFits(rel) || !writable(folder, 4096) {
			c.note(v, key, "its path cannot be written in a configuration", "make the folder a source by hand")
			return "", false
		}
		src.Folder = folder
		if rel != "." {
			src.Paths = []string{rel}
		}
		return full, true
	}
	c.note(v, key, "the file is neither below the app-config's folder nor below its packages/backend", "make the folder that holds it a source by hand")
	return "", false
}

// tellBase says once what a relative file was taken to be relative to.
func (c *converter) tellBase(v *value, root, base string) {
	if c.based == nil {
		c.based = map[string]bool{}
	}
	if c.based[base] {
		return
	}
	c.based[base] = true
	where := "the app-config's folder"
	if base != root {
		where = "packages/backend"
	}
	c.note(v, "catalog.locations", "files are relative to the folder in which Backstage's backend was started; they were found from "+where, "check the paths of the folder's source")
}

// pathFits tells whether a path may stand in a source's paths.
func pathFits(p string) bool {
	return writable(p, 1000) && !strings.HasPrefix(p, "~") && !path.IsAbs(p) && doublestar.ValidatePattern(p) &&
		!slices.Contains(strings.Split(p, "/"), "..")
}

// add adds a source, or its paths to one of the same place and the same kinds.
func (c *converter) add(src Source, v *value, key string) {
	if len(src.Kinds) == 0 {
		c.note(v, key, "the rules allow it no kind at all", "it was left out")
		return
	}
	src.Trusted = trusted(src.Kinds)
	for i := range c.out.Sources {
		have := &c.out.Sources[i]
		if have.Folder != src.Folder || have.Git != src.Git || have.Branch != src.Branch || !slices.Equal(have.Kinds, src.Kinds) {
			continue
		}
		if len(have.Paths) >= maxPaths && len(src.Paths) > 0 {
			continue
		}
		have.from = append(have.from, src.from...)
		switch {
		case len(have.Paths) == 0:
		case len(src.Paths) == 0:
			have.Paths = nil
		case !slices.Contains(have.Paths, src.Paths[0]):
			have.Paths = append(have.Paths, src.Paths...)
		}
		return
	}
	if len(c.out.Sources) == maxSources {
		c.note(v, key, "a configuration has at most "+strconv.Itoa(maxSources)+" sources", "it was left out")
		return
	}
	src.Name = c.free(path.Base(strings.TrimSuffix(filepath.ToSlash(src.Git+src.Folder), ".git")))
	c.out.Sources = append(c.out.Sources, src)
}

// free makes a unique name for a source of what its place is called.
func (c *converter) free(called string) string {
	name := config.Slug(called)
	candidate := name
	for n := 2; slices.ContainsFunc(c.out.Sources, func(s Source) bool { return s.Name == candidate }); n++ {
		candidate = name + "-" + strconv.Itoa(n)
	}
	return candidate
}
