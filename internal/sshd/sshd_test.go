package sshd

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	gossh "golang.org/x/crypto/ssh"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newKey is a key pair.
func newKey(tb testing.TB) gossh.Signer {
	tb.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	signer, err := gossh.NewSignerFromKey(private)
	if err != nil {
		tb.Fatal(err)
	}
	return signer
}

// line is the line of authorized_keys for a key.
func line(key gossh.Signer, user string) string {
	return strings.TrimSpace(string(gossh.MarshalAuthorizedKey(key.PublicKey()))) + " user:" + user + "\n"
}

// server is a server on loopback that ends with the test.
type server struct {
	tb    testing.TB
	addr  string
	alice gossh.Signer
	bo    gossh.Signer
	file  string
	stop  func()
	ended chan error
	mu    sync.Mutex
	lines []string
}

func (s *server) log(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, line)
}

func start(tb testing.TB, wait patience, answer func(ctx context.Context, s *Session) int) *server {
	tb.Helper()
	s := &server{tb: tb, alice: newKey(tb), bo: newKey(tb), file: filepath.Join(tb.TempDir(), "keys"), ended: make(chan error, 1)}
	if err := os.WriteFile(s.file, []byte("# people\n\n"+line(s.alice, "alice")+line(s.bo, "bo")), 0o600); err != nil {
		tb.Fatal(err)
	}
	keys, err := ReadKeys(s.file, s.log)
	if err != nil {
		tb.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	s.addr = l.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	s.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-s.ended; err != nil {
			tb.Errorf("the server ended with %v", err)
		}
	})
	go func() {
		s.ended <- serve(ctx, l, Options{HostKey: newKey(tb), Keys: keys, Log: s.log, Serve: answer}, wait)
	}()
	tb.Cleanup(s.stop)
	return s
}

func (s *server) dial(auth ...gossh.AuthMethod) (*gossh.Client, error) {
	c, err := gossh.Dial("tcp", s.addr, &gossh.ClientConfig{
		User: "anybody", Auth: auth, HostKeyCallback: gossh.InsecureIgnoreHostKey(), Timeout: 10 * time.Second,
	})
	if err == nil {
		s.tb.Cleanup(func() { _ = c.Close() })
	}
	return c, err
}

func (s *server) client(key gossh.Signer) *gossh.Client {
	s.tb.Helper()
	c, err := s.dial(gossh.PublicKeys(key))
	if err != nil {
		s.tb.Fatal(err)
	}
	return c
}

func session(tb testing.TB, c *gossh.Client) *gossh.Session {
	tb.Helper()
	sess, err := c.NewSession()
	if err != nil {
		tb.Fatal(err)
	}
	return sess
}

// tell answers with who it is and what was asked.
func tell(_ context.Context, s *Session) int {
	_, _ = fmt.Fprintf(s.Out, "%s %q %v %d×%d %q\n", s.User, s.Args, s.PTY, s.Size.Columns, s.Size.Rows, s.Env)
	_, _ = io.WriteString(s.Err, "beside\n")
	return 7
}

func TestACommandHasItsUserItsWordsAndItsExitCode(t *testing.T) {
	t.Parallel()
	s := start(t, usual(), tell)
	sess := session(t, s.client(s.alice))
	var out, beside bytes.Buffer
	sess.Stdout, sess.Stderr = &out, &beside
	err := sess.Run(`catalog list 'owner:me tag:"a b"' -o json`)
	var exit *gossh.ExitError
	if !errors.As(err, &exit) || exit.ExitStatus() != 7 {
		t.Errorf("ended with %v", err)
	}
	if got, want := out.String(), "alice [\"catalog\" \"list\" \"owner:me tag:\\\"a b\\\"\" \"-o\" \"json\"] false 0×0 []\n"; got != want {
		t.Errorf("said %q, want %q", got, want)
	}
	if beside.String() != "beside\n" {
		t.Errorf("stderr has %q", beside.String())
	}
}

func TestATerminalHasItsSizeAndItsLines(t *testing.T) {
	t.Parallel()
	s := start(t, usual(), tell)
	sess := session(t, s.client(s.bo))
	for _, v := range [][2]string{{"LANG", "C.UTF-8"}, {"LD_PRELOAD", "x"}, {"LC_ALL", "a\x1b[31m"}, {"COLORTERM", "truecolor"}} {
		_ = sess.Setenv(v[0], v[1]) // some are refused
	}
	if err := sess.RequestPty("xterm", 40, 120, nil); err != nil {
		t.Fatal(err)
	}
	out, err := sess.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := sess.Shell(); err != nil {
		t.Fatal(err)
	}
	got, _ := io.ReadAll(out)
	if want := "bo [] true 120×40 [\"TERM=xterm\" \"LANG=C.UTF-8\" \"COLORTERM=truecolor\"]\r\nbeside\r\n"; string(got) != want {
		t.Errorf("said %q, want %q", got, want)
	}
}

// turncoat offers the server one key and, once that is welcome, proves another.
type turncoat struct {
	gossh.Signer
	offers gossh.PublicKey
	asked  int
}

func (c *turncoat) PublicKey() gossh.PublicKey { return turning{c.Signer.PublicKey(), c} }

type turning struct {
	gossh.PublicKey
	c *turncoat
}

// Marshal is called for the question, to check the answer, and for the proof.
func (k turning) Marshal() []byte {
	if k.c.asked++; k.c.asked <= 2 {
		return k.c.offers.Marshal()
	}
	return k.PublicKey.Marshal()
}

// forger has no private key for what it offers.
type forger struct{ gossh.Signer }

func (f forger) Sign(io.Reader, []byte) (*gossh.Signature, error) {
	return &gossh.Signature{Format: f.PublicKey().Type(), Blob: make([]byte, ed25519.SignatureSize)}, nil
}

func TestTheUserIsWhoseKeyWasProvenNotOffered(t *testing.T) {
	t.Parallel()
	s := start(t, usual(), tell)
	liar := &turncoat{Signer: s.bo, offers: s.alice.PublicKey()}
	out, err := session(t, s.client(liar)).Output("x")
	if !strings.HasPrefix(string(out), "bo ") || liar.asked < 3 {
		t.Errorf("it is %q after %d keys, %v", out, liar.asked, err)
	}
	if _, err := s.dial(gossh.PublicKeys(forger{s.alice})); err == nil {
		t.Error("a key that was not proven lets people in")
	}
	if _, err := s.dial(gossh.PublicKeys(&turncoat{Signer: newKey(t), offers: s.alice.PublicKey()})); err == nil {
		t.Error("a strange key lets people in behind one that was offered")
	}
}

func TestNothingButAnAuthorisedKeyLetsPeopleIn(t *testing.T) {
	t.Parallel()
	s := start(t, usual(), tell)
	for name, auth := range map[string][]gossh.AuthMethod{
		"none": nil, "password": {gossh.Password("")}, "another key": {gossh.PublicKeys(newKey(t))},
		"questions": {gossh.KeyboardInteractive(func(string, string, []string, []bool) ([]string, error) { return nil, nil })},
	} {
		if _, err := s.dial(auth...); err == nil {
			t.Errorf("%s lets people in", name)
		}
	}
}

func TestAWindowIsBoundedBeforeItIsDrawn(t *testing.T) {
	t.Parallel()
	s := start(t, usual(), tell)
	for _, w := range []struct {
		columns, rows uint32
		want          string
	}{{1 << 31, 1 << 31, "1000×500"}, {0, 0, "80×24"}, {1<<32 - 1, 10, "1000×10"}, {220, 70, "220×70"}} {
		sess := session(t, s.client(s.alice))
		ok, err := sess.SendRequest("pty-req", true, gossh.Marshal(struct {
			Term          string
			Columns, Rows uint32
			Width, Height uint32
			Modes         string
		}{"xterm\x1b]0;x\a", w.columns, w.rows, 1 << 31, 1 << 31, ""}))
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		out, _ := sess.Output("x")
		if !strings.Contains(string(out), " "+w.want+" ") || !strings.Contains(string(out), `"TERM=xterm-256color"`) {
			t.Errorf("%d×%d is drawn as %q", w.columns, w.rows, out)
		}
	}
}

func TestOnlyTheNewestSizeWaits(t *testing.T) {
	t.Parallel()
	resized := make(chan struct{})
	s := start(t, usual(), func(ctx context.Context, s *Session) int {
		_, _ = io.WriteString(s.Out, "ready\n")
		select {
		case <-resized:
		case <-ctx.Done():
			return 1
		}
		w, h, ok := s.Resize(ctx)
		_, _ = fmt.Fprintln(s.Out, w, h, ok)
		return 0
	})
	sess := session(t, s.client(s.alice))
	if err := sess.RequestPty("xterm", 24, 80, nil); err != nil {
		t.Fatal(err)
	}
	out, err := sess.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := sess.Shell(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, len("ready\r\n"))); err != nil {
		t.Fatal(err)
	}
	for i := range 5000 {
		if err := sess.WindowChange(10, 20+i%700); err != nil {
			t.Fatal(err)
		}
	}
	if err := sess.WindowChange(1<<31-1, 77); err != nil {
		t.Fatal(err)
	}
	// An answered request after them: they have all been seen.
	if _, err := sess.SendRequest("env", true, nil); err != nil {
		t.Fatal(err)
	}
	close(resized)
	got, _ := io.ReadAll(out)
	if string(got) != "77 500 true\r\n" {
		t.Errorf("it is resized to %q", got)
	}
}

func TestAFloodOfVariablesEndsTheConnection(t *testing.T) {
	t.Parallel()
	s := start(t, usual(), tell)
	c := s.client(s.alice)
	sess := session(t, c)
	kept := 0
	for i := range 5000 {
		ok, err := sess.SendRequest("env", true, gossh.Marshal(struct{ Name, Value string }{fmt.Sprintf("LC_%d", i), strings.Repeat("x", 64)}))
		if err != nil {
			break
		}
		if ok {
			kept++
		}
	}
	if kept > maxEnv {
		t.Errorf("%d variables are kept", kept)
	}
	if err := c.Wait(); err == nil {
		t.Error("the connection goes on")
	}
	if out, _ := session(t, s.client(s.bo)).Output("x"); !strings.HasPrefix(string(out), "bo ") {
		t.Errorf("another client gets %q", out)
	}
}

func TestAClientThatTakesNoOutputIsLetGo(t *testing.T) {
	t.Parallel()
	wait := usual()
	wait.stall = 200 * time.Millisecond
	failed := make(chan error, 1)
	s := start(t, wait, func(ctx context.Context, s *Session) int {
		if s.User == "bo" {
			return tell(ctx, s)
		}
		for {
			if _, err := s.Out.Write(make([]byte, 32<<10)); err != nil {
				failed <- err
				return 1
			}
		}
	})
	c := s.client(s.alice)
	ch, requests, err := c.OpenChannel("session", nil)
	if err != nil {
		t.Fatal(err)
	}
	go gossh.DiscardRequests(requests)
	if _, err := ch.SendRequest("shell", true, nil); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-failed:
		if !errors.Is(err, errStalled) {
			t.Errorf("it ended with %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("it is waited for without end")
	}
	if out, _ := session(t, s.client(s.bo)).Output("x"); !strings.HasPrefix(string(out), "bo ") {
		t.Errorf("another client gets %q", out)
	}
}

func TestAHandshakeHasADeadline(t *testing.T) {
	t.Parallel()
	wait := usual()
	wait.handshake = 100 * time.Millisecond
	s := start(t, wait, tell)
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // the server has closed it
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.Copy(io.Discard, c); err != nil {
		t.Errorf("it is not ended by the server: %v", err)
	}
}

func TestOnlySessionsAreServed(t *testing.T) {
	t.Parallel()
	s := start(t, usual(), tell)
	c := s.client(s.alice)
	if conn, err := c.Dial("tcp", s.addr); err == nil {
		_ = conn.Close()
		t.Error("a connection was forwarded")
	}
	if l, err := c.Listen("tcp", "127.0.0.1:0"); err == nil {
		_ = l.Close()
		t.Error("a port was opened for the client")
	}
	for _, kind := range []string{"auth-agent-req@openssh.com", "x11-req", "subsystem"} {
		if ok, _ := session(t, s.client(s.alice)).SendRequest(kind, true, gossh.Marshal(struct{ Name string }{"sftp"})); ok {
			t.Errorf("%s was granted", kind)
		}
	}
}

func TestAConnectionHasFewSessions(t *testing.T) {
	t.Parallel()
	s := start(t, usual(), tell)
	c := s.client(s.alice)
	for range maxSessions {
		session(t, c)
	}
	if _, err := c.NewSession(); err == nil {
		t.Error("there is no end of sessions")
	}
}

func TestSessionsEndWithTheServer(t *testing.T) {
	t.Parallel()
	s := start(t, usual(), func(ctx context.Context, s *Session) int {
		_, _ = io.WriteString(s.Out, "x")
		<-ctx.Done()
		_, _ = io.WriteString(s.Out, "bye")
		return 3
	})
	sess := session(t, s.client(s.alice))
	out, err := sess.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := sess.Shell(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	s.stop()
	if got, _ := io.ReadAll(out); string(got) != "bye" {
		t.Errorf("the last word is %q", got)
	}
}

func TestASessionEndsWhenItsClientGoes(t *testing.T) {
	t.Parallel()
	began, gone := make(chan struct{}), make(chan struct{})
	s := start(t, usual(), func(ctx context.Context, _ *Session) int {
		close(began)
		<-ctx.Done()
		close(gone)
		return 0
	})
	c := s.client(s.alice)
	if err := session(t, c).Shell(); err != nil {
		t.Fatal(err)
	}
	<-began
	_ = c.Close()
	<-gone
}
