package source

import (
	"strings"
	"testing"
)

// validated gives the findings and fails where there can be none.
func (w *world) validated(show func(string) string) []string {
	w.t.Helper()
	problems, counts, err := Validate(w.t.Context(), w.src, Limits{}, show)
	if err != nil {
		w.t.Fatal(err)
	}
	checkSum(w.t, counts)
	return lines(problems)
}

func TestFileThatShouldHoldAnEntityAndHoldsNoneIsAFinding(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{
		"values.yaml": "a: b\n", "nothing.yaml": "", "sub/catalog-info.yaml": "a: b\n", "sub/other.yaml": "a: b\n", "Catalog-Info.yml": "",
		"skeleton/catalog-info.yaml": component("${{ values.name }}"), "bad/catalog-info.yaml": "a: [\n", "good.yaml": component("a"),
	})
	const none = ": this file holds no entity of the catalog"
	discovered := []string{"warning source Catalog-Info.yml" + none, "warning source sub/catalog-info.yaml" + none}
	has := func(want ...string) {
		t.Helper()
		var got []string
		for _, line := range w.validated(nil) {
			if strings.HasSuffix(line, none) {
				got = append(got, line)
			}
		}
		check(t, want, got)
	}
	has(discovered...)
	w.rules(Rules{Trusted: true, Paths: []string{"values.yaml", "nothing.yaml", "sub/catalog-info.yaml", "skeleton/catalog-info.yaml", "good.yaml", "bad"}})
	has("error source nothing.yaml"+none, "error source sub/catalog-info.yaml"+none, "error source values.yaml"+none)
	w.rules(Rules{Trusted: true, Paths: []string{"sub"}})
	has("warning source sub/catalog-info.yaml" + none)

	// A sync takes the same files for somebody else's.
	w.rules(trusting())
	w.sync()
	for _, p := range w.problems() {
		if strings.HasSuffix(p, none) {
			t.Error(p)
		}
	}
}

func TestFindingsNamePathsAsTheyAreToBeShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{
		"a.yaml": component("x"), "b.yaml": component("x"), "c.yaml": location("c", "./d.yaml"), "d.yaml": location("d", "./c.yaml"),
	})
	check(t, []string{
		"error conflict up/b.yaml:1: component:default/x is left out here, because up/a.yaml:1 brought it first",
		`warning location up/d.yaml:6:7: target "./c.yaml" leads in a circle: up/c.yaml → up/d.yaml → up/c.yaml`,
	}, w.validated(func(path string) string { return "up/" + path }))
}

func TestTargetsThatLeadOutAreSaidToLeadOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{
		"a.yaml":   location("a", "../x.yaml", "/etc/passwd", "./out.yaml", "./abs.yaml", "./self.yaml", "./gone.yaml"),
		"out.yaml": "-> ../../../x.yaml", "abs.yaml": "-> /etc/passwd", "self.yaml": "-> self.yaml",
	})
	var got []string
	for _, line := range w.validated(nil) {
		if strings.HasPrefix(line, "error location ") {
			got = append(got, line)
		}
	}
	check(t, []string{
		`error location a.yaml:10:7: target "./self.yaml" is a symbolic link that leads back to itself`,
		`error location a.yaml:11:7: target "./gone.yaml" does not exist`,
		`error location a.yaml:6:7: target "../x.yaml" leads out of the folder of this source`,
		`error location a.yaml:7:7: target "/etc/passwd" leads out of the folder of this source, or nowhere: a target that begins with / counts from its top, and is not there`,
		`error location a.yaml:8:7: target "./out.yaml" is a symbolic link that leads out of the folder of this source`,
		`error location a.yaml:9:7: target "./abs.yaml" is a symbolic link with an absolute target, which is not followed`,
	}, got)
}
