package store

import (
	"bytes"
	"cmp"
	"slices"

	"go.etcd.io/bbolt"

	"github.com/idptui/idptui/internal/boltfile"
	"github.com/idptui/idptui/internal/catalog"
)

// entity is what is to be stored for a ref, encoded; without a record, it is to
// be deleted.
type entity struct {
	ref                    catalog.Ref
	summary, edges, record []byte
}

// batch is what one transaction will store: the last word on each key.
type batch struct {
	source   string
	entities map[string]entity // by canonical ref
	files    map[string][]byte // by path; nil deletes
	problems map[string][]byte // by path; nil deletes
	bytes    int
}

func newBatch(source string) batch {
	return batch{source: source, entities: map[string]entity{}, files: map[string][]byte{}, problems: map[string][]byte{}}
}

func (b *batch) entity(e entity) {
	b.entities[e.ref.String()] = e
	b.bytes += len(e.summary) + len(e.edges) + len(e.record)
}

func (b *batch) note(notes map[string][]byte, path string, note []byte) {
	notes[path] = note
	b.bytes += len(note)
}

// full tells whether the batch should be stored now. An entity is three values.
func (b *batch) full() bool {
	return 3*len(b.entities)+len(b.files)+len(b.problems) >= batchValues || b.bytes >= batchBytes
}

// fillPercent packs pages fuller than bbolt does by itself: batches are sorted.
const fillPercent = 0.9

// store writes the batch, sorted, and marks the cache dirty if a reader can see
// the difference.
func (b *batch) store(tx *bbolt.Tx) error {
	bucket := func(name string) *bbolt.Bucket {
		data := tx.Bucket([]byte(name))
		data.FillPercent = fillPercent
		return data
	}
	changed, err := b.storeEntities(bucket(bucketSummary), bucket(bucketEdges), bucket(bucketEntity))
	if err != nil {
		return err
	}
	if _, err := b.storeNotes(bucket(bucketFile), b.files); err != nil {
		return err
	}
	other, err := b.storeNotes(bucket(bucketProblem), b.problems)
	if err != nil || !changed && !other {
		return err
	}
	return boltfile.PutUint(tx.Bucket([]byte(boltfile.MetaBucket)), keyDirty, 1)
}

func (b *batch) storeEntities(summaries, edges, records *bbolt.Bucket) (changed bool, err error) {
	type row struct {
		key []byte
		ref string
		entity
	}
	rows := make([]row, 0, len(b.entities))
	for ref, e := range b.entities {
		rows = append(rows, row{[]byte(catalog.SortKey(e.ref)), ref, e})
	}
	slices.SortFunc(rows, func(x, y row) int { return bytes.Compare(x.key, y.key) })
	kept := rows[:0]
	for _, r := range rows {
		if r.record == nil && !b.ownedIn(summaries, r.key) {
			continue
		}
		kept = append(kept, r)
		if err := cmp.Or(putOrDelete(summaries, r.key, r.summary), putOrDelete(edges, r.key, r.edges)); err != nil {
			return false, err
		}
	}
	slices.SortFunc(kept, func(x, y row) int { return cmp.Compare(x.ref, y.ref) })
	for _, r := range kept {
		if err := putOrDelete(records, []byte(r.ref), r.record); err != nil {
			return false, err
		}
	}
	return len(kept) > 0, nil
}

// ownedIn tells whether the batch's source brought the entity. One whose summary
// cannot be read is anyone's.
func (b *batch) ownedIn(summaries *bbolt.Bucket, key []byte) bool {
	payload, err := boltfile.Get(summaries, key)
	if err != nil {
		return true
	}
	if payload == nil {
		return false
	}
	s, ok := decodeSummary(string(payload), nil)
	return !ok || s.Source == b.source
}

// storeNotes writes the values of paths and tells whether any is another now.
func (b *batch) storeNotes(data *bbolt.Bucket, notes map[string][]byte) (changed bool, err error) {
	paths := make([]string, 0, len(notes))
	for path := range notes {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	for _, path := range paths {
		key, note := pair(b.source, path), notes[path]
		old, err := boltfile.Get(data, key)
		if err == nil && bytes.Equal(old, note) {
			continue
		}
		changed = true
		if err := putOrDelete(data, key, note); err != nil {
			return false, err
		}
	}
	return changed, nil
}

func putOrDelete(data *bbolt.Bucket, key, payload []byte) error {
	if payload == nil {
		return data.Delete(key)
	}
	return boltfile.Put(data, key, payload)
}
