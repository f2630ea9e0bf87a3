package catalogpane

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/pane/card"
)

const (
	// patience bounds every command that asks the portal for something.
	patience = 10 * time.Second
	// settle is how long the cursor rests on a row before its record is read, so
	// that running down a list reads nothing.
	settle = 60 * time.Millisecond
	// keptFacts bounds the facts kept for going back and forth in the list; of
	// each group of relations a preview shows only the first few names.
	keptFacts   = 128
	keptRelated = 24
)

// preview is what is shown of the row under the cursor.
type preview struct {
	asked  int // generation of the last request
	due    string
	kept   map[string]card.Facts // by canonical ref, all of one View
	view   *catalog.View         // the one that kept is of
	scroll int
	shown  string // the ref that scroll belongs to
	drawn  drawn
}

type previewDueMsg struct {
	asked int
	ref   catalog.Ref
}

type previewMsg struct {
	asked int
	facts card.Facts
}

// follow makes the preview show the row under the cursor, reading its record when
// the cursor has come to rest.
func (p *Pane) follow() tea.Cmd {
	if p.preview.view != p.view {
		p.preview.view, p.preview.due = p.view, ""
		// What was read of the last View stays on screen until it is read anew.
	}
	ref := p.selectedRef()
	key := ref.String()
	if key != p.preview.shown {
		p.preview.shown, p.preview.scroll = key, 0
	}
	if ref.IsZero() || p.layOut(p.size.W, p.size.H).previewW == 0 {
		return nil
	}
	if f, ok := p.preview.kept[key]; ok && f.View == p.view && f.Err == nil || p.preview.due == key {
		return nil
	}
	p.preview.asked++
	p.preview.due = key
	return p.s.After(settle, previewDueMsg{p.preview.asked, ref})
}

func (p *Pane) loadPreview(msg previewDueMsg) tea.Cmd {
	if msg.asked != p.preview.asked {
		return nil
	}
	view, portal, parent := p.view, p.s.Portal, p.s.Ctx
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(parent, patience)
		defer cancel()
		f := card.Read(ctx, portal, view, msg.ref)
		f.Trim(keptRelated)
		return previewMsg{msg.asked, f}
	}
}

func (p *Pane) takePreview(msg previewMsg) {
	if msg.asked != p.preview.asked {
		return
	}
	p.preview.due = ""
	if len(p.preview.kept) >= keptFacts {
		clear(p.preview.kept)
	}
	p.preview.kept[msg.facts.Ref.String()] = msg.facts
}

// facts are those of the row under the cursor, as far as they have been read.
func (p *Pane) facts() (card.Facts, bool) {
	f, ok := p.preview.kept[p.preview.shown]
	return f, ok
}
