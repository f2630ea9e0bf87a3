package catalog

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The oracle is Backstage's own catalog backend. `make oracle` asks it for its
// verdict on every document of our test data and of the public catalogs, and
// on mutations of valid entities; here ours are compared with what it said.
// Where the two may differ is listed, with the reason, in differences.md.
const oracle = "../../testdata/oracle/"

// ruling is what the oracle said of one document.
type ruling struct {
	accepted  bool
	public    bool   // of the public catalogs beside the checkout
	class     string // of Problem, where it is refused: the first fault alone
	relations string // where it is accepted, sorted
	detail    string
}

func rows(t *testing.T, file string, columns int) [][]string {
	t.Helper()
	data, err := os.ReadFile(oracle + file)
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for line := range strings.Lines(string(data)) {
		row := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(row) != columns {
			t.Fatalf("%s: %q has %d columns and not %d", file, line, len(row), columns)
		}
		out = append(out, row)
	}
	return out
}

func rulingOf(verdict, class, detail string) ruling {
	r := ruling{accepted: verdict == "accepted", class: class, detail: detail}
	if r.accepted {
		// Marked with ~ are those that Backstage's declared model leaves out
		// for the kind of their target, and so do we.
		r.relations = strings.Join(slices.DeleteFunc(strings.Fields(detail), func(s string) bool { return s[0] == '~' }), " ")
	}
	return r
}

// difference tells where Read and the oracle part on a document, or "". What
// Read leaves alone, as foreign or as a skeleton, is refused as well.
func difference(d *Document, r ruling) string {
	switch ours := d.State == DocAccepted; {
	case ours && !r.accepted:
		return "only we accept it: Backstage says " + r.class + ": " + r.detail
	case !ours && r.accepted:
		return fmt.Sprintf("only Backstage accepts it: state %d, %s", d.State, strings.Join(problemLines(*d), "; "))
	case ours:
		edges, _ := Edges(d.Entity)
		if got := relationText(edges); got != r.relations {
			return "relations: ours " + got + ", Backstage's " + r.relations
		}
	case d.State == DocRefused && !slices.ContainsFunc(d.Problems, func(p Problem) bool { return sameReason(p, r.class) }):
		return "the reason: Backstage says " + r.class + ": " + r.detail + "; we say " + strings.Join(problemLines(*d), "; ")
	}
	return ""
}

// sameReason tells whether a problem is of the kind that the oracle names. It
// knows no more than the step that failed, and checks some references by their
// schema and others when it makes relations of them.
func sameReason(p Problem, class string) bool {
	switch class {
	case "kind":
		return p.Class == ClassEnvelope
	case ClassEnvelope:
		return p.Class == ClassEnvelope || p.Class == ClassMetadata || p.Field == "spec"
	case ClassRef:
		return p.Class == ClassRef || p.Class == ClassSpec
	}
	return p.Class == class
}

func relationText(edges []Edge) string {
	var out []string
	for _, e := range edges {
		target := strings.NewReplacer(" ", "%20", "%", "%25").Replace(e.Target.String())
		out = append(out, e.Type+"/"+e.Reverse+"="+target)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

var (
	listedLine  = regexp.MustCompile("^- `([^`]+)`")
	documentKey = regexp.MustCompile(`^[0-9a-f]{12}#[0-9]+$`) // any other is a mutation's
)

// compare fails on a difference that differences.md does not list, and on one
// that it lists and that is gone. What is absent cannot be told.
func compare(t *testing.T, documents bool, found map[string]string, absent map[string]bool) {
	t.Helper()
	data, err := os.ReadFile(oracle + "differences.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for line := range strings.Lines(string(data)) {
		m := listedLine.FindStringSubmatch(line)
		if m == nil || documentKey.MatchString(m[1]) != documents {
			continue
		}
		if listed[m[1]] {
			t.Errorf("%s is listed twice", m[1])
		}
		listed[m[1]] = true
		if found[m[1]] == "" && !absent[m[1]] {
			t.Errorf("%s is listed as a difference, but there is none", m[1])
		}
	}
	for _, key := range slices.Sorted(maps.Keys(found)) {
		if !listed[key] {
			t.Errorf("%s: %s", key, found[key])
		}
	}
}

func TestDocumentsHaveBackstagesVerdict(t *testing.T) {
	t.Parallel()
	rulings := map[string]ruling{}
	for _, row := range rows(t, "verdicts.tsv", 6) {
		r := rulingOf(row[2], row[3], row[5])
		r.public = row[1] == "public"
		rulings[row[0]] = r
	}
	found, compared := map[string]string{}, map[string]bool{}
	judge := func(path string, data []byte) {
		key := fmt.Sprintf("%x", sha256.Sum256(data))[:12]
		n := 0
		for _, d := range Read(data, ReadOptions{Path: path, Named: strings.Contains(path, "/cases/"), Resolve: besides(path)}) {
			if d.State == DocEmpty {
				continue
			}
			at := fmt.Sprintf("%s#%d", key, n)
			n++
			r, known := rulings[at]
			if !known {
				found[at] = path + " is not known to the oracle; run make oracle"
			} else if diff := difference(&d, r); diff != "" {
				found[at] = path + ": " + diff
			}
			compared[at] = true
		}
	}
	judgeFolder(t, "../../testdata", judge)
	_, err := os.Stat(realworld)
	public := err == nil
	if public {
		judgeFolder(t, realworld, judge)
	}
	absent := map[string]bool{}
	for at, r := range rulings {
		switch {
		case compared[at]:
		case r.public && !public:
			absent[at] = true
		default:
			found[at] = "the oracle knows a document that is not there; run make oracle"
		}
	}
	t.Logf("%d documents compared", len(compared))
	compare(t, true, found, absent)
	if !public {
		t.Skipf("our own documents are compared, but %d of the public catalogs are not beside this checkout", len(absent))
	}
}

func judgeFolder(t *testing.T, root string, judge func(path string, data []byte)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if ext := strings.ToLower(filepath.Ext(path)); err != nil || entry.IsDir() || ext != ".yaml" && ext != ".yml" {
			return err
		}
		data, err := os.ReadFile(path)
		if err == nil {
			judge(path, data)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// besides reads what placeholders name from the files beside path.
func besides(path string) func(string) ([]byte, error) {
	return func(target string) ([]byte, error) {
		if strings.Contains(target, "://") {
			return nil, errors.New("it is an address")
		}
		return os.ReadFile(filepath.Join(filepath.Dir(path), filepath.FromSlash(target)))
	}
}

func TestMutationsHaveBackstagesVerdict(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(oracle + "mutations.json")
	if err != nil {
		t.Fatal(err)
	}
	var set struct{ Bases map[string]json.RawMessage }
	if err := json.Unmarshal(data, &set); err != nil {
		t.Fatal(err)
	}
	whole := map[string]string{} // relations of the bases
	for name, base := range set.Bases {
		edges, _ := Edges(Read(base, ReadOptions{Path: "mutation.yaml", Named: true})[0].Entity)
		whole[name] = relationText(edges)
	}
	found := map[string]string{}
	for _, row := range rows(t, "mutations.tsv", 6) {
		r := rulingOf(row[3], row[4], row[5])
		if r.relations == "=" {
			r.relations = whole[row[0]]
		}
		key := strings.Join(row[:3], " ")
		d := Read(mutant(t, set.Bases[row[0]], row[1], row[2]), ReadOptions{Path: "mutation.yaml", Named: true})[0]
		if diff := difference(&d, r); diff != "" {
			found[key] = diff
		}
	}
	compare(t, false, found, nil)
}

// mutant is the base with the value at path replaced, or taken away for "".
func mutant(t *testing.T, base []byte, path, value string) []byte {
	t.Helper()
	var doc, replacement any
	var keys []any
	for _, part := range []struct {
		text string
		into any
	}{{string(base), &doc}, {path, &keys}, {value, &replacement}} {
		if err := json.Unmarshal([]byte(part.text), part.into); err != nil && part.text != "" {
			t.Fatal(err)
		}
	}
	data, err := json.Marshal(replaced(doc, keys, replacement, value == ""))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func replaced(in any, keys []any, value any, remove bool) any {
	if len(keys) == 0 {
		return value
	}
	switch in := in.(type) {
	case []any:
		i := int(keys[0].(float64))
		if remove && len(keys) == 1 {
			return slices.Delete(in, i, i+1)
		}
		in[i] = replaced(in[i], keys[1:], value, remove)
	case map[string]any:
		key := keys[0].(string)
		if remove && len(keys) == 1 {
			delete(in, key)
			return in
		}
		in[key] = replaced(in[key], keys[1:], value, remove)
	}
	return in
}
