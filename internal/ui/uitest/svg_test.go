package uitest

import (
	"encoding/xml"
	"strings"
	"testing"
)

func TestAPictureFollowsBothLooks(t *testing.T) {
	t.Parallel()
	dark := "\x1b[1;38;2;1;2;3ma<b\x1b[m  \x1b[48;2;9;9;9m  x\x1b[m\n\x1b[7mon\x1b[m \x1b[4;4mu \x1b[m   "
	light := "\x1b[1;38;2;4;5;6ma<b\x1b[m  \x1b[48;2;8;8;8m  x\x1b[m\n\x1b[7mon\x1b[m \x1b[4;4mu \x1b[m   "
	got, err := SVG("A & B", dark, light)
	if err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal([]byte(got), new(struct{})); err != nil {
		t.Errorf("it is no XML: %v\n%s", err, got)
	}
	darkSheet, lightSheet, ok := strings.Cut(got, "@media (prefers-color-scheme:light)")
	if !ok {
		t.Fatalf("no style for light readers:\n%s", got)
	}
	for _, want := range []string{".t0{fill:rgb(1,2,3);font-weight:bold}", ".b2{fill:rgb(9,9,9)}", "text-decoration:underline", "<title>A &amp; B</title>"} {
		if !strings.Contains(darkSheet, want) {
			t.Errorf("%q is missing from the dark sheet:\n%s", want, darkSheet)
		}
	}
	for _, want := range []string{
		".t0{fill:rgb(4,5,6);font-weight:bold}", ".b2{fill:rgb(8,8,8)}",
		`<text class="t0" x="10.0" y="24" textLength="25.2">a&lt;b</text>`,
		`<text class="t2" x="68.8" y="24" textLength="8.4">x</text>`, // without the blanks before it
		`<rect class="b2" x="52.0" y="10" width="25.2" height="18"/>`,
		`textLength="16.8">u </text>`, // an underline shows on blanks too
	} {
		if !strings.Contains(lightSheet, want) {
			t.Errorf("%q is missing:\n%s", want, lightSheet)
		}
	}
}

func TestAReversedCellSwapsInkAndPaper(t *testing.T) {
	t.Parallel()
	got, err := SVG("x", "\x1b[7mon\x1b[m", "\x1b[7mon\x1b[m")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{".t0{fill:#16161e}\n.b0{fill:#d5d9ea}", ".t0{fill:#ffffff}\n.b0{fill:#1f2330}"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing:\n%s", want, got)
		}
	}
}

func TestAPictureIsRefusedOfWhatIsNotOneScreen(t *testing.T) {
	t.Parallel()
	for name, frames := range map[string][2]string{
		"other text":     {"one", "two"},
		"other lines":    {"one", "one\n"},
		"other sequence": {"\x1b[2Jone", "one"},
		"basic colour":   {"\x1b[31mone\x1b[m", "one"},
		"cut colour":     {"\x1b[38;2;1mone\x1b[m", "one"},
	} {
		if _, err := SVG("x", frames[0], frames[1]); err == nil {
			t.Errorf("%s: a picture was made", name)
		}
	}
}
