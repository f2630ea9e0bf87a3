package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/idptui/idptui/internal/access"
	"github.com/idptui/idptui/internal/catalog"
)

func (p *program) catalogCommand() *cobra.Command {
	return p.group("catalog", groupCatalog, "List, show, draw, check, infer and export entities, and what changed in them",
		p.listCommand(), p.getCommand(), p.graphCommand(), p.logCommand(), p.validateCommand(), p.inferCommand(), p.exportCommand())
}

// listing is what `catalog list` was asked.
type listing struct {
	query, sort string
	columns     []string
	limit       int
	stars       bool
}

func (p *program) listCommand() *cobra.Command {
	c := declare(&cobra.Command{
		Use: "list [QUERY…]", Short: "List entities, filtered by a query",
		Long: "List entities. A query is terms such as kind:component, owner:me, tag:java, -lifecycle:deprecated, " +
			"missing:owner, dependsOn:resource:orders-db, and words that the name or title resembles; a comma means or, " +
			"a minus means not. A query that cannot be answered (it says me, and nobody knows who you are; nothing is known of " +
			"health yet) gives no entities and ends with 1. JSON is an array of entities in the form of Backstage's REST API, relations included.",
		Example: "idptui catalog list kind:component owner:team-payments\n" +
			"idptui catalog list missing:owner -o name\n" +
			"idptui catalog list kind:api -o json | jq -r '.[].metadata.name'",
		ValidArgsFunction: p.completeQuery,
	}, both)
	format := outputFlag(c, asTable, asJSON, asYAML, asName)
	var l listing
	c.Flags().StringVar(&l.sort, "sort", "", "sort by `FIELD`, -FIELD for descending: "+orList(catalog.SortFields()))
	c.Flags().StringSliceVar(&l.columns, "columns", nil, "show these `COLUMNS`, with commas between: "+orList(fieldNames()))
	c.Flags().IntVar(&l.limit, "limit", 0, "show at most `N` entities; 0 is no end")
	c.Flags().BoolVar(&l.stars, "stars", false, "only those you starred")
	_ = c.RegisterFlagCompletionFunc("sort", cobra.FixedCompletions(catalog.SortFields(), cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("columns", completeColumns)
	c.RunE = func(c *cobra.Command, args []string) error {
		l.query = strings.TrimSpace(strings.Join(args, " "))
		if err := checkLimit(l.limit); err != nil {
			return err
		}
		return p.list(c.Context(), l, *format)
	}
	return c
}

func checkLimit(n int) error {
	if n < 0 {
		return Usage("a whole number is needed, and 0 is no end", "--limit cannot be %d", n)
	}
	return nil
}

func (p *program) list(ctx context.Context, l listing, format string) error {
	query, err := parseQuery(l.query)
	if err != nil {
		return err
	}
	if l.stars {
		query = query.WithTerm("is", "starred")
	}
	order, err := catalog.ParseSort(l.sort)
	if err != nil {
		return Usage("", "%s", err)
	}
	if _, err := chooseFields(l.columns); err != nil {
		return err
	}
	return p.answer(ctx, Portal.View, func(portal Portal, view *catalog.View) error {
		who := portal.Actor(view)
		result, err := selected(ctx, portal, view, query, order, who)
		if err != nil {
			return err
		}
		ids, unknown := result.IDs, unanswered(view, l.query, result, who)
		if unknown != nil {
			ids = nil
		}
		if l.limit > 0 && len(ids) > l.limit {
			ids = ids[:l.limit]
		}
		if err := p.printEntities(ctx, portal, view, ids, l, format); err != nil || unknown != nil {
			return cmp.Or(err, unknown)
		}
		p.listNotes(result, len(ids), l.query, format)
		return nil
	})
}

// selected are the rows that satisfy a query.
func selected(
	ctx context.Context, portal Portal, view *catalog.View, query *catalog.Query, order catalog.Sort, who access.Actor,
) (*catalog.Result, error) {
	if !view.CanSort(order) {
		return nil, Usage("there are "+orList(catalog.SortFields()), "lists cannot be sorted by %s, as nothing is known of it yet", order.Field)
	}
	stars, err := portal.Starred(ctx, who)
	if err != nil {
		return nil, err
	}
	return view.Select(ctx, query, catalog.Env{Me: who.Me(), Starred: stars}, order, nil)
}

// unanswered is the error of a query whose answer is not known. What is printed is
// then a well-formed nothing, which must not be taken for "there are none".
func unanswered(view *catalog.View, query string, r *catalog.Result, who access.Actor) error {
	switch {
	case r.UnknownMe && who.Email != "":
		return Failed(nil, setUser, "the query asks for you, and no user of the catalog, or more than one, has your git e-mail %s", who.Email)
	case r.UnknownMe:
		return Failed(nil, setUser, "the query asks for you, and neither the configuration nor git says who you are")
	case len(r.Notes) > 0:
		why, hint := make([]string, len(r.Notes)), ""
		for i, n := range r.Notes {
			why[i] = n.Reason
			hint = cmp.Or(hint, n.Hint)
		}
		return Failed(nil, cmp.Or(hint, `unknown is not "no", so leave that out`),
			"the query %q cannot be answered: %s", query, strings.Join(slices.Compact(why), ", "))
	case len(r.IDs) == 0 && r.Total > 0 && asksForMe.MatchString(query) && !has(view, who.User) && who.Source == access.FromSession:
		return Failed(nil, "ask for a User entity of that name, or for user:NAME beside your key", "the query asks for you, %s, and the catalog does not have you, nor your groups", who.User)
	case len(r.IDs) == 0 && r.Total > 0 && asksForMe.MatchString(query) && !has(view, who.User):
		return Failed(nil, setUser, "the query asks for you, %s, and the catalog does not have you, nor your groups", who.User)
	}
	return nil
}

// has tells whether the catalog has an entity of that canonical ref.
func has(view *catalog.View, ref string) bool {
	want, err := catalog.ParseRef(ref, catalog.RefDefaults{})
	_, ok := view.Find(want)
	return err == nil && ok
}

const setUser = "set user: in the configuration, such as user:alice"

// asksForMe finds the value that stands for the user.
var asksForMe = regexp.MustCompile(`(?i)[:,]me(\s|,|$)`)

// endsWith finds a value that begins with a star and does not end with one.
var endsWith = regexp.MustCompile(`[:,]\*([^*",\s]+)(\s|,|$)`)

// listNotes says beside a list what it does not show.
func (p *program) listNotes(r *catalog.Result, shown int, query, format string) {
	switch {
	case format != asTable:
	case shown < len(r.IDs):
		p.note(fmt.Sprintf("%d of %d; --limit shows more", shown, len(r.IDs)))
	case shown == 0 && r.Total > 0:
		text := "no entity fits the query, of " + Count(r.Total, "entity")
		if m := endsWith.FindStringSubmatch(query); m != nil {
			text += fmt.Sprintf("; *%s is what ends with %s, *%s* what holds it", m[1], m[1], m[1])
		}
		p.note(text)
	}
}

// parseQuery words what is wrong with a query.
func parseQuery(text string) (*catalog.Query, error) {
	q, err := catalog.ParseQuery(text)
	var bad *catalog.QueryError
	if errors.As(err, &bad) {
		at := utf8.RuneCountInString(bad.Text[:bad.Pos]) + 1
		return nil, Usage(bad.Hint, "the query %q cannot be read at character %d: %s", bad.Text, at, bad.Reason)
	}
	return q, err
}

func (p *program) printEntities(ctx context.Context, portal Portal, view *catalog.View, ids []int32, l listing, format string) error {
	switch format {
	case asName:
		for _, id := range ids {
			if _, err := fmt.Fprintln(p.sys.Out, view.Row(id).Ref()); err != nil {
				return err
			}
		}
		return nil
	case asJSON, asYAML:
		refs := make([]catalog.Ref, len(ids))
		for i, id := range ids {
			refs[i] = view.Row(id).Ref()
		}
		return p.printRecords(ctx, portal, view, portal.Records(ctx, refs), format)
	}
	if len(ids) == 0 {
		return nil
	}
	columns := l.columns
	if len(columns) == 0 {
		columns = defaultColumns(oneKind(view, ids))
	}
	fields, err := chooseFields(columns)
	if err != nil {
		return err
	}
	t := p.table()
	for i, f := range fields {
		col := column{head: strings.ToUpper(f.name), flex: f.flex, asked: len(l.columns) > 0}
		if i == 0 {
			col.paint = t.style.bold
		}
		t.cols = append(t.cols, col)
	}
	for _, id := range ids {
		row := view.Row(id)
		cells := make([]string, len(fields))
		for i, f := range fields {
			cells[i] = f.cell(view, row)
		}
		t.add(cells...)
	}
	return t.print(p.sys.Out)
}

// oneKind is the kind of all rows, or "" where they differ.
func oneKind(view *catalog.View, ids []int32) string {
	kind := ""
	for i, id := range ids {
		k := strings.ToLower(view.Row(id).Kind())
		if i > 0 && k != kind {
			return ""
		}
		kind = k
	}
	return kind
}

// printRecords writes whole entities: a JSON array, or YAML documents.
func (p *program) printRecords(
	ctx context.Context, portal Portal, view *catalog.View, records iter.Seq2[*catalog.Record, error], format string,
) error {
	synced, err := problemsByRef(ctx, portal)
	if err != nil {
		return err
	}
	array := jsonArray{w: p.sys.Out}
	first := true
	for rec, err := range records {
		if err != nil {
			return err
		}
		e := outputEntity(view, rec, problemsOf(rec, synced))
		if format == asJSON {
			err = array.add(e)
		} else {
			err = p.nextDocument(first, e)
		}
		if err != nil {
			return err
		}
		first = false
	}
	if format == asJSON {
		return array.end()
	}
	return nil
}

// nextDocument writes one of several YAML documents.
func (p *program) nextDocument(first bool, e *catalog.Entity) error {
	if !first {
		if _, err := fmt.Fprintln(p.sys.Out, "---"); err != nil {
			return err
		}
	}
	return printEntityYAML(p.sys.Out, e)
}

// outputEntity is an entity as output shows it: with its relations in both
// directions, what was found wrong with it, and where it came from.
func outputEntity(view *catalog.View, rec *catalog.Record, problems []catalog.Problem) *catalog.Entity {
	e := *rec.Entity
	e.Relations = []catalog.Relation{}
	for _, rel := range view.Relations(e.Ref()) {
		e.Relations = append(e.Relations, catalog.Relation{Type: rel.Type, TargetRef: rel.Ref.String()})
	}
	e.Status = nil
	for _, pr := range problems {
		if pr.Class == catalog.ClassOrphan {
			e.Metadata.Annotations = maps.Clone(e.Metadata.Annotations)
			if e.Metadata.Annotations == nil {
				e.Metadata.Annotations = map[string]string{}
			}
			e.Metadata.Annotations["backstage.io/orphan"] = "true"
		}
		if e.Status == nil {
			e.Status = &catalog.Status{}
		}
		message := pr.Message
		if pr.Field != "" && !strings.Contains(message, pr.Field) {
			message = pr.Field + ": " + message
		}
		e.Status.Items = append(e.Status.Items, catalog.StatusItem{
			Type: catalog.StatusProcessing, Level: level(pr.Severity), Message: message,
		})
	}
	return &e
}

// level is Backstage's word for a severity.
func level(s catalog.Severity) string {
	if s == catalog.Note {
		return "info"
	}
	return s.String()
}
