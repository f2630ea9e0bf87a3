package backstage

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/idptui/idptui/internal/config"
	"github.com/idptui/idptui/internal/safe"
)

var update = flag.Bool("update", false, "draw the goldens anew") //nolint:gochecknoglobals // a flag of the test binary

// disk holds files under absolute names.
type disk fstest.MapFS

func (d disk) Stat(name string) (fs.FileInfo, error) {
	return fs.Stat(fstest.MapFS(d), strings.TrimPrefix(name, "/"))
}

func (d disk) ReadFile(name string, limit int64) ([]byte, error) {
	text, err := fs.ReadFile(fstest.MapFS(d), strings.TrimPrefix(name, "/"))
	return text[:min(int64(len(text)), limit)], err
}

func (d disk) with(name, text string) disk {
	d[strings.TrimPrefix(name, "/")] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
	return d
}

// convert reads app-configs that lie in /srv/portal.
func convert(t *testing.T, d disk, texts ...string) *Result {
	t.Helper()
	var inputs []Input
	for i, text := range texts {
		name := []string{"app-config.yaml", "app-config.local.yaml", "third.yaml"}[i]
		d.with("/srv/portal/"+name, text)
		inputs = append(inputs, Input{name, "/srv/portal/" + name})
	}
	got, err := Convert(d, inputs)
	if err != nil {
		t.Fatal(err)
	}
	feedBack(t, got)
	return got
}

// feedBack loads what is printed as a configuration, and gives it.
func feedBack(t *testing.T, r *Result) *config.Config {
	t.Helper()
	text, err := r.YAML()
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(config.Outside{
		Env: func(string) string { return "" }, Dir: "/srv/portal", Files: disk{}.with("/etc/idptui.yaml", string(text)),
	}, config.Flags{Config: "/etc/idptui.yaml", Data: "/data"})
	if err != nil {
		t.Fatalf("the configuration cannot be loaded: %v\n%s", err, text)
	}
	if cfg.Company != r.Config.Company || len(cfg.Sources) != len(r.Config.Sources) {
		t.Fatalf("it was loaded as something else: %+v\n%s", cfg, text)
	}
	for i, s := range cfg.Sources {
		want := r.Config.Sources[i]
		if s.Repository != want.Git || s.Folder != want.Folder || s.Branch != want.Branch || s.Trusted != want.Trusted ||
			cmp.Diff(s.Paths, want.Paths) != "" || cmp.Diff(s.Kinds, want.Kinds) != "" {
			t.Fatalf("the source %+v was loaded as %+v", want, s)
		}
	}
	for _, n := range r.Notes {
		if line := n.String(); safe.Suspect(line) || strings.Contains(line, "\n") || n.Why == "" || n.Key == "" {
			t.Fatalf("a note that may not be shown: %q", line)
		}
	}
	return cfg
}

// noted tells whether a note has a key and, in its reason or advice, some words.
func noted(r *Result, key, words string) bool {
	for _, n := range r.Notes {
		if n.Key == key && strings.Contains(n.Why+"; "+n.Instead, words) {
			return true
		}
	}
	return false
}

func lines(notes []Note) string {
	var b strings.Builder
	for _, n := range notes {
		b.WriteString(n.String() + "\n")
	}
	return b.String()
}

func TestWholeAppConfigs(t *testing.T) {
	t.Parallel()
	for name, files := range map[string][]string{
		"github": {"app-config.yaml", "app-config.production.yaml"},
		"gitlab": {"app-config.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := disk{}
			for _, there := range []string{"components.yaml", "apis/press.yaml", "org.yaml"} {
				d.with("/srv/portal/catalog/"+there, "")
			}
			d.with("/srv/portal/packages/backend/package.json", "").with("/etc/portal/extra.yaml", "")
			var inputs []Input
			for _, file := range files {
				text, err := os.ReadFile(filepath.Join("testdata", name, file))
				if err != nil {
					t.Fatal(err)
				}
				d.with("/srv/portal/"+file, string(text))
				inputs = append(inputs, Input{file, "/srv/portal/" + file})
			}
			got, err := Convert(d, inputs)
			if err != nil {
				t.Fatal(err)
			}
			feedBack(t, got)
			text, err := got.YAML()
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name+".yaml", string(text))
			golden(t, name+".notes", lines(got.Notes))
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestTheCompanyIsTheOrganisationElseTheTitle(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"organization: {name: Acme}\napp: {title: Portal}":     "Acme",
		"app: {title: Portal}":                                 "Portal",
		"organization: {name: ''}\napp: {title: Portal}":       "Portal",
		"organization: {name: '${ORG}'}\napp: {title: Portal}": "Portal",
		"organization: {name: '${ORG:-Acme}'}":                 "Acme",
		"organization: {name: 'a $${b} c'}":                    "a ${b} c",
		"organization: {name: {$env: ORG}}":                    "",
		"organization: {name: {$file: org.txt}}":               "",
		"organization: {name: [a]}":                            "",
		"organization: {name: 8x8}":                            "8x8",
		"organization: {name: 42}":                             "42",
		"organization: {name: 0xdeadbeefdeadbeefdeadbeef}":     "0xdeadbeefdeadbeefdeadbeef",
		"organization: {name: 'yes'}":                          "yes",
		"organization: {name: '# not: a comment'}":             "# not: a comment",
		`organization: {name: "a\u001b[31mb"}`:                 "a^[[31mb",
		"organization: " + strings.Repeat("x", 200):            "",
		"organization: {name: " + strings.Repeat("x", 200):     strings.Repeat("x", 100),
	} {
		if strings.HasPrefix(text, "organization: {") && !strings.Contains(text, "}") {
			text += "}"
		}
		if got := convert(t, disk{}, text).Config.Company; got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestAVariableThatIsNotReadIsNoted(t *testing.T) {
	t.Parallel()
	got := convert(t, disk{}, "organization:\n  name: ${ORG:-Acme}\napp:\n  title: ${TITLE}\n")
	if !noted(got, "organization.name", "the variable ORG") {
		t.Errorf("no note on the default: %s", lines(got.Notes))
	}
	got = convert(t, disk{}, "organization:\n  name: ${A} and ${B}\n")
	if !got.Empty() || !noted(got, "organization.name", "the variables A, B") || got.Notes[0].Line != 2 {
		t.Errorf("got %s", lines(got.Notes))
	}
}

func TestLaterFilesAreLaidOverEarlierOnes(t *testing.T) {
	t.Parallel()
	got := convert(
		t, disk{},
		"organization: {name: Acme}\nintegrations:\n  github: [{host: github.com, token: '${A}'}]\n  gitlab: [{host: gitlab.com, token: '${B}'}]\n",
		"integrations:\n  github: [{host: ghe.acme.com, token: '${C}'}]\n",
		"organization: {name: Acme Inc}\n",
	)
	want := []Host{{Host: "ghe.acme.com", Forge: "github", Secret: "env:C"}, {Host: "gitlab.com", Secret: "env:B"}}
	if diff := cmp.Diff(want, got.Config.Git.Hosts, cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".from" }, cmp.Ignore())); diff != "" {
		t.Error(diff)
	}
	if got.Config.Company != "Acme Inc" {
		t.Errorf("company %q", got.Config.Company)
	}
}

func TestAnEmptyKeyThatHidesAnEarlierFileIsNoted(t *testing.T) {
	t.Parallel()
	got := convert(t, disk{}, "organization: {name: Acme}\n", "\norganization:\n")
	if !got.Empty() || !noted(got, "organization", "hides") || got.Notes[0].File != "app-config.local.yaml" || got.Notes[0].Line != 2 {
		t.Errorf("got %+v %s", got.Config, lines(got.Notes))
	}
}

func TestIncludesAreFollowed(t *testing.T) {
	t.Parallel()
	d := disk{}.with("/srv/portal/parts/all.yaml", "deep:\n  hosts:\n    - {host: github.com, token: {$file: token.txt}}\n").
		with("/srv/portal/org.json", `{"name": "Acme"}`)
	got := convert(t, d, "organization: {$include: org.json}\nintegrations:\n  github:\n    $include: parts/all.yaml#deep.hosts\n  gitlab:\n    $include: nowhere.yaml\n")
	if got.Config.Company != "Acme" || got.Config.Git.Hosts[0].Secret != "file:/srv/portal/parts/token.txt" {
		t.Errorf("got %+v", got.Config)
	}
	if !noted(got, "$include", "not followed") {
		t.Errorf("no note: %s", lines(got.Notes))
	}
	if text, _ := got.YAML(); !strings.Contains(string(text), "From parts/all.yaml:3") {
		t.Errorf("the comment does not name the included file:\n%s", text)
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"no YAML":         {"a: [", "it is no YAML"},
		"a list":          {"- a", "no group of keys"},
		"two documents":   {"a: 1\n---\nb: 2\n", "more than one document"},
		"too big":         {"a: " + strings.Repeat("x", maxFileBytes), "over 1024 KiB"},
		"too deep":        {strings.Repeat("[", 2*maxDepth) + strings.Repeat("]", 2*maxDepth), "too many values, or too deeply nested"},
		"alias bomb":      {bomb(), "too many values"},
		"alias of self":   {"a: &a [*a]\n", "too deeply nested"},
		"include of self": {"a: {$include: app-config.yaml}\n", "too deeply nested"},
	} {
		_, err := Convert(disk{}.with("/srv/app-config.yaml", c.text), []Input{{"app-config.yaml", "/srv/app-config.yaml"}})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "app-config.yaml cannot be read: ") {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	if _, err := Convert(disk{}, []Input{{"x.yaml", "/x.yaml"}}); err == nil || !strings.Contains(err.Error(), "x.yaml cannot be read: file does not exist") {
		t.Errorf("a file that is not there: %v", err)
	}
}

// bomb is a text whose aliases stand for a billion values.
func bomb() string {
	text := "a0: &a0 [x]\n"
	for i := 1; i < 10; i++ {
		prev := string(rune('0' + i - 1))
		text += "a" + string(rune('0'+i)) + ": &a" + string(rune('0'+i)) + " [" + strings.TrimSuffix(strings.Repeat("*a"+prev+",", 10), ",") + "]\n"
	}
	return text
}

func TestEmptyFilesGiveNothing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "# only this\n", "---\n", "null\n", "{}", "app:\nbackend: {}\nscaffolder:\n"} {
		if got := convert(t, disk{}, text); !got.Empty() || len(got.Notes) > 0 {
			t.Errorf("%q: %+v %s", text, got.Config, lines(got.Notes))
		}
	}
}

func TestNotesStandInTheOrderOfTheFiles(t *testing.T) {
	t.Parallel()
	got := convert(t, disk{}, "techdocs: {a: 1}\nauth: {a: 1}\n", "proxy: {a: 1}\nsomething: {a: 1}\n")
	want := []string{"app-config.yaml:1 techdocs", "app-config.yaml:2 auth", "app-config.local.yaml:1 proxy", "app-config.local.yaml:2 something"}
	var have []string
	for _, n := range got.Notes {
		have = append(have, strings.Split(n.String(), ": ")[0]+" "+n.Key)
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Error(diff)
	}
}
