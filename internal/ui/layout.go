package ui

import "github.com/idptui/idptui/internal/ui/kit"

// Sizes below which the screen changes its shape. The least one is where the
// screen gives up and says so.
const (
	leastWidth  = 40
	leastHeight = 12
	// Narrower or lower than this, the header and the place share one line.
	compactWidth  = 60
	compactHeight = 17
)

// layout is where the parts of a frame go; it is a pure function of the size.
type layout struct {
	w, h    int
	tooTiny bool
	compact bool // one line of chrome above the pane instead of two
	banner  bool // and one more that says what is wrong
	top     int  // lines above the pane
	paneH   int
	dialogH int // the height of the screen that dialogs are told, so that they leave the footer free
}

func layOut(w, h int) layout {
	l := layout{w: w, h: h, tooTiny: w < leastWidth || h < leastHeight, compact: w < compactWidth || h < compactHeight}
	l.top = 2
	if l.compact {
		l.top = 1
	}
	l.paneH = max(0, h-l.top-1)
	l.dialogH = l.paneH + 2
	return l
}

// withBanner is the layout with a banner over the pane.
func (l layout) withBanner() layout {
	l.banner = true
	l.top++
	l.paneH, l.dialogH = max(0, l.paneH-1), max(0, l.dialogH-1)
	return l
}

// ends are what a line has at its two ends.
type ends struct{ left, right string }

// fit draws the first of the choices that has room in a line of w cells; the last
// one is cut where none has.
func fit(t *kit.Theme, w int, choices ...ends) string {
	for _, c := range choices[:len(choices)-1] {
		if c.width() <= w {
			return t.Spread(c.left, c.right, w)
		}
	}
	last := choices[len(choices)-1]
	return t.Spread(last.left, last.right, w)
}

func (e ends) width() int {
	left, right := kit.Width(e.left), kit.Width(e.right)
	if left > 0 && right > 0 {
		return left + 2 + right
	}
	return left + right
}
