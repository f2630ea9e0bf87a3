package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLoadReadsRepositoriesAndTheirHosts(t *testing.T) {
	t.Parallel()
	got, err := load(`
sources:
  - {name: shop, git: "https://git.acme.com/shop.git", branch: main, paths: ["**/catalog-info.yaml"]}
  - {name: ops, git: "git@github.com:acme/ops.git", trusted: true}
  - {name: lab, git: "http://127.0.0.1:8080/lab"}
  - {name: disk, git: "file:///srv/git/x.git"}
git:
  files: true
  hosts:
    - {host: git.acme.com, forge: gitlab, user: bot, secret: "file:tokens/acme"}
    - {host: github.com, secret: "env:GITHUB_TOKEN", key: ~/.ssh/id_portal, knownHosts: known}
    - {host: "127.0.0.1:8080", http: true, secret: "command:./token.sh lab  now"}
`)
	if err != nil {
		t.Fatal(err)
	}
	sources := []Source{
		{Name: "shop", Repository: "https://git.acme.com/shop.git", Branch: "main", Paths: []string{"**/catalog-info.yaml"}},
		{Name: "ops", Repository: "git@github.com:acme/ops.git", Trusted: true},
		{Name: "lab", Repository: "http://127.0.0.1:8080/lab"},
		{Name: "disk", Repository: "file:///srv/git/x.git"},
	}
	git := Git{Files: true, Hosts: []Host{
		{Name: "git.acme.com", Forge: "gitlab", User: "bot", Secret: Secret{Place: SecretFile, Name: "/etc/tokens/acme"}},
		{Name: "github.com", Secret: Secret{Place: SecretEnv, Name: "GITHUB_TOKEN"}, Key: "/home/a/.ssh/id_portal", KnownHosts: "/etc/known"},
		{Name: "127.0.0.1:8080", HTTP: true, Secret: Secret{Place: SecretCommand, Name: "/etc/token.sh", Args: []string{"lab", "now"}}},
	}}
	if diff := cmp.Diff(sources, got.Sources); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(git, got.Git); diff != "" {
		t.Error(diff)
	}
}

func TestAddressesThatAreNotFetchedFrom(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://bot:hunter2@h/x":   "password",
		"https://bot@h/x":           "names a user",
		"http://h/x":                "plain http",
		"file:///srv/x":             "not read",
		"ext::sh -c id":             "not fetched from",
		"ftp://h/x":                 "not fetched from",
		"https://h":                 "no address",
		"https://-h/x":              "no address",
		"https://h/x?y=1":           "a query",
		"git@host:--upload-pack=x":  "no address",
		"-oProxyCommand=x@h:y":      "no address",
		"../somewhere":              "no address",
		"ssh://git@h/x#y":           "a fragment",
		"https:///only/path":        "no address",
		"git@host:a b":              "no address",
		"https://h/%zz":             "no address",
		"ssh://git:hunter2@h/x":     "password",
		"https://bot:a@hunter2@h/x": "password",
		"https://bot:a/hunter2@h/x": "no address",
		"https://hunter2@h/x":       "names a user",
	} {
		_, err := load("sources: [{name: a, git: '" + address + "'}]")
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "sources[0].git") {
			t.Errorf("%s: %v, want %s", address, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the message shows the password", address)
		}
		if text := shown(address); strings.Contains(text, "hunter2") {
			t.Errorf("%s: shown as %s", address, text)
		}
	}
}

func TestABranchNeedsARepositoryAndAHostIsListedOnce(t *testing.T) {
	t.Parallel()
	_, err := load("sources: [{name: a, folder: b, branch: main}]\ngit: {hosts: [{host: h}, {host: h}]}\n")
	if err == nil || !strings.Contains(err.Error(), "a folder has no branches") || !strings.Contains(err.Error(), "h is listed already") {
		t.Error(err)
	}
}

func TestTheCommandLineNamesRepositories(t *testing.T) {
	t.Parallel()
	cfg, err := Load(outside(nil, nil), Flags{Catalogs: []string{"https://github.com/acme/Shop_One.git", "git@github.com:ops.git", "https://github.com/acme/Shop_One.git"}})
	if err != nil {
		t.Fatal(err)
	}
	cfg.AddRemembered(outside(nil, nil), "ssh://git@h/deep/in/shop-one", "")
	want := []Source{
		{Name: "shop-one", Repository: "https://github.com/acme/Shop_One.git", Trusted: true, Given: true},
		{Name: "ops", Repository: "git@github.com:ops.git", Trusted: true, Given: true},
		{Name: "shop-one-2", Repository: "ssh://git@h/deep/in/shop-one", Trusted: true, Given: true},
	}
	if diff := cmp.Diff(want, cfg.Sources); diff != "" {
		t.Error(diff)
	}
	_, err = Load(outside(nil, nil), Flags{Catalogs: []string{"http://h/x"}})
	if want := "--catalog http://h/x: plain http shows everybody on the way what is read; use https, or list the host in git.hosts with http: true"; err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
}
