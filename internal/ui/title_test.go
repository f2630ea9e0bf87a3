package ui

import (
	"strings"
	"testing"

	"github.com/idptui/idptui/internal/ui/kit"
	"github.com/idptui/idptui/internal/ui/pane"
)

func TestTheWindowIsCalledAfterThePlace(t *testing.T) {
	t.Parallel()
	s := demo(t, 80, 24)
	for _, tc := range []struct {
		at   pane.Place
		want string
	}{
		{pane.Place{Pane: pane.Catalog}, "Catalog · idptui"},
		{pane.Place{Pane: pane.Entity, Ref: paymentsAPI}, "payments-api · idptui"},
		{pane.Place{Pane: pane.Health}, "Data health · idptui"},
	} {
		s.goTo(tc.at)
		if got := s.m.View().WindowTitle; got != tc.want {
			t.Errorf("%+v: %q; want %q", tc.at, got, tc.want)
		}
	}
}

func TestTheTitleOfTheWindowHoldsNothingThatATerminalActsOn(t *testing.T) {
	t.Parallel()
	s := demo(t, 80, 24)
	s.goTo(pane.Place{Pane: pane.Entity, Ref: "x\x1b]0;other\x07\n\u202e" + strings.Repeat("long", 100)})
	got := s.m.View().WindowTitle
	if strings.ContainsAny(got, "\x1b\x07\n\u202e") {
		t.Errorf("%q", got)
	}
	if w := kit.Width(got); w > longestTitle+len(" - idptui") {
		t.Errorf("it is %d cells long: %q", w, got)
	}
}
