package backstage

import (
	"regexp"
	"slices"
	"strings"
)

// lostWith says of each provider what is not found without it.
var lostWith = map[string]string{
	"github": repositories, "gitlab": repositories, "bitbucketCloud": repositories, "bitbucketServer": repositories,
	"azureDevOps": repositories, "gerrit": repositories, "gitea": repositories, "awsCodeCommit": repositories, "harness": repositories,
	"awsS3": buckets, "azureBlob": buckets, "azureBlobStorage": buckets, "googleGcs": buckets,
	"githubOrg": people, "gitlabOrg": people, "ldapOrg": people, "microsoftGraphOrg": people, "keycloakOrg": people, "okta": people,
	"pingFederate": people, "auth0": people, "awsIam": people, "githubMultiOrg": people, "msgraph": people,
	"backstageOpenapi": described, "puppetdb": described, "kubernetes": described, "kafka": described, "ocm": described, "argocd": described,
}

const (
	repositories = "repositories"
	buckets      = "files in a storage bucket"
	people       = "users and groups"
	described    = "entities that a running system describes"
)

// lost says what is missing without a provider, and what to do.
func lost(provider string) (why, instead string) {
	what := lostWith[provider]
	if what == "" && strings.HasSuffix(provider, "Org") {
		what = people
	}
	switch what {
	case repositories:
		return "there is no discovery: the repositories that it finds are missing here", "name each repository as a source, or one that holds Locations for them"
	case buckets:
		return "storage buckets are not read: the entities in them are missing here", "bring the files into a git repository or a folder"
	case people:
		return "no directory of people is read: its users and groups are missing here", "keep User and Group files in a repository, and name that as a trusted source"
	case described:
		return "live systems are not asked: the entities that it makes are missing here", "write them out as files in a repository or a folder"
	}
	return "there is no such provider: the entities that it brings are missing here", "write them out as files in a repository or a folder"
}

// providers makes sources of the providers that name their repositories exactly.
func (c *converter) providers() {
	all := c.root.get("catalog", "providers")
	for _, name := range all.names() {
		v := all.get(name)
		key := "catalog.providers." + name
		if v.empty() {
			continue
		}
		if name != github && name != gitlab || v.kind != isObject {
			why, instead := lost(name)
			c.note(v, key, why, instead)
			continue
		}
		if v.get("organization") != nil || v.get("host") != nil && v.get("host").kind == isText { // one without a name of its own
			c.provider(name, v, key)
			continue
		}
		for _, id := range v.names() {
			c.provider(name, v.fields[id], key+"."+id)
		}
	}
	processors := c.root.get("catalog", "processors")
	for _, name := range processors.names() {
		if processors.fields[name].empty() {
			continue
		}
		why, instead := lost(name)
		c.note(processors.fields[name], "catalog.processors."+name, why, instead)
	}
}

// discovery is what a provider of either forge says.
type discovery struct {
	host, branch, file string
	repositories       []string // paths on the host
}

func (c *converter) provider(name string, v *value, key string) {
	d, ok := discovery{}, v != nil && v.kind == isObject
	if ok && name == github {
		d, ok = c.githubProvider(v, key)
	} else if ok {
		d, ok = c.gitlabProvider(v, key)
	}
	d.file = strings.TrimPrefix(d.file, "/")
	ok = ok && hostName.MatchString(d.host) && pathFits(d.file) && (d.branch == "" || branchName.MatchString(d.branch) && len(d.branch) <= 200)
	if !ok {
		why, instead := lost(name)
		c.note(v, key, why, instead)
		return
	}
	for _, repository := range d.repositories {
		address := "https://" + d.host + "/" + repository
		blob := map[string]string{github: "/blob/", gitlab: "/-/blob/"}[name]
		branch := d.branch
		if branch == "" {
			branch = "HEAD"
		}
		c.add(Source{
			Git: address + ".git", Branch: d.branch, Paths: []string{d.file}, from: []place{v.at},
			Kinds: c.admitted("url", address+blob+branch+"/"+d.file, "", nil),
		}, v, key)
	}
}

func (c *converter) githubProvider(v *value, key string) (d discovery, ok bool) {
	filters := v.get("filters")
	d.host, d.file = "github.com", "catalog-info.yaml"
	organization, ok := c.text(v.get("organization"), key+".organization")
	pattern, has := c.text(filters.get("repository"), key+".filters.repository")
	if !ok || !has || !c.optional(&d.host, v, key, "host") || !c.optional(&d.file, v, key, "catalogPath") ||
		!c.optional(&d.branch, filters, key+".filters", "branch") || !repositoryPath.MatchString(organization) {
		return d, false
	}
	names := exactNames(pattern, true)
	for _, name := range names {
		d.repositories = append(d.repositories, organization+"/"+name)
	}
	if len(names) > 0 {
		for _, filter := range filters.names() {
			if filter != "repository" && filter != "branch" {
				c.note(filters.fields[filter], key+".filters."+filter, "the named repositories are read whether it fits or not", "take out those that should not be read")
			}
		}
	}
	return d, len(names) > 0
}

func (c *converter) gitlabProvider(v *value, key string) (d discovery, ok bool) {
	d.host, d.file = "gitlab.com", "catalog-info.yaml"
	if v.get("orgEnabled").is("true") {
		why, instead := lost("gitlabOrg")
		c.note(v.get("orgEnabled"), key+".orgEnabled", why, instead)
	}
	group := ""
	pattern, has := c.text(v.get("projectPattern"), key+".projectPattern")
	if !has || !c.optional(&d.host, v, key, "host") || !c.optional(&d.file, v, key, "entityFilename") ||
		!c.optional(&d.branch, v, key, "branch") || !c.optional(&group, v, key, "group") {
		return d, false
	}
	for _, name := range exactNames(pattern, false) {
		if !strings.Contains(name, "/") {
			return d, false
		}
		if group == "" || strings.HasPrefix(name, strings.Trim(group, "/")+"/") {
			d.repositories = append(d.repositories, name)
		}
	}
	return d, len(d.repositories) > 0
}

// optional overwrites what a key says otherwise. false is one that cannot be read.
func (c *converter) optional(into *string, v *value, key, name string) bool {
	if v.get(name) == nil {
		return true
	}
	text, ok := c.text(v.get(name), key+"."+name)
	if ok {
		*into = text
	}
	return ok
}

var (
	repositoryPath = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$`)
	nameInPattern  = regexp.MustCompile(`^[A-Za-z0-9_](\\?[A-Za-z0-9_/-]|\\\.)*$`)
)

// exactNames are the names that a regular expression stands for, if it is nothing
// but names: shop, ^shop$, ^(shop|ledger)$. nil is any other. whole says that the
// expression is matched against the whole name even without its ^ and $.
func exactNames(pattern string, whole bool) []string {
	inner, start := strings.CutPrefix(pattern, "^")
	inner, end := strings.CutSuffix(inner, "$")
	if !whole && (!start || !end) {
		return nil
	}
	if group, ok := strings.CutPrefix(inner, "("); ok {
		inner, ok = strings.CutSuffix(strings.TrimPrefix(group, "?:"), ")")
		if !ok {
			return nil
		}
	} else if strings.Contains(inner, "|") { // ^a|b$ ends at neither
		return nil
	}
	var names []string
	for name := range strings.SplitSeq(inner, "|") {
		if !nameInPattern.MatchString(name) || strings.Contains(name, `\d`) || strings.Contains(name, `\w`) {
			return nil
		}
		plain := strings.NewReplacer(`\.`, ".", `\-`, "-", `\/`, "/", `\_`, "_").Replace(name)
		if strings.Contains(plain, `\`) || !repositoryPath.MatchString(plain) || strings.HasSuffix(plain, ".git") {
			return nil
		}
		if !slices.Contains(names, plain) {
			names = append(names, plain)
		}
	}
	return names
}
