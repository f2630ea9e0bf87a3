package source

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"maps"
	"time"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/store"
	"github.com/idptui/idptui/internal/repo"
	"github.com/idptui/idptui/internal/safe"
	"github.com/idptui/idptui/internal/state"
)

// order says how a sync begins.
type order struct {
	confirmed bool
	again     bool             // though nothing may have changed in it
	fetchErr  error            // what came of the source's fetch
	stale     map[string]error // and of the other repositories', see fetchOutcome
	missed    map[string]error // by address, what came of fetching what an earlier round met
	round     int              // how often it was done again for what it met
}

func (s *Syncer) fetchAndSync(ctx context.Context, src Source, o order, progress func(Progress)) (Report, error) {
	if s.isElsewhere(ctx, src) {
		tell(progress, src, PhaseFetch)
		got := s.fetch(ctx, src)
		o.fetchErr, o.stale = got.err, got.stale
	}
	return s.turn(ctx, src, o, progress)
}

// isElsewhere tells whether there is something to fetch for a source.
func (s *Syncer) isElsewhere(ctx context.Context, src Source) bool {
	_, ok := src.(Fetcher)
	return ok || len(s.remotesOf(ctx, src)) > 0
}

// turn is a sync of a source whose fetch is over. When it meets repositories that
// are not here, they are fetched, and it is done once more.
func (s *Syncer) turn(ctx context.Context, src Source, o order, progress func(Progress)) (Report, error) {
	report, err := s.sync(ctx, src, o, progress)
	for err == nil && len(report.wanted) > 0 {
		tell(progress, src, PhaseFetch)
		o = s.more(ctx, o, report)
		before := report
		if report, err = s.sync(ctx, src, o, progress); err == nil {
			report.add(before)
		}
	}
	return report, err
}

// more fetches what a sync met, for the next one.
func (s *Syncer) more(ctx context.Context, o order, report Report) order {
	missed := maps.Clone(o.missed)
	if missed == nil {
		missed = map[string]error{}
	}
	maps.Copy(missed, s.want(ctx, report.wanted))
	o.missed, o.again, o.round = missed, true, o.round+1
	return o
}

// add takes what an earlier round did into account.
func (r *Report) add(before Report) {
	r.Added += before.Added
	r.Changed += before.Changed
	r.Removed += before.Removed
	r.Freed += before.Freed
	r.Unchanged = max(0, r.Status.Entities-r.Added-r.Changed)
}

// sync is one turn of a source whose fetch is over.
func (s *Syncer) sync(ctx context.Context, src Source, o order, progress func(Progress)) (Report, error) {
	report := Report{Source: src.Name()}
	unlock, err := s.alone(ctx, func() { tell(progress, src, PhaseWait) })
	if err != nil {
		return report, err
	}
	defer unlock()
	started, clock := time.Now(), s.now()
	if report.Status, err = s.status(ctx, src); err != nil {
		return report, err
	}
	report.Status.LastAttempt, report.Unchanged = clock, report.Status.Entities
	w, err := s.Store.Begin(ctx, src.Name())
	if err != nil {
		return report, err
	}
	defer w.Abandon()
	tell(progress, src, PhaseList) // to open a source may take a while itself
	if revision, known := latest(src); known && s.asBefore(src, s.withRemotes(revision, report.Status.Remotes), o, &report.Status) {
		report.Status.State, report.Status.Error = store.StateOK, ""
	} else {
		var tree Tree
		if tree, err = openTree(ctx, src, &o); err == nil {
			defer tree.Close() //nolint:errcheck // nothing was written
			err = s.read(ctx, src, tree, w, o, &report, progress)
		}
	}
	if err == nil && o.fetchErr != nil {
		err = &sourceError{o.fetchErr} // what it was before is shown, with its age
	}
	var failed *sourceError
	switch {
	case ctx.Err() != nil:
		return report, ctx.Err()
	case errors.As(err, &failed):
		report.Status.State, report.Status.Error = store.StateFailed, failed.Error()
	case err != nil:
		return report, err
	default:
		report.Status.LastSync = clock
	}
	report.Status.Took = time.Since(started)
	report.Revision, err = w.Commit(ctx, report.Status)
	return report, err
}

// read reads a tree as far as it changed, and hands over what it found.
func (s *Syncer) read(ctx context.Context, src Source, tree Tree, w *store.Writer, o order, report *Report, progress func(Progress)) error {
	before := &report.Status
	if s.asBefore(src, s.withRemotes(revisionOf(tree), before.Remotes), o, before) {
		before.State, before.Error = store.StateOK, ""
		return nil
	}
	files, err := s.Store.Files(ctx, src.Name())
	if err != nil {
		return err
	}
	r := newRun(src, s.Limits, before.LastAttempt, remember(files), s.State, progress)
	r.confirmed, r.how, r.web, r.wanted = o.confirmed, o, s.Web, map[string][]repo.Remote{}
	defer func() { r.wide.close() }()
	r.put = func(rec *catalog.Record) error { return w.Put(ctx, rec) }
	r.provenances, r.graves = s.Store.Provenances, s.State
	if r.restored, err = restored(ctx, s.State, src.Name()); err != nil {
		return err
	}
	r.announce = func(f store.FileState) error { return w.Expect(ctx, f) }
	if err := r.run(ctx, tree); err != nil {
		return err
	}
	if err := s.store(ctx, r, w); err != nil {
		return err
	}
	r.report(report)
	report.wanted = r.wanted
	report.Status.Revision, report.Status.Rules, report.Status.Remotes = "", "", r.wide.remotes()
	revision := s.withRemotes(revisionOf(tree), report.Status.Remotes)
	if revision != "" && !r.unsure && len(r.wanted) == 0 && report.Status.State == store.StateOK && report.Status.Conflicts == 0 {
		report.Status.Revision, report.Status.Rules = revision, s.rulesOf(src)
	}
	return nil
}

// asBefore tells whether a sync would find what the last one found.
func (s *Syncer) asBefore(src Source, revision string, o order, before *store.SourceStatus) bool {
	return revision != "" && before.Revision == revision && before.Rules == s.rulesOf(src) && !o.confirmed && !o.again && len(o.stale) == 0
}

// rulesOf stands for everything beside its files that a source's outcome depends on.
func (s *Syncer) rulesOf(src Source) string {
	return src.Rules().whole(s.Limits.orDefault().Catalog, src.LocationOf(""))
}

// latest is the revision of what a source would open, where it can tell without.
func latest(src Source) (revision string, known bool) {
	if l, ok := src.(interface{ Latest() string }); ok {
		return l.Latest(), true
	}
	return "", false
}

// store hands over what a run found. What is about to be deleted is buried first,
// unless the state takes nothing, which is shown all the time: then syncs go on.
func (s *Syncer) store(ctx context.Context, r *run, w *store.Writer) error {
	if err := r.bury(ctx, s.Store.Record); err != nil && !errors.Is(err, state.ErrReadOnly) {
		return err
	}
	if err := r.write(ctx, w); err != nil {
		return err
	}
	for _, ref := range r.returned {
		if err := s.State.Unbury(ctx, ref); err != nil && !errors.Is(err, state.ErrReadOnly) {
			return err
		}
	}
	return nil
}

// Revisioned is a Tree whose content has a name, such as a commit: under the same
// one it is the same.
type Revisioned interface {
	Tree
	Revision() string // "" for none
}

func revisionOf(t Tree) string {
	if r, ok := t.(Revisioned); ok {
		return r.Revision()
	}
	return ""
}

// status is what is known of a source so far.
func (s *Syncer) status(ctx context.Context, src Source) (store.SourceStatus, error) {
	status, _, err := s.Store.Source(ctx, src.Name())
	if err != nil {
		return status, err
	}
	status.Name = src.Name()
	status.Kind, status.Location = src.Kind(), safe.Line(src.Location())
	return status, nil
}

// sourceError is a source that cannot be read, as opposed to an outcome that
// cannot be recorded. It is a sentence for people.
type sourceError struct{ err error }

func (e *sourceError) Error() string { return e.err.Error() }
func (e *sourceError) Unwrap() error { return e.err }

// openTree opens a source; of one that is gone by a person's word it gives nothing
// at all. Of one that could not be fetched it gives what was fetched last.
func openTree(ctx context.Context, src Source, o *order) (Tree, error) {
	nothing := tree{embed.FS{}, func() error { return nil }}
	if o.confirmed && errors.Is(o.fetchErr, fs.ErrNotExist) {
		o.fetchErr = nil
		return nothing, nil
	}
	t, err := src.Open(ctx)
	switch {
	case err == nil:
		return t, nil
	case o.fetchErr != nil:
		return nil, &sourceError{o.fetchErr}
	case o.confirmed && errors.Is(err, fs.ErrNotExist):
		return nothing, nil
	}
	return nil, &sourceError{err}
}
