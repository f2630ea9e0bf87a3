//go:build e2e

package main_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// portal is the built binary as a server over the sample company, with an OpenSSH
// key for each person.
type portal struct {
	dir, port string
}

func (p portal) ssh(who string, words ...string) []string {
	return append([]string{
		"ssh", "-F", "none", "-p", p.port, "-i", filepath.Join(p.dir, who), "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes",
		"-o", "StrictHostKeyChecking=accept-new", "-o", "UserKnownHostsFile=" + filepath.Join(p.dir, "known_hosts"), "-o", "LogLevel=ERROR",
	}, words...)
}

// run is a command without a terminal.
func (p portal) run(t *testing.T, who string, words ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	line := p.ssh(who, append([]string{"127.0.0.1"}, words...)...)
	out, err := exec.CommandContext(ctx, line[0], line[1:]...).Output()
	return string(out), err
}

func servePortal(t *testing.T, people ...string) portal {
	t.Helper()
	for _, program := range []string{"ssh", "ssh-keygen", "tmux"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("SKIPPED: %s is not installed", program)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := portal{dir: t.TempDir()}
	_, p.port, _ = net.SplitHostPort(l.Addr().String())
	_ = l.Close()
	var keys strings.Builder
	for _, who := range people {
		if out, err := exec.CommandContext(t.Context(), "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "laptop user:"+who, "-f", filepath.Join(p.dir, who)).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		public, err := os.ReadFile(filepath.Join(p.dir, who+".pub"))
		if err != nil {
			t.Fatal(err)
		}
		keys.Write(public)
	}
	file := filepath.Join(p.dir, "authorized_keys")
	if err := os.WriteFile(file, []byte(keys.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	x := open(t, 100, 20, nil, "serve", "--demo", "--listen", "127.0.0.1:"+p.port, "--host-key", filepath.Join(p.dir, "host_key"), "--authorized-keys", file)
	x.see("listening on")
	return p
}

// at opens a terminal of its own for a command line.
func at(t *testing.T, w, h int, command []string) *window {
	t.Helper()
	x := &window{t: t, socket: filepath.Join(t.TempDir(), "tmux")}
	x.tmux("-f", "/dev/null", "new-session", "-d", "-x", fmt.Sprint(w), "-y", fmt.Sprint(h), shell(command)+"; echo left with $?; exec sleep 60")
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		_ = exec.CommandContext(ctx, "tmux", "-S", x.socket, "kill-server").Run()
	})
	return x
}

func TestTwoPeopleOverOpenSSH(t *testing.T) {
	t.Parallel()
	p := servePortal(t, "alice", "bo")
	out, err := p.run(t, "alice", "catalog", "list", "owner:me", "-o", "name")
	if err != nil || !strings.Contains(out, "payments-api") {
		t.Errorf("alice's list is %q, %v", out, err)
	}
	if out, err := p.run(t, "bo", "catalog", "list", "owner:me", "-o", "name"); err != nil || strings.Contains(out, "payments-api") || out == "" {
		t.Errorf("bo's list is %q, %v", out, err)
	}
	if _, err := p.run(t, "bo", "catalog", "validate", "/etc/passwd"); err == nil || err.(*exec.ExitError).ExitCode() != 2 { //nolint:errorlint // of this one call
		t.Errorf("a path of the server: %v", err)
	}
	alice := at(t, 120, 40, p.ssh("alice", "127.0.0.1", "-t"))
	bo := at(t, 80, 24, p.ssh("bo", "-t", "127.0.0.1", "open", "payments-api"))
	alice.see("alice", "acme-people")
	bo.see("Takes card payments", "bo")
	alice.keys("/")
	alice.text("owner:me kind:component")
	alice.see("payments-api")
	bo.keys("w")
	bo.see("team-payments", "#payments")
	bo.keys("[")
	bo.see("Takes card payments")
	alice.tmux("resize-window", "-x", "45", "-y", "16")
	alice.see("payments-api")
	alice.keys("Enter")
	alice.keys("q")
	alice.see("left with 0")
	bo.keys("q")
	bo.see("left with 0")
}

func TestAKeyThatIsNotAuthorisedStaysOutside(t *testing.T) {
	t.Parallel()
	p := servePortal(t, "alice")
	if out, err := exec.CommandContext(t.Context(), "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(p.dir, "mallory")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	began := time.Now()
	if out, err := p.run(t, "mallory", "catalog", "list"); err == nil || out != "" {
		t.Errorf("mallory gets %q", out)
	}
	if time.Since(began) > patience {
		t.Error("it is not refused but waits")
	}
}
