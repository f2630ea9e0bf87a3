package cli

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

func TestYAMLTextStaysText(t *testing.T) {
	t.Parallel()
	value := map[string]any{"yes": "no", "version": "014", "n": 14.0, "list": []any{}, "lines": "a\nb\n", "on": true, "none": nil}
	var out bytes.Buffer
	if err := printYAML(&out, value); err != nil {
		t.Fatal(err)
	}
	want := "lines: |\n  a\n  b\nlist: []\n\"n\": 14\nnone: null\n\"on\": true\nversion: \"014\"\n\"yes\": \"no\"\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
	var back map[string]any
	if err := yaml.Unmarshal(out.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	value["n"] = 14
	if diff := cmp.Diff(value, back); diff != "" {
		t.Error(diff)
	}
}

func TestJSONArrayIsOneValue(t *testing.T) {
	t.Parallel()
	for _, items := range [][]any{{}, {"a<b>&"}, {1, map[string]any{"k": []int{1, 2}}, nil}} {
		var out bytes.Buffer
		array := jsonArray{w: &out}
		for _, item := range items {
			if err := array.add(item); err != nil {
				t.Fatal(err)
			}
		}
		if err := array.end(); err != nil {
			t.Fatal(err)
		}
		var got []any
		if err := json.Unmarshal(out.Bytes(), &got); err != nil {
			t.Fatalf("%v in %s", err, out.String())
		}
		if len(got) != len(items) {
			t.Errorf("%d items became %d: %s", len(items), len(got), out.String())
		}
		if strings.Contains(out.String(), `\u003c`) {
			t.Errorf("escaped for a web page: %s", out.String())
		}
		if !strings.HasSuffix(out.String(), "]\n") {
			t.Errorf("no line end: %q", out.String())
		}
	}
}

func TestNumbersBelowNoneAreMistakes(t *testing.T) {
	t.Parallel()
	for line, flag := range map[string]string{
		"catalog list --limit -1": "--limit", "search x --limit -1": "--limit",
		"catalog graph ledger --depth 0": "--depth", "catalog graph ledger --nodes -1": "--nodes",
	} {
		run(shop(t), strings.Fields(line)...).wants(t, ExitUsage, flag+" cannot be")
	}
}

// Files that Locations name are found while others are read, so that a sync may
// come further than it knew.
func TestProgressEndsAtAHundredPerCent(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	v := progressView{w: &b, bar: true}
	v.show(Progress{Source: "shop", Phase: "reading files", Done: 7, Total: 3})
	if !strings.Contains(b.String(), "  100%") {
		t.Errorf("%q", b.String())
	}
}
