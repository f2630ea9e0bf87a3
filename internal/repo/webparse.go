package repo

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/idptui/idptui/internal/safe"
)

// Location is a file or folder of a repository.
type Location struct {
	Clone  string // URL to mirror it from
	Ref    Ref    // empty name: the remote's HEAD
	Path   string // raw; empty: the root
	Folder bool   // the page was one of a folder
}

// maxCandidates is how many readings of one address are given.
const maxCandidates = 16

// ParseWeb reads the address of a page of a file, a folder or a repository. An
// empty forge is told by the host. A branch may hold slashes, and most addresses
// do not say where it ends: all readings are given, that of the shortest branch
// first; the first whose branch exists is the right one. There is one at least,
// and at most 16.
func ParseWeb(raw string, forge Forge) ([]Location, error) {
	fail := func(why string) ([]Location, error) {
		shown, _ := safe.Cap(safe.Line(userinfo.ReplaceAllString(raw, "://"+hidden+"@")), 200)
		return nil, &Error{Class: ErrAddress, text: fmt.Sprintf("the address %s is no page of a repository: %s", shown, why)}
	}
	u, host, why := pageURL(raw)
	if why != "" {
		return fail(why)
	}
	if forge == "" {
		forge, _ = ForgeOf(host)
	}
	if !forge.known() {
		return fail("its host does not tell which forge it is; configure that")
	}
	parts, err := segments(u)
	if err != nil {
		return fail(err.Error())
	}
	site := u.Scheme + "://" + host + "/"
	p := page{site: site, parts: parts}
	ok := false
	switch forge {
	case GitHub:
		ok = p.github(host)
	case GitLab:
		ok = p.gitlab()
	case Gitea:
		ok = p.gitea()
	case Bitbucket:
		ok = p.bitbucket()
	case Azure:
		return azurePage(site, parts, u.Query(), fail)
	}
	if !ok {
		return fail("its path is none that this forge has for files")
	}
	return p.readings(), nil
}

// pageURL checks what all addresses of pages have in common.
func pageURL(raw string) (u *url.URL, host, why string) {
	if len(raw) > maxURL {
		return nil, "", "it is too long"
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Opaque != "" {
		return nil, "", "it is no http address"
	}
	if u.User != nil {
		return nil, "", "it holds a login; write it without"
	}
	if host = strings.ToLower(u.Host); !hostName.MatchString(host) {
		return nil, "", "its host is none"
	}
	return u, host, ""
}

// segments are the parts of a path, unescaped one by one, so that an escaped slash
// stays within its part.
func segments(u *url.URL) ([]string, error) {
	var parts []string
	for part := range strings.SplitSeq(strings.Trim(u.EscapedPath(), "/"), "/") {
		s, err := url.PathUnescape(part)
		if err != nil || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return nil, errors.New("its path holds what no path can")
		}
		if bad := slices.ContainsFunc(strings.Split(s, "/"), func(p string) bool { return p == "" || p == "." || p == ".." }); bad {
			return nil, errors.New("its path has empty or dotted parts")
		}
		parts = append(parts, s)
	}
	return parts, nil
}

// page is an address taken apart.
type page struct {
	site   string
	parts  []string
	clone  string
	rest   []string // ref and path
	folder bool
	exact  bool // the ref is the first of rest
	commit bool // the ref is a commit
}

// repository takes the first n parts for it.
func (p *page) repository(n int) bool {
	if len(p.parts) < n || n < 2 {
		return false
	}
	name := slices.Clone(p.parts[:n])
	name[n-1] = strings.TrimSuffix(name[n-1], ".git")
	p.clone = p.site + escapePath(strings.Join(name, "/")) + ".git"
	return name[n-1] != ""
}

// shown takes the word that says what the page shows.
func (p *page) shown(word string, words ...string) bool {
	p.folder = word == "tree"
	return slices.Contains(words, word)
}

func (p *page) github(host string) bool {
	if host == "raw.githubusercontent.com" {
		p.site, p.rest = "https://github.com/", p.parts[min(2, len(p.parts)):]
		p.skipHeads()
		return p.repository(2) && len(p.rest) > 1
	}
	if !p.repository(2) {
		return false
	}
	if len(p.parts) == 2 {
		return true
	}
	p.rest = p.parts[3:]
	if p.parts[2] == "raw" {
		p.skipHeads()
	}
	return p.shown(p.parts[2], "blob", "tree", "raw", "edit", "blame") && len(p.rest) > 0
}

// skipHeads leaves out the full form of a branch.
func (p *page) skipHeads() {
	if len(p.rest) > 2 && p.rest[0] == "refs" && p.rest[1] == "heads" {
		p.rest = p.rest[2:]
	}
}

func (p *page) gitlab() bool {
	// Groups may be nested; what follows "-" is the page. Old addresses lack it.
	at, skip := slices.Index(p.parts, "-"), 1
	if at < 0 {
		skip = 0
		for i := 2; i < len(p.parts)-1 && at < 0; i++ {
			if slices.Contains([]string{"blob", "tree", "raw"}, p.parts[i]) {
				at = i
			}
		}
	}
	if at < 0 {
		return p.repository(len(p.parts))
	}
	if !p.repository(at) || len(p.parts) < at+skip+2 {
		return false
	}
	p.rest = p.parts[at+skip+1:]
	return p.shown(p.parts[at+skip], "blob", "tree", "raw", "edit", "blame")
}

func (p *page) gitea() bool {
	if !p.repository(2) {
		return false
	}
	if len(p.parts) == 2 {
		return true
	}
	if p.parts[2] == "_edit" {
		p.rest = p.parts[3:]
		return len(p.rest) > 1
	}
	if !p.shown(p.parts[2], "src", "raw", "blame") || len(p.parts) < 5 {
		return false
	}
	p.rest, p.commit = p.parts[4:], p.parts[3] == "commit"
	return p.commit || p.parts[3] == "branch" || p.parts[3] == "tag"
}

func (p *page) bitbucket() bool {
	if !p.repository(2) {
		return false
	}
	if len(p.parts) == 2 {
		return true
	}
	p.rest, p.exact = p.parts[3:], len(p.parts) > 3 && strings.Contains(p.parts[3], "/")
	return p.shown(p.parts[2], "src", "raw", "annotate") && len(p.rest) > 0
}

// readings are the ways to part the rest into ref and path.
func (p *page) readings() []Location {
	if len(p.rest) == 0 {
		return []Location{{Clone: p.clone, Folder: true}}
	}
	reading := func(n int) Location {
		name := strings.Join(p.rest[:n], "/")
		return Location{Clone: p.clone, Ref: Ref{name, p.commit || commitID.MatchString(name)}, Path: strings.Join(p.rest[n:], "/"), Folder: p.folder || n == len(p.rest)}
	}
	if first := reading(1); p.exact || first.Ref.Commit {
		return []Location{first}
	}
	last := len(p.rest)
	if !p.folder && last > 1 {
		last-- // a file has a path
	}
	var list []Location
	for n := 1; n <= min(last, maxCandidates); n++ {
		list = append(list, reading(n))
	}
	return list
}

// azurePage reads …/_git/name?path=/x&version=GBmain, which says where each ends.
func azurePage(site string, parts []string, query url.Values, fail func(string) ([]Location, error)) ([]Location, error) {
	at := slices.Index(parts, "_git")
	if at < 0 || len(parts) < at+2 {
		return fail("its path is none that this forge has for files")
	}
	l := Location{Clone: site + escapePath(strings.Join(parts[:at+2], "/"))}
	l.Path = strings.Trim(query.Get("path"), "/")
	l.Folder = l.Path == ""
	if l.Path != "" && (!possible(l.Path) || strings.ContainsFunc(l.Path, func(r rune) bool { return r < ' ' || r == 0x7f })) {
		return fail("its path is none that a file can have")
	}
	switch version := query.Get("version"); {
	case version == "":
	case strings.HasPrefix(version, "GB"), strings.HasPrefix(version, "GT"):
		l.Ref = Branch(version[2:])
	case strings.HasPrefix(version, "GC"):
		l.Ref = AtCommit(version[2:])
	default:
		return fail("its version is neither branch nor commit")
	}
	if l.Ref.Name != "" && !l.Ref.Commit && checkBranch(l.Ref.Name) != nil {
		return fail("its version is no name of a branch")
	}
	return []Location{l}, nil
}
