package app

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/cli"
)

const realWorld = "../../../shared/realworld"

// TestCommandsOverRealCatalogs runs every reading command over public catalogs.
// What is exported must be a catalog again, with the same entities.
func TestCommandsOverRealCatalogs(t *testing.T) {
	t.Parallel()
	repos, err := os.ReadDir(realWorld)
	if err != nil {
		t.Skip("there are no public catalogs beside this checkout: ", err)
	}
	for _, repo := range repos {
		if !repo.IsDir() {
			continue
		}
		folder, err := filepath.Abs(filepath.Join(realWorld, repo.Name()))
		if err != nil {
			t.Fatal(err)
		}
		t.Run(repo.Name(), func(t *testing.T) {
			t.Parallel()
			overRealCatalog(t, folder)
		})
	}
}

func overRealCatalog(t *testing.T, folder string) {
	t.Helper()
	m := newMachine(t)
	var reports []cli.SyncReport
	if err := json.Unmarshal([]byte(m.must(t, "--catalog", folder, "sync", "-o", "json")), &reports); err != nil {
		t.Fatal(err)
	}
	var entities []json.RawMessage
	if err := json.Unmarshal([]byte(m.must(t, "catalog", "list", "-o", "json")), &entities); err != nil {
		t.Fatal(err)
	}
	if n := reports[0].Source.Entities; n != len(entities) || n != reports[0].Added {
		t.Errorf("%d entities synced, %d added, %d listed", n, reports[0].Added, len(entities))
	}
	names := strings.Fields(m.must(t, "catalog", "list", "-o", "name"))
	for _, ref := range names[:min(5, len(names))] {
		m.must(t, "catalog", "get", ref)
		m.must(t, "catalog", "get", ref, "--raw")
		m.must(t, "catalog", "graph", ref, "--all", "--depth", "3")
		if hits := m.must(t, "search", ref[strings.LastIndexByte(ref, '/')+1:], "-o", "name"); !strings.Contains(hits, ref) {
			t.Errorf("a search for the name of %s finds %q", ref, hits)
		}
	}
	code, out, complaint := m.run(t, "catalog", "validate", folder)
	if found := code == cli.ExitFailed; found != (reports[0].Source.Errors > 0) || code > cli.ExitFailed {
		t.Errorf("validate ended with %d where the sync found %d errors: %s%s", code, reports[0].Source.Errors, out, complaint)
	}
	s := reports[0].Source
	var left []catalog.Problem
	if err := json.Unmarshal([]byte(m.must(t, "sync", "status", "--left-out", "-o", "json")), &left); err != nil {
		t.Fatal(err)
	}
	if s.LeftOut != len(left) || s.LeftOut < s.Untrusted+s.Excluded+s.Skeletons {
		t.Errorf("%d are listed as left out, of %+v", len(left), s)
	}
	names = slices.DeleteFunc(names, func(ref string) bool { return strings.HasPrefix(ref, "location:") })
	if len(names) == 0 {
		return
	}
	m.must(t, "catalog", "export", "again")
	m.must(t, "catalog", "validate", "again")
	again := newMachine(t)
	list := strings.Fields(again.must(t, "--catalog", filepath.Join(m.dir, "again"), "catalog", "list", "-o", "name"))
	slices.Sort(list)
	slices.Sort(names)
	if diff := cmp.Diff(names, list); diff != "" {
		t.Errorf("what was exported reads otherwise: %s\n%s", diff, again.must(t, "sync", "status", "--errors"))
	}
}
