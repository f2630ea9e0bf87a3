package repo

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// A process of its own that updates one mirror, for the tests that kill it.
const (
	envChildDir = "IDPTUI_REPO_TEST_DIR"
	envChildURL = "IDPTUI_REPO_TEST_URL"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(envChildDir); dir != "" {
		mirrors, err := New(Options{Dir: dir, PlainHTTP: []string{"127.0.0.1"}})
		if err == nil {
			_, err = mirrors.Update(context.Background(), Remote{URL: os.Getenv(envChildURL)})
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// origin is a repository with files, which remotes are made of.
type origin struct {
	t    testing.TB
	dir  string
	time time.Time
}

func newOrigin(tb testing.TB) *origin {
	tb.Helper()
	o := &origin{tb, filepath.Join(tb.TempDir(), "origin"), time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	o.git("init", "-q", "-b", "main", o.dir)
	for _, set := range []string{"uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"} {
		o.git("-C", o.dir, "config", set, "true")
	}
	return o
}

// git runs git as a developer would, but with a clock of its own.
func (o *origin) git(args ...string) string {
	o.t.Helper()
	return o.gitIn(nil, args...)
}

func (o *origin) gitIn(stdin []byte, args ...string) string {
	o.t.Helper()
	cmd := exec.Command("git", args...)
	if _, err := os.Stat(o.dir); err == nil {
		cmd.Dir = o.dir
	}
	at := fmt.Sprintf("%d +0100", o.time.Unix())
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=/nonexistent", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=Ann", "GIT_AUTHOR_EMAIL=ann@example.com", "GIT_COMMITTER_NAME=Cem", "GIT_COMMITTER_EMAIL=cem@example.com",
		"GIT_AUTHOR_DATE=" + at, "GIT_COMMITTER_DATE=" + at,
	}
	cmd.Stdin = bytes.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		o.t.Fatalf("git %q: %v\n%s", args, err, stderr.String())
	}
	return strings.TrimSpace(string(out))
}

func (o *origin) write(name, content string) {
	o.t.Helper()
	path := filepath.Join(o.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		o.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		o.t.Fatal(err)
	}
}

// commit commits files, an hour after the last commit, and returns its ID.
func (o *origin) commit(message string, files map[string]string) string {
	o.t.Helper()
	o.time = o.time.Add(time.Hour)
	for name, content := range files {
		o.write(name, content)
	}
	o.git("add", "-A")
	o.git("commit", "-q", "--allow-empty", "-m", message)
	return o.git("rev-parse", "HEAD")
}

func (o *origin) url() string { return "file://" + o.dir }

// tree makes a commit of a tree that git would not make: records of
// "mode type id\tname".
func (o *origin) tree(branch string, records ...string) string {
	o.t.Helper()
	id := o.gitIn([]byte(strings.Join(records, "\x00")+"\x00"), "mktree", "-z")
	commit := o.git("commit-tree", "-m", "by hand", id)
	o.git("update-ref", "refs/heads/"+branch, commit)
	return commit
}

func (o *origin) blob(content string) string {
	o.t.Helper()
	return o.gitIn([]byte(content), "hash-object", "-w", "--stdin")
}

// mirrors are mirrors in a directory of their own that allow what loopback needs.
func mirrors(tb testing.TB, change ...func(*Options)) *Mirrors {
	tb.Helper()
	o := Options{Dir: filepath.Join(tb.TempDir(), "mirrors"), PlainHTTP: []string{"127.0.0.1"}, Files: []string{os.TempDir()}}
	for _, c := range change {
		c(&o)
	}
	m, err := New(o)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func update(tb testing.TB, m *Mirrors, r Remote) Result {
	tb.Helper()
	res, err := m.Update(tb.Context(), r)
	if err != nil {
		tb.Fatalf("update: %v", err)
	}
	return res
}

func open(tb testing.TB, m *Mirrors, r Remote) *Tree {
	tb.Helper()
	tree, err := m.Open(tb.Context(), r)
	if err != nil {
		tb.Fatalf("open: %v", err)
	}
	tb.Cleanup(func() { _ = tree.Close() })
	return tree
}

func read(tb testing.TB, tree *Tree, name string) string {
	tb.Helper()
	data, err := tree.ReadFile(name)
	if err != nil {
		tb.Fatalf("read: %v", err)
	}
	return string(data)
}

// gitServer is git's own http server in this process.
type gitServer struct {
	*httptest.Server
	backend *cgi.Handler
	before  atomic.Pointer[func(http.ResponseWriter, *http.Request) bool] // true: it has answered
}

// serve serves the repositories in a folder by http.
func serve(tb testing.TB, root string) *gitServer {
	tb.Helper()
	exe, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		tb.Fatal(err)
	}
	backend := &cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(exe)), "git-http-backend"),
		Env: []string{
			"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "HOME=/nonexistent",
		},
		Stderr: io.Discard,
	}
	s := &gitServer{backend: backend}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if before := s.before.Load(); before != nil && (*before)(w, r) {
			return
		}
		backend.ServeHTTP(w, r)
	}))
	tb.Cleanup(s.Close)
	return s
}

func (s *gitServer) intercept(fn func(http.ResponseWriter, *http.Request) bool) { s.before.Store(&fn) }

// remote is the address of a folder that the server serves.
func (s *gitServer) remote(o *origin) Remote {
	return Remote{URL: s.URL + "/" + filepath.Base(o.dir)}
}

// wrapper is a git that notes each of its runs, and what those start, in a file.
type wrapper struct {
	path, log, trace, env string
}

func wrap(tb testing.TB, more string) wrapper {
	tb.Helper()
	real, err := exec.LookPath("git")
	if err != nil {
		tb.Fatal(err)
	}
	dir := tb.TempDir()
	w := wrapper{filepath.Join(dir, "git"), filepath.Join(dir, "log"), filepath.Join(dir, "trace"), filepath.Join(dir, "env")}
	script := fmt.Sprintf("#!/bin/sh\n{ printf '%%s ' \"$@\"; echo; } >>%s\nenv >>%s\nexport GIT_TRACE=%s GIT_TRACE_REDACT=0\n%s\nexec %s \"$@\"\n", w.log, w.env, w.trace, more, real)
	if err := os.WriteFile(w.path, []byte(script), 0o755); err != nil {
		tb.Fatal(err)
	}
	return w
}

func (w wrapper) use(o *Options) { o.Git = w.path }

// runs are the runs so far, without the settings that each begins with.
func (w wrapper) runs(tb testing.TB) []string {
	tb.Helper()
	data, err := os.ReadFile(w.log)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		tb.Fatal(err)
	}
	var runs []string
	for line := range strings.Lines(string(data)) {
		words := strings.Fields(line)
		for len(words) > 1 && words[0] == "-c" {
			words = words[2:]
		}
		runs = append(runs, strings.Join(words, " "))
	}
	return runs
}

// readBody reads the body of a request and puts it back.
func readBody(r *http.Request) string {
	if r.Method != http.MethodPost {
		return ""
	}
	data, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(data))
	if r.Header.Get("Content-Encoding") == "gzip" {
		if z, err := gzip.NewReader(bytes.NewReader(data)); err == nil {
			data, _ = io.ReadAll(z)
		}
	}
	return string(data)
}

// half answers with the first half of what git's server would say, and sends it.
func half(tb testing.TB, s *gitServer, w http.ResponseWriter, r *http.Request) {
	tb.Helper()
	rec := httptest.NewRecorder()
	s.backend.ServeHTTP(rec, r)
	for k, v := range rec.Header() {
		w.Header()[k] = v
	}
	w.Header().Set("Content-Length", strconv.Itoa(rec.Body.Len()))
	w.WriteHeader(rec.Code)
	_, _ = w.Write(rec.Body.Bytes()[:rec.Body.Len()/2])
	w.(http.Flusher).Flush()
}

// noise is text that does not compress, the same each time.
func noise(n int) string {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{byte(n), byte(n >> 8), byte(n >> 16)}).Read(b)
	return string(b)
}

func contextWithCancel(tb testing.TB) (context.Context, context.CancelFunc) {
	tb.Helper()
	return context.WithCancel(tb.Context())
}

func secretOf(user, token string) func(context.Context) (Secret, error) {
	return func(context.Context) (Secret, error) { return NewSecret(user, token), nil }
}

// guarded makes a server ask for a login.
func guarded(s *gitServer, user, token string) {
	s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if u, p, ok := r.BasicAuth(); ok && u == user && p == token {
			r.Header.Del("Authorization")
			return false
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
		w.WriteHeader(http.StatusUnauthorized)
		return true
	})
}
