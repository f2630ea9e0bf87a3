package catalog

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// versions are two versions of an entity, from the text of their metadata and spec.
func versions(t *testing.T, before, after string) []FieldChange {
	t.Helper()
	read := func(text string) *Entity {
		docs := Read([]byte("apiVersion: backstage.io/v1alpha1\nkind: Component\n"+text), ReadOptions{Named: true})
		if len(docs) != 1 || docs[0].Entity == nil {
			t.Fatalf("%+v", docs)
		}
		return docs[0].Entity
	}
	return Diff(read(before), read(after))
}

const spec = "\nspec: {type: service, lifecycle: production, owner: a"

func TestDiffNamesEachField(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("long ", 60)
	for name, tt := range map[string]struct {
		before, after string
		want          []FieldChange
	}{
		"nothing":   {"metadata: {name: x}" + spec + "}", "metadata: {name: x, namespace: default}" + spec + "}", nil},
		"a value":   {"metadata: {name: x}" + spec + "}", "metadata: {name: x}\nspec: {type: service, lifecycle: production, owner: b}", []FieldChange{{Field: "spec.owner", From: "a", To: "b"}}},
		"it came":   {"metadata: {name: x}" + spec + "}", "metadata: {name: x, title: X}" + spec + "}", []FieldChange{{Field: "metadata.title", To: "X"}}},
		"it went":   {"metadata: {name: x}" + spec + ", system: s}", "metadata: {name: x}" + spec + "}", []FieldChange{{Field: "spec.system", From: "s"}}},
		"tags":      {"metadata: {name: x, tags: [a, b]}" + spec + "}", "metadata: {name: x, tags: [c, b]}" + spec + "}", []FieldChange{{Field: "metadata.tags", Added: []string{"c"}, Removed: []string{"a"}}}},
		"order":     {"metadata: {name: x, tags: [a, b]}" + spec + "}", "metadata: {name: x, tags: [b, a]}" + spec + "}", []FieldChange{{Field: "metadata.tags", Note: "the order changed"}}},
		"a list":    {"metadata: {name: x}" + spec + "}", "metadata: {name: x}" + spec + ", dependsOn: ['component:y']}", []FieldChange{{Field: "spec.dependsOn", Added: []string{"component:y"}}}},
		"twice":     {"metadata: {name: x}" + spec + ", n: [1, 1, 2]}", "metadata: {name: x}" + spec + ", n: [1, 2]}", []FieldChange{{Field: "spec.n", Removed: []string{"1"}}}},
		"links":     {"metadata: {name: x}" + spec + "}", "metadata: {name: x, links: [{url: 'https://a.example/?a&b', title: A}]}" + spec + "}", []FieldChange{{Field: "metadata.links", Added: []string{`{"title":"A","url":"https://a.example/?a&b"}`}}}},
		"labels":    {"metadata: {name: x, labels: {a: b}}" + spec + "}", "metadata: {name: x, labels: {a: c}}" + spec + "}", []FieldChange{{Field: "metadata.labels.a", From: "b", To: "c"}}},
		"a mapping": {"metadata: {name: x}" + spec + "}", "metadata: {name: x}" + spec + ", size: {cpu: 1, deep: {er: true}}}", []FieldChange{{Field: "spec.size.cpu", To: "1"}, {Field: "spec.size.deep.er", To: "true"}}},
		"its type":  {"metadata: {name: x}" + spec + ", v: '1'}", "metadata: {name: x}" + spec + ", v: 1}", []FieldChange{{Field: "spec.v", From: `"1"`, To: "1"}}},
		"its shape": {"metadata: {name: x}" + spec + ", v: [1]}", "metadata: {name: x}" + spec + ", v: {a: 1}}", []FieldChange{{Field: "spec.v", From: "[1]", To: `{"a":1}`}}},
		"empty":     {"metadata: {name: x}" + spec + "}", "metadata: {name: x}" + spec + ", v: ''}", []FieldChange{{Field: "spec.v", To: `""`}}},
		"null":      {"metadata: {name: x}" + spec + ", v: 'null'}", "metadata: {name: x}" + spec + ", v: null}", []FieldChange{{Field: "spec.v", From: `"null"`, To: "null"}}},
		"lines":     {"metadata: {name: x}" + spec + ", v: \"a\\nb\\nc\\n\"}", "metadata: {name: x}" + spec + ", v: \"a\\nx\\ny\\nc\\n\"}", []FieldChange{{Field: "spec.v", Note: "2 lines changed"}}},
		"long":      {"metadata: {name: x}" + spec + "}", "metadata: {name: x, description: '" + long + "'}" + spec + "}", []FieldChange{{Field: "metadata.description", Note: "1 line added"}}},
		"line order": {
			"metadata: {name: x}" + spec + ", v: \"a\\nb\\n\"}", "metadata: {name: x}" + spec + ", v: \"b\\na\\n\"}",
			[]FieldChange{{Field: "spec.v", Note: "the order of its lines changed"}},
		},
		"its name": {"metadata: {name: x}" + spec + "}", "metadata: {name: y}" + spec + "}", []FieldChange{{Field: "metadata.name", From: "x", To: "y"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, versions(t, tt.before, tt.after)); diff != "" {
				t.Error(diff)
			}
		})
	}
	if got := Diff(nil, &Entity{}); got != nil {
		t.Errorf("%+v", got)
	}
}

func TestDiffCapsWhatItTells(t *testing.T) {
	t.Parallel()
	many := func(n int) *Entity {
		e := &Entity{Spec: map[string]any{"list": []any{}}}
		for i := range n {
			e.Spec[fmt.Sprintf("k%04d", i)] = 1.0
			e.Spec["list"] = append(e.Spec["list"].([]any), fmt.Sprint(i))
		}
		return e
	}
	got := Diff(many(0), many(1000))
	if len(got) != maxFields+1 || got[maxFields].Note != "801 more fields differ" {
		t.Errorf("%d: %+v", len(got), got[len(got)-1])
	}
	i := slices.IndexFunc(got, func(c FieldChange) bool { return c.Field == "spec.list" })
	got = Diff(&Entity{}, &Entity{Spec: map[string]any{"list": many(1000).Spec["list"]}})
	if i >= 0 || len(got[0].Added) != maxItems || got[0].Note != "900 more added" {
		t.Errorf("%d, %+v", i, got[0].Note)
	}
	deep := func(leaf any) *Entity {
		for range 2 * maxDiffDepth {
			leaf = map[string]any{"a": leaf}
		}
		return &Entity{Spec: map[string]any{"deep": leaf}}
	}
	if got := Diff(deep(1.0), deep(2.0)); len(got) != 1 || got[0].Note != "changed" || len(got[0].Field) > maxField+3 {
		t.Errorf("%+v", got)
	}
	if got := Diff(deep(1.0), deep(1.0)); got != nil {
		t.Errorf("%+v", got)
	}
}

// anyValue draws a value as a document may hold it.
func anyValue(depth int) *rapid.Generator[any] {
	leaf := rapid.OneOf(
		rapid.Just[any](nil), rapid.Just[any](""), rapid.Just[any](true), rapid.Just[any](1.0), rapid.Just[any]("1"), rapid.Just[any]("null"),
		rapid.Map(rapid.SampledFrom([]string{"a", "b", "a\nb\n", "b\na\n", strings.Repeat("x", 300)}), func(s string) any { return s }),
	)
	if depth == 0 {
		return leaf
	}
	below := anyValue(depth - 1)
	return rapid.OneOf(
		leaf,
		rapid.Map(rapid.SliceOfN(below, 0, 3), func(l []any) any { return l }),
		rapid.Map(rapid.MapOfN(rapid.SampledFrom([]string{"k", "l", "m"}), below, 0, 3), func(m map[string]any) any { return m }),
	)
}

func anyEntity() *rapid.Generator[*Entity] {
	return rapid.Custom(func(t *rapid.T) *Entity {
		spec := map[string]any{}
		for _, key := range []string{"p", "q", "r"} {
			if rapid.Bool().Draw(t, "has "+key) {
				spec[key] = anyValue(3).Draw(t, key)
			}
		}
		return &Entity{
			APIVersion: "backstage.io/v1alpha1", Kind: rapid.SampledFrom([]string{"API", "System"}).Draw(t, "kind"),
			Metadata: Metadata{
				Name:   rapid.SampledFrom([]string{"x", "y"}).Draw(t, "name"),
				Tags:   rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b"}), 0, 3).Draw(t, "tags"),
				Labels: rapid.MapOfN(rapid.SampledFrom([]string{"k", "l"}), rapid.SampledFrom([]string{"", "v"}), 0, 2).Draw(t, "labels"),
			},
			Spec: spec,
		}
	})
}

// plainEntity is an entity as one mapping.
func plainEntity(e *Entity) map[string]any {
	return map[string]any{"kind": e.Kind, "metadata": plainMetadata(&e.Metadata), "spec": e.Spec}
}

// without is a tree without what lies at a path, nor what is empty because of that.
func without(m map[string]any, path []string) map[string]any {
	out := maps.Clone(m)
	below, isMap := out[path[0]].(map[string]any)
	switch {
	case len(path) == 1:
		delete(out, path[0])
	case isMap:
		if below = without(below, path[1:]); len(below) == 0 {
			delete(out, path[0])
		} else {
			out[path[0]] = below
		}
	}
	return out
}

func lookup(m map[string]any, path []string) any {
	below, isMap := m[path[0]].(map[string]any)
	if len(path) == 1 || !isMap {
		return at(m, path[0])
	}
	return lookup(below, path[1:])
}

func itemTexts(v any) []string {
	var out []string
	for _, item := range listOf(v) {
		out = append(out, shownValue(item))
	}
	return out
}

func TestDiffDescribesEverythingThatDiffersAndNothingElse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyEntity().Draw(t, "before"), anyEntity().Draw(t, "after")
		if got := Diff(a, a); got != nil {
			t.Fatalf("an entity differs from itself: %+v", got)
		}
		changes := Diff(a, b)
		before, after := plainEntity(a), plainEntity(b)
		restBefore, restAfter := before, after
		for i, c := range changes {
			path := strings.Split(c.Field, ".")
			was, is := lookup(before, path), lookup(after, path)
			if reflect.DeepEqual(was, is) {
				t.Fatalf("%s did not change", c.Field)
			}
			if slices.IndexFunc(changes, func(o FieldChange) bool { return o.Field == c.Field }) != i {
				t.Fatalf("%s is told twice", c.Field)
			}
			switch {
			case len(c.Added)+len(c.Removed) > 0:
				now := itemTexts(was)
				for _, item := range c.Removed {
					at := slices.Index(now, item)
					if at < 0 {
						t.Fatalf("%s never held %s", c.Field, item)
					}
					now = slices.Delete(now, at, at+1)
				}
				now = append(now, c.Added...)
				want := itemTexts(is)
				slices.Sort(now)
				slices.Sort(want)
				if !slices.Equal(now, want) {
					t.Fatalf("%s: applied gives %q, not %q", c.Field, now, want)
				}
			case c.Note == "" && c.From == c.To:
				t.Fatalf("%+v tells nothing", c)
			}
			restBefore, restAfter = without(restBefore, path), without(restAfter, path)
		}
		if len(changes) == 0 && !reflect.DeepEqual(before, after) {
			t.Fatalf("nothing is told of\n%v\n%v", before, after)
		}
		if diff := cmp.Diff(restBefore, restAfter); diff != "" {
			t.Fatalf("%+v does not tell\n%s", changes, diff)
		}
	})
}

func TestWhatAChangeSaysInAFewWords(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]Change{
		"added":                        {Kind: ChangeAdded},
		"owner a → b":                  {Kind: ChangeChanged, Fields: []FieldChange{{Field: "spec.owner", From: "a", To: "b"}}},
		"title → T":                    {Kind: ChangeChanged, Fields: []FieldChange{{Field: "metadata.title", To: "T"}}},
		"system s → none":              {Kind: ChangeChanged, Fields: []FieldChange{{Field: "spec.system", From: "s"}}},
		"+2 dependencies":              {Kind: ChangeChanged, Fields: []FieldChange{{Field: "spec.dependsOn", Added: []string{"a", "b"}}}},
		"tags +java":                   {Kind: ChangeChanged, Fields: []FieldChange{{Field: "metadata.tags", Added: []string{"java"}}}},
		"+1 -1 tags":                   {Kind: ChangeChanged, Fields: []FieldChange{{Field: "metadata.tags", Added: []string{"java"}, Removed: []string{"go"}}}},
		"definition: 12 lines changed": {Kind: ChangeChanged, Fields: []FieldChange{{Field: "spec.definition", Note: "12 lines changed"}}},
		"renamed from component:default/a, owner a → b": {Kind: ChangeRenamed, Was: "component:default/a", Fields: []FieldChange{
			{Field: "metadata.name", From: "a", To: "x"}, {Field: "spec.owner", From: "a", To: "b"},
		}},
		"a → 1, b → 1, c → 1, and 2 more": {Kind: ChangeChanged, Fields: []FieldChange{
			{Field: "a", To: "1"}, {Field: "b", To: "1"}, {Field: "c", To: "1"}, {Field: "d", To: "1"}, {Field: "e", To: "1"},
		}},
		"could not be read: line 4": {Kind: ChangeUnreadable, Problem: "could not be read: line 4"},
	} {
		if got := c.What("→"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
