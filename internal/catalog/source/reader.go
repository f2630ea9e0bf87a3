package source

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/safe"
)

// Caps on what placeholders may bring in.
const (
	maxPlaceholder  = 5 << 20  // bytes of one file
	maxPlaceholders = 32 << 20 // bytes for one descriptor file, counted each time they are used
)

// An entity that was brought in by placeholders, or whose text is large, must
// not be larger than the store takes.
const (
	largeText = 1 << 20  // bytes
	maxEntity = 16 << 20 // bytes
)

// reader reads the descriptors of one tree by the rules of one source.
type reader struct {
	source string
	tree   fs.FS
	rules  Rules
	limits catalog.Limits
	print  string // the rules' fingerprint
	now    time.Time
	// within is the file of the source that an address means, if one does; nil where
	// files have no addresses.
	within func(address string) (name string, ok bool)
	wide   *wide // with the other repositories; nil where none are reached
}

// withinOf is what tells which file of a source an address means, or nil.
func withinOf(src Source) func(address string) (string, bool) {
	if w, ok := src.(interface {
		Within(address string) (string, bool)
	}); ok {
		return w.Within
	}
	return nil
}

// descriptor is a file that was read.
type descriptor struct {
	note     *note
	records  []*catalog.Record // beside note.Offers
	problems []catalog.Problem
}

// parse reads a file's documents. It never fails: what is wrong is a problem. A
// named file is one that a Location or the configuration names itself: there,
// what is no YAML is a fault and not somebody else's. A file that held something
// before which is not in it now is parsed again as held, with the same effect
// for this time only.
func (r *reader) parse(path string, data []byte, named, held bool) *descriptor {
	places := &placeholders{reader: r, from: path, files: map[string][]byte{}}
	docs := r.read(path, data, named, held, places)
	d := &descriptor{note: &note{Rules: r.print, Named: named, Deps: places.deps}}
	for i := range docs {
		d.take(r, path, &docs[i], len(places.deps) > 0)
	}
	d.note.Problems = countFaults(d.problems)
	return d
}

// read is catalog.Read, in which a defect costs one file and not the process.
func (r *reader) read(path string, data []byte, named, held bool, places *placeholders) (docs []catalog.Document) {
	defer func() {
		if recover() != nil {
			docs = []catalog.Document{{Line: 1, State: catalog.DocRefused, Problems: []catalog.Problem{{
				Severity: catalog.Error, Class: catalog.ClassSource, Path: safe.Line(path),
				Message: "this file could not be read because of a defect in this program",
				Hint:    "please report it with the file",
			}}}}
		}
	}()
	return catalog.Read(data, catalog.ReadOptions{
		Path: safe.Line(path), Groups: r.rules.Groups, Named: named, Held: held, Resolve: places.resolve, Limits: r.limits,
	})
}

// take sorts one document.
func (d *descriptor) take(r *reader, path string, doc *catalog.Document, placeholders bool) {
	d.problems = append(d.problems, doc.Problems...)
	counts := &d.note.Counts
	if doc.State != catalog.DocEmpty {
		counts.Documents++
	}
	switch doc.State {
	case catalog.DocForeign:
		counts.Foreign++
	case catalog.DocSkeleton:
		counts.Skeletons++
	case catalog.DocRefused:
		counts.Refused++
	case catalog.DocAccepted:
		d.accept(r, path, doc, placeholders)
	}
}

func (d *descriptor) accept(r *reader, path string, doc *catalog.Document, placeholders bool) {
	ref := doc.Entity.Ref()
	for _, t := range doc.Targets {
		d.note.Targets = append(d.note.Targets, target{ref.String(), t.Type, t.Target, t.Optional, t.Line, t.Column})
	}
	if why, hint := r.rules.refuse(doc.Entity.Kind, &d.note.Counts); why != "" {
		d.problems = append(d.problems, catalog.Problem{
			Severity: catalog.Note, Class: catalog.ClassTrust, Ref: ref.String(), Path: safe.Line(path), Line: doc.Line,
			Message: why, Hint: hint,
		})
		return
	}
	hash := digest([]byte(doc.Raw))
	if placeholders || len(doc.Raw) > largeText { // the text alone does not say all
		whole, err := json.Marshal(doc.Entity)
		if err != nil || len(whole)+len(doc.Raw) > maxEntity {
			d.note.Counts.Refused++
			d.problems = append(d.problems, catalog.Problem{
				Severity: catalog.Error, Class: catalog.ClassSpec, Ref: ref.String(), Path: safe.Line(path), Line: doc.Line,
				Message: fmt.Sprintf("the entity, with what its placeholders bring in, has more than the %d MB that are kept", maxEntity>>20),
				Hint:    "make its definition smaller",
			})
			return
		}
		hash = digest([]byte(doc.Raw), whole)
	}
	d.note.Offers = append(d.note.Offers, &offer{Ref: ref.String(), Line: doc.Line, Hash: hash})
	d.records = append(d.records, &catalog.Record{
		Entity: doc.Entity, Raw: doc.Raw, Problems: doc.Problems,
		Provenance: catalog.Provenance{Source: r.source, Path: safe.Line(path), Line: doc.Line, Synced: r.now},
	})
}

// trustedKinds say who people are and run things: a source that anyone may write
// to must not bring them.
var trustedKinds = []string{catalog.KindUser, catalog.KindGroup, catalog.KindTemplate}

// refuse says why a source may not bring a kind, and what to do, and counts it; ""
// lets it in.
func (r Rules) refuse(kind string, c *Counts) (why, hint string) {
	is := func(k string) bool { return strings.EqualFold(k, kind) }
	switch {
	case !r.Trusted && slices.ContainsFunc(trustedKinds, is):
		c.Untrusted++
		return "only a trusted source may bring a " + kind, "set trusted: true for this source, if you trust everyone who can write to it"
	case len(r.Kinds) > 0 && !slices.ContainsFunc(r.Kinds, is):
		c.Excluded++
		return "the kind " + kind + " is not among the kinds of this source", "add it to the kinds of this source, if it should be there"
	}
	return "", ""
}

// mayHoldLocation tells whether a file could hold a Location: false is certain.
// The word can hide only behind an escape, a folded line, or another encoding.
func mayHoldLocation(data []byte) bool {
	for _, sign := range []string{catalog.KindLocation, `\x`, `\u`, `\U`, "\\\n", "\\\r", "\x00"} {
		if bytes.Contains(data, []byte(sign)) {
			return true
		}
	}
	return false
}

// locationsOnly empties the documents that can be no Location, so that the rest
// are parsed at their lines and the others cost nothing.
func locationsOnly(data []byte) []byte {
	out := make([]byte, 0, len(data))
	start := 0
	keep := func(end int) {
		part := data[start:end]
		if mayHoldLocation(part) || bytes.HasPrefix(part, []byte("%")) || bytes.Contains(part, []byte("\n%")) {
			out = append(out, part...) // a line with % is for the document after it
		} else {
			if marker.Match(part) {
				out = append(out, "---"...)
			}
			out = append(out, bytes.Repeat([]byte("\n"), bytes.Count(part, []byte("\n")))...)
		}
		start = end
	}
	for i := 0; i < len(data); {
		if bytes.HasPrefix(data[i:], []byte("---")) && marker.Match(data[i:]) {
			keep(i)
		}
		next := bytes.IndexByte(data[i:], '\n')
		if next < 0 {
			break
		}
		i += next + 1
	}
	keep(len(data))
	return out
}

// marker is the line that begins a document.
var marker = regexp.MustCompile(`^---(\s|$)`)

// countFaults counts the errors and warnings.
func countFaults(problems []catalog.Problem) int {
	n := 0
	for _, p := range problems {
		if p.Severity > catalog.Note {
			n++
		}
	}
	return n
}

// placeholders gives the files that the placeholders of one descriptor file
// stand for, and notes which ones it looked at.
type placeholders struct {
	*reader
	from  string
	files map[string][]byte
	deps  []dep
	total int
}

// resolve answers for catalog.Read. Its errors go on from "the target cannot be
// used:".
func (p *placeholders) resolve(written string) ([]byte, error) {
	g, a := p.aim(p.from, "", written)
	switch {
	case a.url != "":
		return nil, fmt.Errorf("it is an address on %s, and a placeholder may only name files of its own repository", host(a.url))
	case a.err != "":
		return nil, errors.New("it " + a.err)
	}
	tree, prefix := p.treeOf(g)
	name := prefix + straighten(tree, a.path)
	data, known := p.files[name]
	if !known {
		var e entry
		var err error
		data, e, err = readFile(p.tree, name, maxPlaceholder)
		if err != nil {
			p.deps = append(p.deps, dep{Path: name, Size: -1})
			if errors.Is(err, errTooBig) {
				return nil, fmt.Errorf("it is over %d MiB", maxPlaceholder>>20)
			}
			return nil, fmt.Errorf("it %w", cause(err))
		}
		p.files[name] = data
		p.deps = append(p.deps, dep{name, e.size, vouched(e.modTime, p.now), e.hash(data)})
	}
	if p.total += len(data); p.total > maxPlaceholders {
		return nil, fmt.Errorf("it is too much: the placeholders of one file may bring in %d MiB", maxPlaceholders>>20)
	}
	return data, nil
}

// host is the host of an address, fit to be shown.
func host(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return safe.Line(u.Hostname())
	}
	return "it"
}
