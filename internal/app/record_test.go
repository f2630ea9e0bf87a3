package app

import (
	"strings"
	"testing"
	"time"

	"github.com/idptui/idptui/internal/cli"
)

func TestAnUnchangedEntityIsAsOldAsTheLastSync(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.service(t, "shop/a.yaml", "a")
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	at := func(now time.Time, line ...string) string {
		t.Helper()
		sys, out, errs := m.io("")
		sys.Now = func() time.Time { return now }
		if code := Main(t.Context(), line, sys); code != cli.ExitDone {
			t.Fatalf("%v ended with %d: %s", line, code, errs)
		}
		return out.String()
	}
	at(start, "sync", "--catalog", "shop")
	at(start.Add(time.Hour), "sync")
	if got := at(start.Add(time.Hour+5*time.Second), "catalog", "get", "a"); !strings.Contains(got, "read 5 s ago") {
		t.Errorf("the second sync looked at it, but it says:\n%s", got)
	}
}
