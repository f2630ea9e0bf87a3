package app

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idptui/idptui/internal/access"
	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/cli"
)

// people is a catalog of users and nested teams.
func people() *catalog.View {
	user := func(name, email string) catalog.Summary {
		return catalog.Summary{Ref: catalog.Ref{Kind: "User", Namespace: "default", Name: name}, Email: email}
	}
	group := func(name string) catalog.Ref { return catalog.Ref{Kind: "Group", Namespace: "default", Name: name} }
	b := catalog.NewBuilder(1, 4)
	b.Add(user("alice", "Alice@acme.example"))
	b.Add(user("bo", "bo@acme.example"))
	b.Add(user("bo2", "bo@acme.example"))
	for _, name := range []string{"acme", "team-payments"} {
		b.Add(catalog.Summary{Ref: group(name), Email: "alice@acme.example"})
	}
	edges := map[string][]catalog.Edge{
		"user:default/alice":          {{Type: "memberOf", Reverse: "hasMember", Target: group("team-payments")}},
		"group:default/team-payments": {{Type: "childOf", Reverse: "parentOf", Target: group("acme")}},
	}
	return catalog.NewView(b.Snapshot().WithEdges(func(yield func(string, []catalog.Edge) bool) {
		for ref, list := range edges {
			if !yield(ref, list) {
				return
			}
		}
	}))
}

func TestWhoIsActing(t *testing.T) {
	t.Parallel()
	teams := []string{"group:default/team-payments", "group:default/acme"} // nearest first
	for _, c := range []struct {
		name, user, email string
		want              access.Actor
	}{
		{"the configuration", "user:alice", "bo@acme.example", access.Actor{User: "user:default/alice", Name: "alice", Email: "Alice@acme.example", Groups: teams, Source: access.FromConfig}},
		{"a bare name", "alice", "", access.Actor{User: "user:default/alice", Name: "alice", Email: "Alice@acme.example", Groups: teams, Source: access.FromConfig}},
		{"somebody unknown", "kim", "", access.Actor{User: "user:default/kim", Name: "kim", Source: access.FromConfig}},
		{"git", "", "alice@acme.example", access.Actor{User: "user:default/alice", Name: "alice", Email: "Alice@acme.example", Groups: teams, Source: access.FromGit}},
		{"an address of two", "", "bo@acme.example", access.Actor{Email: "bo@acme.example", Source: access.FromNobody}},
		{"a strange address", "", "x@y.example", access.Actor{Email: "x@y.example", Source: access.FromNobody}},
		{"nothing", "", "", access.Actor{Source: access.FromNobody}},
	} {
		got := actor(people(), c.user, c.email)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestUserEmailIsReadAsGitDoes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"[user]\n\temail = a@b.example\n":                          "a@b.example",
		"[User]\nEMAIL=\"a@b.example\" ; mine\n":                   "a@b.example",
		"[user]\nemail = old@b.example\nemail = a@b.example # new": "a@b.example",
		"[user \"x\"]\nemail = no@b.example\n":                     "",
		"[core]\nemail = no@b.example\n[user]\nname = Alice\n":     "",
		"[user] email = a@b.example":                               "a@b.example",
		"# [user]\n; email = x\n":                                  "",
		"":                                                         "",
	} {
		if got := userEmail(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// tempFiles is the real disk.
type tempFiles struct{}

func (tempFiles) ReadFile(name string, limit int64) ([]byte, error) {
	return cli.OS().Files.ReadFile(name, limit)
}
func (tempFiles) Stat(name string) (fs.FileInfo, error) { return os.Stat(name) }
func (tempFiles) OpenRoot(dir string) (*os.Root, error) { return os.OpenRoot(dir) }
func (tempFiles) MkdirAll(dir string) error             { return os.MkdirAll(dir, 0o750) }

func put(tb testing.TB, name, text string) {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
}

func TestGitEmailTakesTheStrongestPlace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	env := map[string]string{"HOME": filepath.Join(dir, "home"), "EMAIL": "env@acme.example"}
	sys := &cli.IO{Dir: filepath.Join(dir, "repo", "sub"), Files: tempFiles{}, Env: func(n string) string { return env[n] }}
	want := func(email string) {
		t.Helper()
		if got := gitEmail(sys); got != email {
			t.Errorf("%q, want %q", got, email)
		}
	}
	want("env@acme.example")
	put(t, filepath.Join(dir, "home", ".config", "git", "config"), "[user]\nemail = xdg@acme.example\n")
	want("xdg@acme.example")
	put(t, filepath.Join(dir, "home", ".gitconfig"), "[user]\nemail = home@acme.example\n")
	want("home@acme.example")
	put(t, filepath.Join(dir, "repo", ".git", "config"), "[user]\nemail = repo@acme.example\n")
	want("repo@acme.example")
	env["GIT_AUTHOR_EMAIL"] = "author@acme.example"
	want("author@acme.example")
	env = map[string]string{}
	sys.Files = nil
	want("")
}
