package source

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/idptui/idptui/internal/catalog/store"
)

// Loop reads sources again and again, one after the other, each after its
// interval and up to a quarter more, so that many of them do not fall together. A
// source that fails is left alone for longer and longer, until somebody wakes it.
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

// turn is where a source of the loop stands.
type turn struct {
	due      time.Time
	fetching bool
	failures int // in a row
}

// fetched is a source whose fetch is over, and how its sync begins.
type fetched struct {
	source int
	order  order
	before *Report // of an earlier round, or nil
}

// Run reads every source now and goes on until the context ends. What lies
// elsewhere is fetched meanwhile, so that a host that hangs keeps nobody waiting
// but itself.
func (l *Loop) Run(ctx context.Context) {
	ctx, stop := context.WithCancel(ctx)
	running := newFetches()
	defer running.wait()
	defer stop()
	turns := make([]turn, len(l.sources))
	arrived := make(chan fetched, len(l.sources)) // each at most once, so that nobody waits to send
	for ctx.Err() == nil {
		for i, src := range l.sources {
			t := &turns[i]
			if t.fetching || !l.takeWoken(src.Name()) && time.Now().Before(t.due) {
				continue
			}
			t.fetching = true
			running.start(ctx, l.syncer, src, func(got fetchOutcome) { arrived <- fetched{i, order{fetchErr: got.err, stale: got.stale}, nil} })
		}
		if f, ok := l.wait(ctx, turns, arrived); ok {
			if again := l.take(ctx, &turns[f.source], f); again != nil {
				running.run(ctx, func() { arrived <- again() })
			}
		}
	}
}

// take syncs a source that was fetched and says when it is due again. Where the
// sync met what has to be fetched first, it gives what does that.
func (l *Loop) take(ctx context.Context, t *turn, f fetched) (more func() fetched) {
	src := l.sources[f.source]
	if !l.syncer.isElsewhere(ctx, src) {
		l.takeWoken(src.Name()) // what it was woken for is read now
	}
	report, err := l.syncer.sync(ctx, src, f.order, l.progress)
	if ctx.Err() != nil {
		return nil
	}
	if err == nil && f.before != nil {
		report.add(*f.before)
	}
	if err == nil && len(report.wanted) > 0 {
		return func() fetched { return fetched{f.source, l.syncer.more(ctx, f.order, report), &report} }
	}
	t.fetching = false
	if err != nil || report.Status.State == store.StateFailed {
		t.failures++
	} else {
		t.failures = 0
	}
	t.due = time.Now().Add(pause(l.interval, t.failures))
	l.done(report, err)
	l.wakeWaiting(report)
	return nil
}

// maxPause is how long a source that fails is left alone at most, unless the
// interval is longer.
const maxPause = 15 * time.Minute

// pause is the time until a source is read again: its interval, twice as long for
// each failure in a row, and up to a quarter more.
func pause(interval time.Duration, failures int) time.Duration {
	longest := max(interval, maxPause)
	for range failures {
		if interval >= longest {
			break
		}
		interval = min(2*interval, longest)
	}
	return interval + rand.N(interval/4+1) //nolint:gosec // spreads the load, guards nothing
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

// wait returns when a source is due, woken or fetched, which it then gives, or the
// context ends.
func (l *Loop) wait(ctx context.Context, turns []turn, arrived <-chan fetched) (f fetched, ok bool) {
	var timeout <-chan time.Time
	var next time.Time
	for _, t := range turns {
		if !t.fetching && (next.IsZero() || t.due.Before(next)) {
			next = t.due
		}
	}
	if !next.IsZero() {
		timer := time.NewTimer(time.Until(next))
		defer timer.Stop()
		timeout = timer.C
	}
	select {
	case <-ctx.Done():
	case <-l.signal:
	case <-timeout:
	case f = <-arrived:
		return f, true
	}
	return f, false
}
