package cli

import (
	"context"
	"errors"
)

// withOpen opens the catalog as it is, runs do and closes it.
func (p *program) withOpen(ctx context.Context, do func(Portal) error) (err error) {
	portal, err := p.svc.Portal(ctx, p.set)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, portal.Close()) }()
	for _, w := range portal.Warnings() {
		p.note("warning: " + w)
	}
	return do(portal)
}

// withPortal opens the catalog to answer from it. Sources that this very command
// line names with --catalog are read first: who names a folder wants to see what
// is in it now.
func (p *program) withPortal(ctx context.Context, do func(Portal) error) error {
	return p.withOpen(ctx, func(portal Portal) error {
		if names := portal.Given(); len(names) > 0 {
			pr := p.progress()
			pr.silent = pr.silent || !pr.bar
			reports, err := portal.Sync(ctx, names, pr.show)
			pr.end()
			if err != nil {
				return err
			}
			for _, r := range reports {
				p.sourceNotes(r.Source)
			}
		}
		return do(portal)
	})
}

// emptyNote says why there is nothing to show at all.
func (p *program) emptyNote(ctx context.Context, portal Portal) error {
	sources, err := portal.Sources(ctx)
	if err != nil {
		return err
	}
	if len(sources) == 0 {
		p.note("the catalog is empty, as there are no sources; name a folder with --catalog, as in idptui --catalog ~/src catalog list")
		return nil
	}
	for _, s := range sources {
		if s.LastSync != nil {
			p.note("the catalog is empty; idptui sync status tells what was read")
			return nil
		}
	}
	p.note("the catalog is empty, as nothing was read yet; run idptui sync")
	return nil
}
