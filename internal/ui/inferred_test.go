package ui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/idptui/idptui/internal/access"
	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/infer"
	"github.com/idptui/idptui/internal/ui/pane"
	"github.com/idptui/idptui/internal/ui/uitest"
)

const inferredRef = "component:default/payments-api"

// inferredPortal is what somebody sees who starts the program for the first time,
// in a repository without a descriptor.
func inferredPortal(tb testing.TB) *uitest.FakePortal {
	tb.Helper()
	files := fstest.MapFS{}
	for name, text := range map[string]string{
		"go.mod":                       "module github.com/acme/payments-api\n\nrequire github.com/go-chi/chi/v5 v5.1.0\n",
		"main.go":                      "package main\n",
		"README.md":                    "# Payments API\n\nTakes card payments and refunds. Every movement of money ends in the ledger.\n",
		".github/CODEOWNERS":           "# who owns what\n* @acme/team-payments\n",
		".github/workflows/ci.yml":     "on: push\n",
		".github/workflows/deploy.yml": "on: push\n",
		"api/openapi.yaml":             "openapi: 3.1.0\n",
		"Dockerfile":                   "FROM scratch\n",
	} {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	rec, err := infer.From(files, infer.Place{
		Folder: "payments-api", Remote: "git@github.com:acme/payments-api.git", Page: "https://github.com/acme/payments-api",
		Forge: "github", Slug: "acme/payments-api", Commit: "3f9c2a1d0b7e", Committed: uitest.Now().AddDate(0, 0, -3),
	}).Record()
	if err != nil {
		tb.Fatal(err)
	}
	rec.Provenance.Source, rec.Provenance.Synced = "payments-api", uitest.Now()
	p := uitest.Records(rec)
	p.SourceList[0].Name, p.SourceList[0].Location, p.SourceList[0].Entities = "payments-api", "/home/bo/src/payments-api", 0
	return p
}

// described is the same repository once its descriptor is written and read.
func described(tb testing.TB, p *uitest.FakePortal) *uitest.FakePortal {
	tb.Helper()
	ref, err := catalog.ParseRef(inferredRef, catalog.RefDefaults{})
	if err != nil {
		tb.Fatal(err)
	}
	rec, err := p.Record(tb.Context(), ref)
	if err != nil {
		tb.Fatal(err)
	}
	return uitest.Load(tb, fstest.MapFS{"catalog-info.yaml": {Data: []byte(rec.Raw)}})
}

func firstRun(tb testing.TB, p *uitest.FakePortal) Options {
	tb.Helper()
	return Options{
		Portal: p, Who: func(*catalog.View) access.Actor { return access.Actor{Source: access.FromNobody} }, Now: uitest.Now, Theme: ThemeDark,
		Start:    pane.Place{Pane: pane.Entity, Ref: inferredRef},
		Describe: func(context.Context, catalog.Ref) (string, error) { return "catalog-info.yaml", nil },
	}
}

func TestTheFirstStartInARepositoryLooksAsItShould(t *testing.T) {
	t.Parallel()
	for _, st := range []state{
		{"first-start", func(*screen) {}},
		{"first-start-write", func(s *screen) { s.press("x") }},
		{"first-start-descriptor", func(s *screen) { s.press(">") }},
		{"first-start-list", func(s *screen) { s.press("1") }},
	} {
		for _, size := range uitest.Sizes() {
			for _, l := range uitest.Looks() {
				if l.Name != "dark" && st.name != "first-start" {
					continue
				}
				o := firstRun(t, inferredPortal(t))
				look(l.Look)(&o)
				s := open(t, o, size.W, size.H+3)
				st.build(s)
				uitest.Golden(t, fmt.Sprintf("%s-%dx%d-%s", st.name, size.W, size.H+3, l.Name), s.frame())
			}
		}
	}
}

func TestEveryInferredValueSaysSoInWords(t *testing.T) {
	t.Parallel()
	p := inferredPortal(t)
	s := open(t, firstRun(t, p), 120, 40)
	text := s.text()
	for _, want := range []string{
		"This repository has no catalog-info.yaml. x writes one.", "inferred from .github/CODEOWNERS:2", "inferred from go.mod:3, depends on github.com/go-chi/chi",
		"unknown", "write production, experimental or deprecated", "Also found", "GitHub Actions", "Inferred from the files of payments-api",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q:\n%s", want, text)
		}
	}
}

func TestTheListSaysWhereActionsAre(t *testing.T) {
	t.Parallel()
	s := open(t, firstRun(t, inferredPortal(t)), 120, 40)
	s.press("1", "x")
	if text := s.text(); !strings.Contains(text, "is on its page") {
		t.Errorf("x does nothing, and says nothing:\n%s", text)
	}
}

func TestWritingADescriptorIsConfirmedAndMakesThePageTheRealOne(t *testing.T) {
	t.Parallel()
	p := inferredPortal(t)
	o := firstRun(t, p)
	real := described(t, p)
	var written []string
	o.Describe = func(_ context.Context, ref catalog.Ref) (string, error) {
		written = append(written, ref.String())
		p.Replace(real)
		return "catalog-info.yaml", nil
	}
	s := open(t, o, 120, 40)
	s.press("x")
	if text := s.text(); !strings.Contains(text, "Write catalog-info.yaml?") || !strings.Contains(text, "never overwritten") {
		t.Fatalf("x asks nothing:\n%s", text)
	}
	s.press("j", "G", "g", "esc")
	if len(written) > 0 || strings.Contains(s.text(), "Write catalog-info.yaml?") {
		t.Fatalf("esc wrote %v", written)
	}
	s.press("x", "enter")
	if len(written) != 1 || written[0] != inferredRef {
		t.Fatalf("written is %v", written)
	}
	if text := s.text(); !strings.Contains(text, "Wrote catalog-info.yaml.") {
		t.Errorf("nothing says that it was written:\n%s", text)
	}
	s.send(viewMsg{})
	text := s.text()
	if strings.Contains(text, "inferred from") || !strings.Contains(text, "Relations") || !strings.Contains(text, "From shop: catalog-info.yaml:") {
		t.Errorf("the page is not the one of the descriptor:\n%s", text)
	}
	s.press("x")
	if text := s.text(); strings.Contains(text, "Write catalog-info.yaml?") {
		t.Errorf("x writes what is described:\n%s", text)
	}
}

func TestADescriptorThatCannotBeWrittenSaysWhy(t *testing.T) {
	t.Parallel()
	o := firstRun(t, inferredPortal(t))
	o.Describe = func(context.Context, catalog.Ref) (string, error) {
		return "", errors.New("catalog-info.yaml is there already and was left as it is")
	}
	s := open(t, o, 120, 40)
	s.press("x", "enter")
	if text := s.text(); !strings.Contains(text, "left as it is") {
		t.Errorf("the reason is not on screen:\n%s", text)
	}
	o.Describe = nil // as over SSH
	s = open(t, o, 120, 40)
	if text := s.text(); strings.Contains(text, "x writes one") {
		t.Errorf("the page offers what cannot be done:\n%s", text)
	}
	s.press("x")
	if text := s.text(); strings.Contains(text, "Write catalog-info.yaml?") {
		t.Errorf("x asks for what cannot be done:\n%s", text)
	}
}

func TestTheFirstStartFitsEverySize(t *testing.T) {
	t.Parallel()
	p := inferredPortal(t)
	for w := 40; w <= 220; w += 9 {
		for h := 12; h <= 70; h += 7 {
			for _, keys := range [][]string{nil, {"x"}, {"x", "G"}, {"G"}, {">"}} {
				s := open(t, firstRun(t, p), w, h)
				s.press(keys...)
				uitest.Check(t, s.frame(), w, h)
			}
		}
	}
}

func TestAGreetingIsSaidOnceAndIsNothingBad(t *testing.T) {
	t.Parallel()
	o := options(t, uitest.Demo(t))
	o.Greeting = "The catalog is this repository alone."
	s := open(t, o, 120, 40)
	if text := s.text(); !strings.Contains(text, o.Greeting) || strings.Contains(text, s.m.s.Theme.Glyph.Cross+" "+o.Greeting) {
		t.Errorf("%s", text)
	}
}

func TestAPageThatIsNotThereIsSaidToBeMissing(t *testing.T) {
	t.Parallel()
	o := options(t, uitest.Demo(t))
	o.Start = pane.Place{Pane: pane.Entity, Ref: paymentsAPI, Tab: "nonsense"}
	s := open(t, o, 120, 40)
	if text := s.text(); !strings.Contains(text, "It has no page nonsense.") || !strings.Contains(text, "Takes card payments") {
		t.Errorf("%s", text)
	}
	o.Start.Tab = "source"
	if text := open(t, o, 120, 40).text(); strings.Contains(text, "no page") {
		t.Errorf("%s", text)
	}
}
