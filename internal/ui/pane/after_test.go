package pane

import (
	"context"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

func TestAfterGivesTheMessageOnceTheSessionsClockSaysSo(t *testing.T) {
	t.Parallel()
	var waited time.Duration
	s := &Session{Tick: func(d time.Duration, msg func(time.Time) tea.Msg) tea.Cmd {
		waited = d
		return func() tea.Msg { return msg(time.Time{}) }
	}}
	if got := s.After(time.Minute, ViewMsg{})(); got != (ViewMsg{}) || waited != time.Minute {
		t.Errorf("After gave %v after %v; want ViewMsg after a minute", got, waited)
	}
}

func TestAfterFallsBackOnTheClock(t *testing.T) {
	t.Parallel()
	if got := new(Session).After(time.Nanosecond, ViewMsg{})(); got != (ViewMsg{}) {
		t.Errorf("After gave %v; want ViewMsg", got)
	}
}

func TestAfterEndsWithTheSession(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := (&Session{Ctx: ctx}).After(time.Hour, ViewMsg{})(); got != nil {
		t.Errorf("After gave %v; want nothing once the session is over", got)
	}
}
