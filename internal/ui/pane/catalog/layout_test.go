package catalogpane

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTheArrangementFillsTheBox(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w, h := rapid.IntRange(1, 220).Draw(rt, "w"), rapid.IntRange(1, 67).Draw(rt, "h")
		a := arrange(w, h, false)
		switch {
		case a.previewW == 0 && a.listW != w:
			rt.Fatalf("the list alone has %d of %d cells", a.listW, w)
		case a.previewW > 0 && !a.below && a.listW+1+a.previewW != w:
			rt.Fatalf("%d + 1 + %d cells in %d", a.listW, a.previewW, w)
		case a.below && a.head+a.rows+1+a.previewH != h:
			rt.Fatalf("%d + %d + 1 + %d lines in %d", a.head, a.rows, a.previewH, h)
		case !a.below && a.head+a.rows != max(h, a.head):
			rt.Fatalf("%d + %d lines in %d", a.head, a.rows, h)
		}
	})
}

func TestThePreviewGoesWhereThereIsRoom(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		w, h         int
		side, below  bool
		list, beside int
	}{
		{40, 9, false, false, 40, 0},
		{79, 40, false, false, 79, 0},
		{80, 21, true, false, 47, 32},
		{100, 40, false, true, 100, 100},
		{119, 29, true, false, 71, 47},
		{120, 37, true, false, 63, 56},
		{200, 47, true, false, 111, 88},
	} {
		a := arrange(tc.w, tc.h, false)
		if side := a.previewW > 0 && !a.below; side != tc.side || a.below != tc.below || a.listW != tc.list || a.previewW != tc.beside {
			t.Errorf("at %d×%d: %+v; want %+v", tc.w, tc.h, a, tc)
		}
	}
	if a := arrange(45, 13, true); a.previewW != 45 || a.previewH != 13 {
		t.Errorf("zoomed: %+v; want the preview alone", a)
	}
}

func TestColumnsNeverOverrunTheirRoom(t *testing.T) {
	t.Parallel()
	var ids []string
	for _, c := range allColumns() {
		ids = append(ids, c.id)
	}
	rapid.Check(t, func(rt *rapid.T) {
		w := rapid.IntRange(1, 220).Draw(rt, "w")
		some := rapid.SliceOfNDistinct(rapid.SampledFrom(ids), 1, len(ids), rapid.ID[string]).Draw(rt, "columns")
		used := margin
		for i, c := range place(some, w, rapid.IntRange(0, 80).Draw(rt, "longest")) {
			if i > 0 {
				used += gap
			}
			if c.width > c.most || i > 0 && c.width < c.least {
				rt.Fatalf("%s is %d cells wide; it wants %d to %d", c.id, c.width, c.least, c.most)
			}
			used += c.width
		}
		if used > max(w-1, margin) {
			rt.Fatalf("columns take %d of %d cells", used, w)
		}
	})
}

func TestTheNameGetsTheRoomThatIsOver(t *testing.T) {
	t.Parallel()
	cols := place(usualColumns("user"), 90, 18)
	if len(cols) != 3 || cols[0].width != 40 {
		t.Errorf("columns in 90 cells: %v", cols)
	}
}

func TestWhoseItIsOutlastsWhatTypeItIs(t *testing.T) {
	t.Parallel()
	for w, want := range map[int]string{25: "name", 28: "name type", 39: "name owner", 46: "name type owner", 200: "name type owner lifecycle system"} {
		var got []string
		for _, c := range place(usualColumns("component"), w, 18) {
			got = append(got, c.id)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("in %d cells: %v; want %s", w, got, want)
		}
	}
}

func TestEveryUsualColumnExists(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"", "component", "api", "resource", "system", "domain", "group", "user", "template", "location"} {
		if cols := place(usualColumns(kind), 400, 18); len(cols) != len(usualColumns(kind)) {
			t.Errorf("kind %q: columns %v; %d of them are known", kind, usualColumns(kind), len(cols))
		}
	}
}

func TestLongNamesTakeTheRoomOfOtherColumns(t *testing.T) {
	t.Parallel()
	short, long := place(usualColumns(""), 63, 18), place(usualColumns(""), 63, 40)
	if short[0].width > 24 || long[0].width < 30 {
		t.Errorf("a name has %d cells where names are short and %d where they are long", short[0].width, long[0].width)
	}
}
