package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOneSourceIsFoundByItsWholeName(t *testing.T) {
	t.Parallel()
	s, err := Open(t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"shop", "shop-2"} {
		w, err := s.Begin(t.Context(), name)
		if err == nil {
			_, err = w.Commit(t.Context(), SourceStatus{Kind: "folder", Location: "/" + name, State: StateOK, Revision: "r", Rules: "x"})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	all, err := s.Sources(t.Context())
	if err != nil || len(all) != 2 {
		t.Fatalf("%v, %v", all, err)
	}
	for _, want := range all {
		got, known, err := s.Source(t.Context(), want.Name)
		if diff := cmp.Diff(want, got); diff != "" || !known || err != nil {
			t.Errorf("%s: %v, %v, %s", want.Name, known, err, diff)
		}
	}
	if got, known, err := s.Source(t.Context(), "sho"); known || err != nil || got != (SourceStatus{}) {
		t.Errorf("%+v, %v, %v", got, known, err)
	}
}

// revised is a cache with two sources that a sync may skip as unchanged.
func revised(t *testing.T) *Store {
	t.Helper()
	s := open(t, t.TempDir())
	for i, name := range []string{"shop", "shop-2"} {
		w, err := s.Begin(t.Context(), name)
		must(t, err)
		must(t, putAll(t.Context(), w, name, 100*i, 100*i+12))
		_, err = w.Commit(t.Context(), SourceStatus{Kind: "git", State: StateOK, Entities: 12, Revision: "abc", Rules: "x"})
		must(t, err)
	}
	return s
}

func skippable(t *testing.T, s *Store, name string) bool {
	t.Helper()
	status, known, err := s.Source(t.Context(), name)
	if !known || err != nil || status.Entities != 12 {
		t.Fatalf("%s: %+v, %v, %v", name, status, known, err)
	}
	return status.Revision != "" && status.Rules != ""
}

func TestASourceThatWasHalfWrittenIsNotSkipped(t *testing.T) {
	t.Parallel()
	s := revised(t)
	w, err := s.Begin(t.Context(), "shop")
	must(t, err)
	must(t, putAll(t.Context(), w, "shop", 200, 200+batchValues)) // and it is broken off
	w.Abandon()
	if skippable(t, s, "shop") || !skippable(t, s, "shop-2") {
		t.Error("the half of the sync that was stored would be left as it is")
	}
}

func TestNoSourceIsSkippedAfterAValueWasLost(t *testing.T) {
	t.Parallel()
	s := revised(t)
	if !skippable(t, s, "shop") {
		t.Error("it is doubtful from the start")
	}
	spoil(t, s, valueID{bucketEntity, ref(3).String()})
	if _, err := s.Record(t.Context(), ref(3)); err == nil {
		t.Error("the damaged record was given")
	}
	if skippable(t, s, "shop") || skippable(t, s, "shop-2") {
		t.Error("what was lost would never be read again")
	}
}
