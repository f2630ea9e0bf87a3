package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/infer"
	"github.com/idptui/idptui/internal/cli"
	"github.com/idptui/idptui/internal/config"
	"github.com/idptui/idptui/internal/safe"
	"github.com/idptui/idptui/internal/ui/pane"
)

// repositoriesFolder holds the data of repositories that were the whole catalog of
// a session, below the data directory.
const repositoriesFolder = "repositories"

// alone is the portal whose catalog is the repository by itself, as somebody who has
// no sources sees it. Its data lie apart, so that the repository is in no other
// session's catalog and is not remembered.
func (s *services) alone(ctx context.Context, p *portal, h *here) (*portal, error) {
	h.askGit(ctx)
	cfg, name := *p.cfg, config.Slug(filepath.Base(h.Top))
	sum := sha256.Sum256([]byte(h.Top))
	cfg.Data = filepath.Join(cfg.Data, repositoriesFolder, name+"-"+hex.EncodeToString(sum[:4]))
	cfg.Sources = []config.Source{{Name: name, Folder: h.Top, Trusted: true}}
	own, err := s.openData(&cfg, cfg.Sources) //nolint:contextcheck // store and state wait less than 2 s each by themselves
	if err != nil {
		return nil, err
	}
	own.here = h
	own.sources = append(own.sources, own.source(cfg.Sources[0], &cfg))
	return own, nil
}

// standIn is what a session shows while its catalog is empty: what the repository
// describes, until that is read, or what it seems to be, as long as it describes
// nothing. It is stored nowhere and never changes.
type standIn struct {
	records []*catalog.Record
	repository
}

// repository is where the descriptor of an inferred entity can be written.
type repository struct {
	top, path string // absolute; slash-separated below it
	text      string
}

// record is what it has of an entity, or nil.
func (in *standIn) record(ref catalog.Ref) *catalog.Record {
	if in == nil {
		return nil
	}
	i := slices.IndexFunc(in.records, func(rec *catalog.Record) bool { return rec.Entity.Ref().Equal(ref) })
	if i < 0 {
		return nil
	}
	return in.records[i]
}

// snapshot is its entities as a catalog.
func (in *standIn) snapshot(revision uint64) *catalog.Snapshot {
	list := slices.SortedFunc(slices.Values(in.records), func(a, b *catalog.Record) int {
		return strings.Compare(catalog.SortKey(a.Entity.Ref()), catalog.SortKey(b.Entity.Ref()))
	})
	b := catalog.NewBuilder(revision, len(list))
	for _, rec := range list {
		b.Add(catalog.Summarise(rec))
	}
	return b.Snapshot().WithEdges(func(yield func(string, []catalog.Edge) bool) {
		for _, rec := range list {
			edges, _ := catalog.Edges(rec.Entity)
			if !yield(catalog.SortKey(rec.Entity.Ref()), edges) {
				return
			}
		}
	})
}

// firstRead is how long the first frame of a repository waits for the sync. What is
// larger shows its nearest descriptor meanwhile.
const firstRead = time.Second

// openAlone publishes what the first frame shows of a repository that is the whole
// catalog, and says where to open.
func (l *live) openAlone(ctx context.Context) (*catalog.Snapshot, pane.Place, error) {
	p := l.portal()
	h := p.here
	snap, err := l.begin(ctx, false)
	if err != nil {
		return nil, pane.Place{}, err
	}
	if snap.Len() == 0 {
		soon, cancel := context.WithTimeout(ctx, firstRead)
		_, err := p.syncer().SyncAll(soon, p.sources, nil)
		cancel()
		if ctx.Err() != nil {
			return nil, pane.Place{}, ctx.Err()
		}
		if err == nil { // else the loop tries again, and Sources tell why
			if snap, err = l.begin(ctx, false); err != nil {
				return nil, pane.Place{}, err
			}
		}
	}
	if snap.Len() == 0 {
		if in := h.standIn(p); in != nil {
			l.standIn.Store(in)
			l.publish(snap)
		}
	}
	switch {
	case l.inferred() || l.View().Len() == 0:
	case h.descriptor == "":
		l.hello = "No descriptor lies here or above; idptui catalog infer tells what one could say."
	default:
		l.hello = "The catalog is this repository alone; idptui --catalog PATH adds one of yours."
	}
	return snap, h.start(l.View(), l.inferred()), nil
}

// start is where to open: at the first Component of the nearest descriptor, else its
// first entity; at the entity that is inferred; at the errors, where the catalog does
// not take the nearest descriptor; else the list.
func (h *here) start(view *catalog.View, inferred bool) pane.Place {
	if rec := h.first(view); rec != nil {
		return pane.Place{Pane: pane.Entity, Ref: rec.Entity.Ref().String()}
	}
	if h.descriptor != "" && view.Len() == 0 {
		return pane.Place{Pane: pane.Errors}
	}
	if inferred {
		return pane.Place{Pane: pane.Entity, Ref: view.Row(0).Ref().String()}
	}
	return pane.Place{}
}

// first is the entity of the nearest descriptor that stands for the repository, of
// those that a catalog has; nil is none.
func (h *here) first(view *catalog.View) *catalog.Record {
	var first *catalog.Record
	for _, rec := range h.records {
		if _, ok := view.Find(rec.Entity.Ref()); !ok {
			continue
		}
		if rec.Entity.Kind == catalog.KindComponent {
			return rec
		}
		if first == nil {
			first = rec
		}
	}
	return first
}

// standIn is what to show of the repository as long as the catalog is empty; nil is
// nothing.
func (h *here) standIn(p *portal) *standIn {
	source, now := p.sources[0].Name(), p.sys.Now()
	if len(h.records) > 0 {
		in := &standIn{}
		for _, rec := range h.records {
			shown := *rec
			shown.Provenance.Source, shown.Provenance.Synced = source, now
			in.records = append(in.records, &shown)
		}
		return in
	}
	if h.descriptor != "" {
		return nil
	}
	var guess *infer.Result
	if err := h.look(p.sys.Files, func(files fs.FS) { guess = infer.From(files, h.place(p.cfg)) }); err != nil {
		return nil
	}
	rec, err := guess.Record()
	if err != nil {
		return nil
	}
	rec.Provenance.Source, rec.Provenance.Synced = source, now
	return &standIn{[]*catalog.Record{rec}, repository{h.Top, guess.Path(), rec.Raw}}
}

// inferred tells whether what is on screen is an inferred entity.
func (l *live) inferred() bool { return l.stands.Load() && l.standIn.Load().text != "" }

// errNotInferred is the answer for an entity that somebody has described.
var errNotInferred = errors.New("it is described already")

// Describe writes the descriptor of the inferred entity as its record has it, never
// over a file that is there, and has it read. It returns the file's path.
func (l *live) Describe(_ context.Context, ref catalog.Ref) (string, error) {
	in := l.standIn.Load()
	rec := in.record(ref)
	if rec == nil || len(rec.Inferred) == 0 {
		return "", errNotInferred
	}
	err := l.calls.do(func() error { return in.write(l.portal().sys.Files) })
	if err != nil {
		return "", err
	}
	l.Sync()
	return safe.Line(in.path), nil
}

// write makes the new file. Half a file is taken away again.
func (r repository) write(disk cli.Files) error {
	shown := safe.Line(r.path)
	docs := catalog.Read([]byte(r.text), catalog.ReadOptions{Path: shown, Named: true})
	if len(docs) != 1 || docs[0].State != catalog.DocAccepted {
		return fmt.Errorf("%s was not written, as the catalog would not take it", shown)
	}
	root, err := disk.OpenRoot(r.top)
	if err != nil {
		return fmt.Errorf("the folder %s cannot be opened: %w", safe.Line(r.top), cause(err))
	}
	defer root.Close() //nolint:errcheck // the file was closed and checked
	f, err := root.OpenFile(filepath.FromSlash(r.path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	switch {
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%s is there already and was left as it is; r reads it", shown)
	case err != nil:
		return fmt.Errorf("%s cannot be written: %w", shown, cause(err))
	}
	_, err = f.WriteString(r.text)
	if err = errors.Join(err, f.Close()); err != nil {
		_ = root.Remove(filepath.FromSlash(r.path))
		return fmt.Errorf("%s cannot be written: %w", shown, cause(err))
	}
	return nil
}
