package repo

import (
	"context"
	"errors"
	"net/url"
	"os"
	"strings"
	"time"
)

// Checkout is a working copy of a repository on this machine.
type Checkout struct {
	Top       string    // its top folder, absolute
	At        string    // the folder that was asked about, slash-separated below Top; "" is Top itself
	Remote    string    // the address of origin, else of the first remote, without a login; "" where there is none
	Branch    string    // the remote's default branch where that is known, else the one that is checked out; may be ""
	Commit    string    // the full ID of what is checked out; "" before the first commit
	Committed time.Time // when that was committed
}

const (
	checkoutDeadline = 5 * time.Second
	checkoutOutput   = 64 << 10 // bytes
)

// CheckoutAt tells about the checkout that a folder, given by its absolute path, is
// in. Only git's own files are read: nothing of the checkout is run, no connection
// opened, nothing written. The error is of the class ErrNotRepository where the
// folder is in none, and ErrNoGit where there is no git.
func CheckoutAt(ctx context.Context, dir string) (Checkout, error) {
	git := checkoutGit{runner{program: "git", path: os.Getenv("PATH"), home: "/", deadline: checkoutDeadline}, dir}
	out, err := git.ask(ctx, "rev-parse", "--show-toplevel", "--show-prefix")
	end := strings.LastIndexByte(strings.TrimSuffix(out, "\n"), '\n')
	var f *failure
	switch {
	case ctx.Err() != nil:
		return Checkout{}, ctx.Err()
	case errors.As(err, &f) && f.is(ErrNoGit):
		return Checkout{}, &Error{Class: ErrNoGit, text: "git cannot be run: " + f.detail + "; install git"}
	case err != nil || end < 0:
		return Checkout{}, &Error{Class: ErrNotRepository, text: "the folder " + clean(dir, 200) + " is in no checkout of a repository that this user may read"}
	}
	c := Checkout{Top: out[:end], At: strings.Trim(out[end:], "/\n")}
	// What follows may be missing, and then git fails: a checkout without commits and
	// remotes is one all the same.
	remotes, _ := git.ask(ctx, "config", "--local", "--get-regexp", `^remote\..*\.url$`)
	c.Remote = withoutLogin(firstRemote(remotes))
	head, _ := git.ask(ctx, "log", "-1", "--format=%H %cI")
	id, at, _ := strings.Cut(strings.TrimSpace(head), " ")
	if committed, err := time.Parse(time.RFC3339, at); err == nil {
		c.Commit, c.Committed = id, committed
	}
	branch, _ := git.ask(ctx, "symbolic-ref", "-q", "refs/remotes/origin/HEAD")
	c.Branch = strings.TrimPrefix(strings.TrimSpace(branch), "refs/remotes/origin/")
	if c.Branch == "" {
		branch, _ = git.ask(ctx, "symbolic-ref", "-q", "HEAD")
		c.Branch = strings.TrimPrefix(strings.TrimSpace(branch), "refs/heads/")
	}
	return c, ctx.Err()
}

// checkoutGit asks git about the checkout that a folder is in.
type checkoutGit struct {
	runner
	dir string
}

func (g checkoutGit) ask(ctx context.Context, args ...string) (string, error) {
	out, err := g.run(ctx, call{args: append([]string{"-C", g.dir}, args...), limit: checkoutOutput})
	return string(out), err
}

// firstRemote is the address of origin among lines of "remote.NAME.url ADDRESS",
// else the first one.
func firstRemote(lines string) string {
	first := ""
	for l := range strings.Lines(lines) {
		key, address, _ := strings.Cut(strings.TrimRight(l, "\r\n"), " ")
		if key == "remote.origin.url" {
			return address
		}
		if first == "" {
			first = address
		}
	}
	return first
}

// withoutLogin is an address without what may be a secret. The user of ssh is none.
func withoutLogin(raw string) string {
	if !strings.Contains(raw, "://") {
		return raw
	}
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	user := u.User.Username()
	u.User, u.RawQuery, u.ForceQuery, u.Fragment = nil, "", false, ""
	if strings.EqualFold(u.Scheme, "ssh") && user != "" {
		u.User = url.User(user)
	}
	return u.String()
}

// Identity is the same for all addresses of one repository, be they written for
// https or ssh, with or without .git; "" for what is no address.
func Identity(raw string) string {
	a, err := parse(withoutLogin(raw))
	if err != nil {
		return ""
	}
	host, path := a.host, strings.TrimSuffix(strings.Trim(a.path, "/"), ".git")
	if a.scheme == "file" {
		return "file:" + path
	}
	if a.scheme == "ssh" {
		host = hostOnly(host)
	}
	if forge, _ := ForgeOf(host); forge == Azure {
		host, path = azureRepository(host, path)
	}
	return strings.ToLower(host + "/" + path)
}

// Slug is the path of a repository on its host, owner/name; "" for what has none.
func Slug(raw string) string {
	a, err := parse(withoutLogin(raw))
	if err != nil || a.scheme == "file" {
		return ""
	}
	return strings.TrimSuffix(strings.Trim(a.path, "/"), ".git")
}
