package boltfile

import (
	"encoding/binary"
	"hash/fnv"
	"io"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/idptui/idptui/internal/flock"
)

// Pair is a key and what was stored under it.
type Pair struct {
	Key     string
	Payload []byte
}

// maxSalvage is the largest file, in bytes, that is salvaged.
const maxSalvage = 256 << 20

// Salvage reads what can be read of a file that may be damaged or of another
// schema: the values that unseal, by bucket, in the order of their keys. It never
// writes, maps nothing, and follows no page twice. It finds nothing in a file that
// is no database at all or is not there.
func (f *File) Salvage() map[string][]Pair {
	found := map[string][]Pair{}
	file, err := os.Open(f.path)
	if err != nil {
		return found
	}
	defer flock.Release(file)
	// Who writes a file that is whole again would be read halfway; who cannot have
	// the lock now reads what there is, and the sums tell what is true.
	_ = syscall.Flock(int(file.Fd()), flock.Shared|syscall.LOCK_NB)
	data, err := io.ReadAll(io.LimitReader(file, maxSalvage))
	if err != nil {
		return found
	}
	for _, m := range metasOf(data) {
		s := salvage{data: data, size: m.size, seen: map[uint64]bool{}, found: found}
		if s.roots(m.root); len(found) > 0 {
			break // else the state before the last change may be whole
		}
	}
	for name, pairs := range found {
		slices.SortStableFunc(pairs, func(a, b Pair) int { return strings.Compare(a.Key, b.Key) })
		found[name] = slices.CompactFunc(pairs, func(a, b Pair) bool { return a.Key == b.Key })
	}
	return found
}

type metaPage struct{ size, root, txid uint64 }

// The parts of a meta page, in bytes from its start.
const (
	metaMagic    = pageHead
	metaPageSize = pageHead + 8
	metaRoot     = pageHead + 16
	metaSum      = pageHead + 56
	magic        = 0xED0CDAED
)

// metasOf are the meta pages that are whole, the newest first.
func metasOf(data []byte) []metaPage {
	var found []metaPage
	add := func(at uint64) uint64 {
		if at+metaSum+8 > uint64(len(data)) {
			return 0
		}
		b := data[at:]
		size := uint64(binary.NativeEndian.Uint32(b[metaPageSize:]))
		sum := fnv.New64a()
		_, _ = sum.Write(b[metaMagic:metaSum])
		if binary.NativeEndian.Uint32(b[metaMagic:]) != magic || sum.Sum64() != binary.NativeEndian.Uint64(b[metaSum:]) || size < 512 || size > 64<<10 {
			return 0
		}
		found = append(found, metaPage{size, binary.NativeEndian.Uint64(b[metaRoot:]), binary.NativeEndian.Uint64(b[metaTxid:])})
		return size
	}
	if size := add(0); size > 0 {
		add(size)
	} else {
		for size := uint64(512); size <= 64<<10 && add(size) == 0; size *= 2 {
		}
	}
	slices.SortFunc(found, func(a, b metaPage) int {
		if a.txid > b.txid {
			return -1
		}
		return 1
	})
	return found
}

type salvage struct {
	data  []byte
	size  uint64
	seen  map[uint64]bool
	found map[string][]Pair
}

// page is one that was not met before and whose elements lie within it.
func (s *salvage) page(id uint64) (page, bool) {
	if id < 2 || id >= uint64(len(s.data))/s.size || s.seen[id] {
		return page{}, false
	}
	s.seen[id] = true
	b := s.data[id*s.size:]
	over := uint64(binary.NativeEndian.Uint32(b[12:]))
	if over >= uint64(len(b))/s.size {
		over = 0
	}
	pg, err := parse(b[:(over+1)*s.size])
	return pg, err == nil && pg.id == id
}

// roots reads the list of buckets and each of them.
func (s *salvage) roots(id uint64) {
	s.leaves(id, 0, func(name, value []byte, flags uint32) {
		if flags&elementBucket == 0 || len(value) < bucketHead {
			return
		}
		keep := func(k, v []byte, _ uint32) {
			if payload, err := Unseal(k, v); err == nil {
				s.found[string(name)] = append(s.found[string(name)], Pair{string(k), slices.Clone(payload)})
			}
		}
		if root := binary.NativeEndian.Uint64(value); root != 0 {
			s.leaves(root, 0, keep)
		} else if inline, err := parse(value[bucketHead:]); err == nil && inline.flags == flagLeaf {
			inline.values(keep)
		}
	})
}

// leaves visits what the leaves below a page hold, and passes over what is broken.
func (s *salvage) leaves(id uint64, depth int, visit func(key, value []byte, flags uint32)) {
	pg, ok := s.page(id)
	if !ok || depth > deepest {
		return
	}
	switch pg.flags {
	case flagLeaf:
		pg.values(visit)
	case flagBranch:
		for i := range pg.count {
			s.leaves(binary.NativeEndian.Uint64(pg.bytes[pageHead+i*pageElement+8:]), depth+1, visit)
		}
	}
}

// values visits the keys and values of a leaf that lie within it.
func (pg page) values(visit func(key, value []byte, flags uint32)) {
	for i := range pg.count {
		at := pageHead + i*pageElement
		field := func(n int) uint64 { return uint64(binary.NativeEndian.Uint32(pg.bytes[at+4*n:])) }
		start := uint64(at) + field(1) //nolint:gosec // never negative
		middle, end := start+field(2), start+field(2)+field(3)
		if end <= uint64(len(pg.bytes)) {
			visit(pg.bytes[start:middle], pg.bytes[middle:end], uint32(field(0))) //nolint:gosec // it was 32 bits wide
		}
	}
}
