// Package infer tells what a repository without a descriptor is from the files
// that it has: its name, owner, type and language, and what else is there, each
// with the evidence.
//
// It owns no state and guesses nothing: a value that no file gives stays unknown,
// with what to do about it. It reads through an fs.FS alone, a few dozen files at
// most and of each no more than a cap; it runs nothing, writes nothing and must
// not know where the files lie.
package infer

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/safe"
)

// Place is what is known of a repository beside its files.
type Place struct {
	Folder string // the name of its top folder
	At     string // the folder that one is in, slash-separated below the top; "" and "." are the top
	Remote string // the address of its remote, without a login; "" where there is none
	Page   string // the remote's page on the web, or ""
	Forge  string // what shows that page, such as "github"; "" where that is not known
	Slug   string // owner/name there, or ""
	Commit string // the last commit; "" where there is none
	// Committed is when that was made.
	Committed time.Time
	// Source is the page of a folder, slash-separated below the top; it may be nil.
	Source func(folder string) string
}

// Result is the entity that a folder seems to be.
type Result struct {
	// Entity has the values that are known and no others: it need not be valid.
	Entity *catalog.Entity
	// Values are the facts about the entity in the order of a page, known or not.
	Values []catalog.Inferred
	// Found is what else there is: CI, docs, the definitions of APIs.
	Found []catalog.Inferred
	// Folder is the folder that the entity is, slash-separated, "." for the top.
	Folder string
}

// DescriptorName is the name of the file that describes an entity.
const DescriptorName = "catalog-info.yaml"

// Path is where the descriptor belongs, slash-separated below the top.
func (r *Result) Path() string { return path.Join(r.Folder, DescriptorName) }

// From infers the entity of the folder in which one is: of the nearest folder
// upwards that is a package by itself, else of the whole repository. It never
// fails: what cannot be read is not known.
func From(files fs.FS, at Place) *Result {
	s := &survey{tree: tree{files: files}, Place: at}
	s.Folder = clean(s.Folder, maxWord)
	s.dir = s.packageFolder()
	s.read()
	r := &Result{Folder: s.dir, Found: s.found()}
	r.Entity, r.Values = s.entity()
	for i := range r.Values {
		r.Values[i].Needed = slices.Contains(required, r.Values[i].Field)
	}
	for i := range r.Found {
		r.Found[i].Beside = true
	}
	for _, list := range [][]catalog.Inferred{r.Values, r.Found} {
		for i, v := range list { // names of files are no cleaner than what is in them
			list[i].Value, list[i].From, list[i].Hint = clean(v.Value, 2*maxText), clean(v.From, maxText), clean(v.Hint, maxText)
		}
	}
	return r
}

// survey is one look at a repository.
type survey struct {
	tree
	Place
	dir       string // the folder that the entity is
	manifests []manifest
	readme    readme
}

// Caps of what is taken over into an entity, in bytes.
const (
	maxWord  = 100
	maxTitle = 120
	maxText  = 400
)

// clean is a text of a file fit for a label.
func clean(text string, limit int) string {
	text, _ = safe.Cap(text, 4*limit)
	text = strings.Join(strings.Fields(safe.Line(strings.ToValidUTF8(text, "\ufffd"))), " ")
	text, cut := safe.Cap(text, limit)
	if cut {
		text = strings.TrimRight(text, " ,;:-") + "…"
	}
	return text
}

// packageFolder is the nearest folder upwards that has a manifest, else the top.
func (s *survey) packageFolder() string {
	dir := path.Clean("/" + s.At)[1:]
	for ; dir != ""; dir = path.Dir("/" + dir)[1:] {
		if s.isPackage(dir) {
			return dir
		}
	}
	return "."
}

func (s *survey) read() {
	s.manifests = s.readManifests(s.dir)
	s.readme = s.readReadme(s.dir)
}

// whole tells whether the entity is the repository and not a part of it.
func (s *survey) whole() bool { return s.dir == "." }

// entity puts together what is known.
func (s *survey) entity() (*catalog.Entity, []catalog.Inferred) {
	e := &catalog.Entity{
		APIVersion: "backstage.io/v1alpha1", Kind: catalog.KindComponent,
		Metadata: catalog.Metadata{Namespace: catalog.DefaultNamespace}, Spec: map[string]any{},
	}
	name := s.name()
	title, description := s.title(name.Value), s.description()
	kind, lifecycle, owner := s.kind(), s.lifecycle(), s.owner()
	values := []catalog.Inferred{name, title, description, kind, lifecycle, owner}
	e.Metadata.Name, e.Metadata.Title, e.Metadata.Description = name.Value, title.Value, description.Value
	for key, value := range map[string]string{"type": kind.Value, "lifecycle": lifecycle.Value, "owner": owner.Value} {
		if value != "" {
			e.Spec[key] = value
		}
	}
	tags := s.languages()
	if tags.Value != "" {
		e.Metadata.Tags = strings.Split(tags.Value, ", ")
		values = append(values, tags)
	}
	if title.Value == "" { // nobody misses one
		values = append(values[:1], values[2:]...)
	}
	return e, append(values, s.annotate(e)...)
}

// fromRemote is the evidence for what the remote's address tells.
const fromRemote = "the remote in git's configuration"

// annotate adds the annotations and links that tell where the repository is.
func (s *survey) annotate(e *catalog.Entity) []catalog.Inferred {
	set := func(key, value string) {
		if e.Metadata.Annotations == nil {
			e.Metadata.Annotations = map[string]string{}
		}
		e.Metadata.Annotations[key] = value
	}
	var told []catalog.Inferred
	switch slug := clean(s.Slug, maxText); {
	case slug == "":
	case s.Forge == "github":
		set("github.com/project-slug", slug)
	case s.Forge == "gitlab":
		set("gitlab.com/project-slug", slug)
	}
	if s.Source != nil {
		if source, ok := safe.URL(s.Source(s.dir)); ok {
			set("backstage.io/source-location", "url:"+strings.TrimSuffix(source, "/")+"/")
		}
	}
	if page, ok := safe.URL(s.Page); ok {
		e.Metadata.Links = append(e.Metadata.Links, catalog.Link{URL: page, Title: "Repository"})
		told = append(told, catalog.Inferred{Field: FieldRepository, Value: page, From: fromRemote})
	} else if s.Remote != "" {
		told = append(told, catalog.Inferred{Field: FieldRepository, Value: clean(s.Remote, maxText), From: fromRemote})
	}
	for _, m := range s.manifests {
		page, ok := safe.URL(m.homepage.text)
		if ok && page != s.Page && strings.HasPrefix(page, "http") {
			e.Metadata.Links = append(e.Metadata.Links, catalog.Link{URL: page, Title: "Home page"})
			told = append(told, catalog.Inferred{Field: FieldHomePage, Value: page, From: m.at(m.homepage)})
			break
		}
	}
	if name := s.firstIn(s.dir, "mkdocs.yml", "mkdocs.yaml"); name != "" {
		set("backstage.io/techdocs-ref", "dir:.")
	}
	return told
}

// Fields of the values.
const (
	FieldName        = "name"
	FieldTitle       = "title"
	FieldDescription = "description"
	FieldType        = "type"
	FieldLifecycle   = "lifecycle"
	FieldOwner       = "owner"
	FieldTags        = "tags"
	FieldRepository  = "repository"
	FieldHomePage    = "home page"
	FieldCI          = "ci"
	FieldDocs        = "docs"
	FieldAPI         = "api"
	FieldDeploy      = "deploy"
	FieldCommit      = "last commit"
)

// name is that of the remote; that of a part is its manifest's or its folder's.
func (s *survey) name() catalog.Inferred {
	v := catalog.Inferred{Field: FieldName}
	if s.whole() {
		remote := strings.TrimSuffix(strings.TrimRight(s.Remote, "/"), ".git")
		v.Value, v.From = entityName(remote[strings.LastIndexAny(remote, "/:")+1:]), fromRemote
	} else {
		for _, m := range s.manifests {
			if n := entityName(lastPart(m.name.text)); n != "" {
				v.Value, v.From = n, m.at(m.name)
				break
			}
		}
		if v.Value == "" {
			v.Value, v.From = entityName(path.Base(s.dir)), "the folder "+clean(s.dir, maxText)
		}
	}
	if v.Value == "" {
		v.Value, v.From = entityName(s.Folder), "the folder "+s.Folder
	}
	if v.Value == "" {
		v.Value, v.From = "unnamed", "nothing: neither the remote nor the folder has a name that an entity can have"
	}
	return v
}

// lastPart is the part of a package's name that is its own: the name without its
// scope, the last element of a module's path without its major version.
func lastPart(name string) string {
	name = strings.TrimRight(name, "/")
	dir, last := path.Split(name)
	if len(last) > 1 && last[0] == 'v' && strings.Trim(last[1:], "0123456789") == "" && dir != "" {
		return path.Base(dir)
	}
	return last
}

var (
	notInNames = regexp.MustCompile(`[^A-Za-z0-9_.]+`)
	separators = regexp.MustCompile(`[-_.]{2,}`)
)

// maxName is how long the name of an entity may be, in bytes.
const maxName = 63

// entityName makes a name that an entity can have of any text, or "".
func entityName(text string) string {
	text, _ = cut(text, 4*maxName)
	text = separators.ReplaceAllStringFunc(notInNames.ReplaceAllString(text, "-"), func(s string) string { return s[:1] })
	text, _ = cut(strings.Trim(text, "-_."), maxName)
	return strings.TrimRight(text, "-_.")
}

// line is a place in a file as a person reads it.
func line(file string, n int) string {
	file = clean(file, maxText)
	if n <= 0 {
		return file
	}
	return file + ":" + strconv.Itoa(n)
}
