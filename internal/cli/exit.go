package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/idptui/idptui/internal/safe"
)

// Exit codes. They are a promise to scripts.
const (
	ExitDone     = 0
	ExitFailed   = 1 // it failed, or findings were reported
	ExitUsage    = 2 // the command line is wrong
	ExitDenied   = 3 // the actor may not do this
	ExitNotFound = 4 // there is no such thing
	ExitBusy     = 5 // another process holds the data directory
)

// Error is how a command fails: one sentence that says what failed, on what and
// why, what to do about it, and the exit code.
type Error struct {
	Code int    // one of the Exit constants but ExitDone
	Text string // without a full stop; "" when everything is said already
	Hint string // what to do; may be ""
	Err  error  // the cause, for errors.Is; may be nil
}

// Error is the sentence and, after a semicolon, what to do.
func (e *Error) Error() string {
	if e.Hint == "" {
		return e.Text
	}
	return e.Text + "; " + e.Hint
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Usage is an error about the command line.
func Usage(hint, format string, args ...any) error {
	return &Error{Code: ExitUsage, Text: fmt.Sprintf(format, args...), Hint: hint}
}

// NotFound is an error about something that is not there.
func NotFound(hint, format string, args ...any) error {
	return &Error{Code: ExitNotFound, Text: fmt.Sprintf(format, args...), Hint: hint}
}

// Failed is an error about something that went wrong.
func Failed(err error, hint, format string, args ...any) error {
	return &Error{Code: ExitFailed, Text: fmt.Sprintf(format, args...), Hint: hint, Err: err}
}

// errFindings ends a command that did its work and printed what it found.
var errFindings = &Error{Code: ExitFailed}

// complain prints an error where a person or a script looks for it, and gives
// the exit code.
func complain(sys *IO, args []string, err error) int {
	var e *Error
	switch {
	case errors.As(err, &e):
	case errors.Is(err, context.Canceled):
		e = &Error{Code: ExitFailed, Text: "stopped"}
	case errors.Is(err, context.DeadlineExceeded):
		e = &Error{Code: ExitFailed, Text: "gave up waiting: " + err.Error()}
	default:
		e = &Error{Code: ExitFailed, Text: err.Error()}
	}
	if e.Text == "" {
		return e.Code
	}
	text, hint := safe.Text(e.Text), safe.Line(e.Hint)
	if wantsJSON(args) {
		line, _ := json.Marshal(struct {
			Error string `json:"error"`
			Hint  string `json:"hint,omitempty"`
			Code  int    `json:"code"`
		}{text, hint, e.Code})
		_, _ = fmt.Fprintf(sys.Err, "%s\n", line)
		return e.Code
	}
	st := style{on: sys.colour(sys.ErrTTY) && !slices.Contains(args, "--no-color")}
	if hint != "" {
		text += "; " + hint
	}
	for line := range strings.Lines(text + "\n") { // several where several things are wrong with one file
		_, _ = fmt.Fprint(sys.Err, st.red("idptui:"), " ", line)
	}
	return e.Code
}

// wantsJSON reads "-o json" straight from the command line, because errors in
// the command line itself are reported in that format too.
func wantsJSON(args []string) bool {
	if i := slices.Index(args, "--"); i >= 0 {
		args = args[:i]
	}
	for i, a := range args {
		switch {
		case a == "-ojson" || a == "-o=json" || a == "--output=json":
			return true
		case (a == "-o" || a == "--output") && i+1 < len(args) && args[i+1] == "json":
			return true
		}
	}
	return false
}

// orList is "a, b or c".
func orList(words []string) string { return joined(words, "or") }

// andList is the same with "and".
func andList(words []string) string { return joined(words, "and") }

func joined(words []string, last string) string {
	switch n := len(words); n {
	case 0:
		return ""
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " " + last + " " + words[n-1]
	}
}
