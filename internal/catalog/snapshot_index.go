package catalog

import (
	"bytes"
	"hash/maphash"
	"math/bits"
	"strings"
)

// refIndex finds a row by its canonical ref. It is an open-addressing table:
// relations and overlays look up hundreds of thousands of refs at once, and a
// map keyed by text would hold all those texts.
type refIndex struct {
	t     *table
	seed  maphash.Seed
	slots []refSlot // a power of two, at most half full
}

type refSlot struct {
	hash uint32
	id   int32 // row id + 1; 0 is an empty slot
}

// refBuffer is enough for nearly every canonical ref.
type refBuffer [160]byte

func newRefIndex(t *table) refIndex {
	x := refIndex{
		t:     t,
		seed:  maphash.MakeSeed(),
		slots: make([]refSlot, 1<<bits.Len(uint(2*t.len()+1))),
	}
	var buf refBuffer
	mask := uint32(len(x.slots) - 1)
	for id := range int32(t.len()) {
		h := x.hash(appendCanonical(buf[:0], t.ref(id)))
		i := h & mask
		for x.slots[i].id != 0 {
			i = (i + 1) & mask
		}
		x.slots[i] = refSlot{h, id + 1}
	}
	return x
}

func (x refIndex) hash(key []byte) uint32 { return uint32(maphash.Bytes(x.seed, key)) }

// lookup finds the row of a canonical ref.
func (x refIndex) lookup(key []byte) (int32, bool) {
	var buf refBuffer
	return x.probe(x.hash(key), func(id int32) bool {
		return bytes.Equal(appendCanonical(buf[:0], x.t.ref(id)), key)
	})
}

func (x refIndex) find(ref Ref) (int32, bool) {
	var buf refBuffer
	return x.findHashed(ref, x.hash(appendCanonical(buf[:0], ref)))
}

// findHashed finds the row of a ref of which the canonical form has that hash.
func (x refIndex) findHashed(ref Ref, hash uint32) (int32, bool) {
	if ref.Namespace == "" {
		ref.Namespace = DefaultNamespace
	}
	return x.probe(hash, func(id int32) bool {
		return equalLower(x.t.name(id), ref.Name) && equalLower(x.t.value(colKind, id), ref.Kind) &&
			equalLower(x.t.value(colNamespace, id), ref.Namespace)
	})
}

// probe looks at the rows with that hash.
func (x refIndex) probe(hash uint32, is func(id int32) bool) (int32, bool) {
	mask := uint32(len(x.slots) - 1)
	for i := hash & mask; x.slots[i].id != 0; i = (i + 1) & mask {
		if s := x.slots[i]; s.hash == hash && is(s.id-1) {
			return s.id - 1, true
		}
	}
	return 0, false
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
