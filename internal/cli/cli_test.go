package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/idptui/idptui/internal/catalog"
)

func TestQueryArgsKeepsNegationsFromBeingFlags(t *testing.T) {
	t.Parallel()
	got := queryArgs([]string{"catalog", "list", "-lifecycle:deprecated", "-o", "json", "--", "-kind:api"})
	want := []string{"catalog", "list", " -lifecycle:deprecated", "-o", "json", "--", "-kind:api"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWantsJSON(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		"list -o json": true, "list -ojson": true, "list --output=json x": true, "--output json list": true,
		"list -o yaml": false, "list json": false, "list -- -o json": false, "list -o": false,
	} {
		if got := wantsJSON(strings.Fields(line)); got != want {
			t.Errorf("%s: %v", line, got)
		}
	}
}

func TestErrorsSayWhatAndWhatToDo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		err  error
		code int
		want string
	}{
		{"usage", Usage("do this", "that is %s", "wrong"), ExitUsage, "idptui: that is wrong; do this\n"},
		{"wrapped", fmt.Errorf("above: %w", NotFound("", "no such thing")), ExitNotFound, "idptui: no such thing\n"},
		{"plain", errors.New("the disk is full"), ExitFailed, "idptui: the disk is full\n"},
		{"control characters", Failed(nil, "", "bad \x1b[31m name"), ExitFailed, "idptui: bad ^[[31m name\n"},
		{"several lines", Usage("", "a: one\na: two"), ExitUsage, "idptui: a: one\nidptui: a: two\n"},
		{"findings", errFindings, ExitFailed, ""},
	} {
		f := shop(t)
		f.fail = c.err
		o := run(f, "catalog", "list")
		if o.code != c.code || o.err != c.want || o.out != "" {
			t.Errorf("%s: code %d, stderr %q, stdout %q", c.name, o.code, o.err, o.out)
		}
	}
}

func TestErrorsAsJSON(t *testing.T) {
	t.Parallel()
	f := shop(t)
	f.fail = &Error{Code: ExitBusy, Text: "the data directory is held", Hint: "stop pid 7"}
	o := run(f, "catalog", "list", "-o", "json")
	var got struct {
		Error, Hint string
		Code        int
	}
	if err := json.Unmarshal([]byte(o.err), &got); err != nil {
		t.Fatalf("%v in %q", err, o.err)
	}
	if got.Error != "the data directory is held" || got.Hint != "stop pid 7" || got.Code != ExitBusy || o.code != ExitBusy || o.out != "" {
		t.Errorf("%+v, %+v", got, o)
	}
}

func TestAnInterruptedCommandSaysThatItStopped(t *testing.T) {
	t.Parallel()
	f := shop(t)
	f.fail = context.Canceled
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, err strings.Builder
	sys := &IO{In: strings.NewReader(""), Out: &out, Err: &err, Env: func(string) string { return "" }, Now: time.Now}
	if code := Run(ctx, sys, f, []string{"catalog", "list"}); code != ExitFailed || err.String() != "idptui: stopped before it was done\n" {
		t.Errorf("%d %q", code, err.String())
	}
}

func TestThePortalIsClosedHoweverTheCommandEnds(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"catalog list", "catalog get nothing", "sync", "sync status", "search ledger"} {
		f := shop(t)
		run(f, strings.Fields(line)...)
		if f.closed != len(f.opened) || f.closed == 0 {
			t.Errorf("%s: opened %d times, closed %d times", line, len(f.opened), f.closed)
		}
	}
}

func TestGlobalFlagsReachTheServices(t *testing.T) {
	t.Parallel()
	f := shop(t)
	run(f, "--config", "c.yaml", "catalog", "--data", "d", "list", "--catalog", "a", "--catalog", "b").wants(t, ExitDone)
	want := Settings{Config: "c.yaml", Data: "d", Catalogs: []string{"a", "b"}}
	if diff := cmp.Diff([]Settings{want}, f.opened); diff != "" {
		t.Error(diff)
	}
}

func TestAnEmptyFlagIsNotTheDefault(t *testing.T) {
	t.Parallel()
	for _, flag := range []string{"--config", "--data"} {
		f := shop(t)
		run(f, flag, "", "catalog", "list").wants(t, ExitUsage, flag+" has nothing in it; leave the flag out for the usual place")
		run(f, "catalog", "list", flag+"=").wants(t, ExitUsage, flag+" has nothing in it")
		if len(f.opened) > 0 {
			t.Errorf("%s: opened %v", flag, f.opened)
		}
	}
}

func TestSourcesOfTheCommandLineAreReadFirst(t *testing.T) {
	t.Parallel()
	f := shop(t)
	f.given = []string{"shop"}
	f.reports = []SyncReport{{Source: Source{Name: "shop", State: "stale", Error: "it is empty"}}}
	run(f, "catalog", "list").wants(t, ExitDone, "ledger", "shop: it is empty")
	if diff := cmp.Diff([][]string{{"shop"}}, f.synced); diff != "" {
		t.Error(diff)
	}
}

func TestNoColourWhereItIsNotWanted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		tty    bool
		env    map[string]string
		args   string
		colour bool
	}{
		{"a terminal", true, nil, "", true},
		{"a pipe", false, nil, "", false},
		{"NO_COLOR", true, map[string]string{"NO_COLOR": "yes"}, "", false},
		{"an empty NO_COLOR", true, map[string]string{"NO_COLOR": ""}, "", true},
		{"a dumb terminal", true, map[string]string{"TERM": "dumb"}, "", false},
		{"the flag", true, nil, "--no-color", false},
	} {
		sys := &IO{OutTTY: c.tty, ErrTTY: c.tty, Env: func(name string) string { return c.env[name] }}
		o := runOn(shop(t), sys, append([]string{"catalog", "list"}, strings.Fields(c.args)...)...)
		if got := strings.Contains(o.out, "\x1b["); got != c.colour {
			t.Errorf("%s: colour %v in %q", c.name, got, o.out)
		}
	}
}

func TestListFitsATerminal(t *testing.T) {
	t.Parallel()
	f := shop(t)
	f.records[2].Entity.Metadata.Description = strings.Repeat("very long ", 40)
	o := runOn(f, &IO{OutTTY: true, Width: 60}, "--no-color", "catalog", "list", "--columns", "name,description")
	for line := range strings.Lines(o.out) {
		if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 60 {
			t.Errorf("%d cells: %q", n, line)
		}
	}
	o.wants(t, ExitDone, "…")
}

func TestListShowsTheColumnsOfOneKind(t *testing.T) {
	t.Parallel()
	o := run(shop(t), "catalog", "list", "kind:user")
	if !hasRow(o.out, "NAME TITLE EMAIL GROUPS") || !hasRow(o.out, "alice Alice Berg alice@acme.example team-payments") {
		t.Errorf("%s%s", o.out, o.err)
	}
	o = run(shop(t), "catalog", "list", "--stars", "-o", "name")
	if o.out != "component:default/ledger\n" {
		t.Errorf("%q", o.out)
	}
}

func TestListOfMe(t *testing.T) {
	t.Parallel()
	o := run(shop(t), "catalog", "list", "owner:me", "-o", "name")
	if o.out != "api:default/payments-api\ncomponent:default/payments-api\n" {
		t.Errorf("%q %q", o.out, o.err)
	}
}

func TestJSONHasTheShapeOfBackstage(t *testing.T) {
	t.Parallel()
	f := shop(t)
	f.records[2].Problems = []catalog.Problem{{Severity: catalog.Warning, Message: "is odd", Field: "spec.owner"}}
	o := run(f, "catalog", "get", "component:ledger", "-o", "json")
	var got catalog.Entity
	if err := json.Unmarshal([]byte(o.out), &got); err != nil {
		t.Fatal(err)
	}
	want := &catalog.Entity{
		APIVersion: "backstage.io/v1alpha1", Kind: "Component",
		Metadata: catalog.Metadata{Name: "ledger", Namespace: "default", Description: "Keeps the books."},
		Spec: map[string]any{
			"type": "service", "lifecycle": "deprecated", "owner": "team-ledger", "dependsOn": []any{"component:payments-api"},
		},
		Relations: []catalog.Relation{
			{Type: "dependencyOf", TargetRef: "component:default/payments-api"},
			{Type: "dependsOn", TargetRef: "component:default/payments-api"},
			{Type: "ownedBy", TargetRef: "group:default/team-ledger"},
		},
		Status: &catalog.Status{Items: []catalog.StatusItem{
			{Type: catalog.StatusProcessing, Level: "warning", Message: "spec.owner: is odd"},
		}},
	}
	if diff := cmp.Diff(want, &got); diff != "" {
		t.Error(diff)
	}
}

func TestOpenGoesToAnEntityAndAPage(t *testing.T) {
	t.Parallel()
	terminal := func() *IO { return &IO{OutTTY: true, InTTY: true} }
	f := shop(t)
	runOn(f, terminal(), "open", "ledger").wants(t, ExitDone)
	runOn(f, terminal(), "open", "ledger/docs").wants(t, ExitDone)
	runOn(f, terminal(), "open", "component:default/payments-api").wants(t, ExitDone)
	runOn(f, terminal(), "open", "component:payments-api/docs/guide.md#setup").wants(t, ExitDone)
	runOn(f, terminal()).wants(t, ExitDone)
	want := []string{
		"component:default/ledger", "component:default/ledger/docs", "component:default/payments-api",
		"component:default/payments-api/docs/guide.md#setup", "",
	}
	if diff := cmp.Diff(want, f.places); diff != "" {
		t.Error(diff)
	}
	runOn(f, terminal(), "open", "nothing/docs").wants(t, ExitNotFound)
}

func TestFailedSourcesAreExitOne(t *testing.T) {
	t.Parallel()
	f := shop(t)
	f.reports = []SyncReport{
		{Source: Source{Name: "shop", State: "failed", Entities: 4, Error: "the folder is gone"}},
		{Source: Source{Name: "org", State: "ok", Files: 3, Entities: 9, Errors: 2}, Added: 9},
	}
	o := run(f, "sync")
	o.wants(t, ExitFailed, "shop: the folder is gone; what it held before is kept", "org: 2 errors; idptui sync status --errors lists them")
	if !hasRow(o.out, "org ok 3 9 9 0 0 2 0 0 ms") {
		t.Error(o.out)
	}
	run(f, "sync", "-o", "json").wants(t, ExitFailed, `"state": "failed"`)
}

func TestStatusSaysHowOldThingsAre(t *testing.T) {
	t.Parallel()
	f := shop(t)
	f.sources = append(f.sources, Source{Name: "fresh", State: "new", Location: "/src/fresh"})
	o := run(f, "sync", "status")
	if !hasRow(o.out, "shop ok 40 s ago 2 5 0 0 /src/shop") || !hasRow(o.out, "fresh new never 0 0 0 0 /src/fresh") {
		t.Error(o.out)
	}
}

func TestStatusListsProblemsBySource(t *testing.T) {
	t.Parallel()
	f := shop(t)
	f.problems = []catalog.Problem{
		{Severity: catalog.Error, Source: "shop", Path: "b.yaml", Line: 3, Column: 1, Message: "is broken", Hint: "mend it"},
		{Severity: catalog.Note, Class: catalog.ClassSkeleton, Source: "shop", Path: "s.yaml", Message: "is a skeleton"},
		{Severity: catalog.Warning, Source: "org", Path: "a.yaml", Message: "is odd", Field: "spec.owner"},
		{Severity: catalog.Error, Source: "shop", Path: "a.yaml", Line: 9, Message: "is worse"},
	}
	want := "org\n  a.yaml: warning: is odd (spec.owner)\n\nshop\n  a.yaml:9: error: is worse\n  b.yaml:3:1: error: is broken – mend it\n"
	if o := run(f, "sync", "status", "--errors"); o.out != want {
		t.Error(cmp.Diff(want, o.out))
	}
	if o := run(f, "sync", "status", "--left-out"); o.out != "shop\n  s.yaml: note: is a skeleton\n" {
		t.Error(o.out)
	}
}

func TestValidateExitsOneForErrorsAndWhenStrictForWarnings(t *testing.T) {
	t.Parallel()
	f := shop(t)
	f.validated = Validation{Files: 1, Entities: 1, Problems: []catalog.Problem{
		{Severity: catalog.Warning, Path: "a.yaml", Line: 2, Message: "is odd"},
		{Severity: catalog.Note, Path: "a.yaml", Line: 1, Message: "is noted"},
	}}
	run(f, "catalog", "validate", "a.yaml").wants(t, ExitDone, "a.yaml:2: warning: is odd\n", "1 entity in 1 file: 1 warning")
	run(f, "catalog", "validate", "--strict", "a.yaml").wants(t, ExitFailed)
	if o := run(f, "catalog", "validate", "a.yaml"); strings.Contains(o.out, "note") {
		t.Errorf("notes were not asked for: %s", o.out)
	}
	run(f, "catalog", "validate", "--notes", "a.yaml").wants(t, ExitDone, "a.yaml:1: note: is noted")
	f.validated.Problems[0].Severity = catalog.Error
	run(f, "catalog", "validate", "--quiet", "a.yaml").wants(t, ExitFailed)
}

func TestDoctorFailsWhenACheckDoes(t *testing.T) {
	t.Parallel()
	f := &fake{checks: []Check{{Name: "data", State: "ok", Text: "fine"}, {Name: "you", State: "warn", Text: "nobody", Hint: "set user"}}}
	o := run(f, "doctor")
	o.wants(t, ExitDone)
	if want := "ok    data  fine\nwarn  you   nobody\n            → set user\n"; o.out != want {
		t.Error(cmp.Diff(want, o.out))
	}
	f.checks[0].State = "fail"
	run(f, "doctor").wants(t, ExitFailed)
}

func TestProgressIsABarOnATerminalAndLinesElsewhere(t *testing.T) {
	t.Parallel()
	f := shop(t)
	f.reports = []SyncReport{{Source: Source{Name: "shop", State: "ok"}}}
	if o := run(f, "sync"); !strings.HasPrefix(o.err, "shop: reading files\n") || strings.Count(o.err, "reading") != 1 {
		t.Errorf("lines: %q", o.err)
	}
	o := runOn(f, &IO{ErrTTY: true, Width: 80}, "sync")
	if !strings.Contains(o.err, "▰") || !strings.HasSuffix(o.err, "\r\x1b[K") {
		t.Errorf("bar: %q", o.err)
	}
	if o := runOn(f, &IO{ErrTTY: true}, "sync", "--quiet"); o.err != "" {
		t.Errorf("quiet: %q", o.err)
	}
	o = runOn(f, &IO{ErrTTY: true, Env: func(n string) string { return map[string]string{"LANG": "C"}[n] }}, "sync")
	if !strings.Contains(o.err, "###") {
		t.Errorf("ASCII: %q", o.err)
	}
}

func TestAges(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		-time.Second: "0 s", 40 * time.Second: "40 s", 3 * time.Minute: "3 min", 30 * time.Hour: "30 h", 50 * time.Hour: "2 d",
	} {
		if got := age(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}

func TestPathsAreAbsolute(t *testing.T) {
	t.Parallel()
	sys := &IO{Dir: "/src", Env: func(name string) string { return map[string]string{"HOME": "/home/alice"}[name] }}
	for in, want := range map[string]string{"a/b": "/src/a/b", "../x": "/x", "/y/./z": "/y/z", "~/q": "/home/alice/q", "~": "/home/alice", "~bo": "/src/~bo"} {
		if got := sys.Path(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
