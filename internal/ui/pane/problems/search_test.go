package problems_test

import (
	"strings"
	"testing"
)

func TestTheListIsSearchedRowByRow(t *testing.T) {
	t.Parallel()
	s, _ := stage(t, some(), 80, 21)
	s.Do("filter")
	s.Type("take one") // the hint of one, below the list
	if !strings.Contains(s.Text(), "/ take one") || !strings.Contains(s.Text(), "1 of 1") || s.Pane.Place().Cursor != 4 {
		t.Errorf("the cursor is on %d:\n%s", s.Pane.Place().Cursor, s.Text())
	}
	s.Press("esc", "g")
	s.Do("filter")
	s.Type("was") // one of the last two
	s.Press("backspace", "backspace", "backspace")
	s.Type("there")
	s.Press("enter")
	first := s.Pane.Place().Cursor
	s.Press("up") // moving by other means does not lose the search
	s.Press("n")
	if got := s.Pane.Place().Cursor; got != first || !strings.Contains(s.Text(), "1 of 1") {
		t.Errorf("the cursor is on %d, not on %d:\n%s", got, first, s.Text())
	}
	s.Do("leave")
	if strings.Contains(s.Text(), "/ there") {
		t.Errorf("the search is still there:\n%s", s.Text())
	}
	s.Type("zzz") // keys, not text, and none of them does anything here but z
	s.Press("/")
	s.Type("nothing of that")
	if !strings.Contains(s.Text(), "no match") {
		t.Errorf("it does not say so:\n%s", s.Text())
	}
}
