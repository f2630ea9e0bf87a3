package repo

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"strconv"
	"strings"
	"sync"
)

// objects reads objects of one repository through one git that keeps running.
type objects struct {
	tree *Tree
	ctx  context.Context // of the Tree: a file system's methods have none of their own
	max  int64

	mu     sync.Mutex
	closed bool
	cmd    *exec.Cmd // nil: not running
	ask    io.WriteCloser
	answer *bufio.Reader
}

func newObjects(ctx context.Context, t *Tree) *objects {
	return &objects{tree: t, ctx: ctx, max: MaxFile}
}

var errMissing = errors.New("an object is not there")

// read returns the kind and content of an object. ctx may end earlier than that
// of the Tree.
func (o *objects) read(ctx context.Context, id string) (kind string, data []byte, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return "", nil, fs.ErrClosed
	}
	if err := errors.Join(ctx.Err(), o.ctx.Err()); err != nil {
		return "", nil, err
	}
	if err := o.start(); err != nil {
		return "", nil, err
	}
	limited, cancel := context.WithTimeout(ctx, o.tree.git.deadline)
	running := o.cmd
	unwatch := context.AfterFunc(limited, func() { _ = running.Cancel() })
	kind, data, err = o.exchange(id)
	if !unwatch() { // it is killed, or about to be
		err = errors.Join(err, limited.Err())
	}
	cancel()
	if err == nil || errors.Is(err, errMissing) {
		return kind, data, err
	}
	o.stop()
	var e *Error
	switch {
	case ctx.Err() != nil:
		return "", nil, ctx.Err()
	case o.ctx.Err() != nil:
		return "", nil, o.ctx.Err()
	case errors.As(err, &e):
		return "", nil, err
	case limited.Err() != nil:
		return "", nil, &Error{Class: ErrFailed, cause: limited.Err(), text: fmt.Sprintf("reading from the mirror of %s took longer than %v; look at its disk", o.tree.remote, o.tree.git.deadline)}
	}
	return "", nil, o.tree.broken(ctx, err)
}

// start starts git where it is not running.
func (o *objects) start() error {
	if o.cmd != nil {
		return nil
	}
	if err := os.MkdirAll(o.tree.git.home, 0o700); err != nil {
		return err
	}
	cmd := o.tree.git.command(o.ctx, call{dir: o.tree.repository, args: []string{"cat-file", "--batch"}})
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		_ = in.Close()
		return &Error{Class: ErrNoGit, cause: err, text: fmt.Sprintf("the mirror of %s cannot be read as git cannot be run: %s; install git", o.tree.remote, words(errors.Unwrap(err)))}
	}
	o.cmd, o.ask, o.answer = cmd, in, bufio.NewReaderSize(out, 64<<10)
	return nil
}

// exchange asks for one object.
func (o *objects) exchange(id string) (string, []byte, error) {
	if _, err := io.WriteString(o.ask, id+"\n"); err != nil {
		return "", nil, err
	}
	header, err := o.answer.ReadSlice('\n')
	if err != nil {
		return "", nil, err
	}
	fields := strings.Fields(string(header))
	if len(fields) == 2 && fields[1] == "missing" {
		return "", nil, errMissing
	}
	if len(fields) != 3 || fields[0] != id {
		return "", nil, errors.New("git answers something else")
	}
	size, err := strconv.ParseInt(fields[2], 10, 64)
	if err != nil || size < 0 {
		return "", nil, errors.New("git answers something else")
	}
	if size > o.max {
		return "", nil, &Error{Class: ErrTooLarge, text: fmt.Sprintf("a file of %s has %d bytes, and at most %d are read; make it smaller", o.tree.remote, size, o.max)}
	}
	data := make([]byte, size+1) // and a line end
	if _, err := io.ReadFull(o.answer, data); err != nil {
		return "", nil, err
	}
	return fields[1], data[:size], nil
}

// stop ends git, however it stands.
func (o *objects) stop() {
	if o.cmd == nil {
		return
	}
	_ = o.ask.Close()
	_ = o.cmd.Cancel()
	_ = o.cmd.Wait() // it was killed, and says so
	o.cmd, o.ask, o.answer = nil, nil, nil
}

func (o *objects) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	o.stop()
}

func (o *objects) commit(ctx context.Context, id string) (Commit, error) {
	data, err := o.of(ctx, "commit", id)
	if err != nil {
		return Commit{}, err
	}
	return parseCommit(id, data), nil
}

// of reads an object that must be there, and of a kind.
func (o *objects) of(ctx context.Context, kind, id string) ([]byte, error) {
	got, data, err := o.read(ctx, id)
	if errors.Is(err, errMissing) || err == nil && got != kind {
		return nil, o.tree.broken(ctx, errMissing)
	}
	return data, err
}

// Blob returns the content of a file at a commit of the mirror's history, by its
// raw path then. A symbolic link is not followed: it gives where it leads. An
// unknown commit or path is fs.ErrNotExist, a file that was left on the server
// ErrNotFetched.
func (t *Tree) Blob(ctx context.Context, commit, name string) ([]byte, error) {
	gone := func(what string) error {
		return &fs.PathError{Op: "read", Path: clean(name, maxName), Err: fmt.Errorf("%s: %w", what, fs.ErrNotExist)}
	}
	if !commitID.MatchString(commit) || !validPath(name) || name == "." {
		return nil, gone("no commit or path")
	}
	kind, data, err := t.objects.read(ctx, commit)
	if errors.Is(err, errMissing) || err == nil && kind != "commit" {
		return nil, gone("the commit is not in this mirror")
	}
	if err != nil {
		return nil, err
	}
	root, _, _ := strings.Cut(strings.TrimPrefix(string(data), "tree "), "\n")
	id, folder := root, true
	for part := range strings.SplitSeq(name, "/") {
		if !folder {
			return nil, gone("there is no such file at this commit")
		}
		if data, err = t.objects.of(ctx, "tree", id); err != nil {
			return nil, err
		}
		if id, folder = findIn(data, part, len(root)/2); id == "" {
			return nil, gone("there is no such file at this commit")
		}
	}
	if folder {
		return nil, &fs.PathError{Op: "read", Path: clean(name, maxName), Err: errFolder}
	}
	_, data, err = t.objects.read(ctx, id)
	if errors.Is(err, errMissing) {
		return nil, t.notFetched(name)
	}
	return data, err
}

// findIn looks a name up in a tree object; hash is the length of an ID in bytes.
// A submodule is not there.
func findIn(tree []byte, name string, hash int) (id string, folder bool) {
	for len(tree) > 0 {
		zero := bytes.IndexByte(tree, 0)
		if zero < 0 || len(tree) < zero+1+hash {
			return "", false
		}
		mode, entry, _ := strings.Cut(string(tree[:zero]), " ")
		mode = strings.TrimLeft(mode, "0")
		if entry == name && mode != "160000" {
			return hex.EncodeToString(tree[zero+1 : zero+1+hash]), mode == "40000"
		}
		tree = tree[zero+1+hash:]
	}
	return "", false
}

func (t *Tree) notFetched(name string) error {
	return &fs.PathError{Op: "read", Path: clean(name, maxName), Err: &Error{
		Class: ErrNotFetched,
		text:  fmt.Sprintf("it is larger than %d bytes and was left on the server; update the mirror with this file wanted", BlobLimit),
	}}
}

// validPath is fs.ValidPath that lets names pass which are no UTF-8, as git does.
func validPath(name string) bool {
	return name == "." || name != "" && path.Clean(name) == name && !strings.HasPrefix(name, "/") &&
		name != ".." && !strings.HasPrefix(name, "../") && !strings.ContainsRune(name, 0)
}
