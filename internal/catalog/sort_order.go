package catalog

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// SortKey orders entities as the default list and the store's summary bucket
// do: lower(name) NUL lower(kind) NUL lower(namespace). An empty namespace
// counts as the default one.
func SortKey(r Ref) string {
	ns := r.Namespace
	if ns == "" {
		ns = DefaultNamespace
	}
	return strings.ToLower(r.Name + "\x00" + r.Kind + "\x00" + ns)
}

// compareRefs orders two refs as their sort keys are ordered, without making them.
func compareRefs(a, b Ref) int {
	if c := compareLower(a.Name, b.Name); c != 0 {
		return c
	}
	if c := compareLower(a.Kind, b.Kind); c != 0 {
		return c
	}
	return compareLower(a.Namespace, b.Namespace)
}

// compareLower compares the lower-case forms of two texts byte by byte.
func compareLower(a, b string) int {
	for i := 0; i < len(a) && i < len(b); i++ {
		ca, cb := a[i], b[i]
		if (ca | cb) >= utf8.RuneSelf {
			return strings.Compare(strings.ToLower(a), strings.ToLower(b))
		}
		if ca != cb {
			if ca, cb = lowerByte(ca), lowerByte(cb); ca != cb {
				return int(ca) - int(cb)
			}
		}
	}
	return cmp.Compare(len(a), len(b))
}

// equalLower tells whether the lower-case forms are the same.
func equalLower(a, b string) bool { return a == b || compareLower(a, b) == 0 }

// appendLower appends the lower-case form of s.
func appendLower(dst []byte, s string) []byte {
	start := len(dst)
	dst = append(dst, s...)
	for i, c := range dst[start:] {
		if c >= utf8.RuneSelf {
			return append(dst[:start], strings.ToLower(s)...)
		}
		if 'A' <= c && c <= 'Z' {
			dst[start+i] = c + 'a' - 'A'
		}
	}
	return dst
}

func lowerByte(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// compareNatural orders texts as people do: case is ignored and runs of digits
// compare by their number, so that job-9 comes before job-10. It returns 0 only
// for texts that differ in nothing but case.
func compareNatural(a, b string) int {
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		if isDigit(a[i]) && isDigit(b[j]) {
			na, nb := digitRun(a[i:]), digitRun(b[j:])
			if c := compareDigits(a[i:i+na], b[j:j+nb]); c != 0 {
				return c
			}
			i, j = i+na, j+nb
			continue
		}
		ra, wa := lowerRune(a[i:])
		rb, wb := lowerRune(b[j:])
		if ra != rb {
			return cmp.Compare(ra, rb)
		}
		i, j = i+wa, j+wb
	}
	if c := cmp.Compare(len(a)-i, len(b)-j); c != 0 {
		return c
	}
	return compareLower(a, b) // 01 after all differs from 1
}

func compareDigits(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if c := cmp.Compare(len(a), len(b)); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// digitRun is the number of digits that s begins with.
func digitRun(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

func lowerRune(s string) (rune, int) {
	if c := s[0]; c < utf8.RuneSelf {
		return rune(lowerByte(c)), 1
	}
	r, w := utf8.DecodeRuneInString(s)
	return unicode.ToLower(r), w
}
