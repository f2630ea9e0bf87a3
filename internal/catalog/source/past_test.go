package source

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFeedsNamesWhatAFileIsPartOf(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	using := func(name string) string { return component(name) + "  text: {$text: ./spec/shared.txt}\n" }
	w.write(map[string]string{"a.yaml": using("a"), "b.yaml": using("b"), "c.yaml": component("c"), "other.yaml": "x: 1\n", "spec/shared.txt": "hello"})
	w.sync()
	files, err := w.syncer.Store.Files(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	got := Feeds(files)
	for _, list := range got {
		if len(list) == 2 && list[0] > list[1] {
			list[0], list[1] = list[1], list[0]
		}
	}
	want := map[string][]string{"a.yaml": {"a.yaml"}, "b.yaml": {"b.yaml"}, "c.yaml": {"c.yaml"}, "spec/shared.txt": {"a.yaml", "b.yaml"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatDiscoveryLooksAt(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ paths, name, want string }{
		{"", "a.yaml", "yes"},
		{"", "deep/a.YML", "yes"},
		{"", "a.json", "no"},
		{"services", "services/x/a.yaml", "yes"},
		{"services", "services2/a.yaml", "no"},
		{"./one.yaml", "one.yaml", "yes"},
		{"x,**/catalog-info.yaml", "a/b/catalog-info.yaml", "yes"},
		{"x,**/catalog-info.yaml", "a/b/other.yaml", "no"},
		{"[", "a.yaml", "no"},
	} {
		var rules Rules
		if tt.paths != "" {
			rules.Paths = strings.Split(tt.paths, ",")
		}
		if got := rules.MayHold(tt.name); got != (tt.want == "yes") {
			t.Errorf("%s in %s: %t", tt.name, tt.paths, got)
		}
	}
}
