package state_test

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
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"
	"go.uber.org/goleak"

	"github.com/idptui/idptui/internal/boltfile"
	"github.com/idptui/idptui/internal/state"
)

// The test binary runs itself as another process: with helperEnv set it does
// what helpers has under that name instead of running tests.
const helperEnv = "IDPTUI_STATE_TEST_HELPER"

func TestMain(m *testing.M) {
	if name := os.Getenv(helperEnv); name != "" {
		if err := helpers()[name](os.Args[1], os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

func helpers() map[string]func(dir, arg string) error {
	return map[string]func(dir, arg string) error{"star": helperStar, "hold": helperHold, "full": helperFull, "script": helperScript}
}

// helper is the command that runs one of the helpers.
func helper(t *testing.T, name, dir, arg string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, dir, arg)
	cmd.Env = append(os.Environ(), helperEnv+"="+name)
	return cmd
}

const user = "user:default/alice"

// starsOf is how many stars a starring helper sets before it ends by itself.
const starsOf = 25

// helperStar sets stars and prints the number of each once it is acknowledged.
// With the name "endless" it goes on until it is killed.
func helperStar(dir, name string) error {
	ctx := context.Background()
	s, err := state.Open(dir, state.Options{Wait: 30 * time.Second}) // being patient, not being quick, is proved here
	if err != nil {
		return err
	}
	for i := 0; i < starsOf || name == "endless"; i++ {
		if err := s.SetStar(ctx, user, fmt.Sprintf("%s-%06d", name, i), true); err != nil {
			return err
		}
		fmt.Println(i)
		if name == "endless" {
			continue
		}
		stars, err := s.Stars(ctx, user)
		if err != nil {
			return err
		}
		if len(stars) < i+1 {
			return fmt.Errorf("%d stars where %d were set", len(stars), i+1)
		}
	}
	return nil
}

// helperHold holds the file for writing until its standard input ends.
func helperHold(dir, _ string) error {
	_, err := state.Open(dir, state.Options{})
	if err != nil {
		return err
	}
	layout := boltfile.Layout{Schema: 1}
	return boltfile.New(filepath.Join(dir, state.FileName), layout, 0).Update(context.Background(), func(*bbolt.Tx) error {
		fmt.Println("held")
		_, err := io.Copy(io.Discard, os.Stdin)
		return err
	})
}

// helperFull writes where no file may be larger than the state is now: a full disk.
func helperFull(dir, _ string) error {
	ctx := context.Background()
	s, err := state.Open(dir, state.Options{})
	if err != nil {
		return err
	}
	info, err := os.Stat(filepath.Join(dir, state.FileName))
	if err != nil {
		return err
	}
	signal.Ignore(syscall.SIGXFSZ)
	limit := syscall.Rlimit{Cur: uint64(info.Size()), Max: uint64(info.Size())} //nolint:gosec // a test's small number
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	for i := range 1000 {
		if err := s.SetPreference(ctx, user, fmt.Sprint("key-", i), strings.Repeat("x", 10_000)); err != nil {
			if stars, unread := s.Stars(ctx, user); unread != nil || len(stars) != 2 {
				return fmt.Errorf("the stars are %v, %w", stars, unread)
			}
			if s.Trouble() == nil {
				return errors.New("the trouble is kept secret")
			}
			fmt.Println(i)
			return err
		}
	}
	return errors.New("it never ended")
}

func TestAFullDiskHarmsNothingThatWasStored(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	populate(t, s)
	want := contentOf(t, s)
	out, err := helper(t, "full", dir, "").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "the data directory "+dir+" cannot be written: file too large") {
		t.Fatalf("%v: %s", err, out)
	}
	if diff := cmp.Diff(want, contentOf(t, s)); diff != "" {
		t.Errorf("what is left (-want +got):\n%s", diff)
	}
	var stored int
	if _, err := fmt.Sscan(string(out), &stored); err != nil {
		t.Fatal(err)
	}
	for i := range stored {
		if _, ok, err := s.Preference(t.Context(), user, fmt.Sprint("key-", i)); !ok || err != nil {
			t.Errorf("write %d of %d acknowledged ones is lost: %v", i, stored, err)
		}
	}
	must(t, s.Check(t.Context()))
	must(t, s.SetPreference(t.Context(), user, "after", "v"))
}

func TestProcessesWorkSideBySide(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data") // which they race to create
	const processes = 4
	var wg sync.WaitGroup
	for p := range processes {
		wg.Go(func() {
			if out, err := helper(t, "star", dir, fmt.Sprint("process", p)).CombinedOutput(); err != nil {
				t.Errorf("process %d: %v\n%s", p, err, out)
			}
		})
	}
	wg.Wait()
	s, err := state.Open(dir, state.Options{})
	if err != nil {
		t.Fatal(err)
	}
	stars, err := s.Stars(t.Context(), user)
	if err != nil || len(stars) != processes*starsOf {
		t.Errorf("%d of %d stars are there, %v", len(stars), processes*starsOf, err)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAHeldStateIsBusyWithinTwoSeconds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := state.Open(dir, state.Options{})
	if err != nil {
		t.Fatal(err)
	}
	holder := helper(t, "hold", dir, "")
	in, err := holder.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "held\n" {
		t.Fatalf("the holder says %q, %v", line, err)
	}
	start := time.Now()
	_, err = s.Stars(t.Context(), user)
	if took := time.Since(start); !errors.Is(err, state.ErrBusy) || took > 2*time.Second {
		t.Errorf("reading: %v after %v", err, took)
	}
	start = time.Now()
	_, err = state.Open(dir, state.Options{})
	if took := time.Since(start); !errors.Is(err, state.ErrBusy) || took > 2*time.Second {
		t.Errorf("opening: %v after %v", err, took)
	}
	if err := errors.Join(in.Close(), holder.Wait()); err != nil {
		t.Fatal(err)
	}
	if err := s.SetStar(t.Context(), user, "r", true); err != nil {
		t.Errorf("after the holder ended: %v", err)
	}
}

// A process that is killed at any moment loses nothing that it was told is
// stored, and leaves a whole file.
func TestAcknowledgedWritesSurviveAKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(1, 2))
	for loop := range 20 {
		cmd := helper(t, "star", dir, "endless")
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		last := -1
		for range r.IntN(25) {
			if !lines.Scan() {
				t.Fatal("the helper ended by itself")
			}
			if last, err = strconv.Atoi(lines.Text()); err != nil {
				t.Fatal(err)
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() { // what it said before it died
			if n, err := strconv.Atoi(lines.Text()); err == nil {
				last = n
			}
		}
		_ = cmd.Wait() // it was killed

		s, err := state.Open(dir, state.Options{})
		if err != nil {
			t.Fatal(err)
		}
		stars, err := s.Stars(t.Context(), user)
		if err != nil {
			t.Fatal(err)
		}
		have := map[string]bool{}
		for _, ref := range stars {
			have[ref] = true
			if err := s.SetStar(t.Context(), user, ref, false); err != nil { // the next loop begins with none
				t.Fatal(err)
			}
		}
		for i := range last + 1 {
			if !have[fmt.Sprintf("endless-%06d", i)] {
				t.Errorf("loop %d: write %d of %d acknowledged ones is lost", loop, i, last+1)
			}
		}
		if err := s.Check(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.corrupt*")); len(left) > 0 {
		t.Errorf("set aside: %s", strings.Join(left, ", "))
	}
}
