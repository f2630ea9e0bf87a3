package cli

import (
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

const (
	columnGap = 2  // spaces between columns
	minColumn = 8  // cells that a column keeps when a terminal is narrow
	minWidth  = 20 // a terminal narrower than this is not believed
)

// column is one column of a table.
type column struct {
	head  string
	right bool // numbers line up at the right
	flex  bool // the first to be cut on a narrow terminal
	asked bool // somebody named it, so that it stays where no row has it
	paint func(string) string
}

// table prints rows of clean text in columns. Where the width is known (a
// terminal) it never wraps a line; elsewhere nothing is cut.
type table struct {
	cols  []column
	rows  [][]string
	style style
	width int // 0: nothing is cut
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) print(w io.Writer) error {
	widths := t.widths()
	var b strings.Builder
	head := make([]string, len(t.cols))
	for i, c := range t.cols {
		head[i] = c.head
	}
	t.line(&b, head, widths, func(_ int, s string) string { return t.style.bold(s) })
	for _, row := range t.rows {
		t.line(&b, row, widths, func(i int, s string) string {
			if p := t.cols[i].paint; p != nil {
				return p(s)
			}
			return s
		})
		if b.Len() > 64<<10 {
			if _, err := io.WriteString(w, b.String()); err != nil {
				return err
			}
			b.Reset()
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (t *table) line(b *strings.Builder, cells []string, widths []int, paint func(int, string) string) {
	var line strings.Builder
	for i, cell := range cells {
		if widths[i] == 0 {
			continue
		}
		n := ansi.StringWidth(cell)
		if n > widths[i] {
			cell = ansi.Truncate(cell, widths[i], "…")
			n = ansi.StringWidth(cell)
		}
		pad := strings.Repeat(" ", widths[i]-n)
		if t.cols[i].right {
			line.WriteString(pad + paint(i, cell))
		} else {
			line.WriteString(paint(i, cell) + pad)
		}
		line.WriteString(strings.Repeat(" ", columnGap))
	}
	b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
}

// widths is what each column gets. A column without any text gets none, unless
// somebody asked for it.
func (t *table) widths() []int {
	widths := make([]int, len(t.cols))
	for i := range t.cols {
		for _, row := range t.rows {
			widths[i] = max(widths[i], ansi.StringWidth(row[i]))
		}
		if widths[i] > 0 || len(t.rows) == 0 || t.cols[i].asked {
			widths[i] = max(widths[i], ansi.StringWidth(t.cols[i].head))
		}
	}
	if t.width < minWidth {
		return widths
	}
	over := -columnGap - t.width
	for _, n := range widths {
		if n > 0 {
			over += n + columnGap
		}
	}
	over = shrink(widths, over, minColumn, func(i int) bool { return t.cols[i].flex })
	over = shrink(widths, over, minColumn, func(i int) bool { return i > 0 })
	shrink(widths, over, 1, func(int) bool { return true })
	return widths
}

// shrink takes cells away from the widest of the columns that may give some,
// one by one, and returns how many are still too many.
func shrink(widths []int, over, least int, may func(int) bool) int {
	for over > 0 {
		widest := -1
		for i, n := range widths {
			if may(i) && n > least && (widest < 0 || n > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		widths[widest]--
		over--
	}
	return over
}
