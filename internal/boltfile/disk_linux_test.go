package boltfile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"
)

func TestNetworkFileSystemsAreKnown(t *testing.T) {
	t.Parallel()
	for magic, want := range map[uint32]string{
		0x6969: "NFS", 0xFF534D42: "SMB", 0xFE534D42: "SMB", 0x517B: "SMB", 0x01021997: "9p", 0x65735546: userSpace,
		0xEF53: "", 0x01021994: "", 0x9123683E: "", 0x58465342: "", 0x794C7630: "",
	} {
		if got := networkByMagic(magic); got != want {
			t.Errorf("%#x is %q, want %q", magic, got, want)
		}
	}
	mounts := `22 1 8:1 / / rw,relatime - ext4 /dev/vda rw
30 22 0:40 / /mnt/team rw,nosuid - fuse.sshfs host:/srv rw
31 22 0:41 / /mnt/team/disk rw - fuseblk /dev/sdb1 rw
32 22 0:42 / /mnt/my\\040vault rw - fuse.gocryptfs vault rw
33 22 0:43 / /mnt/s3 rw shared:7 master:2 - fuse.rclone remote: rw
no mount at all
`
	mounts = strings.ReplaceAll(mounts, `\\`, `\`)
	for dir, want := range map[string]string{
		"/mnt/team": "FUSE sshfs", "/mnt/team/data": "FUSE sshfs", "/mnt/team/disk/data": "", "/mnt/my vault/x": "",
		"/mnt/s3/data": "FUSE rclone", "/home": "", "/mnt/teams": "",
	} {
		if got := networkByMount(mounts, dir); got != want {
			t.Errorf("%s is on %q, want %q", dir, got, want)
		}
	}
}

func TestADiskIsNamedByItsMount(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d, err := DiskOf(filepath.Join(dir, "not", "there"))
	if err != nil || d.Free <= 0 || !strings.HasPrefix(dir, strings.TrimSuffix(d.Mount, "/")) {
		t.Errorf("%+v, %v", d, err)
	}
	if d, err := DiskOf("/proc"); err != nil || d.Mount != "/proc" {
		t.Errorf("%+v, %v", d, err)
	}
	if err := Writable(dir); err != nil {
		t.Error(err)
	}
	for n, want := range map[int64]string{-1: "0 bytes", 999: "999 bytes", 1500: "1.5 kB", 12_345_678: "12 MB", 3_100_000_000_000_000: "3100 TB"} {
		if got := Size(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}

func TestAnEmptyFileIsSeenWhereNoneCanBeMade(t *testing.T) {
	t.Parallel()
	f := New("/proc/idptui/x.db", testLayout(), 0)
	if err := f.Create(t.Context(), nil); !errors.Is(err, ErrCannotWrite) {
		t.Skipf("SKIPPED: /proc takes directories here: %v", err)
	}
	before, _ := filepath.Glob(filepath.Join(os.TempDir(), "x.db-*"))
	err := f.ViewEmpty(func(tx *bbolt.Tx) error {
		if k, _ := tx.Bucket([]byte(bucket)).Cursor().First(); k != nil {
			t.Errorf("it has %q", k)
		}
		return nil
	})
	after, _ := filepath.Glob(filepath.Join(os.TempDir(), "x.db-*"))
	if err != nil || len(after) > len(before) {
		t.Errorf("%v, left are %v", err, after)
	}
}
