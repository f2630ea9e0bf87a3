package backstage

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/idptui/idptui/internal/safe"
)

// Limits of what is read. A real app-config is far below them.
const (
	maxFileBytes = 1 << 20
	maxValues    = 200_000 // of all files, aliases written out
	maxDepth     = 60
	maxIncludes  = 100
)

// reader reads files into values and collects notes.
type reader struct {
	files    Files
	notes    []Note
	values   int
	includes int
}

var errBig = errors.New("it is bigger than any configuration is: too many values, or too deeply nested")

// file reads one app-config; nil where it holds nothing.
func (r *reader) file(in Input) (*value, error) {
	v, err := r.document(in.Path, in.Name, 0)
	if err == nil && v != nil && v.kind == isNull {
		v = nil
	}
	if err == nil && v != nil && v.kind != isObject {
		err = errors.New("it is no group of keys, as an app-config is")
	}
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", safe.Line(in.Name), err)
	}
	return v, nil
}

// document reads a YAML or JSON file.
func (r *reader) document(path, name string, depth int) (*value, error) {
	info, err := r.files.Stat(path)
	if err != nil {
		return nil, cause(err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is no regular file")
	}
	text, err := r.files.ReadFile(path, maxFileBytes+1)
	if err != nil {
		return nil, cause(err)
	}
	if len(text) > maxFileBytes {
		return nil, fmt.Errorf("it is over %d KiB", maxFileBytes>>10)
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	var doc, second yaml.Node
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, syntax(err)
	}
	if err := dec.Decode(&second); !errors.Is(err, io.EOF) {
		return nil, errors.New("it holds more than one document, which Backstage does not read either")
	}
	return r.value(doc.Content[0], origin{file: name, dir: filepath.Dir(path)}, depth)
}

// cause is a file error without the call and the path.
func cause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// syntax words the parser's error. It is a line and what is wrong, and may quote
// a name of the file, but no value.
func syntax(err error) error {
	text, _ := safe.Cap(safe.Line(strings.TrimPrefix(err.Error(), "yaml: ")), 200)
	return errors.New("it is no YAML: " + text)
}

// value makes a value of a node, variables and includes understood.
func (r *reader) value(n *yaml.Node, from origin, depth int) (*value, error) {
	if r.values++; r.values > maxValues || depth > maxDepth {
		return nil, errBig
	}
	v := &value{at: place{from.file, n.Line}, dir: from.dir}
	switch n.Kind {
	case yaml.AliasNode:
		return r.value(n.Alias, from, depth+1)
	case yaml.SequenceNode:
		v.kind = isList
		for _, item := range n.Content {
			one, err := r.value(item, from, depth+1)
			if err != nil {
				return nil, err
			}
			v.items = append(v.items, one)
		}
	case yaml.MappingNode:
		if len(n.Content) == 2 && slices.Contains([]string{"$env", "$file", "$include"}, n.Content[0].Value) {
			return r.reference(n.Content[0], n.Content[1], from, depth)
		}
		v.kind, v.fields = isObject, map[string]*value{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			field, err := r.value(n.Content[i+1], from, depth+1)
			if err != nil {
				return nil, err
			}
			field.at.line = n.Content[i].Line // where people look for it
			v.set(n.Content[i].Value, field)
		}
	case yaml.ScalarNode:
		v.scalar(n)
	default:
		v.kind = isNull
	}
	return v, nil
}

// reference reads {$env: NAME}, {$file: PATH} and {$include: PATH#KEY}.
func (r *reader) reference(k, of *yaml.Node, from origin, depth int) (*value, error) {
	v := &value{at: place{from.file, k.Line}, dir: from.dir, kind: isText}
	named := &value{at: v.at}
	named.scalar(of)
	if of.Kind != yaml.ScalarNode || named.kind != isText || named.text == "" || named.lost {
		r.note(v, k.Value, "it names nothing that can be followed", "write the value out in a copy of the file")
		v.kind = isNull
		return v, nil
	}
	switch k.Value {
	case "$env":
		v.variables, v.whole, v.lost = []string{named.text}, true, true
		return v, nil
	case "$file":
		v.file, v.lost = absolute(from.dir, named.text), true
		return v, nil
	}
	return r.include(v, named.text, from, depth)
}

func (r *reader) include(v *value, target string, from origin, depth int) (*value, error) {
	if r.includes++; r.includes > maxIncludes {
		return nil, errBig
	}
	name, key, _ := strings.Cut(target, "#")
	// The depth goes on, so that files which include each other come to an end.
	got, err := r.document(absolute(from.dir, name), filepath.Join(filepath.Dir(from.file), name), depth+1)
	if errors.Is(err, errBig) {
		return nil, err
	}
	for part := range strings.SplitSeq(key, ".") {
		if part != "" && got != nil {
			got = got.get(part)
		}
	}
	if err == nil && got == nil {
		err = errors.New("it has no such key")
	}
	if err != nil {
		r.note(v, "$include", "the included file was not followed: "+err.Error(), "what stands there is missing here")
		v.kind = isNull
		return v, nil
	}
	return got, nil
}

func absolute(dir, name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(dir, name)
}
