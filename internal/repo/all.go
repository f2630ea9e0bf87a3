package repo

import (
	"context"
	"sync"
)

// Limits say how many Updates run at once. 0 is 1.
type Limits struct {
	All     int
	PerHost int // repositories on this machine count as of one host
}

// UpdateAll updates many remotes, and calls done once for each, with its index, as
// soon as it is through; never twice at the same time. It returns when all are.
// Waiting between two rounds, and trying again, is the caller's business. After
// the end of ctx the rest fails with its error.
func (m *Mirrors) UpdateAll(ctx context.Context, remotes []Remote, limits Limits, done func(i int, r Result, err error)) {
	var wg sync.WaitGroup
	var telling sync.Mutex
	all := make(chan struct{}, max(limits.All, 1))
	hosts := map[string]chan struct{}{}
	for i, r := range remotes {
		a, _ := parse(r.URL) // Update tells what is wrong with it
		host := hosts[a.host]
		if host == nil {
			host = make(chan struct{}, max(limits.PerHost, 1))
			hosts[a.host] = host
		}
		wg.Go(func() {
			res, err := within(ctx, host, all, func() (Result, error) { return m.Update(ctx, r) })
			telling.Lock()
			defer telling.Unlock()
			done(i, res, err)
		})
	}
	wg.Wait()
}

// within runs fn with a place of its host and one of all. The place of the host is
// had first, so that a slow host keeps at most its share of the others.
func within(ctx context.Context, host, all chan struct{}, fn func() (Result, error)) (Result, error) {
	for _, places := range []chan struct{}{host, all} {
		select {
		case <-ctx.Done():
			return Result{}, ctx.Err()
		case places <- struct{}{}:
			defer func() { <-places }()
		}
	}
	if ctx.Err() != nil {
		return Result{}, ctx.Err()
	}
	return fn()
}
