package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"idptui": main})
}

func TestCommands(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			home := filepath.Join(env.WorkDir, "home")
			env.Setenv("HOME", home)
			env.Setenv("XDG_CONFIG_HOME", filepath.Join(home, ".config"))
			env.Setenv("XDG_DATA_HOME", filepath.Join(home, ".local", "share"))
			env.Setenv("IDPTUI_DATA", filepath.Join(env.WorkDir, "data"))
			return os.MkdirAll(home, 0o750)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"json":   checkJSON,
			"status": checkStatus,
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// checkStatus is "status CODE ARG…": idptui must end with that exit code.
func checkStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: status CODE ARG…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec("idptui", args[1:]...); err != nil {
		if _, err := fmt.Sscanf(err.Error(), "exit status %d", &got); err != nil {
			ts.Fatalf("idptui did not end by itself: %v", err)
		}
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// checkJSON is "json STREAM PATH VALUE": the JSON in stdout or stderr has that
// value at a path such as 0.metadata.name; an @ at its end is the length.
func checkJSON(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: json stdout|stderr PATH VALUE")
	}
	var v any
	if err := json.Unmarshal([]byte(ts.ReadFile(args[0])), &v); err != nil {
		ts.Fatalf("%s is no JSON: %v", args[0], err)
	}
	for _, step := range strings.Split(args[1], ".") {
		v = at(ts, v, step)
	}
	text, ok := v.(string)
	if !ok {
		b, err := json.Marshal(v)
		ts.Check(err)
		text = string(b)
	}
	if (text == args[2]) == neg {
		ts.Fatalf("%s is %s", args[1], text)
	}
}

func at(ts *testscript.TestScript, v any, step string) any {
	switch v := v.(type) {
	case []any:
		if step == "@" {
			return len(v)
		}
		i, err := strconv.Atoi(step)
		if err != nil || i >= len(v) {
			ts.Fatalf("a list of %d has no %q", len(v), step)
		}
		return v[i]
	case map[string]any:
		if step == "@" {
			return len(v)
		}
		return v[strings.ReplaceAll(step, "~", ".")] // a key with dots is written with ~
	}
	ts.Fatalf("there is nothing below %v at %q", v, step)
	return nil
}
