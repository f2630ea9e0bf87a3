package repo

import (
	"context"
	"os"
	"time"

	"github.com/idptui/idptui/internal/flock"
)

const lockPause = 40 * time.Millisecond

// hold takes the lock file at path, made in a folder that exists, and waits for it
// for wait at the most; then it is flock.ErrBusy. A wait of 0 asks once. Processes
// that inherit the file share the lock.
func hold(ctx context.Context, path string, how int, wait time.Duration) (*os.File, error) {
	deadline := time.Now().Add(wait)
	for {
		file, err := os.OpenFile(path, os.O_RDONLY|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		if err := flock.Wait(ctx, file, how, deadline, lockPause); err != nil {
			flock.Release(file)
			return nil, err
		}
		// It may have been removed while we waited; then it locks nothing.
		mine, err := file.Stat()
		if err != nil {
			flock.Release(file)
			return nil, err
		}
		if now, err := os.Stat(path); err == nil && os.SameFile(mine, now) {
			return file, nil
		}
		flock.Release(file)
	}
}
