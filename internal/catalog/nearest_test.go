package catalog

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNearestNames(t *testing.T) {
	t.Parallel()
	names := []string{"payments-api", "payments-db", "ledger", "orders", "order", "fraud-check"}
	for word, want := range map[string][]string{
		"payment-api": {"payments-api"},
		"paymenst-db": {"payments-db"},
		"Ledger":      {"ledger"},
		"pay":         {"payments-api", "payments-db"},
		"check":       {"fraud-check"},
		"zebra":       nil,
		"oder":        {"order"},
	} {
		if diff := cmp.Diff(want, Nearest(word, names, 2)); diff != "" {
			t.Errorf("%s: %s", word, diff)
		}
	}
}

func TestDistanceCountsASwapAsOne(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "acb", 1}, {"abc", "abd", 1}, {"abc", "abcd", 1}, {"kitten", "sitting", 3}, {"a", "wholly different", 4}} {
		if got := editDistance(c.a, c.b, 3); got != c.want {
			t.Errorf("%q to %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
