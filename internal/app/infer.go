package app

import (
	"context"
	"io/fs"
	"path"

	"github.com/idptui/idptui/internal/catalog/infer"
	"github.com/idptui/idptui/internal/cli"
	"github.com/idptui/idptui/internal/repo"
	"github.com/idptui/idptui/internal/safe"
)

// Infer tells what a folder is from the files of its repository, or from its own
// where it is in none.
func (s *services) Infer(ctx context.Context, set cli.Settings, name string) (cli.Inference, error) {
	cfg, err := s.load(set)
	if err != nil {
		return cli.Inference{}, err
	}
	dir := s.sys.Path(name)
	switch info, err := s.sys.Files.Stat(dir); {
	case err != nil:
		return cli.Inference{}, cli.NotFound("name a folder", "the folder %s cannot be read: %v", safe.Line(name), cause(err))
	case !info.IsDir():
		return cli.Inference{}, cli.Usage("name the folder that it is in", "%s is no folder", safe.Line(name))
	}
	h := s.findHere(dir)
	if h == nil {
		h = &here{Checkout: repo.Checkout{Top: dir, At: "."}}
	} else {
		h.askGit(ctx)
	}
	var out cli.Inference
	err = h.look(s.sys.Files, func(files fs.FS) {
		h.readNearest(files, cfg.APIGroups)
		out.Result = infer.From(files, h.place(cfg))
		if path.Dir(h.descriptor) == out.Folder {
			out.Described = safe.Line(h.descriptor)
		}
	})
	if err != nil {
		return out, cli.Failed(err, "", "the folder %s cannot be read: %v", safe.Line(name), cause(err))
	}
	return out, nil
}
