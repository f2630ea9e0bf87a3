package backstage

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Forges, by the names that git.hosts[].forge has, and one that is only known
// here: its addresses can be read, and its repositories need nothing special.
const (
	github          = "github"
	gitlab          = "gitlab"
	gitea           = "gitea"
	bitbucket       = "bitbucket"
	bitbucketServer = "bitbucketServer"
	azure           = "azure"
)

// page is what the address of a page of a repository says.
type page struct {
	clone  string
	ref    string // branch or tag, "" for the default branch
	path   string // of a file, folder or glob; "" for the whole repository
	unsure bool   // the branch may hold more than its first part
}

var (
	hostName  = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?$`)
	commitID  = regexp.MustCompile(`^[0-9a-f]{40}([0-9a-f]{24})?$`)
	twoParted = []string{"feature", "feat", "fix", "bugfix", "hotfix", "release", "releases", "renovate", "dependabot", "refs"}
)

// forgeOf tells what runs on a host where its name does.
func forgeOf(host string) string {
	host, _, _ = strings.Cut(host, ":")
	switch host {
	case "raw.githubusercontent.com":
		return github
	case "codeberg.org":
		return gitea
	case "bitbucket.org":
		return bitbucket
	case "dev.azure.com":
		return azure
	}
	name, _, _ := strings.Cut(host, ".")
	switch {
	case strings.HasSuffix(host, ".visualstudio.com"):
		return azure
	case name == github || name == gitlab || name == gitea:
		return name
	case name == "forgejo":
		return gitea
	}
	return ""
}

// readPage takes an address apart; why says what is wrong with it. forge is that
// of the host, "" where only its name can tell.
func readPage(raw, forge string) (p page, why string) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return p, "it is no web address"
	}
	host := strings.ToLower(u.Host)
	parts, ok := segments(u)
	switch {
	case u.User != nil:
		return p, "the address holds a login"
	case u.Scheme == "http":
		return p, "plain http shows everybody on the way what is read"
	case !hostName.MatchString(host):
		return p, "its host is none that can be reached"
	case !ok:
		return p, "its path is none that a repository can have"
	}
	if forge == "" {
		forge = forgeOf(host)
	}
	a := address{host: host, parts: parts, query: u.Query()}
	read, known := a.readers()[forge]
	switch {
	case !known:
		return p, "nothing says which forge runs on its host"
	case !read():
		return p, "it is no page of a file or folder in a repository"
	}
	return a.page()
}

// readers take the path of an address apart, by forge.
func (a *address) readers() map[string]func() bool {
	return map[string]func() bool{
		github: a.github, gitlab: a.gitlab, gitea: a.gitea, bitbucket: a.bitbucket, bitbucketServer: a.server, azure: a.azure,
	}
}

// segments are the parts of a path, unescaped one by one.
func segments(u *url.URL) ([]string, bool) {
	var parts []string
	for part := range strings.SplitSeq(strings.Trim(u.EscapedPath(), "/"), "/") {
		s, err := url.PathUnescape(part)
		if err != nil || s == "" || s == "." || s == ".." || strings.Contains(s, "/../") {
			return nil, false
		}
		parts = append(parts, s)
	}
	return parts, true
}

// address is a web address that is being taken apart.
type address struct {
	host  string
	parts []string
	query url.Values
	name  []string // path of the repository
	rest  []string // ref and path within it
	bare  bool     // the clone address has no .git
}

// named takes the first n parts as the repository.
func (a *address) named(n int) bool {
	if len(a.parts) < n {
		return false
	}
	a.name = a.parts[:n]
	return true
}

// shows takes what follows the word at a place, which says what the page shows. A
// page that ends before it shows the repository.
func (a *address) shows(at int, words ...string) bool {
	if len(a.parts) == at {
		return true
	}
	if !slices.Contains(words, a.parts[at]) || len(a.parts) == at+1 {
		return false
	}
	a.rest = a.parts[at+1:]
	return true
}

func (a *address) github() bool {
	if a.host == "raw.githubusercontent.com" {
		a.host = "github.com"
		a.rest = a.parts[min(2, len(a.parts)):]
		return a.named(2) && len(a.rest) > 1
	}
	return a.named(2) && a.shows(2, "blob", "tree", "raw", "edit", "blame")
}

func (a *address) gitlab() bool {
	words := []string{"blob", "tree", "raw", "edit", "blame"}
	if at := slices.Index(a.parts, "-"); at >= 2 {
		return a.named(at) && a.shows(at+1, words...)
	}
	for i := 2; i < len(a.parts); i++ { // addresses of old had no dash
		if slices.Contains(words[:3], a.parts[i]) {
			return a.named(i) && a.shows(i, words...)
		}
	}
	return a.named(max(2, len(a.parts)))
}

func (a *address) gitea() bool {
	if len(a.parts) == 2 {
		return a.named(2)
	}
	if !a.named(2) || !a.shows(2, "src", "raw") || !slices.Contains([]string{"branch", "tag", "commit"}, a.rest[0]) {
		return false
	}
	a.rest = a.rest[1:]
	return len(a.rest) > 0
}

func (a *address) bitbucket() bool {
	return a.named(2) && a.shows(2, "src", "raw", "annotate")
}

// server reads …/projects/KEY/repos/NAME/browse/PATH?at=refs/heads/BRANCH.
func (a *address) server() bool {
	at := slices.Index(a.parts, "repos")
	if at < 2 || len(a.parts) < at+2 || a.parts[at-2] != "projects" && a.parts[at-2] != "users" {
		return false
	}
	owner := a.parts[at-1]
	if a.parts[at-2] == "users" {
		owner = "~" + owner
	}
	a.name = append(slices.Clone(a.parts[:at-2]), "scm", owner, a.parts[at+1])
	a.rest = []string{strings.TrimPrefix(a.query.Get("at"), "refs/heads/")}
	if shown := a.parts[at+2:]; len(shown) > 0 {
		a.rest = append(a.rest, shown[1:]...)
		return shown[0] == "browse" || shown[0] == "raw"
	}
	return true
}

// azure reads …/_git/NAME?path=/PATH&version=GBBRANCH.
func (a *address) azure() bool {
	at := slices.Index(a.parts, "_git")
	if at < 0 || !a.named(at+2) {
		return false
	}
	a.bare = true
	version := a.query.Get("version")
	if version != "" && !strings.HasPrefix(version, "GB") && !strings.HasPrefix(version, "GT") {
		return false
	}
	a.rest = []string{strings.TrimPrefix(strings.TrimPrefix(version, "GB"), "GT")}
	if path := strings.Trim(a.query.Get("path"), "/"); path != "" {
		a.rest = append(a.rest, strings.Split(path, "/")...)
	}
	return true
}

// page puts together what was found.
func (a *address) page() (p page, why string) {
	if strings.Contains(strings.Join(a.name, "/"), "*") {
		return p, "it names many repositories at once, which only discovery could find"
	}
	escaped := make([]string, len(a.name))
	for i, part := range a.name {
		escaped[i] = url.PathEscape(part)
	}
	p.clone = "https://" + a.host + "/" + strings.TrimSuffix(strings.Join(escaped, "/"), ".git")
	if !a.bare {
		p.clone += ".git"
	}
	if len(a.rest) > 2 && a.rest[0] == "refs" && a.rest[1] == "heads" {
		a.rest = a.rest[2:]
	}
	if len(a.rest) > 0 {
		p.ref, p.path = a.rest[0], strings.Join(a.rest[1:], "/")
		p.unsure = slices.Contains(twoParted, p.ref) && len(a.rest) > 1
	}
	switch {
	case commitID.MatchString(p.ref):
		return p, "it names a commit, which never changes"
	case p.ref == "HEAD":
		p.ref = ""
	}
	return p, ""
}
