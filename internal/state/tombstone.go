package state

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"github.com/idptui/idptui/internal/boltfile"
)

// Limits on tombstones.
const (
	KeptTombstones = 7 * 24 * time.Hour // after the deletion
	MaxTombstones  = 2_000              // the latest ones stay
	MaxTombstone   = 1 << 20            // bytes of one record

	// Made with the first tombstone.
	bucketTombstone = "tombstone" // ref → Tombstone as JSON, without its record
	bucketBuried    = "buried"    // ref → the record
)

// Tombstone is an entity that a sync deleted, as it was, so that it can be restored.
type Tombstone struct {
	Ref      string    `json:"ref"`
	Source   string    `json:"source"`
	Path     string    `json:"path"` // within the source
	Line     int       `json:"line,omitempty"`
	Hash     string    `json:"hash,omitempty"`
	Deleted  time.Time `json:"deleted"`
	Restored bool      `json:"restored,omitempty"` // by a person: it is in the catalog again
	Record   []byte    `json:"-"`
}

func (t Tombstone) check() error {
	if len(t.Record) > MaxTombstone {
		return fmt.Errorf("the record of %s is %w: it has %d bytes where %d are the most", t.Ref, ErrInvalid, len(t.Record), MaxTombstone)
	}
	return cmp.Or(name("ref", t.Ref, MaxRef), name("source", t.Source, MaxSource), text("path", t.Path, MaxPath), text("hash", t.Hash, MaxRef))
}

func (b *bolt) Bury(ctx context.Context, stones []Tombstone) error {
	var newest time.Time
	for _, t := range stones {
		if err := t.check(); err != nil {
			return err
		}
		if t.Deleted.After(newest) {
			newest = t.Deleted
		}
	}
	if len(stones) == 0 {
		return nil
	}
	return b.update(ctx, func(tx *bbolt.Tx) error {
		graves, err := openGraves(tx)
		if err != nil {
			return err
		}
		for _, t := range stones {
			if err := graves.put(t); err != nil {
				return err
			}
		}
		all, err := graves.list()
		if err != nil {
			return err
		}
		for i, t := range all {
			if t.Restored || i < MaxTombstones && newest.Sub(t.Deleted) <= KeptTombstones {
				continue
			}
			if err := graves.drop(t.Ref); err != nil {
				return err
			}
		}
		return nil
	})
}

// graves are the two buckets of tombstones, to be read.
type graves struct{ stones, records part }

// dug are the same, to be written.
type dug struct {
	graves
	stones, records *bbolt.Bucket
}

// openGraves makes them where they are missing.
func openGraves(tx *bbolt.Tx) (g dug, err error) {
	if g.stones, err = tx.CreateBucketIfNotExists([]byte(bucketTombstone)); err == nil {
		g.records, err = tx.CreateBucketIfNotExists([]byte(bucketBuried))
	}
	g.graves = graves{inFile{g.stones}, inFile{g.records}}
	return g, err
}

func (g dug) put(t Tombstone) error {
	t.Deleted = t.Deleted.UTC().Truncate(time.Microsecond)
	payload, err := json.Marshal(t)
	if err == nil {
		err = boltfile.Put(g.stones, []byte(t.Ref), payload)
	}
	if err == nil {
		err = boltfile.Put(g.records, []byte(t.Ref), t.Record)
	}
	return err
}

func (g dug) drop(ref string) error {
	return cmp.Or(g.stones.Delete([]byte(ref)), g.records.Delete([]byte(ref)))
}

func (g graves) get(ref string) (t Tombstone, ok bool) {
	payload := getOrNone(g.stones, []byte(ref))
	if payload == nil || json.Unmarshal(payload, &t) != nil {
		return t, false
	}
	t.Record = bytes.Clone(getOrNone(g.records, []byte(ref)))
	return t, t.Record != nil
}

// list is all of them without their records, the latest first.
func (g graves) list() ([]Tombstone, error) {
	var out []Tombstone
	err := each(g.stones, nil, func(_ string, payload []byte) { // a damaged one is left out
		var t Tombstone
		if json.Unmarshal(payload, &t) == nil {
			out = append(out, t)
		}
	})
	slices.SortFunc(out, func(a, b Tombstone) int { return cmp.Or(b.Deleted.Compare(a.Deleted), cmp.Compare(a.Ref, b.Ref)) })
	return out, err
}

func gravesIn(p parts) graves { return graves{p(bucketTombstone), p(bucketBuried)} }

func (b *bolt) Tombstones(ctx context.Context) (out []Tombstone, err error) {
	err = b.view(ctx, func(p parts) (err error) {
		out, err = gravesIn(p).list()
		return err
	})
	return out, err
}

func (b *bolt) Tombstone(ctx context.Context, ref string) (t Tombstone, err error) {
	if err := name("ref", ref, MaxRef); err != nil {
		return t, err
	}
	err = b.view(ctx, func(p parts) error {
		var ok bool
		if t, ok = gravesIn(p).get(ref); !ok {
			return noTombstone(ref)
		}
		return nil
	})
	return t, err
}

func noTombstone(ref string) error { return fmt.Errorf("a tombstone of %q was %w", ref, ErrNotFound) }

func (b *bolt) Restore(ctx context.Context, ref string, on bool) (t Tombstone, err error) {
	if err := name("ref", ref, MaxRef); err != nil {
		return t, err
	}
	err = b.update(ctx, func(tx *bbolt.Tx) error {
		g, err := openGraves(tx)
		if err != nil {
			return err
		}
		var ok bool
		if t, ok = g.get(ref); !ok {
			return noTombstone(ref)
		}
		t.Restored = on
		return g.put(t)
	})
	return t, err
}

func (b *bolt) Unbury(ctx context.Context, ref string) error {
	if err := name("ref", ref, MaxRef); err != nil {
		return err
	}
	return b.update(ctx, func(tx *bbolt.Tx) error {
		g, err := openGraves(tx)
		if err != nil {
			return err
		}
		return g.drop(ref)
	})
}
