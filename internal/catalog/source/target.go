package source

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// aim is what a target, as written, points at.
type aim struct {
	path string // within the source; may be a glob
	url  string // set when it points to another place
	err  string // set when it points nowhere: one sentence without the target
	hint string
}

// scheme is the start of an absolute address.
var scheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*://`)

// maxTarget caps a target's length in bytes.
const maxTarget = 2000

// aimAt reads a target that stands in the file from. The type is the Location's
// own, or "" where it inherits. A target that begins with / counts from the root
// of the source, as it does in a repository; with type file it would be a path
// of the machine and is refused.
func aimAt(from, kind, target string) aim {
	switch kind = strings.ToLower(strings.TrimSpace(kind)); {
	case scheme.MatchString(target) && len(target) <= maxTarget:
		return aim{url: target}
	case kind != "" && kind != "file" && kind != "url":
		return aim{err: fmt.Sprintf("is of type %q, which is not known", kind), hint: "use type url or file, or leave the type out"}
	case target == "":
		return aim{err: "is empty", hint: "name a file"}
	case len(target) > maxTarget:
		return aim{err: fmt.Sprintf("is longer than %d bytes", maxTarget)}
	case strings.ContainsRune(target, 0):
		return aim{err: "is no path"}
	case strings.HasSuffix(target, "/"), target == ".", target == "..":
		return aim{err: "names a folder", hint: "name the file in it, or a glob such as ./**/catalog-info.yaml"}
	}
	name := path.Join(path.Dir(from), target)
	if strings.HasPrefix(target, "/") {
		if kind == "file" {
			return aim{err: "is a path of the machine and not of this source", hint: "write it relative to this file"}
		}
		name = path.Clean(strings.TrimLeft(target, "/"))
	}
	if name == ".." || strings.HasPrefix(name, "../") {
		return aim{err: "leads out of the folder of this source"}
	}
	return aim{path: name}
}

// isGlob tells whether a path holds anything that a glob would treat as special.
func isGlob(name string) bool { return strings.ContainsAny(name, "*?[{") }

// Caps on the globs that entities bring: matching one costs at most the product
// of its alternatives, and each runs over every file of the source.
const (
	maxGlob    = 256       // bytes
	maxBraces  = 2         // groups of alternatives
	maxGlobs   = 500       // in one source
	maxMatched = 1_000_000 // files, counted for each glob of a source that matches them
)

// checkGlob says what is wrong with a glob that an entity brings, or "".
func checkGlob(pattern string) string {
	switch {
	case len(pattern) > maxGlob:
		return fmt.Sprintf("is a glob of more than %d bytes", maxGlob)
	case strings.Count(pattern, "{") > maxBraces:
		return fmt.Sprintf("is a glob with more than %d groups of alternatives", maxBraces)
	case !doublestar.ValidatePattern(pattern):
		return "is no valid glob"
	}
	return ""
}

// glob lists the files that a valid pattern matches, in their order.
func glob(ctx context.Context, pattern string, files []entry) ([]string, error) {
	base, _ := doublestar.SplitPattern(pattern)
	if base == "." || isGlob(base) || strings.Contains(base, `\`) {
		base = ""
	}
	start, _ := slices.BinarySearchFunc(files, base, func(e entry, b string) int { return strings.Compare(e.path, b) })
	var out []string
	for i, f := range files[start:] {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if !strings.HasPrefix(f.path, base) {
			break // by path, so none after it has the prefix either
		}
		if doublestar.MatchUnvalidated(pattern, f.path) {
			out = append(out, f.path)
		}
	}
	return out, nil
}
