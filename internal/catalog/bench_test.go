package catalog_test

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/catalogtest"
)

var benchSizes = []int{1_000, 10_000, 100_000}

// benchCatalog is a generated catalog, made once per size.
type benchCatalog struct {
	summaries []catalog.Summary
	edges     iter.Seq2[string, []catalog.Edge]
	view      *catalog.View
}

var benchCatalogs = func() map[int]func() benchCatalog {
	m := map[int]func() benchCatalog{}
	for _, n := range benchSizes {
		m[n] = sync.OnceValue(func() benchCatalog {
			c := benchCatalog{summaries: inReadingOrder(catalogtest.Summaries(n, 1)), edges: edgesInReadingOrder(catalogtest.Edges(n, 1))}
			s := build(c.summaries).WithEdges(c.edges)
			health := map[string]string{}
			for i, x := range c.summaries {
				if i%3 == 0 {
					health[x.Ref.String()] = []string{"up", "up", "up", "degraded", "down"}[i/3%5]
				}
			}
			c.view = catalog.NewView(s, catalog.NewOverlay("health", 1, "bench", time.Time{},
				catalog.WordColumn("", []string{"down", "degraded", "up"}, health)))
			return c
		})
	}
	return m
}()

// inReadingOrder lays out the texts as a store's scan finds them: one row after
// the other, not where the generator happened to make them.
func inReadingOrder(summaries []catalog.Summary) []catalog.Summary {
	var all strings.Builder
	for _, s := range summaries {
		all.WriteString(strings.Join([]string{
			s.Ref.Kind, s.Ref.Namespace, s.Ref.Name, s.Title, s.Description, s.Type,
			s.Lifecycle, s.Owner, s.System, s.Source, s.Email, strings.Join(s.Tags, ""),
		}, ""))
	}
	rest := all.String()
	take := func(s *string) { *s, rest = rest[:len(*s)], rest[len(*s):] }
	for i := range summaries {
		s := &summaries[i]
		for _, text := range []*string{
			&s.Ref.Kind, &s.Ref.Namespace, &s.Ref.Name, &s.Title, &s.Description, &s.Type,
			&s.Lifecycle, &s.Owner, &s.System, &s.Source, &s.Email,
		} {
			take(text)
		}
		s.Tags = slices.Clone(s.Tags)
		for j := range s.Tags {
			take(&s.Tags[j])
		}
	}
	return summaries
}

func edgesInReadingOrder(edges iter.Seq2[string, []catalog.Edge]) iter.Seq2[string, []catalog.Edge] {
	var keys []string
	var lists [][]catalog.Edge
	for key, list := range edges {
		keys = append(keys, strings.Clone(key))
		list = slices.Clone(list)
		for i, e := range list {
			list[i].Target.Name = strings.Clone(e.Target.Name)
		}
		lists = append(lists, list)
	}
	return func(yield func(string, []catalog.Edge) bool) {
		for i, key := range keys {
			if !yield(key, lists[i]) {
				return
			}
		}
	}
}

// sized is one benchmark over a catalog of one size.
type sized struct {
	*testing.B
	benchCatalog
}

func eachSize(b *testing.B, run func(sized)) {
	b.Helper()
	for _, n := range benchSizes {
		if n > 10_000 && testing.Short() {
			continue // it takes a while to make
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			c := benchCatalogs[n]()
			b.ReportAllocs()
			b.ResetTimer()
			run(sized{b, c})
		})
	}
}

func BenchmarkBuilder(b *testing.B) {
	eachSize(b, func(c sized) {
		for c.Loop() {
			build(c.summaries)
		}
	})
}

func BenchmarkWithEdges(b *testing.B) {
	eachSize(b, func(c sized) {
		s := build(c.summaries)
		for c.Loop() {
			s.WithEdges(c.edges)
		}
	})
}

func BenchmarkSelect(b *testing.B) {
	for _, text := range []string{
		"", "kind:component type:service -lifecycle:deprecated", "owner:me", "p", "pay", "kind:component pay",
		"payments gateway", "zzzz", "name:pay*", "dependsOn:resource:*", "health:down", "has:runbook missing:owner", `"pay"`,
	} {
		b.Run(fmt.Sprintf("%q", text), func(b *testing.B) {
			eachSize(b, func(c sized) {
				q := parse(c.B, text)
				env := catalog.Env{Me: []string{"group:default/team-payments"}}
				selectIDs(c.B, c.view, parse(c.B, "warm"), env, catalog.Sort{}, nil)
				for c.Loop() {
					selectIDs(c.B, c.view, q, env, catalog.Sort{}, nil)
				}
			})
		})
	}
}

// BenchmarkSelectGrowing is a whole word typed letter by letter, each query
// narrowing the result before it.
func BenchmarkSelectGrowing(b *testing.B) {
	eachSize(b, func(c sized) {
		var queries []*catalog.Query
		for i := range len("payments") {
			queries = append(queries, parse(c.B, "payments"[:i+1]))
		}
		for c.Loop() {
			var r *catalog.Result
			for _, q := range queries {
				r = selectIDs(c.B, c.view, q, catalog.Env{}, catalog.Sort{}, r)
			}
		}
	})
}

func BenchmarkSort(b *testing.B) {
	for _, field := range []string{"name", "-name", "owner", "kind", "tag", "health"} {
		b.Run(field, func(b *testing.B) {
			eachSize(b, func(c sized) {
				order, err := catalog.ParseSort(field)
				if err != nil {
					c.Fatal(err)
				}
				for c.Loop() {
					selectIDs(c.B, c.view, parse(c.B, ""), catalog.Env{}, order, nil)
				}
			})
		})
	}
}

// BenchmarkSortFirst is the first sort on a new snapshot, which ranks the values.
func BenchmarkSortFirst(b *testing.B) {
	for _, field := range []string{"name", "owner", "tag"} {
		b.Run(field, func(b *testing.B) {
			eachSize(b, func(c sized) {
				order := catalog.Sort{Field: field}
				for c.Loop() {
					c.StopTimer()
					v := catalog.NewView(build(c.summaries))
					c.StartTimer()
					selectIDs(c.B, v, parse(c.B, ""), catalog.Env{}, order, nil)
				}
			})
		})
	}
}

// BenchmarkFuzzyFirst is the first free text on a new snapshot, which prepares
// the names for matching.
func BenchmarkFuzzyFirst(b *testing.B) {
	eachSize(b, func(c sized) {
		q := parse(c.B, "pay")
		for c.Loop() {
			c.StopTimer()
			v := catalog.NewView(build(c.summaries))
			c.StartTimer()
			selectIDs(c.B, v, q, catalog.Env{}, catalog.Sort{}, nil)
		}
	})
}

func BenchmarkFacets(b *testing.B) {
	for _, text := range []string{"", "kind:component owner:me", "kind:component pay"} {
		b.Run(fmt.Sprintf("%q", text), func(b *testing.B) {
			eachSize(b, func(c sized) {
				q := parse(c.B, text)
				env := catalog.Env{Me: []string{"group:default/team-payments"}}
				for c.Loop() {
					if _, err := c.view.Facets(context.Background(), q, env, 10); err != nil {
						c.Fatal(err)
					}
				}
			})
		})
	}
}

func BenchmarkFind(b *testing.B) {
	eachSize(b, func(c sized) {
		i := 0
		for c.Loop() {
			if _, ok := c.view.Find(c.summaries[i].Ref); !ok {
				c.Fatal("not found")
			}
			i = (i + 7919) % len(c.summaries)
		}
	})
}

func BenchmarkRelations(b *testing.B) {
	eachSize(b, func(c sized) {
		i := 0
		for c.Loop() {
			c.view.Relations(c.summaries[i].Ref)
			i = (i + 7919) % len(c.summaries)
		}
	})
}

func BenchmarkWalk(b *testing.B) {
	eachSize(b, func(c sized) {
		i := 0
		for c.Loop() {
			c.view.Walk(c.summaries[i].Ref, catalog.Dependents, 3, 200)
			i = (i + 7919) % len(c.summaries)
		}
	})
}

func BenchmarkOverlayJoin(b *testing.B) {
	eachSize(b, func(c sized) {
		o, _ := c.view.Overlay("health")
		order := catalog.Sort{Field: "health"}
		for c.Loop() {
			selectIDs(c.B, catalog.NewView(c.view.Snapshot, o), parse(c.B, ""), catalog.Env{}, order, nil)
		}
	})
}

func BenchmarkOverlayValue(b *testing.B) {
	eachSize(b, func(c sized) {
		id := int32(0)
		for c.Loop() {
			c.view.Value(id, "health")
			id = (id + 1) % int32(c.view.Len())
		}
	})
}

// BenchmarkMemory reports the live heap of a snapshot: rows alone, with
// relations, and with all that first uses prepare.
func BenchmarkMemory(b *testing.B) {
	live := func() float64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	eachSize(b, func(c sized) {
		for c.Loop() {
			before := live()
			s := build(c.summaries)
			c.ReportMetric((live()-before)/1e6, "MB-rows")
			s = s.WithEdges(c.edges)
			c.ReportMetric((live()-before)/1e6, "MB-relations")
			v := catalog.NewView(s)
			selectIDs(c.B, v, parse(c.B, "pay"), catalog.Env{}, catalog.Sort{}, nil)
			for _, f := range catalog.SortFields() {
				selectIDs(c.B, v, parse(c.B, ""), catalog.Env{}, catalog.Sort{Field: f}, nil)
			}
			c.ReportMetric((live()-before)/1e6, "MB-all")
			runtime.KeepAlive(v)
		}
	})
}
