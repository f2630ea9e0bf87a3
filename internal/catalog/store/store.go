// Package store is the cache: what the last sync found, in cache.db in the data
// directory. Summaries, edges and full entities lie apart, so that a list needs
// only the first. It owns that file and the small file "revision" beside it,
// which names the newest published content and which other processes poll.
//
// All of it can be rebuilt by a sync. A file that is damaged or of another
// schema is set aside and begun anew, and Notice says so; a single damaged value
// is dropped, and the file that its entity came from is read again by the next
// sync. What must not be lost belongs into package state.
package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"github.com/idptui/idptui/internal/boltfile"
)

// FileName is the cache's name in the data directory.
const FileName = "cache.db"

const (
	revisionName = "revision"
	syncLockName = "sync.lock"
)

// schema counts the layouts that were ever released.
const schema = 1

const (
	bucketSummary = "summary" // catalog.SortKey → summary codec
	bucketEdges   = "edges"   // catalog.SortKey → edges codec; none for none
	bucketEntity  = "entity"  // canonical ref → catalog.Record as JSON
	bucketFile    = "file"    // source NUL path → FileState as JSON
	bucketProblem = "problem" // source NUL path → []catalog.Problem as JSON
	bucketSource  = "source"  // name → SourceStatus as JSON
)

// Keys in the meta bucket besides the schema.
const (
	keyRevision = "revision"
	keyDirty    = "dirty" // 1: something changed that no revision has published
)

// Errors that callers tell apart.
var (
	ErrBusy     = boltfile.ErrBusy
	ErrCorrupt  = boltfile.ErrCorrupt
	ErrNewer    = boltfile.ErrNewer
	ErrNotFound = errors.New("not found")
)

// How a bulk writer behaves towards others.
const (
	batchValues = 5_000
	batchBytes  = 8 << 20
	batchPause  = 60 * time.Millisecond // with the file closed, so that readers get in
)

// keptAside is how many damaged files are kept for a look.
const keptAside = 2

// Options tune an opened store.
type Options struct {
	Wait time.Duration    // for another process, before ErrBusy; 0 is a little less than 2 s
	Now  func() time.Time // nil is time.Now
}

// Store is the cache of one data directory. It may be used by many goroutines
// and processes at once; it holds nothing open between operations.
type Store struct {
	dir  string
	file *boltfile.File
	now  func() time.Time

	mu     sync.Mutex
	notice string
}

func layout() boltfile.Layout {
	return boltfile.Layout{
		Schema:  schema,
		Buckets: []string{bucketSummary, bucketEdges, bucketEntity, bucketFile, bucketProblem, bucketSource},
	}
}

// Open opens the cache in dir and makes both where they are missing. What is
// there but cannot be used is set aside and begun anew; Notice says so. Where that
// takes writing and nothing can be written, the cache reads as an empty one.
func Open(dir string, opts Options) (*Store, error) {
	s := &Store{dir: dir, file: boltfile.New(filepath.Join(dir, FileName), layout(), opts.Wait), now: opts.Now}
	if s.now == nil {
		s.now = time.Now
	}
	err := s.viewOr(context.Background(), true, func(tx *bbolt.Tx) error { // bound by Wait
		revision, err := revisionIn(tx)
		if err != nil {
			return err
		}
		if revision != s.Revision() {
			// A crash came between the last commit and the file. That nobody can
			// write here is for the next commit to tell, not for a reader.
			_ = s.publish(revision)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Notice is a sentence about a cache that had to be begun anew, or "".
func (s *Store) Notice() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.notice
}

// view runs fn in a reading transaction. A cache that is gone or damaged is
// begun anew, and fn then sees the empty one; fn must begin from nothing each time.
func (s *Store) view(ctx context.Context, fn func(*bbolt.Tx) error) error {
	return s.viewOr(ctx, false, fn)
}

// viewOr is view; opening, it looks at the whole file, and begins a cache of
// another schema anew as well. Later that would let two running versions take the
// file from each other for ever.
func (s *Store) viewOr(ctx context.Context, opening bool, fn func(*bbolt.Tx) error) error {
	const attempts = 3 // the file, an empty one, and one that another process put there meanwhile
	view := s.file.View
	if opening {
		view = s.file.Verify
	}
	var err error
	for range attempts {
		err = view(ctx, fn)
		otherSchema := errors.Is(err, ErrNewer) || errors.Is(err, boltfile.ErrOlder)
		var repaired error
		switch {
		case errors.Is(err, fs.ErrNotExist):
			repaired = s.create(ctx)
		case errors.Is(err, ErrCorrupt), otherSchema && opening:
			repaired = s.setAside(ctx, err)
		case otherSchema:
			return fmt.Errorf("%w while this one was running; start it again", err)
		default:
			return err
		}
		switch {
		case boltfile.TakesNoWrites(repaired):
			// An empty catalog can be looked at, and its reader hears why from the
			// next sync; the next reader tries again.
			if err := s.file.ViewEmpty(fn); !errors.Is(err, boltfile.ErrCannotWrite) {
				return err
			}
			return repaired
		case repaired != nil:
			return repaired
		}
	}
	return err
}

// create makes an empty cache with a revision that nobody has seen yet.
func (s *Store) create(ctx context.Context) error {
	return s.file.Create(ctx, func(tx *bbolt.Tx) error {
		revision := s.Revision() + 1
		if err := boltfile.PutUint(tx.Bucket([]byte(boltfile.MetaBucket)), keyRevision, revision); err != nil {
			return err
		}
		return s.publish(revision)
	})
}

// setAside renames the file that cause speaks of and keeps the newest few of those.
func (s *Store) setAside(ctx context.Context, cause error) error {
	prefix := s.file.Path() + ".corrupt-"
	name := prefix + s.now().UTC().Format("20060102T150405.000000Z")
	did, err := s.file.SetAside(ctx, cause, name)
	if err != nil || !did {
		return err
	}
	s.mu.Lock()
	s.notice = fmt.Sprintf("%v; it was set aside as %s, and the next sync reads everything again", cause, filepath.Base(name))
	s.mu.Unlock()
	aside, err := filepath.Glob(prefix + "*")
	if err != nil {
		return nil // a directory with glob characters in its name keeps them all
	}
	slices.Sort(aside) // by time
	for _, old := range aside[:max(0, len(aside)-keptAside)] {
		_ = os.Remove(old) // best effort: it is litter
	}
	return nil
}

// Revision is the newest published revision, as the file beside the cache says:
// it costs no more than reading that file. 0 means that there is none. Compare
// for "other than mine", not for "greater".
func (s *Store) Revision() uint64 {
	text, err := os.ReadFile(filepath.Join(s.dir, revisionName))
	if err != nil {
		return 0
	}
	n, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// LockSync keeps other syncs of this data directory out until unlock is called, in
// this process and in others. While one is under way it waits, for wait at the
// most, and then is ErrBusy; a wait of 0 asks once. Reading needs no lock, nor does
// a Writer: it is for those who must know that what they read beforehand is still
// so when they write.
func (s *Store) LockSync(ctx context.Context, wait time.Duration) (unlock func(), err error) {
	unlock, err = boltfile.Hold(ctx, filepath.Join(s.dir, syncLockName), wait)
	if errors.Is(err, ErrBusy) {
		return nil, fmt.Errorf("the data directory %s is %w, which syncs; try again in a moment, or stop that process", s.dir, ErrBusy)
	}
	if err == nil {
		// Only a first sync needs a scratch file, and so clears away none but those of
		// the minute before; what a killed one left, as large as the cache, would stay.
		s.file.Sweep()
	}
	return unlock, err
}

// publish names a revision to other processes. It runs only under the cache's
// lock, so that the number never goes back.
func (s *Store) publish(revision uint64) error {
	path := filepath.Join(s.dir, revisionName)
	err := os.WriteFile(path+".new", strconv.AppendUint(nil, revision, 10), 0o600)
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		return boltfile.CannotWrite(s.dir, err)
	}
	return nil
}

func revisionIn(tx *bbolt.Tx) (uint64, error) {
	return boltfile.GetUint(tx.Bucket([]byte(boltfile.MetaBucket)), keyRevision)
}
