package app

import (
	"context"
	"errors"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/idptui/idptui/internal/cli"
	"github.com/idptui/idptui/internal/safe"
)

// browserPatience bounds how long a program that opens links may run; they hand
// the link over and end.
const browserPatience = 20 * time.Second

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
		ctx, cancel := context.WithTimeout(ctx, browserPatience)
		defer cancel()
		cmd := exec.CommandContext(ctx, path, link)
		cmd.Env = desktop(sys)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		cmd.WaitDelay = time.Second
		return cmd.Run()
	}
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
