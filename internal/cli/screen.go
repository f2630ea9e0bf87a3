package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/idptui/idptui/internal/catalog"
)

// screen opens the full screen at a place.
func (p *program) screen(ctx context.Context, place string) error {
	if !p.sys.OutTTY || !p.sys.InTTY && !p.sys.Remote {
		return Usage(
			"run it in a terminal, or use a command that prints, such as `idptui catalog list`, `idptui search TEXT` or `idptui --help`",
			"the screen needs a terminal, and there is none here",
		)
	}
	return p.svc.RunTUI(ctx, p.set, place)
}

func (p *program) openCommand() *cobra.Command {
	c := declare(&cobra.Command{
		Use: "open REF[/PAGE]", GroupID: groupScreen, Short: "Open the screen at an entity",
		Long: "Open the screen at an entity. REF is [kind:][namespace/]name; the name alone is enough where only one " +
			"entity has it. PAGE is one of its tabs.",
		Example:           "idptui open payments-api\nidptui open payments-api/relations",
		Args:              arguments(1, 1, "the reference of an entity, such as payments-api"),
		ValidArgsFunction: p.completeRefs,
	}, both)
	c.RunE = func(c *cobra.Command, args []string) error {
		var place string
		err := p.answer(c.Context(), Portal.List, func(_ Portal, view *catalog.View) error {
			ref, page, err := resolvePage(view, args[0])
			place = ref.String() + page
			return err
		})
		if err != nil {
			return err
		}
		return p.screen(c.Context(), place)
	}
	return c
}

func (p *program) demoCommand() *cobra.Command {
	c := declare(&cobra.Command{
		Use: "demo", GroupID: groupScreen, Short: "Open the screen over a sample company",
		Long: "Open the screen over a sample company that is built in. You are Alice of team-payments, or whom you name, " +
			"whatever git and the configuration say; in a second terminal, another user looks at the same company.",
		Example: "idptui demo\n" +
			"idptui demo --as bo      the same company as Bo sees it, beside the first too",
		Args: arguments(0, 0, ""),
	}, local)
	c.Flags().StringVar(&p.set.As, "as", "", "be this `USER` of the company (default alice)")
	c.RunE = func(c *cobra.Command, _ []string) error {
		p.set.Demo = true
		return p.screen(c.Context(), "")
	}
	return c
}
