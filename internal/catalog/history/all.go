package history

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/source"
	"github.com/idptui/idptui/internal/repo"
)

// Scope is a source whose changes are wanted.
type Scope struct {
	Source source.Past
	// Feeds says of a file which descriptors it is part of, as source.Feeds does. What
	// discovery looks at is looked at besides.
	Feeds map[string][]string
	// Led is a repository that Locations lead to: Feeds alone says what is looked at.
	Led bool
}

// atOnce is how many repositories are read at the same time.
const atOnce = 4

// All tells what changed in whole sources since a time, by one look at the history
// of each, the newest first. wanted chooses by canonical ref; nil is all. A source
// that cannot be read is a note. When ctx runs out of time it gives what it has
// found by then, and says so.
func (r *Reader) All(ctx context.Context, scopes []Scope, wanted func(ref string) bool, q Query) (catalog.History, error) {
	q = q.orDefault()
	parts := make([]catalog.History, len(scopes))
	var running sync.WaitGroup
	free := make(chan struct{}, atOnce)
	for i := range scopes {
		free <- struct{}{}
		running.Go(func() {
			defer func() { <-free }()
			part, err := r.source(ctx, scopes[i], wanted, q)
			if err != nil {
				part = catalog.History{Notes: []string{"the history of " + scopes[i].Source.Name() + " cannot be read: " + err.Error()}}
			}
			parts[i] = part
		})
	}
	running.Wait()
	if err := ctx.Err(); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return catalog.History{}, err
	}
	var all catalog.History
	for _, part := range parts {
		all.Changes = append(all.Changes, part.Changes...)
		all.Notes = append(all.Notes, part.Notes...)
		all.More = all.More || part.More
	}
	slices.SortStableFunc(all.Changes, func(a, b catalog.Change) int { return b.Time.Compare(a.Time) })
	if len(all.Changes) > q.Limit {
		all.Changes, all.More = all.Changes[:q.Limit], true
	}
	return all, nil
}

// source tells what changed in one source.
func (r *Reader) source(ctx context.Context, s Scope, wanted func(string) bool, q Query) (catalog.History, error) {
	p, err := r.open(ctx, s.Source)
	if err != nil {
		return late(ctx, s.Source, catalog.History{}, err)
	}
	defer p.close()
	for _, most := range []int{min(q.Limit*perChange, repo.MaxCommits), repo.MaxCommits} {
		list, err := p.tree.Log(ctx, repo.LogQuery{Since: q.Since, Limit: most})
		if err != nil {
			return late(ctx, s.Source, p.cut(q.Limit), err)
		}
		p.out = catalog.History{}
		for i := range list {
			changes, err := p.compare(ctx, &list[i], p.few(&list[i], descriptors(s, list[i].Paths)))
			if err != nil {
				return late(ctx, s.Source, p.cut(q.Limit), err)
			}
			for _, c := range changes {
				if wanted == nil || wanted(c.Ref) || c.Was != "" && wanted(c.Was) {
					p.out.Changes = append(p.out.Changes, c)
				}
			}
			if len(p.out.Changes) > q.Limit {
				return p.cut(q.Limit), nil
			}
		}
		if len(list) < most {
			break
		}
		p.out.More = most == repo.MaxCommits
	}
	return p.out, nil
}

// descriptors are the files that may hold entities which are others when the paths
// given changed.
func descriptors(s Scope, touched []string) []string {
	var out []string
	rules := s.Source.Rules()
	for _, name := range touched {
		out = append(out, s.Feeds[name]...)
		if !s.Led && rules.MayHold(name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
