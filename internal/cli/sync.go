package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/idptui/idptui/internal/catalog"
)

// States of a source that somebody has to look at.
const (
	stateFailed = "failed"
	stateStale  = "stale"
	stateNew    = "new"
)

func (p *program) syncCommand() *cobra.Command {
	c := declare(&cobra.Command{
		Use: "sync [SOURCE…]", GroupID: groupSync, Short: "Read the sources again",
		Long: "Read sources again, all of them or those named, and update the catalog. Only files that changed are read. " +
			"One bad file never hides its neighbours: it is listed by idptui sync status --errors. " +
			"A source that fails or lost much of what it held deletes nothing until idptui sync confirm.",
		Example: "idptui sync\n" +
			"idptui --catalog ~/src/shop sync",
		ValidArgsFunction: p.completeSources,
	}, local)
	format := outputFlag(c, asTable, asJSON, asYAML)
	c.RunE = func(c *cobra.Command, args []string) error {
		return p.sync(c.Context(), *format, func(portal Portal, progress func(Progress)) ([]SyncReport, error) {
			return portal.Sync(c.Context(), args, progress)
		})
	}
	c.AddCommand(p.syncStatusCommand(), p.syncConfirmCommand(), p.syncRestoreCommand(), p.syncForgetCommand())
	return c
}

// sync shows how far a sync is and prints what it did.
func (p *program) sync(ctx context.Context, format string, do func(Portal, func(Progress)) ([]SyncReport, error)) error {
	return p.withOpen(ctx, func(portal Portal) error {
		pr := p.progress()
		reports, err := do(portal, pr.show)
		pr.end()
		if err != nil {
			return err
		}
		return p.printReports(reports, format)
	})
}

func (p *program) syncConfirmCommand() *cobra.Command {
	c := declare(&cobra.Command{
		Use: "confirm SOURCE", Short: "Let a stale source delete what it no longer holds",
		Long: "A source that answers empty, or has lost more than half or, beyond five, a tenth of its entities, deletes " +
			"nothing by itself: what it held stays and is marked stale. Confirm that the loss is meant, and it is carried " +
			"out once. What is deleted can be restored for a week.",
		Example:           "idptui sync confirm shop",
		Args:              arguments(1, 1, "the name of a source; idptui sync status lists them"),
		ValidArgsFunction: p.completeSources,
	}, local)
	format := outputFlag(c, asTable, asJSON, asYAML)
	c.RunE = func(c *cobra.Command, args []string) error {
		return p.sync(c.Context(), *format, func(portal Portal, progress func(Progress)) ([]SyncReport, error) {
			report, err := portal.Confirm(c.Context(), args[0], progress)
			return []SyncReport{report}, err
		})
	}
	return c
}

func (p *program) syncForgetCommand() *cobra.Command {
	c := declare(&cobra.Command{
		Use: "forget SOURCE", Short: "Drop a source that --catalog brought",
		Long: "Drop a source that --catalog brought, with all entities that came from it. A source of the configuration " +
			"file is dropped by taking it out of that file.",
		Example:           "idptui sync forget shop",
		Args:              arguments(1, 1, "the name of a source; idptui sync status lists them"),
		ValidArgsFunction: p.completeSources,
	}, local)
	format := outputFlag(c, asTable, asJSON, asYAML)
	c.RunE = func(c *cobra.Command, args []string) error {
		return p.withOpen(c.Context(), func(portal Portal) error {
			n, err := portal.Forget(c.Context(), args[0])
			if err != nil {
				return err
			}
			if *format != asTable {
				return printValue(p.sys.Out, *format, struct {
					Source   string `json:"source"`
					Entities int    `json:"entities"` // that went with it
				}{args[0], n})
			}
			p.note("forgot " + args[0] + " and " + Count(n, "entity") + " of it")
			return nil
		})
	}
	return c
}

func (p *program) syncStatusCommand() *cobra.Command {
	c := declare(&cobra.Command{
		Use: "status", Short: "Show how the sources are",
		Long:    "Show how each source is: its state, its age, what it gave and what was left out.",
		Example: "idptui sync status\nidptui sync status --errors",
		Args:    arguments(0, 0, ""),
	}, both)
	format := outputFlag(c, asTable, asJSON, asYAML)
	errs := c.Flags().Bool("errors", false, "list errors and warnings with their files and lines")
	left := c.Flags().Bool("left-out", false, "list what was left out on purpose: skeletons of templates, kinds that a source may not bring, addresses")
	c.RunE = func(c *cobra.Command, _ []string) error {
		return p.withPortal(c.Context(), func(portal Portal) error {
			if *errs || *left {
				return p.printStatusProblems(c.Context(), portal, *format, func(pr catalog.Problem) bool {
					out := pr.Severity == catalog.Note || pr.Class == catalog.ClassTrust
					return *errs && !out || *left && out
				})
			}
			sources, err := portal.Sources(c.Context())
			if err != nil {
				return err
			}
			return p.printSources(sources, *format)
		})
	}
	return c
}

func (p *program) printStatusProblems(ctx context.Context, portal Portal, format string, want func(catalog.Problem) bool) error {
	all, err := portal.Problems(ctx)
	if err != nil {
		return err
	}
	list := []catalog.Problem{}
	for _, pr := range all {
		if want(pr) {
			list = append(list, pr)
		}
	}
	sortProblems(list)
	if format != asTable {
		return printValue(p.sys.Out, format, list)
	}
	if len(list) == 0 {
		p.note("nothing to list")
		return nil
	}
	st := p.out()
	var b strings.Builder
	for i, pr := range list {
		if i == 0 || list[i-1].Source != pr.Source {
			if i > 0 {
				b.WriteString("\n")
			}
			b.WriteString(st.bold(pr.Source) + "\n")
		}
		b.WriteString("  " + problemLine(st, pr) + "\n")
	}
	_, err = io.WriteString(p.sys.Out, b.String())
	return err
}

func (p *program) printSources(sources []Source, format string) error {
	if format != asTable {
		return printValue(p.sys.Out, format, append([]Source{}, sources...))
	}
	if len(sources) == 0 {
		p.note("there are no sources; name a folder with --catalog, as in idptui --catalog ~/src sync, or list sources in the configuration file (idptui config show)")
		return nil
	}
	st := p.out()
	t := p.table(
		column{head: "SOURCE", paint: st.bold}, column{head: "STATE", paint: st.state}, column{head: "READ"},
		column{head: "FILES", right: true}, column{head: "ENTITIES", right: true}, column{head: "ERRORS", right: true},
		column{head: "LEFT OUT", right: true}, column{head: "LOCATION", flex: true},
	)
	for _, s := range sources {
		read := "never"
		if s.LastSync != nil {
			read = age(p.sys.Now().Sub(*s.LastSync)) + " ago"
		}
		t.add(s.Name, s.State, read, strconv.Itoa(s.Files), strconv.Itoa(s.Entities), strconv.Itoa(s.Errors),
			strconv.Itoa(s.LeftOut), s.Location)
	}
	if err := t.print(p.sys.Out); err != nil {
		return err
	}
	for _, s := range sources {
		p.sourceNotes(s)
	}
	return nil
}

// sourceNotes says what a person should know of a source and can do about it.
func (p *program) sourceNotes(s Source) {
	switch s.State {
	case stateFailed:
		kept := ""
		if s.Entities > 0 {
			kept = "; what it held before is kept"
		}
		p.note(s.Name + ": " + s.Error + kept)
	case stateStale:
		p.note(s.Name + ": " + s.Error)
	}
	if s.Errors > 0 {
		text := Count(s.Errors, "error")
		if s.Conflicts > 0 {
			text += fmt.Sprintf(", %d of them by conflict", s.Conflicts)
		}
		p.note(s.Name + ": " + text + "; idptui sync status --errors lists them")
	}
	for _, text := range leftOut(s) {
		p.note(s.Name + ": " + text)
	}
}

// leftOut says of what was left out on purpose how much for which reason, and
// what to do where somebody wants it.
func leftOut(s Source) []string {
	var out []string
	if s.Untrusted > 0 {
		out = append(out, Count(s.Untrusted, "entity")+" left out, because only a trusted source may bring users, groups and "+
			"templates; trusted: true in the configuration lets them in")
	}
	if s.Excluded > 0 {
		out = append(out, Count(s.Excluded, "entity")+" left out, because the kind is not among the kinds: of this source")
	}
	var rest []string
	if s.Skeletons > 0 {
		rest = append(rest, Count(s.Skeletons, "template skeleton"))
	}
	if s.Unread > 0 {
		rest = append(rest, Count(s.Unread, "file")+" that cannot be read")
	}
	if n := s.LeftOut - s.Untrusted - s.Excluded - s.Skeletons - s.Unread; n > 0 {
		rest = append(rest, Count(n, "target")+" that would need a network")
	}
	if len(rest) > 0 {
		out = append(out, andList(rest)+" left out; idptui sync status --left-out lists them")
	}
	return out
}

func (p *program) printReports(reports []SyncReport, format string) error {
	// A stale source waits for a person to confirm, so a script must hear of it too.
	failed := slices.ContainsFunc(reports, func(r SyncReport) bool {
		return r.Source.State == stateFailed || r.Source.State == stateStale
	})
	var err error
	if format != asTable {
		err = printValue(p.sys.Out, format, append([]SyncReport{}, reports...))
	} else if len(reports) == 0 {
		err = p.printSources(nil, format)
	} else {
		err = p.printReportTable(reports)
	}
	if err != nil {
		return err
	}
	if failed {
		return errFindings
	}
	return nil
}

func (p *program) printReportTable(reports []SyncReport) error {
	st := p.out()
	t := p.table(
		column{head: "SOURCE", paint: st.bold}, column{head: "STATE", paint: st.state},
		column{head: "FILES", right: true}, column{head: "ENTITIES", right: true},
		column{head: "ADDED", right: true}, column{head: "CHANGED", right: true}, column{head: "REMOVED", right: true},
		column{head: "ERRORS", right: true}, column{head: "LEFT OUT", right: true}, column{head: "TOOK", right: true},
	)
	for _, r := range reports {
		s := r.Source
		t.add(s.Name, s.State, strconv.Itoa(s.Files), strconv.Itoa(s.Entities),
			strconv.Itoa(r.Added), strconv.Itoa(r.Changed), strconv.Itoa(r.Removed),
			strconv.Itoa(s.Errors), strconv.Itoa(s.LeftOut),
			took(time.Duration(s.TookMS)*time.Millisecond))
	}
	if err := t.print(p.sys.Out); err != nil {
		return err
	}
	for _, r := range reports {
		p.sourceNotes(r.Source)
	}
	return nil
}

// age is a length of time as a person says it: "just now" is under a second.
func age(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", max(0, int(d.Seconds())))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d d", int(d.Hours()/24))
}

func took(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
