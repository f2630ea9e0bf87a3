package cli

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/idptui/idptui/internal/catalog"
)

func (p *program) inferCommand() *cobra.Command {
	c := declare(&cobra.Command{
		Use: "infer [PATH]", Short: "Tell what a repository without a descriptor is",
		Long: "Tell from its files what the folder at PATH (else the working directory) is: its name from the remote, its owner from " +
			"CODEOWNERS, its title and description from the README, its type and language from the manifests of package managers. " +
			"Each value comes with its evidence; what no file tells is unknown, with what to do. In a repository of several " +
			"packages it is the nearest one upwards. -o yaml prints a catalog-info.yaml that the catalog takes. Nothing is written.",
		Example: "idptui catalog infer\n" +
			"idptui catalog infer services/payments -o yaml\n" +
			"idptui catalog infer -o json | jq -r '.inferred[] | select(.needed and .value == null).field'",
		Args: arguments(0, 1, ""),
	}, local)
	takesPaths(c)
	format := outputFlag(c, asTable, asYAML, asJSON)
	c.RunE = func(c *cobra.Command, args []string) error {
		folder := "."
		if len(args) > 0 {
			folder = args[0]
		}
		got, err := p.svc.Infer(c.Context(), p.set, folder)
		if err != nil {
			return err
		}
		if err := p.printInference(got, *format); err != nil {
			return err
		}
		if got.Described != "" {
			p.note(got.Described + " describes this folder already; what is written there counts")
		}
		return nil
	}
	return c
}

// inferenceJSON is an inference as data.
type inferenceJSON struct {
	Path     string             `json:"path"` // where the descriptor belongs, below the top of the repository
	Entity   *catalog.Entity    `json:"entity"`
	Inferred []catalog.Inferred `json:"inferred"`
}

func (p *program) printInference(got Inference, format string) error {
	rec, err := got.Record()
	if err != nil {
		return err
	}
	switch format {
	case asJSON:
		return printJSON(p.sys.Out, inferenceJSON{rec.Provenance.Path, rec.Entity, rec.Inferred})
	case asYAML:
		_, err := io.WriteString(p.sys.Out, rec.Raw)
		return err
	}
	st := p.out()
	t := p.table(column{head: "FIELD"}, column{head: "VALUE", flex: true}, column{head: "INFERRED FROM", paint: st.faint})
	for _, v := range rec.Inferred {
		value, from := v.Value, v.From
		if value == "" {
			value, from = "unknown", v.Hint
		}
		t.add(v.Field, value, from)
	}
	return t.print(p.sys.Out)
}
