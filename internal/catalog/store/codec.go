package store

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/idptui/idptui/internal/catalog"
)

// The codecs of summaries and edges: texts with their length before them, in a
// fixed order, read without an allocation of their own. Any change of them is a
// new schema.

func encodeSummary(s catalog.Summary) []byte {
	b := make([]byte, 0, 256)
	for _, text := range [...]string{
		s.Ref.Name, s.Ref.Kind, s.Ref.Namespace, s.Title, s.Description, s.Type, s.Lifecycle, s.Owner, s.System, s.Source, s.Email,
	} {
		b = appendText(b, text)
	}
	b = binary.AppendUvarint(b, uint64(s.Has))
	b = binary.AppendUvarint(b, uint64(len(s.Tags)))
	for _, tag := range s.Tags {
		b = appendText(b, tag)
	}
	return b
}

// decodeSummary reads a payload; its texts are parts of it, and its tags are
// appended to tags, which may be nil.
func decodeSummary(payload string, tags []string) (catalog.Summary, bool) {
	r := reader{rest: payload}
	var s catalog.Summary
	s.Ref.Name, s.Ref.Kind, s.Ref.Namespace = r.text(), r.text(), r.text()
	s.Title, s.Description, s.Type, s.Lifecycle = r.text(), r.text(), r.text(), r.text()
	s.Owner, s.System, s.Source, s.Email = r.text(), r.text(), r.text(), r.text()
	s.Has = catalog.Has(r.number()) //nolint:gosec // it was written from a Has
	if n := r.count(); n > 0 {
		start := len(tags)
		for range n {
			tags = append(tags, r.text())
		}
		s.Tags = tags[start:len(tags):len(tags)]
	}
	return s, !r.broken && r.rest == ""
}

// relationCodes lists the relation types that are stored as a number, their
// place in the list; 0 is before a type that is written out. Only ever append.
var relationCodes = [...]string{
	"", "ownedBy", "ownerOf", "partOf", "hasPart", "dependsOn", "dependencyOf", "providesApi", "apiProvidedBy",
	"consumesApi", "apiConsumedBy", "memberOf", "hasMember", "childOf", "parentOf",
}

func encodeEdges(edges []catalog.Edge) []byte {
	b := binary.AppendUvarint(make([]byte, 0, 32*len(edges)), uint64(len(edges)))
	for _, e := range edges {
		b = appendType(appendType(b, e.Type), e.Reverse)
		b = appendText(appendText(appendText(b, e.Target.Kind), e.Target.Namespace), e.Target.Name)
	}
	return b
}

// decodeEdges reads a payload and appends to edges; texts are parts of payload.
func decodeEdges(payload string, edges []catalog.Edge) ([]catalog.Edge, bool) {
	r := reader{rest: payload}
	for range r.count() {
		edges = append(edges, catalog.Edge{
			Type: r.relation(), Reverse: r.relation(),
			Target: catalog.Ref{Kind: r.text(), Namespace: r.text(), Name: r.text()},
		})
	}
	return edges, !r.broken && r.rest == ""
}

func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

func appendType(b []byte, relation string) []byte {
	code := slices.Index(relationCodes[:], relation)
	if code > 0 {
		return binary.AppendUvarint(b, uint64(code))
	}
	return appendText(append(b, 0), relation)
}

// reader takes a payload apart. After the first thing that is not there it is
// broken and gives zero values.
type reader struct {
	rest   string
	broken bool
}

func (r *reader) number() uint64 {
	var n uint64
	for i := 0; i < len(r.rest) && i < binary.MaxVarintLen64; i++ {
		c := r.rest[i]
		n |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			r.rest = r.rest[i+1:]
			return n
		}
	}
	r.broken, r.rest = true, ""
	return 0
}

// count is a number of things that need at least a byte each.
func (r *reader) count() int {
	n := r.number()
	if n > uint64(len(r.rest)) {
		r.broken, r.rest = true, ""
		return 0
	}
	return int(n) //nolint:gosec // it is no more than the length of a string
}

func (r *reader) text() string {
	if len(r.rest) > 0 && r.rest[0] < 0x80 && int(r.rest[0]) < len(r.rest) { // most texts are short
		n := 1 + int(r.rest[0])
		text := r.rest[1:n]
		r.rest = r.rest[n:]
		return text
	}
	n := r.count()
	text := r.rest[:n]
	r.rest = r.rest[n:]
	return text
}

func (r *reader) relation() string {
	switch code := r.number(); {
	case code == 0:
		return r.text()
	case code < uint64(len(relationCodes)):
		return relationCodes[code]
	}
	r.broken, r.rest = true, ""
	return ""
}

// arena keeps many small payloads in few large strings.
type arena struct{ chunk strings.Builder }

func (a *arena) keep(payload []byte) string {
	const size = 1 << 20
	if a.chunk.Cap()-a.chunk.Len() < len(payload) {
		a.chunk = strings.Builder{}
		a.chunk.Grow(max(size, len(payload)))
	}
	start := a.chunk.Len()
	a.chunk.Write(payload) // within the capacity: texts cut from it before stay valid
	return a.chunk.String()[start:]
}
