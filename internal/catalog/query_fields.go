package catalog

import "strings"

// fieldClass says how the values of a field are read and tested.
type fieldClass uint8

const (
	classText     fieldClass = iota // free text, which has no field
	className                       // metadata.name
	classColumn                     // a column of words
	classTag                        // any of the tags
	classRef                        // a column of refs
	classDomain                     // the domains that the entity is part of, at any depth
	classRelation                   // the other ends of one relation
	classHas                        // a thing that the entity has
	classMissing                    // a thing that it has not
	classIs                         // a state
	classOverlay                    // a column of an overlay
)

// queryField is a field of the query language.
type queryField struct {
	name    string
	class   fieldClass
	column  int      // classColumn, classTag, classRef
	example string   // a term that shows its values
	also    []string // other spellings, in lower case
}

// queryFields are all fields. A relation's name is its type; the other
// spellings are its plural and the key under which descriptors declare it.
var queryFields = []queryField{
	{name: "kind", example: "kind:component", class: classColumn, column: colKind},
	{name: "owner", example: "owner:me", class: classRef, column: colOwner},
	{name: "type", example: "type:service", class: classColumn, column: colType},
	{name: "tag", example: "tag:java", class: classTag, column: colTags, also: []string{"tags"}},
	{name: "lifecycle", example: "lifecycle:production", class: classColumn, column: colLifecycle},
	{name: "system", example: "system:payments", class: classRef, column: colSystem},
	{name: "domain", example: "domain:commerce", class: classDomain},
	{name: "namespace", example: "namespace:default", class: classColumn, column: colNamespace},
	{name: "name", example: "name:orders-*", class: className},
	{name: "source", example: "source:platform", class: classColumn, column: colSource},
	{name: "has", example: "has:runbook", class: classHas},
	{name: "missing", example: "missing:owner", class: classMissing},
	{name: "is", example: "is:starred", class: classIs},
	{name: "health", example: "health:down", class: classOverlay},
	{name: "level", example: "level:>=silver", class: classOverlay},
	{name: "score", example: "score:production<gold", class: classOverlay},
	{name: "dependsOn", example: "dependsOn:resource:orders-db", class: classRelation},
	{name: "dependencyOf", example: "dependencyOf:component:checkout", class: classRelation},
	{name: "providesApi", example: "providesApi:orders", class: classRelation, also: []string{"providesapis"}},
	{name: "apiProvidedBy", example: "apiProvidedBy:orders", class: classRelation},
	{name: "consumesApi", example: "consumesApi:orders", class: classRelation, also: []string{"consumesapis"}},
	{name: "apiConsumedBy", example: "apiConsumedBy:checkout", class: classRelation},
	{name: "partOf", example: "partOf:system:payments", class: classRelation, also: []string{"subcomponentof", "subdomainof"}},
	{name: "hasPart", example: "hasPart:component:orders", class: classRelation, also: []string{"hasparts"}},
	{name: "ownedBy", example: "ownedBy:me", class: classRelation},
	{name: "ownerOf", example: "ownerOf:component:orders", class: classRelation},
	{name: "memberOf", example: "memberOf:team-payments", class: classRelation},
	{name: "hasMember", example: "hasMember:alice", class: classRelation, also: []string{"hasmembers", "member", "members"}},
	{name: "childOf", example: "childOf:engineering", class: classRelation, also: []string{"parent"}},
	{name: "parentOf", example: "parentOf:team-payments", class: classRelation, also: []string{"children"}},
}

// fieldOf maps each spelling, in lower case, to its field.
var fieldOf = func() map[string]*queryField {
	m := map[string]*queryField{}
	for i := range queryFields {
		f := &queryFields[i]
		m[strings.ToLower(f.name)] = f
		for _, s := range f.also {
			m[s] = f
		}
	}
	return m
}()

// States for is:.
const (
	isStarred  = "starred"  // the user's own mark
	isDangling = "dangling" // names an entity that is not in the catalog
	isInvalid  = "invalid"  // has warnings recorded against it
)

var queryStates = []string{isStarred, isDangling, isInvalid}

// QueryFields are the names of all fields, for completion and help.
func QueryFields() []string {
	names := make([]string, len(queryFields))
	for i, f := range queryFields {
		names[i] = f.name
	}
	return names
}

// hasWords are the words for has: and missing:. An overlay's name stands for
// having any value in it.
func hasWords() []string {
	words := (^Has(0)).Names()
	for _, f := range queryFields {
		if f.class == classOverlay {
			words = append(words, f.name)
		}
	}
	return words
}
