package cli

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"
)

type fakeState struct {
	backups  []Backup
	restored []string
	damage   error
}

func (f *fakeState) Path() string                              { return "/data/state.db" }
func (f *fakeState) Backups(context.Context) ([]Backup, error) { return f.backups, nil }
func (f *fakeState) Backup(_ context.Context, path string) (Backup, error) {
	if path == "" {
		path = "/data/backups/new.db"
	}
	return Backup{File: path, Bytes: 7}, nil
}

func (f *fakeState) Restore(_ context.Context, path string) (from, aside string, err error) {
	f.restored = append(f.restored, path)
	return "/data/backups/a.db", "/data/state.db.replaced-1", nil
}
func (f *fakeState) Check(context.Context) error { return f.damage }

func TestTheBackupsAreListedAndNothingIsRestoredByItself(t *testing.T) {
	t.Parallel()
	f := &fake{state: fakeState{backups: []Backup{
		{File: "/data/backups/b.db", Time: noon().Add(-time.Hour), Bytes: 4096},
		{File: "/data/backups/a.db", Time: noon().Add(25 * time.Hour), Bytes: 99, Damage: "cut short"},
	}}}
	o := run(f, "state", "restore")
	o.wants(t, ExitDone, "/data/backups/b.db")
	for _, want := range []string{"4096", "damaged", " 1 h ", " 0 s "} {
		if !strings.Contains(o.out, want) {
			t.Errorf("%q is missing in:\n%s", want, o.out)
		}
	}
	run(f, "state", "restore", "-o", "json").wants(t, ExitDone, `"damage": "cut short"`)
	run(f, "state", "restore", "--latest").wants(t, ExitUsage, "--yes")
	run(f, "state", "restore", "--latest", "x.db", "--yes").wants(t, ExitUsage, "two backups")
	if len(f.state.restored) > 0 {
		t.Errorf("restored %v", f.state.restored)
	}
	run(f, "state", "restore", "--latest", "--yes").wants(t, ExitDone, "restored /data/backups/a.db")
	run(f, "state", "restore", "x.db", "--yes").wants(t, ExitDone, "restored ")
	if want := []string{"", "x.db"}; !slices.Equal(f.state.restored, want) {
		t.Errorf("restored %q", f.state.restored)
	}
	run(f, "state", "backup").wants(t, ExitDone, "/data/backups/new.db")
	run(f, "state", "check").wants(t, ExitDone, "is whole")
	f.state.damage = Failed(nil, "", "torn")
	run(f, "state", "check").wants(t, ExitFailed, "torn")
}

func TestAtATerminalRestoreAsks(t *testing.T) {
	t.Parallel()
	for answer, code := range map[string]int{"y\n": ExitDone, "YES\n": ExitDone, "\n": ExitFailed, "no\n": ExitFailed, "": ExitFailed} {
		f := &fake{}
		var out, said strings.Builder
		sys := &IO{
			In: strings.NewReader(answer), Out: &out, Err: &said, InTTY: true, ErrTTY: true, Now: noon,
			Env: func(string) string { return "" },
		}
		if got := Run(t.Context(), sys, f, []string{"state", "restore", "--latest"}); got != code || !strings.Contains(said.String(), "[y/N]") {
			t.Errorf("%q: exit code %d, %s", answer, got, said.String())
		}
		if restored := len(f.state.restored) > 0; restored != (code == ExitDone) {
			t.Errorf("%q: restored is %v", answer, restored)
		}
	}
}
