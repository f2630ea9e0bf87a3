package kit

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Interrupt is the key that leaves at any time, whatever else is on screen. No
// other action can have it.
const Interrupt = "ctrl+c"

// Keymap is the table of actions with a person's own keys in place. It is
// immutable once made.
type Keymap struct {
	actions map[string]Action
}

// KeyFault is an override that was not taken: why in a plain sentence, and what
// to do.
type KeyFault struct {
	Action       string // its id, as the override has it
	Reason, Hint string
}

// NewKeymap lays overrides (action id to keys) over the table; an empty list
// leaves an action without a key. The second result has each override that was
// not taken: an unknown action, a key that no keyboard sends, or one that already
// means something else. No key of the Keymap has two meanings.
func NewKeymap(overrides map[string][]string) (*Keymap, []KeyFault) {
	k := &Keymap{actions: make(map[string]Action)}
	for _, a := range Actions() {
		k.actions[a.ID] = a
	}
	var faults []KeyFault
	taken := map[string][]string{}
	for _, id := range slices.Sorted(maps.Keys(overrides)) {
		if why, hint := k.refuse(id, overrides[id]); why != "" {
			faults = append(faults, KeyFault{id, why, hint})
			continue
		}
		taken[id] = overrides[id]
	}
	// An override that goes gives its action the usual keys back, which another
	// override may have wanted: go on until all agree.
	for {
		id, why := k.conflict(taken)
		if id == "" {
			break
		}
		delete(taken, id)
		faults = append(faults, KeyFault{id, why, "choose another key, or give " + strconv.Quote(id) + " and the other one new keys"})
	}
	for id, keys := range taken {
		a := k.actions[id]
		a.Keys = slices.Clone(keys)
		k.actions[id] = a
	}
	return k, faults
}

// refuse says why an override cannot be taken whatever the others say, and what
// to do.
func (k *Keymap) refuse(id string, keys []string) (why, hint string) {
	if _, ok := k.actions[id]; !ok {
		return fmt.Sprintf("there is no action %q", id), "docs/keys.md and the help list them all"
	}
	for _, key := range keys {
		if key == Interrupt && id != "quit" {
			return fmt.Sprintf("%q always quits, so that %q cannot have it", key, id), "choose another key"
		}
		if !isKey(key) {
			return fmt.Sprintf("%q is not the name of a key", key), "write it like x, X, enter, space, f5, ctrl+p or alt+x"
		}
	}
	return "", ""
}

// conflict finds an override with a key that another action has too, and words
// the complaint about it.
func (k *Keymap) conflict(overrides map[string][]string) (id, why string) {
	for _, id := range slices.Sorted(maps.Keys(overrides)) {
		for _, other := range Actions() {
			keys := other.Keys
			if own, ok := overrides[other.ID]; ok {
				keys = own
			}
			if other.ID == id {
				continue
			}
			for _, key := range overrides[id] {
				if slices.Contains(keys, key) {
					return id, fmt.Sprintf("%q is already %q; %q keeps %s", key, other.ID, id, strings.Join(k.actions[id].Keys, " "))
				}
			}
		}
	}
	return "", ""
}

// Key is the first key of an action, "" when it has none.
func (k *Keymap) Key(id string) string {
	if keys := k.actions[id].Keys; len(keys) > 0 {
		return keys[0]
	}
	return ""
}

// isKey tells whether a terminal can send a key of this name: a character, a
// named key, or one of the two with modifiers in their order. A shifted letter
// is its capital.
func isKey(name string) bool {
	rest, ctrl := strings.CutPrefix(name, "ctrl+")
	rest, alt := strings.CutPrefix(rest, "alt+")
	rest, shift := strings.CutPrefix(rest, "shift+")
	if namedKey(rest) {
		return true
	}
	r, n := utf8.DecodeRuneInString(rest)
	if n == 0 || n != len(rest) || r == utf8.RuneError || !unicode.IsGraphic(r) || unicode.IsSpace(r) {
		return false
	}
	if ctrl || alt {
		return r == unicode.ToLower(r)
	}
	return !shift
}

func namedKey(name string) bool {
	switch name {
	case "enter", "esc", "tab", "space", "backspace", "delete", "insert", "up", "down", "left", "right", "home", "end", "pgup", "pgdown":
		return true
	}
	n, err := strconv.Atoi(strings.TrimPrefix(name, "f"))
	return err == nil && strings.HasPrefix(name, "f") && n >= 1 && n <= 24
}
