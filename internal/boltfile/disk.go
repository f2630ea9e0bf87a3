package boltfile

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// Disk is what is known of the disk that a directory lies on.
type Disk struct {
	Mount string // where it is mounted
	Free  int64  // bytes that this process may still write
	// Network names the kind of file system where it is one that other machines
	// share, such as NFS; "" for a local one. Locks may not hold there.
	Network string
}

// DiskOf looks at the disk under dir, or under the nearest directory above it
// that exists.
func DiskOf(dir string) (Disk, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Disk{}, err
	}
	for {
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			dir = real
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir = up
	}
	d := Disk{Mount: mountOf(dir)}
	d.Free, d.Network, err = statDisk(dir)
	if err != nil {
		return Disk{}, fmt.Errorf("the disk of %s cannot be looked at: %w", dir, err)
	}
	return d, nil
}

// little is how few free bytes are as good as none: less than one sync of a small
// change takes.
const little = 64 << 10

// Writable tells why dir, which exists, takes no writes, or nil. It writes nothing.
func Writable(dir string) error {
	const write = 2
	if err := syscall.Access(dir, write); err != nil {
		return CannotWrite(dir, err)
	}
	if d, err := DiskOf(dir); err == nil && d.Free < little {
		return &writeError{dir: dir, err: syscall.ENOSPC, need: little}
	}
	return nil
}

// mountOf is the highest directory above dir on the same device.
func mountOf(dir string) string {
	device := func(path string) (uint64, bool) {
		info, err := os.Lstat(path)
		if err != nil {
			return 0, false
		}
		st, ok := info.Sys().(*syscall.Stat_t)
		if !ok {
			return 0, false
		}
		return uint64(st.Dev), true //nolint:unconvert,gosec // another type, and signed, on some systems
	}
	here, ok := device(dir)
	for ok {
		up := filepath.Dir(dir)
		above, known := device(up)
		if up == dir || !known || above != here {
			break
		}
		dir = up
	}
	return dir
}

// Size is a number of bytes for people: "340 kB", "1.2 MB".
func Size(n int64) string {
	const unit = 1000
	if n < unit {
		return fmt.Sprintf("%d bytes", max(0, n))
	}
	value, units := float64(n)/unit, []string{"kB", "MB", "GB", "TB"}
	for len(units) > 1 && value >= unit {
		value, units = value/unit, units[1:]
	}
	if value < 10 {
		return fmt.Sprintf("%.1f %s", value, units[0])
	}
	return fmt.Sprintf("%.0f %s", value, units[0])
}

// missing is how many bytes of a file have a place in it and none on the disk: it
// is grown before it is filled.
func missing(file *os.File) int64 {
	info, err := file.Stat()
	if err != nil {
		return 0
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0
	}
	const block = 512 // bytes, whatever the blocks of the disk are
	return max(0, info.Size()-st.Blocks*block)
}
