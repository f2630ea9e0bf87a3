package catalog

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// placeholderBundle gives an API definition as one text. Where it refers to
// other files by $ref, what they hold takes the place of the reference; a
// definition that stands alone is kept as written.
func placeholderBundle(d *docReader, target string, data []byte) (any, error) {
	if !bytes.Contains(data, []byte("$ref")) {
		return string(data), nil
	}
	root, err := d.oneYAML(data)
	if err != nil {
		return nil, err
	}
	b := bundle{d: d, files: map[string]any{target: root}, nodes: d.opts.Limits.Nodes}
	out, err := b.value(target, root, nil)
	switch {
	case err != nil:
		return nil, err
	case !b.changed:
		return string(data), nil
	}
	var buf bytes.Buffer
	enc := yaml.NewEncoder(&buf)
	enc.SetIndent(2)
	if err := enc.Encode(yamlNode(out, nil)); err != nil {
		return nil, fmt.Errorf("it cannot be written as one text: %w", err)
	}
	return buf.String(), nil
}

// bundle copies a definition with the references to other files filled in.
type bundle struct {
	d       *docReader
	files   map[string]any // by target
	changed bool
	nodes   int // that may still be copied
}

// value copies v, which stands in file. trail holds the references that are
// being filled in.
func (b *bundle) value(file string, v any, trail []string) (any, error) {
	if b.nodes--; b.nodes < 0 {
		return nil, fmt.Errorf("it has more than %d values once its references are filled in", b.d.opts.Limits.Nodes)
	}
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			var err error
			if out[i], err = b.value(file, v[i], trail); err != nil {
				return nil, err
			}
		}
		return out, nil
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok {
			if filled, done, err := b.ref(file, ref, trail); done || err != nil {
				return filled, err
			}
		}
		out := make(map[string]any, len(v))
		for key := range v {
			var err error
			if out[key], err = b.value(file, v[key], trail); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return v, nil
}

// ref gives what a reference names. It is not done for a reference within the
// definition itself, for a URL, and where filling in would never end.
func (b *bundle) ref(file, ref string, trail []string) (any, bool, error) {
	name, pointer, _ := strings.Cut(ref, "#")
	inside := len(trail) > 0 // the root's own references keep working as they are
	if (name == "" && !inside) || strings.Contains(name, ":") {
		return nil, false, nil
	}
	target := file
	if name != "" {
		target = path.Join(path.Dir(file), name)
		if strings.Contains(file, "://") {
			return nil, false, nil
		}
	}
	spot := target + "#" + pointer
	for _, open := range trail {
		if open == spot {
			return nil, false, nil
		}
	}
	if len(trail) >= b.d.opts.Limits.Depth {
		return nil, false, errors.New("its references lead on too far")
	}
	root, err := b.file(target)
	if err != nil {
		return nil, false, err
	}
	v, ok := atPointer(root, pointer)
	if !ok {
		return nil, false, fmt.Errorf("reference %s names nothing in %s", shown(ref), shown(target))
	}
	b.changed = true
	out, err := b.value(target, v, append(trail, spot))
	return out, true, err
}

func (b *bundle) file(target string) (any, error) {
	if v, ok := b.files[target]; ok {
		return v, nil
	}
	data, err := b.d.readTarget(target)
	if err != nil {
		return nil, err
	}
	v, err := b.d.oneYAML(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", shown(target), err)
	}
	b.files[target] = v
	return v, nil
}

// atPointer follows a JSON pointer.
func atPointer(v any, pointer string) (any, bool) {
	if pointer == "" || pointer == "/" {
		return v, true
	}
	unescape := strings.NewReplacer("~1", "/", "~0", "~")
	for part := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		part = unescape.Replace(part)
		switch at := v.(type) {
		case map[string]any:
			next, ok := at[part]
			if !ok {
				return nil, false
			}
			v = next
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(at) {
				return nil, false
			}
			v = at[i]
		default:
			return nil, false
		}
	}
	return v, true
}
