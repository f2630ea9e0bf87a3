package source

import (
	"io/fs"
	"path"
	"strings"
)

// maxLinks is how many symbolic links one path may lead through.
const maxLinks = 40

// straighten resolves the symbolic links of a path, so that a file that is named
// through a link is the same place as the file itself. What cannot be resolved
// within the tree is left as it is: opening it will say why.
func straighten(tree fs.FS, name string) string {
	if !fs.ValidPath(name) {
		return name
	}
	done, rest := "", name
	for hops := 0; rest != ""; {
		var part string
		part, rest, _ = strings.Cut(rest, "/")
		next := path.Join(done, part)
		info, err := fs.Lstat(tree, next)
		if err != nil {
			return name
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			done = next
			continue
		}
		to, err := fs.ReadLink(tree, next)
		if hops++; err != nil || hops > maxLinks || path.IsAbs(to) {
			return name
		}
		resolved := path.Join(done, to, rest)
		if resolved == "." || !fs.ValidPath(resolved) {
			return name
		}
		done, rest = "", resolved
	}
	return done
}
