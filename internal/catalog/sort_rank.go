package catalog

import (
	"cmp"
	"slices"
)

// naturalNameOrder gives all rows in natural order of their names. Rows lie in
// byte order already, which differs from the natural one only among names that
// are alike up to their first digit; such names are neighbours.
func (t *table) naturalNameOrder() []int32 {
	order := slices.Clone(t.all())
	first := 0 // of the names that are alike
	var head string
	for i := range len(order) + 1 {
		next := ""
		if i < len(order) {
			next = beforeDigit(t.name(int32(i)))
			if i > 0 && compareLower(head, next) == 0 {
				continue
			}
		}
		if i-first > 1 {
			slices.SortStableFunc(order[first:i], func(a, b int32) int {
				return compareNatural(fromDigit(t.name(a)), fromDigit(t.name(b)))
			})
		}
		first, head = i, next
	}
	return order
}

func beforeDigit(s string) string {
	for i := range len(s) {
		if isDigit(s[i]) {
			return s[:i]
		}
	}
	return s
}

func fromDigit(s string) string { return s[len(beforeDigit(s)):] }

// ranking puts the symbols of a column in natural order. Symbols that differ
// only in case share a place. Symbol 0, the empty one, comes after all others.
type ranking struct {
	place []uint32 // per symbol
	count uint32   // number of places, without that of the empty symbol, which is equal to it
	form  []uint32 // per place, the symbol that most rows have
}

// newRanking ranks the symbols 1 to n-1; uses says how many rows each one has.
func newRanking(n int, compare func(a, b uint32) int, uses []int) ranking {
	order := make([]uint32, 0, n)
	for i := 1; i < n; i++ {
		order = append(order, uint32(i))
	}
	slices.SortFunc(order, compare)
	r := ranking{place: make([]uint32, max(n, 1))}
	for i, symbol := range order {
		if i == 0 || compare(order[i-1], symbol) != 0 {
			r.form = append(r.form, symbol)
		}
		last := len(r.form) - 1
		r.place[symbol] = uint32(last)
		if uses[symbol] > uses[r.form[last]] {
			r.form[last] = symbol
		}
	}
	r.count = uint32(len(r.form))
	r.place[0] = r.count
	return r
}

// rankColumn orders a column's values: refs by name first, the rest as they read.
func (t *table) rankColumn(col int) ranking {
	c, refs := &t.columns[col], t.refs[col]
	uses := make([]int, len(c.values))
	for _, symbol := range c.rows {
		uses[symbol]++
	}
	return newRanking(len(c.values), func(a, b uint32) int {
		if refs != nil {
			if d := compareNatural(refs[a].Name, refs[b].Name); d != 0 {
				return d
			}
		}
		return compareNatural(c.values[a], c.values[b])
	}, uses)
}

// rankTags orders the tags. Its symbols are their indices + 1.
func (t *table) rankTags() ranking {
	uses := make([]int, len(t.tags)+1)
	for _, set := range t.columns[colTags].rows {
		for _, tag := range t.tagSets.at(set) {
			uses[tag+1]++
		}
	}
	return newRanking(len(t.tags)+1, func(a, b uint32) int { return compareNatural(t.tags[a-1], t.tags[b-1]) }, uses)
}

// rankTagSets orders the sets by their first tags, then their second ones.
func (t *table) rankTagSets() ranking {
	place := t.tagRank().place
	n := t.tagSets.len()
	return newRanking(n, func(a, b uint32) int {
		return slices.CompareFunc(t.tagSets.at(a), t.tagSets.at(b), func(x, y uint32) int {
			return cmp.Compare(place[x+1], place[y+1])
		})
	}, make([]int, n))
}

// sortByPlace gives ids, stably, in the order of their symbols' places. What is
// empty comes last in both directions.
func (r *ranking) sortByPlace(ids []int32, rows []uint32, desc bool) []int32 {
	place := func(id int32) uint32 {
		p := r.place[rows[id]]
		if desc && p < r.count {
			return r.count - 1 - p
		}
		return p
	}
	next := make([]uint32, r.count+2)
	for _, id := range ids {
		next[place(id)+1]++
	}
	for i := 1; i < len(next); i++ {
		next[i] += next[i-1]
	}
	out := make([]int32, len(ids))
	for _, id := range ids {
		p := place(id)
		out[next[p]] = id
		next[p]++
	}
	return out
}
