package history

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/repo"
	"github.com/idptui/idptui/internal/safe"
)

// place is where an entity stands at a commit.
type place struct {
	entity *catalog.Entity
	path   string
	at, of int // which of how many entities of its file
}

// side is what some files hold at a commit, by canonical ref.
type side struct {
	places map[string]place
	faults map[string][]catalog.Problem // by path
}

// look reads files at a commit; "" is before the first.
func (p *pass) look(ctx context.Context, commit string, paths []string) (side, error) {
	s := side{map[string]place{}, map[string][]catalog.Problem{}}
	for _, name := range paths {
		if commit == "" {
			break
		}
		v, err := p.version(ctx, commit, name)
		if err != nil {
			return s, err
		}
		if len(v.Faults) > 0 {
			s.faults[name] = v.Faults
		}
		for i, e := range v.Entities {
			ref := e.Ref().String()
			if _, taken := s.places[ref]; !taken {
				s.places[ref] = place{e, name, i, len(v.Entities)}
			}
		}
	}
	return s, nil
}

// fault is why an entity that stood in a file may be there unread, or nil.
func (s side) fault(path, ref string) *catalog.Problem {
	list := s.faults[path]
	for _, about := range []string{ref, ""} {
		for i := range list {
			if list[i].Ref == about {
				return &list[i]
			}
		}
	}
	return nil
}

// compare tells what a commit did to the entities of some files, by ref. A merge
// did only what is as in none of the commits that it merges.
func (p *pass) compare(ctx context.Context, c *repo.Commit, paths []string) ([]catalog.Change, error) {
	slices.Sort(paths)
	paths = slices.Compact(paths)
	after, err := p.look(ctx, c.ID, paths)
	if err != nil {
		return nil, err
	}
	parents := c.Parents
	if len(parents) == 0 {
		parents = []string{""}
	}
	var out []catalog.Change
	for i, parent := range parents {
		before, err := p.look(ctx, parent, paths)
		if err == nil {
			err = p.mend(ctx, parent, before, after)
		}
		if err != nil {
			return nil, err
		}
		changes := p.between(c, before, after)
		if i == 0 {
			out = changes
		} else {
			out = common(out, changes)
		}
	}
	return out, nil
}

// maxMend is how many commits back a version that can be read is looked for.
const maxMend = 20

// mend puts into a side the last good version of entities that could not be read
// there and can be read after it.
func (p *pass) mend(ctx context.Context, commit string, before, after side) error {
	for ref, now := range after.places {
		if _, known := before.places[ref]; known || before.fault(now.path, ref) == nil {
			continue
		}
		older, err := p.tree.Log(ctx, repo.LogQuery{From: commit, Path: now.path, Limit: maxMend})
		if err != nil {
			return err
		}
		for _, c := range older {
			s, err := p.look(ctx, c.ID, c.Paths)
			if err != nil {
				return err
			}
			if good, ok := s.places[ref]; ok {
				before.places[ref] = good
				break
			}
		}
	}
	return nil
}

// between tells what differs from one side to the other.
func (p *pass) between(c *repo.Commit, before, after side) []catalog.Change {
	var out []catalog.Change
	var came, went []string
	for _, ref := range slices.Sorted(maps.Keys(after.places)) {
		now := after.places[ref]
		was, known := before.places[ref]
		if !known {
			came = append(came, ref)
			continue
		}
		if fields := differ(was, now); len(fields) > 0 {
			out = append(out, p.change(c, ref, catalog.ChangeChanged, now.path, fields))
		}
	}
	for _, ref := range slices.Sorted(maps.Keys(before.places)) {
		if _, stays := after.places[ref]; stays {
			continue
		}
		was := before.places[ref]
		if f := after.fault(was.path, ref); f != nil {
			broken := p.change(c, ref, catalog.ChangeUnreadable, was.path, nil)
			broken.Problem = sentence(f)
			out = append(out, broken)
			continue
		}
		went = append(went, ref)
	}
	for _, ref := range came {
		now := after.places[ref]
		i := slices.IndexFunc(went, func(old string) bool { return renamed(before.places[old], now, len(came), len(went)) })
		if i < 0 {
			out = append(out, p.change(c, ref, catalog.ChangeAdded, now.path, nil))
			continue
		}
		change := p.change(c, ref, catalog.ChangeRenamed, now.path, differ(before.places[went[i]], now))
		change.Was = went[i]
		out = append(out, change)
		went = slices.Delete(went, i, i+1)
	}
	for _, ref := range went {
		out = append(out, p.change(c, ref, catalog.ChangeRemoved, before.places[ref].path, nil))
	}
	slices.SortStableFunc(out, func(a, b catalog.Change) int { return cmp.Compare(a.Ref, b.Ref) })
	return out
}

// renamed tells whether a place that came is one that went, under another ref: it
// stands where that stood, in the same file.
func renamed(was, now place, came, went int) bool {
	return was.path == now.path && (was.of == now.of && was.at == now.at || came == 1 && went == 1 && was.of == now.of)
}

func differ(was, now place) []catalog.FieldChange {
	var fields []catalog.FieldChange
	if was.entity != now.entity { // else it is the same document
		fields = catalog.Diff(was.entity, now.entity)
	}
	if was.path != now.path {
		fields = append(fields, catalog.FieldChange{Field: catalog.FieldPath, From: safe.Line(was.path), To: safe.Line(now.path)})
	}
	return fields
}

func (p *pass) change(c *repo.Commit, ref string, kind catalog.ChangeKind, path string, fields []catalog.FieldChange) catalog.Change {
	if fields == nil {
		fields = []catalog.FieldChange{}
	}
	return catalog.Change{
		Time: c.Committed, Author: catalog.Author{Name: c.Author.Name, Email: c.Author.Email}, Commit: c.ID, URL: p.src.CommitPage(c.ID),
		Message: c.Subject, Ref: ref, Kind: kind, Fields: fields, Source: p.src.Name(), Path: safe.Line(p.src.NameOf(path)),
	}
}

// sentence is a fault as a part of a line.
func sentence(f *catalog.Problem) string {
	where := ""
	if f.Line > 0 {
		where = fmt.Sprintf("line %d: ", f.Line)
	}
	return "could not be read: " + where + strings.TrimSuffix(f.Message, ".")
}

// common are the changes that both lists have, with the fields that both have.
func common(a, b []catalog.Change) []catalog.Change {
	var out []catalog.Change
	for _, c := range a {
		i := slices.IndexFunc(b, func(o catalog.Change) bool { return o.Ref == c.Ref && o.Kind == c.Kind })
		if i < 0 {
			continue
		}
		fields := []catalog.FieldChange{}
		for _, f := range c.Fields {
			if slices.ContainsFunc(b[i].Fields, func(o catalog.FieldChange) bool { return o.Field == f.Field }) {
				fields = append(fields, f)
			}
		}
		if c.Fields = fields; len(fields) > 0 || c.Kind != catalog.ChangeChanged {
			out = append(out, c)
		}
	}
	return out
}
