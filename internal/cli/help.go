package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const helpWidth = 100 // columns of help where the terminal does not say less

// help prints the help of a command: what it does, how to write it, its
// commands or flags, and an example.
func (p *program) help(c *cobra.Command, _ []string) {
	h := helpText{style: p.out(), width: helpWidth}
	if p.sys.OutTTY && p.sys.Width >= minWidth {
		h.width = min(h.width, p.sys.Width)
	}
	h.about(c)
	h.usage(c)
	h.commands(c)
	if c.HasParent() {
		h.flags("Flags", c.LocalNonPersistentFlags())
		h.flags("Flags everywhere", c.InheritedFlags())
	} else {
		h.flags("Flags", c.LocalFlags())
	}
	h.examples(c)
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(&h.Builder, "\n%s\n", h.style.faint(c.CommandPath()+" COMMAND --help tells more."))
	}
	_, _ = io.WriteString(p.sys.Out, h.String())
}

func (p *program) helpCommand() *cobra.Command {
	c := declare(&cobra.Command{
		Use: "help [COMMAND]", GroupID: groupProgram, Short: "Show the help of a command",
		Example: "idptui help catalog list",
	}, both)
	c.ValidArgsFunction = func(c *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		var out []cobra.Completion
		if of, rest, err := c.Root().Find(args); err == nil && len(rest) == 0 {
			for _, sub := range of.Commands() {
				if sub.IsAvailableCommand() && strings.HasPrefix(sub.Name(), begun) {
					out = append(out, cobra.CompletionWithDesc(sub.Name(), sub.Short))
				}
			}
		}
		return out, cobra.ShellCompDirectiveNoFileComp
	}
	c.RunE = func(c *cobra.Command, args []string) error {
		of, rest, err := c.Root().Find(args)
		if err != nil {
			return Usage("see idptui --help", "%s", err)
		}
		if len(rest) > 0 {
			return p.noSuchCommand(of, rest)
		}
		return of.Help()
	}
	return c
}

// helpText is a help page being written.
type helpText struct {
	strings.Builder
	style style
	width int
}

func (h *helpText) title(s string) { fmt.Fprintf(&h.Builder, "\n%s\n", h.style.bold(s)) }

func (h *helpText) about(c *cobra.Command) {
	fmt.Fprintln(&h.Builder, ansi.Wordwrap(about(c), h.width, ""))
}

func (h *helpText) usage(c *cobra.Command) {
	h.title("Usage")
	if c.Runnable() && (!c.HasAvailableSubCommands() || c.HasFlags() || !c.HasParent()) {
		fmt.Fprintln(&h.Builder, "  "+c.UseLine())
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprintln(&h.Builder, "  "+c.CommandPath()+" COMMAND")
	}
}

// entry is a line of two columns.
type entry struct{ left, right string }

// commands lists everything below a command that can be run, under the titles
// of the groups: who looks for a command finds it on the first page.
func (h *helpText) commands(c *cobra.Command) {
	prefix := c.CommandPath() + " "
	line := func(sub *cobra.Command) entry {
		return entry{strings.TrimSuffix(strings.TrimPrefix(sub.UseLine(), prefix), " [flags]"), sub.Short}
	}
	list := func(subs []*cobra.Command) (out []entry) {
		for _, sub := range subs {
			if !sub.IsAvailableCommand() && sub.Name() != "help" {
				continue
			}
			if !sub.HasAvailableSubCommands() || sub.HasLocalFlags() && sub.LocalNonPersistentFlags().Lookup("output") != nil {
				out = append(out, line(sub))
			}
			for _, leaf := range sub.Commands() {
				if leaf.IsAvailableCommand() {
					out = append(out, line(leaf))
				}
			}
		}
		return out
	}
	if len(c.Groups()) == 0 {
		if subs := list(c.Commands()); len(subs) > 0 {
			h.title("Commands")
			h.columns(subs)
		}
		return
	}
	groups := map[string][]entry{}
	for _, sub := range c.Commands() {
		groups[sub.GroupID] = append(groups[sub.GroupID], list([]*cobra.Command{sub})...)
	}
	left := 0
	for _, entries := range groups {
		left = max(left, leftWidth(entries))
	}
	for _, g := range c.Groups() {
		h.title(g.Title)
		h.columnsAt(left, groups[g.ID])
	}
}

func (h *helpText) flags(title string, flags *pflag.FlagSet) {
	var list []entry
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" && title != "Flags" {
			return
		}
		left, usage := flagText(f)
		list = append(list, entry{left, usage})
	})
	if len(list) > 0 {
		h.title(title)
		h.columns(list)
	}
}

// flagText is a flag as help shows it, and what it does.
func flagText(f *pflag.Flag) (left, usage string) {
	name, usage := pflag.UnquoteUsage(f)
	left = "    --" + f.Name
	if f.Shorthand != "" {
		left = "-" + f.Shorthand + ", --" + f.Name
	}
	if f.Value.Type() != "bool" && name != "" {
		left += " " + strings.ToUpper(name)
	}
	if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" && f.DefValue != "[]" {
		usage += " (default " + f.DefValue + ")"
	}
	return left, usage
}

// leftWidth is how wide the left column of a list is; what is far longer than
// the rest stands on a line of its own.
func leftWidth(list []entry) int {
	const most = 36
	left := 0
	for _, e := range list {
		if n := ansi.StringWidth(e.left); n <= most {
			left = max(left, n)
		}
	}
	return left
}

func (h *helpText) columns(list []entry) { h.columnsAt(leftWidth(list), list) }

// columnsAt prints entries with the right sides under each other, wrapped.
func (h *helpText) columnsAt(left int, list []entry) {
	indent := strings.Repeat(" ", left+4)
	room := max(h.width-len(indent), minWidth)
	for _, e := range list {
		lines := strings.Split(ansi.Wordwrap(e.right, room, ""), "\n")
		if n := ansi.StringWidth(e.left); n > left {
			fmt.Fprintf(&h.Builder, "  %s\n%s%s\n", e.left, indent, lines[0])
		} else {
			fmt.Fprintf(&h.Builder, "  %s%s  %s\n", e.left, strings.Repeat(" ", left-n), lines[0])
		}
		for _, l := range lines[1:] {
			fmt.Fprintf(&h.Builder, "%s%s\n", indent, l)
		}
	}
}

func (h *helpText) examples(c *cobra.Command) {
	if c.Example == "" {
		return
	}
	title := "Example"
	if strings.Contains(c.Example, "\n") {
		title = "Examples"
	}
	h.title(title)
	for _, line := range strings.Split(c.Example, "\n") {
		fmt.Fprintln(&h.Builder, "  "+line)
	}
}
