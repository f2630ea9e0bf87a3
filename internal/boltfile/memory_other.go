//go:build !linux

package boltfile

import "os"

// memoryFile is a file without a name in the directory for such.
func memoryFile(name string) (*os.File, error) {
	file, err := os.CreateTemp("", name+"-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(file.Name()); err != nil {
		_ = file.Close()
		return nil, err
	}
	return file, nil
}
