package repo

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/idptui/idptui/internal/flock"
	"github.com/idptui/idptui/internal/safe"
)

// isSentence checks that an error can be shown as it is.
func isSentence(t *testing.T, err error) {
	t.Helper()
	text := err.Error()
	if text != safe.Line(text) || len(text) > 1000 || strings.Contains(text, "exit status") || strings.Contains(text, "repo.") ||
		strings.Contains(text, "%!") || !strings.Contains(text, "; ") {
		t.Errorf("this is no plain sentence that says what to do: %s", text)
	}
}

func TestFailuresOfAnHTTPRemoteHaveTheirClass(t *testing.T) {
	t.Parallel()
	answer := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			if code == http.StatusUnauthorized {
				w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
			}
			w.WriteHeader(code)
		}
	}
	html := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<html>\n<body>Welcome, please sign in</body>\n</html>\n")
	}
	// What a host without git's protocol would have: git would take it.
	dumb := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		switch {
		case strings.HasSuffix(r.URL.Path, "/info/refs"):
			_, _ = io.WriteString(w, strings.Repeat("a", 40)+"\trefs/heads/main\n")
		case strings.HasSuffix(r.URL.Path, "/HEAD"):
			_, _ = io.WriteString(w, "ref: refs/heads/main\n")
		default:
			http.NotFound(w, r)
		}
	}
	moved := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://elsewhere.example/new/name.git/info/refs?service=git-upload-pack&ticket=hunter2", http.StatusMovedPermanently)
	}
	login := func(c *Remote) { c.Secret = secretOf("ann", "t0ken") }
	for name, tt := range map[string]struct {
		handler http.HandlerFunc
		change  func(*Remote)
		want    error
		text    string
	}{
		"not found":         {handler: answer(404), want: ErrNotFound, text: "does not exist"},
		"asks for a login":  {handler: answer(401), want: ErrNeedsLogin, text: "none is configured"},
		"refuses the login": {handler: answer(401), change: login, want: ErrRefused, text: "refuses the login"},
		"forbidden":         {handler: answer(403), want: ErrRefused},
		"fails":             {handler: answer(500), want: ErrUnreachable, text: "status 500"},
		"limits":            {handler: answer(429), want: ErrUnreachable, text: "status 429"},
		"moved":             {handler: moved, want: ErrMoved, text: "has moved to https://elsewhere.example/new/name.git;"},
		"answers a page":    {handler: html, want: ErrNotRepository},
		"is a plain folder": {handler: dumb, want: ErrNotRepository},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewServer(tt.handler)
			t.Cleanup(s.Close)
			r := Remote{URL: s.URL + "/owner/name"}
			if tt.change != nil {
				tt.change(&r)
			}
			m := mirrors(t)
			_, err := m.Update(t.Context(), r)
			var e *Error
			if !errors.Is(err, tt.want) || !errors.As(err, &e) {
				t.Fatalf("got %v, want %v", err, tt.want)
			}
			isSentence(t, err)
			if !strings.Contains(err.Error(), tt.text) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%v", err)
			}
			if name == "moved" && e.MovedTo != "https://elsewhere.example/new/name.git" {
				t.Errorf("moved to %q", e.MovedTo)
			}
			if _, err := m.Open(t.Context(), r); !errors.Is(err, ErrNoMirror) {
				t.Errorf("it left a mirror: %v", err)
			}
		})
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	o := newOrigin(t)
	o.commit("one", map[string]string{"a": "1"})
	target := serve(t, filepath.Dir(o.dir))
	var reached atomic.Bool
	target.intercept(func(http.ResponseWriter, *http.Request) bool { reached.Store(true); return false })
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, target.URL+r.URL.String(), http.StatusFound)
	}))
	t.Cleanup(s.Close)
	_, err := mirrors(t).Update(t.Context(), Remote{URL: s.URL + "/origin", Secret: secretOf("ann", "t0ken")})
	if !errors.Is(err, ErrMoved) || reached.Load() {
		t.Errorf("got %v, and the other host was asked: %v", err, reached.Load())
	}
}

func TestHostsThatDoNotAnswer(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close() // nobody listens there now
	for _, url := range []string{s.URL + "/x", "https://name.invalid/x"} {
		_, err := mirrors(t).Update(t.Context(), Remote{URL: url})
		if !errors.Is(err, ErrUnreachable) {
			t.Errorf("%s: got %v, want ErrUnreachable", url, err)
			continue
		}
		isSentence(t, err)
	}
}

func TestADeadlineKillsAllThatGitStarted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ at, says string }{
		"while asking": {"/info/refs", "not done after 1.5s"}, "while fetching": {"/git-upload-pack", "nothing came for 1.5s"},
	} {
		at := c.at
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOrigin(t)
			o.commit("one", map[string]string{"a": "1"})
			s := serve(t, filepath.Dir(o.dir))
			hungUp, end := make(chan struct{}, 10), make(chan struct{})
			t.Cleanup(func() { close(end) })
			s.intercept(func(_ http.ResponseWriter, r *http.Request) bool {
				if !strings.HasSuffix(r.URL.Path, at) || at != "/info/refs" && !isFetch(r) {
					return false
				}
				select {
				case <-r.Context().Done():
					hungUp <- struct{}{}
				case <-end:
				}
				return true
			})
			m := mirrors(t, func(o *Options) { o.Deadline = 1500 * time.Millisecond })
			_, err := m.Update(t.Context(), s.remote(o))
			if !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want ErrUnreachable after 1.5s", err)
			}
			isSentence(t, err)
			select {
			case <-hungUp: // the process that held the connection is gone
			case <-time.After(20 * time.Second):
				t.Error("something still holds the connection")
			}
		})
	}
}

// isFetch tells the request that asks for objects from the one for refs. It reads
// the body, so the request cannot be served afterwards unless it is put back.
func isFetch(r *http.Request) bool {
	body := readBody(r)
	return strings.Contains(body, "command=fetch")
}

func TestATransferThatBreaksOffLeavesTheLastCommit(t *testing.T) {
	t.Parallel()
	o := newOrigin(t)
	one := o.commit("one", map[string]string{"a": "1"})
	s := serve(t, filepath.Dir(o.dir))
	m, r := mirrors(t), s.remote(o)
	update(t, m, r)
	two := o.commit("two", map[string]string{"b": noise(300_000)})
	s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/git-upload-pack") || !isFetch(r) {
			return false
		}
		half(t, s, w, r)
		panic(http.ErrAbortHandler)
	})
	_, err := m.Update(t.Context(), r)
	if !errors.Is(err, ErrUnreachable) {
		t.Errorf("got %v, want ErrUnreachable", err)
	}
	isSentence(t, err)
	if got := open(t, m, r).Commit().ID; got != one {
		t.Errorf("readers see %s, want the first commit", got)
	}
	s.intercept(func(http.ResponseWriter, *http.Request) bool { return false })
	if got := update(t, m, r); got.Commit != two {
		t.Errorf("then %+v", got)
	}
}

func TestAGitThatIsKilledWhileItFetches(t *testing.T) {
	t.Parallel()
	o := newOrigin(t)
	o.commit("one", map[string]string{"b": noise(300_000)})
	s := serve(t, filepath.Dir(o.dir))
	pidFile := filepath.Join(t.TempDir(), "pid")
	w := wrap(t, "echo $$ >"+pidFile)
	m, r := mirrors(t, w.use), s.remote(o)
	s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/git-upload-pack") || !isFetch(r) {
			return false
		}
		half(t, s, w, r)
		data, err := os.ReadFile(pidFile)
		pid, convErr := strconv.Atoi(strings.TrimSpace(string(data)))
		if err != nil || convErr != nil {
			t.Errorf("no process to kill: %v, %v", err, convErr)
			return true
		}
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Error(err)
		}
		<-r.Context().Done() // what git started must not outlive it for long
		return true
	})
	_, err := m.Update(t.Context(), r)
	if !errors.Is(err, ErrFailed) {
		t.Errorf("got %v, want ErrFailed", err)
	}
	isSentence(t, err)
	s.intercept(func(http.ResponseWriter, *http.Request) bool { return false })
	update(t, m, r)
	if got := read(t, open(t, m, r), "b"); got != noise(300_000) {
		t.Errorf("read %d bytes", len(got))
	}
}

func TestAProgramThatIsKilledWhileItUpdatesLeavesTheLastCommit(t *testing.T) {
	t.Parallel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	o := newOrigin(t)
	one := o.commit("one", map[string]string{"a": "1"})
	s := serve(t, filepath.Dir(o.dir))
	m, r := mirrors(t), s.remote(o)
	update(t, m, r)
	two := o.commit("two", map[string]string{"b": noise(300_000)})
	fetching := make(chan struct{}, 10)
	s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/git-upload-pack") || !isFetch(r) {
			return false
		}
		half(t, s, w, r)
		fetching <- struct{}{}
		return true
	})
	child := exec.CommandContext(t.Context(), exe)
	child.Env = append(os.Environ(), envChildDir+"="+m.opts.Dir, envChildURL+"="+r.URL)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	<-fetching
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	if got := open(t, m, r).Commit().ID; got != one {
		t.Errorf("readers see %s, want the first commit", got)
	}
	s.intercept(func(http.ResponseWriter, *http.Request) bool { return false })
	if got := update(t, m, r); got.Commit != two || got.Previous != one {
		t.Errorf("then %+v", got)
	}
}

func TestAMirrorHasALimitOfSize(t *testing.T) {
	t.Parallel()
	o := newOrigin(t)
	o.commit("one", map[string]string{"a": "1"})
	m, r := mirrors(t, func(o *Options) { o.MaxSize = 1 << 20 }), Remote{URL: o.url()}
	update(t, m, r)
	o.commit("two", map[string]string{"b": noise(700_000), "c": noise(800_000)})
	_, err := m.Update(t.Context(), r)
	if !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), "1 MiB") {
		t.Errorf("got %v, want ErrTooLarge", err)
	}
	isSentence(t, err)
	if got := read(t, open(t, m, r), "a"); got != "1" {
		t.Errorf("read %q", got)
	}
}

func TestAMachineWithoutGit(t *testing.T) {
	t.Parallel()
	o := newOrigin(t)
	o.commit("one", map[string]string{"a": "1"})
	for _, git := range []string{filepath.Join(t.TempDir(), "nowhere"), "idptui-no-such-git"} {
		m := mirrors(t, func(o *Options) { o.Git = git })
		_, err := m.Update(t.Context(), Remote{URL: o.url()})
		if !errors.Is(err, ErrNoGit) {
			t.Fatalf("got %v, want ErrNoGit", err)
		}
		isSentence(t, err)
	}
}

func TestNothingIsRunForAnAddressThatIsNotAllowed(t *testing.T) {
	t.Parallel()
	w := wrap(t, "")
	elsewhere := t.TempDir()
	m := mirrors(t, w.use, func(o *Options) {
		o.Files = []string{filepath.Join(elsewhere, "in")}
		o.PlainHTTP = []string{"ok.example"}
	})
	if err := os.MkdirAll(filepath.Join(elsewhere, "in"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, filepath.Join(elsewhere, "in", "out")); err != nil {
		t.Fatal(err)
	}
	for _, r := range []Remote{
		{URL: "http://127.0.0.1/x"},
		{URL: elsewhere + "/x"},
		{URL: elsewhere + "/inside"},
		{URL: elsewhere + "/in/out"},
		{URL: "ext::sh -c true"},
		{URL: "https://h.example/x", Branch: "-x"},
		{URL: "https://h.example/x", Branch: "a..b"},
		{URL: "git@h.example:x", SSH: SSH{KeyFile: "/a\"b"}},
	} {
		_, err := m.Update(t.Context(), r)
		if !errors.Is(err, ErrAddress) {
			t.Errorf("%+v: got %v, want ErrAddress", r, err)
			continue
		}
		isSentence(t, err)
	}
	if runs := w.runs(t); len(runs) != 0 {
		t.Errorf("it ran %q", runs)
	}
}

func TestAnUpdateEndsWithItsContext(t *testing.T) {
	t.Parallel()
	o := newOrigin(t)
	o.commit("one", map[string]string{"a": "1"})
	s := serve(t, filepath.Dir(o.dir))
	ctx, cancel := contextWithCancel(t)
	s.intercept(func(_ http.ResponseWriter, r *http.Request) bool {
		cancel()
		<-r.Context().Done()
		return true
	})
	if _, err := mirrors(t).Update(ctx, s.remote(o)); !errors.Is(err, ctx.Err()) || ctx.Err() == nil {
		t.Errorf("got %v, want %v", err, ctx.Err())
	}
}

func TestALockThatIsHeldIsWaitedForWithinTheDeadline(t *testing.T) {
	t.Parallel()
	o := newOrigin(t)
	o.commit("one", map[string]string{"a": "1"})
	m, r := mirrors(t, func(o *Options) { o.Deadline = time.Second }), Remote{URL: o.url()}
	p, err := m.place(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(m.opts.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	lock, err := hold(t.Context(), p.dir+".lock", flock.Exclusive, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Update(t.Context(), r); !errors.Is(err, ErrBusy) {
		t.Errorf("got %v, want ErrBusy", err)
	}
	flock.Release(lock)
}

func TestALargeRepositoryMayComeSlowly(t *testing.T) {
	t.Parallel()
	o := newOrigin(t)
	one := o.commit("one", map[string]string{"a": noise(300_000)})
	s := serve(t, filepath.Dir(o.dir))
	s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/git-upload-pack") || !isFetch(r) {
			return false
		}
		rec := httptest.NewRecorder()
		s.backend.ServeHTTP(rec, r)
		for k, v := range rec.Header() {
			w.Header()[k] = v
		}
		for part := range slices.Chunk(rec.Body.Bytes(), rec.Body.Len()/10+1) {
			_, _ = w.Write(part)
			w.(http.Flusher).Flush()
			select {
			case <-time.After(300 * time.Millisecond):
			case <-r.Context().Done():
			}
		}
		return true
	})
	m := mirrors(t, func(o *Options) { o.Deadline = 2 * time.Second }) // it takes 3 s
	if got := update(t, m, s.remote(o)); got.Commit != one {
		t.Errorf("%+v", got)
	}
}
