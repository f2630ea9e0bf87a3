package app

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"github.com/idptui/idptui/internal/access"
	"github.com/idptui/idptui/internal/boltfile"
	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/history"
	"github.com/idptui/idptui/internal/catalog/source"
	"github.com/idptui/idptui/internal/catalog/store"
	"github.com/idptui/idptui/internal/cli"
	"github.com/idptui/idptui/internal/config"
	"github.com/idptui/idptui/internal/repo"
	"github.com/idptui/idptui/internal/state"
)

// portal is an open catalog: what one command, or the screen, works on. It holds
// no file open between operations, so that other processes get in. It does not
// change once it is made.
type portal struct {
	sys     *cli.IO
	out     config.Outside
	cfg     *config.Config  // with all sources
	listed  []config.Source // those of the configuration file
	store   *store.Store
	state   state.State
	sources []source.Source
	mirrors *repo.Mirrors
	past    *history.Reader
	given   []string // names of the sources that this command line brought
	demo    bool
	here    *here // the repository that is the whole catalog of this session; nil for one's own catalog
}

// Portal opens the data directory with the sources that were given before and now.
func (s *services) Portal(ctx context.Context, set cli.Settings) (cli.Portal, error) {
	p, err := s.open(ctx, set)
	if err != nil {
		return nil, sentence(err)
	}
	return p, nil
}

func (s *services) open(ctx context.Context, set cli.Settings) (*portal, error) {
	cfg, err := s.load(set)
	if err != nil {
		return nil, err
	}
	// load has checked the new ones; their names wait until the older have theirs.
	listed := slices.DeleteFunc(cfg.Sources, func(src config.Source) bool { return src.Given })
	p, err := s.openData(cfg, listed) //nolint:contextcheck // store and state wait less than 2 s each by themselves
	if err != nil {
		return nil, err
	}
	if set.Demo {
		p.sources, p.demo = demoSources(), true
		return p, nil
	}
	whole, err := p.gather(ctx, set.Catalogs)
	if err != nil {
		return nil, errors.Join(err, p.state.Close())
	}
	return whole, nil
}

// openData opens the data directory of a configuration; the portal has no sources yet.
func (s *services) openData(cfg *config.Config, listed []config.Source) (p *portal, err error) {
	p = &portal{sys: s.sys, out: s.outside(), cfg: cfg, listed: listed, past: &history.Reader{}}
	if p.store, err = store.Open(cfg.Data, store.Options{Now: s.sys.Now}); err != nil {
		return nil, err
	}
	if p.state, err = state.Open(cfg.Data, state.Options{}); err != nil {
		return nil, err
	}
	if p.mirrors, err = mirrors(s.sys, cfg); err != nil {
		return nil, errors.Join(err, p.state.Close())
	}
	return p, nil
}

// gather is the portal with all its sources: those of the configuration, those
// that earlier command lines brought, under the names that they had then, and
// those that this one brings, which are remembered from now on.
func (p *portal) gather(ctx context.Context, catalogs []string) (*portal, error) {
	remembered, err := p.state.RememberedSources(ctx)
	if err != nil {
		return nil, err
	}
	whole, cfg := *p, *p.cfg
	whole.cfg, cfg.Sources = &cfg, slices.Clone(p.listed)
	for _, r := range remembered {
		cfg.AddRemembered(p.out, r.Location, r.Name)
	}
	for _, location := range catalogs {
		place := location
		if !config.IsAddress(location) {
			place = p.sys.Path(location)
		}
		src := cfg.AddRemembered(p.out, place, "")
		whole.given = append(whole.given, src.Name)
		known := slices.ContainsFunc(remembered, func(r state.RememberedSource) bool { return r.Name == src.Name })
		if src.Given && !known {
			err := p.state.RememberSource(ctx, state.RememberedSource{Name: src.Name, Location: place, Added: p.sys.Now()})
			// Where nothing can be stored it counts for this time, as Warnings say.
			if err != nil && !errors.Is(err, state.ErrReadOnly) && !boltfile.TakesNoWrites(err) {
				return nil, err
			}
		}
	}
	whole.sources = nil
	for _, src := range cfg.Sources {
		whole.sources = append(whole.sources, p.source(src, &cfg))
	}
	return &whole, nil
}

// Warnings are what is wrong with the data directory as long as it is so: why
// nothing can be stored, and what to do.
func (p *portal) Warnings() []string {
	var out []string
	full := boltfile.Writable(p.cfg.Data)
	if err := p.state.Trouble(); err != nil && (full == nil || !errors.Is(err, boltfile.ErrCannotWrite)) {
		out = append(out, err.Error())
	}
	if full != nil {
		out = append(out, full.Error())
	}
	return out
}

// Notice is what a screen or a command says once, at its start: that the cache was
// begun anew, or that its disk is a shared one.
func (p *portal) Notice() string {
	said := p.store.Notice()
	if d, err := boltfile.DiskOf(p.cfg.Data); err == nil && d.Network != "" && said == "" {
		said = sharedDisk(p.cfg.Data, d)
	}
	return said
}

// Close ends the use of the state; the store holds nothing open.
func (p *portal) Close() error { return p.state.Close() }

// Given names the sources that this command line brought.
func (p *portal) Given() []string { return p.given }

// List is the newest catalog without relations.
func (p *portal) List(ctx context.Context) (*catalog.View, error) {
	snap, err := p.store.Snapshot(ctx)
	if err != nil {
		return nil, sentence(err)
	}
	return catalog.NewView(snap), nil
}

// View is the newest catalog with its relations.
func (p *portal) View(ctx context.Context) (*catalog.View, error) {
	snap, err := p.store.Snapshot(ctx)
	if err == nil {
		snap, err = p.store.Edges(ctx, snap)
	}
	if err != nil {
		return nil, sentence(err)
	}
	return catalog.NewView(snap), nil
}

// Record is everything known of one entity.
func (p *portal) Record(ctx context.Context, ref catalog.Ref) (*catalog.Record, error) {
	rec, err := p.record(ctx, ref)
	return rec, sentence(err)
}

// record is an entity's record as old as the last sync of its source: a sync that
// found it unchanged did not write it again, but it did look.
func (p *portal) record(ctx context.Context, ref catalog.Ref) (*catalog.Record, error) {
	rec, err := p.store.Record(ctx, ref)
	if err != nil {
		return nil, err
	}
	sources, err := p.store.Sources(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range sources {
		if s.Name == rec.Provenance.Source && s.LastSync.After(rec.Provenance.Synced) {
			rec.Provenance.Synced = s.LastSync
		}
	}
	return rec, nil
}

// fewRecords are read one by one; more are found in one walk through all.
const fewRecords = 100

// Records are those of the refs, in their order, or all.
func (p *portal) Records(ctx context.Context, refs []catalog.Ref) iter.Seq2[*catalog.Record, error] {
	return func(yield func(*catalog.Record, error) bool) {
		switch {
		case refs == nil:
			p.allRecords(ctx, yield)
		case len(refs) <= fewRecords:
			for _, ref := range refs {
				rec, err := p.store.Record(ctx, ref)
				if errors.Is(err, store.ErrNotFound) {
					continue // a sync took it away since the list was read
				}
				if !yield(rec, sentence(err)) || err != nil {
					return
				}
			}
		default:
			p.manyRecords(ctx, refs, yield)
		}
	}
}

// allRecords passes over damaged ones, and says at the end that it did.
func (p *portal) allRecords(ctx context.Context, yield func(*catalog.Record, error) bool) {
	damaged := 0
	for rec, err := range p.store.Records(ctx) {
		if errors.Is(err, store.ErrNotFound) {
			damaged++
			continue
		}
		if !yield(rec, sentence(err)) || err != nil {
			return
		}
	}
	if damaged > 0 {
		yield(nil, cli.Failed(nil, "idptui sync reads them again", "%s damaged in the cache and missing here", cli.Count(damaged, "entity")))
	}
}

func (p *portal) manyRecords(ctx context.Context, refs []catalog.Ref, yield func(*catalog.Record, error) bool) {
	found := make(map[string]*catalog.Record, len(refs))
	for _, ref := range refs {
		found[ref.String()] = nil
	}
	for rec, err := range p.store.Records(ctx) {
		if errors.Is(err, store.ErrNotFound) {
			continue // damaged; the next sync reads it again
		}
		if err != nil {
			yield(nil, sentence(err))
			return
		}
		ref := rec.Entity.Ref().String()
		if _, wanted := found[ref]; wanted {
			found[ref] = rec
		}
	}
	for _, ref := range refs {
		if rec := found[ref.String()]; rec != nil && !yield(rec, nil) {
			return
		}
	}
}

// Actor is who sits at this terminal.
func (p *portal) Actor(view *catalog.View) access.Actor {
	return actor(view, p.cfg.User, gitEmail(p.sys))
}

// Starred are the refs that the actor starred, the newest star first.
func (p *portal) Starred(ctx context.Context, who access.Actor) ([]string, error) {
	stars, err := p.state.Stars(ctx, who.User)
	return stars, sentence(err)
}

// Problems are all problems of the last sync of each source.
func (p *portal) Problems(ctx context.Context) ([]catalog.Problem, error) {
	problems, err := p.store.Problems(ctx)
	return problems, sentence(err)
}

// Sources tells how each source is: those of the configuration in its order,
// then those that another process brought meanwhile or that are left over.
func (p *portal) Sources(ctx context.Context) ([]cli.Source, error) {
	states, err := p.store.Sources(ctx)
	if err != nil {
		return nil, sentence(err)
	}
	problems, err := p.store.Problems(ctx)
	if err != nil {
		return nil, sentence(err)
	}
	var out []cli.Source
	for _, src := range p.sources {
		st := store.SourceStatus{Name: src.Name(), State: stateNew}
		if i := slices.IndexFunc(states, func(s store.SourceStatus) bool { return s.Name == src.Name() }); i >= 0 {
			st = states[i]
		}
		st.Kind, st.Location = src.Kind(), src.Location()
		out = append(out, p.standing(st, problems))
	}
	remembered, err := p.state.RememberedSources(ctx)
	if err != nil {
		return nil, sentence(err)
	}
	for _, st := range states {
		if p.byName(st.Name) != nil {
			continue
		}
		if !slices.ContainsFunc(remembered, func(r state.RememberedSource) bool { return r.Name == st.Name }) {
			st.Error = "it is in no configuration any more; the next full sync drops it"
			if p.state.Trouble() != nil {
				st.Error = "whether a command line brought it cannot be read now, so it stays as it is"
			}
			st.State = store.StateStale
		}
		out = append(out, p.standing(st, problems))
	}
	return out, nil
}

// stateNew is the state of a source that was never read.
const stateNew = "new"

func (p *portal) byName(name string) source.Source {
	for _, src := range p.sources {
		if src.Name() == name {
			return src
		}
	}
	return nil
}

func (p *portal) standing(st store.SourceStatus, problems []catalog.Problem) cli.Source {
	s := cli.Source{
		Name: st.Name, Kind: st.Kind, Location: st.Location, State: st.State, Error: st.Error,
		LastSync: known(st.LastSync), LastAttempt: known(st.LastAttempt),
		Files: st.Files, Entities: st.Entities, Skeletons: st.Skeletons, Foreign: st.Foreign,
		Untrusted: st.Untrusted, Excluded: st.Excluded, Conflicts: st.Conflicts, TookMS: st.Took.Milliseconds(),
	}
	s.Remembered = slices.ContainsFunc(p.cfg.Sources, func(c config.Source) bool { return c.Name == st.Name && c.Given })
	for _, pr := range problems {
		switch {
		case pr.Source != st.Name:
		case pr.Severity == catalog.Error:
			s.Errors++
		case pr.Severity == catalog.Warning:
			s.Warnings++
		default:
			s.LeftOut++
			if pr.Class == catalog.ClassSource {
				s.Unread++
			}
		}
	}
	return s
}

// known is nil for a time that is not.
func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// noSource is the error for a name that no source has.
func (p *portal) noSource(name string) error {
	var names []string
	for _, src := range p.sources {
		names = append(names, src.Name())
	}
	hint := "idptui sync status lists the sources"
	if len(names) > 0 && len(names) <= 10 {
		hint = "there is " + join(names)
	}
	return cli.NotFound(hint, "there is no source %q", name)
}

func join(names []string) string {
	text := names[0]
	for i, n := range names[1:] {
		if i == len(names)-2 {
			text += " and " + n
		} else {
			text += ", " + n
		}
	}
	return text
}
