package kit

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// Hit is a place where a text was found: bytes From to To of a line.
type Hit struct{ Line, From, To int }

// Search looks for what a person types in lines of text, whatever the case of its
// letters. It knows the places and which of them one is at; the lines stay with
// the pane, which calls Look whenever they are others.
type Search struct {
	// OnePerLine is for lists, in which one goes from row to row.
	OnePerLine bool

	input  *Input
	typing bool
	hits   []Hit
	at     int // the hit one is at
	origin int // the line from which the search began
}

// NewSearch makes a search that is not under way.
func NewSearch() *Search { return &Search{input: NewInput("", maxQuery)} }

// Open lets a person type what to look for, from line origin on.
func (s *Search) Open(origin int) {
	s.Close()
	s.typing, s.origin = true, origin
}

// Close ends the search.
func (s *Search) Close() {
	s.typing, s.hits, s.at = false, nil, 0
	s.input.SetValue("")
}

// Typing tells that the keys are text; On that something is searched for.
func (s *Search) Typing() bool { return s.typing }

// On tells that a search is under way, whether it has been typed to its end or not.
func (s *Search) On() bool { return s.typing || s.input.Value() != "" }

// Origin is the line from which the search began.
func (s *Search) Origin() int { return s.origin }

// Update takes a key or a paste while somebody types. changed asks for Look;
// moved says that another hit is the one to be at.
func (s *Search) Update(msg tea.Msg) (changed, moved bool) {
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch key.String() {
		case "esc":
			s.Close()
			return false, false
		case "enter":
			s.typing = false
			return false, false
		case "down", "up":
			d := 1
			if key.String() == "up" {
				d = -1
			}
			return false, s.Step(d)
		}
	}
	changed, _ = s.input.Update(msg)
	return changed, false
}

// Look finds the text anew among n lines. One stays at the hit one is at where it
// is still there; what was just typed is looked for from where the search began.
func (s *Search) Look(n int, line func(int) string) {
	was, had := s.Current()
	if s.typing || !had {
		was = Hit{Line: s.origin}
	}
	s.hits, s.at = nil, 0
	want := s.input.Value()
	if want == "" {
		return
	}
	for i := range n {
		for _, at := range found(line(i), want) {
			s.hits = append(s.hits, Hit{i, at[0], at[1]})
			if s.OnePerLine {
				break
			}
		}
	}
	for i, h := range s.hits {
		if h.Line > was.Line || h.Line == was.Line && h.From >= was.From {
			s.at = i
			return
		}
	}
}

// Step goes to the next hit, or to the one before with d < 0, round the ends.
func (s *Search) Step(d int) bool {
	if len(s.hits) == 0 {
		return false
	}
	s.at = (s.at + d + len(s.hits)) % len(s.hits)
	return true
}

// StepFrom is Step for somebody who has moved to another line by other means.
func (s *Search) StepFrom(line, d int) bool {
	if len(s.hits) == 0 {
		return false
	}
	if d > 0 {
		s.at = max(0, slices.IndexFunc(s.hits, func(h Hit) bool { return h.Line > line }))
		return true
	}
	s.at = len(s.hits) - 1
	for i, h := range s.hits {
		if h.Line < line {
			s.at = i
		}
		if h.Line >= line {
			break
		}
	}
	return true
}

// Current is the hit one is at.
func (s *Search) Current() (Hit, bool) {
	if len(s.hits) == 0 {
		return Hit{}, false
	}
	return s.hits[s.at], true
}

// In are the hits of one line.
func (s *Search) In(line int) []Hit {
	from, _ := slices.BinarySearchFunc(s.hits, line, func(h Hit, l int) int { return h.Line - l })
	to := from
	for to < len(s.hits) && s.hits[to].Line == line {
		to++
	}
	return s.hits[from:to]
}

// Style is how a hit looks: the one that a person is at is reversed, the others
// are underlined, so that both stand out without colour.
func (s *Search) Style(t *Theme, h Hit) Style {
	if now, ok := s.Current(); ok && now == h {
		return t.Found
	}
	return t.Match
}

// Mark makes the text stand out wherever a drawn line has it; here says that it is
// the line one is at.
func (s *Search) Mark(t *Theme, line string, here bool) string {
	want := s.input.Value()
	if want == "" {
		return line
	}
	style := t.Match
	if here {
		style = t.Found
	}
	text := ansi.Strip(line)
	for _, at := range found(text, want) {
		line = Highlight(line, text, at[0], at[1], style)
	}
	return line
}

// Highlight paints bytes from to to of a text on the line of just that text which
// may be styled already.
func Highlight(line, text string, from, to int, style Style) string {
	return Over(line, style.Paint(text[from:to]), Width(text[:from]), 0)
}

// View is the line of the search in w cells, with the cursor's column in it: what
// is looked for and how many places have it.
func (s *Search) View(t *Theme, w int) (line string, cursor int) {
	const before = 3 // " / "
	count := t.Muted.Paint(s.count()) + " "
	slash := t.Muted.Paint("/")
	if s.typing {
		slash = t.Accent.Paint("/")
	}
	if len(s.hits) == 0 && s.input.Value() != "" {
		count = t.Warn.Paint(s.count()) + " "
	}
	room := w - before - 1 - Width(count)
	if room < 1 {
		return t.Fit(" / "+s.input.Value(), w), min(before, max(0, w-1))
	}
	text, x := s.input.View(t, room)
	return " " + slash + " " + text + " " + count, before + x
}

// count is "3 of 17".
func (s *Search) count() string {
	switch {
	case s.input.Value() == "":
		return ""
	case len(s.hits) == 0:
		return "no match"
	}
	return strconv.Itoa(s.at+1) + " of " + strconv.Itoa(len(s.hits))
}

// found are the places of want in text, as bytes from and to, which do not overlap.
func found(text, want string) [][2]int {
	low, at := lower(text)
	want, _ = lower(want)
	if want == "" {
		return nil
	}
	var out [][2]int
	for from := 0; ; {
		i := strings.Index(low[from:], want)
		if i < 0 {
			return out
		}
		from += i
		end := from + len(want)
		hit := [2]int{from, end}
		if at != nil {
			hit = [2]int{at[from], at[end]}
		}
		out = append(out, hit)
		from = end
	}
}

// lower is a text in lower case and, where its bytes are not the text's, the byte
// of the text at which each of them began, and the end.
func lower(text string) (low string, at []int) {
	ascii := true
	for i := range len(text) {
		ascii = ascii && text[i] < utf8.RuneSelf
	}
	if ascii {
		return strings.ToLower(text), nil
	}
	var b strings.Builder
	for i, r := range text {
		n := b.Len()
		b.WriteRune(unicode.ToLower(r))
		for range b.Len() - n {
			at = append(at, i)
		}
	}
	return b.String(), append(at, len(text))
}
