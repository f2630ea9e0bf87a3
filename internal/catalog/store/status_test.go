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
