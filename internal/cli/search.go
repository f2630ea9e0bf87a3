package cli

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/idptui/idptui/internal/catalog"
)

const searchLimit = 50 // a person reads no further

// hit is an entity that a search found.
type hit struct {
	Ref         string   `json:"ref"`
	Kind        string   `json:"kind"`
	Name        string   `json:"name"`
	Title       string   `json:"title,omitempty"`
	Description string   `json:"description,omitempty"`
	Owner       string   `json:"owner,omitempty"`
	Score       int      `json:"score"`
	Matched     []string `json:"matched"` // the fields in which the words stand
}

func (p *program) searchCommand() *cobra.Command {
	c := declare(&cobra.Command{
		Use: "search TEXT", GroupID: groupCatalog, Short: "Find entities by name, title, description, tags, owner or e-mail",
		Long: "Find entities of all kinds by what is said about them. Every word must stand somewhere in the name, title, " +
			"description, type, tags, owner, system or e-mail; the best come first. Names that only resemble the text come last. " +
			"Terms such as owner:me are for idptui catalog list.",
		Example: "idptui search card payments\n" +
			"idptui search payapi -o name",
		Args: arguments(1, -1, "something to look for"),
	}, both)
	format := outputFlag(c, asTable, asJSON, asYAML, asName)
	limit := c.Flags().Int("limit", searchLimit, "show at most `N` entities; 0 is no end")
	c.RunE = func(c *cobra.Command, args []string) error {
		ctx := c.Context()
		if err := checkLimit(*limit); err != nil {
			return err
		}
		return p.answer(ctx, Portal.List, func(_ Portal, view *catalog.View) error {
			text := strings.TrimSpace(strings.Join(args, " "))
			hits, err := search(ctx, view, text)
			if err != nil {
				return err
			}
			all := len(hits)
			if *limit > 0 {
				hits = hits[:min(*limit, len(hits))]
			}
			if err := p.printHits(hits, all, *format); err != nil {
				return err
			}
			if len(hits) == 0 && view.Len() > 0 && *format == asTable {
				p.note("nothing was found, of " + Count(view.Len(), "entity"))
			}
			if (len(hits) == 0 || *format == asTable) && hasQualifier(text) {
				p.note("search takes plain words; for a query write: idptui catalog list '" + strings.ReplaceAll(text, "'", `'\''`) + "'")
			}
			return nil
		})
	}
	return c
}

// hasQualifier tells whether a text has a term of the query language, such as
// owner:x.
func hasQualifier(text string) bool {
	return slices.ContainsFunc(strings.Fields(text), func(word string) bool {
		field, _, ok := strings.Cut(strings.TrimPrefix(word, "-"), ":")
		return ok && slices.ContainsFunc(catalog.QueryFields(), func(f string) bool { return strings.EqualFold(f, field) })
	})
}

func (p *program) printHits(hits []hit, all int, format string) error {
	switch format {
	case asJSON, asYAML:
		return printValue(p.sys.Out, format, append([]hit{}, hits...))
	case asName:
		var b strings.Builder
		for _, h := range hits {
			b.WriteString(h.Ref + "\n")
		}
		_, err := p.sys.Out.Write([]byte(b.String()))
		return err
	}
	if len(hits) == 0 {
		return nil
	}
	t := p.table(column{head: "NAME"}, column{head: "KIND"}, column{head: "OWNER"}, column{head: "DESCRIPTION", flex: true})
	t.cols[0].paint = t.style.bold
	for _, h := range hits {
		text := h.Description
		if text == "" {
			text = h.Title
		}
		t.add(h.Name, h.Kind, h.Owner, text)
	}
	if err := t.print(p.sys.Out); err != nil {
		return err
	}
	if all > len(hits) {
		p.note(Count(all, "entity") + " found; --limit shows more")
	}
	return nil
}

// search ranks the rows in which every word of the text stands, then those
// whose names resemble the text.
func search(ctx context.Context, view *catalog.View, text string) ([]hit, error) {
	words := strings.Fields(strings.ToLower(text))
	if len(words) == 0 {
		return nil, nil
	}
	var hits []hit
	seen := map[int32]bool{}
	for id := range int32(view.Len()) { //nolint:gosec // a Snapshot counts its rows with int32
		row := view.Row(id)
		if score, matched := rate(row, words); score > 0 {
			hits = append(hits, newHit(view, row, score, matched))
			seen[id] = true
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Ref, b.Ref))
	})
	query, err := catalog.ParseQuery(freeText(words))
	if err != nil {
		return nil, err
	}
	alike, err := view.Select(ctx, query, catalog.Env{}, catalog.Sort{}, nil)
	if err != nil {
		return nil, err
	}
	for _, id := range alike.IDs {
		if !seen[id] {
			hits = append(hits, newHit(view, view.Row(id), 1, []string{"resembles"}))
		}
	}
	return hits, nil
}

// freeText is a query for words: what would be a field or a negation is quoted.
func freeText(words []string) string {
	terms := make([]string, len(words))
	for i, w := range words {
		terms[i] = w
		if strings.HasPrefix(w, "-") || strings.ContainsAny(w, `:,"`) {
			terms[i] = `"` + strings.ReplaceAll(w, `"`, "") + `"`
		}
	}
	return strings.Join(terms, " ")
}

func newHit(view *catalog.View, row catalog.Row, score int, matched []string) hit {
	return hit{
		Ref: row.Ref().String(), Kind: strings.ToLower(row.Kind()), Name: display(row.Ref(), row.Kind()),
		Title: row.Title(), Description: row.Description(), Owner: display(named(view, row.Owner()), "group"),
		Score: score, Matched: matched,
	}
}

// rate is how well a row fits: the sum of the best place of each word, 0 when a
// word stands nowhere.
func rate(row catalog.Row, words []string) (score int, matched []string) {
	places := []struct {
		field  string
		weight int
		text   string
	}{
		{"name", 60, row.Name()},
		{"title", 40, row.Title()},
		{"tags", 30, strings.Join(row.Tags(), " ")},
		{"type", 20, row.Type()},
		{"owner", 15, row.Owner().Name},
		{"system", 15, row.System().Name},
		{"email", 15, row.Email()},
		{"description", 10, row.Description()},
	}
	for _, word := range words {
		best := 0
		for _, pl := range places {
			n := pl.weight * closeness(strings.ToLower(pl.text), word)
			if n > 0 && !slices.Contains(matched, pl.field) {
				matched = append(matched, pl.field)
			}
			best = max(best, n)
		}
		if best == 0 {
			return 0, nil
		}
		score += best
	}
	return score, matched
}

// closeness is 4 where the text is the word, 3 where it begins with it, 2 where
// a word in it begins so, 1 where it stands anywhere, else 0.
func closeness(text, word string) int {
	best := 0
	for at := 0; ; {
		i := strings.Index(text[at:], word)
		if i < 0 {
			return best
		}
		i += at
		switch {
		case text == word:
			return 4
		case i == 0:
			return 3
		case !letterOrDigit(text[:i]):
			return 2
		}
		best = 1
		at = i + len(word)
	}
}

// letterOrDigit tells whether a text ends with one.
func letterOrDigit(s string) bool {
	last, _ := utf8.DecodeLastRuneInString(s)
	return unicode.IsLetter(last) || unicode.IsDigit(last)
}
