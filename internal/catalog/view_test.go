package catalog_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/idptui/idptui/internal/catalog"
)

// checkSelect compares what queries find, as sets.
func checkSelect(t *testing.T, cases [][2]string) {
	t.Helper()
	v := newShop().view()
	for _, tc := range cases {
		if got := setOf(t, v, tc[0]); got != tc[1] {
			t.Errorf("%s\n got %s\nwant %s", tc[0], got, tc[1])
		}
	}
}

func TestSelectByFieldsAndWildcards(t *testing.T) {
	t.Parallel()
	checkSelect(t, [][2]string{
		{"kind:component type:website", "checkout playground"},
		{"KIND:Component Type:WEBSITE", "checkout playground"},
		{"type:worker", "refunds-worker"},
		{"kind:api,resource", "api:payments resource:infra/ledger-db resource:orders-db"},
		{"kind:component -lifecycle:production,deprecated", "orphaned playground"},
		{"kind:component -lifecycle:*", "orphaned"},
		{"kind:comp* lifecycle:*al", "playground"},
		{"type:*atab*", "resource:infra/ledger-db resource:orders-db"},
		{"tag:java", "payments-api refunds-worker"},
		{"tags:pci tag:java", "payments-api"},
		{"tag:pci -tag:java", "checkout"},
		{"namespace:infra", "resource:infra/ledger-db"},
		{"source:web", "checkout playground"},
		{"name:payments", "api:payments system:payments"},
		{"name:PAY*", "api:payments payments-api system:payments"},
		{"name:*-db,ledger", "ledger resource:infra/ledger-db resource:orders-db"},
		{"kind:component -name:*e*", "playground"},
	})
}

func TestSelectByOwnerSystemAndDomain(t *testing.T) {
	t.Parallel()
	checkSelect(t, [][2]string{
		{"owner:team-web kind:component", "checkout"},
		{"owner:team-web", "checkout resource:orders-db system:storefront"},
		{"owner:default/team-web", "checkout system:storefront"},
		{"owner:infra/*", "resource:orders-db"},
		{"owner:user:*", "playground"},
		{"owner:alice", "playground"},
		{"owner:group:alice", ""},
		{"kind:component owner:me", "ledger payments-api playground refunds-worker"},
		{`owner:"me"`, ""},
		{"owner:ME kind:resource", "resource:infra/ledger-db"},
		{"system:payments -kind:api", "ledger payments-api refunds-worker"},
		{"kind:component -system:*", "orphaned playground"},
		{"domain:commerce", "api:payments checkout ledger payments-api refunds-worker system:payments system:storefront"},
		{"domain:gone", ""},
	})
}

func TestSelectByWhatThereIs(t *testing.T) {
	t.Parallel()
	checkSelect(t, [][2]string{
		{"has:runbook", "payments-api resource:orders-db"},
		{"kind:component missing:owner", "orphaned"},
		{"kind:component missing:owner,runbook -owner:team-payments", "checkout orphaned playground"},
		{"kind:component has:health", "checkout payments-api refunds-worker"},
		{"kind:component missing:level system:*", "refunds-worker"},
		{"is:starred", "ledger"},
		{"is:invalid,starred", "ledger refunds-worker"},
		{"is:dangling", "ledger resource:orders-db user:bo"},
	})
}

func TestSelectByRelations(t *testing.T) {
	t.Parallel()
	checkSelect(t, [][2]string{
		{"dependsOn:ledger", "payments-api"},
		{"dependsOn:resource:*", "ledger payments-api"},
		{"dependson:infra/ledger-db", "ledger"},
		{"dependsOn:kafka", "ledger"},
		{"dependencyOf:payments-api", "ledger resource:orders-db"},
		{"kind:component -dependsOn:*", "checkout orphaned playground"},
		{"providesApis:payments", "payments-api"},
		{"consumesApi:api:payments", "checkout"},
		{"apiConsumedBy:checkout", "api:payments"},
		{"partOf:system:payments", "api:payments ledger payments-api refunds-worker"},
		{"memberOf:me", "user:alice"},
		{"memberOf:team-gone", "user:bo"},
		{"members:alice", "group:team-payments"},
		{"parent:engineering", "group:team-payments group:team-web"},
		{"children:team-web", "group:engineering"},
		{"ownerOf:component:checkout", "group:team-web"},
	})
}

func TestSelectByOverlays(t *testing.T) {
	t.Parallel()
	checkSelect(t, [][2]string{
		{"health:down", "refunds-worker"},
		{"health:d*", "checkout refunds-worker"},
		{"health:up,down", "payments-api refunds-worker"},
		{"kind:component health:unknown", "ledger orphaned playground"},
		{"kind:component -health:unknown", "checkout payments-api refunds-worker"},
		{"health:!=up", "checkout refunds-worker"},
		{"health:<up", "checkout refunds-worker"},
		{"level:>=silver", "ledger payments-api"},
		{"level:<gold", "checkout ledger"},
		{"score:production<gold", "checkout ledger"},
		{"score:production=gold", "payments-api"},
		{"score:PRODUCTION>=Silver", "ledger payments-api"},
		{"score:coverage>=80", "payments-api"},
		{"score:coverage=40.0", "ledger"},
		{"score:coverage", "ledger payments-api"},
		{"score:gold", "payments-api"},
		{"kind:component score:unknown", "orphaned playground refunds-worker"},
		{"kind:component -score:production>=silver", "checkout orphaned playground refunds-worker"},
		{"level:>silver", "payments-api"},
		{"level:<=silver", "checkout ledger"},
		{"score:coverage<81.5", "ledger"},
	})
}

func TestSelectByFreeText(t *testing.T) {
	t.Parallel()
	checkSelect(t, [][2]string{
		{"paym", "api:payments group:team-payments payments-api system:payments"},
		{"pay api", "payments-api"},
		{"alcln", "user:alice"},
		{`"payments-"`, "payments-api"},
		{`"card payments"`, ""},
		{"payments -api", "api:payments group:team-payments system:payments"},
		{"kind:component -e", "playground"},
	})
}

func TestSelectRanksFreeText(t *testing.T) {
	t.Parallel()
	s := &shop{}
	for _, name := range []string{"pay", "repay", "payments", "prepay-all", "api-gateway", "pay-2", "p-a-y", "xpxaxyx"} {
		s.entity(name)
	}
	s.entity("a-desk", "title:Pay desk")
	s.entity("über-api")
	s.entity("my-pay", "title:Up la xy")
	v := s.view()
	got := names(t, v, "pay", catalog.Sort{})
	want := []string{"pay", "pay-2", "payments"} // the whole name, then names that begin so
	if !slices.Equal(got[:3], want) {
		t.Errorf("first are %q, want %q", got[:3], want)
	}
	if i := slices.Index(got, "a-desk"); i < 3 || i > slices.Index(got, "xpxaxyx") {
		t.Errorf("a title that begins so is at %d of %q", i, got)
	}
	if got[len(got)-1] != "xpxaxyx" {
		t.Errorf("the most scattered match is not last: %q", got)
	}
	if slices.Index(got, "my-pay") > slices.Index(got, "repay") {
		t.Errorf("a poor match of the title spoils that of the name: %q", got)
	}
	if got := names(t, v, "uber", catalog.Sort{}); !slices.Equal(got, []string{"über-api"}) {
		t.Errorf("accents are not ignored: %q", got)
	}
	sorted := names(t, v, "pay", catalog.Sort{Field: "name"})
	if !slices.IsSortedFunc(sorted, strings.Compare) {
		t.Errorf("an explicit sort gave way to the rank: %q", sorted)
	}
}

func TestSelectSaysWhatItCannotAnswer(t *testing.T) {
	t.Parallel()
	s := newShop()
	rows := catalog.NewView(s.rows())
	for _, text := range []string{"dependsOn:ledger", "-dependsOn:*", "is:dangling", "domain:commerce", "memberOf:me"} {
		r := selectIDs(t, rows, parse(t, text), alice, catalog.Sort{}, nil)
		if !r.Pending || len(r.IDs) > 0 {
			t.Errorf("%s before relations: pending %v with %d rows", text, r.Pending, len(r.IDs))
		}
		if facets, err := rows.Facets(context.Background(), parse(t, text), alice, 5); facets != nil || err != nil {
			t.Errorf("%s before relations has facets %v, %v", text, facets, err)
		}
	}
	if r := selectIDs(t, rows, parse(t, "kind:component owner:me"), alice, catalog.Sort{}, nil); r.Pending || len(r.IDs) != 4 {
		t.Errorf("owner: needs no relations, but pending is %v with %d rows", r.Pending, len(r.IDs))
	}
	for _, text := range []string{"owner:me", "-owner:me", "owner:me,team-web", "memberOf:me"} {
		r := selectIDs(t, s.view(), parse(t, text), catalog.Env{}, catalog.Sort{}, nil)
		if !r.UnknownMe || len(r.IDs) > 0 {
			t.Errorf("%s for nobody: unknown %v with %d rows", text, r.UnknownMe, len(r.IDs))
		}
	}
	empty := catalog.Env{Me: []string{""}} // an actor without a name owns nothing, not what has no owner
	if r := selectIDs(t, s.view(), parse(t, "owner:me"), empty, catalog.Sort{}, nil); len(r.IDs) > 0 {
		t.Errorf("nobody owns %q", shortNames(s.view(), r.IDs))
	}
	if r := selectIDs(t, s.view(), parse(t, `owner:"me"`), catalog.Env{}, catalog.Sort{}, nil); r.UnknownMe {
		t.Error(`owner:"me" is a name, and needs no user`)
	}
}

func TestSelectNotesComparisonsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	s := newShop()
	for _, tc := range []struct {
		query, part, note string
		view              *catalog.View
	}{
		{"kind:component level:<platinum", "<platinum", "no level", s.view()},
		{"score:coverage>=high", "coverage>=high", "no number", s.view()},
		{"score:security<gold", "security<gold", `no "security"`, s.view()},
		{"score:<gold", "<gold", "must say which", s.view()},
		{"health:<unknown", "<unknown", "nothing is known of health", catalog.NewView(s.snapshot())},
		{"a health:down", "down", "nothing is known of health", catalog.NewView(s.snapshot())},
	} {
		r := selectIDs(t, tc.view, parse(t, tc.query), alice, catalog.Sort{}, nil)
		if len(r.IDs) > 0 || len(r.Notes) != 1 {
			t.Errorf("%s: %d rows and notes %v", tc.query, len(r.IDs), r.Notes)
			continue
		}
		n := r.Notes[0]
		if got := n.Text[n.Pos : n.Pos+n.Len]; got != tc.part || !strings.Contains(n.Reason, tc.note) {
			t.Errorf("%s: note %q at %q", tc.query, n.Reason, got)
		}
	}
	bare := catalog.NewView(s.snapshot())
	if r := selectIDs(t, bare, parse(t, "health:unknown"), alice, catalog.Sort{}, nil); len(r.IDs) != bare.Len() || len(r.Notes) > 0 {
		t.Errorf("without probes %d of %d are unknown, notes %v", len(r.IDs), bare.Len(), r.Notes)
	}
	if got := setOf(t, bare, "kind:component has:health"); got != "" {
		t.Errorf("without probes these have health: %s", got)
	}
	unordered := bare.WithOverlay(catalog.NewOverlay("health", 1, "", time.Time{},
		catalog.WordColumn("", nil, map[string]string{"component:default/ledger": "up"})))
	if r := selectIDs(t, unordered, parse(t, "health:>down"), alice, catalog.Sort{}, nil); len(r.Notes) != 1 {
		t.Errorf("words without levels were compared: %v", r.IDs)
	}
}

func TestSelectNarrowsAPreviousResult(t *testing.T) {
	t.Parallel()
	v := newShop().view()
	for _, tc := range []struct{ before, after string }{
		{"", "p"},
		{"p", "pa"},
		{"pay", "pay api"},
		{"kind:component pay", "kind:component paym"},
		{"kind:component", "kind:component owner:me"},
		{`"pay"`, `"paym"`},
		{"pay", "payx"},
		// These must look at all rows again.
		{"pay", "ledger"},
		{"kind:component", "kind:api"},
		{"-pay", "-paymentsx"},
		{"pay", `"pay"`},
		{"kind:component pay", "pay"},
		{"owner:me", "owner:me,team-web"},
		{"\xc3", "\xc3\xa9"},
	} {
		previous := selectIDs(t, v, parse(t, tc.before), alice, catalog.Sort{Field: "owner"}, nil)
		got := selectIDs(t, v, parse(t, tc.after), alice, catalog.Sort{}, previous)
		want := selectIDs(t, v, parse(t, tc.after), alice, catalog.Sort{}, nil)
		if !slices.Equal(got.IDs, want.IDs) {
			t.Errorf("%q then %q: %q, want %q", tc.before, tc.after, shortNames(v, got.IDs), shortNames(v, want.IDs))
		}
	}
	nobody := selectIDs(t, v, parse(t, "owner:me"), catalog.Env{}, catalog.Sort{}, nil)
	if r := selectIDs(t, v, parse(t, "owner:me pay"), alice, catalog.Sort{}, nobody); len(r.IDs) == 0 {
		t.Error("a result for nobody was narrowed for alice")
	}
	bo := catalog.Env{Me: []string{"user:default/bo", "group:default/team-web"}, Starred: []string{"checkout"}}
	for _, text := range []string{"owner:me", "is:starred"} {
		others := selectIDs(t, v, parse(t, text), bo, catalog.Sort{}, nil)
		if r := selectIDs(t, v, parse(t, text+" e"), alice, catalog.Sort{}, others); len(r.IDs) == 0 {
			t.Errorf("what bo sees of %s was narrowed for alice", text)
		}
	}
	other := selectIDs(t, (&shop{}).view(), parse(t, "p"), alice, catalog.Sort{}, nil)
	if r := selectIDs(t, v, parse(t, "pa"), alice, catalog.Sort{}, other); len(r.IDs) == 0 {
		t.Error("a result of another catalog was narrowed")
	}
}

func TestSelectStopsWhenTheContextEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	v := newShop().view()
	for _, text := range []string{"", "pay", "kind:api"} {
		if _, err := v.Select(ctx, parse(t, text), alice, catalog.Sort{}, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("%q: error %v", text, err)
		}
		if _, err := v.Facets(ctx, parse(t, text), alice, 5); !errors.Is(err, context.Canceled) {
			t.Errorf("facets of %q: error %v", text, err)
		}
	}
}

func TestMatchGivesThePlacesOfFreeText(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		query, text string
		want        []int
	}{
		{"pay", "payments", []int{0, 1, 2}},
		{"PAY", "re-pay", []int{3, 4, 5}},
		{"pa api", "payments-api", []int{0, 1, 9, 10, 11}},
		{`"ent"`, "payments", []int{4, 5, 6}},
		{"kind:api pts", "payments", []int{0, 6, 7}},
		{"-pay ments", "payments", []int{3, 4, 5, 6, 7}},
		{"reсте", "payments", nil},
		{"uber", "Das Über-API", []int{4, 5, 6, 7}},
		{"", "payments", nil},
	} {
		if got := parse(t, tc.query).Match(tc.text); !slices.Equal(got, tc.want) {
			t.Errorf("%s in %s: %v, want %v", tc.query, tc.text, got, tc.want)
		}
	}
}

func TestValueIsKnownOrNot(t *testing.T) {
	t.Parallel()
	v := newShop().view()
	api, _ := v.Find(ref("payments-api"))
	if x, known := v.Value(api.ID(), "score:coverage"); !known || !x.Numeric || x.Number != 81.5 || x.Text != "81.5" {
		t.Errorf("coverage is %+v, %v", x, known)
	}
	for _, field := range []string{"score", "score:gone", "gone", ""} {
		if x, known := v.Value(api.ID(), field); known {
			t.Errorf("%q has the value %v", field, x)
		}
	}
	if _, known := v.Value(-1, "health"); known {
		t.Error("no row has a value")
	}
	ledger, _ := v.Find(ref("ledger"))
	if _, known := v.Value(ledger.ID(), "health"); known {
		t.Error(`the word "unknown" counts as a value`)
	}
}

func TestViewKeepsOneOverlayPerName(t *testing.T) {
	t.Parallel()
	v := newShop().view()
	ledger, _ := v.Find(ref("ledger"))
	later := v.WithOverlay(catalog.NewOverlay("Health", 4, "probe", at,
		catalog.WordColumn("", nil, map[string]string{"COMPONENT:default/Ledger": "up", "component:default/gone": "up"})))
	if x, known := later.Value(ledger.ID(), "health"); !known || x.Text != "up" {
		t.Errorf("the news has not come: %v %v", x, known)
	}
	if o, ok := later.Overlay("HEALTH"); !ok || o.Name() != "Health" || o.Revision() != 4 || o.Source() != "probe" || !o.At().Equal(at) {
		t.Errorf("overlay is %v", o)
	}
	if got := setOf(t, later, "level:gold"); got != "payments-api" {
		t.Errorf("another overlay was lost: %q", got)
	}
	if o, _ := v.Overlay("health"); o.Revision() != 3 {
		t.Error("the earlier view changed")
	}
	if _, ok := v.Overlay("gone"); ok {
		t.Error("there is an overlay that nobody laid")
	}
}

func TestResultCountsTheWholeCatalog(t *testing.T) {
	t.Parallel()
	v := newShop().view()
	r := selectIDs(t, v, parse(t, "kind:api"), alice, catalog.Sort{}, nil)
	if diff := cmp.Diff([]int{1, v.Len()}, []int{len(r.IDs), r.Total}); diff != "" {
		t.Error(diff)
	}
}
