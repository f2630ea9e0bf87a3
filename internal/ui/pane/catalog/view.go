package catalogpane

import (
	"errors"
	"strings"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
)

// filterAt is the column in which the filter's text begins.
const filterAt = 3

// View implements pane.Pane.
func (p *Pane) View(w, h int) string {
	t, a := p.s.Theme, p.layOut(w, h)
	if p.zoom {
		return t.Box(p.previewBox(a.previewW, a.previewH), w, h)
	}
	lines := make([]string, 0, h)
	lines = append(lines, p.filterLine(a, w))
	if a.rule {
		lines = append(lines, p.ruleLine(a, w))
	}
	switch {
	case len(p.result.IDs) == 0:
		lines = p.appendEmpty(lines, w, h)
	case a.below:
		lines = p.appendList(lines, a, nil)
		lines = append(lines, t.Border.Paint(strings.Repeat(t.Glyph.Rule, w)))
		lines = append(lines, p.previewBox(a.previewW, a.previewH)...)
	case a.previewW > 0:
		lines = p.appendList(lines, a, p.previewBox(a.previewW, a.previewH))
	default:
		lines = p.appendList(lines, a, nil)
	}
	return t.Box(lines, w, h)
}

// inputWidth is the room for the filter's text in a box of w cells.
func (p *Pane) inputWidth(a arrangement, w int) int {
	if a.listW == 0 {
		return 0
	}
	return max(1, w-filterAt-1-kit.Width(p.note(w)))
}

// leastInput is the room that a note leaves to the filter's text.
const leastInput = 8

// note is what stands at the right end of the filter line of w cells: the marks,
// the columns that were asked for and have no room, and the saved view that is
// shown; as many of these as leave room for the filter.
func (p *Pane) note(w int) string {
	var notes []string
	if p.result.Pending {
		notes = append(notes, "relations are being read")
	}
	if n := len(p.marks); n > 0 {
		notes = append(notes, pane.Count(n)+" marked")
	}
	if _, own := p.columns[p.kind]; own && !p.zoom && len(p.result.IDs) > 0 {
		if n := len(p.hidden()); n > 0 {
			notes = append(notes, "+"+pane.Plural(n, "column", "columns")+" hidden")
		}
	}
	if name := p.viewName(); name != "" {
		notes = append(notes, name)
	}
	for ; len(notes) > 0; notes = notes[:len(notes)-1] {
		line := " " + strings.Join(notes, " "+p.s.Theme.Glyph.Dot+" ") + " "
		if w-filterAt-1-kit.Width(line) >= leastInput {
			return line
		}
	}
	return ""
}

func (p *Pane) filterLine(a arrangement, w int) string {
	t := p.s.Theme
	note := p.note(w)
	slash := t.Muted.Paint("/")
	if p.typing {
		slash = t.Accent.Paint("/")
	}
	text, x := p.input.View(t, p.inputWidth(a, w))
	if ghost := p.ghost(); ghost != "" {
		text = kit.Over(text, t.Faint.Paint(ghost), x, 0)
	}
	if p.bad != nil && !a.rule {
		// There is no line to say why; the error takes the place of the column titles.
		text = t.Bad.Paint(text)
	}
	return t.Fit(" "+slash+" "+text+" "+t.Faint.Paint(note), w)
}

// ruleLine parts the filter from the list; what is wrong with the filter stands
// in it, below the very place.
func (p *Pane) ruleLine(a arrangement, w int) string {
	t := p.s.Theme
	if p.bad != nil {
		return p.badLine(w)
	}
	if len(p.result.IDs) == 0 || a.previewW == 0 || a.below {
		return t.Border.Paint(strings.Repeat(t.Glyph.Rule, w))
	}
	return t.Border.Paint(strings.Repeat(t.Glyph.Rule, a.listW) + t.Glyph.Tee + strings.Repeat(t.Glyph.Rule, max(0, w-a.listW-1)))
}

// badLine says why the filter cannot be read, below the very place where there is
// room for that.
func (p *Pane) badLine(w int) string {
	t := p.s.Theme
	why := p.whyBad()
	var qe *catalog.QueryError
	if errors.As(p.bad, &qe) && kit.Width(p.input.Value()) <= w-filterAt-2 {
		at := filterAt + kit.Width(qe.Text[:min(qe.Pos, len(qe.Text))])
		marks := max(1, qe.Len)
		if at+marks+1+kit.Width(why) <= w {
			return t.Border.Paint(strings.Repeat(t.Glyph.Rule, at)) + t.Bad.Paint(t.Fit(strings.Repeat("^", marks)+" "+why, w-at))
		}
	}
	return t.Bad.Paint(t.Fit(" "+t.Glyph.Warning+" "+why, w))
}

// whyBad is what is wrong with the filter, and what to write instead.
func (p *Pane) whyBad() string {
	var qe *catalog.QueryError
	if !errors.As(p.bad, &qe) {
		return p.bad.Error()
	}
	if qe.Hint == "" {
		return qe.Reason
	}
	return qe.Reason + "; " + qe.Hint
}

// appendList adds the titles and the rows in sight, with side to their right.
func (p *Pane) appendList(lines []string, a arrangement, side []string) []string {
	t := p.s.Theme
	cols := place(p.chosen(), p.listRoom(a), p.longest)
	list := p.list
	list.SetHeight(a.rows)
	from, to := list.Window()
	first, last := kit.Thumb(from, a.rows, list.Len())
	edge := func(row int) string {
		thumbed := row >= first && row < last
		switch {
		case a.previewW > 0 && !a.below && thumbed:
			return t.Muted.Paint(t.Glyph.Scroll)
		case a.previewW > 0 && !a.below:
			return t.Border.Paint(t.Glyph.Bar)
		case thumbed:
			return t.Border.Paint(t.Glyph.Scroll)
		}
		return " "
	}
	beside := func(n int) string {
		if n < len(side) {
			return side[n]
		}
		return ""
	}
	room, n := p.listRoom(a), 0
	if a.titles {
		titles := p.header(cols, room)
		if p.bad != nil && !a.rule {
			titles = p.badLine(room)
		}
		lines = append(lines, titles+edge(-1)+beside(n))
		n++
	}
	for i := range a.rows {
		row := kit.Spaces(room)
		if from+i < to {
			row = p.row(cols, p.view.Row(p.result.IDs[from+i]), from+i == list.Cursor(), room)
		}
		lines = append(lines, row+edge(i)+beside(n))
		n++
	}
	return lines
}

// listRoom is the width of a row; the scroll bar has a column of its own where no
// divider can carry it.
func (p *Pane) listRoom(a arrangement) int {
	if a.previewW > 0 && !a.below {
		return a.listW
	}
	return max(0, a.listW-1)
}

// row draws one entity.
func (p *Pane) row(cols []placed, r catalog.Row, selected bool, w int) string {
	t := p.s.Theme
	ref := r.Ref().String()
	caret, star := " ", " "
	if selected {
		caret = t.Accent.Paint(t.Glyph.Caret)
	}
	if p.marks[ref] {
		caret = t.Info.Paint(t.Glyph.Mark)
	}
	if p.s.Starred[ref] {
		star = t.Warn.Paint(t.Glyph.Star)
	}
	var b strings.Builder
	b.WriteString(caret)
	b.WriteString(star)
	b.WriteByte(' ')
	used := margin
	for i, c := range cols {
		if i > 0 {
			b.WriteString(kit.Spaces(gap))
			used += gap
		}
		used += c.width
		if selected {
			b.WriteString(p.selectedCell(c, r))
		} else {
			b.WriteString(p.styled(c, r))
		}
	}
	b.WriteString(kit.Spaces(w - used))
	line := b.String()
	if used > w {
		line = t.Fit(line, w)
	}
	switch {
	case selected && p.focus:
		return t.Marked.Repaint(line)
	case selected:
		return t.Selection.Repaint(line)
	}
	return line
}

// styled is a cell in its style. The name has the letters that matched, and what
// room is left beside it goes to the title.
func (p *Pane) styled(c placed, r catalog.Row) string {
	t := p.s.Theme
	switch c.id {
	case "name":
		return p.name(c, r)
	case "type", "kind":
		return t.Muted.Paint(p.cell(c, r))
	case "lifecycle":
		if strings.EqualFold(r.Lifecycle(), "deprecated") {
			return t.Warn.Paint(p.cell(c, r))
		}
		return t.Muted.Paint(p.cell(c, r))
	case "owner":
		if r.Owner().IsZero() && owned(r.Kind()) {
			return t.Warn.Paint(t.Fit(noOwner, c.width))
		}
		return p.cell(c, r)
	case "description", "source", "namespace", "tags":
		return t.Faint.Paint(p.cell(c, r))
	}
	return p.cell(c, r)
}

// selectedCell is a cell of the row under the cursor. All but the name is in the
// selection's own colours: that is easier to read on its background, and each
// change of colour is bytes on the wire with every step of the cursor.
func (p *Pane) selectedCell(c placed, r catalog.Row) string {
	switch {
	case c.id == "name":
		return p.name(c, r)
	case c.id == "owner" && r.Owner().IsZero() && owned(r.Kind()):
		return p.s.Theme.Fit(noOwner, c.width)
	}
	return p.cell(c, r)
}

// noOwner stands in the column of owners where one is missing.
const noOwner = "no owner"

// owned tells whether entities of a kind are meant to have an owner.
func owned(kind string) bool {
	switch strings.ToLower(kind) {
	case "user", "group", "location":
		return false
	}
	return true
}

func (p *Pane) name(c placed, r catalog.Row) string {
	t := p.s.Theme
	name := nameOf(r)
	hits := p.query.Match(name)
	if kit.Width(name) > c.width {
		return highlight(t, t.Fit(name, c.width), hits, kit.Width(t.Glyph.Ellipsis))
	}
	line := highlight(t, name, hits, 0)
	left := c.width - kit.Width(name)
	title := r.Title()
	if room := left - 2; title != "" && (kit.Width(title) <= room || room >= 16) && !strings.EqualFold(title, r.Name()) {
		return line + "  " + t.Faint.Paint(t.Fit(title, left-2))
	}
	return line + kit.Spaces(left)
}

// highlight paints name with the letters at hits standing out; the last tail
// letters are the ellipsis of a name that was cut and match nothing.
func highlight(t *kit.Theme, name string, hits []int, tail int) string {
	if len(hits) == 0 {
		return t.Strong.Paint(name)
	}
	runes := []rune(name)
	hit := make([]bool, len(runes))
	for _, i := range hits {
		if i >= 0 && i < len(runes)-tail {
			hit[i] = true
		}
	}
	var b strings.Builder
	for i := 0; i < len(runes); {
		j := i
		for j < len(runes) && hit[j] == hit[i] {
			j++
		}
		style := t.Strong
		if hit[i] {
			style = t.Match
		}
		b.WriteString(style.Paint(string(runes[i:j])))
		i = j
	}
	return b.String()
}
