package kit

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// fruit is a list with headings, a disabled item and one that is on.
func fruit(query string) []Item {
	all := []Item{
		{Label: "Sweet", Heading: true},
		{ID: "apple", Label: "apple", Right: "a"},
		{ID: "banana", Label: "banana", Detail: "yellow", Checked: true},
		{Label: "Sour", Heading: true},
		{ID: "lemon", Label: "lemon", Reason: "The lemons are out until the next delivery, which is on Friday."},
		{ID: "lime", Label: "lime"},
	}
	var out []Item
	for _, it := range all {
		if query == "" || !it.Heading && strings.Contains(it.Label, query) {
			out = append(out, it)
		}
	}
	return out
}

type chosen string

func choose(it Item) tea.Cmd { return func() tea.Msg { return chosen(it.ID) } }

// give sends keys and tells the last answer.
func give(c *Chooser, names ...string) (done bool, msg tea.Msg) {
	for _, n := range names {
		var cmd tea.Cmd
		done, cmd = c.Update(keyMsg(n))
		msg = nil
		if cmd != nil {
			msg = cmd()
		}
	}
	return done, msg
}

func opened(w, h int) *Chooser {
	c := NewChooser("Fruit", fruit, choose)
	c.Update(tea.WindowSizeMsg{Width: w, Height: h})
	return c
}

func TestAChooserSkipsHeadings(t *testing.T) {
	t.Parallel()
	c := opened(60, 20)
	var got []string
	for range 6 {
		got = append(got, c.items[c.list.Cursor()].ID)
		give(c, "down")
	}
	if diff := cmp.Diff([]string{"apple", "banana", "lemon", "lime", "lime", "lime"}, got); diff != "" {
		t.Error(diff)
	}
	give(c, "up", "ctrl+k", "ctrl+k", "up", "up")
	if id := c.items[c.list.Cursor()].ID; id != "apple" {
		t.Errorf("back at %s", id)
	}
	if c.list.Top() != 0 {
		t.Error("the heading of the first item is out of sight")
	}
}

func TestEnterChoosesAndEscLeaves(t *testing.T) {
	t.Parallel()
	c := opened(60, 20)
	if done, msg := give(c, "down", "enter"); !done || msg != chosen("banana") {
		t.Errorf("done %v, %v", done, msg)
	}
	if done, msg := give(opened(60, 20), "esc"); !done || msg != nil {
		t.Errorf("esc: done %v, %v", done, msg)
	}
	if done, msg := give(opened(60, 20), "down", "down", "enter"); done || msg != nil {
		t.Errorf("what cannot be chosen was: done %v, %v", done, msg)
	}
	c = opened(60, 20)
	c.Choose = nil
	if done, msg := give(c, "enter"); done || msg != nil {
		t.Errorf("a list to read gave done %v, %v", done, msg)
	}
}

func TestTypingNarrows(t *testing.T) {
	t.Parallel()
	c := opened(60, 20)
	if done, msg := give(c, "l", "i", "enter"); !done || msg != chosen("lime") {
		t.Errorf("done %v, %v", done, msg)
	}
	c = opened(60, 20)
	give(c, "z")
	block, _ := c.View(NewTheme(Look{NoColor: true}), 60, 20)
	if !strings.Contains(block, "Nothing matches.") {
		t.Error(block)
	}
	if done, msg := give(c, "enter"); done || msg != nil {
		t.Errorf("nothing was chosen: done %v, %v", done, msg)
	}
	c.Update(tea.PasteMsg{Content: "\x1b"})
	give(c, "backspace", "backspace")
	if len(c.items) != 6 {
		t.Errorf("%d items after all was deleted", len(c.items))
	}
}

func TestAToggleStaysOpenOnItsItem(t *testing.T) {
	t.Parallel()
	on := map[string]bool{}
	c := NewChooser("Marks", func(string) []Item {
		var items []Item
		if on["b"] { // what is on comes first, so that the item moves
			items = append(items, Item{ID: "b", Label: "b", Checked: true})
		}
		items = append(items, Item{ID: "a", Label: "a"})
		if !on["b"] {
			items = append(items, Item{ID: "b", Label: "b"})
		}
		return items
	}, func(it Item) tea.Cmd { on[it.ID] = !on[it.ID]; return nil })
	c.Toggle = true
	c.Update(tea.WindowSizeMsg{Width: 40, Height: 12})
	if done, _ := give(c, "down", "enter"); done || !on["b"] || c.items[c.list.Cursor()].ID != "b" {
		t.Errorf("done %v, %v, at %s", done, on, c.items[c.list.Cursor()].ID)
	}
	block, _ := c.View(NewTheme(Look{NoColor: true}), 40, 12)
	if !strings.Contains(block, "✓ b") || !strings.Contains(block, "  a") {
		t.Error(block)
	}
}

func TestTheMouseChoosesToo(t *testing.T) {
	t.Parallel()
	c := opened(60, 20)
	click := func(y int) (bool, tea.Cmd) {
		return c.Update(tea.MouseClickMsg{X: 5, Y: y, Button: tea.MouseLeft})
	}
	if done, _ := click(chooserHead + 5); done || c.items[c.list.Cursor()].ID != "lime" {
		t.Errorf("a click went to %s", c.items[c.list.Cursor()].ID)
	}
	for _, y := range []int{0, chooserHead, chooserHead + 3, chooserHead + 9} {
		if done, cmd := click(y); done || cmd != nil || c.items[c.list.Cursor()].ID != "lime" {
			t.Errorf("a click on line %d, where no item is, did something", y)
		}
	}
	if done, cmd := click(chooserHead + 5); !done || cmd() != chosen("lime") {
		t.Errorf("a second click did not choose")
	}
	c.Update(tea.MouseWheelMsg{Button: tea.MouseWheelUp})
	if id := c.items[c.list.Cursor()].ID; id != "banana" {
		t.Errorf("the wheel went up to %s", id)
	}
	c.Update(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	c.Update(tea.MouseWheelMsg{Button: tea.MouseWheelRight})
	if id := c.items[c.list.Cursor()].ID; id != "lime" {
		t.Errorf("the wheel went down to %s", id)
	}
}

func TestTheReasonCanBeReadInFullWhereItIsCut(t *testing.T) {
	t.Parallel()
	th := NewTheme(Look{NoColor: true})
	for _, size := range [][2]int{{40, 12}, {45, 16}, {80, 24}} {
		c := opened(size[0], size[1])
		give(c, "down", "down")
		block, _ := c.View(th, size[0], size[1])
		text := strings.Join(strings.Fields(strings.NewReplacer("│", " ", "▌", " ").Replace(ansi.Strip(block))), " ")
		if !strings.Contains(text, "The lemons are out until the next delivery, which is on Friday.") {
			t.Errorf("at %v:\n%s", size, ansi.Strip(block))
		}
	}
}

func TestAChooserFitsEveryScreen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 30).Draw(t, "n")
		text := drawable().Draw(t, "text")
		c := NewChooser(text, func(q string) []Item {
			var items []Item
			for i := range max(0, n-len(q)) {
				items = append(items, Item{
					ID: fmt.Sprint(i), Label: text + q, Detail: text, Right: strings.Repeat("k", i%5), Checked: i%3 == 0, Heading: i%4 == 1,
					Reason: strings.Repeat("why ", (i%3)*20),
				})
			}
			return items
		}, choose)
		c.Hint = text
		w, h := rapid.IntRange(1, 220).Draw(t, "w"), rapid.IntRange(1, 70).Draw(t, "h")
		c.Update(tea.WindowSizeMsg{Width: w, Height: h})
		for range rapid.IntRange(0, 8).Draw(t, "keys") {
			give(c, rapid.SampledFrom([]string{"down", "up", "pgdown", "pgup", "x", "backspace"}).Draw(t, "key"))
		}
		block, cursor := c.View(themes().Draw(t, "theme"), w, h)
		lines := strings.Split(block, "\n")
		for _, l := range lines {
			if Width(l) != Width(lines[0]) || Width(l) > w {
				t.Fatalf("a line of %d cells on a screen of %d: %q", Width(l), w, l)
			}
		}
		if len(lines) > max(h-2, 5) {
			t.Fatalf("%d lines on a screen of %d", len(lines), h)
		}
		inRows := cursor.Y >= chooserHead && cursor.Y < len(lines)-1
		if cursor.X < 0 || cursor.X >= w || cursor.Y != 1 && !inRows {
			t.Fatalf("the cursor is at %v", cursor)
		}
	})
}

func TestTheBoxStandsStillWhileOneTypes(t *testing.T) {
	t.Parallel()
	th := NewTheme(Look{NoColor: true})
	c := opened(60, 30)
	before, _ := c.View(th, 60, 30)
	give(c, "l")
	after, _ := c.View(th, 60, 30)
	if a, b := strings.Count(before, "\n"), strings.Count(after, "\n"); a != b {
		t.Errorf("%d lines became %d", a, b)
	}
}

func TestALongerListThanTheBoxHasAScrollBar(t *testing.T) {
	t.Parallel()
	for n, bar := range map[int]bool{5: false, 17: false, 18: true, 100: true} {
		c := NewChooser("Many", func(string) []Item {
			items := make([]Item, n)
			for i := range items {
				items[i] = Item{ID: strconv.Itoa(i), Label: strconv.Itoa(i)}
			}
			return items
		}, nil)
		c.Update(tea.WindowSizeMsg{Width: 80, Height: 23})
		th := NewTheme(Look{})
		top, _ := c.View(th, 80, 23)
		for range n {
			c.Update(tea.KeyPressMsg{Code: tea.KeyDown})
		}
		bottom, _ := c.View(th, 80, 23)
		for _, l := range strings.Split(bottom, "\n") {
			if Width(l) != 76 {
				t.Errorf("a line is %d cells: %q", Width(l), l)
			}
		}
		at := func(box string, line int) bool {
			return strings.HasSuffix(ansi.Strip(strings.Split(box, "\n")[line]), "┃")
		}
		if at(top, chooserHead) != bar || at(bottom, strings.Count(bottom, "\n")-1) != bar {
			t.Errorf("%d items: %v\n%s\n%s", n, bar, ansi.Strip(top), ansi.Strip(bottom))
		}
	}
}
