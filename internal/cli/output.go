package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/idptui/idptui/internal/catalog"
)

// Output formats. Each command says which it has.
const (
	asTable   = "table"
	asJSON    = "json"
	asYAML    = "yaml"
	asName    = "name"
	asTree    = "tree"
	asDOT     = "dot"
	asMermaid = "mermaid"
)

// outputFlag gives a command -o with the formats that it has; the first is the
// default.
func outputFlag(c *cobra.Command, formats ...string) *string {
	v := &formatValue{text: formats[0], allowed: formats}
	c.Flags().VarP(v, "output", "o", "print as "+orList(formats))
	_ = c.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp))
	return &v.text
}

type formatValue struct {
	text    string
	allowed []string
}

func (v *formatValue) String() string { return v.text }
func (v *formatValue) Type() string   { return "format" }

func (v *formatValue) Set(s string) error {
	if !slices.Contains(v.allowed, s) {
		return fmt.Errorf("it can be %s", orList(v.allowed))
	}
	v.text = s
	return nil
}

// printValue writes a value as data: asJSON or asYAML.
func printValue(w io.Writer, format string, v any) error {
	if format == asYAML {
		return printYAML(w, v)
	}
	return printJSON(w, v)
}

// printJSON writes one indented JSON value and a line end.
func printJSON(w io.Writer, v any) error {
	b, err := marshalJSON(v)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, b, "", "  "); err != nil {
		return err
	}
	out.WriteByte('\n')
	_, err = w.Write(out.Bytes())
	return err
}

// marshalJSON is json.Marshal that leaves <, > and & as they are: the output
// goes to terminals and jq, not into web pages.
func marshalJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// jsonArray writes a JSON array one item at a time, so that a big catalog is
// never held as text.
type jsonArray struct {
	w io.Writer
	n int
}

func (a *jsonArray) add(v any) error {
	b, err := marshalJSON(v)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if a.n == 0 {
		out.WriteString("[\n  ")
	} else {
		out.WriteString(",\n  ")
	}
	a.n++
	if err := json.Indent(&out, b, "  ", "  "); err != nil {
		return err
	}
	_, err = a.w.Write(out.Bytes())
	return err
}

func (a *jsonArray) end() error {
	text := "\n]\n"
	if a.n == 0 {
		text = "[]\n"
	}
	_, err := io.WriteString(a.w, text)
	return err
}

// printYAML writes a value as one YAML document with the keys of its JSON.
func printYAML(w io.Writer, v any) error {
	b, err := marshalJSON(v)
	if err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var plain any
	if err := dec.Decode(&plain); err != nil {
		return err
	}
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := errors.Join(enc.Encode(wholeNumbers(plain)), enc.Close()); err != nil {
		return err
	}
	_, err = w.Write(out.Bytes())
	return err
}

// wholeNumbers makes the numbers of a decoded value such that YAML writes them as
// JSON did: 1234567, not 1.234567e+06.
func wholeNumbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, err := v.Float64()
		if err != nil { // beyond all floats
			return v.String()
		}
		return f
	case []any:
		for i := range v {
			v[i] = wholeNumbers(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = wholeNumbers(v[k])
		}
	}
	return v
}

// printEntityYAML writes an entity as one YAML document, keys in the order that
// people are used to.
func printEntityYAML(w io.Writer, e *catalog.Entity) error {
	b, err := e.YAML()
	if err == nil {
		_, err = w.Write(b)
	}
	return err
}
