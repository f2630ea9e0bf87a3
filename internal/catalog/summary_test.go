package catalog

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestSummaryOfAComponent(t *testing.T) {
	t.Parallel()
	d := readDoc(t, `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: Web
  namespace: shop
  title: The web
  description: "First  line\nand\tsecond"
  tags: [java]
  annotations:
    backstage.io/techdocs-ref: dir:.
    github.com/project-slug: acme/web
    pagerduty.com/service-id: P1
    slack.com/channel-name: "#web"
    grafana/dashboard-selector: web
  links:
    - {url: "https://wiki.example.com/r", title: Runbook}
spec:
  type: website
  lifecycle: production
  owner: Team-A
  system: group/Store
`)
	got := Summarise(&Record{Entity: d.Entity, Provenance: Provenance{Source: "shop"}, Problems: []Problem{{}}})
	want := Summary{
		Ref: Ref{"Component", "shop", "Web"}, Title: "The web", Description: "First line and second", Type: "website", Lifecycle: "production",
		Owner: "group:shop/team-a", System: "system:group/store", Source: "shop", Tags: []string{"java"},
		Has: HasOwner | HasSystem | HasDescription | HasTitle | HasTags | HasLinks | HasDocs | HasRunbook | HasSourceCode | HasOnCall |
			HasChat | HasDashboard | HasProblems | HasLifecycle | HasType,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSummaryOfAPerson(t *testing.T) {
	t.Parallel()
	d := readDoc(t, document("User", "profile: {displayName: Alice A, email: alice@example.com}\nmemberOf: [a]\n"))
	got := Summarise(&Record{Entity: d.Entity})
	if got.Title != "Alice A" || got.Email != "alice@example.com" || got.Has != 0 || got.Owner != "" {
		t.Errorf("%+v", got)
	}
}

func TestSummaryIsCapped(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ä ", 5000)
	tags := make([]string, 100)
	for i := range tags {
		tags[i] = strings.Repeat("t", 5000)
	}
	got := Summarise(&Record{Entity: &Entity{Kind: "Component", Metadata: Metadata{Name: "a", Title: long, Description: long, Tags: tags}, Spec: map[string]any{"type": long, "lifecycle": long}}})
	for name, s := range map[string]string{"title": got.Title, "description": got.Description, "type": got.Type, "tag": got.Tags[0]} {
		if len(s) > 210 || !strings.HasSuffix(s, "…") || !utf8.ValidString(s) {
			t.Errorf("%s has %d bytes: %q", name, len(s), s)
		}
	}
	if len(got.Tags) != 16 {
		t.Errorf("%d tags", len(got.Tags))
	}
}

func TestSummaryOwnerMustBeReadable(t *testing.T) {
	t.Parallel()
	for owner, want := range map[string]string{"a": "group:default/a", "user:b/c": "user:b/c", "component:x": "", "group:": ""} {
		got := Summarise(&Record{Entity: &Entity{Kind: "Thing", Metadata: Metadata{Name: "n"}, Spec: map[string]any{"owner": owner}}})
		if got.Owner != want || got.Has&HasOwner != 0 != (want != "") {
			t.Errorf("%q: %+v", owner, got)
		}
	}
}

func TestHasWords(t *testing.T) {
	t.Parallel()
	all := Has(1<<len(hasNames)) - 1
	names := all.Names()
	if len(names) != 16 {
		t.Errorf("%d names: %v", len(names), names)
	}
	for _, n := range names {
		h, ok := ParseHas(strings.ToUpper(n))
		if !ok || len(h.Names()) != 1 || h.Names()[0] != n {
			t.Errorf("%s is read as %v", n, h.Names())
		}
	}
	if h, ok := ParseHas("oncall"); !ok || h != HasOnCall {
		t.Error("oncall is no word")
	}
	if _, ok := ParseHas("nothing"); ok {
		t.Error("nothing is a word")
	}
	if Has(0).Names() != nil {
		t.Error("an empty set has names")
	}
}

func TestAnnotationAndLinkUses(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]Has{
		"opsgenie.com/team": HasOnCall, "slack.com/anything": HasChat, "backstage.io/view-url": 0, "acme.com/runbook-url": HasRunbook,
		"acme.com/slack-channel": HasChat, "runbook": HasRunbook, "": 0, "grafana/alert-label-selector": 0, "acme.com/dashboard": HasDashboard,
	} {
		if got := annotationUse(key).has; got != want {
			t.Errorf("%q: %v", key, got.Names())
		}
	}
	for _, tc := range []struct {
		link Link
		want Has
	}{
		{Link{URL: "https://a.com", Type: "runbook"}, HasRunbook},
		{Link{URL: "https://a.com", Title: "On-call rota"}, HasOnCall},
		{Link{URL: "https://acme.slack.com/archives/C1"}, HasChat},
		{Link{URL: "https://notslack.com/x"}, 0},
		{Link{URL: "https://a.com/slack.com"}, 0},
		{Link{URL: "https://a.com", Icon: "dashboard", Title: "Home"}, 0},
		{Link{URL: "https://a.com", Title: "Grafana dashboard"}, HasDashboard},
		{Link{URL: "https://a.com", Type: "chat"}, HasChat},
	} {
		if got := linkUse(&tc.link).has; got != tc.want {
			t.Errorf("%+v: %v", tc.link, got.Names())
		}
	}
}

func TestContacts(t *testing.T) {
	t.Parallel()
	e := &Entity{
		Metadata: Metadata{
			Annotations: map[string]string{
				"slack.com/channel-name": "#payments", "pagerduty.com/service-id": "P1", "acme.com/slack-url": "https://acme.slack.com/x",
				"github.com/project-slug": "a/b", "opsgenie.com/team": "",
			},
			Links: []Link{{URL: "https://teams.microsoft.com/l/1"}, {URL: "https://example.com", Title: "Home"}, {URL: "javascript:x", Title: "On call"}},
		},
		Spec: map[string]any{"profile": map[string]any{"email": "team@example.com"}},
	}
	want := []Contact{
		{ContactEmail, "", "team@example.com", "mailto:team@example.com"},
		{ContactChat, "Slack", "https://acme.slack.com/x", "https://acme.slack.com/x"},
		{ContactOnCall, "PagerDuty", "P1", ""},
		{ContactChat, "Slack", "#payments", ""},
		{ContactChat, "Teams", "https://teams.microsoft.com/l/1", "https://teams.microsoft.com/l/1"},
		{ContactOnCall, "", "On call", ""},
	}
	if diff := cmp.Diff(want, Contacts(e)); diff != "" {
		t.Error(diff)
	}
}

func TestSourceURL(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		annotations map[string]string
		want        string
	}{
		{nil, ""},
		{map[string]string{"backstage.io/source-location": "url:https://a.com/x/", "github.com/project-slug": "a/b"}, "https://a.com/x/"},
		{map[string]string{"backstage.io/source-location": "file:/etc", "github.com/project-slug": "a/b"}, "https://github.com/a/b"},
		{map[string]string{"gitlab.com/project-slug": "a/b"}, "https://gitlab.com/a/b"},
		{map[string]string{"gitlab.com/project-slug": "a/b", "gitlab.com/instance": "git.acme.com"}, "https://git.acme.com/a/b"},
		{map[string]string{"backstage.io/view-url": "https://a.com/catalog-info.yaml"}, "https://a.com/catalog-info.yaml"},
		{map[string]string{"backstage.io/source-location": "url:javascript:alert(1)"}, ""},
	} {
		if got := SourceURL(&Entity{Metadata: Metadata{Annotations: tc.annotations}}); got != tc.want {
			t.Errorf("%v: %q", tc.annotations, got)
		}
	}
}
