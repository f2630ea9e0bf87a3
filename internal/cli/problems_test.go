package cli

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idptui/idptui/internal/catalog"
)

// faulty is the shop with a Location whose targets have faults.
func faulty(t *testing.T) *fake {
	t.Helper()
	f := shop(t)
	const doc = "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: all}\nspec: {targets: [./gone.yaml]}\n"
	loc := catalog.Read([]byte(doc), catalog.ReadOptions{Path: "all.yaml"})[0]
	odd := catalog.Problem{Severity: catalog.Warning, Class: catalog.ClassMetadata, Ref: "location:default/all", Path: "all.yaml", Line: 2, Message: "is odd"}
	f.records = append(f.records, &catalog.Record{Entity: loc.Entity, Raw: loc.Raw, Problems: []catalog.Problem{odd}, Provenance: catalog.Provenance{Source: "shop", Path: "all.yaml", Line: 1, Synced: noon()}})
	odd.Source = "shop" // the sync has the same one once more
	f.problems = []catalog.Problem{
		odd,
		{Severity: catalog.Error, Class: catalog.ClassLocation, Ref: "location:default/all", Source: "shop", Path: "all.yaml", Line: 4, Column: 18, Message: "target \"./gone.yaml\" does not exist", Hint: "correct it"},
		{Severity: catalog.Note, Class: catalog.ClassLocation, Ref: "location:default/all", Source: "shop", Path: "all.yaml", Message: "is an address"},
		{Severity: catalog.Error, Class: catalog.ClassSpec, Ref: "component:default/till", Source: "shop", Path: "till.yaml", Line: 7, Message: "spec.owner is missing"},
	}
	return f
}

func TestGetShowsWhatTheSyncFoundWrong(t *testing.T) {
	t.Parallel()
	o := run(faulty(t), "catalog", "get", "location:all")
	_, problems, _ := strings.Cut(o.out, "\nProblems\n")
	problems, _, _ = strings.Cut(problems, "\n\n")
	want := "all.yaml:2: warning: is odd\nall.yaml:4:18: error: target \"./gone.yaml\" does not exist – correct it"
	if problems != want {
		t.Errorf("got\n%s\nwant\n%s", problems, want)
	}
}

func TestStatusItemsHaveWhatTheSyncFoundWrong(t *testing.T) {
	t.Parallel()
	want := []catalog.StatusItem{
		{Type: catalog.StatusProcessing, Level: "warning", Message: "is odd"},
		{Type: catalog.StatusProcessing, Level: "error", Message: "target \"./gone.yaml\" does not exist"},
	}
	for _, line := range []string{"catalog get location:all -o json", "catalog list kind:location -o json", "catalog list -o json"} {
		out := run(faulty(t), strings.Fields(line)...).out
		if !strings.HasPrefix(out, "[") {
			out = "[" + out + "]"
		}
		var got []catalog.Entity
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		i := slices.IndexFunc(got, func(e catalog.Entity) bool { return e.Kind == "Location" })
		if got[i].Status == nil {
			t.Fatalf("%s: no status", line)
		}
		if diff := cmp.Diff(want, got[i].Status.Items); diff != "" {
			t.Errorf("%s: %s", line, diff)
		}
	}
	if o := run(faulty(t), "catalog", "get", "location:all", "-o", "yaml"); !strings.Contains(o.out, "level: error") {
		t.Errorf("%s", o.out)
	}
}

func TestWhatWasLeftOutIsNotSimplyMissing(t *testing.T) {
	t.Parallel()
	for _, ref := range []string{"till", "component:till", "Component:default/Till"} {
		run(faulty(t), "catalog", "get", ref).wants(t, ExitNotFound, "component:default/till was left out: till.yaml:7: spec.owner is missing; idptui sync status --errors")
	}
	f := faulty(t)
	f.problems[3].Ref = "component:default/payments-api"
	run(f, "catalog", "get", "payments-api").wants(t, ExitUsage, "names 2 entities")
	run(faulty(t), "catalog", "get", "api:till").wants(t, ExitNotFound, `the catalog has no entity "api:till"`)
}

func TestRawHasNoOtherForm(t *testing.T) {
	t.Parallel()
	if o := run(shop(t), "catalog", "get", "ledger", "--raw", "-o", "json"); o.code != ExitUsage || o.out != "" || !strings.Contains(o.err, "--raw") {
		t.Errorf("%+v", o)
	}
	run(shop(t), "catalog", "get", "ledger", "--raw").wants(t, ExitDone, "kind: Component")
}
