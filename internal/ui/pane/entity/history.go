package entity

import (
	"cmp"
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
)

// past is what is known of an entity's history. It is read when its tab is opened.
type past struct {
	asked   int // generation of the last request
	asking  bool
	loaded  bool // history or err are of the entity, however old
	fresh   bool // and no newer catalog has come since
	history catalog.History
	err     error
	whole   string      // id of the change that is shown whole
	want    *pane.Place // where to go once it is read
}

// historyMsg brings the history that was read.
type historyMsg struct {
	asked   int
	history catalog.History
	err     error
}

// readHistory reads the history where its tab is open and it is not there yet.
func (p *Pane) readHistory() tea.Cmd {
	if p.tab != tabHistory || p.past.fresh || p.past.asking || p.ref.IsZero() {
		return nil
	}
	p.past.asked++
	p.past.asking = true
	asked, ref, portal, parent := p.past.asked, p.ref, p.s.Portal, p.s.Ctx
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(parent, patience)
		defer cancel()
		h, err := portal.History(ctx, ref)
		return historyMsg{asked, h, err}
	}
}

// staleHistory has the history read again; what is on screen stays until then.
func (p *Pane) staleHistory() tea.Cmd {
	p.past.fresh, p.past.asking = false, false
	return p.readHistory()
}

func (p *Pane) takeHistory(msg historyMsg) {
	if msg.asked != p.past.asked {
		return
	}
	keep := p.selected()
	p.past.err, p.past.loaded, p.past.fresh, p.past.asking = msg.err, true, true, false
	if msg.err == nil {
		p.past.history = msg.history
	}
	p.version++
	want := p.past.want
	p.past.want = nil
	switch {
	case p.tab != tabHistory:
	case want != nil:
		p.arrive(*want)
	default:
		p.cursor = max(p.cursor, 0)
		p.follow(keep)
	}
}

// changeID tells the changes of one entity apart.
func changeID(c *catalog.Change) string { return c.Commit + " " + c.Ref }

func (p *Pane) change(id string) *catalog.Change {
	for i := range p.past.history.Changes {
		if c := &p.past.history.Changes[i]; changeID(c) == id {
			return c
		}
	}
	return nil
}

// unfold shows a change whole, or in one line again.
func (p *Pane) unfold(id string) {
	keep := p.selected()
	if p.past.whole == id {
		id = ""
	}
	p.past.whole = id
	p.version++
	p.follow(keep)
	if b := p.body(); id != "" && p.cursor+1 < len(b.stops) { // down to its last line, the next stop
		p.top = max(p.top, min(b.stops[p.cursor].y, b.stops[p.cursor+1].y-p.room()+1))
	}
}

// history is the tab of what changed: a line each, one of them whole.
func (p *Pane) history(w int) body {
	t, h := p.s.Theme, &p.past.history
	if len(h.Changes) == 0 {
		return p.note(w, p.noHistory())
	}
	c := &column{t: t, w: w}
	for i := range h.Changes {
		change := &h.Changes[i]
		c.stop(target{change: changeID(change)})
		c.add(p.changeLine(change, w-1))
		if changeID(change) == p.past.whole {
			c.whole(change, p.s)
		}
	}
	c.space()
	if p.past.err != nil {
		c.paragraph("This is as it was read last; it cannot be read anew: " + p.past.err.Error())
	}
	for _, n := range h.Notes {
		c.paragraph(sentenceOf(n))
	}
	same := "Same as: idptui catalog log " + p.refText()
	if h.More {
		same = "Older changes: idptui catalog log " + p.refText() + " --limit 0"
	}
	for _, l := range kit.Wrap(same, max(4, w-2)) {
		c.add(t.Faint.Paint(l))
	}
	return columnsBody(t, c)
}

func (p *Pane) noHistory() []string {
	switch {
	case p.past.err != nil:
		return []string{"The history cannot be read.", sentenceOf(p.past.err.Error())}
	case !p.past.loaded:
		return []string{"Reading the history" + p.s.Theme.Glyph.Ellipsis}
	}
	list := []string{"No change of it is known."}
	for _, n := range p.past.history.Notes {
		list = append(list, sentenceOf(n))
	}
	if len(list) == 1 {
		list = append(list, "No commit of its source holds it as it is now. Press r to sync the sources.")
	}
	return list
}

// sentenceOf is a clause as a sentence of its own.
func sentenceOf(text string) string {
	first, n := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + strings.TrimSuffix(text[n:], ".") + "."
}

const (
	ageWidth   = 7
	shortID    = 7  // of a commit
	wideChange = 60 // the width from which a change says its commit
)

// changeLine is a change in one line: age, author, what, commit.
func (p *Pane) changeLine(c *catalog.Change, w int) string {
	t := p.s.Theme
	who := max(6, min(w/6, 18))
	left := t.Faint.Paint(t.Fit(pane.Age(p.s.Now(), c.Time), ageWidth)) + " " + t.Fit(author(c), who) + "  "
	right := ""
	if w >= wideChange {
		right = "  " + t.Faint.Paint(c.Commit[:min(len(c.Commit), shortID)]) + " "
	}
	what := c.What(t.Glyph.Into)
	style := t.Plain
	switch c.Kind {
	case catalog.ChangeAdded:
		style = t.Good
	case catalog.ChangeRemoved:
		style = t.Warn
	case catalog.ChangeUnreadable:
		style, what = t.Bad, t.Glyph.Cross+" "+what
	}
	room := max(1, w-kit.Width(left)-kit.Width(right))
	return left + style.Paint(t.Fit(what, room)) + right
}

func author(c *catalog.Change) string { return cmp.Or(c.Author.Name, c.Author.Email, "unknown") }

// mostItems bounds the items of one list of a change; the command has them all.
const mostItems = 20

// whole adds all that is known of a change.
func (c *column) whole(change *catalog.Change, s *pane.Session) {
	t := c.t
	add := func(style kit.Style, lead, text string) {
		for i, l := range kit.Wrap(text, max(4, c.w-4-kit.Width(lead))) {
			if i > 0 {
				lead = kit.Spaces(kit.Width(lead))
			}
			c.add("  " + style.Paint(lead+l))
		}
	}
	add(t.Strong, "", cmp.Or(change.Message, "(no message)"))
	by := author(change)
	if change.Author.Email != "" && change.Author.Email != by {
		by += " <" + change.Author.Email + ">"
	}
	add(t.Muted, "", change.Time.In(s.Now().Location()).Format("2006-01-02 15:04")+" by "+by)
	add(t.Muted, "", change.Source+": "+change.Path)
	if change.Problem != "" {
		add(t.Bad, t.Glyph.Cross+" ", change.Problem)
	}
	for i := range change.Fields {
		f := &change.Fields[i]
		if len(f.Added)+len(f.Removed) == 0 {
			add(t.Plain, "", f.Whole(t.Glyph.Into))
			continue
		}
		add(t.Plain, "", f.Field+strings.TrimSuffix(": "+f.Note, ": "))
		items := func(style kit.Style, sign string, list []string) {
			for _, item := range list[:min(len(list), mostItems)] {
				add(style, "  "+sign+" ", item)
			}
			if n := len(list) - mostItems; n > 0 {
				add(t.Faint, "    ", pane.Count(n)+" more")
			}
		}
		items(t.Good, "+", f.Added)
		items(t.Bad, "-", f.Removed)
	}
	if change.URL != "" {
		c.stop(target{url: change.URL})
		c.add("  " + t.Accent.Paint(t.Clip(change.URL, max(1, c.w-4))))
	} else {
		c.stop(target{text: change.Commit})
		c.add("  " + t.Accent.Paint(t.Clip("commit "+change.Commit, max(1, c.w-4))))
	}
	c.space()
}
