package state

import (
	"bytes"
	"context"
	"maps"
	"os"
	"slices"

	"go.etcd.io/bbolt"

	"github.com/idptui/idptui/internal/boltfile"
)

// part is what reading needs of a bucket.
type part interface {
	// get gives a value: nil without an error where there is none, and an error
	// where it is damaged.
	get(key []byte) ([]byte, error)
	// walk visits the whole values whose key starts with prefix, in order.
	walk(prefix []byte, visit func(key, payload []byte)) error
}

// parts gives the part of a name.
type parts func(name string) part

// inFile is a part of the open file.
type inFile struct{ *bbolt.Bucket }

func (p inFile) get(key []byte) ([]byte, error) { return boltfile.Get(p.Bucket, key) }

func (p inFile) walk(prefix []byte, visit func(key, payload []byte)) error {
	return boltfile.Walk(p.Bucket, prefix, nil, func(k, v []byte) error {
		if payload, err := boltfile.Unseal(k, v); err == nil {
			visit(k, payload)
		}
		return nil
	})
}

// inMemory is a part of a file that cannot be used, by key.
type inMemory map[string][]byte

func (p inMemory) get(key []byte) ([]byte, error) { return p[string(key)], nil }

func (p inMemory) walk(prefix []byte, visit func(key, payload []byte)) error {
	for _, key := range slices.Sorted(maps.Keys(p)) {
		if k := []byte(key); bytes.HasPrefix(k, prefix) {
			visit(k, p[key])
		}
	}
	return nil
}

// rescued is what could be read of a file that cannot be used, for as long as it
// is that file.
type rescued struct {
	of    os.FileInfo // nil: of none
	parts map[string]inMemory
}

// rescue runs fn over what can be read of the file.
func (b *bolt) rescue(ctx context.Context, fn func(parts) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return fn(func(name string) part { return b.saved(name) })
}

// saved is a part of what was rescued; mu is held.
func (b *bolt) saved(name string) inMemory {
	info, err := os.Stat(b.file.Path())
	if err != nil {
		info = nil
	}
	known, r := b.rescued.of, &b.rescued
	same := known == nil && info == nil ||
		known != nil && info != nil && os.SameFile(known, info) && known.Size() == info.Size() && known.ModTime().Equal(info.ModTime())
	if r.parts == nil || !same {
		*r = rescued{of: info, parts: map[string]inMemory{}}
		for bucket, pairs := range b.file.Salvage() {
			values := inMemory{}
			for _, p := range pairs {
				values[p.Key] = p.Payload
			}
			r.parts[bucket] = values
		}
	}
	if r.parts[name] == nil {
		r.parts[name] = inMemory{}
	}
	return r.parts[name]
}

// claimInMemory is Claim while nothing can be written, so that syncs go on: what
// is won is held as long as this process runs. The sync after that claims again
// what the cache holds by then.
func (b *bolt) claimInMemory(ctx context.Context, claims []Claim) ([]Lost, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	held := b.saved(bucketClaim)
	lost, won := judge(held, claims)
	for ref, c := range won {
		held[ref] = joinParts(c.Source, c.Path)
	}
	return lost, nil
}

// releaseInMemory is Release while nothing can be written.
func (b *bolt) releaseInMemory(ctx context.Context, source string, refs []string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	held := b.saved(bucketClaim)
	for _, ref := range refs {
		if c, ok := readClaim(ref, held[ref]); ok && c.Source == source {
			delete(held, ref)
		}
	}
	return nil
}
