package backstage

import (
	"net/url"
	"slices"
	"strings"
)

// integration says how one kind of Backstage's integrations becomes a host.
type integration struct {
	name    string
	host    string // where the entry names none
	forge   string // as in readPage
	user    string // key of the user's name
	secrets []string
	ignored []string // keys that only the web interface of the forge needs
}

var integrations = []integration{
	{name: "github", host: "github.com", forge: github, secrets: []string{"token"}, ignored: []string{"apiBaseUrl", "rawBaseUrl"}},
	{name: "gitlab", host: "gitlab.com", forge: gitlab, secrets: []string{"token"}, ignored: []string{"apiBaseUrl"}},
	{name: "bitbucketCloud", host: "bitbucket.org", forge: bitbucket, user: "username", secrets: []string{"token", "appPassword"}},
	{name: "bitbucket", host: "bitbucket.org", forge: bitbucket, user: "username", secrets: []string{"token", "appPassword"}, ignored: []string{"apiBaseUrl"}},
	{name: "bitbucketServer", forge: bitbucketServer, user: "username", secrets: []string{"token", "password"}, ignored: []string{"apiBaseUrl"}},
	{name: "azure", host: "dev.azure.com", forge: azure, secrets: []string{"token"}},
	{name: "gitea", forge: gitea, user: "username", secrets: []string{"password"}},
	{name: "gerrit", user: "username", secrets: []string{"password"}},
}

// forges reads integrations into git.hosts.
func (c *converter) forges() {
	all := c.root.get("integrations")
	for _, name := range all.names() {
		key := "integrations." + name
		i := slices.IndexFunc(integrations, func(in integration) bool { return in.name == name })
		if i < 0 {
			c.note(all.get(name), key, "it is no forge whose repositories can be read over git with what stands there", "mirror what the catalog needs into a git repository or a folder")
			continue
		}
		for j, v := range c.items(all.get(name), key, maxHosts) {
			c.host(integrations[i], v, index(key, j))
		}
	}
}

func (c *converter) host(in integration, v *value, key string) {
	h := Host{Host: in.host, from: v.at}
	if named, ok := c.text(v.get("host"), key+".host"); ok {
		h.Host = strings.ToLower(named)
	} else if v.get("host") != nil {
		return // noted
	}
	if in.name == "bitbucket" && h.Host != in.host { // one name for both in Backstage's older versions
		in.forge = bitbucketServer
	}
	if !hostName.MatchString(h.Host) || len(h.Host) > 253 {
		c.note(v, key, "the entry names no host", "list the host in git.hosts by hand")
		return
	}
	if slices.ContainsFunc(c.hosts, func(have Host) bool { return have.Host == h.Host }) {
		c.note(v, key, "the host is listed twice, and a host has one secret here", "the first entry was taken")
		return
	}
	if len(c.hosts) == maxHosts {
		c.note(v, key, "a configuration has at most 200 hosts", "it was left out")
		return
	}
	if in.forge != bitbucketServer && forgeOf(h.Host) != in.forge {
		h.Forge = in.forge
	}
	c.credentials(&h, in, v, key)
	c.unneeded(in, v, key)
	if in.name == "gerrit" {
		c.note(v, key, "addresses of Gerrit's pages cannot be read", "name its repositories as sources by hand")
	}
	c.hosts = append(c.hosts, h)
}

// credentials finds the host's user and secret.
func (c *converter) credentials(h *Host, in integration, v *value, key string) {
	for _, name := range in.secrets {
		if h.Secret = c.secret(v.get(name), key+"."+name); h.Secret != "" {
			break
		}
	}
	if in.user != "" {
		if user, ok := c.text(v.get(in.user), key+"."+in.user); ok && writable(user, 200) {
			h.User = user
		}
	}
	if apps := v.get("apps"); apps != nil {
		c.note(apps, key+".apps", "a GitHub App cannot be used to read repositories", "make a token that may read them, and name it with git.hosts[].secret")
	}
	for _, name := range []string{"credential", "credentials"} {
		for i, cred := range v.get(name).list() {
			at := index(key+"."+name, i)
			pat := cred.get("personalAccessToken")
			switch {
			case pat == nil:
				c.note(cred, at, "only a personal access token can be used to read repositories", "make one, and name it with git.hosts[].secret")
			case h.Secret != "":
				c.note(cred, at, "a host has one secret here", "the first was taken")
			default:
				h.Secret = c.secret(pat, at+".personalAccessToken")
			}
		}
	}
	if v.get("clientId") != nil || v.get("clientSecret") != nil {
		c.note(v, key+".clientId", "an OAuth client cannot be used to read repositories", "make a token, and name it with git.hosts[].secret")
	}
	if v.get("commitSigningKey") != nil {
		c.note(v.get("commitSigningKey"), key+".commitSigningKey", "nothing is committed", "")
	}
}

// unneeded tells of addresses beside the host's name.
func (c *converter) unneeded(in integration, v *value, key string) {
	for _, name := range in.ignored {
		if at := v.get(name); at != nil {
			c.note(at, key+"."+name, "it is not needed: repositories are read with git alone", "")
		}
	}
	for _, name := range []string{"baseUrl", "cloneUrl", "gitilesBaseUrl"} {
		at := v.get(name)
		text, ok := c.text(at, key+"."+name)
		if !ok {
			continue
		}
		u, err := url.Parse(text)
		if err != nil || u.Scheme != "https" || strings.Trim(u.Path, "/") != "" {
			c.note(at, key+"."+name, "the host's repositories may lie elsewhere than directly below https://HOST/", "check the addresses of its sources")
		}
	}
}

// forge is what the integrations say of an address's host, "" for nothing.
func (c *converter) forge(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	all := c.root.get("integrations")
	for _, in := range integrations {
		list := all.get(in.name).list()
		for _, v := range list[:min(len(list), maxHosts)] {
			host := v.get("host")
			if host == nil || host.lost || !strings.EqualFold(host.text, u.Host) {
				continue
			}
			if in.name == "bitbucket" && !strings.EqualFold(u.Host, in.host) {
				return bitbucketServer
			}
			return in.forge
		}
	}
	return ""
}
