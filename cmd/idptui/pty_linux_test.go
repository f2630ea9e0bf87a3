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

// deadline bounds whatever a benchmark waits for.
const deadline = 5 * time.Minute

// command is the built binary, in an environment of its own below home.
func command(b *testing.B, home string, args ...string) *exec.Cmd {
	b.Helper()
	bin, err := filepath.Abs("../../bin/idptui")
	if err != nil {
		b.Fatal(err)
	}
	if _, err := os.Stat(bin); err != nil {
		b.Skip("there is no bin/idptui to measure: build first")
	}
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	b.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, bin, args...)
	cmd.Dir = home
	cmd.Env = []string{
		"HOME=" + home, "IDPTUI_DATA=" + filepath.Join(home, "data"), "PATH=" + os.Getenv("PATH"),
		"TERM=xterm-256color", "COLORTERM=truecolor", "LANG=C.UTF-8",
	}
	return cmd
}

// cpu is what a process has used so far, user and system.
func cpu(pid int) time.Duration {
	const perProcess = 2 // the clock that counts time on a processor, of all threads
	var t unix.Timespec
	if unix.ClockGettime(int32(^pid<<3|perProcess), &t) != nil { //nolint:gosec // process ids are small
		return 0
	}
	return time.Duration(t.Nano())
}

// anon is the memory of a process that no file backs, in bytes.
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
	anon int64 // the most at any look
}

// run carries out a command line and measures it.
func run(b *testing.B, home string, args ...string) usage {
	b.Helper()
	cmd := command(b, home, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
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
		b.Fatalf("%v: %v\n%s", args, err, out.String())
	}
	return usage{cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), peak}
}

// screen is the binary in a terminal of its own, which keeps all that it writes.
type screen struct {
	b    *testing.B
	pid  int
	tty  *os.File
	done chan struct{} // all of it was read

	mu   sync.Mutex
	out  []byte
	want []byte        // what the first list has
	at   time.Duration // processor time when that was there
}

// show starts the screen in a terminal of w×h; first is a text of its first list.
func show(b *testing.B, home string, w, h uint16, first string, args ...string) *screen {
	b.Helper()
	tty, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		b.Skip("no terminal can be made here: ", err)
	}
	fd := int(tty.Fd())
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: h, Col: w})
	}
	if err != nil {
		b.Fatal(err)
	}
	end, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		b.Fatal(err)
	}
	cmd := command(b, home, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = end, end, end
	cmd.SysProcAttr = &unix.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	_ = end.Close() // the process has its own
	s := &screen{b: b, pid: cmd.Process.Pid, tty: tty, done: make(chan struct{}), want: []byte(first)}
	go s.read()
	b.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		<-s.done
		_ = tty.Close()
	})
	return s
}

// read keeps what the process writes, until it has ended.
func (s *screen) read() {
	defer close(s.done)
	part := make([]byte, 64<<10)
	for {
		n, err := s.tty.Read(part)
		s.mu.Lock()
		s.out = append(s.out, part[:n]...)
		if s.at == 0 && bytes.Contains(s.out, s.want) {
			s.at = cpu(s.pid)
		}
		s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (s *screen) written() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.out)
}

// listed is the processor time at which the first list was on the terminal; 0
// until then.
func (s *screen) listed() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at
}

// rest waits until the list is there and nothing is written and next to nothing
// computed any more, and gives the processor time used before that.
func (s *screen) rest() time.Duration {
	s.b.Helper()
	const look, still, little = 50 * time.Millisecond, 6, 2 * time.Millisecond
	until := time.Now().Add(deadline)
	quiet, bytesBefore, before := 0, -1, time.Duration(0)
	used := before
	for quiet < still {
		if time.Now().After(until) {
			s.b.Fatalf("the screen does not come to rest; its last words: %q", s.last())
		}
		time.Sleep(look)
		now, written := cpu(s.pid), s.written()
		if s.listed() > 0 && written == bytesBefore && now-before < little {
			quiet++
		} else {
			quiet, used = 0, now
		}
		bytesBefore, before = written, now
	}
	return used
}

func (s *screen) last() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.out[max(0, len(s.out)-500):])
}

// press types keys and gives how many bytes came until the screen was at rest.
func (s *screen) press(keys string) int {
	s.b.Helper()
	before := s.written()
	if _, err := s.tty.WriteString(keys); err != nil {
		s.b.Fatal(err)
	}
	s.rest()
	return s.written() - before
}
