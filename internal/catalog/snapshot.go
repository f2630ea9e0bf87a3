package catalog

import "sync"

// Snapshot is one revision of the whole catalog in memory: what lists, filters
// and facets need of every entity, and, once WithEdges has been called, the
// relations. It never changes, so that any number of sessions share one.
type Snapshot struct {
	*table
	revision uint64
	graph    *adjacency // nil until the relations are known
}

// table holds the rows of a Snapshot by column. Texts that repeat are kept once
// and rows name them by number, so that a test is made once per distinct text.
type table struct {
	text    []string    // per row: name, title, description and email, joined
	ends    [][3]uint32 // per row: where name, title and description end in text
	has     []Has
	columns [columnCount]tableColumn
	refs    [columnCount][]Ref // the values of colOwner and colSystem, read
	tags    []string           // distinct tags
	tagSets tagSets            // the values of colTags

	// Made at first use, then shared.
	index     func() refIndex
	all       func() []int32
	nameOrder func() []int32
	haystacks func() []haystack
	ranks     [columnCount]func() ranking
	tagRank   func() ranking
}

// The columns of texts that repeat from row to row.
const (
	colKind = iota
	colNamespace
	colType
	colLifecycle
	colOwner
	colSystem
	colSource
	colTags // its values are tagSets
	columnCount
)

// tableColumn is one column of repeating texts. values[0] is "".
type tableColumn struct {
	values []string
	rows   []uint32 // per row: which of the values
}

// tagSets are the distinct sets of tags, one after the other. Set 0 is empty.
type tagSets struct {
	ends []uint32 // per set: where it ends in tags
	tags []uint32 // indices of the table's tags
}

func (s *tagSets) len() int { return len(s.ends) }

func (s *tagSets) at(i uint32) []uint32 {
	if i == 0 {
		return nil
	}
	return s.tags[s.ends[i-1]:s.ends[i]]
}

func (t *table) len() int { return len(t.text) }

func (t *table) value(col int, id int32) string {
	c := &t.columns[col]
	return c.values[c.rows[id]]
}

func (t *table) name(id int32) string  { return t.text[id][:t.ends[id][0]] }
func (t *table) title(id int32) string { return t.text[id][t.ends[id][0]:t.ends[id][1]] }

func (t *table) ref(id int32) Ref {
	return Ref{Kind: t.value(colKind, id), Namespace: t.value(colNamespace, id), Name: t.name(id)}
}

// isRef tells whether a row's ref is r, which has a namespace.
func (t *table) isRef(id int32, r Ref) bool {
	return equalLower(t.name(id), r.Name) && equalLower(t.value(colKind, id), r.Kind) &&
		equalLower(t.value(colNamespace, id), r.Namespace)
}

// refColumnKinds are the columns of refs, with the kind that goes without saying.
var refColumnKinds = map[int]string{colOwner: "Group", colSystem: "System"}

// finish prepares what is derived from the columns.
func (t *table) finish() {
	for col, kind := range refColumnKinds {
		t.refs[col] = readRefs(t.columns[col].values, kind)
	}
	t.index = sync.OnceValue(func() refIndex { return newRefIndex(t) })
	t.nameOrder = sync.OnceValue(t.naturalNameOrder)
	t.haystacks = sync.OnceValue(func() []haystack { return newHaystacks(t) })
	t.all = sync.OnceValue(func() []int32 {
		ids := make([]int32, t.len())
		for i := range ids {
			ids[i] = int32(i)
		}
		return ids
	})
	for col := range t.ranks {
		t.ranks[col] = sync.OnceValue(func() ranking { return t.rankColumn(col) })
	}
	t.ranks[colTags] = sync.OnceValue(t.rankTagSets)
	t.tagRank = sync.OnceValue(t.rankTags)
}

// readRefs reads canonical refs. A text that is none is kept as a bare name.
func readRefs(values []string, kind string) []Ref {
	refs := make([]Ref, len(values))
	for i, v := range values[1:] {
		r, err := ParseRef(v, RefDefaults{Kind: kind})
		if err != nil {
			r = Ref{Kind: kind, Namespace: DefaultNamespace, Name: v}
		}
		refs[i+1] = r
	}
	return refs
}

// Revision is the number that the store gave to this state of the catalog.
func (s *Snapshot) Revision() uint64 { return s.revision }

// Len is the number of rows; their ids are 0 to Len()-1, in SortKey order.
func (s *Snapshot) Len() int { return s.len() }

// RelationsReady tells whether WithEdges made this Snapshot. Until then
// relations are unknown, which is not the same as there being none.
func (s *Snapshot) RelationsReady() bool { return s.graph != nil }

// Row is the row with that id, or the zero Row where there is none. Ids are
// good within one Snapshot and those made from it by WithEdges.
func (s *Snapshot) Row(id int32) Row {
	if id < 0 || int(id) >= s.len() {
		return Row{}
	}
	return Row{s.table, id}
}

// Find is the row of the entity that ref names, ignoring case. An empty
// namespace is the default one.
func (s *Snapshot) Find(ref Ref) (Row, bool) {
	id, ok := s.index().find(ref)
	if !ok {
		return Row{}, false
	}
	return Row{s.table, id}, true
}

// Row is one entity of a Snapshot: a small value, free to copy. All texts of
// the zero Row are empty.
type Row struct {
	t  *table
	id int32
}

// IsZero is true of the Row that stands for no entity.
func (r Row) IsZero() bool { return r.t == nil }

// ID is the row's number within its Snapshot, -1 for the zero Row.
func (r Row) ID() int32 {
	if r.t == nil {
		return -1
	}
	return r.id
}

// Ref is the entity's reference, in the case in which it was written.
func (r Row) Ref() Ref {
	if r.t == nil {
		return Ref{}
	}
	return r.t.ref(r.id)
}

// Name is metadata.name.
func (r Row) Name() string {
	if r.t == nil {
		return ""
	}
	return r.t.name(r.id)
}

// Title is metadata.title, or the display name of a profile, or "".
func (r Row) Title() string {
	if r.t == nil {
		return ""
	}
	return r.t.title(r.id)
}

// DisplayName is the title, or the name where there is no title.
func (r Row) DisplayName() string {
	if t := r.Title(); t != "" {
		return t
	}
	return r.Name()
}

// Description is the start of metadata.description, on one line.
func (r Row) Description() string {
	if r.t == nil {
		return ""
	}
	return r.t.text[r.id][r.t.ends[r.id][1]:r.t.ends[r.id][2]]
}

// Email is the address of a user's or group's profile.
func (r Row) Email() string {
	if r.t == nil {
		return ""
	}
	return r.t.text[r.id][r.t.ends[r.id][2]:]
}

// Kind is the kind as written, such as Component.
func (r Row) Kind() string { return r.value(colKind) }

// Namespace is the namespace as written; never empty.
func (r Row) Namespace() string { return r.value(colNamespace) }

// Type is spec.type.
func (r Row) Type() string { return r.value(colType) }

// Lifecycle is spec.lifecycle.
func (r Row) Lifecycle() string { return r.value(colLifecycle) }

// Source is the name of the source that the entity came from.
func (r Row) Source() string { return r.value(colSource) }

// Owner is spec.owner; the zero Ref where there is none.
func (r Row) Owner() Ref { return r.refValue(colOwner) }

// System is spec.system; the zero Ref where there is none.
func (r Row) System() Ref { return r.refValue(colSystem) }

// Tags are metadata.tags.
func (r Row) Tags() []string {
	if r.t == nil {
		return nil
	}
	set := r.t.tagSets.at(r.t.columns[colTags].rows[r.id])
	tags := make([]string, len(set))
	for i, tag := range set {
		tags[i] = r.t.tags[tag]
	}
	return tags
}

// Has is the set of things that the entity has.
func (r Row) Has() Has {
	if r.t == nil {
		return 0
	}
	return r.t.has[r.id]
}

func (r Row) value(col int) string {
	if r.t == nil {
		return ""
	}
	return r.t.value(col, r.id)
}

func (r Row) refValue(col int) Ref {
	if r.t == nil {
		return Ref{}
	}
	return r.t.refs[col][r.t.columns[col].rows[r.id]]
}
