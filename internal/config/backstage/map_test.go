package backstage

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestPagesOfRepositories(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ address, forge, clone, ref, path string }{
		{"https://github.com/a/b/blob/main/x/y.yaml", "", "https://github.com/a/b.git", "main", "x/y.yaml"},
		{"https://github.com/a/b", "", "https://github.com/a/b.git", "", ""},
		{"https://github.com/a/b.git", "", "https://github.com/a/b.git", "", ""},
		{"https://github.com/a/b/tree/main/dir/", "", "https://github.com/a/b.git", "main", "dir"},
		{"https://github.com/a/b/blob/HEAD/x.yaml", "", "https://github.com/a/b.git", "", "x.yaml"},
		{"https://github.com/a/b/blob/main/**/catalog-info.yaml", "", "https://github.com/a/b.git", "main", "**/catalog-info.yaml"},
		{"https://github.com/a/b/blob/main/x%20y.yaml", "", "https://github.com/a/b.git", "main", "x y.yaml"},
		{"https://raw.githubusercontent.com/a/b/main/x.yaml", "", "https://github.com/a/b.git", "main", "x.yaml"},
		{"https://raw.githubusercontent.com/a/b/refs/heads/main/x.yaml", "", "https://github.com/a/b.git", "main", "x.yaml"},
		{"https://ghe.acme.com/a/b/blob/main/x.yaml", github, "https://ghe.acme.com/a/b.git", "main", "x.yaml"},
		{"https://gitlab.com/a/b/c/-/blob/main/x.yaml", "", "https://gitlab.com/a/b/c.git", "main", "x.yaml"},
		{"https://gitlab.com/a/b/blob/main/x.yaml", "", "https://gitlab.com/a/b.git", "main", "x.yaml"},
		{"https://gitlab.com/a/b/c", "", "https://gitlab.com/a/b/c.git", "", ""},
		{"https://git.acme.com:8443/a/b/-/tree/main/x", gitlab, "https://git.acme.com:8443/a/b.git", "main", "x"},
		{"https://codeberg.org/a/b/src/branch/main/x.yaml", "", "https://codeberg.org/a/b.git", "main", "x.yaml"},
		{"https://gitea.acme.com/a/b/src/tag/v1/x.yaml", "", "https://gitea.acme.com/a/b.git", "v1", "x.yaml"},
		{"https://gitea.acme.com/a/b", "", "https://gitea.acme.com/a/b.git", "", ""},
		{"https://bitbucket.org/a/b/src/master/x.yaml", "", "https://bitbucket.org/a/b.git", "master", "x.yaml"},
		{"https://bitbucket.org/a/b/src/feature%2Fx/y.yaml", "", "https://bitbucket.org/a/b.git", "feature/x", "y.yaml"},
		{"https://bb.acme.com/projects/AB/repos/c/browse/x.yaml?at=refs%2Fheads%2Fmain", bitbucketServer, "https://bb.acme.com/scm/AB/c.git", "main", "x.yaml"},
		{"https://bb.acme.com/projects/AB/repos/c/browse", bitbucketServer, "https://bb.acme.com/scm/AB/c.git", "", ""},
		{"https://bb.acme.com/users/jo/repos/c/browse/x.yaml", bitbucketServer, "https://bb.acme.com/scm/~jo/c.git", "", "x.yaml"},
		{"https://dev.azure.com/o/p/_git/r?path=/a/x.yaml&version=GBmain", "", "https://dev.azure.com/o/p/_git/r", "main", "a/x.yaml"},
		{"https://dev.azure.com/o/p/_git/r?path=%2Fx.yaml", "", "https://dev.azure.com/o/p/_git/r", "", "x.yaml"},
		{"https://o.visualstudio.com/p/_git/r", "", "https://o.visualstudio.com/p/_git/r", "", ""},
	} {
		p, why := readPage(c.address, c.forge)
		if why != "" || p.clone != c.clone || p.ref != c.ref || p.path != c.path {
			t.Errorf("%s: %+v %q", c.address, p, why)
		}
	}
}

func TestAddressesThatAreNoPages(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"ftp://github.com/a/b":                          "no web address",
		"nonsense":                                      "no web address",
		"http://github.com/a/b":                         "plain http",
		"https://user:pass@github.com/a/b":              "a login",
		"https://github.com/a":                          "no page",
		"https://github.com/a/b/issues":                 "no page",
		"https://github.com/a/b/wiki/x":                 "no page",
		"https://github.com/a/*/blob/main/x":            "many repositories",
		"https://github.com/a/b/blob/main/../x":         "no page",
		"https://gitlab.com/a":                          "no page",
		"https://files.acme.com/x.yaml":                 "which forge",
		"https://codeberg.org/a/b/src/x":                "no page",
		"https://dev.azure.com/o/p/_git/r?version=GC12": "a commit",
		"https://dev.azure.com/o/p":                     "no page",
		"https://bitbucket.org/a/b/pull-requests/1":     "no page",
		"https://[::1]/a/b":                             "its host",
		"https://github.com/a/b/blob/" + strings.Repeat("0123456789", 4) + "/x": "a commit",
	} {
		if p, why := readPage(address, ""); !strings.Contains(why, want) {
			t.Errorf("%s: %+v %q, want %q", address, p, why, want)
		}
	}
}

func TestSecretsAreNamedAndNeverCopied(t *testing.T) {
	t.Parallel()
	for token, want := range map[string]string{
		"${GITHUB_TOKEN}":            "env:GITHUB_TOKEN",
		"' ${GITHUB_TOKEN} '":        "env:GITHUB_TOKEN",
		"${GITHUB_TOKEN:-hunter2}":   "env:GITHUB_TOKEN",
		"{$env: GITHUB_TOKEN}":       "env:GITHUB_TOKEN",
		"{$file: hunter/token}":      "file:/srv/portal/hunter/token",
		"{$file: /run/secrets/gh}":   "file:/run/secrets/gh",
		"hunter2":                    "",
		"'hunter2${X}'":              "",
		"'${A}${B}'":                 "",
		"'$${hunter2}'":              "",
		"'${not a name}'":            "",
		"[hunter2]":                  "",
		"{a: hunter2}":               "",
		"''":                         "",
		"{$file: \"a\\nhunter2\"}":   "",
		"{$env: 'not a name'}":       "",
		"'${hunter2-is-no-name:-x}'": "",
	} {
		got := convert(t, disk{}, "integrations:\n  github:\n    - host: github.com\n      token: "+token+"\n")
		if have := got.Config.Git.Hosts[0].Secret; have != want {
			t.Errorf("%s: %q, want %q", token, have, want)
		}
		if want == "" && token != "''" && !noted(got, "integrations.github[0].token", "git.hosts[].secret") {
			t.Errorf("%s: no note: %s", token, lines(got.Notes))
		}
		text, err := got.YAML()
		if err != nil {
			t.Fatal(err)
		}
		if all := string(text) + lines(got.Notes); strings.Contains(strings.ReplaceAll(all, "hunter2-is-no-name", ""), "hunter2") {
			t.Errorf("%s: the secret is shown:\n%s", token, all)
		}
	}
}

func TestIntegrationsBecomeHosts(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Host{
		"github: [{host: github.com, token: '${T}'}]":                                                           {Host: "github.com", Secret: "env:T"},
		"github: [{token: '${T}'}]":                                                                             {Host: "github.com", Secret: "env:T"},
		"github: [{host: GHE.Acme.com}]":                                                                        {Host: "ghe.acme.com", Forge: "github"},
		"github: {host: github.com, token: '${T}'}":                                                             {Host: "github.com", Secret: "env:T"},
		"gitlab: [{host: 'git.acme.com:8443', token: '${T}'}]":                                                  {Host: "git.acme.com:8443", Forge: "gitlab", Secret: "env:T"},
		"bitbucketCloud: [{username: bot, appPassword: '${P}'}]":                                                {Host: "bitbucket.org", User: "bot", Secret: "env:P"},
		"bitbucketCloud: [{username: bot, token: '${T}', appPassword: '${P}'}]":                                 {Host: "bitbucket.org", User: "bot", Secret: "env:T"},
		"bitbucketServer: [{host: bb.acme.com, username: bot, password: '${P}'}]":                               {Host: "bb.acme.com", User: "bot", Secret: "env:P"},
		"bitbucketServer: [{host: bb.acme.com, token: '${T}'}]":                                                 {Host: "bb.acme.com", Secret: "env:T"},
		"bitbucket: [{host: bb.acme.com, token: '${T}'}]":                                                       {Host: "bb.acme.com", Secret: "env:T"},
		"azure: [{token: '${T}'}]":                                                                              {Host: "dev.azure.com", Secret: "env:T"},
		"azure: [{credentials: [{organizations: [a], personalAccessToken: '${T}'}]}]":                           {Host: "dev.azure.com", Secret: "env:T"},
		"gitea: [{host: code.acme.com, username: bot, password: '${P}'}]":                                       {Host: "code.acme.com", Forge: "gitea", User: "bot", Secret: "env:P"},
		"gerrit: [{host: review.acme.com, username: bot, password: '${P}'}]":                                    {Host: "review.acme.com", User: "bot", Secret: "env:P"},
		"gitea: [{host: code.acme.com, username: '${U}', password: '${P}'}]":                                    {Host: "code.acme.com", Forge: "gitea", Secret: "env:P"},
		"github: [{host: github.com, token: '${A}'}, {host: github.com, token: '${B}'}]":                        {Host: "github.com", Secret: "env:A"},
		"github: [{host: 'https://github.com'}, {host: '${H}'}, {host: github.com}]":                            {Host: "github.com"},
		"azure: [{credentials: [{clientId: x}, {personalAccessToken: '${T}'}, {personalAccessToken: '${U}'}]}]": {Host: "dev.azure.com", Secret: "env:T"},
	} {
		got := convert(t, disk{}, "integrations: {"+text+"}")
		if n := len(got.Config.Git.Hosts); n != 1 {
			t.Errorf("%s: %d hosts", text, n)
			continue
		}
		have := got.Config.Git.Hosts[0]
		have.from = place{}
		if have != want {
			t.Errorf("%s: %+v, want %+v", text, have, want)
		}
	}
}

func TestWhatIntegrationsLoseIsNoted(t *testing.T) {
	t.Parallel()
	for text, key := range map[string]string{
		"github: [{host: github.com, apps: [{appId: 1}]}]":                       "integrations.github[0].apps",
		"github: [{host: github.com, apiBaseUrl: 'https://x'}]":                  "integrations.github[0].apiBaseUrl",
		"gitlab: [{host: g.acme.com, baseUrl: 'https://g.acme.com/gitlab'}]":     "integrations.gitlab[0].baseUrl",
		"gitea: [{host: g.acme.com, baseUrl: 'http://g.acme.com'}]":              "integrations.gitea[0].baseUrl",
		"gerrit: [{host: g.acme.com}]":                                           "integrations.gerrit[0]",
		"harness: [{host: app.harness.io, token: hunter2}]":                      "integrations.harness",
		"awsCodeCommit: [{region: x}]":                                           "integrations.awsCodeCommit",
		"bitbucketCloud: [{clientId: x, clientSecret: hunter2}]":                 "integrations.bitbucketCloud[0].clientId",
		"github: [{host: github.com}, {host: github.com}]":                       "integrations.github[1]",
		"bitbucketServer: [{token: '${T}'}]":                                     "integrations.bitbucketServer[0]",
		"azure: [{credentials: [{managedIdentityClientId: system-assigned}]}]":   "integrations.azure[0].credentials[0]",
		"github: [{host: github.com, commitSigningKey: hunter2, token: '${T}'}]": "integrations.github[0].commitSigningKey",
	} {
		got := convert(t, disk{}, "integrations: {"+text+"}")
		if !noted(got, key, "") || strings.Contains(lines(got.Notes), "hunter2") {
			t.Errorf("%s: no note with the key %s: %s", text, key, lines(got.Notes))
		}
	}
}

func TestRulesBecomeKindsAndTrust(t *testing.T) {
	t.Parallel()
	const location = "https://github.com/acme/shop/blob/main/all.yaml"
	for _, c := range []struct {
		name, rules, own, kinds string
		trusted                 bool
	}{
		{"Backstage's default", "", "", "Component API Location", false},
		{"global", "[{allow: [Component, System]}]", "", "Component System", false},
		{"of the location", "", "[{allow: [User, Group]}]", "Component API Location Group User", true},
		{"both", "[{allow: [System]}]", "[{allow: [Template]}]", "System Template", true},
		{"any case", "[{allow: [component, api, USER]}]", "", "Component API User", true},
		{"kinds of one's own", "[{allow: [Component, Robot]}]", "", "Component Robot", false},
		{"objects", "[{allow: [{kind: Component, spec.type: service}, {kind: API}]}]", "", "Component API", false},
		{"exact location", "[{allow: [API]}, {allow: [Group], locations: [{type: url, exact: '" + location + "'}]}]", "", "API Group", true},
		{"other exact location", "[{allow: [API]}, {allow: [Group], locations: [{type: url, exact: 'https://x'}]}]", "", "API", false},
		{"pattern", "[{allow: [API]}, {allow: [Group], locations: [{type: url, pattern: 'https://GitHub.com/acme/*/blob/**'}]}]", "", "API Group", true},
		{"pattern that stops at a slash", "[{allow: [API]}, {allow: [Group], locations: [{type: url, pattern: 'https://github.com/*'}]}]", "", "API", false},
		{"type alone", "[{allow: [API]}, {allow: [Group], locations: [{type: file}]}]", "", "API", false},
		{"no location", "[{allow: [API]}, {allow: [Group], locations: []}]", "", "API", false},
		{"a pattern that would take long", "[{allow: [API]}, {allow: [Group], locations: [{type: url, pattern: '" + strings.Repeat("{h,ht}", 20) + "'}]}]", "", "API", false},
		{"a location that cannot be read", "[{allow: [API]}, {allow: [Group], locations: [{type: url, exact: '${X}'}]}]", "", "API", false},
	} {
		text := "catalog:\n"
		if c.rules != "" {
			text += "  rules: " + c.rules + "\n"
		}
		text += "  locations:\n    - type: url\n      target: " + location + "\n"
		if c.own != "" {
			text += "      rules: " + c.own + "\n"
		}
		got := convert(t, disk{}, text)
		if len(got.Config.Sources) != 1 {
			t.Errorf("%s: %d sources: %s", c.name, len(got.Config.Sources), lines(got.Notes))
			continue
		}
		if s := got.Config.Sources[0]; strings.Join(s.Kinds, " ") != c.kinds || s.Trusted != c.trusted {
			t.Errorf("%s: %v trusted %t, want %s %t", c.name, s.Kinds, s.Trusted, c.kinds, c.trusted)
		}
	}
}

func TestALocationThatMayBringNothingIsLeftOut(t *testing.T) {
	t.Parallel()
	got := convert(t, disk{}, "catalog: {rules: [], locations: [{type: url, target: 'https://github.com/a/b/blob/main/x.yaml'}]}")
	if !got.Empty() || !noted(got, "catalog.locations[0]", "no kind at all") {
		t.Errorf("got %+v %s", got.Config, lines(got.Notes))
	}
}

func TestLocationsOfOnePlaceAreOneSource(t *testing.T) {
	t.Parallel()
	got := convert(t, disk{}, `catalog:
  rules: [{allow: [Component]}]
  locations:
    - {type: url, target: 'https://github.com/a/b/blob/main/x.yaml'}
    - {type: url, target: 'https://github.com/a/b/blob/main/y.yaml'}
    - {type: url, target: 'https://github.com/a/b/blob/main/x.yaml'}
    - {type: url, target: 'https://github.com/a/b/blob/dev/x.yaml'}
    - {type: url, target: 'https://github.com/a/b/blob/main/org.yaml', rules: [{allow: [User]}]}
    - {type: url, target: 'https://github.com/c/b/blob/main/x.yaml'}
    - {type: url, target: 'https://github.com/c/b'}
`)
	want := []Source{
		{Name: "b", Git: "https://github.com/a/b.git", Branch: "main", Paths: []string{"x.yaml", "y.yaml"}, Kinds: []string{"Component"}},
		{Name: "b-2", Git: "https://github.com/a/b.git", Branch: "dev", Paths: []string{"x.yaml"}, Kinds: []string{"Component"}},
		{Name: "b-3", Git: "https://github.com/a/b.git", Branch: "main", Paths: []string{"org.yaml"}, Trusted: true, Kinds: []string{"Component", "User"}},
		{Name: "b-4", Git: "https://github.com/c/b.git", Branch: "main", Paths: []string{"x.yaml"}, Kinds: []string{"Component"}},
		{Name: "b-5", Git: "https://github.com/c/b.git", Kinds: []string{"Component"}},
	}
	for i := range got.Config.Sources {
		got.Config.Sources[i].from = nil
	}
	if diff := cmp.Diff(want, got.Config.Sources, cmp.AllowUnexported(Source{})); diff != "" {
		t.Error(diff)
	}
}

func TestFileLocations(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, target, there, folder, path string }{
		{"from packages/backend", "../../examples/a.yaml", "/srv/portal/examples/a.yaml", "/srv/portal", "examples/a.yaml"},
		{"from the root", "./examples/a.yaml", "/srv/portal/examples/a.yaml", "/srv/portal", "examples/a.yaml"},
		{"within packages/backend", "./a.yaml", "/srv/portal/packages/backend/a.yaml", "/srv/portal", "packages/backend/a.yaml"},
		{"glob", "../../examples/**/*.yaml", "/srv/portal/examples/x/a.yaml", "/srv/portal", "examples/**/*.yaml"},
		{"beside the root", "../catalog/a.yaml", "/srv/catalog/a.yaml", "/srv/catalog", "a.yaml"},
		{"absolute", "/opt/catalog/a.yaml", "/opt/catalog/a.yaml", "/opt/catalog", "a.yaml"},
		{"nowhere", "../../examples/b.yaml", "/srv/portal/examples/a.yaml", "", ""},
	} {
		got := convert(t, disk{}.with(c.there, ""), "catalog: {locations: [{type: file, target: '"+c.target+"'}]}")
		if c.folder == "" {
			if !got.Empty() || !noted(got, "catalog.locations[0]", "neither") {
				t.Errorf("%s: %+v", c.name, got.Config)
			}
			continue
		}
		if len(got.Config.Sources) != 1 || got.Config.Sources[0].Folder != c.folder || strings.Join(got.Config.Sources[0].Paths, " ") != c.path {
			t.Errorf("%s: %+v %s", c.name, got.Config, lines(got.Notes))
		}
		if told := noted(got, "catalog.locations", "backend was started"); told == (c.name == "absolute") {
			t.Errorf("%s: told of the folder: %t", c.name, told)
		}
	}
}

func TestLocationsThatCannotBeSources(t *testing.T) {
	t.Parallel()
	for text, words := range map[string]string{
		"{type: url, target: 'https://files.acme.com/x.yaml'}":                       "which forge",
		"{type: url, target: 'https://bot:hunter2@github.com/a/b/blob/main/x.yaml'}": "a login",
		"{type: github-discovery, target: 'https://github.com/a'}":                   "of the type github-discovery",
		"{type: url, target: 'https://github.com/a/b/blob/main/[x'}":                 "path cannot be written",
		"{type: url, target: 'https://github.com/a/b/blob/-x/y.yaml'}":               "branch",
		"{type: url}":              "needs a type and a target",
		"{target: x}":              "needs a type and a target",
		"{type: [url], target: x}": "",
	} {
		got := convert(t, disk{}, "catalog: {locations: ["+text+"]}")
		if !got.Empty() || !strings.Contains(lines(got.Notes), words) || !strings.Contains(lines(got.Notes), "catalog.locations[0]") {
			t.Errorf("%s: %+v %s", text, got.Config, lines(got.Notes))
		}
		if strings.Contains(lines(got.Notes), "hunter2") {
			t.Errorf("%s: the password is shown", text)
		}
	}
}

func TestProvidersWithExactNamesBecomeSources(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"github: {organization: acme, filters: {repository: shop}}":                                                "https://github.com/acme/shop.git@:catalog-info.yaml",
		"github: {a: {organization: acme, catalogPath: /x/*.yaml, filters: {repository: '^(a|b)$', branch: dev}}}": "https://github.com/acme/a.git@dev:x/*.yaml https://github.com/acme/b.git@dev:x/*.yaml",
		"github: {a: {organization: acme, host: ghe.acme.com, filters: {repository: 'my\\.repo'}}}":                "https://ghe.acme.com/acme/my.repo.git@:catalog-info.yaml",
		"github: {a: {organization: acme}}":                                                                        "",
		"github: {a: {organization: acme, filters: {repository: 'shop-.*'}}}":                                      "",
		"github: {a: {organization: acme, filters: {repository: '^a|b$'}}}":                                        "",
		"github: {a: {organization: acme, filters: {repository: '${R}'}}}":                                         "",
		"github: {a: {organization: 'a/../b c', filters: {repository: a}}}":                                        "",
		"github: {a: {filters: {repository: a}}}":                                                                  "",
		"github: {a: text}": "",
		"gitlab: {a: {host: gitlab.com, group: acme, projectPattern: '^acme/shop$'}}":                            "https://gitlab.com/acme/shop.git@:catalog-info.yaml",
		"gitlab: {a: {host: git.acme.com, branch: main, entityFilename: c.yaml, projectPattern: '^(a/b|a/c)$'}}": "https://git.acme.com/a/b.git@main:c.yaml https://git.acme.com/a/c.git@main:c.yaml",
		"gitlab: {host: gitlab.com, projectPattern: '^acme/shop$'}":                                              "https://gitlab.com/acme/shop.git@:catalog-info.yaml",
		"gitlab: {a: {host: gitlab.com, group: other, projectPattern: '^acme/shop$'}}":                           "",
		"gitlab: {a: {host: gitlab.com, projectPattern: 'acme/shop'}}":                                           "",
		"gitlab: {a: {host: gitlab.com, projectPattern: '^shop$'}}":                                              "",
		"gitlab: {a: {host: gitlab.com}}":                                                                        "",
	} {
		got := convert(t, disk{}, "catalog: {providers: {"+text+"}}")
		var have []string
		for _, s := range got.Config.Sources {
			have = append(have, s.Git+"@"+s.Branch+":"+strings.Join(s.Paths, ","))
		}
		if strings.Join(have, " ") != want {
			t.Errorf("%s: %v, want %s", text, have, want)
		}
		if want == "" && !strings.Contains(lines(got.Notes), "there is no discovery") {
			t.Errorf("%s: no note: %s", text, lines(got.Notes))
		}
	}
}

func TestProvidersAndProcessorsThatAreLostAreNoted(t *testing.T) {
	t.Parallel()
	for name, words := range map[string]string{
		"githubOrg": "users and groups", "ldapOrg": "users and groups", "microsoftGraphOrg": "users and groups",
		"keycloakOrg": "users and groups", "someOtherOrg": "users and groups",
		"bitbucketCloud": "no discovery", "azureDevOps": "no discovery", "gerrit": "no discovery", "gitea": "no discovery",
		"awsS3": "storage buckets", "kubernetes": "live systems", "madeUp": "no such provider",
	} {
		got := convert(t, disk{}, "catalog:\n  providers:\n    "+name+": {a: {b: c}}\n  processors:\n    "+name+": {a: 1}\n    empty:\n")
		if !noted(got, "catalog.providers."+name, words) || !noted(got, "catalog.processors."+name, words) || len(got.Notes) != 2 {
			t.Errorf("%s: %s", name, lines(got.Notes))
		}
	}
	got := convert(t, disk{}, "catalog: {providers: {gitlab: {a: {host: gitlab.com, orgEnabled: true}}}}")
	if !noted(got, "catalog.providers.gitlab.a.orgEnabled", "users and groups") {
		t.Errorf("no note on the people: %s", lines(got.Notes))
	}
}

func TestTheProcessingIntervalBecomesTheIntervalOfTheSync(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{minutes: 30}": "30m", "{hours: 1, minutes: 30}": "1h30m", "PT30M": "30m", "PT1H30M5S": "1h30m5s", "P1D": "24h",
		"30m": "30m", "90 seconds": "1m30s", "2 hours": "2h", "{hours: 48}": "24h", "{milliseconds: 10}": "1s", "{seconds: 1.4}": "1s",
		"false": "24h", "'${I:-PT5M}'": "5m",
		"P": "", "{fortnights: 2}": "", "soon": "", "[1]": "", "'${I}'": "", "{minutes: -1}": "", "{minutes: 1e9}": "", "0m": "",
	} {
		got := convert(t, disk{}, "catalog:\n  processingInterval: "+text+"\n")
		have := ""
		if got.Config.Sync != nil {
			have = got.Config.Sync.Interval
		}
		if have != want {
			t.Errorf("%s: %q, want %q", text, have, want)
		}
		if want == "" && !noted(got, "catalog.processingInterval", "by hand") {
			t.Errorf("%s: no note: %s", text, lines(got.Notes))
		}
		if want != "" {
			if d, err := time.ParseDuration(want); err != nil || d != feedBack(t, got).Sync.Interval {
				t.Errorf("%s: it was loaded as %s", text, feedBack(t, got).Sync.Interval)
			}
		}
	}
}

func TestGroupsWithoutEquivalentHaveOneNoteEach(t *testing.T) {
	t.Parallel()
	names := []string{"app", "backend", "auth", "permission", "techdocs", "scaffolder", "kubernetes", "proxy", "search", "events", "costInsights", "somePlugin"}
	text := ""
	for _, name := range names {
		text += name + ": {a: {b: [1, 2]}, c: d}\n"
	}
	got := convert(t, disk{}, text)
	var have []string
	for _, n := range got.Notes {
		have = append(have, n.Key)
	}
	if diff := cmp.Diff(names, have); diff != "" {
		t.Error(diff)
	}
	got = convert(t, disk{}, "catalog: {import: {a: 1}, orphanStrategy: keep, stitchingStrategy: {mode: deferred}, readonly: true, other: 1}")
	if len(got.Notes) != 5 || !noted(got, "catalog.other", "such a setting") {
		t.Errorf("got %s", lines(got.Notes))
	}
}

func TestListsOfAnySizeEndSoon(t *testing.T) {
	t.Parallel()
	text := "catalog:\n  rules:\n" + strings.Repeat("    - allow: [Component]\n", maxRules+1) +
		"  locations:\n" + strings.Repeat("    - {type: url, target: 'https://github.com/a/b/blob/main/x.yaml'}\n", maxLocations+1)
	got := convert(t, disk{}, text)
	if len(got.Config.Sources) != 1 || !noted(got, "catalog.rules", "more than 200 items") || !noted(got, "catalog.locations", "more than 5000 items") {
		t.Errorf("%d sources: %s", len(got.Config.Sources), lines(got.Notes))
	}
	if text, err := got.YAML(); err != nil || !strings.Contains(string(text), "and 4988 more") {
		t.Errorf("the comment lists every place: %v\n%s", err, text)
	}
}

func TestOneSourceHoldsAtMostAThousandPaths(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("catalog:\n  locations:\n")
	for i := range maxPaths + 1 {
		fmt.Fprintf(&b, "    - {type: url, target: 'https://github.com/a/b/blob/main/%d.yaml'}\n", i)
	}
	got := convert(t, disk{}, b.String())
	if s := got.Config.Sources; len(s) != 2 || len(s[0].Paths) != maxPaths || len(s[1].Paths) != 1 {
		t.Errorf("%d sources", len(s))
	}
}

func FuzzConvert(f *testing.F) {
	f.Add("organization: {name: Acme}\ncatalog: {locations: [{type: url, target: 'https://github.com/a/b/blob/main/x'}]}", "catalog:\n")
	f.Add("integrations: {github: [{host: h, token: '${T:-x}'}], azure: [{credentials: [{personalAccessToken: {$file: x}}]}]}", "a: {$include: app-config.yaml#a.b}")
	f.Add("catalog: {rules: [{allow: [{kind: A}], locations: [{type: url, pattern: '**'}]}], providers: {github: {organization: o, filters: {repository: '^(a|b)$'}}}}", "{}")
	f.Add("catalog: {processingInterval: {minutes: 3}, locations: [{type: file, target: ../../x/*.yaml, rules: [{allow: [User]}]}]}", "app: {title: '\\x1b[1m'}")
	f.Add("catalog: {locations: [{type: url, target: 'https://dev.azure.com/o/p/_git/r?path=/x&version=GBy'}], providers: {gitlab: {a: {projectPattern: ^a/b$}}}}", "- a")
	f.Fuzz(func(t *testing.T, first, second string) {
		d := disk{}.with("/srv/portal/app-config.yaml", first).with("/srv/portal/second.yaml", second).with("/srv/portal/x/y.yaml", "")
		got, err := Convert(d, []Input{{"app-config.yaml", "/srv/portal/app-config.yaml"}, {"second.yaml", "/srv/portal/second.yaml"}})
		if err == nil {
			feedBack(t, got)
		}
	})
}
