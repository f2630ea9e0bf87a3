package config

import (
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
)

// remote is what looks like an address and not like a path: a scheme, or
// git's short form user@host:path.
var remote = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*://|[^/@\s]+@[^/:\s]+:)`)

// shortForm is git's user@host:path.
var shortForm = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?:[^-:\s][^\s]*$`)

// IsAddress tells whether a location names something to be fetched, and no path.
func IsAddress(location string) bool { return remote.MatchString(location) }

// login is what an address says before its host, as far as anybody could mean it so.
var login = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*://)?.*@`)

// shown is an address without its login, which may hold a password or be a token.
func shown(address string) string { return login.ReplaceAllString(address, "${1}***@") }

// Host is what is known of a host, by its name with any port.
func (g Git) Host(name string) (Host, bool) {
	for _, h := range g.Hosts {
		if strings.EqualFold(h.Name, name) {
			return h, true
		}
	}
	return Host{}, false
}

// addressForms are how an address may be written.
const addressForms = "write https://HOST/PATH, ssh://USER@HOST/PATH or USER@HOST:PATH"

// refuse says why an address cannot be fetched from, and what to do; "" lets it be.
func (g Git) refuse(address string) (what, hint string) {
	if shortForm.MatchString(address) {
		return "", ""
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" {
		return fmt.Sprintf("%q is no address of a repository", shown(address)), addressForms
	}
	if _, secret := u.User.Password(); secret {
		return "the address holds a password, which would be shown and stored", "take it out and name it with git.hosts[].secret"
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return "the address has a query or a fragment, which no repository's has", addressForms
	}
	switch u.Scheme {
	case "https", "http", "ssh":
		return g.refuseHost(u)
	case "file":
		return g.refuseFile(u)
	}
	return fmt.Sprintf("%q is not fetched from", u.Scheme), addressForms
}

func (g Git) refuseHost(u *url.URL) (what, hint string) {
	if h, _ := g.Host(u.Host); u.Scheme == "http" && !h.HTTP {
		return "plain http shows everybody on the way what is read", "use https, or list the host in git.hosts with http: true"
	}
	if u.User != nil && u.Scheme != "ssh" {
		return "the address names a user", "take it out and name it with git.hosts[].user"
	}
	if u.Host == "" || strings.HasPrefix(u.Host, "-") || strings.Trim(u.Path, "/") == "" {
		return fmt.Sprintf("%q is no address of a repository", shown(u.String())), addressForms
	}
	return "", ""
}

func (g Git) refuseFile(u *url.URL) (what, hint string) {
	if !g.Files {
		return "repositories on this machine's disk are not read", "set git.files: true, if you trust what lies there, or name it as a folder"
	}
	if u.Host != "" || !strings.HasPrefix(u.Path, "/") {
		return fmt.Sprintf("%q is no path on this machine", shown(u.String())), "write file:///PATH"
	}
	return "", ""
}

// takeGit moves over how repositories are reached.
func (c *Config) takeGit(out Outside, w wire, ch *checker) {
	dir := filepath.Dir(c.File)
	c.Git.Files = w.Git.Files
	for i, h := range w.Git.Hosts {
		key := fmt.Sprintf("git.hosts[%d]", i)
		if _, twice := c.Git.Host(h.Host); twice {
			ch.at(key+".host", "keep one of them", "%s is listed already", h.Host)
		}
		host := Host{Name: h.Host, Forge: h.Forge, HTTP: h.HTTP, User: h.User, Secret: secret(out, dir, h.Secret)}
		if h.Key != "" {
			host.Key = out.path(dir, h.Key)
		}
		if h.KnownHosts != "" {
			host.KnownHosts = out.path(dir, h.KnownHosts)
		}
		c.Git.Hosts = append(c.Git.Hosts, host)
	}
}

// secret reads where a secret is; the shape has checked it.
func secret(out Outside, dir, text string) Secret {
	place, name, _ := strings.Cut(text, ":")
	s := Secret{Place: place, Name: name}
	switch place {
	case SecretFile:
		s.Name = out.path(dir, name)
	case SecretCommand:
		words := strings.Fields(name)
		if len(words) == 0 {
			return Secret{}
		}
		s.Name, s.Args = words[0], words[1:]
		if strings.Contains(s.Name, "/") {
			s.Name = out.path(dir, s.Name)
		}
	}
	return s
}
