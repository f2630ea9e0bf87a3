package history

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/idptui/idptui/internal/catalog/source"
)

func TestAFileReadByItsDocumentsIsTheFileReadWhole(t *testing.T) {
	t.Parallel()
	const good = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: NAME}\nspec: {type: service, lifecycle: x, owner: me}\n"
	pieces := []string{
		strings.Replace(good, "NAME", "a", 1), strings.Replace(good, "NAME", "b", 1), strings.Replace(good, "NAME", "no name", 1),
		"---\n", "--- # said\n", "---x\n", "...\n", "# a comment\n", "\n", "%YAML 1.2\n", "a: [\n", "a: |\n ---\n", "\"\n", "---", "apiVersion: v1\nkind: Pod\n",
		strings.Replace(good, "spec: {", "spec: {text: {$text: ./beside.txt}, ", 1), "\r\n", "\ufeff",
	}
	src := source.NewFS("shop", "", nil, source.Rules{})
	beside := fstest.MapFS{"beside.txt": {Data: []byte("x")}}
	rapid.Check(t, func(t *rapid.T) {
		data := []byte(strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 12).Draw(t, "pieces"), ""))
		for _, name := range []string{"catalog-info.yaml", "other.yaml"} {
			var parts version
			for _, d := range documents(data) {
				parts.add(readDocument(src, beside, name, d))
			}
			whole := source.ReadVersion(src, beside, name, data)
			if diff := cmp.Diff(whole.Entities, parts.Entities); diff != "" {
				t.Fatalf("%s of\n%s\n%s", name, data, diff)
			}
			if diff := cmp.Diff(whole.Faults, parts.Faults); diff != "" {
				t.Fatalf("faults of %s of\n%s\n%s", name, data, diff)
			}
		}
	})
}
