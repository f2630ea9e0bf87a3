package boltfile

import (
	"os"

	"golang.org/x/sys/unix"
)

// memoryFile is a file that no disk has.
func memoryFile(name string) (*os.File, error) {
	fd, err := unix.MemfdCreate(name, unix.MFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), name), nil //nolint:gosec // not negative
}
