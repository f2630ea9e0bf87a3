package safe

import (
	"fmt"
	"strings"
)

const (
	// maxLogLine is the most bytes of one line that Log returns: several screens
	// of text, and a bound on what a job without line ends can cost.
	maxLogLine = 64 << 10
	// cutRoom is kept free for the note on what was cut and a reset.
	cutRoom = 48

	csi      = "\x1b["
	sgrReset = "\x1b[m"
	maxSGR   = 128 // bytes of one sequence; every attribute and three true colours fit
)

// Log returns lines of a job's output fit for a screen. Each line is treated as
// Line does, but:
//   - SGR sequences with known parameters stay, and a line that leaves a style on
//     ends with a reset. Concealed text is not a style that stays;
//   - CRs that end a line are left out, and of a line with other CRs the text
//     after the last stays, as progress bars mean it;
//   - sequences that erase a line are left out, what they erase stays;
//   - of a line longer than 64 KiB the start stays, then "… N bytes cut".
//
// Lines do not depend on each other, so a stream may be given line by line.
func Log(s string) string {
	var out []byte
	copied := 0 // out is the clean form of s[:copied]
	for i := 0; i < len(s); {
		end := len(s)
		if n := strings.IndexByte(s[i:], '\n'); n >= 0 {
			end = i + n
		}
		if line := logLine(s[i:end]); line != s[i:end] {
			out = append(append(out, s[copied:i]...), line...)
			copied = end
		}
		i = end + 1
	}
	if copied == 0 {
		return s
	}
	return string(append(out, s[copied:]...))
}

func logLine(line string) string {
	line = strings.TrimRight(line, "\r")
	line = line[strings.LastIndexByte(line, '\r')+1:]

	p := pass{src: line}
	on := false // a style is on
	var fit struct {
		pos, size int
		on        bool
	}
	for p.pos < len(line) && p.size() <= maxLogLine {
		if p.size() <= maxLogLine-cutRoom {
			fit.pos, fit.size, fit.on = p.pos, p.size(), on
		}
		rest := line[p.pos:]
		if n, after, ok := sgr(rest, on); ok {
			on = after
			p.near = cluster{begun: true}
			p.take(n, keep)
			continue
		}
		if n := eraseLine(rest); n > 0 {
			p.take(n, skip)
			continue
		}
		p.take(p.near.next(rest, false))
	}
	reset := ""
	if on {
		reset = sgrReset
	}
	if p.size()+len(reset) <= maxLogLine {
		return p.text() + reset
	}
	if reset = ""; fit.on {
		reset = sgrReset
	}
	return fmt.Sprintf("%s%s… %d bytes cut", p.text()[:fit.size], reset, len(line)-fit.pos)
}

// eraseLine returns the length of the sequence at the head of s that erases part
// of a line, 0 if there is none. Compilers and search tools write one after each
// coloured word.
func eraseLine(s string) int {
	param, ok := strings.CutPrefix(s, csi)
	if !ok || param == "" {
		return 0
	}
	if param[0] == 'K' {
		return len("\x1b[K")
	}
	if '0' <= param[0] && param[0] <= '2' && len(param) > 1 && param[1] == 'K' {
		return len("\x1b[0K")
	}
	return 0
}

// sgr returns the length of the SGR sequence at the head of s, whether a style is
// on after it if on says whether one was before, and whether it may pass.
func sgr(s string, on bool) (n int, after, ok bool) {
	if !strings.HasPrefix(s, csi) {
		return 0, on, false
	}
	s = s[:min(len(s), maxSGR)]
	params, _, found := strings.Cut(s[len(csi):], "m")
	if !found {
		return 0, on, false
	}
	after, ok = styles(params, on)
	return len(csi) + len(params) + 1, after, ok
}

// styles reads the parameters of an SGR sequence.
func styles(params string, on bool) (after, ok bool) {
	for more := true; more; {
		var p string
		p, params, more = strings.Cut(params, ";")
		head, sub, colon := strings.Cut(p, ":")
		code := number(head)
		switch {
		case colon && code == 4: // the kind of underline
			ok = len(sub) == 1 && number(sub) >= 0 && number(sub) <= 5
		case colon:
			ok = colour(code) && colonColour(sub)
		case colour(code):
			params, more, ok = colourValues(params, ";")
		default:
			ok = attribute(code)
		}
		if !ok {
			return on, false
		}
		on = code != 0
	}
	return on, true
}

// attribute reports whether code is an SGR parameter that stands alone and does
// not hide text, as 8 would, or change the font.
func attribute(code int) bool {
	switch {
	case 0 <= code && code <= 7, code == 9, 21 <= code && code <= 25, 27 <= code && code <= 29:
	case 30 <= code && code <= 37, code == 39, 40 <= code && code <= 47, code == 49:
	case code == 53, code == 55, code == 59, 90 <= code && code <= 97, 100 <= code && code <= 107:
	default:
		return false
	}
	return true
}

// colour reports whether code announces a colour: of text, background, underline.
func colour(code int) bool { return code == 38 || code == 48 || code == 58 }

// colonColour reports whether sub is a colour written as 5:n, 2:r:g:b or 2:s:r:g:b
// with a colour space s, mostly empty.
func colonColour(sub string) bool {
	if kind, rgb, _ := strings.Cut(sub, ":"); kind == "2" && strings.Count(rgb, ":") == 3 {
		space, values, _ := strings.Cut(rgb, ":")
		if number(space) < 0 {
			return false
		}
		sub = "2:" + values
	}
	_, more, ok := colourValues(sub, ":")
	return ok && !more
}

// colourValues reads a colour, 5 and an index or 2 and three parts, from the head
// of a list and returns what follows.
func colourValues(list, sep string) (rest string, more, ok bool) {
	kind, rest, more := strings.Cut(list, sep)
	want := 0
	switch kind {
	case "5":
		want = 1
	case "2":
		want = 3
	}
	for range want {
		var v string
		if !more {
			return rest, more, false
		}
		v, rest, more = strings.Cut(rest, sep)
		if n := number(v); n < 0 || n > 255 {
			return rest, more, false
		}
	}
	return rest, more, want > 0
}

// number reads a parameter of at most three digits, where none is 0; -1 for
// anything else.
func number(s string) int {
	if len(s) > 3 {
		return -1
	}
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return -1
		}
		n = n*10 + int(s[i]-'0')
	}
	return n
}
