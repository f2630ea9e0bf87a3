package app

import (
	"bufio"
	"path/filepath"
	"strings"

	"github.com/idptui/idptui/internal/access"
	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/cli"
	"github.com/idptui/idptui/internal/safe"
)

// actor is who sits at this terminal: whom the configuration (or the demo's --as)
// names, else whoever in the catalog has git's e-mail address, else nobody.
func actor(view *catalog.View, user, email string) access.Actor {
	if user != "" {
		ref, err := catalog.ParseRef(user, catalog.RefDefaults{Kind: "User"})
		if err != nil {
			return access.Actor{Source: access.FromNobody}
		}
		return person(view, ref, access.FromConfig)
	}
	if email == "" {
		return access.Actor{Source: access.FromNobody}
	}
	var found []catalog.Ref
	for id := range int32(view.Len()) { //nolint:gosec // a Snapshot counts its rows with int32
		row := view.Row(id)
		if strings.EqualFold(row.Kind(), "user") && strings.EqualFold(row.Email(), email) {
			found = append(found, row.Ref())
		}
	}
	if len(found) != 1 { // two users with one address: neither is certain
		return access.Actor{Email: email, Source: access.FromNobody}
	}
	return person(view, found[0], access.FromGit)
}

// person fills in what the catalog knows of a user. One that it does not know
// is still who the configuration says.
func person(view *catalog.View, ref catalog.Ref, from string) access.Actor {
	a := access.Actor{User: ref.String(), Name: ref.Name, Source: from}
	if row, ok := view.Find(ref); ok {
		a.Email = row.Email()
	}
	for _, g := range view.GroupsOf(ref) {
		a.Groups = append(a.Groups, g.String())
	}
	return a
}

// maxGitConfig caps the git configuration file in bytes; people's have a few hundred.
const maxGitConfig = 1 << 20

// gitEmail is the address that git would write into a commit, as far as the
// environment and the person's own configuration files say it. git is not run.
func gitEmail(sys *cli.IO) string {
	if v := strings.TrimSpace(sys.Env("GIT_AUTHOR_EMAIL")); v != "" {
		return safe.Line(v)
	}
	if email := configuredEmail(sys); email != "" {
		return safe.Line(email)
	}
	return safe.Line(strings.TrimSpace(sys.Env("EMAIL")))
}

func configuredEmail(sys *cli.IO) string {
	if sys.Files == nil {
		return ""
	}
	for _, file := range gitConfigFiles(sys) {
		info, err := sys.Files.Stat(file)
		if err != nil || !info.Mode().IsRegular() || info.Size() > maxGitConfig {
			continue
		}
		text, err := sys.Files.ReadFile(file, maxGitConfig)
		if err != nil {
			continue
		}
		if email := userEmail(string(text)); email != "" {
			return email
		}
	}
	return ""
}

// gitConfigFiles are the files that can hold it, the strongest first.
func gitConfigFiles(sys *cli.IO) []string {
	var files []string
	for dir := sys.Dir; ; dir = filepath.Dir(dir) {
		if info, err := sys.Files.Stat(filepath.Join(dir, ".git")); err == nil {
			if info.IsDir() {
				files = append(files, filepath.Join(dir, ".git", "config"))
			}
			break
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	home := sys.Env("HOME")
	if home != "" {
		files = append(files, filepath.Join(home, ".gitconfig"))
	}
	switch dir := sys.Env("XDG_CONFIG_HOME"); {
	case dir != "":
		files = append(files, filepath.Join(dir, "git", "config"))
	case home != "":
		files = append(files, filepath.Join(home, ".config", "git", "config"))
	}
	return files
}

// userEmail reads user.email from a git configuration; the last one counts.
func userEmail(text string) string {
	email, section := "", ""
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if strings.HasPrefix(line, "[") {
			name, rest, _ := strings.Cut(line[1:], "]")
			section, line = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(rest)
		}
		key, value, ok := strings.Cut(line, "=")
		if ok && section == "user" && strings.EqualFold(strings.TrimSpace(key), "email") {
			value, _, _ = strings.Cut(value, "#")
			value, _, _ = strings.Cut(value, ";")
			email = strings.Trim(strings.TrimSpace(value), `"`)
		}
	}
	return email
}
