package cli

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/idptui/idptui/internal/config/backstage"
)

func (p *program) importCommand() *cobra.Command {
	return p.group("import", groupProgram, "Take over what another portal has", p.importBackstageCommand())
}

func (p *program) importBackstageCommand() *cobra.Command {
	c := declare(&cobra.Command{
		Use: "backstage APP-CONFIG…", Short: "Make a configuration of Backstage's app-config",
		Long: "Read one or several app-config files, each laid over those before it as Backstage does, and print a configuration. " +
			"What has no equivalent is listed on standard error, with its place, the reason and what to do instead. " +
			"Variables are not read and secrets not copied: a token from a variable becomes env:NAME. " +
			"With -o json, print an object with config and notes. Exits 1 when nothing can be taken over.",
		Example: "idptui import backstage app-config.yaml > config.yaml\n" +
			"idptui import backstage app-config.yaml app-config.production.yaml --write ~/.config/idptui/config.yaml",
		Args: arguments(1, -1, "an app-config file"),
	}, local)
	takesPaths(c)
	format := outputFlag(c, asYAML, asJSON)
	target := c.Flags().String("write", "", "write the configuration to `FILE`, which must not be there yet")
	force := c.Flags().Bool("force", false, "let --write replace what is there")
	c.RunE = func(c *cobra.Command, args []string) error {
		if *force && *target == "" {
			return Usage("name the file with --write FILE", "--force is for --write")
		}
		got, err := p.svc.ImportBackstage(c.Context(), args)
		if err != nil {
			return err
		}
		return p.printImport(got, args, *format, *target, *force)
	}
	return c
}

func (p *program) printImport(got *backstage.Result, args []string, format, target string, force bool) error {
	text, err := got.YAML()
	if err != nil {
		return err
	}
	if target != "" && !got.Empty() {
		if err := p.writeNew(target, text, force); err != nil {
			return err
		}
	}
	switch {
	case format == asJSON:
		err = printJSON(p.sys.Out, struct {
			Config backstage.Config `json:"config"`
			Notes  []backstage.Note `json:"notes"`
		}{got.Config, got.Notes})
	case target == "" && !got.Empty():
		_, err = p.sys.Out.Write(text)
	}
	if err != nil {
		return err
	}
	if format != asJSON {
		if n := len(got.Notes); n > 0 {
			p.note(Count(n, "note") + " on what has no equivalent, or none that is exact:")
		}
		for _, n := range got.Notes {
			p.note("  " + n.String())
		}
	}
	if got.Empty() {
		return Failed(nil, "name sources by hand; idptui config schema says how", "nothing in %s can be taken over, so there is no configuration", strings.Join(args, ", "))
	}
	if target != "" {
		p.note(target + " written")
	}
	return nil
}

// writeNew writes a file. Without force, it must be new.
func (p *program) writeNew(name string, text []byte, force bool) error {
	full := p.sys.Path(name)
	dir, base := filepath.Split(full)
	fail := func(err error) error {
		return Failed(err, "", "%s cannot be written: %v", name, reasonOf(err))
	}
	if err := p.sys.Files.MkdirAll(dir); err != nil {
		return fail(err)
	}
	root, err := p.sys.Files.OpenRoot(dir)
	if err != nil {
		return fail(err)
	}
	defer root.Close() //nolint:errcheck // only the folder is closed
	if info, err := root.Lstat(base); err == nil && info.IsDir() {
		return Usage("name a file", "%s is a folder", name)
	}
	draft := base
	if force { // what is there stays until the new one is whole
		draft += "." + strings.ToLower(rand.Text()[:8]) + ".tmp"
	}
	f, err := root.OpenFile(draft, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
	if errors.Is(err, fs.ErrExist) {
		return Failed(err, "write elsewhere, or replace it with --force", "%s is there already", name)
	} else if err != nil {
		return fail(err)
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil && force {
		err = root.Rename(draft, base)
	}
	if err != nil {
		_ = root.Remove(draft)
		return fail(err)
	}
	return nil
}

// reasonOf is a file error without the call and the path.
func reasonOf(err error) error {
	var pe *fs.PathError
	var le *os.LinkError
	switch {
	case errors.As(err, &pe):
		return pe.Err
	case errors.As(err, &le):
		return le.Err
	}
	return err
}
