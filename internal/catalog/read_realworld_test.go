package catalog

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"
)

// realworld is the folder of public catalogs, when it is beside the checkout.
const realworld = "../../../shared/realworld"

func TestEveryRealWorldFileIsRead(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(realworld); err != nil {
		t.Skip("the public catalogs are not beside this checkout")
	}
	states := map[DocumentState]int{}
	kinds := map[string]int{}
	var refused []string
	var files, claimed, unresolved int
	claim := regexp.MustCompile(`(?m)^apiVersion:\s*["']?([a-z.]+\.)?backstage\.io/`)
	err := filepath.WalkDir(realworld, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if ext := strings.ToLower(filepath.Ext(path)); ext != ".yaml" && ext != ".yml" {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		claimed += len(claim.FindAll(data, -1))
		rel, _ := filepath.Rel(realworld, path)
		docs := Read(data, ReadOptions{Path: filepath.ToSlash(rel), Resolve: func(target string) ([]byte, error) {
			if strings.Contains(target, "://") {
				unresolved++
				return []byte("openapi: 3.0.0\n"), nil // a URL stands for a file that is there
			}
			data, err := os.ReadFile(filepath.Join(filepath.Dir(path), filepath.FromSlash(target)))
			if errors.Is(err, fs.ErrNotExist) {
				return nil, errors.New("there is no such file")
			}
			return data, err
		}})
		for _, d := range docs {
			states[d.State]++
			switch d.State {
			case DocAccepted:
				kinds[d.Entity.Kind]++
				if _, problems := Edges(d.Entity); len(problems) > 0 {
					t.Errorf("%s:%d: edges of an accepted entity have problems: %v", rel, d.Line, problems)
				}
			case DocRefused:
				for _, p := range d.Problems {
					if p.Severity == Error {
						refused = append(refused, p.Where()+": "+p.Message+" ["+p.Hint+"]")
					}
				}
			}
			for _, p := range d.Problems {
				if p.Line < 1 || p.Message == "" {
					t.Errorf("%s: problem without line or reason: %+v", rel, p)
				}
			}
			if d.State == DocRefused && !d.hasError() {
				t.Errorf("%s:%d: refused without a reason", rel, d.Line)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d files; empty %d, foreign %d, skeleton %d, refused %d, accepted %d; %d placeholders by URL",
		files, states[DocEmpty], states[DocForeign], states[DocSkeleton], states[DocRefused], states[DocAccepted], unresolved)
	t.Log(kinds)
	if taken := states[DocSkeleton] + states[DocRefused] + states[DocAccepted]; taken != claimed {
		t.Errorf("%d documents are taken for the catalog's, but %d begin with its apiVersion", taken, claimed)
	}
	sort.Strings(refused)
	for _, line := range refused {
		t.Log(line)
	}
}
