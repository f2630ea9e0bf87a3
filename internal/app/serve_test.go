package app

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	gossh "golang.org/x/crypto/ssh"

	"github.com/idptui/idptui/internal/cli"
)

// log is a stream that a server writes and a test reads.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// served is a server over a machine's catalog, with keys for some people.
type served struct {
	tb   testing.TB
	addr string
	keys map[string]gossh.Signer
	log  *log
	stop func()
}

var listening = regexp.MustCompile(`listening on (\S+);`)

// serve runs `idptui serve` until the test ends.
func (m *machine) serve(tb testing.TB, people []string, flags ...string) *served {
	tb.Helper()
	s := &served{tb: tb, keys: map[string]gossh.Signer{}, log: &log{}}
	var lines strings.Builder
	for _, who := range people {
		_, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			tb.Fatal(err)
		}
		if s.keys[who], err = gossh.NewSignerFromKey(private); err != nil {
			tb.Fatal(err)
		}
		fmt.Fprintf(&lines, "%s user:%s\n", strings.TrimSpace(string(gossh.MarshalAuthorizedKey(s.keys[who].PublicKey()))), who)
	}
	put(tb, filepath.Join(m.dir, "keys"), lines.String())
	sys, out, _ := m.io("")
	sys.Err = s.log
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan int, 1)
	go func() {
		ended <- Main(ctx, append([]string{"serve", "--listen", "127.0.0.1:0", "--host-key", "host", "--authorized-keys", "keys"}, flags...), sys)
	}()
	s.stop = sync.OnceFunc(func() {
		cancel()
		if code := <-ended; code != cli.ExitDone || out.Len() > 0 {
			tb.Errorf("the server ended with %d and printed %q; its log is %s", code, out, s.log)
		}
	})
	tb.Cleanup(s.stop)
	eventually(tb, "the server listens", func() bool {
		if at := listening.FindStringSubmatch(s.log.String()); at != nil {
			s.addr = at[1]
		}
		return s.addr != ""
	})
	return s
}

func (s *served) session(who string) *gossh.Session {
	s.tb.Helper()
	c, err := gossh.Dial("tcp", s.addr, &gossh.ClientConfig{
		User: "portal", Auth: []gossh.AuthMethod{gossh.PublicKeys(s.keys[who])}, HostKeyCallback: gossh.InsecureIgnoreHostKey(), Timeout: 20 * time.Second,
	})
	if err != nil {
		s.tb.Fatal(err)
	}
	s.tb.Cleanup(func() { _ = c.Close() })
	sess, err := c.NewSession()
	if err != nil {
		s.tb.Fatal(err)
	}
	return sess
}

// run is `ssh portal LINE` of somebody.
func (s *served) run(who, line string) (code int, out, beside string) {
	s.tb.Helper()
	sess := s.session(who)
	var o, e bytes.Buffer
	sess.Stdout, sess.Stderr = &o, &e
	err := sess.Run(line)
	var exit *gossh.ExitError
	switch {
	case errors.As(err, &exit):
		code = exit.ExitStatus()
	case err != nil:
		s.tb.Fatal(err)
	}
	return code, o.String(), e.String()
}

// farScreen is the screen of somebody at the far end of a connection.
type farScreen struct {
	tb   testing.TB
	em   *vt.SafeEmulator
	sess *gossh.Session
	in   interface{ Write([]byte) (int, error) }
}

func (s *served) open(who, line string, w, h int) *farScreen {
	s.tb.Helper()
	t := &farScreen{tb: s.tb, em: vt.NewSafeEmulator(w, h), sess: s.session(who)}
	t.sess.Stdout = t.em
	in, err := t.sess.StdinPipe()
	if err != nil {
		s.tb.Fatal(err)
	}
	t.in = in
	if err := t.sess.RequestPty("xterm-256color", h, w, nil); err != nil {
		s.tb.Fatal(err)
	}
	if line == "" {
		err = t.sess.Shell()
	} else {
		err = t.sess.Start(line)
	}
	if err != nil {
		s.tb.Fatal(err)
	}
	go func() { // what the terminal answers to questions
		buf := make([]byte, 256)
		for {
			n, err := t.em.Read(buf)
			if err != nil {
				return
			}
			_, _ = in.Write(buf[:n])
		}
	}()
	s.tb.Cleanup(func() {
		if c, ok := t.em.InputPipe().(interface{ Close() error }); ok {
			_ = c.Close()
		}
	})
	return t
}

func (t *farScreen) text() string { return ansi.Strip(t.em.Render()) }

func (t *farScreen) see(texts ...string) {
	t.tb.Helper()
	for _, want := range texts {
		eventually(t.tb, want+" is on screen", func() bool { return strings.Contains(t.text(), want) })
	}
}

func (t *farScreen) keys(keys string) {
	t.tb.Helper()
	if _, err := t.in.Write([]byte(keys)); err != nil {
		t.tb.Fatal(err)
	}
}

// twoTeams are two users in two teams, each with a service.
const twoTeams = `apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: red}
spec: {type: team, children: [], members: [alice]}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: blue}
spec: {type: team, children: [], members: [bo]}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: alice}
spec: {profile: {email: alice@acme.example}, memberOf: [red]}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: bo}
spec: {memberOf: [blue]}
`

func owned(name, owner, description string) string {
	return fmt.Sprintf("apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: %s, description: %s}\nspec: {type: service, lifecycle: production, owner: %s}\n", name, description, owner)
}

// office is a machine with that catalog, synced often.
func office(tb testing.TB) *machine {
	tb.Helper()
	m := newMachine(tb)
	put(tb, filepath.Join(m.dir, "shop/people.yaml"), twoTeams)
	put(tb, filepath.Join(m.dir, "shop/rouge.yaml"), owned("rouge", "red", "before"))
	put(tb, filepath.Join(m.dir, "shop/bleu.yaml"), owned("bleu", "blue", "before"))
	put(tb, filepath.Join(m.dir, "home/.config/idptui/config.yaml"), "sources: [{name: shop, folder: "+filepath.Join(m.dir, "shop")+", trusted: true}]\n")
	m.must(tb, "sync")
	return m
}

func TestEachPersonIsThemselvesOverSSH(t *testing.T) {
	t.Parallel()
	s := office(t).serve(t, []string{"alice", "bo", "zed"})
	for who, want := range map[string]string{"alice": "component:default/rouge\ngroup:default/red\n", "bo": "component:default/bleu\ngroup:default/blue\n"} {
		code, out, beside := s.run(who, "catalog list owner:me -o json")
		var list []struct {
			Metadata struct{ Name string }
		}
		if err := json.Unmarshal([]byte(out), &list); code != cli.ExitDone || err != nil || len(list) == 0 || !strings.Contains(want, "/"+list[0].Metadata.Name+"\n") {
			t.Errorf("%s gets %d, %s, %s, %v", who, code, out, beside, err)
		}
	}
	if code, _, beside := s.run("zed", "catalog list owner:me"); code != cli.ExitFailed || !strings.Contains(beside, "user:default/zed") || strings.Contains(beside, "configuration") {
		t.Errorf("somebody whom the catalog does not know gets %d, %s", code, beside)
	}
	if code, out, _ := s.run("zed", "catalog list kind:component -o name"); code != cli.ExitDone || !strings.Contains(out, "rouge") {
		t.Errorf("and cannot read: %d, %s", code, out)
	}
}

func TestOverSSHThereIsNothingOfTheServersMachine(t *testing.T) {
	t.Parallel()
	m := office(t)
	s := m.serve(t, []string{"alice"})
	for _, line := range []string{
		"sync", "doctor", "config show", "serve", "demo", "state check", "catalog infer", "import backstage x", "catalog list --data /tmp",
		"catalog list --config x", "catalog list --catalog /etc", "catalog validate /etc/passwd", "catalog get file:/etc/passwd", "catalog get env:HOME",
	} {
		code, out, beside := s.run("alice", line)
		if code != cli.ExitUsage || !strings.Contains(beside, "over SSH") || out != "" || strings.Contains(beside, m.dir) {
			t.Errorf("%s: %d, %q, %q", line, code, out, beside)
		}
	}
	sess := s.session("alice") // neither a terminal nor a command
	var beside bytes.Buffer
	sess.Stderr = &beside
	if err := sess.Shell(); err != nil {
		t.Fatal(err)
	}
	if err := sess.Wait(); err == nil || !strings.Contains(beside.String(), "needs a terminal") {
		t.Errorf("%v, %q", err, &beside)
	}
}

func TestTwoPeopleSeeOneCatalogEachAsThemselves(t *testing.T) {
	t.Parallel()
	m := office(t)
	put(t, filepath.Join(m.dir, "home/.config/idptui/config.yaml"), "sync: {interval: 1s}\nsources: [{name: shop, folder: "+filepath.Join(m.dir, "shop")+", trusted: true}]\n")
	s := m.serve(t, []string{"alice", "bo"}, "--address", "portal.acme.example")
	alice, bo := s.open("alice", "", 120, 40), s.open("bo", "open rouge", 80, 24)
	alice.see("alice", "1 Catalog")
	bo.see("bo", "rouge", "before")
	alice.keys("1/kind:component owner:me\r")
	alice.see("rouge", "1 of")
	if strings.Contains(alice.text(), "bleu") {
		t.Errorf("bo's service is alice's too:\n%s", alice.text())
	}
	put(t, filepath.Join(m.dir, "shop/rouge.yaml"), owned("rouge", "red", "afterwards"))
	alice.see("afterwards")
	bo.see("afterwards")
	bo.keys("L")
	bo.see("Copied the command")
	if err := alice.sess.WindowChange(16, 45); err != nil {
		t.Fatal(err)
	}
	alice.em.Resize(45, 16)
	alice.see("rouge")
	alice.keys("q")
	if err := alice.sess.Wait(); err != nil {
		t.Errorf("alice's session ended with %v", err)
	}
	s.stop()
	eventually(t, "bo is told", func() bool { return strings.Contains(bo.text(), "The portal was stopped") })
	if strings.Count(s.log.String(), ": in, ") != 2 || strings.Count(s.log.String(), ": out after") != 2 {
		t.Errorf("the log is %s", s.log)
	}
}

func TestTheLineForAColleagueLeadsOverSSH(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"portal.acme.example":    "ssh -t portal.acme.example open component:default/a/source",
		"portal.acme.example:22": "ssh -t portal.acme.example open component:default/a/source",
		"[::1]:2222":             "ssh -t -p 2222 ::1 open component:default/a/source",
	} {
		g := &guest{at: cli.Serving{Address: address}}
		if line, why := g.arrive(startingPlace("component:default/a/source")); line != want {
			t.Errorf("%s: %q, %q", address, line, why)
		}
	}
}

func TestAServerWithoutKeysOfPeopleDoesNotStart(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	put(t, filepath.Join(m.dir, "keys"), "nonsense\n")
	if code, _, beside := m.run(t, "serve", "--authorized-keys", "keys"); code != cli.ExitFailed || !strings.Contains(beside, "keys:1 is no public key") {
		t.Errorf("%d, %s", code, beside)
	}
	if code, _, beside := m.run(t, "serve", "--authorized-keys", "none"); code != cli.ExitFailed || !strings.Contains(beside, "none") {
		t.Errorf("%d, %s", code, beside)
	}
	if _, err := os.Stat(filepath.Join(m.dir, "data", "ssh_host_key")); err == nil {
		t.Error("a host key was made for nothing")
	}
}
