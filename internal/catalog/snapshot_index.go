package catalog

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"strings"
)

// refIndex finds a row by its canonical ref. It is an open-addressing table:
// relations and overlays look up hundreds of thousands of refs at once. The refs
// lie beside each other as they are compared, so that a lookup touches two places
// in memory and not each column of the row.
type refIndex struct {
	seed  maphash.Seed
	slots []refSlot // a power of two, at most half full
	keys  []byte    // per row: its id, the length of its canonical ref, and that
}

type refSlot struct {
	hash uint32
	at   uint32 // where in keys the row is, + 1; 0 is an empty slot
}

// refBuffer is enough for nearly every canonical ref.
type refBuffer [160]byte

// keyHead is the size of what stands before a ref in keys.
const keyHead = 8

func newRefIndex(t *table) refIndex {
	const usual = 40 // bytes of a canonical ref
	x := refIndex{
		seed:  maphash.MakeSeed(),
		slots: make([]refSlot, 1<<bits.Len(uint(2*t.len()+1))),
		keys:  make([]byte, 0, t.len()*(keyHead+usual)),
	}
	mask := uint32(len(x.slots) - 1)
	for id := range int32(t.len()) {
		at := len(x.keys)
		x.keys = binary.LittleEndian.AppendUint64(x.keys, uint64(id))
		x.keys = appendCanonical(x.keys, t.ref(id))
		key := x.keys[at+keyHead:]
		binary.LittleEndian.PutUint32(x.keys[at+4:], uint32(len(key)))
		h := x.hash(key)
		i := h & mask
		for x.slots[i].at != 0 {
			i = (i + 1) & mask
		}
		x.slots[i] = refSlot{h, uint32(at) + 1}
	}
	return x
}

func (x refIndex) hash(key []byte) uint32 { return uint32(maphash.Bytes(x.seed, key)) }

// lookup finds the row of a canonical ref.
func (x refIndex) lookup(key []byte) (int32, bool) {
	hash, mask := x.hash(key), uint32(len(x.slots)-1)
	for i := hash & mask; x.slots[i].at != 0; i = (i + 1) & mask {
		s := x.slots[i]
		if s.hash != hash {
			continue
		}
		row := x.keys[s.at-1:]
		size := binary.LittleEndian.Uint32(row[4:])
		if bytes.Equal(row[keyHead:keyHead+size], key) {
			return int32(binary.LittleEndian.Uint32(row)), true
		}
	}
	return 0, false
}

func (x refIndex) find(ref Ref) (int32, bool) {
	var buf refBuffer
	return x.lookup(appendCanonical(buf[:0], ref))
}

// findText finds a row by canonical text or by sort key, whichever it is given.
func (x refIndex) findText(text string) (int32, bool) {
	var buf refBuffer
	name, rest, isKey := strings.Cut(text, "\x00")
	if !isKey {
		return x.lookup(appendLower(buf[:0], text))
	}
	kind, ns, _ := strings.Cut(rest, "\x00")
	return x.find(Ref{Kind: kind, Namespace: ns, Name: name})
}

// appendCanonical appends what Ref.String gives, with the default namespace
// where the ref has none.
func appendCanonical(dst []byte, r Ref) []byte {
	if r.Namespace == "" {
		r.Namespace = DefaultNamespace
	}
	dst = append(appendLower(dst, r.Kind), ':')
	dst = append(appendLower(dst, r.Namespace), '/')
	return appendLower(dst, r.Name)
}
