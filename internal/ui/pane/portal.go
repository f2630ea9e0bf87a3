package pane

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/access"
	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/kit"
)

// ErrNotFound is the error for an entity that the cache does not hold.
var ErrNotFound = errors.New("no such entity in the catalog")

// Portal is what the screens need of the product. It is shared by all sessions
// and safe for concurrent use. Methods with a context may wait; they are called
// from commands only, never from Update or View.
type Portal interface {
	// View is the newest catalog with its overlays; never nil.
	View() *catalog.View
	// Watch gives a signal after each newer View, until ctx ends. Signals that
	// nobody has taken are merged into one.
	Watch(ctx context.Context) <-chan struct{}
	// Record is everything known of one entity, read from the cache. The error
	// for an unknown ref wraps ErrNotFound.
	Record(ctx context.Context, ref catalog.Ref) (*catalog.Record, error)
	// History tells what changed in one entity, the newest change first, and what of
	// that is not known.
	History(ctx context.Context, ref catalog.Ref) (catalog.History, error)
	// Problems lists every problem of the last sync of each source.
	Problems(ctx context.Context) ([]catalog.Problem, error)
	// Sources tells how each source is.
	Sources(ctx context.Context) ([]Source, error)
	// Sync starts a sync of all sources now, if none is under way. It returns at
	// once; the result shows in Sources and in a newer View.
	Sync()
	// Stars lists the refs starred by a user, newest first.
	Stars(ctx context.Context, user string) ([]string, error)
	// Star sets or clears a star.
	Star(ctx context.Context, user, ref string, on bool) error
	// Visited notes that a user opened an entity; Recent lists the last ones.
	Visited(ctx context.Context, user, ref string) error
	// Recent lists the refs that a user opened last, newest first, at most n.
	Recent(ctx context.Context, user string, n int) ([]string, error)
}

// Source is how one source is doing.
type Source struct {
	Name, Kind, Location                    string
	State                                   string // "ok", "syncing", "stale", "failed", "new"
	LastSync, LastAttempt                   time.Time
	Error                                   string
	Files, Entities                         int
	Skeletons, Untrusted, Conflicts, Errors int
	Excluded                                int // left out, as the source's kinds: do not have their kind
	Took                                    time.Duration
	Outcome                                 Outcome
}

// Outcome is what the last sync of a source by this process did to the entities.
type Outcome struct {
	Began                   time.Time // zero before the first has ended
	Added, Changed, Removed int
}

// SavedView is a named query of the configuration.
type SavedView struct {
	Name, Query, Sort string
	Columns           []string
}

// Session is what the screens of one person share. The root owns it and changes
// it only in its Update.
type Session struct {
	Ctx     context.Context //nolint:containedctx // the session's end ends the commands of all its panes
	Portal  Portal
	Actor   access.Actor
	Company string
	// Config is where the configuration is, or would be looked for; "" is not known.
	Config string
	Theme  *kit.Theme
	Keys   *kit.Keymap
	Views  []SavedView
	Now    func() time.Time
	// Starred holds the actor's stars, for the mark in lists and is:starred.
	Starred map[string]bool
	// OpenURL opens a link on the person's own machine; nil over SSH, where the
	// link is copied instead.
	OpenURL func(url string) error
	// Arrive is the shell command that brings a colleague to a place, for L; "" with
	// the reason where there is none.
	Arrive func(Place) (line, why string)
	// Describe writes the descriptor of an inferred entity as its record has it, where
	// there is none, and has it read; nil where nothing can be written, as over SSH. It
	// may wait.
	Describe func(ctx context.Context, ref catalog.Ref) (path string, err error)
	// Notices are what the session itself found wrong, such as own keys that were
	// not taken; the errors view lists them with the catalog's problems.
	Notices []catalog.Problem
	// Tick is how commands wait; nil is the clock. Tests put one here that does not.
	Tick func(time.Duration, func(time.Time) tea.Msg) tea.Cmd
}

// After is the command that gives msg once d has gone by. It ends with the
// session, so that nothing waits for somebody who has left.
func (s *Session) After(d time.Duration, msg tea.Msg) tea.Cmd {
	if s.Tick != nil {
		return s.Tick(d, func(time.Time) tea.Msg { return msg })
	}
	var over <-chan struct{}
	if s.Ctx != nil {
		over = s.Ctx.Done()
	}
	return func() tea.Msg {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-over:
			return nil
		case <-timer.C:
			return msg
		}
	}
}

// ConfigFile is how a sentence names the configuration.
func (s *Session) ConfigFile() string {
	if s.Config == "" {
		return "the configuration"
	}
	return "the configuration " + s.Config
}

// Query is the environment that queries of this session are read in.
func (s *Session) Query() catalog.Env {
	return catalog.Env{Me: s.Actor.Me(), Starred: slices.Collect(maps.Keys(s.Starred))}
}
