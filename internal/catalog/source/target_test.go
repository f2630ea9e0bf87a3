package source

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/google/go-cmp/cmp"
)

func TestAimAt(t *testing.T) {
	t.Parallel()
	tests := []struct {
		from, kind, target string
		want               aim
	}{
		{"all.yaml", "", "./a.yaml", aim{path: "a.yaml"}},
		{"all.yaml", "file", "a.yaml", aim{path: "a.yaml"}},
		{"org/all.yaml", "url", "./teams/a.yaml", aim{path: "org/teams/a.yaml"}},
		{"org/all.yaml", "URL ", "../a.yaml", aim{path: "a.yaml"}},
		{"org/all.yaml", "", "/a.yaml", aim{path: "a.yaml"}},
		{"org/all.yaml", "url", "/x/../a.yaml", aim{path: "a.yaml"}},
		{"org/all.yaml", "", "./**/catalog-info.yaml", aim{path: "org/**/catalog-info.yaml"}},
		{"all.yaml", "", "a b.yaml", aim{path: "a b.yaml"}},
		{"all.yaml", "", "https://example.com/a.yaml", aim{url: "https://example.com/a.yaml"}},
		{"all.yaml", "file", "https://example.com/a.yaml", aim{url: "https://example.com/a.yaml"}},
		{"all.yaml", "", "git+ssh://example.com/a", aim{url: "git+ssh://example.com/a"}},
		{"all.yaml", "", "c:a.yaml", aim{path: "c:a.yaml"}},
		{"all.yaml", "", "../a.yaml", aim{err: "leads out of the folder of this source"}},
		{"all.yaml", "", "x/../../../a.yaml", aim{err: "leads out of the folder of this source"}},
		{"all.yaml", "", "/../a.yaml", aim{err: "leads out of the folder of this source"}},
		{"all.yaml", "", "..", aim{err: "names a folder", hint: "name the file in it, or a glob such as ./**/catalog-info.yaml"}},
		{"all.yaml", "", "./systems/", aim{err: "names a folder", hint: "name the file in it, or a glob such as ./**/catalog-info.yaml"}},
		{"all.yaml", "", "", aim{err: "is empty", hint: "name a file"}},
		{"all.yaml", "file", "/etc/passwd", aim{err: "is a path of the machine and not of this source", hint: "write it relative to this file"}},
		{"all.yaml", "s3", "a.yaml", aim{err: `is of type "s3", which is not known`, hint: "use type url or file, or leave the type out"}},
		{"all.yaml", "", "a\x00b", aim{err: "is no path"}},
		{"all.yaml", "", strings.Repeat("a", 2001), aim{err: "is longer than 2000 bytes"}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, aimAt(tt.from, tt.kind, tt.target), cmp.AllowUnexported(aim{})); diff != "" {
			t.Errorf("%s of type %q in %s: %s", tt.target, tt.kind, tt.from, diff)
		}
	}
}

func entries(names ...string) []entry {
	slices.Sort(names)
	out := make([]entry, len(names))
	for i, n := range names {
		out[i] = entry{path: n}
	}
	return out
}

func TestGlob(t *testing.T) {
	t.Parallel()
	files := entries("a.yaml", "org/a.yaml", "org/b.yml", "org/x/a.yaml", "org/x/y/a.yaml", "org-2/a.yaml", "z/[1].yaml", "z/1.yaml")
	for pattern, want := range map[string][]string{
		"*.yaml":             {"a.yaml"},
		"**/a.yaml":          {"a.yaml", "org-2/a.yaml", "org/a.yaml", "org/x/a.yaml", "org/x/y/a.yaml"},
		"org/**":             {"org/a.yaml", "org/b.yml", "org/x/a.yaml", "org/x/y/a.yaml"},
		"org/*/a.yaml":       {"org/x/a.yaml"},
		"org/*.{yaml,yml}":   {"org/a.yaml", "org/b.yml"},
		"org*/?.yaml":        {"org-2/a.yaml", "org/a.yaml"},
		"z/[0-9].yaml":       {"z/1.yaml"},
		`z/\[1\].yaml`:       {"z/[1].yaml"},
		"none/*":             nil,
		"**":                 {"a.yaml", "org-2/a.yaml", "org/a.yaml", "org/b.yml", "org/x/a.yaml", "org/x/y/a.yaml", "z/1.yaml", "z/[1].yaml"},
		"org/x/**/a.yaml":    {"org/x/a.yaml", "org/x/y/a.yaml"},
		"{org,z}/{a,1}.yaml": {"org/a.yaml", "z/1.yaml"},
	} {
		got, err := glob(t.Context(), pattern, files)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", pattern, diff)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := glob(ctx, "**", files); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestGlobsOfEntitiesAreBounded(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		"**/{a,b}/{c,d}.yaml":     "",
		"{a,b}{c,d}{e,f}":         "is a glob with more than 2 groups of alternatives",
		"a{b":                     "is no valid glob",
		"[a":                      "is no valid glob",
		strings.Repeat("a*", 129): "is a glob of more than 256 bytes",
		"**/*.yaml":               "",
	} {
		if got := checkGlob(pattern); got != want {
			t.Errorf("%s: %q, want %q", pattern, got, want)
		}
	}
}

func FuzzTarget(f *testing.F) {
	for _, s := range []string{"./a.yaml", "../x", "/**/{a,b}", "[a-", `\`, "https://x", "a/[\\", "{,}{,}*", "**/**/x"} {
		f.Add("dir/all.yaml", "", s)
	}
	files := entries("a.yaml", "dir/b.yaml", "dir/sub/c.yaml", "x/y/z/d.yml")
	f.Fuzz(func(t *testing.T, from, kind, target string) {
		if !fs.ValidPath(from) {
			t.Skip()
		}
		a := aimAt(from, kind, target)
		set := 0
		for _, s := range []string{a.path, a.url, a.err} {
			if s != "" {
				set++
			}
		}
		if set != 1 {
			t.Fatalf("%q points at %+v", target, a)
		}
		if a.path == "" {
			return
		}
		if a.path == ".." || strings.HasPrefix(a.path, "../") || strings.HasPrefix(a.path, "/") {
			t.Fatalf("%q leads out: %q", target, a.path)
		}
		if !isGlob(a.path) || checkGlob(a.path) != "" {
			return
		}
		got, err := glob(t.Context(), a.path, files)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, e := range files {
			if ok, err := doublestar.Match(a.path, e.path); err == nil && ok {
				want = append(want, e.path)
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%q matches %v, want %v", a.path, got, want)
		}
	})
}
