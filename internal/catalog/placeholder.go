package catalog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// placeholders are the keys that stand for the contents of a file. An object
// with exactly one key beginning with $ is replaced; any other key (such as
// $ref) and any object with more keys is left as it is.
var placeholders = map[string]func(d *docReader, target string, data []byte) (any, error){
	"$text":     placeholderText,
	"$json":     placeholderJSON,
	"$yaml":     placeholderYAML,
	"$openapi":  placeholderBundle,
	"$asyncapi": placeholderBundle,
}

// neverResolved is what Backstage wants to see before it resolves anything.
var neverResolved = []string{"metadata", "metadata.name", "metadata.namespace"}

// resolvePlaceholders replaces the placeholders of a document in place. What a
// file brings in is not searched again.
func (d *docReader) resolvePlaceholders(doc map[string]any) {
	if bytes.IndexByte(d.chunk.text, '$') < 0 {
		return
	}
	for key, v := range doc {
		here := place{nil, key, -1}
		doc[key] = d.resolveValue(&here, v)
	}
}

func (d *docReader) resolveValue(at *place, v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			here := at.item(i)
			v[i] = d.resolveValue(&here, v[i])
		}
	case map[string]any:
		dollar := ""
		for key := range v {
			if strings.HasPrefix(key, "$") {
				dollar = key
			}
		}
		if dollar == "" {
			for key := range v {
				here := at.field(key)
				v[key] = d.resolveValue(&here, v[key])
			}
			return v
		}
		read, known := placeholders[dollar]
		if len(v) != 1 || !known || slices.Contains(neverResolved, at.path().String()) {
			return v
		}
		return d.resolvePlaceholder(at, dollar, v[dollar], read)
	}
	return v
}

func (d *docReader) resolvePlaceholder(at *place, key string, value any, read func(*docReader, string, []byte) (any, error)) any {
	path := append(at.path(), key)
	target, ok := value.(string)
	if !ok || target == "" {
		d.failPlaceholder(at, path, key+" must be followed by a path or a URL", "write for example "+key+": ./openapi.yaml")
		return value
	}
	data, err := d.readTarget(target)
	if err == nil {
		var result any
		if result, err = read(d, target, data); err == nil {
			return result
		}
	}
	hint := "check the path, which is relative to this file, and what the file holds"
	if strings.Contains(target, "://") {
		hint = "keep a copy beside this file and name that"
	}
	d.failPlaceholder(at, path, fmt.Sprintf("%s %s cannot be used: %v", key, shown(target), err), hint)
	return value
}

func (d *docReader) failPlaceholder(at *place, path fieldPath, message, hint string) {
	d.reportAt(Error, ClassPlaceholder, path, message, hint)
	d.failed = append(d.failed, at.path().String())
}

// readTarget reads what a placeholder names, within the limits.
func (d *docReader) readTarget(target string) ([]byte, error) {
	if d.opts.Resolve == nil {
		return nil, errors.New("files beside this one cannot be read here")
	}
	data, err := d.opts.Resolve(target)
	if err != nil {
		return nil, err
	}
	if limit := d.opts.Limits.DocumentBytes; len(data) > limit {
		return nil, fmt.Errorf("it has %s, more than the %s that are read", megabytes(len(data)), megabytes(limit))
	}
	return bytes.TrimPrefix(data, []byte("\ufeff")), nil
}

func placeholderText(_ *docReader, _ string, data []byte) (any, error) { return string(data), nil }

func placeholderJSON(_ *docReader, _ string, data []byte) (any, error) {
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return nil, fmt.Errorf("it is no JSON: %w", err)
	}
	return v, nil
}

func placeholderYAML(d *docReader, _ string, data []byte) (any, error) {
	return d.oneYAML(data)
}

// oneYAML reads a file that must hold exactly one document.
func (d *docReader) oneYAML(data []byte) (any, error) {
	var chunks []yamlChunk
	for chunk := range splitDocuments(data) {
		if chunks = append(chunks, chunk); len(chunks) > 1 {
			return nil, errors.New("it holds more than one YAML document")
		}
	}
	if len(chunks) == 0 {
		return nil, errors.New("it holds no YAML document")
	}
	chunk := chunks[0]
	if f := chunk.charFault(); f != nil {
		return nil, faultError(*f)
	}
	text := chunk.parserText()
	root, err := parseYAML(text)
	if err != nil {
		return nil, faultError(chunk.parseFault(text, err, &d.budget))
	}
	if root == nil {
		return nil, nil
	}
	dec := yamlDecoder{limits: d.opts.Limits, offset: chunk.line - 1, breaks: hasForeignBreaks(chunk.text)}
	value := dec.value(root, 0)
	if len(dec.faults) > 0 {
		return nil, faultError(dec.faults[0])
	}
	return value, nil
}

// faultError is a fault of another file than the one that is read.
func faultError(f yamlFault) error {
	return fmt.Errorf("its line %d: %s", f.line, f.message)
}
