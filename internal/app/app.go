// Package app wires the product together: configuration, state, store and
// sources behind the command line and the screen. It is the one package that may
// import all others.
//
// It owns the running parts: the hub that shares one decoded catalog between all
// sessions, and the sync loop. Both belong to a call of RunTUI and end with it.
// It must not hold rules of the domain, nor draw.
package app

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/idptui/idptui/internal/catalog/store"
	"github.com/idptui/idptui/internal/cli"
	"github.com/idptui/idptui/internal/config"
	"github.com/idptui/idptui/internal/state"
)

// Main carries out one command line and returns the exit code. ctx ends it early.
func Main(ctx context.Context, args []string, sys *cli.IO) int {
	return cli.Run(ctx, sys, &services{sys}, args)
}

// services implements cli.Services for one call.
type services struct{ sys *cli.IO }

func (s *services) outside() config.Outside {
	return config.Outside{Env: s.sys.Env, Dir: s.sys.Dir, Files: s.sys.Files}
}

// load reads the configuration that the settings lead to. The demo keeps how
// somebody likes the screen and replaces what is on it.
func (s *services) load(set cli.Settings) (*config.Config, error) {
	if s.sys.Files == nil {
		return nil, cli.Failed(nil, "", "there is no configuration within reach")
	}
	cfg, err := config.Load(s.outside(), config.Flags{Config: set.Config, Data: set.Data, Catalogs: set.Catalogs})
	if err != nil {
		return nil, sentence(err)
	}
	if set.Demo {
		cfg.Data = filepath.Join(cfg.Data, "demo")
		cfg.Company, cfg.User, cfg.Sources, cfg.Views = demoCompany, demoUser, nil, demoViews()
		if set.As != "" {
			cfg.User = set.As
		}
	}
	return cfg, nil
}

// sentence turns what the packages below report into what a person reads and a
// script tests: the exit code, and what to do.
func sentence(err error) error {
	var said *cli.Error
	var cfg *config.Error
	switch {
	case err == nil || errors.As(err, &said):
		return err
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.As(err, &cfg):
		return &cli.Error{Code: cli.ExitUsage, Text: err.Error(), Err: err}
	case errors.Is(err, store.ErrBusy) || errors.Is(err, state.ErrBusy):
		return &cli.Error{Code: cli.ExitBusy, Text: err.Error(), Err: err}
	case errors.Is(err, store.ErrNotFound) || errors.Is(err, state.ErrNotFound):
		return &cli.Error{Code: cli.ExitNotFound, Text: err.Error(), Err: err}
	}
	return cli.Failed(err, "", "%v", err)
}
