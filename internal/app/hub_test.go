package app

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/idptui/idptui/internal/catalog"
)

// script is a feed whose revision a test moves on.
type script struct {
	mu       sync.Mutex
	revision uint64
	names    []string
	fail     error // of Edges and Snapshot
}

func (s *script) set(revision uint64, fail error, names ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revision, s.fail, s.names = revision, fail, names
}

func (s *script) Revision() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.revision
}

func (s *script) Snapshot(context.Context) (*catalog.Snapshot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return nil, s.fail
	}
	b := catalog.NewBuilder(s.revision, len(s.names))
	for _, name := range s.names {
		b.Add(catalog.Summary{Ref: catalog.Ref{Kind: "Component", Namespace: "default", Name: name}})
	}
	return b.Snapshot(), nil
}

func (s *script) Edges(_ context.Context, snap *catalog.Snapshot) (*catalog.Snapshot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return nil, s.fail
	}
	return snap.WithEdges(func(func(string, []catalog.Edge) bool) {}), nil
}

// following is a hub that follows a feed, looking when the test says so.
func following(t *testing.T, feed *script) (*hub, <-chan struct{}, func()) {
	t.Helper()
	h := newHub(feed)
	ctx, cancel := context.WithCancel(t.Context())
	news := h.Watch(ctx)
	snap, err := h.list(ctx)
	if err != nil {
		t.Fatal(err)
	}
	looks, ended := make(chan time.Time), make(chan struct{})
	go func() {
		defer close(ended)
		h.follow(ctx, snap, looks)
	}()
	t.Cleanup(func() { cancel(); <-ended })
	// The second of two looks is taken only when the first is dealt with.
	return h, news, func() { looks <- time.Time{}; looks <- time.Time{} }
}

func TestTheListIsPublishedBeforeTheRelations(t *testing.T) {
	t.Parallel()
	feed := &script{}
	feed.set(7, nil, "ledger")
	h := newHub(feed)
	if n := h.View().Len(); n != 0 {
		t.Errorf("a new hub has %d entities", n)
	}
	snap, err := h.list(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if v := h.View(); v.Len() != 1 || v.RelationsReady() {
		t.Errorf("%d entities, relations ready: %v", v.Len(), v.RelationsReady())
	}
	if _, err := h.complete(t.Context(), snap); err != nil {
		t.Fatal(err)
	}
	if v := h.View(); v.Len() != 1 || !v.RelationsReady() {
		t.Errorf("%d entities, relations ready: %v", v.Len(), v.RelationsReady())
	}
}

func TestANewRevisionReachesEverySession(t *testing.T) {
	t.Parallel()
	feed := &script{}
	feed.set(1, nil, "ledger")
	h, news, look := following(t, feed)
	look()
	<-news // what was there at the start
	feed.set(2, nil, "ledger", "payments")
	look()
	select {
	case <-news:
	default:
		t.Error("no signal came")
	}
	if v := h.View(); v.Len() != 2 || !v.RelationsReady() || v.Revision() != 2 {
		t.Errorf("%d entities of revision %d", v.Len(), v.Revision())
	}
	look()
	select {
	case <-news:
		t.Error("a signal came though nothing changed")
	default:
	}
}

func TestSignalsThatNobodyTookAreOne(t *testing.T) {
	t.Parallel()
	feed := &script{}
	feed.set(1, nil, "a")
	_, news, look := following(t, feed)
	for revision := range uint64(5) {
		feed.set(revision+2, nil, "a")
		look()
	}
	<-news
	select {
	case <-news:
		t.Error("a second signal waited")
	default:
	}
}

func TestTheLastGoodViewStaysWhileTheCacheCannotBeRead(t *testing.T) {
	t.Parallel()
	feed := &script{}
	feed.set(1, nil, "ledger")
	h, _, look := following(t, feed)
	look()
	feed.set(2, errors.New("held by another process"), "ledger", "payments")
	look()
	if n := h.View().Len(); n != 1 {
		t.Errorf("%d entities while the cache cannot be read", n)
	}
	feed.set(2, nil, "ledger", "payments")
	look()
	if n := h.View().Len(); n != 2 {
		t.Errorf("%d entities after it can be read again", n)
	}
}

func TestWatchEndsWithItsContext(t *testing.T) {
	t.Parallel()
	h := newHub(&script{})
	ctx, cancel := context.WithCancel(t.Context())
	news := h.Watch(ctx)
	cancel()
	if _, open := <-news; open {
		t.Error("a signal came instead of the end")
	}
	h.publish(catalog.NewBuilder(1, 0).Snapshot()) // must not send on a closed channel
}
