package kit

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// Item is one line of a Chooser.
type Item struct {
	ID      string
	Label   string
	Detail  string // faint, after the label
	Right   string // at the right edge: a key, a count
	Reason  string // not empty: it cannot be chosen now, and this is why
	Checked bool   // chooser with check marks: it is on
	Heading bool   // a title between items, never chosen
}

// Chooser is a list of items that typing narrows: the palette, the help, sort
// orders, columns, facets and saved views are all one of these.
type Chooser struct {
	Title string
	Hint  string
	// Source gives the items for what has been typed.
	Source func(query string) []Item
	// Choose runs when an item is chosen. A nil Choose makes the list read-only.
	Choose func(Item) tea.Cmd
	// Toggle keeps the chooser open after a choice, for check marks.
	Toggle bool
	// Empty is shown when nothing matches.
	Empty string

	size  tea.WindowSizeMsg
	input *Input
	list  List
	items []Item
	count int  // items that are no headings
	marks bool // there is a column for check marks
	moved bool // the last key moved the cursor, rather than being typed
	most  int  // the most items that there have been, so that the box stands still
}

// Lines of a chooser besides its rows: two edges, the input and the rule.
const (
	chooserFrame = 4
	chooserHead  = 3 // of them above the rows
	// screenFrame are the lines of the screen that no dialog covers.
	screenFrame  = 2
	maxQuery     = 200
	chooserWheel = 3 // rows that a notch of the wheel moves
)

// NewChooser opens a chooser; its fields may be set before the first View.
func NewChooser(title string, source func(string) []Item, choose func(Item) tea.Cmd) *Chooser {
	c := &Chooser{
		Title: title, Source: source, Choose: choose, Empty: "Nothing matches.",
		Hint: "enter choose  esc close", input: NewInput("type to narrow", maxQuery),
	}
	c.load()
	return c
}

// load asks for the items again and keeps the cursor off headings.
func (c *Chooser) load() {
	c.items = c.Source(c.input.Value())
	c.most, c.count = max(c.most, len(c.items)), 0
	for _, it := range c.items {
		c.marks = c.marks || it.Checked
		if !it.Heading {
			c.count++
		}
	}
	c.list.SetLen(len(c.items))
	c.skipHeadings(1)
}

// Reload asks for the items anew, after what they show has changed. The cursor
// stays on its item where that is still there.
func (c *Chooser) Reload() {
	at, was := c.list.Cursor(), ""
	if at >= 0 {
		was = c.items[at].ID
	}
	c.load()
	for i, it := range c.items {
		if was != "" && it.ID == was {
			at = i
			break
		}
	}
	c.list.MoveTo(at)
	c.skipHeadings(1)
}

// Update implements Overlay.
func (c *Chooser) Update(msg tea.Msg) (done bool, cmd tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		c.size = msg
		c.list.SetHeight(chooserRows(msg.Height))
		c.skipHeadings(1)
		return false, nil
	case tea.MouseWheelMsg:
		c.moved = true
		switch msg.Button {
		case tea.MouseWheelUp:
			c.move(-chooserWheel)
		case tea.MouseWheelDown:
			c.move(chooserWheel)
		}
		return false, nil
	case tea.MouseClickMsg:
		return c.click(msg)
	case tea.KeyPressMsg:
		if done, cmd, ok := c.key(msg.String()); ok {
			return done, cmd
		}
	}
	c.moved = false
	if changed, _ := c.input.Update(msg); changed {
		c.list.MoveTo(0)
		c.load()
	}
	return false, nil
}

// key takes the keys that are not typed.
func (c *Chooser) key(name string) (done bool, cmd tea.Cmd, ok bool) {
	switch name {
	case "esc", Interrupt:
		return true, nil, true
	case "enter":
		done, cmd = c.choose()
		return done, cmd, true
	case "up", "ctrl+p", "ctrl+k", "shift+tab":
		c.move(-1)
	case "down", "ctrl+n", "ctrl+j", "tab":
		c.move(1)
	case "pgup":
		c.list.Page(-1)
		c.skipHeadings(-1)
	case "pgdown":
		c.list.Page(1)
		c.skipHeadings(1)
	default:
		return false, nil, false
	}
	c.moved = true
	return false, nil, true
}

// click puts the cursor on a row; on the row that has it already, it chooses it.
func (c *Chooser) click(msg tea.MouseClickMsg) (bool, tea.Cmd) {
	rows := c.arrange(chooserWidth(c.size.Width)-4, c.height(c.size.Height))
	at := msg.Y - chooserHead
	if msg.Button != tea.MouseLeft || at < 0 || at >= len(rows) {
		return false, nil
	}
	i := rows[at].item
	if i < 0 || c.items[i].Heading {
		return false, nil
	}
	if i == c.list.Cursor() {
		return c.choose()
	}
	c.list.MoveTo(i)
	c.moved = true
	return false, nil
}

func (c *Chooser) choose() (bool, tea.Cmd) {
	i := c.list.Cursor()
	if c.Choose == nil || i < 0 || c.items[i].Heading || c.items[i].Reason != "" {
		return false, nil
	}
	cmd := c.Choose(c.items[i])
	if c.Toggle {
		c.Reload()
		return false, cmd
	}
	return true, cmd
}

func (c *Chooser) move(d int) {
	c.list.Move(d)
	c.skipHeadings(d)
}

// skipHeadings moves on in direction d, or back where there is nothing further,
// and shows the heading of the first item in sight.
func (c *Chooser) skipHeadings(d int) {
	step := 1
	if d < 0 {
		step = -1
	}
	for _, dir := range []int{step, -step} {
		for i := c.list.Cursor(); i >= 0 && i < len(c.items); i += dir {
			if c.items[i].Heading {
				continue
			}
			c.list.MoveTo(i)
			if i > 0 && c.items[i-1].Heading && c.list.Top() == i {
				c.list.SetTop(i - 1)
			}
			return
		}
	}
}

// chooserRows is how many items a screen of height h has room for, chooserWidth
// how wide the box is on one of width w.
func chooserRows(h int) int  { return max(1, h-chooserFrame-screenFrame) }
func chooserWidth(w int) int { return max(min(w, 24), min(w-4, 84)) }

// height is how many lines the list has.
func (c *Chooser) height(h int) int { return max(1, min(chooserRows(h), c.most)) }

// View implements Overlay.
func (c *Chooser) View(t *Theme, w, h int) (string, *tea.Position) {
	bw := chooserWidth(w)
	inner := max(0, bw-4)
	total := t.Faint.Paint(strconv.Itoa(c.count))
	room := max(1, inner-3-Width(total))
	input, x := c.input.View(t, room)
	lines := make([]string, 0, h)
	lines = append(lines, t.Accent.Paint("/")+" "+input+" "+total, t.Border.Paint(strings.Repeat(t.Glyph.Rule, inner)))
	lines = append(lines, c.rows(t, inner, c.height(h))...)
	box := t.Frame(c.Title, c.Hint, lines, bw, len(lines)+2)
	if from, to := Thumb(c.list.Top(), c.height(h), len(c.items)); from < to { // the frame's edge is the scroll bar
		bar := strings.TrimSuffix(strings.Repeat(t.Muted.Paint(t.Glyph.Scroll)+"\n", to-from), "\n")
		box = Over(box, bar, bw-1, chooserHead+from)
	}
	if y, ok := c.selectedLine(inner, h); ok && c.moved {
		return box, &tea.Position{X: min(2, max(0, w-1)), Y: y}
	}
	return box, &tea.Position{X: min(x+4, max(0, w-1)), Y: 1}
}

// selectedLine is the line of the box that has the item under the cursor. The
// terminal's own cursor goes there once somebody moves, so that what follows it
// reads the items out, and back to the input with the next letter.
func (c *Chooser) selectedLine(w, h int) (y int, ok bool) {
	for i, r := range c.arrange(w, c.height(h)) {
		if r.item >= 0 && r.item == c.list.Cursor() {
			return chooserHead + i, true
		}
	}
	return 0, false
}

// chooserRow is one line of the list: an item, or a line of the note on it.
type chooserRow struct {
	item int // -1 for a line of a note, or a blank
	note string
}

// arrange lays the items in sight out over n lines of w cells. Of the item under
// the cursor everything can be read: what its line has no room for stands below
// it, and pushes others out of sight.
func (c *Chooser) arrange(w, n int) []chooserRow {
	rows := make([]chooserRow, 0, n)
	from, to := c.list.Window()
	last := 0 // the line after the item under the cursor and its note
	for i := from; i < min(to, from+n); i++ {
		rows = append(rows, chooserRow{item: i})
		if i != c.list.Cursor() {
			continue
		}
		for _, l := range note(c.items[i], w) {
			rows = append(rows, chooserRow{-1, l})
		}
		last = len(rows)
	}
	if over := min(last-n, last-1); over > 0 {
		rows = rows[over:]
	}
	for len(rows) < n {
		rows = append(rows, chooserRow{item: -1})
	}
	return rows[:n]
}

// rows are the n lines of the list.
func (c *Chooser) rows(t *Theme, w, n int) []string {
	if len(c.items) == 0 {
		out := make([]string, n)
		out[0] = t.Muted.Paint(t.Fit(c.Empty, w))
		return out
	}
	out := make([]string, 0, n)
	for _, r := range c.arrange(w, n) {
		if r.item < 0 {
			out = append(out, t.Muted.Paint(t.Fit(r.note, w)))
			continue
		}
		out = append(out, c.line(t, c.items[r.item], r.item == c.list.Cursor(), w))
	}
	return out
}

// note is the text of an item that its line of w cells has no room for, in lines.
func note(it Item, w int) []string {
	const before, between = 3, 5 // the caret and the check mark; blanks and a dot
	label, right := before+Width(it.Label), 0
	if it.Right != "" {
		right = Width(it.Right) + 1
	}
	text := ""
	switch reason := Width(it.Reason); {
	case it.Heading:
	case label+right > w && it.Reason == "":
		text = it.Label
	case label+right > w:
		text = it.Label + ". " + it.Reason
	case reason > 0 && label+between+reason+right > w:
		text = it.Reason
	}
	if text == "" {
		return nil
	}
	var out []string
	for _, l := range Wrap(text, w-4) {
		out = append(out, "    "+l)
	}
	return out
}

func (c *Chooser) line(t *Theme, it Item, selected bool, w int) string {
	if it.Heading {
		return t.Muted.Paint(t.Fit(it.Label, w))
	}
	mark := " "
	switch {
	case it.Checked:
		mark = t.Glyph.Check + " "
	case c.marks || c.Toggle:
		mark = "  "
	}
	left := mark + it.Label
	switch {
	case it.Reason != "":
		left = t.Faint.Paint(left + "  " + t.Glyph.Dot + " " + it.Reason)
	case it.Detail != "":
		left += "  " + t.Faint.Paint(it.Detail)
	}
	caret := " "
	if selected {
		caret = t.Accent.Paint(t.Glyph.Caret)
	}
	left = caret + left
	right := it.Right
	if right != "" {
		right = t.Key.Paint(right)
	}
	line := t.Spread(left, right, w)
	if selected {
		return t.Selection.Repaint(line)
	}
	return line
}
