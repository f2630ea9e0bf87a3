// Package repo is the one wrapper around the system's git: it keeps mirrors of
// repositories, reads their files and history, and knows their pages on the web.
//
// State. Below Options.Dir it owns one folder per remote and branch: a bare
// repository in full history (objects-*), and beside it the file "state", which
// names the commit that readers see. That file alone is the truth: it is replaced
// as a whole after everything a commit needs has arrived and was looked at, so a
// process killed at any moment leaves the last good commit readable. A repository
// that turns out to be damaged is fetched anew beside the old one. All of it can
// be rebuilt from the remotes; deleting it loses nothing.
//
// Several processes may share the directory: updates of one mirror run one after
// the other, and a repository is removed only when no Tree of it is open.
//
// Git runs without the configuration of the machine or the user, without hooks,
// filters, prompts and checkouts, in a process group of its own that a deadline
// kills. Only Update opens connections, over the one protocol of its remote;
// all reading is offline, and what is not there is an error.
//
// It needs git 2.29 or later. Blobs above BlobLimit are left on the server unless Remote.Want asks for them.
//
// The package must not know what the files mean, keep no secret longer than a
// call, and put none into arguments, files or errors.
package repo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	// BlobLimit is the size in bytes from which the content of a file stays on the
	// server unless it is wanted.
	BlobLimit = 1 << 20
	// DefaultDeadline is how long one run of git may take.
	DefaultDeadline = 120 * time.Second
	// DefaultMaxSize is how large one mirror may be, in bytes.
	DefaultMaxSize = 2 << 30
)

// Options say where mirrors lie and what may be mirrored.
type Options struct {
	// Dir is where the mirrors lie, absolute. It is made when it is needed.
	Dir string
	// Git is the program; empty: the git of PATH.
	Git string
	// Deadline is how long one run of git may take, and how long an update waits
	// for another one of the same mirror. 0 is DefaultDeadline.
	Deadline time.Duration
	// MaxSize is how large one mirror may be, in bytes. 0 is DefaultMaxSize.
	MaxSize int64
	// PlainHTTP are the hosts that may be asked without TLS, as in a URL: with
	// ":port" for one port, without for all.
	PlainHTTP []string
	// Files are the absolute folders in which repositories may be mirrored by path.
	Files []string
	// Environ are further variables for the connections of git, as NAME=value. Only
	// those of proxies and certificates are taken: http_proxy, https_proxy,
	// all_proxy, no_proxy (in either case), GIT_SSL_CAINFO, GIT_SSL_CAPATH.
	Environ []string
}

// Remote is a branch of a repository elsewhere, and how to get at it.
type Remote struct {
	// URL is https://…, ssh://…, git@host:path, or, where Options allow it, http://…,
	// file:///… or an absolute path. It holds no password and no query.
	URL string
	// Branch is the branch to mirror; empty: the one that HEAD of the remote names.
	Branch string
	// Secret gives what an http remote is logged in to with. It is called once in an
	// Update, so that a token can change between two. nil: without.
	Secret func(ctx context.Context) (Secret, error)
	// SSH is how an ssh remote is logged in to.
	SSH SSH
	// Want tells whether a file above BlobLimit is to be fetched as well, by its raw
	// path. Its size is not known, as servers do not tell it. It is asked again in
	// every Update for what is still missing. nil: none is wanted.
	Want func(path string) bool
}

// SSH is how git logs in over ssh. The user's own ssh configuration is not read.
type SSH struct {
	KeyFile    string // private key; with it, the agent offers nothing else
	KnownHosts string // known_hosts file; empty: only the machine's /etc/ssh/ssh_known_hosts
	Agent      string // socket of an agent, as in SSH_AUTH_SOCK; empty: none
}

// Mirrors is a directory of mirrors. It may be used by many goroutines at once,
// and holds nothing open between two calls.
type Mirrors struct {
	opts Options
	git  runner
}

// New checks the options; it touches nothing.
func New(o Options) (*Mirrors, error) {
	if !filepath.IsAbs(o.Dir) {
		return nil, fmt.Errorf("the directory of mirrors %q is not absolute; give its whole path", o.Dir)
	}
	for _, dir := range o.Files {
		if !filepath.IsAbs(dir) {
			return nil, fmt.Errorf("the folder of repositories %q is not absolute; give its whole path", dir)
		}
	}
	for _, pair := range o.Environ {
		name, _, ok := strings.Cut(pair, "=")
		if !ok || !slices.Contains(passedOn, strings.ToLower(name)) || strings.ContainsRune(pair, 0) {
			return nil, errors.New("a variable for git is none of a proxy or of certificates; leave it out")
		}
	}
	o.Dir = filepath.Clean(o.Dir)
	if o.Git == "" {
		o.Git = "git"
	}
	if o.Deadline <= 0 {
		o.Deadline = DefaultDeadline
	}
	if o.MaxSize <= 0 {
		o.MaxSize = DefaultMaxSize
	}
	home := filepath.Join(o.Dir, ".home")
	return &Mirrors{opts: o, git: runner{
		program: o.Git, path: os.Getenv("PATH"), home: home, ceiling: o.Dir, deadline: o.Deadline, environ: slices.Clone(o.Environ),
	}}, nil
}

// passedOn are the variables that Options.Environ may set.
var passedOn = []string{
	"http_proxy", "https_proxy", "all_proxy", "no_proxy", "git_ssl_cainfo", "git_ssl_capath",
}
