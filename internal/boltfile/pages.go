package boltfile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"go.etcd.io/bbolt"
)

// The library follows page numbers without asking where they lead: one that
// leads back, as from a page whose end was zeroed, is followed until memory ends,
// and no recover helps. So whoever opens a file for the first time has its pages
// walked here, with bounds: each number is in range and met once, each page is
// what its place wants, and nothing in use is on the list of free pages.

// wholeUpTo is the size in bytes up to which every page is read; of larger files
// those that hold values are only counted.
const wholeUpTo = 16 << 20

// The parts of the file's format that matter here, in bytes.
const (
	pageHead      = 16 // id uint64, flags uint16, count uint16, overflow uint32
	pageElement   = 16 // branch: pos, ksize uint32, page uint64; leaf: flags, pos, ksize, vsize uint32
	bucketHead    = 16 // root uint64, sequence uint64, and then, where root is 0, a page
	metaFreelist  = pageHead + 32
	metaTxid      = pageHead + 48
	manyFree      = 0xFFFF // the count of a freelist whose length is its first number
	deepest       = 48
	flagBranch    = 0x01
	flagLeaf      = 0x02
	flagFreelist  = 0x10
	elementBucket = 0x01
)

type pages struct {
	file  io.ReaderAt
	size  uint64 // bytes of a page
	high  uint64 // pages in use, and free ones among them
	whole bool
	seen  []bool
	buf   []byte // of one page, used again for each
}

type page struct {
	id    uint64
	bytes []byte
	flags uint16
	count int
}

// walkPages looks at all pages that a transaction can reach.
func walkPages(file io.ReaderAt, tx *bbolt.Tx) error {
	size := uint64(tx.DB().Info().PageSize) //nolint:gosec // the library read it from the file and checked it
	high := uint64(tx.Size()) / size        //nolint:gosec // never negative
	p := &pages{file: file, size: size, high: high, whole: tx.Size() <= wholeUpTo, seen: make([]bool, high), buf: make([]byte, size)}
	roots := []uint64{}
	err := p.tree(uint64(tx.Cursor().Bucket().Root()), func(leaf page) error {
		return leaf.each(func(flags uint32, value []byte) error {
			if flags&elementBucket == 0 || len(value) < bucketHead {
				return fmt.Errorf("page %d holds something else than its parts", leaf.id)
			}
			if root := binary.NativeEndian.Uint64(value); root != 0 {
				roots = append(roots, root)
				return nil
			}
			inline, err := parse(value[bucketHead:])
			if err == nil && inline.flags != flagLeaf {
				err = fmt.Errorf("a part within page %d has no values", leaf.id)
			}
			if err != nil {
				return err
			}
			if _, err = inline.keys(); err == nil {
				err = inline.plain()
			}
			return err
		})
	})
	for _, root := range roots {
		if err != nil {
			return err
		}
		err = p.tree(root, nil)
	}
	if err != nil {
		return err
	}
	return p.freelist(uint64(tx.ID())) //nolint:gosec // never negative
}

// below is a page and the keys that it may hold: from low on, and less than high.
type below struct {
	id        uint64
	low, high []byte
}

// tree walks the pages below root, level by level; all pages of a level are of
// one kind. With values, the leaves are read in any case and handed over.
func (p *pages) tree(root uint64, values func(page) error) error {
	level := []below{{id: root}}
	for range deepest {
		first, err := p.read(level[0].id)
		if err != nil {
			return err
		}
		flags := first.flags
		// The leaves of a large file are counted and not read: there is one for every
		// few values.
		counted := !p.whole && values == nil && p.aboveLeaves(first)
		var next []below
		for _, b := range level {
			pg, err := p.enter(b.id, flags)
			switch {
			case err == nil && counted:
				err = p.count(pg, b)
			case err == nil:
				next, err = pg.inside(b, next, values)
			}
			if err != nil {
				return err
			}
		}
		if flags == flagLeaf || counted {
			return nil
		}
		if level = next; len(level) == 0 {
			return fmt.Errorf("below page %d there is nothing", root)
		}
	}
	return fmt.Errorf("the pages below page %d have no end", root)
}

// enter reads a page of a level and notes that it is in use.
func (p *pages) enter(id uint64, flags uint16) (page, error) {
	pg, err := p.read(id)
	if err == nil && pg.flags != flags {
		err = fmt.Errorf("page %d is of another kind than its neighbours", id)
	}
	if err == nil {
		err = p.take(id, uint64(len(pg.bytes))/p.size)
	}
	return pg, err
}

// aboveLeaves tells whether the pages right below a page are leaves.
func (p *pages) aboveLeaves(pg page) bool {
	if pg.flags != flagBranch || pg.count == 0 || len(pg.bytes) < pageHead+pageElement {
		return false
	}
	child, err := p.read(pg.child(0))
	return err == nil && child.flags == flagLeaf
}

// child is the number of the i-th page below a branch.
func (pg page) child(i int) uint64 {
	return binary.NativeEndian.Uint64(pg.bytes[pageHead+i*pageElement+8:])
}

// count checks what a branch holds and notes the leaves below it.
func (p *pages) count(pg page, b below) error {
	keys, err := pg.keys()
	if err == nil {
		err = between(pg.id, keys, b.low, b.high)
	}
	for i := 0; err == nil && i < len(keys); i++ {
		err = p.take(pg.child(i), 1)
	}
	return err
}

// inside checks what a page of a tree holds and appends the pages below it.
func (pg page) inside(b below, next []below, values func(page) error) ([]below, error) {
	if pg.flags != flagBranch && pg.flags != flagLeaf {
		return next, fmt.Errorf("page %d is of no kind that belongs there", pg.id)
	}
	keys, err := pg.keys()
	if err == nil {
		err = between(pg.id, keys, b.low, b.high)
	}
	switch {
	case err != nil:
		return next, err
	case pg.flags == flagBranch:
		for i, key := range keys {
			one := below{pg.child(i), bytes.Clone(key), b.high}
			if i+1 < len(keys) {
				one.high = bytes.Clone(keys[i+1])
			}
			next = append(next, one)
		}
	case values != nil:
		return next, values(pg)
	}
	return next, pg.plain()
}

// plain proves that a page holds values alone, and no part of the file.
func (pg page) plain() error {
	for i := 0; pg.flags == flagLeaf && i < pg.count; i++ {
		if binary.NativeEndian.Uint32(pg.bytes[pageHead+i*pageElement:]) != 0 {
			return fmt.Errorf("page %d holds something else than values", pg.id)
		}
	}
	return nil
}

// each visits the values of a leaf, which all lie within it.
func (pg page) each(fn func(flags uint32, value []byte) error) error {
	for i := range pg.count {
		at := pageHead + i*pageElement
		field := func(n int) uint64 { return uint64(binary.NativeEndian.Uint32(pg.bytes[at+4*n:])) }
		start := uint64(at) + field(1) + field(2) //nolint:gosec // never negative
		end := start + field(3)
		if end > uint64(len(pg.bytes)) {
			return fmt.Errorf("a value of page %d lies beyond it", pg.id)
		}
		if err := fn(uint32(field(0)), pg.bytes[start:end]); err != nil { //nolint:gosec // it was 32 bits wide
			return err
		}
	}
	return nil
}

// keys are the page's keys, once it is proved that what it holds lies as it is
// written: one thing after the other, the first right behind the list of them, the
// keys in order. Else a changed number would hide values without a trace.
func (pg page) keys() ([][]byte, error) {
	end := uint64(pageHead + pg.count*pageElement) //nolint:gosec // never negative
	keys := make([][]byte, pg.count)
	for i := range pg.count {
		at := pageHead + i*pageElement
		field := func(n int) uint64 { return uint64(binary.NativeEndian.Uint32(pg.bytes[at+4*n:])) }
		pos, keySize, size := field(1), field(2), field(2)+field(3)
		if pg.flags == flagBranch {
			pos, keySize, size = field(0), field(1), field(1)
		}
		start := uint64(at) + pos //nolint:gosec // never negative
		if start != end || start+size > uint64(len(pg.bytes)) {
			return nil, fmt.Errorf("what page %d holds does not lie where it should", pg.id)
		}
		keys[i], end = pg.bytes[start:start+keySize], start+size
		if i > 0 && bytes.Compare(keys[i-1], keys[i]) >= 0 {
			return nil, fmt.Errorf("the keys of page %d are out of order", pg.id)
		}
	}
	return keys, nil
}

// between proves that keys lie within what the page above says of them. low is
// the least there may be, high is beyond the last; nil is no bound.
func between(id uint64, keys [][]byte, low, high []byte) error {
	if len(keys) > 0 && (bytes.Compare(keys[0], low) < 0 || high != nil && bytes.Compare(keys[len(keys)-1], high) >= 0) {
		return fmt.Errorf("the keys of page %d do not belong there", id)
	}
	return nil
}

// take notes that n pages from id on are in use.
func (p *pages) take(id, n uint64) error {
	if id < 2 || id >= p.high || n > p.high-id {
		return fmt.Errorf("a page is numbered %d where %d is the last", id, p.high-1)
	}
	for i := id; i < id+n; i++ {
		if p.seen[i] {
			return fmt.Errorf("page %d is in two places", i)
		}
		p.seen[i] = true
	}
	return nil
}

// read reads a page with those that it flows over into; it is good until the next.
func (p *pages) read(id uint64) (page, error) {
	if id < 2 || id >= p.high {
		return page{}, fmt.Errorf("a page is numbered %d where %d is the last", id, p.high-1)
	}
	buf := p.buf
	if _, err := p.file.ReadAt(buf, int64(id*p.size)); err != nil { //nolint:gosec // within the file
		return page{}, err
	}
	if over := uint64(binary.NativeEndian.Uint32(buf[12:])); over > 0 {
		if over >= p.high-id {
			return page{}, fmt.Errorf("page %d flows over the end", id)
		}
		buf = make([]byte, p.size*(over+1))
		if _, err := p.file.ReadAt(buf, int64(id*p.size)); err != nil { //nolint:gosec // within the file
			return page{}, err
		}
	}
	pg, err := parse(buf)
	if err == nil && pg.id != id {
		err = fmt.Errorf("page %d says that it is page %d", id, pg.id)
	}
	return pg, err
}

// parse reads a page's head and proves that its elements lie within it.
func parse(b []byte) (page, error) {
	if len(b) < pageHead {
		return page{}, fmt.Errorf("a page has %d bytes", len(b))
	}
	pg := page{
		id: binary.NativeEndian.Uint64(b), bytes: b,
		flags: binary.NativeEndian.Uint16(b[8:]), count: int(binary.NativeEndian.Uint16(b[10:])),
	}
	if pg.flags != flagFreelist && pageHead+pg.count*pageElement > len(b) {
		return page{}, fmt.Errorf("page %d claims to hold %d things", pg.id, pg.count)
	}
	return pg, nil
}

// freelist proves that no page in use is called free.
func (p *pages) freelist(txid uint64) error {
	var list uint64
	meta := make([]byte, metaTxid+8)
	for id := range uint64(2) {
		if _, err := p.file.ReadAt(meta, int64(id*p.size)); err != nil { //nolint:gosec // 0 or 1
			return err
		}
		if binary.NativeEndian.Uint64(meta[metaTxid:]) == txid {
			list = binary.NativeEndian.Uint64(meta[metaFreelist:])
		}
	}
	pg, err := p.read(list)
	if err != nil {
		return err
	}
	if err := p.take(list, uint64(len(pg.bytes))/p.size); err != nil {
		return err
	}
	ids, count := pg.bytes[pageHead:], uint64(pg.count) //nolint:gosec // it was 16 bits wide
	if pg.count == manyFree {
		count, ids = binary.NativeEndian.Uint64(ids), ids[8:]
	}
	if pg.flags != flagFreelist || count > uint64(len(ids))/8 {
		return fmt.Errorf("page %d is no list of free pages", list)
	}
	for i := range count {
		if err := p.take(binary.NativeEndian.Uint64(ids[8*i:]), 1); err != nil {
			return err
		}
	}
	return nil
}
