package source

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/repo"
	"github.com/idptui/idptui/internal/safe"
)

// scan finds which files of a tree belong to the source: those that discovery
// finds and those that Locations lead to. It reads as little as it can: a file
// that size and time vouch for is not opened, and only documents that may be a
// Location are parsed.
type scan struct {
	reader
	limits   Limits
	old      memory
	list     *listing
	files    map[string]*file
	links    []link
	targets  int
	globs    int
	matched  int               // files that those globs matched, counted each time
	problems []catalog.Problem // about places, found anew by every sync
	// unmatched are those of the rules' paths that match no file.
	unmatched []string
	progress  func(done int, path string)
	show      func(path string) string // a path as messages name it

	inspected int

	web    *Web // nil: addresses lead nowhere
	how    order
	wanted map[string][]repo.Remote // by address, what is not here: the readings, best first
	sought map[string]bool          // by remoteKey, first readings of what is not here
	unsure bool                     // another repository could not be fetched
}

// file is one file that belongs to the source.
type file struct {
	path    string
	size    int64
	modTime time.Time // as to be remembered, see vouched
	hash    string
	named   bool   // by the configuration, or as a Location's target
	asked   bool   // for by a path of the rules that names it alone
	via     string // "path:line" of the first Location that names it
	from    *file  // with that Location
	origin  string // path of the file where the chain of Locations begins, "" if this one
	// location is what locationOf said of the path, "" before it was asked.
	location string

	note    *note // what it gives; of a fresh file at first the targets alone
	fresh   bool  // it must be read
	kept    bool  // it cannot be read now: note is what it gave before
	touched bool  // what is remembered of it changed
	ghost   bool  // it is gone, and what it gave waits for a person

	parsed   *descriptor // read, and not yet taken
	problems []catalog.Problem
}

// link is what a Location's target leads to.
type link struct {
	from     *file
	target   target
	to       []string
	explicit bool // it names one file
}

func (s *scan) run(ctx context.Context) error {
	s.files = map[string]*file{}
	s.keepHidden()
	queue, err := s.discover(ctx)
	if err != nil {
		return err
	}
	for len(queue) > 0 {
		var next []string
		for _, name := range queue {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			f := s.files[name]
			if !f.kept {
				s.inspect(f)
			}
			found, err := s.follow(ctx, f)
			if err != nil {
				return err
			}
			next = append(next, found...)
		}
		slices.Sort(next)
		queue = next
	}
	s.settle()
	return nil
}

// add makes a path part of the source and tells whether it is new.
func (s *scan) add(name string) bool {
	if s.files[name] != nil {
		return false
	}
	s.files[name] = &file{path: name}
	return true
}

func (s *scan) fault(severity catalog.Severity, class, name, message, hint string) {
	s.problems = append(s.problems, catalog.Problem{
		Severity: severity, Class: class, Path: safe.Line(name), Message: message, Hint: hint,
	})
}

// discover gives the files to begin with, in path order.
func (s *scan) discover(ctx context.Context) ([]string, error) {
	if len(s.rules.Paths) == 0 {
		for _, e := range s.list.files {
			s.add(e.path)
		}
	}
	for _, pattern := range s.rules.Paths {
		found, literal, err := s.match(ctx, pattern)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 && !s.list.covers(path.Clean(pattern)) {
			s.unmatched = append(s.unmatched, pattern)
			s.fault(catalog.Error, catalog.ClassSource, "", fmt.Sprintf("the path %q of this source matches no YAML file", safe.Line(pattern)), "check it, or take it out of paths")
		}
		for _, name := range found {
			s.add(name)
			f := s.files[name]
			f.named, f.asked = f.named || literal, f.asked || literal
		}
	}
	return slices.Sorted(maps.Keys(s.files)), nil
}

// match finds what one of the rules' paths means: a file (then literal is true),
// everything below a folder, or the matches of a glob.
func (s *scan) match(ctx context.Context, pattern string) (found []string, literal bool, err error) {
	name := path.Clean(pattern)
	if fs.ValidPath(name) {
		info, err := fs.Stat(s.tree, name)
		switch {
		case err == nil && info.Mode().IsRegular():
			return []string{straighten(s.tree, name)}, true, nil
		case err == nil && info.IsDir():
			dir := straighten(s.tree, name)
			for _, e := range s.list.files {
				if within(dir, e.path) {
					found = append(found, e.path)
				}
			}
			return found, false, nil
		case s.old.notes[name] != nil && !errors.Is(err, fs.ErrNotExist):
			return []string{name}, true, nil // it is there and cannot be looked at
		}
	}
	if !isGlob(name) || !doublestar.ValidatePattern(name) {
		return nil, false, nil
	}
	found, err = glob(ctx, name, s.list.files)
	return found, false, err
}

// inspect finds out what a file gives, or that it must be read.
func (s *scan) inspect(f *file) {
	s.inspected++
	if s.progress != nil {
		s.progress(s.inspected, f.path)
	}
	old, known := s.old.files[f.path]
	noted := s.old.notes[f.path]
	current := known && old.Hash != "" && noted.Rules == s.print
	e, err := s.entry(f.path)
	if err == nil && current && same(old.Size, old.ModTime, old.Hash, e) {
		f.size, f.modTime, f.hash, f.note = old.Size, old.ModTime, old.Hash, noted.clone()
		s.checkDeps(f)
		return
	}
	var data []byte
	if err == nil {
		data, e, err = readFile(s.tree, f.path, s.limits.Catalog.FileBytes)
	}
	if err != nil {
		s.keep(f, e, err)
		return
	}
	f.size, f.modTime, f.hash, f.touched = e.size, vouched(e.modTime, s.now), e.hash(data), true
	if current && f.hash == old.Hash {
		f.note = noted.clone()
		s.checkDeps(f)
		return
	}
	f.fresh, f.note = true, &note{}
	if mayHoldLocation(data) {
		f.note.Targets = s.parse(f.path, locationsOnly(data), f.named, false).note.Targets
	}
}

// entry is the file as listed, or as it is when it was not listed.
func (s *scan) entry(name string) (entry, error) {
	if e, ok := s.list.byPath[name]; ok {
		return e, nil
	}
	return stat(s.tree, name)
}

// checkDeps has a file read again when what its placeholders stand for changed.
func (s *scan) checkDeps(f *file) {
	for i, d := range f.note.Deps {
		e, err := stat(s.tree, d.Path)
		if err == nil && same(d.Size, d.ModTime, d.Hash, e) {
			continue
		}
		now := depState(s.tree, d.Path, s.now)
		if now.Size != d.Size || now.Hash != d.Hash {
			f.fresh, f.touched = true, true
			return
		}
		if !now.ModTime.Equal(d.ModTime) {
			f.note.Deps[i] = now
			f.touched = true
		}
	}
}

// keep leaves a file that cannot be read with what it gave before.
func (s *scan) keep(f *file, e entry, err error) {
	f.kept = true
	old, known := s.old.files[f.path]
	f.note = &note{Rules: s.print}
	severity, gave := catalog.Error, ""
	if known {
		f.note = s.old.notes[f.path].clone()
		f.size, f.modTime, f.hash = old.Size, old.ModTime, old.Hash
	}
	if len(f.note.Offers) > 0 {
		gave = "; what it gave before is kept"
	}
	if errors.Is(err, errTooBig) {
		if gave == "" && !f.named && !strings.HasPrefix(path.Base(f.path), "catalog-info.") &&
			!catalog.Mentions(readHead(s.tree, f.path, sampleBytes), s.rules.Groups) {
			severity = catalog.Note // most likely nothing of the catalog
		}
		s.fault(severity, catalog.ClassSource, f.path, fmt.Sprintf("has %.1f MB, more than the %.1f MB that are read%s",
			float64(e.size)/1e6, float64(s.limits.Catalog.FileBytes)/1e6, gave), "split it")
		return
	}
	s.fault(severity, catalog.ClassSource, f.path, cause(err).Error()+gave, "")
}

// sampleBytes is how much of a file that is too large is looked at.
const sampleBytes = 64 << 10

// keepHidden makes files that lie where the listing could not look part of the
// source, as they were.
func (s *scan) keepHidden() {
	if len(s.list.hidden) == 0 {
		return
	}
	for name, old := range s.old.files {
		if s.list.covers(name) && s.add(name) {
			f := s.files[name]
			f.kept, f.note = true, s.old.notes[name].clone()
			f.size, f.modTime, f.hash = old.Size, old.ModTime, old.Hash
		}
	}
}

// follow adds what the Locations of a file lead to and gives what is new.
func (s *scan) follow(ctx context.Context, f *file) ([]string, error) {
	var found []string
	for _, t := range f.note.Targets {
		if s.targets++; s.targets > maxTargets {
			if s.targets == maxTargets+1 {
				s.linkFault(link{from: f, target: t}, catalog.Error,
					fmt.Sprintf("is one more than the %d targets that are followed in one source; the rest is not followed either", maxTargets), "use globs")
			}
			break
		}
		l, err := s.lead(ctx, f, t)
		if err != nil {
			return nil, err
		}
		for _, name := range l.to {
			if s.add(name) {
				found = append(found, name)
			}
			to := s.files[name]
			to.named = to.named || l.explicit
		}
		s.links = append(s.links, l)
	}
	return found, nil
}

// settle decides, once every link is known, how each file came to be here, and
// which files must be read again because of that.
func (s *scan) settle() {
	slices.SortStableFunc(s.links, func(a, b link) int { return cmp.Compare(a.from.path, b.from.path) })
	var named []*file
	for _, l := range s.links {
		for _, name := range l.to {
			if to := s.files[name]; to.from == nil && to != l.from {
				to.from, to.via = l.from, fmt.Sprintf("%s:%d", safe.Line(l.from.path), l.target.Line)
				named = append(named, to)
			}
		}
	}
	setOrigins(named)
	for _, f := range s.files {
		if !f.kept && !f.fresh && (f.note.Via != f.via || f.note.Origin != f.origin || f.note.Named != f.named) {
			f.fresh, f.touched = true, true
		}
	}
}

// setOrigins follows the Locations from each file to where the chain begins. A
// circle begins where it was entered first.
func setOrigins(files []*file) {
	seen := map[*file]bool{}
	for _, f := range files {
		first := f
		for first.origin == "" && first.from != nil && !seen[first] {
			seen[first] = true
			first = first.from
		}
		origin := cmp.Or(first.origin, first.path)
		for at := f; at.origin == "" && at.from != nil; at = at.from {
			at.origin = origin
		}
	}
}

// order is every file of the source by path.
func (s *scan) order() []*file {
	out := slices.Collect(maps.Values(s.files))
	slices.SortFunc(out, func(a, b *file) int { return cmp.Compare(a.path, b.path) })
	return out
}
