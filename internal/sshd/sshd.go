// Package sshd is the front door for people who come over SSH: it proves who they
// are by their keys, bounds what a client may ask for, and hands each session to
// whoever answers it. With a terminal that is the screen, without one a command.
//
// It owns the listener, the connections and what is known of keys. It knows
// neither the catalog nor the screen, and never reads its own process's terminal
// or environment for a session.
package sshd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"charm.land/ssh"
	"charm.land/wish/v2"
	gossh "golang.org/x/crypto/ssh"
)

// Limits of what clients may take, whoever they are.
const (
	maxConnections = 1000
	maxSessions    = 4 // of one connection
)

// patience is how long a server waits.
type patience struct {
	handshake time.Duration // from the connection to the proof of a key
	stall     time.Duration // a client that takes no output for so long is let go
	grace     time.Duration // that sessions have to end once the server stops
}

func usual() patience {
	return patience{handshake: 10 * time.Second, stall: 10 * time.Second, grace: 5 * time.Second}
}

// Options are what a server is made of.
type Options struct {
	HostKey gossh.Signer
	Keys    *Keys
	// Serve answers one session and returns its exit code. ctx ends when the client
	// goes or the server stops. It is called from many goroutines.
	Serve func(ctx context.Context, s *Session) int
	// Log takes one sentence for each log-in, log-out and refusal. It is called from
	// many goroutines; what clients sent in it is not made safe yet.
	Log func(line string)
}

// Serve answers connections until ctx ends; then it tells the sessions, waits a
// little for them, and closes what is left. The listener is closed when it returns.
func Serve(ctx context.Context, l net.Listener, o Options) error {
	return serve(ctx, l, o, usual())
}

func serve(ctx context.Context, l net.Listener, o Options, wait patience) error {
	d := &door{o: o, wait: wait, logged: limiter{now: time.Now, log: o.Log}}
	server, err := wish.NewServer(
		wish.WithPublicKeyAuth(func(_ ssh.Context, key ssh.PublicKey) bool {
			_, known := o.Keys.User(key)
			return known
		}),
		ssh.WrapConn(d.admit),
		func(s *ssh.Server) error {
			s.HostSigners = []ssh.Signer{o.HostKey}
			s.HandshakeTimeout = wait.handshake
			s.Version = "idptui"
			s.ConnectionFailedCallback = d.refused
			s.ChannelHandlers = map[string]ssh.ChannelHandler{"session": func(_ *ssh.Server, conn *gossh.ServerConn, ch gossh.NewChannel, about ssh.Context) {
				d.channel(ctx, conn, ch, about)
			}}
			return nil
		},
	)
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err = <-ended:
		err = errors.Join(err, server.Close())
		d.conns.Wait()
		d.open.Wait()
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), wait.grace)
	defer cancel()
	d.lastCall(grace)
	err = server.Close()
	<-ended
	d.conns.Wait()
	d.open.Wait()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// door is a server at work.
type door struct {
	o      Options
	wait   patience
	logged limiter
	open   sync.WaitGroup // sessions
	conns  sync.WaitGroup

	mu    sync.Mutex
	count int                       // of connections
	per   map[*gossh.ServerConn]int // sessions of each
}

// lastCall waits for the sessions, which know that it is over, or for ctx.
func (d *door) lastCall(ctx context.Context) {
	done := make(chan struct{})
	go func() { defer close(done); d.open.Wait() }()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// admit takes a connection in, unless there are too many.
func (d *door) admit(_ ssh.Context, c net.Conn) net.Conn {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.count >= maxConnections {
		d.logged.say("refused %s: %d connections are open, which is the most", c.RemoteAddr(), d.count)
		return nil
	}
	d.count++
	d.conns.Add(1)
	return &counted{Conn: c, gone: sync.OnceFunc(func() {
		d.mu.Lock()
		d.count--
		d.mu.Unlock()
		d.conns.Done()
	})}
}

// counted is a connection that is counted until it is closed.
type counted struct {
	net.Conn
	gone func()
}

func (c *counted) Close() error {
	defer c.gone()
	return c.Conn.Close()
}

// refused notes who did not get in. Port scans end without a word.
func (d *door) refused(c net.Conn, err error) {
	var auth *gossh.ServerAuthError
	if errors.As(err, &auth) {
		d.logged.say("refused %s: none of its keys is an authorised one", c.RemoteAddr())
		return
	}
	d.logged.say("refused %s: %v", c.RemoteAddr(), err)
}

// channel answers one session of a connection.
func (d *door) channel(ctx context.Context, conn *gossh.ServerConn, asked gossh.NewChannel, about ssh.Context) {
	if !d.enter(conn) {
		_ = asked.Reject(gossh.ResourceShortage, fmt.Sprintf("a connection has at most %d sessions", maxSessions))
		return
	}
	defer d.leave(conn)
	// The key that the log-in ended with, never one that was merely offered.
	key, _ := about.Value(ssh.ContextKeyPublicKey).(ssh.PublicKey)
	user, known := "", false
	if key != nil {
		user, known = d.o.Keys.User(key)
	}
	if !known { // it was taken out of the file since
		_ = asked.Reject(gossh.Prohibited, "this key is not authorised any more")
		return
	}
	ch, requests, err := asked.Accept()
	if err != nil {
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := newSession(conn, ch, user, d.wait.stall)
	s.negotiate(requests, cancel, func() {
		who := fmt.Sprintf("%s from %s with %s", user, conn.RemoteAddr(), gossh.FingerprintSHA256(key))
		d.logged.say("%s: in, %s", who, s.what())
		began := time.Now()
		code := d.o.Serve(ctx, s)
		s.exit(code)
		d.logged.say("%s: out after %s, exit code %d", who, time.Since(began).Round(time.Second), code)
	})
}

func (d *door) enter(conn *gossh.ServerConn) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.per == nil {
		d.per = map[*gossh.ServerConn]int{}
	}
	if d.per[conn] >= maxSessions {
		return false
	}
	d.per[conn]++
	d.open.Add(1)
	return true
}

func (d *door) leave(conn *gossh.ServerConn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.per[conn]--; d.per[conn] == 0 {
		delete(d.per, conn)
	}
	d.open.Done()
}
