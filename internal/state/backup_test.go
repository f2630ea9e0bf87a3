package state_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/idptui/idptui/internal/state"
)

func morning() time.Time { return time.Date(2024, 2, 29, 6, 30, 0, 0, time.UTC) }

// backUp makes a backup if it is due and tells whether it was.
func backUp(t *testing.T, dir string, at time.Time) bool {
	t.Helper()
	did, err := state.BackUpIfDue(t.Context(), dir, at)
	must(t, err)
	return did
}

func backups(t *testing.T, dir string) []state.Backup {
	t.Helper()
	all, err := state.Backups(dir)
	must(t, err)
	return all
}

func TestABackupIsMadeHourlyWhileSomethingChanges(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	at := morning()
	step := func(d time.Duration, change, want bool) {
		t.Helper()
		at = at.Add(d)
		if change {
			must(t, s.SetPreference(t.Context(), user, "k", at.String()))
		}
		if did := backUp(t, dir, at); did != want {
			t.Errorf("at %s: made one: %v", at, did)
		}
	}
	step(0, true, true)
	step(time.Minute, true, false)   // too soon
	step(time.Hour, false, true)     // changed a minute after the last
	step(time.Hour, false, false)    // not since
	step(24*time.Hour, false, false) // nor later
	step(time.Second, true, true)    // now it has
	step(-24*time.Hour, true, true)  // a clock that was set back stops nothing
	step(time.Minute, true, false)   // nor makes it go wild
	if n := len(backups(t, dir)); n != 4 {
		t.Errorf("%d backups", n)
	}
	for _, b := range backups(t, dir) {
		must(t, state.CheckBackup(dir, b.Path))
	}
}

func TestOneOfManyMakesTheBackup(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	populate(t, open(t, dir))
	var made atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			did, err := state.BackUpIfDue(t.Context(), dir, morning())
			if err != nil {
				t.Error(err)
			}
			if did {
				made.Add(1)
			}
		})
	}
	wg.Wait()
	if n := made.Load(); n != 1 || len(backups(t, dir)) != 1 {
		t.Errorf("%d made, %v", n, backups(t, dir))
	}
}

func TestBackupsOfADayAndOfAWeekAreKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	end := morning().Add(12 * 24 * time.Hour)
	for at := morning(); at.Before(end); at = at.Add(4 * time.Hour) {
		must(t, s.SetPreference(t.Context(), user, "k", at.String()))
		backUp(t, dir, at)
	}
	all := backups(t, dir)
	if len(all) != 24+7 {
		t.Fatalf("%d are kept", len(all))
	}
	for i := range 23 {
		if d := all[i].At.Sub(all[i+1].At); d != 4*time.Hour {
			t.Errorf("%v lie between %d and the next", d, i)
		}
	}
	days := map[string]bool{}
	for _, b := range all[24:] {
		days[b.At.Format(time.DateOnly)] = true
	}
	if len(days) != 7 {
		t.Errorf("the older ones are of %d days", len(days))
	}
}

func TestARestoredBackupIsWhatItWas(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, state.FileName)
	s := open(t, dir)
	populate(t, s)
	want := contentOf(t, s)
	must(t, os.MkdirAll(filepath.Join(dir, "elsewhere"), 0o700))
	mine := filepath.Join(dir, "elsewhere", "mine.db")
	_, err := state.BackUp(t.Context(), dir, mine, morning())
	must(t, err)
	backUp(t, dir, morning())
	must(t, s.SetStar(t.Context(), user, "later", true))
	backUp(t, dir, morning().Add(2*time.Hour))
	must(t, os.WriteFile(backups(t, dir)[0].Path, []byte("torn"), 0o600)) // the newest is no good

	for i, from := range []string{"", mine} {
		junk := []byte(strings.Repeat(fmt.Sprint("no database ", i), 1000))
		must(t, os.WriteFile(path, junk, 0o600))
		took, aside, err := state.Restore(t.Context(), dir, from, morning().Add(time.Duration(3+i)*time.Hour))
		must(t, err)
		if from == "" && took != backups(t, dir)[1].Path || from != "" && took != from {
			t.Errorf("took %s", took)
		}
		if kept, err := os.ReadFile(aside); err != nil || !bytes.Equal(kept, junk) {
			t.Errorf("what was there is not kept as %s: %v", aside, err)
		}
		for name, s := range map[string]state.State{"who had it open": s, "who opens it": open(t, dir)} {
			if diff := cmp.Diff(want, contentOf(t, s)); diff != "" {
				t.Errorf("%s reads (-want +got):\n%s", name, diff)
			}
			must(t, s.SetPreference(t.Context(), user, "theme", "light"))
			must(t, s.Check(t.Context()))
		}
	}
	// The same number of changes after a restore is another content.
	if !backUp(t, dir, morning().Add(9*time.Hour)) {
		t.Error("what was restored is not backed up")
	}
	must(t, os.Remove(path))
	if _, aside, err := state.Restore(t.Context(), dir, "", morning()); err != nil || aside != "" {
		t.Errorf("where there was none: %q, %v", aside, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.new-*")); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

func TestWhatIsNoGoodBackupIsNotRestored(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	populate(t, s)
	want := contentOf(t, s)
	if _, _, err := state.Restore(t.Context(), dir, "", morning()); !errors.Is(err, state.ErrNotFound) {
		t.Errorf("without backups: %v", err)
	}
	whole, err := os.ReadFile(filepath.Join(dir, state.FileName))
	must(t, err)
	flipped := bytes.ReplaceAll(whole, []byte("component:default/cart"), []byte("component:default/card"))
	newer := t.TempDir()
	open(t, newer)
	setSchema(t, newer, 1, 2)
	newest, err := os.ReadFile(filepath.Join(newer, state.FileName))
	must(t, err)
	for name, file := range map[string][]byte{"empty": {}, "cut": whole[:len(whole)/2], "flipped": flipped, "newer": newest} {
		bad := filepath.Join(t.TempDir(), "bad.db")
		must(t, os.WriteFile(bad, file, 0o600))
		if _, _, err := state.Restore(t.Context(), dir, bad, morning()); err == nil || !strings.Contains(err.Error(), bad) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if diff := cmp.Diff(want, contentOf(t, s)); diff != "" {
		t.Errorf("the state is another one (-want +got):\n%s", diff)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*replaced*")); len(left) > 0 {
		t.Errorf("replaced: %v", left)
	}
	must(t, os.WriteFile(filepath.Join(dir, state.FileName), []byte("oops"), 0o600))
	if _, err := state.BackUp(t.Context(), dir, "", morning()); !errors.Is(err, state.ErrCorrupt) {
		t.Errorf("a backup of a damaged state: %v", err)
	}
	if backUp(t, dir, morning()) || len(backups(t, dir)) > 0 {
		t.Error("a damaged state was backed up")
	}
	if _, err := state.BackUp(t.Context(), dir, filepath.Join(dir, state.FileName), morning()); !errors.Is(err, state.ErrInvalid) {
		t.Errorf("a backup onto itself: %v", err)
	}
}

func TestAHeldStateIsNotReplaced(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	populate(t, open(t, dir))
	backUp(t, dir, morning())
	holder := helper(t, "hold", dir, "")
	in, err := holder.StdinPipe()
	must(t, err)
	out, err := holder.StdoutPipe()
	must(t, err)
	must(t, holder.Start())
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := state.Restore(t.Context(), dir, "", morning()); !errors.Is(err, state.ErrBusy) {
		t.Errorf("restored while it was held: %v", err)
	}
	must(t, errors.Join(in.Close(), holder.Wait()))
	_, _, err = state.Restore(t.Context(), dir, "", morning())
	must(t, err)
}
