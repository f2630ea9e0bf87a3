package cli

import (
	"strings"

	"github.com/spf13/cobra"
)

func (p *program) syncRestoreCommand() *cobra.Command {
	c := declare(&cobra.Command{
		Use: "restore [REF]", Short: "Bring back an entity that a sync deleted",
		Long: "What a sync deletes can be restored for a week. A restored entity is in the catalog as it was, and says " +
			"that no file brings it; it stays until a file does, or until idptui sync confirm. Without REF, list what " +
			"can be restored.",
		Example: "idptui sync restore\nidptui sync restore component:payments-api",
		Args:    arguments(0, 1, "the reference of an entity, such as component:payments-api"),
	}, local)
	format := outputFlag(c, asTable, asJSON, asYAML)
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return p.withPortal(c.Context(), func(portal Portal) error {
				deleted, err := portal.Deleted(c.Context())
				if err != nil {
					return err
				}
				return p.printDeleted(deleted, *format)
			})
		}
		return p.sync(c.Context(), *format, func(portal Portal, progress func(Progress)) ([]SyncReport, error) {
			deleted, err := portal.Deleted(c.Context())
			if err != nil {
				return nil, err
			}
			ref, err := oneDeleted(deleted, args[0])
			if err != nil {
				return nil, err
			}
			report, err := portal.Restore(c.Context(), ref, progress)
			return []SyncReport{report}, err
		})
	}
	return c
}

// oneDeleted is the whole reference of what a person writes, which may be the name
// alone.
func oneDeleted(deleted []Deleted, text string) (ref string, err error) {
	want := strings.ToLower(text)
	var found []string
	for _, d := range deleted {
		_, name, _ := strings.Cut(d.Ref, "/")
		kind, _, _ := strings.Cut(d.Ref, ":")
		switch want {
		case d.Ref:
			return d.Ref, nil
		case name, kind + ":" + name:
			found = append(found, d.Ref)
		}
	}
	switch len(found) {
	case 0:
		return "", NotFound("idptui sync restore lists what can be restored", "no sync deleted %q within a week", text)
	case 1:
		return found[0], nil
	}
	return "", Usage("write one of "+orList(found), "%q names %d entities", text, len(found))
}

func (p *program) printDeleted(deleted []Deleted, format string) error {
	if format != asTable {
		return printValue(p.sys.Out, format, append([]Deleted{}, deleted...))
	}
	if len(deleted) == 0 {
		p.note("no sync deleted anything within a week")
		return nil
	}
	st := p.out()
	t := p.table(column{head: "ENTITY", paint: st.bold, flex: true}, column{head: "DELETED"}, column{head: "SOURCE"}, column{head: "FILE"})
	now := p.sys.Now()
	for _, d := range deleted {
		t.add(d.Ref, age(now.Sub(d.At))+" ago", d.Source, d.Path)
	}
	return t.print(p.sys.Out)
}
