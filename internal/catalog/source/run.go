package source

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/store"
	"github.com/idptui/idptui/internal/safe"
	"github.com/idptui/idptui/internal/state"
)

// run is one reading of one source: the scan, then the files that changed, in
// path order, then what vanished. It puts entities as it goes and keeps the rest
// for write.
type run struct {
	scan
	claims   claims
	put      func(*catalog.Record) error
	announce func(store.FileState) error
	// provenances looks up in the store who brought refs; nil where there is none.
	provenances func(ctx context.Context, refs []string) (map[string]catalog.Provenance, error)
	confirmed   bool
	notify      func(Progress)
	// locationOf is the Source's.
	locationOf func(path string) string

	revision string                         // of the tree, "" where it has none
	pages    func(string) map[string]string // annotations for a file's pages on the web; nil where there are none

	held    map[string]place // where the store's entities of the source came from, by ref
	rivals  map[*offer]place // who has the ref of a lost offer
	changes map[string]bool  // paths whose entities were announced to change
	deleted []catalog.Ref
	freed   int
	waiting int // entities gone that are kept until a person confirms
	// sheltered counts those that are kept until a fault in their file is mended.
	sheltered int

	graves      graves
	restored    map[string]state.Tombstone // by ref: what a person restored, and no file brings
	returned    []string                   // refs that were restored, and that a file brings again
	kept        int                        // restored entities that the store has
	orphans     int                        // that were reported, or would be
	broughtBack int                        // restored entities that the store did not have
}

// place is where an entity stands; hash is known of the source's own alone.
type place struct {
	source, path string
	line         int
	hash         string
	waits        bool // as in offer
}

func newRun(src Source, limits Limits, now time.Time, old memory, c claims, progress func(Progress)) *run {
	limits = limits.orDefault()
	rules := src.Rules()
	r := &run{claims: c, notify: progress, locationOf: src.LocationOf, held: map[string]place{}, rivals: map[*offer]place{}, changes: map[string]bool{}}
	r.scan = scan{
		reader: reader{source: src.Name(), rules: rules, limits: limits.Catalog, print: rules.fingerprint(limits.Catalog, src.LocationOf("")), now: now},
		limits: limits, old: old, show: safe.Line,
	}
	r.within = withinOf(src)
	if p, ok := src.(paged); ok {
		r.pages = p.pages
	}
	for _, path := range slices.Sorted(maps.Keys(old.notes)) {
		for _, o := range old.notes[path].Offers {
			if !o.Lost {
				r.held[o.Ref] = place{src.Name(), path, o.Line, o.Hash, o.Waits}
			}
		}
	}
	return r
}

func (r *run) tell(phase string, done, total int, path string) {
	if r.notify != nil {
		r.notify(Progress{Source: r.source, Phase: phase, Done: done, Total: total, Path: safe.Line(path)})
	}
}

// run reads the tree. An error is a *sourceError, or the claims' or put's own.
func (r *run) run(ctx context.Context, tree Tree) error {
	r.revision = revisionOf(tree)
	r.wide = &wide{Tree: tree}
	r.tree = r.wide
	var err error
	r.list, err = list(ctx, r.tree, r.limits.Files, func(n int) { r.tell(PhaseList, n, 0, "") })
	if err != nil {
		return err
	}
	for _, p := range r.list.problems {
		// What lies beside the files that were asked for is nobody's trouble. A folder
		// that cannot be looked into is: a Location may lead there.
		if p.Severity > catalog.Note || r.rules.asks(p.Path) {
			r.problems = append(r.problems, p)
		}
	}
	r.progress = func(done int, path string) { r.tell(PhaseCheck, done, len(r.list.files), path) }
	if err := r.scan.run(ctx); err != nil {
		return err
	}
	r.dropKept()
	if err := r.assert(ctx); err != nil {
		return err
	}
	if err := r.readFresh(ctx); err != nil {
		return err
	}
	r.findReturned()
	if err := r.settleLosses(ctx); err != nil {
		return err
	}
	if err := r.bringBack(ctx); err != nil {
		return err
	}
	r.checkLinks()
	if err := r.reportConflicts(ctx); err != nil {
		return err
	}
	sortProblems(r.problems)
	return nil
}

// dropKept takes the entities that wait for a person out of the notes; those
// that still wait at the end come back.
func (r *run) dropKept() {
	for _, f := range r.files {
		waits := func(o *offer) bool { return o.Kept }
		if slices.ContainsFunc(f.note.Offers, waits) {
			f.note.Offers = slices.DeleteFunc(f.note.Offers, waits)
			f.touched = true
		}
	}
}

// Caps on what is read before claims are made and entities put.
const (
	groupRecords = 2000
	groupBytes   = 16 << 20
)

// readFresh reads the files that changed, a group at a time.
func (r *run) readFresh(ctx context.Context) error {
	var fresh, group []*file
	for _, f := range r.order() {
		if f.fresh {
			fresh = append(fresh, f)
		}
	}
	records, size := 0, int64(0)
	for i, f := range fresh {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r.tell(PhaseRead, i, len(fresh), f.path)
		if !r.load(f) {
			continue
		}
		group = append(group, f)
		records, size = records+len(f.parsed.records), size+f.size
		if records >= groupRecords || size >= groupBytes {
			if err := r.takeGroup(ctx, group); err != nil {
				return err
			}
			group, records, size = nil, 0, 0
		}
	}
	r.tell(PhaseRead, len(fresh), len(fresh), "")
	return r.takeGroup(ctx, group)
}

// load parses a file and tells whether it could.
func (r *run) load(f *file) bool {
	data, e, err := readFile(r.tree, f.path, r.limits.Catalog.FileBytes)
	if err != nil {
		f.fresh = false
		r.keep(f, e, err)
		return false
	}
	if f.hash != e.hash(data) {
		f.hash = "" // changed since the scan, which may have missed a Location in it
	}
	f.parsed = r.parse(f.path, data, f.named, false)
	if r.lacks(f) {
		again := r.parse(f.path, data, f.named, true)
		if again.note.Counts.Refused > f.parsed.note.Counts.Refused {
			f.parsed, again.note.Held = again, true
		}
	}
	return true
}

// lacks tells whether a file changed and is now without something that it gave.
func (r *run) lacks(f *file) bool {
	old := r.old.notes[f.path]
	if old == nil || old.Rules == r.print && f.hash == r.old.files[f.path].Hash && !old.Held {
		return false
	}
	if old.Held && len(f.parsed.note.Offers) == 0 {
		return true
	}
	gives := make(map[string]bool, len(f.parsed.note.Offers))
	for _, o := range f.parsed.note.Offers {
		gives[o.Ref] = true
	}
	return slices.ContainsFunc(old.Offers, func(was *offer) bool { return !gives[was.Ref] })
}

// takeGroup claims the refs of files that were read and puts what is theirs and
// new. What a file gives is in its note from here on.
func (r *run) takeGroup(ctx context.Context, group []*file) error {
	var bids []bid
	for _, f := range group {
		f.note = f.parsed.note
		f.note.Via, f.note.Origin = f.via, f.origin
		f.problems, f.touched = capped(f.parsed.problems, maxFileProblems), true
		bids = append(bids, r.bids(f)...)
	}
	if _, err := r.claim(ctx, bids); err != nil {
		return err
	}
	for _, f := range group {
		before := r.known(f)
		for i, rec := range f.parsed.records {
			o := f.note.Offers[i]
			if was, ok := before[o.Ref]; o.Lost || ok && was.Hash == o.Hash && was.Line == o.Line {
				continue
			}
			if err := r.replace(f, rec); err != nil {
				return err
			}
		}
		f.parsed = nil
	}
	return nil
}

// replace puts an entity that a file brings.
func (r *run) replace(f *file, rec *catalog.Record) error {
	if err := r.expect(f.path); err != nil {
		return err
	}
	rec.Provenance.Via, rec.Provenance.Commit = f.via, r.revision
	if g, _ := r.groundOf(f.path); g != nil {
		rec.Provenance.Commit = g.tree.Commit().ID
	}
	r.annotate(f, rec.Entity)
	return r.put(rec)
}

// Annotations that the catalog sets, over what an author wrote.
const (
	annotationLocation = "backstage.io/managed-by-location"
	annotationOrigin   = "backstage.io/managed-by-origin-location"
)

// annotate says in an entity which file it is from, with which the chain of
// Locations to it began, and, unless its author did, what its pages on the web are.
func (r *run) annotate(f *file, e *catalog.Entity) {
	if e.Metadata.Annotations == nil {
		e.Metadata.Annotations = make(map[string]string, 2)
	}
	first := f
	if f.origin != "" {
		first = r.files[f.origin]
	}
	e.Metadata.Annotations[annotationLocation] = r.located(f)
	e.Metadata.Annotations[annotationOrigin] = r.located(first)
	pages, name := r.pages, f.path
	if g, rest := r.groundOf(f.path); g != nil {
		pages, name = g.pages, rest
	}
	if pages == nil {
		return
	}
	for key, page := range pages(name) {
		if _, written := e.Metadata.Annotations[key]; !written && page != "" {
			e.Metadata.Annotations[key] = safe.Line(page)
		}
	}
}

// located is the location of a file, made once for all its entities.
func (r *run) located(f *file) string {
	if f.location == "" {
		g, rest := r.groundOf(f.path)
		if f.location = r.locationOf(f.path); g != nil {
			f.location = g.LocationOf(rest)
		}
		f.location = safe.Line(f.location)
	}
	return f.location
}

// expect announces that the entities of a path are about to change: all that it
// held and will hold. A file that is again as it was when a crash left half of a
// change in the store would else count as unchanged.
func (r *run) expect(path string) error {
	if r.changes[path] {
		return nil
	}
	r.changes[path] = true
	f := &file{path: path, size: -1, note: &note{Rules: r.print}}
	named := map[string]bool{}
	add := func(n *note) {
		for _, o := range n.Offers {
			if !o.Lost && !named[o.Ref] {
				named[o.Ref] = true
				f.note.Offers = append(f.note.Offers, o)
			}
		}
	}
	if now := r.files[path]; now != nil {
		add(now.note)
	}
	if old := r.old.notes[path]; old != nil {
		add(old)
	}
	st, err := f.fileState()
	if err != nil {
		return err
	}
	return r.announce(st)
}

// known is what the store holds of a file as it would be put now, by ref, but
// for what the offers themselves say.
func (r *run) known(f *file) map[string]*offer {
	old, ok := r.old.files[f.path]
	n := r.old.notes[f.path]
	if !ok || old.Hash == "" || n.Rules != r.print || n.Via != f.via || n.Origin != f.origin {
		return nil
	}
	known := make(map[string]*offer, len(n.Offers))
	for _, o := range n.Offers {
		if !o.Lost && !o.Kept {
			known[o.Ref] = o
		}
	}
	return known
}
