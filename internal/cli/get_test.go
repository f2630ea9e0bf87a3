package cli

import (
	"strings"
	"testing"
)

func TestGetAsksTheOwnerOnlyForWhatTheEntityDoesNotSay(t *testing.T) {
	t.Parallel()
	f := shop(t)
	annotate := func(name, key, value string) {
		for _, rec := range f.records {
			if rec.Entity.Kind == "Component" && rec.Entity.Metadata.Name == "payments-api" && name == "payments-api" ||
				rec.Entity.Kind == "Group" && rec.Entity.Metadata.Name == name {
				if rec.Entity.Metadata.Annotations == nil {
					rec.Entity.Metadata.Annotations = map[string]string{}
				}
				rec.Entity.Metadata.Annotations[key] = value
			}
		}
	}
	annotate("payments-api", "pagerduty.com/service-id", "P-SERVICE")
	annotate("team-payments", "pagerduty.com/service-id", "P-TEAM")
	_, ask, _ := strings.Cut(run(f, "catalog", "get", "component:payments-api").out, "\nAsk ")
	ask, _, _ = strings.Cut(ask, "\nSystem ")
	if got, want := strings.Join(strings.Fields(ask), " "), "P-SERVICE (PagerDuty) payments@acme.example"; got != want {
		t.Errorf("ask %q, want %q", got, want)
	}
}
