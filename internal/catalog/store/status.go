package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"go.etcd.io/bbolt"

	"github.com/idptui/idptui/internal/boltfile"
	"github.com/idptui/idptui/internal/catalog"
)

// States of a source.
const (
	StateOK     = "ok"
	StateFailed = "failed" // the last attempt read nothing; what it held before is kept
	StateStale  = "stale"  // too much would vanish; what it held before is kept
)

// SourceStatus is how a source stands. Counts are of the last complete sync.
type SourceStatus struct {
	Name        string        `json:"name"`
	Kind        string        `json:"kind"` // folder, …
	Location    string        `json:"location"`
	State       string        `json:"state"`
	LastSync    time.Time     `json:"lastSync"`    // of the last attempt that succeeded
	LastAttempt time.Time     `json:"lastAttempt"` // of any
	Error       string        `json:"error,omitempty"`
	Files       int           `json:"files"`
	Entities    int           `json:"entities"`
	Skeletons   int           `json:"skeletons"` // templated files left out quietly
	Foreign     int           `json:"foreign"`   // documents that are not of the catalog
	Untrusted   int           `json:"untrusted"` // left out for lack of trust
	Excluded    int           `json:"excluded"`  // left out because their kind is not among the source's
	Conflicts   int           `json:"conflicts"` // left out because another place has the ref
	Problems    int           `json:"problems"`
	Took        time.Duration `json:"took"` // nanoseconds
	// Revision names what was read last, such as a commit, and Rules the rules by
	// which; "" where a sync could find something else in the same.
	Revision string `json:"revision,omitempty"`
	Rules    string `json:"rules,omitempty"`
	// Remotes are the other repositories that the source's Locations led to, a line
	// each: address, tab, branch.
	Remotes string `json:"remotes,omitempty"`
}

// visible is the part whose change others should see at once; that a sync found
// nothing new is none.
func (s SourceStatus) visible() SourceStatus {
	s.LastSync, s.LastAttempt, s.Took = time.Time{}, time.Time{}, 0
	return s
}

// FileState is what a sync notes about a file in order to skip it next time.
type FileState struct {
	Path    string          `json:"-"` // within the source, slash-separated; any bytes but NUL
	Size    int64           `json:"size"`
	ModTime time.Time       `json:"modTime"`
	Hash    string          `json:"hash"`           // "": read it again, whatever size and time say
	Refs    []string        `json:"refs,omitempty"` // canonical refs of the entities that it brought
	Data    json.RawMessage `json:"data,omitempty"` // whatever else the sync wants back, opaque here
}

// Files are the files noted for a source, by path. A file whose note or entities
// were damaged is missing or has no Hash.
func (s *Store) Files(ctx context.Context, source string) (map[string]FileState, error) {
	var files map[string]FileState
	err := s.viewValues(ctx, bucketFile, pair(source, ""), func(key, payload []byte) error {
		var f FileState
		if err := json.Unmarshal(payload, &f); err != nil {
			return err
		}
		_, f.Path = split(key)
		files[f.Path] = f
		return nil
	}, func() { files = map[string]FileState{} })
	return files, err
}

// Problems are all that are recorded, by source and path.
func (s *Store) Problems(ctx context.Context) ([]catalog.Problem, error) {
	var problems []catalog.Problem
	err := s.viewValues(ctx, bucketProblem, nil, func(_, payload []byte) error {
		var some []catalog.Problem
		if err := json.Unmarshal(payload, &some); err != nil {
			return err
		}
		problems = append(problems, some...)
		return nil
	}, func() { problems = nil })
	return problems, err
}

// Sources are the states of all sources, by name.
func (s *Store) Sources(ctx context.Context) ([]SourceStatus, error) {
	var sources []SourceStatus
	err := s.viewValues(ctx, bucketSource, nil, func(_, payload []byte) error {
		var status SourceStatus
		if err := json.Unmarshal(payload, &status); err != nil {
			return err
		}
		sources = append(sources, status)
		return nil
	}, func() { sources = nil })
	return sources, err
}

// Source is the state of one source; known is false where there is none.
func (s *Store) Source(ctx context.Context, name string) (status SourceStatus, known bool, err error) {
	if err := checkSource(name); err != nil {
		return status, false, err
	}
	err = s.viewValues(ctx, bucketSource, []byte(name), func(key, payload []byte) error {
		if string(key) != name {
			return nil
		}
		known = true
		return json.Unmarshal(payload, &status)
	}, func() { status, known = SourceStatus{}, false })
	return status, known, err
}

// viewValues visits the whole values of a bucket whose keys have the prefix and
// drops damaged ones, which are those that do not unseal or that each refuses.
// begin runs before the first, and again when the cache had to be begun anew.
func (s *Store) viewValues(ctx context.Context, bucket string, prefix []byte, each func(key, payload []byte) error, begin func()) error {
	var bad []valueID
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		begin()
		bad = nil
		return boltfile.Walk(tx.Bucket([]byte(bucket)), prefix, nil, func(k, v []byte) error {
			payload, err := boltfile.Unseal(k, v)
			if err == nil {
				err = each(k, payload)
			}
			if err != nil {
				bad = append(bad, valueID{bucket, string(k)})
			}
			return nil
		})
	})
	s.quarantine(ctx, bad)
	return err
}

// pair is a key of two parts; the first has no NUL.
func pair(first, second string) []byte { return []byte(first + "\x00" + second) }

func split(key []byte) (first, second string) {
	first, second, _ = strings.Cut(string(key), "\x00")
	return first, second
}

// checkSource refuses names that cannot be a key.
func checkSource(name string) error {
	const limit = 256
	if name == "" || len(name) > limit || !utf8.ValidString(name) || strings.IndexByte(name, 0) >= 0 {
		return fmt.Errorf("a source cannot be named %.40q: it must be plain text of 1 to %d bytes", name, limit)
	}
	return nil
}
