package cli

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/config"
)

func (p *program) configCommand() *cobra.Command {
	return p.group("config", groupProgram, "Show, describe and check the configuration",
		p.configShowCommand(), p.configSchemaCommand(), p.configValidateCommand())
}

func (p *program) configShowCommand() *cobra.Command {
	c := declare(&cobra.Command{
		Use: "show", Short: "Print the configuration in effect",
		Long:    "Print the configuration in effect: what the file says, with the flags and the environment over it and the defaults under it.",
		Example: "idptui config show",
		Args:    arguments(0, 0, ""),
	}, local)
	format := outputFlag(c, asYAML, asJSON)
	c.RunE = func(c *cobra.Command, _ []string) error {
		cfg, err := p.svc.Config(c.Context(), p.set)
		if err != nil {
			return err
		}
		if cfg.File == "" {
			p.note(noConfigFile(cfg))
		} else {
			p.note("from " + cfg.File)
		}
		return printValue(p.sys.Out, *format, cfg.Values)
	}
	return c
}

func (p *program) configSchemaCommand() *cobra.Command {
	c := declare(&cobra.Command{
		Use: "schema", Short: "Print the JSON Schema of the configuration file",
		Long: "Print the JSON Schema of the configuration file. An editor that knows it completes keys and marks mistakes.",
		Example: "idptui config schema > idptui.schema.json\n" +
			"# then, in the first line of config.yaml:\n" +
			"# yaml-language-server: $schema=idptui.schema.json",
		Args: arguments(0, 0, ""),
	}, both)
	c.RunE = func(*cobra.Command, []string) error {
		_, err := fmt.Fprintf(p.sys.Out, "%s\n", p.svc.ConfigSchema())
		return err
	}
	return c
}

func (p *program) configValidateCommand() *cobra.Command {
	c := declare(&cobra.Command{
		Use: "validate [FILE]", Short: "Check the configuration file",
		Example: "idptui config validate ./idptui.yaml",
		Args:    arguments(0, 1, ""),
	}, local)
	takesPaths(c)
	format := outputFlag(c, asTable, asJSON, asYAML)
	c.RunE = func(c *cobra.Command, args []string) error {
		set := p.set
		if len(args) == 1 {
			set.Config = args[0]
		}
		cfg, err := p.svc.CheckConfig(c.Context(), set)
		if *format != asTable {
			return p.printFindings(err, *format)
		}
		if err != nil {
			return err
		}
		if cfg.File == "" {
			p.note(noConfigFile(cfg))
			return nil
		}
		p.note(cfg.File + " is valid")
		return nil
	}
	return c
}

// printFindings writes what is wrong with a configuration as data: a list, empty
// where nothing is.
func (p *program) printFindings(err error, format string) error {
	list := []catalog.Problem{}
	var wrong *config.Error
	switch {
	case errors.As(err, &wrong):
		list, err = wrong.Problems, &Error{Code: ExitUsage}
	case err != nil:
		return err
	}
	return cmp.Or(printValue(p.sys.Out, format, list), err)
}

func noConfigFile(cfg Config) string {
	if cfg.Default == "" {
		return "there is no configuration file"
	}
	return "there is no configuration file; " + cfg.Default + " would be read"
}
