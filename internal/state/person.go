package state

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"github.com/idptui/idptui/internal/boltfile"
)

func (b *bolt) Stars(ctx context.Context, user string) ([]string, error) {
	if err := text("user", user, MaxUser); err != nil {
		return nil, err
	}
	type star struct {
		ref   string
		order uint64
	}
	var stars []star
	err := b.view(ctx, func(p parts) error {
		stars = nil
		return each(p(bucketStar), pair(user, ""), func(ref string, payload []byte) {
			order, _ := binary.Uvarint(payload)
			stars = append(stars, star{ref, order})
		})
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(stars, func(a, b star) int { return cmp.Compare(b.order, a.order) })
	refs := make([]string, len(stars))
	for i, s := range stars {
		refs[i] = s.ref
	}
	return refs, nil
}

func (b *bolt) SetStar(ctx context.Context, user, ref string, on bool) error {
	if err := cmp.Or(text("user", user, MaxUser), name("ref", ref, MaxRef)); err != nil {
		return err
	}
	return b.update(ctx, func(tx *bbolt.Tx) error {
		stars := tx.Bucket([]byte(bucketStar))
		key := pair(user, ref)
		if !on {
			return stars.Delete(key)
		}
		if getOrNone(inFile{stars}, key) != nil {
			return nil
		}
		if err := roomFor(stars, user, key, MaxStars, "stars"); err != nil {
			return err
		}
		order, err := stars.NextSequence()
		if err != nil {
			return err
		}
		return boltfile.Put(stars, key, binary.AppendUvarint(nil, order))
	})
}

func (b *bolt) Visit(ctx context.Context, user, ref string, at time.Time) error {
	if err := cmp.Or(text("user", user, MaxUser), name("ref", ref, MaxRef)); err != nil {
		return err
	}
	return b.update(ctx, func(tx *bbolt.Tx) error {
		visits := tx.Bucket([]byte(bucketVisit))
		key := pair(user, ref)
		if old, ok := bytesTime(getOrNone(inFile{visits}, key)); ok && !at.After(old) {
			return nil
		}
		if err := boltfile.Put(visits, key, timeBytes(at)); err != nil {
			return err
		}
		kept, err := visitsOf(inFile{visits}, user)
		if err != nil {
			return err
		}
		for _, v := range kept[min(KeptVisits, len(kept)):] {
			if err := visits.Delete(pair(user, v.Ref)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b *bolt) Visits(ctx context.Context, user string, n int) ([]Visit, error) {
	if err := text("user", user, MaxUser); err != nil {
		return nil, err
	}
	var visits []Visit
	err := b.view(ctx, func(p parts) (err error) {
		visits, err = visitsOf(p(bucketVisit), user)
		return err
	})
	if n > 0 && n < len(visits) {
		visits = visits[:n]
	}
	return visits, err
}

// visitsOf are all visits of user, the latest first.
func visitsOf(p part, user string) ([]Visit, error) {
	var visits []Visit
	err := each(p, pair(user, ""), func(ref string, payload []byte) {
		if at, ok := bytesTime(payload); ok {
			visits = append(visits, Visit{ref, at})
		}
	})
	slices.SortFunc(visits, func(a, b Visit) int {
		return cmp.Or(b.At.Compare(a.At), strings.Compare(a.Ref, b.Ref))
	})
	return visits, err
}

func (b *bolt) Preference(ctx context.Context, user, key string) (value string, ok bool, err error) {
	if err := cmp.Or(text("user", user, MaxUser), name("preference's key", key, MaxKey)); err != nil {
		return "", false, err
	}
	err = b.view(ctx, func(p parts) error {
		payload, err := p(bucketPreference).get(pair(user, key))
		if err != nil {
			return fmt.Errorf("the preference %q of %q cannot be read: %w; set it again", key, user, err)
		}
		value, ok = string(payload), payload != nil
		return nil
	})
	return value, ok, err
}

func (b *bolt) SetPreference(ctx context.Context, user, key, value string) error {
	err := cmp.Or(text("user", user, MaxUser), name("preference's key", key, MaxKey), text("preference "+key, value, MaxValue))
	if err != nil {
		return err
	}
	return b.update(ctx, func(tx *bbolt.Tx) error {
		prefs := tx.Bucket([]byte(bucketPreference))
		if err := roomFor(prefs, user, pair(user, key), MaxPreferences, "preferences"); err != nil {
			return err
		}
		return boltfile.Put(prefs, pair(user, key), []byte(value))
	})
}

// roomFor refuses a new key of user when it has limit of them already.
func roomFor(b *bbolt.Bucket, user string, key []byte, limit int, what string) error {
	if b.Get(key) != nil {
		return nil
	}
	n := 0
	err := boltfile.Walk(b, pair(user, ""), nil, func(_, _ []byte) error {
		n++
		return nil
	})
	if err != nil {
		return err
	}
	if n >= limit {
		return fmt.Errorf("more than %d %s of %q are %w; take one away first", limit, what, user, ErrInvalid)
	}
	return nil
}
