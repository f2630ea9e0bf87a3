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

// start fetches a source and calls done, on another goroutine, when that is over;
// of a source that lies here it does so at once.
func (f *fetches) start(ctx context.Context, src Source, done func(error)) {
	from, ok := src.(Fetcher)
	if !ok {
		done(nil)
		return
	}
	f.all.Go(func() {
		select {
		case f.places <- struct{}{}:
			defer func() { <-f.places }()
			done(from.Fetch(ctx))
		case <-ctx.Done():
			done(ctx.Err())
		}
	})
}

// each starts all of a list and gives, for each in its order, the outcome to wait
// for. Its owner calls wait at the end, and ends ctx before that.
func (f *fetches) each(ctx context.Context, sources []Source) []<-chan error {
	out := make([]<-chan error, len(sources))
	for i, src := range sources {
		done := make(chan error, 1)
		out[i] = done
		f.start(ctx, src, func(err error) { done <- err })
	}
	return out
}

func (f *fetches) wait() { f.all.Wait() }
