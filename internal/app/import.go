package app

import (
	"context"

	"github.com/idptui/idptui/internal/cli"
	"github.com/idptui/idptui/internal/config/backstage"
)

// ImportBackstage makes a configuration of app-config files.
func (s *services) ImportBackstage(_ context.Context, paths []string) (*backstage.Result, error) {
	if s.sys.Files == nil {
		return nil, cli.Failed(nil, "", "there are no files within reach")
	}
	inputs := make([]backstage.Input, len(paths))
	for i, path := range paths {
		inputs[i] = backstage.Input{Name: path, Path: s.sys.Path(path)}
	}
	got, err := backstage.Convert(s.sys.Files, inputs)
	return got, sentence(err)
}
