package boltfile

import (
	"strings"
	"syscall"
)

// statDisk asks the system for the free bytes and the kind of file system.
func statDisk(dir string) (free int64, network string, err error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, "", err
	}
	var name strings.Builder
	for _, c := range st.Fstypename {
		if c == 0 {
			break
		}
		name.WriteByte(byte(c))
	}
	switch kind := name.String(); kind {
	case "nfs", "smbfs", "afpfs", "webdav", "9p", "ftp":
		network = strings.ToUpper(strings.TrimSuffix(kind, "fs"))
	case "macfuse", "osxfuse":
		network = "FUSE"
	}
	return int64(st.Bavail) * int64(st.Bsize), network, nil
}
