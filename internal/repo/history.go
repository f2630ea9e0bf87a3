package repo

import (
	"bufio"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"
)

const (
	// MaxPaths is how many paths of one commit a Log names.
	MaxPaths = 1000
	// MaxCommits is how many commits one Log gives.
	MaxCommits = 10_000

	defaultCommits = 100
	maxHistory     = 512 << 20 // bytes of one pass
	maxField       = 1 << 20   // bytes of one name, path or subject
	// Up to so many paths git itself leaves out what touches none of them.
	fewPaths, fewBytes = 100, 16 << 10
)

// LogQuery says which commits a Log is to give.
type LogQuery struct {
	// Path is a raw path, file or folder; empty: everything. The history of a file is
	// followed through its renames: Commit.Paths gives its name at the time.
	Path  string
	Since time.Time // the oldest committer time; zero: from the beginning
	Limit int       // how many, at most MaxCommits; 0: 100
	From  string    // the ID of the commit to begin at; empty: the tree's
}

var errEnough = errors.New("enough")

// Log gives the commits up to the tree's, or another one, the newest first, with
// what they touched. A merge touches only what differs from all that it merges. A
// commit to begin at that is not in the mirror is fs.ErrNotExist.
func (t *Tree) Log(ctx context.Context, q LogQuery) ([]Commit, error) {
	if q.Limit <= 0 {
		q.Limit = defaultCommits
	}
	q.Limit = min(q.Limit, MaxCommits)
	if q.Path == "." {
		q.Path = ""
	}
	if q.Path != "" && !validPath(q.Path) {
		return nil, nil // nothing can have touched it
	}
	from := cmp.Or(q.From, t.commit.ID)
	if from != t.commit.ID {
		if err := t.knows(ctx, from); err != nil {
			return nil, err
		}
	}
	var args, paths []string
	if !q.Since.IsZero() {
		args = append(args, "--since="+q.Since.UTC().Format(time.RFC3339))
	}
	if q.Path == "" {
		args = append(args, "--max-count="+strconv.Itoa(q.Limit))
	} else {
		paths = []string{q.Path}
	}
	n := t.nodes[q.Path]
	follow := q.Path != "" && (n == nil || !n.IsDir())
	if !follow {
		list, err := t.collect(ctx, from, append(args, "--no-renames"), paths, q.Limit)
		return list, t.broken(ctx, err)
	}
	list, err := t.collect(ctx, from, append(args, "--follow", "-M"), paths, q.Limit)
	if err != nil && ctx.Err() == nil {
		// To find a file that was renamed and changed at once, git compares contents;
		// one that was left on the server stops it. Renames alone need none.
		list, err = t.collect(ctx, from, append(args, "--follow", "-M100%"), paths, q.Limit)
	}
	return list, t.broken(ctx, err)
}

// collect lists commits; of those asked for by path, only such as touch one, as
// git names merges, too, when it follows renames.
func (t *Tree) collect(ctx context.Context, from string, args, paths []string, limit int) ([]Commit, error) {
	var list []Commit
	var now *Commit
	err := t.history(ctx, from, args, paths, func(c *Commit, touched string) error {
		if touched == "" && len(paths) > 0 {
			return nil
		}
		if now != c {
			if len(list) == limit {
				return errEnough
			}
			now = c
			list = append(list, *c)
		}
		last := &list[len(list)-1]
		switch {
		case touched == "":
		case len(last.Paths) == MaxPaths:
			last.MorePaths = true
		default:
			last.Paths = append(last.Paths, touched)
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return list, err
}

// LastChange gives for each path, raw, file or folder, the commit that changed it
// last, in one pass over the history. A path that is not in the tree is left out.
func (t *Tree) LastChange(ctx context.Context, paths ...string) (map[string]Commit, error) {
	found, open := map[string]Commit{}, map[string]bool{}
	var specs []string
	bytes := 0
	for _, p := range paths {
		if t.nodes[p] != nil && !open[p] {
			open[p] = true
			specs = append(specs, p)
			bytes += len(p)
		}
	}
	if len(open) == 0 {
		return found, ctx.Err()
	}
	if len(specs) > fewPaths || bytes > fewBytes || open["."] {
		specs = nil
	}
	err := t.history(ctx, t.commit.ID, []string{"--no-renames"}, specs, func(c *Commit, touched string) error {
		if open["."] { // each commit is one of the whole
			delete(open, ".")
			found["."] = *c
		}
		for p := touched; p != "" && p != "."; p = path.Dir(p) {
			if open[p] {
				delete(open, p)
				found[p] = *c
			}
		}
		if len(open) == 0 {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, t.broken(ctx, err)
	}
	return found, nil
}

// knows tells whether a commit is in the mirror: nil, or fs.ErrNotExist.
func (t *Tree) knows(ctx context.Context, id string) error {
	err := errMissing
	if commitID.MatchString(id) {
		_, _, err = t.objects.read(ctx, id)
	}
	if errors.Is(err, errMissing) {
		return fmt.Errorf("the commit %s is not in the mirror of %s: %w", clean(id, maxName), t.remote, fs.ErrNotExist)
	}
	return err
}

// history runs git log and calls visit for each commit, with an empty path, and
// then for each path that it touched.
func (t *Tree) history(ctx context.Context, from string, args, paths []string, visit func(c *Commit, touched string) error) error {
	// A word that no path can be, as nobody knew it when the paths were made, opens
	// each commit: what git writes around them differs with the kind of commit.
	word := rand.Text()
	format := "--format=%x00" + word + "%H%x00%at%x00%an%x00%ae%x00%ct%x00%cn%x00%ce%x00%s%x00%P%x00"
	args = append([]string{"log", "-c", "-z", "--name-only", "--no-color", "--no-decorate", format}, args...)
	args = append(append(args, from, "--"), paths...)
	return t.git.stream(ctx, call{dir: t.repository, args: args, limit: maxHistory}, func(r *bufio.Reader) error {
		return readHistory(r, word, visit)
	})
}

func readHistory(r *bufio.Reader, word string, visit func(c *Commit, touched string) error) error {
	var c *Commit
	first := true
	for {
		field, err := readField(r)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		id, opens := strings.CutPrefix(field, word)
		switch {
		case field == "":
			continue
		case opens:
			first = true
			if c, err = readCommit(r, id); err == nil {
				err = visit(c, "")
			}
		case c == nil:
			err = errors.New("the history makes no sense")
		default:
			if first { // git puts a line end before the first path
				field, first = strings.TrimPrefix(field, "\n"), false
			}
			err = visit(c, field)
		}
		if err != nil {
			return err
		}
	}
}

// readCommit reads the fields of a commit after its ID.
func readCommit(r *bufio.Reader, id string) (*Commit, error) {
	if !commitID.MatchString(id) {
		return nil, errors.New("the history makes no sense")
	}
	var fields [8]string
	for i := range fields {
		var err error
		if fields[i], err = readField(r); err != nil {
			return nil, errors.New("the history ends within a commit")
		}
	}
	text := func(s string) string { return clean(s, maxName) }
	return &Commit{
		ID: id, Author: Person{text(fields[1]), text(fields[2])}, Authored: when(fields[0]),
		Committer: Person{text(fields[4]), text(fields[5])}, Committed: when(fields[3]), Subject: text(fields[6]),
		Parents: parents(strings.Fields(fields[7])),
	}, nil
}

// parents are those of the IDs that are ones.
func parents(ids []string) (list []string) {
	for _, id := range ids {
		if commitID.MatchString(id) {
			list = append(list, id)
		}
	}
	return list
}

// readField reads up to a NUL, within a limit.
func readField(r *bufio.Reader) (string, error) {
	var field []byte
	for {
		part, err := r.ReadSlice(0)
		field = append(field, part...)
		switch {
		case err == nil:
			return string(field[:len(field)-1]), nil
		case !errors.Is(err, bufio.ErrBufferFull) && len(field) == 0:
			return "", err
		case !errors.Is(err, bufio.ErrBufferFull):
			// A last path may lack its end.
			return strings.TrimSuffix(string(field), "\n"), nil
		case len(field) > maxField:
			return "", errors.New("a field of the history is too long")
		}
	}
}
