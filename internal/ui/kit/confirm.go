package kit

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// Confirm is a dialog that shows what is about to be done, such as the text of a
// file, and does it on enter. Any other way out leaves everything as it is.
type Confirm struct {
	Title string
	About []string // a few sentences above the text
	Text  string   // what is scrolled; clean, without styles
	Do    string   // the footer's word for enter
	// Run does it.
	Run func() tea.Cmd

	size tea.WindowSizeMsg
	top  int
}

const (
	confirmEdges = 2   // lines of the frame
	confirmSides = 4   // cells of the frame
	confirmWide  = 100 // cells; longer lines are hard to read
	confirmAiry  = 16  // lines of a screen from which there is room for blank ones
)

// Update implements Overlay.
func (c *Confirm) Update(msg tea.Msg) (done bool, cmd tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		c.size = msg
		c.scroll(0)
	case tea.MouseWheelMsg:
		switch msg.Button {
		case tea.MouseWheelUp:
			c.scroll(-chooserWheel)
		case tea.MouseWheelDown:
			c.scroll(chooserWheel)
		}
	case tea.KeyPressMsg:
		switch msg.String() {
		case "enter":
			return true, c.Run()
		case "esc", "q", Interrupt:
			return true, nil
		case "up", "k":
			c.scroll(-1)
		case "down", "j":
			c.scroll(1)
		case "pgup", "ctrl+u":
			c.scroll(-max(1, c.room()-1))
		case "pgdown", "ctrl+d", "space":
			c.scroll(max(1, c.room()-1))
		case "g", "home":
			c.top = 0
		case "G", "end":
			c.scroll(len(c.lines()))
		}
	}
	return false, nil
}

func (c *Confirm) scroll(d int) { c.top = max(0, min(c.top+d, len(c.lines())-c.room())) }

func (c *Confirm) width() int { return max(1, min(c.size.Width-2, confirmWide)) }

// about are the sentences in the width that there is, and a blank line. On a small
// screen the text comes first.
func (c *Confirm) about() []string {
	var lines []string
	for _, s := range c.About {
		lines = append(lines, Wrap(s, max(4, c.width()-confirmSides))...)
	}
	lines = lines[:min(len(lines), max(0, (c.size.Height-screenFrame-confirmEdges)/3))]
	if len(lines) > 0 && c.size.Height >= confirmAiry {
		lines = append(lines, "")
	}
	return lines
}

// confirmLine is a line of the text as it is shown: code, and a remark after it.
type confirmLine struct{ code, remark string }

// lines are those of the text in the width that there is.
func (c *Confirm) lines() []confirmLine {
	var lines []confirmLine
	for raw := range strings.SplitSeq(strings.TrimRight(c.Text, "\n"), "\n") {
		remark := strings.HasPrefix(strings.TrimSpace(raw), "#")
		for _, l := range Wrap(strings.ReplaceAll(raw, "\t", "    "), max(4, c.width()-confirmSides)) {
			at := strings.Index(l, " #")
			switch {
			case remark:
				lines = append(lines, confirmLine{"", l})
			case at >= 0:
				remark = true
				lines = append(lines, confirmLine{l[:at], l[at:]})
			default:
				lines = append(lines, confirmLine{l, ""})
			}
		}
	}
	return lines
}

// room is how many lines of the text are in sight.
func (c *Confirm) room() int {
	most := max(1, c.size.Height-screenFrame-confirmEdges-len(c.about()))
	return min(most, len(c.lines()))
}

// View implements Overlay.
func (c *Confirm) View(t *Theme, _, _ int) (block string, cursor *tea.Position) {
	about, text, room := c.about(), c.lines(), c.room()
	lines := about
	for _, l := range text[c.top : c.top+room] {
		lines = append(lines, t.Code.Paint(l.code)+t.Faint.Paint(l.remark))
	}
	box := t.Frame(c.Title, "enter "+c.Do+"  esc leave it", lines, c.width(), len(lines)+confirmEdges)
	if from, to := Thumb(c.top, room, len(text)); from < to { // the frame's edge is the scroll bar
		bar := strings.TrimSuffix(strings.Repeat(t.Muted.Paint(t.Glyph.Scroll)+"\n", to-from), "\n")
		box = Over(box, bar, c.width()-1, 1+len(about)+from)
	}
	return box, nil
}
