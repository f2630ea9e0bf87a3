package app

import (
	"context"
	"strings"
	"time"

	"github.com/idptui/idptui/internal/cli"
	"github.com/idptui/idptui/internal/config"
	"github.com/idptui/idptui/internal/ui"
)

// ConfigSchema is the JSON Schema of the configuration file.
func (s *services) ConfigSchema() []byte { return config.Schema() }

// Config is the configuration that the settings lead to, in the shape of its file.
func (s *services) Config(_ context.Context, set cli.Settings) (cli.Config, error) {
	cfg, err := s.load(set)
	if err != nil {
		return cli.Config{}, err
	}
	return s.inEffect(cfg), nil
}

// CheckConfig is Config with what only the screen can tell: whether its keys are
// those of actions, and its columns those of a list.
func (s *services) CheckConfig(_ context.Context, set cli.Settings) (cli.Config, error) {
	cfg, err := s.load(set)
	if err == nil {
		err = sentence(screenFaults(cfg))
	}
	if err != nil {
		return cli.Config{}, err
	}
	return s.inEffect(cfg), nil
}

func (s *services) inEffect(cfg *config.Config) cli.Config {
	return cli.Config{File: cfg.File, Default: s.outside().DefaultFile(), Values: inEffect(cfg)}
}

// screenFaults are what a screen cannot take of a configuration, or nil. Commands
// work all the same, and a screen leaves it out.
func screenFaults(cfg *config.Config) error {
	if problems := ui.Check(cfg.Keys, savedViews(cfg), cfg.Problem); len(problems) > 0 {
		return &config.Error{Problems: problems}
	}
	return nil
}

type shownConfig struct {
	Company   string              `json:"company,omitempty"`
	User      string              `json:"user,omitempty"`
	Data      string              `json:"data"`
	APIGroups []string            `json:"apiGroups,omitempty"`
	Sources   []shownSource       `json:"sources"`
	Git       *shownGit           `json:"git,omitempty"`
	Views     []shownView         `json:"views,omitempty"`
	Keys      map[string][]string `json:"keys,omitempty"`
	UI        shownUI             `json:"ui"`
	Sync      shownSync           `json:"sync"`
}

type shownSource struct {
	Name    string   `json:"name"`
	Folder  string   `json:"folder,omitempty"`
	Git     string   `json:"git,omitempty"`
	Branch  string   `json:"branch,omitempty"`
	Paths   []string `json:"paths,omitempty"`
	Trusted bool     `json:"trusted"`
	Kinds   []string `json:"kinds,omitempty"`
}

type shownGit struct {
	Files bool        `json:"files,omitempty"`
	Hosts []shownHost `json:"hosts,omitempty"`
}

type shownHost struct {
	Host       string `json:"host"`
	Forge      string `json:"forge,omitempty"`
	HTTP       bool   `json:"http,omitempty"`
	User       string `json:"user,omitempty"`
	Secret     string `json:"secret,omitempty"` // where it is
	Key        string `json:"key,omitempty"`
	KnownHosts string `json:"knownHosts,omitempty"`
}

type shownView struct {
	Name    string   `json:"name"`
	Query   string   `json:"query"`
	Sort    string   `json:"sort,omitempty"`
	Columns []string `json:"columns,omitempty"`
}

type shownUI struct {
	Theme string `json:"theme"`
	ASCII bool   `json:"ascii"`
	Mouse bool   `json:"mouse"`
}

type shownSync struct {
	Interval string `json:"interval"`
}

// interval is a length of time as a person writes it: 1m, not 1m0s.
func interval(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// inEffect is a configuration as its file would be written.
func inEffect(cfg *config.Config) shownConfig {
	out := shownConfig{
		Company: cfg.Company, User: cfg.User, Data: cfg.Data, APIGroups: cfg.APIGroups, Sources: []shownSource{},
		Keys: cfg.Keys, UI: shownUI{cfg.UI.Theme, cfg.UI.ASCII, cfg.UI.Mouse}, Sync: shownSync{interval(cfg.Sync.Interval)},
	}
	for _, s := range cfg.Sources {
		out.Sources = append(out.Sources, shownSource{s.Name, s.Folder, s.Repository, s.Branch, s.Paths, s.Trusted, s.Kinds})
	}
	if cfg.Git.Files || len(cfg.Git.Hosts) > 0 {
		out.Git = &shownGit{Files: cfg.Git.Files}
	}
	for _, h := range cfg.Git.Hosts {
		out.Git.Hosts = append(out.Git.Hosts, shownHost{h.Name, h.Forge, h.HTTP, h.User, h.Secret.String(), h.Key, h.KnownHosts})
	}
	for _, v := range cfg.Views {
		out.Views = append(out.Views, shownView{v.Name, v.Query, v.Sort, v.Columns})
	}
	return out
}
