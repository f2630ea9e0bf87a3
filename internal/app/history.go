package app

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/history"
	"github.com/idptui/idptui/internal/catalog/source"
	"github.com/idptui/idptui/internal/catalog/store"
	"github.com/idptui/idptui/internal/cli"
	"github.com/idptui/idptui/internal/safe"
)

// historyPatience is how long a command reads histories before it shows what it has.
const historyPatience = time.Minute

// History tells what changed.
func (p *portal) History(ctx context.Context, q cli.HistoryQuery) (catalog.History, error) {
	ctx, cancel := context.WithTimeout(ctx, historyPatience)
	defer cancel()
	h, err := p.changes(ctx, q)
	return h, sentence(err)
}

// changes is the history of one entity where one is asked for that the catalog has,
// else that of all sources which bring what is asked for.
func (p *portal) changes(ctx context.Context, q cli.HistoryQuery) (catalog.History, error) {
	asked := history.Query{Since: q.Since, Limit: q.Limit}
	if len(q.Refs) == 1 {
		rec, err := p.store.Record(ctx, q.Refs[0])
		if err == nil {
			return p.entityHistory(ctx, rec, asked)
		}
		if !errors.Is(err, store.ErrNotFound) {
			return catalog.History{}, err
		}
	}
	names, err := p.bringing(ctx, q.Refs)
	if err != nil {
		return catalog.History{}, err
	}
	var scopes []history.Scope
	var notes []string
	for _, src := range p.sources {
		if names != nil && !slices.Contains(names, src.Name()) {
			continue
		}
		files, err := p.store.Files(ctx, src.Name())
		if err != nil {
			return catalog.History{}, err
		}
		feeds := source.Feeds(files)
		if past, why := history.Kept(src); past != nil {
			scopes = append(scopes, history.Scope{Source: past, Feeds: feeds})
		} else {
			notes = append(notes, why)
		}
		for _, other := range p.syncer().Foreign(ctx, src) {
			if read := other.Feeds(feeds); len(read) > 0 {
				scopes = append(scopes, history.Scope{Source: other, Feeds: read, Led: true})
			}
		}
	}
	var wanted func(string) bool
	if q.Refs != nil {
		set := make(map[string]bool, len(q.Refs))
		for _, ref := range q.Refs {
			set[ref.String()] = true
		}
		wanted = func(ref string) bool { return set[ref] }
	}
	h, err := p.past.All(ctx, scopes, wanted, asked)
	h.Notes = append(h.Notes, notes...)
	return h, err
}

// entityHistory is the history of one entity of the catalog.
func (p *portal) entityHistory(ctx context.Context, rec *catalog.Record, q history.Query) (catalog.History, error) {
	src := p.byName(rec.Provenance.Source)
	if src == nil {
		return catalog.History{Notes: []string{"the source " + rec.Provenance.Source + " is in no configuration any more, so that its history cannot be read"}}, nil
	}
	for _, other := range p.syncer().Foreign(ctx, src) {
		if path, ok := strings.CutPrefix(rec.Provenance.Path, safe.Line(other.Prefix)); ok {
			return p.past.Entity(ctx, other, rec.Entity.Ref(), path, q)
		}
	}
	past, why := history.Kept(src)
	if past == nil {
		return catalog.History{Notes: []string{why}}, nil
	}
	return p.past.Entity(ctx, past, rec.Entity.Ref(), rec.Provenance.Path, q)
}

// bringing are the sources that some entities come from; nil is all, where all are
// asked for or one that the catalog does not have any more.
func (p *portal) bringing(ctx context.Context, refs []catalog.Ref) ([]string, error) {
	if refs == nil {
		return nil, nil
	}
	view, err := p.List(ctx)
	if err != nil {
		return nil, err
	}
	names := []string{}
	for _, ref := range refs {
		row, ok := view.Find(ref)
		if !ok {
			return nil, nil
		}
		if !slices.Contains(names, row.Source()) {
			names = append(names, row.Source())
		}
	}
	return names, nil
}

// History tells what changed in one entity, for its page.
func (l *live) History(ctx context.Context, ref catalog.Ref) (h catalog.History, err error) {
	err = l.calls.do(func() (err error) {
		h, err = l.portal().changes(ctx, cli.HistoryQuery{Refs: []catalog.Ref{ref}})
		return err
	})
	return h, err
}
