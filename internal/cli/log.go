package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/idptui/idptui/internal/catalog"
)

const (
	logLimit = 50
	logMost  = 10_000
	// logSince is how far back a log of many entities goes that does not say.
	logSince = "7d"
)

func (p *program) logCommand() *cobra.Command {
	c := declare(&cobra.Command{
		Use: "log [REF | QUERY…]", Short: "Tell what changed: field, from and to, commit, by whom, when",
		Long: "Tell what changed in an entity, in those that a query finds, or in the whole catalog, the newest first. What names one " +
			"entity is taken for that; anything else is a query, as of catalog list, over what is in the catalog now. The log of one " +
			"entity goes back to its beginning, through renames and moves; any other goes back " + logSince + ", unless --since says more. " +
			"Only git sources keep a history; what comes from elsewhere is named on the standard error. JSON is an array of changes: " +
			"time, author, commit, url, message, ref, kind (added, changed, removed, renamed or unreadable), changes, source, path.",
		Example: "idptui catalog log payments-api\n" +
			"idptui catalog log owner:team-payments --since 24h\n" +
			"idptui catalog log --since 2026-03-01 -o json | jq -r '.[] | select(.kind == \"removed\").ref'",
		ValidArgsFunction: p.completeQuery,
	}, both)
	format := outputFlag(c, asTable, asJSON, asYAML)
	since := c.Flags().String("since", "", "not what is older than `TIME`: 24h, 7d, or a date such as 2026-03-01")
	limit := c.Flags().Int("limit", logLimit, fmt.Sprintf("at most `N` changes; 0 is as many as there are, up to %d", logMost))
	c.RunE = func(c *cobra.Command, args []string) error {
		if err := checkLimit(*limit); err != nil {
			return err
		}
		q := HistoryQuery{Limit: *limit}
		if *limit == 0 {
			q.Limit = logMost
		}
		var err error
		if q.Since, err = parseSince(*since, p.sys.Now()); err != nil {
			return err
		}
		ctx := c.Context()
		return p.answer(ctx, Portal.View, func(portal Portal, view *catalog.View) error {
			one, err := p.logged(ctx, portal, view, strings.TrimSpace(strings.Join(args, " ")), &q)
			if err != nil {
				if *format != asTable && errors.Is(err, errUnanswered) {
					_ = printValue(p.sys.Out, *format, []catalog.Change{})
				}
				return err
			}
			if !one && *since == "" {
				q.Since, _ = parseSince(logSince, p.sys.Now())
			}
			h, err := portal.History(ctx, q)
			if err != nil {
				return err
			}
			if err := p.printLog(view, h, *format); err != nil {
				return err
			}
			p.logNotes(h, q, *format)
			return nil
		})
	}
	return c
}

// errUnanswered marks the error of a query whose answer is not known.
var errUnanswered = errors.New("the query has no answer")

// logged finds the entities that a log is about, and tells whether it is one that was
// named. An entity that is gone can be named in full.
func (p *program) logged(ctx context.Context, portal Portal, view *catalog.View, text string, q *HistoryQuery) (one bool, err error) {
	if text == "" {
		return false, nil
	}
	ref, missing := resolve(view, text)
	var e *Error
	switch gone, full := fullRef(text); {
	case missing == nil:
		q.Refs = []catalog.Ref{ref}
		return true, nil
	case full:
		q.Refs = []catalog.Ref{gone}
		return true, nil
	case errors.As(missing, &e) && e.Code == ExitUsage && !strings.ContainsAny(text, ": "):
		return false, missing // several have the name
	}
	query, err := parseQuery(text)
	if err != nil {
		return false, err
	}
	who := portal.Actor(view)
	result, err := selected(ctx, portal, view, query, catalog.Sort{}, who)
	if err != nil {
		return false, err
	}
	if err := unanswered(view, text, result, who); err != nil {
		if errors.As(err, &e) {
			e.Err = cmp.Or(e.Err, errUnanswered)
		}
		return false, err
	}
	if len(result.IDs) == 0 && !strings.ContainsAny(text, ": ") {
		return false, missing
	}
	q.Refs = make([]catalog.Ref, len(result.IDs))
	for i, id := range result.IDs {
		q.Refs[i] = view.Row(id).Ref()
	}
	return false, nil
}

// fullRef reads kind:namespace/name, unless that is a term of a query.
func fullRef(text string) (catalog.Ref, bool) {
	kind, rest, _ := strings.Cut(text, ":")
	isField := func(f string) bool { return strings.EqualFold(f, kind) }
	if !strings.Contains(rest, "/") || strings.ContainsAny(rest, ": ,*\"") || slices.ContainsFunc(catalog.QueryFields(), isField) {
		return catalog.Ref{}, false
	}
	ref, err := catalog.ParseRef(text, catalog.RefDefaults{})
	return ref, err == nil
}

// parseSince reads how long ago, or a date; "" is no time.
func parseSince(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339, "2006-01-02T15:04", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			return t, nil
		}
	}
	if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return now.Add(-d), nil
	}
	for unit, days := range map[string]int{"d": 1, "w": 7} {
		if number, ok := strings.CutSuffix(text, unit); ok {
			if n, err := strconv.Atoi(number); err == nil && n > 0 && n < 100_000 {
				return now.AddDate(0, 0, -n*days), nil
			}
		}
	}
	return time.Time{}, Usage("write for example 24h, 7d, 4w or 2026-03-01", "--since cannot be %q", text)
}

// logTime is how a log writes a time.
const logTime = "2006-01-02 15:04"

func (p *program) printLog(view *catalog.View, h catalog.History, format string) error {
	if format != asTable {
		list := h.Changes
		if list == nil {
			list = []catalog.Change{}
		}
		return printValue(p.sys.Out, format, list)
	}
	if len(h.Changes) == 0 {
		return nil
	}
	t := p.table(column{head: "WHEN"}, column{head: "WHO"}, column{head: "ENTITY", paint: p.out().bold}, column{head: "COMMIT"}, column{head: "WHAT", flex: true})
	for i := range h.Changes {
		c := &h.Changes[i]
		name := c.Ref
		if ref, err := catalog.ParseRef(c.Ref, catalog.RefDefaults{}); err == nil {
			name = named(view, ref).Display("component")
		}
		t.add(c.Time.In(p.sys.Now().Location()).Format(logTime), cmp.Or(c.Author.Name, c.Author.Email), name, c.Commit[:min(len(c.Commit), shortCommit)], c.What("→"))
	}
	return t.print(p.sys.Out)
}

const shortCommit = 10

// logNotes says beside a log what it does not tell.
func (p *program) logNotes(h catalog.History, q HistoryQuery, format string) {
	for i, n := range h.Notes {
		if i == fewDoubts && len(h.Notes) > fewDoubts+1 {
			p.note(fmt.Sprintf("and %d more such notes", len(h.Notes)-i))
			break
		}
		p.note(n)
	}
	switch {
	case len(h.Changes) == 0 && q.Refs != nil && len(q.Refs) == 0:
		p.note("no entity fits the query")
	case len(h.Changes) == 0 && !q.Since.IsZero():
		p.note("no change is known since " + q.Since.Format(logTime) + "; an earlier --since looks further back")
	case len(h.Changes) == 0 && len(h.Notes) == 0:
		p.note("no change is known: no commit of its source holds it as it is now; idptui sync reads the source again")
	case h.More && format == asTable:
		p.note(fmt.Sprintf("the newest %d; --limit shows more", len(h.Changes)))
	}
}
