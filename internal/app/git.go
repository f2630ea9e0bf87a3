package app

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/idptui/idptui/internal/catalog/source"
	"github.com/idptui/idptui/internal/cli"
	"github.com/idptui/idptui/internal/config"
	"github.com/idptui/idptui/internal/repo"
)

// mirrorsFolder holds the mirrors of repositories, below the data directory.
const mirrorsFolder = "mirrors"

// mirrors are the repositories that this data directory has copies of.
func mirrors(sys *cli.IO, cfg *config.Config) (*repo.Mirrors, error) {
	o := repo.Options{Dir: filepath.Join(cfg.Data, mirrorsFolder)}
	if cfg.Git.Files {
		o.Files = []string{"/"}
	}
	for _, h := range cfg.Git.Hosts {
		if h.HTTP {
			o.PlainHTTP = append(o.PlainHTTP, h.Name)
		}
	}
	for _, name := range []string{
		"http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH",
	} {
		if v := sys.Env(name); v != "" {
			o.Environ = append(o.Environ, name+"="+v)
		}
	}
	return repo.New(o)
}

// source is a source of the configuration, ready to be read.
func (p *portal) source(src config.Source, cfg *config.Config) source.Source {
	rules := source.Rules{Paths: src.Paths, Trusted: src.Trusted, Kinds: src.Kinds, Groups: cfg.APIGroups}
	if src.Repository == "" {
		return source.NewFolder(src.Name, src.Folder, rules)
	}
	remote, host := p.remote(src.Repository, cfg)
	remote.Branch = src.Branch
	return source.NewGit(src.Name, p.mirrors, remote, repo.Forge(host.Forge), rules)
}

// remote is how the repository at an address is reached.
func (p *portal) remote(address string, cfg *config.Config) (repo.Remote, config.Host) {
	host, _ := cfg.Git.Host(repo.HostOf(address))
	remote := repo.Remote{URL: address, SSH: repo.SSH{KeyFile: host.Key, KnownHosts: host.KnownHosts, Agent: p.sys.Env("SSH_AUTH_SOCK")}}
	if remote.SSH.KnownHosts == "" {
		if file := p.sys.Path("~/.ssh/known_hosts"); filepath.IsAbs(file) && p.sys.Files != nil {
			if _, err := p.sys.Files.Stat(file); err == nil {
				remote.SSH.KnownHosts = file
			}
		}
	}
	if host.Secret.Place != "" {
		remote.Secret = func(ctx context.Context) (repo.Secret, error) {
			token, err := p.secret(ctx, host.Secret)
			if err != nil {
				return repo.Secret{}, fmt.Errorf("the secret of the host %s cannot be had: %w", host.Name, err)
			}
			return repo.NewSecret(host.User, token), nil
		}
	}
	return remote, host
}

// web is how the addresses in Locations are followed: to hosts that the
// configuration lists, and to those of its sources.
func (p *portal) web() *source.Web {
	listed := map[string]bool{}
	for _, h := range p.cfg.Git.Hosts {
		listed[h.Name] = true
	}
	for _, src := range p.cfg.Sources {
		if src.Repository != "" {
			listed[repo.HostOf(src.Repository)] = true
		}
	}
	delete(listed, "")
	return &source.Web{
		Mirrors: p.mirrors,
		Remote: func(clone string) (repo.Remote, bool) {
			remote, _ := p.remote(clone, p.cfg)
			return remote, listed[repo.HostOf(clone)]
		},
		Forge: func(host string) repo.Forge {
			h, _ := p.cfg.Git.Host(host)
			return repo.Forge(h.Forge)
		},
	}
}

const (
	maxSecret      = 64 << 10         // bytes
	secretPatience = 20 * time.Second // how long a program may take to tell one
)

// secret is the first line of what the configuration says where to find.
func (p *portal) secret(ctx context.Context, at config.Secret) (string, error) {
	var text string
	switch at.Place {
	case config.SecretEnv:
		text = p.sys.Env(at.Name)
		if text == "" {
			return "", fmt.Errorf("the variable %s is not set; set it", at.Name)
		}
	case config.SecretFile:
		data, err := p.sys.Files.ReadFile(at.Name, maxSecret)
		if err != nil {
			return "", fmt.Errorf("the file %s cannot be read: %w", at.Name, cause(err))
		}
		text = string(data)
	case config.SecretCommand:
		data, err := p.told(ctx, at)
		if err != nil {
			return "", err
		}
		text = data
	}
	line, _, _ := strings.Cut(text, "\n")
	if line = strings.TrimSpace(line); line == "" {
		return "", fmt.Errorf("there is none at %s", at.Place)
	}
	return line, nil
}

// told is what a program prints. What it says on its standard error may hold the
// secret, so that nobody is shown it.
func (p *portal) told(ctx context.Context, at config.Secret) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, secretPatience)
	defer cancel()
	name := at.Name
	if !filepath.IsAbs(name) {
		path, err := exec.LookPath(name)
		if err != nil {
			return "", fmt.Errorf("the program %s is not there; install it", name)
		}
		name = path
	}
	cmd := exec.CommandContext(ctx, name, at.Args...)
	cmd.Env = []string{"PATH=" + p.sys.Env("PATH"), "HOME=" + p.sys.Env("HOME"), "LANG=C.UTF-8"}
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	var out limited
	cmd.Stdout = &out
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return "", fmt.Errorf("the program %s did not answer in %s", filepath.Base(name), secretPatience)
	case out.over:
		return "", fmt.Errorf("the program %s printed more than %d KiB", filepath.Base(name), maxSecret>>10)
	case err != nil:
		return "", fmt.Errorf("the program %s failed (%w); run it by hand", filepath.Base(name), cause(err))
	}
	return string(out.data), nil
}

// limited keeps output up to a limit.
type limited struct {
	data []byte
	over bool
}

func (l *limited) Write(p []byte) (int, error) {
	if l.over = l.over || len(l.data)+len(p) > maxSecret; l.over {
		return len(p), nil
	}
	l.data = append(l.data, p...)
	return len(p), nil
}
