package repo

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/idptui/idptui/internal/flock"
)

// Result is what an Update found.
type Result struct {
	Commit    string // the commit that readers now see
	Branch    string // the branch it is of, clean; empty: a HEAD that names none
	Previous  string // the commit before; empty: there was no mirror
	Changed   bool   // Commit is not Previous
	Rewritten bool   // Previous is no ancestor of Commit: its history was rewritten, or the branch is another
	Absent    int    // files of the commit that were left on the server
}

const (
	maxPacks    = 40 // so many packs are packed into one
	maxPatience = 15 // deadlines that a transfer may last which gets on
	watchPeriod = 200 * time.Millisecond
)

// Update brings the mirror of a remote up to date. If the commit is the one that
// is here, it asks the remote once and starts nothing else. An error is an *Error
// that matches one of the classes, or that of ctx; the last good commit stays
// readable then.
func (m *Mirrors) Update(ctx context.Context, r Remote) (Result, error) {
	p, err := m.place(r)
	if err != nil {
		return Result{}, err
	}
	res, err := m.update(ctx, p, r)
	var f *failure
	if errors.As(err, &f) {
		err = explain(p.address, r.Branch, f)
	}
	return res, err
}

func (m *Mirrors) update(ctx context.Context, p place, r Remote) (Result, error) {
	before, _ := load(p.dir)
	l, err := m.connect(ctx, p, r)
	if err != nil {
		return Result{}, err
	}
	head, err := m.ask(ctx, l, r.Branch)
	if err != nil {
		return Result{}, err
	}
	if before.current(p.dir, head, r.Want) {
		return result(before.Commit, before, false), nil
	}
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		return Result{}, m.local(ctx, err)
	}
	lock, err := hold(ctx, p.dir+".lock", flock.Exclusive, m.opts.Deadline)
	if errors.Is(err, flock.ErrBusy) {
		return Result{}, &failure{class: ErrBusy, detail: fmt.Sprintf("another update was not done after %v", m.opts.Deadline)}
	}
	if err != nil {
		return Result{}, m.local(ctx, err)
	}
	defer flock.Release(lock)
	now, there := load(p.dir) // another process may have been here meanwhile
	if !now.current(p.dir, head, r.Want) {
		now, err = m.bring(ctx, job{place: p, line: l, head: head, want: r.Want, lock: lock, was: now, there: there && now.whole(p.dir)})
		if err != nil {
			return Result{}, m.local(ctx, err)
		}
		sweep(ctx, p.dir, now.Dir)
	}
	rewritten := before.Commit != "" && before.Commit != now.Commit && !m.descends(ctx, filepath.Join(p.dir, now.Dir), before.Commit, now.Commit)
	return result(before.Commit, now, rewritten), ctx.Err()
}

func result(before string, now state, rewritten bool) Result {
	return Result{
		Commit: now.Commit, Branch: clean(now.Ref, maxName), Previous: before, Changed: before != now.Commit, Rewritten: rewritten, Absent: len(now.Absent),
	}
}

// current tells whether the mirror has all that is asked for.
func (s state) current(dir string, head head, want func(string) bool) bool {
	return s.Commit == head.commit && s.Ref == head.branch && s.whole(dir) && len(wanted(s.Absent, want)) == 0
}

// local gives an error of this machine's disk its class.
func (m *Mirrors) local(ctx context.Context, err error) error {
	var f *failure
	if errors.As(err, &f) || ctx.Err() != nil {
		return err
	}
	return &failure{class: ErrFailed, detail: "its mirror cannot be written: " + words(err), cause: err}
}

// job is one bringing of a commit.
type job struct {
	place
	line  *line
	head  head
	want  func(string) bool
	lock  *os.File
	was   state
	there bool // was is whole
}

// bring fetches a commit into the repository that is there, or, where there is
// none or it does not take it, into a new one; then readers see it.
func (m *Mirrors) bring(ctx context.Context, j job) (state, error) {
	if j.there {
		s, err := m.fetch(ctx, j, j.was.Dir, j.was.Packs)
		if err == nil {
			return s, s.save(j.dir)
		}
		var f *failure
		if ctx.Err() != nil || !errors.As(err, &f) || !f.is(ErrFailed, ErrTooLarge, ErrDamaged) {
			return state{}, err
		}
	}
	sweep(ctx, j.dir, j.was.Dir)
	dir := newDir()
	repository := filepath.Join(j.dir, dir)
	s, err := m.fetchAnew(ctx, j, dir)
	if err == nil {
		err = s.save(j.dir)
	}
	if err != nil {
		_ = os.RemoveAll(repository) // the next sweep tries again
		return state{}, err
	}
	return s, nil
}

func (m *Mirrors) fetchAnew(ctx context.Context, j job, dir string) (state, error) {
	format := "sha1"
	if len(j.head.commit) == 64 {
		format = "sha256"
	}
	repository := filepath.Join(j.dir, dir)
	if err := os.MkdirAll(repository, 0o700); err != nil {
		return state{}, err
	}
	_, err := m.git.run(ctx, call{dir: repository, args: []string{
		"init", "--quiet", "--bare", "--template=", "--object-format=" + format, "--initial-branch=mirror",
	}, limit: maxRefs})
	if err != nil {
		return state{}, err
	}
	return m.fetch(ctx, j, dir, nil)
}

// fetch brings the commit and what is wanted of it into one repository, and makes
// sure that its tree is complete.
func (m *Mirrors) fetch(ctx context.Context, j job, dir string, had map[string]int64) (state, error) {
	repository := filepath.Join(j.dir, dir)
	tidy(repository)
	// Not onto the branch that readers have: git moves it before we have looked.
	const incoming = "refs/idptui/incoming"
	if err := m.transfer(ctx, j, repository, nil, "origin", "+"+j.head.ref+":"+incoming); err != nil {
		return state{}, err
	}
	data, err := os.ReadFile(filepath.Join(repository, incoming))
	commit := strings.TrimSpace(string(data))
	if err != nil || !commitID.MatchString(commit) {
		return state{}, &failure{class: ErrDamaged, detail: "what was fetched is not there", cause: err}
	}
	entries, err := m.listTree(ctx, repository, commit)
	if err != nil {
		return state{}, err
	}
	if ids := wanted(absentOf(entries), j.want); len(ids) > 0 {
		stdin := strings.NewReader(strings.Join(ids, "\n") + "\n")
		if err := m.transfer(ctx, j, repository, stdin, "--filter=blob:none", "--stdin", "origin"); err != nil {
			return state{}, err
		}
		if entries, err = m.listTree(ctx, repository, commit); err != nil {
			return state{}, err
		}
		if left := wanted(absentOf(entries), j.want); len(left) > 0 {
			return state{}, &failure{class: ErrFailed, detail: "the server kept back large files that are wanted"}
		}
	}
	list, err := packs(repository)
	if err != nil {
		return state{}, err
	}
	if len(list) > 2*maxPacks && len(had) > 0 { // a pack is two files
		if list, err = m.repack(ctx, j, repository); err != nil {
			return state{}, err
		}
	}
	if _, err := m.git.run(ctx, call{dir: repository, args: []string{"update-ref", mirrorRef, commit}, limit: maxRefs, hold: j.lock}); err != nil {
		return state{}, err
	}
	return state{
		URL: j.url, Branch: j.branch, Ref: j.head.branch, Commit: commit, Dir: dir, Packs: list, Absent: absentOf(entries),
	}, nil
}

// repack makes one pack of many, without the network.
func (m *Mirrors) repack(ctx context.Context, j job, repository string) (map[string]int64, error) {
	_, err := m.git.run(ctx, call{dir: repository, config: promisor(j.line), args: []string{"repack", "-a", "-d", "-q"}, limit: maxRefs, hold: j.lock, times: maxPatience})
	var f *failure
	if errors.As(err, &f) && errors.Is(f.cause, errDeadline) {
		err = nil // many packs are slow, and no fault; the next fetch tries again
	}
	if err != nil {
		return nil, err
	}
	return packs(repository)
}

// promisor makes git know the remote for one run. The repository itself is never
// told of it, so that no reader can turn to the network.
func promisor(l *line) []string {
	return []string{
		"remote.origin.url=" + l.url, "remote.origin.promisor=true",
		"remote.origin.partialclonefilter=blob:limit=" + strconv.Itoa(BlobLimit),
	}
}

// transfer runs one fetch, and ends it when the repository grows too large, or does
// not grow for the length of the deadline: a large one may come slowly.
func (m *Mirrors) transfer(ctx context.Context, j job, repository string, stdin *strings.Reader, args ...string) error {
	config := promisor(j.line)
	c := call{dir: repository, line: j.line, hold: j.lock, limit: maxRefs, times: maxPatience, args: append([]string{
		"fetch", "--quiet", "--no-tags", "--update-shallow", "--no-write-fetch-head", "--no-auto-gc", "--no-recurse-submodules", "--no-show-forced-updates",
	}, args...)}
	if stdin != nil {
		c.stdin = stdin
		config = append(config, "fetch.negotiationAlgorithm=noop")
	}
	c.config = config
	watched, stop := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		m.watch(watched, repository, stop)
	}()
	_, _, err := m.git.runUnder(watched, ctx, c)
	stop(nil)
	<-done
	if err == nil {
		return m.checkSize(repository)
	}
	return err
}

func (m *Mirrors) checkSize(repository string) error {
	return m.tooLarge(sizeOf(repository))
}

func (m *Mirrors) tooLarge(size int64) error {
	if size > m.opts.MaxSize {
		return &failure{class: ErrTooLarge, detail: fmt.Sprintf("its mirror would take more than %d MiB", m.opts.MaxSize>>20)}
	}
	return nil
}

// watch ends a fetch that makes the repository too large, or gets nowhere.
func (m *Mirrors) watch(ctx context.Context, repository string, stop context.CancelCauseFunc) {
	ticker := time.NewTicker(watchPeriod)
	defer ticker.Stop()
	size, grown := int64(0), time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		now := sizeOf(repository)
		err := m.tooLarge(now)
		switch {
		case now != size:
			size, grown = now, time.Now()
		case err == nil && time.Since(grown) > m.opts.Deadline:
			err = &failure{class: ErrUnreachable, detail: fmt.Sprintf("nothing came for %v", m.opts.Deadline), cause: errDeadline}
		}
		if err != nil {
			stop(err)
			return
		}
	}
}

// descends tells whether one commit is an ancestor of another. If the old one is
// not there, as in a repository that was made anew, it is none.
func (m *Mirrors) descends(ctx context.Context, repository, old, now string) bool {
	_, err := m.git.run(ctx, call{dir: repository, args: []string{"merge-base", "--is-ancestor", old, now}, limit: maxRefs})
	return err == nil
}

// listTree lists all files of a commit.
func (m *Mirrors) listTree(ctx context.Context, repository, commit string) ([]Entry, error) {
	out, err := m.git.run(ctx, call{dir: repository, args: []string{"ls-tree", "-r", "-z", "-l", "--full-tree", commit}, limit: maxListing})
	var f *failure
	if errors.As(err, &f) && !f.is(ErrTooLarge, ErrNoGit) && !errors.Is(f.cause, errDeadline) {
		f.class = ErrDamaged
	}
	if err != nil {
		return nil, err
	}
	return parseListing(bufio.NewReader(bytes.NewReader(out)))
}
