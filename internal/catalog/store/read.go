package store

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"

	"go.etcd.io/bbolt"

	"github.com/idptui/idptui/internal/boltfile"
	"github.com/idptui/idptui/internal/catalog"
)

// checkEvery is how many values are read between two looks at the context.
const checkEvery = 1 << 12

// Snapshot reads the list: all summaries of one moment. Relations come with
// Edges. A damaged summary is left out and dropped.
func (s *Store) Snapshot(ctx context.Context) (*catalog.Snapshot, error) {
	var b *catalog.Builder
	var bad []valueID
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		revision, err := revisionIn(tx)
		if err != nil {
			return err
		}
		b, bad = catalog.NewBuilder(revision, expected(tx)), nil
		texts := &arena{}
		tags := make([]string, 0, 1<<10)
		n := 0
		return boltfile.Walk(tx.Bucket([]byte(bucketSummary)), nil, nil, func(k, v []byte) error {
			if n++; n%checkEvery == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			payload, err := boltfile.Unseal(k, v)
			if err != nil {
				bad = append(bad, valueID{bucketSummary, string(k)})
				return nil
			}
			if cap(tags)-len(tags) < 64 {
				tags = make([]string, 0, 1<<10)
			}
			summary, ok := decodeSummary(texts.keep(payload), tags)
			if !ok {
				bad = append(bad, valueID{bucketSummary, string(k)})
				return nil
			}
			tags = tags[:len(tags)+len(summary.Tags)]
			b.Add(summary)
			return nil
		})
	})
	s.quarantine(ctx, bad)
	if err != nil {
		return nil, err
	}
	return b.Snapshot(), nil
}

// expected is about how many entities there are: what the sources say.
func expected(tx *bbolt.Tx) int {
	n := 0
	_ = boltfile.Walk(tx.Bucket([]byte(bucketSource)), nil, nil, func(k, v []byte) error {
		var status SourceStatus
		if payload, err := boltfile.Unseal(k, v); err == nil && json.Unmarshal(payload, &status) == nil {
			n += max(0, status.Entities)
		}
		return nil
	}) // whoever asks for the sources hears of what is wrong with them
	return min(n, 1<<20)
}

// Edges completes the relations of a snapshot from what is stored now. When
// something newer than snap was published meanwhile, what belongs together comes
// with the next Snapshot.
func (s *Store) Edges(ctx context.Context, snap *catalog.Snapshot) (*catalog.Snapshot, error) {
	var whole *catalog.Snapshot
	var bad []valueID
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		bad = nil
		var broken error
		whole = snap.WithEdges(func(yield func(string, []catalog.Edge) bool) {
			texts := &arena{}
			var edges []catalog.Edge
			n := 0
			broken = boltfile.Walk(tx.Bucket([]byte(bucketEdges)), nil, nil, func(k, v []byte) error {
				if n++; n%checkEvery == 0 && ctx.Err() != nil {
					return ctx.Err()
				}
				payload, err := boltfile.Unseal(k, v)
				ok := err == nil
				if ok {
					edges, ok = decodeEdges(texts.keep(payload), edges[:0])
				}
				switch {
				case !ok:
					bad = append(bad, valueID{bucketEdges, string(k)})
				case !yield(texts.keep(k), edges):
					return boltfile.ErrStop
				}
				return nil
			})
		})
		return broken
	})
	s.quarantine(ctx, bad)
	if err != nil {
		return nil, err
	}
	return whole, nil
}

// Record reads everything about one entity. A damaged one is dropped and, like
// one that is not there, ErrNotFound.
func (s *Store) Record(ctx context.Context, ref catalog.Ref) (*catalog.Record, error) {
	key := []byte(ref.String())
	var found sealedRecord
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		found = sealedRecord{key: string(key)}
		payload, err := boltfile.Get(tx.Bucket([]byte(bucketEntity)), key)
		found.payload, found.err = bytes.Clone(payload), err
		if payload == nil && err == nil && listed(tx, valueID{bucketEntity, found.key}) {
			found.err = boltfile.ErrValue // its key is damaged, or the way to it
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if found.payload == nil && found.err == nil {
		return nil, fmt.Errorf("%s was %w in the catalog", ref, ErrNotFound)
	}
	return s.decode(ctx, found)
}

// Provenances say where entities came from, by canonical ref. One that is not
// there, or is damaged, is left out.
func (s *Store) Provenances(ctx context.Context, refs []string) (map[string]catalog.Provenance, error) {
	var found map[string]catalog.Provenance
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		found = make(map[string]catalog.Provenance, len(refs))
		entities := tx.Bucket([]byte(bucketEntity))
		for _, ref := range refs {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			var rec struct {
				Provenance catalog.Provenance `json:"provenance"`
			}
			payload, err := boltfile.Get(entities, []byte(ref))
			if err == nil && payload != nil && json.Unmarshal(payload, &rec) == nil {
				found[ref] = rec.Provenance
			}
		}
		return nil
	})
	return found, err
}

// sealedRecord is a record as it was found: its bytes, or why there are none.
type sealedRecord struct {
	key     string
	payload []byte
	err     error
}

func (s *Store) decode(ctx context.Context, found sealedRecord) (*catalog.Record, error) {
	rec, ok := decodeRecord(found.payload)
	if found.err != nil || !ok {
		s.quarantine(ctx, []valueID{{bucketEntity, found.key}})
		return nil, fmt.Errorf("%s is damaged in the cache; the next sync reads it again: %w", found.key, ErrNotFound)
	}
	return rec, nil
}

func decodeRecord(payload []byte) (*catalog.Record, bool) {
	rec := &catalog.Record{}
	ok := json.Unmarshal(payload, rec) == nil && rec.Entity != nil
	return rec, ok
}

// Records are all entities in the order of their refs, for export. Nothing is
// held open while the caller works, so that what a sync changes meanwhile may or
// may not be seen. A damaged entity is an error in its place; any other error is
// the last.
func (s *Store) Records(ctx context.Context) iter.Seq2[*catalog.Record, error] {
	return func(yield func(*catalog.Record, error) bool) {
		var after []byte
		for {
			found, err := s.chunk(ctx, after)
			if err != nil {
				yield(nil, err)
				return
			}
			if len(found) == 0 {
				return
			}
			for _, one := range found {
				if !yield(s.decode(ctx, one)) {
					return
				}
			}
			after = []byte(found[len(found)-1].key)
		}
	}
}

// chunk copies some records that come after a key.
func (s *Store) chunk(ctx context.Context, after []byte) (found []sealedRecord, err error) {
	const chunkValues, chunkBytes = 512, 4 << 20
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		found = nil
		size := 0
		return boltfile.Walk(tx.Bucket([]byte(bucketEntity)), nil, after, func(k, v []byte) error {
			payload, err := boltfile.Unseal(k, v)
			found = append(found, sealedRecord{string(k), bytes.Clone(payload), err})
			if size += len(payload); len(found) == chunkValues || size >= chunkBytes {
				return boltfile.ErrStop
			}
			return nil
		})
	})
	return found, err
}
