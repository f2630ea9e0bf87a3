package app

import (
	"errors"
	"testing"
	"testing/synctest"
)

func TestAShutGateWaitsForCallsAndRefusesMore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := &gate{}
		inside, let := make(chan struct{}), make(chan struct{})
		go func() {
			_ = g.do(func() error { close(inside); <-let; return nil })
		}()
		<-inside
		shut := make(chan struct{})
		go func() { g.close(); close(shut) }()
		synctest.Wait()
		select {
		case <-shut:
			t.Error("the gate was shut over a call")
		default:
		}
		if err := g.do(func() error { return nil }); !errors.Is(err, errLeft) {
			t.Errorf("a call after the screen was left gave %v", err)
		}
		close(let)
		<-shut
	})
}
