// Package repotest serves repositories on this machine's loopback, by git's own
// http server and by OpenSSH's, for tests of what mirrors them.
//
// What it starts ends with the test. It must not know package repo, whose tests
// use it too.
package repotest

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// Git runs git in a folder as a developer called Ann, without the configuration of
// the machine, and gives what it prints.
func Git(tb testing.TB, dir string, args ...string) string {
	tb.Helper()
	cmd := exec.CommandContext(tb.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=/nonexistent", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=Ann", "GIT_AUTHOR_EMAIL=ann@example.com", "GIT_COMMITTER_NAME=Ann", "GIT_COMMITTER_EMAIL=ann@example.com",
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		tb.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// Commit makes a repository of a folder, if it is none yet, and commits all that
// is in it to the branch main.
func Commit(tb testing.TB, dir, message string) {
	tb.Helper()
	if _, err := os.Stat(filepath.Join(dir, ".git")); err != nil {
		Git(tb, dir, "init", "-q", "-b", "main")
		Git(tb, dir, "config", "uploadpack.allowFilter", "true")
		Git(tb, dir, "config", "uploadpack.allowAnySHA1InWant", "true")
	}
	Git(tb, dir, "add", "-A", "-f")
	Git(tb, dir, "commit", "-q", "--allow-empty", "-m", message)
}

// Server is git's own http server.
type Server struct {
	*httptest.Server
	instead atomic.Pointer[http.HandlerFunc]
}

// Instead has every request answered by a handler; nil is git's server again.
func (s *Server) Instead(h http.HandlerFunc) {
	if h == nil {
		s.instead.Store(nil)
		return
	}
	s.instead.Store(&h)
}

// HTTP serves the repositories below root, each under its name. The test is
// skipped where git's server is not installed.
func HTTP(tb testing.TB, root string) *Server {
	tb.Helper()
	backend := filepath.Join(Git(tb, root, "--exec-path"), "git-http-backend")
	if _, err := os.Stat(backend); err != nil {
		tb.Skipf("NOT TESTED: git's http server is not on this machine: %v", err)
	}
	git := &cgi.Handler{Path: backend, Env: []string{
		"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "HOME=/nonexistent",
	}, Stderr: io.Discard}
	s := &Server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if instead := s.instead.Load(); instead != nil {
			(*instead)(w, r)
			return
		}
		git.ServeHTTP(w, r)
	}))
	tb.Cleanup(s.Close)
	return s
}

// Host is an OpenSSH server that lets one key in.
type Host struct {
	Port, User string
	Key        string // the private key's file
	Known      string // the file of known hosts
	Dir        string // a folder whose name a shell would take apart
	Close      func()
}

// URL is the address of a repository by its absolute path on this machine.
func (h Host) URL(path string) string { return "ssh://" + h.User + "@127.0.0.1:" + h.Port + path }

// SSH starts one on a free port. The test is skipped where there is no sshd.
func SSH(tb testing.TB) Host {
	tb.Helper()
	sshd, err := exec.LookPath("sshd")
	if err != nil {
		if sshd, err = exec.LookPath("/usr/sbin/sshd"); err != nil {
			tb.Skip("NOT TESTED: there is no sshd on this machine, so nothing is tried over ssh; install openssh-server")
		}
	}
	if _, err := os.Stat("/run/sshd"); err != nil && os.Geteuid() == 0 {
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil { //nolint:gosec // as sshd wants it
			tb.Skipf("NOT TESTED: sshd cannot be started here: %v", err)
		}
	}
	l, err := new(net.ListenConfig).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	h := Host{Port: port, User: "root", Dir: filepath.Join(tb.TempDir(), "a b'c")}
	if u := os.Getenv("USER"); u != "" && os.Geteuid() != 0 {
		h.User = u
	}
	if err := os.Mkdir(h.Dir, 0o700); err != nil {
		tb.Fatal(err)
	}
	config, ended := h.configure(tb), make(chan struct{})
	go func() {
		defer close(ended)
		accept(l, sshd, config)
	}()
	h.Close = func() { _ = l.Close(); <-ended }
	tb.Cleanup(h.Close)
	return h
}

// configure makes keys and the files that name them, and gives sshd's own.
func (h *Host) configure(tb testing.TB) (config string) {
	tb.Helper()
	dir := tb.TempDir()
	hostKey, authorized := Keys(tb, filepath.Join(dir, "host")), filepath.Join(dir, "authorized")
	h.Key, h.Known = Keys(tb, filepath.Join(h.Dir, "id")), filepath.Join(h.Dir, "known hosts")
	write(tb, authorized, read(tb, h.Key+".pub"))
	write(tb, h.Known, "[127.0.0.1]:"+h.Port+" "+read(tb, hostKey+".pub"))
	config = filepath.Join(dir, "sshd_config")
	write(tb, config, fmt.Sprintf("HostKey %s\nAuthorizedKeysFile %s\nStrictModes no\nUsePAM no\nPidFile none\nPermitRootLogin yes\n"+
		"PasswordAuthentication no\nKbdInteractiveAuthentication no\nLogLevel ERROR\n", hostKey, authorized))
	return config
}

// accept starts one sshd a connection, in the manner of inetd: there is no port to
// wait for.
func accept(l net.Listener, sshd, config string) {
	var all []*exec.Cmd
	for {
		conn, err := l.Accept()
		if err != nil {
			break
		}
		tcp, ok := conn.(*net.TCPConn)
		if !ok {
			continue
		}
		f, err := tcp.File()
		_ = conn.Close()
		if err != nil {
			continue
		}
		cmd := exec.Command(sshd, "-i", "-e", "-f", config) //nolint:noctx // it ends with its connection
		cmd.Stdin, cmd.Stdout = f, f
		if cmd.Start() == nil {
			all = append(all, cmd)
		}
		_ = f.Close()
	}
	for _, cmd := range all {
		_ = cmd.Wait()
	}
}

// Keys makes a pair of keys and gives the private one's file.
func Keys(tb testing.TB, path string) string {
	tb.Helper()
	if out, err := exec.CommandContext(tb.Context(), "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path).CombinedOutput(); err != nil {
		tb.Fatalf("ssh-keygen: %v\n%s", err, out)
	}
	return path
}

func read(tb testing.TB, name string) string {
	tb.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		tb.Fatal(err)
	}
	return string(data)
}

func write(tb testing.TB, name, text string) {
	tb.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
}
