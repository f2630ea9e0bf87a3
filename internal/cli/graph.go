package cli

import (
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/idptui/idptui/internal/catalog"
)

const (
	graphDepth = 2
	graphNodes = 500 // more than anybody can read; --nodes raises it
)

func (p *program) graphCommand() *cobra.Command {
	c := declare(&cobra.Command{
		Use: "graph REF", Short: "Draw what an entity uses, or what uses it",
		Long: "Draw the neighbourhood of an entity: what it uses (the default), what uses it (--up), or everything that is " +
			"related to it in any way (--all). REF may also name something that is missing from the catalog.",
		Example: "idptui catalog graph payments-api\n" +
			"idptui catalog graph orders-db --up --depth 4\n" +
			"idptui catalog graph payments-api -o dot | dot -Tsvg > payments.svg",
		Args:              arguments(1, 1, "the reference of an entity, such as payments-api"),
		ValidArgsFunction: p.completeRefs,
	}, both)
	format := outputFlag(c, asTree, asDOT, asMermaid, asTable, asJSON, asYAML, asName)
	depth := c.Flags().Int("depth", graphDepth, "go `N` steps far")
	nodes := c.Flags().Int("nodes", graphNodes, "stop at `N` entities; 0 is no end")
	down := c.Flags().Bool("down", false, "what it uses (the default)")
	up := c.Flags().Bool("up", false, "what uses it: who is hit when it fails")
	all := c.Flags().Bool("all", false, "relations of every kind, owners and systems too")
	c.RunE = func(c *cobra.Command, args []string) error {
		switch {
		case *depth < 1:
			return Usage("a whole number above 0 is needed", "--depth cannot be %d", *depth)
		case *nodes < 0:
			return Usage("a whole number is needed, and 0 is no end", "--nodes cannot be %d", *nodes)
		}
		direction := catalog.Dependencies
		switch {
		case *up && *down, *up && *all, *down && *all:
			return Usage("--all draws both ways", "only one of --up, --down and --all can be used")
		case *up:
			direction = catalog.Dependents
		case *all:
			direction = catalog.AllRelations
		}
		return p.answer(c.Context(), Portal.View, func(_ Portal, view *catalog.View) error {
			ref, err := resolveRelated(view, args[0])
			if err != nil {
				return err
			}
			return p.printGraph(view.Walk(ref, direction, *depth, *nodes), *format)
		})
	}
	return c
}

// resolveRelated is resolve, which also takes what relations alone name.
func resolveRelated(view *catalog.View, text string) (catalog.Ref, error) {
	ref, err := resolve(view, text)
	if err == nil {
		return ref, nil
	}
	if missing, bad := catalog.ParseRef(text, catalog.RefDefaults{}); bad == nil && len(view.Relations(missing)) > 0 {
		return missing, nil
	}
	return catalog.Ref{}, err
}

// printEdges is a table of the relations of a graph.
func (p *program) printEdges(g *catalog.Graph) error {
	if len(g.Edges) == 0 {
		p.note(g.Nodes[0].Ref.Display("") + " has no relations of this kind; --up, --down and --all draw others")
		return nil
	}
	t := p.table(column{head: "FROM", paint: p.out().bold}, column{head: "RELATION"}, column{head: "TO"}, column{head: "NOTE", flex: true})
	for _, e := range g.Edges {
		var notes []string
		if !g.Nodes[e.To].Known {
			notes = append(notes, "not in the catalog")
		}
		if e.Cycle {
			notes = append(notes, "part of a cycle")
		}
		t.add(g.Nodes[e.From].Ref.Display(""), e.Type, g.Nodes[e.To].Ref.Display(""), strings.Join(notes, ", "))
	}
	return t.print(p.sys.Out)
}

func (p *program) printGraph(g *catalog.Graph, format string) error {
	var err error
	switch format {
	case asJSON, asYAML:
		return printValue(p.sys.Out, format, g)
	case asName:
		var b strings.Builder
		for _, n := range g.Nodes {
			b.WriteString(n.Ref.String() + "\n")
		}
		_, err = io.WriteString(p.sys.Out, b.String())
	case asTable:
		err = p.printEdges(g)
	case asDOT:
		_, err = io.WriteString(p.sys.Out, g.DOT())
	case asMermaid:
		_, err = io.WriteString(p.sys.Out, g.Mermaid())
	default:
		_, err = io.WriteString(p.sys.Out, g.Tree(!p.sys.UTF8()))
	}
	if g.More > 0 {
		p.note(Count(g.More, "entity") + " left out; --nodes shows more")
	}
	return err
}
