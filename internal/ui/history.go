package ui

import "github.com/idptui/idptui/internal/ui/pane"

// historyLimit keeps a session that runs for weeks small.
const historyLimit = 200

// history is where one has been, as a browser keeps it: a new place cuts off
// what lay forward.
type history struct {
	past, future []pane.Place
}

// leave remembers the place that is being left for a new one.
func (h *history) leave(p pane.Place) {
	h.future = nil
	h.past = append(h.past, p)
	if len(h.past) > historyLimit {
		h.past = append([]pane.Place(nil), h.past[len(h.past)-historyLimit:]...)
	}
}

// back gives the place before this one.
func (h *history) back(now pane.Place) (pane.Place, bool) {
	return step(&h.past, &h.future, now)
}

// forward gives the place that back left.
func (h *history) forward(now pane.Place) (pane.Place, bool) {
	return step(&h.future, &h.past, now)
}

func step(from, to *[]pane.Place, now pane.Place) (pane.Place, bool) {
	n := len(*from)
	if n == 0 {
		return pane.Place{}, false
	}
	p := (*from)[n-1]
	*from = (*from)[:n-1]
	*to = append(*to, now)
	return p, true
}
