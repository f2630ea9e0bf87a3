package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/idptui/idptui/internal/catalog"
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
	// Who opens a damaged cache is the only one to hear of it: the next command finds
	// an empty one, which is as if nothing had ever been synced.
	if notice := portal.Notice(); notice != "" {
		p.note(notice)
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

// answer is withPortal for a question about the catalog. Beside the answer it says
// how far that can be relied on: which sources are not as they should be, and why
// there is nothing to answer from. read is Portal.View or Portal.List.
func (p *program) answer(
	ctx context.Context, read func(Portal, context.Context) (*catalog.View, error), do func(Portal, *catalog.View) error,
) error {
	return p.withPortal(ctx, func(portal Portal) error {
		view, err := read(portal, ctx)
		if err != nil {
			return err
		}
		sources, err := portal.Sources(ctx)
		if err != nil {
			return err
		}
		p.doubts(sources, portal.Given(), view.Len() == 0)
		err = do(portal, view)
		if view.Len() > 0 {
			return err
		}
		var e *Error
		if why := whyEmpty(sources); errors.As(err, &e) && e.Code == ExitNotFound {
			err = NotFound(why, "%s", e.Text)
		} else {
			p.note(why)
		}
		return err
	})
}

// whyEmpty says why there is nothing to show at all, and what to do.
func whyEmpty(sources []Source) string {
	if len(sources) == 0 {
		return "nothing has been synced yet, as there are no sources; name a folder with --catalog PATH, or list sources in the configuration file"
	}
	if slices.ContainsFunc(sources, func(s Source) bool { return s.LastSync != nil }) {
		return "the catalog is empty, as the sources hold no entities; idptui sync status tells what was read"
	}
	return "nothing has been synced yet; run idptui sync (or --catalog PATH)"
}

// fewDoubts are so many sources that each can have its line.
const fewDoubts = 3

// doubts names the sources whose part of the answer is old or missing. Those that
// were read just now have said so themselves.
func (p *program) doubts(sources []Source, given []string, empty bool) {
	var lines []string
	for _, s := range sources {
		read := "never read"
		if s.LastSync != nil {
			read = "last read " + age(p.sys.Now().Sub(*s.LastSync)) + " ago"
		}
		switch {
		case slices.Contains(given, s.Name):
		case s.State == stateFailed || s.State == stateStale:
			lines = append(lines, fmt.Sprintf("the source %s is %s, %s; idptui sync status tells why", s.Name, s.State, read))
		case s.State == stateNew && !empty:
			lines = append(lines, fmt.Sprintf("the source %s was never read; run idptui sync", s.Name))
		}
	}
	if len(lines) > fewDoubts {
		lines = []string{fmt.Sprintf("%d sources are failed, stale or never read; idptui sync status tells which", len(lines))}
	}
	for _, l := range lines {
		p.note(l)
	}
}
