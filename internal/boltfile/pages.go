package boltfile

import (
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
			return inline.each(func(uint32, []byte) error { return nil })
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

// tree walks the pages below root, level by level; all pages of a level are of
// one kind. With values, the leaves are read in any case and handed over.
func (p *pages) tree(root uint64, values func(page) error) error {
	level := []uint64{root}
	for range deepest {
		first, err := p.read(level[0])
		if err != nil {
			return err
		}
		var next []uint64
		for _, id := range level {
			if first.flags == flagLeaf && !p.whole && values == nil {
				if err := p.take(id, 1); err != nil {
					return err
				}
				continue
			}
			pg, err := p.read(id)
			if err == nil && pg.flags != first.flags {
				err = fmt.Errorf("page %d is of another kind than its neighbours", id)
			}
			if err == nil {
				err = p.take(id, uint64(len(pg.bytes))/p.size)
			}
			if err == nil {
				next, err = pg.inside(next, values)
			}
			if err != nil {
				return err
			}
		}
		if first.flags == flagLeaf {
			return nil
		}
		if level = next; len(level) == 0 {
			return fmt.Errorf("below page %d there is nothing", root)
		}
	}
	return fmt.Errorf("the pages below page %d have no end", root)
}

// inside checks what a page of a tree holds and appends the pages below it.
func (pg page) inside(below []uint64, values func(page) error) ([]uint64, error) {
	switch pg.flags {
	case flagBranch:
		for i := range pg.count {
			below = append(below, binary.NativeEndian.Uint64(pg.bytes[pageHead+i*pageElement+8:]))
		}
		return below, nil
	case flagLeaf:
		if values != nil {
			return below, values(pg)
		}
		return below, pg.each(func(uint32, []byte) error { return nil })
	}
	return below, fmt.Errorf("page %d is of no kind that belongs there", pg.id)
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
