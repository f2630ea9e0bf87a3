package catalog_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/idptui/idptui/internal/catalog"
)

func TestParseQuerySaysWhereAndWhyAQueryIsBad(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ query, part, reason, hint string }{
		{"knd:component", "knd", `no field "knd"`, "did you mean kind:?"},
		{"a dependson:x dependOn:x", "dependOn", "no field", "did you mean dependsOn:?"},
		{"lifecyle:x", "lifecyle", "no field", "did you mean lifecycle:?"},
		{"provide:x", "provide", "no field", "did you mean providesApi:?"},
		{"http://example.com", "http", "no field", "quotes"},
		{"qqqqqq:x", "qqqqqq", "no field", "fields are kind, owner"},
		{"pay kind:", ":", "kind: needs a value", "as in kind:component"},
		{"kind: pay", ":", "kind: needs a value", ""},
		{"score:", ":", "needs a value", "score:production<gold"},
		{"kind:api,", ",", "no value follows the comma", ""},
		{"kind:api,,resource", ",", "no value follows the comma", ""},
		{":x", ":", "no field before the colon", "kind:component"},
		{"a -", "-", `nothing follows the "-"`, "word"},
		{"a - b", "-", `nothing follows the "-"`, "word"},
		{`kind:"a`, `"a`, "quote is not closed", `"`},
		{`x "pay ledger`, `"pay ledger`, "quote is not closed", ""},
		{`"pay"er`, "e", "space is missing after the closing quote", `\"`},
		{`kind:"a"b`, "b", "space is missing after the closing quote", ""},
		{`x ""`, `""`, "nothing between the quotes", ""},
		{`kind:""`, `""`, "nothing between the quotes", ""},
		{"has:runbok", "runbok", `has: knows no "runbok"`, "did you mean runbook?"},
		{"missing:qqqqqq", "qqqqqq", "missing: knows no", "known are "},
		{"is:stared", "stared", `is: knows no "stared"`, "did you mean starred?"},
		{"name:a*b", "a*b", "* may stand only at the start or the end", ""},
		{"owner:group:a*b", "group:a*b", "* may stand only", ""},
		{"owner:group:", "group:", "has no name", ""},
		{"owner:/x", "/x", "nothing before its slash", ""},
		{"level:=>gold", "=>", `no comparison "=>"`, "use ="},
		{"score:production<", "<", `no value follows the "<"`, "score:production<gold"},
		{"health:d*n", "d*n", "* may stand only", ""},
	} {
		_, err := catalog.ParseQuery(tc.query)
		var e *catalog.QueryError
		if !errors.As(err, &e) {
			t.Errorf("%s: error %v", tc.query, err)
			continue
		}
		if got := e.Text[e.Pos : e.Pos+e.Len]; got != tc.part {
			t.Errorf("%s: marks %q, want %q", tc.query, got, tc.part)
		}
		if !strings.Contains(e.Reason, tc.reason) || !strings.Contains(e.Hint, tc.hint) {
			t.Errorf("%s: %q, hint %q", tc.query, e.Reason, e.Hint)
		}
		if strings.HasSuffix(e.Reason, ".") || !strings.Contains(e.Error(), e.Reason) {
			t.Errorf("%s: reads %q", tc.query, e.Error())
		}
	}
}

func TestQueryErrorCountsCharacters(t *testing.T) {
	t.Parallel()
	_, err := catalog.ParseQuery("über kind:")
	if err == nil || !strings.Contains(err.Error(), "at character 10") {
		t.Errorf("error is %v", err)
	}
}

func TestParseQueryRefusesHugeQueries(t *testing.T) {
	t.Parallel()
	for _, text := range []string{strings.Repeat("x", 3000), strings.Repeat("-a ", 100)} {
		_, err := catalog.ParseQuery(text)
		var e *catalog.QueryError
		if !errors.As(err, &e) || !strings.Contains(e.Reason, "at most") {
			t.Errorf("%.20s…: error %v", text, err)
		}
	}
}

func TestParseQueryTakesOddText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "   ", "\t\u00a0pay\u2003api ", "a,b", `foo"bar`, "--x", "-kind:api", `-"a b"`, `kind:"a\"b\\c"`, "é:", "*", "a*b",
		`tag:c++,c#`, "owner:*/x", "owner:*:*", "name:*", `"kind:api"`, "score:a=b=c", "x\xff",
	} {
		q, err := catalog.ParseQuery(text)
		if text == "é:" {
			if err == nil {
				t.Error("é is no field")
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if q.String() != text {
			t.Errorf("%q reads back as %q", text, q.String())
		}
		if q.Empty() != (strings.TrimSpace(text) == "") {
			t.Errorf("%q is empty: %v", text, q.Empty())
		}
	}
}

func TestQueryFieldsShowWorkingExamples(t *testing.T) {
	t.Parallel()
	for _, name := range catalog.QueryFields() {
		_, err := catalog.ParseQuery(name + ":")
		var e *catalog.QueryError
		if !errors.As(err, &e) {
			t.Fatalf("%s: is complete", name)
		}
		example, ok := strings.CutPrefix(e.Hint, "as in ")
		if !ok || !strings.HasPrefix(example, name+":") {
			t.Errorf("%s: has the hint %q", name, e.Hint)
		}
		if _, err := catalog.ParseQuery(example); err != nil {
			t.Errorf("the example of %s: %v", name, err)
		}
	}
}

func TestEditsKeepTheRestOfTheText(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		query, edit, field, value, want string
	}{
		{"", "with", "kind", "api", "kind:api"},
		{"pay  ledger", "with", "kind", "api", "pay  ledger kind:api"},
		{"pay ", "with", "kind", "api", "pay kind:api"},
		{"kind:component  pay", "with", "kind", "api", "kind:component,api  pay"},
		{"KIND:Component", "with", "kind", "component", "KIND:Component"},
		{"kind:a kind:b x", "with", "kind", "c", "kind:a kind:b,c x"},
		{"-kind:api pay", "with", "kind", "api", "pay kind:api"},
		{"-kind:api,group pay", "with", "kind", "api", "-kind:group pay kind:api"},
		{"x", "with", "system", "order processing", `x system:"order processing"`},
		{"x", "with", "tag", `a"b\c`, `x tag:"a\"b\\c"`},
		{"x", "with", "tag", "a,b*", `x tag:"a,b*"`},
		{"x", "with", "level", ">gold", `x level:">gold"`},
		{"x", "with", "gone", "y", "x"},
		{"x", "with", "has", "nothing-known", "x"},
		{"x", "with", "kind", "", "x"},
		{"x", "with", "tags", "java", "x tag:java"},

		{"kind:api", "without", "kind", "api", ""},
		{"kind:API,component pay", "without", "kind", "api", "kind:component pay"},
		{"kind:a,b,c", "without", "kind", "b", "kind:a,c"},
		{"pay  kind:api  ledger", "without", "kind", "api", "pay  ledger"},
		{"kind:api pay kind:api", "without", "kind", "api", "pay"},
		{"-kind:api", "without", "kind", "api", "-kind:api"},
		{"pay kind:a -kind:b x", "without", "kind", "", "pay x"},
		{"pay", "without", "gone", "x", "pay"},
		{"owner:team-a x", "without", "owner", "group:default/team-a", "x"},
		{"owner:group:infra/team-a", "without", "owner", "group:default/team-a", "owner:group:infra/team-a"},
		{"owner:team-*", "without", "owner", "team-a", "owner:team-*"},
		{"owner:me,team-a", "without", "owner", "me", "owner:team-a"},

		{"pay", "toggle", "health", "down", "pay health:down"},
		{"pay health:down", "toggle", "health", "down", "pay"},
		{"kind:api", "toggle", "kind", "API", ""},
	} {
		q := parse(t, tc.query)
		edits := map[string]func(string, string) *catalog.Query{"with": q.WithTerm, "without": q.WithoutTerm, "toggle": q.Toggle}
		if got := edits[tc.edit](tc.field, tc.value).String(); got != tc.want {
			t.Errorf("%s %s %s:%s\n got %s\nwant %s", tc.query, tc.edit, tc.field, tc.value, got, tc.want)
		}
		if q.String() != tc.query {
			t.Errorf("the query itself changed to %s", q)
		}
	}
	full := strings.TrimSpace(strings.Repeat("x ", 60))
	if got := parse(t, full).WithTerm("kind", "api").String(); got != full {
		t.Errorf("an edit that breaks a cap gave %s", got)
	}
}

// queryText draws text that is often a query, and often nearly one.
func queryText() *rapid.Generator[string] {
	fields := append(catalog.QueryFields(), "members", "knd", "")
	words := []string{
		"pay", "component", "me", "team-a", "group:x", "infra/*", `"a b"`, `"a\"b"`, "a,b", "down", ">=gold", "production<gold",
		"runbook", "starred", "*x*", "a*b", `"open`, "ünï", "owner", "unknown",
	}
	return rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		for range rapid.IntRange(0, 5).Draw(t, "terms") {
			b.WriteString(rapid.SampledFrom([]string{"", "-"}).Draw(t, "sign"))
			if rapid.Bool().Draw(t, "has field") {
				b.WriteString(rapid.SampledFrom(fields).Draw(t, "field") + ":")
			}
			b.WriteString(rapid.SampledFrom(words).Draw(t, "word"))
			b.WriteString(rapid.SampledFrom([]string{" ", "  ", ",x ", "\t", ""}).Draw(t, "space"))
		}
		return b.String()
	})
}

func TestQueryTextReadsBackAsItself(t *testing.T) {
	t.Parallel()
	v := newShop().view()
	rapid.Check(t, func(t *rapid.T) {
		text := queryText().Draw(t, "query")
		q, err := catalog.ParseQuery(text)
		if err != nil {
			checkQueryError(t, text, err)
			return
		}
		if q.String() != text {
			t.Fatalf("%q reads back as %q", text, q.String())
		}
		again := selectIDs(t, v, parse(t, q.String()), alice, catalog.Sort{}, nil)
		if !slices.Equal(again.IDs, selectIDs(t, v, q, alice, catalog.Sort{}, nil).IDs) {
			t.Fatalf("%q means something else when read again", text)
		}
	})
}

func checkQueryError(t rapid.TB, text string, err error) {
	var e *catalog.QueryError
	if !errors.As(err, &e) {
		t.Fatalf("%q: error %v", text, err)
	}
	if e.Text != text || e.Pos < 0 || e.Len < 0 || e.Pos+e.Len > len(text) || e.Reason == "" {
		t.Fatalf("%q: error %+v", text, e)
	}
	if utf8.ValidString(text) && !utf8.ValidString(text[:e.Pos]) {
		t.Fatalf("%q: the error is within a character, at %d", text, e.Pos)
	}
}

func TestToggleTwiceIsAsIfNothingHappened(t *testing.T) {
	t.Parallel()
	v := newShop().view()
	values := map[string][]string{
		"kind":   {"component", "api", "x y"},
		"owner":  {"team-web", "group:default/team-web", "group:infra/team-web", "me"},
		"tag":    {"java", `a"b`, "c,d"},
		"health": {"down", "unknown"},
		"has":    {"runbook", "owner"},
	}
	rapid.Check(t, func(t *rapid.T) {
		q, err := catalog.ParseQuery(queryText().Draw(t, "query"))
		if err != nil {
			t.Skip("no query")
		}
		field := rapid.SampledFrom([]string{"kind", "owner", "tag", "health", "has"}).Draw(t, "field")
		value := rapid.SampledFrom(values[field]).Draw(t, "value")
		once := q.Toggle(field, value)
		if once == q {
			t.Skip("at a cap")
		}
		if q.Selected(field, value) == once.Selected(field, value) {
			t.Fatalf("%q toggled %s:%s is %q", q, field, value, once)
		}
		twice := once.Toggle(field, value)
		if strings.Contains(q.String(), "-"+field+":") {
			return // asking for a value takes out its exclusion for good
		}
		if !q.Selected(field, value) && strings.TrimSpace(twice.String()) != strings.TrimSpace(q.String()) {
			t.Fatalf("%q became %q and then %q", q, once, twice)
		}
		before := selectIDs(t, v, q, alice, catalog.Sort{Field: "kind"}, nil).IDs
		after := selectIDs(t, v, twice, alice, catalog.Sort{Field: "kind"}, nil).IDs
		if strings.Count(q.String(), field+":") <= 1 && !slices.Equal(before, after) && field != "owner" {
			t.Fatalf("%q became %q and then %q, which finds other rows", q, once, twice)
		}
	})
}

func FuzzParseQuery(f *testing.F) {
	for _, text := range []string{
		"kind:component owner:me -lifecycle:deprecated", `score:production<gold "a b" dependsOn:resource:x`, "-", `"`, "kind:,",
		"a:b:c/d", "\xff", "owner:*/*", `tag:"\"`, "level:<>", "is:starred,", "name:**",
	} {
		f.Add(text)
	}
	v := newShop().view()
	f.Fuzz(func(t *testing.T, text string) {
		q, err := catalog.ParseQuery(text)
		if err != nil {
			checkQueryError(t, text, err)
			if !strings.Contains(err.Error(), "cannot read the query") {
				t.Fatal(err)
			}
			return
		}
		if q.String() != text {
			t.Fatalf("%q reads back as %q", text, q.String())
		}
		selectIDs(t, v, q, alice, catalog.Sort{}, nil)
		for _, i := range q.Match("payments-api") {
			if i < 0 || i >= len("payments-api") {
				t.Fatalf("%q matches at %d", text, i)
			}
		}
		for _, field := range []string{"kind", "owner", "level"} {
			on := q.WithTerm(field, text)
			if on != q && !on.Selected(field, text) {
				t.Fatalf("%q with %s:%q is %q", q, field, text, on)
			}
			if off := on.WithoutTerm(field, text); on != q && off.Selected(field, text) {
				t.Fatalf("%q without %s:%q is %q", on, field, text, off)
			}
		}
	})
}
