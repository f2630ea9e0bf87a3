// Package statetest is the proof that an implementation of state.State keeps
// the promises of that interface. Every implementation runs all of it.
package statetest

import (
	"context"
	"testing"

	"github.com/idptui/idptui/internal/state"
)

// Opener opens one and the same data again and again, also at the same time.
type Opener func() (state.State, error)

// Run runs the suite. fresh gives a test empty data of its own.
func Run(t *testing.T, fresh func(t *testing.T) Opener) {
	t.Helper()
	for _, test := range []struct {
		name string
		fn   func(r *run)
	}{
		{"new data is empty", emptyAtFirst},
		{"stars come newest first", starsNewestFirst},
		{"starring again moves nothing", starAgain},
		{"stars belong to one user", starsPerUser},
		{"stars stop at the limit", starLimit},
		{"visits come latest first, each ref once", visitsLatestFirst},
		{"visits keep the latest time of a ref", visitsKeepLatest},
		{"visits forget the oldest beyond the limit", visitsForget},
		{"visits belong to one user", visitsPerUser},
		{"a claim is held until it is released", claimHeld},
		{"the first claim of one call wins", claimOrder},
		{"lost claims come in the order of the call", lostOrder},
		{"release gives up only what the source holds", releaseOwn},
		{"a refused call claims nothing", claimWhole},
		{"racing claims have one winner", claimRace},
		{"a preference is kept as it was set", preferences},
		{"preferences belong to one user and key", preferencesApart},
		{"preferences stop at the limit", preferenceLimit},
		{"a tombstone is kept until it is dropped", tombstonesKept},
		{"what is restored stays until it is taken back", tombstonesRestored},
		{"tombstones expire", tombstonesExpire},
		{"tombstones stop at the limit", tombstoneLimit},
		{"sources are remembered in the order they came", sourcesInOrder},
		{"a remembered source keeps its first time", sourceAgain},
		{"forgetting an unknown source is not found", forgetUnknown},
		{"what is too large or no text is refused", refusals},
		{"everything is there after closing and opening", reopened},
		{"two handles see each other's writes", twoHandles},
		{"concurrent writes are all kept", concurrentWrites},
		{"a cancelled context does nothing", cancelled},
		{"a closed state refuses everything", closed},
		{"whole data passes the check", checked},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.fn(&run{t: t, open: fresh(t)})
		})
	}
}

// run is one test of the suite on data of its own.
type run struct {
	t    *testing.T
	open Opener
}

// begin opens the data.
func (r *run) begin() (*testing.T, context.Context, state.State) {
	r.t.Helper()
	s, err := r.open()
	if err != nil {
		r.t.Fatalf("open: %v", err)
	}
	r.t.Cleanup(func() {
		if err := s.Close(); err != nil {
			r.t.Errorf("close: %v", err)
		}
	})
	return r.t, r.t.Context(), s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func get[T any](value T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}
