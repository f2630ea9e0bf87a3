package catalogpane

// Sizes at which the pane changes its shape.
const (
	sideWidth   = 120 // from here list and preview share the width about evenly
	narrowWidth = 80  // from here there is a preview at all
	stackHeight = 30  // a narrow box of this height has the preview below
	ruleHeight  = 12  // a lower box has no rule under the filter
	titleHeight = 5   // a lower box has no column titles

	// mostPreview is the widest that text is still easy to read.
	mostPreview = 88
)

// arrangement is where the parts of the pane go.
type arrangement struct {
	head               int // lines above the first row
	rule, titles       bool
	listW, rows        int
	previewW, previewH int // 0 where there is none
	below              bool
}

// layOut is a pure function of the box and the zoom.
func (p *Pane) layOut(w, h int) arrangement { return arrange(w, h, p.zoom) }

func arrange(w, h int, zoom bool) arrangement {
	a := arrangement{head: 1, listW: w, rule: h >= ruleHeight, titles: h >= titleHeight}
	if a.rule {
		a.head++
	}
	if a.titles {
		a.head++
	}
	a.rows = max(0, h-a.head)
	switch {
	case zoom:
		a.head, a.listW, a.previewW, a.previewH = 0, 0, w, h
	case w >= sideWidth:
		a.previewW = min(w*47/100, mostPreview)
	case w >= narrowWidth && h >= stackHeight:
		a.below = true
		a.previewW, a.previewH = w, a.rows*2/5
		a.rows -= a.previewH + 1
	case w >= narrowWidth:
		a.previewW = w * 2 / 5
	}
	if a.previewW > 0 && !a.below && !zoom {
		a.listW = w - a.previewW - 1
		a.previewH = a.rows
		if a.titles {
			a.previewH++
		}
	}
	return a
}
