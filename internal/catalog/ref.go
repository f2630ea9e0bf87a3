package catalog

import (
	"fmt"
	"strings"
)

// DefaultNamespace is the namespace of an entity that names none.
const DefaultNamespace = "default"

// Ref names an entity. The parts keep the case in which they were written, for
// display; two refs are the same entity when their String forms are equal.
type Ref struct {
	Kind, Namespace, Name string
}

// RefDefaults fill the parts that a written reference leaves out. An empty
// Kind means that the kind must be written (as in spec.dependsOn).
type RefDefaults struct {
	Kind, Namespace string
}

// ParseRef reads "[kind:][namespace/]name" as Backstage does: split at the first
// colon and the first slash; a slash before the colon means that there is no
// kind and the colon belongs to the name. Empty parts and a missing kind without
// a default are errors that say so in one sentence.
func ParseRef(text string, def RefDefaults) (Ref, error) {
	rest := strings.TrimSpace(text)
	r := Ref{Kind: def.Kind, Namespace: def.Namespace}
	if r.Namespace == "" {
		r.Namespace = DefaultNamespace
	}
	colon, slash := strings.IndexByte(rest, ':'), strings.IndexByte(rest, '/')
	if colon >= 0 && (slash < 0 || colon < slash) {
		r.Kind, rest = rest[:colon], rest[colon+1:]
		if r.Kind == "" {
			return Ref{}, fmt.Errorf("reference %q has nothing before its colon; write kind:name", text)
		}
		slash = strings.IndexByte(rest, '/')
	}
	if slash >= 0 {
		r.Namespace, rest = rest[:slash], rest[slash+1:]
		if r.Namespace == "" {
			return Ref{}, fmt.Errorf("reference %q has nothing before its slash; write namespace/name", text)
		}
	}
	r.Name = rest
	if r.Name == "" {
		return Ref{}, fmt.Errorf("reference %q has no name; write [kind:][namespace/]name", text)
	}
	if r.Kind == "" {
		return Ref{}, fmt.Errorf("reference %q must say its kind here, as in component:%s", text, rest)
	}
	return r, nil
}

// String is the canonical text "kind:namespace/name", in lower case. It is the
// key under which stores, relations and commands know the entity.
func (r Ref) String() string {
	if r.IsZero() {
		return ""
	}
	return strings.ToLower(r.Kind + ":" + r.Namespace + "/" + r.Name)
}

// Display is the shortest text that a person needs where kind is expected: the
// name alone, with the namespace when it is not the default one, and the kind
// when it is another than expected ("" shows the kind always).
func (r Ref) Display(expectedKind string) string {
	s := r.Name
	if r.Namespace != "" && !strings.EqualFold(r.Namespace, DefaultNamespace) {
		s = r.Namespace + "/" + s
	}
	if !strings.EqualFold(r.Kind, expectedKind) {
		s = strings.ToLower(r.Kind) + ":" + s
	}
	return s
}

// Equal tells whether both name the same entity, ignoring case.
func (r Ref) Equal(o Ref) bool {
	return strings.EqualFold(r.Name, o.Name) && strings.EqualFold(r.Kind, o.Kind) && strings.EqualFold(r.Namespace, o.Namespace)
}

// IsZero is true of the ref that names nothing.
func (r Ref) IsZero() bool { return r == Ref{} }
