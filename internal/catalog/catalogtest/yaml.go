package catalogtest

import (
	"fmt"
	"strings"

	"github.com/idptui/idptui/internal/catalog"
)

// YAML writes the same n entities as descriptors, about 1.1 kB each, dealt to
// that many files of one folder, by file name.
func YAML(n, files int, seed uint64) map[string][]byte {
	files = max(files, 1)
	all := company(n, seed)
	written := make([]strings.Builder, files)
	for i := range all {
		w := writer{b: &written[i%files]}
		if i >= files {
			w.line("---")
		}
		w.entity(&all[i], fileName((i+1)%files))
	}
	out := make(map[string][]byte, files)
	for i := range written {
		out[fileName(i)] = []byte(written[i].String())
	}
	return out
}

func fileName(i int) string { return fmt.Sprintf("catalog-%04d.yaml", i) }

type writer struct{ b *strings.Builder }

func (w writer) line(format string, args ...any) { fmt.Fprintf(w.b, format+"\n", args...) }

// entity writes one document. nextFile is what a Location may point to.
func (w writer) entity(e *entity, nextFile string) {
	version := "backstage.io/v1alpha1"
	if e.ref.Kind == "Template" {
		version = "scaffolder.backstage.io/v1beta3"
	}
	w.line("apiVersion: %s\nkind: %s", version, e.ref.Kind)
	w.metadata(e)
	w.line("spec:")
	w.text("type", e.typ)
	w.text("lifecycle", e.lifecycle)
	w.ref("owner", "Group", e.ref, e.owner)
	w.ref("system", "System", e.ref, e.system)
	w.ref("domain", "Domain", e.ref, e.domain)
	w.refs("dependsOn", "", e.ref, e.dependsOn)
	w.refs("providesApis", "API", e.ref, e.provides)
	w.refs("consumesApis", "API", e.ref, e.consumes)
	switch e.ref.Kind {
	case "Group":
		w.ref("parent", "Group", e.ref, e.parent)
		w.line("  children: []\n  profile:\n    displayName: %q\n    email: %s", title(e.ref.Name), e.email)
	case "User":
		w.refs("memberOf", "Group", e.ref, e.memberOf)
		w.line("  profile:\n    displayName: %q\n    email: %s", e.title, e.email)
	case "Location":
		w.line("  targets:\n    - ./%s", nextFile)
	case "API":
		w.definition(e)
	case "Template":
		w.steps()
	}
}

func (w writer) metadata(e *entity) {
	w.line("metadata:\n  name: %s", e.ref.Name)
	if e.ref.Namespace != catalog.DefaultNamespace {
		w.line("  namespace: %s", e.ref.Namespace)
	}
	if e.title != "" {
		w.line("  title: %q", e.title)
	}
	w.line("  description: %q", e.description)
	w.line("  labels:\n    example.com/cost-centre: cc-%d\n    example.com/region: eu-north", len(e.description))
	w.line("  annotations:\n    example.com/created-by: platform-importer")
	w.line("    backstage.io/view-url: https://git.example.com/acme/%s/blob/main/catalog-info.yaml", e.ref.Name)
	w.line("    backstage.io/edit-url: https://git.example.com/acme/%s/edit/main/catalog-info.yaml", e.ref.Name)
	w.annotation(e.source, "github.com/project-slug", "acme/"+e.ref.Name)
	w.annotation(e.docs, "backstage.io/techdocs-ref", "dir:.")
	w.annotation(e.onCall, "pagerduty.com/service-id", fmt.Sprintf("P%06X", len(e.description)*7919))
	w.annotation(e.dashboard, "grafana/dashboard-selector", "service="+e.ref.Name)
	w.annotation(e.ref.Kind == "Component", "backstage.io/kubernetes-id", e.ref.Name)
	if len(e.tags) > 0 {
		w.line("  tags:")
		for _, tag := range e.tags {
			w.line("    - %s", tag)
		}
	}
	if e.runbook || e.dashboard {
		w.line("  links:")
	}
	w.link(e.runbook, "runbooks", "Runbook", "runbook", e.ref.Name)
	w.link(e.dashboard, "dashboards", "Dashboard", "dashboard", e.ref.Name)
}

func (w writer) annotation(is bool, key, value string) {
	if is {
		w.line("    %s: %s", key, value)
	}
}

func (w writer) link(is bool, host, title, kind, name string) {
	if is {
		w.line("    - url: https://%s.example.com/%s\n      title: %s\n      icon: %s\n      type: %s", host, name, title, kind, kind)
	}
}

func (w writer) text(key, value string) {
	if value != "" {
		w.line("  %s: %s", key, value)
	}
}

func (w writer) ref(key, kind string, self, target catalog.Ref) {
	if !target.IsZero() {
		w.line("  %s: %s", key, written(kind, self, target))
	}
}

func (w writer) refs(key, kind string, self catalog.Ref, targets []catalog.Ref) {
	if len(targets) == 0 {
		return
	}
	w.line("  %s:", key)
	for _, t := range targets {
		w.line("    - %s", written(kind, self, t))
	}
}

// written leaves out what the place of use says already.
func written(kind string, self, target catalog.Ref) string {
	s := target.Name
	if target.Namespace != self.Namespace {
		s = target.Namespace + "/" + s
	}
	if target.Kind != kind {
		s = strings.ToLower(target.Kind) + ":" + s
	}
	return s
}

func (w writer) definition(e *entity) {
	w.line("  definition: |\n    openapi: 3.0.3\n    info:\n      title: %s\n      version: 1.0.0\n    paths:", title(e.ref.Name))
	for _, path := range []string{"items", "status"} {
		w.line("      /%s:\n        get:\n          summary: Lists %s\n          responses:\n            '200':\n"+
			"              description: All is well\n              content:\n                application/json:\n"+
			"                  schema:\n                    type: object", path, path)
	}
}

func (w writer) steps() {
	w.line("  parameters:\n    - title: About\n      required: [name]\n      properties:\n        name:\n          type: string\n" +
		"          title: Name\n          pattern: ^[a-z0-9-]+$\n  steps:\n    - id: fetch\n      name: Fetch\n" +
		"      action: fetch:template\n      input:\n        url: ./skeleton\n        values:\n          name: ${{ parameters.name }}\n" +
		"    - id: publish\n      name: Publish\n      action: publish:github\n      input:\n" +
		"        repoUrl: github.com?owner=acme&repo=${{ parameters.name }}")
}
