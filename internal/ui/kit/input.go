package kit

import (
	"slices"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/idptui/idptui/internal/safe"
)

// Input is one line of text being typed. It draws into an exact width and tells
// where the terminal's real cursor belongs. It is our own because the usual one
// reads the clipboard of the machine it runs on, which over SSH is the server's.
type Input struct {
	text   []cluster
	at     int    // the cursor stands before text[at]
	limit  int    // code points
	prompt string // shown faintly while the text is empty
}

// cluster is what a person takes for one character, with its width in cells.
type cluster struct {
	text  string
	width int
}

// NewInput makes an empty input of at most limit code points.
func NewInput(prompt string, limit int) *Input {
	return &Input{prompt: prompt, limit: limit}
}

// Value is the text.
func (i *Input) Value() string { return join(i.text) }

// AtEnd tells whether the cursor stands behind the text.
func (i *Input) AtEnd() bool { return i.at == len(i.text) }

// SetValue replaces the text and puts the cursor at its end.
func (i *Input) SetValue(s string) {
	i.text, i.at = nil, 0
	i.insert(s)
}

// Update takes a key or a paste and tells whether the text is another now, and
// whether the message was one that an input understands at all.
func (i *Input) Update(msg tea.Msg) (changed, handled bool) {
	before := i.Value()
	switch msg := msg.(type) {
	case tea.PasteMsg:
		i.insert(msg.Content)
		handled = true
	case tea.KeyPressMsg:
		handled = i.key(msg)
	}
	return handled && i.Value() != before, handled
}

func (i *Input) key(msg tea.KeyPressMsg) bool {
	switch msg.String() {
	case "left", "ctrl+b":
		i.at = max(0, i.at-1)
	case "right", "ctrl+f":
		i.at = min(len(i.text), i.at+1)
	case "home", "ctrl+a":
		i.at = 0
	case "end", "ctrl+e":
		i.at = len(i.text)
	case "alt+left", "alt+b", "ctrl+left":
		i.at = i.wordLeft()
	case "alt+right", "alt+f", "ctrl+right":
		i.at = i.wordRight()
	case "backspace", "ctrl+h":
		i.cut(max(0, i.at-1), i.at)
	case "delete", "ctrl+d":
		i.cut(i.at, min(len(i.text), i.at+1))
	case "ctrl+w", "alt+backspace":
		i.cut(i.wordLeft(), i.at)
	case "ctrl+u":
		i.cut(0, i.at)
	case "ctrl+k":
		i.cut(i.at, len(i.text))
	default:
		if msg.Text == "" || msg.Mod.Contains(tea.ModCtrl) || msg.Mod.Contains(tea.ModAlt) {
			return false
		}
		i.insert(msg.Text)
	}
	return true
}

// insert puts text before the cursor, as much of it as there is room for. What
// is put in may join what stands there already, as an accent does.
func (i *Input) insert(s string) {
	room := i.limit
	for _, c := range i.text {
		room -= utf8.RuneCountInString(c.text)
	}
	s = oneLine(s, max(0, room))
	before := join(i.text[:i.at]) + s
	after := join(i.text[i.at:])
	i.at = len(split(before))
	i.text = split(before + after)
	i.at = min(i.at, len(i.text))
}

func (i *Input) cut(from, to int) {
	rest := join(i.text[:from]) + join(i.text[to:])
	i.text, i.at = split(rest), from
	i.at = min(i.at, len(i.text))
}

func (i *Input) isBlank(at int) bool { return i.text[at].text == " " }

func (i *Input) wordLeft() int {
	p := i.at
	for p > 0 && i.isBlank(p-1) {
		p--
	}
	for p > 0 && !i.isBlank(p-1) {
		p--
	}
	return p
}

func (i *Input) wordRight() int {
	p := i.at
	for p < len(i.text) && i.isBlank(p) {
		p++
	}
	for p < len(i.text) && !i.isBlank(p) {
		p++
	}
	return p
}

// View draws the text in exactly w cells and gives the cursor's column in them.
// Of a text that is too long it shows the part around the cursor.
func (i *Input) View(t *Theme, w int) (line string, cursor int) {
	if w <= 0 {
		return "", 0
	}
	if len(i.text) == 0 {
		return t.Faint.Paint(t.Fit(strings.ReplaceAll(i.prompt, "…", t.Glyph.Ellipsis), w)), 0
	}
	first := i.firstShown(w)
	var b strings.Builder
	used := 0
	for n, c := range i.text[first:] {
		if first+n == i.at {
			cursor = used
		}
		if used+c.width > w {
			break
		}
		b.WriteString(c.text)
		used += c.width
	}
	if i.at == len(i.text) {
		cursor = min(used, w-1)
	}
	return b.String() + Spaces(w-used), cursor
}

// firstShown is the first character in sight: what comes before the cursor has
// the room, but for a quarter of it where more text follows. The cursor needs a
// cell of its own at the end, and as much as the character under it elsewhere.
func (i *Input) firstShown(w int) int {
	after := 1
	for n, c := range i.text[i.at:] {
		if n > 0 && after+c.width > w/4 {
			break
		}
		if n == 0 {
			after = 0
		}
		after += c.width
	}
	first, used := i.at, 0
	for first > 0 && used+i.text[first-1].width+after <= w {
		first--
		used += i.text[first].width
	}
	return first
}

func join(text []cluster) string {
	var b strings.Builder
	for _, c := range text {
		b.WriteString(c.text)
	}
	return b.String()
}

// split makes clusters of a text and leaves out what no clean text holds: a
// mark without its base, an invisible character, a part of an emoji alone.
func split(s string) []cluster {
	var out []cluster
	for len(s) > 0 {
		text, width := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
		s = s[len(text):]
		if width > 0 && safe.Line(text) == text {
			out = append(out, cluster{text, width})
		}
	}
	return slices.Clip(out)
}

// oneLine keeps what a person types or pastes to one line of at most limit code
// points. Pasted text is outside text: control characters become blanks here.
func oneLine(s string, limit int) string {
	var b strings.Builder
	for _, r := range s {
		if limit == 0 {
			break
		}
		limit--
		if r < ' ' || r >= 0x7f && r <= 0x9f || r == 0x2028 || r == 0x2029 {
			r = ' '
		}
		b.WriteRune(r)
	}
	return b.String()
}
