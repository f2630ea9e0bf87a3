package source

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/store"
	"github.com/idptui/idptui/internal/repo"
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
		var got fetchOutcome
		select {
		case got = <-outcomes[i]:
		case <-ctx.Done():
			return reports[:i], ctx.Err()
		}
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

// Forget drops all that a source brought, and its claims. What a person had restored
// of it can be restored again, as long as its tombstone lasts.
func (s *Syncer) Forget(ctx context.Context, name string) error {
	unlock, err := s.alone(ctx, func() {})
	if err != nil {
		return err
	}
	defer unlock()
	// The cache goes last: as long as it holds the source, whoever was broken off
	// here finds it to be forgotten still.
	claims, err := s.State.Claims(ctx, name)
	if err != nil {
		return err
	}
	refs := make([]string, len(claims))
	for i, c := range claims {
		refs[i] = c.Ref
	}
	if err := s.State.Release(ctx, name, refs); err != nil {
		return err
	}
	// Else another source of that name would be given them.
	back, err := restored(ctx, s.State, name)
	if err != nil {
		return err
	}
	for ref := range back {
		if _, err := s.State.Restore(ctx, ref, false); err != nil && !errors.Is(err, state.ErrReadOnly) && !errors.Is(err, state.ErrNotFound) {
			return err
		}
	}
	_, err = s.Store.DropSource(ctx, name)
	return err
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
