package source

import (
	"context"
	"path"
	"strings"
	"time"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/store"
	"github.com/idptui/idptui/internal/safe"
	"github.com/idptui/idptui/internal/state"
)

// Validate reads a source by the rules of the sync and stores nothing: it gives
// every problem, by place, and what became of the documents. Beyond what a sync
// reports, a file that holds no document of the catalog is a finding where one of
// the rules' paths names it alone, or where its name says that it should. show
// gives a path within the source as people are to read it, nil as it is. Validate
// fails where the source cannot be read, and when the context ends.
func Validate(ctx context.Context, src Source, limits Limits, show func(path string) string) ([]catalog.Problem, Counts, error) {
	tree, err := src.Open(ctx)
	if err != nil {
		return nil, Counts{}, err
	}
	defer tree.Close() //nolint:errcheck // nothing was written
	r := newRun(src, limits, time.Time{}, remember(nil), ledger{}, nil)
	if show != nil {
		r.show = func(path string) string { return safe.Line(show(path)) }
	}
	r.put = func(*catalog.Record) error { return nil }
	r.announce = func(store.FileState) error { return nil }
	if err := r.run(ctx, tree); err != nil {
		return nil, Counts{}, err
	}
	r.reportBarren()
	problems := r.problems
	for _, f := range r.order() {
		problems = append(problems, f.problems...)
	}
	for i := range problems {
		problems[i].Source = src.Name()
		if problems[i].Path != "" {
			problems[i].Path = r.show(problems[i].Path)
		}
	}
	sortProblems(problems)
	return problems, r.counts(), nil
}

// reportBarren finds the files that should hold an entity and hold none.
func (r *run) reportBarren() {
	for _, f := range r.order() {
		if f.kept || f.note.Counts.ours() {
			continue
		}
		const message, hint = "this file holds no entity of the catalog", "name a descriptor: a YAML file that begins with apiVersion: backstage.io/v1alpha1"
		switch base := strings.ToLower(path.Base(f.path)); {
		case f.asked:
			r.fault(catalog.Error, catalog.ClassSource, f.path, message, hint)
		case base == "catalog-info.yaml", base == "catalog-info.yml":
			r.fault(catalog.Warning, catalog.ClassSource, f.path, message, "begin it with apiVersion: backstage.io/v1alpha1, or remove it")
		}
	}
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
