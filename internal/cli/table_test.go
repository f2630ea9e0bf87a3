package cli

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func printed(t *table) string {
	var b strings.Builder
	if err := t.print(&b); err != nil {
		return err.Error()
	}
	return b.String()
}

func TestTableLinesColumnsUp(t *testing.T) {
	t.Parallel()
	tab := &table{cols: []column{{head: "NAME"}, {head: "N", right: true}, {head: "WHAT"}}}
	tab.add("ledger", "7", "books")
	tab.add("決済", "120", "")
	want := "" +
		"NAME      N  WHAT\n" +
		"ledger    7  books\n" +
		"決済    120\n"
	if diff := cmp.Diff(want, printed(tab)); diff != "" {
		t.Error(diff)
	}
}

func TestTableLeavesOutAnEmptyColumn(t *testing.T) {
	t.Parallel()
	tab := &table{cols: []column{{head: "NAME"}, {head: "SYSTEM"}, {head: "KIND"}}}
	tab.add("ledger", "", "api")
	if diff := cmp.Diff("NAME    KIND\nledger  api\n", printed(tab)); diff != "" {
		t.Error(diff)
	}
}

func TestTableCutsTheFlexibleColumnFirst(t *testing.T) {
	t.Parallel()
	tab := &table{cols: []column{{head: "NAME"}, {head: "WHAT", flex: true}}, width: 24}
	tab.add("payments-api", "Takes card payments and refunds")
	want := "NAME          WHAT\npayments-api  Takes car…\n"
	if diff := cmp.Diff(want, printed(tab)); diff != "" {
		t.Error(diff)
	}
}

func TestTableIsWholeWhereThereIsNoTerminal(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 500)
	tab := &table{cols: []column{{head: "A"}, {head: "B", flex: true}}}
	tab.add(long, long)
	if got := printed(tab); !strings.Contains(got, long+"  "+long) {
		t.Errorf("something was cut: %.80s", got)
	}
}

func TestTableNeverWrapsALine(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cols := rapid.IntRange(1, 6).Draw(t, "columns")
		tab := &table{width: rapid.IntRange(minWidth, 120).Draw(t, "width"), style: style{on: rapid.Bool().Draw(t, "colour")}}
		for range cols {
			tab.cols = append(tab.cols, column{
				head: "HEAD", flex: rapid.Bool().Draw(t, "flex"), right: rapid.Bool().Draw(t, "right"), paint: tab.style.bold,
			})
		}
		for range rapid.IntRange(0, 5).Draw(t, "rows") {
			row := make([]string, cols)
			for i := range row {
				row[i] = rapid.StringMatching(`[a-z 決é]{0,60}`).Draw(t, "cell")
			}
			tab.add(row...)
		}
		for line := range strings.Lines(printed(tab)) {
			if n := ansi.StringWidth(strings.TrimSuffix(line, "\n")); n > tab.width {
				t.Fatalf("%d cells in a terminal of %d: %q", n, tab.width, line)
			}
		}
	})
}
