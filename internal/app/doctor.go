package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"

	"github.com/idptui/idptui/internal/boltfile"
	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/store"
	"github.com/idptui/idptui/internal/cli"
	"github.com/idptui/idptui/internal/config"
	"github.com/idptui/idptui/internal/state"
)

// The least terminal that the screen is drawn in.
const (
	leastWidth  = 40
	leastHeight = 12
)

func okay(name, text string) cli.Check { return cli.Check{Name: name, State: "ok", Text: text} }

func warning(name, text, hint string) cli.Check {
	return cli.Check{Name: name, State: "warn", Text: text, Hint: hint}
}

func failure(name, text, hint string) cli.Check {
	return cli.Check{Name: name, State: "fail", Text: text, Hint: hint}
}

// Doctor looks at everything that can be wrong around the program.
func (s *services) Doctor(ctx context.Context, set cli.Settings) []cli.Check {
	cfg, err := s.load(set)
	if err == nil {
		err = screenFaults(cfg)
	}
	checks := []cli.Check{configCheck(s.outside().DefaultFile(), cfg, err)}
	if cfg != nil {
		checks = append(checks, s.dataChecks(ctx, set, cfg)...)
	}
	return append(checks, terminalChecks(s.sys)...)
}

func configCheck(wanted string, cfg *config.Config, err error) cli.Check {
	switch {
	case err != nil:
		return failure("configuration", err.Error(), "idptui config schema describes the file")
	case cfg.File == "" && wanted == "":
		return okay("configuration", "no file, so the defaults count")
	case cfg.File == "":
		return okay("configuration", "no file, so the defaults count; "+wanted+" would be read")
	}
	return okay("configuration", cfg.File+" is valid")
}

// dataChecks look at the data directory and what is in it. A directory that is
// not there yet is left so.
func (s *services) dataChecks(ctx context.Context, set cli.Settings, cfg *config.Config) []cli.Check {
	info, err := s.sys.Files.Stat(cfg.Data)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return []cli.Check{
			okay("data", cfg.Data+" is not there yet; the first sync makes it"),
			gitCheck(s.sys), actorCheck(ctx, s.sys, cfg, nil),
		}
	case err != nil:
		return []cli.Check{failure("data", fmt.Sprintf("%s cannot be looked at: %v", cfg.Data, err), "set --data to a directory of yours")}
	case !info.IsDir():
		return []cli.Check{failure("data", cfg.Data+" is no directory", "move that file away, or set --data to a directory")}
	}
	checks := []cli.Check{writable(s.sys, cfg.Data)}
	checks = append(checks, diskChecks(cfg.Data)...)
	p, err := s.open(ctx, set)
	if err != nil {
		return append(checks, failure("catalog", err.Error(), ""))
	}
	checks = append(checks, cacheChecks(ctx, p)...)
	checks = append(checks, stateCheck(ctx, p.state), backupCheck(s.sys, cfg.Data), gitCheck(s.sys), actorCheck(ctx, s.sys, cfg, p))
	if err := p.Close(); err != nil {
		checks = append(checks, failure("state", err.Error(), ""))
	}
	return checks
}

// writable tries to write, since permissions alone do not tell.
func writable(sys *cli.IO, dir string) cli.Check {
	const probe = "doctor.tmp"
	root, err := sys.Files.OpenRoot(dir)
	if err == nil {
		err = root.WriteFile(probe, []byte("idptui doctor was here\n"), 0o600)
		if err == nil {
			err = root.Remove(probe)
		}
		err = errors.Join(err, root.Close())
	}
	if err != nil {
		return failure("data", fmt.Sprintf("%s cannot be written: %v", dir, cause(err)), "make it writable, or set --data to a directory that is")
	}
	return okay("data", dir+" is writable")
}

// cause is a file error without the call and the path, which the sentence around
// it has already.
func cause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

func cacheChecks(ctx context.Context, p *portal) []cli.Check {
	var checks []cli.Check
	if notice := p.Notice(); notice != "" {
		checks = append(checks, warning("cache", notice, "idptui sync"))
	}
	view, err := p.View(ctx)
	if err != nil {
		return append(checks, failure("cache", err.Error(), ""))
	}
	checks = append(checks, okay("cache", fmt.Sprintf("%s, revision %d", cli.Count(view.Len(), "entity"), view.Revision())))
	sources, err := p.Sources(ctx)
	if err != nil {
		return append(checks, failure("sources", err.Error(), ""))
	}
	if len(sources) == 0 {
		checks = append(checks, warning("sources", "there are none", "name a folder with --catalog, or list sources in the configuration"))
	}
	for _, src := range sources {
		name := "source " + src.Name
		switch src.State {
		case store.StateFailed:
			checks = append(checks, failure(name, src.Error, "correct it and run idptui sync "+src.Name))
		case store.StateStale:
			checks = append(checks, warning(name, src.Error, ""))
		case stateNew:
			checks = append(checks, warning(name, src.Location+" was never read", "idptui sync "+src.Name))
		default:
			text := cli.Count(src.Entities, "entity") + " of " + src.Location
			if src.Errors > 0 {
				checks = append(checks, warning(name, text+", and "+cli.Count(src.Errors, "error"), "idptui sync status --errors"))
				continue
			}
			checks = append(checks, okay(name, text))
		}
	}
	return checks
}

// diskChecks look at the disk that the data lies on.
func diskChecks(dir string) []cli.Check {
	d, err := boltfile.DiskOf(dir)
	switch {
	case err != nil:
		return nil // it cannot be told here, which is no finding
	case d.Network != "":
		return []cli.Check{warning("disk", sharedDisk(dir, d), "set --data to a directory on a local disk")}
	}
	return []cli.Check{okay("disk", fmt.Sprintf("%s free at %s", boltfile.Size(d.Free), d.Mount))}
}

// sharedDisk says what may happen on a network file system.
func sharedDisk(dir string, d boltfile.Disk) string {
	return fmt.Sprintf("the data directory %s is on a network file system (%s), where locks may not hold: two processes could damage its files", dir, d.Network)
}

func stateCheck(ctx context.Context, st state.State) cli.Check {
	if err := st.Check(ctx); err != nil {
		hint := "idptui state restore lists the backups and puts one in its place"
		if errors.Is(err, state.ErrReadOnly) || errors.Is(err, boltfile.ErrCannotWrite) {
			hint = "" // which it says itself
		}
		return failure("state", err.Error(), hint)
	}
	return okay("state", "readable")
}

// backupCheck looks at the newest backup of the state.
func backupCheck(sys *cli.IO, dir string) cli.Check {
	all, err := state.Backups(dir)
	switch {
	case err != nil:
		return warning("backups", err.Error(), "")
	case len(all) == 0:
		return okay("backups", "none of the state yet; a sync makes the first")
	}
	if err := state.CheckBackup(dir, all[0].Path); err != nil {
		return warning("backups", "the newest is no good: "+err.Error(), "idptui state backup makes another")
	}
	return okay("backups", fmt.Sprintf("%d of the state, the newest from %s", len(all), all[0].At.In(sys.Now().Location()).Format("2006-01-02 15:04")))
}

// gitCheck looks for git. It is not needed for folders that are there already.
func gitCheck(sys *cli.IO) cli.Check {
	for _, dir := range strings.Split(sys.Env("PATH"), string(os.PathListSeparator)) {
		if path, err := exec.LookPath(dir + "/git"); dir != "" && err == nil {
			return okay("git", path)
		}
	}
	return warning("git", "not found", "install git, to read sources that are repositories")
}

func actorCheck(ctx context.Context, sys *cli.IO, cfg *config.Config, p *portal) cli.Check {
	const hint = "set user: in the configuration, such as user:alice"
	email := gitEmail(sys)
	if p == nil {
		if cfg.User != "" {
			return okay("you", cfg.User)
		}
		return warning("you", "nobody, until the catalog has a user with your git e-mail "+email, hint)
	}
	view, err := p.View(ctx)
	if err != nil {
		return failure("you", err.Error(), "")
	}
	who := actor(view, cfg.User, email)
	switch {
	case who.User == "" && email != "":
		return warning("you", "nobody: not one user of the catalog has your git e-mail "+email, hint)
	case who.User == "":
		return warning("you", "nobody: neither the configuration nor git says who you are", hint)
	}
	if ref, err := catalog.ParseRef(who.User, catalog.RefDefaults{}); err == nil && view.Len() > 0 {
		if _, known := view.Find(ref); !known {
			return warning("you", who.User+", whom the catalog does not have, so that your groups are not known", hint)
		}
	}
	return okay("you", fmt.Sprintf("%s, in %s (by %s)", who.User, cli.Count(len(who.Groups), "group"), who.Source))
}

func terminalChecks(sys *cli.IO) []cli.Check {
	if !sys.OutTTY {
		return []cli.Check{okay("terminal", "none here, so only commands work; the screen needs one")}
	}
	var checks []cli.Check
	switch kind := sys.Env("TERM"); kind {
	case "", "dumb":
		checks = append(checks, failure("terminal", fmt.Sprintf("TERM is %q", kind), "set TERM to what the terminal is, such as xterm-256color"))
	default:
		checks = append(checks, okay("terminal", "TERM is "+kind))
	}
	size := fmt.Sprintf("%d × %d", sys.Width, sys.Height)
	if sys.Width < leastWidth || sys.Height < leastHeight {
		checks = append(checks, warning("size", size, fmt.Sprintf("the screen needs %d × %d", leastWidth, leastHeight)))
	} else {
		checks = append(checks, okay("size", size))
	}
	checks = append(checks, okay("colour", colours(sys)))
	if !sys.UTF8() {
		checks = append(checks, warning("characters", "the locale is not UTF-8, so plain ASCII is drawn", "set LANG to a UTF-8 locale, such as C.UTF-8"))
	} else {
		checks = append(checks, okay("characters", "UTF-8"))
	}
	return checks
}

func colours(sys *cli.IO) string {
	kind := sys.Env("TERM")
	switch {
	case sys.Env("NO_COLOR") != "":
		return "none, as NO_COLOR asks"
	case sys.Env("COLORTERM") == "truecolor" || sys.Env("COLORTERM") == "24bit":
		return "16 million"
	case strings.Contains(kind, "256color"):
		return "256"
	}
	return "16"
}
