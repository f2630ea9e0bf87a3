package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/idptui/idptui/internal/cli"
)

// The test binary runs itself as a process that syncs for ever: with syncerEnv set
// to the directory of a machine it does that instead of running tests.
const syncerEnv = "IDPTUI_APP_TEST_SYNCER"

// component is the descriptor of a service.
func component(name string, version int) string {
	return fmt.Sprintf("---\napiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: %s, description: version %d}\nspec: {type: service, lifecycle: production, owner: me}\n",
		name, version)
}

// syncForever changes the descriptors again and again, syncs them as the command
// does, and prints the number of each change whose sync is done.
func syncForever(dir string) int {
	m := &machine{dir, map[string]string{"HOME": filepath.Join(dir, "home"), "IDPTUI_DATA": filepath.Join(dir, "data")}}
	shop := filepath.Join(dir, "shop")
	known, err := filepath.Glob(filepath.Join(shop, "new-*.yaml"))
	if err != nil {
		return 1
	}
	for n := max(0, len(known)-1); ; n++ { // the last may have been killed half written
		var churn strings.Builder // comes, changes and goes
		for i := range 20 + n%4 {
			churn.WriteString(component(fmt.Sprint("churn-", i), n))
		}
		err := errors.Join(
			os.WriteFile(filepath.Join(shop, "churn.yaml"), []byte(churn.String()), 0o600),
			os.WriteFile(filepath.Join(shop, fmt.Sprintf("new-%05d.yaml", n)), []byte(component(fmt.Sprint("new-", n), n)), 0o600),
		)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		sys, _, said := m.io("")
		if code := Main(context.Background(), []string{"--catalog", "shop", "sync"}, sys); code != cli.ExitDone {
			fmt.Fprintln(os.Stderr, code, said)
			return 1
		}
		fmt.Println(n)
	}
}

// A sync that is killed at any moment loses nothing that it said was done, and the
// next one ends with the catalog that a first one would, without anybody's hand.
func TestASyncThatIsKilledLeavesNothingToMend(t *testing.T) {
	t.Parallel()
	loops := 100
	if testing.Short() {
		loops = 20
	}
	m := newMachine(t)
	put(t, filepath.Join(m.dir, "shop", "always.yaml"), component("always", 0))
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	last, acknowledged := -1, 0
	for loop := range loops {
		cmd := exec.CommandContext(t.Context(), exe)
		cmd.Env = append(os.Environ(), syncerEnv+"="+m.dir)
		var complaint strings.Builder
		cmd.Stderr = &complaint
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		kill := time.AfterFunc(time.Duration(15+r.IntN(100))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if _, err := fmt.Sscan(lines.Text(), &last); err != nil {
				t.Errorf("loop %d: it says %q", loop, lines.Text())
			}
			acknowledged++
		}
		_ = cmd.Wait() // it was killed
		kill.Stop()
		if complaint.Len() > 0 {
			t.Fatalf("loop %d: it failed by itself: %s", loop, complaint.String())
		}
		list := m.must(t, "catalog", "list", "-o", "name")
		for i := range last + 1 {
			if !strings.Contains(list, fmt.Sprintf("component:default/new-%d\n", i)) {
				t.Fatalf("loop %d: %d of %d acknowledged ones is lost", loop, i, last)
			}
		}
		if loop%20 != 19 {
			continue
		}
		m.must(t, "state", "check")
		code, _, said := m.run(t, "--catalog", "shop", "sync")
		if code != cli.ExitDone || strings.Contains(said, "warning") {
			t.Fatalf("loop %d: the next sync: %d, %s", loop, code, said)
		}
		fresh := &machine{m.dir, map[string]string{"HOME": m.env["HOME"], "IDPTUI_DATA": t.TempDir()}}
		fresh.must(t, "--catalog", "shop", "sync")
		if diff := cmp.Diff(fresh.must(t, "catalog", "export"), m.must(t, "catalog", "export")); diff != "" {
			t.Fatalf("loop %d: the catalog is not as a first sync makes it (-first +this):\n%s", loop, diff)
		}
	}
	if acknowledged == 0 {
		t.Error("no sync was ever done: each was killed too early to prove anything")
	}
	if aside, _ := filepath.Glob(filepath.Join(m.dir, "data", "*.corrupt*")); len(aside) > 0 {
		t.Errorf("set aside: %v", aside)
	}
	t.Logf("%d kills, %d syncs done", loops, acknowledged)
}
