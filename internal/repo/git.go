package repo

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// runner starts git. It is the only place that does.
type runner struct {
	program  string
	path     string // PATH
	home     string // an empty folder, which is home and working directory
	ceiling  string // above which git looks for no repository
	deadline time.Duration
	environ  []string
}

// call is one run of git.
type call struct {
	dir    string   // the repository; empty: none
	config []string // further name=value
	args   []string
	stdin  io.Reader
	limit  int64    // how much it may write, in bytes
	line   *line    // the connection it may open; nil: none
	hold   *os.File // a lock that lasts as long as any process of this run
	trace  bool     // have the headers of http written to stderr
	times  int      // how many deadlines it may last; 0 is 1
}

// line is a connection that git may open.
type line struct {
	address
	secret Secret
	ssh    SSH
}

// loggedIn tells whether the remote is given anything to know us by.
func (l line) loggedIn() bool {
	return !l.secret.empty() || l.scheme == "ssh" && (l.ssh.KeyFile != "" || l.ssh.Agent != "")
}

const (
	maxStderr  = 64 << 10
	killWait   = 2 * time.Second // how long pipes may stay open after git has ended
	sshConnect = 10              // seconds
	slowBytes  = 500             // a second; a transfer that stays below is given up …
	slowTime   = 30              // … after these seconds
)

var (
	errDeadline = errors.New("the deadline has passed")
	errOutput   = errors.New("git wrote more than is taken")
	traceLine   = regexp.MustCompile(`^\d\d:\d\d:\d\d\.\d+ `)
	status      = regexp.MustCompile(`(?m)<= Recv header: HTTP/[\d.]+ (\d{3})`)
	location    = regexp.MustCompile(`(?mi)<= Recv header: location: *(\S+)`)
	contentType = regexp.MustCompile(`(?mi)<= Recv header: content-type: *([^\s;]+)`)
)

// hardening holds for every run, against any configuration that a repository may
// bring.
var hardening = []string{
	"core.hooksPath=/dev/null", "core.fsmonitor=false", "core.attributesFile=/dev/null", "core.askPass=", "core.pager=cat",
	"credential.helper=", "gc.auto=0", "maintenance.auto=false", "submodule.recurse=false", "fetch.recurseSubmodules=false",
	"fetch.fsckObjects=true", "transfer.fsckObjects=true", "transfer.bundleURI=false", "log.showSignature=false",
	// Old tools wrote such objects into many honest repositories; nothing here trips over them.
	"fetch.fsck.zeroPaddedFilemode=ignore", "fetch.fsck.badTimezone=ignore", "fetch.fsck.missingSpaceBeforeDate=ignore",
	"fetch.fsck.missingEmail=ignore", "fetch.fsck.missingSpaceBeforeEmail=ignore",
	"http.followRedirects=false", "http.sslVerify=true", "http.cookieFile=", "protocol.version=2", "protocol.allow=never",
	"http.lowSpeedLimit=" + strconv.Itoa(slowBytes), "http.lowSpeedTime=" + strconv.Itoa(slowTime),
}

// command makes the process; it ends with ctx, and its whole group with it.
func (r runner) command(ctx context.Context, c call) *exec.Cmd {
	args := make([]string, 0, 2*len(hardening)+len(c.args)+8)
	for _, set := range hardening {
		args = append(args, "-c", set)
	}
	if c.line != nil {
		args = append(args, "-c", "protocol."+c.line.scheme+".allow=always")
	}
	for _, set := range c.config {
		args = append(args, "-c", set)
	}
	if c.dir != "" {
		args = append(args, "--git-dir="+c.dir)
	}
	cmd := exec.CommandContext(ctx, r.program, append(args, c.args...)...)
	cmd.Dir, cmd.Env, cmd.Stdin = r.home, r.env(c), c.stdin
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = killWait
	if c.hold != nil {
		cmd.ExtraFiles = []*os.File{c.hold}
	}
	return cmd
}

// env is the whole environment of a run.
func (r runner) env(c call) []string {
	env := []string{
		"PATH=" + r.path, "HOME=" + r.home, "LANG=C.UTF-8", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=", "SSH_ASKPASS=", "GIT_NO_REPLACE_OBJECTS=1", "GIT_NO_LAZY_FETCH=1", "GIT_LITERAL_PATHSPECS=1", "GIT_OPTIONAL_LOCKS=0",
		"GIT_CEILING_DIRECTORIES=" + r.ceiling, "GIT_DEFAULT_REF_FORMAT=files", "GIT_ATTR_NOSYSTEM=1",
	}
	if c.line == nil {
		return append(env, "GIT_ALLOW_PROTOCOL=none")
	}
	env = append(env, r.environ...)
	env = append(env, "GIT_ALLOW_PROTOCOL="+c.line.scheme)
	switch c.line.scheme {
	case "ssh":
		env = append(env, "GIT_SSH_VARIANT=ssh", "GIT_SSH_COMMAND="+c.line.ssh.command())
		if c.line.ssh.Agent != "" {
			env = append(env, "SSH_AUTH_SOCK="+c.line.ssh.Agent)
		}
	case "https", "http":
		if s := c.line.secret; !s.empty() {
			env = append(env, "GIT_CONFIG_COUNT=1",
				"GIT_CONFIG_KEY_0=http."+c.line.scheme+"://"+c.line.host+"/.extraHeader",
				"GIT_CONFIG_VALUE_0=Authorization: Basic "+s.basic())
		}
		if c.trace {
			env = append(env, "GIT_TRACE_CURL=2", "GIT_TRACE_CURL_NO_DATA=1", "GIT_TRACE_REDACT=1")
		}
	}
	return env
}

// command is the line that git gives to the shell.
func (s SSH) command() string {
	opts := []string{
		"ssh", "-F", "/dev/null", "-oBatchMode=yes", "-oStrictHostKeyChecking=yes", "-oConnectTimeout=" + strconv.Itoa(sshConnect),
		"-oServerAliveInterval=15", "-oServerAliveCountMax=2", "-oForwardAgent=no", "-oClearAllForwardings=yes", "-oPermitLocalCommand=no",
		"-oControlPath=none", "-oUpdateHostKeys=no",
	}
	known := "/dev/null"
	if s.KnownHosts != "" {
		known = s.KnownHosts
	}
	opts = append(opts, shellQuote("-oUserKnownHostsFile="+sshQuote(known)))
	switch {
	case s.KeyFile != "":
		opts = append(opts, "-oIdentitiesOnly=yes", shellQuote("-oIdentityFile="+sshQuote(s.KeyFile)))
	default:
		opts = append(opts, "-oIdentityFile=none")
	}
	if s.Agent == "" {
		opts = append(opts, "-oIdentityAgent=none")
	}
	return strings.Join(opts, " ")
}

func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// sshQuote keeps ssh from splitting a path at spaces and from expanding it.
func sshQuote(s string) string { return `"` + strings.ReplaceAll(s, "%", "%%") + `"` }

// valid tells whether the paths can be handed on.
func (s SSH) valid() bool {
	for _, p := range []string{s.KeyFile, s.KnownHosts, s.Agent} {
		if strings.ContainsAny(p, "\x00\n\"$") || p != "" && !strings.HasPrefix(p, "/") {
			return false
		}
	}
	return true
}

// within ends a run at its deadline.
func (r runner) within(ctx context.Context, c call) (context.Context, context.CancelFunc) {
	most := r.deadline * time.Duration(max(c.times, 1))
	return context.WithTimeoutCause(ctx, most, &failure{
		class: ErrUnreachable, detail: fmt.Sprintf("git was not done after %v", most), cause: errDeadline,
	})
}

// run runs git to its end and returns what it wrote. An error is a *failure, or
// that of ctx.
func (r runner) run(ctx context.Context, c call) ([]byte, error) {
	out, _, err := r.runUnder(ctx, ctx, c)
	return out, err
}

// runTraced is run that also returns stderr, free of secrets.
func (r runner) runTraced(ctx context.Context, c call) (stdout []byte, stderr string, err error) {
	return r.runUnder(ctx, ctx, c)
}

// runUnder is runTraced below a context of ours, whose cause may be a *failure;
// parent is the caller's, which may have ended by itself.
func (r runner) runUnder(ctx, parent context.Context, c call) (stdout []byte, stderr string, err error) {
	ctx, cancel := r.within(ctx, c)
	defer cancel()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	if err := os.MkdirAll(r.home, 0o700); err != nil {
		return nil, "", &failure{class: ErrFailed, detail: "no folder can be made for it: " + words(err), cause: err}
	}
	cmd := r.command(ctx, c)
	out := &capped{limit: c.limit, full: func() { stop(errOutput) }}
	noise := &tail{}
	cmd.Stdout, cmd.Stderr = out, noise
	err = cmd.Run()
	var secret Secret
	if c.line != nil {
		secret = c.line.secret
	}
	text := secret.scrub(noise.String())
	if errors.Is(err, exec.ErrWaitDelay) { // git has ended, something that it started has not
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
	if err == nil && ctx.Err() == nil {
		return out.Bytes(), text, nil
	}
	return nil, text, r.failed(ctx, parent, err, text, c.line != nil && c.line.loggedIn())
}

// failed says why a run did not end well.
func (r runner) failed(ctx, parent context.Context, err error, stderr string, loggedIn bool) error {
	var exit *exec.ExitError
	var f *failure
	cause := context.Cause(ctx)
	switch {
	case parent.Err() != nil:
		return parent.Err()
	case errors.As(cause, &f):
		return f
	case errors.Is(cause, errOutput):
		return &failure{class: ErrTooLarge, detail: errOutput.Error(), cause: cause}
	case errors.As(err, &exit) && exit.ExitCode() < 0:
		return &failure{class: ErrFailed, detail: "git was killed while it worked", cause: err}
	case errors.As(err, &exit) || errors.Is(err, exec.ErrWaitDelay):
		return classify(stderr, loggedIn)
	}
	return &failure{class: ErrNoGit, detail: words(errors.Unwrap(err)), cause: err}
}

// capped collects what git writes, up to a limit.
type capped struct {
	bytes.Buffer
	limit int64
	full  func()
}

func (c *capped) Write(p []byte) (int, error) {
	if int64(c.Len()+len(p)) > c.limit {
		c.full()
		return 0, errOutput
	}
	return c.Buffer.Write(p)
}

// tail keeps the end of what git writes to stderr.
type tail struct{ buf []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.buf = append(t.buf, p...)
	if over := len(t.buf) - maxStderr; over > 0 {
		t.buf = append(t.buf[:0], t.buf[over:]...)
	}
	return len(p), nil
}

func (t *tail) String() string { return string(t.buf) }

// stream runs git and hands what it writes to read. An error of read ends git,
// and is returned.
func (r runner) stream(parent context.Context, c call, read func(*bufio.Reader) error) error {
	ctx, cancel := r.within(parent, c)
	defer cancel()
	if err := os.MkdirAll(r.home, 0o700); err != nil {
		return err
	}
	cmd := r.command(ctx, c)
	noise := &tail{}
	cmd.Stderr = noise
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return r.failed(ctx, parent, err, "", false)
	}
	counted := &io.LimitedReader{R: out, N: c.limit}
	readErr := read(bufio.NewReaderSize(counted, 64<<10))
	if readErr == nil && counted.N <= 0 {
		readErr = &failure{class: ErrTooLarge, detail: errOutput.Error(), cause: errOutput}
	}
	if readErr != nil {
		_ = cmd.Cancel()
	}
	err = cmd.Wait()
	switch {
	case parent.Err() != nil:
		return parent.Err()
	case readErr != nil && ctx.Err() == nil:
		return readErr
	case err != nil || ctx.Err() != nil:
		err = r.failed(ctx, parent, err, noise.String(), false)
		if f := (*failure)(nil); ctx.Err() == nil && errors.As(err, &f) {
			f.class = ErrDamaged
		}
		return err
	}
	return nil
}
