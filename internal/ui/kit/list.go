package kit

// List is the window onto a long list: how many rows there are, which one has
// the cursor and which one is drawn first. It never holds the rows, so a list of
// 100 000 costs what a list of ten does.
type List struct {
	n, cursor, top, height int
}

// SetLen says how many rows there are now; the cursor stays where it can.
func (l *List) SetLen(n int) {
	l.n = max(0, n)
	l.MoveTo(l.cursor)
}

// Len is the number of rows.
func (l *List) Len() int { return l.n }

// Cursor is the row under the cursor, or -1 in an empty list.
func (l *List) Cursor() int {
	if l.n == 0 {
		return -1
	}
	return l.cursor
}

// Move moves the cursor by d rows and stops at the ends.
func (l *List) Move(d int) { l.MoveTo(l.cursor + d) }

// MoveTo puts the cursor on row i, or on the nearest there is.
func (l *List) MoveTo(i int) {
	l.cursor = max(0, min(i, l.n-1))
	l.follow()
}

// Page moves by whole windows, keeping one row in sight.
func (l *List) Page(d int) { l.Move(d * max(1, l.height-1)) }

// HalfPage moves by half a window.
func (l *List) HalfPage(d int) { l.Move(d * max(1, l.height/2)) }

// SetHeight says how many rows can be seen.
func (l *List) SetHeight(h int) {
	l.height = max(0, h)
	l.follow()
}

// Top is the first row in sight; with SetTop a place is restored.
func (l *List) Top() int { return l.top }

// SetTop puts row i first, as far as the cursor and the end allow.
func (l *List) SetTop(i int) {
	l.top = max(0, min(i, l.n))
	l.follow()
}

// Window is the half-open range of rows in sight; from is never beyond to.
func (l *List) Window() (from, to int) {
	return l.top, min(l.n, l.top+l.height)
}

// Thumb is the part of a scroll bar that stands for the room rows in sight from
// top on, of total; it is empty where all rows are.
func Thumb(top, room, total int) (from, to int) {
	if total <= room || room <= 0 {
		return 0, 0
	}
	size := max(1, room*room/total)
	from = (room - size) * top / (total - room)
	return from, from + size
}

// follow keeps the cursor in sight and the window full.
func (l *List) follow() {
	if l.height <= 0 {
		l.top = min(l.top, l.n)
		return
	}
	if l.cursor < l.top {
		l.top = l.cursor
	}
	if l.cursor >= l.top+l.height {
		l.top = l.cursor - l.height + 1
	}
	l.top = max(0, min(l.top, l.n-l.height))
}
