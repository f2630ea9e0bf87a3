package app

import (
	"runtime"
	"runtime/debug"

	"github.com/idptui/idptui/internal/cli"
)

// Version reads what the Go linker wrote into the program.
func (s *services) Version() cli.Version {
	v := cli.Version{Version: "(unknown)", Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH, Modules: []cli.Module{}}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if info.Main.Version != "" {
		v.Version = info.Main.Version
	}
	for _, set := range info.Settings {
		switch set.Key {
		case "vcs.revision":
			v.Commit = set.Value
		case "vcs.time":
			v.Date = set.Value
		case "vcs.modified":
			v.Dirty = set.Value == "true"
		}
	}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		v.Modules = append(v.Modules, cli.Module{Path: m.Path, Version: m.Version})
	}
	return v
}
