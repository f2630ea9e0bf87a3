package store

import (
	"bytes"
	"context"

	"go.etcd.io/bbolt"

	"github.com/idptui/idptui/internal/boltfile"
	"github.com/idptui/idptui/internal/catalog"
)

// The first fill of an empty cache goes to a new file that takes the cache's
// place at the end: nobody reads meanwhile, so nothing has to be safe or to pause
// between batches.

// flushAside stores the pending batch in the new file.
func (w *Writer) flushAside(ctx context.Context) error {
	if w.scratch == nil {
		var err error
		if w.scratch, err = w.s.file.Scratch(); err != nil {
			return err
		}
	}
	if err := w.scratch.Update(w.pending.store); err != nil {
		return err
	}
	w.pending = newBatch(w.source)
	return ctx.Err()
}

// install ends the new file and puts it in the place of the cache, unless that
// is empty no longer.
func (w *Writer) install(ctx context.Context, status *SourceStatus) (revision uint64, done bool, err error) {
	err = w.scratch.Update(func(tx *bbolt.Tx) error {
		if err := w.pending.store(tx); err != nil {
			return err
		}
		revision, err = w.conclude(tx, status)
		return err
	})
	if err != nil {
		return 0, false, err
	}
	w.pending = newBatch(w.source)
	replaceable := func(tx *bbolt.Tx) (bool, error) {
		if empty, err := isEmpty(tx); err != nil || !empty {
			return false, err
		}
		present, err := revisionIn(tx)
		return present < revision, err
	}
	done, err = w.scratch.Install(ctx, replaceable, func() error { return w.s.publish(revision) })
	return revision, done, err
}

// merge writes what the new file holds to the cache, which another process has
// filled meanwhile.
func (w *Writer) merge(ctx context.Context) error {
	scratch := w.scratch
	defer scratch.Discard()
	w.scratch, w.fill = nil, false
	return scratch.View(func(tx *bbolt.Tx) error {
		value := func(bucket string, key []byte) []byte {
			payload, err := boltfile.Get(tx.Bucket([]byte(bucket)), key)
			if err != nil {
				return nil // it is a cache: the next sync reads the file again
			}
			return bytes.Clone(payload)
		}
		err := tx.Bucket([]byte(bucketSummary)).ForEach(func(k, _ []byte) error {
			e := entity{summary: value(bucketSummary, k), edges: value(bucketEdges, k)}
			s, ok := decodeSummary(string(e.summary), nil)
			if !ok {
				return nil
			}
			e.ref, e.record = s.Ref, value(bucketEntity, []byte(s.Ref.String()))
			w.pending.entity(e)
			return w.flushIfFull(ctx)
		})
		if err != nil {
			return err
		}
		for bucket, notes := range map[string]func() map[string][]byte{
			bucketFile:    func() map[string][]byte { return w.pending.files },
			bucketProblem: func() map[string][]byte { return w.pending.problems },
		} {
			err := tx.Bucket([]byte(bucket)).ForEach(func(k, _ []byte) error {
				_, path := split(k)
				w.pending.note(notes(), path, value(bucket, k))
				return w.flushIfFull(ctx)
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// DropSource removes everything that a source brought and publishes that.
func (s *Store) DropSource(ctx context.Context, source string) (uint64, error) {
	w, err := s.Begin(ctx, source)
	if err != nil {
		return 0, err
	}
	defer w.Abandon()
	refs, paths, err := s.held(ctx, source)
	if err != nil {
		return 0, err
	}
	for _, ref := range refs {
		if err := w.Delete(ctx, ref); err != nil {
			return 0, err
		}
	}
	for _, path := range paths {
		if err := w.DropFile(ctx, path); err != nil {
			return 0, err
		}
	}
	return w.finish(ctx, nil)
}

// held lists the entities of a source, and the paths that something is noted for.
func (s *Store) held(ctx context.Context, source string) (refs []catalog.Ref, paths []string, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		refs, paths = nil, nil
		err := boltfile.Walk(tx.Bucket([]byte(bucketSummary)), nil, nil, func(k, v []byte) error {
			ref, ok := refOf(valueID{bucketSummary, string(k)})
			payload, err := boltfile.Unseal(k, v)
			if err != nil || !ok {
				return nil // dropped by the next reader of the list
			}
			if summary, ok := decodeSummary(string(payload), nil); ok && summary.Source == source {
				refs = append(refs, ref)
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, bucket := range []string{bucketFile, bucketProblem} {
			err := boltfile.Walk(tx.Bucket([]byte(bucket)), pair(source, ""), nil, func(k, _ []byte) error {
				_, path := split(k)
				paths = append(paths, path)
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return refs, paths, err
}
