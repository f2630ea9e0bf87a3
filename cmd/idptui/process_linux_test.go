package main_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// limit bounds whatever a benchmark waits for.
const limit = 5 * time.Minute

// command is the built binary in an environment of its own below home.
func command(b *testing.B, home string, args ...string) *exec.Cmd {
	b.Helper()
	bin, err := filepath.Abs("../../bin/idptui")
	if err != nil {
		b.Fatal(err)
	}
	if _, err := os.Stat(bin); err != nil {
		b.Skip("there is no bin/idptui to measure; make build makes it")
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	b.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, bin, args...)
	cmd.Dir = home
	cmd.Env = []string{
		"HOME=" + home, "IDPTUI_DATA=" + filepath.Join(home, "data"), "PATH=" + os.Getenv("PATH"),
		"TERM=xterm-256color", "COLORTERM=truecolor", "LANG=C.UTF-8",
	}
	return cmd
}

// cpu is what a process has used so far, user and system, to the nanosecond.
func cpu(pid int) time.Duration {
	const perProcess = 2 // of the clocks that each process has, the one for time on a processor
	var t unix.Timespec
	if unix.ClockGettime(int32(^pid<<3|perProcess), &t) != nil { //nolint:gosec // process ids are small
		return 0
	}
	return time.Duration(t.Nano())
}

// anon is the memory of a process that no file stands behind, in bytes.
func anon(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "RssAnon:")
	number, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	kib, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return 0
	}
	return kib << 10
}

// usage is what a command took from its start to its end.
type usage struct {
	cpu  time.Duration
	anon int64 // the most that was seen, in bytes
}

// run carries out a command line and measures it.
func run(b *testing.B, home string, args ...string) usage {
	b.Helper()
	cmd := command(b, home, args...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	ended, most := make(chan struct{}), make(chan int64)
	go func() {
		const often = 2 * time.Millisecond
		looks := time.NewTicker(often)
		defer looks.Stop()
		for peak := int64(0); ; {
			select {
			case <-ended:
				most <- peak
				return
			case <-looks.C:
				peak = max(peak, anon(cmd.Process.Pid))
			}
		}
	}()
	err := cmd.Wait()
	close(ended)
	peak := <-most
	if err != nil {
		b.Fatalf("%v: %v\n%s", args, err, said.String())
	}
	return usage{cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), peak}
}

// screen is the binary in a terminal of its own, which counts all that is written.
type screen struct {
	b    *testing.B
	pid  int
	tty  *os.File
	done chan struct{} // everything was read

	mu    sync.Mutex
	out   []byte
	first []byte        // a text of the first list
	at    time.Duration // processor time used when that was there
}

// show starts the binary in a terminal of w×h cells; first is a text of the first
// list.
func show(b *testing.B, home string, w, h uint16, first string) *screen {
	b.Helper()
	tty, end, err := openTerminal(w, h)
	if err != nil {
		b.Skip("no terminal can be made here: ", err)
	}
	cmd := command(b, home)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = end, end, end
	cmd.SysProcAttr = &unix.SysProcAttr{Setsid: true, Setctty: true}
	err = cmd.Start()
	_ = end.Close() // the process has its own
	if err != nil {
		b.Fatal(err)
	}
	s := &screen{b: b, pid: cmd.Process.Pid, tty: tty, done: make(chan struct{}), first: []byte(first)}
	go s.read()
	b.Cleanup(func() {
		_ = cmd.Process.Kill() // one that has left already is as good
		_ = cmd.Wait()
		<-s.done
		_ = tty.Close()
	})
	return s
}

// openTerminal makes a terminal: the end to look at it and the one for a process.
func openTerminal(w, h uint16) (tty, end *os.File, err error) {
	tty, err = os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, err
	}
	fd := int(tty.Fd()) //nolint:gosec // file descriptors are small
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: h, Col: w})
	}
	if err == nil {
		end, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		_ = tty.Close()
		return nil, nil, err
	}
	return tty, end, nil
}

// read takes what the process writes, until it has ended.
func (s *screen) read() {
	defer close(s.done)
	part := make([]byte, 64<<10)
	for {
		n, err := s.tty.Read(part)
		s.mu.Lock()
		s.out = append(s.out, part[:n]...)
		if s.at == 0 && bytes.Contains(s.out, s.first) {
			s.at = cpu(s.pid)
		}
		s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// seen is how many bytes were written so far, and the processor time at which the
// first list was among them; 0 before that.
func (s *screen) seen() (written int, listed time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.out), s.at
}

// rest waits until the list is there, nothing more is written and next to nothing
// computed. It gives the processor time used up to then.
func (s *screen) rest() time.Duration {
	s.b.Helper()
	const (
		look   = 50 * time.Millisecond
		looks  = 6                    // in a row, at each of which it was at rest
		little = 2 * time.Millisecond // of processor time between two looks
	)
	until := time.Now().Add(limit)
	before, used := usageAt{written: -1}, time.Duration(0)
	for quiet := 0; quiet < looks; {
		if time.Now().After(until) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.b.Fatalf("the screen does not come to rest; its last bytes are %q", s.out[max(0, len(s.out)-500):])
		}
		time.Sleep(look)
		written, listed := s.seen()
		now := usageAt{cpu(s.pid), written}
		if quiet++; listed == 0 || written != before.written || now.cpu-before.cpu > little {
			quiet, used = 0, now.cpu
		}
		before = now
	}
	return used
}

type usageAt struct {
	cpu     time.Duration
	written int
}

// press types keys and gives how many bytes come until the screen is at rest again.
func (s *screen) press(keys string) int {
	s.b.Helper()
	before, _ := s.seen()
	if _, err := s.tty.WriteString(keys); err != nil {
		s.b.Fatal(err)
	}
	s.rest()
	after, _ := s.seen()
	return after - before
}
