package boltfile

import (
	"bytes"
	"errors"

	"go.etcd.io/bbolt"
)

// ErrStop ends a Walk when a visit returns it.
var ErrStop = errors.New("stop")

// errDisorder is found while walking; the operation reports it as damage.
var errDisorder = errors.New("its keys are out of order")

// Walk visits the keys that begin with prefix, in order, from the first after
// the key after (nil: from the first). The value is sealed. Keys out of order or
// beyond all measure are damage and end the walk, so that no damage can make it
// endless. ErrStop from visit ends it as well, without an error.
func Walk(b *bbolt.Bucket, prefix, after []byte, visit func(key, value []byte) error) error {
	cur := b.Cursor()
	from := prefix
	if bytes.Compare(after, from) > 0 {
		from = after
	}
	var last []byte
	for k, v := cur.Seek(from); k != nil && bytes.HasPrefix(k, prefix); k, v = cur.Next() {
		if len(k) > bbolt.MaxKeySize || last != nil && bytes.Compare(last, k) >= 0 {
			return errDisorder
		}
		last = k
		if after != nil && bytes.Equal(k, after) {
			continue
		}
		if err := visit(k, v); err != nil {
			if errors.Is(err, ErrStop) {
				return nil
			}
			return err
		}
	}
	return nil
}
