package cli

import (
	"fmt"
	"strings"

	"github.com/muesli/roff"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func (p *program) manCommand() *cobra.Command {
	c := declare(&cobra.Command{
		Use: "man", GroupID: groupProgram, Short: "Print the manual page",
		Example: "idptui man > ~/.local/share/man/man1/idptui.1",
		Args:    arguments(0, 0, ""),
	}, both)
	c.RunE = func(c *cobra.Command, _ []string) error {
		_, err := fmt.Fprintln(p.sys.Out, p.manual(c.Root()))
		return err
	}
	return c
}

// manual is the page in roff: every command that can be run, under its whole
// name, with its own flags; the flags that all have stand once.
func (p *program) manual(root *cobra.Command) string {
	m := manPage{roff.NewDocument()}
	m.Heading(1, root.Name(), root.Short, p.sys.Now())
	m.Section("Name")
	m.Text(root.Name() + " - " + root.Short)
	m.Section("Synopsis")
	m.TextBold(root.Name())
	m.Text(" [COMMAND] [ARGUMENT…] [--FLAG…]")
	m.Section("Description")
	m.Text(about(root) + " Without a command the screen opens.")
	m.Section("Commands")
	each(root, func(c *cobra.Command) {
		if c.HasParent() && c.Runnable() && !c.Hidden && (!c.HasSubCommands() || c.Flags().Lookup("output") != nil) {
			m.command(c)
		}
	})
	m.Section("Flags of all commands")
	m.flags(root.PersistentFlags())
	for _, part := range append([]entry{{"Examples", root.Example}}, manParts()...) {
		m.Section(part.left)
		for line := range strings.Lines(part.right) {
			head, text, _ := strings.Cut(strings.TrimSpace(line), "  ")
			m.item(head, strings.TrimSpace(text))
		}
	}
	return m.String()
}

// manParts are the sections that the command tree does not know: title, and
// lines of a term, two spaces and its meaning.
func manParts() []entry {
	return []entry{
		{"Exit status", `
0  done
1  failed, or findings were reported
2  the command line or the configuration is wrong
3  not allowed
4  not found
5  the data directory is held by another process`},
		{"Environment", `
IDPTUI_CONFIG  the configuration file, as --config
IDPTUI_DATA  the data directory, as --data
NO_COLOR  with any value but the empty one: no colour
XDG_CONFIG_HOME, XDG_DATA_HOME  where both are looked for otherwise`},
		{"Files", `
~/.config/idptui/config.yaml  the configuration; idptui config schema describes it
~/.local/share/idptui/cache.db  what a sync can rebuild
~/.local/share/idptui/state.db  stars and all else that a sync cannot rebuild
~/.local/share/idptui/backups   copies of state.db, made each hour while it changes; idptui state restore lists them`},
	}
}

// manPage is a manual page being written.
type manPage struct{ *roff.Document }

// item is a term and what it means.
func (m manPage) item(term, meaning string) {
	if term == "" {
		return
	}
	m.TaggedParagraph(-1)
	m.TextBold(term)
	m.EndSection()
	m.Text(meaning)
}

func (m manPage) command(c *cobra.Command) {
	m.item(c.UseLine(), about(c))
	m.Indent(4)
	m.flags(c.LocalNonPersistentFlags())
	m.IndentEnd()
}

func (m manPage) flags(flags *pflag.FlagSet) {
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" || f.Hidden {
			return
		}
		left, usage := flagText(f)
		m.item(strings.TrimSpace(left), usage)
	})
}

// about is what a command says of itself.
func about(c *cobra.Command) string {
	if c.Long != "" {
		return c.Long
	}
	return c.Short + "."
}
