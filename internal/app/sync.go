package app

import (
	"context"
	"errors"
	"slices"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/source"
	"github.com/idptui/idptui/internal/catalog/store"
	"github.com/idptui/idptui/internal/cli"
	"github.com/idptui/idptui/internal/safe"
	"github.com/idptui/idptui/internal/state"
)

func (p *portal) syncer() *source.Syncer {
	return &source.Syncer{Store: p.store, State: p.state, Web: p.web(), Now: p.sys.Now}
}

// Sync reads the named sources again. Without names it reads all of them, after
// it has dropped those that no configuration has any more.
func (p *portal) Sync(ctx context.Context, names []string, progress func(cli.Progress)) ([]cli.SyncReport, error) {
	sources := p.sources
	if len(names) > 0 {
		sources = nil
		for i, name := range names {
			if slices.Contains(names[:i], name) {
				continue
			}
			src := p.byName(name)
			if src == nil {
				return nil, p.noSource(name)
			}
			sources = append(sources, src)
		}
	} else if err := p.dropGone(ctx); err != nil {
		return nil, sentence(err)
	}
	reports, err := p.syncer().SyncAll(ctx, sources, steps(progress))
	if err != nil {
		return nil, sentence(err)
	}
	p.backUp(ctx)
	if len(names) == 0 {
		p.dropMirrors(ctx)
	}
	return p.reports(ctx, reports...)
}

// Confirm lets a source delete what it no longer holds, once.
func (p *portal) Confirm(ctx context.Context, name string, progress func(cli.Progress)) (cli.SyncReport, error) {
	src := p.byName(name)
	if src == nil {
		return cli.SyncReport{}, p.noSource(name)
	}
	report, err := p.syncer().Confirm(ctx, src, steps(progress))
	if err != nil {
		return cli.SyncReport{}, sentence(err)
	}
	p.backUp(ctx)
	out, err := p.reports(ctx, report)
	if err != nil {
		return cli.SyncReport{}, err
	}
	return out[0], nil
}

// steps words the phases of a sync for people.
func steps(show func(cli.Progress)) func(source.Progress) {
	return func(pr source.Progress) {
		phase := pr.Phase
		switch pr.Phase {
		case source.PhaseFetch:
			phase = "fetching"
		case source.PhaseWait:
			phase = "waiting for another sync"
		case source.PhaseList:
			phase = "looking for files"
		case source.PhaseCheck:
			phase = "looking for changes"
		case source.PhaseRead:
			phase = "reading files"
		}
		show(cli.Progress{Source: pr.Source, Phase: phase, Done: pr.Done, Total: pr.Total})
	}
}

func (p *portal) reports(ctx context.Context, reports ...source.Report) ([]cli.SyncReport, error) {
	problems, err := p.store.Problems(ctx)
	if err != nil {
		return nil, sentence(err)
	}
	out := make([]cli.SyncReport, len(reports))
	for i, r := range reports {
		out[i] = cli.SyncReport{
			Source: p.standing(r.Status, problems),
			Added:  r.Added, Changed: r.Changed, Removed: r.Removed, Unchanged: r.Unchanged,
		}
	}
	return out, nil
}

// Deleted is what syncs deleted and Restore can bring back, the latest first.
func (p *portal) Deleted(ctx context.Context) ([]cli.Deleted, error) {
	stones, err := p.state.Tombstones(ctx)
	if err != nil {
		return nil, sentence(err)
	}
	var out []cli.Deleted
	for _, t := range stones {
		if !t.Restored {
			out = append(out, cli.Deleted{Ref: t.Ref, Source: t.Source, Path: safe.Line(t.Path), Line: t.Line, At: t.Deleted})
		}
	}
	return out, nil
}

// Restore brings back an entity that a sync deleted.
func (p *portal) Restore(ctx context.Context, text string, progress func(cli.Progress)) (cli.SyncReport, error) {
	t, err := p.state.Tombstone(ctx, text)
	if err != nil {
		return cli.SyncReport{}, sentence(err)
	}
	ref, err := catalog.ParseRef(t.Ref, catalog.RefDefaults{})
	if err != nil {
		return cli.SyncReport{}, sentence(err)
	}
	src := p.byName(t.Source)
	if src == nil {
		return cli.SyncReport{}, cli.Failed(nil, "add that source again first", "the source %s that had %s is not there any more", t.Source, ref)
	}
	report, err := p.syncer().Restore(ctx, src, ref, steps(progress))
	if err != nil {
		return cli.SyncReport{}, sentence(err)
	}
	out, err := p.reports(ctx, report)
	if err != nil {
		return cli.SyncReport{}, err
	}
	return out[0], nil
}

// Forget drops a source that --catalog brought, and says how many entities went.
func (p *portal) Forget(ctx context.Context, name string) (int, error) {
	states, err := p.store.Sources(ctx)
	if err != nil {
		return 0, sentence(err)
	}
	held := slices.IndexFunc(states, func(s store.SourceStatus) bool { return s.Name == name })
	err = p.state.ForgetSource(ctx, name)
	switch {
	case errors.Is(err, state.ErrNotFound) && p.byName(name) != nil:
		return 0, cli.Usage("take it out there and run idptui sync", "the source %s is in the configuration %s", name, p.cfg.File)
	case errors.Is(err, state.ErrNotFound) && held < 0:
		return 0, p.noSource(name)
	case err != nil && !errors.Is(err, state.ErrNotFound):
		return 0, sentence(err)
	}
	if err := p.syncer().Forget(ctx, name); err != nil || held < 0 {
		return 0, sentence(err)
	}
	p.backUp(ctx)
	return states[held].Entities, nil
}

// dropGone drops the sources that the configuration does not have any more. What
// other command lines brought meanwhile is remembered, and stays; so does all else
// while what is remembered cannot be trusted. Where sources are named, only those
// are looked at.
func (p *portal) dropGone(ctx context.Context, among ...source.Source) error {
	if p.state.Trouble() != nil {
		return nil
	}
	states, err := p.store.Sources(ctx)
	if err != nil {
		return err
	}
	remembered, err := p.state.RememberedSources(ctx)
	if err != nil || p.state.Trouble() != nil {
		return err
	}
	// Where the cache was lost, only its claims tell of a source that was dropped
	// meanwhile; they would keep its refs from all others for ever.
	names, err := p.state.Claimants(ctx)
	if err != nil {
		return err
	}
	for _, st := range states {
		names = append(names, st.Name)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		kept := slices.ContainsFunc(remembered, func(r state.RememberedSource) bool { return r.Name == name })
		asked := len(among) == 0 || slices.ContainsFunc(among, func(src source.Source) bool { return src.Name() == name })
		if kept || !asked || p.byName(name) != nil {
			continue
		}
		if err := p.syncer().Forget(ctx, name); err != nil {
			return err
		}
	}
	return nil
}
