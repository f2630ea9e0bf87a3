package source

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPlaceholdersBringInFilesOfTheSameTree(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{
		"apis/a.yaml":    docs(api("text", "$text: ./def/a.txt"), api("up", "$text: ../up.txt"), api("root", "$text: /up.txt"), api("link", "$text: link.txt")),
		"apis/def/a.txt": "hello\n", "up.txt": "up", "apis/link.txt": "-> def/a.txt",
	})
	w.sync()
	check(t, []string(nil), w.problems())
	for name, want := range map[string]string{"text": "hello\n", "up": "up", "root": "up", "link": "hello\n"} {
		check(t, want, w.record("api:default/"+name).Entity.SpecString("definition"))
	}
}

func TestPlaceholdersThatCannotBeUsedSayWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	outside := t.TempDir()
	write(t, outside, map[string]string{"secret": "x"})
	w.write(map[string]string{
		"a.yaml": docs(api("a", "$text: https://example.com/x"), api("b", "$text: ./gone.txt"), api("c", "$text: ../out.txt"),
			api("d", "$text: out/secret"), api("e", "$text: ./big.txt"), api("f", "$text: ./sub"), api("g", "$text: ./self")),
		"out": "-> " + outside, "big.txt": "", "sub/x": "", "self": "-> self",
	})
	if err := os.Truncate(filepath.Join(w.dir, "big.txt"), maxPlaceholder+1); err != nil {
		t.Fatal(err)
	}
	r := w.sync()
	check(t, 7, r.Counts.Refused)
	for i, want := range []string{
		`"https://example.com/x" cannot be used: it is an address on example.com, and a placeholder may only name files of its own repository`,
		`"./gone.txt" cannot be used: it does not exist`,
		`"../out.txt" cannot be used: it leads out of the folder of this source`,
		`"out/secret" cannot be used: it cannot be read: path escapes from parent`,
		`"./big.txt" cannot be used: it is over 5 MiB`,
		`"./sub" cannot be used: it is a folder`,
		`"./self" cannot be used: it is a symbolic link that leads back to itself`,
	} {
		if !strings.Contains(strings.Join(w.problems(), "\n"), want) {
			t.Errorf("%d: %q is not among %q", i, want, w.problems())
		}
	}
}

func TestChangeOfWhatAPlaceholderStandsForIsAChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	w.write(map[string]string{
		"a.yaml": docs(api("a", "$text: ./a.txt"), api("b", "$text: ./b.txt"), component("c")), "a.txt": "one", "b.txt": "b", "z.yaml": component("z"),
	})
	w.sync()
	w.spy.reads()
	w.write(map[string]string{"a.txt": "two!"})
	r := w.sync()
	if r.Changed != 1 || r.Unchanged != 3 {
		t.Errorf("%+v", r)
	}
	check(t, []string{"a.txt", "a.yaml", "b.txt"}, w.spy.reads())
	check(t, "two!", w.record("api:default/a").Entity.SpecString("definition"))
	w.sync()
	check(t, []string(nil), w.spy.reads())

	w.remove("a.txt")
	r = w.sync()
	if r.Removed != 0 || r.Counts.Refused != 1 { // a fault deletes nothing
		t.Errorf("%+v", r)
	}
	w.sync()
	if got := w.problems(); len(got) != 1 {
		t.Errorf("%q", got)
	}
	w.write(map[string]string{"a.txt": "three"}) // its appearance is a change too
	r = w.sync()
	if r.Changed != 1 || len(w.problems()) != 0 {
		t.Errorf("%+v %q", r, w.problems())
	}
}

func TestPlaceholdersOfOneFileHaveABudget(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	parts := make([]string, 0, 12)
	for _, name := range strings.Split("a b c d e f g h i j", " ") {
		parts = append(parts, api(name, "$text: ./big.txt"))
	}
	w.write(map[string]string{"a.yaml": docs(parts...), "big.txt": strings.Repeat("x", 4<<20)})
	r := w.sync()
	if r.Counts.Entities != 8 || r.Counts.Refused != 2 {
		t.Errorf("%+v", r.Counts)
	}
	if got := w.problems(); len(got) != 2 || !strings.Contains(got[0], "the placeholders of one file may bring in 32 MiB") {
		t.Errorf("%q", got)
	}
	if n := w.spy.opened["big.txt"]; n != 1 {
		t.Errorf("big.txt was opened %d times", n)
	}
}

func TestEntityThatTheStoreCouldNotTakeIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, trusting())
	// Four megabytes of a character that JSON writes with six.
	w.write(map[string]string{"a.yaml": docs(component("a"), api("big", "$text: ./big.txt")), "big.txt": strings.Repeat("<", 4<<20)})
	r := w.sync()
	check(t, Counts{Files: 1, Documents: 2, Entities: 1, Refused: 1}, r.Counts)
	if got := w.problems(); len(got) != 1 || !strings.Contains(got[0], "has more than the 16 MB that are kept") {
		t.Errorf("%q", got)
	}
}
