package store

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"github.com/idptui/idptui/internal/boltfile"
	"github.com/idptui/idptui/internal/catalog"
)

// valueID names a stored value.
type valueID struct{ bucket, key string }

// quarantine drops damaged values, the rest of the entities that they belong to,
// and the notes of the files that brought those, so that the next sync reads
// them again. It is best effort: what stays is found again by the next reader.
func (s *Store) quarantine(ctx context.Context, bad []valueID) {
	if len(bad) == 0 {
		return
	}
	_ = s.file.Update(ctx, func(tx *bbolt.Tx) error {
		lost := map[string]bool{} // canonical refs
		for _, id := range bad {
			if err := drop(tx, id, lost); err != nil {
				return err
			}
		}
		if err := forgetFilesOf(tx, lost); err != nil {
			return err
		}
		if err := doubt(tx, ""); err != nil {
			return err
		}
		return boltfile.PutUint(tx.Bucket([]byte(boltfile.MetaBucket)), keyDirty, 1)
	})
}

// drop drops a value, if it is still damaged, and the rest of its entity, and adds
// to lost what was lost: the entity's ref, or what is no ref of any file.
func drop(tx *bbolt.Tx, id valueID, lost map[string]bool) error {
	bucket := tx.Bucket([]byte(id.bucket))
	value := bucket.Get([]byte(id.key))
	if value == nil && (id.bucket != bucketEntity || !listed(tx, id)) {
		return nil // it was dropped meanwhile
	}
	if payload, err := boltfile.Unseal([]byte(id.key), value); value != nil && err == nil && readable(id.bucket, payload) {
		return nil // it was written anew meanwhile
	}
	if err := bucket.Delete([]byte(id.key)); err != nil {
		return err
	}
	switch id.bucket {
	case bucketSummary, bucketEdges, bucketEntity:
		ref, ok := refOf(id)
		if !ok {
			lost[id.key] = true
			return nil
		}
		lost[ref.String()] = true
		return deleteEntity(tx, ref)
	case bucketProblem:
		files := tx.Bucket([]byte(bucketFile))
		if files.Get([]byte(id.key)) == nil {
			lost[id.key] = true
		}
		return forgetFile(files, []byte(id.key))
	}
	return nil
}

// listed tells whether the list has the entity of a record.
func listed(tx *bbolt.Tx, id valueID) bool {
	ref, ok := refOf(id)
	return ok && tx.Bucket([]byte(bucketSummary)).Get([]byte(catalog.SortKey(ref))) != nil
}

// readable tells whether a payload of that bucket decodes.
func readable(bucket string, payload []byte) bool {
	switch bucket {
	case bucketSummary:
		_, ok := decodeSummary(string(payload), nil)
		return ok
	case bucketEdges:
		_, ok := decodeEdges(string(payload), nil)
		return ok
	case bucketEntity:
		_, ok := decodeRecord(payload)
		return ok
	case bucketFile:
		return json.Unmarshal(payload, &FileState{}) == nil
	case bucketProblem:
		return json.Unmarshal(payload, &[]catalog.Problem{}) == nil
	}
	return json.Unmarshal(payload, &SourceStatus{}) == nil
}

// refOf is the entity that a value belongs to, as far as its key says so.
func refOf(id valueID) (catalog.Ref, bool) {
	switch id.bucket {
	case bucketSummary, bucketEdges:
		parts := strings.Split(id.key, "\x00") // as catalog.SortKey joins them
		if len(parts) != 3 {
			return catalog.Ref{}, false
		}
		return catalog.Ref{Name: parts[0], Kind: parts[1], Namespace: parts[2]}, true
	case bucketEntity:
		ref, err := catalog.ParseRef(id.key, catalog.RefDefaults{})
		return ref, err == nil
	}
	return catalog.Ref{}, false
}

func deleteEntity(tx *bbolt.Tx, ref catalog.Ref) error {
	sortKey := []byte(catalog.SortKey(ref))
	for bucket, key := range map[string][]byte{bucketSummary: sortKey, bucketEdges: sortKey, bucketEntity: []byte(ref.String())} {
		if err := tx.Bucket([]byte(bucket)).Delete(key); err != nil {
			return err
		}
	}
	return nil
}

// forgetFilesOf makes the next sync read the files that brought lost entities: all
// files where one is not known to any, as then it is the key that is damaged, and
// nobody can tell whose it was.
func forgetFilesOf(tx *bbolt.Tx, lost map[string]bool) error {
	if len(lost) == 0 {
		return nil
	}
	files := tx.Bucket([]byte(bucketFile))
	var keys, all [][]byte
	unknown := maps.Clone(lost)
	err := boltfile.Walk(files, nil, nil, func(k, v []byte) error {
		var f FileState
		payload, err := boltfile.Unseal(k, v)
		if err != nil || json.Unmarshal(payload, &f) != nil {
			return nil // the next sync misses it anyway
		}
		all = append(all, bytes.Clone(k))
		if slices.ContainsFunc(f.Refs, func(ref string) bool { return lost[ref] }) {
			keys = append(keys, bytes.Clone(k))
		}
		for _, ref := range f.Refs {
			delete(unknown, ref)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(unknown) > 0 {
		keys = all
	}
	for _, k := range keys {
		if err := forgetFile(files, k); err != nil {
			return err
		}
	}
	return nil
}

// forgetFile takes from a file's note what would let a sync skip it; its refs
// stay, so that the sync knows what it held.
func forgetFile(files *bbolt.Bucket, key []byte) error {
	payload, err := boltfile.Get(files, key)
	var f FileState
	if err != nil || payload == nil || json.Unmarshal(payload, &f) != nil {
		return nil // missing already
	}
	f.Hash, f.Size, f.ModTime = "", -1, time.Time{}
	if payload, err = json.Marshal(f); err != nil {
		return err
	}
	return boltfile.Put(files, key, payload)
}
