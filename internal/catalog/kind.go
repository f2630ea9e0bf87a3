package catalog

import "strings"

// The built-in kinds. Names in YAML are these exactly; references and queries
// ignore case.
const (
	KindAPI        = "API"
	KindAIResource = "AiResource"
	KindComponent  = "Component"
	KindDomain     = "Domain"
	KindGroup      = "Group"
	KindLocation   = "Location"
	KindResource   = "Resource"
	KindSystem     = "System"
	KindTemplate   = "Template"
	KindUser       = "User"
)

// kindRule is what Backstage's model says of one kind.
type kindRule struct {
	name     string
	versions []string
	spec     *shape
	variants map[string]*shape // by spec.type, instead of spec
}

// specFor is the shape that a spec of this kind must have. An API of a model's
// server has remotes where an installation adds that to Backstage's model, and a
// definition everywhere else.
func (k *kindRule) specFor(spec map[string]any) *shape {
	if t, ok := spec["type"].(string); ok && (t != "ai-model-server" || spec["definition"] == nil) {
		if s := k.variants[t]; s != nil {
			return s
		}
	}
	return k.spec
}

var (
	coreVersions     = []string{"backstage.io/v1alpha1", "backstage.io/v1beta1"}
	aiVersions       = []string{"backstage.io/v1alpha1"}
	templateVersions = []string{"scaffolder.backstage.io/v1beta3"}
)

// Fields that several kinds share.
var (
	fieldType      = field{name: "type", required: true, shape: filled, hint: "add type: and a word of your own choice, such as service"}
	fieldLifecycle = field{name: "lifecycle", required: true, shape: filled, hint: "add lifecycle: experimental, production or deprecated"}
	fieldOwner     = field{name: "owner", required: true, shape: filled, ref: ownerRef, hint: "add owner: and the name of a group, or user:NAME"}
	fieldSystem    = field{name: "system", shape: filled, ref: &refRule{kind: KindSystem, relation: "partOf", reverse: "hasPart"}}
	fieldDependsOn = field{name: "dependsOn", shape: texts, ref: &refRule{relation: "dependsOn", reverse: "dependencyOf"}}
	// No schema of Backstage's names dependencyOf, so a single text and nothing at all pass, too.
	fieldDependedOn = field{name: "dependencyOf", shape: &shape{types: isList | isText | isNull, items: filled}, ref: &refRule{relation: "dependencyOf", reverse: "dependsOn"}}
	fieldProfile    = field{name: "profile", shape: &shape{types: isObject, fields: []field{
		{name: "displayName", shape: filled}, {name: "email", shape: filled}, {name: "picture", shape: filled},
	}}}
)

var ownerRef = &refRule{kind: KindGroup, relation: "ownedBy", reverse: "ownerOf", allowed: []string{KindGroup, KindUser}}

func partOf(kind string) *refRule {
	return &refRule{kind: kind, relation: "partOf", reverse: "hasPart"}
}

// optional is a shared field where its kind does not require it.
func optional(f field) field {
	f.required = false
	return f
}

func specOf(fields ...field) *shape { return &shape{types: isObject, fields: fields} }

// remotes replace an API's definition where its type is a server's.
var apiServer = specOf(fieldType, fieldLifecycle, fieldOwner, fieldSystem, field{
	name: "remotes", required: true, hint: "add remotes: a list of type and url",
	shape: &shape{types: isList, filled: true, items: &shape{types: isObject, fields: []field{
		{name: "type", required: true, shape: filled, hint: "add type: such as streamable-http"},
		{name: "url", required: true, shape: filled, hint: "add url: and the address"},
	}}},
})

// aiResource is the spec of an AiResource with the fields of its type.
func aiResource(fields ...field) *shape {
	system := field{name: "system", shape: filled, ref: &refRule{kind: KindSystem, relation: "partOf", reverse: "hasPart", allowed: []string{KindSystem}}}
	return specOf(append([]field{fieldType, fieldLifecycle, fieldOwner, system}, fields...)...)
}

func aiParts(name string) field {
	return field{
		name: name, required: true, shape: texts, hint: "add the list; it may be empty: " + name + ": []",
		ref: &refRule{kind: KindAIResource, relation: "hasPart", reverse: "partOf", allowed: []string{KindAIResource}},
	}
}

// builtinKinds are the kinds with a spec of known shape, by exact name.
var builtinKinds = map[string]*kindRule{
	KindComponent: {name: KindComponent, versions: coreVersions, spec: specOf(
		fieldType, fieldLifecycle, fieldOwner, fieldSystem,
		field{name: "subcomponentOf", shape: filled, ref: partOf(KindComponent)},
		field{name: "providesApis", shape: texts, ref: &refRule{kind: KindAPI, relation: "providesApi", reverse: "apiProvidedBy"}},
		field{name: "consumesApis", shape: texts, ref: &refRule{kind: KindAPI, relation: "consumesApi", reverse: "apiConsumedBy"}},
		fieldDependsOn, fieldDependedOn,
	)},
	KindAPI: {
		name: KindAPI, versions: coreVersions,
		spec: specOf(fieldType, fieldLifecycle, fieldOwner, fieldSystem, field{
			name: "definition", required: true, shape: filled,
			hint: "add definition: with the text of the API, or definition: {$text: ./openapi.yaml}",
		}),
		variants: map[string]*shape{"mcp-server": apiServer, "ai-model-server": apiServer},
	},
	KindResource: {name: KindResource, versions: coreVersions, spec: specOf(
		fieldType, fieldOwner, fieldSystem, fieldDependsOn, fieldDependedOn,
	)},
	KindSystem: {name: KindSystem, versions: coreVersions, spec: specOf(
		fieldOwner, field{name: "domain", shape: filled, ref: partOf(KindDomain)}, optional(fieldType),
	)},
	KindDomain: {name: KindDomain, versions: coreVersions, spec: specOf(
		fieldOwner, field{name: "subdomainOf", shape: filled, ref: partOf(KindDomain)}, optional(fieldType),
	)},
	KindGroup: {name: KindGroup, versions: coreVersions, spec: specOf(
		fieldType, fieldProfile,
		field{name: "parent", shape: filled, ref: &refRule{kind: KindGroup, relation: "childOf", reverse: "parentOf", allowed: []string{KindGroup}}},
		field{
			name: "children", required: true, shape: texts, hint: "add children: []",
			ref: &refRule{kind: KindGroup, relation: "parentOf", reverse: "childOf", allowed: []string{KindGroup}},
		},
		field{name: "members", shape: texts, ref: &refRule{kind: KindUser, relation: "hasMember", reverse: "memberOf", allowed: []string{KindUser}}},
	)},
	KindUser: {name: KindUser, versions: coreVersions, spec: specOf(
		fieldProfile,
		field{
			name: "memberOf", required: true, shape: texts, hint: "add memberOf: []",
			ref: &refRule{kind: KindGroup, relation: "memberOf", reverse: "hasMember", allowed: []string{KindGroup}},
		},
	)},
	KindLocation: {name: KindLocation, versions: coreVersions, spec: specOf(
		optional(fieldType),
		field{name: "target", shape: filled},
		field{name: "targets", shape: texts},
		field{name: "presence", shape: &shape{types: isText, enum: []string{"required", "optional"}}},
	)},
	KindTemplate: {name: KindTemplate, versions: templateVersions, spec: templateSpec},
	KindAIResource: {
		name: KindAIResource, versions: aiVersions, spec: aiResource(),
		variants: map[string]*shape{
			"skill": aiResource(
				field{name: "disciplines", shape: texts}, field{name: "categories", shape: texts}, field{name: "agents", shape: texts},
				field{name: "dependsOn", shape: texts, ref: &refRule{kind: KindAIResource, relation: "dependsOn", reverse: "dependencyOf", allowed: []string{KindAIResource}}},
				field{name: "allowedTools", shape: &shape{types: isText | isList, filled: true, items: filled}},
				field{name: "license", shape: filled}, field{name: "compatibility", shape: filled},
			),
			"rule": aiResource(
				field{name: "disciplines", shape: texts},
				field{name: "category", required: true, shape: filled, hint: "add category: such as security"},
				field{name: "rationale", required: true, shape: filled, hint: "add rationale: and say why the rule exists"},
				field{name: "activation", shape: &shape{types: isList, filled: true, items: &shape{types: isObject, fields: []field{
					{name: "harness", required: true, shape: &shape{types: isText, enum: []string{"claude", "cursor", "codex"}}},
				}}}},
			),
			"plugin":      aiResource(aiParts("skills"), field{name: "version", shape: filled}),
			"marketplace": aiResource(aiParts("plugins"), field{name: "version", shape: filled}),
		},
	},
}

// otherRefs are the reference fields of every kind that is not built in.
// Backstage derives nothing for such a kind; a person who writes owner on an
// Environment means it, so these are read where they are well-formed.
var otherRefs = []field{
	fieldOwner, fieldSystem, {name: "domain", ref: partOf(KindDomain)}, fieldDependsOn, fieldDependedOn,
}

// condition is text or a boolean, as if: has it.
var condition = &shape{types: isText | isBool}

var permissionTags = field{name: "backstage:permissions", shape: specOf(
	field{name: "tags", shape: &shape{types: isList, items: anyText}},
)}

var templateSpec = specOf(
	fieldType, optional(fieldOwner), optional(fieldLifecycle),
	field{name: "parameters", shape: &shape{
		types: isObject | isList, fields: []field{permissionTags}, items: specOf(permissionTags),
	}},
	field{name: "secrets", shape: specOf(field{name: "schema", shape: specOf()})},
	field{name: "presentation", shape: specOf(field{name: "buttonLabels", shape: specOf(
		field{name: "backButtonText", shape: anyText},
		field{name: "createButtonText", shape: anyText},
		field{name: "reviewButtonText", shape: anyText},
	)})},
	field{name: "EXPERIMENTAL_recovery", shape: specOf(field{name: "EXPERIMENTAL_strategy", shape: anyText})},
	field{name: "EXPERIMENTAL_formDecorators", shape: &shape{types: isList, items: specOf(
		field{name: "id", shape: anyText}, field{name: "input", shape: specOf()},
	)}},
	field{name: "steps", required: true, hint: "add steps: a list of actions", shape: &shape{types: isList, items: specOf(
		field{name: "id", shape: anyText},
		field{name: "name", shape: anyText},
		field{name: "action", required: true, shape: anyText, hint: "add action: such as fetch:template"},
		field{name: "input", shape: specOf()},
		field{name: "if", shape: condition},
		permissionTags,
	)}},
	field{name: "output", shape: &shape{
		types: isObject,
		fields: []field{
			{name: "links", shape: &shape{types: isList, items: specOf(
				field{name: "if", shape: condition},
				field{name: "url", shape: filled}, field{name: "entityRef", shape: filled},
				field{name: "title", shape: filled}, field{name: "icon", shape: filled},
			)}},
			{name: "text", shape: &shape{types: isList, items: specOf(
				field{name: "if", shape: condition},
				field{name: "title", shape: filled}, field{name: "icon", shape: filled}, field{name: "content", shape: anyText},
			)}},
		},
		rest: anyText,
	}},
)

// builtinFold finds a built-in kind whose name differs in case alone.
func builtinFold(kind string) *kindRule {
	for name, rule := range builtinKinds {
		if strings.EqualFold(name, kind) {
			return rule
		}
	}
	return nil
}

// builtinFor is the rule for an entity, nil for any other kind. A configured
// group beside Backstage's own may use the same names with a spec of its own.
func builtinFor(apiVersion, kind string) *kindRule {
	group, _, _ := strings.Cut(apiVersion, "/")
	if !groupMatches(defaultGroups, group) {
		return nil
	}
	return builtinKinds[kind]
}
