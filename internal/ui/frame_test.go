package ui

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/uitest"
)

// TestEveryScreenFillsEveryWindowExactly goes through all widths, each screen at
// other heights, and through some sizes drawn at random; in short mode only
// through those.
func TestEveryScreenFillsEveryWindowExactly(t *testing.T) {
	t.Parallel()
	for n, st := range append(states(), state{"trouble", func(s *screen) { s.press("H", "j") }}) {
		t.Run(st.name, func(t *testing.T) {
			t.Parallel()
			o := options(t, faulty(t))
			s := open(t, o, 120, 40)
			st.build(s)
			draw := func(w, h int) {
				s.m.Update(tea.WindowSizeMsg{Width: w, Height: h})
				s.frame()
				if c := s.m.View().Cursor; c != nil && (c.X < 0 || c.Y < 0 || c.X >= w || c.Y >= h) {
					t.Fatalf("at %d×%d the cursor is at %d,%d", w, h, c.X, c.Y)
				}
			}
			if !testing.Short() {
				for w := 20; w <= 220; w++ {
					draw(w, 8+(5*w+n)%63) // all heights come up, others for each screen
				}
			}
			rapid.Check(t, func(rt *rapid.T) {
				draw(rapid.IntRange(1, 220).Draw(rt, "w"), rapid.IntRange(1, 70).Draw(rt, "h"))
			})
		})
	}
}

// plainDemo is the demo company with every character beyond ASCII taken out of
// the data, so that what is left of them is drawn by us.
func plainDemo(t *testing.T, keep func(path string) bool) fstest.MapFS {
	t.Helper()
	root := filepath.Join("..", "..", "testdata", "demo")
	files := fstest.MapFS{}
	err := fs.WalkDir(os.DirFS(root), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !keep(path) {
			return err
		}
		data, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			return err
		}
		ascii := strings.Map(func(r rune) rune {
			if r > '~' {
				return '_'
			}
			return r
		}, string(data))
		files[path] = &fstest.MapFile{Data: []byte(ascii)}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestInASCIINothingElseIsDrawn(t *testing.T) {
	t.Parallel()
	plain := uitest.Load(t, plainDemo(t, func(string) bool { return true }))
	for _, st := range states() {
		for _, size := range uitest.Sizes() {
			p := uitest.Demo(t)
			p.Replace(plain)
			p.ProblemList = plain.ProblemList
			o := options(t, p)
			o.ASCII, o.NoColor = true, true
			s := open(t, o, size.W, size.H+3)
			st.build(s)
			for _, keys := range [][]string{nil, {"?"}, {"pgdown", "pgdown"}} {
				s.press(keys...)
				for i, l := range strings.Split(s.frame(), "\n") {
					for _, r := range ansi.Strip(l) {
						if r < ' ' || r > '~' {
							t.Fatalf("%s at %v after %v: line %d has %q: %s", st.name, size, keys, i+1, r, ansi.Strip(l))
						}
					}
				}
			}
		}
	}
}

func TestWithoutColourNothingIsColoured(t *testing.T) {
	t.Parallel()
	for _, st := range states() {
		o := options(t, faulty(t))
		o.NoColor = true
		s := open(t, o, 120, 40)
		st.build(s)
		for _, seq := range []string{"\x1b[3", "\x1b[4;3", "\x1b[1;3", "\x1b[9", ";38;", ";48;"} {
			if strings.Contains(s.frame(), seq) {
				t.Errorf("%s has the sequence %q", st.name, seq)
			}
		}
	}
}

// TestTheTerminalsCursorIsOnTheRowOneIsOn is what screen readers and magnifiers
// follow.
func TestTheTerminalsCursorIsOnTheRowOneIsOn(t *testing.T) {
	t.Parallel()
	for _, size := range uitest.Sizes() {
		s := demo(t, size.W, size.H+3)
		for range 5 {
			s.press("j")
			c := s.m.View().Cursor
			if c == nil || c.Blink || !strings.HasPrefix(s.line(c.Y), "▌") {
				t.Fatalf("at %v the cursor is at %+v:\n%s", size, c, s.text())
			}
		}
		s.press("/", "a", "b")
		if c := s.m.View().Cursor; c == nil || !strings.HasPrefix(s.line(c.Y)[:c.X], " / ab") {
			t.Errorf("at %v the cursor is at %+v in the filter", size, c)
		}
		s.press("esc", ":", "x", "y")
		c := s.m.View().Cursor
		if c == nil {
			t.Fatalf("at %v there is no cursor in the palette", size)
		}
		if line := s.line(c.Y); !strings.HasSuffix(ansi.Truncate(line, c.X, ""), "/ xy") {
			t.Errorf("at %v the cursor is at %+v in the palette: %q", size, c, line)
		}
	}
}

func TestAFrameIsDrawnOnceForEachMessage(t *testing.T) {
	t.Parallel()
	s := demo(t, 120, 40)
	s.m.View()
	s.m.frame = "kept"
	if s.m.View().Content != "kept" {
		t.Error("it is drawn again though nothing has happened")
	}
	s.send(tea.MouseMotionMsg{X: 3, Y: 3}, tea.KeyReleaseMsg{Code: 'a'})
	if s.m.View().Content != "kept" {
		t.Error("it is drawn again for what nobody answers")
	}
	s.press("j")
	if s.m.View().Content == "kept" {
		t.Error("it is not drawn again after a key")
	}
}

func TestTheThemeFollowsTheTerminal(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		theme                 string
		startsLight, endLight bool
	}{{ThemeAuto, false, true}, {"", false, true}, {ThemeDark, false, false}, {ThemeLight, true, true}} {
		o := options(t, uitest.Demo(t))
		o.Theme = tc.theme
		s := open(t, o, 80, 24)
		before := s.frame()
		if s.m.s.Theme.Light != tc.startsLight {
			t.Errorf("%q starts light: %v", tc.theme, s.m.s.Theme.Light)
		}
		s.send(tea.BackgroundColorMsg{Color: ansi.BrightWhite})
		if s.m.s.Theme.Light != tc.endLight || (s.frame() != before) != (tc.startsLight != tc.endLight) {
			t.Errorf("%q on a light terminal: light %v", tc.theme, s.m.s.Theme.Light)
		}
		if uitest.Plain(s.frame()) != uitest.Plain(before) {
			t.Errorf("%q: another text in other colours", tc.theme)
		}
		s.send(tea.BackgroundColorMsg{Color: ansi.Black})
		if tc.theme != ThemeLight && s.frame() != before {
			t.Errorf("%q on a dark terminal again is not as it was", tc.theme)
		}
	}
}

func TestTheThemeTakesWhatColoursThereAre(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		profile colorprofile.Profile
		want    kit.Look
	}{
		{colorprofile.NoTTY, kit.Look{NoColor: true}},
		{colorprofile.ASCII, kit.Look{NoColor: true}},
		{colorprofile.ANSI, kit.Look{Basic: true}},
		{colorprofile.ANSI256, kit.Look{}},
		{colorprofile.TrueColor, kit.Look{}},
	} {
		s := demo(t, 80, 24)
		s.send(tea.ColorProfileMsg{Profile: tc.profile})
		if s.m.s.Theme.Look != tc.want {
			t.Errorf("%v: %+v; want %+v", tc.profile, s.m.s.Theme.Look, tc.want)
		}
		s.frame()
	}
	o := options(t, uitest.Demo(t))
	o.NoColor = true
	s := open(t, o, 80, 24)
	s.send(tea.ColorProfileMsg{Profile: colorprofile.TrueColor})
	if !s.m.s.Theme.NoColor {
		t.Error("NO_COLOR gave way to a terminal with colours")
	}
}

func TestABannerStaysAsLongAsItsCause(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{40, 12}, {80, 24}, {160, 45}} {
		o := options(t, uitest.Demo(t))
		wrong := "nothing can be stored\nhere"
		o.Banner = func() string { return wrong }
		s := open(t, o, size[0], size[1])
		s.sees("nothing can be stored here")
		s.later(time.Hour)
		s.sees("nothing can be stored here")
		lines := strings.Count(s.frame(), "\n") + 1
		wrong = ""
		s.later(time.Hour)
		if f := s.frame(); strings.Contains(f, "nothing can be stored") || strings.Count(f, "\n")+1 != lines {
			t.Errorf("%v: once it is well:\n%s", size, f)
		}
	}
}
