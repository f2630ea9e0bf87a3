package cli

import (
	"encoding/json"
	"testing"
	"testing/fstest"

	"github.com/idptui/idptui/internal/catalog"
)

func TestInferPrintsEachValueWithItsEvidence(t *testing.T) {
	t.Parallel()
	f := shop(t)
	f.inferred = fstest.MapFS{
		"go.mod": {Data: []byte("module example.com/shop\n")}, "CODEOWNERS": {Data: []byte("* @acme/team\n")},
		"openapi.yaml": {Data: []byte("openapi: 3.1.0\n")},
	}
	run(f, "catalog", "infer").wants(t, ExitDone, "owner", "team", "CODEOWNERS:1", "lifecycle", "unknown", "spec.lifecycle", "openapi.yaml")
	o := run(f, "catalog", "infer", "-o", "yaml")
	docs := catalog.Read([]byte(o.out), catalog.ReadOptions{Path: "catalog-info.yaml"})
	if o.code != ExitDone || len(docs) != 1 || docs[0].State != catalog.DocAccepted {
		t.Errorf("ended with %d and printed %s", o.code, o.out)
	}
	o = run(f, "catalog", "infer", "-o", "json")
	var got inferenceJSON
	if err := json.Unmarshal([]byte(o.out), &got); err != nil {
		t.Fatal(err)
	}
	if got.Path != "catalog-info.yaml" || got.Entity.SpecString("owner") != "team" || got.Entity.SpecString("lifecycle") != "" || len(got.Inferred) < 5 {
		t.Errorf("%s", o.out)
	}
}

func TestInferSaysWhatItCannotDo(t *testing.T) {
	t.Parallel()
	f := shop(t)
	run(f, "catalog", "infer", "gone").wants(t, ExitNotFound, "gone", "name a folder")
	run(f, "catalog", "infer", "a", "b").wants(t, ExitUsage, "b")
	f.inferred, f.describes = fstest.MapFS{}, "catalog-info.yaml"
	run(f, "catalog", "infer").wants(t, ExitDone, "catalog-info.yaml describes this folder already")
	remote(t, "catalog", "infer").wants(t, ExitUsage, "does not work over SSH")
}
