package catalog_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/idptui/idptui/internal/catalog"
)

// company is a random catalog, and what the naive filter knows of it.
type company struct {
	summaries []catalog.Summary
	edges     map[string][]catalog.Edge
	view      *catalog.View
}

func drawCompany(t *rapid.T) company {
	pick := func(name string, from ...string) string { return pick(t, name, from...) }
	c := company{edges: map[string][]catalog.Edge{}}
	seen := map[string]bool{}
	for range rapid.IntRange(0, 30).Draw(t, "entities") {
		r := catalog.Ref{
			Kind:      pick("kind", "Component", "API", "group"),
			Namespace: pick("namespace", "default", "infra"),
			Name:      pick("name", "pay", "Pay2", "pay10", "pay-api", "ledger", "über", "A.b_C", "x"),
		}
		if seen[r.String()] {
			continue
		}
		seen[r.String()] = true
		c.summaries = append(c.summaries, catalog.Summary{
			Ref: r, Title: pick("title", "", "", "Pay desk", "Ünter Ledger"), Type: pick("type", "", "service", "Service", "website"),
			Owner:  pick("owner", "", "group:default/a", "user:default/a", "group:infra/pay"),
			Source: pick("source", "one", "two"),
			Tags:   rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"java", "go", "c++"}), 0, 3, rapid.ID[string]).Draw(t, "tags"),
			Has:    catalog.Has(rapid.Uint32Range(0, 7).Draw(t, "has")),
		})
	}
	targets := []catalog.Ref{{Kind: "group", Namespace: "default", Name: "gone"}, {Kind: "api", Namespace: "infra", Name: "pay"}}
	for _, s := range c.summaries {
		targets = append(targets, s.Ref)
	}
	for _, s := range c.summaries {
		for range rapid.IntRange(0, 3).Draw(t, "edges") {
			relation := pick("relation", "dependsOn", "consumesApi", "childOf")
			target := rapid.SampledFrom(targets).Draw(t, "target")
			c.edges[s.Ref.String()] = append(c.edges[s.Ref.String()],
				catalog.Edge{Type: relation, Reverse: reverseOf[relation], Target: target})
		}
	}
	c.view = catalog.NewView(build(c.summaries).WithEdges(maps.All(c.edges)))
	return c
}

// condition is a term of a query together with its naive test.
type condition struct {
	text string
	test func(catalog.Summary) bool
}

func lowerHas(s, sub string) bool { return strings.Contains(strings.ToLower(s), strings.ToLower(sub)) }

// scattered tells whether the letters of word occur in s in that order. ü
// counts as u in s, as it does for the matcher.
func scattered(s, word string) bool {
	rest := []rune(strings.ToLower(word))
	for _, r := range strings.ToLower(s) {
		if len(rest) > 0 && (r == rest[0] || (r == 'ü' && rest[0] == 'u')) {
			rest = rest[1:]
		}
	}
	return len(rest) == 0
}

func pick(t *rapid.T, name string, from ...string) string {
	return rapid.SampledFrom(from).Draw(t, name)
}

// drawers draw one kind of condition each.
func (c company) drawers() []func(*rapid.T) condition {
	return []func(*rapid.T) condition{
		func(t *rapid.T) condition {
			v := pick(t, "kind", "component", "API", "gro*", "gone")
			return condition{"kind:" + v, func(s catalog.Summary) bool { return matches(s.Ref.Kind, v) }}
		},
		func(t *rapid.T) condition {
			v, w := pick(t, "type", "service", "*"), pick(t, "or type", "WEBSITE", "serv*")
			return condition{"type:" + v + "," + w, func(s catalog.Summary) bool { return matches(s.Type, v) || matches(s.Type, w) }}
		},
		func(t *rapid.T) condition {
			v := pick(t, "name", "pay", "PAY*", "*api", "*a*", "über", "x")
			return condition{"name:" + v, func(s catalog.Summary) bool { return matches(s.Ref.Name, v) }}
		},
		func(t *rapid.T) condition {
			v := pick(t, "tag", "java", "c++", "g*")
			return condition{"tag:" + v, func(s catalog.Summary) bool {
				return slices.ContainsFunc(s.Tags, func(tag string) bool { return matches(tag, v) })
			}}
		},
		func(t *rapid.T) condition {
			v := pick(t, "owner", "a", "group:a", "infra/*", "user:default/a", "*")
			return condition{"owner:" + v, func(s catalog.Summary) bool { return s.Owner != "" && refMatches(ref(s.Owner), v) }}
		},
		func(*rapid.T) condition {
			return condition{"missing:system", func(s catalog.Summary) bool { return s.Has&catalog.HasSystem == 0 }}
		},
		c.drawRelation,
		c.drawReverse,
		func(t *rapid.T) condition {
			v := pick(t, "quoted", "pay", "y d", "a.b")
			return condition{`"` + v + `"`, func(s catalog.Summary) bool { return lowerHas(s.Ref.Name, v) || lowerHas(s.Title, v) }}
		},
	}
}

func (c company) drawRelation(t *rapid.T) condition {
	relation := pick(t, "relation", "dependsOn", "consumesApi", "childOf")
	v := pick(t, "target", "pay", "api:infra/pay", "*", "group:*", "gone")
	return condition{relation + ":" + v, func(s catalog.Summary) bool {
		return slices.ContainsFunc(c.edges[s.Ref.String()], func(e catalog.Edge) bool {
			return e.Type == relation && refMatches(e.Target, v)
		})
	}}
}

func (c company) drawReverse(t *rapid.T) condition {
	v := pick(t, "dependent", "pay", "component:*", "ledger")
	return condition{"dependencyOf:" + v, func(s catalog.Summary) bool {
		return slices.ContainsFunc(c.summaries, func(from catalog.Summary) bool {
			return refMatches(from.Ref, v) && slices.ContainsFunc(c.edges[from.Ref.String()], func(e catalog.Edge) bool {
				return e.Type == "dependsOn" && e.Target.Equal(s.Ref)
			})
		})
	}}
}

// drawCondition draws a condition, negated or not. A word is fuzzy only as it is.
func (c company) drawCondition(t *rapid.T) condition {
	if rapid.IntRange(0, 4).Draw(t, "word or field") == 0 {
		v := pick(t, "word", "pay", "PY", "e", "ub", "x10")
		return condition{v, func(s catalog.Summary) bool { return scattered(s.Ref.Name, v) || scattered(s.Title, v) }}
	}
	return negatable(t, rapid.SampledFrom(c.drawers()).Draw(t, "condition")(t))
}

func negatable(t *rapid.T, x condition) condition {
	if rapid.Bool().Draw(t, "negated") {
		return condition{"-" + x.text, func(s catalog.Summary) bool { return !x.test(s) }}
	}
	return x
}

// matches is the naive wildcard.
func matches(text, v string) bool {
	text, v = strings.ToLower(text), strings.ToLower(v)
	core := strings.Trim(v, "*")
	switch {
	case core == v:
		return text == v
	case text == "":
		return false
	case strings.HasPrefix(v, "*") && strings.HasSuffix(v, "*"):
		return strings.Contains(text, core)
	case strings.HasPrefix(v, "*"):
		return strings.HasSuffix(text, core)
	}
	return strings.HasPrefix(text, core)
}

func refMatches(r catalog.Ref, v string) bool {
	kind, namespace := "*", "*"
	if head, tail, ok := strings.Cut(v, ":"); ok {
		kind, v = head, tail
	}
	if head, tail, ok := strings.Cut(v, "/"); ok {
		namespace, v = head, tail
	}
	return matches(r.Kind, kind) && matches(r.Namespace, namespace) && matches(r.Name, v)
}

func TestSelectAgreesWithANaiveFilter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawCompany(t)
		var texts []string
		var conditions []condition
		for range rapid.IntRange(0, 4).Draw(t, "conditions") {
			x := c.drawCondition(t)
			conditions, texts = append(conditions, x), append(texts, x.text)
		}
		text := strings.Join(texts, " ")
		var want []string
		for _, s := range c.summaries {
			if !slices.ContainsFunc(conditions, func(x condition) bool { return !x.test(s) }) {
				want = append(want, s.Ref.String())
			}
		}
		q := parse(t, text)
		result := selectIDs(t, c.view, q, catalog.Env{}, catalog.Sort{}, nil)
		var got []string
		for _, id := range result.IDs {
			got = append(got, c.view.Row(id).Ref().String())
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("%s\n got %q\nwant %q", text, got, want)
		}
		c.checkNarrowing(t, texts, result)
		c.checkSorts(t, q, result)
		c.checkFacets(t, q)
	})
}

// checkNarrowing types the query term by term.
func (c company) checkNarrowing(t *rapid.T, texts []string, want *catalog.Result) {
	var previous *catalog.Result
	for i := range len(texts) + 1 {
		q := parse(t, strings.Join(texts[:i], " "))
		previous = selectIDs(t, c.view, q, catalog.Env{}, catalog.Sort{}, previous)
	}
	if !slices.Equal(previous.IDs, want.IDs) {
		t.Fatalf("%q typed term by term finds %v, at once %v", texts, previous.IDs, want.IDs)
	}
}

// checkSorts checks that each sort only reorders, that it is stable, and that
// turning it round turns round what has a value.
func (c company) checkSorts(t *rapid.T, q *catalog.Query, result *catalog.Result) {
	byID := slices.Sorted(slices.Values(result.IDs))
	for _, field := range []string{"name", "type", "owner", "tag", "kind", "source", "namespace", "health"} {
		for _, desc := range []bool{false, true} {
			order := catalog.Sort{Field: field, Desc: desc}
			got := selectIDs(t, c.view, q, catalog.Env{}, order, nil).IDs
			if !slices.Equal(slices.Sorted(slices.Values(got)), byID) {
				t.Fatalf("sort %s of %v gives %v", order, byID, got)
			}
			for i := range got[:max(len(got)-1, 0)] {
				if d := c.compare(got[i], got[i+1], field, desc); d > 0 || (d == 0 && got[i] > got[i+1]) {
					t.Fatalf("sort %s puts %s before %s", order, c.view.Row(got[i]).Ref(), c.view.Row(got[i+1]).Ref())
				}
			}
		}
	}
}

// compare is the naive order of two rows; what has no value is last.
func (c company) compare(a, b int32, field string, desc bool) int {
	value := func(id int32) string {
		r := c.view.Row(id)
		switch field {
		case "name":
			return strings.ToLower(natural(r.Name()))
		case "owner":
			if r.Owner().IsZero() {
				return ""
			}
			return r.Owner().Name + " " + r.Owner().String()
		case "tag":
			return strings.Join(r.Tags(), " ")
		}
		return strings.ToLower(map[string]string{
			"type": r.Type(), "kind": r.Kind(), "source": r.Source(), "namespace": r.Namespace(),
		}[field])
	}
	x, y := value(a), value(b)
	switch {
	case (x == "") != (y == ""):
		return strings.Compare(y, x)
	case desc:
		return strings.Compare(y, x)
	}
	return strings.Compare(x, y)
}

// natural widens the numbers of the names that drawCompany gives.
func natural(name string) string {
	return strings.NewReplacer("10", "0010", "2", "0002").Replace(name)
}

// checkFacets checks that each count is what choosing that value alone finds.
func (c company) checkFacets(t *rapid.T, q *catalog.Query) {
	facets, err := c.view.Facets(t.Context(), q, catalog.Env{}, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range facets {
		if f.Total != len(f.Values) {
			t.Fatalf("facet %s of %q has %d values, and shows all %d", f.Field, q, f.Total, len(f.Values))
		}
		for i, x := range f.Values {
			alone := q.WithoutTerm(f.Field, "").WithTerm(f.Field, x.Value)
			found := selectIDs(t, c.view, alone, catalog.Env{}, catalog.Sort{}, nil)
			if len(found.IDs) != x.Count || x.Count == 0 {
				t.Fatalf("facet %s of %q counts %d of %q, and %q finds %d", f.Field, q, x.Count, x.Value, alone, len(found.IDs))
			}
			if x.Selected != q.Selected(f.Field, x.Value) {
				t.Fatalf("facet %s of %q says of %q selected %v", f.Field, q, x.Value, x.Selected)
			}
			if i > 0 && f.Values[i-1].Count < x.Count {
				t.Fatalf("facet %s of %q is not sorted: %s", f.Field, q, fmt.Sprint(f.Values))
			}
		}
	}
}
