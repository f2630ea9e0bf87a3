package uitest

import (
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// The drawing's measures in its own units: a cell of a usual monospaced font at
// that size, and the edge around the screen.
const (
	svgFont   = 14
	svgCellW  = 8.4
	svgCellH  = 18
	svgMargin = 10
)

// attributes are how one cell looks. Colours are as CSS writes them, "" is the
// terminal's own.
type attributes struct {
	fg, bg                   string
	bold, underline, reverse bool
}

type cell struct {
	text string
	attributes
}

// twin is how a cell looks on a dark and on a light background.
type twin struct{ dark, light attributes }

// SVG draws a screen as a picture that follows the reader's light or dark
// preference, from the frames of the same screen in both looks. Equal frames give
// equal bytes. It fails when the frames differ in more than their styles, or use
// a sequence that a screen has no business with.
func SVG(title, dark, light string) (string, error) {
	d, err := cells(dark)
	if err != nil {
		return "", fmt.Errorf("the dark frame: %w", err)
	}
	l, err := cells(light)
	if err != nil {
		return "", fmt.Errorf("the light frame: %w", err)
	}
	if Plain(dark) != Plain(light) || len(d) != len(l) {
		return "", errors.New("the dark and the light frame are not the same screen")
	}
	var (
		body    strings.Builder
		looks   []twin
		columns int
	)
	for y, row := range d {
		if len(row) != len(l[y]) {
			return "", fmt.Errorf("line %d of the light frame has another width", y+1)
		}
		columns = max(columns, len(row))
		for x := 0; x < len(row); {
			look := twin{row[x].attributes, l[y][x].attributes}
			end := x
			var text strings.Builder
			for end < len(row) && look == (twin{row[end].attributes, l[y][end].attributes}) {
				text.WriteString(row[end].text)
				end++
			}
			if !slices.Contains(looks, look) {
				looks = append(looks, look)
			}
			drawRun(&body, look, slices.Index(looks, look), text.String(), x, y, end-x)
			x = end
		}
	}
	width, height := float64(columns)*svgCellW+2*svgMargin, len(d)*svgCellH+2*svgMargin
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.1f %d" width="%.1f" height="%d" role="img">`+"\n", width, height, width, height)
	fmt.Fprintf(&b, "<title>%s</title>\n%s", escape(title), sheet(looks))
	fmt.Fprintf(&b, `<rect class="screen" width="100%%" height="100%%" rx="8"/>`+"\n%s</svg>\n", body.String())
	return b.String(), nil
}

// drawRun draws cells of one look: what lies behind them, and their text without
// the blanks at its ends, which would only make the picture larger.
func drawRun(b *strings.Builder, look twin, class int, text string, x, y, n int) {
	left := svgMargin + float64(x)*svgCellW
	top := svgMargin + y*svgCellH
	if look.dark.fills() || look.light.fills() {
		fmt.Fprintf(b, `<rect class="b%d" x="%.1f" y="%d" width="%.1f" height="%d"/>`+"\n", class, left, top, float64(n)*svgCellW, svgCellH)
	}
	if !look.dark.underline && !look.light.underline {
		trimmed := strings.TrimLeft(text, " ")
		left += float64(len(text)-len(trimmed)) * svgCellW
		n -= len(text) - len(trimmed)
		text = strings.TrimRight(trimmed, " ")
		n -= len(trimmed) - len(text)
	}
	if text == "" {
		return
	}
	fmt.Fprintf(b, `<text class="t%d" x="%.1f" y="%d" textLength="%.1f">%s</text>`+"\n",
		class, left, top+svgFont, float64(n)*svgCellW, escape(text))
}

func (a attributes) fills() bool { return a.bg != "" || a.reverse }

// sheet is the style sheet: the looks on a dark background, and again for readers
// who prefer a light one.
func sheet(looks []twin) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<style>\ntext{font:%dpx ui-monospace,Menlo,Consolas,\"DejaVu Sans Mono\",monospace;white-space:pre}\n", svgFont)
	side := func(paper, ink string, pick func(twin) attributes) {
		fmt.Fprintf(&b, ".screen{fill:%s}\n", paper)
		for i, t := range looks {
			a := pick(t)
			fg, bg := a.fg, a.bg
			if fg == "" {
				fg = ink
			}
			if bg == "" {
				bg = paper
			}
			if a.reverse {
				fg, bg = bg, fg
			}
			fmt.Fprintf(&b, ".t%d{fill:%s", i, fg)
			if a.bold {
				b.WriteString(";font-weight:bold")
			}
			if a.underline {
				b.WriteString(";text-decoration:underline")
			}
			b.WriteString("}\n")
			if t.dark.fills() || t.light.fills() {
				fmt.Fprintf(&b, ".b%d{fill:%s}\n", i, bg)
			}
		}
	}
	side("#16161e", "#d5d9ea", func(t twin) attributes { return t.dark })
	b.WriteString("@media (prefers-color-scheme:light){\n")
	side("#ffffff", "#1f2330", func(t twin) attributes { return t.light })
	b.WriteString("}\n</style>\n")
	return b.String()
}

// cells reads a frame into its cells. The second cell of a wide character is
// there with no text.
func cells(frame string) ([][]cell, error) {
	rows := [][]cell{nil}
	var now attributes
	var state byte
	for frame != "" {
		seq, width, n, next := ansi.DecodeSequence(frame, state, nil)
		frame, state = frame[n:], next
		last := len(rows) - 1
		switch {
		case seq == "\n":
			rows = append(rows, nil)
		case strings.HasPrefix(seq, "\x1b[") && strings.HasSuffix(seq, "m"):
			if err := now.set(strings.Split(seq[2:len(seq)-1], ";")); err != nil {
				return nil, err
			}
		case width > 0:
			rows[last] = append(rows[last], cell{seq, now})
			for range width - 1 {
				rows[last] = append(rows[last], cell{"", now})
			}
		default:
			return nil, fmt.Errorf("%q is neither text nor a style", seq)
		}
	}
	return rows, nil
}

// set takes the parameters of one style sequence.
func (a *attributes) set(params []string) error {
	for i := 0; i < len(params); i++ {
		switch p := params[i]; p {
		case "", "0":
			*a = attributes{}
		case "1":
			a.bold = true
		case "4":
			a.underline = true
		case "7":
			a.reverse = true
		case "38", "48":
			if len(params) < i+5 || params[i+1] != "2" {
				return fmt.Errorf("%q is not a colour of red, green and blue", strings.Join(params, ";"))
			}
			c := "rgb(" + strings.Join(params[i+2:i+5], ",") + ")"
			if p == "38" {
				a.fg = c
			} else {
				a.bg = c
			}
			i += 4
		default:
			return fmt.Errorf("%q is a style that pictures do not know", strings.Join(params, ";"))
		}
	}
	return nil
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a builder takes everything
	return b.String()
}
