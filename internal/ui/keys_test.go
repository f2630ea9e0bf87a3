package ui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/uitest"
)

// bound are the ids of all actions that the screens bind, read from the source.
func bound(t *testing.T) map[string]bool {
	t.Helper()
	ids := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, src, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 2 {
				return true
			}
			name := ""
			switch f := call.Fun.(type) {
			case *ast.SelectorExpr:
				name = f.Sel.Name
			case *ast.Ident:
				name = f.Name
			}
			if lit, ok := call.Args[0].(*ast.BasicLit); ok && strings.EqualFold(name, "bind") && lit.Kind == token.STRING {
				if id, err := strconv.Unquote(lit.Value); err == nil {
					ids[id] = true
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func TestTheTableAndTheScreensKnowTheSameActions(t *testing.T) {
	t.Parallel()
	ids, table := bound(t), map[string]bool{}
	for _, a := range kit.Actions() {
		table[a.ID] = true
		if !ids[a.ID] {
			t.Errorf("%s is in the table, but nothing binds it", a.ID)
		}
	}
	for id := range ids {
		if !table[id] {
			t.Errorf("%s is bound, but not in the table", id)
		}
	}
}

func TestNoKeyHasTwoMeaningsOnAnyScreen(t *testing.T) {
	t.Parallel()
	for _, st := range states() {
		s := demo(t, 120, 40)
		st.build(s)
		meaning := map[string]string{}
		for _, b := range s.m.bindings() {
			if b.Title == "" || b.Run == nil {
				t.Errorf("%s: %s has no title, or does nothing", st.name, b.ID)
			}
			for _, key := range b.Keys {
				if other := meaning[key]; other != "" {
					t.Errorf("%s: %s is both %s and %s", st.name, key, other, b.ID)
				}
				meaning[key] = b.ID
			}
		}
	}
}

func TestWhatCannotBeDoneSaysWhyInASentence(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, st := range states() {
		s := demo(t, 120, 40)
		st.build(s)
		for _, b := range s.m.bindings() {
			if ok, why := b.Can(); !ok {
				seen++
				if len(why) < 10 || !strings.HasSuffix(why, ".") || strings.ToUpper(why[:1]) != why[:1] && !strings.Contains(why, " names no ") {
					t.Errorf("%s: %s says %q", st.name, b.ID, why)
				}
			}
		}
	}
	if seen == 0 {
		t.Error("everything can be done everywhere")
	}
}

func TestADisabledKeySaysWhy(t *testing.T) {
	t.Parallel()
	s := demo(t, 80, 24)
	s.press("[")
	s.sees("This is where you started.")
	s.press("esc")
	s.sees("This is the top level; q quits.")

	o := options(t, uitest.Demo(t))
	o.Who, o.Arrive = nil, nil
	s = open(t, o, 80, 24)
	s.sees("nobody")
	s.press("*")
	s.sees("Starred.") // on one's own machine nobody need say who one is
	s.press("L")
	s.sees("There is no command that opens this place.")
}

func TestEscNeverQuitsAndEndsAtTheTop(t *testing.T) {
	t.Parallel()
	for _, st := range states() {
		s := demo(t, 120, 40)
		st.build(s)
		for range 12 {
			s.press("esc")
		}
		if s.quit {
			t.Errorf("%s: esc quit", st.name)
		}
		if len(s.m.dialogs) > 0 || s.m.here().Capturing() {
			t.Errorf("%s: esc did not leave the dialog or the filter", st.name)
		}
		if ok, _ := s.m.canLeave(); ok {
			t.Errorf("%s: esc ends in %s", st.name, s.m.current)
		}
	}
}

func TestEscGoesBackToTheListThatOneCameFrom(t *testing.T) {
	t.Parallel()
	s := demo(t, 120, 40)
	s.goTo(pane.Place{Pane: pane.Catalog, Query: "kind:component pay"})
	s.press("j")
	was := s.place()
	s.press("enter", "w") // a component and its owner
	if s.place().Ref == was.Row {
		t.Fatal("it did not walk on")
	}
	s.press("esc")
	if got := s.place(); got != was {
		t.Errorf("esc went to %+v; want %+v", got, was)
	}
	s.press("E")
	s.goTo(pane.Place{Pane: pane.Entity, Ref: paymentsAPI})
	s.press("esc")
	s.at(pane.Errors, "")
	s.press("esc")
	if got := s.place(); got != was {
		t.Errorf("esc went to %+v; want %+v", got, was)
	}
}

func TestTheInterruptQuitsFromEverywhere(t *testing.T) {
	t.Parallel()
	for _, st := range states() {
		for _, size := range []uitest.Size{{W: 120, H: 40}, {W: 30, H: 8}} {
			s := demo(t, 120, 40)
			st.build(s)
			s.resize(size.W, size.H)
			if s.press(kit.Interrupt); !s.quit {
				t.Errorf("%s at %v: it goes on", st.name, size)
			}
		}
	}
}

func TestQuitIsTextWhileOneTypes(t *testing.T) {
	t.Parallel()
	s := demo(t, 80, 24)
	s.press("/", "q")
	if s.quit || s.place().Query != "q" {
		t.Errorf("quit %v, the filter is %q", s.quit, s.place().Query)
	}
	s.press("esc", ":", "q")
	if s.quit {
		t.Error("q in the palette quits")
	}
	s.press("esc", "q")
	if !s.quit {
		t.Error("q does not quit")
	}
}

func TestKeysGoToTheDialogOnTop(t *testing.T) {
	t.Parallel()
	s := demo(t, 120, 40)
	row := s.place().Row
	s.press(":", "j", "down")
	s.send(tea.PasteMsg{Content: "x"})
	if s.place().Row != row {
		t.Error("the list moved under the dialog")
	}
	s.sees("jx")
}

func TestAPasteGoesToTheFilter(t *testing.T) {
	t.Parallel()
	s := demo(t, 120, 40)
	s.send(tea.PasteMsg{Content: "ignored"})
	s.press("/")
	s.send(tea.PasteMsg{Content: "kind:api\n\x1b[31mowner:me"})
	if q := s.place().Query; !strings.HasPrefix(q, "kind:api") || strings.Contains(q, "\x1b") || strings.Contains(q, "ignored") {
		t.Errorf("the filter is %q", q)
	}
	s.frame()
}

func TestKeyConflictsAreReportedAtTheStart(t *testing.T) {
	t.Parallel()
	o := options(t, uitest.Demo(t))
	o.Keys = map[string][]string{"star": {"?"}}
	o.Notice = "The cache was damaged and is rebuilt."
	s := open(t, o, 120, 40)
	s.sees(`"?" is already "help"`, "The cache was damaged") // both at once

	o.Keys = map[string][]string{"star": {"?"}, "fly": {"x"}, "help": {"nonsense"}}
	s = open(t, o, 120, 40)
	s.sees("3 of your own settings were not taken; E lists them")
	s.press("E")
	s.later(badToastTime)
	s.sees(`there is no action "fly"`, "configuration", "7 errors")
	s.press("?")
	s.sees("Help: Errors")
}

func TestACopyGoesToThePersonsClipboard(t *testing.T) {
	t.Parallel()
	s := demo(t, 120, 40)
	s.goTo(pane.Place{Pane: pane.Entity, Ref: paymentsAPI})
	s.press("L")
	if !slices.Equal(s.copied, []string{"idptui open " + paymentsAPI}) {
		t.Errorf("copied %q", s.copied)
	}
	s.sees("Copied the command that opens this place.")
}

func TestATinyWindowTakesNoKeysButThoseThatLeave(t *testing.T) {
	t.Parallel()
	s := demo(t, 80, 24)
	row := s.place().Row
	s.resize(39, 11)
	s.press("j", "enter", ":", "/", "x")
	s.click(5, 5)
	s.sees("The window is 39 by 11; idptui needs 40", "q quits")
	s.resize(80, 24)
	if s.place().Row != row || s.place().Pane != pane.Catalog || len(s.m.dialogs) > 0 {
		t.Error("a key did something that nobody could see")
	}
	s.resize(39, 11)
	if s.press("q"); !s.quit {
		t.Error("q does not quit")
	}
}
