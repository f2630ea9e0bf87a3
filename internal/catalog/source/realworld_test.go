package source

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/store"
	"github.com/idptui/idptui/internal/safe"
)

// realworld is a collection of public catalogs beside the checkout.
const realworld = "../../../../shared/realworld"

func repositories(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(realworld)
	if err != nil {
		t.Skipf("the public catalogs are not here: %v", err)
	}
	var out []string
	for _, e := range entries {
		if e.IsDir() {
			out = append(out, e.Name())
		}
	}
	if len(out) == 0 {
		t.Skip("there are no public catalogs in " + realworld)
	}
	return out
}

var (
	groupLine = regexp.MustCompile(`^apiVersion: *["']?([a-z0-9-]+\.)*backstage\.io/`)
	kindLine  = regexp.MustCompile(`^kind: *\S`)
	nextLine  = regexp.MustCompile(`^---(\s|$)`)
)

// countLines counts, line by line and without a YAML parser, the documents that
// have an apiVersion of Backstage's and a kind.
func countLines(t *testing.T, dir string) int {
	t.Helper()
	n := 0
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !isYAML(name) {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		hasGroup, hasKind := false, false
		for _, line := range append(strings.Split(strings.TrimPrefix(string(data), "\ufeff"), "\n"), "---") {
			switch {
			case nextLine.MatchString(line):
				if hasGroup && hasKind {
					n++
				}
				hasGroup, hasKind = false, false
			case groupLine.MatchString(line):
				hasGroup = true
			case kindLine.MatchString(line):
				hasKind = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestEveryPublicCatalogAddsUp(t *testing.T) {
	t.Parallel()
	for _, name := range repositories(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(realworld, name)
			w := newWorld(t, trusting())
			w.src = NewFolder("repo", dir, trusting())
			r := w.sync()
			if r.Status.State != store.StateOK {
				t.Errorf("%+v", r.Status)
			}
			if want, got := countLines(t, dir), r.Counts.Documents-r.Counts.Foreign; got != want {
				t.Errorf("%d documents of the catalog, %d by counting lines: %+v\n%s", got, want, r.Counts, strings.Join(w.problems(), "\n"))
			}
			if got := len(w.stored()); got != r.Counts.Entities {
				t.Errorf("%d entities stored, %d counted", got, r.Counts.Entities)
			}
			checkProblems(t, mustProblems(t, w), r.Counts)

			again := w.sync()
			if again.Added+again.Changed+again.Removed != 0 || again.Counts != r.Counts || again.Revision != r.Revision {
				t.Errorf("the second sync differs: %+v", again)
			}
		})
	}
}

// checkProblems fails where a document was left out without a word, or with one
// that cannot be shown or found.
func checkProblems(t *testing.T, problems []catalog.Problem, c Counts) {
	t.Helper()
	conflicts, skeletons := 0, 0
	refusedAt := map[string]bool{}
	for _, p := range problems {
		switch p.Class {
		case catalog.ClassConflict:
			conflicts++
		case catalog.ClassSkeleton:
			skeletons++
		default:
			if p.Severity == catalog.Error {
				refusedAt[p.Path] = true
			}
		}
		for _, text := range []string{p.Message, p.Path, p.Hint, p.Field} {
			if safe.Line(text) != text {
				t.Errorf("%q is not fit to be shown", text)
			}
		}
		if p.Path == "" || p.Message == "" || strings.HasSuffix(p.Message, ".") && !strings.HasSuffix(p.Message, "…") {
			t.Errorf("%+v says too little", p)
		}
	}
	if conflicts != c.Conflicts || skeletons != c.Skeletons || c.Refused > 0 && len(refusedAt) == 0 {
		t.Errorf("problems tell of %d conflicts and %d skeletons, but %+v", conflicts, skeletons, c)
	}
}

func TestPublicCatalogsFromTheirRootDescriptors(t *testing.T) {
	t.Parallel()
	followed := 0
	for _, name := range repositories(t) {
		dir := filepath.Join(realworld, name)
		rules := Rules{Trusted: true, Paths: []string{"*.yaml"}}
		if found, _ := filepath.Glob(filepath.Join(dir, "*.yaml")); len(found) == 0 {
			continue
		}
		_, whole, err := Validate(t.Context(), NewFolder("repo", dir, trusting()), Limits{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		problems, part, err := Validate(t.Context(), NewFolder("repo", dir, rules), Limits{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		checkSum(t, part)
		if part.Entities > whole.Entities {
			t.Errorf("%s: Locations lead to %d entities of %d", name, part.Entities, whole.Entities)
		}
		if slices.ContainsFunc(problems, func(p catalog.Problem) bool { return p.Class == catalog.ClassLocation }) || part.Files > 1 {
			followed++
		}
	}
	if followed < 5 {
		t.Errorf("only %d repositories have Locations to follow", followed)
	}
}
