package catalog

import (
	"bytes"
	"fmt"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/idptui/idptui/internal/safe"
)

// Limits bound what one file may cost. Each is a maximum.
type Limits struct {
	FileBytes     int
	DocumentBytes int // of one document, and of what one placeholder brings in
	Documents     int // in one file
	Depth         int // of nesting
	Nodes         int // values of one document, aliases expanded
}

// DefaultLimits fit every catalog file seen in the wild with room to spare.
func DefaultLimits() Limits {
	return Limits{FileBytes: 20 << 20, DocumentBytes: 5 << 20, Documents: 2000, Depth: 100, Nodes: 200_000}
}

// ReadOptions say how to read a file.
type ReadOptions struct {
	Path string // for problems

	// Groups are the API groups whose documents are entities: exact, or "*.x"
	// for every group below x. Empty means backstage.io and *.backstage.io.
	Groups []string

	// Named tells that the file was asked for by name and not found by looking
	// around: then what is no YAML is refused and not taken for foreign. Files
	// called catalog-info.yaml are always read so.
	Named bool

	// Held tells that the file held entities before which it holds no longer:
	// then what is no YAML is refused, whatever it mentions, while YAML that is
	// not of the catalog stays foreign.
	Held bool

	// Resolve gives the bytes that a placeholder names, by its target as
	// written: a path relative to the file or a URL. The caller decides what
	// may be read. Without it every placeholder is an error.
	Resolve func(target string) ([]byte, error)

	Limits Limits // the zero value means DefaultLimits
}

// DocumentState says what became of a document.
type DocumentState uint8

// What a document can turn out to be.
const (
	DocEmpty    DocumentState = iota // nothing but comments
	DocForeign                       // not of the catalog's groups
	DocSkeleton                      // a template's skeleton: left out quietly, with a Note
	DocRefused                       // the Problems say why
	DocAccepted                      // Entity is set; Problems are warnings at most
)

// Document is what Read made of one YAML document.
type Document struct {
	Index    int // within the file, from 0
	Line     int // of the first line of Raw
	State    DocumentState
	Raw      string // as written, after safe.Text; "" of empty and foreign ones
	Entity   *Entity
	Problems []Problem
	Targets  []LocationTarget // of an accepted Location
}

var defaultGroups = []string{"backstage.io", "*.backstage.io"}

// groupMatches tells whether an API group is among the wanted ones.
func groupMatches(groups []string, group string) bool {
	for _, want := range groups {
		if want == group {
			return true
		}
		if below, ok := strings.CutPrefix(want, "*"); ok && len(group) > len(below) && strings.HasSuffix(group, below) {
			return true
		}
	}
	return false
}

// Read reads every document of a descriptor file: it recognises what is meant
// for the catalog, resolves placeholders, applies all of Backstage's rules and
// cleans every text. One bad document does not touch the others. It never
// panics, and its cost is bounded by the limits. A file over its cap is one
// refused Document.
//
// The verdict on each document is Backstage's, but for what
// testdata/oracle/differences.md lists and argues for, and for bytes that are no
// UTF-8, control characters and anything over a limit, which are refused.
func Read(data []byte, opts ReadOptions) []Document {
	if opts.Limits == (Limits{}) {
		opts.Limits = DefaultLimits()
	}
	if len(opts.Groups) == 0 {
		opts.Groups = defaultGroups
	}
	base := strings.ToLower(path.Base(opts.Path))
	r := &reader{opts: opts, budget: locateFile, named: opts.Named || base == "catalog-info.yaml" || base == "catalog-info.yml"}
	return r.file(data)
}

// reader reads one file.
type reader struct {
	opts   ReadOptions
	named  bool
	budget int // bytes that may still be parsed to find the places of faults
}

func (r *reader) file(data []byte) []Document {
	if len(data) > r.opts.Limits.FileBytes {
		return []Document{r.refusedFile(fmt.Sprintf("the file has %s, more than the %s that are read", megabytes(len(data)), megabytes(r.opts.Limits.FileBytes)), "split it")}
	}
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return []Document{r.refusedFile("the file is UTF-16", "save it as UTF-8")}
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	var docs []Document
	for chunk := range splitDocuments(data) {
		if len(docs) == r.opts.Limits.Documents {
			d := docReader{reader: r, chunk: chunk, doc: Document{Index: len(docs), Line: chunk.line}}
			d.refuse(yamlFault{line: chunk.line, message: fmt.Sprintf("the file has more than %d documents; this one and the rest are not read", r.opts.Limits.Documents), hint: "split the file"})
			docs = append(docs, d.doc)
			break
		}
		d := docReader{reader: r, chunk: chunk, doc: Document{Index: len(docs)}}
		d.read()
		docs = append(docs, d.doc)
	}
	return docs
}

func megabytes(n int) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

func (r *reader) refusedFile(message, hint string) Document {
	return Document{Line: 1, State: DocRefused, Problems: []Problem{{
		Severity: Error, Class: ClassYAML, Path: r.opts.Path, Message: message, Hint: hint,
	}}}
}

// docReader reads one document.
type docReader struct {
	*reader
	chunk  yamlChunk
	doc    Document
	root   *yaml.Node
	failed []string // fields whose placeholder failed: nothing more is said of them
}

func (d *docReader) read() {
	body, line := d.chunk.body()
	d.doc.Line = line
	switch {
	case d.chunk.empty():
		return
	case !d.named && !d.opts.Held && !d.mentionsCatalog():
		d.doc.State = DocForeign
		return
	}
	value := d.decode()
	if value == nil {
		d.finish(body)
		return
	}
	d.resolvePlaceholders(value)
	v := validation{report: d.reportAt}
	v.document(value)
	if !d.doc.hasError() {
		d.doc.Entity = buildEntity(value)
		d.doc.State = DocAccepted
		if d.doc.Entity.Kind == KindLocation {
			d.doc.Targets = locationTargets(d.doc.Entity, d.placeOf)
		}
	} else {
		d.doc.State = DocRefused
	}
	d.nameProblems(value)
	d.finish(body)
}

// decode parses the document and tells what it is. It gives the value where the
// document is an entity to be, and else sets the state.
func (d *docReader) decode() map[string]any {
	if f := d.capFault(); f != nil {
		d.refuseOurs(*f)
		return nil
	}
	if f := d.chunk.charFault(); f != nil {
		d.refuseOurs(*f)
		return nil
	}
	text := d.chunk.parserText()
	root, err := parseYAML(text)
	if err != nil {
		d.unreadable(text, err)
		return nil
	}
	if root == nil {
		return nil
	}
	d.root = root
	if !d.recognise() {
		return nil
	}
	dec := yamlDecoder{limits: d.opts.Limits, offset: d.chunk.line - 1, breaks: hasForeignBreaks(d.chunk.text)}
	value, _ := dec.value(root, 0).(map[string]any)
	for _, f := range dec.faults {
		d.refuse(f)
	}
	for _, f := range dec.notes {
		d.add(Problem{Severity: Warning, Class: ClassYAML, Line: f.line, Column: f.column, Message: f.message, Hint: f.hint})
	}
	if d.doc.State == DocRefused {
		return nil
	}
	return value
}

// capFault refuses what would cost too much before it is parsed.
func (d *docReader) capFault() *yamlFault {
	text, limits := d.chunk.text, d.opts.Limits
	if len(text) > limits.DocumentBytes {
		return &yamlFault{
			line:    d.doc.Line,
			message: fmt.Sprintf("the document has %s, more than the %s that are read", megabytes(len(text)), megabytes(limits.DocumentBytes)),
			hint:    "move large texts into files of their own and name them with $text",
		}
	}
	const small = 1 << 20 // parsed whatever is in it
	if len(text) <= small {
		return nil
	}
	marks := 0 // every value follows one of these
	for _, c := range []string{"\n", ",", ":", "[", "{"} {
		marks += bytes.Count(text, []byte(c))
	}
	if marks > 4*limits.Nodes {
		return &yamlFault{
			line:    d.doc.Line,
			message: fmt.Sprintf("the document holds far more than the %d values that are read", limits.Nodes),
			hint:    "split it",
		}
	}
	return nil
}

// unreadable tells what a document is that does not parse.
func (d *docReader) unreadable(text []byte, err error) {
	if !d.isOurs() {
		d.doc.State = DocForeign
		return
	}
	if !d.opts.Held && holdsPlaceholder(text) && !d.isOwnTemplate() {
		d.skeleton("the document is a template's skeleton: it holds placeholders and is no YAML before they are filled in")
		return
	}
	d.refuse(d.chunk.parseFault(text, err, &d.budget))
}

// refuseOurs refuses a document that is meant for the catalog, as far as its
// text can tell, and leaves any other alone.
func (d *docReader) refuseOurs(f yamlFault) {
	if !d.isOurs() {
		d.doc.State = DocForeign
		return
	}
	d.refuse(f)
}

// isOurs tells whether a document that cannot be parsed is meant for the catalog,
// as far as is known.
func (d *docReader) isOurs() bool { return d.named || d.opts.Held || d.claimsGroup() }

func (d *docReader) refuse(f yamlFault) {
	d.doc.State = DocRefused
	d.add(Problem{Severity: Error, Class: ClassYAML, Line: f.line, Column: f.column, Message: f.message, Hint: f.hint})
}

func (d *docReader) skeleton(message string) {
	d.doc.State = DocSkeleton
	d.add(Problem{Severity: Note, Class: ClassSkeleton, Line: d.doc.Line, Message: message})
}

// finish keeps the text of what is listed somewhere.
func (d *docReader) finish(body []byte) {
	if d.doc.State == DocEmpty || d.doc.State == DocForeign {
		return
	}
	if limit := d.opts.Limits.DocumentBytes; len(body) > limit {
		body = body[:limit]
	}
	d.doc.Raw = safe.Text(string(body)) + "\n"
}

func (doc *Document) hasError() bool {
	for i := range doc.Problems {
		if doc.Problems[i].Severity == Error {
			return true
		}
	}
	return false
}
