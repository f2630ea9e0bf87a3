package kit

import (
	"image/color"
	"math"
	"reflect"
	"testing"

	"charm.land/lipgloss/v2"
)

// contrast is the ratio that the web's accessibility rules define, 1 to 21.
func contrast(a, b color.Color) float64 {
	luminance := func(c color.Color) float64 {
		r, g, bl, _ := c.RGBA()
		linear := func(v uint32) float64 {
			s := float64(v) / 0xffff
			if s <= 0.04045 {
				return s / 12.92
			}
			return math.Pow((s+0.055)/1.055, 2.4)
		}
		return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(bl)
	}
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func TestTextIsLegibleOnItsBackground(t *testing.T) {
	t.Parallel()
	type side struct {
		p     palette
		back  []string
		least float64
	}
	dark, light := []string{"#000000", "#1e1e2e"}, []string{"#ffffff", "#fdf6e3"}
	for name, side := range map[string]side{
		"dark":  {darkPalette(), dark, 4.5},
		"light": {lightPalette(), light, 4.5},

		"colour-blind, dark":   {colourBlind(false), dark, 4.5},
		"colour-blind, light":  {colourBlind(true), light, 4.5},
		"high contrast, dark":  {highContrast(false), dark, 7},
		"high contrast, light": {highContrast(true), light, 7},
	} {
		onRow := 3.0
		if side.least == 7 {
			onRow = 7
		}
		for token, c := range map[string]color.Color{
			"accent": side.p.accent, "good": side.p.good, "warn": side.p.warn, "bad": side.p.bad, "info": side.p.info,
			"muted": side.p.muted, "faint": side.p.faint, "code": side.p.code,
		} {
			for _, back := range side.back {
				if got := contrast(c, lipgloss.Color(back)); got < side.least {
					t.Errorf("%s: %s on %s has a contrast of %.2f", name, token, back, got)
				}
			}
			for what, back := range map[string]color.Color{"selection": side.p.selection, "marked": side.p.marked} {
				if got := contrast(c, back); got < onRow {
					t.Errorf("%s: %s on the %s has a contrast of %.2f", name, token, what, got)
				}
			}
		}
	}
}

// seenBy is a colour as somebody without red or without green cones sees it, in
// linear light (Viénot, Brettel and Mollon, 1999).
func seenBy(c color.Color, red bool) [3]float64 {
	r, g, b, _ := c.RGBA()
	linear := func(v uint32) float64 { return math.Pow(float64(v)/0xffff, 2.2) }
	lr, lg, lb := linear(r), linear(g), linear(b)
	if red {
		mix := 0.11238*lr + 0.88762*lg
		return [3]float64{mix, mix, 0.00401*lr - 0.00401*lg + lb}
	}
	mix := 0.29275*lr + 0.70725*lg
	return [3]float64{mix, mix, -0.02234*lr + 0.02234*lg + lb}
}

func TestStatesDifferForThoseWhoDoNotTellRedFromGreen(t *testing.T) {
	t.Parallel()
	// Eyes go by ratios rather than by differences: the cube root is close enough.
	apart := func(a, b color.Color, red bool) float64 {
		x, y := seenBy(a, red), seenBy(b, red)
		sum := 0.0
		for i := range x {
			d := math.Cbrt(max(0, x[i])) - math.Cbrt(max(0, y[i]))
			sum += d * d
		}
		return math.Sqrt(sum)
	}
	for _, light := range []bool{false, true} {
		p := colourBlind(light)
		for what, two := range map[string][2]color.Color{"good and bad": {p.good, p.bad}, "good and warn": {p.good, p.warn}, "warn and bad": {p.warn, p.bad}} {
			for _, red := range []bool{false, true} {
				if got := apart(two[0], two[1], red); got < 0.15 {
					t.Errorf("light %v, without red %v: %s are %.2f apart", light, red, what, got)
				}
			}
		}
	}
}

func TestEachPaletteHasColoursOfItsOwn(t *testing.T) {
	t.Parallel()
	for _, light := range []bool{false, true} {
		own := NewTheme(Look{Light: light}).Bad.open
		for _, id := range Palettes() {
			if NewTheme(Look{Light: light, Palette: id}).Bad.open == own {
				t.Errorf("%s, light %v: what is bad looks as ever", id, light)
			}
			if NewTheme(Look{Light: light, Palette: id, NoColor: true}).Bad.open != "" {
				t.Errorf("%s has colours where there are to be none", id)
			}
		}
	}
}

func TestBothPalettesCanBeReadBeforeTheTerminalHasAnswered(t *testing.T) {
	t.Parallel()
	for token, c := range map[string]color.Color{"accent": darkPalette().accent, "faint": darkPalette().faint, "bad": darkPalette().bad} {
		if got := contrast(c, lipgloss.Color("#ffffff")); got < 2 {
			t.Errorf("%s of the dark palette has a contrast of %.2f on white", token, got)
		}
	}
}

func TestASCIIHasNoOtherCharacter(t *testing.T) {
	t.Parallel()
	v := reflect.ValueOf(glyphs(true))
	all := reflect.ValueOf(glyphs(false))
	for i := range v.NumField() {
		name, glyph := v.Type().Field(i).Name, v.Field(i).String()
		if glyph == "" || !plain(glyph) {
			t.Errorf("%s is %q", name, glyph)
		}
		if full := all.Field(i).String(); full == "" || Width(full) != 1 {
			t.Errorf("%s is %q otherwise", name, full)
		}
	}
}

func TestWithoutColourNothingIsColoured(t *testing.T) {
	t.Parallel()
	for _, l := range []Look{{NoColor: true}, {NoColor: true, Light: true}, {NoColor: true, Basic: true}} {
		v := reflect.ValueOf(*NewTheme(l))
		for i := range v.NumField() {
			s, ok := v.Field(i).Interface().(Style)
			if ok && len(s.open) > len("\x1b[1;4;4m") {
				t.Errorf("%+v: %s opens with %q", l, v.Type().Field(i).Name, s.open)
			}
		}
		if s := NewTheme(l).Selection; s.open != "\x1b[7m" {
			t.Errorf("%+v: the selection opens with %q", l, s.open)
		}
	}
}

func TestSixteenColoursAreTheTerminalsOwn(t *testing.T) {
	t.Parallel()
	for _, l := range []Look{{Basic: true}, {Basic: true, Light: true}} {
		th := NewTheme(l)
		for name, s := range map[string]Style{"accent": th.Accent, "good": th.Good, "warn": th.Warn, "bad": th.Bad, "info": th.Info} {
			if len(s.open) != len("\x1b[91m") {
				t.Errorf("%+v: %s opens with %q", l, name, s.open)
			}
		}
		if th.Selection.open != "\x1b[7m" {
			t.Errorf("the selection opens with %q", th.Selection.open)
		}
	}
}
