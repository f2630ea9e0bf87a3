package source

import (
	"maps"
	"slices"
	"strings"
)

// loss is an entity that a file brought and brings no longer.
type loss struct {
	ref string
	place
	moved    bool // another file of the source brings it, and can be read
	narrowed bool // the file is as it was: the configuration leaves it out
	renamed  bool // its file brings one that is new in its stead
	// sheltered: the file, or the Location that names it, has a document that was
	// refused. A typing error is no wish to delete, so the last good entity stays.
	sheltered bool
	restored  bool // a person brought it back, though no file brings it
}

// losses are what the source held and its files bring no longer, by ref.
func (r *run) losses() []loss {
	here, elsewhere := map[string]bool{}, map[string]bool{}
	for path, f := range r.files {
		for _, o := range f.note.Offers {
			if r.held[o.Ref].path == path {
				here[o.Ref] = true
			} else if !f.kept {
				elsewhere[o.Ref] = true
			}
		}
	}
	var out []loss
	for _, ref := range slices.Sorted(maps.Keys(r.held)) {
		if at := r.held[ref]; !here[ref] {
			l := loss{ref: ref, place: at, moved: elsewhere[ref], narrowed: r.narrowed(at.path)}
			l.sheltered = !l.narrowed && r.shelters(at.path)
			l.moved = l.moved && !l.sheltered // a rival is no reason to give up a name
			_, l.restored = r.restored[ref]
			out = append(out, l)
		}
	}
	r.findRenames(out)
	return out
}

// findRenames marks the losses in whose stead their own file brings an entity
// that the source did not hold before, one for one.
func (r *run) findRenames(losses []loss) {
	free := map[string]int{} // by path, such entities that stand for no loss yet
	for path, f := range r.files {
		if f.kept {
			continue
		}
		for _, o := range f.note.Offers {
			if _, held := r.held[o.Ref]; !held && !o.Lost {
				free[path]++
			}
		}
	}
	for i := range losses {
		if l := &losses[i]; !l.moved && !l.narrowed && !l.sheltered && free[l.path] > 0 {
			free[l.path]--
			l.renamed = true
		}
	}
}

// shelters tells whether what a path brought before may be missing because of a
// fault in the path's file, or in one with a Location that led to it.
func (r *run) shelters(path string) bool {
	faulty := func(path string) bool {
		f := r.files[path]
		return f != nil && f.note.Counts.Refused > 0
	}
	for seen := map[string]bool{}; !seen[path]; {
		if faulty(path) {
			return true
		}
		seen[path] = true
		old, now := r.old.notes[path], r.files[path]
		if old == nil || now != nil && !now.ghost {
			return false
		}
		path = old.Via[:max(0, strings.LastIndexByte(old.Via, ':'))]
	}
	return false
}

// narrowed tells whether a file lost its place, or a part, only because the rules
// of the source are others now. That is a person's word already.
func (r *run) narrowed(path string) bool {
	if r.old.rules == nil || sameRules(*r.old.rules, r.rules) {
		return false
	}
	if f := r.files[path]; f != nil {
		return f.hash != "" && f.hash == r.old.files[path].Hash
	}
	_, listed := r.list.byPath[path]
	if !listed {
		_, err := stat(r.tree, path)
		listed = err == nil
	}
	return listed
}

func sameRules(a, b Rules) bool {
	return a.Trusted == b.Trusted && slices.Equal(a.Paths, b.Paths) && slices.Equal(a.Kinds, b.Kinds) && slices.Equal(a.Groups, b.Groups)
}

// A source may lose this much without a word, and up to half of what it held.
const (
	freeLosses   = 5  // entities
	freeFraction = 10 // or one in so many
)

// tooMuch tells whether losses look more like an accident than like a wish. They
// do where (a) nothing is left, (b) more than 5 entities and more than 10 % of
// what the source held are gone, or (c) more than half of it is gone. An entity is
// not counted as gone if its own file is still there, was read, and brings in its
// stead an entity that the source did not hold before: a rename, one for one.
//
// A person's word is not counted either: what the rules leave out since they were
// narrowed. But paths that match no file are a typing error rather than a word.
// What waits already goes on waiting, and the rest of the source with it.
func (r *run) tooMuch(losses []loss) bool {
	if r.confirmed {
		return false
	}
	gone := 0
	for _, l := range losses {
		switch {
		case l.moved || l.sheltered || l.restored:
		case l.narrowed:
			if r.mistyped() {
				return true
			}
		case l.waits:
			return true
		case !l.renamed:
			gone++
		}
	}
	switch {
	case gone == 0:
		return false
	case gone > freeLosses && gone*freeFraction > len(r.held), gone*2 > len(r.held):
		return true
	}
	return r.empty()
}

// empty tells whether the files of the source bring nothing at all.
func (r *run) empty() bool {
	for _, f := range r.files {
		if len(f.note.Offers) > 0 {
			return false
		}
	}
	return true
}

// mistyped tells whether a path of the rules leads nowhere.
func (r *run) mistyped() bool { return len(r.unmatched) > 0 }
