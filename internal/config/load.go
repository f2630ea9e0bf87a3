package config

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/idptui/idptui/internal/catalog"
)

// maxFileBytes caps the configuration file.
const maxFileBytes = 1 << 20

// Files is the disk as far as a configuration needs it. Names are absolute.
type Files interface {
	// ReadFile reads a file, or its first limit bytes.
	ReadFile(name string, limit int64) ([]byte, error)
	Stat(name string) (fs.FileInfo, error)
}

// Outside is the machine around the process.
type Outside struct {
	Env   func(name string) string // "" for what is not set
	Dir   string                   // the working directory, absolute
	Files Files
}

// Flags are the global flags; "" and nil mean that a flag is not given.
type Flags struct {
	Config   string
	Data     string
	Catalogs []string
}

// Error is a configuration that cannot be used. It lists every finding, not the
// first alone.
type Error struct {
	Problems []catalog.Problem
}

// Error has one line a finding: "file:line:column: key: what; what to do".
func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = sentence(p)
	}
	return strings.Join(lines, "\n")
}

func sentence(p catalog.Problem) string {
	var b strings.Builder
	for _, part := range []string{p.Where(), p.Field, p.Message} {
		if part != "" && b.Len() > 0 {
			b.WriteString(": ")
		}
		b.WriteString(part)
	}
	if p.Hint != "" {
		b.WriteString("; " + p.Hint)
	}
	return b.String()
}

// Load reads the file, if there is one, and lays environment and flags over it.
// A flag beats the environment, which beats the file. A file that was asked for
// by flag or environment must exist; the one at the default place need not.
// The error is an *Error where the file or a flag is at fault.
func Load(out Outside, flags Flags) (*Config, error) {
	file, asked := out.configFile(flags)
	cfg := &Config{UI: UI{Theme: ThemeAuto, Mouse: true}, Sync: Sync{Interval: DefaultInterval}}
	text, err := out.read(file)
	switch {
	case file == "", errors.Is(err, fs.ErrNotExist) && !asked:
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault(file, "this configuration file does not exist", "create it, or leave out --config and IDPTUI_CONFIG")
	case err != nil:
		return nil, fault(file, "this configuration file cannot be read: "+reason(err), "")
	default:
		cfg.File = file
		if err := cfg.parse(out, text); err != nil {
			return nil, err
		}
	}
	if err := cfg.locateData(out, flags); err != nil {
		return nil, err
	}
	for _, location := range flags.Catalogs {
		if err := cfg.addGiven(out, location); err != nil {
			return nil, err
		}
	}
	return cfg, nil
}

// fault is an error about a whole file.
func fault(file, message, hint string) *Error {
	return &Error{[]catalog.Problem{{Severity: catalog.Error, Class: Class, Path: file, Message: message, Hint: hint}}}
}

// reason is the cause of a file error without the call and the path, which the
// sentence around it has already.
func reason(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return err.Error()
}

var errTooBig = fmt.Errorf("it is over %d KiB", maxFileBytes>>10)

func (out Outside) read(file string) ([]byte, error) {
	if file == "" {
		return nil, nil
	}
	info, err := out.Files.Stat(file)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, errors.New("it is a folder")
	}
	text, err := out.Files.ReadFile(file, maxFileBytes+1)
	if err == nil && len(text) > maxFileBytes {
		return nil, errTooBig
	}
	return text, err
}

// configFile is where the file is looked for, and whether somebody asked for it.
func (out Outside) configFile(flags Flags) (file string, asked bool) {
	for _, name := range []string{flags.Config, out.Env("IDPTUI_CONFIG")} {
		if name != "" {
			return out.path(out.Dir, name), true
		}
	}
	return out.DefaultFile(), false
}

// DefaultFile is where a configuration is looked for when none is named, "" where
// there is no such place.
func (out Outside) DefaultFile() string {
	dir := out.base("XDG_CONFIG_HOME", ".config")
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, "idptui", "config.yaml")
}

// locateData settles the data directory. A relative one in the file is relative
// to the file.
func (c *Config) locateData(out Outside, flags Flags) error {
	for _, name := range []string{flags.Data, out.Env("IDPTUI_DATA")} {
		if name != "" {
			c.Data = out.path(out.Dir, name)
			return nil
		}
	}
	if c.Data != "" {
		return nil
	}
	dir := out.base("XDG_DATA_HOME", filepath.Join(".local", "share"))
	if dir == "" {
		return fault("", "there is no place for the data, as neither HOME nor XDG_DATA_HOME is set", "say where with --data DIR or IDPTUI_DATA")
	}
	c.Data = filepath.Join(dir, "idptui")
	return nil
}

// base is an XDG base directory. The standard has relative values ignored.
func (out Outside) base(variable, belowHome string) string {
	if dir := out.Env(variable); filepath.IsAbs(dir) {
		return dir
	}
	if home := out.Env("HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, belowHome)
	}
	return ""
}

// path makes a written name absolute: "~/" is the home directory, anything else
// that is relative is below dir.
func (out Outside) path(dir, name string) string {
	if home := out.Env("HOME"); home != "" && (name == "~" || strings.HasPrefix(name, "~/")) {
		return filepath.Join(home, name[1:])
	}
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(dir, name)
}
