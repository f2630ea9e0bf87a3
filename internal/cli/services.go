package cli

import (
	"context"
	"iter"
	"time"

	"github.com/idptui/idptui/internal/access"
	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/infer"
	"github.com/idptui/idptui/internal/config/backstage"
)

// Settings are what the global flags say. An empty field leaves the choice to
// the environment, the configuration file and the defaults, in that order.
type Settings struct {
	Config   string   // path of the configuration file
	Data     string   // path of the data directory
	Catalogs []string // folders and files that are sources for this command and from now on
	NoColor  bool     // print and draw without colour
	Demo     bool     // the built-in company instead of all that
	As       string   // in the demo: who is acting
}

// Services are what the commands need of the product.
type Services interface {
	// Portal opens the catalog that the settings lead to. The caller closes it.
	Portal(ctx context.Context, set Settings) (Portal, error)
	// StateFile is the state as a file, whether it can be used or not.
	StateFile(set Settings) (StateFile, error)
	// Config is the configuration that the settings lead to.
	Config(ctx context.Context, set Settings) (Config, error)
	// CheckConfig is Config; its error lists also what a screen could not take.
	CheckConfig(ctx context.Context, set Settings) (Config, error)
	// ConfigSchema is the JSON Schema of the configuration file.
	ConfigSchema() []byte
	// ImportBackstage makes a configuration of app-config files, later ones laid
	// over earlier ones.
	ImportBackstage(ctx context.Context, paths []string) (*backstage.Result, error)
	// Validate reads files and folders by the rules of the sync and stores
	// nothing. The path "-" is the standard input.
	Validate(ctx context.Context, paths []string) (Validation, error)
	// Infer tells what the folder at a path is from the files of its repository. It
	// stores nothing.
	Infer(ctx context.Context, set Settings, path string) (Inference, error)
	// Doctor looks at the machine and the data, and says what to do.
	Doctor(ctx context.Context, set Settings) []Check
	// Version says what this program was built from.
	Version() Version
	// RunTUI opens the full screen at a place and returns when it is left. The
	// place "" is the first screen, else an entity's canonical ref and perhaps
	// "/" and a page.
	RunTUI(ctx context.Context, set Settings, place string) error
	// Serve answers people over SSH until ctx ends.
	Serve(ctx context.Context, set Settings, at Serving) error
}

// Serving is how an SSH server is reached, and by whom.
type Serving struct {
	Listen         string // address to listen on
	HostKey        string // file of the server's own key; it is made where there is none
	AuthorizedKeys string // file of the keys that may come in
	Address        string // how people reach it, for the line that leads a colleague to a place; "" is the address they came by
}

// Portal is an open catalog.
type Portal interface {
	// List is the newest catalog, perhaps without relations: enough for names.
	List(ctx context.Context) (*catalog.View, error)
	// View is the newest catalog with its relations.
	View(ctx context.Context) (*catalog.View, error)
	// Record is everything known of one entity.
	Record(ctx context.Context, ref catalog.Ref) (*catalog.Record, error)
	// Records are those of the refs, in their order; nil means all entities, by
	// kind, namespace and name.
	Records(ctx context.Context, refs []catalog.Ref) iter.Seq2[*catalog.Record, error]
	// History tells what changed in entities, the newest change first, and what of
	// that is not known.
	History(ctx context.Context, q HistoryQuery) (catalog.History, error)
	// Actor is who the command acts for, by what a catalog knows of people.
	Actor(view *catalog.View) access.Actor
	// Starred lists the refs that an actor starred.
	Starred(ctx context.Context, who access.Actor) ([]string, error)
	// Sources tells how each source is, in the order of the configuration.
	Sources(ctx context.Context) ([]Source, error)
	// Problems lists every problem of the last sync of each source.
	Problems(ctx context.Context) ([]catalog.Problem, error)
	// Warnings are what is wrong with the data as a whole, such as that nothing can
	// be stored, with what to do about it.
	Warnings() []string
	// Given names the sources that Settings.Catalogs stand for.
	Given() []string
	// Sync reads sources again; no names means all. A source that fails is a
	// report with an error, not an error. progress is called from one goroutine.
	Sync(ctx context.Context, names []string, progress func(Progress)) ([]SyncReport, error)
	// Confirm lets a source delete what it no longer holds, once.
	Confirm(ctx context.Context, source string, progress func(Progress)) (SyncReport, error)
	// Deleted is what syncs deleted and Restore can bring back, the latest first.
	Deleted(ctx context.Context) ([]Deleted, error)
	// Restore brings back one of them by its canonical ref.
	Restore(ctx context.Context, ref string, progress func(Progress)) (SyncReport, error)
	// Forget drops a source that --catalog brought, with all it held.
	Forget(ctx context.Context, source string) (entities int, err error)
	// Notice is a sentence about a cache that was damaged and had to be begun anew,
	// or "".
	Notice() string
	// Close ends the use of the catalog.
	Close() error
}

// HistoryQuery says which changes are wanted.
type HistoryQuery struct {
	Refs  []catalog.Ref // of these entities; nil: of all, those that are gone too
	Since time.Time     // the oldest; zero: from the beginning
	Limit int           // how many; 0: as many as fit a screen or two
}

// Source is how one source is doing.
type Source struct {
	Name        string     `json:"name"`
	Kind        string     `json:"kind"`
	Location    string     `json:"location"`
	State       string     `json:"state"`                // ok, failed, stale, syncing, or new: not read yet
	Remembered  bool       `json:"remembered,omitempty"` // it came with --catalog
	LastSync    *time.Time `json:"lastSync,omitempty"`   // the last that succeeded
	LastAttempt *time.Time `json:"lastAttempt,omitempty"`
	Error       string     `json:"error,omitempty"`
	Files       int        `json:"files"`
	Entities    int        `json:"entities"`
	Skeletons   int        `json:"skeletons"`
	Foreign     int        `json:"foreign"`
	Untrusted   int        `json:"untrusted"` // entities of a kind that only a trusted source may bring
	Excluded    int        `json:"excluded"`  // entities of a kind that is not among the source's own
	Unread      int        `json:"unread"`    // files set aside, such as pipes, links that lead nowhere and what is too large
	LeftOut     int        `json:"leftOut"`   // all that was left out on purpose, as the screen of errors counts it
	Conflicts   int        `json:"conflicts"` // each is one of the errors
	Errors      int        `json:"errors"`
	Warnings    int        `json:"warnings"`
	TookMS      int64      `json:"tookMs"`
}

// SyncReport is what one sync of one source did.
type SyncReport struct {
	Source    Source `json:"source"`
	Added     int    `json:"added"`
	Changed   int    `json:"changed"`
	Removed   int    `json:"removed"`
	Unchanged int    `json:"unchanged"`
}

// Progress is how far a sync has come.
type Progress struct {
	Source, Phase string
	Done, Total   int // Total 0: not known yet
}

// Validation is what checking files found.
type Validation struct {
	Files, Entities, Skeletons, Foreign int
	Problems                            []catalog.Problem
}

// Inference is what a folder seems to be.
type Inference struct {
	*infer.Result
	Described string // the descriptor that describes it already, below the top of the repository; "" is none
}

// Deleted is an entity that a sync deleted.
type Deleted struct {
	Ref    string    `json:"ref"`
	Source string    `json:"source"`
	Path   string    `json:"path"` // within the source
	Line   int       `json:"line,omitempty"`
	At     time.Time `json:"deleted"`
}

// Check is one thing that doctor looked at.
type Check struct {
	Name  string `json:"name"`
	State string `json:"state"` // ok, warn or fail
	Text  string `json:"text"`
	Hint  string `json:"hint,omitempty"` // what to do
}

// Config is a configuration with where it came from.
type Config struct {
	File    string // "" when there is none
	Default string // the file that is looked for when none is named, "" where there is no such place
	Values  any    // all values in effect, in JSON shape
}

// Version is what the program was built from.
type Version struct {
	Version string   `json:"version"`
	Commit  string   `json:"commit,omitempty"`
	Date    string   `json:"date,omitempty"`
	Dirty   bool     `json:"dirty,omitempty"` // built with changes that are in no commit
	Go      string   `json:"go"`
	OS      string   `json:"os"`
	Arch    string   `json:"arch"`
	Modules []Module `json:"modules"`
}

// Module is one dependency.
type Module struct {
	Path    string `json:"path"`
	Version string `json:"version"`
}
