package infer

import (
	"encoding/json"
	"path"
	"regexp"
	"slices"
	"strings"
)

// manifest is what the file of a package manager tells.
type manifest struct {
	file                                 string // below the top
	language                             string // a tag
	name, description, version, homepage textAt
	quote                                string // stands around the names of dependencies in the file
	signs                                []sign
	program                              string // where a program begins, in words; "" where none was seen
}

// at is the place of one of its values.
func (m manifest) at(t textAt) string { return line(m.file, t.line) }

// Types of components, as catalogs have them.
const (
	typeWebsite       = "website"
	typeService       = "service"
	typeTool          = "tool"
	typeLibrary       = "library"
	typeDocumentation = "documentation"
)

// sign is a reason to take a component for one of a type.
type sign struct {
	typ  string
	from string // the place
	what string // "depends on express"
}

// packageFiles are the names that make a folder a package by itself.
var packageFiles = []string{
	"go.mod", "package.json", "Cargo.toml", "pyproject.toml", "setup.py", "pom.xml", "build.gradle", "build.gradle.kts",
	"Gemfile", "composer.json", "mix.exs", "Chart.yaml", "Dockerfile",
}

func (s *survey) isPackage(dir string) bool {
	return s.first(dir, func(name string) bool {
		return slices.Contains(packageFiles, name) || strings.HasSuffix(name, ".csproj") || strings.HasSuffix(name, ".gemspec")
	}) != ""
}

// readManifests reads those of a folder; the first is the one that counts where
// two of them differ.
func (s *survey) readManifests(dir string) []manifest {
	var list []manifest
	for _, read := range []func(dir string) (manifest, bool){
		s.goModule, s.cargo, s.npm, s.python, s.maven, s.gradle, s.dotnet, s.ruby, s.composer, s.mix, s.chart, s.terraform,
	} {
		if m, ok := read(dir); ok {
			list = append(list, m)
		}
	}
	return list
}

// lineOf is the first line, from 1, that holds a text, or 0.
func lineOf(text, what string) int {
	i := strings.Index(text, what)
	if i < 0 {
		return 0
	}
	return 1 + strings.Count(text[:i], "\n")
}

// dependencies find the first known name among those that a text declares.
func (m *manifest) dependencies(text, typ string, declared func(name string) bool, known ...string) {
	for _, name := range known {
		if declared(name) {
			m.signs = append(m.signs, sign{typ, line(m.file, lineOf(text, m.quote+name+m.quote)), "depends on " + name})
			return
		}
	}
}

func (m *manifest) sign(typ, from, what string) { m.signs = append(m.signs, sign{typ, from, what}) }

func (s *survey) goModule(dir string) (manifest, bool) {
	m := manifest{file: path.Join(dir, "go.mod"), language: "go"}
	text := s.text(dir, "go.mod")
	if text == "" {
		return m, false
	}
	for i, raw := range strings.Split(text, "\n") {
		if name, ok := strings.CutPrefix(strings.TrimSpace(raw), "module "); ok {
			m.name = textAt{strings.Trim(strings.TrimSpace(name), `"`), i + 1}
			break
		}
	}
	requires := func(name string) bool { return strings.Contains(text, name+" v") || strings.Contains(text, name+"/v") }
	m.dependencies(text, typeService, requires,
		"github.com/gin-gonic/gin", "github.com/labstack/echo", "github.com/gofiber/fiber", "github.com/go-chi/chi", "github.com/gorilla/mux",
		"connectrpc.com/connect", "google.golang.org/grpc", "github.com/julienschmidt/httprouter", "github.com/aws/aws-lambda-go", "sigs.k8s.io/controller-runtime")
	m.dependencies(text, typeTool, requires, "github.com/spf13/cobra", "github.com/urfave/cli", "github.com/alecthomas/kong", "charm.land/bubbletea", "github.com/charmbracelet/bubbletea")
	programs := s.goPrograms(dir)
	if len(programs) == 0 {
		m.signs = []sign{{typeLibrary, m.file, "a module without a program"}}
		return m, true
	}
	m.program = programs[0]
	for _, p := range programs {
		source, _, _ := s.start(p, maxProgram)
		for _, call := range []string{"ListenAndServe", "http.Serve(", "grpc.NewServer(", "http.NewServeMux("} {
			if at := lineOf(source, call); at > 0 {
				m.signs = slices.Insert(m.signs, 0, sign{typeService, line(p, at), "calls " + strings.Trim(call, "(")})
				return m, true
			}
		}
	}
	return m, true
}

// maxPrograms is how many programs of a module are looked at.
const maxPrograms = 8

// goPrograms are the files with which the programs of a module begin.
func (s *survey) goPrograms(dir string) []string {
	var programs []string
	isProgram := func(file string) bool {
		text, _, _ := s.start(file, 16<<10)
		return strings.HasPrefix(text, "package main") || strings.Contains(text, "\npackage main")
	}
	for _, e := range s.list(dir) {
		if name := e.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			if file := path.Join(dir, name); isProgram(file) {
				programs = append(programs, file)
			}
			break // the files of a folder are of one package
		}
	}
	if file := path.Join(dir, "main.go"); len(programs) > 0 && s.firstIn(dir, "main.go") != "" {
		programs[0] = file
	}
	for _, sub := range s.subfolders(path.Join(dir, "cmd")) {
		if file := path.Join(dir, "cmd", sub, "main.go"); len(programs) < maxPrograms && isProgram(file) {
			programs = append(programs, file)
		}
	}
	return programs
}

// npmPackage is what of a package.json is looked at.
type npmPackage struct {
	Name, Description, Version, Homepage string
	Private                              bool
	Bin, Main, Module, Exports, Types    json.RawMessage
	Scripts                              map[string]string
	Dependencies, DevDependencies        map[string]any
}

func (s *survey) npm(dir string) (manifest, bool) {
	m := manifest{file: path.Join(dir, "package.json"), language: "javascript", quote: `"`}
	text := s.text(dir, "package.json")
	var p npmPackage
	if text == "" || !lenientJSON(text, &p) {
		return m, false
	}
	key := func(name, value string) textAt { return textAt{value, lineOf(text, `"`+name+`"`)} }
	m.name, m.description, m.version, m.homepage = key("name", p.Name), key("description", p.Description), key("version", p.Version), key("homepage", p.Homepage)
	if p.builds("typescript") || s.firstIn(dir, "tsconfig.json") != "" {
		m.language = "typescript"
	}
	m.dependencies(text, typeWebsite, p.builds, "next", "nuxt", "gatsby", "@remix-run/react", "@docusaurus/core", "astro", "@angular/platform-browser",
		"react-scripts", "@sveltejs/kit", "vitepress")
	if p.Private && (p.builds("vite") || p.builds("webpack") || p.builds("parcel")) {
		m.dependencies(text, typeWebsite, p.runs, "react-dom", "vue", "svelte", "preact", "solid-js")
	}
	m.dependencies(text, typeService, p.runs, "express", "fastify", "@nestjs/core", "koa", "@hapi/hapi", "hono", "@apollo/server", "apollo-server", "restify", "probot")
	switch {
	case len(p.Bin) > 0:
		m.sign(typeTool, line(m.file, lineOf(text, `"bin"`)), "brings a command")
	case p.importable():
		m.sign(typeLibrary, m.file, "a package that others import")
	}
	if p.Scripts["start"] != "" {
		m.program = line(m.file, lineOf(text, `"start"`))
	}
	return m, true
}

func (p *npmPackage) runs(name string) bool { _, ok := p.Dependencies[name]; return ok }

func (p *npmPackage) builds(name string) bool {
	_, ok := p.DevDependencies[name]
	return ok || p.runs(name)
}

// importable tells whether others are to import it.
func (p *npmPackage) importable() bool {
	return !p.Private && len(p.Main)+len(p.Module)+len(p.Exports)+len(p.Types) > 0
}

// lenientJSON reads as much of an object as has the expected types.
func lenientJSON(text string, into any) bool {
	var all map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &all) != nil {
		return false
	}
	for key, value := range all {
		one, err := json.Marshal(map[string]json.RawMessage{key: value})
		if err == nil {
			_ = json.Unmarshal(one, into) // what is of another type is left out
		}
	}
	return true
}

func (s *survey) composer(dir string) (manifest, bool) {
	m := manifest{file: path.Join(dir, "composer.json"), language: "php", quote: `"`}
	text := s.text(dir, "composer.json")
	var p struct {
		Name, Description, Version, Homepage, Type string
		Require                                    map[string]any
	}
	if text == "" || !lenientJSON(text, &p) {
		return m, false
	}
	key := func(name, value string) textAt { return textAt{value, lineOf(text, `"`+name+`"`)} }
	m.name, m.description, m.version, m.homepage = key("name", p.Name), key("description", p.Description), key("version", p.Version), key("homepage", p.Homepage)
	requires := func(name string) bool { _, ok := p.Require[name]; return ok }
	m.dependencies(text, typeService, requires, "laravel/framework", "symfony/framework-bundle", "slim/slim", "cakephp/cakephp")
	if p.Type == "library" {
		m.sign(typeLibrary, line(m.file, lineOf(text, `"type"`)), "its type is library")
	}
	return m, true
}

func (s *survey) cargo(dir string) (manifest, bool) {
	m := manifest{file: path.Join(dir, "Cargo.toml"), language: "rust"}
	text := s.text(dir, "Cargo.toml")
	if text == "" {
		return m, false
	}
	t := readTOML(text)
	m.name, m.description, m.version, m.homepage = t.text("package", "name"), t.text("package", "description"), t.text("package", "version"), t.text("package", "homepage")
	depends := func(name string) bool { return t.has("dependencies", name) || t.section("dependencies."+name) }
	m.dependencies(text, typeService, depends, "axum", "actix-web", "rocket", "warp", "tonic", "hyper", "poem", "lambda_runtime")
	switch {
	case s.firstIn(path.Join(dir, "src"), "main.rs") != "" || t.section("bin"):
		m.program = path.Join(dir, "src/main.rs")
		m.dependencies(text, typeTool, depends, "clap", "structopt", "argh", "ratatui")
	case s.firstIn(path.Join(dir, "src"), "lib.rs") != "":
		m.signs = []sign{{typeLibrary, path.Join(dir, "src/lib.rs"), "a crate without a program"}}
	}
	return m, true
}

func (s *survey) python(dir string) (manifest, bool) {
	m := manifest{language: "python"}
	for _, name := range []string{"pyproject.toml", "setup.py", "setup.cfg", "requirements.txt"} {
		if s.firstIn(dir, name) != "" {
			m.file = path.Join(dir, name)
			break
		}
	}
	if m.file == "" {
		return m, false
	}
	project, setup := s.text(dir, "pyproject.toml"), s.text(dir, "setup.py")+s.text(dir, "setup.cfg")
	t := readTOML(project)
	for _, table := range []string{"project", "tool.poetry"} {
		if m.name.text == "" {
			m.name, m.description, m.version = t.text(table, "name"), t.text(table, "description"), t.text(table, "version")
			m.homepage = t.text(table+".urls", "Homepage")
		}
	}
	installable := t.section("build-system") && m.name.text != "" || setup != ""
	runs := s.firstIn(dir, "Dockerfile", "Procfile", "manage.py", "app.py", "main.py", "wsgi.py", "asgi.py") != ""
	if name, at := s.pythonServer(dir); name != "" && (runs || !installable) { // else an extension of the framework
		m.sign(typeService, at, "depends on "+name)
	}
	switch {
	case t.section("project.scripts") || t.section("tool.poetry.scripts") || strings.Contains(setup, "console_scripts"):
		m.sign(typeTool, m.file, "brings a command")
	case installable:
		m.sign(typeLibrary, m.file, "a package that others install")
	}
	return m, true
}

// pythonServer is the framework of servers that a package depends on, and where it
// says so; "" is none.
func (s *survey) pythonServer(dir string) (name, at string) {
	for _, file := range []string{"pyproject.toml", "requirements.txt", "setup.py", "setup.cfg"} {
		n := 0
		for l := range strings.Lines(strings.ToLower(s.text(dir, file))) {
			n++
			if aboutItself.MatchString(l) {
				continue
			}
			words := strings.FieldsFunc(l, func(r rune) bool {
				return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_'
			})
			for _, name := range []string{"fastapi", "flask", "django", "starlette", "aiohttp", "tornado", "uvicorn", "gunicorn", "sanic"} {
				if slices.Contains(words, name) {
					return name, line(path.Join(dir, file), n)
				}
			}
		}
	}
	return "", ""
}

// aboutItself are the lines of a package that name frameworks without needing them.
var aboutItself = regexp.MustCompile(`^\s*(#|(name|description|long_description|summary|keywords|classifiers|url)\s*=)|::`)
