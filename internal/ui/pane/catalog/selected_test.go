package catalogpane_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/uitest"
)

func TestTheRowUnderTheCursorChangesItsColoursOnlyForTheName(t *testing.T) {
	t.Parallel()
	s := openOver(t, uitest.Demo(t), pane.Place{Query: "kind:component"}, 79, 37)
	first := strings.Split(s.Frame(), "\n")[3]
	if n := strings.Count(first, "\x1b["); n > 7 {
		t.Errorf("the row under the cursor has %d changes of style: %q", n, first)
	}
	ownerless := fstest.MapFS{"t.yaml": {Data: []byte(`apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: t}
spec: {type: service, steps: []}
`)}}
	s = openOver(t, uitest.Load(t, ownerless), pane.Place{}, 79, 37)
	s.wants(t, "no owner")
}
