package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

const barCells = 20

// manyFiles is from when on a phase is worth a line of its own in a log.
const manyFiles = 1000

// progressView shows how far a sync is: a bar that redraws itself on a terminal,
// a line for each source and each long phase elsewhere, nothing with --quiet.
type progressView struct {
	w      io.Writer
	bar    bool
	ascii  bool
	width  int
	last   string // what is on the line, or the last phase
	silent bool
}

func (p *program) progress() *progressView {
	return &progressView{
		w: p.sys.Err, bar: p.sys.ErrTTY && p.sys.Env("TERM") != "dumb", ascii: !p.sys.UTF8(),
		width: p.sys.Width, silent: p.quiet,
	}
}

// show is given every step; it writes only when there is something new to see.
func (v *progressView) show(pr Progress) {
	if v.silent {
		return
	}
	if !v.bar {
		v.line(pr)
		return
	}
	line := pr.Source + "  " + v.cells(pr) + "  " + pr.Phase
	switch {
	case pr.Total > 0:
		line += fmt.Sprintf("  %d%%", min(100, 100*pr.Done/pr.Total)) // files are found while others are read
	case pr.Done > 0:
		line += fmt.Sprintf("  %d", pr.Done/100*100)
	}
	if v.width > 0 {
		line = ansi.Truncate(line, v.width-1, "")
	}
	if line != v.last {
		v.last = line
		_, _ = io.WriteString(v.w, "\r\x1b[K"+line)
	}
}

func (v *progressView) line(pr Progress) {
	phase := pr.Source + ": " + pr.Phase
	switch {
	case phase == v.last:
	case !strings.HasPrefix(v.last, pr.Source+": "):
		_, _ = fmt.Fprintln(v.w, phase)
	case pr.Total >= manyFiles:
		_, _ = fmt.Fprintf(v.w, "%s, %d in all\n", phase, pr.Total)
	default:
		return
	}
	v.last = phase
}

func (v *progressView) cells(pr Progress) string {
	full, empty := "▰", "▱"
	if v.ascii {
		full, empty = "#", "-"
	}
	n := 0
	if pr.Total > 0 {
		n = min(barCells, barCells*pr.Done/pr.Total)
	}
	return strings.Repeat(full, n) + strings.Repeat(empty, barCells-n)
}

// end clears the bar, so that what follows starts on an empty line.
func (v *progressView) end() {
	if v.bar && v.last != "" {
		_, _ = io.WriteString(v.w, "\r\x1b[K")
		v.last = ""
	}
}
