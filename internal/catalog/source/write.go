package source

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/store"
	"github.com/idptui/idptui/internal/safe"
)

// Caps on the problems that are kept; what is left out is counted.
const (
	maxFileProblems = 200
	maxLinkProblems = 2000
)

// capped keeps the gravest problems of a list, in their order.
func capped(problems []catalog.Problem, limit int) []catalog.Problem {
	if len(problems) <= limit {
		return problems
	}
	out := make([]catalog.Problem, 0, limit+1)
	for severity := catalog.Error; ; severity-- {
		for _, p := range problems {
			if p.Severity == severity && len(out) < limit {
				out = append(out, p)
			}
		}
		if severity == catalog.Note {
			break
		}
	}
	sortProblems(out)
	return append(out, catalog.Problem{
		Severity: catalog.Error, Class: catalog.ClassSource, Path: out[len(out)-1].Path,
		Message: fmt.Sprintf("%d problems more are not listed", len(problems)-limit),
	})
}

// write hands over what is left after the entities: deletions, what to remember
// of each file, and problems. A crash before the end leaves the old memory, but for
// what was announced, and the next sync does it again.
func (r *run) write(ctx context.Context, w *store.Writer) error {
	r.tell(PhaseStore, 0, 0, "")
	for _, ref := range r.deleted {
		if err := w.Delete(ctx, ref); err != nil {
			return err
		}
	}
	for _, f := range r.order() {
		if f.fresh || f.ghost {
			if err := w.Problems(ctx, f.path, f.problems); err != nil {
				return err
			}
		}
		if !f.touched {
			continue
		}
		st, err := f.fileState()
		if err != nil {
			return err
		}
		if err := w.File(ctx, st); err != nil {
			return err
		}
	}
	for _, path := range r.forgotten() {
		if err := w.DropFile(ctx, path); err != nil {
			return err
		}
	}
	if err := w.Problems(ctx, "", capped(r.problems, maxLinkProblems)); err != nil {
		return err
	}
	rules, err := json.Marshal(r.rules)
	if err != nil {
		return fmt.Errorf("the rules of %s cannot be stored: %w", r.source, err)
	}
	return w.File(ctx, store.FileState{Path: rulesPath, Data: rules})
}

// report fills in what the run did.
func (r *run) report(report *Report) {
	c := r.counts()
	report.Counts, report.Freed, report.Removed = c, r.freed, len(r.deleted)
	report.Unchanged = r.waiting + r.sheltered + r.kept
	report.Added = r.broughtBack
	for _, f := range r.files {
		for _, o := range f.note.Offers {
			if o.Lost || o.Kept {
				continue
			}
			switch was, ok := r.held[o.Ref]; {
			case !ok:
				report.Added++
			case was.hash != o.Hash:
				report.Changed++
			default:
				report.Unchanged++
			}
		}
	}
	status := &report.Status
	status.State, status.Error = store.StateOK, ""
	if r.waiting > 0 {
		status.State = store.StateStale
		status.Error = r.whyStale(status.Location)
	}
	status.Files, status.Entities, status.Skeletons, status.Foreign = c.Files, c.Entities+r.waiting+r.sheltered+r.kept+r.broughtBack, c.Skeletons, c.Foreign
	status.Untrusted, status.Excluded, status.Conflicts, status.Problems = c.Untrusted, c.Excluded, c.Conflicts, countFaults(r.problems)
	for _, f := range r.files {
		status.Problems += f.note.Problems
	}
}

// whyStale says what is gone, why that is not believed, and what to do.
func (r *run) whyStale(location string) string {
	gone := fmt.Sprintf("%d of %d entities are gone from %s", r.waiting, len(r.held), location)
	if len(r.unmatched) > 0 {
		return fmt.Sprintf("%s, and its path %q matches no YAML file; nothing was deleted; correct the path, or if it is meant, run: idptui sync confirm %s",
			gone, safe.Line(r.unmatched[0]), r.source)
	}
	return fmt.Sprintf("%s, which is too much to be deleted without a word; nothing was deleted; if it is meant, run: idptui sync confirm %s", gone, r.source)
}

// counts adds up what became of the documents of all files.
func (r *run) counts() Counts {
	var sum Counts
	for _, f := range r.files {
		c := f.note.Counts
		if c.ours() {
			sum.Files++
		}
		sum.Documents += c.Documents
		sum.Refused += c.Refused
		sum.Skeletons += c.Skeletons
		sum.Foreign += c.Foreign
		sum.Untrusted += c.Untrusted
		sum.Excluded += c.Excluded
		for _, o := range f.note.Offers {
			switch {
			case o.Kept:
			case o.Lost:
				sum.Conflicts++
			default:
				sum.Entities++
			}
		}
	}
	return sum
}

// forgotten are the paths that are remembered and no part of the source now.
func (r *run) forgotten() []string {
	var out []string
	for path := range r.old.files {
		if r.files[path] == nil {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return out
}
