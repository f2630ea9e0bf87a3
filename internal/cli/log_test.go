package cli

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/idptui/idptui/internal/catalog"
)

// logOf is a history of two changes, of which the second is gone from the catalog.
func logOf() catalog.History {
	return catalog.History{Changes: []catalog.Change{
		{
			Time: noon().Add(-time.Hour), Author: catalog.Author{Name: "Ann", Email: "ann@example.com"}, Commit: strings.Repeat("ab", 20),
			URL: "https://git.example/c/ab", Message: "hand over", Ref: "component:default/ledger", Kind: catalog.ChangeChanged, Source: "shop", Path: "a.yaml",
			Fields: []catalog.FieldChange{{Field: "spec.owner", From: "a", To: "b"}, {Field: "metadata.tags", Added: []string{"x"}, Removed: []string{"y", "z"}}},
		},
		{Time: noon().Add(-2 * time.Hour), Commit: strings.Repeat("cd", 20), Ref: "resource:default/gone", Kind: catalog.ChangeRemoved, Fields: []catalog.FieldChange{}, Source: "shop", Path: "b.yaml"},
	}}
}

func TestLogIsATableOfWhoDidWhatWhen(t *testing.T) {
	t.Parallel()
	f := shop(t)
	f.history = logOf()
	o := run(f, "catalog", "log")
	for _, row := range []string{
		"WHEN WHO ENTITY COMMIT WHAT",
		"2026-03-04 11:00 Ann ledger ababababab owner a → b, +1 -2 tags",
		"2026-03-04 10:00 resource:gone cdcdcdcdcd removed",
	} {
		if !hasRow(o.out, row) {
			t.Errorf("%q is missing in\n%s", row, o.out)
		}
	}
	f.history.More = true
	run(f, "catalog", "log").wants(t, ExitDone, "the newest 2; --limit shows more")
}

func TestLogAsJSONHasEveryField(t *testing.T) {
	t.Parallel()
	f := shop(t)
	f.history = logOf()
	var list []map[string]any
	if err := json.Unmarshal([]byte(run(f, "catalog", "log", "-o", "json").out), &list); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"time": "2026-03-04T11:00:00Z", "author": map[string]any{"name": "Ann", "email": "ann@example.com"}, "commit": strings.Repeat("ab", 20),
		"url": "https://git.example/c/ab", "message": "hand over", "ref": "component:default/ledger", "kind": "changed", "source": "shop", "path": "a.yaml",
		"changes": []any{
			map[string]any{"field": "spec.owner", "from": "a", "to": "b"},
			map[string]any{"field": "metadata.tags", "added": []any{"x"}, "removed": []any{"y", "z"}},
		},
	}
	if diff := cmp.Diff(want, list[0]); diff != "" {
		t.Error(diff)
	}
	if out := run(shop(t), "catalog", "log", "-o", "json").out; out != "[]\n" {
		t.Errorf("%q", out)
	}
}

func TestLogKnowsAnEntityFromAQuery(t *testing.T) {
	t.Parallel()
	ref := func(kind, name string) catalog.Ref {
		return catalog.Ref{Kind: kind, Namespace: "default", Name: name}
	}
	week := noon().AddDate(0, 0, -7)
	for line, want := range map[string]HistoryQuery{
		"":                                    {Since: week, Limit: 50},
		"ledger":                              {Refs: []catalog.Ref{ref("Component", "ledger")}, Limit: 50},
		"api:payments-api --limit 3":          {Refs: []catalog.Ref{ref("API", "payments-api")}, Limit: 3},
		"resource:default/gone --limit 0":     {Refs: []catalog.Ref{ref("resource", "gone")}, Limit: 10_000},
		"lifecycle:deprecated --since 24h":    {Refs: []catalog.Ref{ref("Component", "ledger")}, Since: noon().Add(-24 * time.Hour), Limit: 50},
		"kind:api":                            {Refs: []catalog.Ref{ref("API", "payments-api")}, Since: week, Limit: 50},
		"-kind:api,component,user":            {Refs: []catalog.Ref{ref("Group", "team-payments")}, Since: week, Limit: 50},
		"ledger --since 2026-03-01":           {Refs: []catalog.Ref{ref("Component", "ledger")}, Since: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Limit: 50},
		"ledger --since 2026-03-01T10:00:00Z": {Refs: []catalog.Ref{ref("Component", "ledger")}, Since: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC), Limit: 50},
		"ledger --since 2w":                   {Refs: []catalog.Ref{ref("Component", "ledger")}, Since: noon().AddDate(0, 0, -14), Limit: 50},
		"lifecycle:nothing":                   {Refs: []catalog.Ref{}, Since: week, Limit: 50},
	} {
		f := shop(t)
		o := run(f, append([]string{"catalog", "log"}, strings.Fields(line)...)...)
		if o.code != ExitDone || len(f.asked) != 1 {
			t.Errorf("%s: %d, %s", line, o.code, o.err)
			continue
		}
		if diff := cmp.Diff(want, f.asked[0]); diff != "" {
			t.Errorf("%s: %s", line, diff)
		}
	}
}

func TestLogRefusesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]struct {
		code int
		text string
	}{
		"ledger --since yesterday": {ExitUsage, `--since cannot be "yesterday"; write for example 24h, 7d, 4w or 2026-03-01`},
		"ledger --since -3h":       {ExitUsage, "--since"},
		"ledger --since 0d":        {ExitUsage, "--since"},
		"ledger --limit -1":        {ExitUsage, "--limit"},
		"payments-api":             {ExitUsage, "names 2 entities"},
		"zzzqqq":                   {ExitNotFound, "the catalog has no entity"},
		"ownr:me":                  {ExitUsage, "cannot be read"},
		"health:down -o json":      {ExitFailed, "cannot be answered"},
	} {
		f := shop(t)
		run(f, append([]string{"catalog", "log"}, strings.Fields(line)...)...).wants(t, want.code, want.text)
		if len(f.asked) > 0 {
			t.Errorf("%s: asked all the same: %+v", line, f.asked)
		}
	}
}

func TestAnEmptyLogSaysWhy(t *testing.T) {
	t.Parallel()
	run(shop(t), "catalog", "log").wants(t, ExitDone, "no change is known since 2026-02-25 12:00")
	run(shop(t), "catalog", "log", "ledger").wants(t, ExitDone, "no change is known: no commit")
	run(shop(t), "catalog", "log", "lifecycle:nothing").wants(t, ExitDone, "no entity fits the query")
	f := shop(t)
	f.history.Notes = []string{"the source shop is a folder"}
	o := run(f, "catalog", "log", "ledger")
	if o.err != "the source shop is a folder\n" || o.out != "" {
		t.Errorf("%q %q", o.out, o.err)
	}
	f.history.Notes = []string{"1", "2", "3", "4", "5"}
	run(f, "catalog", "log", "ledger").wants(t, ExitDone, "3\nand 2 more such notes")
	if o := run(f, "catalog", "log", "ledger", "--quiet"); o.err != "" {
		t.Errorf("%q", o.err)
	}
}

func TestLogWorksOverSSH(t *testing.T) {
	t.Parallel()
	remote(t, "catalog", "log", "ledger", "-o", "json").wants(t, ExitDone, "[]")
}
