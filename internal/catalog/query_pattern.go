package catalog

import (
	"errors"
	"strings"
)

var errStarWithin = errors.New("a * may stand only at the start or the end of a word")

// textPattern tests a text for equality, or for how it begins or ends.
type textPattern struct {
	text             string // lower case
	anyStart, anyEnd bool   // a * stands there
}

// newPattern reads the wildcards of an unquoted word; ok is false where a *
// stands within it.
func newPattern(word string, quoted bool) (p textPattern, ok bool) {
	if !quoted {
		if rest, cut := strings.CutPrefix(word, "*"); cut {
			word, p.anyStart = rest, true
		}
		if rest, cut := strings.CutSuffix(word, "*"); cut {
			word, p.anyEnd = rest, true
		}
		if strings.Contains(word, "*") {
			return p, false
		}
	}
	p.text = strings.ToLower(word)
	return p, true
}

func (p textPattern) exact() bool { return !p.anyStart && !p.anyEnd }

// match tests a text. What is empty matches no wildcard: it is not there.
func (p textPattern) match(text string) bool {
	if text == "" {
		return p.exact() && p.text == ""
	}
	if p.text == "" {
		return !p.exact()
	}
	text = strings.ToLower(text)
	switch {
	case p.anyStart && p.anyEnd:
		return strings.Contains(text, p.text)
	case p.anyStart:
		return strings.HasSuffix(text, p.text)
	case p.anyEnd:
		return strings.HasPrefix(text, p.text)
	}
	return text == p.text
}

// refPattern tests a ref part by part. What was not written matches anything.
type refPattern struct {
	kind, namespace, name textPattern
	me                    bool // stands for the user instead
}

// anything matches every text that is there.
func anything() textPattern { return textPattern{anyStart: true, anyEnd: true} }

// newRefPattern reads [kind:][namespace/]name as ParseRef does.
func newRefPattern(text string, quoted bool) (refPattern, error) {
	if !quoted && strings.EqualFold(text, valueMe) {
		return refPattern{me: true}, nil
	}
	const unwritten = "\x00"
	r, err := ParseRef(text, RefDefaults{Kind: unwritten, Namespace: unwritten})
	if err != nil {
		return refPattern{}, err
	}
	p := refPattern{}
	for _, part := range []struct {
		text string
		to   *textPattern
	}{{r.Kind, &p.kind}, {r.Namespace, &p.namespace}, {r.Name, &p.name}} {
		if part.text == unwritten {
			*part.to = anything()
			continue
		}
		ok := false
		if *part.to, ok = newPattern(part.text, quoted); !ok {
			return p, errStarWithin
		}
	}
	return p, nil
}

func (p refPattern) match(r Ref) bool {
	return p.name.match(r.Name) && p.kind.match(r.Kind) && p.namespace.match(r.Namespace)
}

// exact is true of a pattern that can name one entity, though it may leave out
// its kind and namespace.
func (p refPattern) exact() bool { return !p.me && p.name.exact() }
