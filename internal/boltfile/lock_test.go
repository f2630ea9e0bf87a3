package boltfile

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"
)

func TestALockIsHeldByOneAtATime(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "not", "there", "sync.lock")
	letGo, err := Hold(t.Context(), path, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Hold(t.Context(), path, 0); !errors.Is(err, ErrBusy) {
		t.Errorf("asked once: %v", err)
	}
	if _, err := Hold(t.Context(), path, 5*time.Millisecond); !errors.Is(err, ErrBusy) {
		t.Errorf("waited a little: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Hold(ctx, path, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("called off: %v", err)
	}
	second := make(chan error)
	go func() {
		letGo, err := Hold(t.Context(), path, time.Minute)
		if err == nil {
			letGo()
		}
		second <- err
	}()
	letGo()
	if err := <-second; err != nil {
		t.Errorf("waited for the first: %v", err)
	}
}

func TestALockThatCannotBeMadeSaysWhere(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Hold(t.Context(), filepath.Join(file, "sync.lock"), 0); err == nil || !strings.Contains(err.Error(), "the data directory "+file+" cannot be written") {
		t.Errorf("%v", err)
	}
}

// A link is somebody's wish: what it leads to may be on a disk that is not there
// today, and a new file in its place would hide it for ever.
func TestCreateLeavesALinkThatLeadsNowhere(t *testing.T) {
	t.Parallel()
	f := New(filepath.Join(t.TempDir(), "x.db"), testLayout(), 0)
	if err := os.Symlink("/nonexistent/x.db", f.path); err != nil {
		t.Fatal(err)
	}
	if err := f.Create(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "is a link to a file that is not there") {
		t.Errorf("%v", err)
	}
	if to, err := os.Readlink(f.path); to != "/nonexistent/x.db" || err != nil {
		t.Errorf("the link leads to %q, %v", to, err)
	}
}

func TestDamageIsToldWithoutTheWordsOfTheRuntime(t *testing.T) {
	t.Parallel()
	f := made(t)
	err := f.View(t.Context(), func(*bbolt.Tx) error {
		var none []int
		_ = none[len(f.path)]
		return nil
	})
	if !errors.Is(err, ErrCorrupt) || strings.Contains(err.Error(), "runtime") || strings.Contains(err.Error(), "index") {
		t.Errorf("%v", err)
	}
}
