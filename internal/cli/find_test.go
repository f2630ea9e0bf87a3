package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idptui/idptui/internal/catalog"
)

// viewOf is a catalog of bare summaries.
func viewOf(list ...catalog.Summary) *catalog.View {
	b := catalog.NewBuilder(1, len(list))
	for _, s := range list {
		if s.Ref.Namespace == "" {
			s.Ref.Namespace = catalog.DefaultNamespace
		}
		b.Add(s)
	}
	return catalog.NewView(b.Snapshot())
}

func entity(kind, namespace, name string) catalog.Summary {
	return catalog.Summary{Ref: catalog.Ref{Kind: kind, Namespace: namespace, Name: name}}
}

func TestResolveNeedsNoMoreThanIsUnclear(t *testing.T) {
	t.Parallel()
	view := viewOf(
		entity("Component", "", "orders"), entity("API", "", "orders"), entity("Component", "", "Ledger"),
		entity("Component", "eu", "cart"), entity("Resource", "eu", "db"), entity("Resource", "us", "db"),
	)
	for text, want := range map[string]string{
		"ledger":               "component:default/ledger",
		"component:orders":     "component:default/orders",
		"API:default/Orders":   "api:default/orders",
		"cart":                 "component:eu/cart",
		"component:cart":       "component:eu/cart",
		"us/db":                "resource:us/db",
		" component:eu/cart  ": "component:eu/cart",
	} {
		got, err := resolve(view, text)
		if err != nil || got.String() != want {
			t.Errorf("%s: %s, %v", text, got, err)
		}
	}
	for text, want := range map[string]struct {
		code int
		text string
	}{
		"orders":         {ExitUsage, `"orders" names 2 entities; write one of api:default/orders or component:default/orders`},
		"db":             {ExitUsage, `"db" names 2 entities; write one of resource:eu/db or resource:us/db`},
		"system:orders":  {ExitNotFound, `the catalog has no entity "system:orders"; did you mean api:default/orders or component:default/orders?`},
		"lgder":          {ExitNotFound, `the catalog has no entity "lgder"; did you mean component:default/ledger?`},
		"eu/orders":      {ExitNotFound, `the catalog has no entity "eu/orders"; did you mean api:default/orders or component:default/orders?`},
		"something-else": {ExitNotFound, `the catalog has no entity "something-else"; idptui search something-else looks further`},
		"component:":     {ExitUsage, `reference "component:" has no name; write [kind:][namespace/]name`},
	} {
		_, err := resolve(view, text)
		var e *Error
		if !errors.As(err, &e) || e.Code != want.code || e.Error() != want.text {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestSearchRanksByWhereTheWordsStand(t *testing.T) {
	t.Parallel()
	named := func(name, title, description string, tags ...string) catalog.Summary {
		s := entity("Component", "", name)
		s.Title, s.Description, s.Tags = title, description, tags
		return s
	}
	view := viewOf(
		named("books", "Ledger", ""), named("audit", "", "Reads the ledger"), named("ledger", "", "Keeps books"),
		named("ledger-db", "", ""), named("old-ledger", "", ""), named("night", "", "", "ledger"), named("unledgered", "", ""),
		named("cart", "", "Holds what is bought"),
	)
	for text, want := range map[string][]string{
		"ledger":        {"ledger", "ledger-db", "books", "night", "old-ledger", "unledgered", "audit"},
		"Ledger BOOKS":  {"books", "ledger"},
		"bought holds":  {"cart"},
		"ldgr":          {"ledger", "ledger-db", "books", "old-ledger", "unledgered"},
		"-x":            nil,
		`kind:"`:        nil,
		"no-such-thing": nil,
		"":              nil,
	} {
		hits, err := search(context.Background(), view, text)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, h := range hits {
			got = append(got, h.Name)
		}
		if text == "ldgr" { // how alike names rank is the query's business
			slices.Sort(got)
			slices.Sort(want)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func TestSearchSaysWhatMatched(t *testing.T) {
	t.Parallel()
	s := entity("API", "eu", "ledger")
	s.Title, s.Owner, s.Email = "Books", "group:default/team-money", "money@acme.example"
	hits, err := search(context.Background(), viewOf(s), "led money")
	if err != nil || len(hits) != 1 {
		t.Fatalf("%v, %v", hits, err)
	}
	want := hit{
		Ref: "api:eu/ledger", Kind: "api", Name: "eu/ledger", Title: "Books", Owner: "team-money",
		Score: hits[0].Score, Matched: []string{"name", "owner", "email"},
	}
	if diff := cmp.Diff(want, hits[0]); diff != "" {
		t.Error(diff)
	}
}

func TestCompletionOffersWhatWasBegun(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][]string{
		"catalog get led":                {"ledger\tcomponent", ":4"},
		"catalog get component:pay":      {"component:payments-api\tcomponent, Payments", ":4"},
		"catalog get api:default/":       {"api:default/payments-api\tapi", ":4"},
		"catalog get ledger ":            {":4"},
		"catalog list lifecycle:dep":     {"lifecycle:deprecated", ":4"},
		"catalog list -lifecycle:dep":    {"-lifecycle:deprecated", ":4"},
		"catalog list hasM":              {":6"},
		"sync confirm s":                 {"shop\t/src/shop", ":4"},
		"completion f":                   {"fish", ":4"},
		"catalog list --columns lif":     {"lifecycle", ":6"},
		"catalog list --columns name,ow": {"name,owner", ":6"},
	} {
		words := []string{"__complete"}
		words = append(words, strings.Split(line, " ")...)
		o := run(shop(t), words...)
		var got []string
		for _, row := range strings.Split(o.out, "\n") {
			if row != "" {
				got = append(got, row)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s%s", line, diff, o.err)
		}
	}
}

func TestPlural(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"1 error": Count(1, "error"), "0 errors": Count(0, "error"), "2 entities": Count(2, "entity"), "1 entity": Count(1, "entity"),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestSpecIsTold(t *testing.T) {
	t.Parallel()
	got := specLines(map[string]any{
		"owner": "me", "definition": "a\nb\nc\n", "targets": []any{"./a", "./b"}, "steps": []any{map[string]any{}, map[string]any{}},
		"profile": map[string]any{"email": "a@b.example"}, "n": 14.0, "large": 2500000.0, "yes": true, "nil": nil, "map": map[string]any{"a": 1},
	})
	want := map[string]string{
		"definition": "3 lines", "targets": "./a, ./b", "steps": "2 items", "profile.email": "a@b.example", "n": "14", "large": "2500000",
		"yes": "true", "nil": "null", "map": "1 key",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func ExampleNotFound() {
	fmt.Println(NotFound("did you mean ledger?", "the catalog has no entity %q", "legder"))
	// Output: the catalog has no entity "legder"; did you mean ledger?
}

func TestAColumnThatSomebodyNamedIsThereWithoutValues(t *testing.T) {
	t.Parallel()
	if o := run(shop(t), "catalog", "list", "kind:user", "--columns", "name,lifecycle"); !hasRow(o.out, "NAME LIFECYCLE") {
		t.Errorf("%s", o.out)
	}
	if o := run(shop(t), "catalog", "list", "kind:group"); strings.Contains(o.out, "TITLE") {
		t.Errorf("%s", o.out)
	}
}

func TestTheDomainOfAComponentIsThatOfItsSystem(t *testing.T) {
	t.Parallel()
	f := shop(t)
	const text = "apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: payments}\nspec: {owner: team-payments, domain: Commerce}\n"
	f.records = append(f.records, &catalog.Record{Entity: catalog.Read([]byte(text), catalog.ReadOptions{})[0].Entity})
	if o := run(f, "catalog", "list", "kind:component", "system:payments", "--columns", "name,domain"); !hasRow(strings.ToLower(o.out), "payments-api commerce") {
		t.Errorf("%s", o.out)
	}
}
