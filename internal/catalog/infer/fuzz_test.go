package infer_test

import (
	"testing"
	"testing/fstest"

	"github.com/idptui/idptui/internal/catalog/infer"
)

// FuzzFrom puts one text into every file that is read.
func FuzzFrom(f *testing.F) {
	for _, text := range hostile() {
		f.Add([]byte(text[:min(len(text), 4096)]))
	}
	for _, text := range []string{
		"# Title\n\nProse.\n", "Title\n=====\n", "* @a/b c@d.e\n[S][1] @x\n", "module a/b\nrequire google.golang.org/grpc v1\n", `{"name":"a","bin":"x"}`,
		"[project]\nname=\"x\"\n[build-system]\n", "<project><artifactId>a</artifactId></project>", "name: c\ndescription: d\n", "package main\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		files := fstest.MapFS{}
		for _, name := range []string{
			"README.md", "CODEOWNERS", "go.mod", "main.go", "package.json", "Cargo.toml", "pyproject.toml", "setup.py", "pom.xml", "build.gradle",
			"Gemfile", "composer.json", "mix.exs", "Chart.yaml", "Dockerfile", "Procfile", "x.csproj", "x.gemspec",
		} {
			files[name] = &fstest.MapFile{Data: data}
		}
		r := infer.From(files, infer.Place{Folder: "shop"})
		accepted(t, r)
		checkClean(t, r)
	})
}
