package app

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/repo/repotest"
)

// led is a machine whose folder has a Location that leads to a file of a repository.
func led(t *testing.T) (*machine, *remote) {
	t.Helper()
	m, r := newMachine(t), newRemote(t)
	r.push("apps/ledger.yaml", ledger)
	r.push("apps/other.yaml", strings.ReplaceAll(ledger, "ledger", "other"))
	acme := filepath.Join(filepath.Dir(r.dir), "acme")
	if err := os.Mkdir(acme, 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(r.dir, ".git"), filepath.Join(acme, "shop.git")); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(m.dir, "home", "all.yaml"), "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: all}\nspec: {targets: ['"+
		r.server.URL+"/acme/shop/src/branch/main/apps/ledger.yaml']}\n")
	put(t, filepath.Join(m.dir, "c.yaml"), "sources: [{name: home, folder: ./home}]\ngit: {hosts: [{host: '"+
		strings.TrimPrefix(r.server.URL, "http://")+"', http: true, forge: gitea}]}\n")
	m.must(t, "--config", "c.yaml", "sync")
	return m, r
}

func TestTheHistoryOfWhatALocationLedToIsReadFromItsMirror(t *testing.T) {
	t.Parallel()
	m, r := led(t)
	r.push("apps/ledger.yaml", strings.Replace(ledger, "owner: me", "owner: bo", 1))
	r.push("apps/other.yaml", strings.Replace(ledger, "ledger", "unseen", 1))
	m.must(t, "--config", "c.yaml", "sync")
	r.server.Close() // it is all in the mirror
	for _, of := range [][]string{{"ledger"}, {"owner:bo"}, nil} {
		code, out, said := m.run(t, append([]string{"--config", "c.yaml", "catalog", "log", "-o", "json"}, of...)...)
		var list []catalog.Change
		if err := json.Unmarshal([]byte(out), &list); err != nil || code != 0 {
			t.Fatalf("%v: %d %q %q", err, code, out, said)
		}
		if len(list) != 2 || list[0].What("→") != "owner me → bo" || list[0].Author.Name != "Ann" || list[0].Source != "home" || list[1].Kind != catalog.ChangeAdded ||
			list[0].Commit != repotest.Git(t, r.dir, "rev-parse", "HEAD~1") || !strings.HasSuffix(list[0].Path, "/acme/shop@main/apps/ledger.yaml") {
			t.Errorf("%v: %+v", of, list)
		}
		if len(of) == 1 && of[0] == "ledger" && strings.Contains(said, "keeps no history") {
			t.Errorf("%q", said)
		}
	}
}
