package source

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/safe"
)

// lead finds the files that a target means. What it finds wrong is a problem at
// the Location.
func (s *scan) lead(ctx context.Context, f *file, t target) (link, error) {
	l := link{from: f, target: t}
	g, a := s.aim(f.path, t.Type, t.Target)
	if a.url != "" {
		var ok bool
		if g, a, ok = s.reach(ctx, l, a.url); !ok {
			return l, nil
		}
	}
	if a.err != "" {
		s.linkFault(l, catalog.Error, a.err, a.hint)
		return l, nil
	}
	tree, prefix := s.treeOf(g)
	name := a.path
	var missing error
	if _, listed := s.list.byPath[prefix+name]; !listed { // what is listed was reached without a link
		if name, missing = resolve(tree, a.path); missing == nil {
			_, missing = stat(tree, name)
		} else {
			name = a.path
		}
	}
	name = prefix + name
	if len(name) > maxPath {
		s.linkFault(l, catalog.Error, fmt.Sprintf("is a path of more than %d bytes", maxPath), "")
		return l, nil
	}
	switch {
	case missing == nil:
		l.to, l.explicit = []string{name}, true
	case s.list.covers(name):
		// said of the folder already
	case isGlob(a.path):
		return s.leadGlob(ctx, l, g, a.path)
	case t.Optional:
	case g == nil && strings.HasPrefix(t.Target, "/") && errors.Is(missing, fs.ErrNotExist):
		s.linkFault(l, catalog.Error, "leads out of the folder of this source, or nowhere: a target that begins with / counts from its top, and is not there",
			"write it relative to this file, or set presence: optional")
	default:
		s.linkFault(l, catalog.Error, cause(missing).Error(), "correct the target, or set presence: optional")
	}
	return l, nil
}

// maxTargets is how many targets of one source are followed.
const maxTargets = 100_000

func (s *scan) leadGlob(ctx context.Context, l link, g *ground, pattern string) (link, error) {
	wrong := checkGlob(pattern)
	if s.globs++; s.globs > maxGlobs && wrong == "" {
		wrong = fmt.Sprintf("is one glob more than the %d that are followed in one source", maxGlobs)
	}
	if wrong != "" {
		s.linkFault(l, catalog.Error, wrong, "")
		return l, nil
	}
	all, err := s.listing(ctx, g)
	if err != nil {
		return l, err
	}
	found, err := glob(ctx, pattern, all.files)
	if err != nil {
		return l, err
	}
	if _, prefix := s.treeOf(g); prefix != "" {
		for i := range found {
			found[i] = prefix + found[i]
		}
	}
	if s.matched += len(found); s.matched > maxMatched {
		s.linkFault(l, catalog.Error, fmt.Sprintf("is not followed: the globs of this source match more than %d files, as often as they match them", maxMatched), "name fewer files, or use fewer globs")
		return l, nil
	}
	l.to = found
	if len(l.to) == 0 && !l.target.Optional {
		s.linkFault(l, catalog.Error, "matches no YAML file", "correct the target, or set presence: optional")
	}
	return l, nil
}

// linkFault is a problem that stands at a target; the message goes on from it.
func (s *scan) linkFault(l link, severity catalog.Severity, message, hint string) {
	shown, cut := safe.Cap(safe.Line(l.target.Target), 200)
	if cut {
		shown += "…"
	}
	s.problems = append(s.problems, catalog.Problem{
		Severity: severity, Class: catalog.ClassLocation, Ref: l.target.Ref, Path: safe.Line(l.from.path),
		Line: l.target.Line, Column: l.target.Column, Message: fmt.Sprintf("target %q %s", shown, message), Hint: hint,
	})
}

// checkLinks finds, once every file was read, targets without an entity and
// Locations that lead back to themselves.
func (s *scan) checkLinks() {
	for _, l := range s.links {
		if !l.explicit {
			continue
		}
		switch to := s.files[l.to[0]]; {
		case to.kept && !s.list.covers(to.path):
			s.linkFault(l, catalog.Error, "cannot be read: see the problem of the file", "")
		case !to.kept && !to.note.Counts.ours():
			s.linkFault(l, catalog.Error, "holds no entity of the catalog", "name a descriptor file")
		}
	}
	s.findCycles()
}

// findCycles walks the links that name single files, depth first in path order,
// and warns at each that closes a circle.
func (s *scan) findCycles() {
	out := map[string][]link{}
	for _, l := range s.links {
		if l.explicit {
			out[l.from.path] = append(out[l.from.path], l)
		}
	}
	type step struct {
		path string
		next int
	}
	const open, closed = 1, 2
	state := map[string]int{}
	for _, l := range s.links {
		if state[l.from.path] != 0 {
			continue
		}
		trail := []step{{path: l.from.path}}
		state[l.from.path] = open
		for len(trail) > 0 {
			top := &trail[len(trail)-1]
			if top.next == len(out[top.path]) {
				state[top.path] = closed
				trail = trail[:len(trail)-1]
				continue
			}
			way := out[top.path][top.next]
			top.next++
			switch to := way.to[0]; state[to] {
			case 0:
				state[to] = open
				trail = append(trail, step{path: to})
			case open:
				if to == top.path {
					s.linkFault(way, catalog.Warning, "is this very file", "take the target out")
					break
				}
				first := slices.IndexFunc(trail, func(t step) bool { return t.path == to })
				var circle []string
				for _, t := range trail[first:] {
					circle = append(circle, s.show(t.path))
				}
				if len(circle) > 5 {
					circle = append(circle[:4], "…")
				}
				s.linkFault(way, catalog.Warning, "leads in a circle: "+strings.Join(append(circle, s.show(to)), " → "), "take one of the targets out; each file is read once")
			}
		}
	}
}

// sortProblems orders problems by place, so that two syncs of the same files
// say the same.
func sortProblems(problems []catalog.Problem) {
	slices.SortStableFunc(problems, func(a, b catalog.Problem) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Message, b.Message))
	})
}
