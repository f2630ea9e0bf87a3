package infer

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/idptui/idptui/internal/catalog"
)

// kind is the type of the component, by the strongest sign that there is.
func (s *survey) kind() catalog.Inferred {
	v := catalog.Inferred{Field: FieldType, Hint: "write service, website, library or what your catalog calls it in spec.type"}
	var signs []sign
	program := ""
	for _, m := range s.manifests {
		signs = append(signs, m.signs...)
		program = cmp.Or(program, m.program)
	}
	signs = append(signs, s.otherSigns()...)
	slices.SortStableFunc(signs, func(a, b sign) int { return strength(a.typ) - strength(b.typ) })
	if len(signs) > 0 {
		v.Value, v.From, v.Hint = signs[0].typ, clean(signs[0].from+", "+signs[0].what, maxText), ""
		return v
	}
	if program != "" {
		v.Hint = "it has a program (" + clean(program, maxWord) + "), but no file says what for; write service or tool in spec.type"
	}
	return v
}

// strength orders types: what serves people or programs counts before what merely
// can be imported too.
func strength(typ string) int {
	order := []string{typeWebsite, typeService, typeTool, typeLibrary}
	if i := slices.Index(order, typ); i >= 0 {
		return i
	}
	return len(order)
}

// otherSigns are those of files that belong to no language.
func (s *survey) otherSigns() []sign {
	var signs []sign
	text := s.text(s.dir, "Procfile")
	if at := lineOf("\n"+text, "\nweb:"); at > 0 {
		signs = append(signs, sign{typeService, line(path.Join(s.dir, "Procfile"), at), "runs a web process"})
	}
	if text := s.text(s.dir, "Dockerfile"); text != "" && !s.hasSign(typeTool) {
		file := path.Join(s.dir, "Dockerfile")
		if at := lineOf("\n"+strings.ToUpper(text), "\nEXPOSE "); at > 0 {
			signs = append(signs, sign{typeService, line(file, at), "an image that opens a port"})
		}
	}
	if len(s.manifests) > 0 {
		return signs
	}
	for _, d := range []struct{ file, typ, what string }{
		{"index.html", typeWebsite, "a page for browsers"},
		{"hugo.toml", typeWebsite, "a site of Hugo's"},
		{"_config.yml", typeWebsite, "a site of Jekyll's"},
		{"mkdocs.yml", typeDocumentation, "nothing but docs"},
		{"mkdocs.yaml", typeDocumentation, "nothing but docs"},
	} {
		if s.firstIn(s.dir, d.file) != "" {
			signs = append(signs, sign{d.typ, path.Join(s.dir, d.file), d.what})
		}
	}
	return signs
}

func (s *survey) hasSign(typ string) bool {
	return slices.ContainsFunc(s.manifests, func(m manifest) bool {
		return slices.ContainsFunc(m.signs, func(g sign) bool { return g.typ == typ })
	})
}

// languages are those of the manifests, as tags.
func (s *survey) languages() catalog.Inferred {
	v := catalog.Inferred{Field: FieldTags}
	var tags, from []string
	for _, m := range s.manifests {
		if !slices.Contains(tags, m.language) {
			tags, from = append(tags, m.language), append(from, line(m.file, 0))
		}
	}
	v.Value, v.From = strings.Join(tags, ", "), strings.Join(from, ", ")
	return v
}

// found is what else there is. It goes into the descriptor as a remark where a
// person should do something about it.
func (s *survey) found() []catalog.Inferred {
	var list []catalog.Inferred
	if s.Commit != "" && !s.Committed.IsZero() {
		list = append(list, catalog.Inferred{Field: FieldCommit, Value: s.Committed.Format(time.DateOnly), From: "git, " + s.Commit[:min(len(s.Commit), 10)]})
	}
	list = append(list, s.ci()...)
	if dir := path.Join(s.dir, "docs"); s.firstIn(s.dir, "mkdocs.yml", "mkdocs.yaml") != "" {
		name := s.firstIn(s.dir, "mkdocs.yml", "mkdocs.yaml")
		list = append(list, catalog.Inferred{Field: FieldDocs, Value: "TechDocs", From: path.Join(s.dir, name)})
	} else if n := len(s.list(dir)); n > 0 {
		list = append(list, catalog.Inferred{Field: FieldDocs, Value: plural(n, "entry", "entries"), From: dir + "/"})
	}
	list = append(list, s.apis()...)
	for _, d := range []struct{ file, what string }{
		{"Dockerfile", "container image"},
		{"docker-compose.yml", "Compose"},
		{"docker-compose.yaml", "Compose"},
		{"compose.yaml", "Compose"},
		{"skaffold.yaml", "Skaffold"},
		{"Tiltfile", "Tilt"},
		{"fly.toml", "Fly"},
		{"app.yaml", "App Engine"},
		{"serverless.yml", "Serverless"},
		{"kustomization.yaml", "Kustomize"},
		{"devfile.yaml", "Devfile"},
	} {
		if s.firstIn(s.dir, d.file) != "" {
			list = append(list, catalog.Inferred{Field: FieldDeploy, Value: d.what, From: path.Join(s.dir, d.file)})
		}
	}
	return list
}

// ci are the pipelines of the repository, wherever in it the entity is.
func (s *survey) ci() []catalog.Inferred {
	var list []catalog.Inferred
	add := func(what, from string) {
		list = append(list, catalog.Inferred{Field: FieldCI, Value: what, From: from})
	}
	for _, forge := range []struct{ dir, name string }{
		{".github/workflows", "GitHub Actions"}, {".forgejo/workflows", "Forgejo Actions"}, {".gitea/workflows", "Gitea Actions"},
	} {
		n := 0
		for _, e := range s.list(forge.dir) {
			if ext := path.Ext(e.Name()); !e.IsDir() && (ext == ".yml" || ext == ".yaml") {
				n++
			}
		}
		if n > 0 {
			add(forge.name, forge.dir+", "+plural(n, "workflow", "workflows"))
		}
	}
	for _, d := range []struct{ dir, file, name string }{
		{".", ".gitlab-ci.yml", "GitLab CI"},
		{".", "Jenkinsfile", "Jenkins"},
		{".circleci", "config.yml", "CircleCI"},
		{".", "azure-pipelines.yml", "Azure Pipelines"},
		{".", "bitbucket-pipelines.yml", "Bitbucket Pipelines"},
		{".", ".travis.yml", "Travis CI"},
		{".", ".drone.yml", "Drone"},
		{".buildkite", "pipeline.yml", "Buildkite"},
		{".", ".woodpecker.yml", "Woodpecker"},
		{".", "cloudbuild.yaml", "Cloud Build"},
	} {
		if s.firstIn(d.dir, d.file) != "" {
			add(d.name, path.Join(d.dir, d.file))
		}
	}
	return list
}

// maxAPIs is how many definitions are told.
const maxAPIs = 8

// apis are the definitions of APIs in the folders where they usually lie.
func (s *survey) apis() []catalog.Inferred {
	var list []catalog.Inferred
	for _, sub := range []string{".", "api", "apis", "docs", "openapi", "spec", "proto", "protos", "schema", "src/main/resources"} {
		dir := path.Join(s.dir, sub)
		for _, e := range s.list(dir) {
			what := apiKind(e.Name())
			if what == "" || e.IsDir() || len(list) == maxAPIs {
				continue
			}
			list = append(list, catalog.Inferred{Field: FieldAPI, Value: what, From: clean(path.Join(dir, e.Name()), maxText)})
		}
	}
	return list
}

// apiKind is what a file defines by its name, as the type of an API; "" is nothing.
func apiKind(name string) string {
	name = strings.ToLower(name)
	stem, ext, _ := strings.Cut(name, ".")
	text := ext == "yaml" || ext == "yml" || ext == "json"
	switch {
	case strings.HasSuffix(name, ".proto"):
		return "grpc"
	case strings.HasSuffix(name, ".graphqls"), stem == "schema" && ext == "graphql":
		return "graphql"
	case text && (stem == "asyncapi" || strings.HasSuffix(stem, "-asyncapi")):
		return "asyncapi"
	case text && (stem == "openapi" || stem == "swagger" || strings.HasSuffix(stem, "-openapi")):
		return "openapi"
	}
	return ""
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
