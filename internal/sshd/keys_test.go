package sshd

import (
	"crypto/rand"
	"crypto/rsa"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

func TestALineThatIsNoKeyOfSomebodyIsNamed(t *testing.T) {
	t.Parallel()
	good := newKey(t)
	bare := strings.TrimSpace(string(gossh.MarshalAuthorizedKey(good.PublicKey())))
	small, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	weak, err := gossh.NewPublicKey(&small.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, text, want string }{
		{"no user", bare, "keys:1 does not say whose key it is"},
		{"a comment alone", bare + " alice@laptop", "keys:1 does not say"},
		{"a user that is no name", bare + " user:../x", "keys:1 does not say"},
		{"no key", "# people\nnonsense\n", "keys:2 is no public key"},
		{"options", `command="x" ` + bare + " user:alice", "keys:1 has options"},
		{"one key, two people", bare + " user:alice\n" + bare + " user:bo", "keys:2 is a key of alice already"},
		{"a weak key", strings.TrimSpace(string(gossh.MarshalAuthorizedKey(weak))) + " user:alice", "keys:1: an RSA key needs"},
		{"a long line", strings.Repeat("x", maxHostKey+1), "too long"},
	} {
		if _, err := parseKeys("keys", []byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	users, err := parseKeys("keys", []byte("\r\n"+bare+" laptop user:team/alice.x \r\n"))
	if err != nil || len(users) != 1 || users[string(good.PublicKey().Marshal())] != "team/alice.x" {
		t.Errorf("%v, %v", users, err)
	}
}

func TestKeysFollowTheirFile(t *testing.T) {
	t.Parallel()
	alice, bo := newKey(t), newKey(t)
	file := filepath.Join(t.TempDir(), "keys")
	write := func(text string, at int64) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, time.Unix(at, 0), time.Unix(at, 0)); err != nil {
			t.Fatal(err)
		}
	}
	write(line(alice, "alice"), 1)
	var said []string
	k, err := ReadKeys(file, func(line string) { said = append(said, line) })
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	k.now = func() time.Time { now = now.Add(time.Minute); return now }
	in := func(key gossh.Signer) bool { _, ok := k.User(key.PublicKey()); return ok }
	if !in(alice) || in(bo) {
		t.Fatal("not those of the file")
	}
	write(line(bo, "bo"), 2)
	if in(alice) || !in(bo) || k.Len() != 1 {
		t.Error("a newer file is not read")
	}
	write("nonsense", 3)
	if first := in(bo); !first || !in(bo) || len(said) != 1 || !strings.Contains(said[0], "keys:1") {
		t.Errorf("a file that cannot be read: in %v, said %q", in(bo), said)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if !in(bo) || len(said) != 2 {
		t.Errorf("a file that is gone: in %v, said %q", in(bo), said)
	}
	write(line(alice, "alice"), 4)
	if !in(alice) || in(bo) {
		t.Error("the file that came back is not read")
	}
}

func TestAHostKeyIsMadeOnceAndKeptPrivate(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "below", "host_key")
	first, err := HostKey(file)
	if err != nil {
		t.Fatal(err)
	}
	again, err := HostKey(file)
	if err != nil || Fingerprint(first) != Fingerprint(again) {
		t.Errorf("another key, or %v", err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := HostKey(file); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a key that others can read: %v", err)
	}
	if err := os.WriteFile(file+"2", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := HostKey(file + "2"); err == nil {
		t.Error("an empty file is a key")
	}
}
