package cli

import (
	"bytes"
	"context"
	"io/fs"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/idptui/idptui/internal/access"
	"github.com/idptui/idptui/internal/catalog"
	"github.com/idptui/idptui/internal/catalog/infer"
	"github.com/idptui/idptui/internal/config/backstage"
)

// noon is when all tests of this package happen.
func noon() time.Time { return time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC) }

// fake is the product over a few entities in memory.
type fake struct {
	records   []*catalog.Record
	problems  []catalog.Problem
	sources   []Source
	reports   []SyncReport
	validated Validation
	checks    []Check
	stars     []string
	history   catalog.History
	asked     []HistoryQuery
	actor     *access.Actor // nil: Alice
	given     []string
	deleted   []Deleted
	warnings  []string
	state     fakeState
	notice    string
	fail      error // what Portal answers

	inferred  fs.FS  // what Infer looks into
	describes string // what it says of the descriptor

	failConfig error // what CheckConfig answers

	opened []Settings
	synced [][]string
	places []string
	closed int
	served Serving
}

func (f *fake) Portal(_ context.Context, set Settings) (Portal, error) {
	f.opened = append(f.opened, set)
	if f.fail != nil {
		return nil, f.fail
	}
	return fakePortal{f}, nil
}

func (f *fake) Config(context.Context, Settings) (Config, error) {
	return Config{File: "/home/alice/.config/idptui/config.yaml", Values: map[string]any{"company": "acme"}}, nil
}

func (f *fake) CheckConfig(ctx context.Context, set Settings) (Config, error) {
	if f.failConfig != nil {
		return Config{}, f.failConfig
	}
	return f.Config(ctx, set)
}
func (f *fake) StateFile(Settings) (StateFile, error) { return &f.state, nil }
func (f *fake) ConfigSchema() []byte                  { return []byte(`{"type":"object"}`) }
func (f *fake) Validate(context.Context, []string) (Validation, error) {
	return f.validated, nil
}

func (f *fake) Infer(_ context.Context, _ Settings, path string) (Inference, error) {
	if f.inferred == nil {
		return Inference{}, NotFound("name a folder", "the folder %s cannot be read", path)
	}
	return Inference{infer.From(f.inferred, infer.Place{Folder: "shop", At: path}), f.describes}, nil
}

func (f *fake) ImportBackstage(context.Context, []string) (*backstage.Result, error) {
	return &backstage.Result{}, nil
}
func (f *fake) Doctor(context.Context, Settings) []Check { return f.checks }
func (f *fake) Version() Version {
	return Version{Version: "v1.2.3", Commit: "0123456789abcdef", Date: "2026-03-04T10:00:00Z", Go: "go1.26.0", OS: "linux", Arch: "amd64"}
}

func (f *fake) Serve(_ context.Context, _ Settings, at Serving) error {
	f.served = at
	return nil
}

func (f *fake) RunTUI(_ context.Context, _ Settings, place string) error {
	f.places = append(f.places, place)
	return nil
}

type fakePortal struct{ *fake }

func (f fakePortal) List(ctx context.Context) (*catalog.View, error) { return f.View(ctx) }
func (f fakePortal) Given() []string                                 { return f.given }
func (f fakePortal) Warnings() []string                              { return f.warnings }
func (f fakePortal) Notice() string                                  { return f.notice }
func (f fakePortal) Close() error                                    { f.closed++; return nil }

func (f fakePortal) View(context.Context) (*catalog.View, error) {
	b := catalog.NewBuilder(1, len(f.records))
	for _, rec := range f.records {
		b.Add(catalog.Summarise(rec))
	}
	edges := map[string][]catalog.Edge{}
	for _, rec := range f.records {
		edges[rec.Entity.Ref().String()], _ = catalog.Edges(rec.Entity)
	}
	return catalog.NewView(b.Snapshot().WithEdges(func(yield func(string, []catalog.Edge) bool) {
		for ref, list := range edges {
			if !yield(ref, list) {
				return
			}
		}
	})), nil
}

func (f fakePortal) Record(_ context.Context, ref catalog.Ref) (*catalog.Record, error) {
	for _, rec := range f.records {
		if rec.Entity.Ref().Equal(ref) {
			return rec, nil
		}
	}
	return nil, NotFound("", "there is no %s", ref)
}

func (f fakePortal) Records(ctx context.Context, refs []catalog.Ref) iter.Seq2[*catalog.Record, error] {
	return func(yield func(*catalog.Record, error) bool) {
		if refs == nil {
			for _, rec := range f.records {
				if !yield(rec, nil) {
					return
				}
			}
			return
		}
		for _, ref := range refs {
			if !yield(f.Record(ctx, ref)) {
				return
			}
		}
	}
}

func (f fakePortal) Actor(*catalog.View) access.Actor {
	if f.actor != nil {
		return *f.actor
	}
	return access.Actor{User: "user:default/alice", Groups: []string{"group:default/team-payments"}}
}
func (f fakePortal) Starred(context.Context, access.Actor) ([]string, error) { return f.stars, nil }
func (f fakePortal) Sources(context.Context) ([]Source, error)               { return f.sources, nil }

func (f fakePortal) History(_ context.Context, q HistoryQuery) (catalog.History, error) {
	f.asked = append(f.asked, q)
	return f.history, nil
}
func (f fakePortal) Problems(context.Context) ([]catalog.Problem, error)  { return f.problems, nil }
func (f fakePortal) Forget(_ context.Context, source string) (int, error) { return 3, nil }
func (f fakePortal) Sync(_ context.Context, names []string, progress func(Progress)) ([]SyncReport, error) {
	f.synced = append(f.synced, names)
	for done := range 3 {
		progress(Progress{Source: "shop", Phase: "reading files", Done: done + 1, Total: 3})
	}
	return f.reports, nil
}

func (f fakePortal) Confirm(_ context.Context, source string, progress func(Progress)) (SyncReport, error) {
	f.synced = append(f.synced, []string{"confirm " + source})
	return f.reports[0], nil
}

func (f fakePortal) Deleted(context.Context) ([]Deleted, error) { return f.deleted, nil }

func (f fakePortal) Restore(_ context.Context, ref string, _ func(Progress)) (SyncReport, error) {
	f.synced = append(f.synced, []string{"restore " + ref})
	return f.reports[0], nil
}

// shop is a small catalog: a service with an owner, an API, a database that is
// missing, and a name that two entities share.
func shop(t *testing.T) *fake {
	t.Helper()
	const text = `
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments-api
  title: Payments
  description: Takes card payments and refunds.
  tags: [java, pci]
  annotations: {backstage.io/techdocs-ref: "dir:."}
  links: [{url: "https://grafana.example/d/1", title: Dashboard}]
spec:
  type: service
  lifecycle: production
  owner: team-payments
  system: payments
  providesApis: [payments-api]
  dependsOn: ["resource:ledger-db", "component:ledger"]
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: {name: payments-api}
spec: {type: openapi, lifecycle: production, owner: team-payments, definition: "openapi: 3.1.0\ninfo: {}\n"}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: ledger, description: Keeps the books.}
spec: {type: service, lifecycle: deprecated, owner: team-ledger, dependsOn: ["component:payments-api"]}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: team-payments}
spec: {type: team, profile: {email: payments@acme.example}, children: []}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: alice}
spec: {profile: {displayName: Alice Berg, email: alice@acme.example}, memberOf: [team-payments]}
`
	f := &fake{
		sources: []Source{{Name: "shop", Kind: "folder", Location: "/src/shop", State: "ok", LastSync: new(noon().Add(-40 * time.Second)), Files: 2, Entities: 5}},
		stars:   []string{"component:default/ledger"},
	}
	for _, doc := range catalog.Read([]byte(text), catalog.ReadOptions{Path: "catalog-info.yaml"}) {
		if doc.Entity == nil {
			t.Fatalf("line %d: %v", doc.Line, doc.Problems)
		}
		f.records = append(f.records, &catalog.Record{
			Entity: doc.Entity, Raw: doc.Raw, Problems: doc.Problems,
			Provenance: catalog.Provenance{Source: "shop", Path: "catalog-info.yaml", Line: doc.Line, Synced: noon().Add(-40 * time.Second)},
		})
	}
	return f
}

// outcome is what one command line did.
type outcome struct {
	code     int
	out, err string
}

// run carries out a command line over the fake, as if piped into a file.
func run(f *fake, args ...string) outcome {
	return runOn(f, &IO{}, args...)
}

// runOn does so on a machine of which the test says some parts.
func runOn(f *fake, sys *IO, args ...string) outcome {
	var out, err bytes.Buffer
	sys.In, sys.Out, sys.Err, sys.Dir = strings.NewReader(""), &out, &err, "/src"
	sys.Now = noon
	if sys.Env == nil {
		sys.Env = func(string) string { return "" }
	}
	code := Run(context.Background(), sys, f, args)
	return outcome{code, out.String(), err.String()}
}

func (o outcome) wants(t *testing.T, code int, parts ...string) {
	t.Helper()
	if o.code != code {
		t.Errorf("exit code %d, want %d", o.code, code)
	}
	for _, part := range parts {
		if !strings.Contains(o.out+o.err, part) {
			t.Errorf("%q is missing", part)
		}
	}
	if t.Failed() {
		t.Logf("stdout:\n%s\nstderr:\n%s", o.out, o.err)
	}
}

func fields(line string) string { return strings.Join(strings.Fields(line), " ") }

// rows are the lines of a table with single spaces between the cells.
func rows(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		out = append(out, fields(line))
	}
	return out
}

func hasRow(text, row string) bool { return slices.Contains(rows(text), row) }
