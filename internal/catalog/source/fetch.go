package source

import (
	"context"
	"sync"
)

// Fetcher is a source that lies elsewhere. Fetch brings here what is new there,
// which may take long, so that it runs for several sources at once and before a
// sync takes its turn; it waits for nobody's lock but its own. Open then reads
// what was fetched last, and connects to nothing. A place that is gone is an
// error that wraps fs.ErrNotExist.
type Fetcher interface {
	Source
	Fetch(ctx context.Context) error
}

// maxFetches is how many sources are fetched at once.
const maxFetches = 8

// fetches runs fetches beside what their owner does, a few at a time.
type fetches struct {
	places chan struct{}
	all    sync.WaitGroup
}

func newFetches() *fetches { return &fetches{places: make(chan struct{}, maxFetches)} }

// start fetches a source, and what its Locations lead to elsewhere, and calls done,
// on another goroutine, when that is over; where there is nothing to fetch it does
// so at once. It does not call done where ctx ends before it has begun.
func (f *fetches) start(ctx context.Context, s *Syncer, src Source, done func(fetchOutcome)) {
	if !s.isElsewhere(ctx, src) {
		done(fetchOutcome{})
		return
	}
	f.run(ctx, func() { done(s.fetch(ctx, src)) })
}

// run does some work when there is a place for it, unless ctx ends before.
func (f *fetches) run(ctx context.Context, work func()) {
	f.all.Go(func() {
		select {
		case f.places <- struct{}{}:
			defer func() { <-f.places }()
			work()
		case <-ctx.Done():
		}
	})
}

// each starts all of a list and gives, for each in its order, the outcome to wait
// for. Its owner calls wait at the end, and ends ctx before that.
func (f *fetches) each(ctx context.Context, s *Syncer, sources []Source) []<-chan fetchOutcome {
	out := make([]<-chan fetchOutcome, len(sources))
	for i, src := range sources {
		done := make(chan fetchOutcome, 1)
		out[i] = done
		f.start(ctx, s, src, func(got fetchOutcome) { done <- got })
	}
	return out
}

func (f *fetches) wait() { f.all.Wait() }
