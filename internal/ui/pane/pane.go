// Package pane is the contract between the root of the screen and its panes,
// and between both and the portal behind them. Each pane is a package below.
//
// It owns no state. Panes are pointers that belong to one session; what they
// share with other sessions is immutable (the catalog's View) or behind Portal.
package pane

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/ui/kit"
)

// IDs of the panes, as they stand in a Place.
const (
	Home       = "home"
	Catalog    = "catalog"
	Entity     = "entity"
	Scorecards = "scorecards"
	Docs       = "docs"
	Create     = "create"
	Jobs       = "jobs"
	Errors     = "errors"
	Health     = "health"
)

// Pane is one full-screen part of the product. The root calls it from its event
// loop only, so a pane needs no lock.
type Pane interface {
	// Update takes every message that is meant for the pane: keys that it did not
	// bind while it captures text, SizeMsg, FocusMsg-like broadcasts of this
	// package, and the results of its own commands. It does no I/O.
	Update(msg tea.Msg) tea.Cmd
	// View draws exactly w×h cells and changes nothing.
	View(w, h int) string
	// Bindings are what can be done here now; the first with a Short come first in
	// the footer.
	Bindings() []kit.Binding
	// Place says where one is, so that back and forward restore it whole.
	Place() Place
	// Restore goes to a place of this pane; a new place has only the fields that
	// name it.
	Restore(Place) tea.Cmd
	// Status is a short text for the right end of the place line, such as "12 of
	// 10 412"; "" leaves it empty.
	Status() string
	// Capturing is true while keys are text (a filter being typed). Single-letter
	// bindings are off then.
	Capturing() bool
	// Cursor is where the terminal's cursor belongs, relative to the pane's upper
	// left cell: in an input, else on the selected row. ok is false to hide it.
	Cursor() (pos tea.Position, ok bool)
}

// Scroller is a Pane of several parts, of which the wheel moves the one that it is
// over, whichever the keys go to.
type Scroller interface {
	// Scroll moves what stands at the cell (x, y) of the pane by rows, down where
	// that is positive.
	Scroll(x, y, rows int) tea.Cmd
}

// Place is where somebody is in the product, as plain values: it can be stored,
// compared and turned into a command line.
type Place struct {
	Pane  string
	Ref   string // canonical, for places about one entity
	Tab   string
	Query string
	Sort  string // field, with "-" before it for descending
	// Columns are what a saved view shows, their ids with commas between; a place that
	// somebody is at has "", which leaves the columns as they are.
	Columns string
	Row     string // canonical ref of the row under the cursor
	Cursor  int    // its index, where the row is gone
	Top     int    // first row in sight
	Zoom    bool
}

// Same tells whether two places show the same thing, whatever the cursor does:
// going from one to the other is no step in the history.
func (p Place) Same(o Place) bool {
	return p.Pane == o.Pane && p.Ref == o.Ref
}

// At is the place that a saved view leads to.
func (v SavedView) At() Place {
	return Place{Pane: Catalog, Query: v.Query, Sort: v.Sort, Columns: strings.Join(v.Columns, ",")}
}

// SizeMsg tells a pane the size of its box whenever that changes.
type SizeMsg struct{ W, H int }

// ViewMsg tells a pane that the portal has a newer catalog.View.
type ViewMsg struct{}

// ThemeMsg tells a pane that the session's theme is another.
type ThemeMsg struct{}

// SourcesMsg tells a pane how the sources are, whenever the root has asked. With
// Err set that is not known.
type SourcesMsg struct {
	Sources []Source
	Err     error
}

// SyncMsg asks the root to sync all sources now.
type SyncMsg struct{}

// GoMsg asks the root to go to a place. The place one leaves is remembered.
type GoMsg struct{ Place Place }

// BackMsg asks the root to go one step back, as after "leave" with nothing left
// to leave.
type BackMsg struct{}

// ToastMsg shows a short notice that goes away by itself.
type ToastMsg struct {
	Text  string
	Bad   bool // something failed
	Plain bool // nothing was done and nothing failed: it has begun, or cannot be done here
}

// ShowMsg opens a dialog.
type ShowMsg struct{ Overlay kit.Overlay }

// CopyMsg puts text on the person's clipboard (OSC 52) and says so.
type CopyMsg struct {
	Text string
	What string // "the reference", "the link"
}

// Go is the command for GoMsg.
func Go(p Place) tea.Cmd { return func() tea.Msg { return GoMsg{p} } }

// Toast is the command for ToastMsg.
func Toast(text string) tea.Cmd { return func() tea.Msg { return ToastMsg{Text: text} } }

// Complain is the command for a ToastMsg about something that failed.
func Complain(text string) tea.Cmd { return func() tea.Msg { return ToastMsg{Text: text, Bad: true} } }

// Refuse is the command for a ToastMsg that says why something cannot be done here.
func Refuse(text string) tea.Cmd {
	return func() tea.Msg { return ToastMsg{Text: text, Plain: true} }
}

// Show is the command for ShowMsg.
func Show(o kit.Overlay) tea.Cmd { return func() tea.Msg { return ShowMsg{o} } }

// Copy is the command for CopyMsg.
func Copy(text, what string) tea.Cmd { return func() tea.Msg { return CopyMsg{text, what} } }
