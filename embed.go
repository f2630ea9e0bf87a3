// Package idptui is the module's root. It holds only what is embedded in the
// binary, because files can be embedded from their own folder and below alone.
package idptui

import (
	"embed"
	"io/fs"
)

//go:embed all:testdata/demo
var demo embed.FS

// Demo is the catalog of the sample company, as a folder source sees it.
func Demo() fs.FS {
	sub, err := fs.Sub(demo, "testdata/demo")
	if err != nil {
		return demo // cannot be: the path is a constant that fs.Sub accepts
	}
	return sub
}
