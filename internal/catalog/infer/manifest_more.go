package infer

import (
	"encoding/xml"
	"path"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

func (s *survey) maven(dir string) (manifest, bool) {
	m := manifest{file: path.Join(dir, "pom.xml"), language: "java"}
	text := s.text(dir, "pom.xml")
	if text == "" {
		return m, false
	}
	var p struct {
		ArtifactID  string `xml:"artifactId"`
		Description string `xml:"description"`
		Version     string `xml:"version"`
		Packaging   string `xml:"packaging"`
		URL         string `xml:"url"`
	}
	dec := xml.NewDecoder(strings.NewReader(text))
	dec.Strict = false
	if dec.Decode(&p) != nil {
		return m, false
	}
	key := func(name, value string) textAt {
		if value == "" || strings.Contains(value, "${") {
			return textAt{}
		}
		return textAt{strings.TrimSpace(value), lineOf(text, "<"+name+">"+value)}
	}
	m.name, m.description, m.version, m.homepage = key("artifactId", p.ArtifactID), key("description", p.Description), key("version", p.Version), key("url", p.URL)
	if strings.Contains(text, "kotlin-maven-plugin") {
		m.language = "kotlin"
	}
	m.jvm(text)
	switch {
	case p.Packaging == "war" || p.Packaging == "ear":
		m.sign(typeService, line(m.file, lineOf(text, "<packaging>")), "is packaged as "+p.Packaging)
	case len(m.signs) == 0 && (p.Packaging == "" || p.Packaging == "jar"):
		m.sign(typeLibrary, m.file, "a jar without a server")
	}
	return m, true
}

// jvm looks for the frameworks of servers on the JVM.
func (m *manifest) jvm(text string) {
	declared := func(name string) bool { return strings.Contains(text, name) }
	m.dependencies(text, typeService, declared, "spring-boot-starter-web", "spring-boot-maven-plugin", "org.springframework.boot", "io.quarkus", "io.micronaut",
		"io.ktor", "io.dropwizard", "play-framework", "io.vertx", "com.sparkjava", "io.javalin")
}

func (s *survey) gradle(dir string) (manifest, bool) {
	m := manifest{language: "java"}
	name := s.firstIn(dir, "build.gradle.kts", "build.gradle")
	if name == "" {
		return m, false
	}
	m.file = path.Join(dir, name)
	text := s.text(dir, name)
	if strings.Contains(text, "kotlin(") || strings.Contains(text, "org.jetbrains.kotlin") {
		m.language = "kotlin"
	}
	for _, settings := range []string{"settings.gradle.kts", "settings.gradle"} {
		if found := gradleName.FindStringSubmatch(s.text(dir, settings)); found != nil {
			m.name = textAt{text: found[1]}
		}
	}
	m.jvm(text)
	if len(m.signs) == 0 && (strings.Contains(text, "java-library") || strings.Contains(text, "maven-publish")) {
		m.sign(typeLibrary, line(m.file, max(lineOf(text, "java-library"), lineOf(text, "maven-publish"))), "a library of Gradle's")
	}
	return m, true
}

var (
	gradleName = regexp.MustCompile(`rootProject\.name\s*=\s*["']([^"'\n]+)["']`)
	gemName    = regexp.MustCompile(`\.name\s*=\s*["']([^"'\n]+)["']`)
	gemSummary = regexp.MustCompile(`\.summary\s*=\s*["']([^"'\n]+)["']`)
	mixApp     = regexp.MustCompile(`app:\s*:([a-z0-9_]+)`)
)

func (s *survey) dotnet(dir string) (manifest, bool) {
	m := manifest{language: "csharp"}
	name := s.first(dir, func(name string) bool { return strings.HasSuffix(name, ".csproj") })
	if name == "" {
		return m, false
	}
	m.file, m.name = path.Join(dir, name), textAt{text: strings.TrimSuffix(name, ".csproj")}
	text := s.text(dir, name)
	switch {
	case strings.Contains(text, "Microsoft.NET.Sdk.Web"), strings.Contains(text, "Microsoft.AspNetCore"):
		m.sign(typeService, line(m.file, max(lineOf(text, "Microsoft.NET.Sdk.Web"), lineOf(text, "Microsoft.AspNetCore"))), "uses ASP.NET")
	case strings.Contains(text, "<OutputType>Exe"):
		m.program = line(m.file, lineOf(text, "<OutputType>Exe"))
	default:
		m.sign(typeLibrary, m.file, "a project without a program")
	}
	return m, true
}

func (s *survey) ruby(dir string) (manifest, bool) {
	m := manifest{file: path.Join(dir, "Gemfile"), language: "ruby"}
	gemfile := s.text(dir, "Gemfile")
	spec := s.first(dir, func(name string) bool { return strings.HasSuffix(name, ".gemspec") })
	if gemfile == "" && spec == "" {
		return m, false
	}
	declared := func(name string) bool {
		return strings.Contains(gemfile, `"`+name+`"`) || strings.Contains(gemfile, "'"+name+"'")
	}
	if spec != "" {
		m.file = path.Join(dir, spec)
		text := s.text(dir, spec)
		if found := gemName.FindStringSubmatch(text); found != nil {
			m.name = textAt{found[1], lineOf(text, found[0])}
		}
		if found := gemSummary.FindStringSubmatch(text); found != nil {
			m.description = textAt{found[1], lineOf(text, found[0])}
		}
		m.sign(typeLibrary, m.file, "a gem that others install")
		return m, true
	}
	m.dependencies(gemfile, typeService, declared, "rails", "sinatra", "hanami", "puma", "grape")
	return m, true
}

func (s *survey) mix(dir string) (manifest, bool) {
	m := manifest{file: path.Join(dir, "mix.exs"), language: "elixir"}
	text := s.text(dir, "mix.exs")
	if text == "" {
		return m, false
	}
	if found := mixApp.FindStringSubmatch(text); found != nil {
		m.name = textAt{found[1], lineOf(text, found[0])}
	}
	m.dependencies(text, typeService, func(name string) bool { return strings.Contains(text, "{:"+name+",") }, "phoenix", "plug_cowboy", "bandit")
	return m, true
}

func (s *survey) chart(dir string) (manifest, bool) {
	m := manifest{file: path.Join(dir, "Chart.yaml"), language: "helm"}
	text := s.text(dir, "Chart.yaml")
	var c struct{ Name, Description, Version, Home string }
	if text == "" || yaml.Unmarshal([]byte(text), &c) != nil {
		return m, false
	}
	key := func(name, value string) textAt { return textAt{value, lineOf(text, name+":")} }
	m.name, m.description, m.version, m.homepage = key("name", c.Name), key("description", c.Description), key("version", c.Version), key("home", c.Home)
	m.sign("helm-chart", m.file, "a Helm chart")
	return m, true
}

func (s *survey) terraform(dir string) (manifest, bool) {
	name := s.first(dir, func(name string) bool { return strings.HasSuffix(name, ".tf") })
	if name == "" {
		return manifest{}, false
	}
	m := manifest{file: path.Join(dir, name), language: "terraform"}
	if s.firstIn(dir, "outputs.tf") != "" && s.firstIn(dir, "variables.tf") != "" {
		m.sign("terraform-module", path.Join(dir, "outputs.tf"), "a module of Terraform's")
	} else {
		m.sign("infrastructure", m.file, "Terraform")
	}
	return m, true
}

// toml is as much of a TOML file as is asked for: tables, and the texts of keys
// on one line.
type toml map[string]map[string]textAt

var tomlText = regexp.MustCompile(`^("(?:[^"\\]|\\.)*"|'[^']*')`)

func readTOML(text string) toml {
	t := toml{}
	table := ""
	for i, raw := range strings.Split(text, "\n") {
		raw = strings.TrimSpace(raw)
		if strings.HasPrefix(raw, "[") {
			table = strings.Trim(strings.SplitN(raw, "]", 2)[0], "[ ")
			if t[table] == nil {
				t[table] = map[string]textAt{}
			}
			continue
		}
		key, value, ok := strings.Cut(raw, "=")
		if !ok || strings.HasPrefix(raw, "#") || t[table] == nil {
			continue
		}
		value = strings.Trim(tomlText.FindString(strings.TrimSpace(value)), `"'`)
		key = strings.Trim(strings.TrimSpace(key), `"'`)
		if _, twice := t[table][key]; !twice {
			t[table][key] = textAt{value, i + 1}
		}
	}
	return t
}

func (t toml) text(table, key string) textAt {
	if v := t[table][key]; v.text != "" {
		return v
	}
	return textAt{}
}

func (t toml) has(table, key string) bool { _, ok := t[table][key]; return ok }
func (t toml) section(table string) bool  { _, ok := t[table]; return ok }
