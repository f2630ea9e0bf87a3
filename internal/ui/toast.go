package ui

import (
	"slices"
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
)

// toasts are the notices in sight, the newest last. Each takes one line at the
// foot of the screen and goes away by itself.
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

// lines are the notices, each in a line of w cells.
func (t *toasts) lines(th *kit.Theme, w int) []string {
	var out []string
	for _, n := range t.shown {
		style, mark := th.Good, th.Glyph.Check
		switch {
		case n.bad:
			style, mark = th.Bad, th.Glyph.Cross
		case n.calm:
			style, mark = th.Muted, th.Glyph.Dot
		}
		out = append(out, style.Paint(th.Fit(" "+mark+" "+n.text, w)))
	}
	return out
}
