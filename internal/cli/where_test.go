package cli

import (
	"context"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// tree is the command tree as Run builds it.
func tree() *cobra.Command {
	sys := &IO{In: strings.NewReader(""), Out: &strings.Builder{}, Err: &strings.Builder{}, Env: func(string) string { return "" }}
	return New(sys, &fake{})
}

func allFlags(c *cobra.Command) []*pflag.Flag {
	var list []*pflag.Flag
	seen := map[string]bool{}
	add := func(f *pflag.Flag) {
		if !seen[f.Name] {
			seen[f.Name] = true
			list = append(list, f)
		}
	}
	c.LocalFlags().VisitAll(add)
	c.PersistentFlags().VisitAll(add)
	c.InheritedFlags().VisitAll(add)
	return list
}

func TestEveryCommandAndFlagSaysWhereItWorks(t *testing.T) {
	t.Parallel()
	commands, flags := 0, 0
	each(tree(), func(c *cobra.Command) {
		commands++
		if w := commandWhere(c); w != local && w != both {
			t.Errorf("%s is declared %q", c.CommandPath(), w)
		}
		for _, f := range allFlags(c) {
			flags++
			if w := flagWhere(f); w != local && w != both {
				t.Errorf("%s --%s is declared %q", c.CommandPath(), f.Name, w)
			}
		}
	})
	if commands < 20 || flags < 60 {
		t.Errorf("saw only %d commands and %d flags", commands, flags)
	}
}

func TestEveryCommandExplainsItself(t *testing.T) {
	t.Parallel()
	each(tree(), func(c *cobra.Command) {
		if c.Short == "" || strings.HasSuffix(c.Short, ".") {
			t.Errorf("%s: its short text is %q", c.CommandPath(), c.Short)
		}
		if c.Name() != "help" && !c.HasAvailableSubCommands() && c.Example == "" {
			t.Errorf("%s has no example", c.CommandPath())
		}
		for line := range strings.Lines(c.Example) {
			if !strings.Contains(line, "idptui") && !strings.HasPrefix(line, "#") {
				t.Errorf("%s: an example without its command: %q", c.CommandPath(), line)
			}
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Usage == "" {
				t.Errorf("%s --%s has no text", c.CommandPath(), f.Name)
			}
		})
	})
}

// remote runs a command line as one that came in over SSH. Whatever it would
// reach of the machine ends the test.
func remote(t *testing.T, args ...string) outcome {
	t.Helper()
	sys := &IO{Remote: true, Files: untouchable{t}, Env: func(name string) string {
		switch name {
		case "NO_COLOR", "TERM", "LC_ALL", "LC_CTYPE", "LANG":
		default:
			t.Errorf("%v read the environment variable %s", args, name)
		}
		return ""
	}}
	return runOn(shop(t), sys, args...)
}

// untouchable is a disk that a remote command must not look at.
type untouchable struct{ t *testing.T }

func (u untouchable) ReadFile(name string, _ int64) ([]byte, error) {
	u.t.Errorf("read %s", name)
	return nil, fs.ErrPermission
}

func (u untouchable) Stat(name string) (fs.FileInfo, error) {
	u.t.Errorf("looked at %s", name)
	return nil, fs.ErrPermission
}

func (u untouchable) OpenRoot(dir string) (*os.Root, error) {
	u.t.Errorf("opened %s", dir)
	return nil, fs.ErrPermission
}

func (u untouchable) MkdirAll(dir string) error {
	u.t.Errorf("made %s", dir)
	return fs.ErrPermission
}

// sample is an argument list with which a command passes its own checks.
func sample(c *cobra.Command) []string {
	switch {
	case c.Annotations[pathsKey] != "":
		return []string{"-"}
	case c.Name() == "completion":
		return []string{"bash"}
	case strings.Contains(c.Use, "REF"):
		return []string{"ledger"}
	case strings.Contains(c.Use, " SOURCE"):
		return []string{"shop"}
	case strings.Contains(c.Use, " TEXT"):
		return []string{"ledger"}
	}
	return nil
}

func TestLocalCommandsAreRefusedOverSSH(t *testing.T) {
	t.Parallel()
	var refused []string
	each(tree(), func(c *cobra.Command) {
		if commandWhere(c) != local {
			return
		}
		path := strings.Fields(c.CommandPath())[1:]
		refused = append(refused, strings.Join(path, " "))
		o := remote(t, append(path, sample(c)...)...)
		o.wants(t, ExitUsage, "does not work over SSH")
	})
	for _, name := range []string{"sync", "sync confirm", "sync forget", "sync restore", "demo", "doctor", "config show", "config validate", "state", "state backup", "state restore", "state check"} {
		if !slices.Contains(refused, name) {
			t.Errorf("%s is not local", name)
		}
	}
}

func TestLocalFlagsAreRefusedOverSSH(t *testing.T) {
	t.Parallel()
	var refused []string
	each(tree(), func(c *cobra.Command) {
		if commandWhere(c) != both || !c.Runnable() || c.Name() == "help" {
			return
		}
		path := strings.Fields(c.CommandPath())[1:]
		for _, f := range allFlags(c) {
			if flagWhere(f) != local {
				continue
			}
			refused = append(refused, "--"+f.Name)
			args := append(slices.Clone(path), sample(c)...)
			o := remote(t, append(args, "--"+f.Name+"=x")...)
			o.wants(t, ExitUsage, "--"+f.Name+" cannot be used over SSH")
		}
	})
	for _, name := range []string{"--config", "--data", "--catalog"} {
		if !slices.Contains(refused, name) {
			t.Errorf("%s is not local", name)
		}
	}
}

func TestPathsAreRefusedOverSSHAndTheStandardInputIsNot(t *testing.T) {
	t.Parallel()
	each(tree(), func(c *cobra.Command) {
		if commandWhere(c) != both || c.Annotations[pathsKey] == "" {
			return
		}
		path := strings.Fields(c.CommandPath())[1:]
		for _, name := range []string{"/etc/passwd", "x.yaml", "..", "file:x", "env:HOME"} {
			remote(t, append(slices.Clone(path), name)...).wants(t, ExitUsage, "cannot be read over SSH")
		}
	})
	remote(t, "catalog", "validate", "-").wants(t, ExitDone, "no errors")
	remote(t, "catalog", "validate", "-", "y.yaml").wants(t, ExitUsage, "y.yaml")
	remote(t, "catalog", "get", "file:/etc/passwd").wants(t, ExitUsage, "cannot be read over SSH")
	remote(t, "catalog", "get", "env:HOME", "-o", "json").wants(t, ExitUsage, `"code":2`)
}

func TestReadingCommandsWorkOverSSH(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"catalog list", "catalog list kind:component -o json", "catalog get ledger", "catalog graph ledger", "catalog export",
		"search ledger", "sync status", "version", "man", "completion bash", "config schema", "help", "catalog --help",
	} {
		o := remote(t, strings.Fields(line)...)
		if o.code != ExitDone || o.out == "" {
			t.Errorf("%s: exit code %d, stdout %q, stderr %q", line, o.code, o.out, o.err)
		}
	}
}

func TestAnUndeclaredCommandIsRefusedOverSSH(t *testing.T) {
	t.Parallel()
	sys := &IO{Remote: true, In: strings.NewReader(""), Out: &strings.Builder{}, Err: &strings.Builder{}, Env: func(string) string { return "" }}
	root := New(sys, &fake{})
	ran := false
	root.AddCommand(&cobra.Command{Use: "new", Run: func(*cobra.Command, []string) { ran = true }})
	root.SetArgs([]string{"new"})
	if err := root.ExecuteContext(context.Background()); err == nil || ran {
		t.Errorf("it ran: %v, error: %v", ran, err)
	}
}
