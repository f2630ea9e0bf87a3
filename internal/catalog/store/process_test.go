package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.etcd.io/bbolt"
	"go.uber.org/goleak"
)

// The test binary runs itself as another process: with helperEnv set it does
// what helpers has under that name instead of running tests.
const helperEnv = "IDPTUI_STORE_TEST_HELPER"

func TestMain(m *testing.M) {
	if name := os.Getenv(helperEnv); name != "" {
		from, err := strconv.Atoi(os.Args[2])
		if err == nil {
			err = helpers()[name](os.Args[1], from)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

func helpers() map[string]func(dir string, n int) error {
	return map[string]func(string, int) error{
		"sync": helperSync, "read": helperRead, "hold": helperHold, "endless": helperEndless, "full": helperFull,
		"either": helperEither, "reader": helperReader,
	}
}

func helper(t *testing.T, name, dir string, n int) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	must(t, err)
	cmd := exec.CommandContext(t.Context(), exe, dir, strconv.Itoa(n))
	cmd.Env = append(os.Environ(), helperEnv+"="+name)
	return cmd
}

// patient is for proofs that everyone gets in: a disk that stalls while others
// use it is not what they are about.
func patient() Options { return Options{Wait: time.Minute} }

const bulk = 3 * batchValues / 3 // entities of one source: three batches

// helperSync is a process that syncs source number n, in several batches.
func helperSync(dir string, n int) error {
	ctx := context.Background()
	s, err := Open(dir, patient())
	if err != nil {
		return err
	}
	source := fmt.Sprint("source-", n)
	w, err := s.Begin(ctx, source)
	if err != nil {
		return err
	}
	defer w.Abandon()
	if err := putAll(ctx, w, source, n*bulk, (n+1)*bulk); err != nil {
		return err
	}
	_, err = w.Commit(ctx, SourceStatus{State: StateOK})
	return err
}

// helperRead is a process that reads, as a screen and commands do, until its
// standard input ends. Every single operation must get in.
func helperRead(dir string, _ int) error {
	ctx := context.Background()
	s, err := Open(dir, patient())
	if err != nil {
		return err
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(io.Discard, os.Stdin)
	}()
	for reads := 0; ; reads++ {
		snap, err := s.Snapshot(ctx)
		if err != nil {
			return fmt.Errorf("read %d: %w", reads, err)
		}
		if n := snap.Len(); n > 0 {
			ref := snap.Row(int32(n / 2)).Ref() //nolint:gosec // a test's few rows
			if _, err := s.Record(ctx, ref); err != nil {
				return fmt.Errorf("read %d: %w", reads, err)
			}
		}
		if _, err := s.Sources(ctx); err != nil {
			return fmt.Errorf("read %d: %w", reads, err)
		}
		select {
		case <-done:
			fmt.Println(reads+1, "reads")
			return nil
		default:
		}
	}
}

// helperHold holds the cache for writing until its standard input ends.
func helperHold(dir string, _ int) error {
	ctx := context.Background()
	s, err := Open(dir, Options{})
	if err != nil {
		return err
	}
	return s.file.Update(ctx, func(*bbolt.Tx) error {
		fmt.Println("held")
		_, err := io.Copy(io.Discard, os.Stdin)
		return err
	})
}

// helperEndless commits entity after entity from n on and prints the number of
// each once it is acknowledged, until it is killed.
func helperEndless(dir string, n int) error {
	ctx := context.Background()
	s, err := Open(dir, Options{})
	if err != nil {
		return err
	}
	for ; ; n++ {
		w, err := s.Begin(ctx, "shop")
		if err != nil {
			return err
		}
		if err := w.Put(ctx, record("shop", n)); err != nil {
			return err
		}
		revision, err := w.Commit(ctx, SourceStatus{State: StateOK})
		if err != nil {
			return err
		}
		fmt.Println(n, revision)
	}
}

// helperFull syncs where no file may be larger than n bytes: a full disk.
func helperFull(dir string, n int) error {
	signal.Ignore(syscall.SIGXFSZ)
	limit := syscall.Rlimit{Cur: uint64(n), Max: uint64(n)} //nolint:gosec // a test's small number
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	return helperSync(dir, 1)
}

func TestProcessesWorkSideBySide(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data") // which they race to create
	const writers, readers = 3, 3
	var reading, writing sync.WaitGroup
	var stop []io.Closer
	for i := range readers {
		cmd := helper(t, "read", dir, i)
		in, err := cmd.StdinPipe()
		must(t, err)
		stop = append(stop, in)
		reading.Go(func() {
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("reader %d: %v\n%s", i, err, out)
			}
		})
	}
	for i := range writers {
		writing.Go(func() {
			if out, err := helper(t, "sync", dir, i).CombinedOutput(); err != nil {
				t.Errorf("writer %d: %v\n%s", i, err, out)
			}
		})
	}
	writing.Wait()
	for _, in := range stop {
		_ = in.Close() // the readers end at it
	}
	reading.Wait()

	s := open(t, dir)
	snap := snapshot(t, s)
	if got := names(snap); !slices.Equal(got, refs(0, writers*bulk)) {
		t.Errorf("%d of %d entities are there", len(got), writers*bulk)
	}
	for i := range writers {
		if got := len(files(t, s, fmt.Sprint("source-", i))); got != bulk/10 {
			t.Errorf("%d of %d files of source %d are noted", got, bulk/10, i)
		}
	}
	if sources, err := s.Sources(t.Context()); len(sources) != writers || err != nil {
		t.Errorf("sources: %v, %v", sources, err)
	}
	if s.Revision() != snap.Revision() || s.Notice() != "" {
		t.Errorf("revision %d, published %d, notice %q", snap.Revision(), s.Revision(), s.Notice())
	}
	leftovers(t, dir)
}

func TestAHeldCacheIsBusyWithinTwoSeconds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	holder := helper(t, "hold", dir, 0)
	in, err := holder.StdinPipe()
	must(t, err)
	out, err := holder.StdoutPipe()
	must(t, err)
	must(t, holder.Start())
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "held\n" {
		t.Fatalf("the holder says %q, %v", line, err)
	}
	var wg sync.WaitGroup
	for name, op := range map[string]func() error{
		"open":     func() error { _, err := Open(dir, Options{}); return err },
		"snapshot": func() error { _, err := s.Snapshot(t.Context()); return err },
		"begin":    func() error { _, err := s.Begin(t.Context(), "shop"); return err },
	} {
		wg.Go(func() {
			start := time.Now()
			err := op()
			if took := time.Since(start); !errors.Is(err, ErrBusy) || took > 2*time.Second {
				t.Errorf("%s: %v after %v", name, err, took)
			}
		})
	}
	wg.Wait()
	if s.Revision() != 1 {
		t.Errorf("the revision is %d", s.Revision()) // it needs no lock
	}
	must(t, errors.Join(in.Close(), holder.Wait()))
	put(t, s, "shop", 0, 3)
}

// A process that is killed at any moment() loses nothing that it was told is
// stored, and leaves a whole cache whose revision never goes back.
func TestAcknowledgedSyncsSurviveAKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(5, 6))
	next, revision := 0, uint64(0)
	for loop := range 20 {
		cmd := helper(t, "endless", dir, next)
		out, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		lines := bufio.NewScanner(out)
		said := func() bool {
			if !lines.Scan() {
				return false
			}
			if _, err := fmt.Sscan(lines.Text(), &next, &revision); err != nil {
				t.Errorf("the helper says %q", lines.Text())
			}
			next++
			return true
		}
		for range r.IntN(20) {
			if !said() {
				t.Fatal("the helper ended by itself")
			}
		}
		must(t, cmd.Process.Kill())
		for said() { // what it said before it died
		}
		_ = cmd.Wait() // it was killed

		s := open(t, dir)
		got := names(snapshot(t, s))
		if len(got) < next || !slices.Equal(got[:next], refs(0, next)) {
			t.Errorf("loop %d: %d entities where %d were acknowledged", loop, len(got), next)
		}
		if s.Revision() < revision || s.Notice() != "" {
			t.Errorf("loop %d: revision %d after %d, notice %q", loop, s.Revision(), revision, s.Notice())
		}
		next = len(got) // one more than acknowledged may be there
	}
}

// A full disk is an error that says so, and harms nothing that was stored.
func TestAFullDiskIsReportedAndHarmless(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(t *testing.T, dir string){
		"from the start": func(*testing.T, string) {},
		"filling a new one": func(t *testing.T, dir string) {
			t.Helper()
			open(t, dir)
		},
		"while in use": func(t *testing.T, dir string) {
			t.Helper()
			put(t, open(t, dir), "shop", 0, 50)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			prepare(t, dir)
			limit := 400_000
			if name == "from the start" {
				limit = 10_000
			}
			out, err := helper(t, "full", dir, limit).CombinedOutput()
			if err == nil || !strings.Contains(string(out), "the data directory "+dir+" cannot be written: ") {
				t.Errorf("%v: %s", err, out)
			}
			if !strings.Contains(string(out), "; raise the limit on the size of files") {
				t.Errorf("it does not say what is in the way: %s", out)
			}
			leftovers(t, dir)
			s := open(t, dir)
			if got := names(snapshot(t, s)); name == "while in use" && !slices.Equal(got[:50], refs(0, 50)) {
				t.Errorf("%d entities are left", len(got))
			}
			if s.Notice() != "" {
				t.Errorf("notice: %s", s.Notice())
			}
			put(t, s, "shop", 0, 60)
		})
	}
}

func TestOneSyncAtATime(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	unlock, err := s.LockSync(t.Context(), 0)
	must(t, err)
	if _, err := open(t, dir).LockSync(t.Context(), 0); !errors.Is(err, ErrBusy) || !strings.Contains(err.Error(), dir+" is held by another process, which syncs; ") {
		t.Errorf("a second one: %v", err)
	}
	put(t, s, "shop", 0, 3) // who has no need of the lock is not kept waiting
	unlock()
	unlock, err = open(t, dir).LockSync(t.Context(), 0)
	must(t, err)
	unlock()
}

func TestEachSyncClearsAwayWhatAKilledOneLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	put(t, s, "shop", 0, 3) // so that no sync needs a scratch file any more
	left := filepath.Join(dir, FileName+".new-123")
	must(t, os.WriteFile(left, []byte("x"), 0o600))
	long := time.Now().Add(-time.Hour)
	must(t, os.Chtimes(left, long, long))
	unlock, err := s.LockSync(t.Context(), 0)
	must(t, err)
	unlock()
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is there: %v", err)
	}
}
