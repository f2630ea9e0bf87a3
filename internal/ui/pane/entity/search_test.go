package entity_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/uitest"
)

// long is an entity with a source of many lines, some of which name a needle.
func long() fstest.MapFS {
	var b strings.Builder
	b.WriteString("apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: a\n  annotations:\n")
	for i := range 200 {
		value := "hay"
		if i%50 == 40 {
			value = strings.Repeat("hay ", 40) + "Needle"
		}
		fmt.Fprintf(&b, "    acme.example/k%03d: %s\n", i, value)
	}
	b.WriteString("spec: {type: service, lifecycle: production, owner: team-a}\n")
	return fstest.MapFS{"catalog-info.yaml": {Data: []byte(b.String())}}
}

func TestATextIsSearchedMatchByMatch(t *testing.T) {
	t.Parallel()
	for _, size := range []uitest.Size{{W: 40, H: 9}, {W: 80, H: 21}, {W: 120, H: 37}} {
		s := openOver(t, uitest.Load(t, long()), pane.Place{Ref: "component:default/a", Tab: "source"}, size.W, size.H)
		s.lacks(t, "Needle")
		s.Do("filter")
		s.Type("needle")
		if !s.Pane.Capturing() {
			t.Fatal("what is typed would be keys")
		}
		s.wants(t, "Needle", "/ needle", "1 of 4") // the match is in sight, also where its line was broken
		s.Press("enter")
		for _, want := range []string{"2 of 4", "3 of 4", "4 of 4", "1 of 4"} {
			s.Press("n")
			s.wants(t, "Needle", want)
		}
		s.Press("N")
		s.wants(t, "Needle", "4 of 4")
		if top := s.Pane.Place().Top; top == 0 {
			t.Error("it did not scroll")
		}
		s.Press("esc")
		s.lacks(t, "4 of 4", "/ needle")
		if b, _ := s.Binding("match-next"); b.Enabled == nil {
			t.Error("n works without a search")
		}
	}
}

func TestASearchThatFindsNothingStaysWhereItBegan(t *testing.T) {
	t.Parallel()
	s := openOver(t, uitest.Load(t, long()), pane.Place{Ref: "component:default/a", Tab: "source"}, 80, 21)
	s.Do("page-down")
	top := s.Pane.Place().Top
	s.Do("filter")
	s.Type("needlex")
	s.wants(t, "no match")
	if got := s.Pane.Place().Top; got != top {
		t.Errorf("the window is at %d; want %d", got, top)
	}
	s.Press("esc")
	s.Do("tab-prev", "filter")
	if len(s.Refused) != 1 || !strings.Contains(s.Refused[0], "Only a text can be searched") {
		t.Errorf("elsewhere / says %q", s.Refused)
	}
}

func TestASearchEndsWithItsTab(t *testing.T) {
	t.Parallel()
	s := openOver(t, uitest.Load(t, long()), pane.Place{Ref: "component:default/a", Tab: "source"}, 80, 21)
	s.Do("filter")
	s.Type("hay")
	s.Press("enter")
	s.Do("tab-next")
	s.lacks(t, "/ hay")
	s.Do("tab-prev")
	s.lacks(t, "/ hay")
}
