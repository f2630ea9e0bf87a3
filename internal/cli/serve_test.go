package cli

import "testing"

func TestServeNeedsKeysAndHandsOverPathsInFull(t *testing.T) {
	t.Parallel()
	run(shop(t), "serve").wants(t, ExitUsage, "--authorized-keys")
	f := shop(t)
	run(f, "serve", "--authorized-keys", "keys", "--host-key", "/etc/host", "--listen", ":22", "--address", "portal").wants(t, ExitDone, "")
	if f.served.AuthorizedKeys == "keys" || f.served.HostKey != "/etc/host" || f.served.Listen != ":22" || f.served.Address != "portal" {
		t.Errorf("served %+v", f.served)
	}
}

func TestNoArgumentsAreNotThoseOfThisProcess(t *testing.T) {
	t.Parallel()
	if args := queryArgs(nil); args == nil {
		t.Error("nil makes the library read the arguments of the process")
	}
}
