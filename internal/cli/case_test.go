package cli

import (
	"strings"
	"testing"

	"github.com/idptui/idptui/internal/catalog"
)

// cased is a catalog in which names have capitals.
func cased(t *testing.T) *fake {
	t.Helper()
	const text = `
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: Till}
spec: {type: service, lifecycle: production, owner: TEAM-pos, system: SHOP}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: Scale}
spec: {type: service, lifecycle: production, owner: "group:default/Team-Gone"}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: Team-POS}
spec: {type: team, children: []}
---
apiVersion: backstage.io/v1alpha1
kind: System
metadata: {name: Shop}
spec: {owner: Team-POS}
`
	f := &fake{}
	for _, doc := range catalog.Read([]byte(text), catalog.ReadOptions{Path: "all.yaml"}) {
		if doc.Entity == nil {
			t.Fatalf("line %d: %v", doc.Line, doc.Problems)
		}
		f.records = append(f.records, &catalog.Record{Entity: doc.Entity, Raw: doc.Raw})
	}
	return f
}

func TestNamesKeepTheirCase(t *testing.T) {
	t.Parallel()
	o := run(cased(t), "catalog", "get", "till")
	for _, want := range []string{"Owner Team-POS", "System Shop", "ownedBy group:Team-POS", "partOf system:Shop"} {
		if !hasRow(o.out, want) {
			t.Errorf("%q is missing in\n%s", want, o.out)
		}
	}
	if o := run(cased(t), "catalog", "get", "scale"); !hasRow(o.out, "Owner Team-Gone (not in the catalog)") {
		t.Errorf("%s", o.out)
	}
	if o := run(cased(t), "catalog", "list", "name:till"); !hasRow(o.out, "Till service production Team-POS Shop") {
		t.Errorf("%s", o.out)
	}
	if o := run(cased(t), "search", "till"); !hasRow(o.out, "Till component Team-POS") && !strings.Contains(o.out, "Team-POS") {
		t.Errorf("%s", o.out)
	}
}
