package app

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/idptui/idptui/internal/cli"
)

// machine is a computer with a home and a data directory of its own.
type machine struct {
	dir string
	env map[string]string
}

func newMachine(tb testing.TB) *machine {
	tb.Helper()
	dir := tb.TempDir()
	return &machine{dir, map[string]string{"HOME": filepath.Join(dir, "home"), "IDPTUI_DATA": filepath.Join(dir, "data")}}
}

func (m *machine) io(in string) (sys *cli.IO, out, err *bytes.Buffer) {
	out, err = &bytes.Buffer{}, &bytes.Buffer{}
	return &cli.IO{
		In: strings.NewReader(in), Out: out, Err: err, Dir: m.dir, Files: tempFiles{}, Now: time.Now,
		Env: func(name string) string { return m.env[name] },
	}, out, err
}

// run carries out a command line in the machine's directory.
func (m *machine) run(tb testing.TB, line ...string) (code int, out, err string) {
	tb.Helper()
	sys, o, e := m.io("")
	code = Main(tb.Context(), line, sys)
	return code, o.String(), e.String()
}

// must is run for what has to work.
func (m *machine) must(tb testing.TB, line ...string) string {
	tb.Helper()
	code, out, err := m.run(tb, line...)
	if code != cli.ExitDone {
		tb.Fatalf("%v ended with %d: %s", line, code, err)
	}
	return out
}

func (m *machine) service(tb testing.TB, path, name string) {
	tb.Helper()
	put(tb, filepath.Join(m.dir, path), "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: "+name+
		"}\nspec: {type: service, lifecycle: production, owner: me}\n")
}

func sourceNames(t *testing.T, status string) []string {
	t.Helper()
	var list []cli.Source
	if err := json.Unmarshal([]byte(status), &list); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range list {
		names = append(names, s.Name+" "+filepath.Base(filepath.Dir(s.Location)))
	}
	return names
}

func TestGivenSourcesKeepTheirNames(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.service(t, "a/shop/x.yaml", "x")
	m.service(t, "b/shop/y.yaml", "y")
	m.must(t, "--catalog", "a/shop", "sync")
	m.must(t, "--catalog", "b/shop", "sync")
	m.must(t, "--catalog", "b/shop", "--catalog", "a/shop", "sync")
	got := sourceNames(t, m.must(t, "sync", "status", "-o", "json"))
	if diff := cmp.Diff([]string{"shop a", "shop-2 b"}, got); diff != "" {
		t.Error(diff)
	}
	if out := m.must(t, "catalog", "list", "-o", "name"); out != "component:default/x\ncomponent:default/y\n" {
		t.Error(out)
	}
}

func TestASingleFileIsASource(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.service(t, "shop/x.yaml", "x")
	m.service(t, "shop/y.yaml", "y")
	if out := m.must(t, "--catalog", "shop/x.yaml", "catalog", "list", "-o", "name"); out != "component:default/x\n" {
		t.Error(out)
	}
}

func TestManyRecordsComeInTheOrderAskedFor(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	var docs []string
	for i := range 3 * fewRecords {
		name := string(rune('a'+i%26)) + string(rune('a'+i/26))
		docs = append(docs, "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: "+name+"}\nspec: {type: service, lifecycle: production, owner: me}\n")
	}
	put(t, filepath.Join(m.dir, "shop/all.yaml"), strings.Join(docs, "---\n"))
	m.must(t, "--catalog", "shop", "sync", "--quiet")
	var entities []struct{ Metadata struct{ Name string } }
	if err := json.Unmarshal([]byte(m.must(t, "catalog", "list", "--sort", "-name", "-o", "json")), &entities); err != nil {
		t.Fatal(err)
	}
	if len(entities) != len(docs) {
		t.Fatalf("%d entities of %d", len(entities), len(docs))
	}
	for i := range entities[1:] {
		if entities[i].Metadata.Name < entities[i+1].Metadata.Name {
			t.Fatalf("%s comes before %s", entities[i].Metadata.Name, entities[i+1].Metadata.Name)
		}
	}
}

func TestAHeldDataDirectoryIsExitFive(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.service(t, "shop/x.yaml", "x")
	m.must(t, "--catalog", "shop", "sync")
	for _, name := range []string{"cache.db", "state.db"} {
		f, err := os.OpenFile(filepath.Join(m.dir, "data", name), os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
			t.Fatal(err)
		}
		code, out, complaint := m.run(t, "catalog", "list", "-o", "json")
		if code != cli.ExitBusy || out != "" || !strings.Contains(complaint, `"code":5`) {
			t.Errorf("%s: %d, %q, %q", name, code, out, complaint)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	m.must(t, "catalog", "list")
}

func TestADamagedCacheIsRebuiltByASync(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.service(t, "shop/x.yaml", "x")
	m.must(t, "--catalog", "shop", "sync")
	put(t, filepath.Join(m.dir, "data", "cache.db"), strings.Repeat("no database ", 2000))
	m.must(t, "sync")
	if out := m.must(t, "catalog", "list", "-o", "name"); out != "component:default/x\n" {
		t.Error(out)
	}
}

func TestTheCommandThatFindsTheCacheDamagedSaysSo(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"catalog list", "catalog get x", "search x", "sync status", "sync"} {
		m := newMachine(t)
		m.service(t, "shop/x.yaml", "x")
		m.must(t, "--catalog", "shop", "sync")
		m.service(t, "data/cache.db", "x")
		_, _, notes := m.run(t, strings.Fields(line)...)
		if strings.Count(notes, "cache.db is damaged") != 1 || !strings.Contains(notes, "the next sync reads everything again") {
			t.Errorf("%s: %s", line, notes)
		}
	}
}

func TestWhatIsLeftOutHasItsReason(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.service(t, "shop/x.yaml", "x")
	put(t, filepath.Join(m.dir, "shop/far.yaml"), "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: far}\nspec: {target: \"https://a.example/x.yaml\"}\n")
	for from, to := range map[string]string{"gone.yaml": "nowhere.yaml", "self.yaml": "self.yaml"} {
		if err := os.Symlink(to, filepath.Join(m.dir, "shop", from)); err != nil {
			t.Fatal(err)
		}
	}
	_, _, notes := m.run(t, "--catalog", "shop", "sync")
	if want := "shop: 2 files that cannot be read and 1 target that would need a network left out;"; !strings.Contains(notes, want) {
		t.Errorf("%q is missing in\n%s", want, notes)
	}
}

// The catalog goes on without the state: it is shown and synced, nothing of it is
// dropped, and every command says what is wrong.
func TestADamagedStateIsLeftAloneAndTheCatalogGoesOn(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.service(t, "shop/x.yaml", "x")
	m.service(t, "own/y.yaml", "y")
	m.must(t, "--catalog", "shop", "sync")
	junk := strings.Repeat("no database ", 2000)
	file := filepath.Join(m.dir, "data", "state.db")
	put(t, file, junk)
	for _, line := range [][]string{{"catalog", "list", "-o", "name"}, {"sync"}, {"--catalog", "own", "sync"}, {"catalog", "list", "-o", "name"}} {
		code, _, complaint := m.run(t, line...)
		if code != cli.ExitDone || !strings.Contains(complaint, "state.db is damaged") || !strings.Contains(complaint, "idptui state restore") {
			t.Errorf("%v: %d: %s", line, code, complaint)
		}
	}
	if out := m.must(t, "catalog", "list", "-o", "name"); out != "component:default/x\ncomponent:default/y\n" {
		t.Errorf("the catalog has %q", out)
	}
	if code, out, _ := m.run(t, "doctor"); code != cli.ExitFailed || !strings.Contains(out, "idptui state restore") {
		t.Errorf("doctor: %d: %s", code, out)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != junk {
		t.Errorf("it was changed: %v", err)
	}
}

func TestACancelledSyncSaysThatItStopped(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.service(t, "shop/x.yaml", "x")
	sys, _, complaint := m.io("")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if code := Main(ctx, []string{"--catalog", "shop", "sync"}, sys); code != cli.ExitFailed || !strings.Contains(complaint.String(), "stopped") {
		t.Errorf("%d: %s", code, complaint.String())
	}
}

func TestValidateReachesAsFarAsTheRepository(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	put(t, filepath.Join(m.dir, "repo", ".git", "HEAD"), "ref: refs/heads/main\n")
	put(t, filepath.Join(m.dir, "repo", "openapi.yaml"), "openapi: 3.1.0\n")
	put(t, filepath.Join(m.dir, "repo", "api", "catalog-info.yaml"),
		"apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: books}\nspec: {type: openapi, lifecycle: production, owner: me, definition: {$text: ../openapi.yaml}}\n")
	outside := newMachine(t) // another working directory altogether
	if code, out, err := outside.run(t, "catalog", "validate", filepath.Join(m.dir, "repo", "api")); code != cli.ExitDone {
		t.Errorf("%d: %s%s", code, out, err)
	}
	put(t, filepath.Join(m.dir, "repo", "api", "again.yaml"),
		"apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: books}\nspec: {type: openapi, lifecycle: production, owner: me, definition: x}\n")
	code, out, _ := outside.run(t, "catalog", "validate", filepath.Join(m.dir, "repo", "api"))
	if code != cli.ExitFailed || !strings.HasPrefix(out, filepath.Join(m.dir, "repo", "api")) || !strings.Contains(out, "api:default/books") {
		t.Errorf("%d: %s", code, out)
	}
}

func TestWaitingForTheStandardInputCanBeCalledOff(t *testing.T) {
	t.Parallel()
	in, typing := io.Pipe()
	defer typing.Close() //nolint:errcheck // a pipe of this test
	sys, _, complaint := newMachine(t).io("")
	sys.In = in
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if code := Main(ctx, []string{"catalog", "validate", "-"}, sys); code != cli.ExitFailed || !strings.Contains(complaint.String(), "stopped") {
		t.Errorf("%d: %s", code, complaint)
	}
}

func TestValidateReadsTheStandardInput(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	for text, want := range map[string]int{
		"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: x}\nspec: {type: s, lifecycle: p, owner: me}\n": cli.ExitDone,
		"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: x}\n":                                           cli.ExitFailed,
		"kind: [": cli.ExitFailed,
		"":        cli.ExitFailed,
	} {
		sys, out, err := m.io(text)
		if code := Main(t.Context(), []string{"catalog", "validate", "-"}, sys); code != want {
			t.Errorf("%q: %d, %s%s", text, code, out, err)
		}
		if want == cli.ExitFailed && !strings.HasPrefix(out.String(), "-") {
			t.Errorf("%q: %s", text, out)
		}
	}
}
