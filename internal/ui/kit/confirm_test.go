package kit

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// asking is a Confirm of n lines on a screen of w×h, and how often it was confirmed.
func asking(w, h, n int) (c *Confirm, ran *int) {
	ran = new(int)
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "key%d: value # remark\n", i)
	}
	c = &Confirm{
		Title: "Write it?", About: []string{"This is what happens when somebody presses enter here."}, Text: text.String(), Do: "write it",
		Run: func() tea.Cmd { *ran++; return nil },
	}
	c.Update(tea.WindowSizeMsg{Width: w, Height: h})
	return c, ran
}

func TestOnlyEnterConfirms(t *testing.T) {
	t.Parallel()
	for key, want := range map[string][2]int{ // done, ran
		"enter": {1, 1}, "esc": {1, 0}, "q": {1, 0}, "ctrl+c": {1, 0}, "y": {0, 0}, "x": {0, 0}, "space": {0, 0}, "j": {0, 0},
	} {
		c, ran := asking(80, 24, 5)
		done, _ := c.Update(keyMsg(key))
		if (done != (want[0] == 1)) || *ran != want[1] {
			t.Errorf("%s: done %v, ran %d times", key, done, *ran)
		}
	}
}

func TestAllOfTheTextCanBeReadBeforeItIsConfirmed(t *testing.T) {
	t.Parallel()
	c, _ := asking(80, 24, 60)
	theme := NewTheme(Look{NoColor: true})
	see := func(want string) {
		t.Helper()
		if block, _ := c.View(theme, 80, 24); !strings.Contains(block, want) {
			t.Errorf("%q is not in sight:\n%s", want, block)
		}
	}
	see("key0:")
	for _, step := range []struct{ key, want string }{
		{"G", "key59:"}, {"g", "key0:"}, {"pgdown", "key17:"}, {"pgup", "key0:"}, {"up", "key0:"}, {"end", "key59:"}, {"down", "key59:"},
	} {
		c.Update(keyMsg(step.key))
		see(step.want)
	}
	c.Update(tea.WindowSizeMsg{Width: 80, Height: 70})
	see("key0:") // the window is full again
}

func TestAConfirmFitsEveryScreen(t *testing.T) {
	t.Parallel()
	theme := NewTheme(Look{})
	for w := 20; w <= 220; w += 7 {
		for h := 6; h <= 70; h += 5 {
			for _, n := range []int{1, 9, 200} {
				c, _ := asking(w, h, n)
				c.Update(keyMsg("G"))
				block, _ := c.View(theme, w, h)
				lines := strings.Split(block, "\n")
				if len(lines) > max(4, h-2) {
					t.Fatalf("%d lines on a screen of %d×%d", len(lines), w, h)
				}
				for _, l := range lines {
					if Width(l) != Width(lines[0]) || Width(l) > w {
						t.Fatalf("a line of %d cells on a screen of %d×%d", Width(l), w, h)
					}
				}
			}
		}
	}
}
