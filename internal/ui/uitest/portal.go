package uitest

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/pane"
)

func itoa(n int) string { return strconv.Itoa(n) }

var _ pane.Portal = (*FakePortal)(nil)

// FakePortal is a portal over entities in memory. The exported fields are what a
// test sets before it starts and reads after it is done; the methods may be
// called from anywhere.
type FakePortal struct {
	ProblemList []catalog.Problem
	SourceList  []pane.Source
	// Past is what History answers, by canonical ref; for the rest NoPast.
	Past   map[string]catalog.History
	NoPast catalog.History
	// Signals is what Watch hands out; nil is a catalog that never changes.
	Signals chan struct{}

	mu      sync.Mutex
	view    *catalog.View
	records map[string]*catalog.Record
	stars   []string // newest first
	visits  []string // newest first
	reads   []string
	syncs   int
	err     error
}

// View implements pane.Portal.
func (p *FakePortal) View() *catalog.View {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.view
}

// SetView puts another catalog in place; the test sends pane.ViewMsg itself.
func (p *FakePortal) SetView(v *catalog.View) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.view = v
}

// Replace puts the catalog of another fake in place, records included.
func (p *FakePortal) Replace(o *FakePortal) {
	o.mu.Lock()
	view, records := o.view, o.records
	o.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.view, p.records = view, records
}

// Fail makes every method that may fail do so with err, until Fail(nil).
func (p *FakePortal) Fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err = err
}

// Watch implements pane.Portal. Without Signals the channel is closed: there is
// nothing to wait for.
func (p *FakePortal) Watch(context.Context) <-chan struct{} {
	if p.Signals != nil {
		return p.Signals
	}
	never := make(chan struct{})
	close(never)
	return never
}

// Record implements pane.Portal.
func (p *FakePortal) Record(ctx context.Context, ref catalog.Ref) (*catalog.Record, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.fails(ctx); err != nil {
		return nil, err
	}
	p.reads = append(p.reads, ref.String())
	rec, ok := p.records[ref.String()]
	if !ok {
		return nil, fmt.Errorf("%s: %w", ref, pane.ErrNotFound)
	}
	return rec, nil
}

// History implements pane.Portal.
func (p *FakePortal) History(ctx context.Context, ref catalog.Ref) (catalog.History, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.fails(ctx); err != nil {
		return catalog.History{}, err
	}
	if h, ok := p.Past[ref.String()]; ok {
		return h, nil
	}
	return p.NoPast, nil
}

// Problems implements pane.Portal.
func (p *FakePortal) Problems(ctx context.Context) ([]catalog.Problem, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ProblemList, p.fails(ctx)
}

// Sources implements pane.Portal.
func (p *FakePortal) Sources(ctx context.Context) ([]pane.Source, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.SourceList, p.fails(ctx)
}

// Sync implements pane.Portal.
func (p *FakePortal) Sync() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.syncs++
}

// Stars implements pane.Portal.
func (p *FakePortal) Stars(ctx context.Context, _ string) ([]string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.stars), p.fails(ctx)
}

// Star implements pane.Portal.
func (p *FakePortal) Star(ctx context.Context, _, ref string, on bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.fails(ctx); err != nil {
		return err
	}
	p.stars = slices.DeleteFunc(p.stars, func(s string) bool { return s == ref })
	if on {
		p.stars = slices.Insert(p.stars, 0, ref)
	}
	return nil
}

// Visited implements pane.Portal.
func (p *FakePortal) Visited(ctx context.Context, _, ref string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.fails(ctx); err != nil {
		return err
	}
	p.visits = slices.DeleteFunc(p.visits, func(s string) bool { return s == ref })
	p.visits = slices.Insert(p.visits, 0, ref)
	return nil
}

// Recent implements pane.Portal.
func (p *FakePortal) Recent(ctx context.Context, _ string, n int) ([]string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.visits[:min(n, len(p.visits))]), p.fails(ctx)
}

// Syncs is how often a sync was asked for.
func (p *FakePortal) Syncs() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.syncs
}

// Reads are the refs whose records were read so far, in order.
func (p *FakePortal) Reads() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.reads)
}

func (p *FakePortal) fails(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return p.err
}
