//go:build !linux && !darwin

package boltfile

import "errors"

// statDisk does not know how to ask here.
func statDisk(string) (free int64, network string, err error) {
	return 0, "", errors.ErrUnsupported
}
