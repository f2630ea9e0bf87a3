package boltfile

import (
	"encoding/binary"
	"errors"
	"hash/crc32"

	"go.etcd.io/bbolt"
)

// ErrValue is the error of a value whose bytes are not those that were stored.
// The file may be whole otherwise.
var ErrValue = errors.New("a stored value is damaged")

// A sealed value is version ‖ crc32c (4 bytes, little endian) ‖ payload. The sum
// covers the key as well, so that a value that shows up under another key is
// found out.
const (
	valueVersion = 1
	headSize     = 5
	// MaxValue is the most bytes that a payload may have.
	MaxValue = 64 << 20
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Seal gives the bytes to store for payload under key.
func Seal(key, payload []byte) []byte {
	value := make([]byte, headSize, headSize+len(payload))
	value[0] = valueVersion
	binary.LittleEndian.PutUint32(value[1:], sum(key, payload))
	return append(value, payload...)
}

// Unseal gives the payload, which shares the value's bytes, or ErrValue.
func Unseal(key, value []byte) ([]byte, error) {
	if len(value) < headSize || len(value) > headSize+MaxValue || value[0] != valueVersion {
		return nil, ErrValue
	}
	payload := value[headSize:]
	if binary.LittleEndian.Uint32(value[1:]) != sum(key, payload) {
		return nil, ErrValue
	}
	return payload, nil
}

func sum(key, payload []byte) uint32 {
	return crc32.Update(crc32.Update(valueVersion, castagnoli, key), castagnoli, payload)
}

// Put seals payload under key.
func Put(b *bbolt.Bucket, key, payload []byte) error {
	return b.Put(key, Seal(key, payload))
}

// Get gives the payload under key: nil without an error where there is none,
// ErrValue where it is damaged. It dies with the transaction.
func Get(b *bbolt.Bucket, key []byte) ([]byte, error) {
	value := b.Get(key)
	if value == nil {
		return nil, nil
	}
	return Unseal(key, value)
}
