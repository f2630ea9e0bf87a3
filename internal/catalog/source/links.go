package source

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
)

// maxLinks is how many symbolic links one path may lead through.
const maxLinks = 40

// Why a path cannot be followed through its symbolic links.
var (
	errLeadsOut = errors.New("a symbolic link that leads out")
	errAbsolute = errors.New("a symbolic link with an absolute target")
	errLoop     = errors.New("a symbolic link that leads back to itself")
)

// straighten resolves the symbolic links of a path, so that a file that is named
// through a link is the same place as the file itself. What cannot be resolved
// within the tree is left as it is: opening it will say why.
func straighten(tree fs.FS, name string) string {
	if to, err := resolve(tree, name); err == nil {
		return to
	}
	return name
}

// resolve is the path that is left of a path without its symbolic links.
func resolve(tree fs.FS, name string) (string, error) {
	if !fs.ValidPath(name) {
		return "", &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	done, rest := "", name
	for hops := 0; rest != ""; {
		var part string
		part, rest, _ = strings.Cut(rest, "/")
		next := path.Join(done, part)
		info, err := fs.Lstat(tree, next)
		if err != nil {
			return "", err
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			done = next
			continue
		}
		to, err := fs.ReadLink(tree, next)
		hops++
		resolved := path.Join(done, filepath.ToSlash(to), rest)
		switch {
		case err != nil:
			return "", err
		case hops > maxLinks:
			return "", errLoop
		case filepath.IsAbs(to):
			return "", errAbsolute
		case !fs.ValidPath(resolved):
			return "", errLeadsOut
		case resolved == ".":
			return ".", nil
		}
		done, rest = "", resolved
	}
	return done, nil
}

// Within is a path of the machine as seen from a folder that holds it, slash-
// separated and without symbolic links. The error says, in words that follow the
// path, that it is not there or that its links lead out of the folder.
func Within(dir, name string) (string, error) {
	top, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return "", cause(err)
	}
	to, err := filepath.EvalSymlinks(name)
	if err != nil {
		return "", cause(err)
	}
	rel, err := filepath.Rel(top, to)
	if err != nil || !filepath.IsLocal(rel) {
		return "", cause(errLeadsOut)
	}
	return filepath.ToSlash(rel), nil
}
