package kit

import (
	"image/color"

	"charm.land/lipgloss/v2"
)

// Look is what a terminal can show, and what the person wants of it.
type Look struct {
	Palette string // the id of one of Palettes; "" is the house's own
	Light   bool   // a light background
	NoColor bool   // attributes only, no colour at all
	Basic   bool   // the terminal's own 16 colours and no others
	ASCII   bool   // no character beyond ASCII in our own drawing
}

// Theme is the set of semantic tokens that screens paint with, and the glyphs.
// It is immutable and may be shared by sessions.
type Theme struct {
	Look
	Glyph Glyphs

	Plain     Style // ordinary text
	Strong    Style // names
	Accent    Style // the one accent colour: where you are, what is a link
	Good      Style
	Warn      Style
	Bad       Style
	Info      Style
	Muted     Style // labels
	Faint     Style // ages, provenance, hints
	Selection Style // the row under the cursor in the focused list
	Marked    Style // the row under the cursor of a list without focus
	Border    Style // rules and frames
	Code      Style
	Match     Style // the letters that a filter or a search matched
	Found     Style // the match that one is at
	Key       Style // a key in the footer and in help
	Tab       Style // the tab one is in
}

// Colours that a person can ask for besides the house's own.
const (
	HighContrast = "high-contrast"
	ColourBlind  = "colour-blind"
)

// Palettes are the ids of the sets of colours besides the house's own. Each has
// a form for dark and one for light backgrounds.
func Palettes() []string { return []string{HighContrast, ColourBlind} }

// palette gives the colours of one background. The values are chosen to be
// legible (contrast 4.5:1 or better) on that background, and the two sets share
// mid tones so that text stays readable before the terminal has told its own.
type palette struct {
	text, accent, good, warn, bad, info, muted, faint, selection, marked, border, code color.Color
}

func darkPalette() palette {
	return palette{
		text: lipgloss.NoColor{}, accent: lipgloss.Color("#7aa2f7"), good: lipgloss.Color("#73c991"),
		warn: lipgloss.Color("#e0af68"), bad: lipgloss.Color("#f7768e"), info: lipgloss.Color("#7dcfff"),
		muted: lipgloss.Color("#a9b1d6"), faint: lipgloss.Color("#848cb3"),
		selection: lipgloss.Color("#2f3b63"), marked: lipgloss.Color("#262b3f"),
		border: lipgloss.Color("#565f89"), code: lipgloss.Color("#c0caf5"),
	}
}

func lightPalette() palette {
	return palette{
		text: lipgloss.NoColor{}, accent: lipgloss.Color("#2a5bc4"), good: lipgloss.Color("#22703c"),
		warn: lipgloss.Color("#8a5a00"), bad: lipgloss.Color("#b3261e"), info: lipgloss.Color("#00668b"),
		muted: lipgloss.Color("#4a4f63"), faint: lipgloss.Color("#686d80"),
		selection: lipgloss.Color("#cfdcf7"), marked: lipgloss.Color("#e6eaf4"),
		border: lipgloss.Color("#9aa0b4"), code: lipgloss.Color("#33405c"),
	}
}

// basicPalette leaves it to the terminal what the colours are.
func basicPalette(light bool) palette {
	if light {
		return palette{
			text: lipgloss.NoColor{}, accent: lipgloss.Blue, good: lipgloss.Green, warn: lipgloss.Magenta, bad: lipgloss.Red,
			info: lipgloss.Cyan, muted: lipgloss.NoColor{}, faint: lipgloss.BrightBlack, border: lipgloss.BrightBlack, code: lipgloss.NoColor{},
		}
	}
	return palette{
		text: lipgloss.NoColor{}, accent: lipgloss.BrightBlue, good: lipgloss.BrightGreen, warn: lipgloss.BrightYellow, bad: lipgloss.BrightRed,
		info: lipgloss.BrightCyan, muted: lipgloss.White, faint: lipgloss.White, border: lipgloss.BrightBlack, code: lipgloss.White,
	}
}

func colours(l Look) palette {
	switch {
	case l.Basic: // the terminal's own colours are those that the person has set
		return basicPalette(l.Light)
	case l.Palette == HighContrast:
		return highContrast(l.Light)
	case l.Palette == ColourBlind:
		return colourBlind(l.Light)
	case l.Light:
		return lightPalette()
	}
	return darkPalette()
}

// NewTheme makes the theme for a look.
func NewTheme(l Look) *Theme {
	p := colours(l)
	fg := func(c color.Color) lipgloss.Style {
		if l.NoColor {
			return lipgloss.NewStyle()
		}
		return lipgloss.NewStyle().Foreground(c)
	}
	selection, marked := lipgloss.NewStyle().Background(p.selection).Bold(true), lipgloss.NewStyle().Background(p.marked)
	if l.NoColor || l.Basic { // no background would be sure to leave the text legible
		selection, marked = lipgloss.NewStyle().Reverse(true), lipgloss.NewStyle().Underline(true)
	}
	return &Theme{
		Look: l, Glyph: glyphs(l.ASCII),
		Plain: NewStyle(fg(p.text)), Strong: NewStyle(fg(p.text).Bold(true)), Accent: NewStyle(fg(p.accent)),
		Good: NewStyle(fg(p.good)), Warn: NewStyle(fg(p.warn)), Bad: NewStyle(fg(p.bad)), Info: NewStyle(fg(p.info)),
		Muted: NewStyle(fg(p.muted)), Faint: NewStyle(fg(p.faint)),
		Selection: NewStyle(selection), Marked: NewStyle(marked),
		Border: NewStyle(fg(p.border)), Code: NewStyle(fg(p.code)), Match: NewStyle(fg(p.accent).Underline(true)),
		Found: NewStyle(fg(p.accent).Reverse(true)),
		Key:   NewStyle(fg(p.accent).Bold(true)), Tab: NewStyle(fg(p.accent).Bold(true).Underline(true)),
	}
}

// Glyphs are the marks that tell a state by shape; each has an ASCII form.
type Glyphs struct {
	Up, Degraded, Down, Unknown, Stale string
	Into, OutOf, Folded, Open, Star    string
	Approval, Ellipsis, Cross, Check   string
	Rule, Bar, Crumb, Bullet           string
	TopLeft, TopRight                  string
	BottomLeft, BottomRight            string
	Dot                                string // between two facts on one line
	Caret                              string // the row under the cursor, beside the colour
	Mark                               string // a marked row
	Warning                            string
	Scroll                             string // the scroll bar's thumb
	Full, Empty                        string // progress
	Ascending, Descending              string // the order of a sorted column
	Tee                                string // where a bar hangs from a rule
}

func glyphs(ascii bool) Glyphs {
	if ascii {
		return Glyphs{
			Up: "+", Degraded: "~", Down: "x", Unknown: "?", Stale: ".",
			Into: "->", OutOf: "<-", Folded: ">", Open: "v", Star: "*",
			Approval: "!", Ellipsis: "...", Cross: "x", Check: "+",
			Rule: "-", Bar: "|", Crumb: ">", Bullet: "*",
			TopLeft: "+", TopRight: "+", BottomLeft: "+", BottomRight: "+",
			Dot: "-", Caret: ">", Mark: "*", Warning: "!", Scroll: "#", Full: "#", Empty: "-",
			Ascending: "^", Descending: "v", Tee: "+",
		}
	}
	return Glyphs{
		Up: "●", Degraded: "◐", Down: "✕", Unknown: "○", Stale: "◌",
		Into: "→", OutOf: "←", Folded: "▸", Open: "▾", Star: "★",
		Approval: "◆", Ellipsis: "…", Cross: "✕", Check: "✓",
		Rule: "─", Bar: "│", Crumb: "›", Bullet: "•",
		TopLeft: "╭", TopRight: "╮", BottomLeft: "╰", BottomRight: "╯",
		Dot: "·", Caret: "▌", Mark: "▪", Warning: "▲", Scroll: "┃", Full: "▰", Empty: "▱",
		Ascending: "↑", Descending: "↓", Tee: "┬",
	}
}
