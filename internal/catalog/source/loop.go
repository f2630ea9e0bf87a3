package source

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// Loop reads sources again and again, one after the other, each after its
// interval and up to a quarter more, so that many of them do not fall together.
type Loop struct {
	syncer   *Syncer
	sources  []Source
	interval time.Duration
	done     func(Report, error)
	progress func(Progress)

	signal chan struct{} // one place: somebody was woken
	mu     sync.Mutex
	woken  map[string]bool
}

// NewLoop makes a loop that Run starts. done is told of every sync, and progress
// of every step; both may be nil, and both are called on Run's goroutine.
func NewLoop(s *Syncer, sources []Source, interval time.Duration, done func(Report, error), progress func(Progress)) *Loop {
	if done == nil {
		done = func(Report, error) {}
	}
	return &Loop{
		syncer: s, sources: sources, interval: interval, done: done, progress: progress,
		signal: make(chan struct{}, 1), woken: map[string]bool{},
	}
}

// Wake has sources read as soon as may be, all of them where none is named. It
// never waits. Waking a source twice before its turn is waking it once; one that
// is being read is read once more.
func (l *Loop) Wake(names ...string) {
	l.mu.Lock()
	for _, src := range l.sources {
		if len(names) == 0 {
			l.woken[src.Name()] = true
		}
	}
	for _, name := range names {
		l.woken[name] = true
	}
	l.mu.Unlock()
	select {
	case l.signal <- struct{}{}:
	default:
	}
}

// Run reads every source now and goes on until the context ends.
func (l *Loop) Run(ctx context.Context) {
	due := make([]time.Time, len(l.sources))
	for ctx.Err() == nil {
		ran := false
		for i, src := range l.sources {
			if ctx.Err() != nil {
				return
			}
			if !l.takeWoken(src.Name()) && time.Now().Before(due[i]) {
				continue
			}
			ran = true
			report, err := l.syncer.Sync(ctx, src, l.progress)
			if ctx.Err() != nil {
				return
			}
			due[i] = time.Now().Add(l.interval + rand.N(l.interval/4+1)) //nolint:gosec // spreads the load, guards nothing
			l.done(report, err)
			l.wakeWaiting(report)
		}
		if ran {
			continue // somebody may have been woken meanwhile
		}
		l.wait(ctx, due)
	}
}

func (l *Loop) takeWoken(name string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	woken := l.woken[name]
	delete(l.woken, name)
	return woken
}

// wakeWaiting wakes the other sources when refs became free, as one of them may
// have waited for that.
func (l *Loop) wakeWaiting(r Report) {
	if r.Freed == 0 {
		return
	}
	for _, src := range l.sources {
		if src.Name() != r.Source {
			l.Wake(src.Name())
		}
	}
}

// wait returns when a source is due or woken, or the context ends.
func (l *Loop) wait(ctx context.Context, due []time.Time) {
	var timeout <-chan time.Time
	if len(due) > 0 {
		next := due[0]
		for _, d := range due {
			if d.Before(next) {
				next = d
			}
		}
		timer := time.NewTimer(time.Until(next))
		defer timer.Stop()
		timeout = timer.C
	}
	select {
	case <-ctx.Done():
	case <-l.signal:
	case <-timeout:
	}
}
