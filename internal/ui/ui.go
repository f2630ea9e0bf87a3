// Package ui is the root of the screen: it routes messages to panes, draws the
// chrome around them, and keeps the history, the overlays and the toasts.
//
// It owns one session's screen state and nothing else. It does no I/O, knows
// neither bbolt nor git nor HTTP nor the operating system, and sees the product
// through pane.Portal alone; internal/app supplies that.
package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"github.com/idptui/idptui/internal/access"
	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/safe"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
)

// Themes that a person can ask for. Auto follows the terminal's background, and
// so do kit.Palettes.
const (
	ThemeAuto  = "auto"
	ThemeDark  = "dark"
	ThemeLight = "light"
)

// Options are what a session starts with.
type Options struct {
	Portal pane.Portal
	// Who says who sits here, from what the catalog knows. It is asked again for
	// each newer View: the first sync may bring the person or the groups.
	Who     func(*catalog.View) access.Actor
	Company string
	Config  string // the path at which the configuration is, or would be looked for
	Views   []pane.SavedView
	Keys    map[string][]string // own keys by action id
	Theme   string              // one of Themes; "" is auto
	NoColor bool                // any non-empty NO_COLOR
	ASCII   bool
	Mouse   bool
	Start   pane.Place // where to open; the zero Place is the catalog
	Now     func() time.Time
	OpenURL func(string) error
	// Arrive is the shell command that opens a place, or why there is none.
	Arrive func(pane.Place) (line, why string)
	// Describe writes the descriptor of an inferred entity; see pane.Session.
	Describe func(ctx context.Context, ref catalog.Ref) (path string, err error)
	// Placer says where the configuration has what the screen cannot take of it;
	// nil where there is no file.
	Placer Placer
	// Notice is shown once at the start, such as why the cache was rebuilt.
	Notice string
	// Greeting is shown once at the start too, and is nothing bad: what is read, where
	// nobody said so.
	Greeting string
	// Banner is what is wrong with the data as long as it is, such as that nothing
	// can be stored; "" while all is well. It may look at the disk. It may be nil.
	Banner func() string
}

// Terminal is where Run draws. Env is the environment of the person's terminal,
// which is not always that of this process.
type Terminal struct {
	In  io.Reader
	Out io.Writer
	Env []string
	// Width and Height are the size at the start, in cells, for an Out that is no
	// terminal device itself; a device is asked, and 0 is not known yet.
	Width, Height int
	// Resize waits for the next size of an Out that is at the far end of a connection;
	// ok is false once ctx has ended. It is nil for a device, which tells by itself.
	Resize func(ctx context.Context) (w, h int, ok bool)
}

// frameRate is enough for a screen that only moves when somebody does something.
const frameRate = 60

// Run shows the screen until the person quits or ctx ends. Everything that the
// session started has been told to end when it returns.
func Run(ctx context.Context, o Options, t Terminal) error {
	session, cancel := context.WithCancel(ctx)
	defer cancel()
	p := program(session, New(session, o), o, t)
	var sizes sync.WaitGroup
	defer sizes.Wait()
	defer cancel()
	if t.Resize != nil {
		sizes.Go(func() {
			for {
				w, h, ok := t.Resize(session)
				if !ok {
					return
				}
				p.Send(tea.WindowSizeMsg{Width: w, Height: h})
			}
		})
	}
	_, err := p.Run()
	if errors.Is(err, tea.ErrProgramKilled) && ctx.Err() != nil {
		return nil
	}
	return err
}

func program(ctx context.Context, m *Model, o Options, t Terminal) *tea.Program {
	opts := []tea.ProgramOption{
		tea.WithContext(ctx), tea.WithInput(t.In), tea.WithOutput(t.Out), tea.WithWindowSize(t.Width, t.Height),
		tea.WithEnvironment(t.Env), tea.WithFPS(frameRate), tea.WithoutSignalHandler(),
	}
	switch {
	case t.Resize != nil && !o.NoColor: // it is no device that could be asked
		opts = append(opts, tea.WithColorProfile(colorprofile.Env(t.Env)))
	case o.NoColor:
		// The library reads NO_COLOR as a boolean; any non-empty value counts.
		opts = append(opts, tea.WithColorProfile(colorprofile.ASCII))
	}
	return tea.NewProgram(m, opts...)
}

// session makes the part of the state that panes share.
func session(ctx context.Context, o Options) *pane.Session {
	keys, faults := kit.NewKeymap(o.Keys)
	now := o.Now
	if now == nil {
		now = time.Now
	}
	s := &pane.Session{
		Ctx: ctx, Portal: o.Portal, Actor: who(o), Company: safe.Line(o.Company), Config: safe.Line(o.Config), Keys: keys, Views: o.Views, Now: now,
		Theme:   kit.NewTheme(themed(kit.Look{NoColor: o.NoColor, ASCII: o.ASCII}, o.Theme)),
		Starred: map[string]bool{}, OpenURL: o.OpenURL, Arrive: o.Arrive, Describe: o.Describe,
	}
	s.Notices = check(faults, o.Views, o.Placer)
	return s
}

// who asks who sits here now; nobody, where nothing can say it.
func who(o Options) access.Actor {
	if o.Who == nil {
		return access.Actor{Source: access.FromNobody}
	}
	a := o.Who(o.Portal.View())
	a.Name = safe.Line(a.Name)
	return a
}

// notices are what is said once the screen is up: at most one for each cause.
func notices(s *pane.Session, o Options) []string {
	var out []string
	if o.Notice != "" {
		out = append(out, o.Notice)
	}
	switch n := len(s.Notices); {
	case n == 1:
		out = append(out, s.Notices[0].Field+": "+s.Notices[0].Message)
	case n > 1:
		out = append(out, fmt.Sprintf("%d of your own settings were not taken; %s lists them", n, s.Keys.Key("errors")))
	}
	return out
}
