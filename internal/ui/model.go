package ui

import (
	"cmp"
	"context"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"github.com/idptui/idptui/internal/access"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
	catalogpane "github.com/idptui/idptui/internal/ui/pane/catalog"
	"github.com/idptui/idptui/internal/ui/pane/entity"
	"github.com/idptui/idptui/internal/ui/pane/health"
	"github.com/idptui/idptui/internal/ui/pane/problems"
	"github.com/idptui/idptui/internal/ui/pane/soon"
)

// Model is the only tea.Model of the product.
type Model struct {
	s       *pane.Session
	panes   map[string]pane.Pane
	ids     []string // of the panes, so that broadcasts reach them in one order
	current string
	layout  layout
	past    history
	dialogs []kit.Overlay
	order   order
	toasts  toasts
	sync    syncState
	mouse   bool
	theme   string // one of Themes
	start   pane.Place
	notices []string
	hello   string
	changed <-chan struct{}
	actor   func() access.Actor
	banner  func() string

	window string // the title of the terminal's window, as of the last frame
	frame  string // the last frame drawn, while nothing has happened since
	cursor *tea.Cursor
	stale  bool
}

// New makes the screen of one session. It ends when ctx does.
func New(ctx context.Context, o Options) *Model {
	s := session(ctx, o)
	m := &Model{
		s: s, start: o.Start, notices: notices(s, o), hello: o.Greeting, mouse: o.Mouse, stale: true,
		theme:   cmp.Or(o.Theme, ThemeAuto),
		actor:   func() access.Actor { return who(o) },
		banner:  o.Banner,
		changed: o.Portal.Watch(ctx), panes: map[string]pane.Pane{},
	}
	m.add(pane.Catalog, catalogpane.New(s))
	m.add(pane.Entity, entity.New(s))
	for _, which := range []soon.Which{soon.Home, soon.Scorecards, soon.Docs, soon.Create, soon.Jobs} {
		m.add(string(which), soon.New(s, which))
	}
	m.add(pane.Errors, problems.New(s))
	m.add(pane.Health, health.New(s))
	if _, ok := m.panes[m.start.Pane]; !ok {
		m.start.Pane = pane.Catalog
	}
	m.current = m.start.Pane
	return m
}

func (m *Model) add(id string, p pane.Pane) {
	m.panes[id] = p
	m.ids = append(m.ids, id)
}

// viewMsg says that the portal has a newer View.
type viewMsg struct{}

// starsMsg brings the stars of the session's person.
type starsMsg struct {
	refs []string
	err  error
}

// patience bounds every command that asks the portal for something.
const patience = 10 * time.Second

// Init implements tea.Model.
func (m *Model) Init() tea.Cmd {
	cmds := []tea.Cmd{m.watch(), m.loadStars(), m.loadSources(), m.enter(m.start)}
	if follows(m.theme) && !m.s.Theme.NoColor {
		cmds = append(cmds, tea.RequestBackgroundColor)
	}
	if m.hello != "" {
		cmds = append(cmds, pane.Refuse(m.hello))
	}
	for _, n := range m.notices {
		cmds = append(cmds, pane.Complain(n))
	}
	return tea.Batch(cmds...)
}

// watch waits for the next newer View; it is armed again after each.
func (m *Model) watch() tea.Cmd {
	changed, ctx := m.changed, m.s.Ctx
	return func() tea.Msg {
		select {
		case <-ctx.Done():
			return nil
		case _, ok := <-changed:
			if !ok {
				return nil
			}
			return viewMsg{}
		}
	}
}

func (m *Model) loadStars() tea.Cmd {
	user := m.s.Actor.User
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(m.s.Ctx, patience)
		defer cancel()
		refs, err := m.s.Portal.Stars(ctx, user)
		return starsMsg{refs, err}
	}
}

// Update implements tea.Model. It only routes: each case says who handles it.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if motion(msg) {
		return m, nil
	}
	m.stale = true
	switch msg := msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg:
		return m, m.input(msg)
	case answerMsg:
		return m, m.answered(msg)
	case tea.MouseMsg:
		return m, m.mouseEvent(msg)
	case tea.WindowSizeMsg:
		return m, m.resize(msg)
	case tea.BackgroundColorMsg:
		return m, m.background(msg)
	case tea.ColorProfileMsg:
		return m, m.colours(msg)
	case viewMsg:
		return m, m.newer()
	case themeMsg:
		return m, m.takeTheme(string(msg))
	case starsMsg:
		return m, m.stars(msg)
	case sourcesMsg:
		return m, m.sourcesLoaded(msg)
	case minuteMsg:
		return m, tea.Batch(m.loadSources(), m.s.After(minute, minuteMsg{}))
	case lookMsg:
		m.sync.looking = false
		return m, m.loadSources()
	case toastOverMsg:
		m.toasts.over(msg)
		return m, nil
	}
	return m, m.request(msg)
}

// request does what a pane asks the root for; what is no request is the result
// of some pane's command.
func (m *Model) request(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case pane.ToastMsg:
		return m.toasts.show(m.s, msg)
	case pane.GoMsg:
		return m.goTo(msg.Place)
	case pane.BackMsg:
		return m.back()
	case pane.ShowMsg:
		return m.show(msg.Overlay)
	case pane.SyncMsg:
		return run(m.refresh())
	case pane.CopyMsg:
		return tea.Batch(tea.SetClipboard(msg.Text), pane.Toast("Copied "+msg.What+"."))
	}
	return m.toAll(msg)
}

// motion tells whether a message is one that nothing here answers, and of which
// there may be a flood.
func motion(msg tea.Msg) bool {
	switch msg.(type) {
	case tea.MouseMotionMsg, tea.MouseReleaseMsg, tea.KeyReleaseMsg:
		return true
	}
	return false
}

// newer takes over a newer View, and what it says of the person who sits here.
func (m *Model) newer() tea.Cmd {
	cmds := []tea.Cmd{m.watch(), m.loadSources()}
	before := m.s.Actor.User
	if m.s.Actor = m.actor(); m.s.Actor.User != before {
		cmds = append(cmds, m.loadStars())
	}
	return tea.Batch(append(cmds, m.toAll(pane.ViewMsg{}))...)
}

// toAll hands a message to every pane; results of commands have types of their
// own package, so each pane takes only what it asked for.
func (m *Model) toAll(msg tea.Msg) tea.Cmd {
	cmds := make([]tea.Cmd, 0, len(m.ids))
	for _, id := range m.ids {
		cmds = append(cmds, m.panes[id].Update(msg))
	}
	return tea.Batch(cmds...)
}

func (m *Model) here() pane.Pane { return m.panes[m.current] }

func (m *Model) resize(msg tea.WindowSizeMsg) tea.Cmd {
	m.layout = layOut(msg.Width, msg.Height)
	if m.sync.banner != "" {
		m.layout = m.layout.withBanner()
	}
	cmds := []tea.Cmd{m.toAll(pane.SizeMsg{W: m.layout.w, H: m.layout.paneH})}
	msg.Height = m.layout.dialogH
	for _, d := range m.dialogs {
		_, cmd := d.Update(msg)
		cmds = append(cmds, cmd)
	}
	return tea.Batch(cmds...)
}

func (m *Model) background(msg tea.BackgroundColorMsg) tea.Cmd {
	if !follows(m.theme) {
		return nil
	}
	look := m.s.Theme.Look
	look.Light = !msg.IsDark()
	return m.wear(look)
}

// colours takes the terminal's word on how many colours it has. Without any, what
// a background would show is shown by other means.
func (m *Model) colours(msg tea.ColorProfileMsg) tea.Cmd {
	look := m.s.Theme.Look
	look.NoColor = look.NoColor || msg.Profile <= colorprofile.ASCII
	look.Basic = msg.Profile == colorprofile.ANSI
	return m.wear(look)
}

func (m *Model) wear(look kit.Look) tea.Cmd {
	if look == m.s.Theme.Look {
		return nil
	}
	m.s.Theme = kit.NewTheme(look)
	return m.toAll(pane.ThemeMsg{})
}

func (m *Model) stars(msg starsMsg) tea.Cmd {
	if msg.err != nil {
		return pane.Complain("Stars cannot be read: " + msg.err.Error())
	}
	clear(m.s.Starred)
	for _, r := range msg.refs {
		m.s.Starred[r] = true
	}
	if m.current == pane.Catalog && !m.here().Capturing() { // is:starred may have other rows now
		return m.here().Restore(m.here().Place())
	}
	return nil
}

// show opens a dialog over the screen.
func (m *Model) show(o kit.Overlay) tea.Cmd {
	m.dialogs = append(m.dialogs, o)
	_, cmd := o.Update(tea.WindowSizeMsg{Width: m.layout.w, Height: m.layout.dialogH})
	return cmd
}
