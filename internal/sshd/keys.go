package sshd

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// Caps of the files that are read, and of what is in them.
const (
	maxKeysFile = 4 << 20 // bytes of authorized_keys, some 20 000 keys
	maxHostKey  = 64 << 10
	minRSABits  = 3072
)

// Keys are the people who may come in: OpenSSH's authorized_keys, in which the
// comment of a key says "user:NAME". The file is read again when it changes; a
// change that cannot be read leaves the keys as they were, and is reported.
type Keys struct {
	file   string
	report func(line string)

	mu    sync.Mutex
	users map[string]string // by the key's wire form
	seen  version
	look  time.Time // of the last look at the file
	now   func() time.Time
}

// version tells two contents of a file apart without reading them.
type version struct {
	size int64
	at   time.Time
}

// lookEvery bounds how often log-ins look at the file.
const lookEvery = time.Second

// ReadKeys reads authorized_keys. Every line must be right at the start; report
// takes a sentence about a later change that is not.
func ReadKeys(file string, report func(line string)) (*Keys, error) {
	k := &Keys{file: file, report: report, now: time.Now}
	users, seen, err := readKeys(file)
	if err != nil {
		return nil, err
	}
	k.users, k.seen, k.look = users, seen, k.now()
	return k, nil
}

// Len is how many keys there are.
func (k *Keys) Len() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.users)
}

// User is whose key it is.
func (k *Keys) User(key gossh.PublicKey) (name string, known bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.refresh()
	name, known = k.users[string(key.Marshal())]
	return name, known
}

func (k *Keys) refresh() {
	if k.now().Sub(k.look) < lookEvery {
		return
	}
	k.look = k.now()
	info, err := os.Stat(k.file)
	if err == nil && (version{info.Size(), info.ModTime()}) == k.seen {
		return
	}
	users, seen, err := readKeys(k.file)
	if err != nil {
		if seen != k.seen {
			k.report(err.Error() + "; the keys stay as they were")
		}
		k.seen = seen
		return
	}
	k.users, k.seen = users, seen
}

func readKeys(file string) (map[string]string, version, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, version{}, fmt.Errorf("the authorised keys cannot be read: %w", err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	info, err := f.Stat()
	if err != nil {
		return nil, version{}, fmt.Errorf("the authorised keys cannot be read: %w", err)
	}
	seen := version{info.Size(), info.ModTime()}
	if info.Size() > maxKeysFile || !info.Mode().IsRegular() {
		return nil, seen, fmt.Errorf("%s is no file of at most %d MB", file, maxKeysFile>>20)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxKeysFile))
	if err != nil {
		return nil, seen, fmt.Errorf("the authorised keys cannot be read: %w", err)
	}
	users, err := parseKeys(file, data)
	return users, seen, err
}

// userName is what may stand for a User entity: a name, perhaps after its namespace.
var userName = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9._-]{0,62}/)?[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)

// parseKeys reads each line by itself, so that an error can name it.
func parseKeys(file string, data []byte) (map[string]string, error) {
	users := map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, maxHostKey)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, comment, options, _, err := gossh.ParseAuthorizedKey([]byte(line))
		if err != nil {
			return nil, fmt.Errorf("%s:%d is no public key", file, n)
		}
		name := ""
		for word := range strings.FieldsSeq(comment) {
			if v, ok := strings.CutPrefix(word, "user:"); ok {
				name = v
			}
		}
		switch why := weakness(key); {
		case len(options) > 0:
			return nil, fmt.Errorf("%s:%d has options before the key, such as %q, and none are known here", file, n, options[0])
		case !userName.MatchString(name):
			return nil, fmt.Errorf("%s:%d does not say whose key it is; its comment needs user:NAME, as in user:alice", file, n)
		case why != "":
			return nil, fmt.Errorf("%s:%d: %s", file, n, why)
		}
		if other, twice := users[string(key.Marshal())]; twice && other != name {
			return nil, fmt.Errorf("%s:%d is a key of %s already", file, n, other)
		}
		users[string(key.Marshal())] = name
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s has a line that is too long to be a key", file)
	}
	return users, nil
}

// weakness is why a key is not taken, "" for one that is.
func weakness(key gossh.PublicKey) string {
	switch key.Type() {
	case gossh.KeyAlgoED25519, gossh.KeyAlgoSKED25519, gossh.KeyAlgoECDSA256, gossh.KeyAlgoECDSA384, gossh.KeyAlgoECDSA521, gossh.KeyAlgoSKECDSA256:
		return ""
	case gossh.KeyAlgoRSA:
		if n := len(key.Marshal()); n*8 < minRSABits {
			return fmt.Sprintf("an RSA key needs at least %d bits", minRSABits)
		}
		return ""
	}
	return "keys of the kind " + key.Type() + " are not taken; ssh-keygen -t ed25519 makes one that is"
}

// HostKey reads the key by which clients know this server, and makes it where the
// file is not there. One that others than its owner can read is refused.
func HostKey(file string) (gossh.Signer, error) {
	info, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeHostKey(file); err != nil {
			return nil, fmt.Errorf("the host key %s cannot be made: %w", file, err)
		}
		info, err = os.Stat(file)
	}
	if err != nil {
		return nil, fmt.Errorf("the host key cannot be read: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("the host key %s can be read by others; chmod 600 makes it private", file)
	}
	if info.Size() > maxHostKey || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("the host key %s is no key file", file)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("the host key cannot be read: %w", err)
	}
	signer, err := gossh.ParsePrivateKey(data)
	if err != nil {
		return nil, fmt.Errorf("the host key %s cannot be used: it is no private key without a passphrase", file)
	}
	return signer, nil
}

// makeHostKey writes a new key whole or not at all, and never over another.
func makeHostKey(file string) error {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	block, err := gossh.MarshalPrivateKey(private, "idptui host key")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".host-key-*") // for its owner alone
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // it is linked or useless
	_, err = f.Write(pem.EncodeToMemory(block))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), file); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil // another server made one meanwhile
}

// Fingerprint is how clients show a server's key.
func Fingerprint(key gossh.Signer) string { return gossh.FingerprintSHA256(key.PublicKey()) }
