package catalog

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/junegunn/fzf/src/algo"
	"github.com/junegunn/fzf/src/util"
)

// prepareFuzzy fills the matcher's own tables, which it keeps per process and
// only reads afterwards.
var prepareFuzzy = sync.OnceFunc(func() { algo.Init("default") }) //nolint:gochecknoglobals // as global as what it guards

// haystack is what free text is looked for in: a row's name and title, in the
// matcher's form, each with the set of its characters.
type haystack struct {
	name, title       util.Chars
	nameSet, titleSet charSet
}

// newHaystacks prepares all rows; the matcher reads bytes, so that names and
// titles are copied, into one block.
func newHaystacks(t *table) []haystack {
	size := 0
	for id := range t.ends {
		size += int(t.ends[id][1])
	}
	block := make([]byte, 0, size)
	chars := func(s string) util.Chars {
		start := len(block)
		block = append(block, s...)
		return util.ToChars(block[start:len(block):len(block)])
	}
	stacks := make([]haystack, t.len())
	for id := range stacks {
		name, title := t.name(int32(id)), t.title(int32(id))
		stacks[id] = haystack{chars(name), chars(title), charsOf(name), charsOf(title)}
	}
	return stacks
}

// charSet tells in one comparison that a text cannot contain a word. Each bit
// stands for one or more characters.
type charSet uint64

func charsOf(s string) charSet {
	var set charSet
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return ^charSet(0) // may be normalised to anything
		}
		set |= charBit(s[i])
	}
	return set
}

func charBit(c byte) charSet {
	switch c = lowerByte(c); {
	case 'a' <= c && c <= 'z':
		return 1 << (c - 'a')
	case isDigit(c):
		return 1 << (26 + c - '0')
	}
	return 1 << (36 + c%28)
}

// needle is one word of free text.
type needle struct {
	text    string // lower case
	runes   []rune // lower case and normalised
	set     charSet
	literal bool // has to occur as it is
	negated bool
}

func newNeedle(text string, quoted, negated bool) needle {
	n := needle{text: strings.ToLower(text), literal: quoted || negated, negated: negated}
	n.runes = algo.NormalizeRunes([]rune(n.text))
	for _, r := range n.runes {
		if r < utf8.RuneSelf {
			n.set |= charBit(byte(r))
		}
	}
	return n
}

// newSlab is the scratch memory of one search.
func newSlab() *util.Slab { return util.MakeSlab(16<<10, 2<<10) }

// find is the matcher's score of the needle in one text; ok is false where it
// does not occur.
func (n *needle) find(chars *util.Chars, slab *util.Slab) (score int, ok bool) {
	match := algo.FuzzyMatchV2
	if n.literal {
		match = algo.ExactMatchNaive
	}
	r, _ := match(false, true, true, chars, n.runes, false, slab)
	return r.Score, r.Start >= 0
}

// fewRunes is the length up to which a word says too little to weigh a title
// against a name. Nearly every row matches it then, so that this is also where
// the time goes.
const fewRunes = 2

// score is the better of the scores in name and title. Of a word of few runes
// the title's counts only where the name does not match.
func (n *needle) score(h *haystack, slab *util.Slab) (best int, ok bool) {
	if h.nameSet&n.set == n.set {
		best, ok = n.find(&h.name, slab)
		if ok && len(n.runes) <= fewRunes {
			return best, true
		}
	}
	if h.titleSet&n.set == n.set {
		if score, found := n.find(&h.title, slab); found {
			best, ok = max(best, score), true
		}
	}
	return best, ok
}

// The ranks of a match, best first.
const (
	rankExact  = iota // a word is the whole name
	rankPrefix        // the name begins with a word
	rankOther
	rankCount
)

func (n *needle) rank(name string) int {
	if len(name) < len(n.text) || !strings.EqualFold(name[:len(n.text)], n.text) {
		return rankOther
	}
	if len(name) == len(n.text) {
		return rankExact
	}
	return rankPrefix
}

// matches are the rows that free text found, in id order, with their merits.
type matches struct {
	ids    []int32
	merits []merit
}

// merit is how well a row matches. A higher score is better within a rank.
type merit struct {
	rank  uint8
	score uint16
}

// search adds those of ids that match all needles.
func (m *matches) search(t *table, ids []int32, needles []needle, slab *util.Slab) {
	stacks := t.haystacks()
	for _, id := range ids {
		total, rank, all := 0, rankOther, true
		h := &stacks[id]
		for i := range needles {
			n := &needles[i]
			score, ok := n.score(h, slab)
			if ok == n.negated {
				all = false
				break
			}
			if !n.negated {
				total += score
				rank = min(rank, n.rank(t.name(id)))
			}
		}
		if all {
			m.ids = append(m.ids, id)
			m.merits = append(m.merits, merit{uint8(rank), uint16(min(total, 1<<16-1))})
		}
	}
}

// ranked gives the ids, best first; of equal ones the first stays first.
func (m *matches) ranked() []int32 {
	best := uint16(0)
	for _, x := range m.merits {
		best = max(best, x.score)
	}
	place := func(x merit) int { return int(x.rank)*(int(best)+1) + int(best-x.score) }
	next := make([]int32, rankCount*(int(best)+1)+1)
	for _, x := range m.merits {
		next[place(x)+1]++
	}
	for i := 1; i < len(next); i++ {
		next[i] += next[i-1]
	}
	out := make([]int32, len(m.ids))
	for i, id := range m.ids {
		p := place(m.merits[i])
		out[next[p]] = id
		next[p]++
	}
	return out
}

// Match gives the places that the query's free text has in a text shown to the
// user, such as a name or a title: indices of runes, in order. It is for the
// rows on screen, not for finding them.
func (q *Query) Match(text string) []int {
	var places []int
	chars := util.ToChars([]byte(text))
	for _, t := range q.terms {
		if t.class() != classText || t.negated {
			continue
		}
		prepareFuzzy()
		n := newNeedle(t.values[0].text, t.values[0].quoted, false)
		if n.literal {
			if r, _ := algo.ExactMatchNaive(false, true, true, &chars, n.runes, false, nil); r.Start >= 0 {
				for i := r.Start; i < r.End; i++ {
					places = append(places, i)
				}
			}
			continue
		}
		if _, found := algo.FuzzyMatchV2(false, true, true, &chars, n.runes, true, nil); found != nil {
			places = append(places, *found...)
		}
	}
	slices.Sort(places)
	return slices.Compact(places)
}
