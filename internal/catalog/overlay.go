package catalog

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Overlay is what is known of entities beside their descriptors, such as health
// or the levels of scorecards. It never changes: news is a new Overlay. It says
// where its values come from and how old they are.
type Overlay struct {
	name     string
	revision uint64
	source   string
	at       time.Time
	columns  []*OverlayColumn
}

// NewOverlay makes an overlay. name is the field under which queries know it;
// source says who measured, and at when.
func NewOverlay(name string, revision uint64, source string, at time.Time, columns ...*OverlayColumn) *Overlay {
	return &Overlay{name, revision, source, at, slices.Clone(columns)}
}

// Name is the field of the overlay in queries.
func (o *Overlay) Name() string { return o.name }

// Revision grows with each new overlay of that name.
func (o *Overlay) Revision() uint64 { return o.revision }

// Source says who measured the values.
func (o *Overlay) Source() string { return o.source }

// At is when they were measured.
func (o *Overlay) At() time.Time { return o.at }

// OverlayColumn is one column of an overlay: a word or a number for each entity
// of which it is known. The column named "" is what the overlay's name alone
// stands for.
type OverlayColumn struct {
	name    string
	numeric bool
	ordered bool // words have an order, so that they can be compared
	words   []string
	numbers []float64
	values  map[string]uint32 // canonical ref -> index of words or numbers
}

// WordColumn makes a column of words by canonical ref. levels are its words
// from the lowest to the highest; without them words have no order, and sort by
// the alphabet. Words that are not among the levels come before them. An entity
// whose word is "" or "unknown" has no value.
func WordColumn(name string, levels []string, values map[string]string) *OverlayColumn {
	c := &OverlayColumn{name: name, ordered: len(levels) > 0, values: make(map[string]uint32, len(values))}
	seen := map[string]bool{}
	for _, l := range levels {
		seen[strings.ToLower(l)] = true
	}
	for _, w := range values {
		if lower := strings.ToLower(w); w != "" && lower != valueUnknown && !seen[lower] {
			seen[lower] = true
			c.words = append(c.words, w)
		}
	}
	slices.SortFunc(c.words, compareNatural)
	c.words = append(c.words, levels...)
	places := map[string]uint32{}
	for i, w := range c.words {
		places[strings.ToLower(w)] = uint32(i)
	}
	for ref, w := range values {
		if i, ok := places[strings.ToLower(w)]; ok {
			c.values[strings.ToLower(ref)] = i
		}
	}
	return c
}

// NumberColumn makes a column of numbers by canonical ref. NaN is no value.
func NumberColumn(name string, values map[string]float64) *OverlayColumn {
	c := &OverlayColumn{name: name, numeric: true, ordered: true, values: make(map[string]uint32, len(values))}
	c.numbers = slices.Compact(slices.Sorted(maps.Values(values)))
	c.numbers = slices.DeleteFunc(c.numbers, func(f float64) bool { return f != f })
	for ref, number := range values {
		if i, ok := slices.BinarySearch(c.numbers, number); ok {
			c.values[strings.ToLower(ref)] = uint32(i)
		}
	}
	return c
}

func (c *OverlayColumn) len() int { return max(len(c.words), len(c.numbers)) }

// text is how the i-th distinct value reads.
func (c *OverlayColumn) text(i int) string {
	if c.numeric {
		return strconv.FormatFloat(c.numbers[i], 'f', -1, 64)
	}
	return c.words[i]
}

// joined is a column brought to the rows of a snapshot: per row the index of
// its value + 1, 0 where it has none.
func (c *OverlayColumn) joined(t *table) []uint32 {
	rows := make([]uint32, t.len())
	var buf refBuffer
	for id := range rows {
		if i, known := c.values[string(appendCanonical(buf[:0], t.ref(int32(id))))]; known {
			rows[id] = i + 1
		}
	}
	return rows
}

// test tells for each value of the joined column whether the comparison holds.
// Entry 0 is that of rows without a value. The problem is "" or says why the
// comparison cannot be made; it then holds nowhere.
func (c *OverlayColumn) test(cmpTo comparison, p textPattern) (ok []bool, problem, hint string) {
	ok = make([]bool, c.len()+1)
	if cmpTo.op == "" || cmpTo.op == "=" || cmpTo.op == "!=" {
		equal := func(i int) bool { return p.match(c.text(i)) }
		if number, err := strconv.ParseFloat(cmpTo.operand, 64); c.numeric && err == nil {
			equal = func(i int) bool { return c.numbers[i] == number }
		}
		for i := 1; i < len(ok); i++ {
			ok[i] = equal(i-1) == (cmpTo.op != "!=")
		}
		ok[0] = p.match(valueUnknown) && p.exact() && cmpTo.op != "!="
		return ok, "", ""
	}
	if !c.ordered {
		return ok, "its values have no order", "known are " + strings.Join(c.words, ", ")
	}
	var compare func(i int) int
	if c.numeric {
		number, err := strconv.ParseFloat(cmpTo.operand, 64)
		if err != nil {
			return ok, strconv.Quote(cmpTo.operand) + " is no number", ""
		}
		compare = func(i int) int { return cmp.Compare(c.numbers[i], number) }
	} else {
		level := slices.IndexFunc(c.words, p.match)
		if level < 0 || !p.exact() {
			return ok, "it has no level " + strconv.Quote(cmpTo.operand), "known are " + strings.Join(c.words, ", ")
		}
		compare = func(i int) int { return cmp.Compare(i, level) }
	}
	for i := 1; i < len(ok); i++ {
		ok[i] = holds(compare(i-1), cmpTo.op)
	}
	return ok, "", ""
}

// holds tells whether an order of values satisfies an operator.
func holds(order int, op string) bool {
	switch op {
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order >= 0
}
