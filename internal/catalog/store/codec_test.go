package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/idptui/idptui/internal/catalog"
)

func anyRef(t *rapid.T) catalog.Ref {
	return catalog.Ref{
		Kind: rapid.String().Draw(t, "kind"), Namespace: rapid.String().Draw(t, "namespace"), Name: rapid.String().Draw(t, "name"),
	}
}

func TestASummaryIsDecodedAsItWasEncoded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := func(label string) string { return rapid.String().Draw(t, label) }
		want := catalog.Summary{
			Ref: anyRef(t), Title: text("title"), Description: text("description"), Type: text("type"), Lifecycle: text("lifecycle"),
			Owner: text("owner"), System: text("system"), Source: text("source"), Email: text("email"),
			Tags: rapid.SliceOfN(rapid.String(), 0, 20).Draw(t, "tags"), Has: catalog.Has(rapid.Uint32().Draw(t, "has")),
		}
		payload := string(encodeSummary(want))
		before := []string{"of another"}
		got, ok := decodeSummary(payload, before)
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" || !ok {
			t.Fatalf("decoded %v (-want +got):\n%s", ok, diff)
		}
		cut := rapid.IntRange(0, len(payload)-1).Draw(t, "cut")
		if _, ok := decodeSummary(payload[:cut], nil); ok {
			t.Fatalf("%d of %d bytes pass for a summary", cut, len(payload))
		}
		if _, ok := decodeSummary(payload+"x", nil); ok {
			t.Fatal("a summary with a byte too many passes")
		}
	})
}

func TestEdgesAreDecodedAsTheyWereEncoded(t *testing.T) {
	t.Parallel()
	relation := rapid.OneOf(rapid.SampledFrom(relationCodes[:]), rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) catalog.Edge {
			return catalog.Edge{Type: relation.Draw(t, "type"), Reverse: relation.Draw(t, "reverse"), Target: anyRef(t)}
		}), 1, 12).Draw(t, "edges")
		payload := string(encodeEdges(want))
		got, ok := decodeEdges(payload, nil)
		if diff := cmp.Diff(want, got); diff != "" || !ok {
			t.Fatalf("decoded %v (-want +got):\n%s", ok, diff)
		}
		cut := rapid.IntRange(0, len(payload)-1).Draw(t, "cut")
		if _, ok := decodeEdges(payload[:cut], nil); ok {
			t.Fatalf("%d of %d bytes pass for edges", cut, len(payload))
		}
	})
}

func TestArbitraryBytesAreNoSummaryAndNoHarm(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		payload := string(rapid.SliceOf(rapid.Byte()).Draw(t, "payload"))
		if s, ok := decodeSummary(payload, nil); ok {
			if again, ok := decodeSummary(string(encodeSummary(s)), nil); !ok || !cmp.Equal(s, again, cmpopts.EquateEmpty()) {
				t.Fatalf("%q decodes to %v and then to %v", payload, s, again)
			}
		}
		if e, ok := decodeEdges(payload, nil); ok {
			if again, ok := decodeEdges(string(encodeEdges(e)), nil); !ok || !cmp.Equal(e, again, cmpopts.EquateEmpty()) {
				t.Fatalf("%q decodes to %v and then to %v", payload, e, again)
			}
		}
	})
}

func TestAnArenaKeepsWhatItWasGiven(t *testing.T) {
	t.Parallel()
	var a arena
	var kept []string
	for i := range 3000 {
		payload := make([]byte, i)
		for j := range payload {
			payload[j] = byte(i)
		}
		kept = append(kept, a.keep(payload))
		clear(payload) // the caller's bytes are its own
	}
	for i, text := range kept {
		if len(text) != i {
			t.Fatalf("text %d has %d bytes", i, len(text))
		}
		for _, c := range []byte(text) {
			if c != byte(i) {
				t.Fatalf("text %d was overwritten", i)
			}
		}
	}
}
