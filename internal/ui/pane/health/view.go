package health

import (
	"strings"
	"time"

	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
)

// headRows are the lines above the list.
const headRows = 1

// detailRows are the lines below the list, in which the source under the cursor
// is told in full, as far as they go.
func detailRows(h int) int {
	if h >= 14 {
		return 9
	}
	return 5
}

// rows is how many sources can be listed in a box of height h.
func rows(h int) int { return max(1, h-headRows-detailRows(h)) }

// View implements pane.Pane.
func (p *Pane) View(w, h int) string {
	t := p.s.Theme
	switch {
	case !p.loaded && p.failed != "":
		return t.Box(append([]string{""}, p.paragraph(t.Bad, p.failed, w)...), w, h)
	case !p.loaded:
		return t.Box([]string{"", "  " + t.Muted.Paint("Reading"+t.Glyph.Ellipsis)}, w, h)
	case len(p.sources) == 0:
		return t.Box(p.empty(w), w, h)
	}
	cols := fitting(w)
	lines := make([]string, 0, h)
	lines = append(lines, p.header(cols, w))
	from := p.list.Top()
	first, last := kit.Thumb(from, rows(h), len(p.sources))
	for i := from; i < min(len(p.sources), from+rows(h)); i++ {
		room := w
		if first < last { // the last column is the scroll bar's
			room = max(0, w-1)
		}
		row := p.row(cols, p.sources[i], i == p.list.Cursor(), room)
		if i-from >= first && i-from < last {
			row += t.Border.Paint(t.Glyph.Scroll)
		}
		lines = append(lines, row)
	}
	lines = append(lines, t.Border.Paint(strings.Repeat(t.Glyph.Rule, max(0, w))))
	return t.Box(append(lines, p.detail(w)...), w, h)
}

// column is one column of the list; the first is the source's name.
type column struct {
	title string
	width int
	text  func(*Pane, pane.Source) string
	warn  func(pane.Source) bool // the number is one to look at
}

// columns are all columns, in the order in which they are given room.
func columns() []column {
	number := func(of func(pane.Source) int) func(*Pane, pane.Source) string {
		return func(_ *Pane, s pane.Source) string { return pane.Count(of(s)) }
	}
	entities := func(s pane.Source) int { return s.Entities }
	faults := func(s pane.Source) int { return s.Errors }
	untrusted := func(s pane.Source) int { return s.Untrusted }
	files := func(s pane.Source) int { return s.Files }
	return []column{
		{"entities", 8, number(entities), nil},
		{"errors", 6, number(faults), func(s pane.Source) bool { return s.Errors > 0 }},
		{"synced", 7, func(p *Pane, s pane.Source) string { return pane.Age(p.s.Now(), s.LastSync) }, nil},
		{"untrusted", 9, number(untrusted), func(s pane.Source) bool { return s.Untrusted > 0 }},
		{"files", 7, number(files), nil},
	}
}

// Widths of the first two columns.
const (
	nameWidth  = 12
	stateWidth = 8
	gap        = 2
)

// fitting are the columns that a line of w cells has room for beside name and
// state.
func fitting(w int) []column {
	room := w - 4 - nameWidth - gap - stateWidth - 1
	var out []column
	for _, c := range columns() {
		if c.width+gap > room {
			break
		}
		room -= c.width + gap
		out = append(out, c)
	}
	return out
}

// nameRoom is what the other columns leave to the name.
func nameRoom(cols []column, w int) int {
	room := w - 4 - gap - stateWidth - 1
	for _, c := range cols {
		room -= c.width + gap
	}
	return max(1, min(room, 40))
}

func (p *Pane) header(cols []column, w int) string {
	t := p.s.Theme
	line := "    " + t.Fit("source", nameRoom(cols, w)) + "  " + t.Fit("state", stateWidth)
	for _, c := range cols {
		line += kit.Spaces(gap) + t.FitRight(c.title, c.width)
	}
	return t.Muted.Paint(t.Fit(line, w))
}

func (p *Pane) row(cols []column, s pane.Source, selected bool, w int) string {
	t := p.s.Theme
	glyph, style := look(t, s.State)
	line := " " + style.Paint(glyph) + "  " + t.Strong.Paint(t.Fit(s.Name, nameRoom(cols, w))) + "  " + style.Paint(t.Fit(s.State, stateWidth))
	for _, c := range cols {
		cell := t.FitRight(c.text(p, s), c.width)
		if c.warn != nil && c.warn(s) {
			cell = t.Warn.Paint(cell)
		}
		line += kit.Spaces(gap) + cell
	}
	line = t.Fit(line, w)
	if selected {
		return t.Selection.Repaint(line)
	}
	return line
}

func look(t *kit.Theme, state string) (string, kit.Style) {
	switch state {
	case "ok":
		return t.Glyph.Up, t.Good
	case "syncing":
		return t.Glyph.Degraded, t.Info
	case "stale":
		return t.Glyph.Stale, t.Warn
	case "failed":
		return t.Glyph.Down, t.Bad
	}
	return t.Glyph.Unknown, t.Muted
}

// detail is the source under the cursor in full; what went wrong comes first.
func (p *Pane) detail(w int) []string {
	t := p.s.Theme
	s, ok := p.selected()
	if !ok {
		return nil
	}
	var lines []string
	if s.Error != "" {
		lines = append(lines, p.paragraph(t.Bad, s.Error, w)...)
	}
	fact := func(label, value string) {
		lines = append(lines, " "+t.Muted.Paint(t.Fit(label, 10))+value)
	}
	trust := pane.Count(s.Untrusted) + " for lack of trust"
	if s.Excluded > 0 {
		trust += ", " + pane.Count(s.Excluded) + " by kinds:"
	}
	fact("Left out", trust)
	fact("", pane.Plural(s.Skeletons, "skeleton", "skeletons")+", "+pane.Plural(s.Conflicts, "lost conflict", "lost conflicts"))
	fact("Synced", p.synced(s))
	if !s.LastAttempt.Equal(s.LastSync) {
		fact("Last try", pane.Ago(p.s.Now(), s.LastAttempt))
	}
	fact("Where", t.ClipStart(s.Kind+" "+s.Location, max(1, w-12)))
	return lines
}

func (p *Pane) synced(s pane.Source) string {
	if s.LastSync.IsZero() {
		return "never"
	}
	return pane.Ago(p.s.Now(), s.LastSync) + ", took " + s.Took.Round(time.Millisecond).String()
}

func (p *Pane) paragraph(style kit.Style, text string, w int) []string {
	var lines []string
	for _, l := range kit.Wrap(text, w-4) {
		lines = append(lines, "  "+style.Paint(l))
	}
	return lines
}

func (p *Pane) empty(w int) []string {
	t := p.s.Theme
	lines := []string{"", "  " + t.Strong.Paint("No source is set up."), ""}
	return append(lines, p.paragraph(t.Muted,
		"Start with idptui --catalog FOLDER, which is remembered, or name the sources in "+p.s.ConfigFile()+" (idptui config schema shows its keys).", w)...)
}
