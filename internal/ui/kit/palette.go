package kit

import (
	"image/color"

	"charm.land/lipgloss/v2"
)

// highContrast has 7:1 or better for every text, on the background and on the
// selected row.
func highContrast(light bool) palette {
	c := func(hex string) color.Color { return lipgloss.Color(hex) }
	if light {
		return palette{
			text: c("#000000"), accent: c("#00328f"), good: c("#004a1c"), warn: c("#5a3700"), bad: c("#8b0010"), info: c("#00405c"),
			muted: c("#1f2330"), faint: c("#333846"), selection: c("#dbe6ff"), marked: c("#eeeeee"), border: c("#333846"), code: c("#000000"),
		}
	}
	return palette{
		text: c("#ffffff"), accent: c("#a9c7ff"), good: c("#8ff0a4"), warn: c("#ffd866"), bad: c("#ffb3b8"), info: c("#9be9ff"),
		muted: c("#e6e9f5"), faint: c("#cdd3e6"), selection: c("#1c2f66"), marked: c("#222838"), border: c("#cdd3e6"), code: c("#ffffff"),
	}
}

// colourBlind tells good from warn from bad by blue, yellow and vermilion and by
// how bright they are, instead of by green and red.
func colourBlind(light bool) palette {
	c := func(hex string) color.Color { return lipgloss.Color(hex) }
	if light {
		p := lightPalette()
		p.accent, p.good, p.warn, p.bad, p.info = c("#6b2f86"), c("#005fa3"), c("#806300"), c("#741a00"), c("#00665c")
		return p
	}
	p := darkPalette()
	p.accent, p.good, p.warn, p.bad, p.info = c("#d3a6ea"), c("#56b4e9"), c("#f0e442"), c("#f0804a"), c("#9ad9c8")
	return p
}
