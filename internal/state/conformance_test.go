package state_test

import (
	"testing"

	"github.com/idptui/idptui/internal/state"
	"github.com/idptui/idptui/internal/state/statetest"
)

func TestBoltConforms(t *testing.T) {
	t.Parallel()
	statetest.Run(t, func(t *testing.T) statetest.Opener {
		t.Helper()
		dir := t.TempDir()
		return func() (state.State, error) { return state.Open(dir, state.Options{}) }
	})
}
