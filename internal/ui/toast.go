package ui

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/safe"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
)

// How long a notice stays; one about a failure stays longer.
const (
	toastTime    = 4 * time.Second
	badToastTime = 8 * time.Second
	// mostToasts is how many are in sight at once; an older one gives way.
	mostToasts = 2
	toastLines = 3
)

// toasts are the notices in sight, the newest last. Each stands at the foot of the
// screen, in as many lines as it needs and toastLines at most, and goes by itself.
type toasts struct {
	last  int // id of the newest ever
	shown []toast
}

type toast struct {
	id   int
	text string
	bad  bool
	calm bool // neither good nor bad news
}

type toastOverMsg struct{ id int }

// show puts a notice in sight. One that is there already is not shown twice.
func (t *toasts) show(s *pane.Session, m pane.ToastMsg) tea.Cmd {
	t.last++
	n := toast{t.last, safe.Line(m.Text), m.Bad, m.Plain}
	t.shown = slices.DeleteFunc(t.shown, func(o toast) bool { return o.text == n.text })
	t.shown = append(t.shown, n)
	t.shown = slices.Delete(t.shown, 0, max(0, len(t.shown)-mostToasts))
	d := toastTime
	if m.Bad {
		d = badToastTime
	}
	return s.After(d, toastOverMsg{n.id})
}

// drop takes a notice away that is out of date.
func (t *toasts) drop(text string) {
	t.shown = slices.DeleteFunc(t.shown, func(o toast) bool { return o.text == text })
}

func (t *toasts) over(m toastOverMsg) {
	t.shown = slices.DeleteFunc(t.shown, func(o toast) bool { return o.id == m.id })
}

// lines are the notices in lines of w cells; brief, they are the start of the newest
// alone, in one.
func (t *toasts) lines(th *kit.Theme, w int, brief bool) []string {
	shown, most := t.shown, toastLines
	if brief {
		shown, most = shown[max(0, len(shown)-1):], 1
	}
	var out []string
	for _, n := range shown {
		style, mark := th.Good, th.Glyph.Check
		switch {
		case n.bad:
			style, mark = th.Bad, th.Glyph.Cross
		case n.calm:
			style, mark = th.Muted, th.Glyph.Dot
		}
		lead := " " + mark + " "
		lines := kit.Wrap(n.text, w-kit.Width(lead))
		if len(lines) > most {
			lines[most-1] = strings.Join(lines[most-1:], " ") // Fit ends it with an ellipsis
			lines = lines[:most]
		}
		for i, l := range lines {
			if i == 1 {
				lead = strings.Repeat(" ", kit.Width(lead))
			}
			out = append(out, style.Paint(th.Fit(lead+l, w)))
		}
	}
	return out
}
