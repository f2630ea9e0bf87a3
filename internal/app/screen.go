package app

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/idptui/idptui/internal/access"
	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/cli"
	"github.com/idptui/idptui/internal/config"
	"github.com/idptui/idptui/internal/ui"
	"github.com/idptui/idptui/internal/ui/pane"
)

// RunTUI shows the screen over the cache at once, with the sync behind it, until
// the person leaves.
func (s *services) RunTUI(ctx context.Context, set cli.Settings, place string) (err error) {
	p, h, err := s.openHere(ctx, set, place)
	if err != nil {
		return sentence(err)
	}
	defer func() { err = errors.Join(err, p.Close()) }()

	l := newLive(p)
	snap, at, err := l.open(ctx, h, startingPlace(place))
	if err != nil {
		return sentence(err)
	}
	if err := knownInDemo(l.View(), set); err != nil {
		return err
	}
	return l.run(ctx, snap, func(ctx context.Context) error {
		return ui.Run(ctx, s.options(ctx, l, set, at), ui.Terminal{In: s.sys.In, Out: s.sys.Out, Env: terminalEnv(s.sys)})
	})
}

// run keeps the View new and the sources read while work, which is one screen or
// many, goes on; all has ended when it returns.
func (l *live) run(ctx context.Context, snap *catalog.Snapshot, work func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer l.calls.close()
	defer cancel()
	behind := func(work func()) {
		running.Go(func() {
			select {
			case <-ctx.Done():
			case <-time.After(headStart):
				work()
			}
		})
	}
	behind(func() {
		looks := time.NewTicker(pollInterval)
		defer looks.Stop()
		l.follow(ctx, snap, looks.C)
	})
	behind(func() { l.keepReading(ctx) })
	return work(ctx)
}

// headStart is how long the first frame has the processors to itself. Relations
// and a sync of a large catalog beside it would make it half as dear again.
const headStart = 100 * time.Millisecond

// openHere opens the person's own catalog, and finds the repository that one is in.
// Without a source of one's own, that repository is the catalog of this session.
// Nothing is looked for where a command line names a place, or what to read.
func (s *services) openHere(ctx context.Context, set cli.Settings, place string) (*portal, *here, error) {
	p, err := s.open(ctx, set)
	if err != nil || place != "" || set.Demo || len(set.Catalogs) > 0 {
		return p, nil, err
	}
	h := s.startedIn(p.cfg)
	if h == nil || len(p.sources) > 0 || p.state.Trouble() != nil {
		return p, h, nil
	}
	own, err := s.alone(ctx, p, h)
	if err = errors.Join(err, p.Close()); err != nil {
		return nil, nil, err
	}
	return own, h, nil
}

// open publishes what the first frame shows, and says where that is: at the place
// asked for, else at the entity of the repository that one is in, where there is one.
func (l *live) open(ctx context.Context, h *here, at pane.Place) (*catalog.Snapshot, pane.Place, error) {
	p := l.portal()
	if p.here != nil {
		return l.openAlone(ctx)
	}
	snap, err := l.begin(ctx, p.demo)
	if err != nil || h == nil {
		return snap, at, err
	}
	if ref, ok := p.matching(ctx, l.View(), h); ok {
		at = pane.Place{Pane: pane.Entity, Ref: ref.String()}
	} else if len(h.records) > 0 {
		l.hello = h.records[0].Entity.Metadata.Name + ", which this repository describes, is not in the catalog."
	}
	return snap, at, nil
}

// knownInDemo refuses to be somebody whom the sample company does not have.
func knownInDemo(view *catalog.View, set cli.Settings) error {
	if !set.Demo || set.As == "" {
		return nil
	}
	want, err := catalog.ParseRef(set.As, catalog.RefDefaults{Kind: "User"})
	if err != nil {
		return cli.Usage("", "%v", err)
	}
	if _, ok := view.Find(want); ok {
		return nil
	}
	var names []string
	for id := range int32(view.Len()) { //nolint:gosec // a Snapshot counts its rows with int32
		if row := view.Row(id); strings.EqualFold(row.Kind(), "user") {
			names = append(names, row.Name())
		}
	}
	return cli.NotFound("there are "+join(names), "the sample company has no user %q", set.As)
}

// fewEntities are so few that their relations cost less than the first frame
// (some 40 ms of processor time). They are read before it: who "me" is, groups
// included, is known at once then.
const fewEntities = 15_000

// begin publishes what the first frame shows. The demo, which is small, is read
// before it when it was never read.
func (l *live) begin(ctx context.Context, demo bool) (*catalog.Snapshot, error) {
	snap, err := l.list(ctx)
	if err == nil && demo && snap.Len() == 0 {
		p := l.portal()
		if _, err := p.syncer().SyncAll(ctx, p.sources, nil); err != nil {
			return nil, err
		}
		snap, err = l.list(ctx)
	}
	if err != nil || snap.Len() > fewEntities {
		return snap, err
	}
	return l.complete(ctx, snap)
}

// who says who sits at this terminal, for each newer View.
func (s *services) who(user string) func(*catalog.View) access.Actor {
	email := gitEmail(s.sys)
	return func(v *catalog.View) access.Actor { return actor(v, user, email) }
}

// options are what the session starts with.
func (s *services) options(ctx context.Context, l *live, set cli.Settings, at pane.Place) ui.Options {
	cfg := l.portal().cfg
	o := ui.Options{
		Portal: l, Who: s.who(cfg.User), Company: cfg.Company, Config: cfg.File, Keys: cfg.Keys,
		Theme: cfg.UI.Theme, NoColor: set.NoColor || s.sys.Env("NO_COLOR") != "", ASCII: cfg.UI.ASCII || !s.sys.UTF8(),
		Mouse: cfg.UI.Mouse, Now: s.sys.Now, OpenURL: opener(ctx, s.sys), Notice: l.portal().Notice(),
		Arrive:   l.arrive(set),
		Describe: l.Describe,
		Banner:   func() string { return strings.Join(l.portal().Warnings(), "; ") },
	}
	if o.Config == "" {
		o.Config = s.outside().DefaultFile()
	}
	o.Greeting = l.hello
	o.Views, o.Placer = savedViews(cfg), cfg.Problem
	o.Start = at
	return o
}

func savedViews(cfg *config.Config) []pane.SavedView {
	var out []pane.SavedView
	for _, v := range cfg.Views {
		out = append(out, pane.SavedView{Name: v.Name, Query: v.Query, Sort: v.Sort, Columns: v.Columns})
	}
	return out
}

// startingPlace is what a command line names: "" for the first screen, else a
// canonical ref and perhaps, after another slash, a page of that entity.
func startingPlace(place string) pane.Place {
	if place == "" {
		return pane.Place{}
	}
	namespace, rest, _ := strings.Cut(place, "/")
	name, page, _ := strings.Cut(rest, "/")
	return pane.Place{Pane: pane.Entity, Ref: namespace + "/" + name, Tab: page}
}

// arrive is the command that opens the screen at a place of this catalog, or why
// there is none.
func (l *live) arrive(set cli.Settings) func(pane.Place) (line, why string) {
	h := l.portal().here
	if h == nil {
		return func(at pane.Place) (string, string) { return arrive(at, set) }
	}
	return func(at pane.Place) (string, string) {
		switch {
		case l.View().Len() == 0 || l.inferred():
			return "", "Nobody else has this entity yet: its descriptor is not written."
		case h.Remote == "":
			return "", "The catalog is this folder alone, and it has no remote that others could read."
		}
		line, why := arrive(at, cli.Settings{Config: set.Config, Data: set.Data})
		if rest, ok := strings.CutPrefix(line, "idptui "); ok {
			line = "idptui --catalog " + quoted(h.Remote) + " " + rest
		}
		return line, why
	}
}

// arrive is the command that opens the screen at a place, or why there is none.
func arrive(p pane.Place, set cli.Settings) (line, why string) {
	var at []string
	switch {
	case set.Demo:
		return "", "The sample company is only on this machine: no command opens a place in it."
	case p.Pane == pane.Entity && p.Ref != "" && p.Tab != "" && p.Tab != firstTab:
		at = []string{"open", quoted(p.Ref + "/" + p.Tab)}
	case p.Pane == pane.Entity && p.Ref != "":
		at = []string{"open", quoted(p.Ref)}
	case p.Pane == pane.Catalog && p.Query == "": // where the program opens
	case p.Pane == pane.Catalog:
		return "", "No command opens the list with a filter; share the filter, or open an entity."
	default:
		return "", "There is no command that opens this place."
	}
	words := []string{"idptui"}
	for _, flag := range []struct{ name, value string }{{"--config", set.Config}, {"--data", set.Data}} {
		if flag.value != "" {
			words = append(words, flag.name, quoted(flag.value))
		}
	}
	return strings.Join(append(words, at...), " "), ""
}

// firstTab is the tab that an entity opens with.
const firstTab = "about"

// quoted is a word as a shell takes it.
func quoted(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:@", r)
	}
	if strings.ContainsFunc(word, func(r rune) bool { return !plain(r) }) {
		return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return word
}

// terminalEnv is what a screen may know of the environment: what tells the kind
// of terminal, and nothing else.
func terminalEnv(sys *cli.IO) []string {
	var env []string
	for _, name := range []string{
		"TERM", "COLORTERM", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "TMUX", "STY", "VTE_VERSION", "WT_SESSION",
		"LANG", "LC_ALL", "LC_CTYPE", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "SSH_TTY", "SSH_CONNECTION",
	} {
		if v := sys.Env(name); v != "" {
			env = append(env, name+"="+v)
		}
	}
	return env
}
