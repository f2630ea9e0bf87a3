package backstage

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/idptui/idptui/internal/safe"
)

// YAML is the text of the configuration, with comments that say where each part
// comes from.
func (r *Result) YAML() ([]byte, error) {
	var root yaml.Node
	if err := root.Encode(r.Config); err != nil {
		return nil, err
	}
	quote(&root)
	names := make([]string, len(r.inputs))
	for i, in := range r.inputs {
		names[i] = safe.Line(in.Name)
	}
	root.HeadComment = comment("Made by idptui import backstage from " + strings.Join(names, ", ") + ".")
	for i := 0; i+1 < len(root.Content); i += 2 {
		k, v := root.Content[i], root.Content[i+1]
		switch k.Value {
		case "sources":
			k.HeadComment = comment("Where entities come from. The folders are those of this machine.")
			for j, item := range v.Content {
				item.HeadComment = comment("From " + places(r.Config.Sources[j].from))
			}
		case "git":
			k.HeadComment = comment("How repositories are reached. Secrets are named here, never written.")
			for j, item := range v.Content[1].Content {
				item.HeadComment = comment("From " + places([]place{r.Config.Git.Hosts[j].from}))
			}
		case "sync":
			k.HeadComment = comment("How often sources are read again.")
		}
	}
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	err := errors.Join(enc.Encode(&root), enc.Close())
	return b.Bytes(), err
}

// comment is a comment of one line.
func comment(text string) string { return "# " + safe.Line(text) }

// maxPlaces is how many places a comment lists.
const maxPlaces = 12

func places(list []place) string {
	var b strings.Builder
	file := ""
	for i, p := range list {
		switch {
		case i == maxPlaces:
			fmt.Fprintf(&b, " and %d more", len(list)-i)
			return b.String()
		case p.file != file && i > 0:
			b.WriteString(", ")
			fallthrough
		case i == 0:
			fmt.Fprintf(&b, "%s:%d", shown(p.file), p.line)
		default:
			fmt.Fprintf(&b, ", :%d", p.line)
		}
		file = p.file
	}
	return b.String()
}

// quote puts what begins like a number into quotes: readers of YAML differ in
// what they take for one.
func quote(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str" && n.Style == 0 && n.Value != "" && strings.ContainsRune("0123456789+-.", rune(n.Value[0])) {
		n.Style = yaml.DoubleQuotedStyle
	}
	for _, sub := range n.Content {
		quote(sub)
	}
}
