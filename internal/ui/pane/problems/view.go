package problems

import (
	"strings"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
)

// headRows are the lines above the list.
const headRows = 1

// detailRows are the lines below the list, in which the problem under the cursor
// is told in full, as far as they go.
func detailRows(h int) int {
	switch {
	case h >= 20:
		return 8
	case h >= 12:
		return 5
	}
	return 3
}

// rows is how many problems can be listed in a box of height h.
func rows(h int) int { return max(1, h-headRows-detailRows(h)) }

// View implements pane.Pane. The search has the last line while there is one.
func (p *Pane) View(w, h int) string {
	if w <= 0 || h <= 0 || !p.search.On() {
		return p.body(w, h, h)
	}
	line, _ := p.search.View(p.s.Theme, w)
	if h == 1 {
		return line
	}
	return p.body(w, h-1, h) + "\n" + line
}

// body draws the list and the problem under the cursor in h lines of a box that
// has whole ones.
func (p *Pane) body(w, h, whole int) string {
	t := p.s.Theme
	switch {
	case p.failed != "":
		return t.Box(append([]string{""}, indented(t.Bad, p.failed, w)...), w, h)
	case !p.loaded:
		return t.Box([]string{"", "  " + t.Muted.Paint("Reading"+t.Glyph.Ellipsis)}, w, h)
	case len(p.shown) == 0:
		return t.Box(p.empty(w), w, h)
	case p.zoom:
		return t.Box(append([]string{""}, p.marked(p.detail(w))...), w, h)
	}
	place, source := columns(w)
	lines := make([]string, 0, h)
	lines = append(lines, t.Muted.Paint(t.Fit("    "+t.Fit("where", place)+"  "+sourceHead(t, source)+"what is wrong", w)))
	from := p.list.Top()
	first, last := kit.Thumb(from, rows(whole), len(p.shown))
	for i := from; i < min(len(p.shown), from+rows(whole)); i++ {
		room := w
		if first < last { // the last column is the scroll bar's
			room = max(0, w-1)
		}
		row := p.row(p.shown[i], i == p.list.Cursor(), place, source, room)
		row = p.search.Mark(t, row, i == p.list.Cursor())
		if i-from >= first && i-from < last {
			row += t.Border.Paint(t.Glyph.Scroll)
		}
		lines = append(lines, row)
	}
	for len(lines) < headRows+rows(whole) {
		lines = append(lines, "")
	}
	lines = append(lines, t.Border.Paint(strings.Repeat(t.Glyph.Rule, max(0, w))))
	return t.Box(append(lines, p.marked(p.detail(w))...), w, h)
}

// columns gives the widths of the place and the source; the message has the rest.
func columns(w int) (place, source int) {
	if w >= 100 {
		return w * 3 / 8, 14
	}
	return max(10, w*2/5), 0
}

func sourceHead(t *kit.Theme, source int) string {
	if source == 0 {
		return ""
	}
	return t.Fit("source", source) + "  "
}

func (p *Pane) row(pr catalog.Problem, selected bool, place, source, w int) string {
	t := p.s.Theme
	line := " " + mark(t, pr.Severity) + "  " + t.Fit(t.ClipStart(pr.Where(), place), place) + "  "
	if source > 0 {
		line += t.Muted.Paint(t.Fit(pr.Source, source)) + "  "
	}
	line = t.Fit(line+pr.Message, w)
	if selected {
		return t.Selection.Repaint(line)
	}
	return line
}

func mark(t *kit.Theme, s catalog.Severity) string {
	switch s {
	case catalog.Error:
		return t.Bad.Paint(t.Glyph.Cross)
	case catalog.Warning:
		return t.Warn.Paint(t.Glyph.Warning)
	default:
		return t.Faint.Paint(t.Glyph.Unknown)
	}
}

// detail is the problem under the cursor in full.
func (p *Pane) detail(w int) []string {
	t := p.s.Theme
	pr, ok := p.selected()
	if !ok {
		return nil
	}
	what := mark(t, pr.Severity) + " " + t.Strong.Paint(pr.Severity.String()+", "+pr.Class) + "  "
	lines := []string{" " + what + t.ClipStart(pr.Where(), max(1, w-2-kit.Width(what)))}
	about := pr.Message
	if pr.Field != "" {
		about += " (" + pr.Field + ")"
	}
	lines = append(lines, indented(t.Plain, about, w)...)
	lines = append(lines, indented(t.Accent, lead(t, pr.Hint), w)...)
	if pr.Ref != "" {
		lines = append(lines, "   "+t.Muted.Paint("About "+pr.Ref))
	}
	if pr.Source != "" {
		lines = append(lines, "   "+t.Muted.Paint("Source "+pr.Source))
	}
	return lines
}

func lead(t *kit.Theme, hint string) string {
	if hint == "" {
		return ""
	}
	return t.Glyph.Into + " " + hint
}

// indented is a text in lines of its own.
func indented(style kit.Style, text string, w int) []string {
	if text == "" {
		return nil
	}
	var lines []string
	for _, l := range kit.Wrap(text, w-4) {
		lines = append(lines, "   "+style.Paint(l))
	}
	return lines
}

func (p *Pane) empty(w int) []string {
	t := p.s.Theme
	if p.bare {
		lines := []string{"", "  " + t.Strong.Paint("There is no source yet, so nothing has been read."), ""}
		return append(lines, indented(t.Muted, "Start with idptui --catalog FOLDER, which is remembered, or name the folder under sources: in "+
			p.s.ConfigFile()+". What is wrong with its documents is listed here then.", w)...)
	}
	lines := []string{"", "  " + t.Good.Paint(t.Glyph.Check) + " " + t.Strong.Paint("No errors and no warnings."), ""}
	more := "Every document of the sources was read and accepted."
	if n := p.counts[catalog.Note]; n > 0 {
		more = pane.Count(n) + " left out on purpose, such as the skeletons of templates and kinds that a source is not trusted with."
		if key := p.s.Keys.Key("facets"); key != "" {
			more += " " + key + " lists them."
		}
	}
	return append(lines, indented(t.Muted, more, w)...)
}
