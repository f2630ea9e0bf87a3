// Package state keeps what no sync can rebuild: stars, visits, preferences, who
// claimed a ref first, what was deleted, and the sources that a command line named. Its interface
// is one of operations, each whole or not done at all, so that another database
// can stand behind it; package statetest is the one proof for all of them.
//
// Today that is one bbolt file, state.db, which is open only while an operation
// runs (see boltfile). The package never deletes, replaces or empties that file
// by itself: of a damaged one, what can be read is read, and nothing is written
// until a person runs Restore. A single damaged value is left out of lists,
// reported by Check, and replaced when its owner sets it again. Backups of the
// file lie in a directory beside it.
package state

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/idptui/idptui/internal/boltfile"
)

// Errors that callers tell apart. ErrBusy, ErrCorrupt and ErrNewer are about
// the file as a whole.
var (
	ErrBusy     = boltfile.ErrBusy
	ErrCorrupt  = boltfile.ErrCorrupt
	ErrNewer    = boltfile.ErrNewer
	ErrNotFound = errors.New("not found")
	ErrInvalid  = errors.New("not accepted") // breaks a limit below, or is no plain text
	ErrClosed   = errors.New("the state is closed")
	ErrReadOnly = errors.New("read-only") // until somebody puts right what Trouble says
)

// Limits. What exceeds them is refused with ErrInvalid.
const (
	MaxUser        = 256      // bytes of a user
	MaxRef         = 1 << 10  // bytes of a ref
	MaxSource      = 256      // bytes of a source's name
	MaxPath        = 4 << 10  // bytes of a path or location
	MaxKey         = 256      // bytes of a preference's key
	MaxValue       = 64 << 10 // bytes of a preference
	MaxStars       = 1_000    // of one user
	MaxPreferences = 1_000    // of one user
	MaxSources     = 1_000    // remembered ones
	MaxClaims      = 200_000  // in one call
	KeptVisits     = 200      // of one user; older ones are forgotten
)

// State is all operations. Users and refs are opaque texts (canonical refs by
// convention; the user "" is whoever sits at a terminal that knows no user):
// valid UTF-8 without NUL. Times are kept to the microsecond and come back in
// UTC. Every operation may be used from many goroutines and processes at once.
type State interface {
	// Stars are the refs that user starred, the newest star first.
	Stars(ctx context.Context, user string) ([]string, error)
	// SetStar sets or takes away a star. Starring again moves nothing.
	SetStar(ctx context.Context, user, ref string, on bool) error

	// Visit notes that user looked at ref. Each ref is kept once, at its latest time.
	Visit(ctx context.Context, user, ref string, at time.Time) error
	// Visits are the latest n visits (all that are kept when n ≤ 0), the latest first.
	Visits(ctx context.Context, user string, n int) ([]Visit, error)

	// Claim says for each claim, in order, that this place brings the ref. The
	// first place to say so holds the ref until it is released; claiming what
	// one holds changes nothing. What another place holds is returned, in order.
	Claim(ctx context.Context, claims []Claim) ([]Lost, error)
	// Claims are those that a source holds, sorted by ref.
	Claims(ctx context.Context, source string) ([]Claim, error)
	// Claimants are the sources that hold claims, sorted.
	Claimants(ctx context.Context) ([]string, error)
	// Release gives up the refs that source holds; others' claims stay.
	Release(ctx context.Context, source string, refs []string) error

	// Bury keeps deleted entities for KeptTombstones. A later tombstone of the same
	// ref replaces the earlier one.
	Bury(ctx context.Context, stones []Tombstone) error
	// Tombstones are all that are kept, the latest first, without their records.
	Tombstones(ctx context.Context) ([]Tombstone, error)
	// Tombstone is one of them, whole, or ErrNotFound.
	Tombstone(ctx context.Context, ref string) (Tombstone, error)
	// Restore marks one as restored, or takes that back, and gives it whole; or is
	// ErrNotFound. What is restored does not expire.
	Restore(ctx context.Context, ref string, on bool) (Tombstone, error)
	// Unbury drops one; one that is not there is no error.
	Unbury(ctx context.Context, ref string) error

	// Preference is a user's setting and whether there is one.
	Preference(ctx context.Context, user, key string) (string, bool, error)
	// SetPreference sets it; an empty value is a value.
	SetPreference(ctx context.Context, user, key, value string) error

	// RememberSource keeps a source that a command line named. Under a known
	// name it changes the location and keeps the time it was first added.
	RememberSource(ctx context.Context, src RememberedSource) error
	// RememberedSources are all of them, the first added first.
	RememberedSources(ctx context.Context) ([]RememberedSource, error)
	// ForgetSource drops one, or is ErrNotFound.
	ForgetSource(ctx context.Context, name string) error

	// Check reads everything that is stored and says what is damaged.
	Check(ctx context.Context) error
	// Trouble says why nothing can be written, nil where all is well: an
	// ErrReadOnly for data that is damaged or of a newer program. Reads then give
	// what can be read, claims are kept in memory, and all other writes are that
	// error. It goes away by itself once the data is good again.
	Trouble() error
	// Close ends the use of the state; what is done after it is ErrClosed.
	Close() error
}

// Visit is one look at one entity.
type Visit struct {
	Ref string    `json:"ref"`
	At  time.Time `json:"at"`
}

// Claim is a place, a path within a source, that brings the entity Ref.
type Claim struct {
	Ref    string `json:"ref"`
	Source string `json:"source"`
	Path   string `json:"path"`
}

// Lost is a claim that came too late, and who holds the ref.
type Lost struct {
	Claim
	Holder Claim `json:"holder"`
}

// RememberedSource is a source that a command line named.
type RememberedSource struct {
	Name     string    `json:"name"`
	Location string    `json:"location"`
	Added    time.Time `json:"added"`
}

// text checks one argument.
func text(what, value string, limit int) error {
	switch {
	case len(value) > limit:
		return fmt.Errorf("the %s is %w: it has %d bytes where %d are the most", what, ErrInvalid, len(value), limit)
	case !utf8.ValidString(value) || strings.IndexByte(value, 0) >= 0:
		return fmt.Errorf("the %s %q is %w: it is no plain text", what, value, ErrInvalid)
	}
	return nil
}

// name is text that must say something.
func name(what, value string, limit int) error {
	if value == "" {
		return fmt.Errorf("an empty %s is %w", what, ErrInvalid)
	}
	return text(what, value, limit)
}
