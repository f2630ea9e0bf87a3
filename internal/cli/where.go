package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// where says from which side a command, a flag or an argument may be used. All
// of them must say it; what does not is refused over SSH.
type where string

const (
	local where = "local" // on this machine only
	both  where = "both"  // also over SSH
)

const (
	whereKey = "idptui/where"     // of commands and flags
	pathsKey = "idptui/arguments" // of commands whose arguments are paths
)

// declare marks a command.
func declare(c *cobra.Command, w where) *cobra.Command {
	if c.Annotations == nil {
		c.Annotations = map[string]string{}
	}
	c.Annotations[whereKey] = string(w)
	return c
}

// takesPaths marks a command whose arguments are paths, "-" being the standard
// input.
func takesPaths(c *cobra.Command) { c.Annotations[pathsKey] = "paths" }

// declareFlags marks the flags of a set that are not marked yet.
func declareFlags(flags *pflag.FlagSet, w where) {
	flags.VisitAll(func(f *pflag.Flag) {
		if len(f.Annotations[whereKey]) == 0 {
			_ = flags.SetAnnotation(f.Name, whereKey, []string{string(w)})
		}
	})
}

func commandWhere(c *cobra.Command) where { return where(c.Annotations[whereKey]) }

func flagWhere(f *pflag.Flag) where {
	if w := f.Annotations[whereKey]; len(w) == 1 {
		return where(w[0])
	}
	return ""
}

// refuseRemote is the error for what may not be used over SSH, or nil.
func refuseRemote(c *cobra.Command, args []string) error {
	const hint = "run it where the files are"
	if commandWhere(c) != both {
		return Usage(hint, "%s does not work over SSH", c.CommandPath())
	}
	var refused []string
	c.Flags().Visit(func(f *pflag.Flag) {
		if flagWhere(f) != both {
			refused = append(refused, "--"+f.Name)
		}
	})
	if len(refused) > 0 {
		return Usage(hint, "%s cannot be used over SSH", orList(refused))
	}
	if c.Annotations[pathsKey] != "" {
		if i := slices.IndexFunc(args, func(a string) bool { return a != "-" }); i >= 0 {
			return Usage("send the file on the standard input and write - for it", "the path %s cannot be read over SSH", args[i])
		}
	}
	for _, a := range args {
		if strings.HasPrefix(a, "file:") || strings.HasPrefix(a, "env:") {
			return Usage("", "%s cannot be read over SSH", fmt.Sprintf("%q", a))
		}
	}
	return nil
}
