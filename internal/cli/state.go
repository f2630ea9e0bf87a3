package cli

import (
	"bufio"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// StateFile is the file of all that a sync cannot rebuild.
type StateFile interface {
	// Path is where it lies.
	Path() string
	// Backups lists those in the data directory, the newest first.
	Backups(ctx context.Context) ([]Backup, error)
	// Backup makes one at a path, or among the others with "".
	Backup(ctx context.Context, path string) (Backup, error)
	// Restore puts the one at a path, or the newest good one with "", in the place
	// of the state; what was there is kept at aside, "" where there was nothing.
	Restore(ctx context.Context, path string) (from, aside string, err error)
	// Check reads all of it and says what is damaged.
	Check(ctx context.Context) error
}

// Backup is a copy of the state.
type Backup struct {
	File   string    `json:"file"`
	Time   time.Time `json:"time"`
	Bytes  int64     `json:"bytes"`
	Damage string    `json:"damage,omitempty"` // why it cannot be restored
}

func (p *program) stateCommand() *cobra.Command {
	c := p.group("state", groupProgram, "Back up, restore and check stars and all else that a sync cannot rebuild",
		p.stateBackupCommand(), p.stateRestoreCommand(), p.stateCheckCommand())
	return declare(c, local)
}

func (p *program) stateBackupCommand() *cobra.Command {
	c := declare(&cobra.Command{
		Use: "backup [FILE]", Short: "Copy the state to a file, while it is in use",
		Long: "Copy the state to FILE, or to the backups in the data directory. The copy is read and proved to be whole. " +
			"While something changes, idptui makes one each hour by itself, and keeps the newest 24 and one of each of 7 days before.",
		Example: "idptui state backup ~/idptui-state.db",
		Args:    arguments(0, 1, ""),
	}, local)
	takesPaths(c)
	format := outputFlag(c, asTable, asJSON)
	c.RunE = func(c *cobra.Command, args []string) error {
		file, err := p.svc.StateFile(p.set)
		if err != nil {
			return err
		}
		b, err := file.Backup(c.Context(), strings.Join(args, ""))
		if err != nil {
			return err
		}
		if *format == asJSON {
			return printJSON(p.sys.Out, b)
		}
		_, err = fmt.Fprintln(p.sys.Out, b.File)
		return err
	}
	return c
}

func (p *program) stateRestoreCommand() *cobra.Command {
	c := declare(&cobra.Command{
		Use: "restore [FILE]", Short: "List the backups of the state, or put one in its place",
		Long: "Put the backup FILE, or the newest good one with --latest, in the place of the state. What was there is kept " +
			"beside it. Without either, the backups are listed. It asks first; where nobody can be asked, --yes is needed.",
		Example: "idptui state restore\nidptui state restore --latest",
		Args:    arguments(0, 1, ""),
	}, local)
	takesPaths(c)
	format := outputFlag(c, asTable, asJSON)
	latest := c.Flags().Bool("latest", false, "take the newest backup that is good")
	yes := c.Flags().Bool("yes", false, "do not ask")
	c.RunE = func(c *cobra.Command, args []string) error {
		file, err := p.svc.StateFile(p.set)
		switch {
		case err != nil:
			return err
		case *latest && len(args) > 0:
			return Usage("name a file or use --latest", "%s has two backups to choose from", c.CommandPath())
		case !*latest && len(args) == 0:
			return p.listBackups(c.Context(), file, *format)
		}
		if !*yes {
			if err := p.confirm("Replace " + file.Path() + "? What is there is kept beside it."); err != nil {
				return err
			}
		}
		from, aside, err := file.Restore(c.Context(), strings.Join(args, ""))
		if err != nil {
			return err
		}
		if *format == asJSON {
			return printJSON(p.sys.Out, struct {
				From     string `json:"from"`
				Replaced string `json:"replaced,omitempty"`
			}{from, aside})
		}
		if aside != "" {
			p.note("what was there is kept as " + aside)
		}
		_, err = fmt.Fprintln(p.sys.Out, "restored", from)
		return err
	}
	return c
}

// confirm asks a yes of the person at the terminal.
func (p *program) confirm(question string) error {
	if !p.sys.InTTY || !p.sys.ErrTTY {
		return Usage("add --yes if that is meant", "this replaces the state, and there is nobody to ask")
	}
	_, _ = fmt.Fprint(p.sys.Err, question, " [y/N] ")
	answer, _ := bufio.NewReader(p.sys.In).ReadString('\n')
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	return Failed(nil, "", "nothing was changed")
}

func (p *program) listBackups(ctx context.Context, file StateFile, format string) error {
	list, err := file.Backups(ctx)
	if err != nil {
		return err
	}
	if format == asJSON {
		return printJSON(p.sys.Out, append([]Backup{}, list...))
	}
	if len(list) == 0 {
		p.note("there is no backup; idptui state backup makes one")
		return nil
	}
	st := p.out()
	t := p.table(column{head: "TIME", paint: st.bold}, column{head: "AGE"}, column{head: "BYTES", right: true},
		column{head: "STATE", paint: st.state}, column{head: "FILE", flex: true})
	for _, b := range list {
		state := "ok"
		if b.Damage != "" {
			state = "damaged"
		}
		t.add(b.Time.Local().Format("2006-01-02 15:04:05"), age(p.sys.Now().Sub(b.Time)), fmt.Sprint(b.Bytes), state, b.File)
	}
	if err := t.print(p.sys.Out); err != nil {
		return err
	}
	p.note("idptui state restore FILE, or --latest, puts one in the place of " + file.Path())
	return nil
}

func (p *program) stateCheckCommand() *cobra.Command {
	c := declare(&cobra.Command{
		Use: "check", Short: "Read all of the state and say what is damaged",
		Example: "idptui state check",
		Args:    arguments(0, 0, ""),
	}, local)
	c.RunE = func(c *cobra.Command, _ []string) error {
		file, err := p.svc.StateFile(p.set)
		if err != nil {
			return err
		}
		if err := file.Check(c.Context()); err != nil {
			return err
		}
		_, err = fmt.Fprintln(p.sys.Out, file.Path(), "is whole")
		return err
	}
	return c
}
