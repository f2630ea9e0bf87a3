package history_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/history"
)

// long makes a repository of n commits, one a minute, each of which changes one
// of several descriptors or some other file, by one import.
func (w *world) long(n, descriptors int) {
	w.t.Helper()
	var b strings.Builder
	for i := range n {
		w.time = w.time.Add(time.Minute)
		fmt.Fprintf(&b, "commit refs/heads/main\ncommitter Ann <ann@example.com> %d +0000\ndata 3\nc%02d\n", w.time.Unix(), i%100)
		name := fmt.Sprintf("services/s%d/catalog-info.yaml", i%(2*descriptors))
		text := documents(component(fmt.Sprintf("s%d", i%(2*descriptors)), fmt.Sprintf("team-%d", i)), component(fmt.Sprintf("other-%d", i%(2*descriptors)), "x"))
		if i%(2*descriptors) >= descriptors {
			name = fmt.Sprintf("services/s%d/main.go", i%descriptors)
		}
		fmt.Fprintf(&b, "M 100644 inline %s\ndata %d\n%s\n", name, len(text), text)
	}
	w.git([]byte(b.String()), "fast-import", "--quiet")
}

func TestALongHistoryIsCutAtWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.long(5000, 5)
	h := w.of("s0", "services/s0/catalog-info.yaml", history.Query{})
	if len(h.Changes) != history.DefaultLimit || !h.More || h.Changes[0].What("→") != "owner team-4980 → team-4990" {
		t.Errorf("%d changes, the first %s", len(h.Changes), h.Changes[0].What("→"))
	}
	h = w.of("s0", "services/s0/catalog-info.yaml", history.Query{Limit: history.MaxLimit})
	if len(h.Changes) != 500 || h.More || h.Changes[499].Kind != catalog.ChangeAdded {
		t.Errorf("%d changes", len(h.Changes))
	}
	h = w.all(history.Query{Since: w.time.Add(-99 * time.Minute), Limit: 1000}, nil)
	if len(h.Changes) != 50 || h.More {
		t.Errorf("%d changes", len(h.Changes))
	}
}

func BenchmarkEntityOf5000Commits(b *testing.B) {
	w := newWorld(b)
	w.long(5000, 5)
	src := w.fetch()
	ref := catalog.Ref{Kind: "Component", Namespace: "default", Name: "s0"}
	for _, kept := range []bool{false, true} {
		b.Run(fmt.Sprintf("kept=%t", kept), func(b *testing.B) {
			for b.Loop() {
				if !kept {
					w.reader = history.Reader{}
				}
				h, err := w.reader.Entity(b.Context(), src, ref, "services/s0/catalog-info.yaml", history.Query{})
				if err != nil || len(h.Changes) != history.DefaultLimit {
					b.Fatal(err, len(h.Changes))
				}
			}
		})
	}
}

func BenchmarkADayOf30Repositories(b *testing.B) {
	var scopes []history.Scope
	var since time.Time
	for range 30 {
		w := newWorld(b)
		w.long(2000, 5)
		since = w.time.Add(-24 * time.Hour)
		scopes = append(scopes, history.Scope{Source: w.fetch()})
	}
	for b.Loop() {
		var r history.Reader
		h, err := r.All(b.Context(), scopes, nil, history.Query{Since: since})
		if err != nil || len(h.Changes) != history.DefaultLimit {
			b.Fatal(err, len(h.Changes))
		}
	}
}

func BenchmarkOneOf1000Documents(b *testing.B) {
	w := newWorld(b)
	docs := make([]string, 1000)
	for i := range docs {
		docs[i] = component(fmt.Sprintf("s%d", i), "x")
	}
	for i := range 60 {
		docs[i] = component(fmt.Sprintf("s%d", i), "y")
		w.commit("c", map[string]string{"all.yaml": documents(docs...)})
	}
	src := w.fetch()
	for b.Loop() {
		w.reader = history.Reader{}
		h, err := w.reader.Entity(b.Context(), src, catalog.Ref{Kind: "Component", Namespace: "default", Name: "s0"}, "all.yaml", history.Query{})
		if err != nil || len(h.Changes) != 1 {
			b.Fatal(err, told(h))
		}
	}
}
