package catalog

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// minimal are the smallest documents that Backstage accepts, by kind and type.
var minimal = map[string]string{
	"Component":              "type: service\nlifecycle: production\nowner: a\n",
	"API":                    "type: openapi\nlifecycle: production\nowner: a\ndefinition: x\n",
	"API mcp-server":         "type: mcp-server\nlifecycle: production\nowner: a\nremotes: [{type: sse, url: 'http://a'}]\n",
	"API ai-model-server":    "type: ai-model-server\nlifecycle: production\nowner: a\nremotes: [{type: https, url: 'http://a'}]\n",
	"Resource":               "type: database\nowner: a\n",
	"System":                 "owner: a\n",
	"Domain":                 "owner: a\n",
	"Group":                  "type: team\nchildren: []\n",
	"User":                   "memberOf: []\n",
	"Location":               "target: ./a.yaml\n",
	"Template":               "type: service\nsteps: []\n",
	"AiResource":             "type: prompt\nlifecycle: production\nowner: a\n",
	"AiResource skill":       "type: skill\nlifecycle: production\nowner: a\n",
	"AiResource rule":        "type: rule\nlifecycle: production\nowner: a\ncategory: b\nrationale: c\n",
	"AiResource plugin":      "type: plugin\nlifecycle: production\nowner: a\nskills: []\n",
	"AiResource marketplace": "type: marketplace\nlifecycle: production\nowner: a\nplugins: []\n",
}

// document puts a spec into an envelope of its kind.
func document(kind, spec string) string {
	kind, _, _ = strings.Cut(kind, " ")
	apiVersion := "backstage.io/v1alpha1"
	if kind == KindTemplate {
		apiVersion = "scaffolder.backstage.io/v1beta3"
	}
	return "apiVersion: " + apiVersion + "\nkind: " + kind + "\nmetadata: {name: x}\nspec:\n  " +
		strings.ReplaceAll(strings.TrimSuffix(spec, "\n"), "\n", "\n  ") + "\n"
}

func TestMinimalEntityOfEachKindIsAccepted(t *testing.T) {
	t.Parallel()
	for kind, spec := range minimal {
		if d := readDoc(t, document(kind, spec)); d.State != DocAccepted || len(d.Problems) > 0 {
			t.Errorf("%s: state %d, %v", kind, d.State, problemLines(d))
		}
	}
}

func TestEveryLineOfAMinimalSpecIsRequired(t *testing.T) {
	t.Parallel()
	for kind, spec := range minimal {
		lines := strings.SplitAfter(strings.TrimSuffix(spec, "\n"), "\n")
		for i, line := range lines {
			field, _, _ := strings.Cut(line, ":")
			if kind == KindLocation || field == "type" && strings.HasPrefix(kind, "A") && strings.Contains(kind, " ") {
				continue // nothing is required; or another variant would be meant
			}
			rest := strings.Join(append(append([]string{}, lines[:i]...), lines[i+1:]...), "") + "\nextra: 1"
			d := readDoc(t, document(kind, rest))
			if d.State != DocRefused || len(d.Problems) != 1 || d.Problems[0].Field != "spec."+field || d.Problems[0].Line != 4 || d.Problems[0].Hint == "" {
				t.Errorf("%s without %s: %+v", kind, field, d.Problems)
			}
		}
	}
}

func TestSpecRulesByKind(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		kind, extra string
		field, want string // "" is accepted
	}{
		{"Component", "subcomponentOf: ''", "spec.subcomponentOf", "is empty"},
		{"Component", "consumesApis: ['']", "spec.consumesApis[0]", "is empty"},
		{"Component", "definition: [any, thing]", "", ""},
		{"API", "system: 5", "spec.system", "is a number but must be text"},
		{"API mcp-server", "definition: {any: thing}", "", ""},
		{"Resource", "lifecycle: [1]", "", ""},
		{"Resource", "dependencyOf: x", "spec.dependencyOf", "must say its kind here"},
		{"Resource", "dependencyOf: {a: b}", "spec.dependencyOf", "is a mapping but must be text or a list or empty"},
		{"System", "domain: [a]", "spec.domain", "is a list but must be text"},
		{"System", "type: ''", "spec.type", "is empty"},
		{"System", "dependsOn: [kindless]", "", ""},
		{"Domain", "subdomainOf:", "spec.subdomainOf", "is empty but must be text"},
		{"Group", "parent: 1", "spec.parent", "is a number but must be text"},
		{"Group", "members: [a, b]", "", ""},
		{"Group", "profile: {email: 1}", "spec.profile.email", "is a number but must be text"},
		{"Group", "profile: {other: 1}", "", ""},
		{"User", "profile: []", "spec.profile", "is a list but must be a mapping"},
		{"Location", "targets: [a, '']", "spec.targets[1]", "is empty"},
		{"Location", "presence: optional", "", ""},
		{"Location", "presence: maybe", "spec.presence", `is "maybe" but must be required or optional`},
		{"Location", "type: ''", "spec.type", "is empty"},
		{"Template", "parameters: {properties: {}}", "", ""},
		{"Template", "parameters: [{}, {}]", "", ""},
		{"Template", "parameters: [a]", "spec.parameters[0]", "is text but must be a mapping"},
		{"Template", "parameters: a", "spec.parameters", "is text but must be a list or a mapping"},
		{"Template", "output: {remoteUrl: 5}", "spec.output.remoteUrl", "is a number but must be text"},
		{"Template", "output: {links: [{url: ''}]}", "spec.output.links[0].url", "is empty"},
		{"Template", "output: {text: [{content: 1}]}", "spec.output.text[0].content", "is a number but must be text"},
		{"Template", "owner: ''", "spec.owner", "is empty"},
		{"Template", "presentation: {buttonLabels: {createButtonText: 1}}", "spec.presentation.buttonLabels.createButtonText", "is a number but must be text"},
		{"Template", "secrets: {schema: []}", "spec.secrets.schema", "is a list but must be a mapping"},
		{"API ai-model-server", "definition: x", "", ""},
		{"AiResource skill", "allowedTools: Read Edit", "", ""},
		{"AiResource skill", "allowedTools: [Read, Edit]", "", ""},
		{"AiResource skill", "allowedTools: {a: b}", "spec.allowedTools", "is a mapping but must be text or a list"},
		{"AiResource skill", "agents: x", "spec.agents", "is text but must be a list"},
		{"AiResource rule", "activation: []", "spec.activation", "is an empty list"},
		{"AiResource rule", "activation: [{harness: other}]", "spec.activation[0].harness", `is "other" but must be claude or cursor or codex`},
		{"AiResource", "agents: x", "", ""},
	} {
		d := readDoc(t, document(tc.kind, minimal[tc.kind]+tc.extra))
		switch {
		case tc.want == "":
			if d.State != DocAccepted || len(d.Problems) != 0 {
				t.Errorf("%s with %s: %v", tc.kind, tc.extra, problemLines(d))
			}
		case d.State != DocRefused || len(d.Problems) != 1 || d.Problems[0].Field != tc.field || !strings.Contains(d.Problems[0].Message, tc.want):
			t.Errorf("%s with %s: %v", tc.kind, tc.extra, problemLines(d))
		}
	}
}

func TestTemplateStepsAreChecked(t *testing.T) {
	t.Parallel()
	d := readDoc(t, document("Template", `type: service
steps:
  - id: 1
    action: a
  - name: no action
  - action: b
    if: [x]
    input: y
  - text
  - {action: c, if: true, each: {a: 1}, backstage:permissions: {tags: [1]}}`))
	want := []string{
		`7:11 error spec.steps[0].id: spec.steps[0].id is a number but must be text`,
		`9:7 error spec.steps[1].action: spec.steps[1].action is missing`,
		`12:14 error spec.steps[2].input: spec.steps[2].input is text but must be a mapping`,
		`11:7 error spec.steps[2].if: spec.steps[2].if is a list but must be text or a boolean`,
		`13:7 error spec.steps[3]: spec.steps[3] is text but must be a mapping`,
		`14:74 error spec.steps[4].backstage:permissions.tags[0]: spec.steps[4].backstage:permissions.tags[0] is a number but must be text`,
	}
	if diff := cmp.Diff(want, problemLines(d)); diff != "" {
		t.Error(diff)
	}
}

func TestAcceptedVersionsByKind(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		kind, version string
		want          DocumentState
	}{
		{"Component", "backstage.io/v1alpha1", DocAccepted},
		{"Component", "backstage.io/v1beta1", DocAccepted},
		{"Component", "backstage.io/v1beta2", DocRefused},
		{"Component", "backstage.io/v1", DocRefused},
		{"Component", "scaffolder.backstage.io/v1beta3", DocRefused},
		{"Template", "scaffolder.backstage.io/v1beta3", DocAccepted},
		{"Template", "scaffolder.backstage.io/v1beta2", DocRefused},
		{"Template", "backstage.io/v1alpha1", DocRefused},
		{"AiResource", "backstage.io/v1alpha1", DocAccepted},
		{"AiResource", "backstage.io/v1beta1", DocRefused},
	} {
		text := document(tc.kind, minimal[tc.kind])
		_, rest, _ := strings.Cut(text, "\n")
		if d := readDoc(t, "apiVersion: "+tc.version+"\n"+rest); d.State != tc.want {
			t.Errorf("%s %s: %v", tc.kind, tc.version, problemLines(d))
		}
	}
}
