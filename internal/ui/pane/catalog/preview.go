package catalogpane

import (
	"strings"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/pane/card"
)

// drawn is the last preview, kept while nothing that it shows has changed.
type drawn struct {
	ref     string
	view    *catalog.View
	read    *catalog.Record
	loaded  bool
	starred bool
	age     string
	theme   *kit.Theme
	w       int
	lines   []string
	foot    []string
}

// leastFoot is the height below which the preview leaves out where it came from.
const leastFoot = 7

// previewBox is the preview in h lines of exactly w cells: the part that is
// scrolled to, and at the bottom where it came from and how old that is.
func (p *Pane) previewBox(w, h int) []string {
	row, ok := p.selected()
	if !ok || w <= 0 || h <= 0 {
		return nil
	}
	d := p.draw(row, w)
	room := p.previewRoom(d, h)
	from := max(0, min(p.preview.scroll, len(d.lines)-room))
	lines := append(make([]string, 0, h), d.lines[from:min(len(d.lines), from+room)]...)
	for len(lines) < room {
		lines = append(lines, kit.Spaces(w))
	}
	first, last := kit.Thumb(from, room, len(d.lines))
	for i := first; i < last; i++ { // lines is this frame's own
		lines[i] = kit.Over(lines[i], p.s.Theme.Border.Paint(p.s.Theme.Glyph.Scroll), w-1, 0)
	}
	if room < h {
		lines = append(lines, d.foot...)
	}
	return lines
}

// previewRoom is how many of h lines there are for what scrolls.
func (p *Pane) previewRoom(d drawn, h int) int {
	if h < leastFoot {
		return h
	}
	return h - len(d.foot)
}

// overflow is how far the preview can be scrolled.
func (p *Pane) overflow() int {
	a := p.layOut(p.size.W, p.size.H)
	row, ok := p.selected()
	if !ok || a.previewW <= 0 {
		return 0
	}
	d := p.draw(row, a.previewW)
	return max(0, len(d.lines)-p.previewRoom(d, a.previewH))
}

func (p *Pane) draw(row catalog.Row, w int) drawn {
	f, loaded := p.facts()
	want := drawn{
		ref: p.preview.shown, view: p.view, read: f.Record, loaded: loaded, theme: p.s.Theme, w: w,
		starred: p.s.Starred[p.preview.shown],
	}
	if f.Record != nil {
		want.age = card.Synced(f.Record.Provenance, p.s.Now())
	}
	if have := p.preview.drawn; have.lines != nil && have.same(want) {
		return have
	}
	if !loaded {
		f.View = p.view
	}
	s := sheet{t: p.s.Theme, w: w, row: row, f: f, loaded: loaded}
	want.lines = s.body(want.starred)
	want.foot = s.foot(want.age)
	p.preview.drawn = want
	return want
}

func (d drawn) same(o drawn) bool {
	return d.ref == o.ref && d.view == o.view && d.read == o.read && d.loaded == o.loaded && d.starred == o.starred &&
		d.age == o.age && d.theme == o.theme && d.w == o.w
}

// sheet draws one entity into a column of w cells.
type sheet struct {
	t      *kit.Theme
	w      int
	row    catalog.Row
	f      card.Facts
	loaded bool
	lines  []string
}

// labelWidth is the column of labels, such as "Owner"; it fits the longest title
// of a relation group with its arrow.
const labelWidth = 15

// A narrow sheet has narrow labels, and where it came from above how old it is.
const (
	narrowSheet = 50
	narrowLabel = 9
	narrowGroup = 13
)

func (s *sheet) add(line string) { s.lines = append(s.lines, s.t.Fit(" "+line, s.w)) }
func (s *sheet) space()          { s.lines = append(s.lines, kit.Spaces(s.w)) }

// fact adds a labelled text in one style; a long one goes on below itself.
func (s *sheet) fact(label, text string, style kit.Style) {
	for i, l := range kit.Wrap(text, max(4, s.w-s.label()-2)) {
		if i > 0 {
			label = ""
		}
		s.line(label, style.Paint(l))
	}
}

// line adds a labelled value of several styles, which is cut when it is long.
func (s *sheet) line(label, value string) {
	s.add(s.t.Muted.Paint(s.t.Fit(label, s.label())) + value)
}

func (s *sheet) label() int {
	if s.w < narrowSheet {
		return narrowLabel
	}
	return labelWidth
}

func (s *sheet) body(starred bool) []string {
	t := s.t
	star := ""
	if starred {
		star = t.Warn.Paint(t.Glyph.Star) + " "
	}
	title := t.Strong.Paint(nameOf(s.row))
	if tt := s.row.Title(); tt != "" && !strings.EqualFold(tt, s.row.Name()) {
		title += "  " + t.Muted.Paint(tt)
	}
	s.lines = append(s.lines, t.Fit(" "+t.Spread(title, star, max(0, s.w-1)), s.w))
	s.add(card.Headline(t, s.row, s.w-2))
	s.description()
	s.space()
	s.people()
	s.relations()
	s.more()
	return s.lines
}

// mostDescription is how many lines of a description the preview shows; the
// entity's page has it whole.
const mostDescription = 6

func (s *sheet) description() {
	text := s.row.Description()
	if s.f.Record != nil {
		text = s.f.Record.Entity.Metadata.Description
	}
	text = strings.TrimSpace(text)
	if text == "" {
		return
	}
	s.space()
	cut, more := text, false
	if limit := s.w * (mostDescription + 1); len(cut) > limit*4 {
		cut, more = cut[:limit], true // wrapping a whole book for six lines would be slow
		cut = strings.ToValidUTF8(cut, "")
	}
	lines := kit.Wrap(cut, max(4, s.w-2))
	if len(lines) > mostDescription {
		lines, more = lines[:mostDescription], true
	}
	for i, l := range lines {
		if more && i == len(lines)-1 {
			l = s.t.Clip(l, max(1, s.w-5)) + " " + s.t.Glyph.Ellipsis
		}
		s.add(l)
	}
}

func (s *sheet) people() {
	t := s.t
	owner := s.row.Owner()
	switch {
	case !owner.IsZero():
		name := owner.Display("group")
		line := t.Strong.Paint(name)
		if row, ok := s.f.View.Find(owner); s.loaded && !ok {
			line += " " + t.Warn.Paint("not in the catalog")
		} else if ok && row.Title() != "" && kit.Width(name+row.Title()) < s.w-labelWidth-3 && !strings.EqualFold(row.Title(), row.Name()) {
			line += "  " + t.Muted.Paint(row.Title())
		}
		s.line("Owner", line)
	case owned(s.row.Kind()):
		s.line("Owner", t.Warn.Paint("none"))
	}
	for _, c := range s.f.Ask() {
		s.fact(c.Word, c.Text, t.Plain)
	}
	if sys := s.row.System(); !sys.IsZero() {
		value := sys.Display("system")
		if !s.f.Domain.IsZero() {
			value += t.Faint.Paint(" " + t.Glyph.Dot + " " + s.f.Domain.Display("domain"))
		}
		s.line("System", value)
	}
}

func (s *sheet) relations() {
	t := s.t
	first := true
	for _, g := range s.f.Groups {
		if g.Type == "ownedBy" || g.Type == "partOf" && g.Total == 1 && g.Items[0].Ref.Equal(s.row.System()) {
			continue // said above
		}
		if first {
			s.space()
			first = false
		}
		s.group(g)
	}
	if s.loaded && !s.f.View.RelationsReady() {
		s.add(t.Faint.Paint("relations are being read"))
	}
}

// group is one line: the arrow, what the relation is, how many, and as many names
// as fit.
func (s *sheet) group(g card.Group) {
	t := s.t
	arrow := t.Glyph.OutOf
	if g.Out {
		arrow = t.Glyph.Into
	}
	at := labelWidth
	if s.w < narrowSheet {
		at = narrowGroup
	}
	head := t.Muted.Paint(t.Fit(arrow+" "+g.Title, at)) + t.FitRight(pane.Count(g.Total), 3) + "  "
	room := s.w - 1 - kit.Width(head)
	var names string
	for i, r := range g.Items {
		name := card.Name(r.Ref)
		if !r.Known {
			name = t.Warn.Paint(name + " " + t.Glyph.Unknown)
		}
		if i > 0 {
			name = ", " + name
		}
		rest := ""
		if left := g.Total - i - 1; left > 0 {
			rest = ", +" + pane.Count(left)
		}
		if i > 0 && kit.Width(names)+kit.Width(name)+kit.Width(rest) > room {
			names += t.Faint.Paint(", +" + pane.Count(g.Total-i))
			break
		}
		names += name
	}
	s.add(head + names)
}

func (s *sheet) more() {
	t := s.t
	if s.f.Record == nil {
		return
	}
	links := card.Links(s.f.Record.Entity)
	tags := s.row.Tags()
	if len(links)+len(tags) > 0 {
		s.space()
	}
	if len(links) > 0 {
		labels := make([]string, len(links))
		for i, l := range links {
			labels[i] = l.Label
		}
		s.fact("Links", strings.Join(labels, " "+t.Glyph.Dot+" "), t.Plain)
	}
	if len(tags) > 0 {
		s.fact("Tags", strings.Join(tags, " "+t.Glyph.Dot+" "), t.Muted)
	}
	if n := len(s.f.Record.Problems); n > 0 {
		s.space()
		s.add(t.Warn.Paint(t.Glyph.Warning+" "+pane.Plural(n, "problem", "problems")+": ") + s.f.Record.Problems[0].Message)
	}
}

// foot says where it came from and how old it is.
func (s *sheet) foot(age string) []string {
	t := s.t
	switch {
	case s.f.Err != nil:
		return []string{t.Bad.Paint(t.Fit(" "+t.Glyph.Cross+" The rest cannot be read: "+s.f.Err.Error(), s.w))}
	case s.f.Record != nil:
		return s.from(age)
	case !s.loaded:
		return []string{t.Faint.Paint(t.Fit(" Reading the rest"+t.Glyph.Ellipsis, s.w))}
	}
	return nil
}

func (s *sheet) from(age string) []string {
	t, rec := s.t, s.f.Record
	if s.w < narrowSheet {
		return []string{
			t.Faint.Paint(t.Fit(" "+card.Origin(t, rec, s.w-2), s.w)),
			t.Faint.Paint(t.Fit(" "+age, s.w)),
		}
	}
	where := card.Origin(t, rec, s.w-kit.Width(age)-4)
	return []string{t.Faint.Paint(t.Fit(" "+t.Spread(where, age, s.w-2), s.w))}
}
