// Package config turns the configuration file, the environment and the flags
// into one validated Config, and prints the JSON Schema of the file.
//
// It owns no state and touches nothing of the machine by itself: the
// environment, the working directory and the disk come in through Outside, so
// that a command that arrives over SSH can be given none of them. It must not
// open sources, make folders or know what an action or a column is called.
package config

import (
	"strings"
	"time"

	"github.com/idptui/idptui/internal/catalog"
)

// Config is everything a start needs to know. All paths are absolute.
type Config struct {
	File      string   // the file that was read, "" where there is none
	Data      string   // the data directory; it need not exist yet
	Company   string   // the header's title, may be ""
	User      string   // canonical ref of who "me" is, or ""
	APIGroups []string // nil: the catalog's own default
	Sources   []Source
	Views     []View
	Git       Git
	Keys      map[string][]string // keys by action, not yet checked against the actions
	UI        UI
	Sync      Sync

	places map[string]place // where each key of the file stands
}

// Source is one place that entities come from: a folder, or a repository.
type Source struct {
	Name       string   // unique; see namePattern
	Folder     string   // "" for a repository
	Repository string   // its address, as git takes it; "" for a folder
	Branch     string   // of the repository; "" is the remote's own default
	Paths      []string // globs or files and folders below it; none: everything
	Trusted    bool     // may bring User, Group and Template
	Kinds      []string // none: every kind that the trust allows
	Given      bool     // named by --catalog, not by the file
}

// Git is how repositories are reached.
type Git struct {
	Files bool // repositories on this machine's disk may be named
	Hosts []Host
}

// Host is how the repositories of one host are reached.
type Host struct {
	Name       string // in lower case, with its port where it is not the usual one
	Forge      string // one of Forges; "" is told from the name
	HTTP       bool   // plain http may be used
	User       string // goes with the secret; "" is the forge's own way
	Secret     Secret
	Key        string // a private SSH key's file, or ""
	KnownHosts string // SSH's file of known hosts, or "" for the user's own
}

// Forges are the kinds of hosts whose web addresses are understood.
func Forges() []string { return []string{"github", "gitlab", "gitea", "bitbucket", "azure"} }

// Places of a secret.
const (
	SecretEnv     = "env"
	SecretFile    = "file"
	SecretCommand = "command"
)

// Secret says where a secret is, and never holds it. The zero value is none.
type Secret struct {
	Place string   // one of the Secret constants
	Name  string   // of the variable, the file (absolute) or the program
	Args  []string // of the program
}

// String is the secret's place as the file has it.
func (s Secret) String() string {
	if s.Place == "" {
		return ""
	}
	return strings.Join(append([]string{s.Place + ":" + s.Name}, s.Args...), " ")
}

// View is a saved query.
type View struct {
	Name    string
	Query   string // parses
	Sort    string // parses; "" is the list's own order
	Columns []string
}

// Themes of the screen. All but dark and light follow the terminal's background.
const (
	ThemeAuto         = "auto"
	ThemeDark         = "dark"
	ThemeLight        = "light"
	ThemeHighContrast = "high-contrast"
	ThemeColourBlind  = "colour-blind"
)

// Themes are all of them.
func Themes() []string {
	return []string{ThemeAuto, ThemeDark, ThemeLight, ThemeHighContrast, ThemeColourBlind}
}

// UI is how the screen looks and listens.
type UI struct {
	Theme string // one of the Theme constants
	ASCII bool
	Mouse bool
}

// Sync is when sources are read again.
type Sync struct {
	Interval time.Duration // from MinInterval to MaxInterval
}

// Bounds of Sync.Interval, and what it is where the file is silent.
const (
	MinInterval     = time.Second
	MaxInterval     = 24 * time.Hour
	DefaultInterval = time.Minute
)

// Class of the problems that this package finds.
const Class = "config"

// Problem is a finding about a key of the file, such as "keys.open", for those
// who know more about a value than this package does. Where the file does not
// have the key, the finding stands at the closest key above it.
func (c *Config) Problem(key, message, hint string) catalog.Problem {
	at := nearestPlace(c.places, key)
	return catalog.Problem{
		Severity: catalog.Error, Class: Class, Path: c.File, Line: at.line, Column: at.column,
		Field: key, Message: message, Hint: hint,
	}
}
