package cli

import (
	"strings"
	"testing"
)

func TestASearchWithAQualifierPointsToTheQueries(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		line []string
		want string
	}{
		{[]string{"kind:api", "owner:x"}, "idptui catalog list 'kind:api owner:x'\n"},
		{[]string{"-Lifecycle:it's"}, `idptui catalog list '-Lifecycle:it'\''s'` + "\n"},
		{[]string{"tag:java", "-o", "json"}, "idptui catalog list 'tag:java'\n"},
		{[]string{"component:ledger"}, ""}, // a reference, not a term
		{[]string{"ledger"}, ""},
	} {
		o := run(shop(t), append([]string{"search"}, c.line...)...)
		if o.code != ExitDone || !strings.HasSuffix(o.err, c.want) || c.want == "" && strings.Contains(o.err, "catalog list") {
			t.Errorf("%q: %+v", c.line, o)
		}
	}
}
