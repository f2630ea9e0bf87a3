// Package catalog is the model: entities in Backstage's shape, references,
// relations, validation, the immutable Snapshot that every session shares, the
// overlays laid over it, and the one Query language that reads both.
//
// It is pure: it owns no state, reads no file, opens no connection and starts
// no goroutine. Bytes come in through Read, and everything a caller needs from
// the outside (the target of a placeholder, the time) is handed in.
package catalog
