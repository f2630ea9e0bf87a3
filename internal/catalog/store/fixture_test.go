package store

import (
	"os"
	"path/filepath"
	"testing"
)

const fixture = "testdata/schema1.db"

// A cache of the first schema is read, or is set aside once the schema is another.
func TestSchema1IsRead(t *testing.T) {
	t.Parallel()
	if os.Getenv("IDPTUI_WRITE_FIXTURE") != "" {
		s := open(t, t.TempDir())
		put(t, s, "shop", 0, 12)
		file, err := os.ReadFile(s.file.Path())
		must(t, err)
		must(t, os.WriteFile(fixture, file, 0o600))
	}
	file, err := os.ReadFile(fixture)
	must(t, err)
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, FileName), file, 0o600))
	s := open(t, dir)
	if schema != 1 {
		if snap := snapshot(t, s); snap.Len() != 0 || s.Notice() == "" {
			t.Errorf("%d entities, notice %q", snap.Len(), s.Notice())
		}
		return
	}
	snap := snapshot(t, s)
	same(t, "list", refs(0, 12), names(snap))
	row, ok := snap.Find(ref(7))
	if !ok || row.Title() != "Title of Service-000007" || row.Source() != "shop" {
		t.Errorf("row %v: %q of %q", ok, row.Title(), row.Source())
	}
	rec, err := s.Record(t.Context(), ref(7))
	must(t, err)
	same(t, "record", record("shop", 7), rec)
	whole, err := s.Edges(t.Context(), snap)
	must(t, err)
	if got := whole.Relations(ref(7)); len(got) != 3 {
		t.Errorf("relations: %v", got)
	}
	if got := files(t, s, "shop")[path(0)].Refs; len(got) != 10 {
		t.Errorf("the first file brought %v", got)
	}
	put(t, s, "shop", 5, 15)
	same(t, "list after a sync", refs(0, 15), names(snapshot(t, s)))
	if s.Notice() != "" {
		t.Errorf("notice: %s", s.Notice())
	}
}
