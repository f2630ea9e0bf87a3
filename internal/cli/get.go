package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"github.com/idptui/idptui/internal/catalog"
)

func (p *program) getCommand() *cobra.Command {
	c := declare(&cobra.Command{
		Use: "get REF", Short: "Show one entity",
		Long: "Show one entity: what it is, who owns it, what it is related to, and where it is written down. REF is " +
			"[kind:][namespace/]name; the name alone is enough where only one entity has it.",
		Example: "idptui catalog get payments-api\n" +
			"idptui catalog get component:payments-api -o json | jq .relations\n" +
			"idptui catalog get payments-api --raw",
		Args:              arguments(1, 1, "the reference of an entity, such as payments-api"),
		ValidArgsFunction: p.completeRefs,
	}, both)
	format := outputFlag(c, asTable, asJSON, asYAML, asName)
	raw := c.Flags().Bool("raw", false, "print the YAML document as it is written in its file")
	c.RunE = func(c *cobra.Command, args []string) error {
		ctx := c.Context()
		if *raw && c.Flags().Changed("output") {
			return Usage("leave one of the two out", "--raw prints the document as it is written, so that -o has no say in it")
		}
		return p.answer(ctx, Portal.View, func(portal Portal, view *catalog.View) error {
			ref, err := resolve(view, args[0])
			if err != nil {
				return whyLeftOut(ctx, portal, args[0], err)
			}
			if *format == asName {
				_, err := fmt.Fprintln(p.sys.Out, ref)
				return err
			}
			rec, err := portal.Record(ctx, ref)
			if err != nil {
				return err
			}
			if *raw {
				_, err = io.WriteString(p.sys.Out, strings.TrimRight(rec.Raw, "\n")+"\n")
				return err
			}
			synced, err := problemsByRef(ctx, portal)
			if err != nil {
				return err
			}
			problems := problemsOf(rec, synced)
			switch *format {
			case asJSON:
				return printJSON(p.sys.Out, outputEntity(view, rec, problems))
			case asYAML:
				return printEntityYAML(p.sys.Out, outputEntity(view, rec, problems))
			}
			return p.printEntity(view, rec, problems, ownerEntity(ctx, portal, view, rec))
		})
	}
	return c
}

// whyLeftOut adds to the error of an entity that is not in the catalog why it was
// left out, where a source has a document of it.
func whyLeftOut(ctx context.Context, portal Portal, text string, missing error) error {
	var e *Error
	want, err := catalog.ParseRef(text, catalog.RefDefaults{Kind: "*"})
	if err != nil || !errors.As(missing, &e) || e.Code != ExitNotFound {
		return missing
	}
	all, err := portal.Problems(ctx)
	if err != nil {
		return missing // which is said all the same
	}
	for _, pr := range all {
		ref, err := catalog.ParseRef(pr.Ref, catalog.RefDefaults{})
		if want.Kind == "*" {
			ref.Kind = want.Kind
		}
		if err == nil && ref.Equal(want) {
			return NotFound("idptui sync status --errors --left-out lists all that is", "%s was left out: %s: %s", pr.Ref, pr.Where(), pr.Message)
		}
	}
	return missing
}

// sheet is the page about one entity, being written.
type sheet struct {
	strings.Builder
	style style
	width int // of the left column
}

func (s *sheet) title(text string) { fmt.Fprintf(&s.Builder, "\n%s\n", s.style.bold(text)) }

// line writes a label and its value; later lines of a value stand below the first.
func (s *sheet) line(label, value string) {
	if value == "" {
		return
	}
	for i, l := range strings.Split(value, "\n") {
		if i > 0 {
			label = ""
		}
		pad := strings.Repeat(" ", max(0, s.width-ansi.StringWidth(label)))
		fmt.Fprintf(&s.Builder, "%s%s  %s\n", s.style.faint(label), pad, l)
	}
}

// ownerEntity is who owns an entity, or nil where the catalog does not have them.
func ownerEntity(ctx context.Context, portal Portal, view *catalog.View, rec *catalog.Record) *catalog.Entity {
	row, ok := view.Find(rec.Entity.Ref())
	if !ok || row.Owner().IsZero() {
		return nil
	}
	owner, err := portal.Record(ctx, row.Owner())
	if err != nil {
		return nil // the page is whole without it
	}
	return owner.Entity
}

func (p *program) printEntity(view *catalog.View, rec *catalog.Record, problems []catalog.Problem, owner *catalog.Entity) error {
	e := rec.Entity
	s := &sheet{style: p.out(), width: 11}
	fmt.Fprintf(&s.Builder, "%s  %s\n", s.style.bold(e.Metadata.Name), s.style.faint(e.Ref().String()))
	if e.Metadata.Title != "" && e.Metadata.Title != e.Metadata.Name {
		fmt.Fprintln(&s.Builder, e.Metadata.Title)
	}
	if d := strings.TrimSpace(e.Metadata.Description); d != "" {
		width := helpWidth
		if p.sys.OutTTY && p.sys.Width >= minWidth {
			width = min(width, p.sys.Width)
		}
		fmt.Fprintln(&s.Builder, ansi.Wordwrap(d, width, ""))
	}
	facts := &sheet{style: s.style, width: s.width}
	facts.facts(view, rec, owner)
	if facts.Len() > 0 {
		s.WriteString("\n" + facts.String())
	}
	relations(s, view, e.Ref())
	if spec := specLines(e.Spec); len(spec) > 0 {
		s.title("Spec")
		pairs(s, spec)
	}
	if len(e.Metadata.Annotations) > 0 {
		s.title("Annotations")
		pairs(s, e.Metadata.Annotations)
	}
	if len(problems) > 0 {
		s.title("Problems")
		for _, pr := range problems {
			fmt.Fprintln(&s.Builder, problemLine(s.style, pr))
		}
	}
	from := rec.Provenance
	fmt.Fprintf(&s.Builder, "\n%s\n", s.style.faint(fmt.Sprintf("From %s: %s:%d, read %s ago",
		from.Source, from.Path, from.Line, age(p.sys.Now().Sub(from.Synced)))))
	_, err := io.WriteString(p.sys.Out, s.String())
	return err
}

// facts are who and what: the fields that a reader looks for first.
func (s *sheet) facts(view *catalog.View, rec *catalog.Record, owner *catalog.Entity) {
	e := rec.Entity
	s.line("Type", e.SpecString("type"))
	s.line("Lifecycle", e.SpecString("lifecycle"))
	if row, ok := view.Find(e.Ref()); ok {
		s.line("Owner", ownerName(view, row.Owner(), e.SpecString("owner")))
		s.line("Ask", s.contacts(e, owner))
		s.line("System", display(named(view, row.System()), "system"))
	}
	s.line("Tags", strings.Join(e.Metadata.Tags, ", "))
	if len(e.Metadata.Labels) > 0 {
		var labels []string
		for _, k := range slices.Sorted(maps.Keys(e.Metadata.Labels)) {
			labels = append(labels, k+"="+e.Metadata.Labels[k])
		}
		s.line("Labels", strings.Join(labels, ", "))
	}
	var links []string
	for _, l := range e.Metadata.Links {
		text := l.URL
		if l.Title != "" {
			text = l.Title + "  " + s.style.faint(l.URL)
		}
		links = append(links, text)
	}
	s.line("Links", strings.Join(links, "\n"))
}

// ownerName is an owner, and whether the catalog has it.
// Its case is the owner's own, else that in which it was written.
func ownerName(view *catalog.View, ref catalog.Ref, written string) string {
	if ref.IsZero() {
		return ""
	}
	if row, ok := view.Find(ref); ok {
		return row.Ref().Display("group")
	}
	if as, err := catalog.ParseRef(written, catalog.RefDefaults{Kind: ref.Kind}); err == nil && as.Equal(ref) {
		ref = as
	}
	return ref.Display("group") + " (not in the catalog)"
}

// contacts are the ways to reach the people behind an entity: its own, and of the
// kinds that it has none of its owner's. With two pagers nobody knows which one rings.
func (s *sheet) contacts(entities ...*catalog.Entity) string {
	var lines, kinds []string
	for _, e := range entities {
		if e == nil {
			continue
		}
		others := kinds
		for _, c := range catalog.Contacts(e) {
			if slices.Contains(others, c.Kind) {
				continue
			}
			kinds = append(kinds, c.Kind)
			text := c.Text
			if c.Label != "" {
				text += s.style.faint(" (" + c.Label + ")")
			}
			if c.URL != "" && c.URL != c.Text && c.Kind != catalog.ContactEmail {
				text += "  " + s.style.faint(c.URL)
			}
			if !slices.Contains(lines, text) {
				lines = append(lines, text)
			}
		}
	}
	return strings.Join(lines, "\n")
}

// relations lists them by type, in both directions.
func relations(s *sheet, view *catalog.View, ref catalog.Ref) {
	list := view.Relations(ref)
	if len(list) == 0 {
		return
	}
	s.title("Relations")
	width := 0
	for _, rel := range list {
		width = max(width, len(rel.Type))
	}
	last := ""
	for _, rel := range list {
		label := ""
		if rel.Type != last {
			label, last = rel.Type, rel.Type
		}
		text := named(view, rel.Ref).Display("")
		if !rel.Known {
			text += s.style.yellow("  not in the catalog")
		}
		fmt.Fprintf(&s.Builder, "%s%s  %s\n", s.style.faint(label), strings.Repeat(" ", width-len(label)), text)
	}
}

func pairs(s *sheet, m map[string]string) {
	keys := slices.Sorted(maps.Keys(m))
	width := 0
	for _, k := range keys {
		width = max(width, ansi.StringWidth(k))
	}
	for _, k := range keys {
		value := strings.Join(strings.Fields(m[k]), " ")
		fmt.Fprintf(&s.Builder, "%s%s  %s\n", s.style.faint(k), strings.Repeat(" ", width-ansi.StringWidth(k)), value)
	}
}
