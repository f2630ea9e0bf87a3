package catalogpane_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idptui/idptui/internal/ui/pane"
	catalogpane "github.com/idptui/idptui/internal/ui/pane/catalog"
	"github.com/idptui/idptui/internal/ui/uitest"
)

func TestColumnsAreSwitchedPerKind(t *testing.T) {
	t.Parallel()
	s := open(t, pane.Place{Query: "kind:component"})
	head := func() string { return strings.Split(strings.Split(s.Text(), "\n")[2], "│")[0] }
	s.Do("columns")
	s.Type("lifecycle")
	s.Press("enter", "esc")
	if strings.Contains(head(), "lifecycle") {
		t.Errorf("lifecycle is still there: %q", head())
	}
	s.Do("columns")
	s.Type("name")
	s.Press("enter", "esc")
	if !strings.Contains(head(), "name") {
		t.Errorf("the name is gone: %q", head())
	}
	s.Do("leave", "filter")
	s.Type("kind:api")
	s.Press("enter")
	if !strings.Contains(head(), "lifecycle") {
		t.Errorf("the choice for components changed the list of APIs: %q", head())
	}
}

func TestColumnsFollowTheKind(t *testing.T) {
	t.Parallel()
	for query, want := range map[string][]string{
		"":               {"name", "kind", "type", "owner"},
		"kind:component": {"name", "type", "owner", "lifecycle"},
		"kind:api,user":  {"name", "kind", "type", "owner"},
		"kind:group":     {"name", "type", "parent", "members"},
		"kind:user":      {"name", "email"},
		"kind:system":    {"name", "owner", "domain"},
	} {
		s := open(t, pane.Place{Query: query})
		head := strings.Fields(strings.Split(strings.Split(s.Text(), "\n")[2], "│")[0])
		if len(head) < len(want) || cmp.Diff(want, head[:len(want)]) != "" {
			t.Errorf("%q has the columns %v; want %v", query, head, want)
		}
	}
}

func TestAChosenColumnWithoutRoomIsSaidToBeHidden(t *testing.T) {
	t.Parallel()
	p := uitest.Demo(t)
	session := uitest.Session(t, p)
	session.Views = []pane.SavedView{{Name: "Wide", Query: "kind:api", Columns: []string{"name", "lifecycle", "owner", "description", "tags", "no-such-column"}}}
	s := scene{uitest.NewStage(t, catalogpane.New(session), session.Theme, session.Views[0].At(), 200, 37), p, session}
	s.lacks(t, "hidden") // one that does not exist is not missed
	s.Resize(130, 37)
	s.wants(t, "+1 column hidden", "Wide")
	s.Resize(80, 21)
	s.wants(t, "+2 columns hidden", "Wide")
	s.Do("columns")
	s.Type("description")
	if !strings.Contains(s.Dialog(), "hidden, no room") {
		t.Errorf("the chooser says:\n%s", s.Dialog())
	}
	s.Press("esc")
	s.Do("filter")
	s.Type(strings.Repeat(" owner:me", 12))
	if at, ok := s.Pane.Cursor(); !ok || !strings.HasPrefix(strings.Split(s.Text(), "\n")[0][at.X-2:], "me") {
		t.Errorf("the cursor is at %+v of %q", at, strings.Split(s.Text(), "\n")[0])
	}
	if s = open(t, pane.Place{Query: "kind:api"}); s.session.Views != nil {
		t.Fatal("the other session has the same views")
	}
	s.Resize(80, 21)
	s.lacks(t, "hidden") // nobody has asked for the usual ones
}
