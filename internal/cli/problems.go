package cli

import (
	"cmp"
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

// sortProblems puts them in the order in which somebody would walk the files.
func sortProblems(problems []catalog.Problem) {
	slices.SortStableFunc(problems, func(a, b catalog.Problem) int {
		return cmp.Or(
			cmp.Compare(a.Source, b.Source), cmp.Compare(a.Path, b.Path),
			cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
		)
	})
}

// count is "1 error", "2 errors".
func count(n int, one string) string {
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
