package source

import (
	"cmp"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"time"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/store"
	"github.com/idptui/idptui/internal/repo"
	"github.com/idptui/idptui/internal/safe"
	"github.com/idptui/idptui/internal/state"
)

// Limits bound what a source may cost. The zero value means the defaults.
type Limits struct {
	Catalog catalog.Limits
	Files   int // YAML files in one source
}

const defaultFiles = 200_000

func (l Limits) orDefault() Limits {
	if l.Catalog == (catalog.Limits{}) {
		l.Catalog = catalog.DefaultLimits()
	}
	l.Files = cmp.Or(l.Files, defaultFiles)
	return l
}

// Syncer brings what sources hold into the store. It may be used by many
// goroutines and processes at once: of all syncs of one data directory, one runs
// at a time and the others wait, since of two at once the one that read older
// files could write last.
type Syncer struct {
	Store  *store.Store
	State  state.State
	Web    *Web             // nil: addresses are not followed
	Now    func() time.Time // nil is time.Now
	Limits Limits
}

// Report is what one sync of one source did.
type Report struct {
	Source    string
	Revision  uint64 // that was published, or the present one where nothing changed
	Added     int
	Changed   int
	Removed   int
	Unchanged int
	Freed     int // refs that the source gave up: another source may have waited for one
	Counts    Counts
	Status    store.SourceStatus

	wanted map[string][]repo.Remote // see scan
}

// Phases of a sync, in their order.
const (
	PhaseFetch = "fetching" // what is new elsewhere
	PhaseWait  = "waiting"  // for another sync of the same data directory
	PhaseList  = "listing"  // Done: files found
	PhaseCheck = "checking" // which files changed
	PhaseRead  = "reading"  // the files that changed
	PhaseStore = "storing"
)

// Progress is how far a sync has come.
type Progress struct {
	Source, Phase string
	Done, Total   int    // Total 0: not known
	Path          string // the file at hand, or ""
}

// Sync reads a source again, as far as it changed, and stores the difference.
//
// It deletes only what it has seen to be gone. A source that cannot be read
// keeps all it held and is "failed". One that would lose too much keeps that and
// is "stale" until it all comes back or Confirm is called; its additions and
// changes are taken. Too much is all of its entities, more than half of them, or
// more than five and more than a tenth.
//
// The error says that the outcome could not be recorded; what is wrong with the
// source itself is in the report's Status. progress may be nil and is called on
// this goroutine.
func (s *Syncer) Sync(ctx context.Context, src Source, progress func(Progress)) (Report, error) {
	return s.fetchAndSync(ctx, src, order{}, progress)
}

// Confirm is Sync by the word of a person who knows that what is gone is meant
// to be gone: it deletes however much that is. A source whose place does not
// exist any more loses everything.
func (s *Syncer) Confirm(ctx context.Context, src Source, progress func(Progress)) (Report, error) {
	return s.fetchAndSync(ctx, src, order{confirmed: true}, progress)
}

// order says how a sync begins.
type order struct {
	confirmed bool
	again     bool             // though nothing may have changed in it
	fetchErr  error            // what came of the source's fetch
	stale     map[string]error // and of the other repositories', see fetchOutcome
	missed    map[string]error // by address, what came of fetching what an earlier round met
	last      bool             // nothing more is fetched after it
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
	for round := 1; err == nil && len(report.wanted) > 0; round++ {
		tell(progress, src, PhaseFetch)
		if o.missed == nil {
			o.missed = map[string]error{}
		}
		maps.Copy(o.missed, s.want(ctx, report.wanted))
		o.again, o.last = true, round == maxRounds
		before := report
		if report, err = s.sync(ctx, src, o, progress); err != nil {
			break
		}
		report.Added += before.Added
		report.Changed += before.Changed
		report.Removed += before.Removed
		report.Freed += before.Freed
		report.Unchanged = max(0, report.Status.Entities-report.Added-report.Changed)
	}
	return report, err
}

// tell says which phase of a source's sync begins.
func tell(progress func(Progress), src Source, phase string) {
	if progress != nil {
		progress(Progress{Source: src.Name(), Phase: phase})
	}
}

// SyncAll fetches sources all at once and syncs them in their order, which decides
// who has a ref that two bring for the first time. Where one gives up refs, those
// before it that lost conflicts are synced once more, so that what they bring takes
// over.
func (s *Syncer) SyncAll(ctx context.Context, sources []Source, progress func(Progress)) ([]Report, error) {
	reports := make([]Report, len(sources))
	running := newFetches()
	defer running.wait()
	fetching, stop := context.WithCancel(ctx)
	defer stop()
	outcomes := running.each(fetching, s, sources)
	lastFreed := -1
	for i, src := range sources {
		if s.isElsewhere(ctx, src) {
			tell(progress, src, PhaseFetch)
		}
		got := <-outcomes[i]
		var err error
		if reports[i], err = s.turn(ctx, src, order{fetchErr: got.err, stale: got.stale}, progress); err != nil {
			return reports[:i], err
		}
		if reports[i].Freed > 0 {
			lastFreed = i
		}
	}
	for i, src := range sources[:max(0, lastFreed)] {
		if reports[i].Status.Conflicts == 0 {
			continue
		}
		again, err := s.turn(ctx, src, order{again: true}, progress)
		if err != nil {
			return reports, err
		}
		again.Added += reports[i].Added
		again.Changed += reports[i].Changed
		again.Removed += reports[i].Removed
		again.Freed += reports[i].Freed
		again.Unchanged = max(0, again.Counts.Entities-again.Added-again.Changed)
		reports[i] = again
	}
	return reports, nil
}

// Forget drops all that a source brought, and its claims.
func (s *Syncer) Forget(ctx context.Context, name string) error {
	unlock, err := s.alone(ctx, func() {})
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := s.Store.DropSource(ctx, name); err != nil {
		return err
	}
	claims, err := s.State.Claims(ctx, name)
	if err != nil {
		return err
	}
	refs := make([]string, len(claims))
	for i, c := range claims {
		refs[i] = c.Ref
	}
	return s.State.Release(ctx, name, refs)
}

// patience is how long a sync waits for another one to end. Tens of thousands of
// files take seconds; what takes longer than this hangs, or was stopped.
const patience = 2 * time.Minute

// alone waits until no other sync of the data directory runs, and keeps others out
// until unlock is called. It calls waiting where there is one to wait for.
func (s *Syncer) alone(ctx context.Context, waiting func()) (unlock func(), err error) {
	unlock, err = s.Store.LockSync(ctx, 0)
	if errors.Is(err, store.ErrBusy) {
		waiting()
		unlock, err = s.Store.LockSync(ctx, patience)
	}
	return unlock, err
}

func (s *Syncer) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
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

// Caps on the problems that are kept; what is left out is counted.
const (
	maxFileProblems = 200
	maxLinkProblems = 2000
)

// capped keeps the gravest problems of a list, in their order.
func capped(problems []catalog.Problem, limit int) []catalog.Problem {
	if len(problems) <= limit {
		return problems
	}
	out := make([]catalog.Problem, 0, limit+1)
	for severity := catalog.Error; ; severity-- {
		for _, p := range problems {
			if p.Severity == severity && len(out) < limit {
				out = append(out, p)
			}
		}
		if severity == catalog.Note {
			break
		}
	}
	sortProblems(out)
	return append(out, catalog.Problem{
		Severity: catalog.Error, Class: catalog.ClassSource, Path: out[len(out)-1].Path,
		Message: fmt.Sprintf("%d problems more are not listed", len(problems)-limit),
	})
}

// write hands over what is left after the entities: deletions, what to remember
// of each file, and problems. A crash before the end leaves the old memory, but for
// what was announced, and the next sync does it again.
func (r *run) write(ctx context.Context, w *store.Writer) error {
	r.tell(PhaseStore, 0, 0, "")
	for _, ref := range r.deleted {
		if err := w.Delete(ctx, ref); err != nil {
			return err
		}
	}
	for _, f := range r.order() {
		if f.fresh || f.ghost {
			if err := w.Problems(ctx, f.path, f.problems); err != nil {
				return err
			}
		}
		if !f.touched {
			continue
		}
		st, err := f.fileState()
		if err != nil {
			return err
		}
		if err := w.File(ctx, st); err != nil {
			return err
		}
	}
	for _, path := range r.forgotten() {
		if err := w.DropFile(ctx, path); err != nil {
			return err
		}
	}
	if err := w.Problems(ctx, "", capped(r.problems, maxLinkProblems)); err != nil {
		return err
	}
	rules, err := json.Marshal(r.rules)
	if err != nil {
		return fmt.Errorf("the rules of %s cannot be stored: %w", r.source, err)
	}
	return w.File(ctx, store.FileState{Path: rulesPath, Data: rules})
}
