package repo

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/idptui/idptui/internal/safe"
)

// What went wrong, for errors.Is. An error of an Update leaves the mirror as it was.
var (
	ErrAddress       = errors.New("address not usable")                 // refused before git ran
	ErrNotFound      = errors.New("repository not found")               // or not to be seen with this login
	ErrRefused       = errors.New("login refused")                      // the remote does not accept what it was given
	ErrNeedsLogin    = errors.New("login needed")                       // the remote asks for a login and none is configured
	ErrHostKey       = errors.New("host key not trusted")               // ssh does not know the host, or knows another key
	ErrUnreachable   = errors.New("host not reachable")                 // or too slow, or broke off; worth trying again
	ErrNotRepository = errors.New("not a git repository")               // something else answers
	ErrMoved         = errors.New("repository moved")                   // the error's MovedTo says where
	ErrNoBranch      = errors.New("branch missing")                     // the repository has commits, but not this branch
	ErrEmpty         = errors.New("repository empty")                   // it has no commit
	ErrTooLarge      = errors.New("too large")                          // the mirror, a file, or a listing
	ErrUnsafe        = errors.New("repository refused by git's checks") // hostile or badly broken objects
	ErrNoGit         = errors.New("git missing")                        // git cannot be run on this machine
	ErrBusy          = errors.New("mirror in use")                      // by another process, for longer than the deadline
	ErrDamaged       = errors.New("mirror damaged")                     // the next Update makes it anew
	ErrNotFetched    = errors.New("file left on the server")            // above BlobLimit, and not wanted so far
	ErrFailed        = errors.New("git failed")                         // anything else
)

// Error is what went wrong with a remote or its mirror, in one plain sentence
// that holds no secret and is safe to show. It matches its Class.
type Error struct {
	Class   error
	MovedTo string // of ErrMoved: the new address, for people; empty if not told
	text    string
	cause   error
}

// Error is the sentence.
func (e *Error) Error() string { return e.text }

// Unwrap gives the class and what lies below it.
func (e *Error) Unwrap() []error {
	if e.cause == nil {
		return []error{e.Class}
	}
	return []error{e.Class, e.cause}
}

// failure is a run of git that did not end well.
type failure struct {
	class  error
	detail string // one line, clean
	moved  string
	cause  error
}

func (f *failure) Error() string { return f.detail }

func (f *failure) Unwrap() error { return f.class }

// is tells whether the failure is of one of the classes.
func (f *failure) is(classes ...error) bool {
	return slices.ContainsFunc(classes, func(c error) bool { return errors.Is(f.class, c) })
}

// sentences are what Update says of each class: of 1 the address, 2 the detail,
// 3 the branch, 4 the new address.
var sentences = map[error]string{
	ErrNotFound:      "the repository %[1]s does not exist, or this login may not see it; check its address and who may read it",
	ErrRefused:       "the repository %[1]s refuses the login: %[2]s; check the token or key, and that it may read there",
	ErrNeedsLogin:    "the repository %[1]s asks for a login and none is configured; configure one that may read there",
	ErrHostKey:       "the key of the host of %[1]s is not trusted: %[2]s; check it and add it to the known hosts",
	ErrUnreachable:   "the repository %[1]s cannot be reached: %[2]s; check the network and try again",
	ErrNotRepository: "%[1]s is no git repository: %[2]s; check its address",
	ErrMoved:         "the repository %[1]s has moved to %[4]s; if you trust that address, configure it",
	ErrNoBranch:      "the repository %[1]s has no branch %[3]s; name one that it has",
	ErrEmpty:         "the repository %[1]s holds no commit; push one, or name another repository",
	ErrTooLarge:      "the repository %[1]s is too large: %[2]s; raise the limit, or mirror a smaller one",
	ErrUnsafe:        "git refuses what the repository %[1]s sent: %[2]s; ask its owner to repair it",
	ErrNoGit:         "the repository %[1]s cannot be mirrored as git cannot be run: %[2]s; install git",
	ErrBusy:          "the mirror of %[1]s is in use: %[2]s; try again later",
	ErrFailed:        "git failed on %[1]s: %[2]s; look whether git works there by hand",
	ErrDamaged:       "the mirror of %[1]s came out damaged: %[2]s; update it again",
}

// explain makes the sentence of a failed Update.
func explain(a address, branch string, f *failure) error {
	to := cmp.Or(f.moved, "an address that it does not tell")
	text := fmt.Sprintf(sentences[f.class], a, f.detail, safe.Line(branch), to)
	return &Error{Class: f.class, MovedTo: f.moved, cause: f.cause, text: text}
}

// signs are what git and ssh write, in the order in which they are believed.
var signs = []struct {
	text  *regexp.Regexp
	class error
}{
	{regexp.MustCompile(`(?i)host key verification failed|no matching host key`), ErrHostKey},
	{regexp.MustCompile(`(?i)could not read (username|password)|terminal prompts disabled`), ErrNeedsLogin},
	{regexp.MustCompile(`(?i)permission denied \(|authentication failed|returned error: 40[13]|too many authentication failures`), ErrRefused},
	{regexp.MustCompile(`returned error: 3\d\d`), ErrMoved},
	{regexp.MustCompile(`returned error: (404|410)|repository .*not found|(?i)repository not found|project .*could not be found|no such file or directory`), ErrNotFound},
	{regexp.MustCompile(`not valid: is this a git repository|does not appear to be a git repository|invalid info/refs|bad line length|protocol error|unknown capability`), ErrNotRepository},
	{regexp.MustCompile(`(?i)couldn't find remote ref`), ErrNoBranch},
	{regexp.MustCompile(`(?i)fsck error|error in (tree|commit|blob|tag|object)|refusing to (work|create)`), ErrUnsafe},
	{regexp.MustCompile(`(?i)could ?n[o']t resolve|failed to connect|could ?n[o']t connect|connection (refused|reset|timed out|closed)|timed out|timeout|too slow|` +
		`network is unreachable|no route to host|early eof|unexpected disconnect|hung up|rpc failed|returned error: (5\d\d|429)|empty reply|ssl|certificate|` +
		`expected flush|unable to access|transfer closed|unexpected end|invalid index-pack output`), ErrUnreachable},
}

// classify tells what git's words on a failure mean. It takes what is already
// free of secrets.
func classify(stderr string, loggedIn bool) *failure {
	var lines []string
	for line := range strings.Lines(stderr) {
		if line = strings.TrimSpace(line); line != "" && !traceLine.MatchString(line) {
			lines = append(lines, line)
		}
	}
	f := &failure{class: ErrFailed, detail: shorten(telling(lines))}
	for _, sign := range signs {
		if i := slices.IndexFunc(lines, sign.text.MatchString); i >= 0 {
			f.class, f.detail = sign.class, shorten(lines[i])
			break
		}
	}
	switch {
	case f.is(ErrNeedsLogin) && loggedIn:
		f.class, f.detail = ErrRefused, "it is not accepted"
	case f.is(ErrRefused) && !loggedIn && strings.Contains(f.detail, "Permission denied"):
		f.class = ErrNeedsLogin
	}
	return f
}

const maxDetail = 300

// telling is the line that says most: the first thing that went wrong, as what
// follows is its consequence.
func telling(lines []string) string {
	for _, line := range lines {
		if strings.HasPrefix(line, "fatal: ") || strings.HasPrefix(line, "error: ") {
			return line
		}
	}
	return cmp.Or(append(lines, "it did not say why")...)
}

// shorten makes a line of git's the detail of a sentence.
func shorten(line string) string {
	line = strings.TrimPrefix(strings.TrimPrefix(line, "fatal: "), "error: ")
	line, cut := safe.Cap(safe.Line(line), maxDetail)
	if cut {
		line += "…"
	}
	return strings.TrimRight(line, ". ")
}

// damaged is an error of reading that only a new Update mends.
func damaged(what string, cause error) error {
	return &Error{
		Class: ErrDamaged, cause: cause,
		text: fmt.Sprintf("the mirror of %s is damaged: %s; update it to have it made anew", what, words(cause)),
	}
}

func words(err error) string {
	if err == nil {
		return "something is missing"
	}
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	s, _ := safe.Cap(safe.Line(err.Error()), maxDetail)
	return s
}
