package safe

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// CheckFrame returns an error naming the first thing in a rendered frame that the
// program itself cannot have meant, and so came out of data: a control sequence
// that is neither an SGR sequence Log would keep nor an OSC 8 link to an address
// in the form URL returns, any control character but LF, and anything else Line
// would change. Golden tests of screens call it on every frame. The error is
// itself clean.
func CheckFrame(frame string) error {
	var near cluster
	line := 1
	for i := 0; i < len(frame); {
		rest := frame[i:]
		switch rest[0] {
		case '\n':
			near = cluster{}
			line++
			i++
			continue
		case '\x1b':
			n := frameSequence(rest)
			if n == 0 {
				start, _ := Cap(rest, 40)
				return fmt.Errorf("line %d of the frame holds a control sequence that is neither a style nor a permitted link: %s", line, Line(start))
			}
			i += n
			continue
		}
		n, ok := framePiece(&near, rest)
		if !ok {
			return fmt.Errorf("line %d of the frame holds %s, which no clean text holds there", line, appendVisible(nil, rest))
		}
		i += n
	}
	return nil
}

// framePiece judges text in a frame. A joiner may have lost what it joins to a
// style or to the edge of a column.
func framePiece(near *cluster, s string) (int, bool) {
	before := *near
	n, v := near.next(s, false)
	if v == keep {
		return n, true
	}
	r, n := utf8.DecodeRuneInString(s)
	return n, (r == nonJoiner || r == joiner) && joins(before.base, r)
}

// frameSequence returns the length of the sequence at the head of s if a screen
// may hold it, else 0.
func frameSequence(s string) int {
	if n, _, ok := sgr(s, false); ok {
		return n
	}
	body, ok := strings.CutPrefix(s, "\x1b]8;")
	if !ok {
		return 0
	}
	end := strings.IndexAny(body, "\x07\x1b")
	if end < 0 {
		return 0
	}
	terminator := 1
	if body[end] == '\x1b' {
		if !strings.HasPrefix(body[end:], "\x1b\\") {
			return 0
		}
		terminator = len("\x1b\\")
	}
	params, link, ok := strings.Cut(body[:end], ";")
	if !ok || printable(params) != len(params) {
		return 0
	}
	if link != "" {
		if same, ok := URL(link); !ok || same != link {
			return 0
		}
	}
	return len(s) - len(body) + end + terminator
}
