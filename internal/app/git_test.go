package app

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/idptui/idptui/internal/cli"
	"github.com/idptui/idptui/internal/config"
	"github.com/idptui/idptui/internal/repo/repotest"
)

// remote is a repository behind git's own server on this machine.
type remote struct {
	t      *testing.T
	dir    string // its work tree
	server *repotest.Server
}

func newRemote(t *testing.T) *remote {
	t.Helper()
	root := t.TempDir()
	r := &remote{t: t, dir: filepath.Join(root, "shop"), server: repotest.HTTP(t, root)}
	if err := os.Mkdir(r.dir, 0o750); err != nil {
		t.Fatal(err)
	}
	return r
}

// push has the repository hold a file with a text; "" removes it.
func (r *remote) push(name, text string) {
	r.t.Helper()
	file := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
	if text == "" {
		if err := os.Remove(file); err != nil {
			r.t.Fatal(err)
		}
	}
	repotest.Commit(r.t, r.dir, "change "+name)
}

func (r *remote) url() string { return r.server.URL + "/shop/.git" }

// configured writes a configuration with the repository as its one source.
func (r *remote) configured(m *machine, more string) {
	r.t.Helper()
	put(r.t, filepath.Join(m.dir, "c.yaml"), "sources: [{name: shop, git: '"+r.url()+"'"+more+"}]\ngit: {hosts: [{host: '"+strings.TrimPrefix(r.server.URL, "http://")+"', http: true}]}\n")
}

const ledger = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: ledger}\nspec: {type: service, lifecycle: production, owner: me}\n"

func names(t *testing.T, m *machine) string {
	t.Helper()
	return strings.ReplaceAll(strings.TrimSpace(m.must(t, "--config", "c.yaml", "catalog", "list", "-o", "name")), "\n", " ")
}

func TestARepositoryIsASource(t *testing.T) {
	t.Parallel()
	m, r := newMachine(t), newRemote(t)
	r.push("ledger/catalog-info.yaml", ledger)
	r.configured(m, "")
	m.must(t, "--config", "c.yaml", "sync")
	if got := names(t, m); got != "component:default/ledger" {
		t.Errorf("%s", got)
	}
	r.push("refunds/catalog-info.yaml", strings.ReplaceAll(ledger, "ledger", "refunds"))
	m.must(t, "--config", "c.yaml", "sync")
	if got := names(t, m); got != "component:default/ledger component:default/refunds" {
		t.Errorf("%s", got)
	}
	var entity struct {
		Metadata struct{ Annotations map[string]string }
	}
	if err := json.Unmarshal([]byte(m.must(t, "--config", "c.yaml", "catalog", "get", "ledger", "-o", "json")), &entity); err != nil {
		t.Fatal(err)
	}
	if want := "git:" + r.url() + "/ledger/catalog-info.yaml"; entity.Metadata.Annotations["backstage.io/managed-by-location"] != want {
		t.Errorf("%v", entity.Metadata.Annotations)
	}

	r.server.Close() // and what was fetched stays, even when the cache goes
	code, out, _ := m.run(t, "--config", "c.yaml", "sync")
	if code != cli.ExitFailed || !strings.Contains(out, "failed") {
		t.Errorf("%d: %s", code, out)
	}
	if got := names(t, m); got != "component:default/ledger component:default/refunds" {
		t.Errorf("offline: %s", got)
	}
	if err := os.Remove(filepath.Join(m.dir, "data", "cache.db")); err != nil {
		t.Fatal(err)
	}
	m.run(t, "--config", "c.yaml", "sync")
	if got := names(t, m); got != "component:default/ledger component:default/refunds" {
		t.Errorf("offline without the cache: %s", got)
	}
	if _, _, said := m.run(t, "--config", "c.yaml", "sync", "status"); !strings.Contains(said, "cannot be reached") {
		t.Errorf("%s", said)
	}
}

func TestARepositoryGivenOnTheCommandLineIsRemembered(t *testing.T) {
	t.Parallel()
	m, r := newMachine(t), newRemote(t)
	r.push("catalog-info.yaml", ledger)
	put(t, filepath.Join(m.dir, "c.yaml"), "git: {hosts: [{host: '"+strings.TrimPrefix(r.server.URL, "http://")+"', http: true}]}\n")
	m.must(t, "--config", "c.yaml", "--catalog", r.url(), "sync")
	m.must(t, "--config", "c.yaml", "sync")
	if got := names(t, m); got != "component:default/ledger" {
		t.Errorf("%s", got)
	}
	if out := m.must(t, "--config", "c.yaml", "sync", "status"); !strings.Contains(out, "shop") || !strings.Contains(out, r.url()) {
		t.Errorf("%s", out)
	}
}

func TestSecretsComeFromWhereTheConfigurationSays(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	put(t, filepath.Join(m.dir, "token"), "from the file\nand not this\n")
	put(t, filepath.Join(m.dir, "empty"), "\n")
	sys, _, _ := m.io("")
	env := sys.Env
	sys.Env = func(name string) string {
		if name == "TOKEN" {
			return "from the environment"
		}
		return env(name)
	}
	p := &portal{sys: sys}
	file := func(name string) string { return filepath.Join(m.dir, name) }
	for _, tt := range []struct {
		at         config.Secret
		want, fail string
	}{
		{config.Secret{Place: config.SecretEnv, Name: "TOKEN"}, "from the environment", ""},
		{config.Secret{Place: config.SecretEnv, Name: "NONE"}, "", "the variable NONE is not set"},
		{config.Secret{Place: config.SecretFile, Name: file("token")}, "from the file", ""},
		{config.Secret{Place: config.SecretFile, Name: file("empty")}, "", "there is none"},
		{config.Secret{Place: config.SecretFile, Name: file("nowhere")}, "", "cannot be read"},
		{config.Secret{Place: config.SecretCommand, Name: "echo", Args: []string{"from", "a program"}}, "from a program", ""},
		{config.Secret{Place: config.SecretCommand, Name: "no-such-program"}, "", "is not there"},
		{config.Secret{Place: config.SecretCommand, Name: "sh", Args: []string{"-c", "echo hunter2 >&2; exit 3"}}, "", "exit status 3"},
		{config.Secret{Place: config.SecretCommand, Name: "head", Args: []string{"-c", "1000000", "/dev/zero"}}, "", "more than 64 KiB"},
	} {
		got, err := p.secret(t.Context(), tt.at)
		switch {
		case tt.fail == "" && (err != nil || got != tt.want):
			t.Errorf("%s: %q, %v", tt.at, got, err)
		case tt.fail != "" && (err == nil || !strings.Contains(err.Error(), tt.fail) || strings.Contains(err.Error(), "hunter2")):
			t.Errorf("%s: %v, want %s", tt.at, err, tt.fail)
		}
	}
}
