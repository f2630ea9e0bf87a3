package app

import (
	"cmp"
	"context"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/config"
	"github.com/idptui/idptui/internal/repo"
)

// Bounds of the search for a repository in a catalog: in one of more than
// smallCatalog entities, only those of the repository's name are read.
const (
	smallCatalog = 1000
	mostNamed    = fewRecords
)

// matching is the entity of the catalog that stands for the repository, by one rule:
// the first Component of the nearest descriptor upwards, else the entity that says
// of itself, or of which the catalog knows, that its sources lie in the nearest
// folder upwards.
func (p *portal) matching(ctx context.Context, view *catalog.View, h *here) (catalog.Ref, bool) {
	if rec := h.first(view); rec != nil {
		return rec.Entity.Ref(), true
	}
	h.askGit(ctx)
	ours := map[string]string{} // the folder of the repository by the name of the source that reads it
	for _, src := range p.cfg.Sources {
		if folder, ok := h.below(src); ok {
			ours[src.Name] = folder
		}
	}
	var best []match
	for rec, err := range p.Records(ctx, candidates(view, h, ours)) {
		if err != nil {
			return catalog.Ref{}, false // the list opens, as without a repository
		}
		if m, ok := p.match(rec, h, ours); ok && (len(best) == 0 || m.folder >= best[0].folder) {
			if len(best) > 0 && m.folder > best[0].folder {
				best = best[:0]
			}
			best = append(best, m)
		}
	}
	if len(best) == 0 {
		return catalog.Ref{}, false
	}
	slices.SortStableFunc(best, func(a, b match) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), strings.Compare(catalog.SortKey(a.ref), catalog.SortKey(b.ref)))
	})
	if len(best) > 1 && best[0].rank == best[1].rank && !best[0].placed {
		return catalog.Ref{}, false // many say that they are somewhere in it
	}
	return best[0].ref, true
}

// candidates are the entities that may stand for the repository.
func candidates(view *catalog.View, h *here, ours map[string]string) []catalog.Ref {
	refs, name := []catalog.Ref{}, h.name()
	for id := range int32(view.Len()) { //nolint:gosec // a Snapshot counts its rows with int32
		row := view.Row(id)
		named := strings.EqualFold(row.Name(), name)
		_, read := ours[row.Source()]
		if (row.Has()&catalog.HasSourceCode != 0 || read) && (named || view.Len() <= smallCatalog) && (named || len(refs) < smallCatalog) {
			refs = append(refs, row.Ref())
		}
	}
	if view.Len() > smallCatalog {
		refs = refs[:min(len(refs), mostNamed)]
	}
	return refs
}

// name is what the repository is called.
func (h *here) name() string {
	if slug := repo.Slug(h.Remote); slug != "" {
		return path.Base(slug)
	}
	return filepath.Base(h.Top)
}

// below is the folder of the repository that a source reads, slash-separated, "" for
// all of it; "../…" stands for a source that begins above it.
func (h *here) below(src config.Source) (string, bool) {
	if src.Repository != "" {
		id := repo.Identity(src.Repository)
		return "", id != "" && id == repo.Identity(h.Remote)
	}
	folder := src.Folder
	if real, err := filepath.EvalSymlinks(folder); err == nil {
		folder = real
	}
	rel, err := filepath.Rel(h.Top, folder)
	if err != nil {
		return "", false
	}
	if up, err := filepath.Rel(folder, h.Top); !filepath.IsLocal(rel) && (err != nil || !filepath.IsLocal(up)) {
		return "", false
	}
	return filepath.ToSlash(rel), true
}

// match is an entity that stands for a folder of the repository.
type match struct {
	ref    catalog.Ref
	folder int  // how deep that folder lies; deeper is nearer
	placed bool // it says where in the repository it is
	rank   int  // of those in one folder, the lowest counts
}

// match tells whether, and where, an entity is in the repository.
func (p *portal) match(rec *catalog.Record, h *here, ours map[string]string) (match, bool) {
	m := match{ref: rec.Entity.Ref(), folder: -1}
	if rec.Entity.Kind != catalog.KindComponent {
		m.rank += 2
	}
	if !strings.EqualFold(rec.Entity.Metadata.Name, h.name()) {
		m.rank++
	}
	at := func(folder string) {
		if depth, ok := h.within(folder); ok {
			m.folder, m.placed = max(m.folder, depth), true
		}
	}
	if folder, ok := ours[rec.Provenance.Source]; ok {
		at(path.Join(folder, path.Dir(rec.Provenance.Path)))
	}
	notes := rec.Entity.Metadata.Annotations
	if folder, ok := p.sourceFolder(notes, h); ok {
		at(folder)
	}
	slug := repo.Slug(h.Remote)
	for _, key := range []string{"github.com/project-slug", "gitlab.com/project-slug", "gitea.com/repo-slug", "bitbucket.org/project-slug"} {
		if slug != "" && m.folder < 0 && strings.EqualFold(notes[key], slug) {
			m.folder = 0
		}
	}
	return m, m.folder >= 0
}

// sourceFolder is the folder of the repository in which annotations say that the
// sources lie. Where an address does not tell the branch from the path, the branch
// that is known here does, else it is the shortest.
func (p *portal) sourceFolder(notes map[string]string, h *here) (string, bool) {
	typ, target, err := catalog.ParseLocation(notes["backstage.io/source-location"])
	id := repo.Identity(h.Remote)
	if err != nil || typ != "url" || id == "" {
		return "", false
	}
	host, _ := p.cfg.Git.Host(repo.HostOf(target))
	places, err := repo.ParseWeb(target, repo.Forge(host.Forge))
	if err != nil || len(places) == 0 {
		return "", false
	}
	best := places[0]
	for _, place := range places {
		if place.Ref.Name == h.Branch {
			best = place
		}
	}
	return strings.Trim(best.Path, "/"), repo.Identity(best.Clone) == id
}

// within is how deep a folder of the repository lies, if it holds the one that one
// is in.
func (h *here) within(folder string) (depth int, ok bool) {
	rel, err := filepath.Rel(h.Top, filepath.Join(h.Top, filepath.FromSlash(folder)))
	if err != nil || !filepath.IsLocal(rel) {
		return 0, false
	}
	folder = filepath.ToSlash(rel)
	if folder == "." {
		return 0, true
	}
	if h.At != folder && !strings.HasPrefix(h.At, folder+"/") {
		return 0, false
	}
	return 1 + strings.Count(folder, "/"), true
}
