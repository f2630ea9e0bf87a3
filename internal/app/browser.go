package app

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/idptui/idptui/internal/cli"
	"github.com/idptui/idptui/internal/safe"
)

// browserPatience is how long a program that opens links may take to fail. Most
// hand the link over and end; a browser that was not running yet stays.
const browserPatience = 3 * time.Second

// opener gives what opens a link on this machine, or nil where nothing can: over
// SSH, and without a desktop. The screen copies the link instead then.
func opener(ctx context.Context, sys *cli.IO) func(string) error {
	if sys.Remote {
		return nil
	}
	program := sys.Env("BROWSER")
	if strings.ContainsAny(program, " %:") { // a command line or a list; more than a program's name
		program = ""
	}
	switch {
	case program != "":
	case runtime.GOOS == "darwin":
		program = "open"
	case sys.Env("DISPLAY") != "" || sys.Env("WAYLAND_DISPLAY") != "":
		program = "xdg-open"
	case sys.Env("WSL_DISTRO_NAME") != "":
		program = "wslview"
	default:
		return nil
	}
	path, err := exec.LookPath(program)
	if err != nil {
		return nil
	}
	return func(raw string) error {
		link, ok := safe.URL(raw)
		if !ok {
			return errors.New("this is no address that a browser opens safely")
		}
		// Not bound to the screen's end: the program may be the browser itself, which
		// its reader wants to keep.
		cmd := exec.CommandContext(context.WithoutCancel(ctx), path, link)
		cmd.Env = desktop(sys)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		return launch(ctx, cmd, browserPatience)
	}
}

// launch starts a program and tells how it ended, if it does so within the
// patience; it is left running otherwise.
func launch(ctx context.Context, cmd *exec.Cmd, patience time.Duration) error {
	name := filepath.Base(cmd.Path)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("%s cannot be started: %w", name, cause(err))
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }() // ends with the program, so that no zombie is left
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case err := <-ended:
		if err != nil {
			return fmt.Errorf("%s did not open it (%w)", name, err)
		}
	case <-timer.C:
	case <-ctx.Done():
	}
	return nil
}

// desktop is the part of the environment that a browser needs to be found and
// to find its screen.
func desktop(sys *cli.IO) []string {
	var env []string
	for _, name := range []string{
		"PATH", "HOME", "USER", "LANG", "LC_ALL", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR",
		"XDG_CURRENT_DESKTOP", "XDG_DATA_DIRS", "XDG_CONFIG_HOME", "DBUS_SESSION_BUS_ADDRESS", "WSL_DISTRO_NAME", "WSL_INTEROP",
	} {
		if v := sys.Env(name); v != "" {
			env = append(env, name+"="+v)
		}
	}
	return env
}
