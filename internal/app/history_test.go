package app

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/cli"
	"github.com/idptui/idptui/internal/repo/repotest"
	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/pane/entity"
	"github.com/idptui/idptui/internal/ui/uitest"
)

// pushedHistory is a repository with a commit made by hand after the first.
func pushedHistory(t *testing.T, m *machine) *remote {
	t.Helper()
	r := newRemote(t)
	r.push("ledger/catalog-info.yaml", ledger)
	r.configured(m, "")
	m.must(t, "--config", "c.yaml", "sync")
	r.push("ledger/catalog-info.yaml", strings.Replace(ledger, "owner: me", "owner: bo", 1))
	m.must(t, "--config", "c.yaml", "sync")
	return r
}

func TestACommitThatWasPushedShowsInTheLog(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	r := pushedHistory(t, m)
	r.push("other/catalog-info.yaml", strings.ReplaceAll(ledger, "ledger", "other"))
	r.push("other/catalog-info.yaml", "")
	m.must(t, "--config", "c.yaml", "sync")
	r.server.Close() // it is all in the mirror
	logged := func(line ...string) []catalog.Change {
		var list []catalog.Change
		if err := json.Unmarshal([]byte(m.must(t, append([]string{"--config", "c.yaml", "catalog", "log", "-o", "json"}, line...)...)), &list); err != nil {
			t.Fatal(err)
		}
		return list
	}
	list := logged("ledger")
	if len(list) != 2 || list[0].Author != (catalog.Author{Name: "Ann", Email: "ann@example.com"}) || list[0].What("→") != "owner me → bo" ||
		list[0].Message != "change ledger/catalog-info.yaml" || list[0].Commit != repotest.Git(t, r.dir, "rev-parse", "HEAD~2") || list[1].Kind != catalog.ChangeAdded {
		t.Errorf("%+v", list)
	}
	if all := logged(); len(all) != 4 || all[0].Kind != catalog.ChangeRemoved {
		t.Errorf("%+v", all)
	}
	if of := logged("owner:bo"); len(of) != 2 {
		t.Errorf("%+v", of)
	}
	if of := logged("component:default/other"); len(of) != 2 {
		t.Errorf("%+v", of)
	}
	if out := m.must(t, "--config", "c.yaml", "catalog", "log", "ledger"); !strings.Contains(out, "Ann") || !strings.Contains(out, "owner me → bo") {
		t.Errorf("%s", out)
	}
}

func TestACommitThatWasPushedShowsOnTheHistoryTab(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	pushedHistory(t, m)
	l := running(t, m, cli.Settings{Config: filepath.Join(m.dir, "c.yaml")})
	session := uitest.Session(t, uitest.Demo(t))
	session.Portal, session.Ctx = l, t.Context()
	s := uitest.NewStage(t, entity.New(session), session.Theme, pane.Place{Pane: pane.Entity, Ref: "component:default/ledger", Tab: "history"}, 100, 20)
	if frame := s.Text(); !strings.Contains(frame, "Ann") || !strings.Contains(frame, "owner me → bo") || !strings.Contains(frame, "added") {
		t.Errorf("%s", frame)
	}
}

func TestASourceWithoutCommitsSaysThatItKeepsNoHistory(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.service(t, "shop/a.yaml", "a")
	code, out, said := m.run(t, "--catalog", "shop", "catalog", "log", "a", "-o", "json")
	if code != cli.ExitDone || out != "[]\n" || !strings.Contains(said, "the source shop is a folder, which keeps no history; name a repository as a git source") {
		t.Errorf("%d %q %q", code, out, said)
	}
	_, _, said = m.run(t, "catalog", "log")
	if !strings.Contains(said, "is a folder") || !strings.Contains(said, "no change is known since") {
		t.Errorf("%q", said)
	}
}
