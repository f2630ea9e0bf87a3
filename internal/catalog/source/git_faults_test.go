package source

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/idptui/idptui/internal/catalog/store"
	"github.com/idptui/idptui/internal/repo"
	"github.com/idptui/idptui/internal/repo/repotest"
)

// remoteFault is what can happen to a repository, and how its source stands then.
type remoteFault struct {
	name    string
	happens func(t *testing.T, dir string, server *repotest.Server)
	state   string
	says    string
}

func remoteFaults() []remoteFault {
	answer := func(h http.HandlerFunc) func(*testing.T, string, *repotest.Server) {
		return func(t *testing.T, _ string, server *repotest.Server) {
			t.Helper()
			server.Instead(h)
		}
	}
	status := func(code int) func(*testing.T, string, *repotest.Server) {
		return answer(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) })
	}
	remove := func(n int) func(*testing.T, string, *repotest.Server) {
		return func(t *testing.T, dir string, _ *repotest.Server) {
			t.Helper()
			for i := range n {
				if err := os.Remove(filepath.Join(dir, fmt.Sprintf("f%02d.yaml", i))); err != nil {
					t.Fatal(err)
				}
			}
			repotest.Commit(t, dir, "fewer")
		}
	}
	return []remoteFault{
		{"it hangs", answer(func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-r.Context().Done():
			case <-time.After(20 * time.Second): // in case nobody hangs up
			}
		}), store.StateFailed, "cannot be reached"},
		{"it dies half-way", answer(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/x-git-upload-pack-advertisement")
			w.Header().Set("Content-Length", "100000")
			_, _ = w.Write([]byte("001e# service=git-upload-pack\n0000"))
		}), store.StateFailed, "cannot be reached"},
		{"it asks for a password", answer(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
			w.WriteHeader(http.StatusUnauthorized)
		}), store.StateFailed, "asks for a login and none is configured"},
		{"it disappears", status(http.StatusNotFound), store.StateFailed, "does not exist"},
		{"it has a bad day", status(http.StatusServiceUnavailable), store.StateFailed, "cannot be reached"},
		{"it moves", answer(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example/x", http.StatusMovedPermanently)
		}), store.StateFailed, "has moved"},
		{"it answers with a page", answer(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte("<html>sign in</html>"))
		}), store.StateFailed, "no git repository"},
		{"it becomes empty", func(t *testing.T, dir string, _ *repotest.Server) {
			t.Helper()
			repotest.Git(t, dir, "rm", "-rq", ".")
			repotest.Commit(t, dir, "nothing")
		}, store.StateStale, "idptui sync confirm shop"},
		{"it shrinks by 11 %", remove(11), store.StateStale, "11 of 100 entities are gone"},
		{"its branch goes", func(t *testing.T, dir string, _ *repotest.Server) {
			t.Helper()
			repotest.Git(t, dir, "branch", "-m", "main", "trunk")
			repotest.Git(t, dir, "symbolic-ref", "HEAD", "refs/heads/none")
		}, store.StateFailed, ""},
		{"it rewrites its history", func(t *testing.T, dir string, _ *repotest.Server) {
			t.Helper()
			repotest.Git(t, dir, "commit", "-q", "--amend", "-m", "another first")
		}, store.StateOK, ""},
	}
}

// Whatever a remote does, the catalog stays as it was; and when the remote is well
// again, nobody has to lend a hand.
func TestNoFaultOfARemoteCostsAnybodyTheirCatalog(t *testing.T) {
	t.Parallel()
	for _, fault := range remoteFaults() {
		t.Run(fault.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, trusting())
			root := t.TempDir()
			dir := filepath.Join(root, "shop")
			write(t, dir, many(100))
			repotest.Commit(t, dir, "all")
			good := repotest.Git(t, dir, "rev-parse", "HEAD")
			server := repotest.HTTP(t, root)
			mirrors, err := repo.New(repo.Options{Dir: filepath.Join(w.data, "mirrors"), PlainHTTP: []string{"127.0.0.1"}, Deadline: 3 * time.Second})
			if err != nil {
				t.Fatal(err)
			}
			src := NewGit("shop", mirrors, repo.Remote{URL: server.URL + "/shop/.git"}, "", trusting())
			w.syncOf(src)
			before := w.stored()
			if len(before) != 100 {
				t.Fatalf("%d entities", len(before))
			}
			fault.happens(t, dir, server)
			for range 2 { // once is no accident, and twice no habit
				r := w.syncOf(src)
				if r.Status.State != fault.state || !strings.Contains(r.Status.Error, fault.says) || r.Removed != 0 || r.Status.Entities != 100 {
					t.Errorf("%+v", r)
				}
				check(t, before, w.stored())
			}
			server.Instead(nil)
			repotest.Git(t, dir, "symbolic-ref", "HEAD", "refs/heads/main")
			repotest.Git(t, dir, "update-ref", "refs/heads/main", good)
			if r := w.syncOf(src); r.Status.State != store.StateOK || r.Status.Error != "" || r.Status.Entities != 100 {
				t.Errorf("once it is well: %+v", r)
			}
			check(t, before, w.stored())
		})
	}
}

// A fetch that is called off leaves no trace that the next one trips over.
func TestAFetchThatIsCalledOffIsDoneAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	dir := t.TempDir()
	write(t, dir, many(20))
	repotest.Commit(t, dir, "all")
	src := NewGit("shop", mirrorsIn(t, w.data), repo.Remote{URL: "file://" + dir}, "", trusting())
	for wait := time.Duration(0); ; wait += 3 * time.Millisecond {
		ctx, cancel := context.WithTimeout(t.Context(), wait)
		err := src.Fetch(ctx)
		cancel()
		if err == nil {
			break
		}
		if !errors.Is(err, ctx.Err()) {
			t.Fatalf("after %s: %v", wait, err)
		}
	}
	w.syncOf(src)
	check(t, 20, len(w.stored()))
}
