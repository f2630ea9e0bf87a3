package catalog_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/idptui/idptui/internal/catalog"
)

func TestSortOrdersAsPeopleRead(t *testing.T) {
	t.Parallel()
	s := &shop{}
	for i, name := range []string{"Job-10", "job-9", "job-010", "alpha", "job", "Alpha-2", "job-9a", "zeta", "job-100"} {
		owner := []string{"group:zeta", "group:infra/alpha", "user:alpha", "group:team-10", "group:team-9"}[i%5]
		parts := []string{"type:" + []string{"b", "B", "a"}[i%3]}
		if i < 7 {
			parts = append(parts, "owner:"+owner)
		}
		s.entity(name, parts...)
	}
	v := s.view()
	for _, tc := range []struct{ sort, want string }{
		{"", "alpha Alpha-2 job job-010 Job-10 job-100 job-9 job-9a zeta"},
		{"name", "alpha Alpha-2 job job-9 job-9a job-010 Job-10 job-100 zeta"},
		{"-name", "zeta job-100 Job-10 job-010 job-9a job-9 job Alpha-2 alpha"},
		// infra/alpha and user alpha, team-9, team-10, zeta; then those without an owner
		{"owner", "job-9 job-9a job-010 job alpha Alpha-2 Job-10 job-100 zeta"},
		{"-owner", "Alpha-2 Job-10 alpha job job-010 job-9 job-9a job-100 zeta"},
		{"type", "Alpha-2 job-010 job-100 alpha job Job-10 job-9 job-9a zeta"},
	} {
		order, err := catalog.ParseSort(tc.sort)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(names(t, v, "", order), " "); got != tc.want {
			t.Errorf("%q\n got %s\nwant %s", tc.sort, got, tc.want)
		}
	}
}

func TestSortByOverlayFollowsItsLevels(t *testing.T) {
	t.Parallel()
	v := newShop().view()
	for _, tc := range []struct{ sort, want string }{
		{"level", "checkout ledger payments-api orphaned playground refunds-worker"},
		{"-level", "payments-api ledger checkout orphaned playground refunds-worker"},
		{"score:coverage", "ledger payments-api checkout orphaned playground refunds-worker"},
		{"-score:coverage", "payments-api ledger checkout orphaned playground refunds-worker"},
		{"health", "refunds-worker checkout payments-api ledger orphaned playground"},
		{"score:gone", "checkout ledger orphaned payments-api playground refunds-worker"},
	} {
		order, err := catalog.ParseSort(tc.sort)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(names(t, v, "kind:component", order), " "); got != tc.want {
			t.Errorf("%q\n got %s\nwant %s", tc.sort, got, tc.want)
		}
	}
}

func TestAnOverlayIsASortOnlyWhereThereIsOne(t *testing.T) {
	t.Parallel()
	with := newShop().view()
	without := catalog.NewView(with.Snapshot)
	for _, name := range []string{"health", "level", "score"} {
		if slices.Contains(catalog.SortFields(), name) {
			t.Errorf("%s is offered to every list", name)
		}
	}
	for _, tc := range []struct {
		sort          string
		with, without bool
	}{
		{"", true, true},
		{"name", true, true},
		{"-OWNER", true, true},
		{"health", true, false},
		{"-score:coverage", true, false},
		{"score:gone", false, false},
	} {
		order, err := catalog.ParseSort(tc.sort)
		if err != nil {
			t.Fatal(err)
		}
		if with.CanSort(order) != tc.with || without.CanSort(order) != tc.without {
			t.Errorf("%q: %v with the overlays, %v without", tc.sort, with.CanSort(order), without.CanSort(order))
		}
	}
}

func TestParseSortReadsWhatItWrites(t *testing.T) {
	t.Parallel()
	for _, field := range append(catalog.SortFields(), "score:production") {
		for _, text := range []string{field, "-" + field} {
			order, err := catalog.ParseSort(text)
			if err != nil || order.String() != text {
				t.Errorf("%s is read as %v, %v", text, order, err)
			}
		}
	}
	if order, err := catalog.ParseSort("-OWNER"); err != nil || order != (catalog.Sort{Field: "owner", Desc: true}) {
		t.Errorf("-OWNER is read as %v, %v", order, err)
	}
	for text, want := range map[string]string{
		"onwer": "did you mean owner?", "has": "known are name", "-": "no field", "owner:x": "cannot be sorted", "dependsOn": "cannot",
	} {
		if _, err := catalog.ParseSort(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v", text, err)
		}
	}
}

func TestNameOrderIsNaturalThroughout(t *testing.T) {
	t.Parallel()
	part := rapid.SampledFrom([]string{"a", "B", "-", "0", "1", "01", "10", "9", "é", "É", "b2", "."})
	rapid.Check(t, func(t *rapid.T) {
		s := &shop{}
		for _, parts := range rapid.SliceOfN(rapid.SliceOfN(part, 1, 5), 0, 40).Draw(t, "names") {
			s.entity(strings.Join(parts, ""))
		}
		got := names(t, s.view(), "", catalog.Sort{Field: "name"})
		for i := range got[:max(len(got)-1, 0)] {
			if widen(got[i]) > widen(got[i+1]) {
				t.Fatalf("%q comes before %q", got[i], got[i+1])
			}
		}
		down := names(t, s.view(), "", catalog.Sort{Field: "name", Desc: true})
		slices.Reverse(down)
		if !slices.Equal(got, down) {
			t.Fatalf("%q downwards is %q", got, down)
		}
	})
}

// widen pads each run of digits, so that byte order is the natural one.
func widen(name string) string {
	var b strings.Builder
	name = strings.ToLower(name)
	for i := 0; i < len(name); {
		j := i
		for j < len(name) && '0' <= name[j] && name[j] <= '9' {
			j++
		}
		if j == i {
			b.WriteByte(name[i])
			i++
			continue
		}
		digits := strings.TrimLeft(name[i:j], "0")
		b.WriteString(strings.Repeat("0", 20-len(digits)) + digits)
		i = j
	}
	return b.String()
}
