package cli

import (
	"errors"
	"io/fs"
	"iter"
	"os"
	"path"
	"strings"

	"github.com/spf13/cobra"

	"github.com/idptui/idptui/internal/catalog"
)

func (p *program) exportCommand() *cobra.Command {
	c := declare(&cobra.Command{
		Use: "export [DIR]", Short: "Write out the whole catalog",
		Long: "Write out every entity, with placeholders filled in and defaults written: as YAML documents that can be read " +
			"as a catalog again, or as a JSON array. With DIR, write one file for each entity into that folder, which must " +
			"be empty or new. Locations are left out: they name files of the folder that they came from, and what those " +
			"hold is written out itself.",
		Example: "idptui catalog export > catalog.yaml\n" +
			"idptui catalog export -o json | jq length\n" +
			"idptui catalog export ./catalog",
		Args: arguments(0, 1, ""),
	}, both)
	takesPaths(c)
	format := outputFlag(c, asYAML, asJSON)
	c.RunE = func(c *cobra.Command, args []string) error {
		ctx := c.Context()
		return p.answer(ctx, Portal.View, func(portal Portal, view *catalog.View) error {
			locations := 0
			records := exported(portal.Records(ctx, nil), &locations)
			var err error
			switch {
			case len(args) == 1:
				err = p.exportFiles(records, args[0], *format)
			case *format == asJSON:
				err = p.printRecords(ctx, portal, view, records, asJSON)
			default:
				err = p.exportYAML(records)
			}
			if err == nil && locations > 0 {
				p.note(Count(locations, "Location") + " left out, as what they name is written out itself")
			}
			return err
		})
	}
	return c
}

// exported are the records without the Locations, which it counts.
func exported(records iter.Seq2[*catalog.Record, error], locations *int) iter.Seq2[*catalog.Record, error] {
	return func(yield func(*catalog.Record, error) bool) {
		for rec, err := range records {
			if err == nil && strings.EqualFold(rec.Entity.Kind, catalog.KindLocation) {
				*locations++
				continue
			}
			if !yield(rec, err) {
				return
			}
		}
	}
}

// exportYAML writes descriptors: what is output only (relations, status) would
// be refused when they are read again, so it is left out.
func (p *program) exportYAML(records iter.Seq2[*catalog.Record, error]) error {
	first := true
	for rec, err := range records {
		if err != nil {
			return err
		}
		if err := p.nextDocument(first, descriptor(rec)); err != nil {
			return err
		}
		first = false
	}
	return nil
}

func descriptor(rec *catalog.Record) *catalog.Entity {
	e := *rec.Entity
	e.Relations, e.Status = nil, nil
	return &e
}

func (p *program) exportFiles(records iter.Seq2[*catalog.Record, error], dir, format string) (err error) {
	root, err := p.emptyRoot(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	n := 0
	for rec, err := range records {
		if err != nil {
			return err
		}
		if err := exportFile(root, rec, format); err != nil {
			return Failed(err, "", "%s could not be written into %s: %v", rec.Entity.Ref(), dir, err)
		}
		n++
	}
	p.note(Count(n, "entity") + " written into " + dir)
	return nil
}

// emptyRoot opens a folder to write into, and makes it where there is none.
func (p *program) emptyRoot(dir string) (*os.Root, error) {
	full := p.sys.Path(dir)
	if err := p.sys.Files.MkdirAll(full); err != nil {
		return nil, Failed(err, "", "the folder %s cannot be made: %v", dir, err)
	}
	root, err := p.sys.Files.OpenRoot(full)
	if err != nil {
		return nil, Failed(err, "", "the folder %s cannot be opened: %v", dir, err)
	}
	entries, err := fs.ReadDir(root.FS(), ".")
	if err == nil && len(entries) > 0 {
		err = Usage("name a new or an empty folder", "the folder %s has something in it already", dir)
	}
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return root, nil
}

// exportFile writes kind/namespace/name.yaml. The parts of a ref are names in
// which no slash and no ".." can stand, and the root holds whatever else they are.
func exportFile(root *os.Root, rec *catalog.Record, format string) error {
	kind, rest, _ := strings.Cut(rec.Entity.Ref().String(), ":")
	name := path.Join(kind, rest) + "." + format
	if err := root.MkdirAll(path.Dir(name), 0o750); err != nil {
		return err
	}
	f, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
	if err != nil {
		return err
	}
	if format == asJSON {
		err = printJSON(f, descriptor(rec))
	} else {
		err = printEntityYAML(f, descriptor(rec))
	}
	return errors.Join(err, f.Close())
}
