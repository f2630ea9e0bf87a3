package catalog

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func chunksOf(text string) []string {
	var out []string
	for c := range splitDocuments([]byte(text)) {
		body, line := c.body()
		out = append(out, fmt.Sprintf("%d:%s", line, body))
	}
	return out
}

func TestDocumentsAreSplitAtMarkers(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, text string
		want       []string
	}{
		{"one without a marker", "a: 1\n", []string{"1:a: 1"}},
		{"no line end at the end", "a: 1\n---\nb: 2", []string{"1:a: 1", "3:b: 2"}},
		{"comment above the first marker", "# licence\n\n---\na: 1\n", []string{"4:a: 1"}},
		{"comment on the marker", "--- # first\na: 1\n---\t# second\nb: 2\n", []string{"2:a: 1", "4:b: 2"}},
		{"content on the marker", "--- {a: 1}\n", []string{"1:--- {a: 1}"}},
		{"comment above a document without a marker", "# about a\n\na: 1\n", []string{"1:# about a\n\na: 1"}},
		{"own comment of a document stays", "---\n# about a\na: 1\n", []string{"2:# about a\na: 1"}},
		{"end marker and no start marker", "a: 1\n...\nb: 2\n", []string{"1:a: 1", "3:b: 2"}},
		{"end marker then start marker", "a: 1\n...\n---\nb: 2\n", []string{"1:a: 1", "4:b: 2"}},
		{"directives", "%YAML 1.2\n%TAG ! tag:x,2000:\n---\na: 1\n", []string{"4:a: 1"}},
		{"directives after an end marker", "a: 1\n...\n%YAML 1.2\n---\nb: 2\n", []string{"1:a: 1", "5:b: 2"}},
		{"percent inside a document is text", "a: |\n  x\n%b\n---\nc: 1\n", []string{"1:a: |\n  x\n%b", "5:c: 1"}},
		{"indented marker in a block text", "a: |\n  one\n  ---\n  two\n---\nb: 1\n", []string{"1:a: |\n  one\n  ---\n  two", "6:b: 1"}},
		{"marker ends an open quote", "a: \"open\n---\nb: 1\n", []string{"1:a: \"open", "3:b: 1"}},
		{"longer dashes are no marker", "---- \n", []string{"1:----"}},
		{"word after dashes is no marker", "---a: 1\n", []string{"1:---a: 1"}},
		{"CRLF", "a: 1\r\n---\r\nb: 2\r\n", []string{"1:a: 1", "3:b: 2"}},
		{"empty documents count", "---\n---\na: 1\n---\n", []string{"1:", "3:a: 1", "4:"}},
		{"nothing", "\n# only a comment\n\n", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, chunksOf(tc.text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func decodeText(t *testing.T, text string) (any, *yamlDecoder) {
	t.Helper()
	root, err := parseYAML(yamlChunk{text: []byte(text), line: 1}.parserText())
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	d := &yamlDecoder{limits: DefaultLimits(), breaks: hasForeignBreaks([]byte(text))}
	if root == nil {
		return nil, d
	}
	return d.value(root, 0), d
}

func TestScalarsFollowTheCoreSchemaOfYAML12(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]any{
		"yes": "yes", "no": "no", "on": "on", "off": "off", "y": "y", "True": true, "TRUE": true, "tRue": "tRue", "false": false,
		"null": nil, "Null": nil, "~": nil, "": nil, "nULL": "nULL", "none": "none",
		"014": 14.0, "0o14": 12.0, "0x1f": 31.0, "0x1F": 31.0, "0b11": "0b11", "0o8": "0o8", "0x": "0x", "-0x1f": "-0x1f",
		"12": 12.0, "-12": -12.0, "+12": 12.0, "1_000": "1_000", "1,000": "1,000", "12:30:45": "12:30:45", "190:20:30": "190:20:30",
		"2020-01-01": "2020-01-01", "2020-01-01T00:00:00Z": "2020-01-01T00:00:00Z", "1.10": 1.1, "1.": 1.0, ".5": 0.5, "-.5": -0.5,
		"1e3": 1000.0, "1E+3": 1000.0, "1e": "1e", "1.2.3": "1.2.3", "1.e3": 1000.0, ".": ".", "+": "+", "..": "..",
		".inf": math.Inf(1), "-.INF": math.Inf(-1), "+.Inf": math.Inf(1), "inf": "inf", ".nan": "NaN", "nan": "nan",
		"!!str 12": "12", `!!int "12"`: 12.0, "!!bool 'true'": true, "!!null ''": nil, "!!int abc": "abc", "!!int 1.5": "1.5", "!!float 1": "1", "!!float 1e3": 1000.0, "!!float .inf": math.Inf(1), "!!int 0xe": 14.0, "!!bool 1": "1", "!!null x": "x", "!custom 12": "12", "!!timestamp 2020-01-01": "2020-01-01",
		"!!binary aGk=": "aGk=", "'12'": "12", `"12"`: "12", "1e400": math.Inf(1), "123456789012345678901": 123456789012345678901.0,
		"\"a\u2028b\"": "a\u2028b",
	} {
		got, _ := decodeText(t, "key: "+text)
		value := got.(map[string]any)["key"]
		if f, ok := value.(float64); ok && math.IsNaN(f) {
			value = "NaN"
		}
		if diff := cmp.Diff(want, value); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestKeysAreText(t *testing.T) {
	t.Parallel()
	got, d := decodeText(t, "<<: {a: 1}\n014: x\ntrue: y\n~: z\n? [a, b]\n: list\n? {b: 1}\n: map\n")
	want := map[string]any{
		"<<": map[string]any{"a": 1.0}, "14": "x", "true": "y", "": "z", "[ a, b ]": "list", "{ b: 1 }": "map",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(d.notes) == 0 || !strings.Contains(d.notes[0].message, "merges nothing") {
		t.Errorf("a merge key is not pointed out: %v", d.notes)
	}
}

func TestUnquotedPlaceholderIsReadAsAMappingAndPointedOut(t *testing.T) {
	t.Parallel()
	got, d := decodeText(t, "name: {{ values.name }}\n")
	if diff := cmp.Diff(map[string]any{"name": map[string]any{"{ values.name }": nil}}, got); diff != "" {
		t.Error(diff)
	}
	if len(d.notes) != 1 || d.notes[0].line != 1 || d.notes[0].column != 8 {
		t.Errorf("notes: %+v", d.notes)
	}
}

func TestAliasesAreExpanded(t *testing.T) {
	t.Parallel()
	got, d := decodeText(t, "a: &x [1, {b: 2}]\nc: *x\n")
	if len(d.faults) > 0 || !cmp.Equal(got.(map[string]any)["c"], []any{1.0, map[string]any{"b": 2.0}}) {
		t.Errorf("got %v, faults %v", got, d.faults)
	}
}

func TestEachDuplicateKeyIsReportedWithBothLines(t *testing.T) {
	t.Parallel()
	_, d := decodeText(t, "a: 1\nb: 2\na: 3\nc:\n  d: 1\n  d: 2\n")
	want := []yamlFault{
		{line: 3, column: 1, message: `key "a" is already on line 1`, hint: "keep one of them"},
		{line: 6, column: 3, message: `key "d" is already on line 5`, hint: "keep one of them"},
	}
	if diff := cmp.Diff(want, d.faults, cmp.AllowUnexported(yamlFault{})); diff != "" {
		t.Error(diff)
	}
}

func TestReportsOfOneDocumentAreBounded(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&b, "k%d: 1\n", i)
	}
	_, d := decodeText(t, b.String()+b.String())
	if len(d.faults) > maxFaults+1 {
		t.Errorf("%d faults are reported", len(d.faults))
	}
}

// TestDecimalsAgreeWithTheirDefinition compares isDecimal with the grammar of
// the core schema on texts of its alphabet.
func TestDecimalsAgreeWithTheirDefinition(t *testing.T) {
	t.Parallel()
	isDigits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	grammar := func(s string) bool {
		s = strings.TrimPrefix(strings.TrimPrefix(s, "+"), "-")
		mantissa, exponent, hasExp := strings.Cut(strings.ToLower(s), "e")
		if hasExp && !isDigits(strings.TrimLeft(exponent, "+-")) || strings.ContainsAny(strings.TrimLeft(exponent, "+-"), "+-") || len(exponent)-len(strings.TrimLeft(exponent, "+-")) > 1 {
			return false
		}
		whole, fraction, _ := strings.Cut(mantissa, ".")
		return (isDigits(whole) || whole == "") && (isDigits(fraction) || fraction == "") && whole+fraction != ""
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[-+]?[0-9]{0,3}\.?[0-9]{0,2}([eE][-+]{0,2}[0-9]{0,2})?`).Filter(func(s string) bool { return s != "" }).Draw(t, "s")
		if got, want := isDecimal(s), grammar(s); got != want {
			t.Fatalf("isDecimal(%q) = %v, want %v", s, got, want)
		}
	})
}

func TestParserFaultsAreWordedAndPlaced(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, text   string
		line, column int
		message      string
	}{
		{"two colons", "a: 1\nb: c: d\n", 2, 5, "a colon stands where no key can be"},
		{"two colons on the first line", "a: b: c\n", 1, 5, "a colon stands where no key can be"},
		{"key further left", "  a: 1\n b: 2\n", 2, 2, "text follows the end of the document"},
		{"key further left deep down", "x:\n  y:\n    a: 1\n   b: 2\n", 4, 4, "does not continue the mapping"},
		{"key without colon", "a: 1\nb\nc: 2\n", 2, 1, "a key has no colon"},
		{"tab for indentation", "a:\n\tb: 1\n", 2, 1, "a tab stands"},
		{"backtick", "a: `x`\n", 1, 4, "a value may not begin with `"},
		{"at sign", "a: 1\nb: @x\n", 2, 4, "a value may not begin with @"},
		{"percent", "a: 1\nb: %x\n", 2, 4, "a value may not begin with %"},
		{"open quote", "a: 1\nb: \"x\nc: 2\n", 2, 4, "the quote opened here is never closed"},
		{"open bracket", "a: 1\nb: [1, 2\nc: 3\n", 2, 4, "the list opened with [ is not closed"},
		{"open brace", "a: {b: 1\nc: 3\n", 1, 4, "the mapping opened with { is not closed"},
		{"bad escape", "a: 1\nb: \"c:\\dir\"\n", 2, 7, "a backslash that starts no escape"},
		{"unknown alias", "a: *nothing\n", 1, 4, "an alias names no anchor"},
		{"star", "a: 1\nb: *.yaml\n", 2, 4, "needs a name"},
		{"item after a value", "a: - b\n", 1, 4, "a list item cannot stand here"},
		{"text after a block marker", "a: | text\n", 1, 6, "text follows the | or >"},
		{"bracket too many", "{a: 1}\n}\n", 2, 1, "text follows the end of the document"},
		{"dash in a mapping", "a:\n  b: 1\n  - c\n", 3, 3, "does not continue the mapping"},
		{"item out of line", "a:\n   - b\n  - c\n", 3, 3, ""},
		{"unknown tag handle", "a: !x!y z\n", 1, 7, "a tag uses a handle"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			chunk := yamlChunk{text: []byte(tc.text), line: 1}
			_, err := parseYAML(chunk.parserText())
			if err == nil {
				t.Fatal("it parses")
			}
			budget := locateFile
			f := chunk.parseFault(chunk.parserText(), err, &budget)
			if f.line != tc.line || !strings.Contains(f.message, tc.message) {
				t.Errorf("got %+v from %v", f, err)
			}
			if f.column < tc.column-1 || f.column > tc.column+1 {
				t.Errorf("column %d, want about %d (%s)", f.column, tc.column, f.message)
			}
			if f.hint == "" || strings.Contains(f.message, "yaml:") {
				t.Errorf("not for a person: %+v", f)
			}
		})
	}
}

func TestPlacingFaultsStopsAtItsBudget(t *testing.T) {
	t.Parallel()
	text := []byte(strings.Repeat("key: value\n", 5000) + "a: b: c\n")
	_, err := parseYAML(text)
	budget := 100
	f := yamlChunk{text: text, line: 10}.parseFault(text, err, &budget)
	if f.line < 10 || f.column != 0 || budget < -2*len(text) {
		t.Errorf("%+v with %d left", f, budget)
	}
}

func TestCharactersThatNoFileMayHold(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a: 1\nb: \x00\n":          "2:4 a NUL byte is in the text",
		"a: \xff\n":                "1:4 byte 0xFF is no UTF-8",
		"é: \x1b[31m\n":            "1:4 control character U+001B is in the text",
		"a: \u009b\n":              "1:4 control character U+009B is in the text",
		"a: 1\rb: 2\n":             "1:5 a carriage return stands without a line feed",
		"a: \x7f":                  "1:4 control character U+007F is in the text",
		"a: \ufffe":                "1:4 control character U+FFFE is in the text",
		"a: \xed\xa0\x80":          "1:4 byte 0xED is no UTF-8",
		"ok: \u2028 \u0085 \t é 🎉": "",
	} {
		f := yamlChunk{text: []byte(text), line: 1}.charFault()
		got := ""
		if f != nil {
			got = fmt.Sprintf("%d:%d %s", f.line, f.column, f.message)
			if f.hint == "" {
				t.Errorf("%q has no hint", text)
			}
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestSplitLosesNothingButMarkersAndEmptyLines(t *testing.T) {
	t.Parallel()
	line := rapid.SampledFrom([]string{"---\n", "...\n", "a: 1\n", "# c\n", "\n", "  ---\n", "%YAML 1.2\n", "--- x\n", "b\r\n", "---\r\n"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOf(line).Draw(t, "lines"), "")
		lines := strings.SplitAfter(text, "\n")
		last := 0
		for c := range splitDocuments([]byte(text)) {
			if c.line <= last && last != 0 {
				t.Fatalf("document on line %d after one on line %d", c.line, last)
			}
			last = c.line
			if !strings.HasPrefix(strings.Join(lines[c.line-1:], ""), string(c.text)) {
				t.Fatalf("line %d does not begin with %q", c.line, c.text)
			}
			if i := slices.IndexFunc(strings.Split(string(c.text), "\n")[1:], func(l string) bool { return l == "---" || l == "..." }); i >= 0 && c.text[0] != '%' {
				t.Fatalf("a marker inside %q", c.text)
			}
		}
	})
}
