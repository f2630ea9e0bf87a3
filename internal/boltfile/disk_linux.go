package boltfile

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// statDisk asks the system for the free bytes and the kind of file system.
func statDisk(dir string) (free int64, network string, err error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, "", err
	}
	free = int64(st.Bavail) * int64(st.Bsize)              //nolint:gosec,unconvert // no disk is that large; 32 bits on some machines
	network = networkByMagic(uint32(st.Type & 0xFFFFFFFF)) //nolint:gosec // 32 bits, signed on some machines
	if network == userSpace {
		mounts, err := os.ReadFile("/proc/self/mountinfo")
		if err != nil {
			return free, "", nil // it cannot be told, and most are local
		}
		network = networkByMount(string(mounts), dir)
	}
	return free, network, nil
}

// userSpace is a file system that a program provides: only its mount says which.
const userSpace = "FUSE"

// networkByMagic names the network file systems that the kernel has a number for.
func networkByMagic(magic uint32) string {
	switch magic {
	case 0x6969:
		return "NFS"
	case 0x517B, 0xFF534D42, 0xFE534D42:
		return "SMB"
	case 0x01021997:
		return "9p"
	case 0x00C36400:
		return "Ceph"
	case 0x5346414F, 0x6B414653:
		return "AFS"
	case 0x0BD00BD0:
		return "Lustre"
	case 0x47504653:
		return "GPFS"
	case 0x73757245:
		return "Coda"
	case 0x65735546:
		return userSpace
	}
	return ""
}

// networkByMount finds the mount that dir lies on and names it, if it is one of
// those that reach another machine.
func networkByMount(mounts, dir string) string {
	best, kind := "", ""
	for line := range strings.Lines(mounts) {
		before, after, ok := strings.Cut(line, " - ")
		fields, what := strings.Fields(before), strings.Fields(after)
		if !ok || len(fields) < 5 || len(what) < 1 {
			continue
		}
		at := strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(fields[4])
		rel, err := filepath.Rel(at, dir)
		inside := err == nil && rel != ".." && !strings.HasPrefix(rel, "../")
		if inside && len(at) >= len(best) {
			best, kind = at, what[0]
		}
	}
	name, ok := strings.CutPrefix(kind, "fuse.")
	if !ok {
		return ""
	}
	for _, remote := range []string{
		"sshfs", "s3fs", "glusterfs", "rclone", "gcsfuse", "ceph", "curlftpfs", "davfs", "smbnetfs", "nfs", "juicefs",
		"goofys", "blobfuse", "cvmfs", "seaweedfs", "weed", "mount-s3", "moosefs", "mfs", "lizardfs", "hdfs", "onedriver",
		"google-drive", "gvfs", "kio", "afp", "beegfs", "osxfs", "grpcfuse", "portal",
	} {
		if strings.Contains(name, remote) {
			return userSpace + " " + name
		}
	}
	return ""
}
