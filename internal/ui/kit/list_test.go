package kit

import (
	"testing"

	"pgregory.net/rapid"
)

// TestAListAlwaysShowsItsCursor does anything to a list, in any order.
func TestAListAlwaysShowsItsCursor(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var l List
		number := rapid.IntRange(-5, 60)
		height := 0
		act := func(f func(int)) func(*rapid.T) { return func(t *rapid.T) { f(number.Draw(t, "n")) } }
		t.Repeat(map[string]func(*rapid.T){
			"len":    act(l.SetLen),
			"height": act(func(n int) { height = max(0, n); l.SetHeight(n) }),
			"move":   act(l.Move),
			"to":     act(l.MoveTo),
			"page":   act(func(n int) { l.Page(n % 2) }),
			"half":   act(func(n int) { l.HalfPage(n % 2) }),
			"top":    act(l.SetTop),
			"": func(t *rapid.T) {
				from, to := l.Window()
				switch c := l.Cursor(); {
				case from < 0 || from > to || to > l.Len() || from != l.Top():
					t.Fatalf("the window is [%d, %d) of %d, the top %d", from, to, l.Len(), l.Top())
				case l.Len() == 0 && c != -1:
					t.Fatalf("the cursor is on row %d of none", c)
				case l.Len() > 0 && (c < 0 || c >= l.Len()):
					t.Fatalf("the cursor is on row %d of %d", c, l.Len())
				case l.Len() > 0 && height > 0 && (c < from || c >= to):
					t.Fatalf("the cursor is on row %d, out of [%d, %d)", c, from, to)
				case height > 0 && to-from < min(height, l.Len()):
					t.Fatalf("only [%d, %d) of %d rows in a window of %d", from, to, l.Len(), height)
				}
			},
		})
	})
}

func TestAListMovesByRowsAndPages(t *testing.T) {
	t.Parallel()
	var l List
	l.SetHeight(10)
	l.SetLen(100)
	for _, step := range []struct {
		name        string
		do          func()
		cursor, top int
	}{
		{"down", func() { l.Move(1) }, 1, 0},
		{"page down keeps a row in sight", func() { l.Page(1) }, 10, 1},
		{"half a page", func() { l.HalfPage(1) }, 15, 6},
		{"last", func() { l.MoveTo(99) }, 99, 90},
		{"beyond the end", func() { l.Move(5) }, 99, 90},
		{"page up", func() { l.Page(-1) }, 90, 90},
		{"a place restored", func() { l.MoveTo(42); l.SetTop(40) }, 42, 40},
		{"a top that would lose the cursor", func() { l.SetTop(0) }, 42, 33},
		{"a higher window is full", func() { l.MoveTo(99); l.SetHeight(20) }, 99, 80},
		{"fewer rows", func() { l.SetLen(5) }, 4, 0},
		{"none", func() { l.SetLen(0) }, -1, 0},
	} {
		step.do()
		if l.Cursor() != step.cursor || l.Top() != step.top {
			t.Errorf("%s: cursor %d, top %d; want %d, %d", step.name, l.Cursor(), l.Top(), step.cursor, step.top)
		}
	}
}

func TestAListWithoutAWindowHoldsItsPlaceUntilItHasOne(t *testing.T) {
	t.Parallel()
	var l List
	l.SetLen(100)
	l.MoveTo(50)
	l.SetTop(45)
	l.SetHeight(10)
	if l.Cursor() != 50 || l.Top() != 45 {
		t.Errorf("cursor %d, top %d; want 50, 45", l.Cursor(), l.Top())
	}
}

func TestTheScrollBarCoversWhatIsInSight(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.IntRange(1, 60).Draw(rt, "rows")
		total := rapid.IntRange(0, 100_000).Draw(rt, "total")
		top := rapid.IntRange(0, max(0, total-rows)).Draw(rt, "top")
		from, to := Thumb(top, rows, total)
		switch {
		case total <= rows && from != to:
			rt.Fatal("a bar where all rows are in sight")
		case total > rows && (from < 0 || to > rows || to <= from):
			rt.Fatalf("thumb %d–%d of %d", from, to, rows)
		case total > rows && top == 0 && from != 0, total > rows && top == total-rows && to != rows:
			rt.Fatalf("thumb %d–%d does not reach its end", from, to)
		}
	})
}
