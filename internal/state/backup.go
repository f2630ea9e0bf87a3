package state

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"github.com/idptui/idptui/internal/boltfile"
)

// BackupDir is the name of the directory in the data directory that backups lie in.
const BackupDir = "backups"

// How often a backup is made while something changes, and how many are kept.
const (
	BackupEvery = time.Hour
	keptHourly  = 24
	keptDaily   = 7
)

const (
	backupPrefix = "state-"
	backupSuffix = ".db"
	backupTime   = "20060102T150405.000Z"
	backupLock   = "backup.lock"
)

// keyRestored tells, in the meta bucket, one life of the file from the next: what
// is written after a restore counts from an older number again.
const keyRestored = "restored"

// Backup is a copy of the state.
type Backup struct {
	Path string
	At   time.Time // when it was made
	Size int64     // bytes
}

func fileIn(dir string) *boltfile.File {
	return boltfile.New(filepath.Join(dir, FileName), layout(), 0)
}

// Backups are those that lie in the data directory dir, the newest first.
func Backups(dir string) ([]Backup, error) {
	names, err := os.ReadDir(filepath.Join(dir, BackupDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the backups in %s cannot be listed: %w", filepath.Join(dir, BackupDir), err)
	}
	var out []Backup
	for _, n := range names {
		middle, ok := strings.CutPrefix(n.Name(), backupPrefix)
		middle, whole := strings.CutSuffix(middle, backupSuffix)
		at, err := time.Parse(backupTime, middle)
		info, unknown := n.Info()
		if ok && whole && err == nil && unknown == nil && info.Mode().IsRegular() {
			out = append(out, Backup{filepath.Join(dir, BackupDir, n.Name()), at, info.Size()})
		}
	}
	slices.SortFunc(out, func(a, b Backup) int { return b.At.Compare(a.At) })
	return out, nil
}

// BackUp writes a backup of the state in dir to path, or among the others where
// path is "". It is read and proved to be whole before it has its name.
func BackUp(ctx context.Context, dir, path string, now time.Time) (Backup, error) {
	own := path == ""
	if own {
		path = filepath.Join(dir, BackupDir, backupPrefix+now.UTC().Format(backupTime)+backupSuffix)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return Backup{}, boltfile.CannotWrite(dir, err)
		}
	}
	file := fileIn(dir)
	for _, suffix := range []string{"", ".lock"} {
		if filepath.Clean(path) == file.Path()+suffix {
			return Backup{}, fmt.Errorf("a backup cannot be written to %s, which is in use itself: %w", path, ErrInvalid)
		}
	}
	if err := file.Copy(ctx, path); err != nil {
		return Backup{}, fmt.Errorf("no backup was made: %w", (&bolt{file: file}).explain(err))
	}
	if own {
		prune(dir)
	}
	info, err := os.Stat(path)
	if err != nil {
		return Backup{}, err
	}
	return Backup{path, now.UTC(), info.Size()}, nil
}

// BackUpIfDue makes a backup if the newest is older than BackupEvery, the state
// has changed since, and no other process is about to. It costs next to nothing
// where none is due, and tells whether it made one.
func BackUpIfDue(ctx context.Context, dir string, now time.Time) (bool, error) {
	if due, err := backupDue(ctx, dir, now); !due || err != nil {
		return false, err
	}
	done, err := boltfile.Hold(ctx, filepath.Join(dir, backupLock), 0)
	if errors.Is(err, ErrBusy) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer done()
	if due, err := backupDue(ctx, dir, now); !due || err != nil { // another process was first
		return false, err
	}
	_, err = BackUp(ctx, dir, "", now)
	return err == nil, err
}

func backupDue(ctx context.Context, dir string, now time.Time) (bool, error) {
	all, err := Backups(dir)
	if err != nil {
		return false, err
	}
	// A clock that was set back leaves backups of the future: those prove nothing.
	all = slices.DeleteFunc(all, func(b Backup) bool { return b.At.After(now) })
	if len(all) > 0 && now.Sub(all[0].At) < BackupEvery {
		return false, nil
	}
	file := fileIn(dir)
	var is, was content
	if err := file.View(ctx, is.read); err != nil {
		if unusable(err) || errors.Is(err, fs.ErrNotExist) {
			return false, nil // there is nothing worth keeping, and Trouble says so
		}
		return false, err
	}
	if len(all) == 0 {
		return true, nil
	}
	return file.Inspect(all[0].Path, was.read) != nil || is != was, nil
}

// content stands for all that is stored: it is another after each change.
type content struct {
	tx       int
	restored uint64
}

func (c *content) read(tx *bbolt.Tx) (err error) {
	c.tx = tx.ID()
	c.restored, err = boltfile.GetUint(tx.Bucket([]byte(boltfile.MetaBucket)), keyRestored)
	return err
}

// prune removes the backups that are neither among the newest nor the last of one
// of the days before those. It is best effort: the next one does it again.
func prune(dir string) {
	all, err := Backups(dir)
	if err != nil {
		return
	}
	days := map[string]bool{}
	for _, b := range all[min(keptHourly, len(all)):] {
		day := b.At.Format(time.DateOnly)
		if days[day] || len(days) == keptDaily {
			_ = os.Remove(b.Path)
			continue
		}
		days[day] = true
	}
	left, err := filepath.Glob(filepath.Join(dir, BackupDir, backupPrefix+"*.new-*"))
	if err != nil {
		return // a directory with glob characters in its name keeps its litter
	}
	for _, name := range left {
		if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) > BackupEvery {
			_ = os.Remove(name) // a crash left it
		}
	}
}

// CheckBackup proves that path is a whole backup that Restore would take.
func CheckBackup(dir, path string) error {
	err := fileIn(dir).Inspect(path, func(*bbolt.Tx) error { return nil })
	if errors.Is(err, ErrNewer) {
		return fmt.Errorf("%w; update idptui first", err)
	}
	return err
}

// Restore puts the backup at path, or the newest good one where path is "", in the
// place of the state in dir, and tells which, and where what was there is kept:
// "" where there was nothing. While another process uses the state it is ErrBusy.
func Restore(ctx context.Context, dir, path string, now time.Time) (from, aside string, err error) {
	if path == "" {
		if path, err = newestGood(dir); err != nil {
			return "", "", err
		}
	}
	if err := CheckBackup(dir, path); err != nil {
		return "", "", fmt.Errorf("%s cannot be restored: %w", path, err)
	}
	file := fileIn(dir)
	aside = file.Path() + ".replaced-" + now.UTC().Format(backupTime)
	err = file.Replace(ctx, path, aside, func(tx *bbolt.Tx) error {
		life := uint64(max(1, now.UnixNano())) //nolint:gosec // not negative
		return boltfile.PutUint(tx.Bucket([]byte(boltfile.MetaBucket)), keyRestored, life)
	})
	if err != nil {
		return "", "", err
	}
	if _, err := os.Lstat(aside); err != nil {
		aside = ""
	}
	return path, aside, nil
}

func newestGood(dir string) (string, error) {
	all, err := Backups(dir)
	if err != nil {
		return "", err
	}
	var first error
	for _, b := range all {
		if err = CheckBackup(dir, b.Path); err == nil {
			return b.Path, nil
		}
		first = cmp.Or(first, err)
	}
	if first != nil {
		return "", fmt.Errorf("none of the %d backups is good; the newest: %w", len(all), first)
	}
	return "", fmt.Errorf("a backup in %s was %w; move %s away to start with an empty state", filepath.Join(dir, BackupDir), ErrNotFound, filepath.Join(dir, FileName))
}
