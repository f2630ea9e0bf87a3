// Package flock waits for the lock that the system keeps on a file, which ends
// with the process that holds it, however that ends.
//
// It owns nothing: the files are the caller's. It must not know what they guard.
package flock

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"syscall"
	"time"
)

// Kinds of locks.
const (
	Shared    = syscall.LOCK_SH
	Exclusive = syscall.LOCK_EX
)

// ErrBusy says that another one still had the lock at the deadline.
var ErrBusy = errors.New("locked by another process")

// Wait waits for the lock on a file until the deadline, or is ErrBusy; a deadline
// that has passed asks once. It asks again and again, at uneven intervals around
// the pause: an order of the system to wait could not be called off.
func Wait(ctx context.Context, file *os.File, how int, deadline time.Time, pause time.Duration) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := syscall.Flock(int(file.Fd()), how|syscall.LOCK_NB)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, syscall.EINTR):
			continue
		case !errors.Is(err, syscall.EWOULDBLOCK):
			return fmt.Errorf("%s cannot be locked: %w; set --data to a directory on a local disk", file.Name(), err)
		case !time.Now().Before(deadline):
			return ErrBusy
		}
		timer := time.NewTimer(pause/4 + rand.N(pause)) //nolint:gosec // spreads the load, guards nothing
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}

// Release gives up the lock and closes the file, through which nothing was
// written, so that no error can matter. Closing alone would not free the lock while
// a mapping of the file is left behind, or a process that is just being forked has
// it for a moment.
func Release(file *os.File) {
	_ = syscall.Flock(int(file.Fd()), syscall.LOCK_UN)
	_ = file.Close()
}
