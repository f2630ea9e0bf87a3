package repo

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// sshHost is an OpenSSH server of our own on loopback.
type sshHost struct {
	port       string
	user       string
	key, known string
	dir        string
}

// keygen makes a key pair and returns the path of the private one.
func keygen(t *testing.T, path string) string {
	t.Helper()
	if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path).CombinedOutput(); err != nil {
		t.Fatalf("ssh-keygen: %v\n%s", err, out)
	}
	return path
}

func startSSH(t *testing.T) sshHost {
	t.Helper()
	sshd, err := exec.LookPath("sshd")
	if err != nil {
		if sshd, err = exec.LookPath("/usr/sbin/sshd"); err != nil {
			t.Skip("NOT TESTED: there is no sshd on this machine, so mirrors over ssh are not tried; install openssh-server")
		}
	}
	if _, err := os.Stat("/run/sshd"); err != nil && os.Geteuid() == 0 {
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			t.Skipf("NOT TESTED: sshd cannot be started here: %v", err)
		}
	}
	dir := filepath.Join(t.TempDir(), "a b'c") // a path that a shell would take apart
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := sshHost{port: fmt.Sprint(l.Addr().(*net.TCPAddr).Port), dir: dir, user: "root"}
	if u := os.Getenv("USER"); u != "" && os.Geteuid() != 0 {
		h.user = u
	}
	hostKey := keygen(t, filepath.Join(t.TempDir(), "host"))
	h.key = keygen(t, filepath.Join(dir, "id"))
	authorized := filepath.Join(t.TempDir(), "authorized")
	copyFile(t, h.key+".pub", authorized, "")
	h.known = filepath.Join(dir, "known hosts")
	copyFile(t, hostKey+".pub", h.known, "[127.0.0.1]:"+h.port+" ")
	config := filepath.Join(t.TempDir(), "sshd_config")
	text := fmt.Sprintf("HostKey %s\nAuthorizedKeysFile %s\nStrictModes no\nUsePAM no\nPidFile none\nPermitRootLogin yes\nPasswordAuthentication no\n"+
		"KbdInteractiveAuthentication no\nListenAddress 127.0.0.1:%s\nLogLevel ERROR\n", hostKey, authorized, h.port)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	// In the manner of inetd, one sshd a connection: there is no port to wait for.
	done := make(chan struct{})
	go func() {
		defer close(done)
		var all []*exec.Cmd
		for {
			conn, err := l.Accept()
			if err != nil {
				break
			}
			f, err := conn.(*net.TCPConn).File()
			_ = conn.Close()
			if err != nil {
				continue
			}
			cmd := exec.Command(sshd, "-i", "-e", "-f", config)
			cmd.Stdin, cmd.Stdout = f, f
			if cmd.Start() == nil {
				all = append(all, cmd)
			}
			_ = f.Close()
		}
		for _, cmd := range all {
			_ = cmd.Wait()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return h
}

func copyFile(t *testing.T, from, to, before string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, append([]byte(before), data...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestMirrorsOverSSH(t *testing.T) {
	t.Parallel()
	h := startSSH(t)
	o := newOrigin(t)
	commit := o.commit("one", map[string]string{"a": "1", "big": noise(1_500_000)})
	r := Remote{
		URL: "ssh://" + h.user + "@127.0.0.1:" + h.port + o.dir, SSH: SSH{KeyFile: h.key, KnownHosts: h.known},
		Want: func(string) bool { return true },
	}
	m := mirrors(t)
	if got := update(t, m, r); got.Commit != commit || got.Absent != 0 {
		t.Errorf("got %+v", got)
	}
	if got := read(t, open(t, m, r), "big"); got != noise(1_500_000) {
		t.Errorf("read %d bytes", len(got))
	}
	if got := update(t, m, r); got.Changed {
		t.Errorf("unchanged: %+v", got)
	}
	other := keygen(t, filepath.Join(t.TempDir(), "other"))
	wrongHost := filepath.Join(t.TempDir(), "known")
	copyFile(t, other+".pub", wrongHost, "[127.0.0.1]:"+h.port+" ")
	for name, tt := range map[string]struct {
		change func(*Remote)
		want   error
	}{
		"another key":          {func(r *Remote) { r.SSH.KeyFile = other }, ErrRefused},
		"no key":               {func(r *Remote) { r.SSH.KeyFile = "" }, ErrNeedsLogin},
		"an unknown host":      {func(r *Remote) { r.SSH.KnownHosts = "" }, ErrHostKey},
		"another host's key":   {func(r *Remote) { r.SSH.KnownHosts = wrongHost }, ErrHostKey},
		"no such repository":   {func(r *Remote) { r.URL += "-gone" }, ErrNotFound},
		"nobody listens there": {func(r *Remote) { r.URL = strings.Replace(r.URL, ":"+h.port, ":1", 1) }, ErrUnreachable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changed := r
			tt.change(&changed)
			_, err := m.Update(t.Context(), changed)
			if !errors.Is(err, tt.want) {
				t.Fatalf("got %v, want %v", err, tt.want)
			}
			isSentence(t, err)
		})
	}
}

func TestSSHIsTakenAwayFromTheUsersOwnSettings(t *testing.T) {
	t.Parallel()
	got := SSH{KeyFile: "/k/it's", KnownHosts: "/k/100% known"}.command()
	for _, want := range []string{
		"ssh -F /dev/null ", "-oBatchMode=yes", "-oStrictHostKeyChecking=yes", "-oConnectTimeout=", "-oIdentitiesOnly=yes", "-oIdentityAgent=none",
		`'-oIdentityFile="/k/it'\''s"'`, `'-oUserKnownHostsFile="/k/100%% known"'`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s lacks %s", got, want)
		}
	}
	if got := (SSH{Agent: "/run/agent"}).command(); strings.Contains(got, "IdentityAgent=none") || !strings.Contains(got, "UserKnownHostsFile=\"/dev/null\"") {
		t.Errorf("with an agent: %s", got)
	}
	for _, bad := range []SSH{{KeyFile: "relative"}, {KeyFile: "/a\nb"}, {KnownHosts: "/a$(b)"}, {Agent: `/a"b`}} {
		if bad.valid() {
			t.Errorf("%+v is taken", bad)
		}
	}
}
