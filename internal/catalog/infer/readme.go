package infer

import (
	"path"
	"regexp"
	"strings"

	"github.com/idptui/idptui/internal/catalog"
)

// readme is what a README says first.
type readme struct {
	file       string
	title      textAt
	about      textAt
	deprecated textAt // the words that say so
}

// textAt is a text and its line in its file.
type textAt struct {
	text string
	line int
}

// readmeNames are the names of READMEs without regard to case, the best first.
var readmeNames = []string{"readme.md", "readme.markdown", "readme.rst", "readme.adoc", "readme.asciidoc", "readme.txt", "readme"}

func (s *survey) readReadme(dir string) readme {
	for _, want := range readmeNames {
		name := s.first(dir, func(name string) bool { return strings.EqualFold(name, want) })
		if name == "" {
			continue
		}
		file := path.Join(dir, name)
		if text, _, ok := s.start(file, maxReadme); ok {
			r := parseReadme(text)
			r.file = file
			return r
		}
	}
	return readme{}
}

var (
	htmlComment = regexp.MustCompile(`(?s)<!--.*?(-->|$)`)
	htmlTag     = regexp.MustCompile(`</?[A-Za-z][^<>]*>`)
	htmlHeading = regexp.MustCompile(`(?i)<h1[^>]*>(.*?)</h1>`)
	mdImage     = regexp.MustCompile(`!\[[^\]]*\](\([^)]*\)|\[[^\]]*\])`)
	mdLink      = regexp.MustCompile(`\[([^\[\]]*)\](\([^)]*\)|\[[^\]]*\])`)
	mdMarks     = regexp.MustCompile("(\\*{1,3}|_{2,3}|`{1,2}|~~)")
	rstRole     = regexp.MustCompile("`([^`<]*?)\\s*(<[^>]*>)?`_{1,2}")
	adocImage   = regexp.MustCompile(`image:{1,2}[^\s\[]*\[[^\]]*\]`)
	adocLink    = regexp.MustCompile(`(?:link:|https?://)[^\s\[]*\[([^\]]*)\]`)
	underline   = regexp.MustCompile(`^(={3,}|-{3,}|~{3,}|\*{3,}|#{3,}|\^{3,})$`)
	listItem    = regexp.MustCompile(`^([-*+]|\d{1,3}[.)])\s`)
	notKept     = regexp.MustCompile(`(?i)\b((this (project|repository|repo|package|library|module|service|tool) (is|has been) (now |officially )?(deprecated|archived|discontinued|unmaintained|no longer))|no longer (being )?(actively )?maintained|deprecated in favou?r of)\b`)
	titleNot    = regexp.MustCompile(`(?i)^\W*(deprecated|archived|unmaintained)\b|\((deprecated|archived|unmaintained)\)`)
)

// earlyLines is how far down a README says that its repository is given up: later
// on it speaks of details.
const earlyLines = 40

// introduces are the headings under which a README says what it is about.
var introduces = regexp.MustCompile(`(?i)^\W*(about|overview|intro(duction)?|description|summary|what (is|it does)|purpose)\b`)

// parseReadme finds the first heading, and the first paragraph of prose below it:
// what stands under later headings is about something else, unless they say that
// they introduce.
func parseReadme(text string) readme {
	text = strings.ToValidUTF8(strings.ReplaceAll(text, "\r\n", "\n"), "\ufffd")
	// Lines stay where they are, so that the evidence has the right one.
	text = htmlComment.ReplaceAllStringFunc(text, func(c string) string { return strings.Repeat("\n", strings.Count(c, "\n")) })
	lines := strings.Split(text, "\n")
	r := readme{deprecated: givenUp(lines)}
	for i := skipFrontMatter(lines); i < len(lines) && r.about.line == 0; i++ {
		if end := fenceEnd(lines, i); end > i {
			i = end
			continue
		}
		title, isTitle, used := heading(lines, i)
		switch {
		case isTitle && r.title.line == 0:
			r.title = textAt{plain(title), i + 1}
		case isTitle && !introduces.MatchString(title):
			i = len(lines)
		}
		if isTitle {
			i += used - 1
		} else if text := paragraph(lines[i:]); text != "" {
			r.about = textAt{firstSentences(text), i + 1}
		}
	}
	if m := titleNot.FindString(r.title.text); m != "" && r.deprecated.text == "" {
		r.deprecated = textAt{m, r.title.line}
	}
	return r
}

// paragraph is the prose that the first of the lines begins, or "".
func paragraph(lines []string) string {
	var prose []string
	if strings.HasPrefix(lines[0], "    ") || strings.HasPrefix(lines[0], "\t") {
		return "" // code
	}
	for i, l := range lines {
		raw := strings.TrimSpace(l)
		words := plain(raw)
		_, isTitle, _ := heading(lines, i)
		if isTitle || words == "" || fenceEnd(lines, i) > i || listItem.MatchString(raw) || !isProse(raw, words) {
			break
		}
		prose = append(prose, words)
	}
	return strings.Join(prose, " ")
}

// givenUp are the words with which a README says early on that its repository is
// not kept any more.
func givenUp(lines []string) textAt {
	for i, l := range lines[:min(len(lines), earlyLines)] {
		if said := notKept.FindString(l); said != "" {
			return textAt{said, i + 1}
		}
	}
	return textAt{}
}

func skipFrontMatter(lines []string) int {
	if len(lines) == 0 || strings.TrimSpace(lines[0]) != "---" {
		return 0
	}
	for i, l := range lines[1:min(len(lines), 60)] {
		if strings.TrimSpace(l) == "---" {
			return i + 2
		}
	}
	return 0
}

// fenceEnd is the line that closes the block of code which begins at i, or i.
func fenceEnd(lines []string, i int) int {
	raw := strings.TrimSpace(lines[i])
	for _, fence := range []string{"```", "~~~", "----"} {
		if !strings.HasPrefix(raw, fence) || fence == "----" && (raw != fence || i > 0 && strings.TrimSpace(lines[i-1]) != "") {
			continue
		}
		for j := i + 1; j < len(lines); j++ {
			if strings.HasPrefix(strings.TrimSpace(lines[j]), fence) {
				return j
			}
		}
		return len(lines) - 1
	}
	return i
}

// heading reads a heading that begins at line i, and says how many lines it has.
func heading(lines []string, i int) (text string, ok bool, used int) {
	raw := strings.TrimSpace(lines[i])
	if m := htmlHeading.FindStringSubmatch(raw); m != nil {
		return m[1], true, 1
	}
	if text, ok := markedHeading(raw); ok {
		used = 1
		for raw[0] == '=' && i+used < len(lines) && strings.TrimSpace(lines[i+used]) != "" { // its authors and attributes
			used++
		}
		return text, true, used
	}
	if raw == "" || i+1 >= len(lines) {
		return "", false, 0
	}
	if underline.MatchString(raw) && i+2 < len(lines) && strings.TrimSpace(lines[i+2]) == raw { // a line above and below
		return strings.TrimSpace(lines[i+1]), true, 3
	}
	if next := strings.TrimSpace(lines[i+1]); underline.MatchString(next) && !underline.MatchString(raw) && !strings.HasPrefix(raw, "|") {
		return raw, true, 2
	}
	return "", false, 0
}

// markedHeading is a heading with the mark of Markdown or AsciiDoc before it.
func markedHeading(raw string) (text string, ok bool) {
	for _, mark := range []string{"#", "="} {
		if rest := strings.TrimLeft(raw, mark); rest != raw && strings.HasPrefix(rest, " ") {
			return strings.TrimRight(strings.TrimSpace(rest), "# "), true
		}
	}
	return "", false
}

// plain is a line without the marks of Markdown, HTML, reStructuredText and
// AsciiDoc, and without its images.
func plain(s string) string {
	s, _ = cut(s, 4000)
	s = mdImage.ReplaceAllString(s, "")
	for range 3 { // a badge is an image in a link
		s = mdLink.ReplaceAllString(s, "$1")
	}
	s = htmlTag.ReplaceAllString(s, "")
	s = adocImage.ReplaceAllString(s, "")
	s = adocLink.ReplaceAllString(s, "$1")
	s = rstRole.ReplaceAllString(s, "$1")
	s = mdMarks.ReplaceAllString(s, "")
	for _, e := range [][2]string{{"&nbsp;", " "}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", `"`}, {"&#39;", "'"}, {"&amp;", "&"}} {
		s = strings.ReplaceAll(s, e[0], e[1])
	}
	return strings.Join(strings.Fields(s), " ")
}

func cut(s string, limit int) (string, bool) {
	if len(s) <= limit {
		return s, false
	}
	return strings.ToValidUTF8(s[:limit], ""), true
}

// isProse tells whether a line belongs to a paragraph, given what is left of it.
func isProse(raw, words string) bool {
	for _, mark := range []string{">", "|", ".. ", ":", "[", "+++", "<!", "{%", "{{", "---", "***", "===", "//", "include::", "image::", "toc::"} {
		if strings.HasPrefix(raw, mark) && (mark != "[" || strings.HasPrefix(words, "[")) { // a link may open a sentence
			return false
		}
	}
	letters := 0
	for _, r := range words {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 0x7f {
			letters++
		}
	}
	return letters >= 3 && letters*2 >= len(words)
}

// firstSentences is as much of a paragraph as a description needs.
func firstSentences(text string) string {
	text = strings.TrimSpace(text)
	if len(text) <= maxText {
		return text
	}
	head, _ := cut(text, maxText)
	if i := strings.LastIndex(head, ". "); i > maxText/4 {
		return head[:i+1]
	}
	return text // clean cuts it, and says so
}

// title is the README's, where it says more than the name.
func (s *survey) title(name string) catalog.Inferred {
	v := catalog.Inferred{Field: FieldTitle}
	text := clean(s.readme.title.text, maxTitle)
	bare := func(s string) string {
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune(" -_./", r) {
				return -1
			}
			return r
		}, strings.ToLower(s))
	}
	if text == "" || strings.EqualFold(text, name) || strings.EqualFold(bare(text), "readme") || text == bare(text) && bare(text) == bare(name) {
		return v
	}
	v.Value, v.From = text, line(s.readme.file, s.readme.title.line)
	return v
}

// description is the README's first paragraph, else what a manifest says.
func (s *survey) description() catalog.Inferred {
	v := catalog.Inferred{Field: FieldDescription, Hint: "say in a README, or in metadata.description, what it does"}
	if text := clean(s.readme.about.text, maxText); text != "" {
		v.Value, v.From, v.Hint = text, line(s.readme.file, s.readme.about.line), ""
		return v
	}
	for _, m := range s.manifests {
		if text := clean(m.description.text, maxText); text != "" {
			v.Value, v.From, v.Hint = text, m.at(m.description), ""
			return v
		}
	}
	return v
}

// lifecycle is known only where something says it: what is given up, and a library
// that has not promised anything yet.
func (s *survey) lifecycle() catalog.Inferred {
	v := catalog.Inferred{Field: FieldLifecycle, Hint: "write production, experimental or deprecated in spec.lifecycle; the files do not say which"}
	if d := s.readme.deprecated; d.text != "" {
		v.Value, v.From, v.Hint = "deprecated", line(s.readme.file, d.line)+", \""+clean(d.text, maxWord)+"\"", ""
		return v
	}
	library := s.kind().Value == typeLibrary
	for _, m := range s.manifests {
		if major, rest, ok := strings.Cut(m.version.text, "."); library && ok && major == "0" && !strings.HasPrefix(rest, "0") { // 0.0.0 is what a template begins with
			v.Value, v.From, v.Hint = "experimental", m.at(m.version)+", version "+clean(m.version.text, maxWord), ""
			return v
		}
	}
	return v
}
