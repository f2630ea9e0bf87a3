package entity

import (
	"strings"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/kit"
)

// target is what enter does on a line.
type target struct {
	ref  catalog.Ref // opens this entity
	url  string      // opens this link
	text string      // copies this text
	tab  string      // shows this tab
	// change is the id of a change that is shown whole, or folded again.
	change string
}

// id tells targets apart, also across a newer record: the canonical ref, the
// address, the text, the change or the tab.
func (t target) id() string {
	switch {
	case !t.ref.IsZero():
		return t.ref.String()
	case t.url != "":
		return t.url
	case t.text != "":
		return t.text
	case t.change != "":
		return t.change
	}
	return t.tab
}

// stop is a line on which the cursor stops.
type stop struct {
	y, col int
	target target
}

// body is what a tab shows: lines, of which only those in sight are drawn, and
// the stops among them.
type body struct {
	w, height int
	cols      []int // where each column begins; one column when empty
	stops     []stop
	rows      []textRow                  // of a text; nil for what is no text
	line      func(y, cursor int) string // exactly w cells; cursor is the selected stop
}

func (b body) at(col int) int {
	if col < len(b.cols) {
		return b.cols[col]
	}
	return 0
}

// drawn is the body as last made, kept while nothing that it shows has changed.
type drawn struct {
	tab     string
	w       int
	zoom    bool
	version int
	theme   *kit.Theme
	body    body
}

func (p *Pane) body() body { return p.bodyFor(p.size.W) }

// bodyWidth leaves the last column to the scroll bar.
func bodyWidth(w int, zoom bool) int {
	if zoom {
		return w
	}
	return max(1, w-1)
}

func (p *Pane) bodyFor(w int) body {
	d := &p.drawn
	if d.theme == p.s.Theme && d.tab == p.tab && d.w == w && d.zoom == p.zoom && d.version == p.version {
		return d.body
	}
	*d = drawn{tab: p.tab, w: w, zoom: p.zoom, version: p.version, theme: p.s.Theme}
	d.body = p.make(bodyWidth(w, p.zoom))
	return d.body
}

func (p *Pane) make(w int) body {
	if p.facts.Missing {
		return p.missing(w)
	}
	switch p.tab {
	case tabRelations:
		return p.relations(w)
	case tabAPI:
		return p.text(p.api, w)
	case tabSource:
		return p.text(p.source, w)
	case tabProblems:
		return p.problems(w)
	case tabHistory:
		return p.history(w)
	}
	return p.about(w)
}

// selected is the target under the cursor.
func (p *Pane) selected() target {
	b := p.body()
	if p.cursor < 0 || p.cursor >= len(b.stops) {
		return target{}
	}
	return b.stops[p.cursor].target
}

// follow keeps the cursor on its target after the body was made anew.
func (p *Pane) follow(keep target) {
	b := p.body()
	p.cursor = min(p.cursor, len(b.stops)-1)
	if id := keep.id(); id != "" && (p.cursor < 0 || b.stops[p.cursor].target.id() != id) {
		for i, s := range b.stops {
			if s.target.id() == id {
				p.cursor = i
				break
			}
		}
	}
	p.show(b)
}

// show scrolls so that the cursor is in sight and the window full.
func (p *Pane) show(b body) {
	room := p.room()
	if p.cursor >= 0 && p.cursor < len(b.stops) {
		y := b.stops[p.cursor].y
		p.top = min(p.top, y)
		p.top = max(p.top, y-room+1)
	}
	p.top = max(0, min(p.top, b.height-room))
}

func (p *Pane) inSight(b body, i int) bool {
	return i >= 0 && i < len(b.stops) && b.stops[i].y >= p.top && b.stops[i].y < p.top+p.room()
}

// step moves the cursor to the next stop of its column in direction d. A stop
// that is further than the window is scrolled to line by line, so that no text is
// jumped over.
func (p *Pane) step(d int) {
	b := p.body()
	next := p.next(b, d)
	if !p.inSight(b, next) && p.canScroll(b, d) {
		p.top += d
	}
	if p.inSight(b, next) {
		p.cursor = next
	}
}

func (p *Pane) canScroll(b body, d int) bool {
	if d < 0 {
		return p.top > 0
	}
	return p.top+p.room() < b.height
}

// next is the stop after the cursor in direction d within its column, or -1. A
// cursor that has been scrolled out of sight begins at the edge it left by.
func (p *Pane) next(b body, d int) int {
	if len(b.stops) == 0 {
		return -1
	}
	if p.cursor < 0 {
		return 0
	}
	col := b.stops[p.cursor].col
	for i := p.cursor + d; i >= 0 && i < len(b.stops); i += d {
		if b.stops[i].col != col {
			continue
		}
		if out := b.stops[i].y < p.top && d > 0 || b.stops[i].y >= p.top+p.room() && d < 0; out {
			continue
		}
		return i
	}
	return -1
}

// page scrolls by d lines and takes the cursor to the first stop in sight.
func (p *Pane) page(d int) {
	b := p.body()
	p.top = max(0, min(p.top+d, b.height-p.room()))
	if p.inSight(b, p.cursor) {
		return
	}
	col := 0
	if p.cursor >= 0 && p.cursor < len(b.stops) {
		col = b.stops[p.cursor].col
	}
	for i, s := range b.stops {
		if s.col == col && p.inSight(b, i) {
			p.cursor = i
			return
		}
	}
}

// end goes to the first or the last line.
func (p *Pane) end(last bool) {
	b := p.body()
	p.cursor, p.top = min(0, len(b.stops)-1), 0
	if last {
		p.cursor, p.top = len(b.stops)-1, max(0, b.height-p.room())
	}
}

// otherColumn takes the cursor across, to the stop nearest to where it is.
func (p *Pane) otherColumn() {
	b := p.body()
	if p.cursor < 0 || p.cursor >= len(b.stops) {
		return
	}
	from, best := b.stops[p.cursor], -1
	for i, s := range b.stops {
		if s.col != from.col && (best < 0 || distance(s.y, from.y) < distance(b.stops[best].y, from.y)) {
			best = i
		}
	}
	if best >= 0 {
		p.cursor = best
		p.show(b)
	}
}

func distance(a, b int) int { return max(a-b, b-a) }

// column collects the lines of one column of w cells; the first cell of each is
// left for the caret.
type column struct {
	t     *kit.Theme
	w     int
	col   int
	lines []string
	stops []stop
}

func (c *column) add(text string) { c.lines = append(c.lines, c.t.Fit(" "+text, c.w)) }

func (c *column) space() {
	if n := len(c.lines); n > 0 && strings.TrimSpace(c.lines[n-1]) != "" {
		c.lines = append(c.lines, kit.Spaces(c.w))
	}
}

// stop makes the next line that is added one on which the cursor stops.
func (c *column) stop(to target) {
	if to != (target{}) {
		c.stops = append(c.stops, stop{y: len(c.lines), col: c.col, target: to})
	}
}

// fact adds a labelled text, which goes on below itself when it is long.
func (c *column) fact(label, text string, to target) {
	c.stop(to)
	for i, l := range kit.Wrap(text, max(4, c.w-c.label()-2)) {
		if i > 0 {
			label = ""
		}
		c.add(c.t.Muted.Paint(c.t.Fit(label, c.label())) + l)
	}
}

// factLine adds a labelled value of several styles, which is cut when it is long.
func (c *column) factLine(label, value string, to target) {
	c.stop(to)
	c.add(c.t.Muted.Paint(c.t.Fit(label, c.label())) + value)
}

func (c *column) label() int {
	if c.w < 50 {
		return 10
	}
	return 12
}

// heading adds a title over the lines that follow.
func (c *column) heading(title, count string) {
	c.space()
	line := c.t.Strong.Paint(title)
	if count != "" {
		line += " " + c.t.Faint.Paint(count)
	}
	c.add(line)
}

// columnGap parts two columns that stand beside one another.
const columnGap = 2

// columnsBody puts columns beside one another.
func columnsBody(t *kit.Theme, cols ...*column) body {
	b := body{}
	for i, c := range cols {
		if i > 0 {
			b.w += columnGap
		}
		b.cols = append(b.cols, b.w)
		b.w += c.w
		b.height = max(b.height, len(c.lines))
		b.stops = append(b.stops, c.stops...)
	}
	stops := b.stops
	b.line = func(y, cursor int) string {
		var out strings.Builder
		for i, c := range cols {
			if i > 0 {
				out.WriteString(kit.Spaces(columnGap))
			}
			line := kit.Spaces(c.w)
			if y < len(c.lines) {
				line = c.lines[y]
			}
			if cursor >= 0 && cursor < len(stops) && stops[cursor].y == y && stops[cursor].col == c.col {
				line = selection(t, line)
			}
			out.WriteString(line)
		}
		return out.String()
	}
	return b
}

// selection paints a line as the one under the cursor; its first cell is blank.
func selection(t *kit.Theme, line string) string {
	if rest, ok := strings.CutPrefix(line, " "); ok {
		line = t.Accent.Paint(t.Glyph.Caret) + rest
	}
	return t.Selection.Repaint(line)
}
