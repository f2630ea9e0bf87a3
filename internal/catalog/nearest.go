package catalog

import (
	"slices"
	"strings"
)

// Nearest are at most n of the names that somebody may have meant by word, the
// likeliest first: those that begin alike, contain it, or differ by few letters.
func Nearest(word string, names []string, n int) []string {
	word = strings.ToLower(word)
	type guess struct {
		name string
		cost int
	}
	var found []guess
	limit := max(1, min(3, (len(word)+1)/3))
	for _, name := range names {
		low := strings.ToLower(name)
		if len(word) >= 3 && strings.HasPrefix(low, word) {
			found = append(found, guess{name, 1})
		} else if d := editDistance(word, low, limit); d <= limit {
			found = append(found, guess{name, d})
		} else if len(word) >= 3 && strings.Contains(low, word) {
			found = append(found, guess{name, limit + 1})
		}
	}
	slices.SortStableFunc(found, func(a, b guess) int {
		if a.cost != b.cost {
			return a.cost - b.cost
		}
		return strings.Compare(a.name, b.name)
	})
	var out []string
	for _, g := range found {
		if len(out) < n && !slices.Contains(out, g.name) {
			out = append(out, g.name)
		}
	}
	return out
}

// suggest makes a hint out of the nearest word, or of all of them.
func suggest(word string, words []string) string {
	if near := Nearest(word, words, 1); len(near) > 0 {
		return "did you mean " + near[0] + "?"
	}
	return "known are " + strings.Join(words, ", ")
}

// editDistance is how many letters must be added, dropped, changed or swapped
// with their neighbour to make b of a; anything over limit is just over it.
func editDistance(a, b string, limit int) int {
	if a == b {
		return 0
	}
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	before, prev, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > limit {
			return limit + 1
		}
		before, prev, row = prev, row, before
	}
	return prev[len(b)]
}
