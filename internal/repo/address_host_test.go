package repo

import "testing"

func TestHostsOfAddresses(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://GitHub.com/a/b": "github.com", "http://127.0.0.1:80/a": "127.0.0.1:80", "git@h.example:a/b": "h.example",
		"ssh://git@h:22/a": "h:22", "file:///srv": "", "/srv/x": "", "relative": "", "": "",
	} {
		if got := HostOf(address); got != want {
			t.Errorf("%s: %q", address, got)
		}
	}
}
