package cli

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/config"
)

// everything is a shop that has something to say to every command.
func everything(t *testing.T) *fake {
	t.Helper()
	f := faulty(t)
	f.reports = []SyncReport{{Source: Source{Name: "shop", State: "ok", TookMS: 1234567}, Added: 2}}
	f.validated = Validation{Files: 1, Problems: f.problems}
	f.deleted = []Deleted{{Ref: "component:default/ledger", Source: "shop", Path: "a.yaml", Line: 3, At: time.Unix(1, 0).UTC()}}
	f.history = logOf()
	f.checks = []Check{{Name: "cache", State: "ok", Text: "1 entity"}}
	return f
}

// dataCommands are the commands that print one value, and how they end.
func dataCommands() map[string]int {
	return map[string]int{
		"sync": ExitDone, "sync status": ExitDone, "sync status --errors": ExitDone, "sync confirm shop": ExitDone,
		"sync forget shop": ExitDone, "sync restore": ExitDone, "sync restore ledger": ExitDone, "doctor": ExitDone, "version": ExitDone, "catalog validate x": ExitFailed,
		"config validate": ExitDone, "config show": ExitDone, "catalog graph ledger": ExitDone, "search ledger": ExitDone,
		"catalog get ledger": ExitDone, "catalog list": ExitDone, "catalog log": ExitDone,
	}
}

func TestEveryCommandThatPrintsDataHasJSONAndTheSameAsYAML(t *testing.T) {
	t.Parallel()
	for line, code := range dataCommands() {
		asJ, asY := run(everything(t), strings.Fields(line+" -o json")...), run(everything(t), strings.Fields(line+" -o yaml")...)
		if asJ.code != code || asY.code != code {
			t.Errorf("%s: codes %d and %d, want %d: %s%s", line, asJ.code, asY.code, code, asJ.err, asY.err)
			continue
		}
		var j any
		if err := json.Unmarshal([]byte(asJ.out), &j); err != nil {
			t.Errorf("%s: %v in %s", line, err, asJ.out)
			continue
		}
		if line == "catalog list" { // documents, not one list
			continue
		}
		var y any
		if err := yaml.Unmarshal([]byte(asY.out), &y); err != nil {
			t.Errorf("%s: %v in %s", line, err, asY.out)
			continue
		}
		b, err := json.Marshal(y)
		if err != nil {
			t.Fatal(err)
		}
		var again any
		if err := json.Unmarshal(b, &again); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(j, again); diff != "" {
			t.Errorf("%s (-json +yaml): %s", line, diff)
		}
	}
}

func TestYAMLWritesNumbersAsJSONDoes(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := printYAML(&b, map[string]any{"a": 1234567, "b": []any{0.5, -3}, "c": "1"}); err != nil {
		t.Fatal(err)
	}
	if want := "a: 1234567\nb:\n  - 0.5\n  - -3\nc: \"1\"\n"; b.String() != want {
		t.Errorf("%q", b.String())
	}
}

func TestForgetSaysWhatWentAsData(t *testing.T) {
	t.Parallel()
	if o := run(shop(t), "sync", "forget", "shop", "-o", "yaml"); o.out != "entities: 3\nsource: shop\n" {
		t.Errorf("%+v", o)
	}
}

func TestConfigValidateListsItsFindingsAsData(t *testing.T) {
	t.Parallel()
	f := shop(t)
	wrong := &config.Error{Problems: []catalog.Problem{{Severity: catalog.Error, Class: "config", Path: "c.yaml", Line: 2, Field: "keys.fly", Message: "there is no action"}}}
	f.failConfig = &Error{Code: ExitUsage, Text: "c.yaml:2: keys.fly: there is no action", Err: wrong}
	o := run(f, "config", "validate", "-o", "json")
	var got []catalog.Problem
	if err := json.Unmarshal([]byte(o.out), &got); err != nil || o.code != ExitUsage || o.err != "" {
		t.Fatalf("%v: %+v", err, o)
	}
	if diff := cmp.Diff(wrong.Problems, got); diff != "" {
		t.Error(diff)
	}
	run(f, "config", "validate").wants(t, ExitUsage, "c.yaml:2: keys.fly: there is no action")
	if o := run(shop(t), "config", "validate", "-o", "json"); o.out != "[]\n" || o.code != ExitDone {
		t.Errorf("%+v", o)
	}
}

func TestAGraphAsATableAndAsNames(t *testing.T) {
	t.Parallel()
	o := run(shop(t), "catalog", "graph", "component:payments-api", "-o", "table")
	want := []string{
		"FROM RELATION TO NOTE", "component:payments-api dependsOn component:ledger part of a cycle",
		"component:payments-api dependsOn resource:ledger-db not in the catalog", "component:ledger dependsOn component:payments-api part of a cycle",
	}
	if diff := cmp.Diff(want, rows(o.out)); diff != "" {
		t.Error(diff)
	}
	o = run(shop(t), "catalog", "graph", "component:payments-api", "-o", "name")
	if o.out != "component:default/payments-api\ncomponent:default/ledger\nresource:default/ledger-db\n" {
		t.Errorf("%q", o.out)
	}
	run(shop(t), "catalog", "graph", "user:alice", "-o", "table").wants(t, ExitDone, "user:alice has no relations of this kind")
}
