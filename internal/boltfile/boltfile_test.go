package boltfile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.etcd.io/bbolt"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const bucket = "things"

func testLayout() Layout { return Layout{Schema: 3, Buckets: []string{bucket}} }

// made is a new file in a directory of its own.
func made(t *testing.T) *File {
	t.Helper()
	f := New(filepath.Join(t.TempDir(), "data", "x.db"), testLayout(), 0)
	if err := f.Create(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return f
}

func put(t *testing.T, f *File, key, value string) {
	t.Helper()
	err := f.Update(t.Context(), func(tx *bbolt.Tx) error {
		return Put(tx.Bucket([]byte(bucket)), []byte(key), []byte(value))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, f *File, key string) string {
	t.Helper()
	var value string
	err := f.View(t.Context(), func(tx *bbolt.Tx) error {
		payload, err := Get(tx.Bucket([]byte(bucket)), []byte(key))
		value = string(payload)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func nothing(*bbolt.Tx) error { return nil }

func TestAMissingFileSaysSo(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"x.db", "no/such/dir/x.db"} {
		f := New(filepath.Join(t.TempDir(), path), testLayout(), 0)
		if err := f.View(t.Context(), nothing); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("view of %s: %v", path, err)
		}
		if err := f.Update(t.Context(), nothing); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("update of %s: %v", path, err)
		}
	}
}

func TestCreateMakesPrivateFilesOnce(t *testing.T) {
	t.Parallel()
	f := made(t)
	put(t, f, "k", "v")
	if err := f.Create(t.Context(), func(*bbolt.Tx) error { return errors.New("filled again") }); err != nil {
		t.Errorf("creating what is there: %v", err)
	}
	if got := read(t, f, "k"); got != "v" {
		t.Errorf("after creating again the value is %q", got)
	}
	for name, want := range map[string]fs.FileMode{"": fs.ModeDir | 0o700, "x.db": 0o600, "x.db.lock": 0o600} {
		info, err := os.Stat(filepath.Join(filepath.Dir(f.path), name))
		if err != nil || info.Mode() != want {
			t.Errorf("%q has mode %v, %v; want %v", name, info.Mode(), err, want)
		}
	}
	if left, _ := filepath.Glob(f.path + ".new-*"); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

func TestAFailedCreateLeavesNothing(t *testing.T) {
	t.Parallel()
	f := New(filepath.Join(t.TempDir(), "x.db"), testLayout(), 0)
	oops := errors.New("oops")
	if err := f.Create(t.Context(), func(*bbolt.Tx) error { return oops }); !errors.Is(err, oops) {
		t.Errorf("create: %v", err)
	}
	files, err := os.ReadDir(filepath.Dir(f.path))
	if err != nil || len(files) != 1 || files[0].Name() != "x.db.lock" {
		t.Errorf("the directory holds %v, %v", files, err)
	}
}

func TestOneOfManyCreatorsWins(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			f := New(path, testLayout(), 0)
			err := f.Create(t.Context(), nil)
			if err == nil {
				err = f.Update(t.Context(), func(tx *bbolt.Tx) error {
					return PutUint(tx.Bucket([]byte(bucket)), fmt.Sprint("k", i), uint64(i))
				})
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	err := New(path, testLayout(), 0).View(t.Context(), func(tx *bbolt.Tx) error {
		for i := range 8 {
			if n, err := GetUint(tx.Bucket([]byte(bucket)), fmt.Sprint("k", i)); err != nil || n != uint64(i) {
				t.Errorf("k%d is %d, %v", i, n, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestAFailedUpdateChangesNothing(t *testing.T) {
	t.Parallel()
	f := made(t)
	put(t, f, "k", "old")
	oops := errors.New("oops")
	err := f.Update(t.Context(), func(tx *bbolt.Tx) error {
		if err := Put(tx.Bucket([]byte(bucket)), []byte("k"), []byte("new")); err != nil {
			return err
		}
		return oops
	})
	if err != oops { //nolint:errorlint // the very same error: it is no failure to write, and no sentence is added
		t.Errorf("update: %v", err)
	}
	if got := read(t, f, "k"); got != "old" {
		t.Errorf("the value is %q", got)
	}
}

func TestAnotherSchemaIsToldApart(t *testing.T) {
	t.Parallel()
	f := made(t)
	for schema, want := range map[uint64]error{2: ErrNewer, 4: ErrOlder} {
		other := New(f.path, Layout{Schema: schema}, 0)
		err := other.View(t.Context(), nothing)
		if !errors.Is(err, want) || errors.Is(err, ErrCorrupt) {
			t.Errorf("schema %d opens a file of 3: %v", schema, err)
		}
		if err := other.Update(t.Context(), nothing); !errors.Is(err, want) {
			t.Errorf("schema %d writes a file of 3: %v", schema, err)
		}
	}
	more := New(f.path, Layout{Schema: 3, Buckets: []string{bucket, "more"}}, 0)
	if err := more.View(t.Context(), nothing); !errors.Is(err, ErrCorrupt) {
		t.Errorf("a bucket is missing: %v", err)
	}
}

func TestReadersDoNotShutEachOtherOut(t *testing.T) {
	t.Parallel()
	f := made(t)
	err := f.View(t.Context(), func(*bbolt.Tx) error {
		return New(f.path, testLayout(), time.Millisecond).View(t.Context(), nothing)
	})
	if err != nil {
		t.Error(err)
	}
}

// held runs fn while another handle has the file open for writing.
func held(t *testing.T, f *File, fn func()) {
	t.Helper()
	err := New(f.path, testLayout(), 0).Update(t.Context(), func(*bbolt.Tx) error {
		fn()
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestABusyFileIsReportedWithinTwoSeconds(t *testing.T) {
	t.Parallel()
	f := made(t)
	held(t, f, func() {
		for name, op := range map[string]func(context.Context, func(*bbolt.Tx) error) error{"view": f.View, "update": f.Update} {
			start := time.Now()
			err := op(t.Context(), nothing)
			if took := time.Since(start); !errors.Is(err, ErrBusy) || took > 2*time.Second {
				t.Errorf("%s: %v after %v", name, err, took)
			}
		}
	})
	put(t, f, "k", "v")
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	t.Parallel()
	f := New(made(t).path, testLayout(), time.Hour)
	held(t, f, func() {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if err := f.View(ctx, nothing); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("view: %v", err)
		}
	})
}

// A writer that waits for readers keeps new readers out, so that an endless
// stream of them cannot starve it.
func TestAWaitingWriterGoesBeforeNewReaders(t *testing.T) {
	t.Parallel()
	f := New(made(t).path, testLayout(), time.Minute) // a slow disk is no starvation
	ctx, stop := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for range 6 {
		readers.Go(func() {
			for ctx.Err() == nil {
				if err := f.View(ctx, nothing); err != nil && ctx.Err() == nil {
					t.Error(err)
				}
			}
		})
	}
	for i := range 20 {
		put(t, f, fmt.Sprint(i), "v")
	}
	stop()
	readers.Wait()
}

func TestAReplacedFileIsOpenedAnew(t *testing.T) {
	t.Parallel()
	f := made(t)
	put(t, f, "k", "old")
	other := made(t)
	put(t, other, "k", "other")

	// The file is renamed away and another takes its name while a writer waits.
	file, err := os.Open(f.path)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		done <- f.Update(t.Context(), func(tx *bbolt.Tx) error {
			return Put(tx.Bucket([]byte(bucket)), []byte("new"), []byte("written"))
		})
	}()
	waitForOpen(t, f.path, 2)
	if err := errors.Join(os.Rename(f.path, f.path+".away"), os.Rename(other.path, f.path), file.Close()); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if k, n := read(t, f, "k"), read(t, f, "new"); k != "other" || n != "written" {
		t.Errorf("k is %q, new is %q", k, n)
	}
	if away := New(f.path+".away", testLayout(), 0); read(t, away, "new") != "" {
		t.Error("the write went to the file that was renamed away")
	}
}

// waitForOpen waits until this process has path open n times.
func waitForOpen(t *testing.T, path string, n int) {
	t.Helper()
	if _, err := os.Stat("/proc/self/fd"); err != nil {
		t.Skip("this system does not list open files in /proc/self/fd")
	}
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); {
		open := 0
		fds, _ := filepath.Glob("/proc/self/fd/*")
		for _, fd := range fds {
			if target, err := os.Readlink(fd); err == nil && target == path {
				open++
			}
		}
		if open >= n {
			return
		}
	}
	t.Fatalf("%s was never open %d times", path, n)
}

func TestSetAsideTakesOnlyTheFileThatWasSeen(t *testing.T) {
	t.Parallel()
	f := made(t)
	newer := New(f.path, Layout{Schema: 9}, 0)
	cause := newer.View(t.Context(), nothing)
	if err := os.Rename(made(t).path, f.path); err != nil {
		t.Fatal(err)
	}
	if did, err := f.SetAside(t.Context(), cause, f.path+".aside"); did || err != nil {
		t.Errorf("a file that was replaced meanwhile was set aside: %v, %v", did, err)
	}
	cause = newer.View(t.Context(), nothing)
	if did, err := f.SetAside(t.Context(), cause, f.path+".aside"); !did || err != nil {
		t.Errorf("set aside: %v, %v", did, err)
	}
	if did, err := f.SetAside(t.Context(), cause, f.path+".aside2"); did || err != nil {
		t.Errorf("set aside twice: %v, %v", did, err)
	}
	if err := New(f.path+".aside", testLayout(), 0).View(t.Context(), nothing); err != nil {
		t.Errorf("what was set aside: %v", err)
	}
	if _, err := f.SetAside(t.Context(), errors.New("anything"), f.path+".aside3"); err == nil {
		t.Error("an error about no file set one aside")
	}
}

func TestADirectoryThatTakesNoFilesIsNamed(t *testing.T) {
	t.Parallel()
	inTheWay := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(inTheWay, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(inTheWay, "data")
	f := New(filepath.Join(dir, "x.db"), testLayout(), 0)
	want := "the data directory " + dir + " cannot be written: not a directory; set --data to a writable directory"
	if err := f.Create(t.Context(), nil); err == nil || err.Error() != want {
		t.Errorf("create: %v\nwant: %s", err, want)
	}
	if err := f.Update(t.Context(), nothing); err == nil || err.Error() != want {
		t.Errorf("update: %v\nwant: %s", err, want)
	}
	full := CannotWrite(dir, &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC})
	if !errors.Is(full, syscall.ENOSPC) || !errors.Is(full, ErrCannotWrite) ||
		!strings.Contains(full.Error(), "no space left on device (the disk at ") || !strings.Contains(full.Error(), " free); free some space") {
		t.Errorf("a full disk: %v", full)
	}
}

func TestScratchReplacesAnEmptyFileAndNoOther(t *testing.T) {
	t.Parallel()
	isEmpty := func(tx *bbolt.Tx) (bool, error) {
		k, _ := tx.Bucket([]byte(bucket)).Cursor().First()
		return k == nil, nil
	}
	for _, c := range []struct {
		name     string
		prepare  func(t *testing.T, f *File)
		installs bool
	}{
		{"empty", func(*testing.T, *File) {}, true},
		{"gone", func(t *testing.T, f *File) {
			t.Helper()
			_ = os.Remove(f.path)
		}, true},
		{"filled", func(t *testing.T, f *File) {
			t.Helper()
			put(t, f, "k", "theirs")
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := made(t)
			s, err := f.Scratch()
			if err != nil {
				t.Fatal(err)
			}
			defer s.Discard()
			fill := func(tx *bbolt.Tx) error { return Put(tx.Bucket([]byte(bucket)), []byte("k"), []byte("ours")) }
			if err := s.Update(fill); err != nil {
				t.Fatal(err)
			}
			c.prepare(t, f)
			named := false
			did, err := s.Install(t.Context(), isEmpty, func() error { named = true; return nil })
			if err != nil || did != c.installs || named != c.installs {
				t.Errorf("installed %v (named %v), %v; want %v", did, named, err, c.installs)
			}
			if want := map[bool]string{true: "ours", false: "theirs"}[c.installs]; read(t, f, "k") != want {
				t.Errorf("the value is %q, want %q", read(t, f, "k"), want)
			}
			s.Discard()
			if left, _ := filepath.Glob(f.path + ".new-*"); len(left) > 0 {
				t.Errorf("left over: %v", left)
			}
		})
	}
}

func TestAbandonedScratchFilesAreRemoved(t *testing.T) {
	t.Parallel()
	f := made(t)
	inUse, err := f.Scratch()
	if err != nil {
		t.Fatal(err)
	}
	defer inUse.Discard()
	old, young := f.path+".new-old", f.path+".new-young"
	for _, name := range []string{old, young} {
		if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	long := time.Now().Add(-time.Hour)
	if err := errors.Join(os.Chtimes(old, long, long), os.Chtimes(inUse.path, long, long)); err != nil {
		t.Fatal(err)
	}
	f.Sweep()
	for name, want := range map[string]bool{old: false, young: true, inUse.path: true} {
		if _, err := os.Stat(name); (err == nil) != want {
			t.Errorf("%s: %v", filepath.Base(name), err)
		}
	}
}

func TestASealedValueIsBoundToItsKeyAndBytes(t *testing.T) {
	t.Parallel()
	key, payload := []byte("key"), []byte("the payload")
	sealed := Seal(key, payload)
	if got, err := Unseal(key, sealed); err != nil || !bytes.Equal(got, payload) {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := Unseal([]byte("kez"), sealed); !errors.Is(err, ErrValue) {
		t.Errorf("under another key: %v", err)
	}
	for bit := range len(sealed) * 8 {
		flipped := bytes.Clone(sealed)
		flipped[bit/8] ^= 1 << (bit % 8)
		if _, err := Unseal(key, flipped); !errors.Is(err, ErrValue) {
			t.Errorf("bit %d flipped: %v", bit, err)
		}
	}
	for cut := range len(sealed) {
		if _, err := Unseal(key, sealed[:cut]); !errors.Is(err, ErrValue) {
			t.Errorf("cut to %d bytes: %v", cut, err)
		}
	}
	if got, err := Unseal(key, Seal(key, nil)); err != nil || got == nil || len(got) != 0 {
		t.Errorf("an empty payload: %q, %v", got, err)
	}
}
