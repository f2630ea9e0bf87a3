package app

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/source"
	"github.com/idptui/idptui/internal/catalog/store"
	"github.com/idptui/idptui/internal/cli"
	"github.com/idptui/idptui/internal/state"
	"github.com/idptui/idptui/internal/ui/pane"
)

// live is the portal behind the screens: the cache and the state, the shared
// View, and the sync loop.
type live struct {
	*hub
	now     atomic.Pointer[portal] // with the sources as they are remembered now
	loop    atomic.Pointer[source.Loop]
	reading atomic.Pointer[string] // the source that is being read, nil for none
	trouble sync.Map               // by source's name, why its last sync could not be recorded
	synced  sync.Map               // by source's name, the pane.Outcome of its last sync here
	calls   gate                   // that the screen has under way
	hello   string                 // said once at the start; set before the screen runs
}

var _ pane.Portal = (*live)(nil)

func newLive(p *portal) *live {
	l := &live{hub: newHub(p.store)}
	l.now.Store(p)
	return l
}

func (l *live) portal() *portal { return l.now.Load() }

// keepReading runs the sync loop until ctx ends, each time anew when another
// process brings a source or has one forgotten.
func (l *live) keepReading(ctx context.Context) {
	news := l.Watch(ctx)
	var before []source.Source // of the loop before
	for ctx.Err() == nil {
		p := l.portal()
		// What cannot be dropped now stays in sight as left over. Later the configuration
		// may be newer than the one that was read here, so only what was read here goes.
		_ = p.dropGone(ctx, before...)
		if before == nil {
			p.dropMirrors(ctx)
		}
		before = p.sources
		var began time.Time // the sync under way; both functions are called by the loop alone
		loop := source.NewLoop(p.syncer(), p.sources, p.cfg.Sync.Interval,
			func(r source.Report, err error) {
				l.reading.Store(nil)
				l.synced.Store(r.Source, pane.Outcome{Began: began, Added: r.Added, Changed: r.Changed, Removed: r.Removed})
				began = time.Time{}
				if err != nil {
					l.trouble.Store(r.Source, err.Error())
				} else {
					l.trouble.Delete(r.Source)
				}
				l.portal().backUp(ctx)
				l.tell()
			},
			func(pr source.Progress) {
				if began.IsZero() {
					began = p.sys.Now()
				}
				if was := l.reading.Swap(&pr.Source); was == nil || *was != pr.Source {
					l.tell()
				}
			})
		l.loop.Store(loop)
		l.readUntilChanged(ctx, loop, news)
		l.reading.Store(nil) // a sync that was broken off tells nobody that it has ended
	}
}

// readUntilChanged runs one loop and returns when the sources are others, or ctx
// has ended.
func (l *live) readUntilChanged(ctx context.Context, loop *source.Loop, news <-chan struct{}) {
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		loop.Run(ctx)
	}()
	defer func() { stop(); <-ended }()
	for range news {
		p := l.portal()
		if p.demo {
			continue
		}
		next, err := p.gather(ctx, nil)
		if p.state.Trouble() != nil {
			continue // what is remembered cannot be trusted
		}
		if err == nil && !reflect.DeepEqual(next.cfg.Sources, p.cfg.Sources) {
			l.now.Store(next)
			return
		}
	}
}

// Record is everything known of one entity.
func (l *live) Record(ctx context.Context, ref catalog.Ref) (rec *catalog.Record, err error) {
	err = l.calls.do(func() (err error) {
		rec, err = l.portal().record(ctx, ref)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		if rec := l.standIn.Load().record(ref); rec != nil {
			return rec, nil
		}
		return nil, fmt.Errorf("%s: %w", ref, pane.ErrNotFound)
	}
	return rec, err
}

// Problems are all problems of the last sync of each source.
func (l *live) Problems(ctx context.Context) (list []catalog.Problem, err error) {
	err = l.calls.do(func() (err error) {
		list, err = l.portal().store.Problems(ctx)
		return err
	})
	return list, err
}

// stateSyncing is a source that is being read now; only the process that reads it
// knows, so it is never stored.
const stateSyncing = "syncing"

// Sources tells how each source is.
func (l *live) Sources(ctx context.Context) ([]pane.Source, error) {
	var list []cli.Source
	err := l.calls.do(func() (err error) {
		list, err = l.portal().Sources(ctx)
		return err
	})
	out := make([]pane.Source, len(list))
	reading := l.reading.Load()
	for i, s := range list {
		why, bad := l.trouble.Load(s.Name)
		switch {
		case reading != nil && *reading == s.Name:
			s.State = stateSyncing
		case bad:
			s.State, s.Error = store.StateFailed, fmt.Sprint(why)
		}
		out[i] = pane.Source{
			Name: s.Name, Kind: s.Kind, Location: s.Location, State: s.State, Error: s.Error,
			Files: s.Files, Entities: s.Entities, Skeletons: s.Skeletons, Untrusted: s.Untrusted, Excluded: s.Excluded,
			Conflicts: s.Conflicts, Errors: s.Errors, Took: time.Duration(s.TookMS) * time.Millisecond,
		}
		if ended, ok := l.synced.Load(s.Name); ok {
			out[i].Outcome, _ = ended.(pane.Outcome)
		}
		if s.LastSync != nil {
			out[i].LastSync = *s.LastSync
		}
		if s.LastAttempt != nil {
			out[i].LastAttempt = *s.LastAttempt
		}
	}
	return out, err
}

// Sync starts a sync of all sources now, unless the first is about to begin.
func (l *live) Sync() {
	if loop := l.loop.Load(); loop != nil {
		loop.Wake()
	}
}

// Stars lists the refs that a user starred, the newest star first.
func (l *live) Stars(ctx context.Context, user string) (refs []string, err error) {
	err = l.calls.do(func() (err error) {
		refs, err = l.portal().state.Stars(ctx, user)
		return err
	})
	return refs, err
}

// Star sets or clears a star.
func (l *live) Star(ctx context.Context, user, ref string, on bool) error {
	return l.calls.do(func() error { return l.portal().state.SetStar(ctx, user, ref, on) })
}

// Visited notes that a user opened an entity.
func (l *live) Visited(ctx context.Context, user, ref string) error {
	return l.calls.do(func() error { return l.portal().state.Visit(ctx, user, ref, l.portal().sys.Now()) })
}

// Recent lists the refs that a user opened last, the latest first.
func (l *live) Recent(ctx context.Context, user string, n int) ([]string, error) {
	var visits []state.Visit
	err := l.calls.do(func() (err error) {
		visits, err = l.portal().state.Visits(ctx, user, n)
		return err
	})
	refs := make([]string, len(visits))
	for i, v := range visits {
		refs[i] = v.Ref
	}
	return refs, err
}
