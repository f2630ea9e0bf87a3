package source

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/safe"
	"github.com/idptui/idptui/internal/state"
)

// Of all places that bring an entity, the first to claim its ref has it, until
// it brings it no longer. The state remembers that across every loss of the
// cache; a sync asserts what it holds, bids for what it does not, and gives up
// what is gone.

// claims is the part of the state that a sync needs.
type claims interface {
	Claim(ctx context.Context, claims []state.Claim) ([]state.Lost, error)
	Claims(ctx context.Context, source string) ([]state.Claim, error)
	Release(ctx context.Context, source string, refs []string) error
}

// bid is an offer for which its file asks to have the ref.
type bid struct {
	file  *file
	offer *offer
}

// bids are the offers of a file that may have their refs. A ref that stands in
// the file twice is the first document's.
func (r *run) bids(f *file) []bid {
	var out []bid
	seen := map[string]bool{}
	for _, o := range f.note.Offers {
		switch {
		case o.Kept:
		case seen[o.Ref]:
			o.Lost = true
			r.rivals[o] = place{source: r.source, path: f.path}
		default:
			seen[o.Ref] = true
			out = append(out, bid{f, o})
		}
	}
	return out
}

// claim asks the state for refs, in order, marks the offers that lose and gives
// those that win.
func (r *run) claim(ctx context.Context, bids []bid) (won []bid, err error) {
	for part := range slices.Chunk(bids, state.MaxClaims) {
		asked := make([]state.Claim, len(part))
		for i, b := range part {
			asked[i] = state.Claim{Ref: b.offer.Ref, Source: r.source, Path: b.file.path}
		}
		lost, err := r.claims.Claim(ctx, asked)
		if err != nil {
			return nil, err
		}
		holders := make(map[state.Claim]state.Claim, len(lost))
		for _, l := range lost {
			holders[l.Claim] = l.Holder
		}
		for i, b := range part {
			if holder, isLost := holders[asked[i]]; isLost {
				b.offer.Lost = true
				r.rivals[b.offer] = place{source: holder.Source, path: holder.Path}
				continue
			}
			won = append(won, b)
		}
	}
	return won, nil
}

// assert claims again what the files that did not change give: first what they
// held, then what they have lost so far. A file that now gets a ref is read, as
// its entity is not in the store.
func (r *run) assert(ctx context.Context) error {
	var holding, losing []bid
	for _, f := range r.order() {
		if f.fresh {
			continue
		}
		for _, b := range r.bids(f) {
			switch {
			case !b.offer.Lost:
				holding = append(holding, b)
			case !f.kept:
				losing = append(losing, b)
			}
		}
	}
	if _, err := r.claim(ctx, holding); err != nil {
		return err
	}
	for _, b := range holding {
		b.file.touched = b.file.touched || b.offer.Lost
	}
	won, err := r.claim(ctx, losing)
	for _, b := range won {
		b.file.fresh, b.file.touched = true, true
	}
	return err
}

// settleLosses deletes what is gone, unless that is too much, frees the refs, and
// lets other files of the source take them over.
func (r *run) settleLosses(ctx context.Context) error {
	losses := r.losses()
	tooMuch := r.tooMuch(losses)
	free := map[string]bool{}
	for _, l := range losses {
		switch {
		case l.moved:
			free[l.ref] = true
		case l.sheltered:
			r.keepLoss(l)
			r.sheltered++
		case l.restored && !r.confirmed:
			r.keepLoss(l)
			r.kept++
		case tooMuch && (!l.narrowed || r.mistyped()):
			l.waits = true
			r.keepLoss(l)
			r.waiting++
		default:
			ref, err := catalog.ParseRef(l.ref, catalog.RefDefaults{})
			if err != nil {
				return fmt.Errorf("the cache names an entity %q, which is no reference: %w", l.ref, err)
			}
			if err := r.expect(l.path); err != nil {
				return err
			}
			r.deleted = append(r.deleted, ref)
			free[l.ref] = true
		}
	}
	r.freeBroken(free)
	if len(r.old.notes) == 0 {
		if err := r.freeLeftovers(ctx, free); err != nil {
			return err
		}
	}
	if len(free) == 0 {
		return nil
	}
	if err := r.claims.Release(ctx, r.source, slices.Sorted(maps.Keys(free))); err != nil {
		return err
	}
	return r.takeOver(ctx, free)
}

// freeLeftovers adds, when the cache was lost, the refs that the source claimed
// in its earlier life and that no file of it brings where it was.
func (r *run) freeLeftovers(ctx context.Context, free map[string]bool) error {
	claimed, err := r.claims.Claims(ctx, r.source)
	if err != nil {
		return err
	}
	for _, c := range claimed {
		f := r.files[c.Path]
		if r.list.covers(c.Path) || f != nil && (f.kept || f.note.Counts.Refused > 0) {
			continue // what it brings cannot be known
		}
		if f == nil || !slices.ContainsFunc(f.note.Offers, func(o *offer) bool { return o.Ref == c.Ref }) {
			free[c.Ref] = true
		}
	}
	return nil
}

// freeBroken adds the refs that a place of this source holds without bringing
// them: a sync that was broken off had claimed them for a file that has changed
// since.
func (r *run) freeBroken(free map[string]bool) {
	for o, at := range r.rivals {
		if at.source != r.source || r.list.covers(at.path) || r.shelters(at.path) {
			continue // another source's affair, or what it brings cannot be known
		}
		f := r.files[at.path]
		if f == nil || !f.kept && !slices.ContainsFunc(f.note.Offers, func(have *offer) bool { return have.Ref == o.Ref }) {
			free[o.Ref] = true
		}
	}
}

// keepLoss keeps an entity that is gone, with the file that brought it.
func (r *run) keepLoss(l loss) {
	f := r.files[l.path]
	if f == nil {
		f = &file{path: l.path, size: -1, ghost: true, note: &note{Rules: r.print}}
		if old := r.old.notes[l.path]; old != nil {
			f.note.Via = old.Via // which file has to be mended first
		}
		r.files[l.path] = f
	}
	f.note.Offers = append(f.note.Offers, &offer{Ref: l.ref, Line: l.line, Hash: l.hash, Kept: true, Waits: l.waits})
	f.touched = true
	r.reportOrphan(l)
}

// maxOrphans is how many orphans are listed one by one.
const maxOrphans = 200

// reportOrphan says of an entity that is kept though nothing brings it why that is.
func (r *run) reportOrphan(l loss) {
	why, hint := "no file brings this any more, and it is kept as too much is gone at once", "if that is meant, run: idptui sync confirm "+r.source
	switch {
	case l.restored:
		why, hint = "no file brings this any more; a person restored it", "put it into a file again, or run: idptui sync confirm "+r.source
	case l.sheltered:
		why, hint = "this is as it was when it could last be read", "mend its file, or the one with the Location that names it"
	}
	if r.orphans++; r.orphans <= maxOrphans {
		r.problems = append(r.problems, catalog.Problem{
			Severity: catalog.Warning, Class: catalog.ClassOrphan, Ref: l.ref, Path: safe.Line(l.path), Line: l.line, Message: why, Hint: hint,
		})
	}
}

// takeOver lets those offers of the source that had lost have the refs that
// became free.
func (r *run) takeOver(ctx context.Context, free map[string]bool) error {
	var bids []bid
	for _, f := range r.order() {
		if f.kept || f.ghost {
			continue
		}
		for _, b := range r.bids(f) {
			if b.offer.Lost && free[b.offer.Ref] {
				bids = append(bids, b)
			}
		}
	}
	for _, b := range bids {
		b.offer.Lost = false
		delete(r.rivals, b.offer)
	}
	won, err := r.claim(ctx, bids)
	if err != nil {
		return err
	}
	r.freed = len(free) - len(won)
	slices.SortStableFunc(won, func(a, b bid) int { return cmp.Compare(a.file.path, b.file.path) })
	for i := 0; i < len(won); {
		f, wanted := won[i].file, map[string]int{}
		for ; i < len(won) && won[i].file == f; i++ {
			wanted[won[i].offer.Ref] = won[i].offer.Line
		}
		if err := r.putAgain(f, wanted); err != nil {
			return err
		}
	}
	return nil
}

// putAgain reads a file once more for the entities that are wanted, by ref and line.
func (r *run) putAgain(f *file, wanted map[string]int) error {
	f.touched = true
	data, e, err := readFile(r.tree, f.path, r.limits.Catalog.FileBytes)
	if err != nil || e.hash(data) != f.hash {
		f.hash = "" // it changed under our hands: the next sync reads it
		return nil
	}
	d := r.parse(f.path, data, f.named, false)
	for i, rec := range d.records {
		if line, ok := wanted[d.note.Offers[i].Ref]; !ok || line != d.note.Offers[i].Line {
			continue
		}
		if err := r.replace(f, rec); err != nil {
			return err
		}
	}
	return nil
}

// reportConflicts says of every offer that lost who has the ref instead.
func (r *run) reportConflicts(ctx context.Context) error {
	type loser struct {
		file  *file
		offer *offer
		to    place
	}
	var losers []loser
	var abroad []string // refs that another source has
	for _, f := range r.order() {
		for _, o := range f.note.Offers {
			to, known := r.rivals[o]
			if !o.Lost || !known {
				continue
			}
			losers = append(losers, loser{f, o, to})
			if to.source != r.source && len(abroad) < maxLinkProblems { // more are not listed
				abroad = append(abroad, o.Ref)
			}
		}
	}
	var stored map[string]catalog.Provenance
	if len(abroad) > 0 && r.provenances != nil {
		var err error
		if stored, err = r.provenances(ctx, abroad); err != nil {
			return err
		}
	}
	for _, l := range losers {
		if p := stored[l.offer.Ref]; p.Source == l.to.source && p.Path == safe.Line(l.to.path) {
			l.to.line = p.Line
		}
		r.problems = append(r.problems, catalog.Problem{
			Severity: catalog.Error, Class: catalog.ClassConflict, Ref: l.offer.Ref, Path: safe.Line(l.file.path), Line: l.offer.Line,
			Message: fmt.Sprintf("%s is left out here, because %s brought it first", l.offer.Ref, r.where(l.to, l.offer)),
			Hint:    "give one of the two another name, or remove it",
		})
	}
	return nil
}

// where is the place that has the ref of o, in words. The line of another source's
// is 0 where it is not in the store.
func (r *run) where(other place, o *offer) string {
	if other.source != r.source {
		at := safe.Line(other.path)
		if other.line > 0 {
			at = fmt.Sprintf("%s:%d", at, other.line)
		}
		return fmt.Sprintf("%s of source %s", at, safe.Line(other.source))
	}
	place := r.show(other.path)
	if f := r.files[other.path]; f != nil {
		for _, have := range f.note.Offers {
			if have.Ref == o.Ref && !have.Lost {
				return fmt.Sprintf("%s:%d", place, have.Line)
			}
		}
	}
	return place
}
