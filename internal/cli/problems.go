package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/idptui/idptui/internal/catalog"
)

// problemLine is "path:line:column: error: message (field) – hint", which
// editors and CI systems know how to follow.
func problemLine(st style, pr catalog.Problem) string {
	var b strings.Builder
	if where := pr.Where(); where != "" {
		b.WriteString(st.bold(where) + ": ")
	}
	b.WriteString(st.state(pr.Severity.String()) + ": " + pr.Message)
	if pr.Field != "" && !strings.Contains(pr.Message, pr.Field) {
		b.WriteString(" (" + pr.Field + ")")
	}
	if pr.Hint != "" {
		b.WriteString(" – " + pr.Hint)
	}
	return b.String()
}

func printProblems(w io.Writer, st style, problems []catalog.Problem) error {
	for _, pr := range problems {
		if _, err := fmt.Fprintln(w, problemLine(st, pr)); err != nil {
			return err
		}
	}
	return nil
}

// problemsByRef are the problems of the last sync by the canonical ref that they are about;
// what was left out on purpose is none.
func problemsByRef(ctx context.Context, portal Portal) (map[string][]catalog.Problem, error) {
	all, err := portal.Problems(ctx)
	out := map[string][]catalog.Problem{}
	for _, pr := range all {
		if pr.Ref != "" && pr.Severity != catalog.Note {
			out[pr.Ref] = append(out[pr.Ref], pr)
		}
	}
	return out, err
}

// problemsOf is everything that was found wrong with an entity: with its document
// when it was read, and by the sync, such as a target that leads nowhere.
func problemsOf(rec *catalog.Record, synced map[string][]catalog.Problem) []catalog.Problem {
	list := slices.Clone(rec.Problems)
	for _, pr := range synced[rec.Entity.Ref().String()] {
		same := func(o catalog.Problem) bool {
			return o.Message == pr.Message && o.Field == pr.Field && o.Line == pr.Line && o.Column == pr.Column
		}
		if !slices.ContainsFunc(rec.Problems, same) {
			list = append(list, pr)
		}
	}
	return list
}

// sortProblems puts them in the order in which somebody would walk the files.
func sortProblems(problems []catalog.Problem) {
	slices.SortStableFunc(problems, func(a, b catalog.Problem) int {
		return cmp.Or(
			cmp.Compare(a.Source, b.Source), cmp.Compare(a.Path, b.Path),
			cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
		)
	})
}

// Count is "1 error", "2 errors".
func Count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	many := one + "s"
	if strings.HasSuffix(one, "y") {
		many = one[:len(one)-1] + "ies"
	}
	return fmt.Sprintf("%d %s", n, many)
}

// severities counts errors, warnings and notes.
func severities(problems []catalog.Problem) (errs, warnings, notes int) {
	for _, pr := range problems {
		switch pr.Severity {
		case catalog.Error:
			errs++
		case catalog.Warning:
			warnings++
		default:
			notes++
		}
	}
	return errs, warnings, notes
}
