package history_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/history"
	"github.com/idptui/idptui/internal/catalog/source"
	"github.com/idptui/idptui/internal/repo"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a repository that somebody works in, and a mirror of it.
type world struct {
	t       testing.TB
	dir     string
	time    time.Time
	author  string
	mirrors *repo.Mirrors
	rules   source.Rules
	reader  history.Reader
}

func newWorld(tb testing.TB) *world {
	tb.Helper()
	root := tb.TempDir()
	m, err := repo.New(repo.Options{Dir: filepath.Join(root, "mirrors"), Files: []string{root}})
	if err != nil {
		tb.Fatal(err)
	}
	w := &world{t: tb, dir: filepath.Join(root, "shop"), time: time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC), author: "Ann", mirrors: m}
	if err := os.MkdirAll(w.dir, 0o750); err != nil {
		tb.Fatal(err)
	}
	w.git(nil, "init", "-q", "-b", "main")
	return w
}

func (w *world) git(stdin []byte, args ...string) string {
	w.t.Helper()
	cmd := exec.CommandContext(context.Background(), "git", args...)
	at := fmt.Sprintf("%d +0000", w.time.Unix())
	cmd.Dir, cmd.Stdin = w.dir, bytes.NewReader(stdin)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=/nonexistent", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=" + w.author, "GIT_AUTHOR_EMAIL=ann@example.com", "GIT_COMMITTER_NAME=Cem", "GIT_COMMITTER_EMAIL=cem@example.com",
		"GIT_AUTHOR_DATE=" + at, "GIT_COMMITTER_DATE=" + at,
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.t.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// commit commits files, path to text, an hour after the last commit; "" removes one.
func (w *world) commit(message string, files map[string]string) string {
	w.t.Helper()
	w.write(files)
	w.time = w.time.Add(time.Hour)
	w.git(nil, "add", "-A")
	w.git(nil, "commit", "-q", "--allow-empty", "-m", message)
	return w.git(nil, "rev-parse", "HEAD")
}

func (w *world) write(files map[string]string) {
	w.t.Helper()
	for name, text := range files {
		path := filepath.Join(w.dir, name)
		err := os.MkdirAll(filepath.Dir(path), 0o750)
		if err == nil && text == "" {
			err = os.Remove(path)
		} else if err == nil {
			err = os.WriteFile(path, []byte(text), 0o600)
		}
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) source() source.Git {
	return source.NewGit("shop", w.mirrors, repo.Remote{URL: "file://" + w.dir}, "", w.rules)
}

func (w *world) fetch() source.Git {
	w.t.Helper()
	src := w.source()
	if err := src.Fetch(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	return src
}

// of is the history of an entity as somebody reads it after a fetch.
func (w *world) of(ref, path string, q history.Query) catalog.History {
	w.t.Helper()
	want, err := catalog.ParseRef(ref, catalog.RefDefaults{Kind: "Component"})
	if err != nil {
		w.t.Fatal(err)
	}
	h, err := w.reader.Entity(w.t.Context(), w.fetch(), want, path, q)
	if err != nil {
		w.t.Fatal(err)
	}
	return h
}

// all is the history of the whole source.
func (w *world) all(q history.Query, feeds map[string][]string, refs ...string) catalog.History {
	w.t.Helper()
	var wanted func(string) bool
	if len(refs) > 0 {
		wanted = func(ref string) bool { return strings.Contains(strings.Join(refs, " "), ref) }
	}
	h, err := w.reader.All(w.t.Context(), []history.Scope{{Source: w.fetch(), Feeds: feeds}}, wanted, q)
	if err != nil {
		w.t.Fatal(err)
	}
	return h
}

// told is a history, a line for each change: message, entity, what.
func told(h catalog.History) string {
	var lines []string
	for _, c := range h.Changes {
		lines = append(lines, c.Message+": "+strings.TrimPrefix(c.Ref, "component:default/")+" "+c.What("→"))
	}
	return strings.Join(lines, "\n")
}

func check(t *testing.T, want string, h catalog.History) {
	t.Helper()
	if got := told(h); got != strings.TrimSpace(want) {
		t.Errorf("got\n%s\nwant\n%s", got, strings.TrimSpace(want))
	}
	for _, n := range h.Notes {
		t.Errorf("a note: %s", n)
	}
}

// component is a document; more are further lines of its spec.
func component(name, owner string, more ...string) string {
	text := "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: " + name + "\nspec:\n  type: service\n  lifecycle: production\n  owner: " + owner + "\n"
	for _, line := range more {
		text += "  " + line + "\n"
	}
	return text
}

func documents(list ...string) string { return strings.Join(list, "---\n") }
