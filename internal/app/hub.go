package app

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/idptui/idptui/internal/catalog"
)

// pollInterval is how often the revision is looked at: changes of this process
// and of others reach a screen within it, and at most one a second does.
const pollInterval = time.Second

// feed is the part of the store that the hub reads.
type feed interface {
	Revision() uint64
	Snapshot(ctx context.Context) (*catalog.Snapshot, error)
	Edges(ctx context.Context, snap *catalog.Snapshot) (*catalog.Snapshot, error)
}

// hub shares one decoded catalog between all sessions of the process. It
// publishes the list first and the relations when they are known, and tells the
// sessions with a signal that keeps only the latest news.
type hub struct {
	feed    feed
	view    atomic.Pointer[catalog.View]
	standIn atomic.Pointer[standIn] // what is shown while the catalog is empty; nil for nothing
	stands  atomic.Bool             // the View is that of the stand-in

	mu       sync.Mutex
	sessions map[chan struct{}]struct{}
}

func newHub(f feed) *hub {
	h := &hub{feed: f, sessions: map[chan struct{}]struct{}{}}
	h.view.Store(catalog.NewView(catalog.NewBuilder(0, 0).Snapshot()))
	return h
}

// View is the newest catalog; never nil.
func (h *hub) View() *catalog.View { return h.view.Load() }

// Watch gives a signal after each newer View until ctx ends; then the channel
// is closed.
func (h *hub) Watch(ctx context.Context) <-chan struct{} {
	ch := make(chan struct{}, 1)
	h.mu.Lock()
	h.sessions[ch] = struct{}{}
	h.mu.Unlock()
	context.AfterFunc(ctx, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.sessions, ch)
		close(ch)
	})
	return ch
}

func (h *hub) publish(snap *catalog.Snapshot) {
	in := h.standIn.Load()
	stands := in != nil && snap.Len() == 0
	if stands {
		snap = in.snapshot(snap.Revision())
	}
	h.stands.Store(stands)
	h.view.Store(catalog.NewView(snap))
	h.tell()
}

// tell signals every session.
func (h *hub) tell() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for ch := range h.sessions {
		select {
		case ch <- struct{}{}:
		default: // a signal waits there already
		}
	}
}

// list decodes and publishes the list of the newest revision.
func (h *hub) list(ctx context.Context) (*catalog.Snapshot, error) {
	snap, err := h.feed.Snapshot(ctx)
	if err == nil {
		h.publish(snap)
	}
	return snap, err
}

// complete adds the relations and publishes the whole.
func (h *hub) complete(ctx context.Context, snap *catalog.Snapshot) (*catalog.Snapshot, error) {
	full, err := h.feed.Edges(ctx, snap)
	if err == nil {
		h.publish(full)
	}
	return full, err
}

// follow keeps the View at the newest revision until ctx ends. snap is what is
// published already; its relations come first if they are missing. What cannot be
// read now (another process holds the file for longer than usual) is tried again
// at the next look, and the last good View stays until then.
func (h *hub) follow(ctx context.Context, snap *catalog.Snapshot, looks <-chan time.Time) {
	revision := snap.Revision()
	for {
		if !snap.RelationsReady() {
			if whole, err := h.complete(ctx, snap); err == nil {
				snap = whole
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-looks:
		}
		if now := h.feed.Revision(); now != revision {
			if next, err := h.list(ctx); err == nil {
				snap, revision = next, now
			}
		}
	}
}
