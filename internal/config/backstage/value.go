package backstage

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/idptui/idptui/internal/safe"
)

type kind uint8

const (
	isNull kind = iota
	isText      // any scalar; Backstage's numbers and flags are told by their look
	isList
	isObject
)

// place is where a value stands.
type place struct {
	file string // as in notes
	line int
}

// origin is the file that is being read.
type origin struct{ file, dir string }

// value is one value of an app-config. A nil value is one that is not there.
type value struct {
	kind   kind
	at     place
	dir    string // of the file it stands in, absolute
	keys   []string
	fields map[string]*value
	items  []*value

	text      string   // with escapes undone and defaults in place of variables
	variables []string // that the text holds
	whole     bool     // it is one variable and nothing beside
	lost      bool     // it needs what is not read: a variable without default, or a file
	file      string   // that holds the text, absolute; "" for none
}

func (v *value) set(key string, field *value) {
	if _, have := v.fields[key]; !have {
		v.keys = append(v.keys, key)
	}
	v.fields[key] = field
}

// get follows keys down; nil where one is missing, or empty.
func (v *value) get(path ...string) *value {
	for _, key := range path {
		if v == nil || v.kind != isObject {
			return nil
		}
		v = v.fields[key]
	}
	if v == nil || v.kind == isNull {
		return nil
	}
	return v
}

// list are the items of a list; a single object stands for a list of itself, as
// some integrations take it.
func (v *value) list() []*value {
	switch {
	case v == nil:
		return nil
	case v.kind == isObject:
		return []*value{v}
	}
	return v.items
}

// items are those of a list, up to a number of them.
func (r *reader) items(v *value, key string, limit int) []*value {
	list := v.list()
	if len(list) > limit {
		r.note(v, key, "it has more than "+strconv.Itoa(limit)+" items", "those after them were left out")
		list = list[:limit]
	}
	return list
}

// empty tells that a value says nothing.
func (v *value) empty() bool {
	return v == nil || v.kind == isNull || v.kind == isObject && len(v.keys) == 0 || v.kind == isList && len(v.items) == 0
}

// names are the keys of an object in their order.
func (v *value) names() []string {
	if v == nil {
		return nil
	}
	return v.keys
}

// is tells whether a scalar reads so.
func (v *value) is(text string) bool {
	return v != nil && v.kind == isText && !v.lost && strings.EqualFold(v.text, text)
}

// merge lays one file over what is there: objects deep, all else replaced.
func merge(under, over *value, key string, note func(*value, string, string, string)) *value {
	switch {
	case over == nil:
		return under
	case under == nil:
		return over
	case over.kind == isNull && (under.kind == isObject || under.kind == isList):
		note(over, key, "the key is empty here and hides what an earlier file has under it", "take it out, if that is not meant")
		return over
	case under.kind != isObject || over.kind != isObject:
		return over
	}
	out := *under
	out.fields = map[string]*value{}
	out.keys = append([]string(nil), under.keys...)
	for name, field := range under.fields {
		out.fields[name] = field
	}
	for _, name := range over.keys {
		out.set(name, merge(out.fields[name], over.fields[name], join(key, name), note))
	}
	return &out
}

func join(key, name string) string {
	if key == "" {
		return name
	}
	return key + "." + name
}

// substitution is ${NAME}, ${NAME:-default}, or either escaped by one more $.
var substitution = regexp.MustCompile(`\$?\$\{[^{}]*\}`)

// scalar reads a scalar with its variables.
func (v *value) scalar(n *yaml.Node) {
	v.kind = isText
	if n.ShortTag() == "!!null" {
		v.kind = isNull
		return
	}
	v.text = substitution.ReplaceAllStringFunc(n.Value, func(found string) string {
		if strings.HasPrefix(found, "$$") {
			return found[1:]
		}
		name, fallback, has := strings.Cut(found[2:len(found)-1], ":-")
		v.variables = append(v.variables, strings.TrimSpace(name))
		v.lost = v.lost || !has
		v.whole = found == strings.TrimSpace(n.Value)
		return fallback
	})
}

// text is a scalar that may be taken over. false is one that is not there, or
// that a note has been written about.
func (r *reader) text(v *value, key string) (string, bool) {
	switch {
	case v == nil || v.kind == isNull || v.kind == isText && !v.lost && v.text == "":
		return "", false
	case v.kind != isText:
		r.note(v, key, "it is no text", "")
		return "", false
	case v.file != "":
		r.note(v, key, "its value lies in a file of its own, which is not read", "write the value into a copy of the app-config")
		return "", false
	case v.lost:
		r.note(v, key, "it needs the value of "+variables(v)+"; variables are not read", "write the value into a copy of the app-config")
		return "", false
	case len(v.variables) > 0:
		r.note(v, key, "it depends on "+variables(v)+", which is not read", "the default was taken; change it, if the variable says otherwise")
	}
	return v.text, true
}

func variables(v *value) string {
	names := make([]string, len(v.variables))
	for i, name := range v.variables {
		names[i] = shown(name)
	}
	if len(names) == 1 {
		return "the variable " + names[0]
	}
	return "the variables " + strings.Join(names, ", ")
}

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// secret is where a secret lies, in the form of git.hosts[].secret. A secret that
// is written in clear is never taken over.
func (r *reader) secret(v *value, key string) string {
	const move = "move it to a variable or a file of its own, and name that with git.hosts[].secret as env:NAME or file:PATH"
	switch {
	case v == nil || v.kind == isText && !v.lost && v.text == "" && len(v.variables) == 0:
		return ""
	case v.file != "":
		if !writable(v.file, 900) {
			r.note(v, key, "the name of the secret's file cannot be written in a configuration", move)
			return ""
		}
		return "file:" + v.file
	case v.whole && variableName.MatchString(v.variables[0]) && len(v.variables[0]) < 900:
		if !v.lost {
			r.note(v, key, "its default was left behind, as a secret is not written in a configuration", "set the variable "+v.variables[0])
		}
		return "env:" + v.variables[0]
	case len(v.variables) > 0:
		r.note(v, key, "it is put together of "+variables(v)+" and more, which no reference can say", "put the whole secret into one variable, and name it with git.hosts[].secret")
		return ""
	}
	r.note(v, key, "the secret is written in clear, and was not copied", move)
	return ""
}

// writable tells whether a text can stand in a configuration of ours.
func writable(s string, limit int) bool {
	return s != "" && len(s) <= limit && utf8.ValidString(s) && !safe.Suspect(s) &&
		!strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// index is the key of an item.
func index(key string, i int) string { return fmt.Sprintf("%s[%s]", key, strconv.Itoa(i)) }
