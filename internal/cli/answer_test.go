package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/idptui/idptui/internal/access"
)

// nobody is somebody whom neither the configuration nor git names.
func nobody(email string) *access.Actor {
	return &access.Actor{Email: email, Source: access.FromNobody}
}

func TestAnEmptyCacheSaysSoAndWhatToDo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		sources []Source
		want    string
	}{
		{"no sources", nil, "nothing has been synced yet, as there are no sources; name a folder with --catalog PATH"},
		{"never read", []Source{{Name: "shop", State: "new"}}, "nothing has been synced yet; run idptui sync (or --catalog PATH)"},
		{"failed", []Source{{Name: "shop", State: "failed"}}, "nothing has been synced yet; run idptui sync (or --catalog PATH)"},
		{"nothing in it", []Source{{Name: "shop", State: "ok", LastSync: new(noon())}}, "the sources hold no entities; idptui sync status"},
	} {
		for line, code := range map[string]int{
			"catalog list": ExitDone, "catalog list -o json": ExitDone, "search ledger -o json": ExitDone,
			"catalog get ledger": ExitNotFound, "catalog graph ledger": ExitNotFound, "open ledger": ExitNotFound,
			"catalog export -o json": ExitDone,
		} {
			o := run(&fake{sources: c.sources}, strings.Fields(line)...)
			if o.code != code || strings.Count(o.err, c.want) != 1 {
				t.Errorf("%s, %s: %+v", c.name, line, o)
			}
			if strings.HasSuffix(line, "json") && o.out != "[]\n" {
				t.Errorf("%s, %s: stdout is %q", c.name, line, o.out)
			}
		}
	}
}

func TestAQuestionOfAnUnknownMeFails(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ line, email, out, err string }{
		{"catalog list owner:me -o json", "", "[]\n", "neither the configuration nor git says who you are"},
		{"catalog list -owner:me -o json", "", "[]\n", "set user: in the configuration"},
		{"catalog list owner:me", "x@acme.example", "", "no user of the catalog, or more than one, has your git e-mail x@acme.example; set user:"},
	} {
		f := shop(t)
		f.actor = nobody(c.email)
		o := run(f, strings.Fields(c.line)...)
		if o.code != ExitFailed || o.out != c.out || !strings.Contains(o.err, c.err) {
			t.Errorf("%s: %+v", c.line, o)
		}
	}
	f := shop(t)
	f.actor = &access.Actor{User: "user:default/zed", Source: access.FromConfig}
	run(f, "catalog", "list", "owner:me").wants(t, ExitFailed, "the query asks for you, user:default/zed, and the catalog does not have you, nor your groups; set user:")
}

func TestUnknownIsNotNo(t *testing.T) {
	t.Parallel()
	for _, query := range []string{"health:down", "-health:down", "kind:component score:production<gold", "has:health", "level:>=silver"} {
		o := run(shop(t), "catalog", "list", query, "-o", "json")
		if o.code != ExitFailed || o.out != "[]\n" || !strings.Contains(o.err, "nothing is known of ") || !strings.Contains(o.err, "unknown is not") || strings.Contains(o.err, "read") {
			t.Errorf("%s: %+v", query, o)
		}
	}
	for _, query := range []string{"health:unknown", "missing:health"} {
		if o := run(shop(t), "catalog", "list", query, "-o", "name"); o.code != ExitDone || o.err != "" || strings.Count(o.out, "\n") != 5 {
			t.Errorf("%s: %+v", query, o)
		}
	}
}

func TestAnAnswerFromAnOldSourceSaysSo(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"catalog list", "catalog list -o json", "catalog get ledger", "catalog graph ledger", "search ledger", "catalog export"} {
		f := shop(t)
		f.sources[0].State, f.sources[0].LastSync = "failed", new(noon().Add(-3*time.Hour))
		f.sources = append(f.sources, Source{Name: "new", State: "new"}, Source{Name: "gone", State: "stale"}, Source{Name: "good", State: "ok"})
		o := run(f, strings.Fields(line)...)
		want := "the source shop is failed, last read 3 h ago; idptui sync status tells why\n" +
			"the source new was never read; run idptui sync\n" +
			"the source gone is stale, never read; idptui sync status tells why\n"
		if o.code != ExitDone || !strings.HasPrefix(o.err, want) || o.out == "" {
			t.Errorf("%s: %+v", line, o)
		}
		if o := run(f, append(strings.Fields(line), "--quiet")...); o.err != "" {
			t.Errorf("%s --quiet: %q", line, o.err)
		}
	}
	f := shop(t)
	for range 4 {
		f.sources = append(f.sources, Source{Name: "x", State: "failed"})
	}
	run(f, "catalog", "list").wants(t, ExitDone, "4 sources are failed, stale or never read")
}

func TestAStarAtTheStartIsExplainedWhereNothingFits(t *testing.T) {
	t.Parallel()
	run(shop(t), "catalog", "list", "name:*pay").wants(t, ExitDone, "*pay is what ends with pay, *pay* what holds it")
	if o := run(shop(t), "catalog", "list", "name:*pay*", "-o", "name"); strings.Count(o.out, "\n") != 3 {
		t.Errorf("%+v", o)
	}
}
