package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/source"
	"github.com/idptui/idptui/internal/cli"
	"github.com/idptui/idptui/internal/safe"
)

// Validate checks paths by the rules of the sync and stores nothing. Paths of
// one repository are checked together, so that what one names in another is
// found and what two claim is a conflict.
func (s *services) Validate(ctx context.Context, paths []string) (cli.Validation, error) {
	var v cli.Validation
	var bases []string
	below := map[string][]string{} // by base, the paths to read there
	for _, path := range paths {
		if path == "-" {
			if err := s.validateInput(ctx, &v); err != nil {
				return v, sentence(err)
			}
			continue
		}
		full := s.sys.Path(path)
		info, err := s.sys.Files.Stat(full)
		if err == nil && !info.IsDir() && !info.Mode().IsRegular() {
			err = errNeither
		}
		if err != nil || path == "" {
			v.Problems = append(v.Problems, unreadable(path, cmp.Or(err, fs.ErrNotExist)))
			continue
		}
		base := s.base(full, info.IsDir())
		rel, err := source.Within(base, full)
		if err != nil {
			v.Problems = append(v.Problems, linked(path, base, err))
			continue
		}
		if below[base] == nil {
			bases = append(bases, base)
		}
		below[base] = append(below[base], rel)
	}
	for _, base := range bases {
		src := source.NewFolder("", base, source.Rules{Paths: below[base], Trusted: true})
		if err := validate(ctx, src, &v, func(path string) string { return s.shown(base, path) }); err != nil {
			return v, sentence(err)
		}
	}
	return v, nil
}

// base is the folder that references from a path may reach: its repository, else
// the working directory where that holds it, else its own folder.
func (s *services) base(full string, isDir bool) string {
	own := full
	if !isDir {
		own = filepath.Dir(full)
	}
	for dir := own; ; dir = filepath.Dir(dir) {
		if _, err := s.sys.Files.Stat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	if rel, err := filepath.Rel(s.sys.Dir, own); err == nil && filepath.IsLocal(rel) {
		return s.sys.Dir
	}
	return own
}

// shown is a path of a problem as the person would write it.
func (s *services) shown(base, path string) string {
	full := filepath.Join(base, filepath.FromSlash(path))
	if rel, err := filepath.Rel(s.sys.Dir, full); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return full
}

var errNeither = errors.New("it is neither a file nor a folder")

func unreadable(path string, err error) catalog.Problem {
	message := "cannot be read: " + cause(err).Error()
	if errors.Is(err, fs.ErrNotExist) {
		message = "does not exist"
	}
	return catalog.Problem{Severity: catalog.Error, Class: catalog.ClassSource, Path: safe.Line(path), Message: "this path " + message}
}

// linked is a path that cannot be read where it leads.
func linked(path, base string, err error) catalog.Problem {
	return catalog.Problem{
		Severity: catalog.Error, Class: catalog.ClassSource, Path: safe.Line(path),
		Message: "this path " + err.Error(), Hint: "name what it points to; what is read from here lies in " + safe.Line(base),
	}
}

func validate(ctx context.Context, src source.Source, v *cli.Validation, shown func(string) string) error {
	problems, counts, err := source.Validate(ctx, src, source.Limits{}, shown)
	if err != nil {
		return err
	}
	v.Files += counts.Files
	v.Entities += counts.Entities
	v.Skeletons += counts.Skeletons
	v.Foreign += counts.Foreign
	for _, pr := range problems {
		if pr.Path == "" {
			continue // a folder without a descriptor; that a path is there was seen before
		}
		v.Problems = append(v.Problems, pr)
	}
	return nil
}

// inputName is the name of the standard input among files.
const inputName = "stdin.yaml"

// validateInput checks what comes in on the standard input. Nothing lies beside
// it, so relative references in it lead nowhere, which is then said.
func (s *services) validateInput(ctx context.Context, v *cli.Validation) error {
	limit := catalog.DefaultLimits().FileBytes
	text, err := readAll(ctx, io.LimitReader(s.sys.In, int64(limit)+1))
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return cli.Failed(err, "", "the standard input cannot be read: %v", err)
	case len(text) > limit:
		return cli.Failed(nil, "", "the standard input is over %d MiB", limit>>20)
	}
	src := source.NewFS("", "standard input", input{string(text)}, source.Rules{Paths: []string{inputName}, Trusted: true})
	return validate(ctx, src, v, func(path string) string {
		if path == inputName {
			return "-"
		}
		return path
	})
}

// readAll reads to the end, or to that of the context: somebody may have forgotten
// to type. The read itself goes on until there is input or the process ends.
func readAll(ctx context.Context, in io.Reader) ([]byte, error) {
	type input struct {
		text []byte
		err  error
	}
	done := make(chan input, 1)
	go func() {
		text, err := io.ReadAll(in)
		done <- input{text, err}
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case got := <-done:
		return got.text, got.err
	}
}

// input is a file system that holds one file.
type input struct{ text string }

func (in input) Open(name string) (fs.File, error) {
	switch name {
	case ".":
		return &inputFile{in, true, strings.NewReader(""), false}, nil
	case inputName:
		return &inputFile{in, false, strings.NewReader(in.text), false}, nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// inputFile is the one file of an input, or its folder.
type inputFile struct {
	in  input
	dir bool
	*strings.Reader
	listed bool
}

func (f *inputFile) Close() error               { return nil }
func (f *inputFile) Stat() (fs.FileInfo, error) { return inputInfo{f}, nil }

func (f *inputFile) ReadDir(int) ([]fs.DirEntry, error) {
	if !f.dir {
		return nil, fmt.Errorf("%s: %w", inputName, fs.ErrInvalid)
	}
	if f.listed {
		return nil, io.EOF
	}
	f.listed = true
	file, err := f.in.Open(inputName)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	return []fs.DirEntry{fs.FileInfoToDirEntry(info)}, err
}

type inputInfo struct{ f *inputFile }

func (i inputInfo) Size() int64        { return i.f.Size() }
func (i inputInfo) ModTime() time.Time { return time.Time{} }
func (i inputInfo) IsDir() bool        { return i.f.dir }
func (i inputInfo) Sys() any           { return nil }

func (i inputInfo) Name() string {
	if i.f.dir {
		return "."
	}
	return inputName
}

func (i inputInfo) Mode() fs.FileMode {
	if i.f.dir {
		return fs.ModeDir | 0o555
	}
	return 0o444
}
