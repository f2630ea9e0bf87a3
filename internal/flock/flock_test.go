package flock

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func open(t *testing.T, name string) *os.File {
	t.Helper()
	f, err := os.OpenFile(name, os.O_RDONLY|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestOneHasItAndOthersWait(t *testing.T) {
	t.Parallel()
	name, now := filepath.Join(t.TempDir(), "lock"), time.Time{}
	first, second := open(t, name), open(t, name)
	defer Release(second)
	if err := Wait(t.Context(), first, Exclusive, now, time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if err := Wait(t.Context(), second, Shared, now, time.Millisecond); !errors.Is(err, ErrBusy) {
		t.Errorf("while another has it: %v", err)
	}
	got := make(chan error)
	go func() { got <- Wait(t.Context(), second, Exclusive, time.Now().Add(time.Minute), time.Millisecond) }()
	Release(first)
	if err := <-got; err != nil {
		t.Errorf("once it is free: %v", err)
	}
}

func TestSeveralShareIt(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "lock")
	for range 3 {
		f := open(t, name)
		defer Release(f)
		if err := Wait(t.Context(), f, Shared, time.Time{}, time.Millisecond); err != nil {
			t.Error(err)
		}
	}
}

func TestWaitingCanBeCalledOff(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "lock")
	holder, waiter := open(t, name), open(t, name)
	defer Release(holder)
	defer Release(waiter)
	if err := Wait(t.Context(), holder, Exclusive, time.Time{}, time.Millisecond); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	got := make(chan error)
	go func() { got <- Wait(ctx, waiter, Exclusive, time.Now().Add(time.Minute), time.Hour) }()
	cancel()
	if err := <-got; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
