package catalog

import (
	"slices"
	"strings"
)

// Builder collects summaries into a Snapshot. It is for one goroutine.
type Builder struct {
	revision uint64
	t        *table
	ids      [columnCount]map[string]uint32
	tagIDs   map[string]uint32
	text     textBlock // of the rows
	values   textBlock // of what repeats; it lives as long as some of it is used
	setKeys  textBlock // keys of ids[colTags]
	key      []byte    // scratch
	ordered  bool      // so far each row came after the one before it
}

// NewBuilder starts a Snapshot of that revision. sizeHint is the number of
// summaries expected; it may be wrong, or 0.
func NewBuilder(revision uint64, sizeHint int) *Builder {
	sizeHint = max(sizeHint, 0)
	t := &table{
		text:    make([]string, 0, sizeHint),
		ends:    make([][3]uint32, 0, sizeHint),
		has:     make([]Has, 0, sizeHint),
		tagSets: tagSets{ends: []uint32{0}},
	}
	b := &Builder{revision: revision, t: t, tagIDs: map[string]uint32{}, ordered: true}
	for i := range t.columns {
		t.columns[i] = tableColumn{values: []string{""}, rows: make([]uint32, 0, sizeHint)}
		b.ids[i] = map[string]uint32{"": 0}
	}
	return b
}

// Add takes one summary. It copies what it keeps, so the texts may lie in a
// buffer that the caller uses again. Summaries that arrive in SortKey order
// need no sorting later; of two with the same ref the later one stays.
func (b *Builder) Add(s Summary) {
	if s.Ref.Namespace == "" {
		s.Ref.Namespace = DefaultNamespace
	}
	b.set(colKind, s.Ref.Kind)
	b.set(colNamespace, s.Ref.Namespace)
	b.set(colType, s.Type)
	b.set(colLifecycle, s.Lifecycle)
	b.set(colOwner, s.Owner)
	b.set(colSystem, s.System)
	b.set(colSource, s.Source)
	b.setTags(s.Tags)
	b.t.has = append(b.t.has, s.Has)
	b.t.text = append(b.t.text, b.text.keep(s.Ref.Name, s.Title, s.Description, s.Email))
	nameEnd := len(s.Ref.Name)
	titleEnd := nameEnd + len(s.Title)
	b.t.ends = append(b.t.ends, [3]uint32{uint32(nameEnd), uint32(titleEnd), uint32(titleEnd + len(s.Description))})
	if n := b.t.len(); b.ordered && n > 1 {
		b.ordered = compareRefs(b.t.ref(int32(n-2)), s.Ref) < 0
	}
}

// set appends one value to a column.
func (b *Builder) set(col int, value string) {
	c := &b.t.columns[col]
	if n := len(c.rows); n > 0 && c.values[c.rows[n-1]] == value {
		c.rows = append(c.rows, c.rows[n-1])
		return
	}
	id, ok := b.ids[col][value]
	if !ok {
		value = b.values.keep(value)
		id = uint32(len(c.values))
		c.values = append(c.values, value)
		b.ids[col][value] = id
	}
	c.rows = append(c.rows, id)
}

func (b *Builder) setTags(tags []string) {
	b.key = b.key[:0]
	for _, tag := range tags {
		if tag != "" {
			b.key = append(append(b.key, tag...), 0)
		}
	}
	id, ok := b.ids[colTags][string(b.key)]
	if !ok {
		id = b.newTagSet(tags)
	}
	b.t.columns[colTags].rows = append(b.t.columns[colTags].rows, id)
}

// newTagSet adds the set whose key is in b.key. A tag that is there twice counts once.
func (b *Builder) newTagSet(tags []string) uint32 {
	sets := &b.t.tagSets
	start := len(sets.tags)
	for _, tag := range tags {
		if tag == "" {
			continue
		}
		id, ok := b.tagIDs[tag]
		if !ok {
			tag = b.values.keep(tag)
			id = uint32(len(b.t.tags))
			b.t.tags = append(b.t.tags, tag)
			b.tagIDs[tag] = id
		}
		if !slices.Contains(sets.tags[start:], id) {
			sets.tags = append(sets.tags, id)
		}
	}
	set := uint32(sets.len())
	sets.ends = append(sets.ends, uint32(len(sets.tags)))
	b.ids[colTags][b.setKeys.keep(string(b.key))] = set
	return set
}

// textBlock keeps many small texts in few pieces of memory.
type textBlock struct {
	b    strings.Builder // never grown while it holds text, so that texts share its bytes
	size int             // bytes of the piece after this one
}

// The pieces of a textBlock grow from the one to the other.
const (
	firstTextPiece   = 2 << 10
	largestTextPiece = 256 << 10
)

// keep copies the parts, joined.
func (k *textBlock) keep(parts ...string) string {
	need := 0
	for _, p := range parts {
		need += len(p)
	}
	if k.b.Cap()-k.b.Len() < need {
		k.size = max(k.size, firstTextPiece)
		k.b.Reset()
		k.b.Grow(max(need, k.size))
		k.size = min(2*k.size, largestTextPiece)
	}
	start := k.b.Len()
	for _, p := range parts {
		k.b.WriteString(p)
	}
	return k.b.String()[start:]
}

// Snapshot is what was added. Relations are not yet known. The Builder is
// empty afterwards.
func (b *Builder) Snapshot() *Snapshot {
	t := b.t
	if !b.ordered {
		t.sort()
	}
	t.finish()
	s := &Snapshot{table: t, revision: b.revision}
	*b = *NewBuilder(b.revision, 0)
	return s
}

// sort brings the rows into SortKey order and keeps the last of those that have
// the same ref.
func (t *table) sort() {
	order := make([]int32, t.len())
	for i := range order {
		order[i] = int32(i)
	}
	compare := func(a, b int32) int { return compareRefs(t.ref(a), t.ref(b)) }
	slices.SortStableFunc(order, compare)
	kept := order[:0]
	for i, id := range order {
		if i+1 == len(order) || compare(id, order[i+1]) != 0 {
			kept = append(kept, id)
		}
	}
	t.text = gather(t.text, kept)
	t.ends = gather(t.ends, kept)
	t.has = gather(t.has, kept)
	for i := range t.columns {
		t.columns[i].rows = gather(t.columns[i].rows, kept)
	}
}

func gather[T any](values []T, order []int32) []T {
	out := make([]T, len(order))
	for i, id := range order {
		out[i] = values[id]
	}
	return out
}
