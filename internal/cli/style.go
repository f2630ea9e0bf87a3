package cli

// style colours words on a terminal and leaves them alone elsewhere. State is
// always told by the word too.
type style struct{ on bool }

func (s style) sgr(code, text string) string {
	if !s.on || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[m"
}

func (s style) bold(t string) string   { return s.sgr("1", t) }
func (s style) faint(t string) string  { return s.sgr("2", t) }
func (s style) red(t string) string    { return s.sgr("31", t) }
func (s style) green(t string) string  { return s.sgr("32", t) }
func (s style) yellow(t string) string { return s.sgr("33", t) }

// state colours a word that tells how something is.
func (s style) state(word string) string {
	switch word {
	case "ok", "done":
		return s.green(word)
	case "warning", "warn", "stale", "new", "syncing":
		return s.yellow(word)
	case "error", "fail", "failed":
		return s.red(word)
	}
	return word
}
