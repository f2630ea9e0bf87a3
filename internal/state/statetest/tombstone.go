package statetest

import (
	"errors"
	"fmt"
	"time"

	"github.com/idptui/idptui/internal/state"
)

func stone(ref string, deleted time.Time) state.Tombstone {
	return state.Tombstone{Ref: ref, Source: "shop", Path: "a/" + ref + ".yaml", Line: 3, Hash: "h", Deleted: deleted, Record: []byte("{}")}
}

func tombstonesKept(r *run) {
	t, ctx, s := r.begin()
	first, second := stone("component:default/a", at(1)), stone("component:default/b", at(2))
	must(t, s.Bury(ctx, []state.Tombstone{first, second}))
	same(t, "whole", first, get(s.Tombstone(ctx, first.Ref))(t))
	bare := func(stones ...state.Tombstone) []state.Tombstone {
		for i := range stones {
			stones[i].Record = nil
		}
		return stones
	}
	same(t, "list, the latest first and without records", bare(second, first), get(s.Tombstones(ctx))(t))
	again := stone(first.Ref, at(3))
	again.Line = 9
	must(t, s.Bury(ctx, []state.Tombstone{again}))
	same(t, "the later one", again, get(s.Tombstone(ctx, first.Ref))(t))
	must(t, s.Unbury(ctx, first.Ref))
	must(t, s.Unbury(ctx, first.Ref))
	if _, err := s.Tombstone(ctx, first.Ref); !errors.Is(err, state.ErrNotFound) {
		t.Errorf("after it was dropped: %v", err)
	}
	same(t, "what is left", bare(second), get(s.Tombstones(ctx))(t))
}

func tombstonesRestored(r *run) {
	t, ctx, s := r.begin()
	must(t, s.Bury(ctx, []state.Tombstone{stone("component:default/a", at(1))}))
	got := get(s.Restore(ctx, "component:default/a", true))(t)
	if !got.Restored || string(got.Record) != "{}" {
		t.Errorf("%+v", got)
	}
	if list := get(s.Tombstones(ctx))(t); len(list) != 1 || !list[0].Restored {
		t.Errorf("%+v", list)
	}
	must(t, s.Bury(ctx, []state.Tombstone{stone("new", at(0).Add(10*state.KeptTombstones))}))
	same(t, "what was restored stays", 2, len(get(s.Tombstones(ctx))(t)))
	must(t, errOf(s.Restore(ctx, "component:default/a", false)))
	if got := get(s.Tombstone(ctx, "component:default/a"))(t); got.Restored {
		t.Errorf("%+v", got)
	}
	if err := errOf(s.Restore(ctx, "component:default/none", true)); !errors.Is(err, state.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

func tombstonesExpire(r *run) {
	t, ctx, s := r.begin()
	must(t, s.Bury(ctx, []state.Tombstone{stone("old", at(0)), stone("young", at(0).Add(time.Hour))}))
	must(t, s.Bury(ctx, []state.Tombstone{stone("new", at(0).Add(state.KeptTombstones+time.Minute))}))
	var refs []string
	for _, k := range get(s.Tombstones(ctx))(t) {
		refs = append(refs, k.Ref)
	}
	same(t, "kept", []string{"new", "young"}, refs)
}

func tombstoneLimit(r *run) {
	t, ctx, s := r.begin()
	var all []state.Tombstone
	for i := range state.MaxTombstones + 5 {
		all = append(all, stone(fmt.Sprintf("c%05d", i), at(i)))
	}
	must(t, s.Bury(ctx, all))
	got := get(s.Tombstones(ctx))(t)
	same(t, "how many", state.MaxTombstones, len(got))
	same(t, "the oldest", "c00005", got[len(got)-1].Ref)
}
