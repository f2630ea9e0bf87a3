package kit

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"pgregory.net/rapid"
)

func TestNoKeyHasTwoMeaningsAndEveryKeyExists(t *testing.T) {
	t.Parallel()
	meaning, ids := map[string]string{}, map[string]bool{}
	for _, a := range Actions() {
		if ids[a.ID] || a.ID == "" || a.Title == "" || len(a.Keys) == 0 || !slices.Contains(Groups(), a.Group) {
			t.Errorf("the action %+v is there twice or lacks something", a)
		}
		ids[a.ID] = true
		for _, key := range a.Keys {
			if meaning[key] != "" {
				t.Errorf("%s is both %s and %s", key, meaning[key], a.ID)
			}
			meaning[key] = a.ID
			if !isKey(key) {
				t.Errorf("%s of %s is no key", key, a.ID)
			}
		}
	}
}

func TestOwnKeysTakeThePlaceOfTheUsualOnes(t *testing.T) {
	t.Parallel()
	k, complaints := NewKeymap(map[string][]string{"palette": {"ctrl+k", "f1"}, "mouse": {}, "top": {"alt+t"}})
	if len(complaints) > 0 {
		t.Fatal(complaints)
	}
	if b := k.Bind("palette", nil); !b.Has("ctrl+k") || !b.Has("f1") || b.Has(":") || b.KeyLabel() != "ctrl+k" || k.Key("palette") != "ctrl+k" {
		t.Errorf("palette is at %v", b.Keys)
	}
	if b := k.Bind("mouse", nil); len(b.Keys) != 0 || b.KeyLabel() != "" || k.Key("mouse") != "" {
		t.Errorf("mouse is at %v", b.Keys)
	}
	if k.Key("help") != "?" {
		t.Errorf("help is at %s", k.Key("help"))
	}
}

func TestKeysCanChangePlaces(t *testing.T) {
	t.Parallel()
	k, complaints := NewKeymap(map[string][]string{"star": {"y"}, "copy": {"*"}})
	if len(complaints) > 0 || k.Key("star") != "y" || k.Key("copy") != "*" {
		t.Errorf("star %s, copy %s; %v", k.Key("star"), k.Key("copy"), complaints)
	}
}

func TestAnOverrideThatCannotBeTakenIsReportedAndLeftOut(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		own    map[string][]string
		action string
		keys   []string // that the action keeps
		says   []string
	}{
		{"unknown action", map[string][]string{"fly": {"x"}}, "star", []string{"*"}, []string{`no action "fly"`, "docs/keys.md"}},
		{"taken key", map[string][]string{"star": {"?"}}, "star", []string{"*"}, []string{`"?" is already "help"`, `"star" keeps *`}},
		{"two for one key", map[string][]string{"copy": {"x"}, "star": {"x"}}, "copy", []string{"y"}, []string{`"x" is already "star"`}},
		{"interrupt", map[string][]string{"star": {"ctrl+c"}}, "star", []string{"*"}, []string{"always quits"}},
		{"no such key", map[string][]string{"star": {"Ctrl-S"}}, "star", []string{"*"}, []string{`"Ctrl-S"`, "not the name of a key"}},
		{"shifted letter", map[string][]string{"star": {"shift+s"}}, "star", []string{"*"}, []string{"not the name of a key"}},
		{"blank", map[string][]string{"star": {" "}}, "star", []string{"*"}, []string{"space"}},
		{
			// links wants enter, which open gave up for a key that it did not get.
			"a chain",
			map[string][]string{"open": {"?"}, "link": {"enter"}},
			"open",
			[]string{"enter"},
			[]string{`"?" is already "help"`},
		},
	} {
		k, complaints := NewKeymap(tc.own)
		said := ""
		for _, c := range complaints {
			said += c.Action + ": " + c.Reason + "; " + c.Hint + "\n"
		}
		for _, want := range tc.says {
			if !strings.Contains(said, want) {
				t.Errorf("%s: it says %q; want %q in it", tc.name, said, want)
			}
		}
		if got := k.Bind(tc.action, nil).Keys; !slices.Equal(got, tc.keys) {
			t.Errorf("%s: %s has %v; want %v", tc.name, tc.action, got, tc.keys)
		}
	}
}

// TestNoOverridesGiveAKeyTwoMeanings lays anything over the table.
func TestNoOverridesGiveAKeyTwoMeanings(t *testing.T) {
	t.Parallel()
	var ids, keys []string
	for _, a := range Actions() {
		ids, keys = append(ids, a.ID), append(keys, a.Keys...)
	}
	keys = append(keys, "x", "X", "f5", "alt+x", "Enter", "", "shift+a")
	rapid.Check(t, func(t *rapid.T) {
		own := rapid.MapOfN(rapid.SampledFrom(append(ids, "nothing")), rapid.SliceOfN(rapid.SampledFrom(keys), 0, 3), 0, 12).Draw(t, "own")
		k, complaints := NewKeymap(own)
		meaning := map[string]string{}
		changed := 0
		for _, a := range Actions() {
			now := k.Bind(a.ID, nil).Keys
			if !slices.Equal(now, a.Keys) {
				changed++
			}
			for _, key := range now {
				if other := meaning[key]; other != "" && other != a.ID {
					t.Fatalf("%s is both %s and %s", key, other, a.ID)
				}
				meaning[key] = a.ID
			}
		}
		if changed+len(complaints) > len(own) {
			t.Fatalf("%d actions changed and %d complaints for %d overrides", changed, len(complaints), len(own))
		}
		if changed < len(own)-len(complaints) && !same(own) {
			t.Fatalf("%d of %d overrides went missing without a word: %v", len(own)-changed-len(complaints), len(own), complaints)
		}
	})
}

// same tells whether an override says what the table says already.
func same(own map[string][]string) bool {
	for _, a := range Actions() {
		if keys, ok := own[a.ID]; ok && slices.Equal(keys, a.Keys) {
			return true
		}
	}
	return false
}

func TestIsKeyKnowsWhatKeyboardsSend(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"x", "X", "é", "漢", "?", "*", "enter", "space", "f1", "f12", "ctrl+p", "alt+x", "ctrl+alt+x", "shift+tab", "ctrl+left", "alt+shift+up"} {
		if !isKey(name) {
			t.Errorf("%q is a key", name)
		}
	}
	for _, name := range []string{"", " ", "xy", "Enter", "f0", "f99", "f01x", "ctrl+", "ctrl+P", "shift+a", "alt+ctrl+x", "cmd+x", "\x1b", "\t"} {
		if isKey(name) {
			t.Errorf("%q is no key", name)
		}
	}
}

func TestABindingSaysWhyItCannotRun(t *testing.T) {
	t.Parallel()
	k, _ := NewKeymap(nil)
	b := k.Bind("star", nil)
	if ok, _ := b.Can(); !ok {
		t.Error("a binding without a condition cannot run")
	}
	b = b.When(func() (bool, string) { return false, "nobody is there" }).Titled("Star it", "s")
	if ok, why := b.Can(); ok || why != "nobody is there" || b.Title != "Star it" || b.Short != "s" {
		t.Errorf("%v %q", ok, why)
	}
	if found, ok := Find([]Binding{k.Bind("copy", nil), b}, "*"); !ok || found.ID != "star" {
		t.Errorf("found %v", found)
	}
	if _, ok := Find([]Binding{b}, "x"); ok {
		t.Error("found a key that nothing has")
	}
	if b := k.Bind("no such thing", nil); len(b.Keys) != 0 || b.Has("") {
		t.Errorf("an unknown action has the keys %v", b.Keys)
	}
}

func TestMovesMoveAList(t *testing.T) {
	t.Parallel()
	k, _ := NewKeymap(nil)
	var l List
	l.SetHeight(10)
	l.SetLen(100)
	ran := 0
	moves := k.Moves(&l, func() tea.Cmd { ran++; return nil })
	for _, step := range []struct {
		key  string
		want int
	}{{"j", 1}, {"down", 2}, {"k", 1}, {"pgdown", 10}, {"ctrl+d", 15}, {"ctrl+u", 10}, {"pgup", 1}, {"G", 99}, {"g", 0}} {
		b, ok := Find(moves, step.key)
		if !ok {
			t.Fatalf("%s does not move", step.key)
		}
		b.Run()
		if l.Cursor() != step.want {
			t.Errorf("after %s the cursor is on %d; want %d", step.key, l.Cursor(), step.want)
		}
	}
	if ran != 9 {
		t.Errorf("what follows a move ran %d times", ran)
	}
	b, _ := Find(k.Moves(&l, nil), "j")
	if cmd := b.Run(); cmd != nil || l.Cursor() != 1 {
		t.Errorf("a move with nothing after it gave a command, or row %d", l.Cursor())
	}
}
