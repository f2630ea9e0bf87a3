package catalog_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/catalogtest"
)

// summaryOf reads a row back into what it was made of.
func summaryOf(r catalog.Row) catalog.Summary {
	s := catalog.Summary{
		Ref: r.Ref(), Title: r.Title(), Description: r.Description(), Type: r.Type(), Lifecycle: r.Lifecycle(),
		Owner: r.Owner().String(), System: r.System().String(), Source: r.Source(), Email: r.Email(), Has: r.Has(),
	}
	if tags := r.Tags(); len(tags) > 0 {
		s.Tags = tags
	}
	return s
}

func rowsOf(s *catalog.Snapshot) []catalog.Summary {
	var out []catalog.Summary
	for id := range int32(s.Len()) {
		out = append(out, summaryOf(s.Row(id)))
	}
	return out
}

func TestSnapshotGivesBackWhatWasAdded(t *testing.T) {
	t.Parallel()
	want := catalogtest.Summaries(2_000, 7)
	s := build(want)
	if diff := cmp.Diff(want, rowsOf(s)); diff != "" {
		t.Error(diff)
	}
	if s.Revision() != 1 || s.RelationsReady() || s.Len() != 2_000 {
		t.Errorf("revision %d, relations %v, %d rows", s.Revision(), s.RelationsReady(), s.Len())
	}
	for i, x := range want {
		if r, ok := s.Find(x.Ref); !ok || int(r.ID()) != i {
			t.Fatalf("%s is found at %d, %v", x.Ref, r.ID(), ok)
		}
	}
}

func TestBuilderSortsWhatComesInAnyOrder(t *testing.T) {
	t.Parallel()
	want := catalogtest.Summaries(500, 3)
	shuffled := slices.Clone(want)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	if diff := cmp.Diff(want, rowsOf(build(shuffled))); diff != "" {
		t.Error(diff)
	}
}

func TestBuilderKeepsTheLastOfEqualRefs(t *testing.T) {
	t.Parallel()
	b := catalog.NewBuilder(9, 0)
	b.Add(catalog.Summary{Ref: catalog.Ref{Kind: "API", Namespace: "default", Name: "Pay"}, Type: "old"})
	b.Add(catalog.Summary{Ref: catalog.Ref{Kind: "Component", Name: "Pay"}})
	b.Add(catalog.Summary{Ref: catalog.Ref{Kind: "api", Name: "pay"}, Type: "new"})
	s := b.Snapshot()
	if s.Len() != 2 || s.Row(0).Type() != "new" || s.Row(0).Namespace() != "default" {
		t.Errorf("rows are %v", rowsOf(s))
	}
	b.Add(catalog.Summary{Ref: catalog.Ref{Kind: "API", Name: "second"}})
	if second := b.Snapshot(); second.Len() != 1 || s.Len() != 2 {
		t.Errorf("the builder's next snapshot has %d rows, the first %d", second.Len(), s.Len())
	}
}

func TestBuilderCopiesTheTextsItKeeps(t *testing.T) {
	t.Parallel()
	buffer := []byte("Component default pay Title Description service production group:default/a system:default/s src java a@b")
	fields := strings.Fields(unsafe.String(unsafe.SliceData(buffer), len(buffer))) // as a store reads a page without copying
	x := catalog.Summary{
		Ref:   catalog.Ref{Kind: fields[0], Namespace: fields[1], Name: fields[2]},
		Title: fields[3], Description: fields[4], Type: fields[5], Lifecycle: fields[6], Owner: fields[7],
		System: fields[8], Source: fields[9], Tags: []string{fields[10]}, Email: fields[11],
	}
	b := catalog.NewBuilder(1, 1)
	b.Add(x)
	want := rowsOf(build([]catalog.Summary{x}))[0]
	want = catalog.Summary{
		Ref:   catalog.Ref{Kind: strings.Clone(want.Ref.Kind), Namespace: strings.Clone(want.Ref.Namespace), Name: strings.Clone(want.Ref.Name)},
		Title: strings.Clone(want.Title), Description: strings.Clone(want.Description), Type: strings.Clone(want.Type),
		Lifecycle: strings.Clone(want.Lifecycle), Owner: strings.Clone(want.Owner), System: strings.Clone(want.System),
		Source: strings.Clone(want.Source), Tags: []string{strings.Clone(want.Tags[0])}, Email: strings.Clone(want.Email),
	}
	for i := range buffer {
		buffer[i] = '#'
	}
	if diff := cmp.Diff(want, rowsOf(b.Snapshot())[0]); diff != "" {
		t.Error(diff)
	}
}

func TestFindIgnoresCaseAndFillsTheNamespace(t *testing.T) {
	t.Parallel()
	s := &shop{}
	s.entity("Component:default/Straße")
	s.entity("API:infra/pay")
	rows := s.rows()
	for _, r := range []catalog.Ref{
		{Kind: "component", Namespace: "default", Name: "STRAßE"},
		{Kind: "COMPONENT", Name: "straße"},
		{Kind: "api", Namespace: "INFRA", Name: "Pay"},
	} {
		if _, ok := rows.Find(r); !ok {
			t.Errorf("%v is not found", r)
		}
	}
	for _, r := range []catalog.Ref{{}, {Kind: "api", Name: "pay"}, {Kind: "component", Namespace: "infra", Name: "pay"}} {
		if row, ok := rows.Find(r); ok || !row.IsZero() {
			t.Errorf("%v is found as %v", r, row.Ref())
		}
	}
}

func TestAnEmptySnapshotAnswersEverything(t *testing.T) {
	t.Parallel()
	v := (&shop{}).view()
	if _, ok := v.Find(ref("x")); ok || v.Len() != 0 {
		t.Error("it holds something")
	}
	for _, text := range []string{"", "pay", "kind:api", "dependsOn:*", "health:unknown", "-tag:x", "name:*", "is:dangling", "domain:x"} {
		for _, field := range append(catalog.SortFields(), "", "gone") {
			if r := selectIDs(t, v, parse(t, text), alice, catalog.Sort{Field: field}, nil); len(r.IDs) != 0 {
				t.Errorf("%s finds %v", text, r.IDs)
			}
		}
	}
	facets, err := v.Facets(t.Context(), parse(t, ""), alice, 5)
	if err != nil || len(facets) == 0 || len(facets[0].Values) != 0 {
		t.Errorf("facets are %v, %v", facets, err)
	}
	if g := v.Walk(ref("x"), catalog.AllRelations, 3, 10); len(g.Nodes) != 1 || g.Nodes[0].Known {
		t.Errorf("the graph is %+v", g)
	}
}

func TestTheZeroRowIsEmpty(t *testing.T) {
	t.Parallel()
	s := newShop().rows()
	for _, r := range []catalog.Row{{}, s.Row(-1), s.Row(int32(s.Len()))} {
		if diff := cmp.Diff(catalog.Summary{}, summaryOf(r)); diff != "" || !r.IsZero() || r.ID() != -1 {
			t.Errorf("id %d: %s", r.ID(), diff)
		}
	}
}

func TestDisplayNameIsTheTitleOrTheName(t *testing.T) {
	t.Parallel()
	s := newShop().rows()
	for text, want := range map[string]string{"payments-api": "Payments API", "ledger": "ledger"} {
		if r, _ := s.Find(ref(text)); r.DisplayName() != want {
			t.Errorf("%s is shown as %s", text, r.DisplayName())
		}
	}
}

func TestAnOwnerThatIsNoRefStaysVisible(t *testing.T) {
	t.Parallel()
	b := catalog.NewBuilder(1, 1)
	b.Add(catalog.Summary{Ref: ref("x"), Owner: "group:", System: "bare"})
	r := b.Snapshot().Row(0)
	if r.Owner().Name != "group:" || r.System() != (catalog.Ref{Kind: "System", Namespace: "default", Name: "bare"}) {
		t.Errorf("owner %v, system %v", r.Owner(), r.System())
	}
}

func TestRowsLieInSortKeyOrder(t *testing.T) {
	t.Parallel()
	part := rapid.OneOf(rapid.StringMatching(`[a-cA-C0-9._-]{1,4}`), rapid.SampledFrom([]string{"é", "É", "ß", "K", "\xff", "a\xff"}))
	rapid.Check(t, func(t *rapid.T) {
		refs := rapid.SliceOf(rapid.Custom(func(t *rapid.T) catalog.Ref {
			return catalog.Ref{Kind: part.Draw(t, "kind"), Namespace: part.Draw(t, "namespace"), Name: part.Draw(t, "name")}
		})).Draw(t, "refs")
		b := catalog.NewBuilder(1, len(refs))
		keys := map[string]bool{}
		for _, r := range refs {
			b.Add(catalog.Summary{Ref: r})
			keys[catalog.SortKey(r)] = true
		}
		s := b.Snapshot()
		if s.Len() != len(keys) {
			t.Fatalf("%d rows of %d keys", s.Len(), len(keys))
		}
		for id := int32(1); int(id) < s.Len(); id++ {
			if a, b := s.Row(id-1).Ref(), s.Row(id).Ref(); catalog.SortKey(a) >= catalog.SortKey(b) {
				t.Fatalf("%q comes before %q", a, b)
			}
		}
		for _, r := range refs {
			if row, ok := s.Find(r); !ok || catalog.SortKey(row.Ref()) != catalog.SortKey(r) {
				t.Fatalf("%q is found as %q", r, row.Ref())
			}
		}
	})
}
