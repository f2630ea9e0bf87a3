package ui

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/idptui/idptui/internal/safe"
	"github.com/idptui/idptui/internal/ui/pane"
)

const (
	// minute is as often as an age on screen can change.
	minute = time.Minute
	// syncLook is how often the sources are looked at while they are being read.
	syncLook = 2 * time.Second
)

// syncState is what the root knows of the sources.
type syncState struct {
	sources []pane.Source
	loaded  bool
	ticking bool
	looking bool // a look is due because of a sync
	// asked is when somebody asked for a sync that has not begun to show, awaited
	// when somebody asked for one whose outcome is still to be told.
	asked, awaited time.Time
	// banner is what is wrong with the data, "" while all is well.
	banner string
}

type sourcesMsg struct {
	sources []pane.Source
	err     error
	banner  string
}

// minuteMsg comes once a minute, lookMsg every few seconds during a sync.
type (
	minuteMsg struct{}
	lookMsg   struct{}
)

func (m *Model) loadSources() tea.Cmd {
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(m.s.Ctx, patience)
		defer cancel()
		sources, err := m.s.Portal.Sources(ctx)
		msg := sourcesMsg{sources: sources, err: err}
		if m.banner != nil {
			msg.banner = safe.Line(m.banner())
		}
		return msg
	}
}

// showBanner puts a banner over the pane, or takes it away with "".
func (m *Model) showBanner(text string) tea.Cmd {
	changed := (text == "") != (m.sync.banner == "")
	m.sync.banner = text
	if !changed || m.layout.w == 0 {
		return nil
	}
	return m.resize(tea.WindowSizeMsg{Width: m.layout.w, Height: m.layout.h})
}

func (m *Model) sourcesLoaded(msg sourcesMsg) tea.Cmd {
	cmds := []tea.Cmd{m.toAll(pane.SourcesMsg{Sources: msg.sources, Err: msg.err}), m.showBanner(msg.banner)}
	if !m.sync.ticking {
		m.sync.ticking = true
		cmds = append(cmds, m.s.After(minute, minuteMsg{}))
	}
	if msg.err != nil {
		m.sync.asked = time.Time{}
		return tea.Batch(append(cmds, pane.Complain("The state of the sources cannot be read: "+msg.err.Error()))...)
	}
	m.sync.sources, m.sync.loaded = msg.sources, true
	cmds = append(cmds, m.tellOutcome())
	if m.syncing() && !m.sync.looking {
		m.sync.looking = true
		cmds = append(cmds, m.s.After(syncLook, lookMsg{}))
	}
	return tea.Batch(cmds...)
}

// startSync asks for a sync and follows it: a sync that finds nothing new gives
// no newer View, and would otherwise go unseen.
func (m *Model) startSync() tea.Cmd {
	m.s.Portal.Sync()
	m.sync.asked = m.s.Now()
	m.sync.awaited = m.sync.asked
	// At once, so that it cannot come after its own outcome.
	said := m.toasts.show(m.s, pane.ToastMsg{Text: syncingNow, Plain: true})
	return tea.Batch(said, m.loadSources())
}

// canSync is false where there is nothing to sync.
func (m *Model) canSync() (bool, string) {
	if m.sync.loaded && len(m.sync.sources) == 0 {
		return false, "There is no source yet: idptui --catalog FOLDER brings one."
	}
	return true, ""
}

const syncingNow = "Syncing the sources."

// tellOutcome says what came of the sync that somebody asked for, once every
// source that is read here has been read since.
func (m *Model) tellOutcome() tea.Cmd {
	if m.sync.awaited.IsZero() {
		return nil
	}
	var sum pane.Outcome
	var failed []pane.Source
	done := false
	for _, s := range m.sync.sources {
		switch {
		case s.State == "syncing":
			return nil
		case s.Outcome.Began.IsZero(): // not one that is read here
			continue
		case s.Outcome.Began.Before(m.sync.awaited):
			return nil
		}
		done = true
		sum.Added, sum.Changed, sum.Removed = sum.Added+s.Outcome.Added, sum.Changed+s.Outcome.Changed, sum.Removed+s.Outcome.Removed
		if s.State == "failed" || s.State == "stale" {
			failed = append(failed, s)
		}
	}
	if !done {
		return nil
	}
	m.sync.awaited = time.Time{}
	m.toasts.drop(syncingNow)
	switch {
	case len(failed) == 1:
		what := " is stale: "
		if failed[0].State == "failed" {
			what = " could not be synced: "
		}
		return pane.Complain(failed[0].Name + what + failed[0].Error)
	case len(failed) > 1:
		return pane.Complain(sources(len(failed)) + " could not be synced; data health (" + m.s.Keys.Key("health") + ") says why.")
	}
	return pane.Toast("Synced: " + changes(sum) + ".")
}

// changes is what a sync did to the entities: "3 added, 1 removed".
func changes(o pane.Outcome) string {
	var parts []string
	for _, p := range []struct {
		n    int
		word string
	}{{o.Added, "added"}, {o.Changed, "changed"}, {o.Removed, "removed"}} {
		if p.n > 0 {
			parts = append(parts, pane.Count(p.n)+" "+p.word)
		}
	}
	if len(parts) == 0 {
		return "nothing changed"
	}
	return strings.Join(parts, ", ")
}

// askedFor is how long a sync that was asked for may take to show.
const askedFor = 5 * time.Second

// syncing tells whether a source is being read, or is about to be as somebody
// has just asked for it.
func (m *Model) syncing() bool {
	begun := true
	for _, s := range m.sync.sources {
		if s.State == "syncing" {
			m.sync.asked = time.Time{}
			return true
		}
		begun = begun && s.LastAttempt.After(m.sync.asked)
	}
	if begun || m.s.Now().Sub(m.sync.asked) > askedFor {
		m.sync.asked = time.Time{}
	}
	return !m.sync.asked.IsZero()
}

// freshness is the header's word on how fresh the catalog is: in full, in short
// and as a mere sign, and whether it is anything to worry about.
type freshness struct {
	full, short, sign string
	bad               bool
}

func (m *Model) freshness() freshness {
	t, st := m.s.Theme, m.sync
	if !st.loaded {
		return freshness{}
	}
	var oldest time.Time
	failed, stale, syncing := 0, 0, false
	for i, s := range st.sources {
		switch s.State {
		case "failed":
			failed++
		case "stale":
			stale++
		case "syncing":
			syncing = true
		}
		if i == 0 || s.LastSync.Before(oldest) {
			oldest = s.LastSync
		}
	}
	both := func(mark, full, short string) freshness {
		return freshness{full: mark + " " + full, short: mark + " " + short, sign: mark}
	}
	switch {
	case len(st.sources) == 0:
		return freshness{full: t.Muted.Paint("no source"), short: t.Muted.Paint("no source")}
	case failed > 0:
		f := both(t.Bad.Paint(t.Glyph.Down), t.Bad.Paint(sources(failed)+" failed"), t.Bad.Paint(fmt.Sprint(failed)+" failed"))
		f.bad = true
		return f
	case syncing:
		return both(t.Info.Paint(t.Glyph.Degraded), t.Info.Paint("syncing"), t.Info.Paint("syncing"))
	case stale > 0:
		f := both(t.Warn.Paint(t.Glyph.Stale), t.Warn.Paint(sources(stale)+" stale"), t.Warn.Paint(fmt.Sprint(stale)+" stale"))
		f.bad = true
		return f
	case oldest.IsZero():
		return both(t.Muted.Paint(t.Glyph.Unknown), t.Muted.Paint("not synced yet"), t.Muted.Paint("new"))
	}
	ago, age := pane.Ago(m.s.Now(), oldest), pane.Age(m.s.Now(), oldest)
	if m.s.Now().Sub(oldest) < time.Minute {
		ago, age = "just now", "now" // seconds would make a quiet screen write each second
	}
	return both(t.Good.Paint(t.Glyph.Up), t.Muted.Paint("synced "+ago), t.Muted.Paint(age))
}

func sources(n int) string { return pane.Plural(n, "source", "sources") }

// leftOut counts what is not in the catalog: in words, and as short as can be;
// each number stands before the key of the view that lists it.
func (m *Model) leftOut() (full, short string) {
	t, faults, untrusted := m.s.Theme, 0, 0
	for _, s := range m.sync.sources {
		faults += s.Errors
		untrusted += s.Untrusted
	}
	add := func(n int, one, many, id string) {
		if n == 0 || id == m.current { // the view says so itself
			return
		}
		if full == "" {
			full, short = t.Warn.Paint(t.Glyph.Warning), t.Warn.Paint(t.Glyph.Warning)
		}
		key := ""
		if k := m.s.Keys.Key(id); k != "" {
			key = " " + t.Key.Paint(k)
		}
		full += t.Warn.Paint(" "+pane.Plural(n, one, many)) + key + " "
		short += t.Warn.Paint(" "+pane.Count(n)) + key
	}
	add(faults, "error", "errors", "errors")
	add(untrusted, "untrusted", "untrusted", "health")
	return full, short
}
