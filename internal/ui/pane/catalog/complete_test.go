package catalogpane_test

import (
	"strings"
	"testing"

	"github.com/idptui/idptui/internal/ui/pane"
)

func TestTabCompletesQualifiersAndValuesThatRowsHave(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"ki":                          "kind:",
		"k":                           "k", // a name may begin so
		"pay":                         "pay",
		"own":                         "owner:",
		"owner":                       "owner:",
		"kind:":                       "kind:component",
		"kind:Comp":                   "kind:Component",
		"kind:component,a":            "kind:component,api",
		"-kind:sys":                   "-kind:system",
		"type:service life":           "type:service lifecycle:",
		"kind:api lifecycle:pr":       "kind:api lifecycle:production",
		"owner:":                      "owner:me",
		"owner:team-pl":               "owner:team-platform",
		"kind:component":              "kind:component",
		"kind:nothing":                "kind:nothing",
		`type:"serv`:                  `type:"serv`,
		"nosuchfield:a":               "nosuchfield:a",
		"tag:ja":                      "tag:java",
		"system:paym":                 "system:payments",
		"kind:component type:ser -ta": "kind:component type:ser -tag:",
	} {
		s := open(t, pane.Place{})
		s.Do("filter")
		s.Type(typed)
		line := func() string { return strings.Split(s.Text(), "\n")[0] }
		if rest, ok := strings.CutPrefix(want, typed); ok && rest != "" && !strings.Contains(line(), " / "+want) {
			t.Errorf("%q: it is not shown what tab does: %q", typed, line())
		}
		at, _ := s.Pane.Cursor()
		if at.X != 3+len(typed) {
			t.Errorf("%q: the cursor is at %d", typed, at.X)
		}
		s.Press("tab")
		if got := s.place().Query; got != want {
			t.Errorf("%q became %q; want %q", typed, got, want)
		}
		if !s.Pane.Capturing() {
			t.Errorf("%q: tab ended the typing", typed)
		}
	}
}

func TestWhatTabWouldAddIsNoPartOfTheFilter(t *testing.T) {
	t.Parallel()
	s := open(t, pane.Place{})
	s.Do("filter")
	s.Type("kind:comp")
	s.Press("left")
	s.lacks(t, "kind:component") // nothing is added in the middle
	s.Press("tab", "right", "esc")
	if got := s.place().Query; strings.HasSuffix(got, "component") {
		t.Errorf("the filter is %q", got)
	}
	s.lacks(t, "/ kind:component")
}
