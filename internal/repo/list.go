package repo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/idptui/idptui/internal/flock"
	"github.com/idptui/idptui/internal/safe"
)

const maxMirrors = 10_000

// Mirror is one mirror that lies in the directory.
type Mirror struct {
	Name    string // of its folder
	URL     string // clean, for people
	Branch  string // as configured, clean; empty: the remote's HEAD
	Commit  string
	Size    int64     // bytes on disk, old repositories that are still in use included
	Updated time.Time // when its commit last changed
}

// List names the mirrors of the directory, by name. Others may be made or dropped
// meanwhile.
func (m *Mirrors) List() ([]Mirror, error) {
	entries, err := os.ReadDir(m.opts.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the mirrors in %s cannot be listed: %w; check who owns the folder", safe.Line(m.opts.Dir), err)
	}
	if len(entries) > maxMirrors {
		return nil, fmt.Errorf("the folder %s holds more than %d entries; set the directory of mirrors to one of its own", safe.Line(m.opts.Dir), maxMirrors)
	}
	var list []Mirror
	for _, e := range entries {
		dir := filepath.Join(m.opts.Dir, e.Name())
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		mirror := Mirror{Name: e.Name(), Size: sizeOf(dir)}
		if s, ok := load(dir); ok {
			mirror.URL, mirror.Branch, mirror.Commit = safe.Line(s.URL), safe.Line(s.Branch), s.Commit
			if info, err := os.Stat(filepath.Join(dir, stateFile)); err == nil {
				mirror.Updated = info.ModTime()
			}
		}
		list = append(list, mirror)
	}
	return list, nil
}

// DropIdle drops the mirrors that are not among those kept, by name, and got nothing
// new since a time. What is in use or cannot be removed stays for the next time.
func (m *Mirrors) DropIdle(ctx context.Context, kept []string, since time.Time) (dropped int) {
	entries, _ := os.ReadDir(m.opts.Dir) // where there is no folder, there is no mirror
	for _, e := range entries {
		dir := filepath.Join(m.opts.Dir, e.Name())
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") || slices.Contains(kept, e.Name()) {
			continue
		}
		info, err := os.Stat(filepath.Join(dir, stateFile))
		if errors.Is(err, fs.ErrNotExist) { // its first update was broken off
			info, err = os.Stat(dir)
		}
		if err == nil && info.ModTime().Before(since) && m.Drop(ctx, e.Name()) == nil {
			dropped++
		}
	}
	return dropped
}

// Drop removes a mirror by its name in List. While a Tree of it is open, or an
// Update of it runs, it is ErrBusy; a mirror that is not there is no error.
func (m *Mirrors) Drop(ctx context.Context, name string) error {
	if name != filepath.Base(name) || strings.HasPrefix(name, ".") {
		return &Error{Class: ErrAddress, text: fmt.Sprintf("%q is no name of a mirror; take one from the list", safe.Line(name))}
	}
	dir := filepath.Join(m.opts.Dir, name)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	busy := &Error{Class: ErrBusy, text: fmt.Sprintf("the mirror %s is in use, so it stays; drop it when nobody reads or updates it", safe.Line(name))}
	lock, err := hold(ctx, dir+".lock", flock.Exclusive, 0)
	if errors.Is(err, flock.ErrBusy) {
		return busy
	}
	if err != nil {
		return err
	}
	defer flock.Release(lock)
	held, free := lockRepositories(ctx, dir)
	defer func() {
		for _, l := range held {
			flock.Release(l)
		}
	}()
	if !free {
		return busy
	}
	// The state goes first: what is left of a removal that broke off is no mirror.
	err = os.Remove(filepath.Join(dir, stateFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return os.Remove(dir + ".lock")
}

// lockRepositories takes the repositories of a mirror, so that no Tree reads
// them; it is not free if one does.
func lockRepositories(ctx context.Context, dir string) (held []*os.File, free bool) {
	names, err := filepath.Glob(filepath.Join(escapeGlob(dir), objectsName+"*"))
	if err != nil {
		return nil, false
	}
	for _, name := range names {
		l, err := hold(ctx, filepath.Join(name, "lock"), flock.Exclusive, 0)
		if err != nil {
			return held, false
		}
		held = append(held, l)
	}
	return held, true
}
