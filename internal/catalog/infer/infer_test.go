package infer_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/infer"
	"github.com/idptui/idptui/internal/safe"
)

// repository makes files of texts by path.
func repository(files map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, text := range files {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

// told is a value of the result as "value | evidence", or "? hint" where it is not known.
func told(r *infer.Result, field string) string {
	for _, v := range append(append([]catalog.Inferred{}, r.Values...), r.Found...) {
		switch {
		case v.Field != field:
		case v.Value == "":
			return "? " + v.Hint
		default:
			return v.Value + " | " + v.From
		}
	}
	return ""
}

// accepted reads the descriptor by the rules of the catalog.
func accepted(tb testing.TB, r *infer.Result) *catalog.Entity {
	tb.Helper()
	text, err := r.Descriptor()
	if err != nil {
		tb.Fatal(err)
	}
	docs := catalog.Read(text, catalog.ReadOptions{Path: infer.DescriptorName, Named: true})
	if len(docs) != 1 || docs[0].State != catalog.DocAccepted || len(docs[0].Problems) > 0 {
		tb.Fatalf("the catalog does not take what was written: %+v\n%s", docs, text)
	}
	return docs[0].Entity
}

func TestAServiceIsToldFromItsFiles(t *testing.T) {
	t.Parallel()
	files := repository(map[string]string{
		"go.mod":                   "module github.com/acme/payments/v2\n\ngo 1.26\n\nrequire github.com/go-chi/chi/v5 v5.1.0\n",
		"cmd/payments/main.go":     "package main\n\nfunc main() {\n\thttp.ListenAndServe(\":8080\", nil)\n}\n",
		"README.md":                "[![CI](https://ci.example/badge.svg)](https://ci.example)\n\n# Payments *API*\n\n<p align=\"center\"><img src=\"x.png\"></p>\n\nTakes [card payments](https://x.example) and\nrefunds, `safely`.\n\nMore.\n",
		".github/CODEOWNERS":       "# who owns what\n*   @acme/team-platform\n\n*   @acme/team-payments @bo  # since May\n*.tf @acme/infra\n",
		".github/workflows/ci.yml": "on: push\n",
		"api/openapi.yaml":         "openapi: 3.1.0\n",
		"mkdocs.yml":               "site_name: Payments\n",
		"Dockerfile":               "FROM scratch\nEXPOSE 8080\n",
	})
	r := infer.From(files, infer.Place{
		Folder: "pay", Remote: "git@github.com:acme/payments-api.git", Page: "https://github.com/acme/payments-api",
		Forge: "github", Slug: "acme/payments-api", Commit: "0123456789abcdef", Committed: time.Date(2026, 5, 9, 1, 2, 3, 0, time.UTC), Source: func(dir string) string { return "https://github.com/acme/payments-api/tree/main/" + dir },
	})
	for field, want := range map[string]string{
		infer.FieldName:        "payments-api | the remote in git's configuration",
		infer.FieldTitle:       "Payments API | README.md:3",
		infer.FieldDescription: "Takes card payments and refunds, safely. | README.md:7",
		infer.FieldType:        "service | cmd/payments/main.go:4, calls ListenAndServe",
		infer.FieldLifecycle:   "? write production, experimental or deprecated in spec.lifecycle; the files do not say which",
		infer.FieldOwner:       "team-payments | .github/CODEOWNERS:4, the first of 2",
		infer.FieldTags:        "go | go.mod",
		infer.FieldRepository:  "https://github.com/acme/payments-api | the remote in git's configuration",
		infer.FieldCI:          "GitHub Actions | .github/workflows, 1 workflow",
		infer.FieldAPI:         "openapi | api/openapi.yaml",
		infer.FieldDocs:        "TechDocs | mkdocs.yml",
		infer.FieldCommit:      "2026-05-09 | git, 0123456789",
		infer.FieldDeploy:      "container image | Dockerfile",
	} {
		if got := told(r, field); got != want {
			t.Errorf("%s is %q, want %q", field, got, want)
		}
	}
	e := accepted(t, r)
	want := map[string]string{
		"github.com/project-slug": "acme/payments-api", "backstage.io/techdocs-ref": "dir:.",
		"backstage.io/source-location": "url:https://github.com/acme/payments-api/tree/main/./",
	}
	if diff := cmp.Diff(want, e.Metadata.Annotations); diff != "" {
		t.Errorf("annotations: %s", diff)
	}
	text, err := r.Descriptor()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"owner: team-payments # from .github/CODEOWNERS:4", "lifecycle: unknown # write production", "# - api/openapi.yaml (openapi)",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the descriptor lacks %q:\n%s", want, text)
		}
	}
	if _, has := r.Entity.Spec["lifecycle"]; has {
		t.Error("what is not known is in the entity on screen")
	}
}

func TestTypeAndLanguageComeFromManifests(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		files               map[string]string
		typ, tags, describe string
	}{
		"a Go module without a program": {map[string]string{"go.mod": "module example.com/lib\n", "lib.go": "package lib\n"}, "library", "go", ""},
		"a Go tool": {map[string]string{
			"go.mod": "module example.com/tool\nrequire github.com/spf13/cobra v1.0.0\n", "main.go": "package main\n", "doc.go": "package main\n",
		}, "tool", "go", ""},
		"a Go program of no known use": {map[string]string{"go.mod": "module x\n", "main.go": "package main\n"}, "", "go", ""},
		"a website": {map[string]string{
			"package.json": `{"name": "@acme/shop-web", "private": true, "dependencies": {"next": "15", "express": "4"}, "devDependencies": {"typescript": "5"}}`,
		}, "website", "typescript", ""},
		"a single page": {map[string]string{
			"package.json": `{"private": true, "dependencies": {"vue": "3"}, "devDependencies": {"vite": "6"}}`,
		}, "website", "javascript", ""},
		"a component library": {map[string]string{
			"package.json": `{"main": "dist/index.js", "dependencies": {"vue": "3"}, "devDependencies": {"vite": "6"}, "description": "Buttons."}`,
		}, "library", "javascript", "Buttons."},
		"a Node service":    {map[string]string{"package.json": `{"dependencies": {"fastify": "5"}, "main": "index.js"}`}, "service", "javascript", ""},
		"odd types in JSON": {map[string]string{"package.json": `{"name": 7, "dependencies": ["x"], "description": "Still read.", "bin": {"a": "b"}}`}, "tool", "javascript", "Still read."},
		"a crate":           {map[string]string{"Cargo.toml": "[package]\nname = \"ledger\"\ndescription = \"Keeps books.\"\n[dependencies]\nserde = \"1\"\n", "src/lib.rs": ""}, "library", "rust", "Keeps books."},
		"a Rust service":    {map[string]string{"Cargo.toml": "[package]\nname = \"x\"\n[dependencies]\naxum = { version = \"0.8\" }\n", "src/main.rs": ""}, "service", "rust", ""},
		"a Python package":  {map[string]string{"pyproject.toml": "[build-system]\nrequires = []\n[project]\nname = \"books\"\ndescription = 'Reads books.'\n"}, "library", "python", "Reads books."},
		"a Python service":  {map[string]string{"requirements.txt": "Flask==3.0\n"}, "service", "python", ""},
		"an extension of a framework": {map[string]string{
			"pyproject.toml": "[build-system]\nrequires = []\n[project]\nname = \"x\"\ndependencies = [\"django>=4\"]\n",
		}, "library", "python", ""},
		"a word in a description": {map[string]string{"pyproject.toml": "[tool.poetry]\nname = \"x\"\ndescription = \"Unlike Django\"\nclassifiers = [\n\"Framework :: Flask\",\n]\n"}, "", "python", "Unlike Django"},
		"Django in an image":      {map[string]string{"setup.py": "install_requires=['django']\n", "Dockerfile": "FROM x\n"}, "service", "python", ""},
		"setup.py":                {map[string]string{"setup.py": "setup(name='x')\n"}, "library", "python", ""},
		"a Spring service":        {map[string]string{"pom.xml": "<project><artifactId>x</artifactId><description>Orders.</description><dependencies><dependency><artifactId>spring-boot-starter-web</artifactId></dependency></dependencies></project>"}, "service", "java", "Orders."},
		"a jar":                   {map[string]string{"pom.xml": "<project><artifactId>x</artifactId></project>"}, "library", "java", ""},
		"Kotlin on Ktor":          {map[string]string{"build.gradle.kts": "plugins { kotlin(\"jvm\") }\ndependencies { implementation(\"io.ktor:ktor-server-core\") }\n"}, "service", "kotlin", ""},
		"Rails":                   {map[string]string{"Gemfile": "gem 'rails'\n"}, "service", "ruby", ""},
		"a gem":                   {map[string]string{"x.gemspec": "s.name = 'x'\ns.summary = 'A gem.'\n", "Gemfile": "gemspec\n"}, "library", "ruby", "A gem."},
		"a PHP library":           {map[string]string{"composer.json": `{"type": "library", "name": "acme/tax"}`}, "library", "php", ""},
		"ASP.NET":                 {map[string]string{"Shop.csproj": `<Project Sdk="Microsoft.NET.Sdk.Web"/>`}, "service", "csharp", ""},
		"Phoenix":                 {map[string]string{"mix.exs": "app: :shop\n{:phoenix, \"~> 1.7\"}\n"}, "service", "elixir", ""},
		"a chart":                 {map[string]string{"Chart.yaml": "name: redis\ndescription: A chart.\n"}, "helm-chart", "helm", "A chart."},
		"a Terraform module":      {map[string]string{"main.tf": "", "variables.tf": "", "outputs.tf": ""}, "terraform-module", "terraform", ""},
		"a page":                  {map[string]string{"index.html": "<h1>x</h1>"}, "website", "", ""},
		"docs alone":              {map[string]string{"mkdocs.yml": "site_name: x\n"}, "documentation", "", ""},
		"a Procfile":              {map[string]string{"Procfile": "release: x\nweb: run\n"}, "service", "", ""},
		"an image with a port":    {map[string]string{"Dockerfile": "FROM x\nexpose 80\n"}, "service", "", ""},
		"nothing":                 {map[string]string{}, "", "", ""},
		"broken manifests":        {map[string]string{"package.json": "{", "pom.xml": "<", "composer.json": "[]", "Chart.yaml": "\t"}, "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := infer.From(repository(tc.files), infer.Place{Folder: "shop"})
			accepted(t, r)
			if got := r.Entity.SpecString("type"); got != tc.typ {
				t.Errorf("type %q, want %q (%s)", got, tc.typ, told(r, infer.FieldType))
			}
			if got := strings.Join(r.Entity.Metadata.Tags, ", "); got != tc.tags {
				t.Errorf("tags %q, want %q", got, tc.tags)
			}
			if got := r.Entity.Metadata.Description; got != tc.describe {
				t.Errorf("description %q, want %q", got, tc.describe)
			}
		})
	}
}

func TestOwnersAreThoseOfTheRuleThatCounts(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ file, text, at, want string }{
		"the last rule wins":      {"CODEOWNERS", "* @acme/a\n* @acme/b\n", ".", "b | CODEOWNERS:2"},
		"a person":                {"CODEOWNERS", "* @Bo-Lind\n", ".", "user:Bo-Lind | CODEOWNERS:1"},
		"a team before a person":  {"CODEOWNERS", "* @bo @acme/team\n", ".", "team | CODEOWNERS:1, the first of 2"},
		"an address":              {"CODEOWNERS", "* bo.lind@acme.example\n", ".", "user:bo.lind | CODEOWNERS:1"},
		"a nested group":          {".gitlab/CODEOWNERS", "* @acme/core/payments\n", ".", "payments | .gitlab/CODEOWNERS:1"},
		"a section's default":     {"CODEOWNERS", "[Payments][2] @acme/pay\n*\n", ".", "pay | CODEOWNERS:2"},
		"an optional section":     {"CODEOWNERS", "^[Docs] @acme/docs\n*.md\n[Code]\n* @acme/code\n", ".", "code | CODEOWNERS:4"},
		"roles are nobody":        {"CODEOWNERS", "* @@maintainers\n", ".", "? CODEOWNERS:1 names nobody who can be told; name the team in spec.owner"},
		"a group of Bitbucket's":  {".bitbucket/CODEOWNERS", "@@@Pay @bo @ana\n* @@Pay\n", ".", "Pay | .bitbucket/CODEOWNERS:2"},
		"an owner taken away":     {"CODEOWNERS", "* @acme/a\n/services/ledger/\n", "services/ledger", "? CODEOWNERS:2 names nobody who can be told; name the team in spec.owner"},
		"a folder of a monorepo":  {"CODEOWNERS", "* @acme/a\n/services/ledger/ @acme/ledger\n/services/pay @acme/pay\n", "services/ledger", "ledger | CODEOWNERS:2"},
		"a folder without slash":  {"CODEOWNERS", "* @acme/a\n/services/pay @acme/pay\n", "services/pay", "pay | CODEOWNERS:2"},
		"a folder anywhere":       {"CODEOWNERS", "* @acme/a\npay/ @acme/pay\n", "services/pay", "pay | CODEOWNERS:2"},
		"stars in a path":         {"CODEOWNERS", "* @acme/a\n/services/*/ @acme/s\n/lib/** @acme/l\n", "services/pay", "s | CODEOWNERS:2"},
		"files of a folder":       {"CODEOWNERS", "* @acme/a\n/services/pay/* @acme/pay\n", "services/pay", "pay | CODEOWNERS:2"},
		"not what is next to it":  {"CODEOWNERS", "* @acme/a\n/services/pay-old/ @acme/old\n*.go @acme/go\n", "services/pay", "a | CODEOWNERS:1"},
		"no rule":                 {"CODEOWNERS", "*.go @acme/go\n", ".", "? CODEOWNERS has no rule for this folder; name the team in spec.owner"},
		"escapes and comments":    {"docs/CODEOWNERS", "\\#x @acme/x\n# * @acme/y\n* @acme/z # * @acme/q\r\n", ".", "z | docs/CODEOWNERS:3"},
		"brackets that never end": {"CODEOWNERS", "* @acme/a\n/[ @acme/b\n", ".", "a | CODEOWNERS:1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := map[string]string{tc.file: tc.text, tc.at + "/go.mod": "module x\n"}
			if tc.at == "." {
				delete(files, "./go.mod")
			}
			r := infer.From(repository(files), infer.Place{Folder: "shop", At: tc.at})
			if got := told(r, infer.FieldOwner); got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
			accepted(t, r)
		})
	}
}

func TestTheForgeSaysWhichOfSeveralOwnersFilesCounts(t *testing.T) {
	t.Parallel()
	files := repository(map[string]string{"CODEOWNERS": "* @acme/top\n", ".github/CODEOWNERS": "* @acme/hub\n", ".gitlab/CODEOWNERS": "* @acme/lab\n"})
	for forge, want := range map[string]string{"github": "hub", "gitlab": "top", "gitea": "top", "bitbucket": "top", "": "hub"} {
		if got := infer.From(files, infer.Place{Folder: "x", Forge: forge}).Entity.SpecString("owner"); got != want {
			t.Errorf("on %q the owner is %q, want %q", forge, got, want)
		}
	}
}

func TestReadmesOfEveryStyleTellWhatItIs(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ file, text, title, about string }{
		"Markdown underlined":    {"readme.md", "Shop Front\n==========\n\nSells things.\n", "Shop Front", "Sells things."},
		"a heading in HTML":      {"README.md", "<h1 align=\"center\">Shop Front</h1>\n<p>Sells &amp; buys things.</p>\n", "Shop Front", "Sells & buys things."},
		"reStructuredText":       {"README.rst", "==========\nShop Front\n==========\n\n.. image:: x.png\n   :target: y\n\nSells `things <https://x.example>`_.\n", "Shop Front", "Sells things."},
		"AsciiDoc":               {"README.adoc", "= Shop Front image:https://ci.example/b.svg[\"CI\",link=\"x\"]\nBo Lind\n:toc:\n\nSells https://x.example[things].\n", "Shop Front", "Sells things."},
		"front matter, comments": {"README.md", "---\ntitle: no\n---\n<!-- not\nthis -->\n# Shop Front\n\n> [!NOTE]\n> Not this.\n\nSells things.\n", "Shop Front", "Sells things."},
		"badges, tables, code":   {"README.md", "# shop\n![b](x) [![c](y)](z)\n\n| a | b |\n| - | - |\n\n```sh\nmake all the things\n```\n\n    indented code that runs\n\n- a list item\n\nSells things.\n", "", "Sells things."},
		"another section":        {"README.md", "# Shop Front\n\n## Install\n\nRun this first of all.\n", "Shop Front", ""},
		"an introduction":        {"README.md", "# Shop Front\n\n## Overview\n\nSells things.\n", "Shop Front", "Sells things."},
		"plain text":             {"README", "Sells things\nto people.\n\nMore.\n", "", "Sells things to people."},
		"the name alone":         {"README.md", "# Shop\n", "", ""},
		"nothing":                {"README.md", "", "", ""},
		"a long paragraph":       {"README.md", "# Shop Front\n\n" + strings.Repeat("It sells things to people. ", 40), "Shop Front", strings.TrimSpace(strings.Repeat("It sells things to people. ", 14))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := infer.From(repository(map[string]string{tc.file: tc.text}), infer.Place{Folder: "shop"})
			if e := accepted(t, r); e.Metadata.Title != tc.title || e.Metadata.Description != tc.about {
				t.Errorf("title %q, want %q; description %q, want %q", e.Metadata.Title, tc.title, e.Metadata.Description, tc.about)
			}
		})
	}
}

func TestALifecycleNeedsEvidence(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		files map[string]string
		want  string
	}{
		"given up":             {map[string]string{"README.md": "# x\n\nThis project is deprecated, use y.\n"}, "deprecated | README.md:3, \"This project is deprecated\""},
		"given up in title":    {map[string]string{"README.md": "# [DEPRECATED] x\n"}, "deprecated | README.md:1, \"[DEPRECATED\""},
		"speaks of a detail":   {map[string]string{"README.md": "# x\n\nThe flag --old is deprecated.\n"}, "?"},
		"an early library":     {map[string]string{"Cargo.toml": "[package]\nname = \"x\"\nversion = \"0.3.1\"\n", "src/lib.rs": ""}, "experimental | Cargo.toml:3, version 0.3.1"},
		"a library in use":     {map[string]string{"Cargo.toml": "[package]\nname = \"x\"\nversion = \"1.3.1\"\n", "src/lib.rs": ""}, "?"},
		"a service's number":   {map[string]string{"package.json": `{"version": "0.1.0", "dependencies": {"koa": "2"}}`}, "?"},
		"a template's default": {map[string]string{"package.json": `{"version": "0.0.0", "main": "x"}`}, "?"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := told(infer.From(repository(tc.files), infer.Place{Folder: "shop"}), infer.FieldLifecycle)
			if got != tc.want && (tc.want != "?" || !strings.HasPrefix(got, "? ")) {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}

func TestInAMonorepoTheNearestPackageCounts(t *testing.T) {
	t.Parallel()
	files := repository(map[string]string{
		"package.json":               `{"name": "root", "private": true}`,
		"services/pay/package.json":  `{"name": "@acme/payments-web", "dependencies": {"koa": "2"}}`,
		"services/pay/src/a/b.js":    "",
		"services/pay/README.md":     "# Payments for the web\n",
		"services/old_thing/Gemfile": "",
		"README.md":                  "# Everything\n",
	})
	for at, want := range map[string][2]string{
		"services/pay/src/a":       {"payments-web", "services/pay/catalog-info.yaml"},
		"services/pay":             {"payments-web", "services/pay/catalog-info.yaml"},
		"services/old_thing":       {"old_thing", "services/old_thing/catalog-info.yaml"},
		"services":                 {"mono", "catalog-info.yaml"},
		"":                         {"mono", "catalog-info.yaml"},
		"../../../etc":             {"mono", "catalog-info.yaml"},
		"services/pay/../../../..": {"mono", "catalog-info.yaml"},
	} {
		r := infer.From(files, infer.Place{Folder: "top", At: at, Remote: "https://github.com/acme/mono.git"})
		if got := [2]string{r.Entity.Metadata.Name, r.Path()}; got != want {
			t.Errorf("from %q: %v, want %v", at, got, want)
		}
	}
}

func TestNamesAreOnesThatAnEntityCanHave(t *testing.T) {
	t.Parallel()
	for folder, want := range map[string]string{
		"My Shop (new)": "My-Shop-new", "--x--": "x", "päy": "p-y", "a.b_c-d": "a.b_c-d", "": "unnamed", "…": "unnamed", "a--b..c": "a-b.c",
		strings.Repeat("a", 80): strings.Repeat("a", 63),
	} {
		r := infer.From(fstest.MapFS{}, infer.Place{Folder: folder})
		if got := r.Entity.Metadata.Name; got != want {
			t.Errorf("%q gives %q, want %q", folder, got, want)
		}
		accepted(t, r)
	}
}

// hostile is what a repository of somebody who wishes no good may hold.
func hostile() map[string]string {
	return map[string]string{
		"README.md":          "# \x1b]0;owned\x07 \u202etitle\n\n\xff\xfe prose \x1b[2J with escapes \u200b here\n" + strings.Repeat("x", 10<<20),
		".github/CODEOWNERS": strings.Repeat("* @acme/a\n", 1<<20),
		"package.json":       `{"name": "` + strings.Repeat("n", 1<<21) + `"}`,
		"Cargo.toml":         "[[[[[\n=\n[package\nname = \"\x1b[31m\"\n",
		"go.mod":             "module \x1b[31m\nmodule\n",
		"pom.xml":            `<!DOCTYPE x [<!ENTITY a "&a;&a;">]><project><artifactId>&a;</artifactId></project>`,
		"Chart.yaml":         "a: &a [*a, *a]\n",
		"index.html":         "<",
		"Dockerfile":         "EXPOSE \x1b[31m\n",
		"x\x1b[31m.csproj":   "<Project/>",
		"api/\x1b[31m.proto": "",
	}
}

func TestHostileFilesAreCleanAndBounded(t *testing.T) {
	t.Parallel()
	r := infer.From(repository(hostile()), infer.Place{Folder: "\x1b[31mshop", Remote: "https://\x1b[31m/x y", Page: "javascript:alert(1)", Slug: "\x1b", Forge: "github"})
	accepted(t, r)
	checkClean(t, r)
	if got := told(r, infer.FieldOwner); !strings.Contains(got, "over 3 MiB and was not read") {
		t.Errorf("of a file over its cap nothing is told: %q", got)
	}
	for _, l := range r.Entity.Metadata.Links {
		if !strings.HasPrefix(l.URL, "http") {
			t.Errorf("a link to %s", l.URL)
		}
	}
}

func checkClean(tb testing.TB, r *infer.Result) {
	tb.Helper()
	rec, err := r.Record()
	if err != nil {
		tb.Fatal(err)
	}
	if safe.Text(rec.Raw) != rec.Raw {
		tb.Errorf("the descriptor is not clean:\n%q", rec.Raw)
	}
	for _, v := range rec.Inferred {
		for _, text := range []string{v.Value, v.From, v.Hint} {
			if safe.Line(text) != text || len(text) > 2000 {
				tb.Errorf("%s is not clean or not short: %q", v.Field, text)
			}
		}
		if v.Value != "" && v.From == "" || v.Value == "" && v.Hint == "" {
			tb.Errorf("%+v has neither evidence nor what to do", v)
		}
	}
}

// failing is a file system whose files and folders cannot be read.
type failing struct{ fstest.MapFS }

func (f failing) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("input/output error")}
}

func TestWhatCannotBeReadIsUnknown(t *testing.T) {
	t.Parallel()
	r := infer.From(failing{repository(map[string]string{"go.mod": "module x\n"})}, infer.Place{Folder: "shop"})
	if got := r.Entity.Metadata.Name; got != "shop" {
		t.Errorf("it is called %q", got)
	}
	accepted(t, r)
}

func TestLinksOutOfTheRepositoryAreNotFollowed(t *testing.T) {
	t.Parallel()
	outside, dir := t.TempDir(), t.TempDir()
	for name, text := range map[string]string{"secret.md": "# Secret\n\nNobody may know.\n", "CODEOWNERS": "* @acme/spies\n"} {
		if err := os.WriteFile(filepath.Join(outside, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{
		"README.md": filepath.Join(outside, "secret.md"), "CODEOWNERS": filepath.Join("..", filepath.Base(outside), "CODEOWNERS"), "docs": outside,
		"package.json": "package.json", // leads to itself
	} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	r := infer.From(root.FS(), infer.Place{Folder: "shop"})
	text, err := r.Descriptor()
	if err != nil {
		t.Fatal(err)
	}
	if s := string(text); strings.Contains(s, "Secret") || strings.Contains(s, "spies") || len(r.Found) > 0 {
		t.Errorf("what lies outside was read: %s %v", s, r.Found)
	}
}

func TestAnyFilesGiveAValidDescriptor(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[-=#*\[\]@/ a:"'{}<>\n.0-9]{0,80}`))
		files := fstest.MapFS{}
		for _, name := range []string{
			"README.md", "CODEOWNERS", "go.mod", "package.json", "Cargo.toml", "pyproject.toml", "pom.xml", "build.gradle", "Gemfile", "mix.exs", "Chart.yaml", "Dockerfile",
		} {
			if rapid.Bool().Draw(t, name) {
				files[name] = &fstest.MapFile{Data: []byte(text.Draw(t, name))}
			}
		}
		page := text.Draw(t, "source")
		place := infer.Place{
			Folder: text.Draw(t, "folder"), At: text.Draw(t, "at"), Remote: text.Draw(t, "remote"), Page: text.Draw(t, "page"),
			Slug: text.Draw(t, "slug"), Forge: rapid.SampledFrom([]string{"", "github", "gitlab"}).Draw(t, "forge"), Source: func(string) string { return page },
		}
		r := infer.From(files, place)
		out, err := r.Descriptor()
		if err != nil {
			t.Fatal(err)
		}
		docs := catalog.Read(out, catalog.ReadOptions{Path: infer.DescriptorName, Named: true})
		if len(docs) != 1 || docs[0].State != catalog.DocAccepted {
			t.Fatalf("%+v\n%s", docs, out)
		}
		if got := docs[0].Entity.Metadata.Description; got != r.Entity.Metadata.Description {
			t.Fatalf("the description comes back as %q, not %q", got, r.Entity.Metadata.Description)
		}
	})
}

func TestPublicRepositoriesAreInferred(t *testing.T) {
	t.Parallel()
	const public = "../../../../shared/realworld"
	entries, err := os.ReadDir(public)
	if err != nil {
		t.Skipf("NOT TESTED: there is no folder of public catalogs beside the checkout: %v", err)
	}
	owners, types := 0, 0
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		root, err := os.OpenRoot(filepath.Join(public, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		r := infer.From(root.FS(), infer.Place{Folder: e.Name()})
		accepted(t, r)
		checkClean(t, r)
		if r.Entity.SpecString("owner") != "" {
			owners++
		}
		if r.Entity.SpecString("type") != "" {
			types++
		}
		if err := root.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d repositories, %d with an owner, %d with a type", len(entries), owners, types)
}
