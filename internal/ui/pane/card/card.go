// Package card works out what a person wants to know first about an entity: who
// owns it and where to ask, what it hangs together with, where it comes from and
// how old that is. The catalog's preview and the entity's page draw the same
// facts from it.
//
// It owns no state and draws nothing but short texts. Read asks the portal and so
// belongs in commands; everything else works on what Read brought.
package card

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
)

// Facts are what is known of one entity beyond its row, as of one View.
type Facts struct {
	View    *catalog.View
	Ref     catalog.Ref
	Record  *catalog.Record // nil where the catalog has no such entity, or Err
	Owner   *catalog.Record // nil without an owner, or where the owner is not in the catalog
	Domain  catalog.Ref     // of its system; zero where that is not known
	Groups  []Group
	Missing bool              // the catalog has no such entity
	LeftOut []catalog.Problem // why, where a source has a document of it
	Err     error             // why the record could not be read
}

// Group is the relations of one type.
type Group struct {
	pane.Relation
	Total int               // how many there are
	Items []catalog.Related // all of them, or the first ones after Trim
}

// Read brings the facts of an entity. What cannot be read is said in Err; the
// relations are there all the same, as they come from the View.
func Read(ctx context.Context, p pane.Portal, v *catalog.View, ref catalog.Ref) Facts {
	f := Facts{View: v, Ref: ref, Groups: Groups(v.Relations(ref))}
	f.Record, f.Err = p.Record(ctx, ref)
	if errors.Is(f.Err, pane.ErrNotFound) {
		_, inList := v.Find(ref)
		f.Missing = !inList
		if f.Missing {
			f.Err = nil
			f.LeftOut = about(ctx, p, ref)
		}
	}
	row, ok := v.Find(ref)
	if !ok {
		return f
	}
	if owner := row.Owner(); !owner.IsZero() {
		// Without it the owner's name is shown and only the contacts are missing.
		f.Owner, _ = p.Record(ctx, owner)
	}
	if system := row.System(); !system.IsZero() {
		f.Domain = partOf(v, system, "Domain")
	}
	return f
}

// Problems are those of the document of an entity that was read, and those that
// came up with it elsewhere: that a target of a Location leads nowhere is found
// once all files are known.
func Problems(ctx context.Context, p pane.Portal, rec *catalog.Record) []catalog.Problem {
	type place struct {
		line, column int
		message      string
	}
	list, known := slices.Clone(rec.Problems), map[place]bool{}
	for i, pr := range list {
		if pr.Path == "" {
			list[i].Path, list[i].Source = rec.Provenance.Path, rec.Provenance.Source
		}
		known[place{pr.Line, pr.Column, pr.Message}] = true
	}
	for _, pr := range about(ctx, p, rec.Entity.Ref()) {
		if !known[place{pr.Line, pr.Column, pr.Message}] {
			list = append(list, pr)
		}
	}
	slices.SortStableFunc(list, func(a, b catalog.Problem) int { return int(b.Severity) - int(a.Severity) })
	return list
}

// about are all problems that name an entity. Where they cannot be read the page
// has a sentence less.
func about(ctx context.Context, p pane.Portal, ref catalog.Ref) []catalog.Problem {
	all, _ := p.Problems(ctx)
	var about []catalog.Problem
	for _, pr := range all {
		if pr.Ref == ref.String() {
			about = append(about, pr)
		}
	}
	return about
}

// partOf finds what an entity is part of, of the given kind.
func partOf(v *catalog.View, ref catalog.Ref, kind string) catalog.Ref {
	for _, r := range v.Relations(ref) {
		if strings.EqualFold(r.Type, "partOf") && strings.EqualFold(r.Ref.Kind, kind) {
			return r.Ref
		}
	}
	return catalog.Ref{}
}

// Trim lets go of all but the first n of each group, for facts that are kept.
func (f *Facts) Trim(n int) {
	for i := range f.Groups {
		if g := &f.Groups[i]; len(g.Items) > n {
			g.Items = slices.Clone(g.Items[:n])
		}
	}
}

// Groups sorts relations into groups: the known types in the order in which a
// page lists them, then the others by name.
func Groups(related []catalog.Related) []Group {
	var groups []Group
	at := map[string]int{}
	for _, r := range related {
		key := strings.ToLower(r.Type)
		i, ok := at[key]
		if !ok {
			i = len(groups)
			at[key] = i
			title, out := pane.RelationTitle(r.Type)
			groups = append(groups, Group{Relation: pane.Relation{Type: r.Type, Title: title, Out: out}})
		}
		groups[i].Items = append(groups[i].Items, r)
		groups[i].Total++
	}
	slices.SortStableFunc(groups, func(a, b Group) int {
		if d := order(a.Type) - order(b.Type); d != 0 {
			return d
		}
		return strings.Compare(a.Title, b.Title)
	})
	return groups
}

// order is the place of a relation type on a page.
func order(typ string) int {
	known := pane.Relations()
	for i, r := range known {
		if strings.EqualFold(r.Type, typ) {
			return i
		}
	}
	return len(known)
}

// Headline is "component · service · production" with the parts that are known;
// where that takes more than w cells, the kind gives way.
func Headline(t *kit.Theme, row catalog.Row, w int) string {
	parts := []string{t.Muted.Paint(strings.ToLower(row.Kind()))}
	if typ := row.Type(); typ != "" {
		parts = append(parts, typ)
	}
	if lc := row.Lifecycle(); lc != "" {
		parts = append(parts, Lifecycle(t, lc))
	}
	dot := t.Faint.Paint(" " + t.Glyph.Dot + " ")
	line := strings.Join(parts, dot)
	if len(parts) > 1 && kit.Width(line) > w {
		line = strings.Join(parts[1:], dot)
	}
	return line
}

// Lifecycle paints the word so that what is on its way out stands out.
func Lifecycle(t *kit.Theme, word string) string {
	switch strings.ToLower(word) {
	case "deprecated", "retired", "end-of-life", "decommissioned":
		return t.Warn.Paint(word)
	case "production":
		return t.Good.Paint(word)
	}
	return word
}

// Place is where an entity was read: "shop: services/ledger/catalog-info.yaml:3",
// with the commit of a git source.
func Place(p catalog.Provenance) string {
	s := p.Source
	if p.Path != "" {
		s += ": " + p.Path
		if p.Line > 0 {
			s += fmt.Sprintf(":%d", p.Line)
		}
	}
	if p.Commit != "" {
		s += " @ " + p.Commit[:min(len(p.Commit), 10)]
	}
	return s
}

// Where is Place in at most w cells: with as much before the path as fits, and of
// a path that is too long its end, which tells files apart.
func Where(t *kit.Theme, p catalog.Provenance, w int) string {
	place := Place(p)
	bare := p
	bare.Source = ""
	path := strings.TrimPrefix(Place(bare), ": ")
	for _, text := range []string{"From " + place, place, path} {
		if text != "" && kit.Width(text) <= w {
			return text
		}
	}
	return ClipStart(t, path, w)
}

// Origin is where a record comes from, in at most w cells: Where, or that nobody has
// written it down.
func Origin(t *kit.Theme, rec *catalog.Record, w int) string {
	if len(rec.Inferred) == 0 {
		return Where(t, rec.Provenance, w)
	}
	whole := "Inferred from the files of " + rec.Provenance.Source
	if kit.Width(whole) <= w {
		return whole
	}
	return t.Clip("Inferred", w)
}

// Synced is how old what is shown is: "synced 40 s ago".
func Synced(p catalog.Provenance, now time.Time) string {
	if p.Synced.IsZero() {
		return "not synced yet"
	}
	return "synced " + pane.Ago(now, p.Synced)
}

// Name is how a related entity is called where its kind is plain from the rest.
func Name(r catalog.Ref) string { return r.Display(r.Kind) }

// ClipStart cuts s to at most w cells by leaving out its start: the end of a path
// tells files apart.
func ClipStart(t *kit.Theme, s string, w int) string {
	if kit.Width(s) <= w {
		return s
	}
	tail := kit.Width(t.Glyph.Ellipsis)
	if w <= tail {
		return t.Clip(s, max(0, w))
	}
	runes := []rune(s)
	for len(runes) > 0 && kit.Width(string(runes)) > w-tail {
		runes = runes[1:]
	}
	return t.Glyph.Ellipsis + string(runes)
}
