package repo

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Forge is a kind of site that shows repositories.
type Forge string

// The forges whose pages are known. Gitea stands for Forgejo, too.
const (
	GitHub    Forge = "github"
	GitLab    Forge = "gitlab"
	Gitea     Forge = "gitea"
	Bitbucket Forge = "bitbucket" // bitbucket.org
	Azure     Forge = "azure"     // Azure DevOps
)

// Ref is a branch or a commit.
type Ref struct {
	Name   string
	Commit bool // Name is the full ID of a commit
}

// Branch is the ref of a branch.
func Branch(name string) Ref { return Ref{Name: name} }

// AtCommit is the ref of a commit.
func AtCommit(id string) Ref { return Ref{Name: id, Commit: true} }

// Web are the pages of a repository. Paths are raw; pass an address through
// safe.URL before it becomes a link.
type Web struct {
	forge Forge
	base  string // https://host/owner/name
}

// ForgeOf tells the forge of a host, with or without port, where its name does.
func ForgeOf(host string) (Forge, bool) {
	host = hostOnly(strings.ToLower(host))
	switch host {
	case "raw.githubusercontent.com":
		return GitHub, true
	case "codeberg.org":
		return Gitea, true
	case "bitbucket.org":
		return Bitbucket, true
	case "dev.azure.com", "ssh.dev.azure.com", "vs-ssh.visualstudio.com":
		return Azure, true
	}
	if strings.HasSuffix(host, ".visualstudio.com") {
		return Azure, true
	}
	name, _, _ := strings.Cut(host, ".")
	switch name {
	case "github":
		return GitHub, true
	case "gitlab":
		return GitLab, true
	case "gitea", "forgejo":
		return Gitea, true
	}
	return "", false
}

func (f Forge) known() bool {
	return slices.Contains([]Forge{GitHub, GitLab, Gitea, Bitbucket, Azure}, f)
}

// NewWeb gives the pages of a remote. An empty forge is told by the host; false
// if it does not tell, the forge is none of these, the address is none, or the repository is a folder.
func NewWeb(remote string, forge Forge) (Web, bool) {
	a, err := parse(remote)
	if err != nil || a.scheme == "file" {
		return Web{}, false
	}
	if forge == "" {
		forge, _ = ForgeOf(a.host)
	}
	if !forge.known() {
		return Web{}, false
	}
	scheme, host := "https", a.host
	switch a.scheme {
	case "http":
		scheme = "http"
	case "ssh":
		host = hostOnly(host) // the port is that of ssh
	}
	path := strings.TrimSuffix(strings.Trim(a.path, "/"), ".git")
	if forge == Azure {
		if host, path = azureRepository(host, path); host == "" {
			return Web{}, false
		}
	}
	if path == "" {
		return Web{}, false
	}
	return Web{forge, scheme + "://" + host + "/" + escapePath(path)}, true
}

// azureRepository makes the web's host and path of those of a remote.
func azureRepository(host, path string) (string, string) {
	parts := strings.Split(path, "/")
	switch {
	case strings.Contains(path, "/_git/") || strings.HasPrefix(path, "_git/"):
		return host, path
	case len(parts) == 4 && parts[0] == "v3": // ssh: v3/organisation/project/repository
		if host == "vs-ssh.visualstudio.com" {
			return parts[1] + ".visualstudio.com", parts[2] + "/_git/" + parts[3]
		}
		return strings.TrimPrefix(host, "ssh."), parts[1] + "/" + parts[2] + "/_git/" + parts[3]
	}
	return "", ""
}

// Forge is what the site is.
func (w Web) Forge() Forge { return w.forge }

// Repository is the page of the repository.
func (w Web) Repository() string { return w.base }

// Commit is the page of a commit.
func (w Web) Commit(id string) string {
	switch w.forge {
	case GitLab:
		return w.base + "/-/commit/" + url.PathEscape(id)
	case Bitbucket:
		return w.base + "/commits/" + url.PathEscape(id)
	}
	return w.base + "/commit/" + url.PathEscape(id)
}

// File is the page of a file, at a line if that is above 0.
func (w Web) File(at Ref, path string, line int) string {
	ref, name := escapePath(at.Name), escapePath(path)
	n := strconv.Itoa(line)
	var page, anchor string
	switch w.forge {
	case GitHub:
		page, anchor = "/blob/"+ref+"/"+name, "#L"+n
	case GitLab:
		page, anchor = "/-/blob/"+ref+"/"+name, "#L"+n
	case Gitea:
		kind := "branch"
		if at.Commit {
			kind = "commit"
		}
		page, anchor = "/src/"+kind+"/"+ref+"/"+name, "#L"+n
	case Bitbucket:
		// One segment: the branch ends where the path begins.
		page, anchor = "/src/"+url.PathEscape(at.Name)+"/"+name, "#lines-"+n
	case Azure:
		version := "GB"
		if at.Commit {
			version = "GC"
		}
		page = "?path=" + url.QueryEscape("/"+path) + "&version=" + version + url.QueryEscape(at.Name)
		anchor = "&line=" + n + "&lineEnd=" + strconv.Itoa(line+1) + "&lineStartColumn=1&lineEndColumn=1"
	}
	if line > 0 {
		page += anchor
	}
	return w.base + page
}

// Edit is the page on which a file of a branch is changed. Azure DevOps has none
// of its own: it is the file's page there.
func (w Web) Edit(branch, path string) string {
	ref, name := escapePath(branch), escapePath(path)
	switch w.forge {
	case GitHub:
		return w.base + "/edit/" + ref + "/" + name
	case GitLab:
		return w.base + "/-/edit/" + ref + "/" + name
	case Gitea:
		return w.base + "/_edit/" + ref + "/" + name
	case Bitbucket:
		return w.File(Branch(branch), path, 0) + "?mode=edit"
	}
	return w.File(Branch(branch), path, 0)
}

// Folder is the page of a folder; "." is the repository's own.
func (w Web) Folder(at Ref, path string) string {
	if path == "." {
		path = ""
	}
	page := w.File(at, path, 0)
	switch w.forge {
	case GitHub:
		page = w.base + "/tree/" + escapePath(at.Name) + "/" + escapePath(path)
	case GitLab:
		page = w.base + "/-/tree/" + escapePath(at.Name) + "/" + escapePath(path)
	}
	return strings.TrimSuffix(page, "/")
}

// escapePath escapes what a path of a URL cannot hold; slashes stay.
func escapePath(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return strings.Join(parts, "/")
}
