package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/idptui/idptui/internal/catalog"
)

// Two catalogs that nobody takes for each other: how many entities, from which on.
const (
	oldFrom, oldTo = 0, 300
	newFrom, newTo = 1000, 1700
)

// untilEOF tells when the standard input has ended.
func untilEOF() func() bool {
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(io.Discard, os.Stdin)
	}()
	return func() bool {
		select {
		case <-done:
			return true
		default:
			return false
		}
	}
}

// helperEither reads until its standard input ends, and wants to see the one or
// the other catalog whole each time.
func helperEither(dir string, _ int) error {
	ctx := context.Background()
	over := untilEOF()
	s, err := Open(dir, patient())
	if err != nil {
		return err
	}
	older, newer := refs(oldFrom, oldTo), refs(newFrom, newTo)
	seen := map[bool]int{}
	for !over() {
		snap, err := s.Snapshot(ctx)
		if err != nil {
			return err
		}
		got := names(snap)
		if !slices.Equal(got, older) && !slices.Equal(got, newer) {
			return fmt.Errorf("%d entities, neither the old ones nor the new", len(got))
		}
		seen[len(got) == len(older)]++
		if _, err := s.Edges(ctx, snap); err != nil {
			return err
		}
		n := 0
		for rec, err := range s.Records(ctx) {
			if err != nil {
				return err
			}
			if rec.Entity == nil {
				return errors.New("a record of nothing")
			}
			n++
		}
		// The walk goes in parts, and the cache may be another one halfway.
		if n == 0 {
			return errors.New("no records")
		}
	}
	if s.Notice() != "" {
		return errors.New(s.Notice())
	}
	fmt.Println(seen[true], "old", seen[false], "new")
	return nil
}

// A file that another process has mapped is never written in place nor cut: it is
// renamed over. Whoever reads meanwhile has the one or the other, and never faults.
func TestReplacingACacheThatIsReadGivesTheOldOrTheNew(t *testing.T) { // alone: it loads the machine
	var files [2][]byte
	for i, part := range [][2]int{{oldFrom, oldTo}, {newFrom, newTo}} {
		s := open(t, t.TempDir())
		put(t, s, "shop", part[0], part[1])
		var err error
		files[i], err = os.ReadFile(s.file.Path())
		must(t, err)
	}
	dir := t.TempDir()
	target := filepath.Join(dir, FileName)
	must(t, os.WriteFile(target, files[0], 0o600))
	open(t, dir)
	var readers sync.WaitGroup
	var stop []io.Closer
	for i := range 10 {
		cmd := helper(t, "either", dir, i)
		in, err := cmd.StdinPipe()
		must(t, err)
		stop = append(stop, in)
		readers.Go(func() {
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("reader %d: %v\n%s", i, err, out)
			}
		})
	}
	for round := range 40 {
		next := filepath.Join(dir, "next")
		must(t, os.WriteFile(next, files[(round+1)%2], 0o600))
		must(t, os.Rename(next, target))
		if _, err := open(t, dir).Snapshot(t.Context()); err != nil { // the pace of whoever replaces
			t.Error(err)
		}
	}
	for _, in := range stop {
		_ = in.Close() // the readers end at it
	}
	readers.Wait()
	if aside, _ := filepath.Glob(target + ".corrupt*"); len(aside) > 0 {
		t.Errorf("set aside: %v", aside)
	}
}

// helperReader reads as a screen does until its standard input ends. It waits no
// longer than a screen does.
func helperReader(dir string, _ int) error {
	ctx := context.Background()
	over := untilEOF()
	s, err := Open(dir, Options{})
	if err != nil {
		return err
	}
	longest, reads := time.Duration(0), 0
	for ; !over(); reads++ {
		start := time.Now()
		if _, err := s.Snapshot(ctx); err != nil {
			return fmt.Errorf("read %d: %w", reads, err)
		}
		if _, err := s.Sources(ctx); err != nil {
			return fmt.Errorf("read %d: %w", reads, err)
		}
		longest = max(longest, time.Since(start))
		time.Sleep(5 * time.Millisecond) // ten times as often as ten screens would
	}
	fmt.Println(reads, "reads, the longest took", longest)
	return nil
}

// slowTests is set by the slow tier of CI.
const slowTests = "IDPTUI_SLOW_TESTS"

// It runs alone: who is patient is not proved beside tests that load the machine,
// nor should this one load theirs.
func TestTenReadersAndAWriterNeverTimeOut(t *testing.T) {
	length := 10 * time.Second
	switch {
	case os.Getenv(slowTests) != "":
		length = time.Minute
	case testing.Short():
		length = 2 * time.Second
	}
	dir := t.TempDir()
	s := open(t, dir)
	put(t, s, "shop", 0, 500)
	var readers sync.WaitGroup
	var stop []io.Closer
	for i := range 10 {
		cmd := helper(t, "reader", dir, i)
		in, err := cmd.StdinPipe()
		must(t, err)
		stop = append(stop, in)
		readers.Go(func() {
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Errorf("reader %d: %v\n%s", i, err, out)
			}
			t.Logf("reader %d: %s", i, out)
		})
	}
	commits := 0
	for end := time.Now().Add(length); time.Now().Before(end); commits++ {
		w, err := s.Begin(t.Context(), "shop")
		must(t, err)
		must(t, putAll(t.Context(), w, "shop", commits%50*10, commits%50*10+10))
		_, err = w.Commit(t.Context(), SourceStatus{State: StateOK, Files: commits})
		must(t, err)
	}
	for _, in := range stop {
		_ = in.Close()
	}
	readers.Wait()
	t.Logf("%d commits", commits)
	same(t, "list", refs(0, 500), names(snapshot(t, s)))
}

// readAll is everything that a reader can see of a cache, as text by what it is
// of, and whether the cache says that something is to be read again.
type readAll struct {
	values map[string]string
	again  map[string]bool // refs whose file the next sync reads again
	notice string
}

func everything(t *testing.T, dir string) readAll {
	t.Helper()
	s := open(t, dir)
	out := readAll{values: map[string]string{}, again: map[string]bool{}}
	text := func(what string, v any) {
		b, err := json.Marshal(v)
		must(t, err)
		out.values[what] = string(b)
	}
	snap := snapshot(t, s)
	whole, err := s.Edges(t.Context(), snap)
	must(t, err)
	for id := range int32(whole.Len()) { //nolint:gosec // a test's few rows
		row := whole.Row(id)
		text("row "+row.Ref().String(), fmt.Sprint(row.Title(), row.Type(), row.Owner(), row.Lifecycle()))
		rec, err := s.Record(t.Context(), row.Ref())
		if errors.Is(err, ErrNotFound) {
			continue
		}
		must(t, err)
		text("record "+row.Ref().String(), rec)
	}
	problems, err := s.Problems(t.Context())
	must(t, err)
	for _, p := range problems {
		text("problem "+p.Path, p)
	}
	sources, err := s.Sources(t.Context())
	must(t, err)
	for _, src := range sources {
		text("source "+src.Name, src)
	}
	noted, err := s.Files(t.Context(), "shop")
	must(t, err)
	for i := range flipped {
		f, ok := noted[path(i)]
		out.again[ref(i).String()] = !ok || f.Hash == ""
	}
	for p, f := range noted {
		if f.Hash != "" {
			text("file "+p, f)
		}
	}
	out.notice = s.Notice()
	return out
}

// flipped is how many entities the cache has whose bytes are flipped.
const flipped = 150

// A flipped bit in any page is harmless or found: what is read is what was
// written, and what is missing is read again by the next sync.
func TestNoFlippedBitInAnyPageIsSilent(t *testing.T) {
	t.Parallel()
	master := t.TempDir()
	s := open(t, master)
	w, err := s.Begin(t.Context(), "shop")
	must(t, err)
	must(t, putAll(t.Context(), w, "shop", 0, flipped))
	must(t, w.Problems(t.Context(), path(0), []catalog.Problem{{Severity: catalog.Warning, Class: "x", Message: "y"}}))
	_, err = w.Commit(t.Context(), SourceStatus{State: StateOK, Files: 15, Entities: flipped})
	must(t, err)
	whole, err := os.ReadFile(s.file.Path())
	must(t, err)
	want := everything(t, master)
	page := os.Getpagesize()
	perPage := 3
	if testing.Short() {
		perPage = 1
	}
	r := rand.New(rand.NewPCG(11, 12))
	dir, found := t.TempDir(), 0
	for at := 0; at < len(whole); at += page {
		for n := range perPage {
			file := bytes.Clone(whole)
			i := at + r.IntN(page)
			if n == 0 {
				i = at + r.IntN(256) // where heads and keys are
			}
			file[i] ^= 1 << r.IntN(8)
			for _, name := range []string{FileName, revisionName} {
				_ = os.Remove(filepath.Join(dir, name))
			}
			must(t, os.WriteFile(filepath.Join(dir, FileName), file, 0o600))
			got := everything(t, dir)
			if got.notice != "" {
				found++
				continue // it was begun anew as a whole
			}
			for what, text := range got.values {
				if text != want.values[what] {
					t.Errorf("byte %d: %s reads %s\nwant %s", i, what, text, want.values[what])
				}
			}
			for what := range want.values {
				if _, ok := got.values[what]; ok {
					continue
				}
				found++
				kind, of, _ := strings.Cut(what, " ")
				if (kind == "row" || kind == "record") && !got.again[of] {
					t.Errorf("byte %d: %s is missing, and no sync would read it again", i, what)
				}
				if kind == "problem" && got.values["file "+of] != "" {
					t.Errorf("byte %d: %s is missing, and its file would not be read again", i, what)
				}
			}
		}
	}
	if found == 0 {
		t.Error("not one flip was found: the test flips nothing that matters")
	}
	t.Logf("%d pages, %d flips, %d found", len(whole)/page, len(whole)/page*perPage, found)
}
