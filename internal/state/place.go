package state

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.etcd.io/bbolt"

	"github.com/idptui/idptui/internal/boltfile"
)

func (b *bolt) Claim(ctx context.Context, claims []Claim) ([]Lost, error) {
	if len(claims) > MaxClaims {
		return nil, fmt.Errorf("%d claims at once are %w: %d are the most", len(claims), ErrInvalid, MaxClaims)
	}
	for _, c := range claims {
		if err := cmp.Or(name("ref", c.Ref, MaxRef), name("source", c.Source, MaxSource), text("path", c.Path, MaxPath)); err != nil {
			return nil, err
		}
	}
	var lost []Lost
	var won map[string]Claim
	// Most syncs claim what they hold already: that needs no writing.
	err := b.view(ctx, func(p parts) error {
		lost, won = judge(p(bucketClaim), claims)
		return nil
	})
	if err != nil || len(won) == 0 {
		return lost, err
	}
	err = b.update(ctx, func(tx *bbolt.Tx) error {
		held := tx.Bucket([]byte(bucketClaim))
		lost, won = judge(inFile{held}, claims) // anew: another process may have been first
		for _, ref := range slices.Sorted(maps.Keys(won)) {
			if err := boltfile.Put(held, []byte(ref), joinParts(won[ref].Source, won[ref].Path)); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, ErrReadOnly) {
		return b.claimInMemory(ctx, claims)
	}
	if err != nil {
		return nil, err
	}
	return lost, nil
}

// judge decides each claim in order: lost to another place, won anew, or held.
func judge(held part, claims []Claim) (lost []Lost, won map[string]Claim) {
	won = map[string]Claim{}
	for _, c := range claims {
		holder, taken := won[c.Ref]
		if !taken {
			holder, taken = readClaim(c.Ref, getOrNone(held, []byte(c.Ref)))
		}
		switch {
		case !taken:
			won[c.Ref] = c
		case holder != c:
			lost = append(lost, Lost{c, holder})
		}
	}
	return lost, won
}

func readClaim(ref string, payload []byte) (Claim, bool) {
	source, path, ok := splitParts(payload)
	return Claim{ref, source, path}, ok
}

func (b *bolt) Claims(ctx context.Context, source string) ([]Claim, error) {
	if err := name("source", source, MaxSource); err != nil {
		return nil, err
	}
	var claims []Claim
	err := b.view(ctx, func(p parts) error {
		claims = nil
		return each(p(bucketClaim), nil, func(ref string, payload []byte) {
			if c, ok := readClaim(ref, payload); ok && c.Source == source {
				claims = append(claims, c)
			}
		})
	})
	return claims, err
}

func (b *bolt) Claimants(ctx context.Context) ([]string, error) {
	var sources map[string]bool
	err := b.view(ctx, func(p parts) error {
		sources = map[string]bool{}
		return each(p(bucketClaim), nil, func(ref string, payload []byte) {
			if c, ok := readClaim(ref, payload); ok {
				sources[c.Source] = true
			}
		})
	})
	return slices.Sorted(maps.Keys(sources)), err
}

func (b *bolt) Release(ctx context.Context, source string, refs []string) error {
	if err := name("source", source, MaxSource); err != nil {
		return err
	}
	if len(refs) == 0 {
		return nil
	}
	err := b.update(ctx, func(tx *bbolt.Tx) error {
		held := tx.Bucket([]byte(bucketClaim))
		for _, ref := range slices.Sorted(slices.Values(refs)) {
			c, ok := readClaim(ref, getOrNone(inFile{held}, []byte(ref)))
			if !ok || c.Source != source {
				continue
			}
			if err := held.Delete([]byte(ref)); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, ErrReadOnly) {
		return b.releaseInMemory(ctx, source, refs)
	}
	return err
}

func (b *bolt) RememberSource(ctx context.Context, src RememberedSource) error {
	if err := cmp.Or(name("source", src.Name, MaxSource), name("location", src.Location, MaxPath)); err != nil {
		return err
	}
	known, err := b.RememberedSources(ctx)
	if err != nil {
		return err
	}
	for _, k := range known {
		if k.Name == src.Name && k.Location == src.Location {
			return nil // the usual case: the same command line as last time
		}
	}
	return b.update(ctx, func(tx *bbolt.Tx) error {
		sources := tx.Bucket([]byte(bucketSource))
		if old, ok := readSource(src.Name, getOrNone(inFile{sources}, []byte(src.Name))); ok {
			src.Added = old.Added
		} else if len(known) >= MaxSources {
			return fmt.Errorf("more than %d sources are %w; forget one first", MaxSources, ErrInvalid)
		}
		return boltfile.Put(sources, []byte(src.Name), joinParts(src.Location, string(timeBytes(src.Added))))
	})
}

func (b *bolt) RememberedSources(ctx context.Context) ([]RememberedSource, error) {
	var sources []RememberedSource
	err := b.view(ctx, func(p parts) error {
		sources = nil
		return each(p(bucketSource), nil, func(name string, payload []byte) {
			if src, ok := readSource(name, payload); ok {
				sources = append(sources, src)
			}
		})
	})
	slices.SortFunc(sources, func(a, b RememberedSource) int {
		return cmp.Or(a.Added.Compare(b.Added), strings.Compare(a.Name, b.Name))
	})
	return sources, err
}

func readSource(name string, payload []byte) (RememberedSource, bool) {
	location, added, ok := splitParts(payload)
	at, whole := bytesTime([]byte(added))
	return RememberedSource{name, location, at}, ok && whole
}

func (b *bolt) ForgetSource(ctx context.Context, source string) error {
	if err := name("source", source, MaxSource); err != nil {
		return err
	}
	return b.update(ctx, func(tx *bbolt.Tx) error {
		sources := tx.Bucket([]byte(bucketSource))
		if sources.Get([]byte(source)) == nil {
			return fmt.Errorf("a remembered source %q was %w", source, ErrNotFound)
		}
		return sources.Delete([]byte(source))
	})
}
