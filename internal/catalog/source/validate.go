package source

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/store"
	"github.com/idptui/idptui/internal/state"
)

// Validate reads a source by the rules of the sync and stores nothing: it gives
// every problem, by place, and what became of the documents. It fails where the
// source cannot be read, and when the context ends.
func Validate(ctx context.Context, src Source, limits Limits) ([]catalog.Problem, Counts, error) {
	tree, err := src.Open(ctx)
	if err != nil {
		return nil, Counts{}, err
	}
	defer tree.Close() //nolint:errcheck // nothing was written
	r := newRun(src, limits, time.Time{}, remember(nil), ledger{}, nil)
	r.put = func(*catalog.Record) error { return nil }
	r.announce = func(store.FileState) error { return nil }
	if err := r.run(ctx, tree); err != nil {
		return nil, Counts{}, err
	}
	problems := r.problems
	for _, name := range slices.Sorted(maps.Keys(r.files)) {
		problems = append(problems, r.files[name].problems...)
	}
	for i := range problems {
		problems[i].Source = src.Name()
	}
	sortProblems(problems)
	return problems, r.counts(), nil
}

// ledger is claims in memory.
type ledger map[string]state.Claim

func (l ledger) Claim(_ context.Context, claims []state.Claim) ([]state.Lost, error) {
	var lost []state.Lost
	for _, c := range claims {
		holder, taken := l[c.Ref]
		if !taken {
			l[c.Ref] = c
		} else if holder != c {
			lost = append(lost, state.Lost{Claim: c, Holder: holder})
		}
	}
	return lost, nil
}

func (ledger) Claims(context.Context, string) ([]state.Claim, error) { return nil, nil }
func (ledger) Release(context.Context, string, []string) error       { return nil }
