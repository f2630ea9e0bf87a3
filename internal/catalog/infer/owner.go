package infer

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/idptui/idptui/internal/catalog"
)

// ownersFiles are the places of CODEOWNERS in the order in which a forge looks.
// Where the forge is not known, the folders that only one of them has come first.
func ownersFiles(forge string) []string {
	switch forge {
	case "github":
		return []string{".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"}
	case "gitlab":
		return []string{"CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"}
	case "bitbucket":
		return []string{".bitbucket/CODEOWNERS", "CODEOWNERS"}
	case "gitea":
		return []string{"CODEOWNERS", "docs/CODEOWNERS", ".gitea/CODEOWNERS", ".forgejo/CODEOWNERS"}
	}
	return []string{
		".github/CODEOWNERS", ".gitlab/CODEOWNERS", ".bitbucket/CODEOWNERS", ".gitea/CODEOWNERS", ".forgejo/CODEOWNERS",
		"CODEOWNERS", "docs/CODEOWNERS",
	}
}

// owner is whom CODEOWNERS names for the folder: the first team, else the first
// person of the rule that counts.
func (s *survey) owner() catalog.Inferred {
	v := catalog.Inferred{
		Field: FieldOwner, Hint: "name the team in spec.owner, or in CODEOWNERS with a line such as: * @your-org/your-team",
	}
	for _, file := range ownersFiles(s.Forge) {
		text, whole, ok := s.start(file, maxOwners)
		if !ok {
			continue
		}
		if !whole {
			v.Hint = file + " is over " + strconv.Itoa(maxOwners>>20) + " MiB and was not read; name the team in spec.owner"
			return v
		}
		rule, ok := lastMatch(text, s.dir)
		if !ok {
			v.Hint = file + " has no rule for this folder; name the team in spec.owner"
			return v
		}
		owner, others := rule.owner()
		if owner == "" {
			v.Hint = line(file, rule.line) + " names nobody who can be told; name the team in spec.owner"
			return v
		}
		v.Value, v.From, v.Hint = owner, line(file, rule.line), ""
		if others > 0 {
			v.From += ", the first of " + strconv.Itoa(others+1)
		}
		return v
	}
	return v
}

// ownerRule is one line of CODEOWNERS.
type ownerRule struct {
	pattern string
	owners  []string
	line    int
}

// lastMatch is the rule that counts for a folder: the last one that fits a file of
// any name in it.
func lastMatch(text, dir string) (ownerRule, bool) {
	var last ownerRule
	found := false
	var section []string // whom lines without an owner of their own fall to
	n := 0
	for raw := range strings.Lines(text) {
		n++
		words := ownerWords(raw)
		switch {
		case len(words) == 0 || strings.HasPrefix(words[0], "@@@"): // a group of Bitbucket's is defined
			continue
		case isSection(raw):
			_, after, _ := strings.Cut(raw, "]")
			if rest := strings.TrimSpace(after); strings.HasPrefix(rest, "[") {
				_, after, _ = strings.Cut(rest, "]")
			}
			section = ownerWords(after)
			continue
		}
		rule := ownerRule{words[0], words[1:], n}
		if len(rule.owners) == 0 {
			rule.owners = section
		}
		if strings.HasPrefix(rule.pattern, "!") || !ownerPattern(rule.pattern, dir) {
			continue
		}
		last, found = rule, true
	}
	return last, found
}

// isSection tells whether a line opens one of GitLab's sections: [Name], ^[Name].
func isSection(raw string) bool {
	raw = strings.TrimPrefix(strings.TrimSpace(raw), "^")
	return strings.HasPrefix(raw, "[") && strings.Contains(raw, "]")
}

// ownerWords splits a line at white space that is not escaped, up to a comment.
func ownerWords(raw string) []string {
	var words []string
	var word strings.Builder
	flush := func() {
		if word.Len() > 0 {
			words = append(words, word.String())
			word.Reset()
		}
	}
	escaped := false
	for _, r := range strings.TrimSpace(raw) {
		switch {
		case escaped:
			word.WriteRune(r)
			escaped = false
		case r == '\\':
			escaped = true
		case r == '#' && word.Len() == 0:
			flush()
			return words
		case r == ' ' || r == '\t' || r == '\r':
			flush()
		default:
			word.WriteRune(r)
		}
	}
	flush()
	return words
}

// maxPattern is the length in bytes from which a pattern is not matched.
const maxPattern = 500

// ownerPattern tells whether a pattern, by the rules of gitignore, fits a file in
// the folder whose name says nothing: *.go fits none, * and the folder itself do.
func ownerPattern(pattern, dir string) bool {
	switch pattern {
	case "*", "**", "/", "/**":
		return true
	case "/*":
		return dir == "."
	}
	if len(pattern) > maxPattern {
		return false
	}
	anchored := strings.Contains(strings.TrimSuffix(pattern, "/"), "/")
	folder := strings.HasSuffix(pattern, "/")
	pattern = strings.Trim(pattern, "/")
	if !anchored {
		pattern = "**/" + pattern
	}
	const file = "\x00" // no pattern names it
	if rest, ok := strings.CutSuffix(pattern, "/*"); ok && !folder {
		return dir != "." && fits(rest, dir)
	}
	for at := path.Join(dir, file); at != "."; at = path.Dir(at) {
		if (at != path.Join(dir, file) || !folder) && fits(pattern, at) {
			return true
		}
	}
	return false
}

func fits(pattern, name string) bool {
	ok, err := doublestar.Match(pattern, name)
	return ok && err == nil
}

// owner is the entity that stands for the rule's owner, and how many others there
// are. Roles of a forge, such as @@maintainers, are nobody in particular.
func (r ownerRule) owner() (ref string, others int) {
	var teams, people []string
	for _, o := range r.owners {
		switch who, team := ownerEntity(o); {
		case who == "":
		case team:
			teams = append(teams, who)
		default:
			people = append(people, "user:"+who)
		}
	}
	all := append(teams, people...)
	if len(all) == 0 {
		return "", 0
	}
	return all[0], len(all) - 1
}

// ownerEntity is the name of the group or user that an owner is written as.
func ownerEntity(text string) (name string, team bool) {
	switch {
	case strings.HasPrefix(text, "@@"):
		role := strings.ToLower(text[2:])
		if slices.Contains([]string{"developer", "developers", "maintainer", "maintainers", "owner", "owners"}, role) {
			return "", false
		}
		return entityName(text[2:]), true
	case strings.HasPrefix(text, "@"):
		dir, last := path.Split(text[1:])
		return entityName(last), dir != ""
	case strings.Contains(text, "@"):
		local, _, _ := strings.Cut(text, "@")
		return entityName(local), false
	}
	return "", false
}
