package cli

import (
	"github.com/spf13/cobra"
)

func (p *program) serveCommand() *cobra.Command {
	c := declare(&cobra.Command{
		Use: "serve", GroupID: groupScreen, Short: "Let people in over SSH",
		Long: "Serve the portal over SSH. With a terminal a session is the screen, as the person whose key it is; without one it is " +
			"a command, such as `ssh portal catalog list owner:me -o json`. All sessions share one catalog, and one sync.\n\n" +
			"The authorised keys are lines of OpenSSH's authorized_keys, whose comment says user:NAME: the name of a User entity, " +
			"or of somebody whom the catalog does not know. The file is read again when it changes.",
		Example: "idptui serve --listen :2222 --host-key host_key --authorized-keys authorized_keys\n" +
			"idptui serve --demo --listen 127.0.0.1:2222 --host-key host_key --authorized-keys authorized_keys",
		Args: arguments(0, 0, ""),
	}, local)
	var at Serving
	f := c.Flags()
	f.StringVar(&at.Listen, "listen", "127.0.0.1:2222", "listen on `ADDR`, host:port")
	f.StringVar(&at.HostKey, "host-key", "", "the server's own private key; it is made where there is no such `FILE` (default: ssh_host_key in the data directory)")
	f.StringVar(&at.AuthorizedKeys, "authorized-keys", "", "the public keys that may come in, one a line, each with user:NAME in its comment, from `FILE`")
	f.StringVar(&at.Address, "address", "", "how people reach the server, `HOST[:PORT]`, for the line that L copies (default: the address they came by)")
	f.BoolVar(&p.set.Demo, "demo", false, "serve the sample company")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if at.AuthorizedKeys == "" {
			return Usage(`make one: echo "$(cat ~/.ssh/id_ed25519.pub) user:$USER" > authorized_keys`, "serve needs --authorized-keys FILE: nobody could come in")
		}
		at.AuthorizedKeys = p.sys.Path(at.AuthorizedKeys)
		if at.HostKey != "" {
			at.HostKey = p.sys.Path(at.HostKey)
		}
		return p.svc.Serve(c.Context(), p.set, at)
	}
	return c
}
