package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"github.com/idptui/idptui/internal/boltfile"
	"github.com/idptui/idptui/internal/catalog"
)

// Writer writes what a sync of one source found. Calls are stored in their order
// and in batches, so that no more than one batch is in memory; Commit stores the
// rest and publishes it all under a new revision. Until then readers may see a
// part of it, under the old revision, and a crash leaves that part: call Expect
// before the Puts and Deletes of a file and File after them, and the next sync
// makes up the rest.
//
// A Writer belongs to one goroutine. End it with Commit, or with Abandon, which
// does nothing after Commit.
type Writer struct {
	s       *Store
	source  string
	pending batch
	last    time.Time // when the cache was last closed after a batch
	stored  bool      // a batch is in the cache already

	fill    bool // the cache was empty at the beginning: what does not fit one batch goes to a new file
	scratch *boltfile.Scratch
}

// maxKey keeps refs and paths within what the file can have as a key.
const maxKey = 8 << 10

// Begin starts writing what a sync of source found.
func (s *Store) Begin(ctx context.Context, source string) (*Writer, error) {
	if err := checkSource(source); err != nil {
		return nil, err
	}
	w := &Writer{s: s, source: source, pending: newBatch(source)}
	err := s.view(ctx, func(tx *bbolt.Tx) (err error) {
		w.fill, err = isEmpty(tx)
		return err
	})
	return w, err
}

// isEmpty tells whether a cache holds nothing that a new file would hide.
func isEmpty(tx *bbolt.Tx) (bool, error) {
	for _, name := range layout().Buckets {
		if k, _ := tx.Bucket([]byte(name)).Cursor().First(); k != nil {
			return false, nil
		}
	}
	return true, nil
}

// Put stores an entity under its ref, whoever brought it before.
func (w *Writer) Put(ctx context.Context, rec *catalog.Record) error {
	if rec == nil || rec.Entity == nil {
		return errors.New("a record without an entity cannot be stored")
	}
	ref := rec.Entity.Ref()
	if err := checkRef(ref); err != nil {
		return err
	}
	record, err := json.Marshal(rec)
	if err != nil {
		return fmt.Errorf("%s cannot be stored: %w", ref, err)
	}
	if len(record) > boltfile.MaxValue {
		return fmt.Errorf("%s cannot be stored: it has %d bytes where %d are the most", ref, len(record), boltfile.MaxValue)
	}
	e := entity{ref: ref, summary: encodeSummary(catalog.Summarise(rec)), record: record}
	// What is wrong with its references was reported when it was read.
	if edges, _ := catalog.Edges(rec.Entity); len(edges) > 0 {
		e.edges = encodeEdges(edges)
	}
	w.pending.entity(e)
	return w.flushIfFull(ctx)
}

// Delete removes an entity that this source brought. One that another source
// brought under that ref stays.
func (w *Writer) Delete(ctx context.Context, ref catalog.Ref) error {
	if err := checkRef(ref); err != nil {
		return err
	}
	w.pending.entity(entity{ref: ref})
	return w.flushIfFull(ctx)
}

// Expect notes, ahead of them, that the entities of a file are about to change. f
// lists all that the file held and will hold, and has no Hash. It stands until
// File or DropFile says more, so that after a crash between the two the next sync
// reads the file again and knows of everything that may be stored of it.
func (w *Writer) Expect(ctx context.Context, f FileState) error {
	if w.fill {
		return nil // the new file is there whole or not at all
	}
	return w.File(ctx, f)
}

// File notes a file, after its entities.
func (w *Writer) File(ctx context.Context, f FileState) error {
	if err := checkPath(f.Path); err != nil {
		return err
	}
	note, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("the note of %s cannot be stored: %w", f.Path, err)
	}
	w.pending.note(w.pending.files, f.Path, note)
	return w.flushIfFull(ctx)
}

// DropFile forgets a file and its problems, after its entities were deleted.
func (w *Writer) DropFile(ctx context.Context, path string) error {
	if err := checkPath(path); err != nil {
		return err
	}
	w.pending.note(w.pending.files, path, nil)
	w.pending.note(w.pending.problems, path, nil)
	return w.flushIfFull(ctx)
}

// Problems replaces what is recorded for a path; "" is the source as a whole.
// It fills in the source and, where there is none, the path.
func (w *Writer) Problems(ctx context.Context, path string, problems []catalog.Problem) error {
	if err := checkPath(path); err != nil {
		return err
	}
	var note []byte
	if len(problems) > 0 {
		own := make([]catalog.Problem, len(problems))
		for i, p := range problems {
			p.Source = w.source
			if p.Path == "" {
				p.Path = path
			}
			own[i] = p
		}
		var err error
		if note, err = json.Marshal(own); err != nil {
			return fmt.Errorf("the problems of %s cannot be stored: %w", path, err)
		}
	}
	w.pending.note(w.pending.problems, path, note)
	return w.flushIfFull(ctx)
}

// Commit stores the rest and the status of the source, whose name it fills in,
// and gives the revision under which everything is published: a new one if
// anything changed that a reader can see, else the present one.
func (w *Writer) Commit(ctx context.Context, status SourceStatus) (uint64, error) {
	status.Name = w.source
	return w.finish(ctx, &status)
}

// finish is Commit; without a status, the source's is removed.
func (w *Writer) finish(ctx context.Context, status *SourceStatus) (uint64, error) {
	defer w.Abandon()
	if w.scratch != nil {
		revision, done, err := w.install(ctx, status)
		if done || err != nil {
			return revision, err
		}
		if err := w.merge(ctx); err != nil {
			return 0, err
		}
	}
	var revision uint64
	var unpublished error
	err := w.update(ctx, func(tx *bbolt.Tx) error {
		before, err := revisionIn(tx)
		if err == nil {
			err = w.pending.store(tx)
		}
		if err != nil {
			return err
		}
		if revision, err = w.conclude(tx, status); err == nil && revision != before {
			tx.OnCommit(func() { unpublished = w.s.publish(revision) }) // the cache is still locked then
		}
		return err
	})
	if err = cmp.Or(err, unpublished); err != nil {
		return 0, err
	}
	return revision, nil
}

// Abandon gives up what no batch has stored yet.
func (w *Writer) Abandon() {
	if w.scratch != nil {
		w.scratch.Discard()
		w.scratch = nil
	}
	w.pending = newBatch(w.source)
}

// conclude stores the status and, if something changed, a new revision.
func (w *Writer) conclude(tx *bbolt.Tx, status *SourceStatus) (uint64, error) {
	meta := tx.Bucket([]byte(boltfile.MetaBucket))
	revision, err := revisionIn(tx)
	if err != nil {
		return 0, err
	}
	dirty, err := boltfile.GetUint(meta, keyDirty)
	if err != nil {
		return 0, err
	}
	changed, err := putStatus(tx.Bucket([]byte(bucketSource)), w.source, status)
	if err != nil || dirty == 0 && !changed {
		return revision, err
	}
	revision = max(revision, w.s.Revision()) + 1
	if err := boltfile.PutUint(meta, keyRevision, revision); err != nil {
		return 0, err
	}
	return revision, boltfile.PutUint(meta, keyDirty, 0)
}

// putStatus stores or, when it is nil, removes a status and tells whether others
// should see that at once.
func putStatus(sources *bbolt.Bucket, source string, status *SourceStatus) (bool, error) {
	var old SourceStatus
	payload, err := boltfile.Get(sources, []byte(source))
	known := err == nil && payload != nil && json.Unmarshal(payload, &old) == nil
	if status == nil {
		return known, sources.Delete([]byte(source))
	}
	text, err := json.Marshal(status)
	if err != nil {
		return false, fmt.Errorf("the status of %s cannot be stored: %w", source, err)
	}
	return !known || old.visible() != status.visible(), boltfile.Put(sources, []byte(source), text)
}

// doubt takes from the status of a source, or of all, what would let a sync skip
// it as unchanged.
func doubt(tx *bbolt.Tx, source string) error {
	sources := tx.Bucket([]byte(bucketSource))
	doubtful := map[string]SourceStatus{}
	err := boltfile.Walk(sources, []byte(source), nil, func(k, v []byte) error {
		var status SourceStatus
		payload, err := boltfile.Unseal(k, v)
		if err == nil && json.Unmarshal(payload, &status) == nil && status.Revision != "" && (source == "" || source == string(k)) {
			doubtful[string(k)] = status
		}
		return nil // a damaged one lets nothing be skipped
	})
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(doubtful)) {
		status := doubtful[name]
		status.Revision, status.Rules = "", ""
		if _, err := putStatus(sources, name, &status); err != nil {
			return err
		}
	}
	return nil
}

// flushIfFull stores the pending batch once it is large.
func (w *Writer) flushIfFull(ctx context.Context) error {
	if !w.pending.full() {
		return nil
	}
	if w.fill {
		return w.flushAside(ctx)
	}
	err := w.update(ctx, func(tx *bbolt.Tx) error {
		if err := w.pending.store(tx); err != nil {
			return err
		}
		return doubt(tx, w.source) // until it is whole again
	})
	if err != nil {
		return err
	}
	w.pending = newBatch(w.source)
	w.stored = true
	return nil
}

// update is one transaction on the cache, a pause after the one before.
func (w *Writer) update(ctx context.Context, fn func(*bbolt.Tx) error) error {
	if pause := batchPause - time.Since(w.last); w.stored && pause > 0 {
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
	defer func() { w.last = time.Now() }()
	err := w.s.file.Update(ctx, fn)
	if errors.Is(err, fs.ErrNotExist) && !w.stored {
		if err = w.s.create(ctx); err == nil {
			err = w.s.file.Update(ctx, fn)
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s was removed while a sync of %s wrote to it; sync again: %w", w.s.file.Path(), w.source, err)
	case errors.Is(err, ErrCorrupt):
		if aside := w.s.setAside(ctx, err); aside != nil {
			return aside
		}
		return fmt.Errorf("%w; it was set aside: sync again", err)
	}
	return err
}

func checkRef(ref catalog.Ref) error {
	text := ref.String()
	if ref.Kind == "" || ref.Namespace == "" || ref.Name == "" || len(text) > maxKey || strings.IndexByte(text, 0) >= 0 {
		return fmt.Errorf("%.80q cannot be stored: it is no complete reference of at most %d bytes", text, maxKey)
	}
	return nil
}

func checkPath(path string) error {
	if len(path) > maxKey || strings.IndexByte(path, 0) >= 0 {
		return fmt.Errorf("the path %.80q cannot be stored: it has a NUL or more than %d bytes", path, maxKey)
	}
	return nil
}
