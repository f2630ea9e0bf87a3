package repo

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/idptui/idptui/internal/repo/repotest"
)

// checkout makes a checkout with one commit.
func checkout(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "services", "pay"), 0o750); err != nil {
		t.Fatal(err)
	}
	repotest.Commit(t, dir, "first")
	return dir
}

func TestACheckoutIsToldFromAnyFolderInIt(t *testing.T) {
	t.Parallel()
	dir := checkout(t)
	repotest.Git(t, dir, "remote", "add", "fork", "git@github.com:bo/shop.git")
	repotest.Git(t, dir, "remote", "add", "origin", "https://bo:t0ken@github.com/acme/shop.git?x=y")
	for at, folder := range map[string]string{"": dir, "services/pay": filepath.Join(dir, "services", "pay")} {
		c, err := CheckoutAt(t.Context(), folder)
		if err != nil {
			t.Fatal(err)
		}
		if c.Top != dir || c.At != at || c.Branch != "main" || len(c.Commit) != 40 || c.Committed.IsZero() {
			t.Errorf("%+v of %s", c, folder)
		}
		if c.Remote != "https://github.com/acme/shop.git" {
			t.Errorf("the remote is %q: origin counts, and no login is told", c.Remote)
		}
	}
	repotest.Git(t, dir, "update-ref", "refs/remotes/origin/trunk", "HEAD")
	repotest.Git(t, dir, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
	if c, err := CheckoutAt(t.Context(), dir); err != nil || c.Branch != "trunk" {
		t.Errorf("the default branch of the remote is %q (%v)", c.Branch, err)
	}
}

func TestACheckoutMayBeBare(t *testing.T) {
	t.Parallel()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	repotest.Git(t, dir, "init", "-q", "-b", "main")
	c, err := CheckoutAt(t.Context(), dir)
	if err != nil || c.Top != dir || c.Remote != "" || c.Commit != "" || !c.Committed.IsZero() || c.Branch != "main" {
		t.Errorf("without commits and remotes: %+v, %v", c, err)
	}
	if _, err := CheckoutAt(t.Context(), t.TempDir()); !errors.Is(err, ErrNotRepository) {
		t.Errorf("of a folder in no repository: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := CheckoutAt(ctx, dir); !errors.Is(err, context.Canceled) {
		t.Errorf("after its context has ended: %v", err)
	}
}

func TestNothingThatACheckoutConfiguresIsRun(t *testing.T) {
	t.Parallel()
	dir := checkout(t)
	trap := filepath.Join(t.TempDir(), "ran")
	script := filepath.Join(dir, "trap.sh")
	if err := os.WriteFile(script, []byte("#!/bin/sh\ntouch "+trap+"\n"), 0o700); err != nil { //nolint:gosec // it must be run to be a trap
		t.Fatal(err)
	}
	for _, key := range []string{"core.fsmonitor", "core.pager", "core.askPass", "core.sshCommand", "diff.external", "credential.helper", "gpg.program", "alias.log"} {
		repotest.Git(t, dir, "config", key, script)
	}
	if _, err := CheckoutAt(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(trap); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a program of the checkout was run: %v", err)
	}
}

func TestAddressesOfOneRepositoryAreOne(t *testing.T) {
	t.Parallel()
	for want, raws := range map[string][]string{
		"github.com/acme/shop": {
			"https://github.com/acme/shop", "https://github.com/Acme/Shop.git/", "git@github.com:acme/shop.git", "ssh://git@github.com:22/acme/shop",
			"https://bo:secret@github.com/acme/shop.git",
		},
		"git.example:8443/a/b":                 {"https://git.example:8443/a/b.git"},
		"dev.azure.com/acme/shop/_git/ledger":  {"https://dev.azure.com/acme/shop/_git/ledger", "git@ssh.dev.azure.com:v3/acme/shop/ledger"},
		"file:srv/git/shop":                    {"/srv/git/shop.git", "file:///srv/git/shop"},
		"":                                     {"", "../shop", "https://"},
		strings.Repeat("a", 60) + ".example/x": {"https://" + strings.Repeat("a", 60) + ".example/x"},
	} {
		for _, raw := range raws {
			if got := Identity(raw); got != want {
				t.Errorf("%q is %q, want %q", raw, got, want)
			}
		}
	}
	if got := Slug("git@github.com:acme/shop.git"); got != "acme/shop" {
		t.Errorf("the slug is %q", got)
	}
}
