package statetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/idptui/idptui/internal/state"
)

func emptyAtFirst(r *run) {
	t, ctx, s := r.begin()
	must(t, s.Trouble())
	same(t, "stars", []string{}, get(s.Stars(ctx, alice))(t))
	same(t, "visits", []state.Visit{}, get(s.Visits(ctx, alice, 0))(t))
	same(t, "claims", []state.Claim{}, get(s.Claims(ctx, "shop"))(t))
	same(t, "sources", []state.RememberedSource{}, get(s.RememberedSources(ctx))(t))
	if value, ok, err := s.Preference(ctx, alice, "theme"); value != "" || ok || err != nil {
		t.Errorf("preference: %q, %v, %v", value, ok, err)
	}
}

// everyWrite is each writing operation with one text in the place of all texts.
func everyWrite(s state.State, text string) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"star, user":  func(ctx context.Context) error { return s.SetStar(ctx, text, "r", true) },
		"star, ref":   func(ctx context.Context) error { return s.SetStar(ctx, alice, text, true) },
		"visit, user": func(ctx context.Context) error { return s.Visit(ctx, text, "r", at(0)) },
		"visit, ref":  func(ctx context.Context) error { return s.Visit(ctx, alice, text, at(0)) },
		"claim, ref": func(ctx context.Context) error {
			return errOf(s.Claim(ctx, []state.Claim{{Ref: text, Source: "s", Path: "p"}}))
		},
		"claim, source": func(ctx context.Context) error {
			return errOf(s.Claim(ctx, []state.Claim{{Ref: "r", Source: text, Path: "p"}}))
		},
		"claim, path": func(ctx context.Context) error {
			return errOf(s.Claim(ctx, []state.Claim{{Ref: "r", Source: "s", Path: text}}))
		},
		"release, source": func(ctx context.Context) error { return s.Release(ctx, text, []string{"r"}) },
		"pref, user":      func(ctx context.Context) error { return s.SetPreference(ctx, text, "k", "v") },
		"pref, key":       func(ctx context.Context) error { return s.SetPreference(ctx, alice, text, "v") },
		"pref, value":     func(ctx context.Context) error { return s.SetPreference(ctx, alice, "k", text) },
		"source, name": func(ctx context.Context) error {
			return s.RememberSource(ctx, state.RememberedSource{Name: text, Location: "/l", Added: at(0)})
		},
		"source, location": func(ctx context.Context) error {
			return s.RememberSource(ctx, state.RememberedSource{Name: "n", Location: text, Added: at(0)})
		},
		"bury, ref": func(ctx context.Context) error {
			return s.Bury(ctx, []state.Tombstone{{Ref: text, Source: "s", Path: "p"}})
		},
		"bury, source": func(ctx context.Context) error {
			return s.Bury(ctx, []state.Tombstone{{Ref: "r", Source: text, Path: "p"}})
		},
		"bury, path": func(ctx context.Context) error {
			return s.Bury(ctx, []state.Tombstone{{Ref: "r", Source: "s", Path: text}})
		},
		"restore": func(ctx context.Context) error { return errOf(s.Restore(ctx, text, true)) },
		"unbury":  func(ctx context.Context) error { return s.Unbury(ctx, text) },
		"forget":  func(ctx context.Context) error { return s.ForgetSource(ctx, text) },
	}
}

// everyRead is each reading operation.
func everyRead(s state.State, user string) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"tombstones": func(ctx context.Context) error { return errOf(s.Tombstones(ctx)) },
		"stars":      func(ctx context.Context) error { return errOf(s.Stars(ctx, user)) },
		"visits":     func(ctx context.Context) error { return errOf(s.Visits(ctx, user, 0)) },
		"claims":     func(ctx context.Context) error { return errOf(s.Claims(ctx, "shop")) },
		"claimants":  func(ctx context.Context) error { return errOf(s.Claimants(ctx)) },
		"sources":    func(ctx context.Context) error { return errOf(s.RememberedSources(ctx)) },
		"pref": func(ctx context.Context) error {
			_, _, err := s.Preference(ctx, user, "k")
			return err
		},
	}
}

func refusals(r *run) {
	t, ctx, s := r.begin()
	for what, text := range map[string]string{
		"too large":   strings.Repeat("x", state.MaxValue+1),
		"with a NUL":  "a\x00b",
		"not unicode": "a\xffb",
	} {
		for op, do := range everyWrite(s, text) {
			if err := do(ctx); !errors.Is(err, state.ErrInvalid) {
				t.Errorf("%s %s: %v", op, what, err)
			}
		}
	}
	for _, op := range []string{"star, ref", "visit, ref", "claim, ref", "claim, source", "pref, key", "source, name", "source, location"} {
		if err := everyWrite(s, "")[op](ctx); !errors.Is(err, state.ErrInvalid) {
			t.Errorf("%s, empty: %v", op, err)
		}
	}
	if _, err := s.Claim(ctx, make([]state.Claim, state.MaxClaims+1)); !errors.Is(err, state.ErrInvalid) {
		t.Errorf("too many claims: %v", err)
	}
	emptyAtFirst(r)
}

func fill(ctx context.Context, t *testing.T, s state.State) {
	t.Helper()
	must(t, s.SetStar(ctx, alice, "a", true))
	must(t, s.SetStar(ctx, alice, "b", true))
	must(t, s.Visit(ctx, alice, "a", at(1)))
	must(t, errOf(s.Claim(ctx, []state.Claim{claim("a", "x.yaml")})))
	must(t, s.SetPreference(ctx, alice, "theme", "light"))
	must(t, s.RememberSource(ctx, state.RememberedSource{Name: "shop", Location: "/shop", Added: at(2)}))
}

func filled(ctx context.Context, t *testing.T, s state.State) {
	t.Helper()
	same(t, "stars", []string{"b", "a"}, get(s.Stars(ctx, alice))(t))
	same(t, "visits", []state.Visit{{Ref: "a", At: at(1)}}, get(s.Visits(ctx, alice, 0))(t))
	same(t, "claims", []state.Claim{claim("a", "x.yaml")}, get(s.Claims(ctx, "shop"))(t))
	same(t, "sources", []state.RememberedSource{{Name: "shop", Location: "/shop", Added: at(2)}}, get(s.RememberedSources(ctx))(t))
	if value, ok, err := s.Preference(ctx, alice, "theme"); value != "light" || !ok || err != nil {
		t.Errorf("preference: %q, %v, %v", value, ok, err)
	}
}

func reopened(r *run) {
	t := r.t
	s, err := r.open()
	must(t, err)
	fill(t.Context(), t, s)
	must(t, s.Close())
	_, ctx, again := r.begin()
	filled(ctx, t, again)
	must(t, again.SetStar(ctx, alice, "c", true))
	same(t, "a star set after opening is the newest", []string{"c", "b", "a"}, get(again.Stars(ctx, alice))(t))
}

func twoHandles(r *run) {
	t, ctx, one := r.begin()
	_, _, two := r.begin()
	fill(ctx, t, one)
	filled(ctx, t, two)
	must(t, two.SetStar(ctx, alice, "a", false))
	same(t, "stars", []string{"b"}, get(one.Stars(ctx, alice))(t))
}

func concurrentWrites(r *run) {
	t, ctx, s := r.begin()
	const writers, each = 6, 15
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				if err := s.SetStar(ctx, alice, fmt.Sprintf("w%d-%02d", w, i), true); err != nil {
					t.Error(err)
				}
				if _, err := s.Stars(ctx, alice); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	stars := get(s.Stars(ctx, alice))(t)
	if len(stars) != writers*each {
		t.Errorf("%d of %d stars are there", len(stars), writers*each)
	}
	for w := range writers { // each writer's own order is kept
		var own []string
		for _, ref := range stars {
			if strings.HasPrefix(ref, fmt.Sprintf("w%d-", w)) {
				own = append(own, ref)
			}
		}
		slices.Reverse(own)
		if !slices.IsSorted(own) {
			t.Errorf("the stars of writer %d are out of order: %v", w, own)
		}
	}
}

func cancelled(r *run) {
	t, _, s := r.begin()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, ops := range []map[string]func(context.Context) error{everyWrite(s, "x"), everyRead(s, alice)} {
		for op, do := range ops {
			if err := do(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v", op, err)
			}
		}
	}
	emptyAtFirst(r)
}

func closed(r *run) {
	t := r.t
	s, err := r.open()
	must(t, err)
	must(t, s.Close())
	must(t, s.Close())
	for _, ops := range []map[string]func(context.Context) error{everyWrite(s, "x"), everyRead(s, alice), {"check": s.Check}} {
		for op, do := range ops {
			if err := do(t.Context()); !errors.Is(err, state.ErrClosed) {
				t.Errorf("%s: %v", op, err)
			}
		}
	}
}

func checked(r *run) {
	t, ctx, s := r.begin()
	must(t, s.Check(ctx))
	fill(ctx, t, s)
	must(t, s.Check(ctx))
}
