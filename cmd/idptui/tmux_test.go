//go:build e2e

package main_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/idptui/idptui/internal/repo/repotest"
)

// window is the built binary in a tmux window of its own server, driven by
// keys and read as text.
type window struct {
	t      *testing.T
	socket string
}

// patience is how long a screen may take to show what is expected of it.
const patience = 15 * time.Second

// open starts the binary with args in a window of w×h. env is laid over an
// environment without NO_COLOR.
func open(t *testing.T, w, h int, env []string, args ...string) *window {
	t.Helper()
	return openIn(t, ".", w, h, env, args...)
}

// openIn is open in a folder.
func openIn(t *testing.T, dir string, w, h int, env []string, args ...string) *window {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("tmux is not installed")
	}
	bin, err := filepath.Abs("../../bin/idptui")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(bin); err != nil {
		t.Fatalf("build first: %v", err)
	}
	home := t.TempDir()
	term := &window{t: t, socket: filepath.Join(home, "tmux")}
	command := []string{"env", "-u", "NO_COLOR", "HOME=" + home, "XDG_DATA_HOME=" + filepath.Join(home, "data"), "XDG_CONFIG_HOME=" + filepath.Join(home, "config")}
	command = append(append(append(command, env...), bin), args...)
	term.tmux("-f", "/dev/null", "new-session", "-d", "-c", dir, "-x", fmt.Sprint(w), "-y", fmt.Sprint(h), shell(command)+"; echo left with $?; exec sleep 60")
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		_ = exec.CommandContext(ctx, "tmux", "-S", term.socket, "kill-server").Run()
	})
	return term
}

func shell(command []string) string {
	quoted := make([]string, len(command))
	for i, c := range command {
		quoted[i] = "'" + strings.ReplaceAll(c, "'", `'\''`) + "'"
	}
	return strings.Join(quoted, " ")
}

func (x *window) tmux(args ...string) string {
	x.t.Helper()
	ctx, cancel := context.WithTimeout(x.t.Context(), patience)
	defer cancel()
	out, err := exec.CommandContext(ctx, "tmux", append([]string{"-S", x.socket}, args...)...).CombinedOutput()
	if err != nil {
		x.t.Fatalf("tmux %v: %v\n%s", args, err, out)
	}
	return string(out)
}

func (x *window) keys(keys ...string) {
	x.t.Helper()
	x.tmux(append([]string{"send-keys"}, keys...)...)
}

// text types letters, which send-keys would otherwise take for key names.
func (x *window) text(s string) {
	x.t.Helper()
	x.tmux("send-keys", "-l", s)
}

func (x *window) resize(w, h int) {
	x.t.Helper()
	x.tmux("resize-window", "-x", fmt.Sprint(w), "-y", fmt.Sprint(h))
}

// screen is what is on the screen, with or without its escape sequences.
func (x *window) screen(escapes bool) string {
	x.t.Helper()
	if escapes {
		return x.tmux("capture-pane", "-p", "-e")
	}
	return x.tmux("capture-pane", "-p")
}

// see waits until all the texts are on screen at once, and gives that screen.
func (x *window) see(texts ...string) string {
	x.t.Helper()
	return x.await(func(s string) string {
		for _, want := range texts {
			if !strings.Contains(s, want) {
				return fmt.Sprintf("%q is not there", want)
			}
		}
		return ""
	})
}

// lose waits until a text has gone.
func (x *window) lose(text string) string {
	x.t.Helper()
	return x.await(func(s string) string {
		if strings.Contains(s, text) {
			return fmt.Sprintf("%q is still there", text)
		}
		return ""
	})
}

func (x *window) await(complaint func(screen string) string) string {
	x.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		s := x.screen(false)
		why := complaint(s)
		if why == "" {
			return s
		}
		if time.Now().After(deadline) {
			x.t.Fatalf("%s on\n%s", why, s)
		}
		select {
		case <-x.t.Context().Done():
			x.t.Fatal(x.t.Context().Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func TestDemoJourneyAtEverySize(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{120, 40}, {80, 24}, {45, 16}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			t.Parallel()
			x := open(t, size[0], size[1], nil, "demo")
			x.see("Catalog", "acme-people")
			x.keys("/")
			x.text("paymnts-api") // a letter is missing: found all the same
			x.see("payments-api")
			x.keys("Enter", "Enter")
			x.see("payments-api", "Takes card payments")
			x.keys(">")
			x.see("Depends on")
			x.keys("w")
			x.see("team-payments", "#payments")
			x.keys("[")
			x.see("Depends on")
			x.keys("]")
			x.lose("Depends on")
			x.keys("[", "[")
			x.see("paymnts-api") // the filter is as it was
			x.keys("q")
			x.see("left with 0")
		})
	}
}

func TestFilterByOwnerAndWalkToADependency(t *testing.T) {
	t.Parallel()
	x := open(t, 120, 40, nil, "demo")
	x.see("acme-people")
	x.keys("/")
	x.text("kind:component owner:me")
	x.see("payments-api", "ledger", "refunds-worker")
	x.keys("Enter")
	x.keys("/")
	x.text(" refunds-w")
	x.see("1 of 79")
	x.keys("Enter", "Enter")
	x.see("refunds-worker", "worker")
	x.keys(">")
	x.see("Depends on")
	x.keys("G", "g")
	x.keys("Enter")
	x.lose("Catalog › refunds-worker")
}

func TestHelpAndPaletteReachEverything(t *testing.T) {
	t.Parallel()
	x := open(t, 120, 40, nil, "demo")
	x.see("acme-people")
	x.keys("?")
	x.see("Help", "Filter", "Sort")
	x.keys("Escape")
	x.lose("Help: ")
	x.keys(":")
	x.text("orders-db")
	x.see("Palette", "orders-db")
	x.keys("Enter")
	x.see("Catalog › orders-db")
	x.keys("E")
	x.see("Errors", "price-feed/catalog-info.yaml")
	x.keys("Escape")
	x.lose("what is wrong")
	x.keys("H")
	x.see("Data health", "acme")
}

func TestResizingKeepsTheScreenWhole(t *testing.T) {
	t.Parallel()
	x := open(t, 220, 70, nil, "demo")
	x.see("acme-people")
	for _, size := range [][2]int{{120, 40}, {80, 24}, {60, 17}, {45, 16}, {40, 12}} {
		x.resize(size[0], size[1])
		x.see("Catalog")
	}
	x.resize(39, 11)
	x.see("39 by 11", "by 12.")
	x.resize(100, 30)
	x.see("acme-people", "fraud-check")
}

func TestNoColourAndASCII(t *testing.T) {
	t.Parallel()
	x := open(t, 100, 30, []string{"NO_COLOR=yes"}, "demo")
	x.see("acme-people")
	if s := x.screen(true); strings.Contains(s, "\x1b[38;") || strings.Contains(s, "\x1b[48;") || strings.Contains(s, "\x1b[31m") {
		t.Errorf("NO_COLOR=yes, but there is colour:\n%q", s)
	}
	y := open(t, 100, 30, nil, "demo")
	y.see("acme-people")
	if s := y.screen(true); !strings.Contains(s, "\x1b[38;") {
		t.Errorf("there is no colour without NO_COLOR:\n%q", s)
	}
}

func TestASecondDemoJoinsTheFirst(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	env := []string{"XDG_DATA_HOME=" + home}
	alice := open(t, 100, 30, env, "demo")
	alice.see("acme-people", "alice")
	bo := open(t, 100, 30, env, "demo", "--as", "bo")
	bo.see("acme-people", "bo")
	bo.keys("/")
	bo.text("kind:component owner:me")
	bo.see("deployer")
	alice.keys("/")
	alice.text("kind:component owner:me")
	alice.see("ledger")
}

// repository makes one without a descriptor, as a person's checkout is.
func repository(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module github.com/acme/shop\n", "shop.go": "package shop\n", "CODEOWNERS": "* @acme/team-shop\n",
		"README.md": "# Shop front\n\nSells things to people.\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	repotest.Commit(t, dir, "first")
	repotest.Git(t, dir, "remote", "add", "origin", "https://github.com/acme/shop.git")
	return dir
}

func TestFirstStartInARepository(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{120, 40}, {80, 24}, {45, 16}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			t.Parallel()
			dir := repository(t)
			x := openIn(t, dir, size[0], size[1], nil)
			x.see("This repository has no", "x writes one", "inferred")
			x.keys("x")
			x.see("Write catalog-info.yaml?", "enter write it")
			x.keys("Escape")
			x.lose("enter write it")
			if _, err := os.Stat(filepath.Join(dir, "catalog-info.yaml")); err == nil {
				t.Fatal("it was written without a yes")
			}
			x.keys("x")
			x.see("enter write it")
			x.keys("Enter")
			x.lose("x writes one")
			x.see("Sells things to people.", "catalog-info.yaml")
			x.keys("q")
			x.see("left with 0")

			x = openIn(t, filepath.Join(dir, ".git"), size[0], size[1], nil) // from anywhere in it
			x.see("shop", "Sells things to people.")
		})
	}
}
