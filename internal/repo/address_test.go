package repo

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/idptui/idptui/internal/safe"
)

func TestAddressesOfRemotes(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]address{
		"https://GitHub.com/o/r.git":           {"https", "", "github.com", "/o/r.git", "https://github.com/o/r.git"},
		"https://org@dev.azure.com/org/p":      {"https", "org", "dev.azure.com", "/org/p", "https://dev.azure.com/org/p"},
		"http://h.example:8080/r/":             {"http", "", "h.example:8080", "/r/", "http://h.example:8080/r/"},
		"https://h/a%20b":                      {"https", "", "h", "/a b", "https://h/a%20b"},
		"https://[::1]:8443/r":                 {"https", "", "[::1]:8443", "/r", "https://[::1]:8443/r"},
		"ssh://git@h.example:2222/o/r.git":     {"ssh", "git", "h.example:2222", "/o/r.git", "ssh://git@h.example:2222/o/r.git"},
		"ssh://h.example/~ann/r":               {"ssh", "", "h.example", "/~ann/r", "ssh://h.example/~ann/r"},
		"git@h.example:o/r.git":                {"ssh", "git", "h.example", "o/r.git", "git@h.example:o/r.git"},
		"h.example:/abs/r":                     {"ssh", "", "h.example", "/abs/r", "h.example:/abs/r"},
		"file:///srv/git/r.git":                {"file", "", "", "/srv/git/r.git", "file:///srv/git/r.git"},
		"/srv/git/a b/../r"[:8] + "/r":         {"file", "", "", "/srv/git/r", "file:///srv/git/r"},
		"git@ssh.dev.azure.com:v3/org/proj/re": {"ssh", "git", "ssh.dev.azure.com", "v3/org/proj/re", "git@ssh.dev.azure.com:v3/org/proj/re"},
	} {
		got, err := parse(raw)
		if err != nil || got != want {
			t.Errorf("%s: got %+v, %v; want %+v", raw, got, err, want)
		}
	}
}

func TestAddressesThatAreRefused(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		"", " ", "x", "relative/path", "./x", "../x", "~/x", "-oProxyCommand=x", "--upload-pack=x",
		"https://ann:hunter2@h/x", "ssh://git:hunter2@h/x", "https://:hunter2@h/x", "https://ann:a@hunter2@h/x", "https://ann:a/hunter2@h/x", "ann:hunter2@h:x", "https://h/x?token=hunter2", "https://h/x#hunter2", "https://h/x#", "https://h/x?",
		"ssh://-oProxyCommand=x/y", "ssh://-x@h/y", "git@-x:y", "-x@h:y", "h:-x", "git@h:--x", "https://h/-x", "ssh://h/-x",
		"ext::sh -c x", "ext::sh", "fd::17", "git://h/x", "ftp://h/x", "javascript:x//", "file://other.example/x", "https:h/x",
		"https://h/a%0ab", "https://h/a%00", "https://h/a\nb", "https://h/a\x1b[m", "https://h%0a/x", "https://h/a\\b", "C:\\x", "https://h/a%5cb",
		"https://h", "https://h/", "https:///x", "ssh://h", "git@h:", "git@:x", "/", "https://h/../x", "https://h/a/../../x", "git@h:../x", "https://h/a//b", "/a/../b",
		"https://h/%2e%2e/x", "https://h:99999999/x", "https://h_\u00a0/x", "https://h/\u009b31m", "https://ex ample/x", "https://аpple.example/x",
		"https://h/" + strings.Repeat("x", maxURL), "[::1]:x y", "@h:x", "a@b@c:d",
	} {
		_, err := parse(raw)
		var e *Error
		if !errors.Is(err, ErrAddress) || !errors.As(err, &e) {
			t.Errorf("%q: got %v, want ErrAddress", raw, err)
			continue
		}
		if text := err.Error(); text != safe.Line(text) || len(text) > 600 {
			t.Errorf("%q: not fit to be shown: %q", raw, text)
		}
		if strings.Contains(raw, "@") && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: the error repeats the password: %v", raw, err)
		}
	}
}

func TestBranchesThatAreRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"-x", "a b", "a..b", "a/", "/a", "a//b", ".a", "a/.b", "a.lock", "a.lock/b", "a~1", "a^", "a:b", "a?", "a*", "a[", "a\\", "@", "a@{b", "a.", "a\x00", "a\n", "\x7f", strings.Repeat("x", 300), ""} {
		if err := checkBranch(name); !errors.Is(err, ErrAddress) {
			t.Errorf("%q: got %v, want ErrAddress", name, err)
		}
	}
	for _, name := range []string{"main", "feature/x", "v1.2", "a-b", "a@b", "größe", "a+b", "#1", "a'b$(c)"} {
		if err := checkBranch(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestNamesOfMirrorsAreReadableAndApart(t *testing.T) {
	t.Parallel()
	m := mirrors(t)
	seen := map[string]string{}
	for _, r := range []Remote{
		{URL: "https://h.example/o/r"},
		{URL: "https://h.example/o-r"},
		{URL: "https://h.example/o/r", Branch: "x"},
		{URL: "https://h.example/o/R"},
		{URL: "git@h.example:o/r"},
		{URL: "https://h.example/" + strings.Repeat("long/", 100) + "x"},
		{URL: "https://h.example/größe"},
		{URL: "https://h.example/.x"},
	} {
		name, err := m.Name(r)
		if err != nil {
			t.Fatal(err)
		}
		if before, ok := seen[name]; ok {
			t.Errorf("%s and %+v share %s", before, r, name)
		}
		seen[name] = r.URL
		if name != filepath.Base(name) || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" || len(name) > 100 || !strings.HasPrefix(name, "h.example-") {
			t.Errorf("%q is no good name of a folder", name)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{
		{},
		{Dir: "relative"},
		{Dir: "/d", Files: []string{"relative"}},
		{Dir: "/d", Environ: []string{"GIT_SSH_COMMAND=x"}},
		{Dir: "/d", Environ: []string{"https_proxy"}},
		{Dir: "/d", Environ: []string{"LD_PRELOAD=x"}},
	} {
		if _, err := New(o); err == nil || !strings.Contains(err.Error(), "; ") {
			t.Errorf("%+v: %v", o, err)
		}
	}
	if _, err := New(Options{Dir: "/d", Environ: []string{"HTTPS_PROXY=http://p:1", "no_proxy=x", "GIT_SSL_CAINFO=/ca"}}); err != nil {
		t.Error(err)
	}
}

func FuzzAddress(f *testing.F) {
	for _, s := range []string{"https://h/x", "git@h:x", "ssh://a@h:1/x", "/a/b", "file:///x", "https://a:b@h/x", "h:-x", "https://h/%0a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		a, err := parse(raw)
		if err != nil {
			if text := err.Error(); text != safe.Line(text) {
				t.Errorf("not clean: %q", text)
			}
			return
		}
		if strings.HasPrefix(a.url, "-") || strings.HasPrefix(a.host, "-") || strings.HasPrefix(a.path, "-") || strings.ContainsAny(a.url, " \n\r\x00\x1b\\") {
			t.Errorf("%q became %+v", raw, a)
		}
		if a.scheme != "file" && a.scheme != "ssh" && strings.Contains(a.url, "@") && strings.Contains(strings.SplitN(a.url, "/", 4)[2], "@") {
			t.Errorf("%q keeps its user in %q", raw, a.url)
		}
		again, err := parse(a.url)
		if err != nil || again.url != a.url || again.host != a.host {
			t.Errorf("%q is not stable: %+v, %+v, %v", raw, a, again, err)
		}
	})
}
