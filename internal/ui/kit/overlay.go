package kit

import tea "charm.land/bubbletea/v2"

// Overlay is a dialog over the screen. The root gives it every key while it is
// open; Update says whether it is done.
type Overlay interface {
	// Update handles a key, a paste, a click or the wheel at a place relative to the
	// upper left cell of the block, and tea.WindowSizeMsg when it opens and when the
	// screen changes. done closes the overlay; cmd runs either way.
	Update(msg tea.Msg) (done bool, cmd tea.Cmd)
	// View draws it for a screen of w×h cells: a block of at most w columns and
	// h-2 lines, all of one width. cursor is nil when nothing is typed there.
	View(t *Theme, w, h int) (block string, cursor *tea.Position)
}
