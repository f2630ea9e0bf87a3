package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"time"

	"github.com/idptui/idptui/internal/access"
	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/cli"
	"github.com/idptui/idptui/internal/safe"
	"github.com/idptui/idptui/internal/sshd"
	"github.com/idptui/idptui/internal/ui"
	"github.com/idptui/idptui/internal/ui/pane"
)

// Limits of commands that come in over SSH. Screens have none of them.
const (
	maxCommands = 16 // at work at once; the others wait
	commandTime = 2 * time.Minute
)

// Serve lets people in over SSH until ctx ends. All sessions share one catalog,
// one cache and one sync.
func (s *services) Serve(ctx context.Context, set cli.Settings, at cli.Serving) (err error) {
	p, err := s.open(ctx, set)
	if err != nil {
		return sentence(err)
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	log := func(line string) {
		_, _ = fmt.Fprintf(s.sys.Err, "%s %s\n", s.sys.Now().UTC().Format(time.RFC3339), safe.Line(line))
	}
	keys, err := sshd.ReadKeys(at.AuthorizedKeys, log)
	if err != nil {
		return cli.Failed(err, "each line needs a key and user:NAME in its comment", "%v", err)
	}
	if at.HostKey == "" {
		at.HostKey = filepath.Join(p.cfg.Data, "ssh_host_key")
	}
	host, err := sshd.HostKey(at.HostKey)
	if err != nil {
		return cli.Failed(err, "", "%v", err)
	}
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", at.Listen)
	if err != nil {
		return cli.Failed(err, "another program may have the port; --listen names another", "the server cannot listen on %s: %v", at.Listen, err)
	}
	shared := newLive(p)
	snap, err := shared.begin(ctx, set.Demo)
	if err != nil {
		return sentence(errors.Join(err, l.Close()))
	}
	for _, w := range append(p.Warnings(), p.Notice()) {
		if w != "" {
			log(w)
		}
	}
	log(fmt.Sprintf("listening on %s; authorised keys: %d; the host key is %s", l.Addr(), keys.Len(), sshd.Fingerprint(host)))
	busy := make(chan struct{}, maxCommands)
	return shared.run(ctx, snap, func(ctx context.Context) error {
		return sshd.Serve(ctx, l, sshd.Options{HostKey: host, Keys: keys, Log: log, Serve: func(ctx context.Context, session *sshd.Session) int {
			return s.answer(ctx, shared, set, at, session, busy)
		}})
	})
}

// answer carries out what one session is for: the screen, or a command.
func (s *services) answer(ctx context.Context, shared *live, set cli.Settings, at cli.Serving, session *sshd.Session, busy chan struct{}) int {
	sys := &cli.IO{
		In: session.In, Out: session.Out, Err: session.Err, Env: session.Getenv, Now: s.sys.Now, Remote: true,
		InTTY: session.PTY, OutTTY: session.PTY, ErrTTY: session.PTY, Width: session.Size.Columns, Height: session.Size.Rows,
	}
	g := &guest{services: services{sys}, host: s, shared: shared, set: set, at: at, session: session}
	if !session.PTY {
		select {
		case busy <- struct{}{}:
		case <-ctx.Done():
			return cli.ExitFailed
		}
		defer func() { <-busy }()
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, commandTime)
		defer cancel()
	}
	code := cli.Run(ctx, sys, g, session.Args)
	if ctx.Err() != nil && session.PTY {
		_, _ = io.WriteString(session.Err, "The portal was stopped. Come back in a moment.\n")
	}
	return code
}

// guest is the product as somebody reaches it who came over SSH: the catalog of
// the server, and nothing of its machine. What is local in the command tree never
// gets here.
type guest struct {
	services // over the session's own IO, which has neither files nor environment
	host     *services
	shared   *live
	set      cli.Settings // of the server
	at       cli.Serving
	session  *sshd.Session
}

// who is the person whose key it is.
func (g *guest) who(view *catalog.View) access.Actor {
	ref, err := catalog.ParseRef(g.session.User, catalog.RefDefaults{Kind: "User"})
	if err != nil { // authorized_keys takes names alone
		return access.Actor{Source: access.FromNobody}
	}
	return person(view, ref, access.FromSession)
}

// Portal is the server's own; closing it closes nothing.
func (g *guest) Portal(context.Context, cli.Settings) (cli.Portal, error) {
	return &visit{portal: g.shared.portal(), guest: g}, nil
}

// RunTUI shows the screen at the far end of the connection.
func (g *guest) RunTUI(ctx context.Context, set cli.Settings, place string) error {
	return ui.Run(ctx, g.options(set, startingPlace(place)), ui.Terminal{
		In: g.session.In, Out: g.session.Out, Env: g.session.Env,
		Width: g.session.Size.Columns, Height: g.session.Size.Rows, Resize: g.session.Resize,
	})
}

func (g *guest) options(set cli.Settings, at pane.Place) ui.Options {
	cfg := g.shared.portal().cfg
	o := ui.Options{
		Portal: g.shared, Who: g.who, Company: cfg.Company, Keys: cfg.Keys, Theme: cfg.UI.Theme,
		NoColor: set.NoColor || g.sys.Env("NO_COLOR") != "", ASCII: cfg.UI.ASCII || !g.sys.UTF8(), Mouse: cfg.UI.Mouse,
		Now: g.sys.Now, Arrive: g.arrive, Start: at,
		Banner: func() string { return strings.Join(g.shared.portal().Warnings(), "; ") },
	}
	o.Views, o.Placer = savedViews(cfg), cfg.Problem
	return o
}

// arrive is the line that brings a colleague, who has a key of their own, to a place.
func (g *guest) arrive(at pane.Place) (line, why string) {
	line, why = arrive(at, cli.Settings{})
	if line == "" {
		return "", why
	}
	words := "ssh -t "
	address := g.at.Address
	if address == "" {
		address = g.session.Server
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		host, port = address, ""
	}
	if port != "" && port != "22" {
		words += "-p " + quoted(port) + " "
	}
	return strings.TrimRight(words+quoted(host)+strings.TrimPrefix(line, "idptui"), " "), ""
}

// visit is the server's portal for one command of one person.
type visit struct {
	*portal
	guest *guest
}

// Close leaves the server's portal open.
func (v *visit) Close() error { return nil }

// Actor is whose key it is.
func (v *visit) Actor(view *catalog.View) access.Actor { return v.guest.who(view) }

// List is the catalog that all sessions share.
func (v *visit) List(context.Context) (*catalog.View, error) { return v.guest.shared.View(), nil }

// View is the same; its relations are read anew while the server has not got them
// yet, shortly after its start.
func (v *visit) View(ctx context.Context) (*catalog.View, error) {
	if view := v.guest.shared.View(); view.RelationsReady() {
		return view, nil
	}
	return v.portal.View(ctx)
}
