package state_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/idptui/idptui/internal/state"
)

// scripted is how many writes a script does; some of them make the file grow.
const scripted = 40

// helperScript does so many writes and prints the number of each once it is
// acknowledged.
func helperScript(dir, _ string) error {
	ctx := context.Background()
	s, err := state.Open(dir, state.Options{})
	if err != nil {
		return err
	}
	for i := range scripted {
		if err := s.SetPreference(ctx, user, fmt.Sprint("key-", i), strings.Repeat(fmt.Sprint(i, " "), 100*(1+i%7))); err != nil {
			return err
		}
		fmt.Println(i)
	}
	return nil
}

// event is something that a process did to its disk.
type event struct {
	at, size int64  // of a write, or size alone of a change of the file's length
	data     []byte // of a write
	synced   bool   // all before it is on the disk now
	acked    bool   // a write was acknowledged
}

// record lets a script run and gives what it did to the file, in order.
func record(t *testing.T, dir string) []event {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("SKIPPED: power loss is played from what strace records, and there is none here")
	}
	log := filepath.Join(t.TempDir(), "log")
	cmd := helper(t, "script", dir, "")
	cmd.Args = append([]string{
		"strace", "-f", "-yy", "-xx", "-s", "10000000", "-o", log,
		"-e", "trace=pwrite64,write,ftruncate,fsync,fdatasync", cmd.Path,
	}, cmd.Args[1:]...)
	cmd.Path = strace
	if out, err := cmd.CombinedOutput(); err != nil {
		if strings.Contains(string(out), "ptrace") || strings.Contains(string(out), "PTRACE") {
			t.Skipf("SKIPPED: strace may not trace here: %s", out)
		}
		t.Fatalf("%v: %s", err, out)
	}
	text, err := os.ReadFile(log)
	must(t, err)
	events, err := parse(string(text), filepath.Join(dir, state.FileName))
	must(t, err)
	return events
}

// A line of strace: process, call, file, and the arguments or what became of it.
var (
	began   = regexp.MustCompile(`^(\d+) +(\w+)\((\d+)<([^>]*)>(?:, )?(.*)$`)
	resumed = regexp.MustCompile(`^(\d+) +<\.\.\. (\w+) resumed>`)
)

// unescape reads a text of \xNN alone.
func unescape(text string) string {
	plain, err := hex.DecodeString(strings.ReplaceAll(text, `\x`, ""))
	if err != nil {
		return text
	}
	return string(plain)
}

func parse(log, file string) (events []event, err error) {
	open := map[string]bool{} // processes whose sync of the file is not over
	for line := range strings.Lines(log) {
		if m := resumed.FindStringSubmatch(line); m != nil {
			if open[m[1]] && strings.HasSuffix(m[2], "sync") {
				events = append(events, event{synced: true})
			}
			delete(open, m[1])
			continue
		}
		m := began.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			continue
		}
		call, fd, name, rest := m[2], m[3], unescape(m[4]), m[5]
		switch {
		case call == "write" && fd == "1":
			events = append(events, event{acked: true})
			continue
		case name != file:
			continue
		}
		args := strings.Split(rest, ", ")
		switch call {
		case "pwrite64":
			if len(args) < 3 {
				return nil, fmt.Errorf("a write without arguments: %.80s", line)
			}
			data := []byte(unescape(strings.Trim(args[0], `"`)))
			size, err1 := strconv.ParseInt(args[1], 10, 64)
			at, err2 := strconv.ParseInt(regexp.MustCompile(`^\d+`).FindString(args[2]), 10, 64)
			if err := errors.Join(err1, err2); err != nil || int64(len(data)) != size {
				return nil, fmt.Errorf("a write of %d bytes is recorded as %s with %d: %w", len(data), args[1], size, err)
			}
			events = append(events, event{at: at, data: data})
		case "ftruncate":
			size, err := strconv.ParseInt(regexp.MustCompile(`^\d+`).FindString(rest), 10, 64)
			if err != nil {
				return nil, err
			}
			events = append(events, event{size: size})
		case "fsync", "fdatasync":
			if strings.Contains(line, "unfinished") {
				open[m[1]] = true
				continue
			}
			events = append(events, event{synced: true})
		}
	}
	return events, nil
}

// apply does to an image what an event did to the file, up to so many bytes of it.
func (e event) apply(image []byte, most int) []byte {
	grow := func(size int64) {
		if missing := size - int64(len(image)); missing > 0 {
			image = append(image, make([]byte, missing)...)
		}
	}
	if e.data == nil {
		grow(e.size)
		return image
	}
	data := e.data[:min(most, len(e.data))]
	grow(e.at + int64(len(data)))
	copy(image[e.at:], data)
	return image
}

// images are what the disk may hold if the power goes after n events: all that was
// synced, and of the rest nothing, everything, or a part, torn at a sector.
func images(base []byte, events []event, r *rand.Rand) map[string][]byte {
	const all = 1 << 30
	lasting, pending := bytes.Clone(base), []event{}
	for _, e := range events {
		switch {
		case e.synced:
			for _, p := range pending {
				lasting = p.apply(lasting, all)
			}
			pending = nil
		case !e.acked:
			pending = append(pending, e)
		}
	}
	out := map[string][]byte{"nothing": lasting}
	if len(pending) == 0 {
		return out
	}
	draw := func(keep func(e event) int) []byte {
		image := bytes.Clone(lasting)
		for _, e := range pending {
			if most := keep(e); most > 0 {
				image = e.apply(image, most)
			}
		}
		return image
	}
	out["everything"] = draw(func(event) int { return all })
	for i := range 4 {
		out[fmt.Sprint("some ", i)] = draw(func(event) int { return all * r.IntN(2) })
	}
	const sector = 512
	for i := range 4 {
		out[fmt.Sprint("torn ", i)] = draw(func(e event) int { return sector * r.IntN(len(e.data)/sector+2) })
	}
	order := r.Perm(len(pending))
	image := bytes.Clone(lasting)
	for _, i := range order[:r.IntN(len(order)+1)] { // the disk is free to choose its order
		image = pending[i].apply(image, all)
	}
	out["in another order"] = image
	return out
}

// However much of what was not synced the disk has when the power goes, the file
// opens, or is known to be damaged, and every write that was acknowledged is there.
func TestAPowerLossLosesNothingAcknowledged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	populate(t, open(t, dir))
	base, err := os.ReadFile(filepath.Join(dir, state.FileName))
	must(t, err)
	events := record(t, dir)
	kinds := map[string]int{}
	for _, e := range events {
		switch {
		case e.synced:
			kinds["synced"]++
		case e.acked:
			kinds["acknowledged"]++
		case e.data != nil:
			kinds["written"]++
		default:
			kinds["grown"]++
		}
	}
	if kinds["acknowledged"] != scripted || kinds["synced"] < 2*scripted || kinds["written"] < 2*scripted || kinds["grown"] == 0 {
		t.Fatalf("the record is %v, which is not what %d writes do", kinds, scripted)
	}
	r := rand.New(rand.NewPCG(21, 22))
	step := 1
	if testing.Short() {
		step = 5
	}
	played, damaged, acked := 0, 0, 0
	for n := range len(events) + 1 {
		if n > 0 && events[n-1].acked {
			acked++
		}
		if n%step != 0 {
			continue
		}
		found := images(base, events[:n], r)
		for _, name := range slices.Sorted(maps.Keys(found)) {
			played++
			where := filepath.Join(t.TempDir(), "x")
			must(t, os.MkdirAll(where, 0o700))
			must(t, os.WriteFile(filepath.Join(where, state.FileName), found[name], 0o600))
			s := open(t, where)
			if s.Trouble() != nil {
				damaged++
			} else if err := s.Check(t.Context()); err != nil {
				t.Errorf("after %d events, %s: %v", n, name, err)
			}
			for i := range acked {
				if _, ok, err := s.Preference(t.Context(), user, fmt.Sprint("key-", i)); !ok || err != nil {
					t.Errorf("after %d events, %s: write %d of %d acknowledged ones is lost: %v (trouble: %v)", n, name, i, acked, err, s.Trouble())
					break
				}
			}
		}
	}
	t.Logf("%v: %d images, %d of them known to be damaged", kinds, played, damaged)
}
