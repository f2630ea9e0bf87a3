package repo

import (
	"fmt"
	"net/url"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/idptui/idptui/internal/safe"
)

// address is a checked URL of a remote.
type address struct {
	scheme string // https, http, ssh or file
	user   string // of ssh, or the one to log in as
	host   string // lower case, with the port
	path   string // without the slash that an ssh path may lack
	url    string // what git is given; holds no secret
}

var (
	userinfo = regexp.MustCompile(`://[^/@\s]*@`)
	login    = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*://)?.*@`) // a password may hold / and @
	hostName = regexp.MustCompile(`^([a-z0-9]([a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:[0-9]{1,5})?$`)
	userName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*$`)
	branches = regexp.MustCompile(`^[^\x00-\x20\x7f~^:?*\[\\]+$`)
)

const maxURL = 2048

// parse reads the address of a remote. Its errors never repeat a password.
func parse(raw string) (address, error) {
	bad := func(why string) (address, error) {
		shown, _ := safe.Cap(safe.Line(login.ReplaceAllString(raw, "${1}"+hidden+"@")), 200)
		return address{}, &Error{Class: ErrAddress, text: fmt.Sprintf("the address %s of a repository cannot be used: %s", shown, why)}
	}
	switch {
	case raw == "" || len(raw) > maxURL:
		return bad(fmt.Sprintf("it is empty or longer than %d bytes", maxURL))
	case strings.ContainsFunc(raw, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '\\' || r == 0xfffd || 0x80 <= r && r < 0xa0 }):
		return bad("it holds a space, a backslash or a control character; write it without")
	case strings.HasPrefix(raw, "-"):
		return bad("it begins with a hyphen; write it as https://host/path")
	}
	a, why := address{}, ""
	switch {
	case strings.HasPrefix(raw, "/"):
		a = address{scheme: "file", path: raw}
	case strings.Contains(raw, "://"):
		a, why = parseURL(raw)
	default:
		a, why = parseSCP(raw)
	}
	if why == "" {
		why = a.check()
	}
	if why != "" {
		return bad(why)
	}
	return a, nil
}

func parseURL(raw string) (address, string) {
	u, err := url.Parse(raw)
	if err != nil || u.Opaque != "" {
		return address{}, "it is no URL; write it as https://host/path"
	}
	a := address{scheme: strings.ToLower(u.Scheme), user: u.User.Username(), host: strings.ToLower(u.Host), path: u.Path}
	if _, has := u.User.Password(); has {
		return a, "it holds a password; leave that out and configure a login"
	}
	if u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.Contains(raw, "#") {
		return a, "it has a query or a fragment; write only host and path"
	}
	clean := url.URL{Scheme: a.scheme, Host: a.host, Path: u.Path, RawPath: u.RawPath}
	switch a.scheme {
	case "https", "http":
	case "ssh":
		if a.user != "" {
			clean.User = url.User(a.user)
		}
	case "file":
		if a.host != "" && a.host != "localhost" {
			return a, "a file lies on this machine; write it as file:///path"
		}
		a.host, a.user = "", ""
		return a, ""
	default:
		return a, "only https, ssh, and where they are allowed http and file, are spoken"
	}
	a.url = clean.String()
	return a, ""
}

// parseSCP reads user@host:path, which ssh remotes are often written as.
func parseSCP(raw string) (address, string) {
	login, where, ok := strings.Cut(raw, ":")
	if !ok || strings.Contains(login, "/") || strings.HasPrefix(where, ":") {
		return address{}, "it is no address; write it as https://host/path or git@host:path"
	}
	a := address{scheme: "ssh", path: where}
	if first, _, _ := strings.Cut(where, "/"); strings.Contains(first, "@") {
		return a, "it looks as if it held a password; leave that out and configure a login"
	}
	user, host, both := strings.Cut(login, "@")
	switch {
	case both && user == "":
		return a, "it names no user before the @; write it as git@host:path"
	case both:
		a.user = user
	default:
		host = login
	}
	if slices.Contains([]string{"https", "http", "ssh", "file", "git"}, strings.ToLower(host)) {
		return a, "it lacks the slashes of a URL; write it as https://host/path"
	}
	a.host, a.url = strings.ToLower(host), raw
	return a, ""
}

// check holds for an address of any form.
func (a *address) check() string {
	clean := path.Clean("/" + a.path)
	switch {
	case a.scheme != "file" && !hostName.MatchString(a.host):
		return "its host is none"
	case a.user != "" && !userName.MatchString(a.user):
		return "its user name has characters that none has"
	case strings.ContainsFunc(a.path, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' }):
		return "its path holds a control character or a backslash"
	case strings.Trim(a.path, "/") == "":
		return "it names no repository on its host"
	case strings.HasPrefix(strings.TrimLeft(a.path, "/"), "-"):
		return "its path begins with a hyphen, as an option does"
	case clean != strings.TrimSuffix("/"+strings.TrimPrefix(a.path, "/"), "/"):
		return "its path has empty or dotted parts; write it straight"
	}
	if a.scheme == "file" {
		a.path = clean
		a.url = (&url.URL{Scheme: "file", Path: clean}).String()
	}
	return ""
}

// allowed tells whether the options let this address be mirrored.
func (o Options) allowed(a address) error {
	no := func(why string) error {
		return &Error{Class: ErrAddress, text: fmt.Sprintf("the repository %s may not be mirrored: %s", a, why)}
	}
	switch a.scheme {
	case "http":
		if !slices.Contains(o.PlainHTTP, a.host) && !slices.Contains(o.PlainHTTP, hostOnly(a.host)) {
			return no("http is not encrypted and its host is not among those allowed; use https, or allow the host")
		}
	case "file":
		// Links are resolved, as a link in an allowed folder could lead out of it.
		real, err := filepath.EvalSymlinks(a.path)
		if err != nil {
			real = a.path
		}
		inside := func(dir string) bool {
			if resolved, err := filepath.EvalSymlinks(dir); err == nil {
				dir = resolved
			}
			rel, err := filepath.Rel(dir, real)
			return err == nil && filepath.IsLocal(rel)
		}
		if !slices.ContainsFunc(o.Files, inside) {
			return no("it lies in no folder whose repositories are allowed; allow the folder, or mirror a URL")
		}
	}
	return nil
}

func hostOnly(host string) string {
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		return host[:i]
	}
	return host
}

// String is the address for people.
func (a address) String() string { return safe.Line(a.url) }

// checkBranch refuses what git would not take as the name of a branch.
func checkBranch(name string) error {
	bad := len(name) > 250 || !branches.MatchString(name) || strings.HasPrefix(name, "-") || strings.Contains(name, "..") ||
		strings.Contains(name, "@{") || strings.Contains(name, "//") || name == "@" || strings.HasSuffix(name, ".")
	for part := range strings.SplitSeq(name, "/") {
		bad = bad || part == "" || strings.HasPrefix(part, ".") || strings.HasSuffix(part, ".lock")
	}
	if bad {
		shown, _ := safe.Cap(safe.Line(name), 100)
		return &Error{Class: ErrAddress, text: fmt.Sprintf("%q is no name that a branch can have; name the branch as the remote does", shown)}
	}
	return nil
}

// HostOf is the host of a remote or of a page, in lower case and with its port
// where one is written; "" where there is none.
func HostOf(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return strings.ToLower(u.Host)
	}
	if strings.Contains(address, "://") {
		return ""
	}
	before, _, colon := strings.Cut(address, ":")
	_, host, at := strings.Cut(before, "@")
	if !colon || !at {
		return ""
	}
	return strings.ToLower(host)
}
