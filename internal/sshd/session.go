package sshd

import (
	"context"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"charm.land/ssh"
	"github.com/anmitsu/go-shlex"
	gossh "golang.org/x/crypto/ssh"
)

// Limits of what a session may ask for.
const (
	maxEnv       = 32   // variables that are kept
	maxEnvBytes  = 4096 // of all of them
	maxEnvAsked  = 256  // requests before the client is taken for hostile
	maxCommand   = 8192 // bytes of a command line
	maxColumns   = 1000
	maxRows      = 500
	usualColumns = 80
	usualRows    = 24
)

// Size is a window, in cells.
type Size struct{ Columns, Rows int }

// bounded is the window that is drawn for one that was asked for: a client may
// claim any number, and each cell costs memory.
func bounded(columns, rows uint32) Size {
	s := Size{int(min(columns, maxColumns)), int(min(rows, maxRows))}
	if s.Columns == 0 {
		s.Columns = usualColumns
	}
	if s.Rows == 0 {
		s.Rows = usualRows
	}
	return s
}

// Session is one shell or command of somebody who has proven who they are.
type Session struct {
	User string   // the name that authorized_keys gives the key
	Args []string // the command line; none is the screen
	Env  []string // of the client's terminal, name=value; from the allowed names alone
	PTY  bool     // it has a terminal
	Size Size     // of the terminal at the start
	// Server is the address that the client reached.
	Server string

	In  io.Reader
	Out io.Writer // a terminal's lines end as it needs them
	Err io.Writer

	ch      gossh.Channel
	conn    *gossh.ServerConn
	resized chan Size // the newest alone
	asked   int       // env requests
	bytes   int       // of the variables kept
	began   bool
	raw     string
}

func newSession(conn *gossh.ServerConn, ch gossh.Channel, user string, stall time.Duration) *Session {
	return &Session{
		User: user, In: ch, Out: &guarded{ch, conn, stall}, Err: &guarded{ch.Stderr(), conn, stall},
		resized: make(chan Size, 1), Server: conn.LocalAddr().String(), ch: ch, conn: conn,
	}
}

// Resize waits for the terminal's next size; ok is false once ctx has ended.
func (s *Session) Resize(ctx context.Context) (columns, rows int, ok bool) {
	select {
	case <-ctx.Done():
		return 0, 0, false
	case size := <-s.resized:
		return size.Columns, size.Rows, true
	}
}

// Getenv is the value that the client's terminal has for a name, "" for none.
func (s *Session) Getenv(name string) string {
	for _, e := range s.Env {
		if k, v, _ := strings.Cut(e, "="); k == name {
			return v
		}
	}
	return ""
}

// what says what the session is for.
func (s *Session) what() string {
	switch {
	case s.raw != "":
		return "runs " + s.raw
	case s.PTY:
		return "opens the screen"
	}
	return "asks for a shell without a terminal"
}

// negotiate answers what the client asks for until it goes; then it calls gone.
// Once the client wants a shell or a command, answer runs beside, and ends before
// negotiate does.
func (s *Session) negotiate(requests <-chan *gossh.Request, gone context.CancelFunc, answer func()) {
	var answering sync.WaitGroup
	defer answering.Wait()
	defer gone()
	for r := range requests {
		ok := false
		switch r.Type {
		case "env":
			ok = s.env(r.Payload)
		case "pty-req":
			ok = s.pty(r.Payload)
		case "window-change":
			ok = s.resize(r.Payload)
		case "shell", "exec":
			if ok = s.command(r); ok {
				s.began = true
				_ = r.Reply(true, nil)
				answering.Go(answer)
				continue
			}
		}
		_ = r.Reply(ok, nil)
		if s.asked > maxEnvAsked {
			_ = s.conn.Close()
			return
		}
	}
}

// allowed are the variables that a screen needs to know: what the terminal can
// show, and in which script.
func allowed(name string) bool {
	return slices.Contains([]string{"TERM", "COLORTERM", "LANG", "NO_COLOR", "TERM_PROGRAM", "TERM_PROGRAM_VERSION"}, name) || strings.HasPrefix(name, "LC_")
}

func (s *Session) env(payload []byte) bool {
	s.asked++
	var v struct{ Name, Value string }
	if s.began || s.asked > maxEnvAsked || gossh.Unmarshal(payload, &v) != nil || !allowed(v.Name) {
		return false
	}
	s.bytes += len(v.Name) + len(v.Value)
	if len(s.Env) >= maxEnv || s.bytes > maxEnvBytes || strings.ContainsFunc(v.Name+v.Value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return false
	}
	s.Env = append(s.Env, v.Name+"="+v.Value)
	return true
}

// term is what the name of a terminal looks like; another is taken for the usual.
var term = regexp.MustCompile(`^[A-Za-z0-9._+-]{1,64}$`)

// pty reads RFC 4254, section 6.2.
func (s *Session) pty(payload []byte) bool {
	var p struct {
		Term                                 string
		Columns, Rows, WidthPixels, HeightPx uint32
		Modes                                string
	}
	if s.began || s.PTY || gossh.Unmarshal(payload, &p) != nil {
		return false
	}
	if !term.MatchString(p.Term) {
		p.Term = "xterm-256color"
	}
	s.PTY, s.Size = true, bounded(p.Columns, p.Rows)
	s.Env = append([]string{"TERM=" + p.Term}, s.Env...)
	s.Out = ssh.NewPtyWriter(s.Out)
	s.Err = s.Out // as on any terminal
	return true
}

// resize keeps the newest size alone, however many a client sends.
func (s *Session) resize(payload []byte) bool {
	var p struct{ Columns, Rows, WidthPixels, HeightPx uint32 }
	if !s.PTY || gossh.Unmarshal(payload, &p) != nil {
		return false
	}
	size := bounded(p.Columns, p.Rows)
	if !s.began {
		s.Size = size
		return true
	}
	select {
	case <-s.resized:
	default:
	}
	s.resized <- size // this is the only sender
	return true
}

// command takes the command line apart as a shell would; nothing is expanded.
func (s *Session) command(r *gossh.Request) bool {
	if s.began {
		return false
	}
	if r.Type == "shell" {
		return true
	}
	var p struct{ Line string }
	if gossh.Unmarshal(r.Payload, &p) != nil || len(p.Line) > maxCommand {
		return false
	}
	args, err := shlex.Split(p.Line, true)
	if err != nil {
		return false
	}
	s.raw, s.Args = p.Line, args
	return true
}

// exit tells the client how it ended and closes the session.
func (s *Session) exit(code int) {
	_, _ = s.ch.SendRequest("exit-status", false, gossh.Marshal(&struct{ Status uint32 }{uint32(max(code, 0))})) //nolint:gosec // exit codes are small
	_ = s.ch.Close()
}

// errStalled is what a write gets once its client was let go.
var errStalled = errors.New("the client takes no output")

// guarded lets a client go that takes no output: nothing is queued for it, and
// its session must not wait for ever.
type guarded struct {
	io.Writer
	conn  *gossh.ServerConn
	stall time.Duration
}

func (g *guarded) Write(p []byte) (int, error) {
	stalled := time.AfterFunc(g.stall, func() { _ = g.conn.Close() })
	n, err := g.Writer.Write(p)
	if !stalled.Stop() && err != nil {
		err = errors.Join(errStalled, err)
	}
	return n, err
}
