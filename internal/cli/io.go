package cli

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"
)

// IO is all that a command can reach of the machine it runs on. A command that
// comes in over SSH has its In, Out and Err and nothing else: Remote is set, Env
// knows nothing and Files is nil.
type IO struct {
	In       io.Reader
	Out, Err io.Writer
	Env      func(name string) string // "" for what is not set; never nil
	Dir      string                   // the working directory, absolute
	Files    Files
	OutTTY   bool // Out is a terminal
	ErrTTY   bool // Err is a terminal
	InTTY    bool // In is a terminal
	Width    int  // columns of the terminal, 0 where there is none
	Height   int  // rows of the terminal, 0 where there is none
	Now      func() time.Time
	Remote   bool
}

// Files is the disk, as far as commands may reach it. Names are absolute.
type Files interface {
	// ReadFile reads a file, or its first limit bytes.
	ReadFile(name string, limit int64) ([]byte, error)
	Stat(name string) (fs.FileInfo, error)
	// OpenRoot opens a directory such that nothing outside it can be reached.
	OpenRoot(dir string) (*os.Root, error)
	// MkdirAll makes a directory and those above it.
	MkdirAll(dir string) error
}

// OS is the IO of this process: its streams, environment, directory and disk. It
// is the only place of the package that touches them.
func OS() *IO {
	dir, err := os.Getwd()
	if err != nil {
		dir = string(filepath.Separator)
	}
	sys := &IO{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		Env: os.Getenv, Dir: dir, Files: disk{}, Now: time.Now,
		OutTTY: term.IsTerminal(os.Stdout.Fd()),
		ErrTTY: term.IsTerminal(os.Stderr.Fd()),
		InTTY:  term.IsTerminal(os.Stdin.Fd()),
	}
	for _, f := range []*os.File{os.Stdout, os.Stderr, os.Stdin} {
		if w, h, err := term.GetSize(f.Fd()); err == nil && w > 0 {
			sys.Width, sys.Height = w, h
			break
		}
	}
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 && sys.OutTTY {
		sys.Width = n
	}
	return sys
}

// Path makes a name that a person wrote absolute: relative to Dir, with "~/" as
// the home directory.
func (sys *IO) Path(name string) string {
	if home := sys.Env("HOME"); home != "" && (name == "~" || strings.HasPrefix(name, "~/")) {
		return filepath.Join(home, strings.TrimPrefix(name, "~"))
	}
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(sys.Dir, name)
}

// colour tells whether a stream may be coloured.
func (sys *IO) colour(tty bool) bool {
	return tty && sys.Env("NO_COLOR") == "" && sys.Env("TERM") != "dumb"
}

// UTF8 tells whether the locale has more than ASCII. A system that says nothing
// about it is taken to be modern.
func (sys *IO) UTF8() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := sys.Env(name); v != "" {
			v = strings.ToLower(v)
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return true
}

// disk is the real one.
type disk struct{}

func (disk) ReadFile(name string, limit int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	return io.ReadAll(io.LimitReader(f, limit))
}

func (disk) Stat(name string) (fs.FileInfo, error) { return os.Stat(name) }
func (disk) OpenRoot(dir string) (*os.Root, error) { return os.OpenRoot(dir) }
func (disk) MkdirAll(dir string) error             { return os.MkdirAll(dir, 0o750) }
