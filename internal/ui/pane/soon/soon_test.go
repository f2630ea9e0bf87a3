package soon_test

import (
	"strings"
	"testing"

	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/pane/soon"
	"github.com/idptui/idptui/internal/ui/uitest"
)

func all() []soon.Which {
	return []soon.Which{soon.Home, soon.Scorecards, soon.Docs, soon.Create, soon.Jobs}
}

func TestAnEmptyPaneSaysWhatWillBeThereAndWhatToDoUntilThen(t *testing.T) {
	t.Parallel()
	for _, which := range all() {
		session := uitest.Session(t, uitest.Demo(t))
		s := uitest.NewStage(t, soon.New(session, which), session.Theme, pane.Place{Pane: string(which)}, 80, 21)
		text := s.Text()
		for _, want := range []string{"not built yet.", "Until then"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is not there:\n%s", which, want, text)
			}
		}
		if lines := strings.Split(strings.TrimSpace(text), "\n"); len(lines) < 5 {
			t.Errorf("%s says only:\n%s", which, text)
		}
		if s.Pane.Place() != (pane.Place{Pane: string(which)}) || s.Pane.Capturing() || s.Pane.Status() != "" || len(s.Pane.Bindings()) != 0 {
			t.Errorf("%s pretends to be more than it is", which)
		}
		if _, ok := s.Pane.Cursor(); ok {
			t.Errorf("%s has a cursor", which)
		}
	}
}

func TestItNamesThePersonsOwnKeys(t *testing.T) {
	t.Parallel()
	session := uitest.Session(t, uitest.Demo(t))
	session.Keys, _ = kit.NewKeymap(map[string][]string{"catalog": {"f2"}, "views": {"V"}})
	s := uitest.NewStage(t, soon.New(session, soon.Home), session.Theme, pane.Place{}, 80, 21)
	if !strings.Contains(s.Text(), "f2 opens the catalog; V there") {
		t.Error(s.Text())
	}
}

func TestEveryPaneFillsItsBoxExactly(t *testing.T) {
	t.Parallel()
	for _, which := range all() {
		t.Run(string(which), func(t *testing.T) {
			t.Parallel()
			session := uitest.Session(t, uitest.Demo(t))
			uitest.CheckSizes(t, soon.New(session, which).View)
		})
	}
}
