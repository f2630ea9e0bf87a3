package catalog

import (
	"fmt"
	"strings"
	"testing"
)

// benchFiles are files of a believable catalog: total entities in the given
// number of files, four Components to an API, a Resource and a System.
func benchFiles(files, total int) [][]byte {
	out := make([][]byte, files)
	for f := range files {
		var b strings.Builder
		for i := range total / files {
			n := f*(total/files) + i
			b.WriteString("---\n")
			benchEntity(&b, n)
		}
		out[f] = []byte(b.String())
	}
	return out
}

func benchEntity(b *strings.Builder, n int) {
	kind, typ := "Component", "service"
	switch n % 7 {
	case 4:
		kind, typ = "API", "openapi"
	case 5:
		kind, typ = "Resource", "database"
	case 6:
		kind, typ = "System", "product"
	}
	fmt.Fprintf(b, `apiVersion: backstage.io/v1alpha1
kind: %s
metadata:
  name: %s-%05d
  title: The %s number %d
  description: Keeps the accounts of customers in the region %d and answers for them
  annotations:
    github.com/project-slug: acme/repo-%d
    backstage.io/techdocs-ref: dir:.
    pagerduty.com/service-id: P%06X
  tags: [java, payments, tier-%d]
  links:
    - url: https://grafana.example.com/d/%d
      title: Dashboard
      icon: dashboard
    - url: https://wiki.example.com/runbooks/%d
      title: Runbook
spec:
  type: %s
  lifecycle: production
  owner: group:default/team-%d
`, kind, strings.ToLower(kind), n, kind, n, n%9, n/3, n, n%4, n, n, typ, n%120)
	switch kind {
	case "Component":
		fmt.Fprintf(b, "  system: system-%05d\n  providesApis:\n    - api-%05d\n  dependsOn:\n    - resource:default/resource-%05d\n    - component:component-%05d\n", n/7*7+6, n/7*7+4, n/7*7+5, n/2)
	case "API":
		fmt.Fprintf(b, "  system: system-%05d\n  definition: |\n    openapi: 3.0.0\n    info:\n      title: api %d\n      version: 1.0.0\n    paths:\n      /accounts:\n        get:\n          responses:\n            '200':\n              description: ok\n", n/7*7+6, n)
	}
}

// BenchmarkColdRead is what a first sync of 10 000 entities in 20 files costs
// before anything is stored.
func BenchmarkColdRead(b *testing.B) {
	files := benchFiles(20, 10_000)
	size := 0
	for _, f := range files {
		size += len(f)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, f := range files {
			for _, d := range Read(f, ReadOptions{Path: "catalog.yaml"}) {
				if d.State != DocAccepted {
					b.Fatal(d.Problems)
				}
				Edges(d.Entity)
				Summarise(&Record{Entity: d.Entity, Problems: d.Problems})
			}
		}
	}
}

// BenchmarkForeignRead is what files of other tools cost that lie around.
func BenchmarkForeignRead(b *testing.B) {
	file := []byte(strings.Repeat("apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 2\n---\n", 2000))
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		Read(file, ReadOptions{Path: "deploy.yaml"})
	}
}
