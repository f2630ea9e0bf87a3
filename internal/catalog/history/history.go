// Package history tells what changed in the catalog: which fields of which entity,
// by which commit, by whom and when. It reads the mirrors of git sources by the
// sync's own rules, so that the past is judged as the present is.
//
// It owns no state but what a Reader parsed before, in memory and bounded; all of
// it can be read again. It opens no connection, writes nothing, and knows of the
// cache only what its callers hand it.
package history

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/source"
	"github.com/idptui/idptui/internal/repo"
	"github.com/idptui/idptui/internal/safe"
)

const (
	// DefaultLimit is how many changes a Query gives that does not say.
	DefaultLimit = 50
	// MaxLimit is how many a Query gives at most.
	MaxLimit = 10_000

	maxHops    = 50  // files that one entity is followed through
	maxTouched = 300 // descriptors of one commit that are looked at
	maxUses    = 10  // files of placeholders whose commits are looked for
	perChange  = 4   // commits looked at first for each change that is asked for
)

// Query says which changes are wanted.
type Query struct {
	Since time.Time // the oldest; zero: from the beginning
	Limit int       // how many, at most MaxLimit; 0: DefaultLimit
}

func (q Query) orDefault() Query {
	q.Limit = min(max(cmp.Or(q.Limit, DefaultLimit), 1), MaxLimit)
	return q
}

// pass is the reading of one source's history.
type pass struct {
	cache *Reader
	src   source.Past
	tree  *repo.Tree
	out   catalog.History
}

// open begins a pass; close ends it.
func (r *Reader) open(ctx context.Context, src source.Past) (*pass, error) {
	tree, err := src.OpenPast(ctx)
	if err != nil {
		return nil, err
	}
	return &pass{cache: r, src: src, tree: tree}, nil
}

func (p *pass) close() { _ = p.tree.Close() } // nothing was written

// Kept tells whether a source keeps a history, and else in one sentence why not and
// what to do.
func Kept(src source.Source) (source.Past, string) {
	if past, ok := src.(source.Past); ok {
		return past, ""
	}
	what := "a " + src.Kind()
	if src.Kind() == "built-in" {
		what = "built into the program"
	}
	return nil, fmt.Sprintf("the source %s is %s, which keeps no history; name a repository as a git source (git: in the configuration), and its commits show here", src.Name(), what)
}

// Entity tells what changed in one entity, which stands in a file of the source. It
// follows the entity through renamed files, into the files that it was moved from,
// and past changes of its own name. When ctx runs out of time it gives what it has
// found by then, and says so.
func (r *Reader) Entity(ctx context.Context, src source.Past, ref catalog.Ref, path string, q Query) (catalog.History, error) {
	p, err := r.open(ctx, src)
	if err != nil {
		return late(ctx, src, catalog.History{}, err)
	}
	defer p.close()
	q = q.orDefault()
	w := &walk{pass: p, q: q, ref: ref.String(), path: p.raw(path), seen: map[string]bool{}}
	for range maxHops {
		on, err := w.hop(ctx)
		if err != nil {
			return late(ctx, src, p.cut(q.Limit), err)
		}
		if !on {
			break
		}
	}
	return p.cut(q.Limit), nil
}

// raw is the path that is shown as the one given.
func (p *pass) raw(shown string) string {
	raw := shown
	for _, e := range p.tree.Entries() {
		switch {
		case e.Path == shown:
			return shown
		case raw == shown && safe.Line(e.Path) == shown:
			raw = e.Path
		}
	}
	return raw
}

// late is what there is when the time is over; another error stays one.
func late(ctx context.Context, src source.Past, found catalog.History, err error) (catalog.History, error) {
	if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return catalog.History{}, err
	}
	found.More = true
	found.Notes = append(found.Notes, "there was no time to read the history of "+src.Name()+" to its end; ask for less, or ask again")
	return found, nil
}

func (p *pass) cut(limit int) catalog.History {
	if len(p.out.Changes) > limit {
		p.out.Changes, p.out.More = p.out.Changes[:limit], true
	}
	return p.out
}

// walk follows one entity into the past.
type walk struct {
	*pass
	q         Query
	ref, path string // as they are at the commit the walk has come to
	from      string // the commit that the next hop begins at; "" is the newest
	seen      map[string]bool
}

// hop goes through the commits that touched the file the entity stands in, and
// tells whether it goes on in another file.
func (w *walk) hop(ctx context.Context) (on bool, err error) {
	for _, most := range []int{min(w.q.Limit*perChange, repo.MaxCommits), repo.MaxCommits} {
		list, err := w.commits(ctx, most)
		if err != nil {
			return false, err
		}
		for i := range list {
			if w.seen[list[i].ID] {
				continue
			}
			w.seen[list[i].ID] = true
			on, err := w.step(ctx, &list[i])
			if on || err != nil || len(w.out.Changes) > w.q.Limit {
				return on && len(w.out.Changes) <= w.q.Limit, err
			}
		}
		if len(list) < most {
			return false, nil
		}
	}
	w.out.More = true
	w.out.Notes = append(w.out.Notes, fmt.Sprintf("only the last %d commits of its file were looked at", repo.MaxCommits))
	return false, nil
}

// touch is a commit and the names of the entity's file at it and before it.
type touch struct {
	repo.Commit
	name, before string
}

// commits are those that touched the entity's file, or what its placeholders stand
// for now, the newest first.
func (w *walk) commits(ctx context.Context, most int) ([]touch, error) {
	own, err := w.tree.Log(ctx, repo.LogQuery{Path: w.path, From: w.from, Since: w.q.Since, Limit: most})
	if err != nil {
		return nil, err
	}
	var list []touch
	name := w.path
	for i, c := range own {
		if len(c.Paths) > 0 {
			name = c.Paths[0]
		}
		t := touch{Commit: c, name: name, before: name}
		if i+1 < len(own) && len(own[i+1].Paths) > 0 {
			t.before = own[i+1].Paths[0]
		}
		list = append(list, t)
	}
	known := map[string]bool{}
	for _, c := range own {
		known[c.ID] = true
	}
	now, err := w.version(ctx, cmp.Or(w.from, w.tree.Commit().ID), w.path)
	if err != nil {
		return nil, err
	}
	for _, used := range now.Uses[:min(len(now.Uses), maxUses)] {
		others, err := w.tree.Log(ctx, repo.LogQuery{Path: used, From: w.from, Since: w.q.Since, Limit: most})
		if err != nil {
			return nil, err
		}
		for _, c := range others {
			if !known[c.ID] {
				known[c.ID] = true
				name := nameAt(list, c.Committed, w.path)
				list = append(list, touch{Commit: c, name: name, before: name})
			}
		}
	}
	if len(list) > len(own) { // of each file alone git's order is the better one
		slices.SortStableFunc(list, func(a, b touch) int { return b.Committed.Compare(a.Committed) })
	}
	return list, nil
}

// nameAt is what the file was called at a time, by the commits that touched it.
func nameAt(list []touch, at time.Time, now string) string {
	for _, t := range list {
		if t.Paths != nil && !t.Committed.Before(at) {
			now = t.before
		}
	}
	return now
}

// step tells what one commit did to the entity. It goes on elsewhere when the
// entity came from another file.
func (w *walk) step(ctx context.Context, c *touch) (on bool, err error) {
	changes, err := w.compare(ctx, &c.Commit, []string{c.name, c.before})
	if err != nil {
		return false, err
	}
	change := about(changes, w.ref)
	if change == nil {
		return false, nil
	}
	if change.Kind == catalog.ChangeAdded && len(c.Parents) > 0 {
		whole, err := w.tree.Log(ctx, repo.LogQuery{From: c.ID, Limit: 1})
		if err != nil {
			return false, err
		}
		var paths []string
		for _, name := range whole[0].Paths {
			if w.src.Rules().MayHold(name) || name == c.name {
				paths = append(paths, name)
			}
		}
		if changes, err = w.compare(ctx, &c.Commit, w.few(&c.Commit, paths)); err != nil {
			return false, err
		}
		if elsewhere := about(changes, w.ref); elsewhere != nil && elsewhere.Kind != catalog.ChangeAdded {
			change = elsewhere
			w.path, w.from, on = cameFrom(change, c.name, paths), c.Parents[0], true
		}
	}
	w.out.Changes = append(w.out.Changes, *change)
	if change.Kind == catalog.ChangeRenamed {
		w.ref = change.Was
	}
	return on, nil
}

// cameFrom is the file that an entity stood in before a change.
func cameFrom(c *catalog.Change, now string, paths []string) string {
	for _, f := range c.Fields {
		for _, raw := range paths {
			if f.Field == catalog.FieldPath && f.From == safe.Line(raw) {
				return raw
			}
		}
	}
	return now
}

func about(changes []catalog.Change, ref string) *catalog.Change {
	for i := range changes {
		if changes[i].Ref == ref {
			return &changes[i]
		}
	}
	return nil
}

// few are as many of a commit's descriptors as are looked at; the rest is told.
func (p *pass) few(c *repo.Commit, paths []string) []string {
	if len(paths) > maxTouched || c.MorePaths {
		p.out.Notes = append(p.out.Notes, fmt.Sprintf("of the commit %s of %s, which touches very many files, only %d were looked at", c.ID[:12], p.src.Name(), min(len(paths), maxTouched)))
		paths = paths[:min(len(paths), maxTouched)]
	}
	return paths
}
