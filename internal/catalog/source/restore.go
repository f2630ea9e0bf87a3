package source

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/safe"
	"github.com/idptui/idptui/internal/state"
)

// What a sync deletes leaves a tombstone in the state, from which a person can
// restore it. The restored entity is in the catalog again as it was, though no file
// brings it: until one does, or a person confirms that it is to go. The state
// knows what was restored, so that it comes back when the cache is lost.

// graves is the part of the state that keeps what was deleted.
type graves interface {
	Bury(ctx context.Context, stones []state.Tombstone) error
	Tombstones(ctx context.Context) ([]state.Tombstone, error)
	Tombstone(ctx context.Context, ref string) (state.Tombstone, error)
	Unbury(ctx context.Context, ref string) error
}

// Restore brings back an entity that a sync deleted; src is the source that had
// brought it. An error that wraps state.ErrNotFound says that no tombstone is left.
func (s *Syncer) Restore(ctx context.Context, src Source, ref catalog.Ref, progress func(Progress)) (Report, error) {
	if _, err := s.State.Restore(ctx, ref.String(), true); err != nil {
		return Report{Source: src.Name()}, err
	}
	report, err := s.sync(ctx, src, order{again: true}, progress)
	if err != nil {
		return report, err
	}
	rec, err := s.Store.Record(ctx, ref)
	switch {
	case err != nil:
		err = fmt.Errorf("%s could not be restored: %w", ref, err)
	case rec.Provenance.Source != src.Name():
		err = fmt.Errorf("%s was not restored: %s of source %s brings it now", ref, safe.Line(rec.Provenance.Path), rec.Provenance.Source)
	default:
		return report, nil
	}
	_, undo := s.State.Restore(ctx, ref.String(), false)
	if undo != nil {
		return report, fmt.Errorf("%w, and %w", err, undo)
	}
	return report, err
}

// restored are the entities of a source that a person restored, by ref.
func restored(ctx context.Context, g graves, source string) (map[string]state.Tombstone, error) {
	all, err := g.Tombstones(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]state.Tombstone{}
	for _, t := range all {
		if t.Restored && t.Source == source {
			out[t.Ref] = t
		}
	}
	return out, nil
}

// findReturned takes out of the restored entities those that a file brings again,
// and those that a person has no use for any more.
func (r *run) findReturned() {
	offered := map[string]bool{}
	if len(r.restored) > 0 {
		for _, f := range r.files {
			for _, o := range f.note.Offers {
				offered[o.Ref] = true // lost, if at all, to the restored one
			}
		}
	}
	for ref := range r.restored {
		if _, held := r.held[ref]; offered[ref] || r.confirmed && !held {
			r.returned = append(r.returned, ref)
			delete(r.restored, ref)
		}
	}
}

// bringBack has the restored entities in the store that it does not have.
func (r *run) bringBack(ctx context.Context) error {
	for _, ref := range slices.Sorted(maps.Keys(r.restored)) {
		if _, held := r.held[ref]; held {
			continue
		}
		if err := r.exhume(ctx, ref); err != nil {
			return err
		}
	}
	return nil
}

// exhume stores one restored entity that the cache does not have.
func (r *run) exhume(ctx context.Context, ref string) error {
	t, err := r.graves.Tombstone(ctx, ref)
	if err != nil {
		return err
	}
	var rec catalog.Record
	if err := json.Unmarshal(t.Record, &rec); err != nil || rec.Entity == nil {
		r.fault(catalog.Error, catalog.ClassSource, t.Path, "the tombstone of "+safe.Line(t.Ref)+" cannot be read, so it was not restored", "")
		return nil
	}
	lost, err := r.claims.Claim(ctx, []state.Claim{{Ref: t.Ref, Source: r.source, Path: t.Path}})
	if err != nil || len(lost) > 0 {
		return err // another place has the ref by now
	}
	l := loss{ref: t.Ref, place: place{source: r.source, path: t.Path, line: t.Line, hash: t.Hash}, restored: true}
	r.keepLoss(l)
	if err := r.expect(t.Path); err != nil {
		return err
	}
	r.broughtBack++
	return r.put(&rec)
}

// bury keeps what is about to be deleted.
func (r *run) bury(ctx context.Context, stored func(context.Context, catalog.Ref) (*catalog.Record, error)) error {
	var stones []state.Tombstone
	for _, ref := range r.deleted[:min(len(r.deleted), state.MaxTombstones)] {
		rec, err := stored(ctx, ref)
		if err != nil {
			continue // damaged: there is nothing to keep
		}
		whole, err := json.Marshal(rec)
		if err != nil || len(whole) > state.MaxTombstone {
			continue // too large to be kept
		}
		at := r.held[ref.String()]
		stones = append(stones, state.Tombstone{Ref: ref.String(), Source: r.source, Path: at.path, Line: at.line, Hash: at.hash, Deleted: r.now, Record: whole})
	}
	return r.graves.Bury(ctx, stones)
}
