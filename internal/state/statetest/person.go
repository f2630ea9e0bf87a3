package statetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/idptui/idptui/internal/state"
)

const (
	alice = "user:default/alice"
	bo    = "user:default/bo"
)

func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func starsNewestFirst(r *run) {
	t, ctx, s := r.begin()
	for _, ref := range []string{"component:default/b", "component:default/c", "component:default/a"} {
		must(t, s.SetStar(ctx, alice, ref, true))
	}
	must(t, s.SetStar(ctx, alice, "component:default/c", false))
	must(t, s.SetStar(ctx, alice, "component:default/never-starred", false))
	same(t, "stars", []string{"component:default/a", "component:default/b"}, get(s.Stars(ctx, alice))(t))
}

func starAgain(r *run) {
	t, ctx, s := r.begin()
	for _, ref := range []string{"a", "b", "a"} {
		must(t, s.SetStar(ctx, alice, ref, true))
	}
	same(t, "stars", []string{"b", "a"}, get(s.Stars(ctx, alice))(t))
	must(t, s.SetStar(ctx, alice, "a", false))
	must(t, s.SetStar(ctx, alice, "a", true))
	same(t, "stars after taking one away and setting it", []string{"a", "b"}, get(s.Stars(ctx, alice))(t))
}

func starsPerUser(r *run) {
	t, ctx, s := r.begin()
	must(t, s.SetStar(ctx, alice, "x", true))
	must(t, s.SetStar(ctx, alice+"2", "y", true)) // her name is the beginning of the other
	must(t, s.SetStar(ctx, "", "z", true))
	same(t, "alice's", []string{"x"}, get(s.Stars(ctx, alice))(t))
	same(t, "the other's", []string{"y"}, get(s.Stars(ctx, alice+"2"))(t))
	same(t, "nobody's", []string{"z"}, get(s.Stars(ctx, ""))(t))
	same(t, "bo's", []string{}, get(s.Stars(ctx, bo))(t))
}

func starLimit(r *run) {
	t, ctx, s := r.begin()
	for i := range state.MaxStars {
		must(t, s.SetStar(ctx, alice, fmt.Sprintf("component:default/n%d", i), true))
	}
	if err := s.SetStar(ctx, alice, "component:default/one-more", true); !errors.Is(err, state.ErrInvalid) {
		t.Errorf("a star beyond the limit: %v", err)
	}
	must(t, s.SetStar(ctx, alice, "component:default/n7", true)) // it is there already
	must(t, s.SetStar(ctx, bo, "component:default/one-more", true))
	must(t, s.SetStar(ctx, alice, "component:default/n7", false))
	must(t, s.SetStar(ctx, alice, "component:default/one-more", true))
	if got := get(s.Stars(ctx, alice))(t); len(got) != state.MaxStars || got[0] != "component:default/one-more" {
		t.Errorf("%d stars, newest %q", len(got), got[0])
	}
}

// at is a moment that every implementation can keep.
func at(minutes int) time.Time {
	return time.Date(2024, 2, 29, 12, 0, 0, 123_456_000, time.UTC).Add(time.Duration(minutes) * time.Minute)
}

func visitsLatestFirst(r *run) {
	t, ctx, s := r.begin()
	elsewhere := time.FixedZone("elsewhere", 5*3600)
	must(t, s.Visit(ctx, alice, "b", at(1)))
	must(t, s.Visit(ctx, alice, "a", at(2).In(elsewhere).Add(789))) // nanoseconds are not kept
	must(t, s.Visit(ctx, alice, "c", at(0)))
	must(t, s.Visit(ctx, alice, "b", at(3)))
	want := []state.Visit{{Ref: "b", At: at(3)}, {Ref: "a", At: at(2)}, {Ref: "c", At: at(0)}}
	same(t, "all", want, get(s.Visits(ctx, alice, 0))(t))
	same(t, "two", want[:2], get(s.Visits(ctx, alice, 2))(t))
	same(t, "more than there are", want, get(s.Visits(ctx, alice, 9))(t))
	for _, v := range get(s.Visits(ctx, alice, 0))(t) {
		if v.At.Location() != time.UTC {
			t.Errorf("%s was visited in the zone %v", v.Ref, v.At.Location())
		}
	}
}

func visitsKeepLatest(r *run) {
	t, ctx, s := r.begin()
	must(t, s.Visit(ctx, alice, "a", at(5)))
	must(t, s.Visit(ctx, alice, "a", at(1)))
	same(t, "visits", []state.Visit{{Ref: "a", At: at(5)}}, get(s.Visits(ctx, alice, 0))(t))
}

func visitsForget(r *run) {
	t, ctx, s := r.begin()
	const extra = 5
	for i := range state.KeptVisits + extra {
		must(t, s.Visit(ctx, alice, fmt.Sprintf("n%d", i), at(i)))
	}
	must(t, s.Visit(ctx, alice, "long-ago", at(-1))) // older than all that is kept
	got := get(s.Visits(ctx, alice, 0))(t)
	if len(got) != state.KeptVisits {
		t.Fatalf("%d visits are kept", len(got))
	}
	if first, last := got[0].At, got[len(got)-1].At; !first.Equal(at(state.KeptVisits+extra-1)) || !last.Equal(at(extra)) {
		t.Errorf("visits from %v to %v are kept", last, first)
	}
}

func visitsPerUser(r *run) {
	t, ctx, s := r.begin()
	must(t, s.Visit(ctx, alice, "a", at(0)))
	must(t, s.Visit(ctx, bo, "b", at(0)))
	same(t, "bo's", []state.Visit{{Ref: "b", At: at(0)}}, get(s.Visits(ctx, bo, 0))(t))
	same(t, "nobody's", []state.Visit{}, get(s.Visits(ctx, "", 0))(t))
}

func preferences(r *run) {
	t, ctx, s := r.begin()
	for _, value := range []string{"dark", "", "two\nlines of “text”", strings.Repeat("x", state.MaxValue)} {
		must(t, s.SetPreference(ctx, alice, "theme", value))
		got, ok, err := s.Preference(ctx, alice, "theme")
		must(t, err)
		if !ok || got != value {
			t.Errorf("set %.20q (%d bytes), got %.20q (%d bytes), %v", value, len(value), got, len(got), ok)
		}
	}
}

func preferencesApart(r *run) {
	t, ctx, s := r.begin()
	must(t, s.SetPreference(ctx, alice, "columns", "1"))
	must(t, s.SetPreference(ctx, bo, "columns", "2"))
	must(t, s.SetPreference(ctx, alice, "columns/component", "3"))
	for _, c := range []struct {
		user, key, want string
		ok              bool
	}{
		{alice, "columns", "1", true},
		{bo, "columns", "2", true},
		{alice, "columns/component", "3", true},
		{bo, "columns/component", "", false},
		{"", "columns", "", false},
	} {
		got, ok, err := s.Preference(ctx, c.user, c.key)
		if err != nil || got != c.want || ok != c.ok {
			t.Errorf("%s of %q: %q, %v, %v", c.key, c.user, got, ok, err)
		}
	}
}

func preferenceLimit(r *run) {
	t, ctx, s := r.begin()
	for i := range state.MaxPreferences {
		must(t, s.SetPreference(ctx, alice, fmt.Sprintf("key-%d", i), "v"))
	}
	if err := s.SetPreference(ctx, alice, "one-more", "v"); !errors.Is(err, state.ErrInvalid) {
		t.Errorf("a preference beyond the limit: %v", err)
	}
	must(t, s.SetPreference(ctx, alice, "key-3", "changed"))
	must(t, s.SetPreference(ctx, bo, "one-more", "v"))
}
