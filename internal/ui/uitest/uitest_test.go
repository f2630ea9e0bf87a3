package uitest

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
)

func TestKeyIsTheKeyThatTheTableNames(t *testing.T) {
	t.Parallel()
	for _, a := range kit.Actions() {
		for _, name := range a.Keys {
			if got := Key(name).String(); got != name {
				t.Errorf("Key(%q) is the key %q", name, got)
			}
		}
	}
}

type step int

func TestSettleRunsEverythingThatFollows(t *testing.T) {
	t.Parallel()
	send := func(n step) tea.Cmd { return func() tea.Msg { return n } }
	update := func(msg tea.Msg) tea.Cmd {
		if n, ok := msg.(step); ok && n < 3 {
			return send(n + 1)
		}
		return nil
	}
	seen := Settle(t, update, tea.Batch(send(1), tea.Sequence(send(10), send(11))))
	want := []tea.Msg{step(1), step(10), step(11), step(2), step(3)}
	if len(seen) != len(want) {
		t.Fatalf("seen %v; want %v", seen, want)
	}
	for i := range want {
		if seen[i] != want[i] {
			t.Errorf("seen %v; want %v", seen, want)
			break
		}
	}
}

func TestAFrameOfAnotherSizeIsAFault(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		frame string
		w, h  int
		want  string
	}{
		{"ab\ncd", 2, 2, ""},
		{"漢\ncd", 2, 2, ""},
		{"ab\nc", 2, 2, "line 2"},
		{"ab", 2, 2, "1 lines"},
		{"a\x1b[2J", 1, 1, "control sequence"},
		{"\x1b[1ma\x1b[m\n\x1b[1;31mb", 1, 2, "line 2 runs on"},
	} {
		if got := fault(tc.frame, tc.w, tc.h); got == "" != (tc.want == "") || !strings.Contains(got, tc.want) {
			t.Errorf("fault(%q) = %q; want %q", tc.frame, got, tc.want)
		}
	}
}

func TestPlainLeavesWhatAPersonReads(t *testing.T) {
	t.Parallel()
	if got := Plain("\x1b[1ma\x1b[m  \n b "); got != "a\n b" {
		t.Errorf("Plain = %q", got)
	}
}

func TestTheDemoCompanyIsThere(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	row, ok := p.View().Find(catalog.Ref{Kind: "Component", Namespace: "default", Name: "payments-api"})
	if !ok || row.Type() != "service" {
		t.Fatal("the demo company has no payments-api")
	}
	rec, err := p.Record(t.Context(), row.Ref())
	if err != nil || rec.Entity.Metadata.Description == "" || rec.Raw == "" {
		t.Errorf("its record is %+v, %v", rec, err)
	}
	if len(p.View().Relations(row.Ref())) == 0 {
		t.Error("it is related to nothing")
	}
	if s := Session(t, p); len(s.Actor.Groups) == 0 || !strings.Contains(s.Actor.Groups[0], "team-payments") {
		t.Errorf("alice is of the groups %v", s.Actor.Groups)
	}
}

func TestTheFirstClaimantKeepsARef(t *testing.T) {
	t.Parallel()
	doc := func(description string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte("apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata: {name: d, description: " + description + "}\nspec: {owner: o}\n")}
	}
	p := Load(t, fstest.MapFS{"a.yaml": doc("first"), "b.yaml": doc("second")})
	rec, err := p.Record(t.Context(), catalog.Ref{Kind: "Domain", Namespace: "default", Name: "d"})
	if err != nil || rec.Entity.Metadata.Description != "first" {
		t.Errorf("the record is %+v, %v", rec, err)
	}
	problems, err := p.Problems(t.Context())
	if err != nil || len(problems) != 1 || problems[0].Class != catalog.ClassConflict {
		t.Errorf("problems %+v, %v", problems, err)
	}
}

func TestTheFakeFailsOnlyWhileItIsToldTo(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	broken := errors.New("broken")
	p.Fail(broken)
	if err := p.Star(t.Context(), "u", "r", true); !errors.Is(err, broken) {
		t.Errorf("Star: %v", err)
	}
	p.Fail(nil)
	for _, ref := range []string{"a", "b", "a"} {
		if err := p.Star(t.Context(), "u", ref, true); err != nil {
			t.Fatal(err)
		}
	}
	if stars, err := p.Stars(t.Context(), "u"); err != nil || strings.Join(stars, " ") != "a b" {
		t.Errorf("stars %v, %v; want the newest first, each once", stars, err)
	}
	if _, err := p.Record(t.Context(), catalog.Ref{Kind: "x", Namespace: "y", Name: "z"}); !errors.Is(err, pane.ErrNotFound) {
		t.Errorf("Record of nothing: %v", err)
	}
}
