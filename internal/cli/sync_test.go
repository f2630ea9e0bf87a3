package cli

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWhatWasLeftOutIsCountedByItsReason(t *testing.T) {
	t.Parallel()
	f := shop(t)
	s := Source{Name: "shop", State: "ok", Untrusted: 1, Excluded: 2, Skeletons: 3, Unread: 2, LeftOut: 9, Errors: 3, Conflicts: 2}
	f.sources, f.reports = []Source{s}, []SyncReport{{Source: s}}
	want := `shop: 3 errors, 2 of them by conflict; idptui sync status --errors lists them
shop: 1 entity left out, because only a trusted source may bring users, groups and templates; trusted: true in the configuration lets them in
shop: 2 entities left out, because the kind is not among the kinds: of this source
shop: 3 template skeletons, 2 files that cannot be read and 1 target that would need a network left out; idptui sync status --left-out lists them
`
	for _, line := range []string{"sync --quiet=false", "sync status"} {
		o := run(f, strings.Fields(line)...)
		_, notes, _ := strings.Cut("\n"+o.err, "\nshop: reading files\n")
		if line == "sync status" {
			notes = o.err
		}
		if diff := cmp.Diff(want, notes); diff != "" {
			t.Errorf("%s: %s", line, diff)
		}
		head, row, _ := strings.Cut(o.out, "\n")
		at := strings.Index(head, "LEFT OUT") + len("LEFT OUT") - 1
		if at >= len(row) || row[at] != '9' {
			t.Errorf("%s:\n%s", line, o.out)
		}
	}
}
