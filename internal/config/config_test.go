package config

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// mapFiles is a disk in memory; its names are absolute.
type mapFiles struct{ fstest.MapFS }

func (m mapFiles) ReadFile(name string, limit int64) ([]byte, error) {
	text, err := m.MapFS.ReadFile(strings.TrimPrefix(name, "/"))
	return text[:min(int64(len(text)), limit)], err
}

func (m mapFiles) Stat(name string) (fs.FileInfo, error) {
	return m.MapFS.Stat(strings.TrimPrefix(name, "/"))
}

// outside is a machine with HOME=/home/a, some variables and files.
func outside(env map[string]string, files map[string]string) Outside {
	m := fstest.MapFS{}
	for name, text := range files {
		m[strings.TrimPrefix(name, "/")] = &fstest.MapFile{Data: []byte(text)}
	}
	return Outside{
		Env: func(name string) string {
			if v, ok := env[name]; ok {
				return v
			}
			if name == "HOME" {
				return "/home/a"
			}
			return ""
		},
		Dir:   "/some dir",
		Files: mapFiles{m},
	}
}

// load reads one text as /etc/idptui.yaml.
func load(text string) (*Config, error) {
	return Load(outside(nil, map[string]string{"/etc/idptui.yaml": text}), Flags{Config: "/etc/idptui.yaml"})
}

func ignorePlaces() cmp.Option { return cmpopts.IgnoreUnexported(Config{}) }

func TestLoadReadsEveryKey(t *testing.T) {
	t.Parallel()
	got, err := load(`company: acme
user: Alice
data: data
apiGroups: [backstage.io, "*.acme.com"]
sources:
  - name: shop
    folder: ../catalog
    paths: ["**/catalog-info.yaml", "org/**"]
    trusted: true
    kinds: [Component, API]
  - {name: home, folder: ~/src}
views: [{name: My services, query: "kind:component owner:me", sort: -name, columns: [name, owner]}]
keys: {open: [enter, l]}
ui: {theme: dark, ascii: true, mouse: false}
sync: {interval: 1m30s}
`)
	if err != nil {
		t.Fatal(err)
	}
	want := &Config{
		File: "/etc/idptui.yaml", Data: "/etc/data", Company: "acme", User: "user:default/alice",
		APIGroups: []string{"backstage.io", "*.acme.com"},
		Sources: []Source{
			{Name: "shop", Folder: "/catalog", Paths: []string{"**/catalog-info.yaml", "org/**"}, Trusted: true, Kinds: []string{"Component", "API"}},
			{Name: "home", Folder: "/home/a/src"},
		},
		Views: []View{{Name: "My services", Query: "kind:component owner:me", Sort: "-name", Columns: []string{"name", "owner"}}},
		Keys:  map[string][]string{"open": {"enter", "l"}},
		UI:    UI{Theme: ThemeDark, ASCII: true},
		Sync:  Sync{Interval: 90 * time.Second},
	}
	if diff := cmp.Diff(want, got, ignorePlaces()); diff != "" {
		t.Error(diff)
	}
}

func TestLoadOfSilentFilesGivesTheDefaults(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "# nothing\n", "---\n", "~\n", "{}\n", "sync: {}\nui: {}\nsources: []\n"} {
		got, err := load(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		want := &Config{
			File: "/etc/idptui.yaml", Data: "/home/a/.local/share/idptui",
			UI: UI{Theme: ThemeAuto, Mouse: true}, Sync: Sync{Interval: time.Minute},
		}
		if diff := cmp.Diff(want, got, ignorePlaces(), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestErrorsSayFileLineColumnKeyAndWhatIsAllowed(t *testing.T) {
	t.Parallel()
	const at = "/etc/idptui.yaml:"
	const topKeys = "allowed here: company, user, data, apiGroups, sources, git, views, keys, ui, sync"
	tests := []struct{ name, text, want string }{
		{"unknown key, near one", "compny: x\n", at + "1:1: compny: there is no such key; did you mean company? " + topKeys},
		{"unknown key, far from all", "zzzzzz: x\n", at + "1:1: zzzzzz: there is no such key; " + topKeys},
		{"key in another style", "api_groups: [x]\n", at + "1:1: api_groups: there is no such key; did you mean apiGroups? " + topKeys},
		{"unknown key inside a list", "sources:\n  - name: a\n    foldr: b\n    folder: c\n", at + "3:5: sources[0].foldr: there is no such key; did you mean folder? allowed here: name, folder, git, branch, paths, trusted, kinds"},
		{"merge key", "<<: {company: x}\n", at + "1:1: <<: there is no such key; " + topKeys},
		{"key that is a list", "? [a]\n: b\n", at + "1:3: there is no such key; " + topKeys},
		{"duplicate key", "company: a\nui: {}\ncompany: b\n", at + "3:1: company: this key stands in line 1 already; keep one of them"},
		{"missing key", "sources:\n  - name: a\n", at + "2:5: sources[0]: must have one of the keys folder, git, and no more"},
		{"root is a list", "- a\n", at + "1:1: must be a group of keys, not a list"},
		{"text where a list goes", "sources: shop\n", at + "1:10: sources: must be a list, not \"shop\""},
		{"nothing where a list goes", "sources:\n", at + "1:9: sources: must be a list, not nothing"},
		{"list where a text goes", "company: [a]\n", at + "1:10: company: must be a text on one line without control characters, not a list"},
		{"number where a text goes", "company: 014\n", at + "1:10: company: must be a text on one line without control characters, not 014; put it in quotes: \"014\""},
		{"boolean where a text goes", "company: true\n", at + "1:10: company: must be a text on one line without control characters, not true; put it in quotes: \"true\""},
		{"yes is a text", "ui: {ascii: yes}\n", at + "1:13: ui.ascii: must be true or false, not \"yes\""},
		{"quoted true is a text", "ui: {ascii: \"true\"}\n", at + "1:13: ui.ascii: must be true or false, not \"true\""},
		{"tagged value", "ui: {ascii: !!str true}\n", at + "1:13: ui.ascii: must be true or false, not \"true\""},
		{"choice", "ui: {theme: drak}\n", at + "1:13: ui.theme: must be auto, dark, light, high-contrast or colour-blind, not \"drak\"; did you mean dark?"},
		{"choice, far from all", "ui: {theme: solarized}\n", at + "1:13: ui.theme: must be auto, dark, light, high-contrast or colour-blind, not \"solarized\""},
		{"source name", "sources: [{name: My Shop, folder: x}]\n", at + "1:18: sources[0].name: must be 1 to 63 lower-case letters, digits and inner hyphens, not \"My Shop\""},
		{"two sources of a name", "sources:\n- {name: a, folder: x}\n- {name: a, folder: y}\n", at + "3:4: sources[1].name: \"a\" is the name of sources[0] already; give each source its own"},
		{"query that cannot be read", "views: [{name: a, query: 'kind:api ownr:me'}]\n", at + "1:19: views[0].query: cannot be read at its character 10: there is no field \"ownr\"; did you mean owner:? To search for the text, put it in quotes"},
		{"sort by nothing known", "views: [{name: a, query: a, sort: nme}]\n", at + "1:29: views[0].sort: lists cannot be sorted by \"nme\"; did you mean name?"},
		{"two views of a name", "views:\n- {name: Mine, query: a}\n- {name: mine, query: b}\n", at + "3:4: views[1].name: \"mine\" is the name of views[0] already; give each view its own"},
		{"absolute glob", "sources: [{name: a, folder: x, paths: [/etc/**]}]\n", at + "1:40: sources[0].paths[0]: \"/etc/**\" is an absolute path; write it relative to the source"},
		{"glob that leads out", "sources: [{name: a, folder: x, paths: [y/../../z]}]\n", at + "1:40: sources[0].paths[0]: \"y/../../z\" leads out of the source's folder; name a higher folder as the source"},
		{"broken glob", "sources: [{name: a, folder: x, paths: ['a{b']}]\n", at + "1:40: sources[0].paths[0]: \"a{b\" is no glob; close every [ and {, or put a \\ before a literal one"},
		{"kind", "sources: [{name: a, folder: x, kinds: [a b]}]\n", at + "1:40: sources[0].kinds[0]: must be a kind such as Component, not \"a b\""},
		{"API group", "apiGroups: [Backstage.io]\n", at + "1:13: apiGroups[0]: must be a DNS name in lower case, with *. before it for every group below, not \"Backstage.io\""},
		{"user of another kind", "user: group:ops\n", at + "1:1: user: must name a User, not a group; write it as user:NAME"},
		{"user that is no reference", "user: 'user:'\n", at + "1:1: user: reference \"user:\" has no name; write [kind:][namespace/]name"},
		{"interval in no unit", "sync: {interval: 60}\n", at + "1:18: sync.interval: must be a time such as 60s, 5m or 1h30m, not 60; write it with its unit: 60s"},
		{"quoted interval in no unit", "sync: {interval: \"5\"}\n", at + "1:18: sync.interval: must be a time such as 60s, 5m or 1h30m, not \"5\"; write it with its unit: 5s"},
		{"interval of a fraction", "sync: {interval: 1.5}\n", at + "1:18: sync.interval: must be a time such as 60s, 5m or 1h30m, not 1.5"},
		{"interval in words", "sync: {interval: often}\n", at + "1:18: sync.interval: must be a time such as 60s, 5m or 1h30m, not \"often\""},
		{"interval too short", "sync: {interval: 0s}\n", at + "1:8: sync.interval: must be from 1s to 24h, not 0s"},
		{"interval beyond all bounds", "sync: {interval: 999999h999999h999999h999999h}\n", at + "1:18: sync.interval: is 28 characters long; at most 24 are read"},
		{"action with a space", "keys: {open it: [a]}\n", at + "1:8: keys.open it: must be the name of an action, not \"open it\""},
		{"escape sequence", "company: \"a\\e[31m\"\n", at + "1:10: company: must be a text on one line without control characters, not \"a\\x1b[31m\""},
		{"text that turns around", "company: \"a\\u202Eb\"\n", at + "1:10: company: holds text that hides or disguises itself: a‹U+202E›b; remove the characters that do not show"},
		{"long text", "company: " + strings.Repeat("x", 101) + "\n", at + "1:10: company: is 101 characters long; at most 100 are read"},
		{"long list", "keys: {open: [" + strings.Repeat("a, ", 11) + "]}\n", at + "1:14: keys.open: has 11 items; at most 10 are read"},
		{"alias", "company: &a x\nuser: *a\n", at + "1:10: company: anchors and aliases are not read here; write the value out\n" + at + "2:7: user: anchors and aliases are not read here; write the value out"},
		{"two documents", "company: a\n---\ncompany: b\n", at + "2:1: the file holds more than one document; keep one document and remove the --- line"},
		{"no YAML", "company: a\nui: {\n", at + "2: this is no YAML: did not find expected node content"},
		{"every fault at once", "compny: x\nui: {ascii: 1}\n", at + "1:1: compny: there is no such key; did you mean company? " + topKeys + "\n" + at + "2:13: ui.ascii: must be true or false, not 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := load(tt.text)
			var typed *Error
			if !errors.As(err, &typed) {
				t.Fatalf("got %v, want an *Error", err)
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFlagBeatsEnvironmentBeatsFileBeatsDefault(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"/flag.yaml": "company: flag\ndata: from-file\n", "/env.yaml": "company: env\n",
		"/home/a/.config/idptui/config.yaml": "company: home\n", "/xdg/idptui/config.yaml": "company: xdg\n",
		"/some dir/here.yaml": "company: here\n",
	}
	tests := []struct {
		name          string
		env           map[string]string
		flags         Flags
		company, data string
	}{
		{"home", nil, Flags{}, "home", "/home/a/.local/share/idptui"},
		{"xdg", map[string]string{"XDG_CONFIG_HOME": "/xdg", "XDG_DATA_HOME": "/xdgdata"}, Flags{}, "xdg", "/xdgdata/idptui"},
		{"relative xdg is ignored", map[string]string{"XDG_CONFIG_HOME": "xdg", "XDG_DATA_HOME": "x"}, Flags{}, "home", "/home/a/.local/share/idptui"},
		{"environment", map[string]string{"IDPTUI_CONFIG": "/env.yaml", "IDPTUI_DATA": "/envdata"}, Flags{}, "env", "/envdata"},
		{"flag", map[string]string{"IDPTUI_CONFIG": "/env.yaml"}, Flags{Config: "/flag.yaml"}, "flag", "/from-file"},
		{"environment's data beats the file's", map[string]string{"IDPTUI_DATA": "/envdata"}, Flags{Config: "/flag.yaml"}, "flag", "/envdata"},
		{"flag's data beats all", map[string]string{"IDPTUI_DATA": "/envdata"}, Flags{Config: "/flag.yaml", Data: "d"}, "flag", "/some dir/d"},
		{"relative flag", nil, Flags{Config: "here.yaml"}, "here", "/home/a/.local/share/idptui"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cfg, err := Load(outside(tt.env, files), tt.flags)
			if err != nil {
				t.Fatal(err)
			}
			if cfg.Company != tt.company || cfg.Data != tt.data {
				t.Errorf("company %q, data %q; want %q, %q", cfg.Company, cfg.Data, tt.company, tt.data)
			}
		})
	}
}

func TestWholeFileFaults(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("#", maxFileBytes+1)
	tests := []struct {
		name  string
		out   Outside
		flags Flags
		want  string
	}{
		{"asked for and not there", outside(nil, nil), Flags{Config: "/no.yaml"}, "/no.yaml: this configuration file does not exist; create it, or leave out --config and IDPTUI_CONFIG"},
		{"asked for by the environment", outside(map[string]string{"IDPTUI_CONFIG": "no.yaml"}, nil), Flags{}, "/some dir/no.yaml: this configuration file does not exist; create it, or leave out --config and IDPTUI_CONFIG"},
		{"a folder", outside(nil, map[string]string{"/d/x": ""}), Flags{Config: "/d"}, "/d: this configuration file cannot be read: it is a folder"},
		{"too big", outside(nil, map[string]string{"/big.yaml": big}), Flags{Config: "/big.yaml"}, "/big.yaml: this configuration file cannot be read: it is over 1024 KiB"},
		{"no home", outside(map[string]string{"HOME": ""}, nil), Flags{}, "there is no place for the data, as neither HOME nor XDG_DATA_HOME is set; say where with --data DIR or IDPTUI_DATA"},
		{"catalog not there", outside(nil, nil), Flags{Catalogs: []string{"nope"}}, `--catalog "nope" cannot be read: file does not exist; name a folder, a descriptor file or a git URL`},
		{"catalog is empty", outside(nil, nil), Flags{Catalogs: []string{""}}, "--catalog has nothing in it; name a folder, a descriptor file or a git URL"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Load(tt.out, tt.flags)
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCatalogFlagsAddTrustedSourcesWithUniqueNames(t *testing.T) {
	t.Parallel()
	out := outside(nil, map[string]string{
		"/etc/idptui.yaml": "sources: [{name: shop, folder: /cfg/shop}]\n", "/cfg/shop/a.yaml": "",
		"/a/Shop/x.yaml": "", "/b/shop/all.yaml": "", "/some dir/Mü Ä..b/x": "", "/some dir/---/x": "", "/a/" + strings.Repeat("n", 70) + "/x": "",
	})
	cfg, err := Load(out, Flags{Config: "/etc/idptui.yaml", Catalogs: []string{
		"/a/Shop", "/b/shop/all.yaml", "Mü Ä..b", "./---", "/a/Shop/", "/cfg/shop", "/a/" + strings.Repeat("n", 70),
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := []Source{
		{Name: "shop", Folder: "/cfg/shop", Trusted: true}, // named again by a flag, so it is trusted now
		{Name: "shop-2", Folder: "/a/Shop", Trusted: true, Given: true},
		{Name: "shop-3", Folder: "/b/shop", Paths: []string{"all.yaml"}, Trusted: true, Given: true},
		{Name: "m-b", Folder: "/some dir/Mü Ä..b", Trusted: true, Given: true},
		{Name: "catalog", Folder: "/some dir/---", Trusted: true, Given: true},
		{Name: strings.Repeat("n", 50), Folder: "/a/" + strings.Repeat("n", 70), Trusted: true, Given: true},
	}
	if diff := cmp.Diff(want, cfg.Sources); diff != "" {
		t.Error(diff)
	}
	for _, s := range cfg.Sources {
		if !namePattern.MatchString(s.Name) {
			t.Errorf("%q is no source name", s.Name)
		}
	}
}

func TestRememberedSourcesKeepTheirNameAndNeedNotExist(t *testing.T) {
	t.Parallel()
	out := outside(nil, map[string]string{"/b/shop/all.yaml": ""})
	cfg, err := Load(out, Flags{Catalogs: []string{"/b/shop"}})
	if err != nil {
		t.Fatal(err)
	}
	cfg.AddRemembered(out, "/gone/old", "older-name")
	cfg.AddRemembered(out, "/b/shop/all.yaml", "one-file")
	cfg.AddRemembered(out, "/b/shop", "again")
	want := []Source{
		{Name: "shop", Folder: "/b/shop", Trusted: true, Given: true},
		{Name: "older-name", Folder: "/gone/old", Trusted: true, Given: true},
		{Name: "one-file", Folder: "/b/shop", Paths: []string{"all.yaml"}, Trusted: true, Given: true},
	}
	if diff := cmp.Diff(want, cfg.Sources); diff != "" {
		t.Error(diff)
	}
}

func TestProblemStandsAtTheKeyOrTheClosestAboveIt(t *testing.T) {
	t.Parallel()
	cfg, err := load("views:\n  - name: a\n    query: b\nkeys:\n  open: [x]\n")
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"keys.open": "/etc/idptui.yaml:5:3", "keys.open[0]": "/etc/idptui.yaml:5:10", "keys.gone": "/etc/idptui.yaml:4:1",
		"views[0].query": "/etc/idptui.yaml:3:5", "views[0].columns[2]": "/etc/idptui.yaml:2:5", "ui.theme": "/etc/idptui.yaml",
	} {
		if got := cfg.Problem(key, "m", "").Where(); got != want {
			t.Errorf("%s stands at %s, want %s", key, got, want)
		}
	}
}

// diskFiles is the real disk.
type diskFiles struct{}

func (diskFiles) ReadFile(name string, limit int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	return io.ReadAll(io.LimitReader(f, limit))
}
func (diskFiles) Stat(name string) (fs.FileInfo, error) { return os.Stat(name) }

// A device says that it has no bytes, and never ends.
func TestAnEndlessFileIsTooBig(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/zero"); err != nil {
		t.Skip("there is no endless file here")
	}
	_, err := Load(Outside{Env: func(string) string { return "" }, Dir: "/", Files: diskFiles{}}, Flags{Config: "/dev/zero", Data: "/d"})
	if want := "/dev/zero: this configuration file cannot be read: it is over 1024 KiB"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestUnreadableFileSaysWhy(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "c.yaml")
	if err := os.WriteFile(name, []byte("company: x\n"), 0o000); err != nil {
		t.Fatal(err)
	}
	if _, err := os.ReadFile(name); err == nil {
		t.Skip("this user may read every file")
	}
	_, err := Load(Outside{Env: func(string) string { return "" }, Dir: "/", Files: diskFiles{}}, Flags{Config: name, Data: "/d"})
	if want := name + ": this configuration file cannot be read: permission denied"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
