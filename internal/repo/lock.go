package repo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"syscall"
	"time"
)

const (
	shared    = syscall.LOCK_SH
	exclusive = syscall.LOCK_EX
	lockPause = 40 * time.Millisecond
)

var errLocked = errors.New("locked")

// hold takes the lock file at path, made in a folder that exists, and waits for it
// for wait at the most; then it is errLocked. A wait of 0 asks once. Processes
// that inherit the file share the lock.
func hold(ctx context.Context, path string, how int, wait time.Duration) (*os.File, error) {
	deadline := time.Now().Add(wait)
	for {
		file, err := os.OpenFile(path, os.O_RDONLY|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		if err := flock(ctx, file, how, deadline); err != nil {
			letGo(file)
			return nil, err
		}
		// It may have been removed while we waited; then it locks nothing.
		mine, err := file.Stat()
		if err != nil {
			letGo(file)
			return nil, err
		}
		if now, err := os.Stat(path); err == nil && os.SameFile(mine, now) {
			return file, nil
		}
		letGo(file)
	}
}

// flock asks again and again, at uneven intervals: an order of the system to wait
// could not be called off.
func flock(ctx context.Context, file *os.File, how int, deadline time.Time) error {
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
			return fmt.Errorf("%s cannot be locked: %w; keep mirrors on a local disk", file.Name(), err)
		case !time.Now().Before(deadline):
			return errLocked
		}
		timer := time.NewTimer(lockPause/4 + rand.N(lockPause))
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}

// letGo gives up the lock. Closing alone would not: a process that is just being
// forked has the file, too, for a moment. Who inherited it on purpose has ended by
// then; only if we are killed does a git that outlives us keep the lock.
func letGo(f *os.File) {
	_ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN)
	_ = f.Close() // nothing was written
}
