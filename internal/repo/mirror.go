package repo

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/idptui/idptui/internal/flock"
	"github.com/idptui/idptui/internal/safe"
)

const (
	stateFile   = "state"
	suspectFile = "suspect" // in a repository: reading it found damage
	objectsName = "objects-"
	mirrorRef   = "refs/heads/mirror"
	maxState    = 32 << 20
)

// state says what a mirror holds. Its file is replaced as a whole.
type state struct {
	URL    string
	Branch string           // as configured
	Ref    string           // the branch that was mirrored; empty: a HEAD without one
	Commit string           // what readers see
	Dir    string           // the repository, beside the file
	Packs  map[string]int64 // size of each pack, in bytes
	Absent []absent         // files of the commit whose content is not here
}

// absent is a file that was left on the server.
type absent struct {
	Path []byte // raw
	ID   string
}

var (
	commitID   = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)
	unreadable = regexp.MustCompile(`[^a-z0-9.]+`)
)

// place is where the mirror of a remote lies.
type place struct {
	address
	branch string
	name   string
	dir    string
}

// place checks a remote and finds its mirror.
func (m *Mirrors) place(r Remote) (place, error) {
	a, err := parse(r.URL)
	if err != nil {
		return place{}, err
	}
	if err := m.opts.allowed(a); err != nil {
		return place{}, err
	}
	if r.Branch != "" {
		if err := checkBranch(r.Branch); err != nil {
			return place{}, err
		}
	}
	if !r.SSH.valid() {
		return place{}, &Error{Class: ErrAddress, text: fmt.Sprintf("the ssh files for %s are not usable; give absolute paths without quotes, dollar signs and line ends", a)}
	}
	sum := sha256.Sum256([]byte(a.url + "\x00" + r.Branch))
	readable := strings.Trim(unreadable.ReplaceAllString(strings.ToLower(a.host+"/"+a.path), "-"), "-.")
	readable, _ = safe.Cap(readable, 80)
	name := readable + "-" + hex.EncodeToString(sum[:6])
	return place{address: a, branch: r.Branch, name: name, dir: filepath.Join(m.opts.Dir, name)}, nil
}

// Name is the name of the remote's mirror, as List gives it. It touches nothing.
func (m *Mirrors) Name(r Remote) (string, error) {
	p, err := m.place(r)
	return p.name, err
}

// Head is the ID of the commit that Open would open and its branch; both are ""
// where there is none. It starts nothing.
func (m *Mirrors) Head(r Remote) (commit, branch string) {
	p, err := m.place(r)
	if err != nil {
		return "", ""
	}
	s, _ := load(p.dir)
	return s.Commit, s.Ref
}

// load reads the state. A file that is missing or makes no sense is no mirror:
// nothing is lost by fetching it again.
func load(dir string) (state, bool) {
	name := filepath.Join(dir, stateFile)
	info, err := os.Stat(name)
	if err != nil || info.Size() > maxState {
		return state{}, false
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return state{}, false
	}
	var s state
	if json.Unmarshal(data, &s) != nil || !commitID.MatchString(s.Commit) ||
		!strings.HasPrefix(s.Dir, objectsName) || strings.ContainsAny(s.Dir, `/\`) {
		return state{}, false
	}
	return s, true
}

// save replaces the state.
func (s state) save(dir string) error {
	data, err := json.Marshal(s)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, stateFile+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // it is gone once renamed
	_, err = f.Write(data)
	err = cmp.Or(err, f.Sync())
	if err = cmp.Or(f.Close(), err); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), filepath.Join(dir, stateFile)); err != nil {
		return err
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return cmp.Or(d.Sync(), d.Close())
}

// packs lists the packs of a repository with their sizes.
func packs(repository string) (map[string]int64, error) {
	entries, err := os.ReadDir(filepath.Join(repository, "objects", "pack"))
	if err != nil {
		return nil, err
	}
	list := map[string]int64{}
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); ext != ".pack" && ext != ".idx" {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return nil, err
		}
		list[e.Name()] = info.Size()
	}
	return list, nil
}

// whole looks, without git, whether the repository is as the state left it.
func (s state) whole(dir string) bool {
	if s.Commit == "" {
		return false
	}
	repository := filepath.Join(dir, s.Dir)
	if _, err := os.Lstat(filepath.Join(repository, suspectFile)); !errors.Is(err, fs.ErrNotExist) {
		return false
	}
	now, err := packs(repository)
	if err != nil {
		return false
	}
	for name, size := range s.Packs {
		if got, ok := now[name]; !ok || got != size {
			return false
		}
	}
	return true
}

// sizeOf is what a folder takes, in bytes. What vanishes meanwhile counts nothing.
func sizeOf(dir string) int64 {
	var sum int64
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil //nolint:nilerr // a look at a folder that others may be changing
		}
		if info, err := d.Info(); err == nil {
			sum += info.Size()
		}
		return nil
	})
	return sum
}

// sweep removes the repositories that the state does not name and nobody reads,
// and what broken-off writes of the state left. The caller holds the mirror.
func sweep(ctx context.Context, dir, keep string) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), stateFile+"-"):
			_ = os.Remove(name) // the next sweep tries again
		case strings.HasPrefix(e.Name(), objectsName) && e.Name() != keep:
			if l, err := hold(ctx, filepath.Join(name, "lock"), flock.Exclusive, 0); err == nil {
				_ = os.RemoveAll(name)
				flock.Release(l)
			}
		}
	}
}

// tidy removes what a git that was killed left in a repository: its own locks
// would stop the next one. The caller holds the mirror.
func tidy(repository string) {
	for _, pattern := range []string{
		"*.lock", "refs/*/*.lock", "objects/pack/tmp_*", "objects/pack/.tmp-*", "objects/tmp_*", "objects/incoming-*",
	} {
		names, _ := filepath.Glob(filepath.Join(escapeGlob(repository), pattern))
		for _, name := range names {
			_ = os.RemoveAll(name)
		}
	}
}

// escapeGlob makes a path match itself alone.
func escapeGlob(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

func newDir() string {
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails
	return objectsName + hex.EncodeToString(b[:])
}

// absentOf are the files of a listing whose content is not here.
func absentOf(entries []Entry) []absent {
	var list []absent
	for _, e := range entries {
		if e.Missing {
			list = append(list, absent{[]byte(e.Path), e.ID})
		}
	}
	return list
}

// wanted are the objects that want asks for, each once.
func wanted(list []absent, want func(string) bool) []string {
	if want == nil {
		return nil
	}
	var ids []string
	for _, a := range list {
		if commitID.MatchString(a.ID) && want(string(a.Path)) {
			ids = append(ids, a.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
