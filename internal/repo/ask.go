package repo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
)

const maxRefs = 4 << 20 // bytes of an answer to ls-remote

// connect fetches the login.
func (m *Mirrors) connect(ctx context.Context, p place, r Remote) (*line, error) {
	l := &line{address: p.address, ssh: r.SSH}
	if r.Secret == nil || p.scheme != "http" && p.scheme != "https" {
		return l, nil
	}
	secret, err := r.Secret(ctx)
	if err == nil && !secret.valid() {
		err = errors.New("it holds a control character, or its user a colon")
	}
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, &failure{class: ErrRefused, detail: "the login could not be had: " + words(err), cause: err}
	}
	l.secret = secret
	return l, nil
}

// head is what the remote has now.
type head struct {
	commit string
	branch string // empty: HEAD names none
	ref    string // what to fetch
}

// ask asks the remote for the commit of a branch, or of HEAD.
func (m *Mirrors) ask(ctx context.Context, l *line, branch string) (head, error) {
	pattern := "HEAD"
	if branch != "" {
		pattern = "refs/heads/" + branch
	}
	refs, links, err := m.refs(ctx, l, "--symref", "--", l.url, pattern)
	if err != nil {
		return head{}, err
	}
	if commit := refs[pattern]; commit != "" {
		h := head{commit: commit, branch: branch, ref: pattern}
		if to, ok := strings.CutPrefix(links[pattern], "refs/heads/"); ok && checkBranch(to) == nil {
			h.branch, h.ref = to, "refs/heads/"+to
		}
		return h, nil
	}
	// Nothing is said of it: is nothing there at all?
	refs, _, err = m.refs(ctx, l, "--heads", "--", l.url)
	switch {
	case err != nil:
		return head{}, err
	case len(refs) == 0:
		return head{}, &failure{class: ErrEmpty}
	case branch == "":
		return head{}, &failure{class: ErrFailed, detail: "its HEAD names a branch that is not there, so one has to be configured"}
	}
	return head{}, &failure{class: ErrNoBranch}
}

// refs runs ls-remote.
func (m *Mirrors) refs(ctx context.Context, l *line, args ...string) (refs, links map[string]string, err error) {
	out, stderr, err := m.git.runTraced(ctx, call{args: append([]string{"ls-remote", "--quiet"}, args...), limit: maxRefs, line: l, trace: true})
	if err != nil {
		return nil, nil, answered(err, stderr, l)
	}
	// A git host names this type; a page that answers anything with 200 does not.
	if kinds := contentType.FindAllStringSubmatch(stderr, -1); l.scheme != "ssh" && l.scheme != "file" &&
		!slices.ContainsFunc(kinds, func(k []string) bool { return strings.HasPrefix(k[1], "application/x-git-upload-pack-") }) {
		return nil, nil, &failure{class: ErrNotRepository, detail: "something that is no git server answers there"}
	}
	refs, links = map[string]string{}, map[string]string{}
	for text := range strings.Lines(string(out)) {
		what, name, _ := strings.Cut(strings.TrimSuffix(text, "\n"), "\t")
		if to, ok := strings.CutPrefix(what, "ref: "); ok {
			links[name] = to
		} else if commitID.MatchString(what) {
			refs[name] = what
		}
	}
	return refs, links, nil
}

// answered adds what the headers of an http answer tell of a failure.
func answered(err error, stderr string, l *line) error {
	var f *failure
	if !errors.As(err, &f) || errors.Is(f.cause, errDeadline) {
		return err
	}
	// git says the same of what is not there and of what is something else. Who asks
	// over ssh can mend both in the same way.
	if f.is(ErrNotRepository) && (l.scheme == "ssh" || l.scheme == "file" && gone(l.path)) {
		f.class = ErrNotFound
	}
	codes := status.FindAllStringSubmatch(stderr, -1)
	if len(codes) == 0 {
		return err
	}
	code, _ := strconv.Atoi(codes[len(codes)-1][1])
	f.http(code, stderr, l)
	return err
}

// http gives the failure the class that the status of an answer has.
func (f *failure) http(code int, stderr string, l *line) {
	switch {
	case 300 <= code && code < 400:
		f.class = ErrMoved
		if to := location.FindAllStringSubmatch(stderr, -1); len(to) > 0 {
			f.moved = movedTo(to[len(to)-1][1])
		}
	case code == 401 && l.secret.empty():
		f.class = ErrNeedsLogin
	case code == 401, code == 403:
		f.class = ErrRefused
	case code == 404, code == 410:
		f.class = ErrNotFound
	case code == 429, code >= 500:
		f.class, f.detail = ErrUnreachable, fmt.Sprintf("its host answers with status %d", code)
	}
}

// movedTo is the repository of a redirected address, clean. What follows the
// path git asked for may hold a ticket, so it is left out.
func movedTo(to string) string {
	to, _, _ = strings.Cut(to, "?")
	to = strings.TrimSuffix(strings.TrimSuffix(to, "/info/refs"), "/")
	return clean(to, 200)
}

func gone(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}
