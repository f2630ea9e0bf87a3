// Package cli is the command tree: what a person or a script types after
// "idptui", on this machine or over SSH. It reads arguments, asks Services and
// prints; results go to standard output, everything else to standard error.
//
// It owns no state: the tree is built anew for each call. It must not touch the
// machine but through IO, nor know how the catalog is stored, synced or drawn.
package cli

import (
	"context"
	"errors"
	"io"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/idptui/idptui/internal/catalog"
)

// program is one call of the command line.
type program struct {
	sys   *IO
	svc   Services
	set   Settings
	quiet bool
}

// Groups of the commands in the help.
const (
	groupScreen  = "screen"
	groupCatalog = "catalog"
	groupSync    = "sync"
	groupProgram = "program"
)

// Run carries out one command line (without the program's name) and returns the
// exit code. Errors are printed; ctx ending stops the command politely.
func Run(ctx context.Context, sys *IO, svc Services, args []string) int {
	root := New(sys, svc) //nolint:contextcheck // commands get the context when they run
	root.SetArgs(queryArgs(args))
	if err := root.ExecuteContext(ctx); err != nil {
		if ctx.Err() != nil && errors.Is(err, context.Canceled) {
			err = &Error{Code: ExitFailed, Text: "stopped before it was done", Err: err}
		}
		return complain(sys, args, err)
	}
	return ExitDone
}

// negated is a query term such as -lifecycle:deprecated. No flag has a colon
// in its name.
var negated = regexp.MustCompile(`^-[A-Za-z]{2,}:`)

// queryArgs keeps a query that begins with a minus from being read as flags: a
// space before it means nothing to the query and an argument to the parser.
func queryArgs(args []string) []string {
	out := append([]string{}, args...) // never nil: for nil the library takes this process's own
	for i, a := range out {
		if a == "--" {
			break
		}
		if negated.MatchString(a) {
			out[i] = " " + a
		}
	}
	return out
}

// New builds the command tree over the services. Run prints errors; the tree
// itself only returns them.
func New(sys *IO, svc Services) *cobra.Command {
	p := &program{sys: sys, svc: svc}
	root := declare(&cobra.Command{
		Use:   "idptui",
		Short: "The internal developer portal in the terminal",
		Long: "An internal developer portal in the terminal. Find any service, its owner, what it depends on " +
			"and where to ask, from the catalog-info.yaml files that you already have.\n\n" +
			"Inside a git repository it opens at the entity that the repository describes: the first Component of the nearest " +
			"descriptor upwards from where you are, else the entity of your catalog whose sources lie there. Without any source, " +
			"that repository is the catalog of the session; one without a descriptor shows what its files tell, and x writes that down.",
		Example: "idptui                                   open the portal, at the entity of the repository you are in\n" +
			"idptui --catalog ~/src/shop              open the portal over the catalog of a folder\n" +
			"idptui demo                              look around in a sample company\n" +
			"idptui catalog list owner:me -o json     my services, for jq",
		Args:              p.noSuchCommand,
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		PersistentPreRunE: p.before,
		RunE:              func(c *cobra.Command, _ []string) error { return p.screen(c.Context(), "") },
	}, both)
	root.SetIn(sys.In)
	root.SetOut(sys.Out)
	root.SetErr(sys.Err)
	root.SetFlagErrorFunc(p.flagError)
	root.SetHelpFunc(p.help)
	root.AddGroup(
		&cobra.Group{ID: groupScreen, Title: "The screen"},
		&cobra.Group{ID: groupCatalog, Title: "The catalog"},
		&cobra.Group{ID: groupSync, Title: "Sources"},
		&cobra.Group{ID: groupProgram, Title: "This program"},
	)
	p.globalFlags(root)
	root.AddCommand(
		p.openCommand(), p.demoCommand(), p.serveCommand(),
		p.catalogCommand(), p.searchCommand(),
		p.syncCommand(),
		p.configCommand(), p.stateCommand(), p.importCommand(), p.doctorCommand(), p.versionCommand(), p.completionCommand(), p.manCommand(),
	)
	root.SetHelpCommand(p.helpCommand())
	root.InitDefaultHelpCmd() // which adds it
	each(root, func(c *cobra.Command) {
		c.DisableFlagsInUseLine = true
		c.InitDefaultHelpFlag()
		if f := c.Flags().Lookup("help"); f != nil {
			f.Usage = "show this help"
		}
		declareFlags(c.LocalFlags(), both)
	})
	return root
}

func (p *program) globalFlags(root *cobra.Command) {
	f := root.PersistentFlags()
	f.StringVar(&p.set.Config, "config", "", "read the configuration from `FILE`")
	f.StringVar(&p.set.Data, "data", "", "keep cache and state in `DIR`")
	f.StringArrayVar(&p.set.Catalogs, "catalog", nil, "add the folder, file or git URL at `PATH` as a source, now and from now on; repeatable")
	declareFlags(f, local)
	f.BoolVar(&p.set.NoColor, "no-color", false, "print without colour")
	f.BoolVar(&p.quiet, "quiet", false, "print no progress and no notes")
	declareFlags(f, both)
}

// before runs ahead of every command.
func (p *program) before(c *cobra.Command, args []string) error {
	if p.sys.Remote {
		return refuseRemote(c, args)
	}
	// An unset variable of a script must not lead to the data of whoever runs it.
	for _, name := range []string{"config", "data"} {
		if f := c.Flags().Lookup(name); f != nil && f.Changed && f.Value.String() == "" {
			return Usage("leave the flag out for the usual place", "--%s has nothing in it", name)
		}
	}
	return nil
}

// each visits a command and all below it.
func each(c *cobra.Command, visit func(*cobra.Command)) {
	visit(c)
	for _, sub := range c.Commands() {
		each(sub, visit)
	}
}

// noSuchCommand is for commands that only hold others: any argument is a
// command that does not exist.
func (p *program) noSuchCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, sub := range c.Commands() {
		if !sub.Hidden {
			names = append(names, sub.Name())
		}
	}
	hint := "see " + c.CommandPath() + " --help"
	near := catalog.Nearest(args[0], names, 2)
	for i := range near {
		near[i] = c.CommandPath() + " " + near[i]
	}
	if len(near) == 0 { // perhaps it belongs to another command
		each(c.Root(), func(other *cobra.Command) {
			if other.Name() == args[0] {
				near = append(near, other.CommandPath())
			}
		})
	}
	if len(near) > 0 {
		hint = "did you mean " + orList(near) + "?"
	}
	return Usage(hint, "there is no command %q", c.CommandPath()+" "+args[0])
}

// group makes a command that only holds others.
func (p *program) group(use, group, short string, subs ...*cobra.Command) *cobra.Command {
	c := declare(&cobra.Command{
		Use: use, GroupID: group, Short: short,
		Args: p.noSuchCommand,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}, both)
	c.AddCommand(subs...)
	return c
}

// arguments checks how many arguments there are; names are as in the usage
// line, and most < 0 means any number.
func arguments(least, most int, name string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return Usage("usage: "+c.UseLine(), "%s needs %s", c.CommandPath(), name)
		case most >= 0 && len(args) > most:
			return Usage("usage: "+c.UseLine(), "%s has no use for %q", c.CommandPath(), args[most])
		}
		return nil
	}
}

// flagError words what the flag parser found. A command that only holds others
// has no flags of its own: what stands before the flag is what is wrong.
func (p *program) flagError(c *cobra.Command, err error) error {
	if args := c.Flags().Args(); len(args) > 0 && c.HasSubCommands() && c.Flags().Lookup("output") == nil {
		return p.noSuchCommand(c, args)
	}
	see := "see " + c.CommandPath() + " --help"
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		name := unknown.GetSpecifiedName()
		if unknown.GetSpecifiedShortnames() != "" {
			return Usage(see, "%s has no flag -%s", c.CommandPath(), name)
		}
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if near := catalog.Nearest(name, names, 1); len(near) > 0 {
			see = "did you mean --" + near[0] + "?"
		}
		return Usage(see, "%s has no flag --%s", c.CommandPath(), name)
	case errors.As(err, &missing):
		return Usage(see, "the flag %s needs a value", dashed(missing.GetSpecifiedName(), missing.GetSpecifiedShortnames()))
	case errors.As(err, &invalid):
		reason := invalid.Unwrap().Error()
		if strings.HasPrefix(reason, "strconv.") || strings.HasPrefix(reason, "parse error") {
			reason = "a " + kindOfValue(invalid.GetFlag().Value.Type()) + " is needed"
		}
		return Usage(reason, "--%s cannot be %q", invalid.GetFlag().Name, invalid.GetValue())
	}
	return Usage(see, "%s", strings.TrimPrefix(err.Error(), "pflag: "))
}

func dashed(name, short string) string {
	if short != "" {
		return "-" + short
	}
	return "--" + name
}

func kindOfValue(pflagType string) string {
	switch pflagType {
	case "int":
		return "whole number"
	case "bool":
		return "true or false"
	}
	return pflagType
}

// out is the style of the results.
func (p *program) out() style { return style{on: !p.set.NoColor && p.sys.colour(p.sys.OutTTY)} }

// table starts a table on standard output.
func (p *program) table(cols ...column) *table {
	t := &table{cols: cols, style: p.out()}
	if p.sys.OutTTY {
		t.width = p.sys.Width
	}
	return t
}

// note says something beside the result, unless --quiet.
func (p *program) note(text string) {
	if !p.quiet {
		_, _ = io.WriteString(p.sys.Err, text+"\n")
	}
}
