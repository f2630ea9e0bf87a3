package catalog

import (
	"slices"
	"strings"
	"sync"
)

// View is a Snapshot with the overlays laid over it. It never changes and is
// shared like the Snapshot.
type View struct {
	*Snapshot
	overlays []*viewOverlay
}

// viewOverlay is an overlay joined to a snapshot's rows.
type viewOverlay struct {
	*Overlay
	rows []func() []uint32 // per column, made at first use
}

// NewView lays the overlays over the snapshot. Of two with the same name the
// later one counts.
func NewView(s *Snapshot, overlays ...*Overlay) *View {
	v := &View{Snapshot: s}
	for _, o := range overlays {
		v = v.WithOverlay(o)
	}
	return v
}

// WithOverlay is the same View with one overlay put in or replaced. What was
// joined of the others is kept, so that a probe's news costs only its own join.
func (v *View) WithOverlay(o *Overlay) *View {
	joined := &viewOverlay{Overlay: o}
	for _, c := range o.columns {
		joined.rows = append(joined.rows, sync.OnceValue(func() []uint32 { return c.joined(v.table) }))
	}
	kept := slices.DeleteFunc(slices.Clone(v.overlays), func(old *viewOverlay) bool {
		return strings.EqualFold(old.name, o.name)
	})
	return &View{Snapshot: v.Snapshot, overlays: append(kept, joined)}
}

// Overlay is the overlay of that name, for its source, revision and age.
func (v *View) Overlay(name string) (*Overlay, bool) {
	if o := v.overlay(name); o != nil {
		return o.Overlay, true
	}
	return nil, false
}

func (v *View) overlay(name string) *viewOverlay {
	for _, o := range v.overlays {
		if strings.EqualFold(o.name, name) {
			return o
		}
	}
	return nil
}

// Value is what an overlay says of a row.
type Value struct {
	Text    string  // the word, or the number as text
	Number  float64 // of a column of numbers
	Numeric bool
}

// Value looks up one cell, for the rows on screen. field is an overlay's name,
// or name:column. It is false where the value is unknown.
func (v *View) Value(id int32, field string) (Value, bool) {
	c, _ := v.overlayColumn(field)
	if c == nil || id < 0 || int(id) >= v.Len() {
		return Value{}, false
	}
	var buf refBuffer
	i, known := c.values[string(appendCanonical(buf[:0], v.ref(id)))]
	if !known {
		return Value{}, false
	}
	out := Value{Text: c.text(int(i)), Numeric: c.numeric}
	if c.numeric {
		out.Number = c.numbers[i]
	}
	return out, true
}

// overlayColumn finds the column behind a name such as health or
// score:production.
func (v *View) overlayColumn(field string) (*OverlayColumn, func() []uint32) {
	name, column, _ := strings.Cut(field, ":")
	o := v.overlay(name)
	if o == nil {
		return nil, nil
	}
	i := o.column(column)
	if i < 0 {
		return nil, nil
	}
	return o.columns[i], o.rows[i]
}

// tableColumn is the index of the column of that name, or -1.
func (o *Overlay) column(name string) int {
	return slices.IndexFunc(o.columns, func(c *OverlayColumn) bool { return strings.EqualFold(c.name, name) })
}
