package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

func (p *program) versionCommand() *cobra.Command {
	c := declare(&cobra.Command{
		Use: "version", GroupID: groupProgram, Short: "Show what this program was built from",
		Example: "idptui version -o json",
		Args:    arguments(0, 0, ""),
	}, both)
	format := outputFlag(c, asTable, asJSON, asYAML)
	c.RunE = func(*cobra.Command, []string) error {
		v := p.svc.Version()
		if *format != asTable {
			return printValue(p.sys.Out, *format, v)
		}
		line := "idptui " + v.Version
		if v.Commit != "" {
			line += fmt.Sprintf(" (%.12s", v.Commit)
			if v.Dirty {
				line += " with changes"
			}
			if len(v.Date) >= 10 {
				line += ", " + v.Date[:10]
			}
			line += ")"
		}
		_, err := fmt.Fprintf(p.sys.Out, "%s %s %s/%s\n", line, v.Go, v.OS, v.Arch)
		return err
	}
	return c
}

func (p *program) completionCommand() *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	c := declare(&cobra.Command{
		Use: "completion SHELL", GroupID: groupProgram, Short: "Print the completion script for a shell",
		Long: "Print the script with which a shell (bash, zsh, fish or powershell) completes commands, flags, references, sources and kinds. " +
			"It needs to be loaded once in each shell, from the shell's own start-up file.",
		Example: "source <(idptui completion bash)                            in ~/.bashrc\n" +
			"source <(idptui completion zsh)                             in ~/.zshrc, after compinit\n" +
			"idptui completion fish | source                             in config.fish\n" +
			"idptui completion powershell | Out-String | Invoke-Expression",
		Args:      arguments(1, 1, "the name of a shell: "+orList(shells)),
		ValidArgs: shells,
	}, both)
	c.RunE = func(c *cobra.Command, args []string) error {
		root := c.Root()
		switch args[0] {
		case "bash":
			return root.GenBashCompletionV2(p.sys.Out, true)
		case "zsh":
			return root.GenZshCompletion(p.sys.Out)
		case "fish":
			return root.GenFishCompletion(p.sys.Out, true)
		case "powershell":
			return root.GenPowerShellCompletionWithDesc(p.sys.Out)
		}
		return Usage("there are "+orList(shells), "there is no completion for %q", args[0])
	}
	return c
}

func (p *program) doctorCommand() *cobra.Command {
	c := declare(&cobra.Command{
		Use: "doctor", GroupID: groupProgram, Short: "Check the configuration, the data and the terminal",
		Example: "idptui doctor",
		Args:    arguments(0, 0, ""),
	}, local)
	format := outputFlag(c, asTable, asJSON, asYAML)
	c.RunE = func(c *cobra.Command, _ []string) error {
		checks := p.svc.Doctor(c.Context(), p.set)
		failed := false
		for _, ch := range checks {
			failed = failed || ch.State == "fail"
		}
		if err := p.printChecks(checks, *format); err != nil {
			return err
		}
		if failed {
			return errFindings
		}
		return nil
	}
	return c
}

func (p *program) printChecks(checks []Check, format string) error {
	if format != asTable {
		return printValue(p.sys.Out, format, checks)
	}
	st, width := p.out(), 0
	for _, ch := range checks {
		width = max(width, len(ch.Name))
	}
	var b strings.Builder
	for _, ch := range checks {
		pad := strings.Repeat(" ", len("warn")-len(ch.State))
		fmt.Fprintf(&b, "%s%s  %-*s  %s\n", st.state(ch.State), pad, width, ch.Name, ch.Text)
		if ch.Hint != "" {
			fmt.Fprintf(&b, "%*s%s\n", len("warn")+width+4, "", st.faint("→ "+ch.Hint))
		}
	}
	_, err := fmt.Fprint(p.sys.Out, b.String())
	return err
}
