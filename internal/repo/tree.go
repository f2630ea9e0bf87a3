package repo

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/idptui/idptui/internal/flock"
	"github.com/idptui/idptui/internal/safe"
)

const (
	// MaxFile is the size in bytes of the largest file that is read.
	MaxFile = 64 << 20
	// MaxEntries is how many files a tree may have.
	MaxEntries = 500_000

	maxListing = 128 << 20
	maxName    = 500
	openTries  = 10
)

// ErrNoMirror is what Open gives for a remote that no Update has brought here. It
// is not fs.ErrNotExist: nothing is known of what the remote holds.
var ErrNoMirror = errors.New("not mirrored yet")

// Entry is a file or symbolic link of a tree.
type Entry struct {
	Path    string      // raw, slash-separated; clean it with safe.Line before it is shown
	Mode    fs.FileMode // regular, executable (0o555) or symbolic link
	Size    int64       // bytes; of a Missing one BlobLimit+1, as only that much is known
	ID      string      // of the blob
	Missing bool        // left on the server
}

// Tree is the files of a mirror at one commit, and the history up to it. All its
// methods work offline and may be called by many goroutines at once. It is an
// fs.FS with Stat, Lstat, ReadLink, ReadDir and ReadFile: symbolic links are
// followed, but never out of the repository; submodules and names that no file
// can have are not there. Sys of a FileInfo is the ID of the blob, a string; the
// time of every file is that of the commit.
//
// It keeps one git running, and its repository from being
// removed: Close it.
type Tree struct {
	git        runner
	repository string
	remote     string // for people
	commit     Commit
	entries    []Entry
	nodes      map[string]*node
	skipped    int
	objects    *objects
	lock       *os.File
	closing    sync.Once
}

// Open opens the commit that the last Update brought. Reads end with ctx. An
// error is an *Error, or that of ctx.
func (m *Mirrors) Open(ctx context.Context, r Remote) (*Tree, error) {
	p, err := m.place(r)
	if err != nil {
		return nil, err
	}
	s, lock, err := m.keep(ctx, p)
	if err != nil {
		return nil, err
	}
	t := &Tree{git: m.git, repository: filepath.Join(p.dir, s.Dir), remote: p.String(), lock: lock}
	t.objects = newObjects(ctx, t)
	if err := t.load(ctx, s.Commit); err != nil {
		t.Close() //nolint:errcheck // the first error counts
		return nil, err
	}
	return t, nil
}

// keep locks the repository that the state names, so that it stays.
func (m *Mirrors) keep(ctx context.Context, p place) (state, *os.File, error) {
	for range openTries {
		s, ok := load(p.dir)
		if !ok {
			return s, nil, &Error{Class: ErrNoMirror, text: fmt.Sprintf("the repository %s is not mirrored yet; update it first", p.address)}
		}
		lock, err := hold(ctx, filepath.Join(p.dir, s.Dir, "lock"), flock.Shared, m.opts.Deadline)
		switch {
		case errors.Is(err, fs.ErrNotExist): // replaced or dropped just now, or damaged
			continue
		case errors.Is(err, flock.ErrBusy):
			return s, nil, explain(p.address, p.branch, &failure{class: ErrBusy, detail: "it is being removed"})
		case err != nil && ctx.Err() != nil:
			return s, nil, ctx.Err()
		case err != nil:
			return s, nil, damaged(p.String(), err)
		}
		if now, ok := load(p.dir); ok && now.Dir == s.Dir {
			return now, lock, nil
		}
		flock.Release(lock)
	}
	return state{}, nil, damaged(p.String(), fs.ErrNotExist)
}

func (t *Tree) load(ctx context.Context, commit string) error {
	m := Mirrors{git: t.git}
	entries, err := m.listTree(ctx, t.repository, commit)
	if err != nil {
		return t.broken(ctx, err)
	}
	t.entries = entries
	if t.commit, err = t.objects.commit(ctx, commit); err != nil {
		return err
	}
	t.index()
	return nil
}

// broken makes an error of reading one for the caller, and has the mirror made
// anew by the next Update where it is damaged. No error stays none.
func (t *Tree) broken(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var f *failure
	if errors.As(err, &f) && !f.is(ErrDamaged) {
		if f.is(ErrTooLarge) {
			return &Error{Class: f.class, cause: f.cause, text: fmt.Sprintf("the tree of %s is too large to be listed: %s; mirror a smaller one", t.remote, f.detail)}
		}
		return &Error{Class: f.class, cause: f.cause, text: fmt.Sprintf("the mirror of %s cannot be read: %s; try again", t.remote, f.detail)}
	}
	_ = os.WriteFile(filepath.Join(t.repository, suspectFile), nil, 0o600) // on a full disk the next reader tells again
	return damaged(t.remote, err)
}

// Commit is the commit whose files these are.
func (t *Tree) Commit() Commit { return t.commit }

// Entries are all files, in git's order of raw paths. The caller must not change
// them.
func (t *Tree) Entries() []Entry { return t.entries }

// Skipped is how many submodules and impossible names the tree leaves out.
func (t *Tree) Skipped() int { return t.skipped }

// Close ends the reading git and lets the repository go. It may be called more
// than once; reads afterwards are fs.ErrClosed.
func (t *Tree) Close() error {
	t.closing.Do(func() {
		t.objects.close()
		flock.Release(t.lock)
	})
	return nil
}

// parseListing reads what ls-tree -r -z -l wrote.
func parseListing(r *bufio.Reader) ([]Entry, error) {
	var list []Entry
	for {
		record, err := r.ReadString(0)
		if errors.Is(err, io.EOF) && record == "" {
			return list, nil
		}
		if len(list) == MaxEntries {
			return nil, &failure{class: ErrTooLarge, detail: fmt.Sprintf("it holds more than %d files", MaxEntries)}
		}
		e, ok := parseEntry(strings.TrimSuffix(record, "\x00"))
		if err != nil || !ok {
			return nil, &failure{class: ErrDamaged, detail: "the listing of its files makes no sense"}
		}
		list = append(list, e)
	}
}

// parseEntry reads MODE TYPE ID SIZE, a tab and the path.
func parseEntry(record string) (Entry, bool) {
	head, name, ok := strings.Cut(record, "\t")
	fields := strings.Fields(head)
	if !ok || len(fields) != 4 || name == "" || !commitID.MatchString(fields[2]) {
		return Entry{}, false
	}
	e := Entry{Path: name, ID: fields[2], Mode: 0o444}
	switch fields[0] {
	case "120000":
		e.Mode = fs.ModeSymlink | 0o777
	case "100755":
		e.Mode = 0o555
	case "160000":
		e.Mode = fs.ModeIrregular // a submodule; index leaves it out
		return e, true
	}
	if fields[3] == "BAD" { // git's word for an object that it does not have
		e.Size, e.Missing = BlobLimit+1, true
		return e, true
	}
	size, err := strconv.ParseInt(fields[3], 10, 64)
	e.Size = size
	return e, err == nil && size >= 0
}

// Person is an author or committer, clean.
type Person struct {
	Name, Email string
}

// Commit is one commit. Its texts are clean and at most 500 bytes each.
type Commit struct {
	ID        string
	Author    Person
	Authored  time.Time // UTC; zero if the commit gives none that makes sense
	Committer Person
	Committed time.Time
	Parents   []string // IDs; several of a merge, none of a first one
	Subject   string   // the first paragraph of its message, as one line
	Paths     []string // of Log only: raw, what it touched within the path asked for
	MorePaths bool     // Paths is cut at MaxPaths
}

const lastSecond = 253402300799 // of the year 9999

func when(seconds string) time.Time {
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || n < 0 || n > lastSecond {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}

func clean(s string, limit int) string {
	s, _ = safe.Cap(safe.Line(s), limit)
	return s
}

// parseCommit reads a commit object; what makes no sense in it is left empty.
func parseCommit(id string, data []byte) Commit {
	c := Commit{ID: id}
	header, message, _ := bytes.Cut(data, []byte("\n\n"))
	for text := range strings.Lines(string(header)) {
		key, value, _ := strings.Cut(strings.TrimSuffix(text, "\n"), " ")
		switch key {
		case "author":
			c.Author, c.Authored = signature(value)
		case "parent":
			c.Parents = append(c.Parents, parents([]string{value})...)
		case "committer":
			c.Committer, c.Committed = signature(value)
		}
	}
	subject, _, _ := strings.Cut(strings.TrimLeft(string(message), "\n"), "\n\n")
	c.Subject = clean(strings.TrimRight(subject, "\n"), maxName)
	return c
}

// signature reads NAME <MAIL> SECONDS ZONE.
func signature(s string) (Person, time.Time) {
	open, shut := strings.IndexByte(s, '<'), strings.LastIndexByte(s, '>')
	if open < 0 || shut < open {
		return Person{Name: clean(s, maxName)}, time.Time{}
	}
	seconds, _, _ := strings.Cut(strings.TrimSpace(s[shut+1:]), " ")
	return Person{clean(strings.TrimSpace(s[:open]), maxName), clean(s[open+1:shut], maxName)}, when(seconds)
}
