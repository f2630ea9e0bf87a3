// Package internal_test holds the law of the house: who may import whom. It
// fails when a package gains an edge that ARCHITECTURE.md does not allow.
package internal_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/idptui/idptui/"

// allowed says which packages of ours a package may reach, directly or through
// others. A name ending in "/..." stands for the package and all below it. What
// is not listed here may not exist: a new package needs a line, and a reason.
func allowed() map[string][]string {
	model := []string{"internal/catalog", "internal/safe"}
	screen := append([]string{"internal/ui/kit", "internal/ui/pane", "internal/access"}, model...)
	return map[string][]string{
		"internal/safe":                {},
		"internal/access":              {},
		"internal/boltfile":            {"internal/flock", "internal/safe"},
		"internal/flock":               {},
		"internal/catalog":             {"internal/safe"},
		"internal/catalog/catalogtest": model,
		"internal/catalog/infer":       model,
		"internal/catalog/store":       append([]string{"internal/boltfile", "internal/flock"}, model...),
		"internal/catalog/source":      append([]string{"internal/catalog/store", "internal/repo", "internal/state", "internal/boltfile", "internal/flock"}, model...),
		"internal/catalog/history":     append([]string{"internal/catalog/source", "internal/catalog/store", "internal/repo", "internal/state", "internal/boltfile", "internal/flock"}, model...),
		"internal/config":              model,
		"internal/config/backstage":    append([]string{"internal/config", "internal/flock", "internal/repo"}, model...),
		"internal/repo":                {"internal/flock", "internal/safe"},
		"internal/repo/repotest":       {},
		"internal/state":               append([]string{"internal/boltfile", "internal/flock"}, model...),
		"internal/state/statetest":     append([]string{"internal/state", "internal/boltfile", "internal/flock"}, model...),
		"internal/sshd":                {},
		"internal/ui/kit":              {"internal/safe"},
		"internal/ui/pane":             append([]string{"internal/ui/kit", "internal/access"}, model...),
		"internal/ui/pane/card":        screen,
		"internal/ui/pane/catalog":     append([]string{"internal/ui/pane/card"}, screen...),
		"internal/ui/pane/entity":      append([]string{"internal/ui/pane/card"}, screen...),
		"internal/ui/pane/health":      screen,
		"internal/ui/pane/problems":    screen,
		"internal/ui/pane/soon":        screen,
		"internal/ui/uitest":           append([]string{"", "internal/ui/..."}, screen...),
		"internal/ui":                  append([]string{"internal/ui/pane/..."}, screen...),
		"internal/cli":                 append([]string{"internal/access", "internal/config", "internal/config/backstage", "internal/catalog/infer", "internal/catalog/source", "internal/catalog/store", "internal/repo", "internal/state", "internal/boltfile", "internal/flock"}, model...),
		"internal/app":                 {"", "internal/..."},
		"cmd/idptui":                   {"", "internal/..."},
		"":                             {},
		"internal":                     {}, // this test alone
	}
}

// outside limits who may use a package that is not ours; the value lists the only
// packages that may import it directly.
func outside() map[string][]string {
	return map[string][]string{
		"go.etcd.io/bbolt":                         {"internal/boltfile", "internal/catalog/store", "internal/state"},
		"net/http":                                 {"internal/repo/repotest"},
		"os/exec":                                  {"internal/app", "internal/repo", "internal/repo/repotest"},
		"github.com/charmbracelet/ultraviolet":     {},
		"github.com/goccy/go-yaml":                 {},
		"github.com/junegunn/fzf/src/algo":         {"internal/catalog"},
		"github.com/spf13/cobra":                   {"internal/cli"},
		"charm.land/bubbletea/v2":                  {"internal/ui", "internal/ui/kit", "internal/ui/pane", "internal/ui/pane/card", "internal/ui/pane/catalog", "internal/ui/pane/entity", "internal/ui/pane/health", "internal/ui/pane/problems", "internal/ui/pane/soon", "internal/ui/uitest"},
		"charm.land/lipgloss/v2":                   {"internal/ui/kit"},
		"github.com/charmbracelet/bubbletea":       {},
		"golang.org/x/crypto/ssh":                  {"internal/sshd"},
		"charm.land/wish/v2":                       {"internal/sshd"},
		"charm.land/ssh":                           {"internal/sshd"},
		"github.com/santhosh-tekuri/jsonschema/v6": {},
	}
}

type goPackage struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,Deps", "./...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var list []goPackage
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

// short is a package's path within the module, "" for its root.
func short(path string) (string, bool) {
	if path == strings.TrimSuffix(module, "/") {
		return "", true
	}
	return strings.CutPrefix(path, module)
}

func TestPackagesImportOnlyWhatTheHouseAllows(t *testing.T) {
	t.Parallel()
	rules := allowed()
	for _, p := range packages(t) {
		name, ours := short(p.ImportPath)
		if !ours {
			continue
		}
		may, known := rules[name]
		if !known {
			t.Errorf("package %s has no line in the table of the house; add one, with its reason, or leave the package out", name)
			continue
		}
		for _, dep := range p.Deps {
			d, ours := short(dep)
			if !ours || d == name || slices.ContainsFunc(may, func(m string) bool { return covers(m, d) }) {
				continue
			}
			t.Errorf("%s reaches %s, which the house does not allow", name, d)
		}
	}
}

func covers(rule, pkg string) bool {
	if root, ok := strings.CutSuffix(rule, "/..."); ok {
		return pkg == root || strings.HasPrefix(pkg, root+"/")
	}
	return rule == pkg
}

func TestOnlyTheOwnersOfALibraryImportIt(t *testing.T) {
	t.Parallel()
	rules := outside()
	for _, p := range packages(t) {
		name, ours := short(p.ImportPath)
		if !ours {
			continue
		}
		for _, imp := range p.Imports {
			if owners, limited := rules[imp]; limited && !slices.Contains(owners, name) {
				t.Errorf("%s imports %s; only %v may", name, imp, owners)
			}
		}
	}
}

func TestTheScreenTouchesNoOperatingSystem(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		name, ours := short(p.ImportPath)
		if !ours || !strings.HasPrefix(name, "internal/ui") || name == "internal/ui/uitest" {
			continue
		}
		for _, imp := range p.Imports {
			if imp == "os" || strings.HasPrefix(imp, "os/") || imp == "net" || strings.HasPrefix(imp, "net/http") {
				t.Errorf("%s imports %s; a screen does no I/O", name, imp)
			}
		}
	}
}

func TestNoPackageIsAGrabBag(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		last := p.ImportPath[strings.LastIndexByte(p.ImportPath, '/')+1:]
		if slices.Contains([]string{"util", "utils", "common", "helpers", "types", "misc"}, last) {
			t.Errorf("%s: a package is named for what it does", p.ImportPath)
		}
	}
}
