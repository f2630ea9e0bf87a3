package repo

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/idptui/idptui/internal/repo/repotest"
)

func TestMirrorsOverSSH(t *testing.T) {
	t.Parallel()
	h := repotest.SSH(t)
	o := newOrigin(t)
	commit := o.commit("one", map[string]string{"a": "1", "big": noise(1_500_000)})
	r := Remote{
		URL: "ssh://" + h.User + "@127.0.0.1:" + h.Port + o.dir, SSH: SSH{KeyFile: h.Key, KnownHosts: h.Known},
		Want: func(string) bool { return true },
	}
	m := mirrors(t)
	if got := update(t, m, r); got.Commit != commit || got.Absent != 0 {
		t.Errorf("got %+v", got)
	}
	if got := read(t, open(t, m, r), "big"); got != noise(1_500_000) {
		t.Errorf("read %d bytes", len(got))
	}
	if got := update(t, m, r); got.Changed {
		t.Errorf("unchanged: %+v", got)
	}
	other := repotest.Keys(t, filepath.Join(t.TempDir(), "other"))
	wrongHost := filepath.Join(t.TempDir(), "known")
	public, err := os.ReadFile(other + ".pub")
	if err == nil {
		err = os.WriteFile(wrongHost, append([]byte("[127.0.0.1]:"+h.Port+" "), public...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		change func(*Remote)
		want   error
	}{
		"another key":          {func(r *Remote) { r.SSH.KeyFile = other }, ErrRefused},
		"no key":               {func(r *Remote) { r.SSH.KeyFile = "" }, ErrNeedsLogin},
		"an unknown host":      {func(r *Remote) { r.SSH.KnownHosts = "" }, ErrHostKey},
		"another host's key":   {func(r *Remote) { r.SSH.KnownHosts = wrongHost }, ErrHostKey},
		"no such repository":   {func(r *Remote) { r.URL += "-gone" }, ErrNotFound},
		"nobody listens there": {func(r *Remote) { r.URL = strings.Replace(r.URL, ":"+h.Port, ":1", 1) }, ErrUnreachable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changed := r
			tt.change(&changed)
			_, err := m.Update(t.Context(), changed)
			if !errors.Is(err, tt.want) {
				t.Fatalf("got %v, want %v", err, tt.want)
			}
			isSentence(t, err)
		})
	}
}

func TestSSHIsTakenAwayFromTheUsersOwnSettings(t *testing.T) {
	t.Parallel()
	got := SSH{KeyFile: "/k/it's", KnownHosts: "/k/100% known"}.command()
	for _, want := range []string{
		"ssh -F /dev/null ", "-oBatchMode=yes", "-oStrictHostKeyChecking=yes", "-oConnectTimeout=", "-oIdentitiesOnly=yes", "-oIdentityAgent=none",
		`'-oIdentityFile="/k/it'\''s"'`, `'-oUserKnownHostsFile="/k/100%% known"'`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s lacks %s", got, want)
		}
	}
	if got := (SSH{Agent: "/run/agent"}).command(); strings.Contains(got, "IdentityAgent=none") || !strings.Contains(got, "UserKnownHostsFile=\"/dev/null\"") {
		t.Errorf("with an agent: %s", got)
	}
	for _, bad := range []SSH{{KeyFile: "relative"}, {KeyFile: "/a\nb"}, {KnownHosts: "/a$(b)"}, {Agent: `/a"b`}} {
		if bad.valid() {
			t.Errorf("%+v is taken", bad)
		}
	}
}
