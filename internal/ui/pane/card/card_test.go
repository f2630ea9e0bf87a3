package card

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
)

func record(annotations map[string]string, links []catalog.Link, email string) *catalog.Record {
	return &catalog.Record{Entity: &catalog.Entity{
		Kind: "Group", Metadata: catalog.Metadata{Name: "a", Annotations: annotations, Links: links},
		Spec: map[string]any{"profile": map[string]any{"email": email}},
	}}
}

func TestOneContactOfAKindIsAsked(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name       string
		own, owner *catalog.Record
		want       []Contact
	}{
		{"nothing is known", nil, nil, nil},
		{"nothing is written", record(nil, nil, ""), record(nil, nil, ""), nil},
		{
			"the channel's name rather than its number",
			record(map[string]string{"slack.com/channel-id": "C0123", "slack.com/channel-name": "#payments"}, nil, ""), nil,
			[]Contact{{Word: "Chat", Text: "#payments"}},
		},
		{
			"a number with its service is better than nothing",
			record(map[string]string{"slack.com/channel-id": "C0123"}, nil, ""), nil,
			[]Contact{{Word: "Chat", Text: "Slack C0123"}},
		},
		{
			"a link can be opened",
			record(nil, []catalog.Link{{URL: "https://chat.acme.example/p", Title: "Talk to us", Type: "chat"}}, ""), nil,
			[]Contact{{Word: "Chat", Text: "Talk to us", URL: "https://chat.acme.example/p"}},
		},
		{
			"its own before its owner's, chat before mail",
			record(map[string]string{"pagerduty.com/service-id": "OWN"}, nil, ""),
			record(map[string]string{"pagerduty.com/escalation-policy-id": "TEAM", "slack.com/channel-name": "#team"}, nil, "t@acme.example"),
			[]Contact{
				{Word: "Chat", Text: "#team"},
				{Word: "Mail", Text: "t@acme.example", URL: "mailto:t@acme.example"},
				{Word: "On call", Text: "PagerDuty OWN"},
			},
		},
	} {
		if diff := cmp.Diff(tc.want, Facts{Record: tc.own, Owner: tc.owner}.Ask()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

func TestGroupsComeInTheOrderOfThePage(t *testing.T) {
	t.Parallel()
	ref := func(name string) catalog.Ref { return catalog.Ref{Kind: "Component", Namespace: "default", Name: name} }
	groups := Groups([]catalog.Related{
		{Type: "zapsTo", Ref: ref("z")},
		{Type: "dependencyOf", Ref: ref("b")},
		{Type: "dependsOn", Ref: ref("c")},
		{Type: "dependencyof", Ref: ref("d")},
		{Type: "ownedBy", Ref: ref("e")},
		{Type: "deployedTo", Ref: ref("f")},
	})
	var got []string
	for _, g := range groups {
		line := g.Title
		for _, r := range g.Items {
			line += " " + r.Ref.Name
		}
		got = append(got, line)
	}
	want := []string{"Owner e", "Depends on c", "Used by b d", "Deployed to f", "Zaps to z"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
}

func TestTrimKeepsTheTotal(t *testing.T) {
	t.Parallel()
	f := Facts{Groups: Groups([]catalog.Related{{Type: "hasPart"}, {Type: "hasPart"}, {Type: "hasPart"}})}
	f.Trim(2)
	if g := f.Groups[0]; len(g.Items) != 2 || g.Total != 3 {
		t.Errorf("%d items of %d; want 2 of 3", len(g.Items), g.Total)
	}
}

func TestPlaceNamesWhatIsKnown(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]catalog.Provenance{
		"shop":                          {Source: "shop"},
		"shop: a/b.yaml":                {Source: "shop", Path: "a/b.yaml"},
		"shop: a/b.yaml:3":              {Source: "shop", Path: "a/b.yaml", Line: 3},
		"shop: a/b.yaml:3 @ 0123456789": {Source: "shop", Path: "a/b.yaml", Line: 3, Commit: "0123456789abcdef"},
		"shop: a/b.yaml:3 @ 0123":       {Source: "shop", Path: "a/b.yaml", Line: 3, Commit: "0123"},
	} {
		if got := Place(p); got != want {
			t.Errorf("Place = %q; want %q", got, want)
		}
	}
}

func TestWhereGivesUpWhatTellsLeast(t *testing.T) {
	t.Parallel()
	th := kit.NewTheme(kit.Look{NoColor: true})
	p := catalog.Provenance{Source: "shop", Path: "services/ledger/catalog-info.yaml", Line: 3}
	for w, want := range map[int]string{
		80: "From shop: services/ledger/catalog-info.yaml:3",
		45: "shop: services/ledger/catalog-info.yaml:3",
		36: "services/ledger/catalog-info.yaml:3",
		20: "…catalog-info.yaml:3",
	} {
		if got := Where(th, p, w); got != want {
			t.Errorf("in %d cells: %q; want %q", w, got, want)
		}
	}
	if got := Where(th, catalog.Provenance{Source: "shop"}, 20); got != "From shop" {
		t.Errorf("without a path: %q", got)
	}
}

func TestWhatIsNoWebAddressIsCopiedAndNeverOpened(t *testing.T) {
	t.Parallel()
	s := &pane.Session{OpenURL: func(url string) error {
		t.Errorf("opened %q", url)
		return nil
	}}
	got, ok := OpenLink(s, "javascript:alert(1)")().(pane.CopyMsg)
	if !ok || got.Text != "javascript:alert(1)" {
		t.Errorf("the address led to %+v", got)
	}
}

func TestSyncedTellsTheAge(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	if got := Synced(catalog.Provenance{Synced: now.Add(-40 * time.Second)}, now); got != "synced 40 s ago" {
		t.Errorf("Synced = %q", got)
	}
	if got := Synced(catalog.Provenance{}, now); got != "not synced yet" {
		t.Errorf("Synced = %q", got)
	}
}

func TestClipStartKeepsTheEnd(t *testing.T) {
	t.Parallel()
	th := kit.NewTheme(kit.Look{NoColor: true})
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.StringOfN(rapid.RuneFrom([]rune("abc/é漢")), 0, 40, -1).Draw(rt, "s")
		w := rapid.IntRange(0, 50).Draw(rt, "w")
		got := ClipStart(th, s, w)
		if kit.Width(got) > w {
			rt.Fatalf("%q is wider than %d", got, w)
		}
		if kit.Width(s) <= w && got != s {
			rt.Fatalf("%q fits in %d but became %q", s, w, got)
		}
	})
	if got := ClipStart(th, "services/ledger/catalog-info.yaml", 20); got != "…r/catalog-info.yaml" {
		t.Errorf("ClipStart = %q", got)
	}
}

func TestLinksShowWhereTheyLead(t *testing.T) {
	t.Parallel()
	e := &catalog.Entity{Metadata: catalog.Metadata{Links: []catalog.Link{
		{URL: "https://Grafana.acme.example/d/1", Title: "Dashboard"},
		{URL: "https://logs.acme.example", Type: "logs"},
		{URL: "javascript:alert(1)"},
	}}}
	want := []Link{
		{"Dashboard", "https://Grafana.acme.example/d/1", "grafana.acme.example"},
		{"logs", "https://logs.acme.example", "logs.acme.example"},
		{"javascript:alert(1)", "javascript:alert(1)", ""},
	}
	if diff := cmp.Diff(want, Links(e)); diff != "" {
		t.Errorf("Links (-want +got):\n%s", diff)
	}
}
