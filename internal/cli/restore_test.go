package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRestoreTakesNamesThatMeanOneDeletion(t *testing.T) {
	t.Parallel()
	f := shop(t)
	f.reports = []SyncReport{{Source: Source{Name: "shop", State: "ok"}, Added: 1}}
	for _, ref := range []string{"component:default/Ledger", "api:default/ledger", "component:other/cart"} {
		f.deleted = append(f.deleted, Deleted{Ref: strings.ToLower(ref), Source: "shop", Path: "x.yaml", At: time.Unix(0, 0)})
	}
	run(f, "sync", "restore", "CART").wants(t, ExitDone)
	run(f, "sync", "restore", "api:ledger").wants(t, ExitDone)
	run(f, "sync", "restore", "component:default/ledger").wants(t, ExitDone)
	run(f, "sync", "restore", "ledger").wants(t, ExitUsage, "names 2 entities", "api:default/ledger")
	run(f, "sync", "restore", "nothing").wants(t, ExitNotFound, "no sync deleted", "lists what can be restored")
	want := [][]string{{"restore component:other/cart"}, {"restore api:default/ledger"}, {"restore component:default/ledger"}}
	if diff := cmp.Diff(want, f.synced); diff != "" {
		t.Error(diff)
	}
}
