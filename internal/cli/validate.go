package cli

import (
	"github.com/spf13/cobra"

	"github.com/idptui/idptui/internal/catalog"
)

func (p *program) validateCommand() *cobra.Command {
	c := declare(&cobra.Command{
		Use: "validate PATH…", Short: "Check descriptor files by the rules of the sync",
		Long: "Check files and folders by the same rules that the sync has, and store nothing. The path - is the standard " +
			"input. Exits 1 when there are errors; fit for a pre-commit hook and for CI.",
		Example: "idptui catalog validate catalog-info.yaml\n" +
			"idptui catalog validate --strict .              warnings count too\n" +
			"git show HEAD:catalog-info.yaml | idptui catalog validate -",
		Args: arguments(1, -1, "a path: a file, a folder, or - for the standard input"),
	}, both)
	takesPaths(c)
	format := outputFlag(c, asTable, asJSON, asYAML)
	strict := c.Flags().Bool("strict", false, "exit 1 for warnings too")
	notes := c.Flags().Bool("notes", false, "list also what is left alone on purpose, such as the skeletons of templates")
	c.RunE = func(c *cobra.Command, args []string) error {
		v, err := p.svc.Validate(c.Context(), args)
		if err != nil {
			return err
		}
		errs, warnings, _ := severities(v.Problems)
		list := []catalog.Problem{}
		for _, pr := range v.Problems {
			if *notes || pr.Severity != catalog.Note {
				list = append(list, pr)
			}
		}
		sortProblems(list)
		if *format != asTable {
			err = printValue(p.sys.Out, *format, list)
		} else {
			err = printProblems(p.sys.Out, p.out(), list)
		}
		if err != nil {
			return err
		}
		p.note(verdict(v, errs, warnings))
		if errs > 0 || *strict && warnings > 0 {
			return errFindings
		}
		return nil
	}
	return c
}

// verdict sums a validation up in one line.
func verdict(v Validation, errs, warnings int) string {
	text := Count(v.Entities, "entity") + " in " + Count(v.Files, "file") + ": "
	switch {
	case errs > 0 && warnings > 0:
		text += Count(errs, "error") + ", " + Count(warnings, "warning")
	case errs > 0:
		text += Count(errs, "error")
	case warnings > 0:
		text += Count(warnings, "warning")
	default:
		text += "no errors"
	}
	if v.Skeletons > 0 {
		text += "; " + Count(v.Skeletons, "template skeleton") + " left alone"
	}
	return text
}
