package statetest

import (
	"errors"
	"fmt"
	"sync"

	"github.com/idptui/idptui/internal/state"
)

func claim(ref, place string) state.Claim {
	return state.Claim{Ref: ref, Source: "shop", Path: place}
}

func claimHeld(r *run) {
	t, ctx, s := r.begin()
	first, second := claim("r", "a.yaml"), claim("r", "b.yaml")
	other := state.Claim{Ref: "r", Source: "other", Path: "a.yaml"}
	lostTo := func(c, holder state.Claim) []state.Lost { return []state.Lost{{Claim: c, Holder: holder}} }

	same(t, "first", []state.Lost{}, get(s.Claim(ctx, []state.Claim{first}))(t))
	same(t, "first again", []state.Lost{}, get(s.Claim(ctx, []state.Claim{first}))(t))
	same(t, "another path", lostTo(second, first), get(s.Claim(ctx, []state.Claim{second}))(t))
	same(t, "another source", lostTo(other, first), get(s.Claim(ctx, []state.Claim{other}))(t))
	must(t, s.Release(ctx, "shop", []string{"r"}))
	same(t, "after the release", []state.Lost{}, get(s.Claim(ctx, []state.Claim{other}))(t))
	same(t, "the first, too late", lostTo(first, other), get(s.Claim(ctx, []state.Claim{first}))(t))
	same(t, "none at all", []state.Lost{}, get(s.Claim(ctx, nil))(t))
}

func claimOrder(r *run) {
	t, ctx, s := r.begin()
	claims := []state.Claim{claim("z", "1.yaml"), claim("a", "1.yaml"), claim("z", "0.yaml"), claim("a", "1.yaml")}
	same(t, "lost", []state.Lost{{Claim: claims[2], Holder: claims[0]}}, get(s.Claim(ctx, claims))(t))
	same(t, "held, by ref", []state.Claim{claims[1], claims[0]}, get(s.Claims(ctx, "shop"))(t))
}

func lostOrder(r *run) {
	t, ctx, s := r.begin()
	var first, second []state.Claim
	var want []state.Lost
	for _, ref := range []string{"m", "a", "z", "k"} {
		first = append(first, claim(ref, "first.yaml"))
		second = append(second, claim(ref, "second.yaml"))
		want = append(want, state.Lost{Claim: claim(ref, "second.yaml"), Holder: claim(ref, "first.yaml")})
	}
	must(t, errOf(s.Claim(ctx, first)))
	second = append(second, claim("new", "second.yaml"))
	same(t, "lost", want, get(s.Claim(ctx, second))(t))
	same(t, "lost again", want, get(s.Claim(ctx, second))(t))
}

func errOf[T any](_ T, err error) error { return err }

func releaseOwn(r *run) {
	t, ctx, s := r.begin()
	others := state.Claim{Ref: "b", Source: "other", Path: "x"}
	must(t, errOf(s.Claim(ctx, []state.Claim{claim("a", "x"), others, claim("c", "x")})))
	must(t, s.Release(ctx, "shop", []string{"c", "b", "unknown"}))
	must(t, s.Release(ctx, "shop", nil))
	same(t, "the shop's", []state.Claim{claim("a", "x")}, get(s.Claims(ctx, "shop"))(t))
	same(t, "the other's", []state.Claim{others}, get(s.Claims(ctx, "other"))(t))
	same(t, "who holds any", []string{"other", "shop"}, get(s.Claimants(ctx))(t))
}

func claimWhole(r *run) {
	t, ctx, s := r.begin()
	_, err := s.Claim(ctx, []state.Claim{claim("a", "x"), {Ref: "", Source: "shop", Path: "x"}})
	if !errors.Is(err, state.ErrInvalid) {
		t.Errorf("a claim of nothing: %v", err)
	}
	same(t, "held", []state.Claim{}, get(s.Claims(ctx, "shop"))(t))
}

func claimRace(r *run) {
	t, ctx, s := r.begin()
	const racers, refs = 8, 20
	lost := make([][]state.Lost, racers)
	var wg sync.WaitGroup
	for i := range racers {
		wg.Go(func() {
			var claims []state.Claim
			for r := range refs {
				claims = append(claims, claim(fmt.Sprintf("r%02d", r), fmt.Sprintf("racer-%d", i)))
			}
			var err error
			if lost[i], err = s.Claim(ctx, claims); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	held := get(s.Claims(ctx, "shop"))(t)
	if len(held) != refs {
		t.Fatalf("%d of %d refs are held", len(held), refs)
	}
	for _, h := range held[1:] { // each call is whole: one racer wins them all
		if h.Path != held[0].Path {
			t.Errorf("%s is held by %s, and %s by %s", held[0].Ref, held[0].Path, h.Ref, h.Path)
		}
	}
	losers := 0
	for _, l := range lost {
		if len(l) == refs {
			losers++
		}
	}
	if losers != racers-1 {
		t.Errorf("%d of %d racers lost everything", losers, racers)
	}
}

func sourcesInOrder(r *run) {
	t, ctx, s := r.begin()
	want := []state.RememberedSource{
		{Name: "zoo", Location: "/srv/zoo", Added: at(1)},
		{Name: "bar", Location: "/srv/bar", Added: at(2)},
		{Name: "foo", Location: "/srv/ünï cøde", Added: at(2)},
	}
	for _, i := range []int{2, 0, 1} {
		must(t, s.RememberSource(ctx, want[i]))
	}
	same(t, "sources", want, get(s.RememberedSources(ctx))(t))
	must(t, s.ForgetSource(ctx, "bar"))
	same(t, "the others", []state.RememberedSource{want[0], want[2]}, get(s.RememberedSources(ctx))(t))
}

func sourceAgain(r *run) {
	t, ctx, s := r.begin()
	must(t, s.RememberSource(ctx, state.RememberedSource{Name: "a", Location: "/one", Added: at(1)}))
	must(t, s.RememberSource(ctx, state.RememberedSource{Name: "a", Location: "/one", Added: at(5)}))
	must(t, s.RememberSource(ctx, state.RememberedSource{Name: "a", Location: "/two", Added: at(9)}))
	want := []state.RememberedSource{{Name: "a", Location: "/two", Added: at(1)}}
	same(t, "sources", want, get(s.RememberedSources(ctx))(t))
}

func forgetUnknown(r *run) {
	t, ctx, s := r.begin()
	if err := s.ForgetSource(ctx, "nothing"); !errors.Is(err, state.ErrNotFound) {
		t.Errorf("forgetting an unknown source: %v", err)
	}
}
