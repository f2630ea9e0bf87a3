package app

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/idptui/idptui/internal/catalog/store"
	"github.com/idptui/idptui/internal/cli"
	"github.com/idptui/idptui/internal/state"
)

// stateFile is the state as a file: to copy it, to put a copy back, to look at it.
type stateFile struct {
	sys *cli.IO
	dir string
}

// StateFile is the state that the settings lead to, whether it can be used or not.
func (s *services) StateFile(set cli.Settings) (cli.StateFile, error) {
	cfg, err := s.load(set)
	if err != nil {
		return nil, err
	}
	return &stateFile{s.sys, cfg.Data}, nil
}

// Path is the file's path.
func (f *stateFile) Path() string { return filepath.Join(f.dir, state.FileName) }

// Backups lists the backups, the newest first, and says of each whether it is good.
func (f *stateFile) Backups(context.Context) ([]cli.Backup, error) {
	all, err := state.Backups(f.dir)
	if err != nil {
		return nil, sentence(err)
	}
	out := make([]cli.Backup, len(all))
	for i, b := range all {
		out[i] = cli.Backup{File: b.Path, Time: b.At, Bytes: b.Size}
		if err := state.CheckBackup(f.dir, b.Path); err != nil {
			out[i].Damage = err.Error()
		}
	}
	return out, nil
}

// Backup makes a backup at a path, or among the others.
func (f *stateFile) Backup(ctx context.Context, path string) (cli.Backup, error) {
	if path != "" {
		path = f.sys.Path(path)
	}
	b, err := state.BackUp(ctx, f.dir, path, f.sys.Now())
	if err != nil {
		return cli.Backup{}, sentence(err)
	}
	return cli.Backup{File: b.Path, Time: b.At, Bytes: b.Size}, nil
}

// Restore puts a backup in the place of the state, and then has it hold the claims
// that the catalog shows: what was claimed and given up since the backup would else
// be decided anew, or never.
func (f *stateFile) Restore(ctx context.Context, path string) (from, aside string, err error) {
	if path != "" {
		path = f.sys.Path(path)
	}
	cache, err := store.Open(f.dir, store.Options{Now: f.sys.Now}) //nolint:contextcheck // it waits less than 2 s by itself
	if err != nil {
		return "", "", sentence(err)
	}
	unlock, err := cache.LockSync(ctx, 0)
	if err != nil {
		return "", "", sentence(err)
	}
	defer unlock()
	from, aside, err = state.Restore(ctx, f.dir, path, f.sys.Now())
	if errors.Is(err, fs.ErrNotExist) && path != "" {
		return "", "", cli.NotFound("idptui state restore lists the backups", "there is no file %s", path)
	}
	if err == nil {
		err = f.reclaim(ctx, cache)
	}
	return from, aside, sentence(err)
}

// reclaim makes the claims those of the entities in the cache. An empty cache says
// nothing about them.
func (f *stateFile) reclaim(ctx context.Context, cache *store.Store) error {
	st, err := state.Open(f.dir, state.Options{}) //nolint:contextcheck // it waits less than 2 s by itself
	if err != nil {
		return err
	}
	defer st.Close() //nolint:errcheck // it holds nothing open
	var shown []state.Claim
	sources := map[string]bool{}
	for rec, err := range cache.Records(ctx) {
		if errors.Is(err, store.ErrNotFound) {
			continue // damaged; the next sync reads it again
		}
		if err != nil {
			return err
		}
		p := rec.Provenance
		shown = append(shown, state.Claim{Ref: rec.Entity.Ref().String(), Source: p.Source, Path: p.Path})
		sources[p.Source] = true
	}
	held := make(map[string]state.Claim, len(shown))
	for _, c := range shown {
		held[c.Ref] = c
	}
	for source := range sources {
		claims, err := st.Claims(ctx, source)
		if err != nil {
			return err
		}
		claims = slices.DeleteFunc(claims, func(c state.Claim) bool { return held[c.Ref] == c })
		gone := make([]string, len(claims))
		for i, c := range claims {
			gone[i] = c.Ref
		}
		if err := st.Release(ctx, source, gone); err != nil {
			return err
		}
	}
	for part := range slices.Chunk(shown, state.MaxClaims) {
		lost, err := st.Claim(ctx, part)
		if err != nil {
			return err
		}
		for _, l := range lost { // to a source that is no more
			if err := st.Release(ctx, l.Holder.Source, []string{l.Ref}); err != nil {
				return err
			}
		}
		if _, err := st.Claim(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

// Check reads all of the state.
func (f *stateFile) Check(ctx context.Context) error {
	st, err := state.Open(f.dir, state.Options{}) //nolint:contextcheck // it waits less than 2 s by itself
	if err != nil {
		return sentence(err)
	}
	return sentence(errors.Join(st.Check(ctx), st.Close()))
}

// backUp makes the hourly backup if it is due. What keeps it from being made is
// said by doctor, and is no reason to fail what somebody asked for.
func (p *portal) backUp(ctx context.Context) {
	_, _ = state.BackUpIfDue(ctx, p.cfg.Data, p.sys.Now())
}
