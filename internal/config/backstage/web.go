package backstage

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/idptui/idptui/internal/repo"
)

// Forges, by the names that git.hosts[].forge has, and one that is only known
// here: its addresses can be read, and its repositories need nothing special.
const (
	github          = string(repo.GitHub)
	gitlab          = string(repo.GitLab)
	gitea           = string(repo.Gitea)
	bitbucket       = string(repo.Bitbucket)
	azure           = string(repo.Azure)
	bitbucketServer = "bitbucketServer"
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
	forge, _ := repo.ForgeOf(host)
	return string(forge)
}

// readPage takes an address apart; why says what is wrong with it. forge is that
// of the host, "" where only its name can tell.
func readPage(raw, forge string) (p page, why string) {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "":
		return p, "it is no web address"
	case u.User != nil:
		return p, "the address holds a login"
	case u.Scheme == "http":
		return p, "plain http shows everybody on the way what is read"
	case !hostName.MatchString(strings.ToLower(u.Host)):
		return p, "its host is none that can be reached"
	}
	if forge == bitbucketServer {
		return serverPage(u)
	}
	if forge == "" && forgeOf(u.Host) == "" {
		return p, "nothing says which forge runs on its host"
	}
	readings, err := repo.ParseWeb(raw, repo.Forge(forge))
	if err != nil {
		return p, "it is no page of a file or folder in a repository"
	}
	at := readings[0]
	p = page{clone: at.Clone, ref: at.Ref.Name, path: at.Path, unsure: len(readings) > 1 && slices.Contains(twoParted, at.Ref.Name)}
	if at.Ref.Commit {
		return p, namesCommit
	}
	return p.check()
}

const namesCommit = "it names a commit, which never changes"

// check refuses what can be read and not mirrored.
func (p page) check() (page, string) {
	switch {
	case strings.Contains(p.clone, "*") || strings.Contains(p.clone, "%2A"):
		return p, "it names many repositories at once, which only discovery could find"
	case commitID.MatchString(p.ref):
		return p, namesCommit
	case p.ref == "HEAD":
		p.ref = ""
	}
	return p, ""
}

// serverPage reads …/projects/KEY/repos/NAME/browse/PATH?at=refs/heads/BRANCH.
func serverPage(u *url.URL) (p page, why string) {
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	at := slices.Index(parts, "repos")
	if at < 2 || len(parts) < at+2 || parts[at-2] != "projects" && parts[at-2] != "users" || slices.Contains(parts, "..") {
		return p, "it is no page of a file or folder in a repository"
	}
	owner := parts[at-1]
	if parts[at-2] == "users" {
		owner = "~" + owner
	}
	name := append(slices.Clone(parts[:at-2]), "scm", url.PathEscape(owner), url.PathEscape(parts[at+1]))
	p.clone = "https://" + strings.ToLower(u.Host) + "/" + strings.Join(name, "/") + ".git"
	p.ref = strings.TrimPrefix(u.Query().Get("at"), "refs/heads/")
	if shown := parts[at+2:]; len(shown) > 0 {
		if shown[0] != "browse" && shown[0] != "raw" {
			return p, "it is no page of a file or folder in a repository"
		}
		p.path = strings.Join(shown[1:], "/")
	}
	return p.check()
}
